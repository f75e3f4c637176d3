/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long and strange text in the error of the calling thread. */
#include "base/text.h"
#include "error/fail.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text);
	const size_t end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* The one message that these tests need to know word for word, without inserts. */
static const char *text_of(HRESULT hr)
{
	return fsi_code_from_value(hr)->message;
}

static struct fsi_insert insert_at(unsigned index)
{
	struct fsi_insert insert = {FSI_INSERT_STRING, NULL, -1};

	ck_assert_int_eq(fsi_error_get_insert(index, &insert), S_OK);
	return insert;
}

static void assert_text_insert(unsigned index, const char *text)
{
	const struct fsi_insert insert = insert_at(index);

	ck_assert_int_eq(insert.type, FSI_INSERT_STRING);
	ck_assert_str_eq(insert.text, text);
	ck_assert_int_eq(insert.number, 0);
}

/* ---- long and strange text --------------------------------------------- */

#define LONGEST_PATH   (FSI_ERROR_PATH_SIZE - 1)
#define LONGEST_DETAIL (FSI_ERROR_DETAIL_SIZE - 1)

/* length times 'a', then tail. */
static const char *long_text(size_t length, const char *tail)
{
	static char text[3 * 4096];

	ck_assert_uint_lt(length + strlen(tail), sizeof(text));
	memset(text, 'a', length);
	strcpy(text + length, tail);
	return text;
}

START_TEST(a_path_of_4096_bytes_is_kept_whole_and_a_longer_one_is_cut)
{
	ck_assert_uint_eq(LONGEST_PATH, 4096);
	for (size_t length = 4095; length <= 4098; length++) {
		FSI_FAIL(IMAPI_E_DUP_NAME, long_text(length, ""));
		ck_assert_uint_eq(strlen(insert_at(0).text),
				  length < 4096 ? length : 4096);
	}
	FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, long_text(8192, ""), "UDF");
	ck_assert_uint_eq(strlen(insert_at(0).text), 4096);
	assert_text_insert(1, "UDF");
	FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, "first", long_text(4096, ""));
	assert_text_insert(0, "first");
	ck_assert_uint_eq(strlen(insert_at(1).text), 4096);
}
END_TEST

START_TEST(beside_the_longest_path_a_word_of_510_bytes_has_room)
{
	char path[4097];

	memset(path, 'p', 4096);
	path[4096] = '\0';
	for (size_t length = 509; length <= 511; length++) {
		FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, path, long_text(length, ""));
		assert_text_insert(0, path);
		ck_assert_uint_eq(strlen(insert_at(1).text), length < 510 ? length : 510);
	}
}
END_TEST

START_TEST(text_is_cut_between_two_characters)
{
	static const char *const characters[] = {"\xC3\xA9", "\xE2\x82\xAC",
						 "\xF0\x9F\x92\xBF"};

	for (size_t i = 0; i < 3; i++) {
		const size_t width = strlen(characters[i]);

		for (size_t before = LONGEST_PATH - 5; before <= LONGEST_PATH; before++) {
			const bool fits = before + width <= LONGEST_PATH;

			FSI_FAIL(IMAPI_E_DUP_NAME, long_text(before, characters[i]));
			ck_assert_uint_eq(strlen(insert_at(0).text),
					  fits ? before + width : before);
			ck_assert(fsi_utf8_is_valid(insert_at(0).text,
						    strlen(insert_at(0).text)));
		}
	}
}
END_TEST

START_TEST(nothing_follows_what_was_cut_off)
{
	FSI_FAIL(IMAPI_E_DUP_NAME, long_text(LONGEST_PATH - 1, "\xE2\x82\xAC!"));
	ck_assert_uint_eq(strlen(insert_at(0).text), LONGEST_PATH - 1);
}
END_TEST

