/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views of discs as text. */
#include "tests/support/disc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- opening ----------------------------------------------------------- */

fsi_disc_view *disc_view_of_stream(fsi_stream *stream)
{
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;

	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view));
	fsi_disc_release(disc);
	return view;
}

fsi_disc_view *disc_view(const uint8_t *bytes, size_t size)
{
	fsi_stream *stream = NULL;
	fsi_disc_view *view = NULL;

	ASSERT_OK(fsi_stream_create_on_memory(bytes, size, &stream));
	view = disc_view_of_stream(stream);
	fsi_stream_release(stream);
	return view;
}

/* ---- volumes ----------------------------------------------------------- */

static void print_text(FILE *out, const char *key, const char *value)
{
	fprintf(out, "%s=%s\n", key, value);
}

char *disc_describe_volume(fsi_disc_view *view)
{
	static const char *const accesses[] = {"pseudo-overwritable", "readonly",
					       "writeonce", "rewritable", "overwritable"};
	const struct fsi_disc_volume *volume = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	ck_assert_int_eq(volume->file_system, FSI_FILE_SYSTEM_UDF);
	ck_assert(volume->has_integrity && volume->has_counts);
	ck_assert_uint_ge(volume->partition_count, 1);
	print_text(out, "lvid", volume->name);
	print_text(out, "vid", volume->volume_id);
	print_text(out, "fsid", volume->file_set_id);
	print_text(out, "fullvsid", volume->volume_set_id);
	print_text(out, "owner", volume->owner);
	print_text(out, "organization", volume->organisation);
	print_text(out, "contact", volume->contact);
	print_text(out, "appid", volume->application_id);
	print_text(out, "impid", volume->implementation_id);
	fprintf(out, "blocksize=%" PRIu32 "\n", volume->block_size);
	fprintf(out, "blocks=%" PRIu32 "\n", volume->block_count);
	fprintf(out, "numfiles=%" PRIu32 "\n", volume->file_count);
	fprintf(out, "numdirs=%" PRIu32 "\n", volume->directory_count);
	fprintf(out, "udfrev=%" PRIx32 ".%02" PRIx32 "\n",
		volume->minimum_read_revision >> 8, volume->minimum_read_revision & 0xFF);
	print_text(out, "integrity", volume->is_closed ? "closed" : "opened");
	print_text(out, "accesstype", accesses[volume->partitions[0].access]);
	fclose(out);
	return text;
}

/* ---- entries ----------------------------------------------------------- */

fsi_disc_entry *disc_entry(fsi_disc_view *view, const char *path)
{
	fsi_disc_entry *entry = NULL;

	ASSERT_OK(fsi_disc_view_get_entry(view, path, &entry));
	return entry;
}

const struct fsi_disc_entry_info *disc_info(fsi_disc_entry *entry)
{
	const struct fsi_disc_entry_info *info = NULL;

	ASSERT_OK(fsi_disc_entry_get_info(entry, &info));
	return info;
}

uint8_t *disc_read(fsi_disc_entry *entry, size_t *ret_size)
{
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;

	ASSERT_OK(fsi_disc_entry_open_data(entry, &stream));
	bytes = api_read_all(stream, ret_size);
	fsi_stream_release(stream);
	return bytes;
}

static uint32_t sum_data(fsi_disc_entry *entry)
{
	size_t size = 0;
	uint8_t *bytes = disc_read(entry, &size);
	uint32_t sum = 0;

	ck_assert_uint_eq(size, disc_info(entry)->size);
	for (size_t i = 0; i < size; i++)
		sum = sum * 31 + bytes[i];
	free(bytes);
	return sum;
}

/* The bits of st_mode for each kind. */
static unsigned type_of(enum fsi_disc_kind kind)
{
	static const unsigned types[] = {
		[FSI_DISC_FILE] = 0100000,  [FSI_DISC_DIRECTORY] = 0040000,
		[FSI_DISC_LINK] = 0120000,  [FSI_DISC_BLOCK_DEVICE] = 0060000,
		[FSI_DISC_FIFO] = 0010000,  [FSI_DISC_CHARACTER_DEVICE] = 0020000,
		[FSI_DISC_SOCKET] = 0140000};

	return types[kind];
}

static void print_id(FILE *out, bool has_id, uint32_t id)
{
	if (has_id)
		fprintf(out, " %" PRIu32, id);
	else
		fputs(" -", out);
}

