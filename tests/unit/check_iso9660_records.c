/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of ISO 9660 byte by byte, and what the two dialects write. */
#include "iso9660/records.h"
#include "iso9660/tree.h"
#include "tests/support/iso_fixture.h"

#include <check.h>

/* Records */

static const struct {
	int64_t seconds;
	const char *bytes;
} dates[] = {
	{-2208988801, "\x00\x00\x00\x00\x00\x00\x00"}, /* 1899-12-31 23:59:59 */
	{-2208988800, "\x00\x01\x01\x00\x00\x00\x00"}, /* 1900-01-01 */
	{-1, "\x45\x0C\x1F\x17\x3B\x3B\x00"},	       /* 1969-12-31 23:59:59 */
	{0, "\x46\x01\x01\x00\x00\x00\x00"},	       /* 1970-01-01 */
	{951827696, "\x64\x02\x1D\x0C\x22\x38\x00"},   /* 2000-02-29 12:34:56 */
	{5869583999, "\xFF\x0C\x1F\x17\x3B\x3B\x00"},  /* 2155-12-31 23:59:59 */
	{5869584000, "\x00\x00\x00\x00\x00\x00\x00"},  /* 2156-01-01 */
};

START_TEST(a_date_is_seven_bytes_and_zero_where_it_has_no_number)
{
	struct fsi_iso9660_date date;

	memset(&date, 0xEE, sizeof(date));
	fsi_iso9660_put_date(&date, iso_fixture_time(dates[_i].seconds));
	ck_assert_mem_eq(&date, dates[_i].bytes, 7);
}
END_TEST

static const struct {
	int64_t seconds;
	uint32_t microseconds;
	const char *text;
} text_dates[] = {
	{-11644473600, 0, "1601010100000000"},
	{-2208988801, 999999, "1899123123595999"},
	{951827696, 129999, "2000022912345612"},
	{951827696, 9999, "2000022912345600"},
	{253402300799, 10000, "9999123123595901"},
};

START_TEST(a_date_in_text_has_hundredths_and_no_offset)
{
	struct fsi_iso9660_text_date date;

	memset(&date, 0xEE, sizeof(date));
	fsi_iso9660_put_text_date(&date, iso_fixture_time(text_dates[_i].seconds) +
						 text_dates[_i].microseconds * 10);
	ck_assert_mem_eq(&date, text_dates[_i].text, 17);
}
END_TEST

START_TEST(a_date_in_text_that_is_not_set_is_sixteen_zero_digits)
{
	struct fsi_iso9660_text_date date;

	memset(&date, 0xEE, sizeof(date));
	fsi_iso9660_put_no_text_date(&date);
	ck_assert_mem_eq(&date, "0000000000000000", 17);
}
END_TEST

START_TEST(a_directory_record_has_every_byte_in_its_place)
{
	const struct fsi_iso9660_entry entry = {
		.first_block = 0x12345678,
		.size = 0xFFFFFFFF,
		.recording_time = iso_fixture_time(951827696),
		.flags = FSI_ISO9660_HIDDEN,
		.identifier = (const uint8_t *)"AB.C;1",
		.identifier_length = 6,
	};
	uint8_t bytes[42] = {0};

	ck_assert_uint_eq(fsi_iso9660_directory_record_size(6), 40);
	fsi_iso9660_put_directory_record(bytes, &entry);
	ck_assert_mem_eq(bytes,
			 "\x28\x00"
			 "\x78\x56\x34\x12\x12\x34\x56\x78"
			 "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
			 "\x64\x02\x1D\x0C\x22\x38\x00"
			 "\x01\x00\x00\x01\x00\x00\x01"
			 "\x06"
			 "AB.C;1\x00\x00",
			 42);
}
END_TEST

static const struct {
	uint32_t identifier_length;
	uint32_t directory_record;
	uint32_t path_record;
} sizes[] = {
	{1, 34, 10},  {2, 36, 10},     {3, 36, 12},	{8, 42, 16},
	{12, 46, 20}, {220, 254, 228}, {221, 254, 230},
};

START_TEST(a_record_has_an_even_size)
{
	ck_assert_uint_eq(fsi_iso9660_directory_record_size(sizes[_i].identifier_length),
			  sizes[_i].directory_record);
	ck_assert_uint_eq(fsi_iso9660_path_record_size(sizes[_i].identifier_length),
			  sizes[_i].path_record);
}
END_TEST

START_TEST(a_path_table_record_has_the_byte_order_of_its_table)
{
	const struct fsi_iso9660_path_entry entry = {
		.first_block = 0x12345678,
		.parent = 0xFEDC,
		.identifier = (const uint8_t *)"ABC",
		.identifier_length = 3,
	};
	uint8_t bytes[14] = {0};

	fsi_iso9660_put_path_record(bytes, &entry, false);
	ck_assert_mem_eq(bytes,
			 "\x03\x00\x78\x56\x34\x12\xDC\xFE"
			 "ABC\x00\x00\x00",
			 14);
	memset(bytes, 0, sizeof(bytes));
	fsi_iso9660_put_path_record(bytes, &entry, true);
	ck_assert_mem_eq(bytes,
			 "\x03\x00\x12\x34\x56\x78\xFE\xDC"
			 "ABC\x00\x00\x00",
			 14);
}
END_TEST

/* Dialects */

/* In place of the primary tree's: as that with names without versions. */
static const struct fsi_iso9660_dialect unversioned;

