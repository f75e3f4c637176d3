/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the bytes of files come from. */
#include "tree/data.h"

#include "base/checked.h"
#include "error/fail.h"
#include "io/descriptor.h"
#include "io/share.h"
#include "io/stream.h"
#include "stash/stash.h"
#include "tree/imported.h"
#include "tree/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LONG_FILE 1048576

/* ---- making ------------------------------------------------------------ */

HRESULT fsi_data_from_stream(struct fsi_tree *tree, fsi_stream *stream, const char *path,
			     struct fsi_data **ret_data)
{
	const bool is_sequential =
		(fsi_stream_flags(stream) & FSI_STREAM_SEQUENTIAL) != 0;
	struct fsi_data *data = NULL;
	uint64_t size = 0;

	if (!is_sequential && FAILED(fsi_stream_measure(stream, &size)))
		return FSI_FAIL(IMAPI_E_DATA_STREAM_READ_FAILURE, path);
	data = fsi_arena_allocate(&tree->arena, sizeof(*data));
	if (data == NULL || !fsi_vector_reserve(&tree->streams, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	data->size = size;
	data->source.stream = fsi_stream_add_ref(stream);
	tree->streams.items[tree->streams.count++] = data;
	*ret_data = data;
	return S_OK;
}

void fsi_data_discard(struct fsi_tree *tree, struct fsi_data *data)
{
	/* Most often it is the last that was made. */
	for (size_t i = tree->streams.count; i-- > 0;) {
		if (tree->streams.items[i] != data)
			continue;
		tree->streams.items[i] = tree->streams.items[--tree->streams.count];
		fsi_stream_release(data->source.stream);
		data->source.stream = NULL;
		data->is_lost = true;
		return;
	}
}

/* Devices are few: a number each keeps the data small. */
static bool number_device(struct fsi_tree *tree, uint64_t device, uint32_t *ret_number)
{
	for (size_t i = tree->devices.count; i-- > 0;) {
		if (tree->devices.items[i] == device) {
			*ret_number = (uint32_t)i;
			return true;
		}
	}
	if (!fsi_vector_reserve(&tree->devices, 1))
		return false;
	*ret_number = (uint32_t)tree->devices.count;
	tree->devices.items[tree->devices.count++] = device;
	return true;
}

static uint32_t slot_of(const struct fsi_tree *tree, uint64_t inode, uint32_t device)
{
	const uint64_t mixed =
		(inode + ((uint64_t)device << 48)) * UINT64_C(0x9E3779B97F4A7C15);

	return (uint32_t)(mixed >> 32) & (tree->host_files.capacity - 1);
}

static bool reserve_host_file(struct fsi_tree *tree)
{
	const uint32_t old_capacity = tree->host_files.capacity;
	const uint32_t capacity = old_capacity > 0 ? old_capacity * 2 : 64;
	struct fsi_data **old_slots = tree->host_files.slots;
	struct fsi_data **slots = NULL;

	if (tree->host_files.count < old_capacity - old_capacity / 4)
		return true;
	slots = capacity > old_capacity
			? fsi_allocate_zeroed(capacity, sizeof(struct fsi_data *))
			: NULL;
	if (slots == NULL)
		return false;
	tree->host_files.slots = slots;
	tree->host_files.capacity = capacity;
	for (uint32_t i = 0; i < old_capacity; i++) {
		struct fsi_data *data = old_slots[i];
		uint32_t slot = 0;

		if (data == NULL)
			continue;
		slot = slot_of(tree, data->inode, data->device);
		while (slots[slot] != NULL)
			slot = (slot + 1) & (capacity - 1);
		slots[slot] = data;
	}
	fsi_free(old_slots);
	return true;
}

/* The slot that a host file has, or would get. */
static struct fsi_data **find_host_file(struct fsi_tree *tree,
					const struct fsi_host_file *host, uint32_t device)
{
	const uint32_t mask = tree->host_files.capacity - 1;
	uint32_t slot = slot_of(tree, host->inode, device);

	for (;; slot = (slot + 1) & mask) {
		const struct fsi_data *data = tree->host_files.slots[slot];

		/*
		 * A size or time that has changed since makes it another file, as
		 * it does where a file system gives two files one number. What is
		 * to be staged is not what is read later.
		 */
		if (data == NULL ||
		    (data->inode == host->inode && data->device == device &&
		     data->size == host->size && data->modified_ns == host->modified_ns &&
		     (data->is_staged || !tree->stages_files)))
			return &tree->host_files.slots[slot];
	}
}

static HRESULT make_host_data(struct fsi_tree *tree, const struct fsi_host_file *host,
			      uint32_t device, struct fsi_data **ret_data)
{
	struct fsi_data *data = fsi_arena_allocate(&tree->arena, sizeof(*data));

	if (data != NULL && host->is_kept)
		data->name = host->name;
	else if (data != NULL)
		data->name = fsi_arena_copy(&tree->arena, host->name, strlen(host->name));
	if (data == NULL || data->name == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	data->size = host->size;
	data->source.folder = host->folder;
	data->inode = host->inode;
	data->device = device;
	data->modified_ns = host->modified_ns;
	data->is_linked = host->is_linked;
	*ret_data = data;
	return S_OK;
}

HRESULT fsi_data_from_host(struct fsi_tree *tree, const struct fsi_host_file *host,
			   struct fsi_data **ret_data)
{
	struct fsi_data **slot = NULL;
	uint32_t device = 0;

	if (!number_device(tree, host->device, &device))
		return FSI_FAIL(E_OUTOFMEMORY);
	/* A file system that does not number its files: each is alone. */
	if (host->inode == 0)
		return make_host_data(tree, host, device, ret_data);
	if (!reserve_host_file(tree))
		return FSI_FAIL(E_OUTOFMEMORY);
	slot = find_host_file(tree, host, device);
	if (*slot == NULL) {
		FSI_TRY(make_host_data(tree, host, device, slot));
		tree->host_files.count++;
	}
	*ret_data = *slot;
	return S_OK;
}

void fsi_data_stage(struct fsi_tree *tree, struct fsi_data *data,
		    const struct fsi_stash_item *item)
{
	if (data->name == NULL && !data->is_lost)
		fsi_data_discard(tree, data);
	data->source.staged = item;
	data->size = fsi_stash_item_size(item);
	data->is_staged = true;
	data->is_lost = false;
}

void fsi_data_unstage(struct fsi_data *data)
{
	data->source.folder = fsi_stash_item_owner(data->source.staged);
	data->is_staged = false;
	data->is_lost = data->name == NULL;
}

HRESULT fsi_data_refuse_lost(const char *path)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_STASHFILE_READ_FAILURE, "data"),
				"The data of \"%s\" was given up when its addition was "
				"undone.",
				path);
}

