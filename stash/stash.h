/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies of what can't be read twice, or must not change, in a file without a
 * name in the working directory: when its last holder ends, however, it is
 * gone. What goes in at once is an item, in a piece of the file of its own;
 * holes take no room. Checksums that are kept in memory tell when the file is
 * no longer as it was written. One thread adds; any may read meanwhile.
 */
#ifndef STASH_STASH_H
#define STASH_STASH_H

#include <fsimage/stream.h>

struct fsi_stash;

/* What was put in at once. It never changes, and lives as long as the stash. */
struct fsi_stash_item;

/* Bytes that belong to one checksum; of an item, from its beginning. */
#define FSI_STASH_CHUNK_SIZE 65536u

/* Nothing is made in the directory yet. One reference. E_OUTOFMEMORY. */
HRESULT fsi_stash_create(const char *directory, struct fsi_stash **ret_stash);

/* NULL is accepted. */
struct fsi_stash *fsi_stash_add_ref(struct fsi_stash *stash);
void fsi_stash_release(struct fsi_stash *stash);

const char *fsi_stash_directory(const struct fsi_stash *stash);

/*
 * Go on in another directory, with what is there. Streams that are open stay
 * so. IMAPI_E_WORKING_DIRECTORY_SPACE (directory, bytes free, bytes needed),
 * IMAPI_E_STASHFILE_MOVE (directory), E_OUTOFMEMORY; then nothing has changed.
 */
HRESULT fsi_stash_move(struct fsi_stash *stash, const char *directory);

/* ---- adding ------------------------------------------------------------ */

struct fsi_stash_writer;

/*
 * Begin an item. Of several, one is written at a time. needed: bytes that it
 * will take, as far as is known.
 * IMAPI_E_STASHFILE_OPEN_FAILURE ("data"), IMAPI_E_WORKING_DIRECTORY_SPACE
 * (directory, bytes free, needed), E_OUTOFMEMORY.
 */
HRESULT fsi_stash_begin(struct fsi_stash *stash, uint64_t needed,
			struct fsi_stash_writer **ret_writer);

/* Where the next bytes of the item are to be put: room for at least one. */
uint8_t *fsi_stash_buffer(struct fsi_stash_writer *writer, size_t *ret_room);

/*
 * So many bytes are there. IMAPI_E_STASHFILE_WRITE_FAILURE ("data"), _SEEK_FAILURE
 * ("data") for a file without positions, E_OUTOFMEMORY; the writer is to be abandoned.
 */
HRESULT fsi_stash_advance(struct fsi_stash_writer *writer, size_t length);

/* The next bytes are zeros, of a hole. Fails as fsi_stash_advance(). */
HRESULT fsi_stash_skip(struct fsi_stash_writer *writer, uint64_t length);

/*
 * The item is complete; the writer is gone, also after a failure, which is as
 * fsi_stash_advance()'s. owner is for the caller, who finds it in the item.
 */
HRESULT fsi_stash_finish(struct fsi_stash_writer *writer, const void *owner,
			 const struct fsi_stash_item **ret_item);

/* The item is not to be; what was written is cut off. NULL is accepted. */
void fsi_stash_abandon(struct fsi_stash_writer *writer);

/* ---- giving room back -------------------------------------------------- */

/*
 * The item is not needed: if it is the last, its room is free, and the one
 * before it is the last. It can be taken back until the stash is trimmed.
 */
void fsi_stash_give_back(const struct fsi_stash_item *item);
void fsi_stash_take_back(const struct fsi_stash_item *item);

/* Give the room that is free to the file system. */
void fsi_stash_trim(struct fsi_stash *stash);

/* ---- items ------------------------------------------------------------- */

/* A part of an item that reads as zeros. */
struct fsi_stash_hole {
	uint64_t offset;
	uint64_t size;
	uint64_t skipped; /* bytes of the item up to its end that take no room */
};

const void *fsi_stash_item_owner(const struct fsi_stash_item *item);
uint64_t fsi_stash_item_size(const struct fsi_stash_item *item);

/* Ascending, with data between two. */
const struct fsi_stash_hole *fsi_stash_item_holes(const struct fsi_stash_item *item,
						  size_t *ret_count);

/*
 * An item as a stream, which keeps the stash. Reading it fails with
 * IMAPI_E_STASHFILE_READ_FAILURE ("data") when the file can't be read or is not as
 * it was written, IMAPI_E_STASHFILE_SEEK_FAILURE ("data"), E_OUTOFMEMORY. name:
 * what the item is called then. E_OUTOFMEMORY.
 */
HRESULT fsi_stash_open(const struct fsi_stash_item *item, const char *name,
		       fsi_stream **ret_stream);

#endif
