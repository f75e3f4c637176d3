/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views of ISO 9660 and Joliet: what is there, what is not, and what is damaged. */
#include "tests/support/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)FSI_BLOCK_SIZE)

/* The volume descriptors of an image of ours: primary, supplementary, terminator. */
#define PRIMARY	      (16 * BLOCK)
#define SUPPLEMENTARY (17 * BLOCK)
#define ROOT_RECORD   156u

/* Entries that a damaged image of the tests here may show at most. */
#define ENTRIES_MAX 100000

static uint8_t *bytes;
static size_t size;
static fsi_stream *stream;
static fsi_disc *disc;

static void make_bytes(fsi_file_systems file_systems)
{
	fsi_image *image = api_image(file_systems);
	fsi_directory *root = api_root(image);
	fsi_stream *result = NULL;

	api_add_directory(root, "Folder");
	api_add_directory(root, "Folder/below");
	api_add_text(root, "Folder/below/\xC3\xA4 small file.txt", "small");
	api_add_sized(root, "big.bin", 50000);
	api_add_sized(root, "empty", 0);
	result = api_image_stream(image);
	bytes = api_read_all(result, &size);
	fsi_stream_release(result);
	fsi_image_release(image);
}

static void open_bytes(void)
{
	ASSERT_OK(fsi_stream_create_on_memory(bytes, size, &stream));
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
}

static void close_bytes(void)
{
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	disc = NULL;
	stream = NULL;
}

static void tear_down(void)
{
	close_bytes();
	free(bytes);
	bytes = NULL;
}

static fsi_disc_view *open_view(enum fsi_file_system file_system)
{
	fsi_disc_view *view = NULL;

	ASSERT_OK(fsi_disc_open_view(disc, file_system, &view));
	return view;
}

/* ---- what is there ----------------------------------------------------- */

static void assert_content(fsi_disc_view *view, const char *path, size_t expected)
{
	fsi_disc_entry *entry = NULL;
	fsi_stream *data = NULL;
	struct fsi_disc_extent extent = {.length = 0};
	uint8_t *read = NULL;
	size_t count = 0;

	ASSERT_OK(fsi_disc_view_get_entry(view, path, &entry));
	ASSERT_OK(fsi_disc_entry_open_data(entry, &data));
	ck_assert_int_eq(fsi_disc_entry_get_extent(entry, 0, &extent),
			 expected > 0 ? S_OK : S_FALSE);
	ck_assert_uint_eq(extent.length, expected);
	read = api_read_all(data, &count);
	ck_assert_uint_eq(count, expected);
	ck_assert_uint_le(extent.disc_offset + extent.length, size);
	ck_assert_int_eq(memcmp(read, bytes + extent.disc_offset, count), 0);
	free(read);
	fsi_stream_release(data);
	fsi_disc_entry_release(entry);
}

START_TEST(each_view_has_its_own_names_and_the_same_data)
{
	fsi_file_systems found = FSI_FILE_SYSTEM_NONE;
	const struct fsi_disc_volume *volume = NULL;
	fsi_disc_view *view = NULL;

	make_bytes(BRIDGE);
	open_bytes();
	ASSERT_OK(fsi_disc_get_file_systems(disc, &found));
	ck_assert_int_eq(found, BRIDGE);
	view = open_view(FSI_FILE_SYSTEM_JOLIET);
	assert_content(view, "Folder/below/\xC3\xA4 small file.txt", 5);
	assert_content(view, "big.bin", 50000);
	assert_content(view, "empty", 0);
	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	ck_assert_uint_eq(volume->joliet_level, 3);
	ck_assert_int_eq(volume->file_system, FSI_FILE_SYSTEM_JOLIET);
	fsi_disc_view_release(view);
	view = open_view(FSI_FILE_SYSTEM_ISO9660);
	assert_content(view, "BIG.BIN", 50000);
	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	ck_assert_uint_eq(volume->joliet_level, 0);
	ck_assert(!volume->has_rock_ridge);
	ck_assert(!volume->is_bootable);
	fsi_disc_view_release(view);
	view = open_view(FSI_FILE_SYSTEM_UDF);
	assert_content(view, "big.bin", 50000);
	fsi_disc_view_release(view);
}
END_TEST

