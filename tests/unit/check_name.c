/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one item, and what a few siblings are called in each file system. */
#include "name/view.h"

#include "base/memory.h"
#include "tests/support/name_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ISO    FSI_FILE_SYSTEM_ISO9660
#define JOLIET FSI_FILE_SYSTEM_JOLIET
#define UDF    FSI_FILE_SYSTEM_UDF

/* Rules without extensions. */
#define PLAIN \
	{ \
		.long_iso = false \
	}

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

/* What the one item of a directory is called. */
static void assert_alone(const char *name, enum fsi_file_system file_system,
			 uint32_t level, const char *expected)
{
	struct fsi_node *node = NULL;

	name_fixture_end(&fixture);
	begin();
	node = add(name);
	map(file_system, level);
	ck_assert_msg(strcmp(get(node), expected) == 0, "\"%s\" is \"%s\", not \"%s\"",
		      name, get(node), expected);
	ck_assert_uint_eq(fixture.view->changed_count, strcmp(node->name, expected) != 0);
}

/* ---- one name ---------------------------------------------------------- */

/* A "/" at the end stands for a directory. NULL: as at level 1, as given. */
static const struct {
	const char *name;
	const char *level_1;
	const char *level_2;
} iso_names[] = {
	{"README", "README", NULL},
	{"readme.txt", "README.TXT", NULL},
	{"ReadMe.", "README", NULL},
	{".profile", "_PROFILE", NULL},
	{".bash.rc", "_BASH.RC", NULL},
	{".a.", "_A", NULL},
	{"...", "__", NULL},
	{"..a", "_.A", NULL},
	{".", "_", NULL},
	{"a.b.c", "A_B.C", NULL},
	{"a b+c.x-y", "A_B_C.X_Y", NULL},
	{"etc.d/", "ETC_D", NULL},
	{".git/", "_GIT", NULL},
	{"a./", "A_", NULL},
	{"12345678", "12345678", NULL},
	{"1234567.abc", "1234567.ABC", NULL},
	{"12345678.abc", "12345678.ABC", NULL},
	{"123456789.abc", "12345678.ABC", "123456789.ABC"},
	{"12345678.ab", "12345678.AB", NULL},
	{"12345678.abcd", "12345678.ABC", "12345678.ABCD"},
	{"1234567/", "1234567", NULL},
	{"12345678/", "12345678", NULL},
	{"123456789/", "12345678", "123456789"},
	{"stra\303\237e.txt", "STRA_E.TXT", NULL},
	{"\360\237\216\265.mp3", "_.MP3", NULL},
	{"\346\227\245\346\234\254\350\252\236.html", "___.HTM", "___.HTML"},
	{"index.html", "INDEX.HTM", "INDEX.HTML"},
	{"x@`{[^/", "X_____", NULL},
};

START_TEST(an_iso_name_is_made_of_d_characters)
{
	const char *level_1 = iso_names[_i].level_1;
	const char *level_2 = iso_names[_i].level_2;

	assert_alone(iso_names[_i].name, ISO, 1, level_1);
	assert_alone(iso_names[_i].name, ISO, 2, level_2 != NULL ? level_2 : level_1);
}
END_TEST

/* Lengths of base and extension before, and at level 2 behind. */
static const struct {
	size_t base, extension, kept_base, kept_extension;
} iso_lengths[] = {
	{29, 0, 29, 0}, {30, 0, 30, 0}, {31, 0, 30, 0},	  {255, 0, 30, 0},
	{26, 3, 26, 3}, {27, 3, 27, 3}, {28, 3, 27, 3},	  {200, 3, 27, 3},
	{29, 1, 29, 1}, {30, 1, 29, 1}, {22, 8, 22, 8},	  {23, 8, 22, 8},
	{22, 9, 22, 8}, {21, 9, 21, 9}, {20, 15, 20, 10}, {1, 28, 1, 28},
	{1, 29, 1, 29}, {1, 30, 1, 29}, {2, 29, 2, 28},	  {100, 100, 22, 8},
};

