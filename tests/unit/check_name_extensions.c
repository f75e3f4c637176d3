/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names by relaxed rules: each rule alone, at its limits, and all combinations. */
#include "base/text.h"
#include "tests/support/name_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ISO    FSI_FILE_SYSTEM_ISO9660
#define JOLIET FSI_FILE_SYSTEM_JOLIET

/* Single rules, as bits. */
#define LONG	    1u
#define LOWERCASE   2u
#define RELAXED	    4u
#define MULTIDOT    8u
#define UNVERSIONED 16u
#define ALL	    31u

static struct name_fixture fixture;

static void begin(void)
{
	name_fixture_begin(&fixture);
}

static void end(void)
{
	name_fixture_end(&fixture);
}

static struct fsi_node *add(const char *name)
{
	return name_fixture_add(&fixture, fixture.nodes[0], name);
}

static const char *get(const struct fsi_node *node)
{
	return name_fixture_get(&fixture, node);
}

static struct fsi_name_rules make_rules(uint32_t level, unsigned relaxed)
{
	return (struct fsi_name_rules){
		.file_system = ISO,
		.iso_level = level,
		.extensions =
			{
				.long_iso = (relaxed & LONG) != 0,
				.lowercase_iso = (relaxed & LOWERCASE) != 0,
				.relaxed_iso = (relaxed & RELAXED) != 0,
				.multidot_iso = (relaxed & MULTIDOT) != 0,
				.unversioned_iso = (relaxed & UNVERSIONED) != 0,
			},
	};
}

static void assert_alone(const struct fsi_name_rules *rules, const char *name,
			 const char *expected)
{
	struct fsi_node *node = NULL;

	end();
	begin();
	node = add(name);
	ck_assert_int_eq(name_fixture_map_by(&fixture, rules), S_OK);
	ck_assert_msg(strcmp(get(node), expected) == 0, "\"%s\" is \"%s\", not \"%s\"",
		      name, get(node), expected);
}

/* ---- one name ---------------------------------------------------------- */

/* A "/" at the end stands for a directory. */
static const struct {
	uint32_t level;
	unsigned relaxed;
	const char *name;
	const char *expected;
} names[] = {
	{2, 0, "a.b c/", "A_B_C"},
	{2, LOWERCASE, "ReadMe.Txt", "ReadMe.Txt"},
	{2, LOWERCASE, "a.b c", "a.b_c"},
	{2, LOWERCASE, "stra\303\237e", "stra_e"},
	{1, LOWERCASE, "longer name.html", "longer_n.htm"},
	{2, RELAXED, "a b!c.d-e", "A B!C.D-E"},
	{2, RELAXED, "!#$%&'()+,-=@[]^`{}~", "!#$%&'()+,-=@[]^`{}~"},
	{2, RELAXED, "a*b:c;d?e\"f<g>h|i\\j", "A_B_C_D_E_F_G_H_I_J"},
	{2, RELAXED, "tab\tdel\177\001", "TAB_DEL__"},
	{2, RELAXED, "x y /", "X Y_"},
	{2, RELAXED, "x.y ", "X.Y_"},
	{2, RELAXED, " x", " X"},
	{2, RELAXED, "a.b.c", "A_B.C"},
	{2, MULTIDOT, "a.b.c", "A.B.C"},
	{2, MULTIDOT, ".profile", ".PROFILE"},
	{2, MULTIDOT, ".a.b", ".A.B"},
	{2, MULTIDOT, "etc.d/", "ETC.D"},
	{2, MULTIDOT, ".git/", ".GIT"},
	{2, MULTIDOT, "a./", "A_"},
	{2, MULTIDOT, "a.b.", "A.B"},
	{2, MULTIDOT, "...", "._"},
	{2, MULTIDOT, "..../", "..._"},
	{2, MULTIDOT, "a b.c.d", "A_B.C.D"},
	{1, MULTIDOT, "a.b.c.html", "A.B.C.HTM"},
	{1, MULTIDOT, "1234567.9.c", "1234567..C"},
	{2, UNVERSIONED, "a.b.c", "A_B.C"},
	{2, ALL, "Makefile.am - a copy (2).txt", "Makefile.am - a copy (2).txt"},
	{1, ALL, "Makefile.am - a copy (2).txt", "Makefile.txt"},
};

