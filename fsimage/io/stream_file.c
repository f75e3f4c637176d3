/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream handed on as a FILE of the C library. */
#include "io/stream.h"

#include "base/memory.h"
#include "error/fail.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

struct opened_file {
	fsi_stream *stream;
	uint64_t position;
};

/* What stdio understands; the error of the thread tells the rest. */
static int errno_of(HRESULT hr)
{
	return hr == E_OUTOFMEMORY ? ENOMEM : EIO;
}

static ssize_t read_file(void *cookie, char *buffer, size_t length)
{
	struct opened_file *file = cookie;
	size_t got = 0;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (length > SSIZE_MAX)
		length = SSIZE_MAX;
	hr = fsi_stream_read(file->stream, file->position, buffer, length, &got);
	if (FAILED(hr)) {
		errno = errno_of(hr);
		return -1;
	}
	/* What a caller's function met on its way to success is no error. */
	fsi_error_clear();
	file->position += got;
	return (ssize_t)got;
}

/* Where whence counts from. Returns 0 or errno. */
static int find_base(const struct opened_file *file, int whence, uint64_t *ret_base)
{
	HRESULT hr = S_OK;

	switch (whence) {
	case SEEK_SET:
		*ret_base = 0;
		return 0;
	case SEEK_CUR:
		*ret_base = file->position;
		return 0;
	case SEEK_END:
		fsi_error_clear();
		hr = fsi_stream_measure(file->stream, ret_base);
		return FAILED(hr) ? errno_of(hr) : 0;
	default:
		return EINVAL;
	}
}

static int seek_file(void *cookie, off64_t *offset, int whence)
{
	struct opened_file *file = cookie;
	uint64_t base = 0;
	uint64_t place = 0;
	const int error = find_base(file, whence, &base);

	if (error != 0) {
		errno = error;
		return -1;
	}
	/* What is before the beginning wraps around to more than there can be. */
	place = base + (uint64_t)*offset;
	if (base > INT64_MAX || place > INT64_MAX) {
		errno = EINVAL;
		return -1;
	}
	if ((fsi_stream_flags(file->stream) & FSI_STREAM_SEQUENTIAL) != 0 &&
	    place != file->position) {
		errno = ESPIPE;
		return -1;
	}
	file->position = place;
	*offset = (off64_t)place;
	return 0;
}

static int close_file(void *cookie)
{
	struct opened_file *file = cookie;

	fsi_stream_release(file->stream);
	fsi_free(file);
	return 0;
}

HRESULT fsi_stream_open_file(fsi_stream *stream, FILE **ret_file)
{
	static const cookie_io_functions_t functions = {
		.read = read_file,
		.seek = seek_file,
		.close = close_file,
	};
	struct opened_file *opened = NULL;
	FILE *file = NULL;

	fsi_error_clear();
	if (stream == NULL || ret_file == NULL)
		return FSI_FAIL(E_POINTER);
	opened = fsi_allocate_zeroed(1, sizeof(*opened));
	file = opened != NULL ? fopencookie(opened, "r", functions) : NULL;
	if (file == NULL) {
		fsi_free(opened);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	opened->stream = fsi_stream_add_ref(stream);
	*ret_file = file;
	return S_OK;
}