START_TEST(an_iso_name_of_level_2_is_cut_to_30_characters)
{
	char name[512] = "";
	char expected[64] = "";

	name_fixture_append(name, "a", iso_lengths[_i].base);
	name_fixture_append(expected, "A", iso_lengths[_i].kept_base);
	if (iso_lengths[_i].extension > 0) {
		name_fixture_append(name_fixture_append(name, ".", 1), "b",
				    iso_lengths[_i].extension);
		name_fixture_append(name_fixture_append(expected, ".", 1), "B",
				    iso_lengths[_i].kept_extension);
	}
	assert_alone(name, ISO, 2, expected);
}
END_TEST

START_TEST(an_iso_directory_of_level_2_is_cut_to_31_characters)
{
	for (size_t length = 30; length <= 32; length++) {
		char name[64] = "";
		char expected[64] = "";

		name_fixture_append(name_fixture_append(name, "d", length), "/", 1);
		name_fixture_append(expected, "D", length < 31 ? length : 31);
		assert_alone(name, ISO, 2, expected);
	}
}
END_TEST

static const struct {
	const char *name;
	const char *expected; /* NULL: as given */
} joliet_names[] = {
	{"Mixed Case.Txt", NULL},
	{"a*b/c:d;e?f\\g", "a_b_c_d_e_f_g"},
	{"Module::Name.3pm", "Module__Name.3pm"},
	{"\"<>|", "____"},
	{"a\001b\037c d\177e", "a_b_c d\177e"},
	{"\001", "_"},
	{"!#$%&'()+,-=@[]^_`{}~", NULL},
	{"\302\200\302\237", NULL},
	{"dot.", "dot_"},
	{"dots..", "dots._"},
	{"space ", "space_"},
	{"x. ", "x._"},
	{"file.txt ", "file.txt_"},
	{" .a b", NULL},
	{"\356\277\277 \357\277\275", NULL},
	{"\357\277\277", NULL},
	{"\360\220\200\200", "_"},
	{"\360\237\216\265 song.mp3", "_ song.mp3"},
	{"\364\217\277\277\360\237\216\265/", "__"},
};

START_TEST(a_joliet_name_has_only_characters_that_windows_opens)
{
	const char *name = joliet_names[_i].name;
	const char *expected = joliet_names[_i].expected;

	assert_alone(name, JOLIET, 2, expected != NULL ? expected : name);
}
END_TEST

