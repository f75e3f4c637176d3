/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What UDF puts between a partition and its blocks: sparing tables, virtual
 * allocation tables, metadata files. */
#include "import/udf_mount.h"

#include "error/fail.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- sparing tables ---------------------------------------------------- */

#define SPARING_TABLE "sparing table"

/* OSTA UDF 2.2.12: the number of entries has 16 bits. */
#define SPARING_SIZE_MAX \
	(sizeof(struct fsi_udf_sparing_table) + \
	 UINT16_MAX * sizeof(struct fsi_udf_sparing_entry))

/* A table in memory, of which there are several on the disc. */
struct table {
	uint8_t *bytes;
	size_t size;
	uint32_t block; /* of the volume */
	uint32_t sequence_number;
	uint16_t entry_count;
};

static enum fsi_udf_fault check_sparing_table(struct table *table)
{
	FSI_UDF_RECORD(fsi_udf_sparing_table, record, table->bytes);
	const enum fsi_udf_fault fault = fsi_udf_tag_check_identifier(
		table->bytes, table->size, FSI_UDF_TAG_SPARING_TABLE, table->block);

	if (fault != FSI_UDF_SOUND)
		return fault;
	if (!fsi_udf_regid_is(&record->identifier, "*UDF Sparing Table"))
		return FSI_UDF_FAULT_IDENTIFIER;
	table->entry_count = fsi_get_le16(&record->entry_count);
	table->sequence_number = fsi_get_le32(&record->sequence_number);
	return table->entry_count > (table->size - sizeof(*record)) /
					    sizeof(struct fsi_udf_sparing_entry)
		       ? FSI_UDF_FAULT_LENGTH
		       : FSI_UDF_SOUND;
}

static HRESULT read_sparing_table(const struct fsi_udf *udf, struct table *table)
{
	enum fsi_udf_fault fault = FSI_UDF_SOUND;

	FSI_TRY(fsi_media_read(udf->media, (uint64_t)table->block * udf->block_size,
			       table->bytes, table->size));
	fault = check_sparing_table(table);
	if (fault != FSI_UDF_SOUND)
		return fsi_import_udf_damaged(SPARING_TABLE, table->block, fault);
	return S_OK;
}

static int compare_spares(const void *a, const void *b)
{
	const struct fsi_udf_spare *left = a;
	const struct fsi_udf_spare *right = b;

	return (left->original > right->original) - (left->original < right->original);
}

/* Take the packets that lie elsewhere; the entries of others are left out. */
static HRESULT take_spares(const struct table *table, struct fsi_udf_space *space)
{
	const uint8_t *entries = table->bytes + sizeof(struct fsi_udf_sparing_table);

	if (!fsi_vector_reserve(&space->spares, table->entry_count))
		return FSI_FAIL(E_OUTOFMEMORY);
	for (unsigned i = 0; i < table->entry_count; i++) {
		FSI_UDF_RECORD(fsi_udf_sparing_entry, record,
			       entries + i * sizeof(struct fsi_udf_sparing_entry));
		const struct fsi_udf_spare spare = {
			.original = fsi_get_le32(&record->original),
			.mapped = fsi_get_le32(&record->mapped),
		};

		if (spare.original >= FSI_UDF_SPARING_UNUSED)
			continue;
		if (spare.original % space->packet_blocks != 0 ||
		    spare.mapped > UINT32_MAX - space->packet_blocks)
			return fsi_import_udf_damaged(SPARING_TABLE, table->block,
						      FSI_UDF_FAULT_CONTENT);
		space->spares.items[space->spares.count++] = spare;
	}
	if (space->spares.count > 1)
		qsort(space->spares.items, space->spares.count,
		      sizeof(space->spares.items[0]), compare_spares);
	return S_OK;
}

/* Of the tables that are sound the newest; the first one's fault when none is. */
static HRESULT read_newest(const struct fsi_udf *udf, const struct fsi_udf_map *map,
			   struct table *scratch, struct table *newest)
{
	struct fsi_error_state error;
	HRESULT failure = S_OK;
	bool found = false;

	for (unsigned i = 0; i < map->table_count && i < FSI_UDF_SPARING_TABLES_MAX;
	     i++) {
		HRESULT hr = S_OK;

		scratch->block = map->tables[i];
		hr = read_sparing_table(udf, scratch);
		if (hr == E_OUTOFMEMORY)
			return hr;
		if (FAILED(hr) && SUCCEEDED(failure)) {
			fsi_error_save(&error);
			failure = hr;
		}
		if (SUCCEEDED(hr) &&
		    (!found || scratch->sequence_number > newest->sequence_number)) {
			const struct table older = *newest;

			*newest = *scratch;
			*scratch = older;
			found = true;
		}
	}
	if (found)
		return S_OK;
	if (SUCCEEDED(failure))
		return fsi_import_udf_inconsistent(
			"A sparable partition has no sparing table.");
	fsi_error_restore(&error);
	return failure;
}

