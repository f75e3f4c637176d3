/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects of the API over the rooms below. An item's handle is its node; an
 * image is its tree and its properties; a result is a plan that was laid out.
 */
#ifndef FSI_IMAGE_IMAGE_H
#define FSI_IMAGE_IMAGE_H

#include "boot/hybrid.h"
#include "error/fail.h"
#include "image/boot.h"
#include "image/multisession.h"
#include "io/pace.h"
#include "layout/format.h"
#include "name/view.h"
#include "stash/stash.h"
#include "tree/change.h"
#include "tree/stage.h"

#include <fsimage/import.h>

#include <stdatomic.h>

/* The first half of the pipeline: what everything is called. */
struct fsi_naming {
	uint64_t generation; /* of the tree that it was made for */
	struct fsi_order *order;
	struct fsi_name_view *iso; /* NULL: not among the file systems */
	struct fsi_name_view *joliet;
	struct fsi_name_view *enhanced; /* ISO 9660:1999; NULL: not asked for */
	struct fsi_name_view *udf;
};

struct fsi_image {
	atomic_uint references; /* the caller's, and one for each result */
	atomic_uint results;	/* alive: the image is read-only */
	struct fsi_tree tree;
	fsi_file_systems file_systems;
	uint32_t iso_level;
	uint32_t udf_revision;
	int64_t free_media_blocks;
	char *volume_name;
	bool deep_directories;
	bool large_iso_files;
	bool multi_extent_iso_files;
	bool omit_large_iso_files;
	bool iso9660_1999;
	struct fsi_name_extensions name_extensions;
	bool posix_attributes;
	bool redundant_metadata; /* of UDF from 2.50 on */
	bool udf_holes;
	bool align_large_files;
	bool deduplicate;
	bool continue_writable_volumes;
	bool strict;
	bool real_time_waits; /* for the next layout: see fsi_file_put_is_real_time() */
	int32_t limits_point; /* change point when limits were last set */
	int32_t rules_point;  /* change point when the rules of names were */

	fsi_image_update_handler handler;
	void *handler_context;
	fsi_image_import_handler import_handler;
	void *import_handler_context;
	bool in_handler;      /* the image is read-only meanwhile */
	struct fsi_pace pace; /* of asking */

	uint32_t session_start_block;	 /* where the session begins on its disc */
	struct fsi_continued *continued; /* the earlier session; NULL: none is imported */
	char *imported_volume_name;	 /* NULL: none is imported */
	uint32_t import_session;	 /* that is wanted; 0: the newest */

	struct fsi_image_multisession multisession;
	struct fsi_image_boot boot;
	struct fsi_hybrid hybrid; /* the tables that make a disk of it */

	struct fsi_naming *naming;    /* of the tree as it was then; may be NULL */
	struct fsi_tally *tally;      /* what the tree comes to; may be NULL */
	uint64_t measured_generation; /* of measured_blocks */
	uint64_t measured_boot_changes;
	uint32_t measured_blocks;
};

/* Handles and nodes are the same thing. */
static inline struct fsi_node *fsi_item_node(fsi_item *item)
{
	return (struct fsi_node *)(void *)item;
}

static inline struct fsi_node *fsi_directory_node(fsi_directory *directory)
{
	return (struct fsi_node *)(void *)directory;
}

static inline struct fsi_node *fsi_file_node(fsi_file *file)
{
	return (struct fsi_node *)(void *)file;
}

static inline fsi_item *fsi_node_item(struct fsi_node *node)
{
	return (fsi_item *)(void *)node;
}

static inline fsi_image *fsi_node_image(const struct fsi_node *node)
{
	return (fsi_image *)((uintptr_t)fsi_node_tree(node) - offsetof(fsi_image, tree));
}

/* What a node is to the API; FSI_ITEM_NOT_FOUND for NULL. */
enum fsi_item_type fsi_node_item_type(const struct fsi_node *node);

/* IMAPI_E_READONLY while a result is alive or a handler is running. */
HRESULT fsi_image_check_writable(const fsi_image *image);

/* The same for an item, which must be in the image: IMAPI_E_NOT_IN_FILE_SYSTEM. */
HRESULT fsi_node_check_changeable(const struct fsi_node *node);

/*
 * The same for what an item tells of itself: it may also be one that the caller has
 * made and not yet added. What has left the image is only read.
 */
HRESULT fsi_node_check_own_change(const struct fsi_node *node);

/* What the file systems and extensions that are chosen allow. */
struct fsi_tree_limits fsi_image_limits(fsi_image *image);

/* S_OK; IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED when something of the content, its named
 * streams or real-time files, is not in the file systems that are chosen. */