/* Names of count times a text with an extension, and what is left of them. */
static const struct {
	enum fsi_file_system file_system;
	const char *text;
	size_t count;
	const char *extension;
	const char *kept_text;
	size_t kept_count;
	const char *kept_extension;
} cuts[] = {
	{JOLIET, "x", 63, "", "x", 63, ""},
	{JOLIET, "x", 64, "", "x", 64, ""},
	{JOLIET, "x", 65, "", "x", 64, ""},
	{JOLIET, "\346\227\245", 64, "", "\346\227\245", 64, ""},
	{JOLIET, "\346\227\245", 65, "", "\346\227\245", 64, ""},
	{JOLIET, "\360\237\216\265", 64, "", "_", 64, ""},
	{JOLIET, "\360\237\216\265", 65, "", "_", 64, ""},
	{JOLIET, "x", 59, ".html", "x", 59, ".html"},
	{JOLIET, "x", 60, ".html", "x", 59, ".html"},
	{JOLIET, "x", 200, ".ABCDEFGHIJKLMNOP", "x", 47, ".ABCDEFGHIJKLMNOP"},
	{JOLIET, "x", 47, ".ABCDEFGHIJKLMNOPQ", "x", 47, ".ABCDEFGHIJKLMNOP"},
	{JOLIET, "x", 200, ".ABCDEFGHIJKLMNOPQ", "x", 64, ""},
	{JOLIET, "x", 63, ".", "x", 63, "_"},
	{JOLIET, "x", 64, ".", "x", 64, ""},
	{JOLIET, "x", 63, " y", "x", 63, "_"},
	{JOLIET, "x", 62, ". and so on", "x", 62, "._"},
	{JOLIET, "x", 60, ".d e", "x", 60, ".d e"},
	{JOLIET, "x", 61, ".d e", "x", 61, ".d_"},
	{JOLIET, "x", 60, ".html/", "x", 60, ".htm"},
	{UDF, "x", 253, "", "x", 253, ""},
	{UDF, "x", 254, "", "x", 254, ""},
	{UDF, "x", 255, "", "x", 254, ""},
	{UDF, "\303\277", 254, "", "\303\277", 254, ""},
	{UDF, "\303\277", 255, "", "\303\277", 254, ""},
	{UDF, "\304\200", 126, "", "\304\200", 126, ""},
	{UDF, "\304\200", 127, "", "\304\200", 127, ""},
	{UDF, "\304\200", 128, "", "\304\200", 127, ""},
	{UDF, "\360\237\216\265", 63, "", "\360\237\216\265", 63, ""},
	{UDF, "\360\237\216\265", 64, "", "\360\237\216\265", 63, ""},
	{UDF, "\360\237\216\265", 62, ".ab", "\360\237\216\265", 62, ".ab"},
	{UDF, "\360\237\216\265", 63, ".ab", "\360\237\216\265", 62, ".ab"},
	{UDF, "\360\237\216\265", 400, ".c", "\360\237\216\265", 62, ".c"},
	{UDF, "x", 250, ".txt", "x", 250, ".txt"},
	{UDF, "x", 251, ".txt", "x", 250, ".txt"},
	{UDF, "x", 251, ".txt/", "x", 251, ".tx"},
	{UDF, "x", 125, ".\304\200", "x", 125, ".\304\200"},
	{UDF, "x", 126, ".\304\200", "x", 125, ".\304\200"},
	{UDF, "x", 126, "\304\200", "x", 126, "\304\200"},
	{UDF, "x", 127, "\304\200", "x", 127, ""},
	{UDF, "x", 200, "\304\200\304\200.txt", "x", 200, ".txt"},
	{UDF, "x", 50000, "\304\200", "x", 254, ""},
};

START_TEST(a_long_name_is_cut_before_its_extension)
{
	static char name[65536];
	static char expected[1024];

	name[0] = expected[0] = '\0';
	name_fixture_append(name_fixture_append(name, cuts[_i].text, cuts[_i].count),
			    cuts[_i].extension, 1);
	name_fixture_append(
		name_fixture_append(expected, cuts[_i].kept_text, cuts[_i].kept_count),
		cuts[_i].kept_extension, 1);
	assert_alone(name, cuts[_i].file_system, 2, expected);
}
END_TEST

START_TEST(a_udf_name_keeps_all_but_byte_order_marks)
{
	assert_alone("a\001*:;?\\\"<>| .\177", UDF, 2, "a\001*:;?\\\"<>| .\177");
	assert_alone("\357\273\277bom\357\277\276", UDF, 2, "_bom_");
	assert_alone("\357\273\276\357\277\275\357\277\277", UDF, 2,
		     "\357\273\276\357\277\275\357\277\277");
	assert_alone("dot.", UDF, 2, "dot.");
}
END_TEST

static const struct {
	const char *name;
	size_t characters;
} scripts[] = {
	{"Ελληνικά", 8}, {"Русский", 7}, {"עברית", 5},	{"العربية", 7}, {"हिन्दी", 6},
	{"ไทย", 3},	 {"日本語", 3},	 {"한국어", 3}, {"ქართული", 7}, {"አማርኛ", 4},
	{"Հայերեն", 7},	 {"Tiếng", 5},	 {"Straße", 6},
};

START_TEST(a_name_of_any_script_stays_in_joliet_and_udf)
{
	const char *name = scripts[_i].name;
	char expected[32] = "";

	assert_alone(name, JOLIET, 2, name);
	assert_alone(name, UDF, 2, name);
	if ((uint8_t)name[0] < 0x80)
		return;
	name_fixture_append(expected, "_", scripts[_i].characters);
	assert_alone(name, ISO, 2, expected);
}
END_TEST

/* ---- siblings ---------------------------------------------------------- */

#define MOST_SIBLINGS 6

