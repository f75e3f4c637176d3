/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader on entries, directories and streams that our writer does not make. */
#include "tests/support/hand.h"

#include <stdlib.h>
#include <string.h>

/* ---- entries ----------------------------------------------------------- */

START_TEST(an_entry_may_be_superseded_by_others)
{
	hand_begin(UDF_PLAIN, 0x102);
	/* 8 and its indirect entry 9; 20 and 21; 30, behind which nothing is. */
	for (uint32_t n = 8; n <= 30; n += n == 8 ? 12 : 10) {
		uint8_t *block = udf_volume_entry(&hand_volume, n);

		udf_put_simple_file(&hand_volume, n, 40, n);
		udf_put16(block, 20, 4096);
		udf_reseal(block);
		if (n == 30)
			break;
		block = udf_volume_entry(&hand_volume, n + 1);
		udf_put_long(block + 36, 0, 2 * UDF_BLOCK, n == 8 ? 20 : 30, 0);
		udf_seal(&hand_volume, block, 259, 52, n + 1);
	}
	hand_assert_extents("recorded 0+30@328 ");
	hand_end();
}
END_TEST

START_TEST(an_entry_that_has_no_successor_may_be_the_last)
{
	uint8_t *block = NULL;

	hand_begin_chain(8);
	block = udf_volume_entry(&hand_volume, 9);
	udf_put_long(block + 36, 0, UDF_BLOCK, 20, 0);
	udf_seal(&hand_volume, block, 259, 52, 9);
	udf_put_simple_file(&hand_volume, 20, 40, 20);
	udf_put_simple_file(&hand_volume, 21, 40, 21); /* of no concern */
	hand_assert_extents("recorded 0+20@328 ");
	hand_end();
}
END_TEST

START_TEST(a_terminal_entry_ends_a_chain_of_entries)
{
	hand_begin_chain(8);
	udf_seal(&hand_volume, udf_volume_entry(&hand_volume, 9), 260, 36, 9);
	hand_assert_extents("recorded 0+8@328 ");
	hand_end();
}
END_TEST

static const struct {
	uint8_t type;
	enum fsi_disc_kind kind;
} types[] = {
	{5, FSI_DISC_FILE},
	{249, FSI_DISC_FILE},
	{6, FSI_DISC_BLOCK_DEVICE},
	{9, FSI_DISC_FIFO},
	{10, FSI_DISC_SOCKET},
	{7, FSI_DISC_CHARACTER_DEVICE},
	{12, FSI_DISC_LINK},
	{13, 0},
	{8, 0},
	{248, 0},
	{250, 0},
	{1, 0},
	{14, 0},
	{255, 0},
};

#define TYPES (int)(sizeof(types) / sizeof(types[0]))

