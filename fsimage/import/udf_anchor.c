/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a UDF volume begins: the anchor volume descriptor pointers. */
#include "import/udf_mount.h"

#include "error/fail.h"

#include <inttypes.h>

/* ECMA-167 3/8.4.2.1: anchors are at 256, in the last block, and 256 before it. */
#define ANCHOR_BLOCK 256u
/* OSTA UDF 2.2.3: while a disc is written block by block, here too. */
#define ANCHOR_BLOCK_UNCLOSED 512u

struct search {
	struct fsi_media *media;
	struct fsi_udf_places places;
	/* Why an anchor that should be there is of no use. */
	HRESULT failure;
	struct fsi_error_state error;
};

/* Running out of memory is told whatever else happens. */
static void note_failure(struct search *search, HRESULT hr)
{
	if (FAILED(search->failure) && hr != E_OUTOFMEMORY)
		return;
	search->failure = hr;
	fsi_error_save(&search->error);
}

static bool is_same(const struct fsi_udf_anchor *a, const struct fsi_udf_anchor *b)
{
	return a->main_sequence.block == b->main_sequence.block &&
	       a->main_sequence.length == b->main_sequence.length &&
	       a->reserve_sequence.block == b->reserve_sequence.block &&
	       a->reserve_sequence.length == b->reserve_sequence.length;
}

static void add_place(struct fsi_udf_places *places, const struct fsi_udf_place *place)
{
	for (unsigned i = 0; i < places->count; i++) {
		if (is_same(&places->items[i].anchor, &place->anchor))
			return;
	}
	if (places->count < FSI_UDF_ANCHORS_MAX)
		places->items[places->count++] = *place;
}

/* Look at one block; those behind the end are no place for an anchor. */
static void try_block(struct search *search, uint64_t block)
{
	const uint32_t block_size = search->places.block_size;
	uint8_t bytes[sizeof(struct fsi_udf_anchor_descriptor)];
	struct fsi_udf_place place = {.block = (uint32_t)block};
	enum fsi_udf_fault fault = FSI_UDF_SOUND;
	HRESULT hr = S_OK;

	if (block > UINT32_MAX ||
	    (block + 1) * block_size > fsi_media_size(search->media))
		return;
	hr = fsi_media_read(search->media, block * block_size, bytes, sizeof(bytes));
	if (FAILED(hr)) {
		note_failure(search, hr);
		return;
	}
	if (fsi_udf_tag_identifier(bytes) != FSI_UDF_TAG_ANCHOR)
		return;
	fault = fsi_udf_tag_check(bytes, sizeof(bytes), place.block);
	if (fault != FSI_UDF_SOUND) {
		note_failure(search,
			     fsi_import_udf_damaged("anchor volume descriptor pointer",
						    place.block, fault));
		return;
	}
	fsi_udf_get_anchor(bytes, &place.anchor);
	add_place(&search->places, &place);
}

static void try_end(struct search *search, uint64_t block_count, uint64_t distance)
{
	if (block_count > distance)
		try_block(search, block_count - 1 - distance);
	if (block_count > distance + ANCHOR_BLOCK)
		try_block(search, block_count - 1 - distance - ANCHOR_BLOCK);
}

/* With blocks of one size. */
static void search_blocks(struct search *search)
{
	/* Drives report blocks behind the last one, and writers fill tracks up. */
	static const unsigned distances[] = {1, 2, 150, 152};
	const uint32_t block_size = search->places.block_size;
	const uint64_t block_count = fsi_media_size(search->media) / block_size;
	const uint64_t session = (uint64_t)fsi_media_session_block(search->media) *
				 FSI_BLOCK_SIZE / block_size;

	try_block(search, session + ANCHOR_BLOCK);
	/* Who tells the session wants that one, whatever else is on the disc. */
	if (session > 0 && search->places.count > 0)
		return;
	try_end(search, block_count, 0);
	if (search->places.count == 0)
		try_block(search, session + ANCHOR_BLOCK_UNCLOSED);
	for (size_t i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
		if (search->places.count == 0)
			try_end(search, block_count, distances[i]);
	}
}

HRESULT fsi_import_udf_find_anchors(struct fsi_media *media, uint32_t only_block,
				    struct fsi_udf_places *ret_places)
{
	/* Optical discs have blocks of 2048 bytes, others of a sector. */
	static const uint32_t block_sizes[] = {2048, 512, 4096, 1024, 8192, 16384, 32768};
	struct search search = {.media = media, .failure = S_OK};

	for (size_t i = 0; i < sizeof(block_sizes) / sizeof(block_sizes[0]); i++) {
		if (search.places.count > 0)
			break;
		search.places.block_size = block_sizes[i];
		if (only_block != 0)
			try_block(&search, only_block);
		else
			search_blocks(&search);
	}
	if (search.places.count > 0 && search.failure != E_OUTOFMEMORY) {
		*ret_places = search.places;
		return S_OK;
	}
	if (SUCCEEDED(search.failure))
		return fsi_import_udf_inconsistent(
			"There is no anchor volume descriptor pointer.");
	fsi_error_restore(&search.error);
	return search.failure;
}
