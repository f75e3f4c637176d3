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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIECES_SECTOR	    512
#define PIECES_MOST_SECTORS 8192
#define PIECES_MOST_BYTES   2048

enum {
	PIECES_RESEAL = 1,
	PIECES_ANCHOR = 2,
	PIECES_SESSION = 4
};

struct pieces_disc {
	uint8_t *bytes; /* to be freed with free() */
	size_t size;
	uint32_t anchor_block;
	uint32_t session_block;
};

/* Returns false when there is nothing to make. */
bool pieces_make_disc(const uint8_t *data, size_t size, struct pieces_disc *ret_disc);

/* Cut a disc into pieces: an input with those flags, to be freed with free(). */
uint8_t *pieces_cut(const uint8_t *bytes, size_t size, uint8_t flags, size_t *ret_size);

#endif
