/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the elementary types of UDF, directories and paths, at their limits. */
#include "tests/support/api.h"
#include "tests/support/udf_volume.h"
#include "udf/read_directory.h"
#include "udf/read_entry.h"

#include <string.h>

/* ---- text -------------------------------------------------------------- */

/* Bytes of OSTA CS0 and what they are as text, as a name. */
static const struct {
	const char *bytes;
	size_t length;
	const char *text;
	const char *name;
} texts[] = {
	{"", 0, "", "\xEF\xBF\xBD"},
	{"\x08", 1, "", "\xEF\xBF\xBD"},
	{"\x10", 1, "", "\xEF\xBF\xBD"},
	{"\x08"
	 "ab",
	 3, "ab", "ab"},
	{"\x08\xE9\xFF", 3, "\xC3\xA9\xC3\xBF", "\xC3\xA9\xC3\xBF"},
	{"\x08\0a", 3,
	 "\xEF\xBF\xBD"
	 "a",
	 "\xEF\xBF\xBD"
	 "a"},
	{"\x08/", 2, "/", "\xEF\xBF\xBD"},
	{"\x08.", 2, ".", "\xEF\xBF\xBD"},
	{"\x08..", 3, "..", "\xEF\xBF\xBD\xEF\xBF\xBD"},
	{"\x08...", 4, "...", "..."},
	{"\x10\x65\xE5", 3, "\xE6\x97\xA5", "\xE6\x97\xA5"},
	{"\x10\x65\xE5\x67", 4, "\xE6\x97\xA5", "\xE6\x97\xA5"}, /* odd byte */
	{"\x10\xD8\x34\xDD\x1E", 5, "\xF0\x9D\x84\x9E", "\xF0\x9D\x84\x9E"}, /* pair */
	{"\x10\xD8\x34", 3, "\xEF\xBF\xBD", "\xEF\xBF\xBD"}, /* high half */
	{"\x10\xD8\x34\0a", 5,
	 "\xEF\xBF\xBD"
	 "a",
	 "\xEF\xBF\xBD"
	 "a"},
	{"\x10\xDD\x1E\xD8\x34", 5, "\xEF\xBF\xBD\xEF\xBF\xBD",
	 "\xEF\xBF\xBD\xEF\xBF\xBD"},
	{"\x10\xD7\xFF\xE0\0", 5, "\xED\x9F\xBF\xEE\x80\x80", "\xED\x9F\xBF\xEE\x80\x80"},
	{"\x10\0.\0.", 5, "..", "\xEF\xBF\xBD\xEF\xBF\xBD"},
	{"\x10\0/\0a", 5, "/a",
	 "\xEF\xBF\xBD"
	 "a"},
	{"\x10\xFF\xFE\0\0", 5, "\xEF\xBF\xBE\xEF\xBF\xBD", "\xEF\xBF\xBE\xEF\xBF\xBD"},
};

START_TEST(text_is_decoded_and_names_are_made_safe)
{
	const uint8_t *bytes = (const void *)texts[_i].bytes;
	char out[64];

	memset(out, '?', sizeof(out));
	ck_assert(fsi_udf_get_cs0(bytes, texts[_i].length, out));
	ck_assert_str_eq(out, texts[_i].text);
	ck_assert_uint_lt(strlen(out), FSI_UDF_UTF8_SIZE(texts[_i].length));
	memset(out, '?', sizeof(out));
	ck_assert(fsi_udf_get_name(bytes, texts[_i].length, out));
	ck_assert_str_eq(out, texts[_i].name);
	ck_assert_uint_lt(strlen(out), FSI_UDF_UTF8_SIZE(texts[_i].length + 1));
}
END_TEST

START_TEST(text_of_unknown_compression_is_refused)
{
	char out[64];

	for (unsigned id = 0; id < 256; id++) {
		const uint8_t bytes[] = {(uint8_t)id, 'a', 'b'};
		const bool is_known = id == 8 || id == 16;

		ck_assert(fsi_udf_get_cs0(bytes, 3, out) == is_known);
		ck_assert(fsi_udf_get_name(bytes, 3, out) == is_known);
	}
}
END_TEST

