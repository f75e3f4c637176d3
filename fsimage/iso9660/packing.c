/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How records fill the blocks of a directory. */
#include "iso9660/packing.h"

#include "base/vector.h"

#include <string.h>

/* The most records of one chunk; half of them when it was split. */
#define CHUNK_RECORDS 1024

/* How far a block can be filled: even numbers of bytes. */
#define FILLS (FSI_BLOCK_SIZE / 2 + 1)

struct record {
	uint32_t n; /* of the roster */
	uint16_t size;
	uint16_t count;
};

/* What a chunk makes of a fill that it begins with. */
struct outcome {
	uint16_t fill;	 /* that it ends with, in pairs of bytes; 0: not known yet */
	uint16_t blocks; /* that it begins */
};

/* Records side by side. */
struct chunk {
	FSI_VECTOR(struct record) records;
	/* Before it, as far as the packing knows: */
	uint64_t blocks_before;
	uint16_t fill_before;
	/* By the fill before, in pairs of bytes. NULL: none are remembered, as there
	 * is one chunk only, or no memory. */
	struct outcome *outcomes;
};

struct fsi_iso9660_packing {
	const struct fsi_name_roster *roster;
	FSI_VECTOR(struct chunk *) chunks;
	size_t known; /* so many chunks were gone through, and have not changed since */
	uint64_t blocks;
};

/* ---- sizes ------------------------------------------------------------- */

struct fsi_iso9660_item_size fsi_iso9660_measure_item(
	const struct fsi_iso9660_dialect *dialect, const struct fsi_name_rules *rules,
	const struct fsi_node *node, const char *name)
{
	uint8_t identifier[FSI_ISO9660_IDENTIFIER_MAX];
	const bool is_directory = fsi_node_is_directory(node);
	const uint8_t length = dialect->identify(rules, name, is_directory, &identifier);
	struct fsi_iso9660_item_size size = {0};

	if (length == 0)
		return size;
	size.record_size = (uint16_t)fsi_iso9660_directory_record_size(length);
	size.record_count = (uint16_t)fsi_iso9660_section_count(fsi_node_size(node));
	size.path_size = is_directory ? fsi_iso9660_path_record_size(length) : 0;
	return size;
}

uint32_t fsi_iso9660_root_path_size(void)
{
	return fsi_iso9660_path_record_size(1);
}

/* ---- life -------------------------------------------------------------- */

struct fsi_iso9660_packing *fsi_iso9660_packing_create(
	const struct fsi_name_roster *roster)
{
	struct fsi_iso9660_packing *packing = fsi_allocate_zeroed(1, sizeof(*packing));

	if (packing != NULL)
		packing->roster = roster;
	return packing;
}

static void free_chunk(struct chunk *chunk)
{
	fsi_vector_free(&chunk->records);
	fsi_free(chunk->outcomes);
	fsi_free(chunk);
}

void fsi_iso9660_packing_destroy(struct fsi_iso9660_packing *packing)
{
	if (packing == NULL)
		return;
	for (size_t i = 0; i < packing->chunks.count; i++)
		free_chunk(packing->chunks.items[i]);
	fsi_vector_free(&packing->chunks);
	fsi_free(packing);
}

/* ---- places ------------------------------------------------------------ */

