/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of UDF structures, each on its own. */
#include "base/crc.h"
#include "tests/support/udf_fixture.h"
#include "tests/support/udf_reader.h"
#include "udf/descriptors.h"
#include "udf/revision.h"

#include <check.h>
#include <stdlib.h>

#define IMPLEMENTATION_SUFFIX "04 05 00 00 00 00 00 00"
#define DOMAIN_SUFFIX	      "02 01 03 00 00 00 00 00"

/* 2009-02-13 23:31:30.123456 UTC */
#define TIME_BYTES "00 10 D9 07 02 0D 17 1F 1E 0C 22 38"

static const struct fsi_udf_revision *revision_102(void)
{
	const struct fsi_udf_revision *revision = fsi_udf_revision_find(0x0102);

	ck_assert_ptr_nonnull(revision);
	return revision;
}

/* ---- elementary types -------------------------------------------------- */

START_TEST(the_crc_is_that_of_the_standard)
{
	const uint8_t example[] = {0x70, 0x6A, 0x77};
	const uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};

	ck_assert_uint_eq(fsi_crc16(example, sizeof(example)), 0x3299);
	ck_assert_uint_eq(fsi_crc16(digits, sizeof(digits)), 0x31C3);
	ck_assert_uint_eq(fsi_crc16(digits, 0), 0);
	ck_assert_uint_eq(udf_crc(example, sizeof(example)), 0x3299);
}
END_TEST

START_TEST(a_tag_seals_what_is_behind_it)
{
	uint8_t bytes[24] = {0};

	bytes[16] = 0x70;
	bytes[17] = 0x6A;
	bytes[18] = 0x77;
	fsi_udf_tag_seal(bytes, 19, FSI_UDF_TAG_FILE_ENTRY, revision_102(), 0x12345678);
	udf_assert_bytes(bytes, 24,
			 "05 01 02 00 EB 00 01 00 99 32 03 00 78 56 34 12 "
			 "70 6A 77 00 00 00 00 00");
	udf_assert_tag(bytes, 261, 19, 0x12345678);
}
END_TEST

START_TEST(sealing_again_gives_the_same_tag)
{
	uint8_t first[32] = {0};
	uint8_t second[32] = {0};

	fsi_udf_tag_seal(first, sizeof(first), FSI_UDF_TAG_ANCHOR, revision_102(), 256);
	memcpy(second, first, sizeof(first));
	fsi_udf_tag_seal(second, sizeof(second), FSI_UDF_TAG_ANCHOR, revision_102(), 256);
	ck_assert_mem_eq(first, second, sizeof(first));
}
END_TEST

static const struct {
	const char *text;
	const char *hex;
	bool is_narrow;
} cs0_rows[] = {
	{"", "", true},
	{"a", "08 61", true},
	{"\x7F", "08 7F", true},
	{"\xC2\x80", "08 80", true},		/* U+0080, two bytes in UTF-8 */
	{"\xC3\xBF", "08 FF", true},		/* U+00FF */
	{"\xC4\x80", "10 01 00", false},	/* U+0100 */
	{"a\xC4\x80", "10 00 61 01 00", false}, /* wide for one of them */
	{"\xC4\x80z", "10 01 00 00 7A", false},
	{"\xED\x9F\xBF", "10 D7 FF", false}, /* before the surrogates */
	{"\xEE\x80\x80", "10 E0 00", false}, /* behind them */
	{"\xEF\xBF\xBD", "10 FF FD", false},
	{"\xF0\x90\x80\x80", "10 D8 00 DC 00", false}, /* U+10000 */
	{"\xF0\x9F\x98\x80!", "10 D8 3D DE 00 00 21", false},
	{"\xF4\x8F\xBF\xBF", "10 DB FF DF FF", false}, /* U+10FFFF */
};

#define CS0_ROWS (int)(sizeof(cs0_rows) / sizeof(cs0_rows[0]))

START_TEST(text_takes_one_byte_a_character_where_it_can)
{
	const char *text = cs0_rows[_i].text;
	uint8_t out[255];
	const size_t size = fsi_udf_put_cs0(out, sizeof(out), text, strlen(text));

	udf_assert_bytes(out, size, cs0_rows[_i].hex);
	ck_assert_uint_eq(fsi_udf_put_cs0(NULL, sizeof(out), text, strlen(text)), size);
	ck_assert_int_eq(fsi_udf_is_narrow(text, strlen(text)), cs0_rows[_i].is_narrow);
}
END_TEST

