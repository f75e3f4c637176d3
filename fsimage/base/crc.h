/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-16 of ECMA-167 1/7.2.6: polynomial 0x1021, start 0, no reflection. */
#ifndef FSI_BASE_CRC_H
#define FSI_BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

uint16_t fsi_crc16(const uint8_t *bytes, size_t length);

#endif
