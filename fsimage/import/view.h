/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file systems of a disc, each behind one table of functions, so that who
 * lists, extracts or imports need not know which it is. The objects here are
 * those of <fsimage/disc.h>; a file system embeds them as the first member of its
 * own. Functions do not clear the thread's error.
 */
#ifndef FSI_IMPORT_VIEW_H
#define FSI_IMPORT_VIEW_H

#include "media/media.h"

#include <fsimage/disc.h>

#include <stdatomic.h>

/* Where an entry is recorded. */
struct fsi_view_place {
	bool has_entry; /* UDF: it has a file entry, in a block of a partition */
	uint32_t block;
	uint16_t partition;
};

/*
 * What a file system does for its views. entry and children are its own, made by
 * itself. Where an entry is of the wrong kind, the caller has refused it already.
 */
struct fsi_view_ops {
	/* One reference of each object that is made. */
	HRESULT (*get_root)(fsi_disc_view *view, fsi_disc_entry **ret_entry);
	/* Fill in entry->info; called once, and again after a failure. */
	HRESULT (*load)(fsi_disc_entry *entry);
	HRESULT (*get_children)(fsi_disc_entry *entry, fsi_disc_children **ret_children);
	HRESULT (*get_streams)(fsi_disc_entry *entry, fsi_disc_children **ret_children);
	/* S_FALSE at the end. */
	HRESULT (*next)(fsi_disc_children *children, fsi_disc_entry **ret_entry);
	/* offset is less than the size of the entry. */
	HRESULT(*get_extent)
	(fsi_disc_entry *entry, uint64_t offset, struct fsi_disc_extent *ret_extent);
	HRESULT (*open_data)(fsi_disc_entry *entry, fsi_stream **ret_data);
	/* IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED for what no other session can
	 * have as it is. The entry is loaded. */
	HRESULT (*find_place)(fsi_disc_entry *entry, struct fsi_view_place *ret_place);
	/* *ret_target is to be freed. */
	HRESULT (*get_link_target)(fsi_disc_entry *entry, char **ret_target);
	/* Free what is theirs and the object itself. */
	void (*destroy_view)(fsi_disc_view *view);
	void (*destroy_entry)(fsi_disc_entry *entry);
	void (*destroy_children)(fsi_disc_children *children);
};

struct fsi_disc_view {
	const struct fsi_view_ops *ops;
	atomic_uint references;
	struct fsi_disc_volume volume; /* filled in when the view is opened */
};

struct fsi_disc_entry {
	fsi_disc_view *view; /* one reference */
	atomic_uint references;
	bool is_loaded;
	struct fsi_disc_entry_info info; /* once it is loaded */
	const char *name;		 /* lives as long as the entry */
};

struct fsi_disc_children {
	fsi_disc_view *view; /* one reference */
	atomic_uint references;
};

/* Prepare the embedded object: one reference; of view one is taken. */
void fsi_view_init(fsi_disc_view *view, const struct fsi_view_ops *ops);
void fsi_view_init_entry(fsi_disc_entry *entry, fsi_disc_view *view, const char *name);
void fsi_view_init_children(fsi_disc_children *children, fsi_disc_view *view);

/* Give back the reference on the view and free the memory of the object. */
void fsi_view_free_entry(fsi_disc_entry *entry);
void fsi_view_free_children(fsi_disc_children *children);

/* The same as the functions of <fsimage/disc.h> of those names. */
HRESULT fsi_view_get_entry(fsi_disc_view *view, const char *path,
			   fsi_disc_entry **ret_entry);
HRESULT fsi_view_get_info(fsi_disc_entry *entry,
			  const struct fsi_disc_entry_info **ret_info);
HRESULT fsi_view_get_children(fsi_disc_entry *entry, fsi_disc_children **ret_children);
HRESULT fsi_view_get_streams(fsi_disc_entry *entry, fsi_disc_children **ret_children);
HRESULT fsi_view_get_extent(fsi_disc_entry *entry, uint64_t offset,
			    struct fsi_disc_extent *ret_extent);
HRESULT fsi_view_open_data(fsi_disc_entry *entry, fsi_stream **ret_data);
HRESULT fsi_view_get_link_target(fsi_disc_entry *entry, char **ret_target);

#endif
