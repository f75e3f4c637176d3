/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of all file systems share: findings, owners, names; and the API. */
#include "tests/support/api.h"

#include "check/check.h"
#include "check/set.h"

#include <string.h>

static struct fsi_check check;
static struct fsi_owners owners;

static void set_up(void)
{
	fsi_stream *stream = NULL;
	static const uint8_t nothing[4096];

	memset(&check, 0, sizeof(check));
	memset(&owners, 0, sizeof(owners));
	ASSERT_OK(fsi_stream_create_on_memory(nothing, sizeof(nothing), &stream));
	ck_assert_int_eq(fsi_media_open(stream, 0, 0, &check.media), S_OK);
	ck_assert_int_eq(fsi_findings_create(3, &check.findings), S_OK);
	fsi_stream_release(stream);
}

static void tear_down(void)
{
	fsi_owners_free(&owners);
	fsi_arena_free(&check.names);
	fsi_findings_release(check.findings);
	fsi_media_release(check.media);
}

/* ---- findings ---------------------------------------------------------- */

static const struct fsi_check_place place = {4100, "thing", NULL, false};

static const struct fsi_finding *finding(size_t index)
{
	const struct fsi_finding *found = NULL;

	ASSERT_OK(fsi_findings_get_item(check.findings, index, &found));
	return found;
}

static uint64_t total(const char *statement)
{
	uint64_t found = 0;

	ASSERT_OK(fsi_findings_get_statement_total(check.findings, statement, &found));
	return found;
}

START_TEST(a_finding_has_all_that_is_known)
{
	const struct fsi_check_name *folder = fsi_check_add_name(&check, NULL, "folder");
	const struct fsi_check_place at = {
		4100, "thing", fsi_check_add_name(&check, folder, "file"), true};

	check.file_system = FSI_FILE_SYSTEM_UDF;
	ck_assert(!fsi_check_number(&check, FSI_U_035, &at, "size", 5, 6));
	ck_assert_str_eq(finding(0)->statement, "U-035");
	ck_assert_int_eq(finding(0)->severity, FSI_SEVERITY_ERROR);
	ck_assert_int_eq(finding(0)->file_system, FSI_FILE_SYSTEM_UDF);
	ck_assert_uint_eq(finding(0)->offset, 4100);
	ck_assert_str_eq(finding(0)->path, "/folder/file");
	ck_assert_str_eq(finding(0)->expected, "5");
	ck_assert_str_eq(finding(0)->found, "6");
	ck_assert_str_eq(finding(0)->message, "The size of the thing is 6, not 5.");
}
END_TEST

START_TEST(what_holds_is_no_finding)
{
	static const uint8_t zeros[5];
	size_t count = 1;

	ck_assert(fsi_check_number(&check, FSI_U_035, &place, "size", 5, 5));
	ck_assert(fsi_check_hex(&check, FSI_U_035, &place, "size", 5, 5));
	ck_assert(fsi_check_zero(&check, FSI_U_035, &place, "rest", zeros, 5));
	ASSERT_OK(fsi_findings_get_count(check.findings, &count));
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_byte_that_is_not_zero_is_told_where_it_is)
{
	static const uint8_t bytes[5] = {0, 0, 7, 1, 0};

	ck_assert(!fsi_check_zero(&check, FSI_U_040, &place, "rest", bytes, 5));
	ck_assert_uint_eq(finding(0)->offset, 4102);
	ck_assert_str_eq(finding(0)->found, "0x07");
}
END_TEST

START_TEST(all_findings_are_counted_and_some_kept)
{
	uint64_t warnings = 0;
	uint64_t errors = 0;
	size_t count = 0;

	for (unsigned i = 0; i < 4; i++)
		fsi_check_tell(&check, FSI_U_010, &place, NULL, "sentence %u", i);
	fsi_check_tell(&check, FSI_U_010, &place,
		       &(struct fsi_check_details){.severity = FSI_SEVERITY_ERROR}, "x");
	ASSERT_OK(fsi_findings_get_count(check.findings, &count));
	ASSERT_OK(
		fsi_findings_get_total(check.findings, FSI_SEVERITY_WARNING, &warnings));
	ASSERT_OK(fsi_findings_get_total(check.findings, FSI_SEVERITY_ERROR, &errors));
	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(warnings, 4);
	ck_assert_uint_eq(errors, 1);
	ck_assert_uint_eq(total("U-010"), 5);
	ck_assert_str_eq(finding(2)->message, "sentence 2.");
}
END_TEST