HRESULT fsi_import_udf_load_spares(const struct fsi_udf *udf,
				   const struct fsi_udf_map *map,
				   struct fsi_udf_space *space)
{
	const size_t size =
		map->table_size < SPARING_SIZE_MAX ? map->table_size : SPARING_SIZE_MAX;
	struct table scratch = {.bytes = fsi_allocate(size), .size = size};
	struct table newest = {.bytes = fsi_allocate(size), .size = size};
	HRESULT hr = S_OK;

	if (map->packet_blocks == 0 || size < sizeof(struct fsi_udf_sparing_table))
		hr = fsi_import_udf_inconsistent("The map of a sparable partition has a "
						 "packet or a table of no length.");
	else if (scratch.bytes == NULL || newest.bytes == NULL)
		hr = FSI_FAIL(E_OUTOFMEMORY);
	if (SUCCEEDED(hr))
		hr = read_newest(udf, map, &scratch, &newest);
	if (SUCCEEDED(hr))
		hr = take_spares(&newest, space);
	fsi_free(scratch.bytes);
	fsi_free(newest.bytes);
	return hr;
}

/* ---- virtual allocation tables ----------------------------------------- */

/* OSTA UDF 2.2.11: the entry of the table is the last block that was recorded;
 * drives put some behind it. */
#define TABLE_CANDIDATES 4

/* How many bytes of zeros a copy of a disc may end with. */
#define TRAILING_SIZE_MAX (128u << 20)

/* How many of these may be unreadable, as those between two sessions are. */
#define UNREADABLE_BLOCKS_MAX 8

static bool is_zero(const uint8_t *bytes, size_t size)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* The last block that holds anything. */
static HRESULT find_last_block(const struct fsi_udf *udf, uint8_t *buffer,
			       uint32_t *ret_block)
{
	const uint32_t blocks_max = TRAILING_SIZE_MAX / udf->block_size;
	uint32_t block = udf->block_count;
	unsigned unreadable = 0;

	*ret_block = block > 0 ? block - 1 : 0;
	for (uint32_t n = 0; n < blocks_max && block > 0; n++) {
		const HRESULT hr = fsi_import_udf_read_block(udf, --block, buffer);

		if (hr == E_OUTOFMEMORY)
			return hr;
		if (FAILED(hr) && ++unreadable > UNREADABLE_BLOCKS_MAX)
			break;
		if (SUCCEEDED(hr) && !is_zero(buffer, udf->block_size)) {
			*ret_block = block;
			break;
		}
	}
	return S_OK;
}

