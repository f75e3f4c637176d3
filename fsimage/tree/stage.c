/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking files in: copying into the stash what does not stay at its source. */
#include "tree/stage.h"

#include "error/fail.h"
#include "io/descriptor.h"
#include "io/stream.h"
#include "stash/stash.h"
#include "tree/change.h"
#include "tree/data.h"
#include "tree/path.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* How often who watches is told. */
#define EVENT_SIZE (1024u * 1024)
/* Of a stream, so many bytes of data are counted before they are copied. */
#define MOST_COUNTED (UINT64_C(1) << 40)

/* A source that is copied. */
struct staging {
	struct fsi_node *file;
	const struct fsi_copy_watcher *watcher; /* NULL: nobody */
	char *path;				/* of the source, for errors */
	int descriptor;				/* of a host file; else -1 */
	fsi_stream *stream;			/* else */
	bool is_sequential;
	uint64_t size;	   /* when the copy began; UINT64_MAX: not known */
	uint64_t limit;	   /* a sequential stream that is longer is not copied on */
	uint64_t done;	   /* bytes */
	uint64_t data_end; /* up to here there is no hole */
	uint64_t told;	   /* bytes, in the last event */
	struct fsi_stash_writer *writer;
};

/* ---- events ------------------------------------------------------------ */

static HRESULT tell(const struct fsi_copy_watcher *watcher, const struct fsi_node *file,
		    uint64_t copied)
{
	const uint64_t size = fsi_node_size(file);

	if (watcher == NULL || watcher->copied == NULL)
		return S_OK;
	return watcher->copied(watcher->context, file, copied,
			       size > copied ? size : copied);
}

static HRESULT tell_progress(struct staging *staging)
{
	const uint64_t copied = staging->done - staging->done % EVENT_SIZE;

	if (copied == staging->told)
		return S_OK;
	staging->told = copied;
	return tell(staging->watcher, staging->file, copied);
}

/* ---- the source -------------------------------------------------------- */

static HRESULT refuse_reading(const struct staging *staging, int error)
{
	const HRESULT hr = FSI_FAIL(IMAPI_E_DATA_STREAM_READ_FAILURE, staging->path);

	return error != 0 ? fsi_error_with_reason(hr, error) : hr;
}

/* What a stream's function returned: it may have cancelled the call. */
static HRESULT refuse_stream(const struct staging *staging, HRESULT hr)
{
	return hr == E_IMAPI_REQUEST_CANCELLED ? hr : refuse_reading(staging, 0);
}

static HRESULT open_host(struct staging *staging)
{
	struct stat status;

	FSI_TRY(fsi_data_open_host(staging->file->content.data, staging->path,
				   &staging->descriptor));
	if (fstat(staging->descriptor, &status) != 0)
		return refuse_reading(staging, errno);
	/* What has become a FIFO or a device since it was found has no end. */
	if (!S_ISREG(status.st_mode))
		return FSI_FAIL(IMAPI_E_NOT_FILE, staging->path);
	staging->size = (uint64_t)status.st_size;
	staging->limit = UINT64_MAX;
	return S_OK;
}

static HRESULT open_stream(struct staging *staging)
{
	const unsigned flags = fsi_stream_flags(staging->stream);
	HRESULT hr = S_OK;

	staging->is_sequential = (flags & FSI_STREAM_SEQUENTIAL) != 0;
	staging->size = UINT64_MAX;
	if (!staging->is_sequential)
		staging->limit = UINT64_MAX;
	if (!staging->is_sequential)
		hr = fsi_stream_measure(staging->stream, &staging->size);
	return FAILED(hr) ? refuse_stream(staging, hr) : S_OK;
}

/* How many zeros of a hole begin at an offset. */
static HRESULT count_zeros(const struct staging *staging, uint64_t offset,
			   uint64_t *ret_count)
{
	const uint64_t left = staging->size - offset;
	uint64_t count = 0;
	HRESULT hr = S_OK;

	if (staging->descriptor >= 0)
		count = fsi_descriptor_hole(staging->descriptor, offset, staging->size);
	else if (!staging->is_sequential)
		hr = fsi_stream_count_zeros(staging->stream, offset, &count);
	*ret_count = count < left ? count : left;
	return FAILED(hr) ? refuse_stream(staging, hr) : S_OK;
}

