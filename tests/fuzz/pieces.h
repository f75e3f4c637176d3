/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discs in pieces: what fuzzers of disc readers take. The bytes of an input are
 *
 *     1  flags: 1 the sums and CRCs of tags are made right again; 2 the anchor in
 *        block 256 is asked for; 4 the session begins at block 32
 *     2  the number of sectors of 512 bytes that the disc has, at most 8192
 *     and for each piece, all numbers little-endian:
 *     2  the sector that it begins in
 *     2  its length in bytes, at most 2048
 *     n  its bytes
 *
 * What is in no piece is zero.
 */
#ifndef TESTS_FUZZ_PIECES_H
#define TESTS_FUZZ_PIECES_H

#include <fsimage/stream.h>

#define PIECES_SECTOR	    512
#define PIECES_MOST_SECTORS 8192
#define PIECES_MOST_BYTES   2048

enum {
	PIECES_RESEAL = 1,
	PIECES_ANCHOR = 2,
	PIECES_SESSION = 4
};

struct pieces_piece {
	size_t offset; /* on the disc */
	size_t length;
	const uint8_t *bytes; /* in the copy of the input */
};

/* A disc that takes no more memory than its input. */
struct pieces_disc {
	size_t size;
	uint32_t anchor_block;
	uint32_t session_block;
	uint8_t *copy; /* of the input, with tags that were made right */
	size_t count;
	struct pieces_piece *pieces; /* later ones lie over earlier ones */
};

/* Returns false when there is nothing to make. */
bool pieces_make_disc(const uint8_t *data, size_t size, struct pieces_disc *ret_disc);
void pieces_free_disc(struct pieces_disc *disc);

/* The disc as a stream, which it must outlive. */
fsi_stream *pieces_open_disc(struct pieces_disc *disc);

/* Cut a disc into pieces: an input with those flags, to be freed with free(). */
uint8_t *pieces_cut(const uint8_t *bytes, size_t size, uint8_t flags, size_t *ret_size);

#endif