START_TEST(a_path_is_shown_as_far_as_there_is_room)
{
	const struct fsi_check_name *name = NULL;
	struct fsi_check_place at = {0, "thing", NULL, true};

	fsi_check_tell(&check, FSI_U_010, &at, NULL, "the root");
	ck_assert_str_eq(finding(0)->path, "/");
	for (unsigned i = 0; i < 5000; i++)
		name = fsi_check_add_name(&check, name, "x");
	at.name = name;
	fsi_check_tell(&check, FSI_U_010, &at, NULL, "deep");
	ck_assert_uint_lt(strlen(finding(1)->path), 4096);
	ck_assert(strncmp(finding(1)->path, ".../x/x", 7) == 0);
}
END_TEST

START_TEST(every_statement_has_a_number_of_its_own)
{
	for (size_t i = 0; i < FSI_STATEMENT_COUNT; i++) {
		ck_assert_uint_eq(strlen(fsi_statements[i].number), 5);
		ck_assert(fsi_statements[i].text[0] != '\0');
		for (size_t n = 0; n < i; n++)
			ck_assert_str_ne(fsi_statements[i].number,
					 fsi_statements[n].number);
	}
}
END_TEST

/* ---- owners ------------------------------------------------------------ */

static void own(uint32_t first, uint32_t blocks, enum fsi_owner_kind kind,
		enum fsi_statement statement)
{
	/* What goes on is one with what is before: each has a name of its own. */
	const struct fsi_owner owner = {
		.first_block = first,
		.block_count = blocks,
		.kind = kind,
		.statement = statement,
		.structure = "thing",
		.name = fsi_check_add_name(&check, NULL, "name"),
	};

	fsi_owners_add(&check, &owners, &owner);
}

START_TEST(structures_side_by_side_do_not_overlap)
{
	own(10, 5, FSI_OWNER_STRUCTURE, FSI_U_017);
	own(5, 5, FSI_OWNER_STRUCTURE, FSI_U_108);
	own(15, 1, FSI_OWNER_DATA, FSI_U_108);
	fsi_owners_check(&check, &owners, 0);
	ck_assert_uint_eq(total("U-017") + total("U-108"), 0);
}
END_TEST

START_TEST(an_overlap_breaks_the_first_statement)
{
	own(10, 5, FSI_OWNER_DATA, FSI_U_108);
	own(14, 5, FSI_OWNER_STRUCTURE, FSI_U_017);
	fsi_owners_check(&check, &owners, 0);
	ck_assert_uint_eq(total("U-017"), 1);
	ck_assert_uint_eq(total("U-108"), 0);
	ck_assert_uint_eq(finding(0)->offset, UINT64_C(14) * 2048);
}
END_TEST

START_TEST(files_share_all_blocks_or_are_warned_of)
{
	uint64_t warnings = 0;

	own(10, 5, FSI_OWNER_DATA, FSI_U_108);
	own(10, 5, FSI_OWNER_DATA, FSI_U_108);
	own(10, 2, FSI_OWNER_SHARED, FSI_U_108);
	fsi_owners_check(&check, &owners, 0);
	ck_assert_uint_eq(total("U-108"), 0);
	own(11, 4, FSI_OWNER_DATA, FSI_U_108);
	fsi_owners_check(&check, &owners, 0);
	ASSERT_OK(
		fsi_findings_get_total(check.findings, FSI_SEVERITY_WARNING, &warnings));
	ck_assert_uint_eq(warnings, 1);
}
END_TEST

