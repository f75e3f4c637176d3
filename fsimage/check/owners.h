/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose the blocks are: a list of extents with what they are used for, in which
 * those are found that two lay claim to. Blocks are those of the image, or of a
 * partition that has its own.
 */
#ifndef FSI_CHECK_OWNERS_H
#define FSI_CHECK_OWNERS_H

#include "base/vector.h"
#include "check/statements.h"

struct fsi_check;
struct fsi_check_name;

enum fsi_owner_kind {
	FSI_OWNER_STRUCTURE, /* has its blocks to itself */
	FSI_OWNER_DATA,	     /* of a file: another file may have the very same ones */
	FSI_OWNER_SHARED     /* may be a part of a file, too, such as a boot catalogue */
};

/* An extent and what it is used for. */
struct fsi_owner {
	uint32_t first_block;
	uint32_t block_count; /* at least 1 */
	enum fsi_owner_kind kind;
	enum fsi_file_system file_system;
	enum fsi_statement statement;	   /* that an overlap breaks; see below */
	const char *structure;		   /* lives on */
	const struct fsi_check_name *name; /* NULL: no file or the root */
	uint64_t reach; /* of the list's own: where all up to this one end */
};

struct fsi_owners {
	FSI_VECTOR(struct fsi_owner) items;
	bool is_sorted;
};

/*
 * Claim an extent; one of no blocks is ignored. An extent that goes on where the one
 * claimed before it ends, for the same purpose, becomes one with it.
 */
void fsi_owners_add(struct fsi_check *check, struct fsi_owners *owners,
		    const struct fsi_owner *owner);

/*
 * Tell of all overlaps, of each owner at most once. It breaks the statement of the two
 * that comes first in the catalogue, or U-164 by structures of two file systems; a
 * warning where two files share a part of their blocks. disc_offset: where block 0 is in
 * the image; FSI_FINDING_NO_OFFSET when that is not known.
 */
void fsi_owners_check(struct fsi_check *check, struct fsi_owners *owners,
		      uint64_t disc_offset);

/*
 * Whether any owner has a block of the extent; *ret_owner is the first one, to be
 * had until one is added.
 */
bool fsi_owners_find(struct fsi_owners *owners, uint32_t first_block,
		     uint32_t block_count, const struct fsi_owner **ret_owner);

/*
 * Runs of blocks that are used, ascending and not adjacent, beginning with the first
 * one at or behind block. false: there is none.
 */
bool fsi_owners_next_run(struct fsi_owners *owners, uint32_t block,
			 uint32_t *ret_first_block, uint32_t *ret_block_count);

void fsi_owners_free(struct fsi_owners *owners);

#endif