/* count times unit, then tail. */
static void repeat(char *text, const char *unit, size_t count, const char *tail)
{
	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		strcat(text, unit);
	strcat(text, tail);
}

static const struct {
	const char *unit;
	const char *tail;
	unsigned count;
	unsigned room;
	unsigned used;
	uint8_t width;
} cut_rows[] = {
	/* One byte a character: 254 in a file identifier. */
	{"x", "", 253, 255, 254, 8},
	{"x", "", 254, 255, 255, 8},
	{"x", "", 255, 255, 255, 8},
	{"\xC3\xA9", "", 255, 255, 255, 8},
	/* Two bytes a unit: 127. */
	{"\xC4\x80", "", 126, 255, 253, 16},
	{"\xC4\x80", "", 127, 255, 255, 16},
	{"\xC4\x80", "", 128, 255, 255, 16},
	/* Never half of a pair. */
	{"\xC4\x80", "\xF0\x9F\x98\x80", 125, 255, 255, 16},
	{"\xC4\x80", "\xF0\x9F\x98\x80", 126, 255, 253, 16},
	{"\xF0\x9F\x98\x80", "", 63, 255, 253, 16},
	{"\xF0\x9F\x98\x80", "", 64, 255, 253, 16},
	/* What is cut off does not make the rest wide; a tie is narrow. */
	{"x", "\xC4\x80", 30, 31, 31, 8},
	{"x", "\xC4\x80", 20, 31, 21, 8},
	{"x", "\xC4\x80\xC4\x80", 15, 31, 16, 8},
	{"x", "\xC4\x80\xC4\x80", 14, 31, 31, 16},
	{"x", "\xF0\x9F\x98\x80", 14, 31, 15, 8},
	{"x", "\xF0\x9F\x98\x80", 13, 31, 31, 16},
};

#define CUT_ROWS (int)(sizeof(cut_rows) / sizeof(cut_rows[0]))

START_TEST(text_that_does_not_fit_keeps_its_longest_beginning)
{
	char text[1024];
	uint8_t out[256];
	size_t size = 0;

	repeat(text, cut_rows[_i].unit, cut_rows[_i].count, cut_rows[_i].tail);
	memset(out, 0xEE, sizeof(out));
	size = fsi_udf_put_cs0(out, cut_rows[_i].room, text, strlen(text));
	ck_assert_uint_eq(size, cut_rows[_i].used);
	ck_assert_uint_eq(out[0], cut_rows[_i].width);
	for (size_t i = size; i < sizeof(out); i++)
		ck_assert_uint_eq(out[i], 0xEE);
	ck_assert_uint_eq(fsi_udf_put_cs0(NULL, cut_rows[_i].room, text, strlen(text)),
			  size);
}
END_TEST

START_TEST(a_dstring_ends_with_the_bytes_it_uses)
{
	uint8_t field[32];

	memset(field, 0xEE, sizeof(field));
	fsi_udf_put_dstring32(&field, "Volume");
	udf_assert_dstring(field, sizeof(field), "08 56 6F 6C 75 6D 65");
	fsi_udf_put_dstring32(&field, "\xD0\x9C!");
	udf_assert_dstring(field, sizeof(field), "10 04 1C 00 21");
}
END_TEST

START_TEST(an_empty_dstring_is_zero_throughout)
{
	uint8_t field[32];

	memset(field, 0xEE, sizeof(field));
	fsi_udf_put_dstring32(&field, "");
	udf_assert_zero(field, 0, sizeof(field));
}
END_TEST

START_TEST(a_dstring_is_full_with_one_byte_to_spare)
{
	uint8_t narrow[32];
	uint8_t wide[128];
	char text[512];

	repeat(text, "y", 31, "");
	fsi_udf_put_dstring32(&narrow, text);
	ck_assert_uint_eq(narrow[31], 31);
	ck_assert_uint_eq(narrow[30], 'y');
	repeat(text, "y", 29, "");
	fsi_udf_put_dstring32(&narrow, text);
	ck_assert_uint_eq(narrow[31], 30);
	ck_assert_uint_eq(narrow[30], 0);
	repeat(text, "\xC4\x80", 64, "");
	fsi_udf_put_dstring128(&wide, text);
	ck_assert_uint_eq(wide[127], 127);
	ck_assert_uint_eq(wide[125], 1);
	repeat(text, "y", 127, "");
	fsi_udf_put_dstring128(&wide, text);
	ck_assert_uint_eq(wide[127], 127);
	ck_assert_uint_eq(wide[126], 'y');
}
END_TEST

