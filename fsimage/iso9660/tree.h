/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One directory tree of a volume, primary, Joliet or of ISO 9660:1999: where its
 * path tables and directories lie, and what fills their blocks. The trees differ
 * in their dialect alone. What is kept grows with directories and their blocks, not
 * with files.
 */
#ifndef FSI_ISO9660_TREE_H
#define FSI_ISO9660_TREE_H

#include "iso9660/records.h"
#include "iso9660/section.h"
#include "layout/format.h"
#include "name/view.h"

/* Bytes of "." and "..", which begin every directory (ECMA-119 6.8.2.2). */
#define FSI_ISO9660_SHORT_RECORDS_SIZE \
	(2 * (uint32_t)sizeof(struct fsi_iso9660_short_record))

/* How a tree writes text and identifiers. */
struct fsi_iso9660_dialect {
	/* What the regions of the tree are called. */
	const char *l_path_table;
	const char *m_path_table;
	const char *directories;
	/* Of the volume descriptor (ECMA-119 8.1.1, 8.1.3, 8.5.6). */
	uint8_t descriptor_type;
	uint8_t version; /* also that of the file structure (8.4.31) */
	const char *escape_sequences;
	const char *(*volume_name)(const struct fsi_volume *volume);
	/* Fill a field of a descriptor with UTF-8 text and the filler. */
	void (*put_text)(uint8_t *field, size_t size, const char *text);
	/*
	 * The identifier of an item by its name in the view; returns its length, 0
	 * when it has no room in a record.
	 */
	uint8_t (*identify)(const struct fsi_name_rules *rules, const char *name,
			    bool is_directory,
			    uint8_t (*ret_identifier)[FSI_ISO9660_IDENTIFIER_MAX]);
};

extern const struct fsi_iso9660_dialect fsi_iso9660_primary;
extern const struct fsi_iso9660_dialect fsi_iso9660_joliet;
extern const struct fsi_iso9660_dialect fsi_iso9660_enhanced;

/* Where the records of a block of a path table begin. */
struct fsi_iso9660_path_block {
	uint32_t record;       /* the first that has a byte in the block */
	uint32_t bytes_before; /* how many it has in the block before */
};

/* A record of a directory: of a child, or of a section of one (iso9660/section.h). */
struct fsi_iso9660_record_place {
	uint32_t child;
	uint32_t section;
};

struct fsi_iso9660_tree {
	const struct fsi_iso9660_dialect *dialect;
	const struct fsi_name_view *view;
	const struct fsi_volume *volume;
	const struct fsi_layout *layout; /* read when blocks are rendered */
	/*
	 * The directories in the order of the path table (ECMA-119 6.9.1), which
	 * is also that of their extents.
	 */
	uint32_t *directories; /* directory number by place in the path table, from 0 */
	uint32_t *places;      /* the inverse: by directory number */
	uint32_t *offsets;     /* first block by place, from directories_block */
	uint32_t directory_blocks; /* of all directories */
	/* By block of the directories: its first record but "." and "..". */
	FSI_VECTOR(struct fsi_iso9660_record_place) first_records;
	FSI_VECTOR(struct fsi_iso9660_path_block) path_blocks;
	uint32_t path_table_size; /* in bytes */
	uint32_t l_path_table_block;
	uint32_t m_path_table_block;
	uint32_t directories_block;
};

/* writer.c */

/* What a region is, as a string to be freed. E_OUTOFMEMORY. */
HRESULT fsi_iso9660_describe(const char *description, char **ret_description);

/* directory.c */

extern const struct fsi_region_ops fsi_iso9660_directories_ops; /* owner: a tree */

/*
 * Put the directories in order and count their blocks. E_OUTOFMEMORY;
 * IMAPI_E_IMAGE_TOO_BIG; IMAPI_E_FSI_INTERNAL_ERROR for a name that the view
 * made too long.
 */
HRESULT fsi_iso9660_measure_directories(struct fsi_iso9660_tree *tree);

/* The record of a directory under one of the short identifiers. */
void fsi_iso9660_put_short_record(const struct fsi_iso9660_tree *tree,
				  const struct fsi_node *directory, uint8_t identifier,
				  struct fsi_iso9660_short_record *ret_record);

/* The identifier of an item; returns its length. */
static inline uint8_t fsi_iso9660_identify(
	const struct fsi_iso9660_tree *tree, const struct fsi_node *node,
	uint8_t (*ret_identifier)[FSI_ISO9660_IDENTIFIER_MAX])
{
	return tree->dialect->identify(&tree->view->rules,
				       fsi_name_view_get(tree->view, node->number),
				       fsi_node_is_directory(node), ret_identifier);
}

/* The place of a directory in the path table, from 0. */
static inline uint32_t fsi_iso9660_place_of(const struct fsi_iso9660_tree *tree,
					    const struct fsi_node *directory)
{
	return tree->places[directory->content.children->number];
}

/* path_table.c */

extern const struct fsi_region_ops fsi_iso9660_l_path_table_ops; /* owner: a tree */
extern const struct fsi_region_ops fsi_iso9660_m_path_table_ops;

/*
 * Count the bytes and blocks of a path table; the directories are in order.
 * E_OUTOFMEMORY.
 */
HRESULT fsi_iso9660_measure_path_table(struct fsi_iso9660_tree *tree);

/* descriptors.c */

/* Fill the block of a descriptor; subject is what it describes. */
typedef void fsi_iso9660_descriptor_render(const void *subject,
					   uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* Primary or supplementary volume descriptor; subject: a tree. */
fsi_iso9660_descriptor_render fsi_iso9660_render_volume_descriptor;

/* The end of the volume descriptors; no subject. */
fsi_iso9660_descriptor_render fsi_iso9660_render_terminator;

#endif
