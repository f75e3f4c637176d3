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

/* Bytes of a file that lie side by side in the image. */
struct run {
	uint64_t offset; /* in the file */
	uint64_t end;
	uint64_t disc_offset;
	bool may_have_holes; /* the image's own file, where it is zero */
};

/* Skip what the image's own file has no blocks for: it is zero. */
static void skip_image_hole(struct writing *writing, struct run *run)
{
	struct extraction *extraction = writing->extraction;
	const uint64_t length = run->end - run->offset;
	off_t data = 0;
	uint64_t skipped = 0;

	if (!run->may_have_holes || length < LONG_RUN)
		return;
	data = lseek(extraction->image_descriptor, (off_t)run->disc_offset, SEEK_DATA);
	if (data < 0 && errno == ENXIO)
		skipped = length;
	else if (data > 0 && (uint64_t)data > run->disc_offset)
		skipped = (uint64_t)data - run->disc_offset;
	if (skipped > length)
		skipped = length;
	run->offset += skipped;
	run->disc_offset += skipped;
	extraction->counts.bytes += skipped;
}

/* About: some of the image is no data, and some of it is read several times. */
static void show_progress(struct extraction *extraction, size_t length)
{
	if (extraction->bytes_to_read - extraction->bytes_read > length)
		extraction->bytes_read += length;
	progress_show_written(&extraction->progress, extraction->bytes_read,
			      extraction->bytes_to_read);
}

static int copy_run(struct writing *writing, struct run run)
{
	struct extraction *extraction = writing->extraction;
	int status = STATUS_DONE;

	while (run.offset < run.end && status == STATUS_DONE) {
		/* Up to a multiple of the buffer, which is one of blocks. */
		const size_t room = EXTRACTION_BUFFER_SIZE -
				    (size_t)(run.offset % EXTRACTION_BUFFER_SIZE);
		const uint64_t length = run.end - run.offset;
		const size_t wanted = length < room ? (size_t)length : room;
		const uint64_t end_before = writing->end;
		const HRESULT hr = fsi_stream_read_at(writing->data, run.offset,
						      extraction->buffer, wanted, NULL);

		if (FAILED(hr))
			return extraction_refuse(extraction, hr);
		status = write_runs(writing, run.offset, extraction->buffer, wanted);
		run.offset += wanted;
		run.disc_offset += wanted;
		extraction->counts.bytes += wanted;
		show_progress(extraction, wanted);
		if (writing->end == end_before) /* all zeros */
			skip_image_hole(writing, &run);
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
		struct run run = {.offset = offset};
		const HRESULT hr = fsi_disc_entry_get_extent(entry, offset, &extent);

		if (FAILED(hr))
			return extraction_refuse(extraction, hr);
		if (hr != S_OK)
			break;
		run.end = extent.length < size - offset ? offset + extent.length : size;
		run.disc_offset = extent.disc_offset;
		run.may_have_holes = extraction->image_descriptor >= 0 &&
				     extent.kind == FSI_DISC_EXTENT_RECORDED;
		if (extent.kind == FSI_DISC_EXTENT_HOLE)
			extraction->counts.bytes += run.end - offset;
		else
			status = copy_run(writing, run);
		offset = run.end;
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
			 ? copy_run(&writing, (struct run){.end = size})
			 : copy_extents(&writing, child->entry, size);
	if (status == STATUS_DONE && writing.end < size &&
	    ftruncate(descriptor, (off_t)size) != 0)
		status = extraction_stop(extraction, errno);
	fsi_stream_release(writing.data);
	return status;
}
