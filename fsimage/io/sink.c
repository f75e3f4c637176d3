/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The copy loop from a stream to a descriptor. */
#include "io/sink.h"

#include "error/fail.h"
#include "io/pieces.h"
#include "io/share.h"
#include "io/stream.h"
#include "io/system.h"
#include "io/target.h"

#include <errno.h>
#include <poll.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Zeros in a run of this many bytes are left out of a file: a hole. */
#define HOLE_SIZE (64u * 1024)
/* How long to wait for a piece before asking whether to go on. */
#define PATIENCE_MS 50
/*
 * Bytes that are written to a new file at once. Larger writes get larger pieces of memory
 * for the cache, which the system has to find first, and a virtual machine has to ask
 * for; these it has at hand.
 */
#define WRITE_SIZE (32u * 1024)
/* Bytes after which the system is asked to begin writing to the disk. */
#define FLUSH_SIZE (16u * 1024 * 1024)
/* An image of this size would take the cache from what others need there. */
#define LARGE_IMAGE_SIZE (UINT64_C(4) << 30)
/* So much of it is still on its way to the disk, and not waited for. */
#define CACHED_SIZE (64u * 1024 * 1024)
/* Waited for at a time when nothing else is to be done. */
#define AWAITED_SIZE (4u * 1024 * 1024)

struct copy {
	int descriptor;
	bool may_have_holes;
	bool may_share; /* blocks with the sources */
	const struct fsi_write_options *options;
	uint64_t written;
	uint64_t flushed;
	uint64_t awaited; /* is on the disk, as far as it can be waited for */
	uint64_t total;
};

static bool is_to_be_synced(const struct copy *copy)
{
	return copy->may_have_holes && (copy->options == NULL || !copy->options->no_sync);
}

static HRESULT report(const struct copy *copy)
{
	const struct fsi_write_options *options = copy->options;

	if (options == NULL || options->progress == NULL)
		return S_OK;
	if (FAILED(options->progress(options->progress_context, copy->written,
				     copy->total)))
		return FSI_FAIL(E_IMAPI_REQUEST_CANCELLED);
	return S_OK;
}

/* After a write that did nothing: whether there is a reason to go on. */
static HRESULT overcome(const struct copy *copy, int error)
{
	struct pollfd room = {.fd = copy->descriptor, .events = POLLOUT};

	if (error != EINTR && error != EAGAIN)
		return fsi_error_from_errno(error);
	/* A pipe or socket that its owner made so that it never waits. */
	if (error == EAGAIN && poll(&room, 1, -1) < 0 && errno != EINTR)
		return fsi_error_from_errno(errno);
	return report(copy);
}

/* Write all of it, asking after each signal whether to go on. */
static HRESULT write_bytes(struct copy *copy, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		const size_t step =
			copy->may_have_holes && length > WRITE_SIZE ? WRITE_SIZE : length;
		const ssize_t piece = write(copy->descriptor, bytes, step);

		if (piece < 0) {
			FSI_TRY(overcome(copy, errno));
			continue;
		}
		bytes += piece;
		length -= (size_t)piece;
		copy->written += (uint64_t)piece;
		/* A signal may have cut it short. */
		if ((size_t)piece < step)
			FSI_TRY(report(copy));
	}
	return S_OK;
}

static bool is_zero(const uint8_t *bytes, size_t length)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

/* Step over zeros that a new file has anyway. */
static HRESULT skip_bytes(struct copy *copy, uint64_t length)
{
	if (lseek(copy->descriptor, (off_t)length, SEEK_CUR) < 0)
		return fsi_error_from_errno(errno);
	copy->written += length;
	return S_OK;
}

/* Alternate between runs of data and holes, both in steps of HOLE_SIZE. */
static HRESULT write_with_holes(struct copy *copy, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		size_t run = 0;
		bool hole = false;

		while (run < length) {
			const size_t step =
				length - run < HOLE_SIZE ? length - run : HOLE_SIZE;
			const bool zero = is_zero(bytes + run, step);

			if (run > 0 && zero != hole)
				break;
			hole = zero;
			run += step;
		}
		FSI_TRY(hole ? skip_bytes(copy, run) : write_bytes(copy, bytes, run));
		bytes += run;
		length -= run;
	}
	return S_OK;
}