START_TEST(times_have_their_zone_and_nothing_else_is_known)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;
	const struct fsi_disc_entry_info *info = NULL;

	make_bytes(ISO);
	open_bytes();
	view = open_view(FSI_FILE_SYSTEM_ISO9660);
	ASSERT_OK(fsi_disc_view_get_entry(view, "BIG.BIN", &entry));
	ASSERT_OK(fsi_disc_entry_get_info(entry, &info));
	ck_assert_int_eq(info->kind, FSI_DISC_FILE);
	ck_assert_uint_eq(info->size, 50000);
	ck_assert_uint_eq(info->link_count, 1);
	ck_assert(info->modification_time.is_known && info->modification_time.has_zone);
	ck_assert(!info->has_uid && !info->has_gid && !info->has_mode);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
}
END_TEST

START_TEST(what_is_read_stays_when_the_disc_and_the_view_are_released)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;
	fsi_stream *data = NULL;
	char text[5];

	make_bytes(ISO_JOLIET);
	open_bytes();
	view = open_view(FSI_FILE_SYSTEM_JOLIET);
	ASSERT_OK(fsi_disc_view_get_entry(view, "Folder/below/\xC3\xA4 small file.txt",
					  &entry));
	ASSERT_OK(fsi_disc_entry_open_data(entry, &data));
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	close_bytes();
	api_read(data, 0, text, sizeof(text));
	ck_assert_int_eq(memcmp(text, "small", sizeof(text)), 0);
	fsi_stream_release(data);
}
END_TEST

/* ---- what is not ------------------------------------------------------- */

START_TEST(a_view_that_the_disc_does_not_have_is_not_found)
{
	fsi_disc_view *view = NULL;

	make_bytes(ISO);
	open_bytes();
	ASSERT_FAILS(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_JOLIET, &view),
		     IMAPI_E_FILE_SYSTEM_NOT_FOUND, "Joliet");
	ASSERT_FAILS(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view),
		     IMAPI_E_FILE_SYSTEM_NOT_FOUND, "UDF");
	tear_down();
	make_bytes(UDF);
	open_bytes();
	ASSERT_FAILS(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_ISO9660, &view),
		     IMAPI_E_FILE_SYSTEM_NOT_FOUND, "ISO9660");
	ck_assert_ptr_null(view);
}
END_TEST

/* ---- what is damaged --------------------------------------------------- */

static size_t directory_offset(size_t descriptor)
{
	const uint8_t *extent = bytes + descriptor + ROOT_RECORD + 2;

	return BLOCK * (extent[0] | (size_t)extent[1] << 8 | (size_t)extent[2] << 16);
}

/* The offset of the n-th record of a directory, "." being the first. */
static size_t record_offset(size_t directory, unsigned n)
{
	for (; n > 0; n--)
		directory += bytes[directory];
	return directory;
}

static void put_both32(size_t offset, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++) {
		bytes[offset + i] = (uint8_t)(value >> 8 * i);
		bytes[offset + 7 - i] = (uint8_t)(value >> 8 * i);
	}
}

static HRESULT list_root(fsi_disc_view *view)
{
	fsi_disc_entry *root = NULL;
	fsi_disc_children *children = NULL;
	HRESULT hr = fsi_disc_view_get_root(view, &root);

	if (SUCCEEDED(hr))
		hr = fsi_disc_entry_get_children(root, &children);
	fsi_disc_children_release(children);
	fsi_disc_entry_release(root);
	return hr;
}

START_TEST(a_record_that_does_not_fit_its_block_is_damage)
{
	fsi_disc_view *view = NULL;
	size_t record = 0;

	make_bytes(ISO_JOLIET);
	record = record_offset(directory_offset(PRIMARY), 2);
	bytes[record + 32] = 250; /* the length of the identifier */
	open_bytes();
	view = open_view(FSI_FILE_SYSTEM_ISO9660);
	ASSERT_FAILS(list_root(view), IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
		     "ISO9660");
	ASSERT_SAYS(api_text("block %zu", record / BLOCK));
	fsi_disc_view_release(view);
	view = open_view(FSI_FILE_SYSTEM_JOLIET);
	ASSERT_OK(list_root(view));
	fsi_disc_view_release(view);
}
END_TEST

