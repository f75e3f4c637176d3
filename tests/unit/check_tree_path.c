/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and paths inside an image, under both sets of rules. */
#include "tree/path.h"

#include "error/fail.h"
#include "tests/support/trees.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static struct fsi_tree tree;

static void set_up(void)
{
	ck_assert_int_eq(fsi_tree_init(&tree, tree_time(TREE_TIME)), S_OK);
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_tree_destroy(&tree);
}

static void assert_insert(const char *expected)
{
	struct fsi_insert insert;

	ck_assert_int_eq(fsi_error_get_insert(0, &insert), S_OK);
	ck_assert_str_eq(insert.text, expected);
}

/* ---- names ------------------------------------------------------------- */

/* By which rules a name is legal. */
enum legal {
	NEVER,
	LINUX, /* every character */
	ALWAYS
};

static const struct {
	const char *name;
	enum legal legal;
	bool is_restricted; /* legal with restricted names too */
} names[] = {
	{"", NEVER, false},
	{".", NEVER, false},
	{"..", NEVER, false},
	{"a/b", NEVER, false},
	{"/", NEVER, false},
	{"caf\xE9", NEVER, false},
	{"\xED\xA0\x80", NEVER, false},
	{"a", ALWAYS, true},
	{"plain name.txt", ALWAYS, true},
	{".hidden", ALWAYS, true},
	{"..a", ALWAYS, true},
	{" leading space", ALWAYS, true},
	{"~!@#$%^&()_+{}[];',=-`", ALWAYS, true},
	{"tilde ~", ALWAYS, true},
	{"delete \x7F", ALWAYS, true},
	{"caf\xC3\xA9", ALWAYS, false},
	{"\xC2\x80", ALWAYS, false},
	{"\xE6\x97\xA5\xE6\x9C\xAC", ALWAYS, false},
	{"\xF0\x9F\x98\x80", ALWAYS, false},
	{"trailing dot.", LINUX, true},
	{"trailing space ", LINUX, true},
	{"...", LINUX, true},
	{" ", LINUX, true},
	{"a\\b", LINUX, true},
	{"\\", LINUX, true},
	{"Module::Name.3pm", LINUX, true},
	{"a*b", LINUX, true},
	{"what?", LINUX, true},
	{"\"quoted\"", LINUX, true},
	{"a<b", LINUX, true},
	{"a>b", LINUX, true},
	{"a|b", LINUX, true},
	{"tab\there", LINUX, false},
	{"new\nline", LINUX, false},
	{"\x1F", LINUX, false},
	{"\x01", LINUX, false},
};

static HRESULT check_name(const char *name, bool any_character, bool restricted)
{
	const struct fsi_tree_rules rules = {.any_character = any_character,
					     .restricted = restricted};

	fsi_error_clear();
	return fsi_name_check_new(&rules, name, strlen(name));
}

START_TEST(a_name_is_legal_by_one_set_of_rules_or_both)
{
	const char *name = names[_i].name;

	ck_assert_int_eq(check_name(name, false, false),
			 names[_i].legal == ALWAYS ? S_OK : S_FALSE);
	ck_assert_int_eq(check_name(name, true, false),
			 names[_i].legal != NEVER ? S_OK : S_FALSE);
	ck_assert_int_eq(fsi_error_get_code(), S_OK);
}
END_TEST

START_TEST(a_restricted_name_has_characters_32_to_127)
{
	const char *name = names[_i].name;

	for (int any_character = 0; any_character < 2; any_character++) {
		const bool is_legal = names[_i].legal >= (any_character ? LINUX : ALWAYS);
		const HRESULT hr = check_name(name, any_character, true);

		ck_assert_int_eq(hr, !is_legal ? S_FALSE
				     : names[_i].is_restricted
					     ? S_OK
					     : IMAPI_E_RESTRICTED_NAME_VIOLATION);
		if (FAILED(hr))
			assert_insert(name);
	}
}
END_TEST

START_TEST(a_name_with_a_nul_in_it_is_never_legal)
{
	const struct fsi_tree_rules linux_rules = {.any_character = true};
	const struct fsi_tree_rules imapi_rules = {.any_character = false};

	ck_assert_int_eq(fsi_name_check_new(&linux_rules, "a\0b", 3), S_FALSE);
	ck_assert_int_eq(fsi_name_check_new(&imapi_rules, "a\0b", 3), S_FALSE);
	ck_assert_int_eq(fsi_name_check_new(&imapi_rules, "a\0b", 1), S_OK);
}
END_TEST

