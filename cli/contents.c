/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a file, from the image into a file that is new. */

#include "cli/extraction.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* File systems have holes of whole blocks of theirs, which are of this size. */
#define HOLE_SIZE ((size_t)4096)

struct writing {
	struct extraction *extraction;
	fsi_stream *data;
	int descriptor;
	uint64_t end; /* of what was written */
};

static bool is_zero(const uint8_t *bytes, size_t length)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

static int write_all(struct writing *writing, uint64_t offset, const uint8_t *bytes,
		     size_t length)
{
	writing->end = offset + length;
	while (length > 0) {
		const ssize_t written =
			pwrite(writing->descriptor, bytes, length, (off_t)offset);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return extraction_stop(writing->extraction,
					       written < 0 ? errno : EIO);
		bytes += written;
		offset += (uint64_t)written;
		length -= (size_t)written;
	}
	return STATUS_DONE;
}

/* How many bytes at offset are all of zero blocks, or all of others. */
static size_t measure_run(uint64_t offset, const uint8_t *bytes, size_t length,
			  bool *ret_is_zero)
{
	size_t run = 0;

	do {
		const size_t rest = HOLE_SIZE - (size_t)((offset + run) % HOLE_SIZE);
		const size_t part = length - run < rest ? length - run : rest;
		const bool zero = is_zero(bytes + run, part);

		if (run == 0)
			*ret_is_zero = zero;
		else if (zero != *ret_is_zero)
			break;
		run += part;
	} while (run < length);
	return run;
}

static int write_runs(struct writing *writing, uint64_t offset, const uint8_t *bytes,
		      size_t length)
{
	int status = STATUS_DONE;

	while (length > 0 && status == STATUS_DONE) {
		bool zero = false;
		const size_t run = measure_run(offset, bytes, length, &zero);

		if (!zero)
			status = write_all(writing, offset, bytes, run);
		bytes += run;
		offset += run;
		length -= run;
	}
	return status;
}

/* About: some of the image is no data, and some of it is read several times. */
static void show_progress(struct extraction *extraction, size_t length)
{
	if (extraction->bytes_to_read - extraction->bytes_read > length)
		extraction->bytes_read += length;
	progress_show_written(&extraction->progress, extraction->bytes_read,
			      extraction->bytes_to_read);
}

/* What needs not be read stays a hole; a short file is read at once. */
static int skip_hole(struct writing *writing, uint64_t size, uint64_t *offset)
{
	struct extraction *extraction = writing->extraction;
	uint64_t length = 0;
	HRESULT hr = S_OK;

	if (size > EXTRACTION_BUFFER_SIZE)
		hr = fsi_stream_count_zeros_at(writing->data, *offset, &length);
	if (FAILED(hr))
		return extraction_refuse(extraction, hr);
	*offset += length;
	extraction->counts.bytes += length;
	return STATUS_DONE;
}

static int copy_piece(struct writing *writing, uint64_t size, uint64_t *offset)
{
	struct extraction *extraction = writing->extraction;
	/* Up to a multiple of the buffer, which is one of blocks. */
	const size_t room =
		EXTRACTION_BUFFER_SIZE - (size_t)(*offset % EXTRACTION_BUFFER_SIZE);
	const uint64_t left = size - *offset;
	const size_t wanted = left < room ? (size_t)left : room;
	const HRESULT hr = fsi_stream_read_at(writing->data, *offset, extraction->buffer,
					      wanted, NULL);

	if (FAILED(hr))
		return extraction_refuse(extraction, hr);
	if (write_runs(writing, *offset, extraction->buffer, wanted) != STATUS_DONE)
		return STATUS_FAILED;
	*offset += wanted;
	extraction->counts.bytes += wanted;
	show_progress(extraction, wanted);
	return extraction_goes_on(extraction) ? STATUS_DONE : STATUS_FAILED;
}

static int copy_all(struct writing *writing, uint64_t size)
{
	uint64_t offset = 0;
	int status = STATUS_DONE;

	while (offset < size && status == STATUS_DONE) {
		status = skip_hole(writing, size, &offset);
		if (status == STATUS_DONE && offset < size)
			status = copy_piece(writing, size, &offset);
	}
	return status;
}

int contents_write(struct extraction *extraction, const struct child *child,
		   int descriptor)
{
	struct writing writing = {.extraction = extraction, .descriptor = descriptor};
	const uint64_t size = child->info->size;
	int status = STATUS_DONE;
	HRESULT hr = S_OK;

	if (size == 0)
		return STATUS_DONE;
	hr = fsi_disc_entry_open_data(child->entry, &writing.data);
	if (FAILED(hr))
		return extraction_refuse(extraction, hr);
	status = copy_all(&writing, size);
	if (status == STATUS_DONE && writing.end < size &&
	    ftruncate(descriptor, (off_t)size) != 0)
		status = extraction_stop(extraction, errno);
	fsi_stream_release(writing.data);
	return status;
}