/* Siblings in byte order and what they are called. */
static const struct {
	struct fsi_name_rules rules;
	const char *names[MOST_SIBLINGS];
	const char *expected[MOST_SIBLINGS];
} families[] = {
	{{ISO, 1, PLAIN},
	 {"MAKEFILE", "Makefile", "makefile"},
	 {"MAKEFILE", "MAKEFIL1", "MAKEFIL2"}},
	{{ISO, 2, PLAIN}, {"Makefile", "makefile"}, {"MAKEFILE", "MAKEFILE1"}},
	{{ISO, 1, PLAIN}, {"a b", "a+b", "a_b"}, {"A_B1", "A_B2", "A_B"}},
	{{ISO, 1, PLAIN},
	 {"a b", "a+b1", "a_b", "a_b1"},
	 {"A_B2", "A_B11", "A_B", "A_B1"}},
	{{ISO, 1, PLAIN}, {"long name.c", "longname.c"}, {"LONG_NAM.C", "LONGNAME.C"}},
	{{ISO, 1, PLAIN}, {"longname1.c", "longname2.c"}, {"LONGNAME.C", "LONGNAM1.C"}},
	{{ISO, 1, PLAIN},
	 {"Long name.html", "Long-name.html"},
	 {"LONG_NAM.HTM", "LONG_NA1.HTM"}},
	{{ISO, 1, PLAIN}, {"a/", "a."}, {"A", "A1"}},
	{{ISO, 1, PLAIN}, {"a.", "a/"}, {"A1", "A"}},
	{{ISO, 2, PLAIN}, {"a.b", "a.b c", "a.b+c"}, {"A.B", "A.B_C", "A1.B_C"}},
	{{ISO, 2, PLAIN}, {"a b/", "a+b/", "a-b"}, {"A_B", "A_B1", "A_B2"}},
	{{JOLIET, 2, PLAIN}, {"Makefile", "makefile"}, {"Makefile", "makefile_1"}},
	{{JOLIET, 2, PLAIN}, {"FOO", "Foo", "foo"}, {"FOO", "Foo_1", "foo_2"}},
	{{JOLIET, 2, PLAIN},
	 {"A.txt", "a.TXT", "a_1.txt"},
	 {"A.txt", "a_2.TXT", "a_1.txt"}},
	{{JOLIET, 2, PLAIN}, {"a*b", "a:b", "a_b"}, {"a_b_1", "a_b_2", "a_b"}},
	{{JOLIET, 2, PLAIN}, {"a:b", "A_B"}, {"a_b_1", "A_B"}},
	{{JOLIET, 2, PLAIN}, {"x.", "x_"}, {"x._1", "x_"}},
	{{JOLIET, 2, PLAIN},
	 {"Linux-5.10/", "linux-5.10/"},
	 {"Linux-5.10", "linux-5.10_1"}},
	{{JOLIET, 2, PLAIN}, {"St. John", "st. john"}, {"St. John", "st. john_1"}},
	{{JOLIET, 2, PLAIN}, {".Rc", ".rc"}, {".Rc", ".rc_1"}},
	{{JOLIET, 2, PLAIN}, {"\303\234", "\303\274"}, {"\303\234", "\303\274_1"}},
	/* Sharp s has no simple upper case; dotless i has that of i. */
	{{JOLIET, 2, PLAIN}, {"SS", "\303\237"}, {"SS", "\303\237"}},
	{{JOLIET, 2, PLAIN}, {"I", "\304\260"}, {"I", "\304\260"}},
	{{JOLIET, 2, PLAIN}, {"i", "\304\261"}, {"i", "\304\261_1"}},
	{{JOLIET, 2, PLAIN},
	 {"\316\243", "\317\202", "\317\203"},
	 {"\316\243", "\317\202_1", "\317\203_2"}},
	{{JOLIET, 2, PLAIN}, {"\360\237\216\265", "\360\237\216\266"}, {"_", "__1"}},
	{{UDF, 2, PLAIN}, {"Makefile", "makefile"}, {"Makefile", "makefile"}},
	{{UDF, 2, PLAIN},
	 {"_a.b", "\357\273\277a.b", "\357\277\276a.b"},
	 {"_a.b", "_a_1.b", "_a_2.b"}},
	{{UDF, 2, PLAIN}, {"_A", "\357\273\277a"}, {"_A", "_a"}},
};

