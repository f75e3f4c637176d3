/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stream in pieces, in their order, read ahead by threads where some are wanted.
 * Which thread reads what changes nothing of what comes out.
 */
#ifndef FSI_IO_PIECES_H
#define FSI_IO_PIECES_H

#include <fsimage/stream.h>

/* Bytes read and written at a time. */
#define FSI_PIECE_SIZE (1024u * 1024)

struct fsi_pieces;

struct fsi_piece {
	const uint8_t *bytes; /* NULL: zeros of any length, or */
	bool is_shared;	      /* they are in the target, which shares them */
	uint64_t length;      /* of bytes: up to FSI_PIECE_SIZE */
};

/*
 * Begin at the start of a stream of that many bytes, which is borrowed. threads: how
 * many read ahead; 0: fsi_pieces_next() reads. target: the file that gets the whole
 * stream, at the same offsets, where it may share bytes with the sources; NULL: none.
 * It is shared with in any order, ahead of fsi_pieces_next(). E_OUTOFMEMORY.
 */
HRESULT fsi_pieces_create(fsi_stream *stream, uint64_t size, unsigned threads,
			  const struct fsi_share_target *target,
			  struct fsi_pieces **ret_pieces);

/* Wait for a while until there is a next piece, or the end. Whether there is. */
bool fsi_pieces_wait(struct fsi_pieces *pieces, unsigned milliseconds);

/*
 * The next piece, good until the next call; waits for it. S_FALSE at the end; what the
 * stream returned; E_UNEXPECTED when it ended too early.
 */
HRESULT fsi_pieces_next(struct fsi_pieces *pieces, struct fsi_piece *ret_piece);

/* Ends the threads, when they have read what they are at. NULL is accepted. */
void fsi_pieces_destroy(struct fsi_pieces *pieces);

#endif
