/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream of bytes in memory, some blocks of which can't be read. */
#include "tests/support/faulty_stream.h"

#include <check.h>
#include <string.h>

static HRESULT read_bytes(void *self, uint64_t offset, void *buffer, size_t length,
			  size_t *ret_read)
{
	struct faulty_stream *stream = self;
	const size_t size = stream->real_size != 0 ? stream->real_size : stream->size;
	const size_t left = offset < size ? size - (size_t)offset : 0;

	stream->reads++;
	for (size_t i = 0; i < sizeof(stream->bad_blocks) / sizeof(uint32_t); i++) {
		const uint64_t bad = (uint64_t)stream->bad_blocks[i] * FSI_BLOCK_SIZE;

		if (bad != 0 && offset < bad + FSI_BLOCK_SIZE && offset + length > bad)
			return E_ACCESSDENIED;
	}
	*ret_read = left < length ? left : length;
	memcpy(buffer, stream->bytes + (left > 0 ? offset : 0), *ret_read);
	return S_OK;
}

static HRESULT measure(void *self, uint64_t *ret_size)
{
	const struct faulty_stream *stream = self;

	*ret_size = stream->size;
	return S_OK;
}

static const struct fsi_stream_ops ops = {
	.size = sizeof(ops), .read_at = read_bytes, .get_size = measure};

fsi_stream *faulty_stream_open(struct faulty_stream *stream)
{
	fsi_stream *opened = NULL;

	ck_assert_int_eq(fsi_stream_create(&ops, stream, &opened), S_OK);
	return opened;
}
