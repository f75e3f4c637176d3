/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties of ISO 9660 and Joliet beyond IMAPI's, through the public API alone. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <fsimage/disc.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 2048u

/* What one file may have: in IMAPI, in one section, in the sections Linux reads. */
#define IMAPI_MAX    UINT64_C(2147483648)
#define SECTION_MAX  UINT64_C(4294967295)
#define SECTION_SIZE UINT64_C(4294965248)
#define SECTIONS_MAX (100 * SECTION_SIZE)
#define UDF_MAX	     (UINT64_C(0x7FFFFFFF) * BLOCK)

#define ISO_UDF (ISO | UDF)

static fsi_image *image;
static fsi_directory *root;
static struct test_stream source; /* claims any size; lives longer than the image */

static void set_up(void)
{
	source = (struct test_stream){.size = 0};
	image = api_image(BRIDGE);
	root = api_root(image);
}

static void tear_down(void)
{
	fsi_image_release(image);
}

static HRESULT add_claim(const char *name, uint64_t size)
{
	fsi_stream *stream = test_stream_open(&source);
	HRESULT hr = S_OK;

	source.size = size;
	hr = fsi_directory_add_file(root, name, stream);
	fsi_stream_release(stream);
	return hr;
}

/* ---- properties -------------------------------------------------------- */

static const struct {
	HRESULT (*get)(fsi_image *image, bool *ret_val);
	HRESULT (*put)(fsi_image *image, bool new_val);
	fsi_file_systems needed; /* else it is kept without an effect */
} properties[] = {
	{fsi_image_get_multi_extent_iso_files, fsi_image_put_multi_extent_iso_files, 0},
	{fsi_image_get_omit_large_iso_files, fsi_image_put_omit_large_iso_files, ISO_UDF},
	{fsi_image_get_iso9660_1999, fsi_image_put_iso9660_1999, ISO},
	{fsi_image_get_long_iso_names, fsi_image_put_long_iso_names, 0},
	{fsi_image_get_lowercase_iso_names, fsi_image_put_lowercase_iso_names, 0},
	{fsi_image_get_relaxed_iso_names, fsi_image_put_relaxed_iso_names, 0},
	{fsi_image_get_multidot_iso_names, fsi_image_put_multidot_iso_names, 0},
	{fsi_image_get_omit_iso_versions, fsi_image_put_omit_iso_versions, 0},
	{fsi_image_get_long_joliet_names, fsi_image_put_long_joliet_names, 0},
};

#define PROPERTIES (int)(sizeof(properties) / sizeof(properties[0]))

START_TEST(a_property_is_off_and_keeps_what_it_is_set_to)
{
	static const fsi_file_systems sets[] = {ISO, UDF, ISO_UDF, BRIDGE};
	fsi_result *result = NULL;

	for (int i = 0; i < PROPERTIES; i++) {
		bool value = true;

		ASSERT_OK(properties[i].get(image, &value));
		ck_assert(!value);
	}
	for (size_t s = 0; s < sizeof(sets) / sizeof(sets[0]); s++) {
		const fsi_file_systems needed = properties[_i].needed;

		ASSERT_OK(fsi_image_put_file_systems_to_create(image, sets[s]));
		ck_assert_int_eq(properties[_i].put(image, true),
				 (sets[s] & needed) == needed
					 ? S_OK
					 : IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED);
	}
	for (int i = 0; i < PROPERTIES; i++) {
		bool value = false;

		ASSERT_OK(properties[i].get(image, &value));
		ck_assert_int_eq(value, i == _i);
	}
	result = api_result(image);
	ASSERT_FAILS(properties[_i].put(image, false), IMAPI_E_READONLY, "");
	fsi_result_release(result);
	ASSERT_OK(properties[_i].put(image, false));
}
END_TEST

START_TEST(the_interchange_levels_stay_those_of_imapi)
{
	uint32_t level = 0;

	ASSERT_OK(fsi_image_put_multi_extent_iso_files(image, true));
	ASSERT_OK(fsi_image_put_iso9660_1999(image, true));
	ASSERT_FAILS(fsi_image_put_iso9660_interchange_level(image, 3),
		     IMAPI_E_INVALID_PARAM, "new_val");
	ASSERT_FAILS(fsi_image_put_iso9660_interchange_level(image, 4),
		     IMAPI_E_INVALID_PARAM, "new_val");
	ASSERT_OK(fsi_image_get_iso9660_interchange_level(image, &level));
	ck_assert_uint_eq(level, 2);
}
END_TEST

/* ---- large files ------------------------------------------------------- */

