/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a file, from the image into a file that is new. */

#include "cli/extraction.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* File systems have holes of whole blocks of theirs, which are of this size. */
#define HOLE_SIZE ((size_t)4096)

/* From this length on it is worth asking where the image has holes. */
#define LONG_RUN UINT64_C(1048576)

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

/* What the image's own file has no blocks for is zero. */
static uint64_t skip_image_hole(const struct extraction *extraction,
				const struct fsi_disc_extent *extent)
{
	off_t data = 0;
	uint64_t skipped = 0;

	if (extraction->image_descriptor < 0 || extent->length < LONG_RUN ||
	    extent->kind != FSI_DISC_EXTENT_RECORDED)
		return 0;
	data = lseek(extraction->image_descriptor, (off_t)extent->disc_offset, SEEK_DATA);
	if (data < 0 && errno == ENXIO)
		return extent->length;
	if (data < 0 || (uint64_t)data <= extent->disc_offset)
		return 0;
	skipped = (uint64_t)data - extent->disc_offset;
	return skipped < extent->length ? skipped : extent->length;
}

/* About: some of the image is no data, and some of it is read several times. */
static void show_progress(struct extraction *extraction, size_t length)
{
	if (extraction->bytes_to_read - extraction->bytes_read > length)
		extraction->bytes_read += length;
	progress_show_written(&extraction->progress, extraction->bytes_read,
			      extraction->bytes_to_read);
}

/* The bytes from offset to end. */
static int copy_run(struct writing *writing, uint64_t offset, uint64_t end)
{
	struct extraction *extraction = writing->extraction;
	int status = STATUS_DONE;

	while (offset < end && status == STATUS_DONE) {
		/* Up to a multiple of the buffer, so that runs begin with blocks. */
		const size_t room = EXTRACTION_BUFFER_SIZE -
				    (size_t)(offset % EXTRACTION_BUFFER_SIZE);
		const size_t wanted = end - offset < room ? (size_t)(end - offset) : room;
		const HRESULT hr = fsi_stream_read_at(writing->data, offset,
						      extraction->buffer, wanted, NULL);

		if (FAILED(hr))
			return extraction_refuse(extraction, hr);
		status = write_runs(writing, offset, extraction->buffer, wanted);
		offset += wanted;
		extraction->counts.bytes += wanted;
		show_progress(extraction, wanted);
		if (!extraction_goes_on(extraction))
			return STATUS_FAILED;
	}
	return status;
}

/* Extent for extent, since there may be holes in any size. */
static int copy_extents(struct writing *writing, fsi_disc_entry *entry, uint64_t size)
{
	struct extraction *extraction = writing->extraction;
	uint64_t offset = 0;
	int status = STATUS_DONE;

	while (offset < size && status == STATUS_DONE) {
		struct fsi_disc_extent extent = {0};
		const HRESULT hr = fsi_disc_entry_get_extent(entry, offset, &extent);
		uint64_t end = 0;
		uint64_t from = 0;

		if (FAILED(hr))
			return extraction_refuse(extraction, hr);
		if (hr != S_OK)
			break;
		end = offset + extent.length;
		if (end > size)
			end = size;
		from = offset;
		if (extent.kind == FSI_DISC_EXTENT_HOLE)
			from = end;
		else
			from += skip_image_hole(extraction, &extent);
		if (from > end)
			from = end;
		extraction->counts.bytes += from - offset;
		status = copy_run(writing, from, end);
		offset = end;
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
	/* What fits the buffer is read at once; its zeros tell of holes enough. */
	status = size <= EXTRACTION_BUFFER_SIZE
			 ? copy_run(&writing, 0, size)
			 : copy_extents(&writing, child->entry, size);
	if (status == STATUS_DONE && writing.end < size &&
	    ftruncate(descriptor, (off_t)size) != 0)
		status = extraction_stop(extraction, errno);
	fsi_stream_release(writing.data);
	return status;
}