static const struct fsi_source_folder *folder_of(const struct fsi_data *data)
{
	return data->is_staged ? fsi_stash_item_owner(data->source.staged)
			       : data->source.folder;
}

char *fsi_data_path(const struct fsi_data *data)
{
	const char *folder = NULL;
	size_t size = 0;
	char *path = NULL;

	if (data->name == NULL)
		return data->item != NULL ? fsi_path_of_node(data->item)
					  : fsi_duplicate_string("");
	folder = folder_of(data)->path;
	size = strlen(folder) + strlen(data->name) + 2;
	path = fsi_allocate(size);
	if (path != NULL)
		snprintf(path, size, "%s/%s", folder, data->name);
	return path;
}

/* ---- reading ----------------------------------------------------------- */

/*
 * An open source: a descriptor of the host's file, or the stream. It keeps what
 * it needs of the data, since a reader may outlive the image.
 */
struct source {
	char *path;
	uint64_t size;
	fsi_stream *stream; /* NULL: the descriptor */
	int descriptor;
	bool is_fixed; /* it must not be written to either */
	int64_t modified_ns;
};

static HRESULT refuse_size(const struct source *source, uint64_t found)
{
	return FSI_FAIL(IMAPI_E_DATA_STREAM_INCONSISTENCY, source->path,
			(int64_t)source->size, (int64_t)found);
}

