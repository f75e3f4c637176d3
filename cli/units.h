/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and times as people write and read them. */
#ifndef CLI_UNITS_H
#define CLI_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Room for any text made here. */
#define UNITS_TEXT_SIZE 32

/**
 * Read the capacity of a disc: blocks, or a size with a suffix (case does not
 * matter), rounded down to whole blocks. M and MB are 1,048,576 bytes and G and
 * GB are 1,000,000,000 bytes, as the labels of CDs and of larger discs count;
 * KiB, MiB and GiB are what they say everywhere.
 *
 * @param ret_blocks  from 1 to 2,147,483,647, as IMAPI counts; untouched on failure
 * @return whether text is a capacity
 */
bool units_parse_capacity(const char *text, int64_t *ret_blocks);

/** A size such as "1.1 MiB" or "512 bytes". */
const char *units_format_size(uint64_t bytes, char (*text)[UNITS_TEXT_SIZE]);

/** A time to wait such as "0:05" or "1:02:03". */
const char *units_format_clock(double seconds, char (*text)[UNITS_TEXT_SIZE]);

#endif
