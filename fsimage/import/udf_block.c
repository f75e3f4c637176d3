/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks and structures of a UDF volume, wherever its partitions put them. */
#include "import/udf.h"

#include "error/fail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Room for a sentence about one structure. */
#define SENTENCE_SIZE 256

HRESULT fsi_import_udf_damaged(const char *structure, uint32_t block,
			       enum fsi_udf_fault fault)
{
	return fsi_import_udf_inconsistent("The %s in block %" PRIu32 ": %s.", structure,
					   block, fsi_udf_fault_text(fault));
}

HRESULT fsi_import_udf_inconsistent(const char *format, ...)
{
	char sentence[SENTENCE_SIZE];
	va_list values;

	va_start(values, format);
	vsnprintf(sentence, sizeof(sentence), format, values);
	va_end(values);
	return fsi_error_detail(
		FSI_FAIL(IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF"), "%s",
		sentence);
}

HRESULT fsi_import_udf_unsupported(const char *feature)
{
	return FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, "UDF", feature);
}

HRESULT fsi_import_udf_read_block(const struct fsi_udf *udf, uint32_t block,
				  uint8_t *buffer)
{
	return fsi_media_read(udf->media, (uint64_t)block * udf->block_size, buffer,
			      udf->block_size);
}

/* ---- partitions -------------------------------------------------------- */

static HRESULT outside(struct fsi_udf_address address, uint32_t block_count)
{
	return fsi_import_udf_inconsistent("Block %" PRIu32 " of partition %u is used, "
					   "which has %" PRIu32 " blocks.",
					   address.block, address.partition, block_count);
}

