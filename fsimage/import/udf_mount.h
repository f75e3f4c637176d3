/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounting a UDF volume: from an anchor over the volume descriptors to the
 * partitions, and to the file set. Each step is a file of its own.
 */
#ifndef FSI_IMPORT_UDF_MOUNT_H
#define FSI_IMPORT_UDF_MOUNT_H

#include "import/udf.h"

/* ---- anchors (udf_anchor.c) -------------------------------------------- */

#define FSI_UDF_ANCHORS_MAX 16

/* An anchor that was found. */
struct fsi_udf_place {
	uint32_t block;
	struct fsi_udf_anchor anchor;
};

/* Anchors that differ from one another, in the order in which they count. */
struct fsi_udf_places {
	uint32_t block_size;
	unsigned count; /* at least 1 */
	struct fsi_udf_place items[FSI_UDF_ANCHORS_MAX];
};

/* only_block: the block of the one that is wanted; 0: search for all. */
HRESULT fsi_import_udf_find_anchors(struct fsi_media *media, uint32_t only_block,
				    struct fsi_udf_places *ret_places);

/* ---- volume descriptors (udf_sequence.c) ------------------------------- */

struct fsi_udf_numbered_partition {
	uint32_t sequence_number;
	struct fsi_udf_partition partition;
};

/* The descriptors that prevail in a volume descriptor sequence. */
struct fsi_udf_sequence {
	bool has_primary;
	uint32_t primary_number; /* of the sequence; so with the other two */
	struct fsi_udf_primary primary;
	bool has_information;
	uint32_t information_number;
	struct fsi_udf_information information;
	uint8_t *logical_volume; /* the block; NULL: there is none */
	uint32_t logical_volume_number;
	uint32_t logical_volume_block;
	FSI_VECTOR(struct fsi_udf_numbered_partition) partitions;
	bool is_reserve; /* the main sequence is damaged */
};

/*
 * Read the main sequence that an anchor names, or the reserve when the main one
 * is damaged. There is a logical volume, then. On failure nothing is to be freed.
 */
HRESULT fsi_import_udf_read_sequence(const struct fsi_udf *udf,
				     const struct fsi_udf_anchor *anchor,
				     struct fsi_udf_sequence *ret_sequence);

void fsi_import_udf_free_sequence(struct fsi_udf_sequence *sequence);

/* ---- partitions (udf_space.c, udf_table.c) ----------------------------- */

/* What a virtual allocation table tells of the volume, from 2.00 on. */
struct fsi_udf_table_facts {
	bool is_known;
	uint32_t file_count;
	uint32_t directory_count;
	uint16_t minimum_read;
	uint16_t minimum_write;
	uint16_t maximum_write;
};

/* Fill in udf->spaces; they are to be freed, even on failure. */
HRESULT fsi_import_udf_load_spaces(struct fsi_udf *udf,
				   const struct fsi_udf_sequence *sequence,
				   const struct fsi_udf_logical_volume *volume,
				   struct fsi_udf_table_facts *ret_facts);

void fsi_import_udf_free_spaces(struct fsi_udf *udf);

/* The table of a sparable partition, of a virtual one, the files of metadata. */
HRESULT fsi_import_udf_load_spares(const struct fsi_udf *udf,
				   const struct fsi_udf_map *map,
				   struct fsi_udf_space *space);
HRESULT fsi_import_udf_load_table(const struct fsi_udf *udf, struct fsi_udf_space *space,
				  struct fsi_udf_table_facts *ret_facts);
HRESULT fsi_import_udf_load_metadata(const struct fsi_udf *udf,
				     const struct fsi_udf_map *map,
				     struct fsi_udf_space *space);

/* The body of a table, which must be in a physical partition. */
HRESULT fsi_import_udf_load_physical_body(const struct fsi_udf *udf,
					  const struct fsi_udf_entry_block *entry,
					  struct fsi_udf_body *ret_body);

/* ---- volumes (udf_mount.c) --------------------------------------------- */

/* A volume and what it tells of itself. */
struct fsi_udf_mount {
	struct fsi_udf udf;
	char name[FSI_UDF_TEXT_128];
	char implementation[24];
	uint16_t revision;
	bool has_primary;
	struct fsi_udf_primary primary;
	struct fsi_udf_information information; /* empty texts when there is none */
	bool has_integrity;
	struct fsi_udf_integrity integrity;
	struct fsi_udf_table_facts table;
	struct fsi_udf_file_set file_set;
	uint32_t anchor_block;
	bool has_other_anchors;
	bool is_from_reserve;
};

/*
 * Mount the volume of a disc; of several the newest that can be mounted. One
 * reference on media is taken. On failure nothing is to be freed.
 */
HRESULT fsi_import_udf_mount(struct fsi_media *media, uint32_t anchor_block,
			     struct fsi_udf_mount **ret_mount);

void fsi_import_udf_unmount(struct fsi_udf_mount *mount);

#endif