/* Characters of one unit, of one unit and three bytes, and of two units. */
static const char *const fillers[] = {"n", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};

static char *repeat(char *out, const char *text, size_t count)
{
	while (count-- > 0)
		out = stpcpy(out, text);
	return out;
}

START_TEST(a_name_has_255_units_and_no_more)
{
	const char *filler = fillers[_i];
	const size_t units = _i == 2 ? 2 : 1;
	char name[1100];

	for (int any_character = 0; any_character < 2; any_character++) {
		*repeat(name, filler, 254 / units) = '\0';
		ck_assert_int_eq(check_name(name, any_character, false), S_OK);
		strcpy(repeat(name, filler, 254 / units), "x");
		ck_assert_int_eq(check_name(name, any_character, false), S_OK);
		strcpy(repeat(name, filler, 254 / units), "xy");
		ck_assert_int_eq(check_name(name, any_character, false), S_FALSE);
		strcpy(repeat(name, filler, 254 / units), filler);
		ck_assert_int_eq(check_name(name, any_character, false),
				 units == 2 ? S_FALSE : S_OK);
	}
}
END_TEST

/* ---- paths ------------------------------------------------------------- */

/* "dir", "dir/sub", "dir/sub/file", "file", "back\slash" if it may be. */
static void fill(bool any_character)
{
	struct fsi_node *directory = NULL;
	struct fsi_node *sub = NULL;

	tree.rules.any_character = any_character;
	directory = tree_add_directory(&tree, &tree.root, "dir");
	sub = tree_add_directory(&tree, directory, "sub");
	tree_add_file(&tree, sub, "file", 1);
	tree_add_file(&tree, &tree.root, "file", 1);
	if (any_character)
		tree_add_directory(&tree, &tree.root, "back\\slash");
}

/* Where a path leads from a directory: what it ends in, or why it does not. */
struct path_case {
	const char *from; /* "" is the root */
	const char *path;
	HRESULT hr;
	const char *found; /* parent and last part, or the insert of the error */
};

static const struct path_case imapi_paths[] = {
	{"", "/", S_OK, "\\|"},
	{"", "\\", S_OK, "\\|"},
	{"", "file", S_OK, "\\|file"},
	{"", "new", S_OK, "\\|new"},
	{"", "\\file", S_OK, "\\|file"},
	{"", "/dir/sub\\file", S_OK, "\\dir\\sub|file"},
	{"", "DIR\\SUB\\new", S_OK, "\\dir\\sub|new"},
	{"", "dir\\", S_OK, "\\|dir"},
	{"", "\\dir/sub/", S_OK, "\\dir|sub"},
	{"dir", "sub\\file", S_OK, "\\dir\\sub|file"},
	{"dir/sub", "deep", S_OK, "\\dir\\sub|deep"},
	{"", "trailing dot./x", IMAPI_E_DIR_NOT_FOUND, "\\trailing dot."},
	{"", "dir\\other\\new", IMAPI_E_DIR_NOT_FOUND, "\\dir\\other"},
	{"dir", "other/new", IMAPI_E_DIR_NOT_FOUND, "\\dir\\other"},
	{"", "file/new", IMAPI_E_NOT_DIR, "\\file"},
	{"", "DIR/sub/FILE/new/er", IMAPI_E_NOT_DIR, "\\dir\\sub\\file"},
	{"", "", IMAPI_E_INVALID_PARAM, "path"},
	{"", "caf\xE9", IMAPI_E_INVALID_PARAM, "path"},
	{"dir", "/file", IMAPI_E_INVALID_PATH, "/file"},
	{"dir", "\\file", IMAPI_E_INVALID_PATH, "\\file"},
	{"dir", "/", IMAPI_E_INVALID_PATH, "/"},
	{"", "//", IMAPI_E_INVALID_PATH, "//"},
	{"", "dir//sub", IMAPI_E_INVALID_PATH, "dir//sub"},
	{"", "dir/\\sub", IMAPI_E_INVALID_PATH, "dir/\\sub"},
	{"", "dir/sub//", IMAPI_E_INVALID_PATH, "dir/sub//"},
	{"", ".", IMAPI_E_INVALID_PATH, "."},
	{"", "dir/./sub", IMAPI_E_INVALID_PATH, "dir/./sub"},
	{"", "dir/..", IMAPI_E_INVALID_PATH, "dir/.."},
	{"", "missing/a:b", IMAPI_E_INVALID_PATH, "missing/a:b"},
	{"", "a*", IMAPI_E_INVALID_PATH, "a*"},
	{"", "tab\there", IMAPI_E_INVALID_PATH, "tab\there"},
};