static void print_entry(FILE *out, fsi_disc_entry *entry, const char *path)
{
	const struct fsi_disc_entry_info *info = disc_info(entry);
	char *target = NULL;

	ck_assert(info->has_mode);
	fprintf(out, "%06o", type_of(info->kind) | info->mode);
	print_id(out, info->has_uid, info->uid);
	print_id(out, info->has_gid, info->gid);
	if (info->kind == FSI_DISC_FILE)
		fprintf(out, " links=%" PRIu32 " size=%" PRIu64, info->link_count,
			info->size);
	fprintf(out, " time=%lld.%06ld", (long long)info->modification_time.time.tv_sec,
		info->modification_time.time.tv_nsec / 1000);
	if (info->kind == FSI_DISC_FILE)
		fprintf(out, " sum=%08" PRIx32, sum_data(entry));
	if (info->kind == FSI_DISC_BLOCK_DEVICE ||
	    info->kind == FSI_DISC_CHARACTER_DEVICE)
		fprintf(out, " device=%" PRIu32 ",%" PRIu32, info->device_major,
			info->device_minor);
	fprintf(out, " %s", path);
	if (info->kind == FSI_DISC_LINK) {
		ASSERT_OK(fsi_disc_entry_get_link_target(entry, &target));
		fprintf(out, " -> %s", target);
		fsi_free(target);
	}
	fputc('\n', out);
}

char *disc_describe_entry(fsi_disc_entry *entry, const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	print_entry(out, entry, path);
	fclose(out);
	return text;
}

static int compare_names(const void *a, const void *b)
{
	fsi_disc_entry *const *left = a;
	fsi_disc_entry *const *right = b;
	const char *left_name = NULL;
	const char *right_name = NULL;

	ASSERT_OK(fsi_disc_entry_get_name(*left, &left_name));
	ASSERT_OK(fsi_disc_entry_get_name(*right, &right_name));
	return strcmp(left_name, right_name);
}

/* All children, sorted by name. */
static fsi_disc_entry **sorted_children(fsi_disc_entry *directory, size_t *ret_count)
{
	fsi_disc_children *children = NULL;
	fsi_disc_entry **entries = NULL;
	fsi_disc_entry *entry = NULL;
	size_t count = 0;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_disc_entry_get_children(directory, &children));
	while ((hr = fsi_disc_children_next(children, &entry)) == S_OK) {
		entries = realloc(entries, (count + 1) * sizeof(entries[0]));
		ck_assert_ptr_nonnull(entries);
		entries[count++] = entry;
	}
	ck_assert_msg(hr == S_FALSE, "%s", fsi_error_get_message());
	fsi_disc_children_release(children);
	if (count > 0)
		qsort(entries, count, sizeof(entries[0]), compare_names);
	*ret_count = count;
	return entries;
}

static void print_tree(FILE *out, fsi_disc_entry *directory, const char *folder)
{
	size_t count = 0;
	fsi_disc_entry **entries = sorted_children(directory, &count);

	for (size_t i = 0; i < count; i++) {
		const char *name = NULL;
		char path[4096];

		ASSERT_OK(fsi_disc_entry_get_name(entries[i], &name));
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		if (!disc_info(entries[i])->is_hidden)
			print_entry(out, entries[i], path);
		if (disc_info(entries[i])->kind == FSI_DISC_DIRECTORY)
			print_tree(out, entries[i], path);
		fsi_disc_entry_release(entries[i]);
	}
	free(entries);
}

char *disc_describe_entries(fsi_disc_view *view)
{
	fsi_disc_entry *root = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ASSERT_OK(fsi_disc_view_get_root(view, &root));
	print_tree(out, root, "");
	fsi_disc_entry_release(root);
	fclose(out);
	return text;
}