static HRESULT refuse_reading(const struct source *source, int error)
{
	const HRESULT hr = FSI_FAIL(IMAPI_E_DATA_STREAM_READ_FAILURE, source->path);

	return error != 0 ? fsi_error_with_reason(hr, error) : hr;
}

static HRESULT check_size(const struct source *source)
{
	struct stat status;

	if (fstat(source->descriptor, &status) != 0)
		return refuse_reading(source, errno);
	if ((uint64_t)status.st_size != source->size)
		return refuse_size(source, (uint64_t)status.st_size);
	if (source->is_fixed &&
	    (int64_t)((uint64_t)status.st_mtim.tv_sec * 1000000000 +
		      (uint64_t)status.st_mtim.tv_nsec) != source->modified_ns)
		return fsi_error_detail(refuse_reading(source, 0),
					"It was written to since it was added.");
	return S_OK;
}

/* At the end one byte more is asked for: it would have been added meanwhile. */
static HRESULT read_host(const struct source *source, uint64_t offset, void *buffer,
			 size_t length)
{
	const bool is_end = offset + length == source->size;
	size_t got = 0;
	const int error = fsi_read_descriptor(source->descriptor, offset, buffer, length,
					      is_end, &got);

	if (error == 0 && got == length)
		return is_end && source->is_fixed ? check_size(source) : S_OK;
	/* What it is not any more tells more than why it can't be read. */
	FSI_TRY(check_size(source));
	return error != 0 ? refuse_reading(source, error)
			  : refuse_size(source, offset + got);
}

static HRESULT read_stream(const struct source *source, uint64_t offset, void *buffer,
			   size_t length)
{
	size_t got = 0;
	uint64_t size = 0;

	if (FAILED(fsi_stream_read(source->stream, offset, buffer, length, &got)))
		return refuse_reading(source, 0);
	if (got == length && offset + length < source->size)
		return S_OK;
	if (FAILED(fsi_stream_measure(source->stream, &size)))
		return refuse_reading(source, 0);
	if (size != source->size)
		return refuse_size(source, size);
	return got < length ? refuse_size(source, offset + got) : S_OK;
}

static HRESULT read_source(void *self, uint64_t offset, void *buffer, size_t length,
			   size_t *ret_read)
{
	const struct source *source = self;
	const uint64_t left = offset < source->size ? source->size - offset : 0;
	const size_t wanted = left < length ? (size_t)left : length;

	if (wanted > 0)
		FSI_TRY(source->stream != NULL
				? read_stream(source, offset, buffer, wanted)
				: read_host(source, offset, buffer, wanted));
	*ret_read = wanted;
	return S_OK;
}

static HRESULT measure_source(void *self, uint64_t *ret_size)
{
	const struct source *source = self;

	*ret_size = source->size;
	return S_OK;
}

/* The last byte is always read, as that is when the size is compared again. */
static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	const struct source *source = self;
	uint64_t count = 0;

	if (source->stream == NULL)
		count = fsi_descriptor_hole(source->descriptor, offset, source->size);
	else if (FAILED(fsi_stream_count_zeros(source->stream, offset, &count)))
		return refuse_reading(source, 0);
	if (offset >= source->size)
		count = 0;
	else if (count >= source->size - offset)
		count = source->size - offset - 1;
	*ret_count = count;
	return S_OK;
}

/* How a file was before and after its blocks are shared. */
static HRESULT look_at(const struct source *source, struct stat *ret_status)
{
	FSI_TRY(check_size(source));
	if (fstat(source->descriptor, ret_status) != 0)
		return refuse_reading(source, errno);
	return S_OK;
}

