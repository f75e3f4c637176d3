/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --hybrid and --mbr-template: an image that is a disk too. */
#ifndef CLI_HYBRID_H
#define CLI_HYBRID_H

#include <fsimage/hybrid.h>

struct hybrid_choice {
	uint32_t tables;	  /**< set of enum fsi_partition_table */
	const char *mbr_template; /**< NULL: none given */
};

/**
 * Read a value of an option.
 *
 * @param value  NULL: --hybrid was given without one
 * @return what is wrong with it; NULL when nothing is
 */
const char *hybrid_take_tables(struct hybrid_choice *choice, const char *value);
const char *hybrid_take_template(struct hybrid_choice *choice, const char *value);

/** Options that make no sense without others. @return an exit status */
int hybrid_check(const struct hybrid_choice *choice, const char *command);

/** Make a disk of an image, if that was asked for. @return of the library */
HRESULT hybrid_put(const struct hybrid_choice *choice, fsi_image *image);

/** Which option helps; NULL: none. */
const char *hybrid_hint(HRESULT code);

#endif
