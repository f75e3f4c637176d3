/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of a volume in their order: first those of items, then those of
 * stream directories, then those of streams. What is kept is 4 bytes for each
 * further name of a file with hard links, nothing for the rest.
 */
#ifndef FSI_UDF_ENTRIES_H
#define FSI_UDF_ENTRIES_H

#include "base/vector.h"
#include "tree/order.h"
#include "udf/types.h"

/* Blocks before them: the file set descriptor and what ends its sequence. */
#define FSI_UDF_FILE_SET_BLOCKS 2

struct fsi_udf_entries {
	const struct fsi_order *order;
	uint16_t partition; /* reference of the partition that they are in */
	/* Items that have their entry in common with an earlier one, ascending. */
	FSI_VECTOR(uint32_t) further_links;
};

/* What an entry describes: an item, a named stream, or the streams of an item. */
struct fsi_udf_subject {
	const struct fsi_node *node;
	bool is_stream_directory;
};

/*
 * Number them; entries is zeroed but for order and partition. E_OUTOFMEMORY;
 * IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED (UDF, ...) when a file has more names
 * than links are counted.
 */
HRESULT fsi_udf_entries_number(struct fsi_udf_entries *entries);

void fsi_udf_entries_free(struct fsi_udf_entries *entries);

uint32_t fsi_udf_entries_count(const struct fsi_udf_entries *entries);

/* What the n-th entry describes. */
struct fsi_udf_subject fsi_udf_entries_get(const struct fsi_udf_entries *entries,
					   uint32_t n);

/* Where the entry is that describes something. */
struct fsi_udf_address fsi_udf_entries_find(const struct fsi_udf_entries *entries,
					    struct fsi_udf_subject subject);

/* Whether an item has named streams, and the volume has them too. */
bool fsi_udf_has_streams(const struct fsi_udf_entries *entries,
			 const struct fsi_node *item);

/*
 * What identifies a name, OSTA UDF 3.2.1; an entry has that of its first name.
 * Streams, and the directory of them, have that of their item.
 */
uint32_t fsi_udf_unique_id(const struct fsi_node *node);

/* The first value that nothing has. */
uint32_t fsi_udf_next_unique_id(const struct fsi_order *order);

#endif