START_TEST(files_are_of_the_kinds_that_udf_knows)
{
	uint8_t attributes[56] = {0};
	const struct fsi_disc_entry_info *info = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *file = NULL;

	hand_begin(UDF_PLAIN, 0x201);
	udf_seal(&hand_volume, attributes, 262, 24, 8);
	udf_put32(attributes, 24, 12);
	udf_put32(attributes, 32, 32);
	udf_put32(attributes, 40, 11);
	udf_put32(attributes, 44, 22);
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){.type = types[_i].type,
					.attributes = attributes,
					.attributes_size = 56});
	view = hand_view();
	file = disc_entry(view, "file");
	if (types[_i].kind == 0) {
		ASSERT_FAILS(fsi_disc_entry_get_info(file, &info),
			     IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
			     "UDF|a file of unknown type");
		ASSERT_SAYS("block 296");
		ASSERT_SAYS(api_text("type %u", types[_i].type));
	} else {
		const bool is_device = types[_i].type == 6 || types[_i].type == 7;

		info = disc_info(file);
		ck_assert_int_eq(info->kind, types[_i].kind);
		ck_assert(info->is_real_time == (types[_i].type == 249));
		ck_assert_uint_eq(info->device_major, is_device ? 11 : 0);
		ck_assert_uint_eq(info->device_minor, is_device ? 22 : 0);
	}
	fsi_disc_entry_release(file);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(a_device_needs_its_number)
{
	hand_begin(UDF_PLAIN, 0x201);
	udf_put_file(&hand_volume, 8, &(struct udf_file){.type = 6});
	ASSERT_FAILS(hand_walk(), IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF");
	ASSERT_SAYS("block 296, of a device, has no device number");
	hand_end();
}
END_TEST

START_TEST(attributes_may_be_in_a_file_of_their_own)
{
	uint8_t attributes[48] = {0};
	fsi_disc_view *view = NULL;
	fsi_disc_entry *file = NULL;

	hand_begin(UDF_PLAIN, 0x201);
	udf_seal(&hand_volume, attributes, 262, 24, 9);
	udf_put32(attributes, 24, 12);
	udf_put32(attributes, 32, 24);
	udf_put32(attributes, 40, 11);
	udf_put32(attributes, 44, 22);
	udf_put_file(&hand_volume, 8, &(struct udf_file){.type = 7});
	udf_put_long(udf_volume_entry(&hand_volume, 8) + 112, 0, UDF_BLOCK, 9, 0);
	udf_reseal(udf_volume_entry(&hand_volume, 8));
	udf_put_file(&hand_volume, 9,
		     &(struct udf_file){.type = 8,
					.flags = 3,
					.size = 48,
					.descriptors = attributes,
					.descriptors_size = 48});
	view = hand_view();
	file = disc_entry(view, "file");
	ck_assert_uint_eq(disc_info(file)->device_major, 11);
	ck_assert_uint_eq(disc_info(file)->device_minor, 22);
	fsi_disc_entry_release(file);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(all_that_an_entry_tells_is_handed_on)
{
	const struct fsi_disc_entry_info *info = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *file = NULL;
	uint8_t *block = NULL;

	udf_volume_init(&hand_volume, UDF_PLAIN, 0x201);
	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	udf_directory_add(&hand_directory, "one", 1, 8);
	udf_directory_add(&hand_directory, "two", 0, 8);
	udf_directory_end(&hand_directory, 2, 4);
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){.flags = 1 | 1 << 5 | 1 << 6 | 1 << 10,
					.is_extended = true,
					.links = 2,
					.permissions = 0x1484,
					.unique_id = UINT64_C(0x1234567890)});
	block = udf_volume_entry(&hand_volume, 8);
	udf_put32(block, 36, 1000);
	udf_put32(block, 40, 100);
	block[80 + 6] = 20;  /* access: 20:31:30 */
	block[104 + 6] = 10; /* creation: 10:31:30 */
	block[116 + 11] = 7; /* attributes: 7 microseconds later */
	udf_reseal(block);
	view = hand_view();
	file = disc_entry(view, "one");
	info = disc_info(file);
	ck_assert(info->is_hidden && info->is_system && info->is_archive);
	ck_assert(!info->is_real_time && !info->has_streams);
	ck_assert(info->has_uid && info->has_gid && info->has_mode);
	ck_assert_uint_eq(info->uid, 1000);
	ck_assert_uint_eq(info->gid, 100);
	ck_assert_uint_eq(info->mode, 04544);
	ck_assert_uint_eq(info->link_count, 2);
	ck_assert_uint_eq(info->unique_id, UINT64_C(0x1234567890));
	ck_assert_uint_eq(info->entry_block, 296);
	ck_assert_int_eq(info->modification_time.time.tv_sec, 1234567890);
	ck_assert_int_eq(info->access_time.time.tv_sec, 1234567890 - 3 * 3600);
	ck_assert_int_eq(info->creation_time.time.tv_sec, 1234567890 - 13 * 3600);
	ck_assert_int_eq(info->attribute_time.time.tv_nsec, 7000);
	{
		fsi_disc_entry *other = disc_entry(view, "two");

		ck_assert_uint_eq(disc_info(other)->identity, info->identity);
		ck_assert(!disc_info(other)->is_hidden);
		fsi_disc_entry_release(other);
	}
	fsi_disc_entry_release(file);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(a_symbolic_link_is_told_as_text)
{
	static const uint8_t path[] = "\x02\0\0\0\x05\x04\0\0\x08usr\x03\0\0\0";
	fsi_disc_view *view = NULL;
	fsi_disc_entry *file = NULL;
	fsi_stream *stream = NULL;
	char *target = NULL;

	hand_begin(UDF_PLAIN, 0x201);
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){.type = 12,
					.flags = 3,
					.size = 16,
					.descriptors = path,
					.descriptors_size = 16});
	view = hand_view();
	file = disc_entry(view, "file");
	ASSERT_OK(fsi_disc_entry_get_link_target(file, &target));
	ck_assert_str_eq(target, "/usr/..");
	fsi_free(target);
	ASSERT_FAILS(fsi_disc_entry_open_data(file, &stream), IMAPI_E_NOT_FILE, "file");
	fsi_disc_entry_release(file);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

/* ---- directories ------------------------------------------------------- */

START_TEST(deleted_names_are_not_listed)
{
	udf_volume_init(&hand_volume, UDF_PLAIN, 0x201);
	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	udf_directory_add(&hand_directory, "a", 0, 8);
	udf_directory_add(&hand_directory, "b", 4, 0);
	udf_directory_add_bytes(&hand_directory, (const uint8_t *)"\xFE\0\0\0\0", 5, 4,
				0);
	udf_directory_add_bytes(&hand_directory, (const uint8_t *)"\xFEold", 4, 4, 0);
	udf_directory_add(&hand_directory, "c", 0, 8);
	udf_directory_end(&hand_directory, 2, 4);
	udf_put_simple_file(&hand_volume, 8, 40, 8);
	hand_assert_root("a c ");
	hand_end();
}
END_TEST

