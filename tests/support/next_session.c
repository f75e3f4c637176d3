/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs that sessions are added to. */
#include "tests/support/next_session.h"

#include "image/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- as a multisession object ------------------------------------------ */

static HRESULT get_value(void *self, enum fsi_multisession_value which,
			 int32_t *ret_value)
{
	const struct next_disc *disc = self;

	switch ((int)which) {
	case FSI_MULTISESSION_IS_SUPPORTED:
	case FSI_MULTISESSION_WRITE_UNIT_SIZE:
		*ret_value = 1;
		return S_OK;
	case FSI_MULTISESSION_MEDIA_TYPE:
		*ret_value = IMAPI_MEDIA_TYPE_DISK;
		return S_OK;
	case FSI_MULTISESSION_LAST_WRITTEN_ADDRESS:
		*ret_value = (int32_t)(disc->size / FSI_BLOCK_SIZE) - 1;
		return S_OK;
	case FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA:
		*ret_value = INT32_MAX;
		return S_OK;
	default:
		return E_NOTIMPL;
	}
}

static HRESULT open_import_stream(void *self, fsi_stream **ret_stream)
{
	const struct next_disc *disc = self;

	return fsi_stream_create_on_memory(disc->bytes, disc->size, ret_stream);
}

static fsi_multisession *make_random(struct next_disc *disc)
{
	static const struct fsi_multisession_ops ops = {
		.size = sizeof(ops),
		.kind = FSI_MULTISESSION_RANDOM_WRITE,
		.get_value = get_value,
		.open_import_stream = open_import_stream,
	};
	fsi_multisession *multisession = NULL;

	ASSERT_OK(fsi_multisession_create(&ops, disc, &multisession));
	return multisession;
}

static fsi_multisession *make_sequential(struct next_disc *disc, uint32_t start_block)
{
	const struct fsi_sequential_disc facts = {
		.size = sizeof(facts),
		.media_type = IMAPI_MEDIA_TYPE_CDR,
		.start_address_of_previous_session = (int32_t)disc->session_block,
		.last_written_address_of_previous_session = -1,
		.next_writable_address = (int32_t)start_block,
		.free_sectors_on_media = 300000,
	};
	fsi_stream *stream = open_disc(disc);
	fsi_multisession *multisession = NULL;

	ASSERT_OK(fsi_multisession_create_sequential(stream, &facts, &multisession));
	fsi_stream_release(stream);
	return multisession;
}

fsi_image *next_disc_continue(struct next_disc *disc, fsi_file_systems file_systems,
			      enum fsi_file_system imported, uint32_t start_block)
{
	fsi_image *image = api_image(file_systems);
	fsi_multisession *multisession = disc->covers_disc
						 ? make_random(disc)
						 : make_sequential(disc, start_block);

	ASSERT_OK(fsi_image_put_multisession_interfaces(image, &multisession, 1));
	fsi_multisession_release(multisession);
	ASSERT_OK(fsi_image_put_import_session(image, disc->import_session));
	ASSERT_OK(fsi_image_import_specific_file_system(image, imported));
	return image;
}

/* ---- writing ----------------------------------------------------------- */

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
