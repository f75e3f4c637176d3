/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the file entry that an ICB holds. */
#include "import/udf.h"

#include "error/fail.h"

#include <inttypes.h>

/* How often an entry may have been superseded by another. */
#define LINKS_MAX 1024

static const struct fsi_udf_wanted direct_entry = {
	.name = "file entry",
	.identifiers = {FSI_UDF_TAG_FILE_ENTRY, FSI_UDF_TAG_EXTENDED_FILE_ENTRY},
};

static const struct fsi_udf_wanted indirect_entry = {
	.name = "indirect entry",
	.identifiers = {FSI_UDF_TAG_INDIRECT_ENTRY, FSI_UDF_TAG_TERMINAL_ENTRY},
};

/* A direct entry; entry->bytes is there and is filled in. */
static HRESULT read_direct(const struct fsi_udf *udf, struct fsi_udf_address address,
			   struct fsi_udf_entry_block *entry)
{
	enum fsi_udf_fault fault = FSI_UDF_SOUND;

	FSI_TRY(fsi_import_udf_read_structure(udf, address, &direct_entry, entry->bytes,
					      &entry->block));
	fault = fsi_udf_get_icb(entry->bytes, udf->block_size, &entry->icb);
	if (fault != FSI_UDF_SOUND)
		return fsi_import_udf_damaged(direct_entry.name, entry->block, fault);
	entry->address = address;
	return S_OK;
}

/*
 * S_FALSE when nothing was recorded in a block yet: on write-once discs that can
 * be a block which can't be read. What is wrong otherwise is told by who reads it.
 */
static HRESULT look_for_record(const struct fsi_udf *udf, struct fsi_udf_address address,
			       uint8_t *buffer)
{
	uint32_t block = 0;
	uint32_t count = 0;
	HRESULT hr = fsi_import_udf_locate(udf, address, 1, 0, &block, &count);

	if (FAILED(hr))
		return hr == E_OUTOFMEMORY ? hr : S_OK;
	hr = fsi_import_udf_read_block(udf, block, buffer);
	if (hr == E_OUTOFMEMORY)
		return hr;
	return FAILED(hr) || fsi_udf_tag_is_blank(buffer) ? S_FALSE : S_OK;
}

/*
 * ECMA-167 4/14.6.2, strategy 4096: behind each entry is an indirect one that
 * leads to its successor. What was not written yet ends the chain. S_FALSE: there
 * is no successor; *ret_next and buffer otherwise.
 */
static HRESULT find_successor(const struct fsi_udf *udf, struct fsi_udf_address address,
			      uint8_t *buffer, struct fsi_udf_address *ret_next)
{
	struct fsi_udf_allocation next;
	HRESULT hr = S_FALSE;

	if (address.block == UINT32_MAX)
		return S_FALSE;
	address.block++;
	hr = look_for_record(udf, address, buffer);
	if (hr != S_OK)
		return hr;
	FSI_TRY(fsi_import_udf_read_structure(udf, address, &indirect_entry, buffer,
					      NULL));
	if (fsi_udf_tag_identifier(buffer) == FSI_UDF_TAG_TERMINAL_ENTRY)
		return S_FALSE;
	fsi_udf_get_indirect(buffer, &next);
	if (next.length == 0 || next.type != FSI_UDF_EXTENT_RECORDED)
		return S_FALSE;
	*ret_next = next.address;
	return look_for_record(udf, next.address, buffer);
}

/* Go on to the last of the entries that supersede one another. */
static HRESULT follow_chain(const struct fsi_udf *udf, struct fsi_udf_entry_block *entry)
{
	uint8_t *buffer = fsi_allocate(udf->block_size);
	HRESULT hr = S_OK;

	if (buffer == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (unsigned links = 0;
	     hr == S_OK && entry->icb.strategy == FSI_UDF_STRATEGY_CHAIN; links++) {
		struct fsi_udf_address address = entry->address;

		hr = find_successor(udf, address, buffer, &address);
		if (hr == S_OK && links == LINKS_MAX)
			hr = fsi_import_udf_inconsistent(
				"The file entry in block %" PRIu32
				" was superseded over %d times.",
				entry->block, LINKS_MAX);
		if (hr == S_OK)
			hr = read_direct(udf, address, entry);
	}
	fsi_free(buffer);
	return FAILED(hr) ? hr : S_OK;
}

static HRESULT read_current(const struct fsi_udf *udf, struct fsi_udf_address address,
			    struct fsi_udf_entry_block *entry)
{
	FSI_TRY(read_direct(udf, address, entry));
	if (entry->icb.strategy == FSI_UDF_STRATEGY_CHAIN)
		FSI_TRY(follow_chain(udf, entry));
	if (entry->icb.strategy != FSI_UDF_STRATEGY_ONE_ENTRY &&
	    entry->icb.strategy != FSI_UDF_STRATEGY_CHAIN)
		return fsi_error_detail(fsi_import_udf_unsupported(
						"an ICB strategy other than 4 and 4096"),
					"The file entry in block %" PRIu32
					" has strategy %u.",
					entry->block, entry->icb.strategy);
	return S_OK;
}

HRESULT fsi_import_udf_read_entry(const struct fsi_udf *udf,
				  const struct fsi_udf_allocation *icb,
				  struct fsi_udf_entry_block *ret_entry)
{
	struct fsi_udf_entry_block entry = {.bytes = NULL};
	HRESULT hr = S_OK;

	if (icb->length == 0 || icb->type != FSI_UDF_EXTENT_RECORDED)
		return fsi_import_udf_inconsistent(
			"The file entry in block %" PRIu32
			" of partition %u is used, but not recorded.",
			icb->address.block, icb->address.partition);
	entry.bytes = fsi_allocate(udf->block_size);
	if (entry.bytes == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = read_current(udf, icb->address, &entry);
	if (FAILED(hr))
		fsi_free(entry.bytes);
	else
		*ret_entry = entry;
	return hr;
}
