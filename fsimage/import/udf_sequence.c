/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a volume descriptor sequence, ECMA-167 3/8.4. */
#include "import/udf_mount.h"

#include "error/fail.h"

#include <inttypes.h>

/* The blocks of a sequence that are looked at, in all its extents together. */
#define BLOCKS_MAX 4096

#define DESCRIPTOR "volume descriptor"

/* A sequence that is read. */
struct reading {
	const struct fsi_udf *udf;
	struct fsi_udf_sequence sequence;
	uint8_t *buffer;
	uint32_t next_block;
	uint32_t end_block;
	/* What is the first to be wrong with it. */
	HRESULT failure;
	struct fsi_error_state error;
};

static void note_failure(struct reading *reading, HRESULT hr)
{
	if (FAILED(reading->failure))
		return;
	reading->failure = hr;
	fsi_error_save(&reading->error);
}

/* The next blocks are those of an extent, as far as blocks have a number. */
static void enter_extent(struct reading *reading, const struct fsi_udf_run *run)
{
	const uint32_t blocks = run->length / reading->udf->block_size;

	reading->next_block = run->block;
	reading->end_block =
		blocks < UINT32_MAX - run->block ? run->block + blocks : UINT32_MAX;
}

/* ECMA-167 3/8.4.3: of several of a kind the one with the highest number counts. */
static HRESULT take_partition(struct fsi_udf_sequence *sequence, const uint8_t *block)
{
	struct fsi_udf_numbered_partition found = {
		.sequence_number = fsi_udf_get_sequence_number(block)};

	fsi_udf_get_partition(block, &found.partition);
	for (size_t i = 0; i < sequence->partitions.count; i++) {
		struct fsi_udf_numbered_partition *known = &sequence->partitions.items[i];

		if (known->partition.number != found.partition.number)
			continue;
		if (known->sequence_number <= found.sequence_number)
			*known = found;
		return S_OK;
	}
	if (!fsi_vector_reserve(&sequence->partitions, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	sequence->partitions.items[sequence->partitions.count++] = found;
	return S_OK;
}

static void take_primary(struct fsi_udf_sequence *sequence, const uint8_t *block)
{
	const uint32_t number = fsi_udf_get_sequence_number(block);

	if (sequence->has_primary && sequence->primary_number > number)
		return;
	fsi_udf_get_primary(block, &sequence->primary);
	sequence->has_primary = true;
	sequence->primary_number = number;
}

static void take_information(struct fsi_udf_sequence *sequence, const uint8_t *block)
{
	const uint32_t number = fsi_udf_get_sequence_number(block);

	if (sequence->has_information && sequence->information_number > number)
		return;
	if (!fsi_udf_get_information(block, &sequence->information))
		return;
	sequence->has_information = true;
	sequence->information_number = number;
}

static HRESULT take_logical_volume(struct reading *reading, uint32_t block)
{
	struct fsi_udf_sequence *sequence = &reading->sequence;
	const uint32_t number = fsi_udf_get_sequence_number(reading->buffer);

	if (sequence->logical_volume == NULL)
		sequence->logical_volume = fsi_allocate(reading->udf->block_size);
	else if (sequence->logical_volume_number > number)
		return S_OK;
	if (sequence->logical_volume == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	memcpy(sequence->logical_volume, reading->buffer, reading->udf->block_size);
	sequence->logical_volume_number = number;
	sequence->logical_volume_block = block;
	return S_OK;
}

/* S_FALSE: the sequence ends here. */
static HRESULT take_descriptor(struct reading *reading, uint32_t block)
{
	struct fsi_udf_run next;

	switch (fsi_udf_tag_identifier(reading->buffer)) {
	case FSI_UDF_TAG_PRIMARY_VOLUME:
		take_primary(&reading->sequence, reading->buffer);
		return S_OK;
	case FSI_UDF_TAG_IMPLEMENTATION_USE:
		take_information(&reading->sequence, reading->buffer);
		return S_OK;
	case FSI_UDF_TAG_PARTITION:
		return take_partition(&reading->sequence, reading->buffer);
	case FSI_UDF_TAG_LOGICAL_VOLUME:
		return take_logical_volume(reading, block);
	case FSI_UDF_TAG_VOLUME_POINTER:
		fsi_udf_get_volume_pointer(reading->buffer, &next);
		enter_extent(reading, &next);
		return S_OK;
	case FSI_UDF_TAG_TERMINATING:
		return S_FALSE;
	default:
		return S_OK;
	}
}

/* A block that is damaged is noted and left out. S_FALSE: the sequence has ended. */
static HRESULT read_descriptor(struct reading *reading)
{
	const uint32_t block = reading->next_block++;
	enum fsi_udf_fault fault = FSI_UDF_SOUND;
	const HRESULT hr =
		fsi_import_udf_read_block(reading->udf, block, reading->buffer);

	if (hr == E_OUTOFMEMORY)
		return hr;
	if (FAILED(hr)) {
		note_failure(reading, hr);
		return S_OK;
	}
	if (fsi_udf_tag_is_blank(reading->buffer))
		return S_FALSE;
	fault = fsi_udf_tag_check(reading->buffer, reading->udf->block_size, block);
	if (fault == FSI_UDF_SOUND)
		return take_descriptor(reading, block);
	note_failure(reading, fsi_import_udf_damaged(DESCRIPTOR, block, fault));
	return S_OK;
}

static HRESULT read_extent(struct reading *reading, const struct fsi_udf_run *run)
{
	HRESULT hr = S_OK;

	enter_extent(reading, run);
	for (unsigned n = 0; hr == S_OK && reading->next_block < reading->end_block;
	     n++) {
		hr = read_descriptor(reading);
		if (n == BLOCKS_MAX) {
			note_failure(reading,
				     fsi_import_udf_inconsistent(
					     "The volume descriptor sequence from block "
					     "%" PRIu32 " on has over %d blocks.",
					     run->block, BLOCKS_MAX));
			break;
		}
	}
	if (FAILED(hr))
		return hr;
	if (reading->sequence.logical_volume == NULL ||
	    reading->sequence.partitions.count == 0)
		note_failure(reading,
			     fsi_import_udf_inconsistent(
				     "The volume descriptor sequence from block %" PRIu32
				     " on has no %s descriptor.",
				     run->block,
				     reading->sequence.logical_volume == NULL
					     ? "logical volume"
					     : "partition"));
	return S_OK;
}

static bool is_complete(const struct fsi_udf_sequence *sequence)
{
	return sequence->logical_volume != NULL && sequence->partitions.count > 0;
}

void fsi_import_udf_free_sequence(struct fsi_udf_sequence *sequence)
{
	fsi_free(sequence->logical_volume);
	sequence->logical_volume = NULL;
	fsi_vector_free(&sequence->partitions);
}

/* The one that is whole; else the one that tells the most; the main one at best. */
static struct reading *choose(struct reading *main, struct reading *reserve)
{
	if (SUCCEEDED(main->failure))
		return main;
	if (SUCCEEDED(reserve->failure))
		return reserve;
	return !is_complete(&main->sequence) && is_complete(&reserve->sequence) ? reserve
										: main;
}

static HRESULT read_either(const struct fsi_udf_anchor *anchor, struct reading *main,
			   struct reading *reserve, struct fsi_udf_sequence *ret_sequence)
{
	struct reading *chosen = main;

	FSI_TRY(read_extent(main, &anchor->main_sequence));
	if (FAILED(main->failure))
		FSI_TRY(read_extent(reserve, &anchor->reserve_sequence));
	chosen = choose(main, reserve);
	if (!is_complete(&chosen->sequence)) {
		fsi_error_restore(&chosen->error);
		return chosen->failure;
	}
	*ret_sequence = chosen->sequence;
	ret_sequence->is_reserve = chosen == reserve;
	chosen->sequence = (struct fsi_udf_sequence){.logical_volume = NULL};
	return S_OK;
}

HRESULT fsi_import_udf_read_sequence(const struct fsi_udf *udf,
				     const struct fsi_udf_anchor *anchor,
				     struct fsi_udf_sequence *ret_sequence)
{
	struct reading *readings = fsi_allocate_zeroed(2, sizeof(*readings));
	uint8_t *buffer = fsi_allocate(udf->block_size);
	HRESULT hr = S_OK;

	if (readings == NULL || buffer == NULL) {
		hr = FSI_FAIL(E_OUTOFMEMORY);
		goto out;
	}
	for (unsigned i = 0; i < 2; i++) {
		readings[i].udf = udf;
		readings[i].buffer = buffer;
	}
	hr = read_either(anchor, &readings[0], &readings[1], ret_sequence);
	for (unsigned i = 0; i < 2; i++)
		fsi_import_udf_free_sequence(&readings[i].sequence);
out:
	fsi_free(buffer);
	fsi_free(readings);
	return hr;
}