static void assert_too_large(HRESULT hr, const char *limiter, const char *name,
			     uint64_t size, uint64_t most)
{
	ASSERT_FAILS(hr, IMAPI_E_DATA_TOO_BIG, limiter);
	ASSERT_SAYS(api_text("\"\\%s\" has %" PRIu64 " bytes, the limit is %" PRIu64,
			     name, size, most));
}

START_TEST(a_file_has_as_many_sections_as_linux_reads)
{
	static const fsi_file_systems sets[] = {ISO, ISO_JOLIET, BRIDGE};

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, sets[_i]));
	ASSERT_OK(fsi_image_put_multi_extent_iso_files(image, true));
	ASSERT_OK(add_claim("below", SECTIONS_MAX - 1));
	ASSERT_OK(add_claim("at", SECTIONS_MAX));
	assert_too_large(add_claim("above", SECTIONS_MAX + 1), "ISO9660/Joliet", "above",
			 SECTIONS_MAX + 1, SECTIONS_MAX);
	fsi_result_release(api_result(image));
	ASSERT_FAILS(fsi_image_put_multi_extent_iso_files(image, false),
		     IMAPI_E_DATA_TOO_BIG, "ISO9660/Joliet");
	ASSERT_OK(fsi_directory_remove(root, "below"));
	ASSERT_OK(fsi_directory_remove(root, "at"));
	ASSERT_OK(add_claim("one section", SECTION_MAX));
	assert_too_large(fsi_image_put_multi_extent_iso_files(image, false),
			 "ISO9660/Joliet", "one section", SECTION_MAX, IMAPI_MAX);
	ASSERT_OK(fsi_image_put_large_iso_files(image, true));
	ASSERT_OK(fsi_image_put_multi_extent_iso_files(image, false));
	assert_too_large(add_claim("two sections", SECTION_MAX + 1), "ISO9660/Joliet",
			 "two sections", SECTION_MAX + 1, SECTION_MAX);
}
END_TEST

static uint32_t count_omitted(enum fsi_file_system file_system)
{
	fsi_result *result = api_result(image);
	uint32_t count = UINT32_MAX;

	ASSERT_OK(fsi_result_get_omitted_file_count(result, file_system, &count));
	fsi_result_release(result);
	return count;
}

static void set_limit(int which)
{
	ASSERT_OK(fsi_image_put_large_iso_files(image, which > 0));
	ASSERT_OK(fsi_image_put_multi_extent_iso_files(image, which > 1));
}

static const uint64_t limits[] = {IMAPI_MAX, SECTION_MAX, SECTIONS_MAX};

START_TEST(a_file_above_the_limit_is_in_udf_alone)
{
	const uint64_t most = limits[_i];
	char *text = NULL;

	set_limit(_i);
	ASSERT_OK(fsi_image_put_omit_large_iso_files(image, true));
	api_add_directory(root, "sub");
	ASSERT_OK(add_claim("sub\\below", most - 1));
	ASSERT_OK(add_claim("sub\\at", most));
	ck_assert_uint_eq(count_omitted(FSI_FILE_SYSTEM_ISO9660), 0);
	ASSERT_OK(add_claim("sub\\above", most + 1));
	ASSERT_OK(add_claim("above too", most + 1));
	ck_assert_uint_eq(count_omitted(FSI_FILE_SYSTEM_ISO9660), 2);
	ck_assert_uint_eq(count_omitted(FSI_FILE_SYSTEM_JOLIET), 2);
	ck_assert_uint_eq(count_omitted(FSI_FILE_SYSTEM_UDF), 0);
	api_assert_path_in(api_item(root, "sub\\at"), FSI_FILE_SYSTEM_ISO9660,
			   "\\SUB\\AT");
	api_assert_path_in(api_item(root, "sub\\above"), FSI_FILE_SYSTEM_UDF,
			   "\\sub\\above");
	ASSERT_FAILS(fsi_item_get_file_system_name(api_item(root, "sub\\above"),
						   FSI_FILE_SYSTEM_ISO9660, &text),
		     IMAPI_E_NOT_IN_FILE_SYSTEM, "above");
	ASSERT_FAILS(fsi_item_get_file_system_path(api_item(root, "sub\\above"),
						   FSI_FILE_SYSTEM_JOLIET, &text),
		     IMAPI_E_NOT_IN_FILE_SYSTEM, "above");
	ck_assert_ptr_null(text);
}
END_TEST