HRESULT fsi_image_note_content(const fsi_image *image);

/* Whether a volume name is within the rule of the strict mode. */
bool fsi_volume_name_is_strict(const char *name, fsi_file_systems file_systems);

/* After a property has changed: take over its limits, measure anew. */
void fsi_image_refresh_limits(fsi_image *image);

/* As fsi_image_put_free_media_blocks(). */
HRESULT fsi_image_limit_blocks(fsi_image *image, int64_t new_val);

/* Whether file systems, and a revision of UDF, go on from what was imported:
 * IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED, _INCOMPATIBLE_PREVIOUS_SESSION;
 * _UDF_REVISION_CHANGE_NOT_ALLOWED. */
HRESULT fsi_image_check_continued(const fsi_image *image, fsi_file_systems file_systems);
HRESULT fsi_image_check_continued_revision(const fsi_image *image, uint32_t revision);

/* The exact size of the image as it is: for get_used_blocks and the limits. */
HRESULT fsi_image_measure(fsi_image *image, uint32_t *ret_blocks);

/* Whether it is one of fsi_image_get_udf_revisions_supported(). */
bool fsi_image_knows_udf_revision(uint32_t revision);

/* The first revisions of UDF with named streams, with real-time files. */
#define FSI_UDF_REVISION_STREAMS   0x200
#define FSI_UDF_REVISION_REAL_TIME 0x201

/* Whether named streams go into the image; else they stay in the tree. */
bool fsi_image_has_named_streams(const fsi_image *image);

/* How names are made for one of its file systems; iso_level: of ISO 9660. */
struct fsi_name_rules fsi_image_name_rules(const fsi_image *image,
					   enum fsi_file_system file_system,
					   uint32_t iso_level);

/* The naming of the tree as it is; stays until the image changes. */
HRESULT fsi_image_get_naming(fsi_image *image, const struct fsi_naming **ret_naming);
void fsi_naming_destroy(struct fsi_naming *naming);

/* The view of one file system; NULL when the image is not to have it. */
const struct fsi_name_view *fsi_naming_view(const struct fsi_naming *naming,
					    enum fsi_file_system file_system);

/* The volume name for one file system, as it will be written; to be freed. */
HRESULT fsi_image_make_volume_name(const fsi_image *image,
				   enum fsi_file_system file_system, char **ret_name);

/* Properties that are true or false; flag is NULL where image is. */
HRESULT fsi_image_get_flag(const fsi_image *image, const bool *flag, bool *ret_val);
HRESULT fsi_image_put_flag(const fsi_image *image, bool *flag, bool new_val);

/* A flag that lifts a limit: taking it back needs a tree that is within it. */
HRESULT fsi_image_put_limit_flag(fsi_image *image, bool *flag, bool new_val);

/* &image->member, without touching an image that is NULL. */
#define FSI_IMAGE_FLAG(image, member) ((image) != NULL ? &(image)->member : NULL)

/* The handler of the image, told of a file that is taken in. It fails with
 * E_IMAPI_REQUEST_CANCELLED, E_OUTOFMEMORY. */
struct fsi_copy_watcher fsi_image_watcher(fsi_image *image);

/* The same for a file that is compared with others: not each is told. */
struct fsi_copy_watcher fsi_image_duplicates_watcher(fsi_image *image);

/*
 * Something begins that may take long. Until it ends the tree's patience asks the
 * handler, when a while has gone by without anything to tell.
 */
void fsi_image_begin_work(fsi_image *image);
void fsi_image_end_work(fsi_image *image);

/* Note a value of an item that is about to change, unless it is no part of the
 * image yet; and finish that change. */
HRESULT fsi_item_note(struct fsi_node *node, enum fsi_change_kind kind);
HRESULT fsi_item_finish(const struct fsi_node *node, HRESULT hr);

/* Finish a call that noted its changes: keep them, as one change, or take them
 * back. */
HRESULT fsi_image_finish_changes(fsi_image *image, HRESULT hr);

/* After a failure: let go of the stream of data that is not to be. NULL is accepted. */
void fsi_image_discard_data(fsi_image *image, struct fsi_data *data);

/* S_OK; IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED when streams won't be written. */
HRESULT fsi_image_note_named_streams(const fsi_image *image);

/* An enumerator over a copy of items. E_OUTOFMEMORY. */
HRESULT fsi_enum_items_create(fsi_item *const *items, uint32_t count,
			      fsi_enum_items **ret_items);

/* A copy of text for the caller. E_OUTOFMEMORY. */
HRESULT fsi_hand_out_text(const char *text, char **ret_text);

#endif
