/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of another stream, as a stream. */
#include "base/memory.h"
#include "error/fail.h"
#include "io/stream.h"

struct part {
	fsi_stream *whole;
	uint64_t offset;
	uint64_t size;
};

static HRESULT read_part(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	const struct part *part = self;

	if (offset >= part->size)
		length = 0;
	else if (length > part->size - offset)
		length = (size_t)(part->size - offset);
	if (length == 0) {
		*ret_read = 0;
		return S_OK;
	}
	return fsi_stream_read(part->whole, part->offset + offset, buffer, length,
			       ret_read);
}

static HRESULT measure_part(void *self, uint64_t *ret_size)
{
	const struct part *part = self;

	*ret_size = part->size;
	return S_OK;
}

static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	const struct part *part = self;
	const uint64_t left = offset < part->size ? part->size - offset : 0;
	uint64_t count = 0;

	if (left > 0)
		FSI_TRY(fsi_stream_count_zeros(part->whole, part->offset + offset,
					       &count));
	*ret_count = count < left ? count : left;
	return S_OK;
}

static void close_part(void *self)
{
	struct part *part = self;

	fsi_stream_release(part->whole);
	fsi_free(part);
}

static const struct fsi_stream_ops part_ops = {
	.size = sizeof(part_ops),
	.read_at = read_part,
	.get_size = measure_part,
	.count_zeros = count_zeros,
	.destroy = close_part,
};

HRESULT fsi_stream_make_part(fsi_stream *whole, uint64_t offset, uint64_t size,
			     fsi_stream **ret_stream)
{
	struct part *part = fsi_allocate(sizeof(*part));
	HRESULT hr = S_OK;

	if (part == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*part = (struct part){
		.whole = fsi_stream_add_ref(whole), .offset = offset, .size = size};
	hr = fsi_stream_make(&part_ops, part, ret_stream);
	if (FAILED(hr))
		close_part(part);
	return hr;
}
