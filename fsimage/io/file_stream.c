/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream of a file or block device of this computer. */
#include "io/stream.h"

#include "base/memory.h"
#include "error/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct file_stream {
	int descriptor;
	uint64_t size;
};

int fsi_read_descriptor(int descriptor, uint64_t offset, void *buffer, size_t length,
			bool to_end, size_t *ret_read)
{
	char behind = 0;
	size_t done = 0;

	if (offset >= (uint64_t)INT64_MAX - length)
		return EINVAL;
	while (done < length) {
		struct iovec parts[2] = {{(char *)buffer + done, length - done},
					 {&behind, 1}};
		const ssize_t piece =
			preadv(descriptor, parts, to_end ? 2 : 1, (off_t)(offset + done));

		if (piece < 0 && errno == EINTR)
			continue;
		if (piece < 0)
			return errno;
		if (piece == 0)
			break;
		done += (size_t)piece;
	}
	*ret_read = done;
	return 0;
}

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
	.destroy = close_file,
};

/* The size of an open regular file or block device. */
static HRESULT measure_descriptor(int descriptor, uint64_t *ret_size)
{
	struct stat status;
	off_t end = 0;

	if (fstat(descriptor, &status) != 0)
		return fsi_error_from_errno(errno);
	if (S_ISREG(status.st_mode)) {
		*ret_size = (uint64_t)status.st_size;
		return S_OK;
	}
	if (!S_ISBLK(status.st_mode))
		return fsi_error_from_errno(S_ISDIR(status.st_mode) ? EISDIR : ESPIPE);
	end = lseek(descriptor, 0, SEEK_END);
	if (end < 0)
		return fsi_error_from_errno(errno);
	*ret_size = (uint64_t)end;
	return S_OK;
}

HRESULT fsi_stream_create_on_file(const char *path, fsi_stream **ret_stream)
{
	struct file_stream *file = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (path == NULL || ret_stream == NULL)
		return FSI_FAIL(E_POINTER);
	file = fsi_allocate(sizeof(*file));
	if (file == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	file->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->descriptor < 0) {
		hr = fsi_error_from_errno(errno);
		fsi_free(file);
		return hr;
	}
	hr = measure_descriptor(file->descriptor, &file->size);
	if (SUCCEEDED(hr))
		hr = fsi_stream_make(&file_ops, file, ret_stream);
	if (FAILED(hr))
		close_file(file);
	return hr;
}
