/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks that the records of one directory take, kept while records come and
 * go. No record crosses the border of a block, so one that comes moves all behind
 * it; but how a run of records goes on from a fill of its first block is found out
 * once, and remembered.
 */
#ifndef FSI_ISO9660_PACKING_H
#define FSI_ISO9660_PACKING_H

#include "iso9660/tree.h"
#include "name/roster.h"

/* What a child takes in a directory, and in the path table if it is one itself. */
struct fsi_iso9660_item_size {
	uint16_t record_size;  /* 0: its name has no room in a record */
	uint16_t record_count; /* one for each section of a file */
	uint32_t path_size;
};

struct fsi_iso9660_item_size fsi_iso9660_measure_item(
	const struct fsi_iso9660_dialect *dialect, const struct fsi_name_rules *rules,
	const struct fsi_node *node, const char *name);

/* Bytes that the root takes in a path table. */
uint32_t fsi_iso9660_root_path_size(void);

struct fsi_iso9660_packing;

/* An empty directory. roster names its records, and outlives it. NULL: no memory. */
struct fsi_iso9660_packing *fsi_iso9660_packing_create(
	const struct fsi_name_roster *roster);
void fsi_iso9660_packing_destroy(struct fsi_iso9660_packing *packing);

/* The records of child n of the roster come; their place follows from its name.
 * false: no memory, and nothing has changed. */
bool fsi_iso9660_packing_add(struct fsi_iso9660_packing *packing, uint32_t n,
			     const struct fsi_iso9660_item_size *size);

/* They go; the roster still knows its name. */
void fsi_iso9660_packing_remove(struct fsi_iso9660_packing *packing, uint32_t n);

/* The blocks that all take, with "." and "..". */
uint64_t fsi_iso9660_packing_blocks(struct fsi_iso9660_packing *packing);

#endif
