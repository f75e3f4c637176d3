/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ISO 9660, with Rock Ridge where it is, and Joliet behind import/view.h. */
#ifndef FSI_IMPORT_ISO_VIEW_H
#define FSI_IMPORT_ISO_VIEW_H

#include "import/iso_reader.h"
#include "import/visits.h"
#include "import/view.h"

/* Directories are not entered deeper than this; path names of systems end before. */
#define FSI_ISO_DEPTH_MAX 4096

struct fsi_iso_view {
	fsi_disc_view view;
	struct fsi_iso_reader reader;
	struct fsi_visits visits; /* of directories, as for UDF */
	bool has_visits;
	struct fsi_iso9660_volume volume;
};

struct fsi_iso_item {
	fsi_disc_entry entry;
	IsoFileSource *source; /* one reference; for directories */
	uint64_t parent;       /* identity of the directory that has the name */
	unsigned depth;	       /* of the root: 0 */
	bool is_broken;	       /* was listed in vain, see fsi_iso_reader_list() */
	struct fsi_iso_record record;
	struct fsi_iso_section *sections; /* as many as the record says */
	char name[];
};

/* One reference of media is taken, one of the view is given. */
HRESULT fsi_import_open_iso9660(struct fsi_media *media, fsi_disc_view **ret_view);
HRESULT fsi_import_open_joliet(struct fsi_media *media, fsi_disc_view **ret_view);

struct fsi_iso_view *fsi_import_iso_view_of(fsi_disc_view *view);
struct fsi_iso_item *fsi_import_iso_item_of(fsi_disc_entry *entry);

/* What a name leads to. */
struct fsi_iso_name {
	IsoFileSource *source; /* its reference is taken over, also on failure */
	uint64_t parent;
	unsigned depth;
	const struct fsi_iso_record *record;
	const struct fsi_iso_section *sections;
};

HRESULT fsi_import_iso_create_item(fsi_disc_view *view, const struct fsi_iso_name *name,
				   fsi_disc_entry **ret_entry);

/* See struct fsi_view_ops (iso_item.c, iso_children.c). */
HRESULT fsi_import_iso_load_item(fsi_disc_entry *entry);
HRESULT fsi_import_iso_get_extent(fsi_disc_entry *entry, uint64_t offset,
				  struct fsi_disc_extent *ret_extent);
HRESULT fsi_import_iso_open_data(fsi_disc_entry *entry, fsi_stream **ret_data);
HRESULT fsi_import_iso_find_place(fsi_disc_entry *entry,
				  struct fsi_view_place *ret_place);
HRESULT fsi_import_iso_get_link_target(fsi_disc_entry *entry, char **ret_target);
void fsi_import_iso_destroy_item(fsi_disc_entry *entry);
HRESULT fsi_import_iso_get_children(fsi_disc_entry *entry,
				    fsi_disc_children **ret_children);
HRESULT fsi_import_iso_get_streams(fsi_disc_entry *entry,
				   fsi_disc_children **ret_children);
HRESULT fsi_import_iso_next(fsi_disc_children *children, fsi_disc_entry **ret_entry);
void fsi_import_iso_destroy_children(fsi_disc_children *children);

#endif
