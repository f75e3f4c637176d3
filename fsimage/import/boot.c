/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the boot catalog of a disc. */
#include "import/boot.h"

#include "base/vector.h"
#include "boot/read_catalog.h"
#include "error/fail.h"

/*
 * A catalog goes on as long as it says so; no writer makes more than a block, and
 * nobody is to read a whole disc for one.
 */
#define CATALOG_BLOCKS_MAX 16

struct entries {
	FSI_VECTOR(struct fsi_disc_boot_entry) list;
	bool is_damaged;
	bool has_checksum;
};

HRESULT fsi_import_find_boot_catalog(struct fsi_media *media, uint32_t *ret_block)
{
	const uint64_t block_of_record =
		(uint64_t)fsi_media_session_block(media) + FSI_BOOT_RECORD_BLOCK;
	uint8_t block[FSI_BLOCK_SIZE];

	if ((block_of_record + 1) * FSI_BLOCK_SIZE > fsi_media_size(media))
		return S_FALSE;
	FSI_TRY(fsi_media_read(media, block_of_record * FSI_BLOCK_SIZE, block,
			       sizeof(block)));
	return fsi_boot_get_record(block, ret_block) ? S_OK : S_FALSE;
}

static HRESULT add_entry(struct entries *entries, const struct fsi_disc_boot_entry *entry)
{
	if (!fsi_vector_reserve(&entries->list, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	entries->list.items[entries->list.count++] = *entry;
	return S_OK;
}

/* Take the records of one block. S_FALSE: the catalog has come to its end. */
static HRESULT take_block(const uint8_t (*block)[FSI_BLOCK_SIZE],
			  struct fsi_boot_cursor *cursor, struct entries *entries)
{
	for (size_t at = 0; at < FSI_BLOCK_SIZE; at += FSI_BOOT_ENTRY_SIZE) {
		uint8_t record[FSI_BOOT_ENTRY_SIZE];
		struct fsi_disc_boot_entry entry;

		if (fsi_boot_is_complete(cursor))
			return S_FALSE;
		memcpy(record, *block + at, sizeof(record));
		switch (fsi_boot_step(cursor,
				      (const uint8_t(*)[FSI_BOOT_ENTRY_SIZE]) & record,
				      &entry)) {
		case FSI_BOOT_STEP_ON:
			break;
		case FSI_BOOT_STEP_IMAGE:
			FSI_TRY(add_entry(entries, &entry));
			break;
		case FSI_BOOT_STEP_DAMAGED:
			entries->is_damaged = true;
			return S_FALSE;
		case FSI_BOOT_STEP_END:
			return S_FALSE;
		}
	}
	return S_OK;
}

static HRESULT read_entries(struct fsi_media *media, uint32_t first_block,
			    struct entries *entries)
{
	struct fsi_boot_cursor cursor = {0};
	uint8_t block[FSI_BLOCK_SIZE];
	HRESULT hr = S_OK;

	for (uint32_t n = 0; n < CATALOG_BLOCKS_MAX && hr == S_OK; n++) {
		hr = fsi_media_read(media, ((uint64_t)first_block + n) * FSI_BLOCK_SIZE,
				    block, sizeof(block));
		if (SUCCEEDED(hr))
			hr = take_block((const uint8_t(*)[FSI_BLOCK_SIZE]) & block,
					&cursor, entries);
	}
	entries->has_checksum = cursor.has_checksum;
	/* More than anybody writes, or behind the end of the disc. */
	if (hr == S_OK)
		entries->is_damaged = !fsi_boot_is_complete(&cursor);
	if (hr == IMAPI_E_IMPORT_SEEK_FAILURE) {
		entries->is_damaged = true;
		return S_OK;
	}
	return hr;
}

/* One piece of memory, as the caller frees it. */
static HRESULT hand_out(const struct entries *entries, uint32_t block,
			struct fsi_disc_boot_catalog **ret_catalog)
{
	const size_t bytes = entries->list.count * sizeof(entries->list.items[0]);
	struct fsi_disc_boot_catalog *catalog = fsi_allocate(sizeof(*catalog) + bytes);

	if (catalog == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (bytes > 0)
		memcpy(catalog + 1, entries->list.items, bytes);
	*catalog = (struct fsi_disc_boot_catalog){
		.block = block,
		.is_damaged = entries->is_damaged,
		.has_checksum = entries->has_checksum,
		.entries =
			(const struct fsi_disc_boot_entry *)(const void *)(catalog + 1),
		.entry_count = entries->list.count,
	};
	*ret_catalog = catalog;
	return S_OK;
}

HRESULT fsi_import_read_boot_catalog(struct fsi_media *media,
				     struct fsi_disc_boot_catalog **ret_catalog)
{
	struct entries entries = {0};
	uint32_t block = 0;
	HRESULT hr = fsi_import_find_boot_catalog(media, &block);

	if (hr != S_OK)
		return hr;
	hr = read_entries(media, block, &entries);
	if (SUCCEEDED(hr))
		hr = hand_out(&entries, block, ret_catalog);
	fsi_vector_free(&entries.list);
	return hr;
}
