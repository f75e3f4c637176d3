/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8, UTF-16, upper case, and text as a message shows it. */
#include "base/text.h"

#include "base/memory.h"

#include <check.h>
#include <string.h>

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
}

static bool is_character(uint32_t code)
{
	return code < 0xD800 || (code >= 0xE000 && code <= 0x10FFFF);
}

/* ---- UTF-8 ------------------------------------------------------------- */

START_TEST(each_character_is_written_and_read_back)
{
	for (uint32_t code = 0; code <= 0x10FFFF; code++) {
		char bytes[4];
		const char *cursor = bytes;
		size_t length = 0;

		if (!is_character(code))
			continue;
		length = fsi_utf8_put(bytes, code);
		if (length != (code < 0x80	? 1
			       : code < 0x800	? 2
			       : code < 0x10000 ? 3
						: 4))
			ck_abort_msg("U+%04X has %zu bytes", code, length);
		if (fsi_utf8_next(&cursor, bytes + length) != code ||
		    cursor != bytes + length)
			ck_abort_msg("U+%04X is not read back", code);
	}
}
END_TEST

static const struct {
	uint32_t code;
	const char *bytes;
} characters[] = {
	{0x24, "$"},
	{0x7F, "\x7F"},
	{0x80, "\xC2\x80"},
	{0xE9, "\xC3\xA9"},
	{0x7FF, "\xDF\xBF"},
	{0x800, "\xE0\xA0\x80"},
	{0x20AC, "\xE2\x82\xAC"},
	{0xD7FF, "\xED\x9F\xBF"},
	{0xE000, "\xEE\x80\x80"},
	{0xFFFF, "\xEF\xBF\xBF"},
	{0x10000, "\xF0\x90\x80\x80"},
	{0x1F600, "\xF0\x9F\x98\x80"},
	{0x10FFFF, "\xF4\x8F\xBF\xBF"},
};

START_TEST(characters_have_the_bytes_that_the_standard_gives_them)
{
	char bytes[5] = "";

	bytes[fsi_utf8_put(bytes, characters[_i].code)] = '\0';
	ck_assert_str_eq(bytes, characters[_i].bytes);
	ck_assert(fsi_utf8_is_valid(bytes, strlen(bytes)));
}
END_TEST