static uint32_t count_entries(uint64_t size)
{
	const uint64_t count = size / sizeof(struct fsi_udf_allocation_table_entry);

	return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

/* A part of the table of a partition. S_FALSE: it has no such part. */
static HRESULT read_part(const struct fsi_udf *udf, const struct fsi_udf_space *space,
			 uint64_t offset, void *buffer, size_t length)
{
	const struct fsi_udf_body *table = &space->files[0];
	const struct fsi_udf_reading reading = {
		.offset = offset, .buffer = buffer, .length = length};

	if (offset > table->size || length > table->size - offset)
		return S_FALSE;
	return fsi_import_udf_read_body(udf, table, &reading);
}

/* The form of 1.50: entries, then a trailer. S_FALSE: it is not this form. */
static HRESULT take_old_table(const struct fsi_udf *udf, struct fsi_udf_space *space)
{
	struct fsi_udf_allocation_table_trailer trailer;
	const uint64_t entries_size = space->files[0].size - sizeof(trailer);
	const HRESULT hr = read_part(udf, space, entries_size, &trailer, sizeof(trailer));

	if (hr != S_OK)
		return hr;
	if (!fsi_udf_regid_is(&trailer.identifier, "*UDF Virtual Alloc Tbl"))
		return S_FALSE;
	space->table_offset = 0;
	space->block_count = count_entries(entries_size);
	return S_OK;
}

static void get_facts(const struct fsi_udf_allocation_table_header *header,
		      struct fsi_udf_table_facts *ret_facts)
{
	ret_facts->is_known = true;
	ret_facts->file_count = fsi_get_le32(&header->file_count);
	ret_facts->directory_count = fsi_get_le32(&header->directory_count);
	ret_facts->minimum_read = fsi_get_le16(&header->minimum_read);
	ret_facts->minimum_write = fsi_get_le16(&header->minimum_write);
	ret_facts->maximum_write = fsi_get_le16(&header->maximum_write);
}

/* The form of 2.00 and later: a header, then entries. S_FALSE: it is not this. */
static HRESULT take_new_table(const struct fsi_udf *udf, struct fsi_udf_space *space,
			      struct fsi_udf_table_facts *ret_facts)
{
	struct fsi_udf_allocation_table_header copy;
	const struct fsi_udf_allocation_table_header *const header = &copy;
	const uint64_t size = space->files[0].size;
	const HRESULT hr = read_part(udf, space, 0, &copy, sizeof(copy));

	if (hr != S_OK)
		return hr;
	space->table_offset = fsi_get_le16(&header->length);
	if (space->table_offset < sizeof(copy) || space->table_offset > size)
		return S_FALSE;
	space->block_count = count_entries(size - space->table_offset);
	get_facts(header, ret_facts);
	return S_OK;
}

/* The table that is the body of an entry. S_FALSE: it is none. */
static HRESULT take_table(const struct fsi_udf *udf,
			  const struct fsi_udf_entry_block *entry,
			  struct fsi_udf_space *space,
			  struct fsi_udf_table_facts *ret_facts)
{
	const bool is_new = entry->icb.file_type == FSI_UDF_FILE_ALLOCATION_TABLE;
	HRESULT hr = S_OK;

	if (!is_new && entry->icb.file_type != FSI_UDF_FILE_UNSPECIFIED)
		return S_FALSE;
	FSI_TRY(fsi_import_udf_load_physical_body(udf, entry, &space->files[0]));
	hr = is_new ? take_new_table(udf, space, ret_facts) : take_old_table(udf, space);
	if (hr == S_OK)
		space->file_count = 1;
	else
		fsi_import_udf_free_body(&space->files[0]);
	return hr;
}

/* The table whose entry is in a block of the volume. S_FALSE: there is none. */
static HRESULT try_table(const struct fsi_udf *udf, uint32_t block,
			 struct fsi_udf_space *space,
			 struct fsi_udf_table_facts *ret_facts)
{
	const struct fsi_udf_allocation icb = {
		.type = FSI_UDF_EXTENT_RECORDED,
		.length = udf->block_size,
		.address = {.block = block - space->first_block,
			    .partition = space->below},
	};
	struct fsi_udf_entry_block entry;
	HRESULT hr = S_FALSE;

	if (block < space->first_block)
		return S_FALSE;
	hr = fsi_import_udf_read_entry(udf, &icb, &entry);
	if (SUCCEEDED(hr)) {
		hr = take_table(udf, &entry, space, ret_facts);
		fsi_free(entry.bytes);
	}
	return FAILED(hr) && hr != E_OUTOFMEMORY ? S_FALSE : hr;
}

HRESULT fsi_import_udf_load_table(const struct fsi_udf *udf, struct fsi_udf_space *space,
				  struct fsi_udf_table_facts *ret_facts)
{
	uint8_t *buffer = fsi_allocate(udf->block_size);
	uint32_t last_block = 0;
	HRESULT hr = S_OK;

	if (buffer == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = find_last_block(udf, buffer, &last_block);
	fsi_free(buffer);
	FSI_TRY(hr);
	for (uint32_t n = 0; n < TABLE_CANDIDATES && n <= last_block; n++) {
		hr = try_table(udf, last_block - n, space, ret_facts);
		if (hr != S_FALSE)
			return hr;
	}
	return fsi_import_udf_inconsistent(
		"There is no virtual allocation table in block "
		"%" PRIu32 " or shortly before it.",
		last_block);
}

/* ---- metadata files ---------------------------------------------------- */

static HRESULT load_metadata_file(const struct fsi_udf *udf, uint32_t block,
				  const struct fsi_udf_space *space,
				  struct fsi_udf_body *ret_body)
{
	const struct fsi_udf_allocation icb = {
		.type = FSI_UDF_EXTENT_RECORDED,
		.length = udf->block_size,
		.address = {.block = block, .partition = space->below},
	};
	struct fsi_udf_entry_block entry;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_import_udf_read_entry(udf, &icb, &entry));
	if (entry.icb.file_type != FSI_UDF_FILE_METADATA &&
	    entry.icb.file_type != FSI_UDF_FILE_METADATA_MIRROR)
		hr = fsi_import_udf_inconsistent("The file entry in block %" PRIu32
						 " is not that of a metadata file.",
						 entry.block);
	else
		hr = fsi_import_udf_load_physical_body(udf, &entry, ret_body);
	fsi_free(entry.bytes);
	return hr;
}

/* OSTA UDF 2.2.13: the mirror serves when the main file is damaged. */
HRESULT fsi_import_udf_load_metadata(const struct fsi_udf *udf,
				     const struct fsi_udf_map *map,
				     struct fsi_udf_space *space)
{
	const uint32_t blocks[FSI_UDF_COPIES] = {map->main_file, map->mirror_file};
	struct fsi_error_state error;
	HRESULT failure = S_OK;

	for (unsigned i = 0; i < FSI_UDF_COPIES; i++) {
		struct fsi_udf_body *file = &space->files[space->file_count];
		const HRESULT hr = load_metadata_file(udf, blocks[i], space, file);

		if (hr == E_OUTOFMEMORY)
			return hr;
		if (SUCCEEDED(hr)) {
			space->file_count++;
		} else if (SUCCEEDED(failure)) {
			fsi_error_save(&error);
			failure = hr;
		}
	}
	if (space->file_count == 0) {
		fsi_error_restore(&error);
		return failure;
	}
	space->block_count = space->files[0].size / udf->block_size < UINT32_MAX
				     ? (uint32_t)(space->files[0].size / udf->block_size)
				     : UINT32_MAX;
	return S_OK;
}