START_TEST(each_rule_lets_its_characters_stay)
{
	const struct fsi_name_rules rules =
		make_rules(names[_i].level, names[_i].relaxed);

	assert_alone(&rules, names[_i].name, names[_i].expected);
}
END_TEST

/* The most characters of a file alone, with an extension, and of a directory. */
static const struct {
	uint32_t level;
	unsigned relaxed;
	size_t base, both, directory;
} most[] = {
	{1, 0, 8, 0, 8},
	{1, LONG, 8, 0, 8},
	{2, 0, 30, 30, 31},
	{2, UNVERSIONED, 30, 30, 31},
	{2, LONG, 34, 34, 37},
	{2, LONG | UNVERSIONED, 36, 36, 37},
	{2, LONG | MULTIDOT, 34, 34, 37},
};

/* text_count times "A", then an extension; behind: "/" or "". */
static void assert_cut(const struct fsi_name_rules *rules, size_t count,
		       const char *behind, size_t kept_count, const char *kept_behind)
{
	char name[128] = "";
	char expected[128] = "";

	name_fixture_append(name_fixture_append(name, "A", count), behind, 1);
	name_fixture_append(name_fixture_append(expected, "A", kept_count), kept_behind,
			    1);
	assert_alone(rules, name, expected);
}

START_TEST(names_have_so_many_characters_and_no_more)
{
	const struct fsi_name_rules rules = make_rules(most[_i].level, most[_i].relaxed);

	for (int more = -1; more <= 1; more++) {
		const size_t less = more < 0;
		const size_t add_one = more > 0;

		assert_cut(&rules, most[_i].base - less + add_one, "",
			   most[_i].base - less, "");
		assert_cut(&rules, most[_i].directory - less + add_one, "/",
			   most[_i].directory - less, "");
		if (most[_i].both == 0)
			continue;
		assert_cut(&rules, most[_i].both - 3 - less + add_one, ".TXT",
			   most[_i].both - 3 - less, ".TXT");
	}
}
END_TEST

START_TEST(names_in_joliet_have_103_characters_where_that_is_asked_for)
{
	for (int is_long = 0; is_long <= 1; is_long++) {
		const struct fsi_name_rules rules = {
			.file_system = JOLIET,
			.extensions = {.long_joliet = is_long != 0}};
		const size_t length = is_long != 0 ? 103u : 64u;

		assert_cut(&rules, length - 1, "", length - 1, "");
		assert_cut(&rules, length, "", length, "");
		assert_cut(&rules, length + 1, "", length, "");
		assert_cut(&rules, length - 4, ".txt", length - 4, ".txt");
		assert_cut(&rules, length - 3, ".txt", length - 4, ".txt");
	}
}
END_TEST

START_TEST(names_of_iso_9660_1999_have_207_bytes_of_any_characters)
{
	const struct fsi_name_rules rules = {.file_system = ISO,
					     .iso_level = FSI_NAME_ISO9660_1999};
	char name[512] = "";
	char expected[512] = "";

	assert_alone(&rules, "a*:;?\\\"<>| .\001\177.", "a*:;?\\\"<>| .\001\177.");
	assert_alone(&rules, "\346\227\245 \360\237\216\265.x/",
		     "\346\227\245 \360\237\216\265.x");
	name_fixture_append(name, "x", 206);
	assert_alone(&rules, name, name);
	name_fixture_append(name, "x", 1);
	assert_alone(&rules, name, name);
	strcpy(expected, name);
	name_fixture_append(name, "x", 1);
	assert_alone(&rules, name, expected);
	/* Between two characters, and before the extension. */
	name[0] = expected[0] = '\0';
	name_fixture_append(name_fixture_append(name, "\346\227\245", 70), ".html", 1);
	name_fixture_append(name_fixture_append(expected, "\346\227\245", 67), ".html",
			    1);
	assert_alone(&rules, name, expected);
}
END_TEST

/* ---- siblings ---------------------------------------------------------- */

#define MOST_SIBLINGS 6