static const struct {
	int64_t seconds;
	uint32_t microseconds;
	const char *hex;
} time_rows[] = {
	{1234567890, 123456, TIME_BYTES},
	{0, 0, "00 10 B2 07 01 01 00 00 00 00 00 00"},
	{-1, 999999, "00 10 B1 07 0C 1F 17 3B 3B 63 63 63"},
	{951782400, 1, "00 10 D0 07 02 1D 00 00 00 00 00 01"},
	{951782400, 100, "00 10 D0 07 02 1D 00 00 00 00 01 00"},
	{951782400, 10000, "00 10 D0 07 02 1D 00 00 00 01 00 00"},
	{INT64_C(-11644473600), 0, "00 10 41 06 01 01 00 00 00 00 00 00"},
	{INT64_C(253402300799), 999999, "00 10 0F 27 0C 1F 17 3B 3B 63 63 63"},
};

#define TIME_ROWS (int)(sizeof(time_rows) / sizeof(time_rows[0]))

START_TEST(a_timestamp_is_utc_with_microseconds)
{
	struct fsi_udf_timestamp field;
	uint8_t bytes[12];

	memset(&field, 0xEE, sizeof(field));
	fsi_udf_put_timestamp(&field, udf_fixture_time(time_rows[_i].seconds,
						       time_rows[_i].microseconds));
	memcpy(bytes, &field, sizeof(bytes));
	udf_assert_bytes(bytes, sizeof(bytes), time_rows[_i].hex);
}
END_TEST

START_TEST(a_regid_has_the_suffix_of_its_kind)
{
	struct fsi_udf_regid field = {0};
	uint8_t bytes[32];

	fsi_udf_put_implementation(&field);
	memcpy(bytes, &field, sizeof(bytes));
	udf_assert_regid(bytes, "*LIBFSIMAGE", IMPLEMENTATION_SUFFIX);
	fsi_udf_put_domain(&field, revision_102());
	memcpy(bytes, &field, sizeof(bytes));
	udf_assert_regid(bytes, "*OSTA UDF Compliant", DOMAIN_SUFFIX);
	fsi_udf_put_udf_regid(&field, "*UDF Metadata Partition", revision_102());
	memcpy(bytes, &field, sizeof(bytes));
	udf_assert_regid(bytes, "*UDF Metadata Partition", "02 01 04 05 00 00 00 00");
}
END_TEST

START_TEST(addresses_have_the_bytes_of_the_standard)
{
	const struct fsi_udf_extent extent = {0x01020304, 16};
	const struct fsi_udf_address address = {0x0A0B0C0D, 1};
	struct fsi_udf_extent_ad extent_ad;
	struct fsi_udf_short_ad short_ad;
	struct fsi_udf_long_ad long_ad;
	uint8_t bytes[16];

	memset(&long_ad, 0xEE, sizeof(long_ad));
	fsi_udf_put_extent_ad(&extent_ad, extent);
	memcpy(bytes, &extent_ad, 8);
	udf_assert_bytes(bytes, 8, "00 80 00 00 04 03 02 01");
	fsi_udf_put_short_ad(&short_ad, FSI_UDF_EXTENT_MAX_SIZE, 7);
	memcpy(bytes, &short_ad, 8);
	udf_assert_bytes(bytes, 8, "00 F8 FF 3F 07 00 00 00");
	fsi_udf_put_long_ad(&long_ad, 2048, address, 0x11223344);
	memcpy(bytes, &long_ad, 16);
	udf_assert_bytes(bytes, 16, "00 08 00 00 0D 0C 0B 0A 01 00 00 00 44 33 22 11");
}
END_TEST

/* ---- descriptors of the volume ----------------------------------------- */

static struct fsi_udf_volume test_volume(void)
{
	return (struct fsi_udf_volume){
		.revision = revision_102(),
		.name = "Volume",
		.recording_time = udf_fixture_time(1234567890, 123456),
		.serial = 0x00C0FFEE,
		.main_sequence = {32, 16},
		.reserve_sequence = {64, 16},
		.integrity_sequence = {96, 4},
		.partition = {288, 1000},
		.file_set = {0, 0},
		.root = {2, 0},
		.file_count = 5,
		.directory_count = 3,
		.next_unique_id = 23,
	};
}