/* The spare of the packet that begins at original, or what is first behind it. */
static size_t find_spare(const struct fsi_udf_space *space, uint32_t original)
{
	size_t low = 0;
	size_t high = space->spares.count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (space->spares.items[middle].original < original)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* OSTA UDF 2.2.12: a packet is where the table says, or in its place. */
static void locate_sparable(const struct fsi_udf_space *space, uint32_t block,
			    uint32_t *ret_block, uint32_t *count)
{
	const uint32_t in_packet = block % space->packet_blocks;
	const uint32_t packet = block - in_packet;
	const size_t n = find_spare(space, packet);
	uint64_t end = 0;

	*ret_block = space->first_block + block;
	if (n == space->spares.count)
		return;
	end = space->spares.items[n].original;
	if (end == packet) {
		*ret_block = space->spares.items[n].mapped + in_packet;
		end = (uint64_t)packet + space->packet_blocks;
	}
	if (*count > end - block)
		*count = (uint32_t)(end - block);
}

/* The block of the physical partition that a virtual block stands for. */
static HRESULT read_table(const struct fsi_udf *udf, const struct fsi_udf_space *space,
			  uint32_t block, uint32_t *ret_block)
{
	struct fsi_udf_allocation_table_entry copy;
	const struct fsi_udf_allocation_table_entry *const entry = &copy;
	const struct fsi_udf_reading reading = {
		.offset = space->table_offset + sizeof(copy) * (uint64_t)block,
		.buffer = &copy,
		.length = sizeof(copy),
	};

	FSI_TRY(fsi_import_udf_read_body(udf, &space->files[0], &reading));
	*ret_block = fsi_get_le32(&entry->block);
	if (*ret_block == FSI_UDF_NO_BLOCK)
		return fsi_import_udf_inconsistent(
			"Virtual block %" PRIu32 " is used, but leads nowhere.", block);
	return S_OK;
}

/* The block of the physical partition, and how many follow it. */
static HRESULT find_metadata(const struct fsi_udf *udf, const struct fsi_udf_space *space,
			     uint32_t block, unsigned copy, uint32_t *ret_block,
			     uint32_t *count)
{
	const uint64_t offset = (uint64_t)block * udf->block_size;
	struct fsi_udf_span span;
	uint64_t blocks = 0;

	if (offset >= space->files[copy].size)
		return fsi_import_udf_inconsistent("Metadata block %" PRIu32
						   " is used, but its mirror is shorter.",
						   block);
	FSI_TRY(fsi_import_udf_find_span(udf, &space->files[copy], offset, 0, &span));
	blocks = span.length / udf->block_size;
	if (span.kind != FSI_DISC_EXTENT_RECORDED || blocks == 0)
		return fsi_import_udf_inconsistent(
			"Metadata block %" PRIu32 " is used, but not recorded.", block);
	*ret_block = span.location;
	if (*count > blocks)
		*count = (uint32_t)blocks;
	return S_OK;
}

HRESULT fsi_import_udf_locate(const struct fsi_udf *udf, struct fsi_udf_address address,
			      uint32_t count, unsigned copy, uint32_t *ret_block,
			      uint32_t *ret_count)
{
	const struct fsi_udf_space *space = NULL;
	uint32_t block = address.block;
	uint32_t found = count;

	if (address.partition >= udf->spaces.count)
		return fsi_import_udf_inconsistent("Partition %u is used, but not there.",
						   address.partition);
	space = &udf->spaces.items[address.partition];
	if (address.block >= space->block_count)
		return outside(address, space->block_count);
	if (found > space->block_count - address.block)
		found = space->block_count - address.block;
	if (space->kind == FSI_DISC_PARTITION_VIRTUAL) {
		FSI_TRY(read_table(udf, space, block, &block));
		found = 1;
	} else if (space->kind == FSI_DISC_PARTITION_METADATA) {
		FSI_TRY(find_metadata(udf, space, block, copy, &block, &found));
	}
	space = &udf->spaces.items[space->below];
	if (block >= space->block_count || found > space->block_count - block)
		return outside((struct fsi_udf_address){block, 0}, space->block_count);
	if (space->kind == FSI_DISC_PARTITION_SPARABLE)
		locate_sparable(space, block, ret_block, &found);
	else
		*ret_block = space->first_block + block;
	*ret_count = found;
	return S_OK;
}

unsigned fsi_import_udf_copies(const struct fsi_udf *udf, uint16_t partition)
{
	if (partition >= udf->spaces.count ||
	    udf->spaces.items[partition].kind != FSI_DISC_PARTITION_METADATA)
		return 1;
	return udf->spaces.items[partition].file_count;
}

/* ---- structures -------------------------------------------------------- */

static bool is_wanted(const struct fsi_udf_wanted *wanted, unsigned identifier)
{
	return identifier == wanted->identifiers[0] ||
	       identifier == wanted->identifiers[1];
}

static HRESULT read_copy(const struct fsi_udf *udf, struct fsi_udf_address address,
			 unsigned copy, const struct fsi_udf_wanted *wanted,
			 uint8_t *buffer, uint32_t *ret_block)
{
	enum fsi_udf_fault fault = FSI_UDF_SOUND;
	uint32_t count = 0;

	FSI_TRY(fsi_import_udf_locate(udf, address, 1, copy, ret_block, &count));
	FSI_TRY(fsi_import_udf_read_block(udf, *ret_block, buffer));
	fault = fsi_udf_tag_check(buffer, udf->block_size, address.block);
	if (fault == FSI_UDF_SOUND && !is_wanted(wanted, fsi_udf_tag_identifier(buffer)))
		fault = FSI_UDF_FAULT_IDENTIFIER;
	if (fault != FSI_UDF_SOUND)
		return fsi_import_udf_damaged(wanted->name, *ret_block, fault);
	return S_OK;
}

HRESULT fsi_import_udf_read_structure(const struct fsi_udf *udf,
				      struct fsi_udf_address address,
				      const struct fsi_udf_wanted *wanted,
				      uint8_t *buffer, uint32_t *ret_block)
{
	const unsigned copies = fsi_import_udf_copies(udf, address.partition);
	struct fsi_error_state error;
	uint32_t block = 0;
	HRESULT hr = read_copy(udf, address, 0, wanted, buffer, &block);

	/* When none is sound, the fault of the first is told. */
	for (unsigned copy = 1; copy < copies && FAILED(hr); copy++) {
		HRESULT other = hr;

		fsi_error_save(&error);
		if (hr != E_OUTOFMEMORY)
			other = read_copy(udf, address, copy, wanted, buffer, &block);
		if (SUCCEEDED(other) || other == E_OUTOFMEMORY)
			hr = other;
		else
			fsi_error_restore(&error);
	}
	if (SUCCEEDED(hr) && ret_block != NULL)
		*ret_block = block;
	return hr;
}