static const struct path_case linux_paths[] = {
	{"", "/", S_OK, "/|"},
	{"", "\\", S_OK, "/|\\"},
	{"", "/dir/sub/file", S_OK, "/dir/sub|file"},
	{"", "/dir/sub/", S_OK, "/dir|sub"},
	{"", "dir\\sub", S_OK, "/|dir\\sub"},
	{"", "back\\slash/new", S_OK, "/back\\slash|new"},
	{"dir", "sub/a:b*?", S_OK, "/dir/sub|a:b*?"},
	{"dir", "\\file", S_OK, "/dir|\\file"},
	{"", "dir/tab\there.", S_OK, "/dir|tab\there."},
	{"", "dir/a:b/c", IMAPI_E_DIR_NOT_FOUND, "/dir/a:b"},
	{"", "file/x", IMAPI_E_NOT_DIR, "/file"},
	{"dir", "/file", IMAPI_E_INVALID_PATH, "/file"},
	{"", "dir//sub", IMAPI_E_INVALID_PATH, "dir//sub"},
	{"", "dir/../file", IMAPI_E_INVALID_PATH, "dir/../file"},
	{"", "", IMAPI_E_INVALID_PARAM, "path"},
	{"", "dir/caf\xE9", IMAPI_E_INVALID_PARAM, "path"},
};

static void assert_path(const struct path_case *one)
{
	struct fsi_node *from =
		one->from[0] != '\0' ? tree_at(&tree, one->from) : &tree.root;
	struct fsi_path_end end = {.name_length = 77};
	char *parent = NULL;
	char text[128];

	ck_assert_ptr_nonnull(from);
	ck_assert_int_eq(fsi_path_resolve(&tree, from, one->path, "path", &end), one->hr);
	if (FAILED(one->hr)) {
		assert_insert(one->found);
		ck_assert_uint_eq(end.name_length, 77);
		return;
	}
	parent = fsi_path_of_node(end.parent);
	strcpy(stpcpy(text, parent), "|");
	strncat(text, end.name, end.name_length);
	ck_assert_str_eq(text, one->found);
	fsi_free(parent);
}

START_TEST(a_path_leads_somewhere_by_the_rules_of_imapi)
{
	fill(false);
	assert_path(&imapi_paths[_i]);
}
END_TEST

START_TEST(a_path_leads_somewhere_by_the_rules_of_linux)
{
	fill(true);
	assert_path(&linux_paths[_i]);
}
END_TEST

START_TEST(a_part_of_a_path_that_is_too_long_is_refused)
{
	struct path_case one = {.from = "", .hr = IMAPI_E_INVALID_PATH};
	char path[600];
	char found[600] = "/";

	fill(true);
	one.path = path;
	one.found = path;
	strcpy(repeat(path, "n", 256), "/x");
	assert_path(&one);
	strcpy(path, "dir/");
	repeat(path + 4, "n", 256);
	assert_path(&one);
	/* One character less is only not there. */
	one.hr = IMAPI_E_DIR_NOT_FOUND;
	one.found = found;
	repeat(found + 1, "n", 255);
	strcpy(repeat(path, "n", 255), "/x");
	assert_path(&one);
}
END_TEST

START_TEST(the_end_of_a_path_is_found_or_not)
{
	struct fsi_path_end end;

	fill(false);
	ck_assert_int_eq(
		fsi_path_resolve(&tree, &tree.root, "DIR/SUB/FILE", "path", &end), S_OK);
	ck_assert_ptr_eq(fsi_path_find(&tree, &end), tree_at(&tree, "dir/sub/file"));
	ck_assert_int_eq(fsi_path_resolve(&tree, &tree.root, "dir/new/", "path", &end),
			 S_OK);
	ck_assert_uint_eq(end.name_length, 3);
	ck_assert_ptr_null(fsi_path_find(&tree, &end));
	ck_assert_int_eq(fsi_path_resolve(&tree, &tree.root, "/", "path", &end), S_OK);
	ck_assert_ptr_eq(fsi_path_find(&tree, &end), &tree.root);
	tree.rules.case_sensitive = true;
	ck_assert_int_eq(fsi_path_resolve(&tree, &tree.root, "DIR/SUB", "path", &end),
			 IMAPI_E_DIR_NOT_FOUND);
}
END_TEST

