/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the children of one directory in one file system, kept while
 * children come and go. They are at each moment those that a view of the whole
 * tree would have; where keeping them so would mean to look at all siblings again,
 * the roster says so, and another one is made.
 */
#ifndef FSI_NAME_ROSTER_H
#define FSI_NAME_ROSTER_H

#include "name/view.h"

struct fsi_name_roster;

/*
 * nodes: in byte order of their names. E_OUTOFMEMORY; IMAPI_E_NO_UNIQUE_NAME (name,
 * file system).
 */
HRESULT fsi_name_roster_create(const struct fsi_name_rules *rules,
			       const struct fsi_node *const *nodes, uint32_t count,
			       struct fsi_name_roster **ret_roster);
void fsi_name_roster_destroy(struct fsi_name_roster *roster);

/* Children have numbers of their own here, from 0, in no order. */
uint32_t fsi_name_roster_count(const struct fsi_name_roster *roster);

const char *fsi_name_roster_get(const struct fsi_name_roster *roster, uint32_t n);

/* The order of two of them in a directory: as strcmp(). */
int fsi_name_roster_compare(const struct fsi_name_roster *roster, uint32_t a, uint32_t b);

/*
 * A child has come; *ret_number is its number. S_FALSE: the names of others may
 * have changed, and the roster is of no use; so is it after a failure.
 * E_OUTOFMEMORY; IMAPI_E_NO_UNIQUE_NAME (name, file system).
 */
HRESULT fsi_name_roster_add(struct fsi_name_roster *roster, const struct fsi_node *node,
			    uint32_t *ret_number);

/* The number of a child that is about to leave. S_FALSE as above. */
HRESULT fsi_name_roster_find(struct fsi_name_roster *roster, const struct fsi_node *node,
			     uint32_t *ret_number);

/* It has left. */
void fsi_name_roster_remove(struct fsi_name_roster *roster, uint32_t n);

/* Whether a name is in that file system as it is, whatever its siblings are. */
bool fsi_name_is_kept(const struct fsi_name_rules *rules, const struct fsi_node *node);

#endif