/* The last chunk that begins with a record not behind record n; else the first. */
static size_t find_chunk(const struct fsi_iso9660_packing *packing, uint32_t n)
{
	size_t low = 0;
	size_t high = packing->chunks.count;

	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		const struct chunk *chunk = packing->chunks.items[middle];

		if (fsi_name_roster_compare(packing->roster, chunk->records.items[0].n,
					    n) <= 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The place of the first record of a chunk that is not before record n. */
static size_t find_record(const struct fsi_iso9660_packing *packing,
			  const struct chunk *chunk, uint32_t n)
{
	const struct record *records = chunk->records.items;
	size_t low = 0;
	size_t high = chunk->records.count;

	/* Most come at the end. */
	if (high > 0 &&
	    fsi_name_roster_compare(packing->roster, records[high - 1].n, n) < 0)
		return high;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (fsi_name_roster_compare(packing->roster, records[middle].n, n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- coming and going -------------------------------------------------- */

/* The records of a chunk are others now. */
static void forget_chunk(struct fsi_iso9660_packing *packing, size_t index)
{
	struct chunk *chunk = packing->chunks.items[index];

	if (chunk->outcomes != NULL)
		memset(chunk->outcomes, 0, FILLS * sizeof(chunk->outcomes[0]));
	if (packing->known > index)
		packing->known = index;
}

/* Put a new chunk at an index. */
static struct chunk *add_chunk(struct fsi_iso9660_packing *packing, size_t index)
{
	struct chunk *chunk = NULL;

	if (!fsi_vector_reserve(&packing->chunks, 1))
		return NULL;
	chunk = fsi_allocate_zeroed(1, sizeof(*chunk));
	if (chunk == NULL)
		return NULL;
	memmove(packing->chunks.items + index + 1, packing->chunks.items + index,
		(packing->chunks.count - index) * sizeof(packing->chunks.items[0]));
	packing->chunks.items[index] = chunk;
	packing->chunks.count++;
	return chunk;
}

static void remove_chunk(struct fsi_iso9660_packing *packing, size_t index)
{
	free_chunk(packing->chunks.items[index]);
	packing->chunks.count--;
	memmove(packing->chunks.items + index, packing->chunks.items + index + 1,
		(packing->chunks.count - index) * sizeof(packing->chunks.items[0]));
}

/* Move the records from a place on into a chunk of their own. */
static bool split_chunk(struct fsi_iso9660_packing *packing, size_t index, size_t place)
{
	struct chunk *chunk = packing->chunks.items[index];
	const size_t count = chunk->records.count - place;
	struct chunk *next = add_chunk(packing, index + 1);

	if (next == NULL)
		return false;
	/* Room for the one that is about to come, so that none stays empty. */
	if (!fsi_vector_reserve(&next->records, count + 1)) {
		remove_chunk(packing, index + 1);
		return false;
	}
	if (count > 0)
		memcpy(next->records.items, chunk->records.items + place,
		       count * sizeof(next->records.items[0]));
	next->records.count = count;
	chunk->records.count = place;
	forget_chunk(packing, index);
	return true;
}

static bool insert_record(struct chunk *chunk, size_t place, struct record record)
{
	struct record *records = NULL;

	if (!fsi_vector_reserve(&chunk->records, 1))
		return false;
	records = chunk->records.items;
	memmove(records + place + 1, records + place,
		(chunk->records.count - place) * sizeof(records[0]));
	records[place] = record;
	chunk->records.count++;
	return true;
}

bool fsi_iso9660_packing_add(struct fsi_iso9660_packing *packing, uint32_t n,
			     const struct fsi_iso9660_item_size *size)
{
	size_t index = 0;
	struct chunk *chunk = NULL;
	size_t place = 0;

	if (packing->chunks.count == 0 && add_chunk(packing, 0) == NULL)
		return false;
	index = find_chunk(packing, n);
	chunk = packing->chunks.items[index];
	place = find_record(packing, chunk, n);
	if (chunk->records.count == CHUNK_RECORDS) {
		/* In order of names the chunks stay full. */
		const size_t at = place == CHUNK_RECORDS ? place : CHUNK_RECORDS / 2;

		if (!split_chunk(packing, index, at))
			return false;
		if (place >= at) {
			index++;
			place -= at;
		}
	}
	if (!insert_record(packing->chunks.items[index], place,
			   (struct record){n, size->record_size, size->record_count}))
		return false;
	forget_chunk(packing, index);
	return true;
}

void fsi_iso9660_packing_remove(struct fsi_iso9660_packing *packing, uint32_t n)
{
	const size_t index = find_chunk(packing, n);
	struct chunk *chunk = packing->chunks.items[index];
	struct record *records = chunk->records.items;
	const size_t place = find_record(packing, chunk, n);

	chunk->records.count--;
	memmove(records + place, records + place + 1,
		(chunk->records.count - place) * sizeof(records[0]));
	forget_chunk(packing, index);
	if (chunk->records.count > 0)
		return;
	/* What is known before the next chunk was so behind this one. */
	if (packing->known == index && index > 0)
		packing->known--;
	remove_chunk(packing, index);
}

/* ---- filling ----------------------------------------------------------- */

static struct outcome fill_blocks(const struct chunk *chunk, uint32_t fill)
{
	uint32_t blocks = 0;

	for (size_t i = 0; i < chunk->records.count; i++) {
		const struct record *record = &chunk->records.items[i];

		for (uint32_t section = 0; section < record->count; section++) {
			if (fill + record->size > FSI_BLOCK_SIZE) {
				blocks++;
				fill = 0;
			}
			fill += record->size;
		}
	}
	return (struct outcome){(uint16_t)(fill / 2), (uint16_t)blocks};
}

/* What a chunk makes of a fill, remembered where there are others to go through. */
static struct outcome get_outcome(const struct fsi_iso9660_packing *packing,
				  struct chunk *chunk, uint32_t fill)
{
	struct outcome *outcome = NULL;

	if (chunk->outcomes == NULL && packing->chunks.count > 1)
		chunk->outcomes = fsi_allocate_zeroed(FILLS, sizeof(struct outcome));
	if (chunk->outcomes == NULL)
		return fill_blocks(chunk, fill);
	outcome = &chunk->outcomes[fill / 2];
	if (outcome->fill == 0)
		*outcome = fill_blocks(chunk, fill);
	return *outcome;
}

uint64_t fsi_iso9660_packing_blocks(struct fsi_iso9660_packing *packing)
{
	/* "." and ".." begin the first block (ECMA-119 6.8.2.2). */
	uint32_t fill = FSI_ISO9660_SHORT_RECORDS_SIZE;
	uint64_t blocks = 1;
	size_t i = packing->known;

	if (i > 0 && i == packing->chunks.count)
		return packing->blocks;
	if (i > 0) {
		fill = packing->chunks.items[i]->fill_before;
		blocks = packing->chunks.items[i]->blocks_before;
	}
	for (; i < packing->chunks.count; i++) {
		struct chunk *chunk = packing->chunks.items[i];
		const struct outcome outcome = get_outcome(packing, chunk, fill);

		chunk->fill_before = (uint16_t)fill;
		chunk->blocks_before = blocks;
		fill = 2 * (uint32_t)outcome.fill;
		blocks += outcome.blocks;
	}
	packing->known = packing->chunks.count;
	packing->blocks = blocks;
	return blocks;
}
