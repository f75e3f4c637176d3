/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream of bytes in memory. */
#include "io/stream.h"

#include "base/memory.h"
#include "error/fail.h"

#include <string.h>

struct memory_stream {
	size_t size;
	uint8_t bytes[];
};

static HRESULT read_memory(void *self, uint64_t offset, void *buffer, size_t length,
			   size_t *ret_read)
{
	const struct memory_stream *memory = self;
	size_t left = offset < memory->size ? memory->size - (size_t)offset : 0;

	if (left > length)
		left = length;
	if (left > 0)
		memcpy(buffer, memory->bytes + offset, left);
	*ret_read = left;
	return S_OK;
}

static HRESULT measure_memory(void *self, uint64_t *ret_size)
{
	const struct memory_stream *memory = self;

	*ret_size = memory->size;
	return S_OK;
}

static const struct fsi_stream_ops memory_ops = {
	.size = sizeof(memory_ops),
	.read_at = read_memory,
	.get_size = measure_memory,
	.destroy = fsi_free,
};

HRESULT fsi_stream_make_on_memory(const void *bytes, size_t size, fsi_stream **ret_stream)
{
	struct memory_stream *memory = NULL;
	HRESULT hr = S_OK;

	if (size > SIZE_MAX - sizeof(*memory))
		return FSI_FAIL(E_OUTOFMEMORY);
	memory = fsi_allocate(sizeof(*memory) + size);
	if (memory == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	memory->size = size;
	if (size > 0)
		memcpy(memory->bytes, bytes, size);
	hr = fsi_stream_make(&memory_ops, memory, ret_stream);
	if (FAILED(hr))
		fsi_free(memory);
	return hr;
}

HRESULT fsi_stream_create_on_memory(const void *bytes, size_t size,
				    fsi_stream **ret_stream)
{
	fsi_error_clear();
	if (ret_stream == NULL || (bytes == NULL && size > 0))
		return FSI_FAIL(E_POINTER);
	return fsi_stream_make_on_memory(bytes, size, ret_stream);
}