/* Siblings in byte order and what they are called. */
static const struct {
	uint32_t level;
	unsigned relaxed;
	const char *names[MOST_SIBLINGS];
	const char *expected[MOST_SIBLINGS];
} families[] = {
	{2, LOWERCASE, {"Makefile", "makefile"}, {"Makefile", "makefile1"}},
	{2, LOWERCASE, {"A b", "a_b"}, {"A_b1", "a_b"}},
	{2, RELAXED, {"a b", "a+b", "a:b"}, {"A B", "A+B", "A_B"}},
	{2, RELAXED, {"a:b", "a;b", "a_b"}, {"A_B1", "A_B2", "A_B"}},
	{2, MULTIDOT, {"a./", "a_"}, {"A.1", "A_"}},
	{2, MULTIDOT, {"a.b", "a.b."}, {"A.B", "A.B1"}},
	{FSI_NAME_ISO9660_1999, 0, {"FOO", "Foo", "foo"}, {"FOO", "Foo", "foo"}},
};

START_TEST(names_of_siblings_differ)
{
	const struct fsi_name_rules rules =
		make_rules(families[_i].level, families[_i].relaxed);
	struct fsi_node *nodes[MOST_SIBLINGS] = {NULL};

	for (size_t n = 0; n < MOST_SIBLINGS && families[_i].names[n] != NULL; n++)
		nodes[n] = add(families[_i].names[n]);
	ck_assert_int_eq(name_fixture_map_by(&fixture, &rules), S_OK);
	for (size_t n = 0; n < MOST_SIBLINGS && nodes[n] != NULL; n++)
		ck_assert_str_eq(get(nodes[n]), families[_i].expected[n]);
}
END_TEST

/* ---- the order of records ---------------------------------------------- */

/* In the order of ECMA-119 9.3; a "/" at the end stands for a directory. */
static const struct {
	unsigned relaxed;
	const char *names[8];
} orders[] = {
	{RELAXED, {"A.TXT", "A B.TXT", "A!.TXT", "A-B.TXT", "AB"}},
	{RELAXED, {"A.B", "A.B!", "A.B-C", "A.BA"}},
	{RELAXED | LOWERCASE, {"a.txt", "a b.txt", "a-b.txt", "ab"}},
	{MULTIDOT, {".A", "A.B", "A.B.C", "A.B0", "A.C", "A.B_D/"}},
	{MULTIDOT, {"A.C", "A.B/"}},
	{MULTIDOT, {"A/", "A.B", "A.C.D", "A.C/", "AB"}},
	{RELAXED | MULTIDOT, {"A", "A.B", "A!/", "A!B/", "A-/", "A.X/", "AB"}},
};

START_TEST(records_are_in_the_order_of_their_parts)
{
	const struct fsi_name_rules rules = make_rules(2, orders[_i].relaxed);
	size_t count = 0;

	/* Added from the last to the first. */
	while (count < 8 && orders[_i].names[count] != NULL)
		count++;
	for (size_t n = count; n-- > 0;)
		add(orders[_i].names[n]);
	ck_assert_int_eq(name_fixture_map_by(&fixture, &rules), S_OK);
	for (uint32_t n = 0; n < count; n++) {
		const uint32_t number =
			fsi_name_view_child(fixture.view, fixture.nodes[0], n);
		const char *name = fsi_name_view_get(fixture.view, number);

		ck_assert_msg(strncmp(name, orders[_i].names[n], strlen(name)) == 0,
			      "\"%s\" is in place %u", name, n);
	}
}
END_TEST

