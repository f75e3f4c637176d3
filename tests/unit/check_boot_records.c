/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of El Torito, written and read back; catalogs as others write them. */
#include "boot/ansi.h"
#include "boot/catalog.h"
#include "boot/options.h"
#include "boot/read_catalog.h"
#include "tests/support/api.h"

#include <stdio.h>
#include <string.h>

typedef uint8_t record_bytes[FSI_BOOT_ENTRY_SIZE];

/* ---- what a reader makes of a catalog ---------------------------------- */

/* As text: platform/emulation/sectors/block for each image, then how it ended. */
static const char *describe(const uint8_t *catalog, size_t records)
{
	static char text[4000];
	struct fsi_boot_cursor cursor = {0};
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < records; i++) {
		record_bytes record;
		struct fsi_disc_boot_entry entry;
		enum fsi_boot_step step = FSI_BOOT_STEP_ON;

		if (fsi_boot_is_complete(&cursor))
			return strcat(text, "complete");
		memcpy(record, catalog + i * sizeof(record), sizeof(record));
		step = fsi_boot_step(&cursor, (const record_bytes *)&record, &entry);
		if (step == FSI_BOOT_STEP_END)
			return strcat(text, "end");
		if (step == FSI_BOOT_STEP_DAMAGED)
			return strcat(text, "damaged");
		if (step == FSI_BOOT_STEP_IMAGE)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, "%s%x/%u/%u/%u ",
				entry.is_bootable ? "" : "not ", entry.platform,
				entry.emulation, entry.sector_count, entry.block);
	}
	return strcat(text, fsi_boot_is_complete(&cursor) ? "complete" : "cut");
}

/* A catalog under way. */
static uint8_t catalog[64 * FSI_BOOT_ENTRY_SIZE];
static size_t records;

static void begin(void)
{
	memset(catalog, 0, sizeof(catalog));
	records = 0;
}

static void add(const char *bytes, size_t length)
{
	memcpy(catalog + records++ * FSI_BOOT_ENTRY_SIZE, bytes, length);
}
#define ADD(text) add((text), sizeof(text) - 1)

static void add_validation(void)
{
	ADD("\1");
	memcpy(catalog + 28, "\xAA\x55\x55\xAA", 4);
}

#define IMAGE(media, sectors, block) "\x88" media "\0\0\0\0" sectors "\0" block "\0\0\0"

START_TEST(what_is_written_is_read_back)
{
	for (uint32_t count = 1; count <= FSI_BOOT_ENTRIES_MAX; count++) {
		struct fsi_boot_catalog_entry entries[FSI_BOOT_ENTRIES_MAX] = {0};
		struct fsi_boot_cursor cursor = {0};
		uint8_t block[FSI_BLOCK_SIZE] = {0};
		uint32_t found = 0;

		for (uint32_t i = 0; i < count; i++)
			entries[i] = (struct fsi_boot_catalog_entry){
				.platform = (uint8_t)(3 * i),
				.emulation = (uint8_t)(i % 5),
				.system_type = (uint8_t)(200 + i),
				.load_segment = (uint16_t)(i * 2001),
				.sector_count = (uint16_t)(65535 - i),
				.block = 0xFFFF0000 + i,
				.identifier = "somebody",
			};
		fsi_boot_put_catalog(entries, count, &block);
		for (size_t at = 0; at < FSI_BLOCK_SIZE; at += FSI_BOOT_ENTRY_SIZE) {
			record_bytes record;
			struct fsi_disc_boot_entry entry;
			enum fsi_boot_step step = FSI_BOOT_STEP_END;

			memcpy(record, block + at, sizeof(record));
			if (!fsi_boot_is_complete(&cursor))
				step = fsi_boot_step(
					&cursor, (const record_bytes *)&record, &entry);
			if (step == FSI_BOOT_STEP_END)
				break;
			ck_assert_int_ne(step, FSI_BOOT_STEP_DAMAGED);
			if (step != FSI_BOOT_STEP_IMAGE)
				continue;
			ck_assert_uint_eq(entry.platform, entries[found].platform);
			ck_assert_uint_eq(entry.emulation, entries[found].emulation);
			ck_assert_uint_eq(entry.system_type, entries[found].system_type);
			ck_assert_uint_eq(entry.load_segment,
					  entries[found].load_segment);
			ck_assert_uint_eq(entry.sector_count,
					  entries[found].sector_count);
			ck_assert_uint_eq(entry.block, entries[found].block);
			ck_assert(entry.is_bootable);
			ck_assert_str_eq(entry.manufacturer, "somebody");
			found++;
		}
		ck_assert_uint_eq(found, count);
		ck_assert(cursor.has_checksum);
	}
}
END_TEST