/* Where the next hole may begin: a stream is asked once for each chunk. */
static uint64_t find_data_end(const struct staging *staging, uint64_t offset)
{
	off_t hole = 0;

	if (staging->descriptor < 0)
		return offset - offset % FSI_STASH_CHUNK_SIZE + FSI_STASH_CHUNK_SIZE;
	hole = lseek(staging->descriptor, (off_t)offset, SEEK_HOLE);
	return hole > 0 && (uint64_t)hole > offset ? (uint64_t)hole : staging->size;
}

/* The room that a stream with holes takes; of a very large one, of its beginning. */
static HRESULT count_stream_data(const struct staging *staging, uint64_t *ret_needed)
{
	uint64_t offset = 0;

	*ret_needed = 0;
	while (offset < staging->size && *ret_needed < MOST_COUNTED) {
		const uint64_t left = staging->size - offset;
		const uint64_t step = left < EVENT_SIZE ? left : EVENT_SIZE;
		uint64_t hole = 0;

		FSI_TRY(count_zeros(staging, offset, &hole));
		if (hole == 0)
			*ret_needed += step;
		offset += hole > 0 ? hole : step;
	}
	return S_OK;
}

static HRESULT count_file_data(const struct staging *staging, uint64_t *ret_needed)
{
	uint64_t offset = 0;

	*ret_needed = 0;
	while (offset < staging->size) {
		uint64_t hole = 0;
		uint64_t end = 0;

		FSI_TRY(count_zeros(staging, offset, &hole));
		offset += hole;
		if (offset == staging->size)
			break;
		end = find_data_end(staging, offset);
		if (end > staging->size)
			end = staging->size;
		*ret_needed += end - offset;
		offset = end;
	}
	return S_OK;
}

/* The room that the copy will take, not much more: what is less is noticed later. */
static HRESULT estimate(const struct staging *staging, uint64_t *ret_needed)
{
	if (staging->descriptor >= 0)
		return count_file_data(staging, ret_needed);
	if (!staging->is_sequential && fsi_stream_may_have_holes(staging->stream))
		return count_stream_data(staging, ret_needed);
	*ret_needed = staging->is_sequential ? 0 : staging->size;
	return S_OK;
}

/* ---- copying ----------------------------------------------------------- */

static HRESULT read_source(const struct staging *staging, void *buffer, size_t wanted,
			   size_t *ret_got)
{
	HRESULT hr = S_OK;

	if (staging->descriptor >= 0) {
		const int error = fsi_read_descriptor(staging->descriptor, staging->done,
						      buffer, wanted, false, ret_got);

		return error != 0 ? refuse_reading(staging, error) : S_OK;
	}
	hr = fsi_stream_read(staging->stream, staging->done, buffer, wanted, ret_got);
	return FAILED(hr) ? refuse_stream(staging, hr) : S_OK;
}

/* S_FALSE: the source has ended. */
static HRESULT copy_data(struct staging *staging)
{
	const uint64_t end =
		staging->size < staging->data_end ? staging->size : staging->data_end;
	const uint64_t left = end - staging->done;
	size_t room = 0;
	uint8_t *buffer = fsi_stash_buffer(staging->writer, &room);
	const size_t wanted = left < room ? (size_t)left : room;
	size_t got = 0;

	FSI_TRY(read_source(staging, buffer, wanted, &got));
	FSI_TRY(fsi_stash_advance(staging->writer, got));
	staging->done += got;
	return got < wanted ? S_FALSE : S_OK;
}

static HRESULT copy_piece(struct staging *staging)
{
	uint64_t hole = 0;

	if (staging->done >= staging->data_end) {
		FSI_TRY(count_zeros(staging, staging->done, &hole));
		if (hole > 0) {
			FSI_TRY(fsi_stash_skip(staging->writer, hole));
			staging->done += hole;
			return S_OK;
		}
		staging->data_end = find_data_end(staging, staging->done);
	}
	return copy_data(staging);
}

/* A file that was cut meanwhile is too short, though it may end with a hole. */
static HRESULT check_end(const struct staging *staging)
{
	uint64_t found = staging->done;
	struct stat status;

	if (staging->descriptor < 0)
		return S_OK;
	if (fstat(staging->descriptor, &status) != 0)
		return refuse_reading(staging, errno);
	if ((uint64_t)status.st_size < found)
		found = (uint64_t)status.st_size;
	if (found < staging->size)
		return FSI_FAIL(IMAPI_E_DATA_STREAM_INCONSISTENCY, staging->path,
				(int64_t)staging->size, (int64_t)found);
	return S_OK;
}