/* What RFC 3629 allows, by its table of well-formed sequences (section 4). */
static size_t well_formed_length(const uint8_t *bytes, size_t length)
{
	static const struct {
		uint8_t first, last, second_first, second_last;
		size_t length;
	} rows[] = {
		{0x00, 0x7F, 0, 0, 1},	     {0xC2, 0xDF, 0x80, 0xBF, 2},
		{0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
		{0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
		{0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4},
		{0xF4, 0xF4, 0x80, 0x8F, 4},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (bytes[0] < rows[i].first || bytes[0] > rows[i].last)
			continue;
		if (length < rows[i].length)
			return 0;
		if (rows[i].length > 1 &&
		    (bytes[1] < rows[i].second_first || bytes[1] > rows[i].second_last))
			return 0;
		for (size_t k = 2; k < rows[i].length; k++) {
			if (bytes[k] < 0x80 || bytes[k] > 0xBF)
				return 0;
		}
		return rows[i].length;
	}
	return 0;
}

static void assert_decoded(const uint8_t *bytes, size_t length)
{
	const char *start = (const char *)bytes;
	const char *cursor = start;
	const size_t expected = well_formed_length(bytes, length);
	const uint32_t code = fsi_utf8_next(&cursor, start + length);

	/* A plain comparison first: these are millions. */
	if ((code != UINT32_MAX) != (expected > 0) ||
	    cursor != start + (expected > 0 ? expected : 1))
		ck_abort_msg("%02X %02X %02X %02X, %zu of them", bytes[0], bytes[1],
			     bytes[2], bytes[3], length);
}

START_TEST(only_well_formed_sequences_are_read)
{
	static const uint8_t followers[] = {0x00, 0x41, 0x7F, 0x80, 0x81, 0x8F,
					    0x90, 0x9F, 0xA0, 0xBE, 0xBF, 0xC0,
					    0xC2, 0xE0, 0xF0, 0xFF};
	const unsigned count = sizeof(followers);

	for (unsigned i = 0; i < 256 * count * count * count; i++) {
		const uint8_t bytes[4] = {
			(uint8_t)(i / count / count / count),
			followers[i / count / count % count],
			followers[i / count % count],
			followers[i % count],
		};

		for (size_t length = 1; length <= 4; length++)
			assert_decoded(bytes, length);
	}
}
END_TEST

START_TEST(all_pairs_of_bytes_are_judged_right)
{
	for (unsigned i = 0; i < 65536; i++) {
		const uint8_t bytes[4] = {(uint8_t)(i >> 8), (uint8_t)i, 0x80, 0x80};

		for (size_t length = 1; length <= 4; length++)
			assert_decoded(bytes, length);
	}
}
END_TEST

START_TEST(reading_goes_on_behind_a_wrong_byte)
{
	static const char text[] = "a\xE2\x82z\xFF\xC3\xA9";
	static const uint32_t expected[] = {'a', UINT32_MAX, UINT32_MAX,
					    'z', UINT32_MAX, 0xE9};
	const char *cursor = text;

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		ck_assert_uint_eq(fsi_utf8_next(&cursor, text + sizeof(text) - 1),
				  expected[i]);
	ck_assert_ptr_eq(cursor, text + sizeof(text) - 1);
}
END_TEST

START_TEST(text_is_valid_without_nul_and_without_wrong_bytes)
{
	ck_assert(fsi_utf8_is_valid("", 0));
	ck_assert(fsi_utf8_is_valid("plain", 5));
	ck_assert(fsi_utf8_is_valid("\xD0\x9F\xF0\x9F\x98\x80", 6));
	ck_assert(!fsi_utf8_is_valid("a\0b", 3));
	ck_assert(!fsi_utf8_is_valid("", 1));
	ck_assert(!fsi_utf8_is_valid("latin \xE9", 7));
	ck_assert(!fsi_utf8_is_valid("\xED\xA0\xBD\xED\xB8\x80", 6));
	/* The bytes that are missing stand behind the end. */
	ck_assert(!fsi_utf8_is_valid("\xF0\x9F\x98\x80", 3));
}
END_TEST

/* ---- UTF-16 ------------------------------------------------------------ */

START_TEST(characters_beyond_the_first_plane_become_pairs)
{
	static const char text[] = "A\xC3\xA9\xE2\x82\xAC\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"
				   "B";
	static const uint16_t expected[] = {'A',    0xE9,   0x20AC, 0xD800,
					    0xDC00, 0xDBFF, 0xDFFF, 'B'};
	uint16_t units[8];

	ck_assert_uint_eq(fsi_utf16_count(text, sizeof(text) - 1), 8);
	ck_assert_uint_eq(fsi_utf16_from_utf8(text, sizeof(text) - 1, units, 8), 8);
	ck_assert_mem_eq(units, expected, sizeof(expected));
	ck_assert_uint_eq(fsi_utf16_count("", 0), 0);
}
END_TEST

START_TEST(units_without_room_are_counted_but_not_written)
{
	static const char text[] = "a\xF0\x9F\x98\x80"
				   "b";
	static const uint16_t whole[] = {'a', 0xD83D, 0xDE00, 'b'};

	for (size_t room = 0; room <= 5; room++) {
		uint16_t units[6];
		/* Never half a pair. */
		const size_t written = room == 2 ? 1 : room < 4 ? room : 4;

		memset(units, 0xEE, sizeof(units));
		ck_assert_uint_eq(
			fsi_utf16_from_utf8(text, sizeof(text) - 1, units, room), 4);
		ck_assert_mem_eq(units, whole, written * sizeof(units[0]));
		for (size_t i = written; i < 6; i++)
			ck_assert_uint_eq(units[i], 0xEEEE);
	}
}
END_TEST

/* ---- upper case -------------------------------------------------------- */

static const struct {
	uint32_t character;
	uint32_t upper;
} letters[] = {
	{'a', 'A'},	    {'z', 'Z'},		  {'A', 'A'},
	{'`', '`'},	    {'{', '{'},		  {'0', '0'},
	{0xE0, 0xC0},	    {0xF6, 0xD6},	  {0xF7, 0xF7}, /* the division sign */
	{0xF8, 0xD8},	    {0xFE, 0xDE},	  {0xFF, 0x178},
	{0xDF, 0xDF}, /* sharp s: two letters */
	{0xB5, 0x39C},	    {0x101, 0x100},	  {0x100, 0x100},
	{0x131, 'I'},	    {0x17F, 'S'},	  {0x1C5, 0x1C4},
	{0x1C6, 0x1C4},	    {0x3C3, 0x3A3},	  {0x3C2, 0x3A3},
	{0x3AC, 0x386},	    {0x434, 0x414},	  {0x451, 0x401},
	{0x561, 0x531},	    {0x10D0, 0x1C90},	  {0x1E9E, 0x1E9E},
	{0x1F80, 0x1F88},   {0x1FA7, 0x1FAF},	  {0x1FB3, 0x1FBC},
	{0x1FC3, 0x1FCC},   {0x1FF3, 0x1FFC},	  {0x1FB2, 0x1FB2},
	{0x2170, 0x2160},   {0x24D0, 0x24B6},	  {0xFB01, 0xFB01},
	{0xFF41, 0xFF21},   {0xFF5A, 0xFF3A},	  {0x10428, 0x10400},
	{0x1E922, 0x1E900}, {0x1E943, 0x1E921},	  {0x1E944, 0x1E944},
	{0x4E00, 0x4E00},   {0x10FFFF, 0x10FFFF},
};

START_TEST(letters_have_their_upper_case)
{
	ck_assert_uint_eq(fsi_upper_case(letters[_i].character), letters[_i].upper);
}
END_TEST

/* FNV-1a over the bytes of a number. */
static uint32_t add_to_digest(uint32_t digest, uint32_t number)
{
	for (unsigned i = 0; i < 4; i++)
		digest = (digest ^ (number >> 8 * i & 0xFF)) * UINT32_C(16777619);
	return digest;
}

START_TEST(the_letters_are_those_of_unicode_14)
{
	uint32_t count = 0;
	uint32_t digest = UINT32_C(2166136261);

	for (uint32_t code = 0; code <= 0x10FFFF; code++) {
		const uint32_t upper = fsi_upper_case(code);

		if (upper == code)
			continue;
		if (!is_character(upper) || fsi_upper_case(upper) != upper)
			ck_abort_msg("U+%04X has the upper case U+%04X", code, upper);
		digest = add_to_digest(add_to_digest(digest, code), upper);
		count++;
	}
	/* Simple_Uppercase_Mapping of UnicodeData.txt: letters, and their digest. */
	ck_assert_uint_eq(count, 1450);
	ck_assert_uint_eq(digest, 0x4C5C9415);
	ck_assert_uint_eq(fsi_upper_case(UINT32_MAX), UINT32_MAX);
}
END_TEST

static const struct {
	const char *a;
	const char *b;
	int order;
} pairs[] = {
	{"", "", 0},
	{"", "a", -1},
	{"abc", "ABC", 0},
	{"abc", "ABCD", -1},
	{"abd", "ABC", 1},
	{"a_", "AB", 1}, /* "_" is behind "B", though before "b" */
	{"\xC3\xA9t\xC3\xA9", "\xC3\x89T\xC3\x89", 0},
	{"\xCF\x83\xCF\x82", "\xCE\xA3\xCE\xA3", 0},
	{"stra\xC3\x9F"
	 "e",
	 "STRASSE", 1},
	{"\xEF\xBD\x81", "\xF0\x9F\x98\x80", -1}, /* by code points, not by units */
	{"\xF0\x90\x90\xA8", "\xF0\x90\x90\x80", 0},
};

static int sign_of(int number)
{
	return (number > 0) - (number < 0);
}

START_TEST(texts_are_compared_without_regard_to_case)
{
	const char *a = pairs[_i].a;
	const char *b = pairs[_i].b;
	const bool same_hash =
		fsi_text_hash(a, strlen(a), true) == fsi_text_hash(b, strlen(b), true);

	ck_assert_int_eq(
		sign_of(fsi_text_compare_ignoring_case(a, strlen(a), b, strlen(b))),
		pairs[_i].order);
	ck_assert_int_eq(
		sign_of(fsi_text_compare_ignoring_case(b, strlen(b), a, strlen(a))),
		-pairs[_i].order);
	ck_assert_int_eq(same_hash, pairs[_i].order == 0);
}
END_TEST

START_TEST(a_hash_that_respects_case_tells_cases_apart)
{
	ck_assert_uint_eq(fsi_text_hash("Name", 4, false),
			  fsi_text_hash("Name!", 4, false));
	ck_assert_uint_ne(fsi_text_hash("Name", 4, false),
			  fsi_text_hash("name", 4, false));
	ck_assert_uint_ne(fsi_text_hash("Name", 4, false),
			  fsi_text_hash("Nam", 3, false));
	ck_assert_uint_eq(fsi_text_hash("Name", 4, true), fsi_text_hash("nAME", 4, true));
}
END_TEST

/* ---- escapes ----------------------------------------------------------- */

static const struct {
	const char *bytes;
	size_t length;
	const char *shown;
} escapes[] = {
	{"", 0, ""},
	{"plain text\\", 11, "plain text\\"},
	{"\xE2\x82\xAC\xF0\x9F\x98\x80", 7, "\xE2\x82\xAC\xF0\x9F\x98\x80"},
	{"tab\there", 8, "tab\\x09here"},
	{"\x1B[2J\x7F", 5, "\\x1B[2J\\x7F"},
	{"a\0b", 3, "a\\x00b"},
	{"caf\xE9", 4, "caf\\xE9"},
	{"\xED\xA0\x80", 3, "\\xED\\xA0\\x80"},
	{"\xC2\x9B\x32J", 4, "\\xC2\\x9B2J"},
	{"\xC2\x9F\xC2\xA0", 4, "\\xC2\\x9F\xC2\xA0"},
	{"\xE2\x80\xA7\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA", 12,
	 "\xE2\x80\xA7\\xE2\\x80\\xA8\\xE2\\x80\\xA9\xE2\x80\xAA"},
};

START_TEST(what_a_terminal_should_not_see_is_escaped)
{
	char *shown = fsi_text_escape(escapes[_i].bytes, escapes[_i].length);

	ck_assert_str_eq(shown, escapes[_i].shown);
	fsi_free(shown);
}
END_TEST

START_TEST(escaping_without_memory_gives_nothing)
{
	const volatile size_t huge = SIZE_MAX;

	ck_assert_ptr_null(fsi_text_escape("", huge));
	ck_assert_ptr_null(fsi_text_escape("", huge / 4));
	fsi_memory_fail_after(0);
	ck_assert_ptr_null(fsi_text_escape("a", 1));
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static TCase *make_unicode_case(void)
{
	TCase *tcase = tcase_create("UTF-8 and UTF-16");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, each_character_is_written_and_read_back);
	tcase_add_loop_test(tcase, characters_have_the_bytes_that_the_standard_gives_them,
			    0, COUNT(characters));
	tcase_add_test(tcase, only_well_formed_sequences_are_read);
	tcase_add_test(tcase, all_pairs_of_bytes_are_judged_right);
	tcase_add_test(tcase, reading_goes_on_behind_a_wrong_byte);
	tcase_add_test(tcase, text_is_valid_without_nul_and_without_wrong_bytes);
	tcase_add_test(tcase, characters_beyond_the_first_plane_become_pairs);
	tcase_add_test(tcase, units_without_room_are_counted_but_not_written);
	return tcase;
}

static TCase *make_case_case(void)
{
	TCase *tcase = tcase_create("upper case and escapes");

	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_add_loop_test(tcase, letters_have_their_upper_case, 0, COUNT(letters));
	tcase_add_test(tcase, the_letters_are_those_of_unicode_14);
	tcase_add_loop_test(tcase, texts_are_compared_without_regard_to_case, 0,
			    COUNT(pairs));
	tcase_add_test(tcase, a_hash_that_respects_case_tells_cases_apart);
	tcase_add_loop_test(tcase, what_a_terminal_should_not_see_is_escaped, 0,
			    COUNT(escapes));
	tcase_add_test(tcase, escaping_without_memory_gives_nothing);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("base: text");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_unicode_case());
	suite_add_tcase(suite, make_case_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