/* ---- what always holds ------------------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Names of few different characters, so that they collide in every way. */
static void make_random_name(uint32_t *state, char *name)
{
	static const char *const pieces[] = {"a",
					     "A",
					     "1",
					     ".",
					     ".",
					     " ",
					     "!",
					     "-",
					     ":",
					     "\303\237",
					     "aaaaaaaaaaaaaaa"};
	const uint32_t count = 1 + next_random(state) % 8;

	name[0] = '\0';
	for (uint32_t i = 0; i < count; i++)
		name_fixture_append(name, pieces[next_random(state) % 11], 1);
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
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_allowed(char character, unsigned relaxed)
{
	if ((character >= 'A' && character <= 'Z') ||
	    (character >= '0' && character <= '9') || character == '_')
		return true;
	if (character >= 'a' && character <= 'z')
		return (relaxed & LOWERCASE) != 0;
	return (relaxed & RELAXED) != 0 &&
	       (character == ' ' || character == '!' || character == '-');
}

static void assert_legal(const char *name, bool is_directory, uint32_t level,
			 unsigned relaxed)
{
	const char *dot = is_directory ? NULL : strrchr(name, '.');
	const size_t length = strlen(name);
	const size_t most_of_level = level == 1 ? 12 : (relaxed & LONG) != 0 ? 37 : 31;

	ck_assert_uint_gt(length, 0);
	ck_assert_uint_le(length, most_of_level);
	ck_assert(name[length - 1] != '.' && name[length - 1] != ' ');
	for (const char *at = name; *at != '\0'; at++)
		ck_assert_msg(at == dot || is_allowed(*at, relaxed) ||
				      (*at == '.' && (relaxed & MULTIDOT) != 0),
			      "\"%s\" has '%c'", name, *at);
	if (level == 1 && dot != NULL && (relaxed & MULTIDOT) == 0) {
		ck_assert_int_le(dot - name, 8);
		ck_assert_uint_le(strlen(dot), 4);
	}
}

/* Parts filled with spaces, as an identifier compares them (ECMA-119 9.3). */
static int compare_filled(const char *a, size_t a_length, const char *b, size_t b_length)
{
	for (size_t i = 0; i < a_length || i < b_length; i++) {
		const char x = i < a_length ? a[i] : ' ';
		const char y = i < b_length ? b[i] : ' ';

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

static int compare_records(const struct fsi_node *a, const struct fsi_node *b)
{
	const char *x = get(a);
	const char *y = get(b);
	const size_t x_base = fsi_node_is_directory(a) ? strlen(x) : strcspn(x, ".");
	const size_t y_base = fsi_node_is_directory(b) ? strlen(y) : strcspn(y, ".");
	const int bases = compare_filled(x, x_base, y, y_base);

	return bases != 0 ? bases
			  : compare_filled(x + x_base, strlen(x + x_base), y + y_base,
					   strlen(y + y_base));
}

static void assert_good(uint32_t level, unsigned relaxed)
{
	const struct fsi_node *before = NULL;

	for (uint32_t n = 0; n < fsi_node_child_count(fixture.nodes[0]); n++) {
		const struct fsi_node *node = fixture.order.items[fsi_name_view_child(
			fixture.view, fixture.nodes[0], n)];

		assert_legal(get(node), fsi_node_is_directory(node), level, relaxed);
		ck_assert(before == NULL || compare_records(before, node) <= 0);
		for (uint32_t m = 1; m < node->number; m++)
			ck_assert_int_ne(fsi_text_compare_ignoring_case(
						 get(fixture.order.items[m]),
						 strlen(get(fixture.order.items[m])),
						 get(node), strlen(get(node))),
					 0);
		before = node;
	}
}

START_TEST(all_combinations_have_legal_unique_sorted_names)
{
	const unsigned relaxed = (unsigned)_i % (ALL + 1);
	const uint32_t level = 1 + (uint32_t)_i / (ALL + 1);
	const struct fsi_name_rules rules = make_rules(level, relaxed);
	uint32_t state = (uint32_t)_i;
	char name[256];

	for (uint32_t n = 0; n < 60; n++) {
		make_random_name(&state, name);
		if (!is_listed(name))
			add(name);
	}
	ck_assert_int_eq(name_fixture_map_by(&fixture, &rules), S_OK);
	assert_good(level, relaxed);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

int main(void)
{
	Suite *suite = suite_create("relaxed names");
	TCase *tcase = tcase_create("names");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, each_rule_lets_its_characters_stay, 0, COUNT(names));
	tcase_add_loop_test(tcase, names_have_so_many_characters_and_no_more, 0,
			    COUNT(most));
	tcase_add_test(tcase,
		       names_in_joliet_have_103_characters_where_that_is_asked_for);
	tcase_add_test(tcase, names_of_iso_9660_1999_have_207_bytes_of_any_characters);
	tcase_add_loop_test(tcase, names_of_siblings_differ, 0, COUNT(families));
	tcase_add_loop_test(tcase, records_are_in_the_order_of_their_parts, 0,
			    COUNT(orders));
	tcase_add_loop_test(tcase, all_combinations_have_legal_unique_sorted_names, 0,
			    2 * (ALL + 1));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
