/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream of a file, device or pipe of this computer. */
#include "io/stream.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/descriptor.h"
#include "io/share.h"
#include "io/system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_stream {
	int descriptor;
	uint64_t size;
};

static HRESULT read_file(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	const struct file_stream *file = self;
	const uint64_t left = offset < file->size ? file->size - offset : 0;
	int error = 0;

	/* An offset behind the end may be one that the system does not know. */
	*ret_read = 0;
	if (left > 0)
		error = fsi_read_descriptor(file->descriptor, offset, buffer,
					    left < length ? (size_t)left : length, false,
					    ret_read);
	return error != 0 ? fsi_error_from_errno(error) : S_OK;
}

uint64_t fsi_descriptor_hole(int descriptor, uint64_t offset, uint64_t size)
{
	off_t data = 0;

	if (offset >= size || offset > INT64_MAX)
		return 0;
	data = lseek(descriptor, (off_t)offset, SEEK_DATA);
	/* ENXIO: no data comes any more. Where it can't be told, all is data. */
	if (data < 0)
		return errno == ENXIO ? size - offset : 0;
	return ((uint64_t)data < size ? (uint64_t)data : size) - offset;
}

static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	const struct file_stream *file = self;

	*ret_count = fsi_descriptor_hole(file->descriptor, offset, file->size);
	return S_OK;
}

static HRESULT share(void *self, uint64_t offset, const struct fsi_share_target *target,
		     uint64_t *ret_length)
{
	const struct file_stream *file = self;

	*ret_length = UINT64_MAX;
	return offset < file->size ? fsi_share_descriptor(file->descriptor, offset,
							  file->size, target, ret_length)
				   : S_FALSE;
}

static HRESULT measure_file(void *self, uint64_t *ret_size)
{
	const struct file_stream *file = self;

	*ret_size = file->size;
	return S_OK;
}

static void close_file(void *self)
{
	struct file_stream *file = self;

	close(file->descriptor);
	fsi_free(file);
}

static const struct fsi_stream_ops file_ops = {
	.size = sizeof(file_ops),
	.read_at = read_file,
	.get_size = measure_file,
	.count_zeros = count_zeros,
	.share = share,
	.destroy = close_file,
};

/* ---- pipes ------------------------------------------------------------- */

struct pipe_stream {
	int descriptor;
	uint64_t position; /* of the next byte that comes */
};

/* Wait for what a descriptor that never waits has not got yet. */
static int wait_for_bytes(int descriptor)
{
	struct pollfd bytes = {.fd = descriptor, .events = POLLIN};

	return poll(&bytes, 1, -1) < 0 && errno != EINTR ? errno : 0;
}

/* What is there, or comes next. */
static HRESULT read_pipe(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	struct pipe_stream *pipe = self;
	ssize_t piece = -1;

	if (offset != pipe->position)
		return fsi_error_from_errno(ESPIPE);
	while (piece < 0) {
		int error = 0;

		piece = read(pipe->descriptor, buffer, length);
		if (piece < 0 && errno == EAGAIN)
			error = wait_for_bytes(pipe->descriptor);
		else if (piece < 0 && errno != EINTR)
			error = errno;
		if (error != 0)
			return fsi_error_from_errno(error);
	}
	pipe->position += (uint64_t)piece;
	*ret_read = (size_t)piece;
	return S_OK;
}

static void close_pipe(void *self)
{
	struct pipe_stream *pipe = self;

	close(pipe->descriptor);
	fsi_free(pipe);
}

static const struct fsi_stream_ops pipe_ops = {
	.size = sizeof(pipe_ops),
	.flags = FSI_STREAM_SEQUENTIAL,
	.read_at = read_pipe,
	.destroy = close_pipe,
};

/* ---- opening ----------------------------------------------------------- */

static HRESULT measure_device(int descriptor, uint64_t *ret_size)
{
	const off_t end = lseek(descriptor, 0, SEEK_END);

	if (end < 0)
		return fsi_error_from_errno(errno);
	*ret_size = (uint64_t)end;
	return S_OK;
}

/* The descriptor belongs to the stream, or to the caller after a failure. */
static HRESULT make_file_stream(int descriptor, uint64_t size, fsi_stream **ret_stream)
{
	struct file_stream *file = fsi_allocate(sizeof(*file));
	HRESULT hr = S_OK;

	if (file == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*file = (struct file_stream){.descriptor = descriptor, .size = size};
	hr = fsi_stream_make(&file_ops, file, ret_stream);
	if (FAILED(hr))
		fsi_free(file);
	return hr;
}

static HRESULT make_pipe_stream(int descriptor, fsi_stream **ret_stream)
{
	struct pipe_stream *pipe = fsi_allocate(sizeof(*pipe));
	HRESULT hr = S_OK;

	if (pipe == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*pipe = (struct pipe_stream){.descriptor = descriptor};
	hr = fsi_stream_make(&pipe_ops, pipe, ret_stream);
	if (FAILED(hr))
		fsi_free(pipe);
	return hr;
}

/* What kind of stream an open file is. The descriptor as make_file_stream()'s. */
static HRESULT make_stream(int descriptor, bool may_be_pipe, fsi_stream **ret_stream)
{
	struct stat status;
	uint64_t size = 0;

	if (fstat(descriptor, &status) != 0)
		return fsi_error_from_errno(errno);
	if (S_ISDIR(status.st_mode))
		return fsi_error_from_errno(EISDIR);
	if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
		return may_be_pipe ? make_pipe_stream(descriptor, ret_stream)
				   : fsi_error_from_errno(ESPIPE);
	if (S_ISBLK(status.st_mode))
		FSI_TRY(measure_device(descriptor, &size));
	else
		size = (uint64_t)status.st_size;
	return make_file_stream(descriptor, size, ret_stream);
}

HRESULT fsi_stream_create_on_file(const char *path, fsi_stream **ret_stream)
{
	int descriptor = -1;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (path == NULL || ret_stream == NULL)
		return FSI_FAIL(E_POINTER);
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	descriptor = fsi_system_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
	if (descriptor < 0)
		return fsi_error_from_errno(errno);
	hr = make_stream(descriptor, false, ret_stream);
	if (FAILED(hr))
		close(descriptor);
	return hr;
}

/* A copy of the descriptor belongs to the stream. */
static HRESULT make_of_copy(int descriptor, bool may_be_pipe, fsi_stream **ret_stream)
{
	const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
	HRESULT hr = S_OK;

	if (copy < 0)
		return fsi_error_from_errno(errno);
	hr = make_stream(copy, may_be_pipe, ret_stream);
	if (FAILED(hr))
		close(copy);
	return hr;
}

HRESULT fsi_stream_make_on_descriptor(int descriptor, fsi_stream **ret_stream)
{
	return make_of_copy(descriptor, false, ret_stream);
}

HRESULT fsi_stream_create_on_descriptor(int descriptor, fsi_stream **ret_stream)
{
	const int flags = fcntl(descriptor, F_GETFL);

	fsi_error_clear();
	if (ret_stream == NULL)
		return FSI_FAIL(E_POINTER);
	if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY || (flags & O_PATH) != 0)
		return fsi_error_from_errno(EBADF);
	return make_of_copy(descriptor, true, ret_stream);
}
