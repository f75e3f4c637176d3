/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of a session in their order: first those of items, then those of
 * stream directories, then those of streams. What is kept is 4 bytes for each
 * further name of a file with hard links, and for each item whose entry of an earlier
 * session still holds; nothing for the rest.
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
	uint16_t partition;	 /* reference of the partition that they are in */
	uint32_t first_block;	 /* of that partition; known when they have been placed */
	uint64_t next_unique_id; /* of the session before this one */
	bool reuses;   /* entries of items that were imported, where they hold */
	bool is_alone; /* as in struct fsi_udf_source */
	/* Items without an entry here, ascending: that of an earlier item is theirs, or
	 * one of an earlier session. */
	FSI_VECTOR(uint32_t) absent;
};

/* OSTA UDF 3.2.1: the first value that is free for new files; the root has 0. */
#define FSI_UDF_UNIQUE_ID_FIRST 16

/* What an entry describes: an item, a named stream, or the streams of an item. */
struct fsi_udf_subject {
	const struct fsi_node *node;
	bool is_stream_directory;
};

/*
 * Number them; entries is zeroed but for what is not about them. E_OUTOFMEMORY;
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
 * Streams, and the directory of them, have that of their item. What was imported keeps
 * its own. Names tell the low 32 bits.
 */
uint64_t fsi_udf_unique_id(const struct fsi_udf_entries *entries,
			   const struct fsi_node *node);

/* The first value that nothing has. */
uint64_t fsi_udf_next_unique_id(const struct fsi_udf_entries *entries);

#endif