static HRESULT share_host(const struct source *source, uint64_t offset,
			  const struct fsi_share_target *target, uint64_t *ret_length)
{
	struct stat before;
	struct stat after;
	HRESULT hr = S_OK;

	FSI_TRY(look_at(source, &before));
	hr = fsi_share_descriptor(source->descriptor, offset, source->size, target,
				  ret_length);
	if (FAILED(hr))
		return fsi_error_detail(
			hr, "The blocks of \"%s\" can't be shared with the output.",
			source->path);
	FSI_TRY(look_at(source, &after));
	if (hr == S_OK && (before.st_mtim.tv_sec != after.st_mtim.tv_sec ||
			   before.st_mtim.tv_nsec != after.st_mtim.tv_nsec))
		return fsi_error_detail(refuse_reading(source, 0),
					"It was written to while it was shared.");
	return hr;
}

/* A caller's stream is shared by the size that it had when it was added. */
static HRESULT share(void *self, uint64_t offset, const struct fsi_share_target *target,
		     uint64_t *ret_length)
{
	const struct source *source = self;
	struct fsi_share_target part = *target;

	*ret_length = UINT64_MAX;
	if (offset >= source->size)
		return S_FALSE;
	if (source->stream == NULL)
		return share_host(source, offset, target, ret_length);
	if (part.length >= source->size - offset)
		part.length = source->size - offset - 1;
	return part.length > 0
		       ? fsi_stream_share(source->stream, offset, &part, ret_length)
		       : S_FALSE;
}

static void close_source(void *self)
{
	struct source *source = self;

	fsi_stream_release(source->stream);
	if (source->descriptor >= 0)
		close(source->descriptor);
	fsi_free(source->path);
	fsi_free(source);
}

static const struct fsi_stream_ops source_ops = {
	.size = sizeof(source_ops),
	.read_at = read_source,
	.get_size = measure_source,
	.count_zeros = count_zeros,
	.share = share,
	.destroy = close_source,
};

HRESULT fsi_data_open_host(const struct fsi_data *data, const char *path,
			   int *ret_descriptor)
{
	const int error =
		fsi_folder_open_file(data->source.folder, data->name, ret_descriptor);

	if (error == ENOMEM)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (error != 0)
		return fsi_error_with_reason(
			FSI_FAIL(IMAPI_E_DATA_STREAM_CREATE_FAILURE, path), error);
	return S_OK;
}

static HRESULT open_host(const struct fsi_data *data, struct source *source)
{
	FSI_TRY(fsi_data_open_host(data, source->path, &source->descriptor));
	/* Of a long file it is better to know before than after it was read. */
	return source->size >= LONG_FILE || source->is_fixed ? check_size(source) : S_OK;
}

static HRESULT open_staged(const struct fsi_data *data, fsi_stream **ret_stream)
{
	char *path = fsi_data_path(data);
	HRESULT hr = S_OK;

	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = data->is_lost ? fsi_data_refuse_lost(path)
			   : fsi_stash_open(data->source.staged, path, ret_stream);
	fsi_free(path);
	return hr;
}

