/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDF behind the table of import/view.h. */
#ifndef FSI_IMPORT_UDF_VIEW_H
#define FSI_IMPORT_UDF_VIEW_H

#include "import/udf_mount.h"
#include "import/view.h"

struct fsi_udf_view {
	fsi_disc_view view;
	struct fsi_udf_mount *mount;
	struct fsi_disc_partition *partitions;
};

struct fsi_udf_item {
	fsi_disc_entry entry;
	struct fsi_udf_allocation icb;
	/* The name that led here: of which directory, and where in it. */
	uint64_t parent;
	uint64_t position;
	uint8_t characteristics; /* of the name */
	uint16_t strategy;	 /* of the ICB, once it is loaded */
	bool is_stream;
	struct fsi_udf_allocation stream_directory; /* once it is loaded */
	bool has_body;				    /* once it is asked for */
	struct fsi_udf_body body;
	char name[];
};

/* anchor_block: of the one that is wanted; 0: search. One reference of media is
 * taken, one of the view is given. */
HRESULT fsi_import_open_udf(struct fsi_media *media, uint32_t anchor_block,
			    fsi_disc_view **ret_view);

/* What is known of the volume of a view. */
const struct fsi_udf_mount *fsi_import_udf_mount_of(fsi_disc_view *view);

/* The volume that an entry is on. */
struct fsi_udf *fsi_import_udf_of(const fsi_disc_entry *entry);

/* One that stands for all its names: where its ICB is. */
uint64_t fsi_import_udf_identity(const struct fsi_udf_allocation *icb);

/* A name that leads to an ICB. */
struct fsi_udf_name {
	struct fsi_udf_allocation icb;
	uint64_t parent;
	uint64_t position;
	uint8_t characteristics;
	bool is_stream;
	const char *text;
};

HRESULT fsi_import_udf_create_item(fsi_disc_view *view, const struct fsi_udf_name *name,
				   fsi_disc_entry **ret_entry);

/* See struct fsi_view_ops (udf_item.c, udf_children.c). */
HRESULT fsi_import_udf_load_item(fsi_disc_entry *entry);
HRESULT fsi_import_udf_get_extent(fsi_disc_entry *entry, uint64_t offset,
				  struct fsi_disc_extent *ret_extent);
HRESULT fsi_import_udf_open_data(fsi_disc_entry *entry, fsi_stream **ret_data);
HRESULT fsi_import_udf_find_place(fsi_disc_entry *entry,
				  struct fsi_view_place *ret_place);
HRESULT fsi_import_udf_get_link_target(fsi_disc_entry *entry, char **ret_target);
void fsi_import_udf_destroy_item(fsi_disc_entry *entry);
HRESULT fsi_import_udf_get_children(fsi_disc_entry *entry,
				    fsi_disc_children **ret_children);
HRESULT fsi_import_udf_get_streams(fsi_disc_entry *entry,
				   fsi_disc_children **ret_children);
HRESULT fsi_import_udf_next(fsi_disc_children *children, fsi_disc_entry **ret_entry);
void fsi_import_udf_destroy_children(fsi_disc_children *children);

#endif
