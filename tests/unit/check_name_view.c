/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of whole trees: what always holds, crowds of equal names, failures. */
#include "name/view.h"

#include "base/text.h"
#include "error/fail.h"
#include "name/unique.h"
#include "tests/support/name_fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISO    FSI_FILE_SYSTEM_ISO9660
#define JOLIET FSI_FILE_SYSTEM_JOLIET
#define UDF    FSI_FILE_SYSTEM_UDF

/* The file systems that a loop test goes through. */
static const struct fsi_name_rules all_rules[] = {{.file_system = ISO, .iso_level = 1},
						  {.file_system = ISO, .iso_level = 2},
						  {.file_system = JOLIET},
						  {.file_system = UDF}};
#define RULES_COUNT 4

static struct name_fixture fixture;

static void begin(void)
{
	name_fixture_begin(&fixture);
}

static void end(void)
{
	name_fixture_end(&fixture);
	fsi_memory_fail_after(-1);
}

static struct fsi_node *add(const char *name)
{
	return name_fixture_add(&fixture, fixture.nodes[0], name);
}

static void map(enum fsi_file_system file_system, uint32_t level)
{
	ck_assert_int_eq(name_fixture_map(&fixture, file_system, level), S_OK);
}

static const char *get(const struct fsi_node *node)
{
	return name_fixture_get(&fixture, node);
}

/* ---- what always holds ------------------------------------------------- */

/* A check that is made a million times: ck_assert() writes to a pipe each time. */
#define REQUIRE(condition, name) \
	do { \
		if (!(condition)) \
			ck_abort_msg("\"%s\": not " #condition, name); \
	} while (0)

static bool is_legal_iso(const char *name, uint32_t level, bool is_directory)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const size_t base = strspn(name, allowed);
	const size_t rest = strlen(name + base);
	const size_t most = is_directory ? (level == 1 ? 8 : 31) : level == 1 ? 8 : 30;

	if (base == 0 || base > most)
		return false;
	if (rest == 0)
		return true;
	return !is_directory && name[base] == '.' && rest > 1 &&
	       strspn(name + base + 1, allowed) == rest - 1 &&
	       (level == 1 ? rest - 1 <= 3 : base + rest - 1 <= 30);
}

static bool is_legal_joliet(const char *name)
{
	const size_t length = strlen(name);
	const char last = name[length - 1];

	for (const char *at = name; *at != '\0'; at++)
		if ((uint8_t)*at < 0x20 || (uint8_t)*at >= 0xF0)
			return false;
	return fsi_utf16_count(name, length) <= 64 && last != '.' && last != ' ' &&
	       strpbrk(name, "*/:;?\\\"<>|") == NULL;
}

static bool is_legal_udf(const char *name)
{
	const size_t length = strlen(name);
	bool is_narrow = true;

	for (const char *at = name; *at != '\0'; at++)
		is_narrow = is_narrow && (uint8_t)*at < 0xC4;
	return strstr(name, "\357\273\277") == NULL &&
	       strstr(name, "\357\277\276") == NULL &&
	       fsi_utf16_count(name, length) <= (is_narrow ? 254 : 127);
}

static bool is_legal(const struct fsi_name_rules *rules, const char *name,
		     bool is_directory)
{
	if (*name == '\0' || !fsi_utf8_is_valid(name, strlen(name)))
		return false;
	if (rules->file_system == ISO)
		return is_legal_iso(name, rules->iso_level, is_directory);
	return rules->file_system == JOLIET ? is_legal_joliet(name) : is_legal_udf(name);
}

static const struct fsi_name_rules *compared_rules;

static int compare_names(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	if (compared_rules->file_system == JOLIET)
		return fsi_text_compare_ignoring_case(*x, strlen(*x), *y, strlen(*y));
	return strcmp(*x, *y);
}

