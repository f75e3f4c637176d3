/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stash: its life, its move to another directory, the room it takes. */
#include "stash/stash.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/descriptor.h"
#include "io/stream.h"
#include "stash/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Bytes moved at a time. */
#define PIECE_SIZE (1024u * 1024)

/* ---- life -------------------------------------------------------------- */

HRESULT fsi_stash_create(const char *directory, struct fsi_stash **ret_stash)
{
	struct fsi_stash *stash = fsi_allocate_zeroed(1, sizeof(*stash));

	if (stash != NULL)
		stash->directory = fsi_duplicate_string(directory);
	if (stash == NULL || stash->directory == NULL) {
		fsi_free(stash);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	atomic_init(&stash->references, 1);
	*ret_stash = stash;
	return S_OK;
}

struct fsi_stash *fsi_stash_add_ref(struct fsi_stash *stash)
{
	if (stash != NULL)
		atomic_fetch_add_explicit(&stash->references, 1, memory_order_relaxed);
	return stash;
}

void fsi_stash_release(struct fsi_stash *stash)
{
	if (stash == NULL ||
	    atomic_fetch_sub_explicit(&stash->references, 1, memory_order_acq_rel) != 1)
		return;
	fsi_stash_file_release(stash->file);
	fsi_arena_free(&stash->arena);
	fsi_free(stash->directory);
	fsi_free(stash);
}

const char *fsi_stash_directory(const struct fsi_stash *stash)
{
	return stash->directory;
}

/* ---- moving ------------------------------------------------------------ */

struct move {
	const struct fsi_stash_file *from;
	const struct fsi_stash_file *to;
	uint64_t size;
	uint8_t *piece;
	uint32_t *checksums; /* of the pieces */
};

static size_t piece_size(const struct move *move, uint64_t offset)
{
	return move->size - offset < PIECE_SIZE ? (size_t)(move->size - offset)
						: PIECE_SIZE;
}

/* Returns 0 or errno: a file that is too short is as broken as one can be. */
static int read_piece(const struct move *move, const struct fsi_stash_file *file,
		      uint64_t offset)
{
	const size_t length = piece_size(move, offset);
	size_t got = 0;
	const int error = fsi_read_descriptor(file->descriptor, offset, move->piece,
					      length, false, &got);

	return error == 0 && got < length ? EIO : error;
}

/* All is written before the first piece is read again. Returns 0 or errno. */
static int copy_pieces(const struct move *move)
{
	int error = 0;

	for (uint64_t at = 0; error == 0 && at < move->size; at += PIECE_SIZE) {
		error = read_piece(move, move->from, at);
		if (error != 0)
			break;
		move->checksums[at / PIECE_SIZE] =
			fsi_stash_checksum(move->piece, piece_size(move, at));
		error = fsi_stash_file_write(move->to, at, move->piece,
					     piece_size(move, at));
	}
	for (uint64_t at = 0; error == 0 && at < move->size; at += PIECE_SIZE) {
		error = read_piece(move, move->to, at);
		if (error == 0 &&
		    move->checksums[at / PIECE_SIZE] !=
			    fsi_stash_checksum(move->piece, piece_size(move, at)))
			error = EIO;
	}
	return error;
}

static int copy_file(const struct fsi_stash *stash, const struct fsi_stash_file *to)
{
	const uint64_t count = stash->end / PIECE_SIZE + 1;
	struct move move = {.from = stash->file, .to = to, .size = stash->end};
	int error = ENOMEM;

	move.piece = fsi_allocate(PIECE_SIZE);
	if (count <= SIZE_MAX)
		move.checksums =
			fsi_allocate_zeroed((size_t)count, sizeof(*move.checksums));
	if (move.piece != NULL && move.checksums != NULL)
		error = copy_pieces(&move);
	fsi_free(move.checksums);
	fsi_free(move.piece);
	return error;
}

static HRESULT refuse_move(const char *directory, int error)
{
	if (error == ENOMEM)
		return FSI_FAIL(E_OUTOFMEMORY);
	return fsi_error_with_reason(FSI_FAIL(IMAPI_E_STASHFILE_MOVE, directory), error);
}

/* What is in the stash, in a new file of another directory. */
static HRESULT make_copy(const struct fsi_stash *stash, const char *directory,
			 struct fsi_stash_file **ret_file)
{
	struct fsi_stash_file *file = NULL;
	int error = fsi_stash_file_open(directory, &file);
	HRESULT hr = S_OK;

	if (error != 0)
		return refuse_move(directory, error);
	hr = fsi_stash_file_check_room(file, directory, stash->end);
	if (SUCCEEDED(hr)) {
		error = copy_file(stash, file);
		hr = error != 0 ? refuse_move(directory, error) : S_OK;
	}
	if (FAILED(hr))
		fsi_stash_file_release(file);
	else
		*ret_file = file;
	return hr;
}

HRESULT fsi_stash_move(struct fsi_stash *stash, const char *directory)
{
	struct fsi_stash_file *file = NULL;
	char *copy = NULL;
	HRESULT hr = S_OK;

	if (strcmp(directory, stash->directory) == 0)
		return S_OK;
	copy = fsi_duplicate_string(directory);
	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	/* An empty one is made there when it is needed. */
	if (stash->end > 0)
		hr = make_copy(stash, directory, &file);
	if (FAILED(hr)) {
		fsi_free(copy);
		return hr;
	}
	fsi_stash_file_release(stash->file);
	stash->file = file;
	fsi_free(stash->directory);
	stash->directory = copy;
	return S_OK;
}

/* ---- giving room back -------------------------------------------------- */

void fsi_stash_give_back(const struct fsi_stash_item *item)
{
	const uint64_t length = fsi_stash_item_length(item);

	if (item->stash->end == item->offset + length)
		item->stash->end = item->offset;
}

void fsi_stash_take_back(const struct fsi_stash_item *item)
{
	const uint64_t length = fsi_stash_item_length(item);

	if (item->stash->end == item->offset)
		item->stash->end = item->offset + length;
}

void fsi_stash_trim(struct fsi_stash *stash)
{
	/* Where it can't be done, the room is used for what comes next. */
	if (stash != NULL && stash->file != NULL)
		(void)!ftruncate(stash->file->descriptor, (off_t)stash->end);
}