/* Ask the system to begin writing to the disk, up to an end. */
static void begin_writing(struct copy *copy, uint64_t end)
{
	(void)sync_file_range(copy->descriptor, (off_t)copy->flushed,
			      (off_t)(end - copy->flushed), SYNC_FILE_RANGE_WRITE);
	copy->flushed = end;
}

/*
 * Wait until all is on the disk up to an end. S_FALSE: it can't be waited for in this
 * way. An error of the disk is told once for each open file, so who gets it here must
 * not leave it to the sync at the end.
 */
static HRESULT await_written(struct copy *copy, uint64_t end)
{
	const off_t begin = (off_t)copy->awaited;

	copy->awaited = end;
	if (sync_file_range(copy->descriptor, begin, (off_t)end - begin,
			    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
				    SYNC_FILE_RANGE_WAIT_AFTER) == 0)
		return S_OK;
	if (errno == ENOSYS || errno == EINVAL || errno == ESPIPE || errno == EOPNOTSUPP)
		return S_FALSE;
	return fsi_error_from_errno(errno);
}

/*
 * What is on the disk need not be in the cache, as nobody reads it soon. Only what was
 * waited for is; so it is waited for behind what is on its way.
 */
static HRESULT drop_written(struct copy *copy)
{
	const uint64_t end = copy->flushed > copy->awaited + CACHED_SIZE
				     ? copy->flushed - CACHED_SIZE
				     : copy->awaited;
	const uint64_t begin = copy->awaited;
	HRESULT hr = S_OK;

	if (copy->total < LARGE_IMAGE_SIZE || end == begin)
		return S_OK;
	hr = await_written(copy, end);
	if (hr == S_OK)
		(void)posix_fadvise(copy->descriptor, (off_t)begin, (off_t)(end - begin),
				    POSIX_FADV_DONTNEED);
	return hr;
}

/*
 * Of a large image, what is to be synced at the end is on its way before, so that it can
 * be dropped. A smaller one is written sooner when the system does it by itself. A file
 * system that can't do it this way is no worse off.
 */
static HRESULT flush_early(struct copy *copy)
{
	if (!is_to_be_synced(copy) || copy->total < LARGE_IMAGE_SIZE ||
	    copy->written - copy->flushed < FLUSH_SIZE)
		return S_OK;
	begin_writing(copy, copy->written);
	return drop_written(copy);
}

/*
 * The sync at the end can't be stopped. For whoever may want to stop, what is written is
 * waited for before, a little at a time, so that the sync finds nothing to do.
 */
static HRESULT await_patiently(struct copy *copy)
{
	HRESULT hr = S_OK;

	if (!is_to_be_synced(copy) || copy->options == NULL ||
	    copy->options->progress == NULL)
		return S_OK;
	while (hr == S_OK && copy->awaited < copy->total) {
		const uint64_t left = copy->total - copy->awaited;
		const uint64_t ahead = left < FLUSH_SIZE ? left : FLUSH_SIZE;
		const uint64_t step = left < AWAITED_SIZE ? left : AWAITED_SIZE;

		/* The disk has more to do while the first of it is waited for. */
		if (copy->flushed < copy->awaited + ahead)
			begin_writing(copy, copy->awaited + ahead);
		hr = await_written(copy, copy->awaited + step);
		if (SUCCEEDED(hr))
			FSI_TRY(report(copy));
	}
	return FAILED(hr) ? hr : S_OK;
}

/* Zeros that nobody had to read. */
static HRESULT write_zeros(struct copy *copy, uint64_t length)
{
	static const uint8_t zeros[HOLE_SIZE];

	if (copy->may_have_holes)
		return skip_bytes(copy, length);
	while (length > 0) {
		const size_t piece = length < HOLE_SIZE ? (size_t)length : HOLE_SIZE;

		FSI_TRY(write_bytes(copy, zeros, piece));
		FSI_TRY(report(copy));
		length -= piece;
	}
	return S_OK;
}