START_TEST(siblings_get_names_unlike_each_other)
{
	struct fsi_node *nodes[MOST_SIBLINGS];
	const char *const *names = families[_i].names;

	for (size_t i = 0; i < MOST_SIBLINGS && names[i] != NULL; i++)
		nodes[i] = add(names[i]);
	map(families[_i].rules.file_system, families[_i].rules.iso_level);
	for (size_t i = 0; i < MOST_SIBLINGS && names[i] != NULL; i++)
		ck_assert_msg(strcmp(get(nodes[i]), families[_i].expected[i]) == 0,
			      "\"%s\" is \"%s\", not \"%s\"", names[i], get(nodes[i]),
			      families[_i].expected[i]);
}
END_TEST

/* ---- volumes ----------------------------------------------------------- */

static const struct {
	enum fsi_file_system file_system;
	const char *name;
	const char *expected;
} volumes[] = {
	{ISO, "", ""},
	{ISO, "Backup 2026-11", "BACKUP_2026_11"},
	{ISO, "a.b", "A_B"},
	{ISO, "\303\204\360\237\216\265_z", "___Z"},
	{ISO, "1234567890123456789012345678901", "1234567890123456789012345678901"},
	{ISO, "12345678901234567890123456789012", "12345678901234567890123456789012"},
	{ISO, "123456789012345678901234567890123", "12345678901234567890123456789012"},
	{JOLIET, "Backup: 2026-11", "Backup: 2026-11"},
	{JOLIET, "123456789012345", "123456789012345"},
	{JOLIET, "123456789012345\303\204", "123456789012345\303\204"},
	{JOLIET, "1234567890123456\303\204", "1234567890123456"},
	{JOLIET, "12345678901234\360\237\216\265z!", "12345678901234_z"},
	{UDF, "Backup: 2026-11 \303\204\360\237\216\265 0123456789",
	 "Backup: 2026-11 \303\204\360\237\216\265 0123456789"},
};

START_TEST(a_volume_name_fits_its_field)
{
	char *name = NULL;

	ck_assert_int_eq(
		fsi_name_of_volume(volumes[_i].name, volumes[_i].file_system, &name),
		S_OK);
	ck_assert_str_eq(name, volumes[_i].expected);
	fsi_free(name);
	name = NULL;
	fsi_memory_fail_after(0);
	ck_assert_int_eq(
		fsi_name_of_volume(volumes[_i].name, volumes[_i].file_system, &name),
		E_OUTOFMEMORY);
	ck_assert_ptr_null(name);
}
END_TEST

#define LENGTH_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *suite = suite_create("name");
	TCase *tcase = tcase_create("name");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, tcase);
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, an_iso_name_is_made_of_d_characters, 0,
			    LENGTH_OF(iso_names));
	tcase_add_loop_test(tcase, an_iso_name_of_level_2_is_cut_to_30_characters, 0,
			    LENGTH_OF(iso_lengths));
	tcase_add_test(tcase, an_iso_directory_of_level_2_is_cut_to_31_characters);
	tcase_add_loop_test(tcase, a_joliet_name_has_only_characters_that_windows_opens,
			    0, LENGTH_OF(joliet_names));
	tcase_add_loop_test(tcase, a_long_name_is_cut_before_its_extension, 0,
			    LENGTH_OF(cuts));
	tcase_add_test(tcase, a_udf_name_keeps_all_but_byte_order_marks);
	tcase_add_loop_test(tcase, a_name_of_any_script_stays_in_joliet_and_udf, 0,
			    LENGTH_OF(scripts));
	tcase_add_loop_test(tcase, siblings_get_names_unlike_each_other, 0,
			    LENGTH_OF(families));
	tcase_add_loop_test(tcase, a_volume_name_fits_its_field, 0, LENGTH_OF(volumes));
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