START_TEST(a_file_is_left_out_only_where_udf_holds_it)
{
	ASSERT_OK(fsi_image_put_omit_large_iso_files(image, true));
	ASSERT_OK(add_claim("large", IMAPI_MAX + 1));
	assert_too_large(add_claim("huge", UDF_MAX + 1), "UDF", "huge", UDF_MAX + 1,
			 UDF_MAX);
	assert_too_large(fsi_image_put_omit_large_iso_files(image, false),
			 "ISO9660/Joliet", "large", IMAPI_MAX + 1, IMAPI_MAX);
	assert_too_large(fsi_image_put_file_systems_to_create(image, ISO_JOLIET),
			 "ISO9660/Joliet", "large", IMAPI_MAX + 1, IMAPI_MAX);
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ck_assert_uint_eq(count_omitted(FSI_FILE_SYSTEM_UDF), 0);
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, ISO_UDF));
	ck_assert_uint_eq(count_omitted(FSI_FILE_SYSTEM_ISO9660), 1);
	ASSERT_OK(fsi_image_put_large_iso_files(image, true));
	ck_assert_uint_eq(count_omitted(FSI_FILE_SYSTEM_ISO9660), 0);
	ASSERT_OK(fsi_image_put_large_iso_files(image, false));
	ck_assert_uint_eq(count_omitted(FSI_FILE_SYSTEM_ISO9660), 1);
}
END_TEST

START_TEST(counts_are_told_of_the_file_systems_that_are_there)
{
	fsi_result *result = NULL;
	uint32_t count = 7;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, ISO));
	result = api_result(image);
	ASSERT_FAILS(
		fsi_result_get_omitted_file_count(result, FSI_FILE_SYSTEM_UDF, &count),
		IMAPI_E_INVALID_PARAM, "file_system");
	ck_assert_uint_eq(count, 7);
	fsi_result_release(result);
}
END_TEST

/* ---- what is in the image ---------------------------------------------- */

static fsi_disc *open_disc(fsi_stream *stream)
{
	fsi_disc *disc = NULL;

	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	return disc;
}

static fsi_disc_entry *find_entry(fsi_disc *disc, enum fsi_file_system file_system,
				  const char *path, HRESULT *ret_hr)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;

	ASSERT_OK(fsi_disc_open_view(disc, file_system, &view));
	*ret_hr = fsi_disc_view_get_entry(view, path, &entry);
	fsi_disc_view_release(view);
	return entry;
}

static void assert_data(fsi_disc *disc, enum fsi_file_system file_system,
			const char *path, uint64_t size)
{
	const uint64_t places[] = {0, SECTION_SIZE - 5, SECTION_MAX - 5, size - 10};
	HRESULT hr = S_OK;
	fsi_disc_entry *entry = find_entry(disc, file_system, path, &hr);
	const struct fsi_disc_entry_info *info = NULL;
	fsi_stream *data = NULL;
	uint8_t bytes[10];

	ASSERT_OK(hr);
	ASSERT_OK(fsi_disc_entry_get_info(entry, &info));
	ck_assert_uint_eq(info->size, size);
	ASSERT_OK(fsi_disc_entry_open_data(entry, &data));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		api_read(data, places[i], bytes, sizeof(bytes));
		ck_assert(test_stream_matches(&source, places[i], bytes, sizeof(bytes)));
	}
	fsi_stream_release(data);
	fsi_disc_entry_release(entry);
}

START_TEST(all_file_systems_read_the_same_data_of_several_sections)
{
	const uint64_t size = SECTION_MAX + 5000;
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;

	ASSERT_OK(fsi_image_put_multi_extent_iso_files(image, true));
	ASSERT_OK(add_claim("large.bin", size));
	stream = api_image_stream(image);
	disc = open_disc(stream);
	assert_data(disc, FSI_FILE_SYSTEM_ISO9660, "LARGE.BIN", size);
	assert_data(disc, FSI_FILE_SYSTEM_JOLIET, "large.bin", size);
	assert_data(disc, FSI_FILE_SYSTEM_UDF, "large.bin", size);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_file_that_is_left_out_is_whole_in_udf)
{
	const uint64_t size = SECTION_MAX + 5000;
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_image_put_omit_large_iso_files(image, true));
	api_add_text(root, "a", "before");
	ASSERT_OK(add_claim("large.bin", size));
	api_add_text(root, "z", "behind");
	stream = api_image_stream(image);
	disc = open_disc(stream);
	assert_data(disc, FSI_FILE_SYSTEM_UDF, "large.bin", size);
	ck_assert_ptr_null(find_entry(disc, FSI_FILE_SYSTEM_JOLIET, "large.bin", &hr));
	ck_assert_int_eq(hr, IMAPI_E_ITEM_NOT_FOUND);
	ck_assert_ptr_null(find_entry(disc, FSI_FILE_SYSTEM_ISO9660, "LARGE.BIN", &hr));
	ck_assert_int_eq(hr, IMAPI_E_ITEM_NOT_FOUND);
	fsi_disc_entry_release(find_entry(disc, FSI_FILE_SYSTEM_JOLIET, "z", &hr));
	ASSERT_OK(hr);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
}
END_TEST