START_TEST(what_libisofs_refuses_is_told_with_its_words)
{
	fsi_disc_view *view = NULL;

	make_bytes(ISO_JOLIET);
	/* A directory of several sections. */
	bytes[record_offset(directory_offset(SUPPLEMENTARY), 2) + 25] = 0x82;
	open_bytes();
	view = open_view(FSI_FILE_SYSTEM_JOLIET);
	ASSERT_FAILS(list_root(view), IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
		     "Joliet");
	ASSERT_SAYS("libisofs: ");
	fsi_disc_view_release(view);
}
END_TEST

START_TEST(an_interleaved_file_is_a_feature_that_is_not_supported)
{
	fsi_disc_view *view = NULL;

	make_bytes(ISO_JOLIET);
	bytes[record_offset(directory_offset(SUPPLEMENTARY), 2) + 26] = 1;
	open_bytes();
	view = open_view(FSI_FILE_SYSTEM_JOLIET);
	ASSERT_FAILS(list_root(view), IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
		     "Joliet|interleaved files");
	fsi_disc_view_release(view);
}
END_TEST

/* The record of a file by its name, as it is recorded. */
static size_t find_record(size_t directory, const char *name)
{
	size_t record = directory;

	while (bytes[record + 32] != strlen(name) ||
	       memcmp(bytes + record + 33, name, strlen(name)) != 0) {
		ck_assert_uint_ne(bytes[record], 0);
		record += bytes[record];
	}
	return record;
}

/* ECMA-119 6.5.1, 9.1.6: sections are recorded one after the other. */
START_TEST(sections_of_one_file_are_one_file)
{
	fsi_image *image = api_image(ISO);
	fsi_directory *root = api_root(image);
	fsi_stream *result = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;
	fsi_stream *data = NULL;
	struct fsi_disc_extent extent;
	size_t first = 0;
	char text[9];

	api_add_sized(root, "part1", 4096);
	api_add_text(root, "part2", "the rest");
	result = api_image_stream(image);
	bytes = api_read_all(result, &size);
	fsi_stream_release(result);
	fsi_image_release(image);
	first = find_record(directory_offset(PRIMARY), "PART1.;1");
	bytes[first + 25] |= 0x80;
	bytes[first + 33 + 4] = '2';
	open_bytes();
	view = open_view(FSI_FILE_SYSTEM_ISO9660);
	ASSERT_OK(fsi_disc_view_get_entry(view, "PART2", &entry));
	ASSERT_OK(fsi_disc_entry_open_data(entry, &data));
	api_read(data, 4095, text, sizeof(text));
	ck_assert_int_eq(memcmp(text + 1, "the rest", 8), 0);
	ASSERT_OK(fsi_disc_entry_get_extent(entry, 4095, &extent));
	ck_assert_uint_eq(extent.length, 1);
	ASSERT_OK(fsi_disc_entry_get_extent(entry, 4096, &extent));
	ck_assert_uint_eq(extent.length, 8);
	ck_assert_int_eq(memcmp(bytes + extent.disc_offset, "the rest", 8), 0);
	ck_assert_int_eq(fsi_disc_entry_get_extent(entry, 4104, &extent), S_FALSE);
	fsi_stream_release(data);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
}
END_TEST

START_TEST(a_directory_within_itself_is_refused_the_second_time)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;
	fsi_disc_children *children = NULL;
	size_t root = 0;
	unsigned n = 2;

	make_bytes(ISO);
	root = directory_offset(PRIMARY);
	while ((bytes[record_offset(root, n) + 25] & 2) == 0)
		n++;
	put_both32(record_offset(root, n) + 2, (uint32_t)(root / BLOCK));
	open_bytes();
	view = open_view(FSI_FILE_SYSTEM_ISO9660);
	ASSERT_OK(fsi_disc_view_get_entry(view, "FOLDER", &entry));
	ASSERT_FAILS(fsi_disc_entry_get_children(entry, &children),
		     IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "ISO9660");
	ASSERT_SAYS("in two places, or within itself");
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
}
END_TEST

START_TEST(a_root_behind_the_end_cannot_be_read)
{
	fsi_disc_view *view = NULL;

	make_bytes(ISO);
	put_both32(PRIMARY + ROOT_RECORD + 2, 1000000);
	open_bytes();
	ASSERT_FAILS(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_ISO9660, &view),
		     IMAPI_E_IMPORT_SEEK_FAILURE, "1000000");
}
END_TEST