START_TEST(a_structure_below_a_file_is_found)
{
	own(10, 1, FSI_OWNER_STRUCTURE, FSI_U_108);
	own(5, 100, FSI_OWNER_DATA, FSI_U_108);
	own(5, 100, FSI_OWNER_DATA, FSI_U_108);
	fsi_owners_check(&check, &owners, 0);
	ck_assert_uint_eq(total("U-108"), 1);
}
END_TEST

START_TEST(structures_of_two_file_systems_lie_in_each_other)
{
	struct fsi_owner owner = {.first_block = 1,
				  .block_count = 9,
				  .statement = FSI_U_108,
				  .file_system = FSI_FILE_SYSTEM_UDF,
				  .structure = "thing"};

	fsi_owners_add(&check, &owners, &owner);
	owner.file_system = FSI_FILE_SYSTEM_ISO9660;
	fsi_owners_add(&check, &owners, &owner);
	fsi_owners_check(&check, &owners, 0);
	ck_assert_uint_eq(total("U-164"), 1);
}
END_TEST

START_TEST(an_extent_that_goes_on_is_one)
{
	struct fsi_owner owner = {.first_block = 1, .block_count = 4, .structure = "x"};

	fsi_owners_add(&check, &owners, &owner);
	owner.first_block = 5;
	fsi_owners_add(&check, &owners, &owner);
	ck_assert_uint_eq(owners.items.count, 1);
	owner.first_block = 10;
	fsi_owners_add(&check, &owners, &owner);
	ck_assert_uint_eq(owners.items.count, 2);
	owner.block_count = 0;
	fsi_owners_add(&check, &owners, &owner);
	ck_assert_uint_eq(owners.items.count, 2);
}
END_TEST

START_TEST(runs_and_owners_of_blocks_are_found)
{
	const struct fsi_owner *found = NULL;
	uint32_t first = 0;
	uint32_t count = 0;

	own(20, 10, FSI_OWNER_STRUCTURE, FSI_U_108);
	own(10, 10, FSI_OWNER_STRUCTURE, FSI_U_108);
	own(40, 1, FSI_OWNER_STRUCTURE, FSI_U_108);
	ck_assert(fsi_owners_next_run(&owners, 0, &first, &count));
	ck_assert_uint_eq(first, 10);
	ck_assert_uint_eq(count, 20);
	ck_assert(fsi_owners_next_run(&owners, 29, &first, &count));
	ck_assert_uint_eq(first, 29);
	ck_assert_uint_eq(count, 1);
	ck_assert(fsi_owners_next_run(&owners, 30, &first, &count));
	ck_assert_uint_eq(first, 40);
	ck_assert(!fsi_owners_next_run(&owners, 41, &first, &count));
	ck_assert(!fsi_owners_find(&owners, 0, 10, &found));
	ck_assert(fsi_owners_find(&owners, 0, 11, &found));
	ck_assert_uint_eq(found->first_block, 10);
	ck_assert(!fsi_owners_find(&owners, 30, 10, &found));
	ck_assert(fsi_owners_find(&owners, 29, 1, &found));
	ck_assert_uint_eq(found->first_block, 20);
}
END_TEST

/* ---- the rest ---------------------------------------------------------- */

START_TEST(a_set_keeps_what_was_put_in)
{
	struct fsi_check_set set = {.slots = NULL};

	ck_assert_ptr_null(fsi_check_set_find(&set, 0));
	for (uint64_t i = 0; i < 1000; i++)
		ck_assert(fsi_check_set_add(&set, i << 20, i));
	for (uint64_t i = 0; i < 1000; i++) {
		ck_assert_ptr_nonnull(fsi_check_set_find(&set, i << 20));
		ck_assert_uint_eq(*fsi_check_set_find(&set, i << 20), i);
		ck_assert_ptr_null(fsi_check_set_find(&set, (i << 20) + 1));
	}
	fsi_check_set_free(&set);
}
END_TEST