START_TEST(recognition_is_three_descriptors)
{
	static const char *const identifiers[] = {"BEA01", "NSR02", "TEA01"};
	const struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE];

	for (uint32_t i = 0; i < 3; i++) {
		memset(block, 0, sizeof(block));
		ck_assert(fsi_udf_put_recognition(&volume, i, &block));
		ck_assert_uint_eq(block[0], 0);
		ck_assert_mem_eq(block + 1, identifiers[i], 5);
		ck_assert_uint_eq(block[6], 1);
		udf_assert_zero(block, 7, sizeof(block));
	}
	memset(block, 0, sizeof(block));
	ck_assert(!fsi_udf_put_recognition(&volume, 3, &block));
	udf_assert_zero(block, 0, sizeof(block));
}
END_TEST

START_TEST(an_anchor_points_at_both_sequences)
{
	const struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE] = {0};

	fsi_udf_put_anchor(&volume, 319, &block);
	udf_assert_tag(block, 2, 512, 319);
	udf_assert_bytes(block + 16, 16,
			 "00 80 00 00 20 00 00 00 00 80 00 00 40 00 00 00");
	udf_assert_zero(block, 32, sizeof(block));
}
END_TEST

static void put_sequence(const struct fsi_udf_volume *volume, uint32_t place,
			 uint8_t (*block)[FSI_BLOCK_SIZE])
{
	memset(*block, 0, sizeof(*block));
	ck_assert(fsi_udf_put_sequence(volume, place, 32 + place, block));
	/* The sequence number counts up with the place. */
	if (place < 5)
		ck_assert_uint_eq(udf_u32(*block, 16), place);
}

START_TEST(the_primary_volume_descriptor_has_every_field)
{
	const struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE];

	put_sequence(&volume, 0, &block);
	udf_assert_tag(block, 1, 512, 32);
	ck_assert_uint_eq(udf_u32(block, 20), 0);
	udf_assert_dstring(block + 24, 32, "08 56 6F 6C 75 6D 65");
	ck_assert_uint_eq(udf_u16(block, 56), 1);
	ck_assert_uint_eq(udf_u16(block, 58), 1);
	ck_assert_uint_eq(udf_u16(block, 60), 2);
	ck_assert_uint_eq(udf_u16(block, 62), 3);
	ck_assert_uint_eq(udf_u32(block, 64), 1);
	ck_assert_uint_eq(udf_u32(block, 68), 1);
	/* 499602D2 00C0FFEE Volume */
	udf_assert_dstring(block + 72, 128,
			   "08 34 39 39 36 30 32 44 32 30 30 43 30 46 46 45 45 "
			   "56 6F 6C 75 6D 65");
	udf_assert_charspec(block + 200);
	udf_assert_charspec(block + 264);
	udf_assert_zero(block, 328, 376);
	udf_assert_bytes(block + 376, 12, TIME_BYTES);
	udf_assert_regid(block + 388, "*LIBFSIMAGE", IMPLEMENTATION_SUFFIX);
	udf_assert_zero(block, 420, sizeof(block));
}
END_TEST

START_TEST(a_volume_name_is_cut_where_there_is_less_room)
{
	struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE];
	char name[256];

	repeat(name, "n", 126, "");
	volume.name = name;
	put_sequence(&volume, 0, &block);
	ck_assert_uint_eq(block[24 + 31], 31);
	ck_assert_uint_eq(block[72 + 127], 127);
	ck_assert_mem_eq(block + 72,
			 "\x08"
			 "499602D200C0FFEEnnnn",
			 21);
	put_sequence(&volume, 1, &block);
	ck_assert_uint_eq(block[116 + 127], 127);
	put_sequence(&volume, 3, &block);
	ck_assert_uint_eq(block[84 + 127], 127);
}
END_TEST

START_TEST(a_wide_name_leaves_the_volume_set_identifier_narrow)
{
	struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE];

	volume.name = "\xD0\x9C";
	put_sequence(&volume, 0, &block);
	udf_assert_dstring(block + 24, 32, "10 04 1C");
	udf_assert_dstring(block + 72, 128,
			   "08 34 39 39 36 30 32 44 32 30 30 43 30 46 46 45 45");
}
END_TEST

