/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of boot images. */
#include "boot/stream.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/stream.h"

#include <stdio.h>

/* Read at once for a checksum; a multiple of its words. */
#define PIECE_SIZE 16384u

#define SECTORS_PER_BLOCK (FSI_BLOCK_SIZE / FSI_BOOT_SECTOR_SIZE)

struct boot_stream {
	fsi_stream *stream;
	uint64_t size;
	bool is_file; /* of the tree */
	struct fsi_boot_info info;
};

HRESULT fsi_boot_stream_adopt(HRESULT hr)
{
	char message[FSI_ERROR_PATH_SIZE];

	if (SUCCEEDED(hr) || hr == E_OUTOFMEMORY || hr == IMAPI_E_BOOT_IMAGE_DATA)
		return hr;
	snprintf(message, sizeof(message), "%s", fsi_error_get_message());
	return fsi_error_detail(FSI_FAIL(IMAPI_E_BOOT_IMAGE_DATA), "%s", message);
}

/* All of the bytes, which the stream has promised. */
static HRESULT read_exactly(fsi_stream *stream, uint64_t offset, void *buffer,
			    size_t length)
{
	size_t got = 0;

	FSI_TRY(fsi_stream_read(stream, offset, buffer, length, &got));
	if (got < length)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_BOOT_IMAGE_DATA),
					"It ends at %llu bytes already.",
					(unsigned long long)(offset + got));
	return S_OK;
}

static HRESULT read_image(const struct boot_stream *boot, uint64_t offset, void *buffer,
			  size_t length)
{
	const HRESULT hr = read_exactly(boot->stream, offset, buffer, length);

	return boot->is_file ? hr : fsi_boot_stream_adopt(hr);
}

/* Bytes over those that were read, where both are. */
static void overlay(uint64_t offset, uint8_t *buffer, size_t length, uint64_t at,
		    const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (at + i >= offset && at + i - offset < length)
			buffer[at + i - offset] = bytes[i];
	}
}

/* ---- GRUB's list of sectors -------------------------------------------- */

/* All of the bytes, and where the rest of GRUB is. */
static HRESULT read_listed(const struct boot_stream *boot, uint64_t offset,
			   uint8_t *buffer, size_t length)
{
	uint8_t field[FSI_BOOT_GRUB_LIST_END - FSI_BOOT_GRUB_LIST_OFFSET];

	FSI_TRY(read_image(boot, offset, buffer, length));
	if (!boot->info.has_grub_list)
		return S_OK;
	fsi_put_le64(&field, (uint64_t)boot->info.image_block * SECTORS_PER_BLOCK +
				     FSI_BOOT_GRUB_NEXT_SECTOR);
	overlay(offset, buffer, length, FSI_BOOT_GRUB_LIST_OFFSET, field, sizeof(field));
	return S_OK;
}

/* ---- the boot information table ---------------------------------------- */

/* The sum of all words of 32 bits behind the table; the last one is filled up. */
static HRESULT make_checksum(const struct boot_stream *boot, uint32_t *ret_sum)
{
	uint8_t *piece = fsi_allocate(PIECE_SIZE);
	uint32_t sum = 0;
	HRESULT hr = S_OK;

	if (piece == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint64_t at = FSI_BOOT_INFO_TABLE_END; at < boot->size && SUCCEEDED(hr);
	     at += PIECE_SIZE) {
		const uint64_t left = boot->size - at;
		const size_t length = left < PIECE_SIZE ? (size_t)left : PIECE_SIZE;

		hr = read_listed(boot, at, piece, length);
		for (size_t i = 0; i < length && SUCCEEDED(hr); i++)
			sum += (uint32_t)piece[i] << 8 * (i % 4);
	}
	fsi_free(piece);
	if (SUCCEEDED(hr))
		*ret_sum = sum;
	return hr;
}

/* Put the table over what was read; offset and length are not apart from it. */
static HRESULT patch(const struct boot_stream *boot, uint64_t offset, uint8_t *buffer,
		     size_t length)
{
	struct fsi_boot_info_table table = {0};
	uint8_t bytes[sizeof(table)];
	uint32_t checksum = 0;

	FSI_TRY(make_checksum(boot, &checksum));
	fsi_put_le32(&table.volume_block, boot->info.volume_block);
	fsi_put_le32(&table.image_block, boot->info.image_block);
	fsi_put_le32(&table.image_size, (uint32_t)boot->size);
	fsi_put_le32(&table.checksum, checksum);
	memcpy(bytes, &table, sizeof(bytes));
	overlay(offset, buffer, length, FSI_BOOT_INFO_TABLE_OFFSET, bytes, sizeof(bytes));
	return S_OK;
}

/* ---- the stream -------------------------------------------------------- */

static HRESULT read_boot(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	const struct boot_stream *boot = self;
	const uint64_t left = offset < boot->size ? boot->size - offset : 0;
	const size_t wanted = left < length ? (size_t)left : length;

	FSI_TRY(read_listed(boot, offset, buffer, wanted));
	if (boot->info.has_table && wanted > 0 && offset < FSI_BOOT_INFO_TABLE_END &&
	    offset + wanted > FSI_BOOT_INFO_TABLE_OFFSET)
		FSI_TRY(patch(boot, offset, buffer, wanted));
	*ret_read = wanted;
	return S_OK;
}

static HRESULT measure_boot(void *self, uint64_t *ret_size)
{
	const struct boot_stream *boot = self;

	*ret_size = boot->size;
	return S_OK;
}

static void close_boot(void *self)
{
	struct boot_stream *boot = self;

	fsi_stream_release(boot->stream);
	fsi_free(boot);
}

static const struct fsi_stream_ops boot_ops = {
	.size = sizeof(boot_ops),
	.read_at = read_boot,
	.get_size = measure_boot,
	.destroy = close_boot,
};

HRESULT fsi_boot_stream_create(fsi_stream *stream, uint64_t size, bool is_file,
			       const struct fsi_boot_info *info, fsi_stream **ret_stream)
{
	struct boot_stream *boot = fsi_allocate_zeroed(1, sizeof(*boot));
	HRESULT hr = S_OK;

	if (boot == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	boot->size = size;
	boot->is_file = is_file;
	boot->info = *info;
	hr = fsi_stream_make(&boot_ops, boot, ret_stream);
	if (FAILED(hr))
		fsi_free(boot);
	else
		boot->stream = fsi_stream_add_ref(stream);
	return hr;
}

HRESULT fsi_boot_stream_read(fsi_stream *stream, uint64_t offset, void *buffer,
			     size_t length)
{
	return fsi_boot_stream_adopt(read_exactly(stream, offset, buffer, length));
}

HRESULT fsi_boot_stream_copy(fsi_stream *stream, uint64_t size, fsi_stream **ret_copy)
{
	void *bytes = size <= SIZE_MAX ? fsi_allocate((size_t)size) : NULL;
	HRESULT hr = S_OK;

	if (bytes == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = fsi_boot_stream_read(stream, 0, bytes, (size_t)size);
	if (SUCCEEDED(hr))
		hr = fsi_stream_make_on_memory(bytes, (size_t)size, ret_copy);
	fsi_free(bytes);
	return hr;
}