static uint8_t identify(const struct fsi_iso9660_dialect *dialect, const char *name,
			bool is_directory,
			uint8_t (*ret_identifier)[FSI_ISO9660_IDENTIFIER_MAX])
{
	const struct fsi_name_rules rules = {
		.extensions = {.unversioned_iso = dialect == &unversioned}};

	if (dialect == &unversioned)
		dialect = &fsi_iso9660_primary;
	return dialect->identify(&rules, name, is_directory, ret_identifier);
}

static const struct {
	const struct fsi_iso9660_dialect *dialect;
	const char *name;
	bool is_directory;
	uint8_t length;
	const char *identifier;
} identifiers[] = {
	{&fsi_iso9660_primary, "README", false, 9, "README.;1"},
	{&fsi_iso9660_primary, "A.TXT", false, 7, "A.TXT;1"},
	{&fsi_iso9660_primary, "A.", false, 4, "A.;1"},
	{&fsi_iso9660_primary, ".A", false, 4, ".A;1"},
	{&fsi_iso9660_primary, "README", true, 6, "README"},
	{&fsi_iso9660_primary, "A.D", true, 3, "A.D"},
	{&unversioned, "README", false, 6, "README"},
	{&unversioned, "A.TXT", false, 5, "A.TXT"},
	{&unversioned, "A.D", true, 3, "A.D"},
	{&fsi_iso9660_enhanced, "Read me;2", false, 9, "Read me;2"},
	{&fsi_iso9660_enhanced, "\xC3\xA9 .x.y", true, 7, "\xC3\xA9 .x.y"},
	{&fsi_iso9660_joliet, "README", false, 12, "\0R\0E\0A\0D\0M\0E"},
	{&fsi_iso9660_joliet, "A.D", true, 6, "\0A\0.\0D"},
	{&fsi_iso9660_joliet, "\xC3\xA9\xE2\x82\xAC", false, 4, "\x00\xE9\x20\xAC"},
	{&fsi_iso9660_joliet, "\xF0\x9F\x98\x80", false, 4, "\xD8\x3D\xDE\x00"},
};

START_TEST(an_identifier_is_written_as_its_dialect_says)
{
	uint8_t identifier[FSI_ISO9660_IDENTIFIER_MAX] = {0};
	const uint8_t length = identify(identifiers[_i].dialect, identifiers[_i].name,
					identifiers[_i].is_directory, &identifier);

	ck_assert_uint_eq(length, identifiers[_i].length);
	ck_assert_mem_eq(identifier, identifiers[_i].identifier, length);
}
END_TEST

static const struct {
	const struct fsi_iso9660_dialect *dialect;
	size_t characters;
	uint8_t length;
} room[] = {
	{&fsi_iso9660_primary, 217, 220},  {&fsi_iso9660_primary, 218, 221},
	{&fsi_iso9660_primary, 219, 0},	   {&fsi_iso9660_joliet, 109, 218},
	{&fsi_iso9660_joliet, 110, 220},   {&fsi_iso9660_joliet, 111, 0},
	{&unversioned, 221, 221},	   {&unversioned, 222, 0},
	{&fsi_iso9660_enhanced, 221, 221}, {&fsi_iso9660_enhanced, 222, 0},
};

START_TEST(an_identifier_that_has_no_room_has_no_length)
{
	uint8_t identifier[FSI_ISO9660_IDENTIFIER_MAX];
	char name[256];

	memset(name, 'A', sizeof(name));
	name[room[_i].characters] = '\0';
	ck_assert_uint_eq(identify(room[_i].dialect, name, false, &identifier),
			  room[_i].length);
}
END_TEST

START_TEST(text_is_filled_with_spaces_of_its_dialect)
{
	uint8_t field[9];

	memset(field, 0xEE, sizeof(field));
	fsi_iso9660_primary.put_text(field, 5, "ABC");
	ck_assert_mem_eq(field, "ABC  \xEE", 6);
	fsi_iso9660_primary.put_text(field, 3, "XYZ");
	ck_assert_mem_eq(field, "XYZ  \xEE", 6);
	memset(field, 0xEE, sizeof(field));
	fsi_iso9660_joliet.put_text(field, 6, "\xC3\xA9");
	ck_assert_mem_eq(field, "\x00\xE9\x00\x20\x00\x20\xEE", 7);
	fsi_iso9660_joliet.put_text(field, 7, "A");
	ck_assert_mem_eq(field, "\x00\x41\x00\x20\x00\x20\x00\xEE", 8);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

static TCase *make_records_case(void)
{
	TCase *tcase = tcase_create("records");

	tcase_add_loop_test(tcase, a_date_is_seven_bytes_and_zero_where_it_has_no_number,
			    0, COUNT(dates));
	tcase_add_loop_test(tcase, a_date_in_text_has_hundredths_and_no_offset, 0,
			    COUNT(text_dates));
	tcase_add_test(tcase, a_date_in_text_that_is_not_set_is_sixteen_zero_digits);
	tcase_add_test(tcase, a_directory_record_has_every_byte_in_its_place);
	tcase_add_loop_test(tcase, a_record_has_an_even_size, 0, COUNT(sizes));
	tcase_add_test(tcase, a_path_table_record_has_the_byte_order_of_its_table);
	return tcase;
}

static TCase *make_dialects_case(void)
{
	TCase *tcase = tcase_create("dialects");

	tcase_add_loop_test(tcase, an_identifier_is_written_as_its_dialect_says, 0,
			    COUNT(identifiers));
	tcase_add_loop_test(tcase, an_identifier_that_has_no_room_has_no_length, 0,
			    COUNT(room));
	tcase_add_test(tcase, text_is_filled_with_spaces_of_its_dialect);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("iso9660 records");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_records_case());
	suite_add_tcase(suite, make_dialects_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