static void assert_dstring(const char *start, size_t used, uint8_t length,
			   const char *expected)
{
	uint8_t field[32] = {0};
	char out[FSI_UDF_UTF8_SIZE(sizeof(field))];

	memcpy(field, start, used);
	field[31] = length;
	fsi_udf_get_dstring(field, sizeof(field), out);
	ck_assert_str_eq(out, expected);
}

START_TEST(fixed_length_text_has_its_length_in_its_last_byte)
{
	assert_dstring("", 0, 0, "");
	assert_dstring("\x08label", 6, 6, "label");
	assert_dstring("\x08label", 6, 4, "lab");
	assert_dstring("\x10\x65\xE5\0A", 5, 5,
		       "\xE6\x97\xA5"
		       "A");
	assert_dstring("\x08label", 6, 1, "");
	assert_dstring("\x08"
		       "012345678901234567890123456789",
		       31, 31, "012345678901234567890123456789");
}
END_TEST

START_TEST(fixed_length_text_with_a_wrong_length_is_forgiven)
{
	assert_dstring("\x08label", 6, 0, "label");
	assert_dstring("\x08label", 6, 31, "label");
	assert_dstring("\x08label", 6, 32, "label");
	assert_dstring("\x08label", 6, 255, "label");
	assert_dstring("\x10\0a\0b", 5, 0, "ab");
	assert_dstring("\x10\0a\0b", 5, 31, "ab");
	assert_dstring("\x10\x01\0\x02\0", 5, 30, "\xC4\x80\xC8\x80");
	assert_dstring("no compression", 14, 14, "");
	assert_dstring("no compression", 14, 0, "");
}
END_TEST

/* ---- times ------------------------------------------------------------- */

static struct fsi_disc_time decode_time(const uint8_t (*bytes)[12])
{
	struct fsi_udf_timestamp field;
	struct fsi_disc_time time;

	memcpy(&field, *bytes, sizeof(field));
	fsi_udf_get_timestamp(&field, &time);
	return time;
}

#define TIME(...) decode_time(&(const uint8_t[12]){__VA_ARGS__})

START_TEST(a_time_is_told_in_utc_with_its_zone)
{
	/* 2009-02-13 23:31:30.123456 */
	struct fsi_disc_time time =
		TIME(0x00, 0x10, 0xD9, 0x07, 2, 13, 23, 31, 30, 12, 34, 56);

	ck_assert(time.is_known && time.has_zone);
	ck_assert_int_eq(time.time.tv_sec, 1234567890);
	ck_assert_int_eq(time.time.tv_nsec, 123456000);
	ck_assert_int_eq(time.zone_minutes, 0);
	time = TIME(0x3C, 0x10, 0xD9, 0x07, 2, 14, 0, 31, 30, 0, 0, 0);
	ck_assert_int_eq(time.time.tv_sec, 1234567890);
	ck_assert_int_eq(time.zone_minutes, 60);
	time = TIME(0xD4, 0x1E, 0xD9, 0x07, 2, 13, 18, 31, 30, 0, 0, 0);
	ck_assert_int_eq(time.time.tv_sec, 1234567890);
	ck_assert_int_eq(time.zone_minutes, -300);
}
END_TEST

START_TEST(a_zone_that_is_none_leaves_the_time_as_it_is)
{
	struct fsi_disc_time time =
		TIME(0x01, 0x18, 0xD9, 0x07, 2, 13, 23, 31, 30, 0, 0, 0); /* -2047 */

	ck_assert(time.is_known && !time.has_zone);
	ck_assert_int_eq(time.time.tv_sec, 1234567890);
	ck_assert_int_eq(time.zone_minutes, 0);
	time = TIME(0xA0, 0x15, 0xD9, 0x07, 2, 13, 23, 31, 30, 0, 0, 0); /* 1440 */
	ck_assert(time.has_zone);
	time = TIME(0xA1, 0x15, 0xD9, 0x07, 2, 13, 23, 31, 30, 0, 0, 0); /* 1441 */
	ck_assert(time.is_known && !time.has_zone);
	time = TIME(0x60, 0x1A, 0xD9, 0x07, 2, 13, 23, 31, 30, 0, 0, 0); /* -1440 */
	ck_assert(time.has_zone);
	time = TIME(0x5F, 0x1A, 0xD9, 0x07, 2, 13, 23, 31, 30, 0, 0, 0); /* -1441 */
	ck_assert(time.is_known && !time.has_zone);
	/* Type 0 is UTC whatever the zone says; of type 2 nothing is agreed upon. */
	time = TIME(0x3C, 0x00, 0xD9, 0x07, 2, 13, 23, 31, 30, 0, 0, 0);
	ck_assert(time.has_zone);
	ck_assert_int_eq(time.time.tv_sec, 1234567890);
	time = TIME(0x3C, 0x20, 0xD9, 0x07, 2, 13, 23, 31, 30, 0, 0, 0);
	ck_assert(time.is_known && !time.has_zone);
}
END_TEST