START_TEST(windows_cannot_use_some_names)
{
	static const char *const bad[] = {"a:b", "a\\b", "what?", "a*",	  "end.",  "end ",
					  "con", "NUL",	 "aux.c", "LPT9", "com1.x"};
	static const char *const good[] = {"a.b", ".b",	  "a b",   "cone", "COM0",
					   "com", "nul1", "x.con", "",	   "lpt10"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(fsi_check_windows_fault(bad[i]) != NULL, "%s", bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(fsi_check_windows_fault(good[i]) == NULL, "%s", good[i]);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
	const struct fsi_check_options wrong = {.size = 1};
	const struct fsi_finding *found = NULL;
	fsi_image_manager *manager = NULL;
	fsi_findings *findings = NULL;
	fsi_file_systems file_systems = FSI_FILE_SYSTEM_NONE;
	uint64_t number = 0;
	size_t count = 0;

	ASSERT_OK(fsi_image_manager_create(&manager));
	ASSERT_FAILS(fsi_image_manager_check(NULL, NULL, &findings), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_check(manager, NULL, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_check(manager, &wrong, &findings), E_INVALIDARG,
		     "");
	ASSERT_FAILS(fsi_image_manager_check(manager, NULL, &findings),
		     IMAPI_E_IMAGEMANAGER_NO_IMAGE, "");
	ASSERT_FAILS(fsi_findings_get_count(NULL, &count), E_POINTER, "");
	ASSERT_FAILS(fsi_findings_get_count(check.findings, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_findings_get_item(NULL, 0, &found), E_POINTER, "");
	ASSERT_FAILS(fsi_findings_get_item(check.findings, 0, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_findings_get_item(check.findings, 0, &found), E_INVALIDARG, "");
	ASSERT_FAILS(fsi_findings_get_total(NULL, FSI_SEVERITY_NOTE, &number), E_POINTER,
		     "");
	ASSERT_FAILS(fsi_findings_get_total(check.findings, FSI_SEVERITY_NOTE, NULL),
		     E_POINTER, "");
	ASSERT_FAILS(
		fsi_findings_get_total(check.findings, (enum fsi_severity)4, &number),
		IMAPI_E_INVALID_PARAM, "severity");
	ASSERT_FAILS(fsi_findings_get_statement_total(check.findings, NULL, &number),
		     E_POINTER, "");
	ASSERT_FAILS(fsi_findings_get_statement_total(check.findings, "U-999", &number),
		     IMAPI_E_INVALID_PARAM, "statement");
	ASSERT_FAILS(fsi_findings_get_file_systems(NULL, &file_systems), E_POINTER, "");
	ASSERT_FAILS(fsi_findings_get_file_systems(check.findings, NULL), E_POINTER, "");
	ck_assert_ptr_null(fsi_findings_add_ref(NULL));
	fsi_findings_release(NULL);
	fsi_findings_release(fsi_findings_add_ref(check.findings));
	fsi_image_manager_release(manager);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check");
	TCase *tcase = tcase_create("findings, owners");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_finding_has_all_that_is_known);
	tcase_add_test(tcase, what_holds_is_no_finding);
	tcase_add_test(tcase, a_byte_that_is_not_zero_is_told_where_it_is);
	tcase_add_test(tcase, all_findings_are_counted_and_some_kept);
	tcase_add_test(tcase, a_path_is_shown_as_far_as_there_is_room);
	tcase_add_test(tcase, every_statement_has_a_number_of_its_own);
	tcase_add_test(tcase, structures_side_by_side_do_not_overlap);
	tcase_add_test(tcase, an_overlap_breaks_the_first_statement);
	tcase_add_test(tcase, files_share_all_blocks_or_are_warned_of);
	tcase_add_test(tcase, a_structure_below_a_file_is_found);
	tcase_add_test(tcase, structures_of_two_file_systems_lie_in_each_other);
	tcase_add_test(tcase, an_extent_that_goes_on_is_one);
	tcase_add_test(tcase, runs_and_owners_of_blocks_are_found);
	tcase_add_test(tcase, a_set_keeps_what_was_put_in);
	tcase_add_test(tcase, windows_cannot_use_some_names);
	tcase_add_test(tcase, wrong_arguments_are_refused);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
