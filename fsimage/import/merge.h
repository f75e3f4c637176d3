/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking what a file system of a disc holds into a tree. Only structures are read:
 * the data of files stays where it is.
 */
#ifndef FSI_IMPORT_MERGE_H
#define FSI_IMPORT_MERGE_H

#include "import/view.h"
#include "layout/format.h"
#include "tree/tree.h"

/* How far it has come; the totals are -1 where the disc does not tell them. */
struct fsi_merge_counts {
	int32_t directories;
	int32_t total_directories;
	int32_t files;
	int32_t total_files;
};

struct fsi_merge_request {
	struct fsi_tree *tree; /* the disc of the view is its last one */
	fsi_disc_view *view;
	uint32_t end_block; /* of the disc: nothing lies behind it */
	bool with_posix;    /* take links, devices, and who owns what */
	/*
	 * Told after each file and before each directory, with the path that it gets:
	 * what is directory_name's is in it already. It may fail. NULL: nobody.
	 */
	HRESULT(*imported)
	(void *context, const char *path, const struct fsi_merge_counts *counts);
	void *context;
};

/* What was found on the way. */
struct fsi_merge_report {
	uint64_t greatest_unique_id; /* of UDF */
	uint32_t posix_count;	     /* links and devices */
	uint32_t first_data_block;   /* of all files; UINT32_MAX: there are none */
	struct fsi_head_data head_data;
};

/*
 * Merge all items into the tree. What is there already stays: of a file its namesake
 * on the disc is dropped, directories become one. All changes are noted, and none is
 * undone on failure. The limits of the tree are not looked at.
 *
 * Besides the errors of reading: IMAPI_E_INVALID_PATH (path) of a name that can't be
 * in the image; IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY and
 * _DIRECTORY_EXISTS_AS_FILE (path, file system); IMAPI_E_DUP_NAME (name) of two names
 * that differ in case only, where that is no difference;
 * IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED (file system, feature) of what no other
 * session can have; IMAPI_E_IMPORT_SEEK_FAILURE (block) of data behind the end of the
 * disc; E_OUTOFMEMORY; what imported returns.
 */
HRESULT fsi_import_merge(const struct fsi_merge_request *request,
			 struct fsi_merge_report *ret_report);

#endif
