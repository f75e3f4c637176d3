/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record that a session keeps of what it has replaced. */
#include "media/session_record.h"
#include "base/bytes.h"
#include "base/crc.h"
#include "tests/support/api.h"

#include <stddef.h>
#include <string.h>

#define START 4096u
#define BLOCK (START + FSI_SESSION_RECORD_WITH_UDF)

typedef const uint8_t (*bytes_of_block)[FSI_BLOCK_SIZE];

static uint8_t bytes[FSI_BLOCK_SIZE];
static struct fsi_session_record record;

static void set_up(void)
{
	record = (struct fsi_session_record){
		.number = 2,
		.start_block = START,
		.previous_start_block = 0,
		.previous_end_block = 4001,
		.previous_head_block = BLOCK,
		.anchor_block = BLOCK + FSI_SESSION_KEPT_ANCHOR,
		.replaced_count = 2,
		.replaced = {{16, 16, BLOCK + FSI_SESSION_KEPT_DESCRIPTORS},
			     {256, 1, BLOCK + FSI_SESSION_KEPT_ANCHOR}},
	};
	memset(bytes, 0xEE, sizeof(bytes));
}

/* What the record decodes to after it was rendered. */
static bool comes_back(void)
{
	struct fsi_session_record found;

	memset(&found, 0, sizeof(found));
	fsi_session_record_put(&record, BLOCK, &bytes);
	if (!fsi_session_record_get((bytes_of_block)&bytes, BLOCK, &found))
		return false;
	ck_assert_uint_eq(found.number, record.number);
	ck_assert_uint_eq(found.start_block, record.start_block);
	ck_assert_uint_eq(found.previous_start_block, record.previous_start_block);
	ck_assert_uint_eq(found.previous_end_block, record.previous_end_block);
	ck_assert_uint_eq(found.previous_head_block, record.previous_head_block);
	ck_assert_uint_eq(found.anchor_block, record.anchor_block);
	ck_assert_uint_eq(found.replaced_count, record.replaced_count);
	ck_assert_mem_eq(found.replaced, record.replaced,
			 record.replaced_count * sizeof(record.replaced[0]));
	return true;
}

START_TEST(a_record_tells_what_it_was_told)
{
	ck_assert(comes_back());
	/* The places of all fields, so that discs of today are read tomorrow. */
	ck_assert_mem_eq(bytes, "fsimage session\0\1\0\0\0\x80\x10\0\0\2\0\0\0", 28);
	ck_assert_mem_eq(bytes + 28, "\0\x10\0\0\0\0\0\0\xA1\x0F\0\0\x80\x10\0\0", 16);
	ck_assert_mem_eq(bytes + 44, "\xC0\x10\0\0\2\0\0\0\x10\0\0\0\x10\0\0\0", 16);
	ck_assert_mem_eq(bytes + 60, "\x90\x10\0\0\0\1\0\0\1\0\0\0\xC0\x10\0\0", 16);
	for (size_t i = 76; i < FSI_BLOCK_SIZE - 2; i++)
		ck_assert_uint_eq(bytes[i], 0);
}
END_TEST

START_TEST(the_place_of_a_record_follows_from_its_session)
{
	ck_assert_uint_eq(fsi_session_record_block(START, true), START + 128);
	ck_assert_uint_eq(fsi_session_record_block(START, false), START + 32);
}
END_TEST

START_TEST(a_record_may_have_no_and_all_runs)
{
	record.replaced_count = 0;
	record.anchor_block = 0;
	ck_assert(comes_back());
	for (uint32_t i = 0; i < FSI_REPLACED_MAX; i++)
		record.replaced[i] = (struct fsi_replaced_blocks){i, 1, START + 200 + i};
	record.replaced_count = FSI_REPLACED_MAX;
	ck_assert(comes_back());
	/* One more has no place, whatever the checksum says. */
	fsi_put_le32((uint8_t(*)[4])(bytes + 48), FSI_REPLACED_MAX + 1);
	fsi_put_le16((uint8_t(*)[2])(bytes + 2046), fsi_crc16(bytes, 2046));
	ck_assert(!fsi_session_record_get((bytes_of_block)&bytes, BLOCK, &record));
}
END_TEST

START_TEST(a_record_with_any_byte_changed_is_none)
{
	struct fsi_session_record found = {.number = 77};

	fsi_session_record_put(&record, BLOCK, &bytes);
	for (size_t i = 0; i < FSI_BLOCK_SIZE; i++) {
		bytes[i] ^= 0x10;
		ck_assert(!fsi_session_record_get((bytes_of_block)&bytes, BLOCK, &found));
		bytes[i] ^= 0x10;
	}
	ck_assert_uint_eq(found.number, 77);
	ck_assert(fsi_session_record_get((bytes_of_block)&bytes, BLOCK, &found));
}
END_TEST

START_TEST(a_record_in_another_block_is_none)
{
	/* It is part of an image that is a file of this one. */
	fsi_session_record_put(&record, BLOCK, &bytes);
	ck_assert(!fsi_session_record_get((bytes_of_block)&bytes, BLOCK + 1, &record));
	ck_assert(!fsi_session_record_get((bytes_of_block)&bytes, BLOCK - 1, &record));
	ck_assert(fsi_session_record_get((bytes_of_block)&bytes, BLOCK, &record));
}
END_TEST

#define FIELD(name) offsetof(struct fsi_session_record, name)

/* A field, a value that it may have just not, and the nearest one that it may. */
static const struct {
	size_t field;
	uint32_t wrong;
	uint32_t right;
} limits[] = {
	{FIELD(number), 1, 2},
	{FIELD(start_block), BLOCK, BLOCK - 1},
	{FIELD(previous_start_block), 4001, 4000},
	{FIELD(previous_end_block), START + 1, START},
	{FIELD(previous_end_block), 0, 1},
	{FIELD(replaced[0].block_count), 0, 1},
	{FIELD(replaced[0].block_count), START - 15, START - 16},
	{FIELD(replaced[0].first_block), START, START - 16},
	{FIELD(replaced[0].copy_block), START - 1, START},
	{FIELD(replaced[0].copy_block), UINT32_MAX - 15, UINT32_MAX - 16},
};

START_TEST(a_record_that_contradicts_itself_is_none)
{
	uint32_t *field = (uint32_t *)(void *)((char *)&record + limits[_i].field);

	if (limits[_i].field == FIELD(start_block))
		record.replaced_count = 0;
	*field = limits[_i].right;
	ck_assert(comes_back());
	*field = limits[_i].wrong;
	ck_assert(!comes_back());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("session_record");
	TCase *tcase = tcase_create("records");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, a_record_tells_what_it_was_told);
	tcase_add_test(tcase, the_place_of_a_record_follows_from_its_session);
	tcase_add_test(tcase, a_record_may_have_no_and_all_runs);
	tcase_add_test(tcase, a_record_with_any_byte_changed_is_none);
	tcase_add_test(tcase, a_record_in_another_block_is_none);
	tcase_add_loop_test(tcase, a_record_that_contradicts_itself_is_none, 0,
			    sizeof(limits) / sizeof(limits[0]));
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