/* ---- whatever is there ------------------------------------------------- */

/* Whatever fails: everything comes to an end. */
static unsigned walk(fsi_disc_entry *entry, unsigned count)
{
	const struct fsi_disc_entry_info *info = NULL;
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;
	const char *name = NULL;
	char *target = NULL;
	HRESULT hr = S_OK;

	ck_assert_uint_lt(++count, ENTRIES_MAX);
	ASSERT_OK(fsi_disc_entry_get_name(entry, &name));
	ck_assert_ptr_null(strchr(name, '/'));
	if (FAILED(fsi_disc_entry_get_info(entry, &info)))
		return count;
	if (info->kind == FSI_DISC_LINK &&
	    SUCCEEDED(fsi_disc_entry_get_link_target(entry, &target)))
		fsi_free(target);
	if (info->kind != FSI_DISC_DIRECTORY ||
	    FAILED(fsi_disc_entry_get_children(entry, &children)))
		return count;
	while ((hr = fsi_disc_children_next(children, &child)) == S_OK) {
		count = walk(child, count);
		fsi_disc_entry_release(child);
	}
	fsi_disc_children_release(children);
	return count;
}

static void walk_views(void)
{
	static const enum fsi_file_system views[] = {FSI_FILE_SYSTEM_ISO9660,
						     FSI_FILE_SYSTEM_JOLIET};

	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		fsi_disc_view *view = NULL;
		fsi_disc_entry *root = NULL;

		if (FAILED(fsi_disc_open_view(disc, views[i], &view)))
			continue;
		if (SUCCEEDED(fsi_disc_view_get_root(view, &root)))
			walk(root, 0);
		fsi_disc_entry_release(root);
		fsi_disc_view_release(view);
	}
}

/* Where a byte of a structure may be that is not zero: damage there tells most. */
static size_t random_place(uint64_t *state, const uint8_t *sound, size_t end)
{
	size_t at = PRIMARY + api_random(state, (uint32_t)(end - PRIMARY));

	while (at < end - 1 && sound[at] == 0 && api_random(state, 64) > 0)
		at++;
	return at;
}

START_TEST(no_damage_of_a_structure_brings_a_reader_down)
{
	uint64_t state = 20261122;
	uint8_t *sound = NULL;
	size_t end = 0;

	make_bytes(ISO_JOLIET);
	sound = bytes;
	bytes = malloc(size);
	ck_assert_ptr_nonnull(bytes);
	end = size - 50000; /* the data is last */
	for (unsigned round = 0; round < 3000; round++) {
		memcpy(bytes, sound, size);
		for (unsigned n = api_random(&state, 4) + 1; n > 0; n--)
			bytes[random_place(&state, sound, end)] =
				(uint8_t)api_random(&state, 256);
		open_bytes();
		walk_views();
		close_bytes();
	}
	free(sound);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("views of ISO 9660 and Joliet");
	TCase *test_case = tcase_create("views");

	suite_add_tcase(suite, test_case);
	tcase_set_timeout(test_case, 60);
	tcase_add_checked_fixture(test_case, NULL, tear_down);
	tcase_add_test(test_case, each_view_has_its_own_names_and_the_same_data);
	tcase_add_test(test_case, times_have_their_zone_and_nothing_else_is_known);
	tcase_add_test(test_case,
		       what_is_read_stays_when_the_disc_and_the_view_are_released);
	tcase_add_test(test_case, a_view_that_the_disc_does_not_have_is_not_found);
	tcase_add_test(test_case, a_record_that_does_not_fit_its_block_is_damage);
	tcase_add_test(test_case, what_libisofs_refuses_is_told_with_its_words);
	tcase_add_test(test_case, an_interleaved_file_is_a_feature_that_is_not_supported);
	tcase_add_test(test_case, sections_of_one_file_are_one_file);
	tcase_add_test(test_case, a_directory_within_itself_is_refused_the_second_time);
	tcase_add_test(test_case, a_root_behind_the_end_cannot_be_read);
	tcase_add_test(test_case, no_damage_of_a_structure_brings_a_reader_down);
	return api_run(suite);
}
