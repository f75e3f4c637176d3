/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams: counted handles on a table of functions. */
#include "io/stream.h"

#include "base/memory.h"
#include "error/fail.h"

#include <stdatomic.h>

struct fsi_stream {
	const struct fsi_stream_ops *ops;
	void *self;
	atomic_uint references;
};

HRESULT fsi_stream_make(const struct fsi_stream_ops *ops, void *self,
			fsi_stream **ret_stream)
{
	fsi_stream *stream = fsi_allocate(sizeof(*stream));

	if (stream == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	stream->ops = ops;
	stream->self = self;
	atomic_init(&stream->references, 1);
	*ret_stream = stream;
	return S_OK;
}

HRESULT fsi_stream_create(const struct fsi_stream_ops *ops, void *self,
			  fsi_stream **ret_stream)
{
	fsi_error_clear();
	if (ops == NULL || ret_stream == NULL)
		return FSI_FAIL(E_POINTER);
	if (ops->size < sizeof(*ops))
		return FSI_FAIL(E_INVALIDARG);
	if (ops->read_at == NULL ||
	    (ops->get_size == NULL && (ops->flags & FSI_STREAM_SEQUENTIAL) == 0))
		return FSI_FAIL(E_POINTER);
	return fsi_stream_make(ops, self, ret_stream);
}

unsigned fsi_stream_flags(const fsi_stream *stream)
{
	return stream->ops->flags;
}

bool fsi_stream_may_have_holes(const fsi_stream *stream)
{
	return stream->ops->count_zeros != NULL;
}

fsi_stream *fsi_stream_add_ref(fsi_stream *stream)
{
	if (stream != NULL)
		atomic_fetch_add_explicit(&stream->references, 1, memory_order_relaxed);
	return stream;
}

void fsi_stream_release(fsi_stream *stream)
{
	if (stream == NULL ||
	    atomic_fetch_sub_explicit(&stream->references, 1, memory_order_acq_rel) != 1)
		return;
	if (stream->ops->destroy != NULL)
		stream->ops->destroy(stream->self);
	fsi_free(stream);
}

HRESULT fsi_stream_read(fsi_stream *stream, uint64_t offset, void *buffer, size_t length,
			size_t *ret_read)
{
	size_t done = 0;

	/* A caller's function may return less than there is; go on until nothing. */
	while (done < length) {
		size_t piece = 0;
		const HRESULT hr = stream->ops->read_at(stream->self, offset + done,
							(char *)buffer + done,
							length - done, &piece);

		if (FAILED(hr))
			return fsi_error_adopt(hr);
		if (piece == 0)
			break;
		if (piece > length - done)
			return fsi_error_detail(
				FSI_FAIL(E_UNEXPECTED),
				"A stream returned more than it was asked for.");
		done += piece;
	}
	*ret_read = done;
	return S_OK;
}

HRESULT fsi_stream_read_at(fsi_stream *stream, uint64_t offset, void *buffer,
			   size_t length, size_t *ret_read)
{
	size_t done = 0;

	fsi_error_clear();
	if (stream == NULL || (buffer == NULL && length > 0))
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_stream_read(stream, offset, buffer, length, &done));
	if (ret_read != NULL)
		*ret_read = done;
	else if (done < length)
		return fsi_error_detail(FSI_FAIL(E_FAIL), "The stream ended too early.");
	/* What a caller's function met on its way to success is no error. */
	fsi_error_clear();
	return S_OK;
}

HRESULT fsi_stream_measure(fsi_stream *stream, uint64_t *ret_size)
{
	uint64_t size = 0;
	HRESULT hr = S_OK;

	if (stream->ops->get_size == NULL)
		return FSI_FAIL(E_NOTIMPL);
	hr = stream->ops->get_size(stream->self, &size);
	if (FAILED(hr))
		return fsi_error_adopt(hr);
	*ret_size = size;
	return S_OK;
}

HRESULT fsi_stream_get_size(fsi_stream *stream, uint64_t *ret_size)
{
	fsi_error_clear();
	if (stream == NULL || ret_size == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_stream_measure(stream, ret_size));
	fsi_error_clear();
	return S_OK;
}

HRESULT fsi_stream_count_zeros(fsi_stream *stream, uint64_t offset, uint64_t *ret_count)
{
	uint64_t count = 0;

	if (stream->ops->count_zeros != NULL) {
		const HRESULT hr = stream->ops->count_zeros(stream->self, offset, &count);

		if (FAILED(hr))
			return fsi_error_adopt(hr);
	}
	*ret_count = count;
	return S_OK;
}

HRESULT fsi_stream_share(fsi_stream *stream, uint64_t offset,
			 const struct fsi_share_target *target, uint64_t *ret_length)
{
	uint64_t length = UINT64_MAX;
	HRESULT hr = S_FALSE;

	if (stream->ops->share != NULL)
		hr = stream->ops->share(stream->self, offset, target, &length);
	if (FAILED(hr))
		return fsi_error_adopt(hr);
	if (length == 0 || (hr == S_OK && length > target->length))
		return fsi_error_detail(
			FSI_FAIL(E_UNEXPECTED),
			"A stream shared nothing, or more than it was asked for.");
	*ret_length = length;
	return hr;
}

HRESULT fsi_stream_count_zeros_at(fsi_stream *stream, uint64_t offset,
				  uint64_t *ret_count)
{
	fsi_error_clear();
	if (stream == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_stream_count_zeros(stream, offset, ret_count));
	fsi_error_clear();
	return S_OK;
}

HRESULT fsi_stream_clone(fsi_stream *stream, fsi_stream **ret_stream)
{
	fsi_error_clear();
	if (stream == NULL || ret_stream == NULL)
		return FSI_FAIL(E_POINTER);
	if (stream->ops->clone == NULL) {
		*ret_stream = fsi_stream_add_ref(stream);
		return S_OK;
	}
	return fsi_error_adopt(stream->ops->clone(stream->self, ret_stream));
}