START_TEST(a_detail_is_cut_between_two_characters_too)
{
	const size_t message_length = strlen(text_of(E_FAIL)) + 1;

	for (size_t before = LONGEST_DETAIL - 5; before <= LONGEST_DETAIL + 5; before++) {
		const size_t whole = before + 3 <= LONGEST_DETAIL ? before + 3 : before;
		const char *message;

		FSI_FAIL(E_FAIL);
		fsi_error_detail(E_FAIL, "%s", long_text(before, "\xE2\x82\xAC"));
		message = fsi_error_get_message();
		ck_assert_uint_eq(strlen(message) - message_length,
				  whole < LONGEST_DETAIL ? whole : LONGEST_DETAIL);
		ck_assert(fsi_utf8_is_valid(message, strlen(message)));
	}
	fsi_error_detail(E_FAIL, "No room for this any more.");
	ck_assert_uint_eq(strlen(fsi_error_get_message()) - message_length,
			  LONGEST_DETAIL);
}
END_TEST

START_TEST(a_message_holds_the_longest_inserts_and_the_longest_detail)
{
	char word[511];
	const char *message;

	memset(word, 'w', 510);
	word[510] = '\0';
	FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, long_text(LONGEST_PATH, ""), word);
	fsi_error_detail(IMAPI_E_NO_UNIQUE_NAME, "%s.",
			 long_text(LONGEST_DETAIL - 1, ""));
	message = fsi_error_get_message();
	ck_assert(ends_with(message, "a."));
	ck_assert_uint_eq(strlen(message), strlen(text_of(IMAPI_E_NO_UNIQUE_NAME)) - 4 +
						   LONGEST_PATH + 510 + 1 +
						   LONGEST_DETAIL);
}
END_TEST

START_TEST(bytes_that_are_not_utf8_are_shown_escaped)
{
	FSI_FAIL(IMAPI_E_INVALID_PATH, "a\xE4z\xC3");
	assert_text_insert(0, "a\\xE4z\\xC3");
	fsi_error_detail(IMAPI_E_INVALID_PATH, "Found in %s.", "\xFFolder");
	ck_assert(begins_with(fsi_error_get_message(), "\"a\\xE4z\\xC3\" is"));
	ck_assert(ends_with(fsi_error_get_message(), " Found in \\xFFolder."));
}
END_TEST

START_TEST(a_message_is_one_line_whatever_the_names_are)
{
	FSI_FAIL(IMAPI_E_DUP_NAME, "a\nb\x1B[2J\x7F\xC2\x85\xE2\x80\xA8\xC3\xA9");
	assert_text_insert(0, "a\nb\x1B[2J\x7F\xC2\x85\xE2\x80\xA8\xC3\xA9");
	fsi_error_detail(IMAPI_E_DUP_NAME, "%s", "c\rd");
	ck_assert_str_eq(
		fsi_error_get_message(),
		"The name \"a\\x0Ab\\x1B[2J\\x7F\\xC2\\x85\\xE2\\x80\\xA8\xC3\xA9\" is "
		"taken already in its directory. c\\x0Dd");
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static void add_text_tests(Suite *suite)
{
	TCase *tcase = tcase_create("text");

	tcase_add_checked_fixture(tcase, fsi_error_clear, NULL);
	tcase_add_test(tcase, a_path_of_4096_bytes_is_kept_whole_and_a_longer_one_is_cut);
	tcase_add_test(tcase, beside_the_longest_path_a_word_of_510_bytes_has_room);
	tcase_add_test(tcase, text_is_cut_between_two_characters);
	tcase_add_test(tcase, nothing_follows_what_was_cut_off);
	tcase_add_test(tcase, a_detail_is_cut_between_two_characters_too);
	tcase_add_test(tcase, a_message_holds_the_longest_inserts_and_the_longest_detail);
	tcase_add_test(tcase, bytes_that_are_not_utf8_are_shown_escaped);
	tcase_add_test(tcase, a_message_is_one_line_whatever_the_names_are);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("error text");
	SRunner *runner;
	int failed;

	add_text_tests(suite);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