START_TEST(the_implementation_use_descriptor_has_every_field)
{
	const struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE];

	put_sequence(&volume, 1, &block);
	udf_assert_tag(block, 4, 512, 33);
	udf_assert_regid(block + 20, "*UDF LV Info", "02 01 04 05 00 00 00 00");
	udf_assert_charspec(block + 52);
	udf_assert_dstring(block + 116, 128, "08 56 6F 6C 75 6D 65");
	udf_assert_zero(block, 244, 352);
	udf_assert_regid(block + 352, "*LIBFSIMAGE", IMPLEMENTATION_SUFFIX);
	udf_assert_zero(block, 384, sizeof(block));
}
END_TEST

START_TEST(the_partition_descriptor_has_every_field)
{
	const struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE];

	put_sequence(&volume, 2, &block);
	udf_assert_tag(block, 5, 512, 34);
	ck_assert_uint_eq(udf_u16(block, 20), 1);
	ck_assert_uint_eq(udf_u16(block, 22), 0);
	udf_assert_regid(block + 24, "+NSR02", "00 00 00 00 00 00 00 00");
	udf_assert_zero(block, 56, 184);
	ck_assert_uint_eq(udf_u32(block, 184), 1);
	ck_assert_uint_eq(udf_u32(block, 188), 288);
	ck_assert_uint_eq(udf_u32(block, 192), 1000);
	udf_assert_regid(block + 196, "*LIBFSIMAGE", IMPLEMENTATION_SUFFIX);
	udf_assert_zero(block, 228, sizeof(block));
}
END_TEST

START_TEST(the_logical_volume_descriptor_has_every_field)
{
	const struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE];

	put_sequence(&volume, 3, &block);
	udf_assert_tag(block, 6, 446, 35);
	udf_assert_charspec(block + 20);
	udf_assert_dstring(block + 84, 128, "08 56 6F 6C 75 6D 65");
	ck_assert_uint_eq(udf_u32(block, 212), 2048);
	udf_assert_regid(block + 216, "*OSTA UDF Compliant", DOMAIN_SUFFIX);
	udf_assert_bytes(block + 248, 16,
			 "00 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	ck_assert_uint_eq(udf_u32(block, 264), 6);
	ck_assert_uint_eq(udf_u32(block, 268), 1);
	udf_assert_regid(block + 272, "*LIBFSIMAGE", IMPLEMENTATION_SUFFIX);
	udf_assert_zero(block, 304, 432);
	udf_assert_bytes(block + 432, 14, "00 20 00 00 60 00 00 00 01 06 01 00 00 00");
	udf_assert_zero(block, 446, sizeof(block));
}
END_TEST

START_TEST(a_sequence_ends_with_no_free_space_and_a_terminator)
{
	const struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE];

	put_sequence(&volume, 4, &block);
	udf_assert_tag(block, 7, 24, 36);
	udf_assert_zero(block, 20, sizeof(block));
	put_sequence(&volume, 5, &block);
	udf_assert_tag(block, 8, 512, 37);
	udf_assert_zero(block, 16, sizeof(block));
	memset(block, 0, sizeof(block));
	ck_assert(!fsi_udf_put_sequence(&volume, 6, 38, &block));
	udf_assert_zero(block, 0, sizeof(block));
}
END_TEST

START_TEST(the_integrity_descriptor_has_every_field)
{
	const struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE] = {0};

	fsi_udf_put_integrity(&volume, 96, &block);
	udf_assert_tag(block, 9, 134, 96);
	udf_assert_bytes(block + 16, 12, TIME_BYTES);
	ck_assert_uint_eq(udf_u32(block, 28), 1);
	udf_assert_zero(block, 32, 40);
	ck_assert_uint_eq(udf_u64(block, 40), 23);
	udf_assert_zero(block, 48, 72);
	ck_assert_uint_eq(udf_u32(block, 72), 1);
	ck_assert_uint_eq(udf_u32(block, 76), 46);
	ck_assert_uint_eq(udf_u32(block, 80), 0);
	ck_assert_uint_eq(udf_u32(block, 84), 1000);
	udf_assert_regid(block + 88, "*LIBFSIMAGE", IMPLEMENTATION_SUFFIX);
	ck_assert_uint_eq(udf_u32(block, 120), 5);
	ck_assert_uint_eq(udf_u32(block, 124), 3);
	ck_assert_uint_eq(udf_u16(block, 128), 0x0102);
	ck_assert_uint_eq(udf_u16(block, 130), 0x0102);
	ck_assert_uint_eq(udf_u16(block, 132), 0x0102);
	udf_assert_zero(block, 134, sizeof(block));
}
END_TEST