static HRESULT open_data(const struct fsi_data *data, bool is_fixed,
			 fsi_stream **ret_stream)
{
	struct source *source = NULL;
	HRESULT hr = S_OK;

	if (data->is_staged || data->is_lost)
		return open_staged(data, ret_stream);
	if (data->is_imported)
		return fsi_data_open_imported(data, ret_stream);
	source = fsi_allocate(sizeof(*source));
	if (source == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*source = (struct source){
		.path = fsi_data_path(data),
		.size = data->size,
		.descriptor = -1,
		.is_fixed = is_fixed,
		.modified_ns = data->modified_ns,
	};
	if (source->path == NULL)
		hr = FSI_FAIL(E_OUTOFMEMORY);
	else if (data->name == NULL)
		source->stream = fsi_stream_add_ref(data->source.stream);
	else
		hr = open_host(data, source);
	if (SUCCEEDED(hr))
		hr = fsi_stream_make(&source_ops, source, ret_stream);
	if (FAILED(hr))
		close_source(source);
	return hr;
}

HRESULT fsi_data_open(const struct fsi_data *data, fsi_stream **ret_stream)
{
	return open_data(data, false, ret_stream);
}

HRESULT fsi_data_open_fixed(const struct fsi_data *data, fsi_stream **ret_stream)
{
	return open_data(data, true, ret_stream);
}

HRESULT fsi_data_read(const struct fsi_data *data, void *buffer)
{
	fsi_stream *stream = NULL;
	size_t got = 0;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_data_open(data, &stream));
	hr = fsi_stream_read(stream, 0, buffer, (size_t)data->size, &got);
	fsi_stream_release(stream);
	return hr;
}

/* ---- holes ------------------------------------------------------------- */

/* What of a hole is whole blocks; the end of the file ends one too. */
static HRESULT add_hole(struct fsi_holes *holes, uint64_t begin, uint64_t end,
			uint64_t size)
{
	begin = fsi_align_u64(begin, FSI_BLOCK_SIZE);
	if (end < size)
		end -= end % FSI_BLOCK_SIZE;
	if (begin >= end)
		return S_OK;
	if (!fsi_vector_reserve(&holes->list, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	holes->list.items[holes->list.count++] = (struct fsi_hole){begin, end - begin};
	return S_OK;
}

/* lseek() for what has data, or not; the end of the file when there is no more. */
static HRESULT seek(const struct source *source, uint64_t offset, int whence,
		    uint64_t *ret_offset)
{
	const off_t found = lseek(source->descriptor, (off_t)offset, whence);

	/* EINVAL: a file system that does not know holes; all is data. */
	if (found < 0 && errno != ENXIO && errno != EINVAL)
		return refuse_reading(source, errno);
	if (found < 0)
		*ret_offset =
			errno == EINVAL && whence == SEEK_DATA ? offset : source->size;
	else
		*ret_offset =
			(uint64_t)found < source->size ? (uint64_t)found : source->size;
	return S_OK;
}

static HRESULT find_holes(const struct source *source, struct fsi_holes *holes)
{
	uint64_t hole = 0;
	uint64_t data = 0;

	while (data < source->size) {
		FSI_TRY(seek(source, data, SEEK_HOLE, &hole));
		if (hole == source->size)
			break;
		FSI_TRY(seek(source, hole, SEEK_DATA, &data));
		FSI_TRY(add_hole(holes, hole, data, source->size));
	}
	return S_OK;
}

/* The holes that a source had when it was staged. */
static HRESULT take_holes(const struct fsi_data *data, struct fsi_holes *holes)
{
	size_t count = 0;
	const struct fsi_stash_hole *staged =
		fsi_stash_item_holes(data->source.staged, &count);

	for (size_t i = 0; i < count; i++)
		FSI_TRY(add_hole(holes, staged[i].offset,
				 staged[i].offset + staged[i].size, data->size));
	return S_OK;
}

HRESULT fsi_data_find_holes(const struct fsi_data *data, struct fsi_holes *holes)
{
	struct source source = {.size = data->size, .descriptor = -1};
	HRESULT hr = S_OK;

	if (data->name == NULL)
		return S_OK;
	if (data->is_staged)
		return take_holes(data, holes);
	source.path = fsi_data_path(data);
	hr = source.path != NULL ? open_host(data, &source) : FSI_FAIL(E_OUTOFMEMORY);
	if (SUCCEEDED(hr))
		hr = find_holes(&source, holes);
	if (source.descriptor >= 0)
		close(source.descriptor);
	fsi_free(source.path);
	return hr;
}