/* ---- back to text ------------------------------------------------------ */

static void assert_text(char *text, const char *expected)
{
	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, expected);
	fsi_free(text);
}

START_TEST(a_node_tells_its_path_with_the_separator_of_the_rules)
{
	struct fsi_node *sub = NULL;

	fill(_i == 1);
	sub = tree_at(&tree, "dir/sub");
	assert_text(fsi_path_of_node(&tree.root), _i == 1 ? "/" : "\\");
	assert_text(fsi_path_of_node(sub), _i == 1 ? "/dir/sub" : "\\dir\\sub");
	assert_text(fsi_path_of_node(tree_at(&tree, "dir/sub/file")),
		    _i == 1 ? "/dir/sub/file" : "\\dir\\sub\\file");
	assert_text(fsi_path_format(&tree, &tree.root, NULL), _i == 1 ? "/" : "\\");
	assert_text(fsi_path_format(&tree, &tree.root, "new"),
		    _i == 1 ? "/new" : "\\new");
	assert_text(fsi_path_format(&tree, sub, "new"),
		    _i == 1 ? "/dir/sub/new" : "\\dir\\sub\\new");
	assert_text(fsi_path_format(&tree, sub, ""),
		    _i == 1 ? "/dir/sub/" : "\\dir\\sub\\");
}
END_TEST

START_TEST(what_is_not_in_the_image_has_a_bare_name)
{
	struct fsi_node *sub = NULL;

	fill(false);
	sub = tree_at(&tree, "dir/sub");
	fsi_tree_unlink(&tree, sub->parent);
	assert_text(fsi_path_of_node(sub), "sub");
	assert_text(fsi_path_of_node(sub->parent), "dir");
	assert_text(fsi_path_of_node(tree_make_file(&tree, "new", 1)), "new");
}
END_TEST

START_TEST(paths_need_memory)
{
	struct fsi_path_end end;

	fill(false);
	fsi_memory_fail_after(0);
	ck_assert_ptr_null(fsi_path_of_node(&tree.root));
	ck_assert_ptr_null(fsi_path_format(&tree, &tree.root, "new"));
	for (long n = 0; n < 2; n++) {
		fsi_memory_fail_after(n);
		ck_assert_int_eq(
			fsi_path_resolve(&tree, &tree.root, "dir/x/y", "path", &end),
			E_OUTOFMEMORY);
	}
	fsi_memory_fail_after(2);
	ck_assert_int_eq(fsi_path_resolve(&tree, &tree.root, "dir/x/y", "path", &end),
			 IMAPI_E_DIR_NOT_FOUND);
	/* What is there needs none. */
	fsi_memory_fail_after(0);
	ck_assert_int_eq(fsi_path_resolve(&tree, &tree.root, "dir/sub/y", "path", &end),
			 S_OK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tree: names and paths");
	SRunner *runner = srunner_create(suite);
	TCase *tcase = tcase_create("names and paths");
	int failed = 0;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_name_is_legal_by_one_set_of_rules_or_both, 0,
			    COUNT(names));
	tcase_add_loop_test(tcase, a_restricted_name_has_characters_32_to_127, 0,
			    COUNT(names));
	tcase_add_test(tcase, a_name_with_a_nul_in_it_is_never_legal);
	tcase_add_loop_test(tcase, a_name_has_255_units_and_no_more, 0, COUNT(fillers));
	tcase_add_loop_test(tcase, a_path_leads_somewhere_by_the_rules_of_imapi, 0,
			    COUNT(imapi_paths));
	tcase_add_loop_test(tcase, a_path_leads_somewhere_by_the_rules_of_linux, 0,
			    COUNT(linux_paths));
	tcase_add_test(tcase, a_part_of_a_path_that_is_too_long_is_refused);
	tcase_add_test(tcase, the_end_of_a_path_is_found_or_not);
	tcase_add_loop_test(tcase, a_node_tells_its_path_with_the_separator_of_the_rules,
			    0, 2);
	tcase_add_test(tcase, what_is_not_in_the_image_has_a_bare_name);
	tcase_add_test(tcase, paths_need_memory);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
