/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the items of one directory come to: a part of image/tally.h. */
#ifndef FSI_IMAGE_TALLY_DIRECTORY_H
#define FSI_IMAGE_TALLY_DIRECTORY_H

#include "image/image.h"
#include "iso9660/packing.h"
#include "iso9660/writer.h"

/* The trees and names that an image has. */
struct fsi_tally_rules {
	const struct fsi_tree *tree;
	struct {
		struct fsi_name_rules names;
		const struct fsi_iso9660_dialect *dialect;
	} iso[FSI_ISO9660_TREES_MAX];
	uint32_t iso_count;
	bool has_udf;
	struct fsi_name_rules udf;
};

struct fsi_tally_rules fsi_tally_rules_of(const fsi_image *image);

struct fsi_tally_index {
	struct fsi_name_roster *roster; /* NULL: none is kept */
	struct fsi_iso9660_packing *packing;
};

struct fsi_tally_directory {
	struct fsi_tally_directory *previous;
	struct fsi_tally_directory *next;
	struct fsi_tally_index index[FSI_ISO9660_TREES_MAX];
	/* Blocks of the directory, and bytes of path records of its children. */
	struct fsi_iso9660_sizes iso[FSI_ISO9660_TREES_MAX];
	uint64_t udf_size;	   /* bytes of its identifiers */
	uint32_t udf_mapped_count; /* names that UDF can't hold as they are */
	uint32_t odd_count;	   /* records that a layout will refuse */
	uint32_t count_count;	   /* how often it was counted */
	bool is_stale;		   /* nothing above the two last is right */
};

/*
 * Count the items of a directory. It keeps an index when that pays. E_OUTOFMEMORY;
 * IMAPI_E_NO_UNIQUE_NAME (name, file system); then it is stale.
 */
HRESULT fsi_tally_directory_count(const struct fsi_tally_rules *rules,
				  struct fsi_node *directory,
				  struct fsi_tally_directory *tally);

/* A child has come, or is about to leave. false: the directory is stale now. */
bool fsi_tally_directory_add(const struct fsi_tally_rules *rules,
			     struct fsi_tally_directory *tally,
			     const struct fsi_node *child);
bool fsi_tally_directory_remove(const struct fsi_tally_rules *rules,
				struct fsi_tally_directory *tally,
				const struct fsi_node *child);

/* It has to be counted anew. */
void fsi_tally_directory_forget(struct fsi_tally_directory *tally);

#endif
