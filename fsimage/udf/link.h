/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbolic links: a path as UDF has it, component by component. */
#ifndef FSI_UDF_LINK_H
#define FSI_UDF_LINK_H

#include "udf/types.h"

/* The longest target, in bytes of UTF-8: what Linux follows (PATH_MAX). */
#define FSI_UDF_TARGET_MAX_LENGTH 4095

/* What it takes at most: components of one letter each, and the root. */
#define FSI_UDF_LINK_MAX_SIZE (FSI_UDF_TARGET_MAX_LENGTH * 3 + 8)

/*
 * The path that a target stands for, in UTF-8; returns its bytes, at most
 * FSI_UDF_LINK_MAX_SIZE. Empty components go, what ends with "/" leads to "."
 * there. out may be NULL, to measure. 0: a component is longer than one can be.
 */
uint32_t fsi_udf_put_link(const char *target, uint8_t *out);

#endif
