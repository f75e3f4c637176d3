/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walking over all entries of a UDF volume, each once, in the order in which
 * directories name them. What is known of an entry is a node; what its parts tell is
 * checked by the files of this room that are named behind each function.
 */
#ifndef FSI_CHECK_UDF_TREE_H
#define FSI_CHECK_UDF_TREE_H

#include "check/udf.h"

enum fsi_check_node_kind {
	FSI_CHECK_FILE, /* anything that is no directory */
	FSI_CHECK_DIRECTORY,
	FSI_CHECK_STREAM_DIRECTORY,
	FSI_CHECK_STREAM,
	/* what stands behind partition maps */
	FSI_CHECK_TABLE,    /* virtual allocation table */
	FSI_CHECK_METADATA, /* main, mirror */
	FSI_CHECK_BITMAP
};

/* An entry that something leads to. */
struct fsi_check_node {
	struct fsi_udf_allocation icb;
	enum fsi_check_node_kind kind;
	const struct fsi_check_name *name; /* the first one; NULL: of the root */
	size_t parent;	      /* node of the directory or the file that leads to it */
	uint64_t disc_offset; /* of the entry, once it is read */
	uint64_t unique_id;
	uint64_t size; /* of its body */
	uint64_t object_size;
	uint64_t streams_size; /* of all of its streams */
	uint32_t path_length;  /* bytes of names and slashes */
	uint32_t names;	       /* that lead to it */
	uint32_t subdirectories;
	uint32_t first_fid_id; /* what the first name says of its unique identifier */
	uint16_t link_count;   /* as it is recorded */
	bool is_read;	       /* what follows names is known */
	bool is_extended;
	bool has_own_id; /* one of its names tells its unique identifier */
};

struct fsi_check_tree {
	struct fsi_check_udf *udf;
	FSI_VECTOR(struct fsi_check_node) nodes;
	struct fsi_check_set by_icb;	 /* node by the place of its entry */
	struct fsi_check_set unique_ids; /* of entries; node */
	struct fsi_check_set fid_ids;	 /* of names */
	struct fsi_check_set extents;	 /* blocks of allocation descriptors met */
	uint64_t directory_bytes_left;
	bool is_bridge;
	struct fsi_check_totals totals;
};

/* One entry under examination. */
struct fsi_check_entry {
	struct fsi_check_tree *tree;
	size_t node;
	struct fsi_check_place place; /* of its first byte */
	struct fsi_udf_entry_block block;
	uint64_t recorded_blocks; /* as it is recorded; so with the next one */
	uint64_t object_size;
};

static inline struct fsi_check_node *fsi_check_node_of(
	const struct fsi_check_entry *entry)
{
	return &entry->tree->nodes.items[entry->node];
}

/*
 * Something leads to an entry: find its node or make one. *ret_is_new tells which.
 * false: no memory.
 */
bool fsi_check_tree_add(struct fsi_check_tree *tree, const struct fsi_check_node *node,
			size_t *ret_node, bool *ret_is_new);

/* Sessions (udf_sessions.c): what the first one decides; whether a directory is of
 * the session that is looked at. */
void fsi_check_udf_sessions(struct fsi_check_udf *udf);
void fsi_check_udf_own_directory(struct fsi_check_entry *entry);

/* The fields of an entry (udf_entry.c). false: it cannot be gone on with. */
bool fsi_check_udf_entry(struct fsi_check_entry *entry);

/* Extended attributes (udf_attributes.c). */
void fsi_check_udf_attributes(struct fsi_check_entry *entry);

/* The extents of the body (udf_allocation.c). */
void fsi_check_udf_allocation(struct fsi_check_entry *entry);

/* The names in a directory or stream directory (udf_directory.c). */
void fsi_check_udf_directory(struct fsi_check_entry *entry);

/* The target of a symbolic link (udf_link.c). */
void fsi_check_udf_link(struct fsi_check_entry *entry);

/* Read one entry alone, which no name leads to. Returns whether it is sound; its
 * bytes are to be freed then. */
bool fsi_check_udf_lone_entry(struct fsi_check_udf *udf, struct fsi_udf_address address,
			      enum fsi_check_node_kind kind, const char *structure,
			      struct fsi_udf_entry_block *ret_block);

#endif
