/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening what is in a folder of this computer by its name alone, as files of one
 * folder are mostly read one after the other: the folders that were used last stay open.
 */
#ifndef FSI_TREE_OPEN_FOLDER_H
#define FSI_TREE_OPEN_FOLDER_H

#include "tree/node.h"

#include <stdatomic.h>

struct fsi_open_folder;

/* Enough for threads that are in different folders. */
#define FSI_OPEN_FOLDERS 8

/*
 * One of a tree, with a place for each folder that others share. A reader takes out
 * what is in it for the moment that it takes to refer to it; another one, finding the
 * place empty, opens its own.
 */
struct fsi_folder_cache {
	_Atomic(struct fsi_open_folder *) spares[FSI_OPEN_FOLDERS];
};

void fsi_folder_cache_close(struct fsi_folder_cache *cache);

/*
 * Open a file for reading; without waiting, should it have become a FIFO. Returns 0
 * or an errno. From any thread.
 */
int fsi_folder_open_file(const struct fsi_source_folder *folder, const char *name,
			 int *ret_descriptor);

#endif
