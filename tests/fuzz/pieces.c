/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs in pieces. */
#include "tests/fuzz/pieces.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE	  3
#define PIECE_HEADER_SIZE 4

/* Tag identifiers of UDF, and the size of its tags. */
#define TAG_SIZE	    16
#define TAG_FILE_IDENTIFIER 257

static unsigned get16(const uint8_t *bytes)
{
	return bytes[0] | (unsigned)bytes[1] << 8;
}

static void put16(uint8_t *bytes, unsigned value)
{
	bytes[0] = (uint8_t)value;
	bytes[1] = (uint8_t)(value >> 8);
}

static unsigned crc(const uint8_t *bytes, size_t length)
{
	unsigned value = 0;

	for (size_t i = 0; i < length; i++) {
		value ^= (unsigned)bytes[i] << 8;
		for (unsigned bit = 0; bit < 8; bit++)
			value = (value << 1 ^ ((value & 0x8000) != 0 ? 0x1021u : 0)) &
				0xFFFF;
	}
	return value;
}

/* Make the tag at the beginning of some bytes right, as far as its CRC fits. */
static void reseal_one(uint8_t *bytes, size_t size)
{
	unsigned sum = 0;
	const size_t length = get16(bytes + 10);

	if (length <= size - TAG_SIZE)
		put16(bytes + 8, crc(bytes + TAG_SIZE, length));
	for (unsigned i = 0; i < TAG_SIZE; i++)
		sum += i == 4 ? 0u : bytes[i];
	bytes[4] = (uint8_t)sum;
}

/* And those of the names that follow one another in a directory. */
static void reseal(uint8_t *bytes, size_t size)
{
	size_t at = 0;

	if (size < TAG_SIZE || get16(bytes) > 270)
		return;
	reseal_one(bytes, size);
	while (size - at >= 40 && get16(bytes + at) == TAG_FILE_IDENTIFIER) {
		const size_t taken =
			(38 + get16(bytes + at + 36) + bytes[at + 19] + 3) & ~(size_t)3;

		reseal_one(bytes + at, size - at);
		if (taken > size - at)
			return;
		at += taken;
	}
}

bool pieces_make_disc(const uint8_t *data, size_t size, struct pieces_disc *ret_disc)
{
	size_t at = HEADER_SIZE;
	unsigned flags = 0;

	if (size < HEADER_SIZE)
		return false;
	flags = data[0];
	ret_disc->size =
		(size_t)(get16(data + 1) % (PIECES_MOST_SECTORS + 1)) * PIECES_SECTOR;
	ret_disc->bytes = calloc(1, ret_disc->size + 1);
	if (ret_disc->bytes == NULL)
		return false;
	ret_disc->anchor_block = (flags & PIECES_ANCHOR) != 0 ? 256 : 0;
	ret_disc->session_block = (flags & PIECES_SESSION) != 0 ? 32 : 0;
	while (size - at > PIECE_HEADER_SIZE) {
		const size_t offset = (size_t)get16(data + at) * PIECES_SECTOR;
		size_t length = get16(data + at + 2) % (PIECES_MOST_BYTES + 1);

		at += PIECE_HEADER_SIZE;
		if (length > size - at)
			length = size - at;
		if (offset < ret_disc->size && length <= ret_disc->size - offset) {
			memcpy(ret_disc->bytes + offset, data + at, length);
			if ((flags & PIECES_RESEAL) != 0)
				reseal(ret_disc->bytes + offset, length);
		}
		at += length;
	}
	return true;
}

/* Bytes of a sector up to the last that is not zero. */
static size_t count_used(const uint8_t *bytes, size_t size)
{
	while (size > 0 && bytes[size - 1] == 0)
		size--;
	return size;
}

uint8_t *pieces_cut(const uint8_t *bytes, size_t size, uint8_t flags, size_t *ret_size)
{
	const size_t sectors = size / PIECES_SECTOR < PIECES_MOST_SECTORS
				       ? size / PIECES_SECTOR
				       : PIECES_MOST_SECTORS;
	uint8_t *out =
		malloc(HEADER_SIZE + sectors * (PIECE_HEADER_SIZE + PIECES_SECTOR));
	size_t at = HEADER_SIZE;

	if (out == NULL)
		return NULL;
	out[0] = flags;
	put16(out + 1, (unsigned)sectors);
	for (size_t n = 0; n < sectors;) {
		const uint8_t *sector = bytes + n * PIECES_SECTOR;
		size_t run = 0;
		size_t used = 0;

		/* Sectors that belong together are one piece, but never two blocks. */
		while (n + run < sectors && (run == 0 || (n + run) % 4 != 0) &&
		       count_used(sector + run * PIECES_SECTOR, PIECES_SECTOR) > 0)
			run++;
		if (run == 0) {
			n++;
			continue;
		}
		used = count_used(sector, run * PIECES_SECTOR);
		put16(out + at, (unsigned)n);
		put16(out + at + 2, (unsigned)used);
		memcpy(out + at + PIECE_HEADER_SIZE, sector, used);
		at += PIECE_HEADER_SIZE + used;
		n += run;
	}
	*ret_size = at;
	return out;
}