char *disc_describe_extents(fsi_disc_entry *entry)
{
	static const char *const kinds[] = {[FSI_DISC_EXTENT_RECORDED] = "recorded",
					    [FSI_DISC_EXTENT_EMBEDDED] = "embedded",
					    [FSI_DISC_EXTENT_HOLE] = "hole"};
	struct fsi_disc_extent extent = {.offset = 0};
	uint64_t offset = 0;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	HRESULT hr = S_OK;

	while ((hr = fsi_disc_entry_get_extent(entry, offset, &extent)) == S_OK) {
		ck_assert_uint_eq(extent.offset, offset);
		ck_assert_uint_ge(extent.length, 1);
		fprintf(out, "%s %" PRIu64 "+%" PRIu64 "@%" PRIu32 " ",
			kinds[extent.kind], extent.offset, extent.length, extent.block);
		offset += extent.length;
	}
	ck_assert_msg(hr == S_FALSE, "%s", fsi_error_get_message());
	ck_assert_uint_eq(offset, disc_info(entry)->size);
	fclose(out);
	return text;
}

char *disc_list(fsi_disc_entry *entry, bool streams)
{
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	HRESULT hr = S_OK;

	if (streams)
		ASSERT_OK(fsi_disc_entry_get_streams(entry, &children));
	else
		ASSERT_OK(fsi_disc_entry_get_children(entry, &children));
	while ((hr = fsi_disc_children_next(children, &child)) == S_OK) {
		const char *name = NULL;

		ASSERT_OK(fsi_disc_entry_get_name(child, &name));
		fprintf(out, "%s ", name);
		fsi_disc_entry_release(child);
	}
	ck_assert_msg(hr == S_FALSE, "%s", fsi_error_get_message());
	fsi_disc_children_release(children);
	fclose(out);
	return text;
}

/* ---- walks that may fail ----------------------------------------------- */

static HRESULT walk_data(fsi_disc_entry *entry)
{
	fsi_stream *stream = NULL;
	uint8_t bytes[4096];
	uint64_t offset = 0;
	size_t count = 0;
	HRESULT hr = fsi_disc_entry_open_data(entry, &stream);

	if (FAILED(hr))
		return hr;
	do {
		hr = fsi_stream_read_at(stream, offset, bytes, sizeof(bytes), &count);
		offset += count;
	} while (SUCCEEDED(hr) && count > 0);
	fsi_stream_release(stream);
	return hr;
}

static HRESULT walk_entry(fsi_disc_entry *entry);

static HRESULT walk_children(fsi_disc_children *children)
{
	fsi_disc_entry *child = NULL;
	HRESULT hr = S_OK;

	while (SUCCEEDED(hr) && (hr = fsi_disc_children_next(children, &child)) == S_OK) {
		hr = walk_entry(child);
		fsi_disc_entry_release(child);
	}
	fsi_disc_children_release(children);
	return FAILED(hr) ? hr : S_OK;
}

static HRESULT walk_entry(fsi_disc_entry *entry)
{
	const struct fsi_disc_entry_info *info = NULL;
	fsi_disc_children *children = NULL;
	char *target = NULL;
	HRESULT hr = fsi_disc_entry_get_info(entry, &info);

	if (SUCCEEDED(hr) && info->kind == FSI_DISC_FILE)
		hr = walk_data(entry);
	if (SUCCEEDED(hr) && info->kind == FSI_DISC_LINK) {
		hr = fsi_disc_entry_get_link_target(entry, &target);
		fsi_free(target);
	}
	if (SUCCEEDED(hr) && info->kind == FSI_DISC_DIRECTORY) {
		hr = fsi_disc_entry_get_children(entry, &children);
		if (SUCCEEDED(hr))
			hr = walk_children(children);
	}
	if (SUCCEEDED(hr)) {
		hr = fsi_disc_entry_get_streams(entry, &children);
		if (SUCCEEDED(hr))
			hr = walk_children(children);
	}
	return hr;
}

static HRESULT walk_view(fsi_disc *disc)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *root = NULL;
	HRESULT hr = fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view);

	if (SUCCEEDED(hr))
		hr = fsi_disc_view_get_root(view, &root);
	if (SUCCEEDED(hr))
		hr = walk_entry(root);
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
	return hr;
}

HRESULT disc_walk_stream(fsi_stream *stream)
{
	fsi_disc *disc = NULL;
	HRESULT hr = fsi_disc_open(stream, NULL, &disc);

	if (SUCCEEDED(hr))
		hr = walk_view(disc);
	fsi_disc_release(disc);
	return hr;
}

HRESULT disc_walk_image(const uint8_t *bytes, size_t size)
{
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_stream_create_on_memory(bytes, size, &stream));
	hr = disc_walk_stream(stream);
	fsi_stream_release(stream);
	return hr;
}