START_TEST(the_file_set_descriptor_has_every_field)
{
	const struct fsi_udf_volume volume = test_volume();
	uint8_t block[FSI_BLOCK_SIZE] = {0};

	fsi_udf_put_file_set(&volume, 0, &block);
	udf_assert_tag(block, 256, 512, 0);
	udf_assert_bytes(block + 16, 12, TIME_BYTES);
	ck_assert_uint_eq(udf_u16(block, 28), 3);
	ck_assert_uint_eq(udf_u16(block, 30), 3);
	ck_assert_uint_eq(udf_u32(block, 32), 1);
	ck_assert_uint_eq(udf_u32(block, 36), 1);
	udf_assert_zero(block, 40, 48);
	udf_assert_charspec(block + 48);
	udf_assert_dstring(block + 112, 128, "08 56 6F 6C 75 6D 65");
	udf_assert_charspec(block + 240);
	udf_assert_dstring(block + 304, 32, "08 56 6F 6C 75 6D 65");
	udf_assert_zero(block, 336, 400);
	udf_assert_bytes(block + 400, 16,
			 "00 08 00 00 02 00 00 00 00 00 00 00 00 00 00 00");
	udf_assert_regid(block + 416, "*OSTA UDF Compliant", DOMAIN_SUFFIX);
	udf_assert_zero(block, 448, sizeof(block));
}
END_TEST

START_TEST(only_revisions_of_the_table_are_found)
{
	ck_assert_uint_eq(revision_102()->number, 0x0102);
	ck_assert_ptr_null(fsi_udf_revision_find(0x0101));
	ck_assert_ptr_null(fsi_udf_revision_find(0x0103));
	ck_assert_ptr_null(fsi_udf_revision_find(0x10102));
}
END_TEST

static void add_elementary_tests(Suite *suite)
{
	TCase *tcase = tcase_create("elementary types");

	tcase_add_test(tcase, the_crc_is_that_of_the_standard);
	tcase_add_test(tcase, a_tag_seals_what_is_behind_it);
	tcase_add_test(tcase, sealing_again_gives_the_same_tag);
	tcase_add_loop_test(tcase, text_takes_one_byte_a_character_where_it_can, 0,
			    CS0_ROWS);
	tcase_add_loop_test(tcase, text_that_does_not_fit_keeps_its_longest_beginning, 0,
			    CUT_ROWS);
	tcase_add_test(tcase, a_dstring_ends_with_the_bytes_it_uses);
	tcase_add_test(tcase, an_empty_dstring_is_zero_throughout);
	tcase_add_test(tcase, a_dstring_is_full_with_one_byte_to_spare);
	tcase_add_loop_test(tcase, a_timestamp_is_utc_with_microseconds, 0, TIME_ROWS);
	tcase_add_test(tcase, a_regid_has_the_suffix_of_its_kind);
	tcase_add_test(tcase, addresses_have_the_bytes_of_the_standard);
	suite_add_tcase(suite, tcase);
}

static void add_descriptor_tests(Suite *suite)
{
	TCase *tcase = tcase_create("descriptors");

	tcase_add_test(tcase, recognition_is_three_descriptors);
	tcase_add_test(tcase, an_anchor_points_at_both_sequences);
	tcase_add_test(tcase, the_primary_volume_descriptor_has_every_field);
	tcase_add_test(tcase, a_volume_name_is_cut_where_there_is_less_room);
	tcase_add_test(tcase, a_wide_name_leaves_the_volume_set_identifier_narrow);
	tcase_add_test(tcase, the_implementation_use_descriptor_has_every_field);
	tcase_add_test(tcase, the_partition_descriptor_has_every_field);
	tcase_add_test(tcase, the_logical_volume_descriptor_has_every_field);
	tcase_add_test(tcase, a_sequence_ends_with_no_free_space_and_a_terminator);
	tcase_add_test(tcase, the_integrity_descriptor_has_every_field);
	tcase_add_test(tcase, the_file_set_descriptor_has_every_field);
	tcase_add_test(tcase, only_revisions_of_the_table_are_found);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("udf");
	SRunner *runner;
	int failed;

	add_elementary_tests(suite);
	add_descriptor_tests(suite);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