START_TEST(a_date_that_does_not_exist_is_not_known)
{
	ck_assert(!TIME(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).is_known);
	ck_assert(!TIME(0, 0x10, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0).is_known); /* year 0 */
	ck_assert(TIME(0, 0x10, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0).is_known);
	ck_assert(TIME(0, 0x10, 0x0F, 0x27, 12, 31, 0, 0, 0, 0, 0, 0).is_known);
	ck_assert(!TIME(0, 0x10, 0x10, 0x27, 1, 1, 0, 0, 0, 0, 0, 0).is_known);
	ck_assert(!TIME(0, 0x10, 0xD9, 7, 0, 1, 0, 0, 0, 0, 0, 0).is_known);
	ck_assert(!TIME(0, 0x10, 0xD9, 7, 13, 1, 0, 0, 0, 0, 0, 0).is_known);
	ck_assert(!TIME(0, 0x10, 0xD9, 7, 1, 0, 0, 0, 0, 0, 0, 0).is_known);
	ck_assert(!TIME(0, 0x10, 0xD9, 7, 2, 29, 0, 0, 0, 0, 0, 0).is_known);
	ck_assert(TIME(0, 0x10, 0xD8, 7, 2, 29, 0, 0, 0, 0, 0, 0).is_known);  /* 2008 */
	ck_assert(!TIME(0, 0x10, 0x6C, 7, 2, 29, 0, 0, 0, 0, 0, 0).is_known); /* 1900 */
	ck_assert(TIME(0, 0x10, 0xD0, 7, 2, 29, 0, 0, 0, 0, 0, 0).is_known);  /* 2000 */
	ck_assert(!TIME(0, 0x10, 0xD9, 7, 1, 1, 24, 0, 0, 0, 0, 0).is_known);
	ck_assert(!TIME(0, 0x10, 0xD9, 7, 1, 1, 0, 60, 0, 0, 0, 0).is_known);
	ck_assert(TIME(0, 0x10, 0xD9, 7, 1, 1, 0, 0, 60, 0, 0, 0).is_known);
	ck_assert(!TIME(0, 0x10, 0xD9, 7, 1, 1, 0, 0, 61, 0, 0, 0).is_known);
}
END_TEST

START_TEST(a_fraction_that_does_not_exist_is_left_out)
{
	ck_assert_int_eq(TIME(0, 0x10, 0xD9, 7, 1, 1, 0, 0, 0, 99, 99, 99).time.tv_nsec,
			 999999000);
	ck_assert_int_eq(TIME(0, 0x10, 0xD9, 7, 1, 1, 0, 0, 0, 100, 0, 0).time.tv_nsec,
			 0);
	ck_assert_int_eq(TIME(0, 0x10, 0xD9, 7, 1, 1, 0, 0, 0, 1, 100, 0).time.tv_nsec,
			 0);
	ck_assert_int_eq(TIME(0, 0x10, 0xD9, 7, 1, 1, 0, 0, 0, 1, 0, 100).time.tv_nsec,
			 0);
}
END_TEST

/* ---- tags -------------------------------------------------------------- */

static struct udf_volume plain = {.revision = 0x102};

static void make_descriptor(uint8_t (*ret_bytes)[512])
{
	for (unsigned i = 0; i < sizeof(*ret_bytes); i++)
		(*ret_bytes)[i] = (uint8_t)(i * 7);
	udf_seal(&plain, *ret_bytes, 5, 512, 1000);
}