START_TEST(a_catalog_may_end_without_sections)
{
	begin();
	add_validation();
	ADD(IMAGE("\0", "\4", "\x19"));
	ck_assert_str_eq(describe(catalog, 64), "0/0/4/25 end");
	ck_assert_str_eq(describe(catalog, 2), "0/0/4/25 cut");
	ck_assert_str_eq(describe(catalog, 1), "cut");
	ck_assert_str_eq(describe(catalog, 0), "cut");
}
END_TEST

START_TEST(sections_may_have_several_entries_and_extensions)
{
	begin();
	add_validation();
	ADD(IMAGE("\0", "\4", "\x19"));
	ADD("\x90\xEF\2\0");
	ADD(IMAGE("\x20", "\1", "\x20")); /* with an extension */
	ADD("\x44\x20");
	ADD("\x44\0");
	ADD("\0\4\0\0\0\0\5\0\x21\0\0\0"); /* a hard disk, not bootable */
	ADD("\x90\1\0\0");		   /* a section without entries */
	ADD("\x91\2\1\0");
	ADD(IMAGE("\1", "\6", "\x22"));
	ADD("garbage behind the end");
	ck_assert_str_eq(describe(catalog, 64),
			 "0/0/4/25 ef/0/1/32 not ef/4/5/33 2/1/6/34 complete");
}
END_TEST

START_TEST(a_catalog_that_goes_wrong_is_told)
{
	begin();
	ck_assert_str_eq(describe(catalog, 64), "damaged");
	add_validation();
	catalog[30] = 0;
	ck_assert_str_eq(describe(catalog, 64), "damaged");
	catalog[30] = 0x55;
	catalog[31] = 0;
	ck_assert_str_eq(describe(catalog, 64), "damaged");
	catalog[31] = 0xAA;
	ADD("\x87");
	ck_assert_str_eq(describe(catalog, 64), "damaged");
	records = 1;
	ADD(IMAGE("\0", "\4", "\x19"));
	ADD("\x92\0\1\0");
	ck_assert_str_eq(describe(catalog, 64), "0/0/4/25 damaged");
	records = 2;
	ADD("\x91\0\2\0");
	ADD(IMAGE("\x20", "\1", "\x20"));
	ADD(IMAGE("\0", "\1", "\x20")); /* no extension */
	ck_assert_str_eq(describe(catalog, 64), "0/0/4/25 0/0/1/32 damaged");
	records = 3;
	ADD(IMAGE("\0", "\1", "\x20"));
	ADD("\x91\0\2\0"); /* one entry too few */
	ck_assert_str_eq(describe(catalog, 64), "0/0/4/25 0/0/1/32 damaged");
	/* The most that a header can announce. */
	memcpy(catalog + 64, "\x90\0\xFF\xFF", 4);
	for (records = 3; records < 64;)
		ADD(IMAGE("\0", "\1", "\x20"));
	ck_assert_ptr_nonnull(strstr(describe(catalog, 64), "32 cut"));
}
END_TEST

START_TEST(a_wrong_checksum_is_told_apart)
{
	bool has_checksum = false;

	begin();
	add_validation();
	ck_assert(fsi_boot_get_validation((const record_bytes *)&catalog, &has_checksum));
	ck_assert(has_checksum);
	for (size_t i = 0; i < 30; i++) {
		catalog[i] ^= 0x80;
		ck_assert(fsi_boot_get_validation((const record_bytes *)&catalog,
						  &has_checksum) == (i != 0));
		ck_assert(!has_checksum);
		catalog[i] ^= 0x80;
	}
}
END_TEST

START_TEST(every_content_is_coped_with)
{
	uint64_t state = 7;

	for (int round = 0; round < 20000; round++) {
		begin();
		add_validation();
		for (size_t i = 32; i < sizeof(catalog); i++)
			catalog[i] = (uint8_t)api_random(&state, 256);
		/* Often what may stand there. */
		for (size_t at = 32; at < sizeof(catalog); at += 32) {
			static const uint8_t marks[] = {0, 0x44, 0x88, 0x90, 0x91};

			catalog[at] = marks[api_random(&state, sizeof(marks))];
			catalog[at + 3] = 0;
		}
		ck_assert_ptr_nonnull(describe(catalog, 64));
	}
}
END_TEST

