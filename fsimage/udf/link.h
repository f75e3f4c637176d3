/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbolic links: a path as UDF has it, component by component. */
#ifndef FSI_UDF_LINK_H
#define FSI_UDF_LINK_H

#include "udf/types.h"

/* Path component, ECMA-167 4/14.16.1; the identifier follows */
struct fsi_udf_path_component {
	uint8_t type RBP(0, 1);
	uint8_t identifier_length RBP(1, 1);
	uint8_t version RBP(2, 2);
};
_Static_assert(sizeof(struct fsi_udf_path_component) == 4, "ECMA-167 4/14.16.1");

/* Types of components, ECMA-167 4/14.16.1.1 */
enum fsi_udf_component_type {
	FSI_UDF_COMPONENT_ROOT = 2,
	FSI_UDF_COMPONENT_PARENT = 3,
	FSI_UDF_COMPONENT_CURRENT = 4,
	FSI_UDF_COMPONENT_NAME = 5
};

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