START_TEST(a_sound_tag_is_accepted_where_it_belongs)
{
	uint8_t bytes[512];

	make_descriptor(&bytes);
	ck_assert_uint_eq(fsi_udf_tag_identifier(bytes), 5);
	ck_assert_int_eq(fsi_udf_tag_check(bytes, 512, 1000), FSI_UDF_SOUND);
	ck_assert_int_eq(fsi_udf_tag_check(bytes, 512, 999), FSI_UDF_FAULT_LOCATION);
	ck_assert_int_eq(
		fsi_udf_tag_check_identifier(bytes, 512, FSI_UDF_TAG_PARTITION, 1000),
		FSI_UDF_SOUND);
	ck_assert_int_eq(
		fsi_udf_tag_check_identifier(bytes, 512, FSI_UDF_TAG_ANCHOR, 1000),
		FSI_UDF_FAULT_IDENTIFIER);
}
END_TEST

START_TEST(a_changed_bit_of_a_tag_is_noticed)
{
	uint8_t bytes[512];

	for (unsigned bit = 0; bit < 16 * 8; bit++) {
		make_descriptor(&bytes);
		bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1u << bit % 8);
		ck_assert_int_eq(fsi_udf_tag_check(bytes, 512, 1000),
				 FSI_UDF_FAULT_CHECKSUM);
	}
}
END_TEST

START_TEST(a_changed_byte_is_noticed_as_far_as_the_crc_reaches)
{
	uint8_t bytes[512];

	for (unsigned at = 16; at < 512; at++) {
		make_descriptor(&bytes);
		bytes[at] ^= 0x10;
		ck_assert_int_eq(fsi_udf_tag_check(bytes, 512, 1000), FSI_UDF_FAULT_CRC);
	}
	make_descriptor(&bytes);
	bytes[511] ^= 1;
	ck_assert_int_eq(fsi_udf_tag_check(bytes, 511, 1000), FSI_UDF_SOUND);
	/* Without a CRC nothing is known. */
	make_descriptor(&bytes);
	udf_put16(bytes, 10, 0);
	udf_reseal(bytes);
	bytes[100] ^= 1;
	ck_assert_int_eq(fsi_udf_tag_check(bytes, 512, 1000), FSI_UDF_SOUND);
}
END_TEST

START_TEST(tags_have_version_2_or_3)
{
	uint8_t bytes[512];

	for (unsigned version = 0; version < 6; version++) {
		make_descriptor(&bytes);
		udf_put16(bytes, 2, version);
		udf_reseal(bytes);
		ck_assert_int_eq(fsi_udf_tag_check(bytes, 512, 1000),
				 version == 2 || version == 3 ? FSI_UDF_SOUND
							      : FSI_UDF_FAULT_VERSION);
	}
}
END_TEST

/* ---- entries ----------------------------------------------------------- */

START_TEST(the_parts_of_an_entry_must_fit)
{
	static const struct {
		unsigned identifier;
		size_t head;
	} forms[] = {{261, 176}, {266, 216}};
	uint8_t block[UDF_BLOCK] = {0};
	struct fsi_udf_icb icb;
	const size_t head = forms[_i].head;
	const uint32_t room = (uint32_t)(UDF_BLOCK - head);

	udf_put16(block, 0, forms[_i].identifier);
	for (uint32_t attributes = 0; attributes <= room; attributes += room / 4) {
		udf_put32(block, head - 8, attributes);
		udf_put32(block, head - 4, room - attributes);
		ck_assert_int_eq(fsi_udf_get_icb(block, UDF_BLOCK, &icb), FSI_UDF_SOUND);
		ck_assert_ptr_eq(icb.attributes, block + head);
		ck_assert_ptr_eq(icb.descriptors, block + head + attributes);
		udf_put32(block, head - 4, room - attributes + 1);
		ck_assert_int_eq(fsi_udf_get_icb(block, UDF_BLOCK, &icb),
				 FSI_UDF_FAULT_LENGTH);
	}
	udf_put32(block, head - 8, room + 1);
	udf_put32(block, head - 4, 0);
	ck_assert_int_eq(fsi_udf_get_icb(block, UDF_BLOCK, &icb), FSI_UDF_FAULT_LENGTH);
	udf_put32(block, head - 8, UINT32_MAX);
	udf_put32(block, head - 4, UINT32_MAX);
	ck_assert_int_eq(fsi_udf_get_icb(block, UDF_BLOCK, &icb), FSI_UDF_FAULT_LENGTH);
	udf_put16(block, 0, 260);
	ck_assert_int_eq(fsi_udf_get_icb(block, UDF_BLOCK, &icb),
			 FSI_UDF_FAULT_IDENTIFIER);
}
END_TEST

