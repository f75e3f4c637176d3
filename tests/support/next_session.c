/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs that sessions are added to. */
#include "tests/support/next_session.h"

#include "base/memory.h"
#include "image/result.h"
#include "import/earlier.h"
#include "import/merge.h"
#include "tree/imported.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a function inside the library, which leaves the thread's error alone. */
#define ASSERT_HOLDS(call) ck_assert_int_eq((call), S_OK)

void next_disc_begin(struct next_disc *disc, fsi_image *image)
{
	fsi_stream *stream = api_image_stream(image);

	disc->bytes = api_read_all(stream, &disc->size);
	fsi_stream_release(stream);
}

void next_disc_free(struct next_disc *disc)
{
	free(disc->bytes);
	*disc = (struct next_disc){.size = 0};
}

static fsi_stream *open_disc(const struct next_disc *disc)
{
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_stream_create_on_memory(disc->bytes, disc->size, &stream));
	return stream;
}

/* Take the items in. */
static void merge(fsi_image *image, fsi_disc_view *view, uint32_t end_block)
{
	const struct fsi_merge_request request = {
		.tree = &image->tree,
		.view = view,
		.end_block = end_block,
		.with_posix = true,
	};
	struct fsi_merge_report report = {0};

	ASSERT_HOLDS(fsi_import_merge(&request, &report));
	image->continued->first_data_block = report.first_data_block;
}

fsi_image *next_disc_continue(struct next_disc *disc, fsi_file_systems file_systems,
			      enum fsi_file_system imported, uint32_t start_block)
{
	const uint32_t end_block = (uint32_t)(disc->size / FSI_BLOCK_SIZE);
	fsi_stream *stream = open_disc(disc);
	fsi_image *image = api_image(file_systems);
	struct fsi_earlier earlier = {.view = NULL};
	struct fsi_earlier_request request = {.file_system = imported};

	ASSERT_HOLDS(fsi_tree_add_disc(&image->tree, stream));
	ASSERT_HOLDS(fsi_media_open(stream, disc->covers_disc ? 0 : disc->session_block,
				    0, &request.media));
	fsi_stream_release(stream);
	ASSERT_HOLDS(fsi_import_open_earlier(&request, &earlier));
	image->continued = fsi_allocate(sizeof(*image->continued));
	ck_assert_ptr_nonnull(image->continued);
	*image->continued = earlier.continued;
	image->continued->covers_disc = disc->covers_disc;
	image->continued->previous_block = disc->session_block;
	image->continued->end_block = end_block;
	if (earlier.continued.has_udf)
		image->udf_revision = earlier.continued.udf_revision;
	image->session_start_block =
		start_block != 0 ? start_block : (end_block + 31) / 32 * 32;
	merge(image, earlier.view, end_block);
	fsi_disc_view_release(earlier.view);
	fsi_media_release(request.media);
	fsi_error_clear();
	return image;
}

/* Write blocks of a stream, which begins with a block of the disc, into it. */
static void write_blocks(struct next_disc *disc, fsi_stream *stream,
			 uint32_t stream_block, uint32_t first_block, uint32_t count)
{
	api_read(stream, (uint64_t)(first_block - stream_block) * FSI_BLOCK_SIZE,
		 disc->bytes + (size_t)first_block * FSI_BLOCK_SIZE,
		 (size_t)count * FSI_BLOCK_SIZE);
}

static void grow(struct next_disc *disc, size_t size)
{
	disc->bytes = realloc(disc->bytes, size);
	ck_assert_ptr_nonnull(disc->bytes);
	if (size > disc->size)
		memset(disc->bytes + disc->size, 0, size - disc->size);
	disc->size = size;
}

static void assert_covered(const struct next_disc *disc, fsi_stream *stream)
{
	size_t size = 0;
	uint8_t *bytes = api_read_all(stream, &size);

	ck_assert_uint_eq(size, disc->size);
	for (size_t i = 0; i < size; i += FSI_BLOCK_SIZE)
		ck_assert_msg(memcmp(bytes + i, disc->bytes + i, FSI_BLOCK_SIZE) == 0,
			      "block %zu", i / FSI_BLOCK_SIZE);
	free(bytes);
}