/* ---- ISO 9660:1999 ----------------------------------------------------- */

static uint32_t get_le32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static void read_block(fsi_stream *stream, uint32_t block, uint8_t *bytes)
{
	api_read(stream, (uint64_t)block * BLOCK, bytes, BLOCK);
}

/* The record of an identifier in the one block of a directory; NULL: it has none. */
static const uint8_t *find_record(const uint8_t *directory, const char *identifier)
{
	for (uint32_t at = 68; directory[at] != 0; at += directory[at])
		if (directory[at + 32] == strlen(identifier) &&
		    memcmp(directory + at + 33, identifier, strlen(identifier)) == 0)
			return directory + at;
	return NULL;
}

START_TEST(the_enhanced_descriptor_stands_behind_joliets)
{
	static const uint8_t zeros[32];
	const uint32_t enhanced_block = _i == 0 ? 17 : 18;
	fsi_stream *stream = NULL;
	uint8_t primary[BLOCK];
	uint8_t enhanced[BLOCK];
	uint8_t bytes[BLOCK];

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, _i == 0 ? ISO : BRIDGE));
	ASSERT_OK(fsi_image_put_iso9660_1999(image, true));
	api_fill(root);
	stream = api_image_stream(image);
	read_block(stream, 16, primary);
	read_block(stream, enhanced_block, enhanced);
	ck_assert_mem_eq(enhanced,
			 "\x02"
			 "CD001\x02\x00",
			 8);
	ck_assert_mem_eq(enhanced + 88, zeros, 32);
	ck_assert_uint_eq(enhanced[881], 2);
	/* All but those and the places of its tables and its root is the same. */
	ck_assert_mem_eq(enhanced + 8, primary + 8, 80);
	ck_assert_mem_eq(enhanced + 120, primary + 120, 12);
	ck_assert_mem_eq(enhanced + 190, primary + 190, 881 - 190);
	ck_assert_mem_eq(enhanced + 882, primary + 882, BLOCK - 882);
	ck_assert_uint_ne(get_le32(enhanced + 158), get_le32(primary + 158));
	read_block(stream, enhanced_block + 1, bytes);
	ck_assert_mem_eq(bytes,
			 "\xFF"
			 "CD001\x01",
			 7);
	if (_i != 0) {
		read_block(stream, 17, bytes);
		ck_assert_mem_eq(bytes + 88, "%/E", 3);
	}
	fsi_stream_release(stream);
}
END_TEST

START_TEST(its_tree_has_the_real_names_of_the_same_files)
{
	fsi_stream *stream = NULL;
	uint8_t descriptor[BLOCK];
	uint8_t primary_root[BLOCK];
	uint8_t enhanced_root[BLOCK];
	uint8_t block[BLOCK];
	const uint8_t *mine = NULL;
	const uint8_t *other = NULL;

	ASSERT_OK(fsi_image_put_iso9660_1999(image, true));
	api_add_directory(root, "A folder.d");
	api_add_text(root, "A folder.d\\x", "x");
	api_add_text(root, "Name \xC3\xA9 (2).tar.gz", "some text");
	stream = api_image_stream(image);
	read_block(stream, 16, descriptor);
	read_block(stream, get_le32(descriptor + 158), primary_root);
	read_block(stream, 18, descriptor);
	read_block(stream, get_le32(descriptor + 158), enhanced_root);
	mine = find_record(enhanced_root, "Name \xC3\xA9 (2).tar.gz");
	other = find_record(primary_root, "NAME____2__TAR.GZ;1");
	ck_assert_ptr_nonnull(mine);
	ck_assert_ptr_nonnull(other);
	ck_assert_mem_eq(mine + 2, other + 2, 30); /* all from extent to sequence */
	mine = find_record(enhanced_root, "A folder.d");
	other = find_record(primary_root, "A_FOLDER_D");
	ck_assert_ptr_nonnull(mine);
	ck_assert_uint_ne(get_le32(mine + 2), get_le32(other + 2));
	read_block(stream, get_le32(mine + 2), block);
	ck_assert_ptr_nonnull(find_record(block, "x"));
	/* Root and folder in the path table: 10 and 18 bytes. */
	ck_assert_uint_eq(get_le32(descriptor + 132), 28);
	read_block(stream, get_le32(descriptor + 140), block);
	ck_assert_uint_eq(get_le32(block + 2), get_le32(descriptor + 158));
	ck_assert_uint_eq(get_le32(block + 12), get_le32(mine + 2));
	ck_assert_mem_eq(block + 16,
			 "\x01\x00"
			 "A folder.d",
			 12);
	fsi_stream_release(stream);
}
END_TEST