START_TEST(a_mode_and_its_permissions_tell_the_same)
{
	for (unsigned mode = 0; mode <= 07777; mode++)
		ck_assert_uint_eq(
			fsi_udf_mode_of(fsi_udf_permissions_of_mode((uint16_t)mode),
					fsi_udf_icb_flags_of_mode((uint16_t)mode)),
			mode);
	/* To change attributes and to delete are no rights of POSIX. */
	ck_assert_uint_eq(fsi_udf_mode_of(0x7FFF, 0), 0777);
	ck_assert_uint_eq(fsi_udf_mode_of(0x6318, 0xFE3F), 0);
}
END_TEST

START_TEST(a_list_of_allocation_descriptors_ends_with_its_bytes_or_a_zero)
{
	uint8_t list[64];
	struct fsi_udf_allocation found;
	size_t size = udf_put_short(list, 1, 2048, 7);
	size_t at = 0;

	size += udf_put_short(list + size, 3, 0x3FFFFFFF, 8);
	size += udf_put_short(list + size, 2, 0, 9);
	for (size_t cut = 0; cut < 8; cut++) {
		at = 0;
		ck_assert(!fsi_udf_next_allocation(list, cut, 0, 1, &at, &found));
	}
	at = 0;
	ck_assert(fsi_udf_next_allocation(list, size, 0, 5, &at, &found));
	ck_assert(found.type == FSI_UDF_EXTENT_ALLOCATED && found.length == 2048);
	ck_assert(found.address.block == 7 && found.address.partition == 5);
	ck_assert(fsi_udf_next_allocation(list, size, 0, 5, &at, &found));
	ck_assert(found.type == FSI_UDF_EXTENT_NEXT && found.length == 0x3FFFFFFF);
	ck_assert(!fsi_udf_next_allocation(list, size, 0, 5, &at, &found));

	size = udf_put_long(list, 2, 4096, 11, 3);
	at = 0;
	ck_assert(!fsi_udf_next_allocation(list, 15, 1, 5, &at, &found));
	ck_assert(fsi_udf_next_allocation(list, size, 1, 5, &at, &found));
	ck_assert(found.type == FSI_UDF_EXTENT_UNALLOCATED && found.length == 4096);
	ck_assert(found.address.block == 11 && found.address.partition == 3);
	ck_assert(!fsi_udf_next_allocation(list, size, 1, 5, &at, &found));
}
END_TEST

/* ---- extended attributes ----------------------------------------------- */

/* A space with a header, an attribute of no concern, and a device. */
static size_t make_attributes(uint8_t (*ret_bytes)[128])
{
	uint8_t *bytes = *ret_bytes;

	memset(bytes, 0, sizeof(*ret_bytes));
	udf_seal(&plain, bytes, 262, 24, 0);
	udf_put32(bytes, 24, 2048);
	udf_put32(bytes, 24 + 8, 20);
	udf_put32(bytes, 44, 12);
	udf_put32(bytes, 44 + 8, 24);
	udf_put32(bytes, 44 + 16, 8);
	udf_put32(bytes, 44 + 20, 17);
	return 68;
}

START_TEST(a_device_is_found_behind_other_attributes)
{
	uint8_t bytes[128];
	const size_t size = make_attributes(&bytes);
	struct fsi_udf_attributes found = {.has_device = false};

	fsi_udf_get_attributes(bytes, size, &found);
	ck_assert(found.has_device);
	ck_assert_uint_eq(found.device_major, 8);
	ck_assert_uint_eq(found.device_minor, 17);
	ck_assert(!found.creation_time.is_known);
}
END_TEST