/* The session, and then what leads to it. */
static void write_ranges(struct next_disc *disc, fsi_result *result, fsi_stream *stream)
{
	const uint32_t image_block = disc->covers_disc ? 0 : disc->session_block;
	fsi_block_ranges *list = NULL;
	const struct fsi_block_range *ranges = NULL;
	uint32_t count = 0;

	ASSERT_OK(fsi_result_get_modified_blocks(result, &list));
	ASSERT_OK(fsi_block_ranges_get_block_ranges(list, &ranges, &count));
	disc->write_count = 0;
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t block = image_block + ranges[i].start_lba;

		write_blocks(disc, stream, image_block, block,
			     ranges[i].end_lba - ranges[i].start_lba + 1);
		if (i > 0)
			disc->writes[disc->write_count++] = block;
	}
	ck_assert_uint_eq(image_block + ranges[0].start_lba, disc->session_block);
	fsi_block_ranges_release(list);
}

void next_disc_add(struct next_disc *disc, fsi_image *image)
{
	fsi_result *result = api_result(image);
	const struct fsi_layout *layout = &result->plan->layout;
	fsi_stream *stream = api_result_stream(result);

	ck_assert_uint_eq(layout->image_block,
			  disc->covers_disc ? 0 : layout->first_block);
	grow(disc, (size_t)layout->end_block * FSI_BLOCK_SIZE);
	disc->session_block = layout->first_block;
	write_ranges(disc, result, stream);
	if (disc->covers_disc)
		assert_covered(disc, stream);
	fsi_stream_release(stream);
	fsi_result_release(result);
	fsi_image_release(image);
}

char *next_disc_changes(const struct next_disc *disc, const uint8_t *old, size_t old_size)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < old_size; i += FSI_BLOCK_SIZE) {
		if (memcmp(old + i, disc->bytes + i, FSI_BLOCK_SIZE) != 0)
			fprintf(out, "%zu ", i / FSI_BLOCK_SIZE);
	}
	fclose(out);
	return text;
}

/* ---- reading ----------------------------------------------------------- */

static uint32_t sum_of(fsi_disc_entry *entry)
{
	size_t size = 0;
	uint8_t *bytes = disc_read(entry, &size);
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = sum * 31 + bytes[i];
	free(bytes);
	return sum;
}

static void describe(FILE *out, fsi_disc_entry *directory, const char *path);

static void describe_child(FILE *out, fsi_disc_entry *child, const char *path)
{
	const struct fsi_disc_entry_info *info = disc_info(child);
	const char *name = NULL;
	char *whole = NULL;

	ASSERT_OK(fsi_disc_entry_get_name(child, &name));
	ck_assert_int_gt(asprintf(&whole, "%s/%s", path, name), 0);
	if (info->kind == FSI_DISC_DIRECTORY) {
		fprintf(out, "%s/\n", whole);
		describe(out, child, whole);
	} else {
		fprintf(out, "%s kind=%d links=%u size=%llu sum=%08x\n", whole,
			(int)info->kind, info->link_count, (unsigned long long)info->size,
			info->kind == FSI_DISC_FILE ? sum_of(child) : 0);
	}
	free(whole);
}

static void describe(FILE *out, fsi_disc_entry *directory, const char *path)
{
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_disc_entry_get_children(directory, &children));
	while ((hr = fsi_disc_children_next(children, &child)) == S_OK) {
		describe_child(out, child, path);
		fsi_disc_entry_release(child);
	}
	ck_assert_int_eq(hr, S_FALSE);
	fsi_disc_children_release(children);
}

char *next_disc_describe(const struct next_disc *disc,
			 const struct fsi_disc_options *options,
			 enum fsi_file_system file_system)
{
	fsi_stream *stream = open_disc(disc);
	fsi_disc *opened = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *root = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ASSERT_OK(fsi_disc_open(stream, options, &opened));
	fsi_stream_release(stream);
	ASSERT_OK(fsi_disc_open_view(opened, file_system, &view));
	fsi_disc_release(opened);
	ASSERT_OK(fsi_disc_view_get_root(view, &root));
	describe(out, root, "");
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
	fclose(out);
	return text;
}
