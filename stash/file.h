/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that a stash is in. Private to this room. */
#ifndef STASH_FILE_H
#define STASH_FILE_H

#include "base/arena.h"
#include "stash/stash.h"

#include <stdatomic.h>

/* What the messages of the stash's codes call it. */
#define FSI_STASH_KIND "data"

/* An open file without a name. Each stream of an item holds the one it reads. */
struct fsi_stash_file {
	atomic_uint references;
	int descriptor;
};

struct fsi_stash {
	atomic_uint references;
	char *directory;
	struct fsi_stash_file *file; /* NULL: nothing was put in yet */
	uint64_t end;		     /* bytes that belong to items */
	struct fsi_arena arena;	     /* the items */
};

struct fsi_stash_item {
	struct fsi_stash *stash;
	const void *owner;
	uint64_t offset; /* in the file */
	uint64_t size;
	uint32_t hole_count;
	/* Checksums of the chunks that are in the file, one behind the other; where
	 * there are holes they come before, aligned. */
	uint32_t rest[];
};

/* Returns 0 or errno. */
int fsi_stash_file_open(const char *directory, struct fsi_stash_file **ret_file);

struct fsi_stash_file *fsi_stash_file_add_ref(struct fsi_stash_file *file);
void fsi_stash_file_release(struct fsi_stash_file *file); /* NULL is accepted */

/*
 * See that a file's file system has room for so many bytes more; one that does not
 * tell has. IMAPI_E_WORKING_DIRECTORY_SPACE (directory, bytes free, bytes needed).
 */
HRESULT fsi_stash_file_check_room(const struct fsi_stash_file *file,
				  const char *directory, uint64_t needed);

/* Write all of it. Returns 0 or errno. */
int fsi_stash_file_write(const struct fsi_stash_file *file, uint64_t offset,
			 const void *bytes, size_t length);

uint32_t fsi_stash_checksum(const void *bytes, size_t length);

/* Where the holes of an item are, if it has any, and its checksums. */
struct fsi_stash_hole *fsi_stash_item_hole_list(struct fsi_stash_item *item);
uint32_t *fsi_stash_item_checksum_list(struct fsi_stash_item *item);

/* Bytes of an item with that many checksums and holes. */
size_t fsi_stash_item_room(size_t checksums, size_t holes);

/* Bytes of the file that an item takes. */
uint64_t fsi_stash_item_length(const struct fsi_stash_item *item);

#endif