START_TEST(an_attribute_that_does_not_fit_ends_its_space)
{
	uint8_t bytes[128];
	const size_t size = make_attributes(&bytes);

	for (size_t cut = 0; cut < size; cut++) {
		struct fsi_udf_attributes found = {.has_device = false};

		fsi_udf_get_attributes(bytes, cut, &found);
		ck_assert(!found.has_device);
	}
	for (uint32_t length = 0; length < 12; length++) {
		struct fsi_udf_attributes found = {.has_device = false};

		udf_put32(bytes, 24 + 8, length);
		fsi_udf_get_attributes(bytes, size, &found);
		ck_assert(!found.has_device);
	}
	udf_put32(bytes, 24 + 8, UINT32_MAX);
	fsi_udf_get_attributes(bytes, size,
			       &(struct fsi_udf_attributes){.device_major = 0});
}
END_TEST

START_TEST(a_space_without_a_header_has_no_attributes)
{
	uint8_t bytes[128];
	const size_t size = make_attributes(&bytes);
	struct fsi_udf_attributes found = {.has_device = false};

	udf_put16(bytes, 0, 261);
	fsi_udf_get_attributes(bytes, size, &found);
	ck_assert(!found.has_device);
}
END_TEST

START_TEST(the_time_of_creation_may_be_an_attribute)
{
	static const uint8_t time[] = {0x00, 0x10, 0xD9, 0x07, 2, 13,
				       23,   31,   30,	 0,    0, 0};
	uint8_t bytes[128];
	struct fsi_udf_attributes found = {.has_device = false};

	make_attributes(&bytes);
	udf_put32(bytes, 24, 5);
	udf_put32(bytes, 24 + 8, 32);
	udf_put32(bytes, 24 + 12, 12);
	udf_put32(bytes, 24 + 16, 2); /* of deletion, there is no other */
	memcpy(bytes + 24 + 20, time, sizeof(time));
	fsi_udf_get_attributes(bytes, 56, &found);
	ck_assert(!found.creation_time.is_known);
	udf_put32(bytes, 24 + 16, 1);
	fsi_udf_get_attributes(bytes, 55, &found);
	ck_assert(!found.creation_time.is_known);
	fsi_udf_get_attributes(bytes, 56, &found);
	ck_assert(found.creation_time.is_known);
	ck_assert_int_eq(found.creation_time.time.tv_sec, 1234567890);
}
END_TEST

/* ---- paths of symbolic links ------------------------------------------- */

static const struct {
	const char *bytes;
	size_t length;
	const char *path; /* NULL: refused */
} paths[] = {
	{"", 0, NULL},
	{"\x03\0\0", 3, NULL},
	{"\x03\0\0\0", 4, ".."},
	{"\x04\0\0\0", 4, "."},
	{"\x02\0\0\0", 4, "/"},
	{"\x01\0\0\0", 4, "/"},
	{"\x01\x02\0\0\x08x", 6, "/"},
	{"\x05\x02\0\0\x08x", 6, "x"},
	{"\x05\x02\0\0\x08", 5, NULL},
	{"\x05\x01\0\0\x08", 5, NULL},
	{"\x05\0\0\0", 4, NULL},
	{"\x05\x02\0\0\x09x", 6, NULL},
	{"\x06\0\0\0", 4, NULL},
	{"\0\0\0\0", 4, NULL},
	{"\x02\0\0\0\x05\x02\0\0\x08x", 10, "/x"},
	{"\x05\x02\0\0\x08x\x03\0\0\0\x04\0\0\0\x05\x02\0\0\x08y", 20, "x/.././y"},
	{"\x05\x02\0\0\x08x\x02\0\0\0\x05\x02\0\0\x08y", 16, "/y"},
	{"\x05\x03\0\0\x08..", 7, "\xEF\xBF\xBD\xEF\xBF\xBD"},
	{"\x05\x02\0\0\x08/", 6, "\xEF\xBF\xBD"},
	{"\x03\0\0\0\x05\x03\0\0\x10\x65\xE5", 11, "../\xE6\x97\xA5"},
	{"\x03\0\0\0\xFF\0\0\0", 8, NULL},
	{"\x03\0\0\0\0", 5, NULL},
};