static HRESULT copy_pieces(struct staging *staging)
{
	HRESULT hr = S_OK;

	while (hr == S_OK && staging->done < staging->size &&
	       staging->done <= staging->limit) {
		hr = copy_piece(staging);
		if (SUCCEEDED(hr))
			FSI_TRY(tell_progress(staging));
	}
	return FAILED(hr) ? hr : check_end(staging);
}

static HRESULT copy_source(struct staging *staging, struct fsi_tree *tree,
			   const struct fsi_stash_item **ret_item)
{
	const struct fsi_data *data = staging->file->content.data;
	const void *folder = data->name != NULL ? data->source.folder : NULL;
	uint64_t needed = 0;
	HRESULT hr = estimate(staging, &needed);

	if (SUCCEEDED(hr))
		hr = fsi_stash_begin(tree->stash, needed, &staging->writer);
	if (FAILED(hr))
		return hr;
	hr = copy_pieces(staging);
	if (SUCCEEDED(hr))
		return fsi_stash_finish(staging->writer, folder, ret_item);
	fsi_stash_abandon(staging->writer);
	return hr;
}

/* What errors call the source: to be freed. */
static char *name_source(const struct fsi_node *file)
{
	if (file->content.data->name != NULL)
		return fsi_data_path(file->content.data);
	return file->is_apart || file->is_stream ? fsi_duplicate_string(file->name)
						 : fsi_path_of_node(file);
}

static HRESULT stage_data(struct fsi_tree *tree, struct staging *staging,
			  const struct fsi_stash_item **ret_item)
{
	const struct fsi_data *data = staging->file->content.data;
	HRESULT hr = S_OK;

	staging->path = name_source(staging->file);
	staging->descriptor = -1;
	if (staging->path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (data->name == NULL)
		staging->stream = data->source.stream;
	hr = data->name != NULL ? open_host(staging) : open_stream(staging);
	if (SUCCEEDED(hr))
		hr = copy_source(staging, tree, ret_item);
	if (staging->descriptor >= 0)
		close(staging->descriptor);
	fsi_free(staging->path);
	return hr;
}

/* ---- what is staged ---------------------------------------------------- */

static bool has_to_be_staged(const struct fsi_tree *tree, const struct fsi_data *data)
{
	if (tree->stash == NULL || data == NULL || data->is_staged || data->is_lost ||
	    data->is_imported)
		return false;
	return tree->stages_files ||
	       (data->name == NULL && fsi_stream_flags(data->source.stream) != 0);
}

HRESULT fsi_stage_apart(struct fsi_tree *tree, struct fsi_node *file)
{
	struct staging staging = {.file = file, .limit = UINT64_MAX};
	const struct fsi_stash_item *item = NULL;

	if (!has_to_be_staged(tree, file->content.data))
		return S_OK;
	FSI_TRY(stage_data(tree, &staging, &item));
	fsi_data_stage(tree, file->content.data, item);
	return S_OK;
}

/* Stage the data of a file or stream of the image, and note it. */
static HRESULT stage_noted(struct fsi_tree *tree, struct staging *staging)
{
	struct fsi_node *file = staging->file;
	const struct fsi_stash_item *item = NULL;

	FSI_TRY(fsi_change_reserve(tree, 1));
	FSI_TRY(stage_data(tree, staging, &item));
	fsi_data_stage(tree, file->content.data, item);
	fsi_change_note_stage(tree, file);
	return S_OK;
}

HRESULT fsi_stage_named_stream(struct fsi_tree *tree, struct fsi_node *stream)
{
	struct staging staging = {.file = stream, .limit = UINT64_MAX};

	if (!has_to_be_staged(tree, stream->content.data))
		return S_OK;
	tree->generation++;
	return stage_noted(tree, &staging);
}

HRESULT fsi_stage_added(struct fsi_tree *tree, struct fsi_node *file,
			const struct fsi_copy_watcher *watcher)
{
	struct staging staging = {
		.file = file, .watcher = watcher, .limit = fsi_tree_max_file_size(tree)};
	const uint64_t size = fsi_node_size(file);
	const bool is_file = file->kind == FSI_NODE_FILE;

	FSI_TRY(tell(watcher, file, 0));
	if (is_file && has_to_be_staged(tree, file->content.data)) {
		FSI_TRY(stage_noted(tree, &staging));
		if (fsi_node_size(file) != size)
			FSI_TRY(fsi_tree_check_resized(tree, file,
						       staging.done > staging.limit));
	}
	if (fsi_node_size(file) == staging.told)
		return S_OK;
	return tell(watcher, file, fsi_node_size(file));
}
