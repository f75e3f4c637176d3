/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of a volume in their order: which item each describes, in which
 * block it stands, and the numbers by which UDF knows files.
 */
#ifndef FSI_UDF_ENTRIES_H
#define FSI_UDF_ENTRIES_H

#include "tree/order.h"
#include "udf/types.h"

/* Blocks before them: the file set descriptor and what ends its sequence. */
#define FSI_UDF_FILE_SET_BLOCKS 2

struct fsi_udf_entries {
	const struct fsi_order *order;
	uint16_t partition; /* reference of the partition that they are in */
};

uint32_t fsi_udf_entries_count(const struct fsi_udf_entries *entries);

/* The item that the n-th entry describes. */
const struct fsi_node *fsi_udf_entries_get(const struct fsi_udf_entries *entries,
					   uint32_t n);

/* Where the entry of an item is. */
struct fsi_udf_address fsi_udf_entries_find(const struct fsi_udf_entries *entries,
					    const struct fsi_node *item);

/* What identifies an item, OSTA UDF 3.2.1; the first value that no item has. */
uint32_t fsi_udf_unique_id(const struct fsi_node *item);
uint32_t fsi_udf_next_unique_id(const struct fsi_order *order);

#endif