START_TEST(path_components_are_decoded_or_refused)
{
	char out[FSI_UDF_UTF8_SIZE(32)];
	const enum fsi_udf_fault fault =
		fsi_udf_get_path((const void *)paths[_i].bytes, paths[_i].length, out);

	if (paths[_i].path == NULL) {
		ck_assert(fault != FSI_UDF_SOUND);
		return;
	}
	ck_assert_int_eq(fault, FSI_UDF_SOUND);
	ck_assert_str_eq(out, paths[_i].path);
	ck_assert_uint_lt(strlen(out), FSI_UDF_UTF8_SIZE(paths[_i].length));
}
END_TEST

/* ---- directories ------------------------------------------------------- */

START_TEST(the_size_of_a_descriptor_is_that_of_its_parts)
{
	uint8_t head[38] = {0};

	ck_assert_uint_eq(fsi_udf_fid_size(head), 40);
	head[19] = 2;
	ck_assert_uint_eq(fsi_udf_fid_size(head), 40);
	head[19] = 3;
	ck_assert_uint_eq(fsi_udf_fid_size(head), 44);
	head[19] = 255;
	ck_assert_uint_eq(fsi_udf_fid_size(head), 296);
	udf_put16(head, 36, 32);
	ck_assert_uint_eq(fsi_udf_fid_size(head), 328);
	udf_put16(head, 36, 0xFFFF);
	ck_assert_uint_eq(fsi_udf_fid_size(head), 65828);
}
END_TEST

START_TEST(a_name_is_behind_the_implementation_use)
{
	uint8_t bytes[128] = {0};
	struct fsi_udf_fid fid;

	bytes[18] = 3;
	bytes[19] = 2;
	udf_put_long(bytes + 20, 0, 2048, 77, 1);
	udf_put16(bytes, 36, 32);
	fsi_udf_get_fid(bytes, &fid);
	ck_assert_ptr_eq(fid.identifier, bytes + 70);
	ck_assert_uint_eq(fid.identifier_length, 2);
	ck_assert_uint_eq(fid.characteristics, 3);
	ck_assert(fid.icb.address.block == 77 && fid.icb.address.partition == 1);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

int main(void)
{
	Suite *suite = suite_create("UDF, decoding");
	TCase *text = tcase_create("text and times");
	TCase *tags = tcase_create("tags");
	TCase *entries = tcase_create("entries");

	tcase_add_loop_test(text, text_is_decoded_and_names_are_made_safe, 0,
			    COUNT(texts));
	tcase_add_test(text, text_of_unknown_compression_is_refused);
	tcase_add_test(text, fixed_length_text_has_its_length_in_its_last_byte);
	tcase_add_test(text, fixed_length_text_with_a_wrong_length_is_forgiven);
	tcase_add_test(text, a_time_is_told_in_utc_with_its_zone);
	tcase_add_test(text, a_zone_that_is_none_leaves_the_time_as_it_is);
	tcase_add_test(text, a_date_that_does_not_exist_is_not_known);
	tcase_add_test(text, a_fraction_that_does_not_exist_is_left_out);
	tcase_add_test(tags, a_sound_tag_is_accepted_where_it_belongs);
	tcase_add_test(tags, a_changed_bit_of_a_tag_is_noticed);
	tcase_add_test(tags, a_changed_byte_is_noticed_as_far_as_the_crc_reaches);
	tcase_add_test(tags, tags_have_version_2_or_3);
	tcase_add_loop_test(entries, the_parts_of_an_entry_must_fit, 0, 2);
	tcase_add_test(entries, a_mode_and_its_permissions_tell_the_same);
	tcase_add_test(entries,
		       a_list_of_allocation_descriptors_ends_with_its_bytes_or_a_zero);
	tcase_add_test(entries, a_device_is_found_behind_other_attributes);
	tcase_add_test(entries, an_attribute_that_does_not_fit_ends_its_space);
	tcase_add_test(entries, a_space_without_a_header_has_no_attributes);
	tcase_add_test(entries, the_time_of_creation_may_be_an_attribute);
	tcase_add_loop_test(entries, path_components_are_decoded_or_refused, 0,
			    COUNT(paths));
	tcase_add_test(entries, the_size_of_a_descriptor_is_that_of_its_parts);
	tcase_add_test(entries, a_name_is_behind_the_implementation_use);
	suite_add_tcase(suite, text);
	suite_add_tcase(suite, tags);
	suite_add_tcase(suite, entries);
	return api_run(suite);
}