static HRESULT write_piece(struct copy *copy, const struct fsi_piece *piece)
{
	if (piece->is_shared)
		return skip_bytes(copy, piece->length);
	if (piece->bytes == NULL)
		return write_zeros(copy, piece->length);
	if (copy->may_have_holes)
		return write_with_holes(copy, piece->bytes, (size_t)piece->length);
	return write_bytes(copy, piece->bytes, (size_t)piece->length);
}

static HRESULT copy_pieces(struct copy *copy, struct fsi_pieces *pieces)
{
	while (copy->written < copy->total) {
		struct fsi_piece piece = {0};

		/* Who wants to stop does not wait for what is read. */
		while (!fsi_pieces_wait(pieces, PATIENCE_MS))
			FSI_TRY(report(copy));
		FSI_TRY(fsi_pieces_next(pieces, &piece));
		FSI_TRY(write_piece(copy, &piece));
		FSI_TRY(flush_early(copy));
		FSI_TRY(report(copy));
	}
	/* A hole at the end is made by setting the size. */
	if (copy->may_have_holes &&
	    fsi_system_truncate(copy->descriptor, copy->total) != 0)
		return fsi_error_from_errno(errno);
	return await_patiently(copy);
}

static enum fsi_reflink reflink_of(const struct fsi_write_options *options)
{
	return options != NULL ? options->reflink : FSI_REFLINK_NEVER;
}

/* Only a new file has the offsets of the image, and nothing that may be lost. */
static HRESULT choose_sharing(struct copy *copy)
{
	const enum fsi_reflink reflink = reflink_of(copy->options);
	int error = EOPNOTSUPP;

	if (reflink == FSI_REFLINK_NEVER)
		return S_OK;
	if (copy->may_have_holes)
		error = fsi_share_probe(copy->descriptor);
	if (error != 0 && reflink == FSI_REFLINK_ALWAYS)
		return fsi_error_detail(fsi_error_from_errno(error),
					"The output can't share blocks with files.");
	copy->may_share = error == 0;
	return S_OK;
}

static HRESULT copy_stream(struct copy *copy, fsi_stream *stream)
{
	const unsigned threads = copy->options != NULL ? copy->options->threads : 0;
	const struct fsi_share_target target = {
		.descriptor = copy->descriptor,
		.is_required = reflink_of(copy->options) == FSI_REFLINK_ALWAYS,
	};
	struct fsi_pieces *pieces = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(report(copy));
	FSI_TRY(choose_sharing(copy));
	FSI_TRY(fsi_pieces_create(stream, copy->total, threads,
				  copy->may_share ? &target : NULL, &pieces));
	hr = copy_pieces(copy, pieces);
	fsi_pieces_destroy(pieces);
	return hr;
}

static HRESULT check_options(const struct fsi_write_options *options)
{
	if (options != NULL &&
	    (options->size < sizeof(*options) || options->reflink > FSI_REFLINK_ALWAYS))
		return FSI_FAIL(E_INVALIDARG);
	return S_OK;
}

HRESULT fsi_sink_write_descriptor(fsi_stream *stream, int descriptor,
				  const struct fsi_write_options *options)
{
	struct copy copy = {.descriptor = descriptor, .options = options};

	FSI_TRY(check_options(options));
	FSI_TRY(fsi_stream_measure(stream, &copy.total));
	return copy_stream(&copy, stream);
}

HRESULT fsi_sink_write_file(fsi_stream *stream, const char *path,
			    const struct fsi_write_options *options)
{
	struct copy copy = {.options = options};
	struct fsi_target target;
	HRESULT hr = S_OK;

	FSI_TRY(check_options(options));
	FSI_TRY(fsi_stream_measure(stream, &copy.total));
	FSI_TRY(fsi_target_open(path, options != NULL && options->replace, &target));
	copy.descriptor = target.descriptor;
	copy.may_have_holes = target.may_have_holes;
	if (target.capacity > 0 && target.capacity < copy.total)
		hr = fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
				      "The device has %llu bytes, the image %llu.",
				      (unsigned long long)target.capacity,
				      (unsigned long long)copy.total);
	else
		hr = copy_stream(&copy, stream);
	if (FAILED(hr)) {
		fsi_target_abandon(&target);
		return hr;
	}
	return fsi_target_commit(&target, options != NULL && options->no_sync);
}