START_TEST(a_boot_record_is_known_by_its_identifiers)
{
	uint8_t block[FSI_BLOCK_SIZE] = {0};
	uint32_t catalog_block = 0;

	fsi_boot_put_record(0x12345678, &block);
	ck_assert(fsi_boot_get_record(block, &catalog_block));
	ck_assert_uint_eq(catalog_block, 0x12345678);
	for (size_t i = 0; i < 30; i++) {
		const bool matters = i != 6;

		block[i] ^= 1;
		if (matters)
			ck_assert(!fsi_boot_get_record(block, &catalog_block));
		block[i] ^= 1;
	}
}
END_TEST

/* ---- sizes and texts --------------------------------------------------- */

START_TEST(firmware_makes_so_many_bytes_of_an_entry)
{
	static const struct {
		const char *record;
		uint64_t size;
	} rows[] = {
		{IMAGE("\0", "\0", "\1"), 0},	    {IMAGE("\0", "\4", "\1"), 2048},
		{IMAGE("\1", "\1", "\1"), 1228800}, {IMAGE("\2", "\1", "\1"), 1474560},
		{IMAGE("\3", "\1", "\1"), 2949120}, {IMAGE("\4", "\1", "\1"), 0},
		{IMAGE("\x0F", "\1", "\1"), 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fsi_boot_cursor cursor = {.place = FSI_BOOT_AT_INITIAL};
		struct fsi_disc_boot_entry entry;
		record_bytes record = {0};

		memcpy(record, rows[i].record, 12);
		ck_assert_int_eq(
			fsi_boot_step(&cursor, (const record_bytes *)&record, &entry),
			FSI_BOOT_STEP_IMAGE);
		ck_assert_uint_eq(entry.size, rows[i].size);
	}
}
END_TEST

START_TEST(every_byte_of_the_code_page_comes_back)
{
	for (unsigned value = 1; value <= 255; value++) {
		const uint8_t byte = (uint8_t)value;
		uint8_t back[2] = {9, 9};
		char text[FSI_ANSI_UTF8_SIZE(1)];

		fsi_ansi_to_utf8(&byte, 1, text);
		if (value == ' ') {
			ck_assert_str_eq(text, "");
		} else if (value == 0x81 || value == 0x8D || value == 0x8F ||
			   value == 0x90 || value == 0x9D) {
			ck_assert_str_eq(text, "\xEF\xBF\xBD");
		} else {
			ck_assert(fsi_ansi_from_utf8(text, back, 2));
			ck_assert_uint_eq(back[0], value);
			ck_assert_uint_eq(back[1], 0);
		}
	}
}
END_TEST

START_TEST(a_text_ends_at_a_zero_and_without_spaces)
{
	char text[FSI_ANSI_UTF8_SIZE(8)];

	fsi_ansi_to_utf8((const uint8_t *)"ab c  \0x", 8, text);
	ck_assert_str_eq(text, "ab c");
	fsi_ansi_to_utf8((const uint8_t *)"\x80\x80\x80\x80\x80\x80\x80\x80", 8, text);
	ck_assert_uint_eq(strlen(text), 24);
	fsi_ansi_to_utf8((const uint8_t *)"", 0, text);
	ck_assert_str_eq(text, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("boot records");
	TCase *tcase = tcase_create("records");

	tcase_add_test(tcase, what_is_written_is_read_back);
	tcase_add_test(tcase, a_catalog_may_end_without_sections);
	tcase_add_test(tcase, sections_may_have_several_entries_and_extensions);
	tcase_add_test(tcase, a_catalog_that_goes_wrong_is_told);
	tcase_add_test(tcase, a_wrong_checksum_is_told_apart);
	tcase_add_test(tcase, every_content_is_coped_with);
	tcase_add_test(tcase, a_boot_record_is_known_by_its_identifiers);
	tcase_add_test(tcase, firmware_makes_so_many_bytes_of_an_entry);
	tcase_add_test(tcase, every_byte_of_the_code_page_comes_back);
	tcase_add_test(tcase, a_text_ends_at_a_zero_and_without_spaces);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