/* ---- all together ------------------------------------------------------ */

static void put_all(fsi_image *target)
{
	for (int i = 0; i < PROPERTIES; i++)
		ASSERT_OK(properties[i].put(target, true));
}

START_TEST(names_follow_the_properties)
{
	fsi_item *file = NULL;

	api_add_text(root, "A (first) name.of some length and more.text", "text");
	file = api_item(root, "A (first) name.of some length and more.text");
	api_assert_name_in(file, FSI_FILE_SYSTEM_ISO9660,
			   "A__FIRST__NAME_OF_SOME_LEN.TEXT");
	ASSERT_OK(fsi_image_put_long_iso_names(image, true));
	api_assert_name_in(file, FSI_FILE_SYSTEM_ISO9660,
			   "A__FIRST__NAME_OF_SOME_LENGTH_.TEXT");
	ASSERT_OK(fsi_image_put_lowercase_iso_names(image, true));
	api_assert_name_in(file, FSI_FILE_SYSTEM_ISO9660,
			   "A__first__name_of_some_length_.text");
	ASSERT_OK(fsi_image_put_relaxed_iso_names(image, true));
	api_assert_name_in(file, FSI_FILE_SYSTEM_ISO9660,
			   "A (first) name_of some length .text");
	ASSERT_OK(fsi_image_put_multidot_iso_names(image, true));
	api_assert_name_in(file, FSI_FILE_SYSTEM_ISO9660,
			   "A (first) name.of some length .text");
	ASSERT_OK(fsi_image_put_omit_iso_versions(image, true));
	api_assert_name_in(file, FSI_FILE_SYSTEM_ISO9660,
			   "A (first) name.of some length an.text");
	ASSERT_OK(fsi_image_put_long_iso_names(image, false));
	api_assert_name_in(file, FSI_FILE_SYSTEM_ISO9660,
			   "A (first) name.of some len.text");
}
END_TEST

/* The n-th of some names that are hard for one tree or another. */
static const char *make_name(uint32_t n)
{
	return api_text("%s %u%s", n % 3 == 0 ? "Folder.d\\Name" : "Name", n / 2,
			n % 2 == 0 ? ".Tar.gz" : "!.tar.gz");
}

START_TEST(images_with_all_of_it_do_not_depend_on_the_order_of_adding)
{
	fsi_image *other = api_image(BRIDGE);
	fsi_stream *streams[2] = {NULL};

	put_all(image);
	put_all(other);
	api_add_directory(root, "Folder.d");
	for (uint32_t n = 0; n < 100; n++)
		api_add_text(root, make_name(n), "text");
	api_add_directory(api_root(other), "Folder.d");
	for (uint32_t n = 100; n-- > 0;)
		api_add_text(api_root(other), make_name(n), "text");
	streams[0] = api_image_stream(image);
	streams[1] = api_image_stream(other);
	api_assert_same_bytes(streams[0], streams[1]);
	fsi_stream_release(streams[0]);
	fsi_stream_release(streams[1]);
	fsi_image_release(other);
}
END_TEST

static TCase *make_tree_tests(void)
{
	TCase *tcase = tcase_create("trees");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, all_file_systems_read_the_same_data_of_several_sections);
	tcase_add_test(tcase, a_file_that_is_left_out_is_whole_in_udf);
	tcase_add_loop_test(tcase, the_enhanced_descriptor_stands_behind_joliets, 0, 2);
	tcase_add_test(tcase, its_tree_has_the_real_names_of_the_same_files);
	tcase_add_test(tcase, names_follow_the_properties);
	tcase_add_test(tcase, images_with_all_of_it_do_not_depend_on_the_order_of_adding);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("extensions of ISO 9660");
	TCase *tcase = tcase_create("properties");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_property_is_off_and_keeps_what_it_is_set_to, 0,
			    PROPERTIES);
	tcase_add_test(tcase, the_interchange_levels_stay_those_of_imapi);
	tcase_add_loop_test(tcase, a_file_has_as_many_sections_as_linux_reads, 0, 3);
	tcase_add_loop_test(tcase, a_file_above_the_limit_is_in_udf_alone, 0, 3);
	tcase_add_test(tcase, a_file_is_left_out_only_where_udf_holds_it);
	tcase_add_test(tcase, counts_are_told_of_the_file_systems_that_are_there);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, make_tree_tests());
	return api_run(suite);
}
