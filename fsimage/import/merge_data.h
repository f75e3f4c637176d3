/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data of files that stays where it is on the disc. */
#ifndef FSI_IMPORT_MERGE_DATA_H
#define FSI_IMPORT_MERGE_DATA_H

#include "base/vector.h"
#include "import/view.h"
#include "layout/format.h"
#include "tree/imported.h"

/* Files that have several names, or parts, by the identity of the file: who names one
 * a thousand times is to have its parts told once. */
struct fsi_merge_link {
	uint64_t identity;
	struct fsi_data *data; /* NULL: the slot is free */
};

struct fsi_merge_data {
	struct fsi_tree *tree;
	const char *file_system; /* for messages */
	uint32_t end_block;	 /* of the disc */
	uint32_t first_block;	 /* the lowest of all data; UINT32_MAX: none */
	struct fsi_head_data head_data;
	FSI_VECTOR(struct fsi_imported_extent) extents; /* of the file at hand */
	struct {
		struct fsi_merge_link *slots;
		uint32_t capacity; /* a power of two, or 0 */
		uint32_t count;
	} links;
};

void fsi_merge_data_free(struct fsi_merge_data *self);

/*
 * The data of a file or stream whose info is loaded: a new one, or that of another
 * name. NULL: it is empty. E_OUTOFMEMORY; the errors of reading;
 * IMAPI_E_IMPORT_SEEK_FAILURE (block); IMAPI_E_DATA_TOO_BIG (file system).
 */
HRESULT fsi_merge_data_take(struct fsi_merge_data *self, fsi_disc_entry *entry,
			    struct fsi_data **ret_data);

#endif