/* All children of a directory have legal names, no two alike, in order. */
static void assert_good_directory(const struct fsi_node *directory,
				  const struct fsi_name_rules *rules)
{
	const uint32_t count = fsi_node_child_count(directory);
	const char **names = calloc(count + 1u, sizeof(*names));

	ck_assert_ptr_nonnull(names);
	for (uint32_t n = 0; n < count; n++) {
		const uint32_t number = fsi_name_view_child(fixture.view, directory, n);
		const struct fsi_node *node = fixture.order.items[number];

		names[n] = fsi_name_view_get(fixture.view, number);
		REQUIRE(node->parent == directory, names[n]);
		REQUIRE(is_legal(rules, names[n], fsi_node_is_directory(node)), names[n]);
		if (n > 0 && rules->file_system != UDF)
			REQUIRE(strcmp(names[n - 1], names[n]) < 0, names[n]);
	}
	compared_rules = rules;
	qsort(names, count, sizeof(*names), compare_names);
	for (uint32_t n = 1; n < count; n++)
		REQUIRE(compare_names(&names[n - 1], &names[n]) != 0, names[n]);
	free(names);
}

/*
 * Names that were legal (ISO: but for case) are as they were, unless one before
 * them in byte order differs only in case.
 */
static void assert_legal_names_stay(const struct fsi_node *directory,
				    const struct fsi_name_rules *rules)
{
	const uint32_t first = fsi_order_first_child(directory);
	const uint32_t count = fsi_node_child_count(directory);
	char(*stay)[512] = calloc(count, sizeof(*stay));
	uint32_t stay_count = 0;

	ck_assert_ptr_nonnull(stay);
	for (uint32_t n = first; n < first + count; n++) {
		const struct fsi_node *node = fixture.order.items[n];
		char *name = stay[stay_count];
		bool is_new = true;

		strcpy(name, node->name);
		for (char *at = name; rules->file_system == ISO && *at != '\0'; at++)
			*at = (char)(*at >= 'a' && *at <= 'z' ? *at - 32 : *at);
		compared_rules = rules;
		for (uint32_t i = 0; i < stay_count; i++)
			is_new = is_new && compare_names(&(const char *){stay[i]},
							 &(const char *){name}) != 0;
		if (!is_new || !is_legal(rules, name, fsi_node_is_directory(node)))
			continue;
		REQUIRE(strcmp(get(node), name) == 0, get(node));
		stay_count++;
	}
	free(stay);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Names of few different characters, so that they collide in every way. */
static void make_random_name(uint32_t *state, char *name)
{
	static const char *const pieces[] = {
		"a",
		"A",
		"b",
		"1",
		"_",
		".",
		" ",
		":",
		"\303\237",
		"\316\243",
		"\317\202",
		"\360\237\216\265",
		"\357\273\277",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"_1",
		"\304\200\304\200\304\200\304\200\304\200\304\200\304\200\304\200"};
	const uint32_t count = 1 + next_random(state) % 9;

	name[0] = '\0';
	for (uint32_t i = 0; i < count; i++)
		name_fixture_append(name, pieces[next_random(state) % 16], 1);
	if (next_random(state) % 4 == 0)
		name_fixture_append(name, "/", 1);
}

static bool is_listed(const char *name)
{
	const size_t length = strcspn(name, "/");

	for (uint32_t n = 1; n < fixture.count; n++)
		if (fixture.nodes[n]->name_length == length &&
		    memcmp(fixture.nodes[n]->name, name, length) == 0)
			return true;
	return false;
}

START_TEST(random_siblings_have_legal_unique_sorted_names)
{
	uint32_t state = (uint32_t)_i;
	char name[512];

	for (uint32_t n = 0; n < 150; n++) {
		make_random_name(&state, name);
		if (!is_listed(name))
			add(name);
	}
	for (size_t r = 0; r < RULES_COUNT; r++) {
		map(all_rules[r].file_system, all_rules[r].iso_level);
		assert_good_directory(fixture.nodes[0], &all_rules[r]);
		assert_legal_names_stay(fixture.nodes[0], &all_rules[r]);
	}
}
END_TEST

START_TEST(the_order_of_adding_does_not_matter)
{
	const struct fsi_name_rules *rules = &all_rules[_i % RULES_COUNT];
	uint32_t state = (uint32_t)_i;
	char names[100][512];
	char expected[100][512];
	uint32_t count = 0;

	while (count < 100) {
		make_random_name(&state, names[count]);
		if (!is_listed(names[count]))
			add(names[count++]);
	}
	map(rules->file_system, rules->iso_level);
	for (uint32_t n = 0; n < count; n++)
		strcpy(expected[n], get(fixture.nodes[n + 1]));
	name_fixture_end(&fixture);
	begin();
	for (uint32_t n = 0; n < count; n++) /* 37 and 100 have no common divisor */
		add(names[37 * n % 100]);
	map(rules->file_system, rules->iso_level);
	for (uint32_t n = 0; n < count; n++)
		ck_assert_str_eq(get(fixture.nodes[n + 1]), expected[37 * n % 100]);
}
END_TEST

/* ---- many -------------------------------------------------------------- */

static const uint32_t crowds[] = {2, 10, 11, 1000, 100000};
#define CROWD_COUNT 5

START_TEST(any_number_of_equal_names_is_told_apart)
{
	const struct fsi_name_rules *rules = &all_rules[_i / CROWD_COUNT];
	const uint32_t count = crowds[_i % CROWD_COUNT];
	const char *extension = rules->file_system == ISO ? ".C" : ".c";
	char name[512] = "";
	char *at = name_fixture_append(name, "A", rules->file_system == UDF ? 300 : 64);

	for (uint32_t n = 0; n < count; n++) {
		snprintf(at, 16, "%06u.c", n);
		add(name);
	}
	map(rules->file_system, rules->iso_level);
	assert_good_directory(fixture.nodes[0], rules);
	ck_assert_uint_eq(fixture.view->changed_count, count);
	/* As few digits as there can be: one name has none, 9 have one, … */
	for (uint32_t n = 1; n < count; n++) {
		const char *mapped = get(fixture.nodes[n + 1]);
		const size_t digits =
			strspn(mapped + strcspn(mapped, "0123456789"), "0123456789");

		REQUIRE(digits == 1u + (n > 9) + (n > 99) + (n > 999) + (n > 9999),
			mapped);
		REQUIRE(strcmp(mapped + strcspn(mapped, "."), extension) == 0, mapped);
	}
}
END_TEST

START_TEST(a_long_base_gives_way_to_its_number)
{
	char name[512] = "";
	char expected[512] = "";
	struct fsi_node *node = NULL;

	name_fixture_append(name_fixture_append(name, "x", 60), "1.html", 1);
	add(name);
	name[60] = '2';
	node = add(name);
	map(JOLIET, 2);
	name_fixture_append(name_fixture_append(expected, "x", 57), "_1.html", 1);
	ck_assert_str_eq(get(node), expected);
	map(ISO, 2);
	expected[0] = '\0';
	name_fixture_append(name_fixture_append(expected, "X", 25), "1.HTML", 1);
	ck_assert_str_eq(get(node), expected);
	map(UDF, 2);
	ck_assert_str_eq(get(node), name);
}
END_TEST

/* Names of Joliet of 64 units: a number must not cut a character in two. */
START_TEST(a_number_goes_between_characters)
{
	char name[1024] = "";
	char *at = name_fixture_append(name, "\360\237\216\265", 63);
	struct fsi_node *node = NULL;

	strcpy(at, "\357\273\277");
	add(name);
	strcpy(at, "\357\277\276");
	node = add(name);
	map(UDF, 2);
	/* 62 pairs and "_1" are 126 units; half a pair does not fill the rest. */
	ck_assert_uint_eq(strlen(get(node)), 4 * 62 + 2);
	assert_good_directory(fixture.nodes[0], &all_rules[3]);
}
END_TEST

/* ---- running out ------------------------------------------------------- */

static HRESULT map_crowd(const struct fsi_name_map *rules, uint32_t count,
			 struct fsi_name_text *text)
{
	uint32_t names[32];
	struct fsi_name_siblings siblings = {.count = count, .names = names};

	for (uint32_t n = 0; n < count; n++) {
		char name[32];

		snprintf(name, sizeof(name), "same: name %02u.", n);
		add(name);
	}
	name_fixture_order(&fixture);
	siblings.nodes = fixture.order.items + 1;
	return fsi_name_siblings_map(rules, &siblings, text);
}

START_TEST(when_no_number_is_left_the_name_and_file_system_are_told)
{
	static const char *const file_systems[] = {"ISO9660", "Joliet", "UDF"};
	static const int rules[] = {0, 2, 3};
	const struct fsi_name_map level_1 = fsi_name_map_of(&all_rules[0]);
	struct fsi_name_map one_digit = fsi_name_map_of(&all_rules[rules[_i / 2]]);
	struct fsi_name_text text = {0};
	struct fsi_insert insert;
	const uint32_t count = 10 + (uint32_t)_i % 2;

	one_digit.most_digits = 1;
	one_digit.rules.iso_level = 1;
	one_digit.is_natural = level_1.is_natural;
	one_digit.split = level_1.split;
	one_digit.compose = level_1.compose;
	ck_assert_int_eq(fsi_name_text_begin(&text), S_OK);
	if (count == 10) {
		ck_assert_int_eq(map_crowd(&one_digit, count, &text), S_OK);
	} else {
		ck_assert_int_eq(map_crowd(&one_digit, count, &text),
				 IMAPI_E_NO_UNIQUE_NAME);
		ck_assert_int_eq(fsi_error_get_code(), IMAPI_E_NO_UNIQUE_NAME);
		ck_assert_int_eq(fsi_error_get_insert(0, &insert), S_OK);
		ck_assert_str_eq(insert.text, "same: name 10.");
		ck_assert_int_eq(fsi_error_get_insert(1, &insert), S_OK);
		ck_assert_str_eq(insert.text, file_systems[_i / 2]);
	}
	fsi_vector_free(&text.bytes);
}
END_TEST

START_TEST(an_offset_that_does_not_fit_is_refused)
{
	struct fsi_name_text text = {0};
	HRESULT hr = S_OK;

	/* Full to the last offset but one; its end must not be touched. */
	text.bytes.count = UINT32_MAX;
	text.bytes.capacity = UINT32_MAX;
	hr = map_crowd(&fsi_name_joliet, 1, &text);
	ck_assert_int_eq(hr, E_OUTOFMEMORY);
	ck_assert_uint_eq(text.bytes.count, UINT32_MAX);
}
END_TEST

START_TEST(without_memory_nothing_is_made)
{
	const struct fsi_name_rules *rules = &all_rules[_i];
	struct fsi_name_view *view = NULL;
	HRESULT hr = E_OUTOFMEMORY;

	for (uint32_t n = 0; n < 20; n++)
		add(&"\357\273\277same: Name.................text"[n]);
	name_fixture_order(&fixture);
	for (long n = 0; FAILED(hr); n++) {
		ck_assert_int_lt(n, 100);
		fsi_memory_fail_after(n);
		hr = fsi_name_view_create(&fixture.order, rules, &view);
		ck_assert(SUCCEEDED(hr) ? view != NULL : hr == E_OUTOFMEMORY);
		ck_assert(SUCCEEDED(hr) || view == NULL);
	}
	fsi_name_view_destroy(view);
}
END_TEST

/* ---- views ------------------------------------------------------------- */

START_TEST(records_of_iso_are_sorted_by_base_then_extension)
{
	static const char *const expected[] = {"0",  "A",    "A.B",  "A.BC", "A0",
					       "AB", "AB.A", "A_.A", "B"};
	static const char *const names[] = {"a.bc", "B/", "a_.a", "ab.a", "a",
					    "a0/",  "ab", "0",	  "a.b"};

	for (size_t i = 0; i < 9; i++)
		add(names[i]);
	map(ISO, 1);
	for (uint32_t n = 0; n < 9; n++)
		ck_assert_str_eq(
			fsi_name_view_get(
				fixture.view,
				fsi_name_view_child(fixture.view, fixture.nodes[0], n)),
			expected[n]);
}
END_TEST

START_TEST(a_view_is_as_small_as_it_can_be)
{
	add("a");
	add("b/");
	add("B.c");
	map(JOLIET, 2);
	ck_assert_ptr_null(fixture.view->sorted);
	ck_assert_uint_eq(fixture.view->text_length, 1);
	ck_assert_uint_eq(fixture.view->changed_count, 0);
	map(UDF, 2);
	ck_assert_ptr_null(fixture.view->sorted);
	ck_assert_uint_eq(fixture.view->text_length, 1);
	map(ISO, 2);
	ck_assert_ptr_nonnull(fixture.view->sorted);
	ck_assert_uint_eq(fixture.view->sorted[0], 0);
	ck_assert_uint_eq(fixture.view->text_length, 1 + 2 + 2 + 4);
	ck_assert_uint_eq(fixture.view->changed_count, 3);
	ck_assert_int_eq(fixture.view->text[0], '\0');
}
END_TEST

START_TEST(directories_do_not_see_each_others_names)
{
	struct fsi_node *one = add("one/");
	struct fsi_node *two = add("Two/");
	struct fsi_node *deep = name_fixture_add(&fixture, two, "x y/");
	struct fsi_node *nodes[] = {name_fixture_add(&fixture, one, "x y"),
				    name_fixture_add(&fixture, one, "x-y"),
				    name_fixture_add(&fixture, deep, "x-y"),
				    name_fixture_add(&fixture, two, "X+Y")};

	map(ISO, 2);
	ck_assert_str_eq(get(fixture.nodes[0]), "");
	ck_assert_str_eq(get(nodes[0]), "X_Y");
	ck_assert_str_eq(get(nodes[1]), "X_Y1");
	ck_assert_str_eq(get(nodes[2]), "X_Y");
	ck_assert_str_eq(get(nodes[3]), "X_Y");
	ck_assert_str_eq(get(deep), "X_Y1");
	ck_assert_str_eq(get(one), "ONE");
	ck_assert_uint_eq(fixture.view->changed_count, 7);
	for (uint32_t n = 0; n < fixture.count; n++)
		if (fsi_node_is_directory(fixture.nodes[n]))
			assert_good_directory(fixture.nodes[n], &all_rules[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("name view");
	TCase *tcase = tcase_create("name view");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, tcase);
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, random_siblings_have_legal_unique_sorted_names, 0,
			    100);
	tcase_add_loop_test(tcase, the_order_of_adding_does_not_matter, 0, 40);
	tcase_add_loop_test(tcase, any_number_of_equal_names_is_told_apart, 0,
			    RULES_COUNT * CROWD_COUNT);
	tcase_add_test(tcase, a_long_base_gives_way_to_its_number);
	tcase_add_test(tcase, a_number_goes_between_characters);
	tcase_add_loop_test(
		tcase, when_no_number_is_left_the_name_and_file_system_are_told, 0, 6);
	tcase_add_test(tcase, an_offset_that_does_not_fit_is_refused);
	tcase_add_loop_test(tcase, without_memory_nothing_is_made, 0, RULES_COUNT);
	tcase_add_test(tcase, records_of_iso_are_sorted_by_base_then_extension);
	tcase_add_test(tcase, a_view_is_as_small_as_it_can_be);
	tcase_add_test(tcase, directories_do_not_see_each_others_names);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
