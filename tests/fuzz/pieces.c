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

/* The pieces of an input, as far as they lie on the disc. */
static void find_pieces(struct pieces_disc *disc, size_t size, bool make_right)
{
	size_t at = HEADER_SIZE;

	while (size - at > PIECE_HEADER_SIZE) {
		const size_t offset = (size_t)get16(disc->copy + at) * PIECES_SECTOR;
		size_t length = get16(disc->copy + at + 2) % (PIECES_MOST_BYTES + 1);
		uint8_t *bytes = disc->copy + at + PIECE_HEADER_SIZE;

		at += PIECE_HEADER_SIZE;
		if (length > size - at)
			length = size - at;
		if (offset < disc->size && length <= disc->size - offset) {
			if (make_right)
				reseal(bytes, length);
			disc->pieces[disc->count++] =
				(struct pieces_piece){offset, length, bytes};
		}
		at += length;
	}
}

bool pieces_make_disc(const uint8_t *data, size_t size, struct pieces_disc *ret_disc)
{
	struct pieces_disc disc = {.count = 0};

	if (size < HEADER_SIZE)
		return false;
	disc.size = (size_t)(get16(data + 1) % (PIECES_MOST_SECTORS + 1)) * PIECES_SECTOR;
	disc.anchor_block = (data[0] & PIECES_ANCHOR) != 0 ? 256 : 0;
	disc.session_block = (data[0] & PIECES_SESSION) != 0 ? 32 : 0;
	disc.copy = malloc(size);
	disc.pieces = calloc(size / PIECE_HEADER_SIZE + 1, sizeof(*disc.pieces));
	if (disc.copy == NULL || disc.pieces == NULL) {
		pieces_free_disc(&disc);
		return false;
	}
	memcpy(disc.copy, data, size);
	find_pieces(&disc, size, (data[0] & PIECES_RESEAL) != 0);
	*ret_disc = disc;
	return true;
}

void pieces_free_disc(struct pieces_disc *disc)
{
	free(disc->copy);
	free(disc->pieces);
}

/* What of a piece lies in the bytes that are read. */
static void copy_piece(const struct pieces_piece *piece, uint64_t offset, uint8_t *buffer,
		       size_t length)
{
	uint64_t begin = piece->offset > offset ? piece->offset : offset;
	uint64_t end = piece->offset + piece->length;

	if (end > offset + length)
		end = offset + length;
	if (begin < end)
		memcpy(buffer + (begin - offset), piece->bytes + (begin - piece->offset),
		       (size_t)(end - begin));
}

static HRESULT read_disc(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	const struct pieces_disc *disc = self;
	const uint64_t left = offset < disc->size ? disc->size - offset : 0;

	*ret_read = left < length ? (size_t)left : length;
	memset(buffer, 0, *ret_read);
	for (size_t i = 0; i < disc->count; i++)
		copy_piece(&disc->pieces[i], offset, buffer, *ret_read);
	return S_OK;
}

static HRESULT measure_disc(void *self, uint64_t *ret_size)
{
	const struct pieces_disc *disc = self;

	*ret_size = disc->size;
	return S_OK;
}

fsi_stream *pieces_open_disc(struct pieces_disc *disc)
{
	static const struct fsi_stream_ops ops = {
		.size = sizeof(ops), .read_at = read_disc, .get_size = measure_disc};
	fsi_stream *stream = NULL;

	return SUCCEEDED(fsi_stream_create(&ops, disc, &stream)) ? stream : NULL;
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