/* In each kind of partition: 60 names in blocks and extents that part them. */
START_TEST(names_may_straddle_blocks_and_extents)
{
	char expected[60 * 40] = "";
	char *end = expected;

	udf_volume_init(&hand_volume, hand_kinds[_i].kind, hand_kinds[_i].revision);
	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	for (unsigned i = 0; i < 60; i++) {
		const char *name = api_text("a name that is long enough, number %u", i);

		udf_directory_add(&hand_directory, name, 0, 10);
		end = stpcpy(stpcpy(end, name), " ");
	}
	ck_assert_uint_gt(hand_directory.size, 2 * UDF_BLOCK);
	udf_directory_end(&hand_directory, 2, 4);
	udf_put_simple_file(&hand_volume, 10, 40, 8);
	hand_assert_root(expected);
	hand_end();
}
END_TEST

START_TEST(a_directory_may_be_embedded)
{
	udf_volume_init(&hand_volume, UDF_PLAIN, 0x201);
	udf_directory_begin(&hand_directory, &hand_volume, 2, 2);
	hand_directory.is_embedded = true;
	udf_directory_add(&hand_directory, "file", 0, 8);
	udf_directory_end(&hand_directory, 2, 4);
	udf_put_simple_file(&hand_volume, 8, 40, 3);
	hand_put_data(40, "abc");
	hand_assert_data("/file", 0, "abc");
	hand_end();
}
END_TEST

START_TEST(zeros_may_end_a_directory)
{
	for (size_t extra = 1; extra <= UDF_BLOCK; extra += 37) {
		hand_begin(UDF_PLAIN, 0x201);
		hand_directory.size += extra;
		udf_directory_end(&hand_directory, 2, 4);
		hand_assert_root("file ");
		hand_end();
	}
}
END_TEST

/* ---- named streams ----------------------------------------------------- */

START_TEST(named_streams_are_listed_and_read)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *file = NULL;
	fsi_disc_entry *stream = NULL;
	fsi_disc_children *streams = NULL;
	char *text = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	hand_begin(UDF_PLAIN, 0x201);
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){.is_extended = true, .stream_directory = 9});
	udf_directory_begin(&hand_directory, &hand_volume, 11, 8);
	udf_directory_add(&hand_directory, "first", 0, 10);
	udf_directory_add(&hand_directory, "*UDF UNIX ACL", 0x10, 10);
	udf_directory_end(&hand_directory, 9, 13);
	udf_put_simple_file(&hand_volume, 10, 40, 6);
	hand_put_data(40, "stream");
	view = hand_view();
	file = disc_entry(view, "file");
	ck_assert(disc_info(file)->has_streams);
	text = disc_list(file, true);
	ck_assert_str_eq(text, "first *UDF UNIX ACL ");
	free(text);
	ASSERT_OK(fsi_disc_entry_get_streams(file, &streams));
	ASSERT_OK(fsi_disc_children_next(streams, &stream));
	fsi_disc_children_release(streams);
	ck_assert_int_eq(disc_info(stream)->kind, FSI_DISC_FILE);
	bytes = disc_read(stream, &size);
	ck_assert_uint_eq(size, 6);
	ck_assert_mem_eq(bytes, "stream", 6);
	free(bytes);
	text = disc_list(stream, true);
	ck_assert_str_eq(text, "");
	free(text);
	fsi_disc_entry_release(stream);
	fsi_disc_entry_release(file);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(a_file_without_streams_lists_none)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *file = NULL;
	char *text = NULL;

	hand_begin(UDF_PLAIN, 0x102);
	udf_put_simple_file(&hand_volume, 8, 40, 6);
	view = hand_view();
	file = disc_entry(view, "file");
	ck_assert(!disc_info(file)->has_streams);
	text = disc_list(file, true);
	ck_assert_str_eq(text, "");
	free(text);
	fsi_disc_entry_release(file);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF entries of every form");
	TCase *entries = tcase_create("entries");

	tcase_add_test(entries, an_entry_may_be_superseded_by_others);
	tcase_add_test(entries, an_entry_that_has_no_successor_may_be_the_last);
	tcase_add_test(entries, a_terminal_entry_ends_a_chain_of_entries);
	tcase_add_loop_test(entries, files_are_of_the_kinds_that_udf_knows, 0, TYPES);
	tcase_add_test(entries, a_device_needs_its_number);
	tcase_add_test(entries, attributes_may_be_in_a_file_of_their_own);
	tcase_add_test(entries, all_that_an_entry_tells_is_handed_on);
	tcase_add_test(entries, a_symbolic_link_is_told_as_text);
	tcase_add_test(entries, deleted_names_are_not_listed);
	tcase_add_loop_test(entries, names_may_straddle_blocks_and_extents, 0,
			    HAND_KINDS);
	tcase_add_test(entries, a_directory_may_be_embedded);
	tcase_add_test(entries, zeros_may_end_a_directory);
	tcase_add_test(entries, named_streams_are_listed_and_read);
	tcase_add_test(entries, a_file_without_streams_lists_none);
	suite_add_tcase(suite, entries);
	return api_run(suite);
}
