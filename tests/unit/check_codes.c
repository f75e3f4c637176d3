/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of result codes, by itself and against the headers of IMAPI. */
#include "error/error.h"

#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table --------------------------------------------------------- */

static int row_count(void)
{
	return (int)fsi_code_get_count();
}

static const struct fsi_code *row_of(int index)
{
	return fsi_code_get_item((size_t)index);
}

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

START_TEST(no_value_and_no_symbol_repeats)
{
	for (int i = 0; i < _i; i++) {
		ck_assert_int_ne(row_of(i)->value, row_of(_i)->value);
		ck_assert_str_ne(row_of(i)->name, row_of(_i)->name);
	}
}
END_TEST

START_TEST(a_message_uses_each_insert_once)
{
	const struct fsi_code *row = row_of(_i);
	int uses[FSI_ERROR_INSERTS] = {0};
	const size_t count = strlen(row->inserts);

	ck_assert_uint_le(count, FSI_ERROR_INSERTS);
	ck_assert_uint_eq(strspn(row->inserts, "sdu"), count);
	for (const char *at = strchr(row->message, '%'); at; at = strchr(at + 1, '%')) {
		ck_assert_msg(at[1] >= '1' && (size_t)(at[1] - '1') < count, "%s",
			      row->name);
		uses[at[1] - '1']++;
	}
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(uses[i], 1);
}
END_TEST

static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < 0x20 || *text > 0x7E)
			return false;
	}
	return true;
}

START_TEST(a_message_is_a_sentence_of_its_own)
{
	const struct fsi_code *row = row_of(_i);
	const bool takes_reason = row->value == IMAPI_E_DATA_STREAM_CREATE_FAILURE ||
				  row->value == IMAPI_E_DIRECTORY_READ_FAILURE;

	ck_assert_msg(ends_with(row->message, takes_reason ? ":" : "."), "%s", row->name);
	ck_assert_msg(is_plain(row->message), "%s", row->name);
	ck_assert(*row->message == '"' || (*row->message >= 'A' && *row->message <= 'Z'));
	ck_assert_ptr_null(strstr(row->message, "ailed to"));
	ck_assert_ptr_null(strstr(row->message, "fsi_"));
	ck_assert_ptr_null(strstr(row->message, "  "));
	ck_assert_ptr_null(strstr(row->message, ".."));
	for (int i = 0; i < _i; i++)
		ck_assert_str_ne(row_of(i)->message, row->message);
}
END_TEST

START_TEST(an_advice_is_given)
{
	const struct fsi_code *row = row_of(_i);

	ck_assert_msg(strlen(row->advice) > 10, "%s", row->name);
	ck_assert_msg(ends_with(row->advice, "."), "%s", row->name);
	ck_assert_msg(is_plain(row->advice), "%s", row->name);
	ck_assert_ptr_null(strchr(row->advice, '%'));
	ck_assert_ptr_null(strstr(row->advice, "  "));
}
END_TEST

START_TEST(the_severity_agrees_with_the_symbol)
{
	static const char *const errors[] = {"E_", "IMAPI_E_", "STG_E_", "FSI_E_"};
	const struct fsi_code *row = row_of(_i);
	bool is_error = false;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		is_error = is_error || begins_with(row->name, errors[i]);
	if (!is_error)
		ck_assert(begins_with(row->name, "S_") ||
			  begins_with(row->name, "IMAPI_S_"));
	ck_assert_int_eq(FAILED(row->value), is_error);
	ck_assert_int_eq(SUCCEEDED(row->value), !is_error);
}
END_TEST

START_TEST(a_row_is_found_by_value_and_by_name_in_any_case)
{
	const struct fsi_code *row = row_of(_i);
	char name[128];

	ck_assert_ptr_eq(fsi_code_from_value(row->value), row);
	ck_assert_ptr_eq(fsi_code_from_name(row->name), row);
	ck_assert_uint_lt(strlen(row->name), sizeof(name));
	strcpy(name, row->name);
	for (char *at = name; *at != '\0'; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at | 0x20 : *at);
	ck_assert_ptr_eq(fsi_code_from_name(name), row);
}
END_TEST

START_TEST(what_is_not_in_the_table_is_not_found)
{
	ck_assert_ptr_nonnull(fsi_code_get_item(fsi_code_get_count() - 1));
	ck_assert_ptr_null(fsi_code_get_item(fsi_code_get_count()));
	ck_assert_ptr_null(fsi_code_get_item(SIZE_MAX));
	ck_assert_ptr_null(fsi_code_from_value(0x12345678));
	ck_assert_ptr_null(fsi_code_from_name(NULL));
	ck_assert_ptr_null(fsi_code_from_name(""));
	ck_assert_ptr_null(fsi_code_from_name("IMAPI_E_READONL"));
	ck_assert_ptr_null(fsi_code_from_name("IMAPI_E_READONLY2"));
}
END_TEST

START_TEST(the_name_of_an_invalid_parameter_stands_in_quotation_marks)
{
	ck_assert_ptr_nonnull(
		strstr(fsi_code_from_value(IMAPI_E_INVALID_PARAM)->message, "\"%1\""));
}
END_TEST

START_TEST(system_errors_have_the_values_of_hresult_from_win32)
{
	static const struct {
		HRESULT code;
		uint32_t win32;
	} rows[] = {
		{FSI_E_FILE_NOT_FOUND, 2},
		{FSI_E_PATH_NOT_FOUND, 3},
		{FSI_E_TOO_MANY_OPEN_FILES, 4},
		{E_ACCESSDENIED, 5},
		{FSI_E_INVALID_HANDLE, 6},
		{E_OUTOFMEMORY, 14},
		{FSI_E_WRITE_PROTECT, 19},
		{FSI_E_NOT_READY, 21},
		{FSI_E_SHARING_VIOLATION, 32},
		{FSI_E_NOT_SUPPORTED, 50},
		{FSI_E_DEV_NOT_EXIST, 55},
		{FSI_E_FILE_EXISTS, 80},
		{E_INVALIDARG, 87},
		{FSI_E_BROKEN_PIPE, 109},
		{FSI_E_DISK_FULL, 112},
		{FSI_E_INVALID_NAME, 123},
		{FSI_E_SEEK_ON_DEVICE, 132},
		{FSI_E_DIR_NOT_EMPTY, 145},
		{FSI_E_BUSY, 170},
		{FSI_E_FILENAME_EXCED_RANGE, 206},
		{FSI_E_FILE_TOO_LARGE, 223},
		{FSI_E_DIRECTORY, 267},
		{FSI_E_FILE_INVALID, 1006},
		{FSI_E_DIRECTORY_NOT_SUPPORTED, 336},
		{FSI_E_IO_DEVICE, 1117},
		{FSI_E_DISK_QUOTA_EXCEEDED, 1295},
		{FSI_E_DISK_CORRUPT, 1393},
		{FSI_E_TIMEOUT, 1460},
		{FSI_E_CANT_RESOLVE_FILENAME, 1921},
	};
	int in_table = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_uint_eq((uint32_t)rows[i].code, 0x80070000u + rows[i].win32);
	for (int i = 0; i < row_count(); i++)
		in_table += ((uint32_t)row_of(i)->value & 0xFFFF0000u) == 0x80070000u;
	ck_assert_int_eq(in_table, (int)(sizeof(rows) / sizeof(rows[0])));
}
END_TEST

/* ---- the table against the headers of IMAPI ---------------------------- */

struct fact {
	char header[32];
	char name[80];
	uint32_t value;
	char severity[16];
	char inserts[32];
};

static FILE *open_facts(void)
{
	char path[4096];
#ifdef TEST_DATA_DIR
	const char *folder = TEST_DATA_DIR;
	snprintf(path, sizeof(path), "%s/imapi_codes.tsv", folder);
#else
	const char *folder = getenv("srcdir");
	snprintf(path, sizeof(path), "%s/tests/data/imapi_codes.tsv",
		 folder ? folder : ".");
#endif
	FILE *file = fopen(path, "r");

	ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
	return file;
}

static bool read_fact(FILE *file, struct fact *ret_fact)
{
	char line[256];

	do {
		if (fgets(line, sizeof(line), file) == NULL)
			return false;
	} while (line[0] == '#');
	ck_assert_int_eq(sscanf(line, "%31s\t%79s\t%" SCNx32 "\t%15s\t%31s",
				ret_fact->header, ret_fact->name, &ret_fact->value,
				ret_fact->severity, ret_fact->inserts),
			 5);
	return true;
}

/* "string,int64" becomes "sd", and "-" becomes "". */
static void put_letters(const char *types, char *letters)
{
	while (*types != '\0' && *types != '-') {
		ck_assert(begins_with(types, "string") || begins_with(types, "int64") ||
			  begins_with(types, "uint32"));
		*letters++ = *types == 'i' ? 'd' : *types;
		types += strcspn(types, ",");
		types += *types == ',';
	}
	*letters = '\0';
}

START_TEST(every_code_of_the_imapi_headers_is_in_the_table)
{
	FILE *file = open_facts();
	struct fact fact;
	int count = 0;

	while (read_fact(file, &fact)) {
		const struct fsi_code *row = fsi_code_from_name(fact.name);
		char letters[32];

		ck_assert_msg(row != NULL, "%s is missing", fact.name);
		put_letters(fact.inserts, letters);
		ck_assert_str_eq(row->name, fact.name);
		ck_assert_str_eq(row->header, fact.header);
		ck_assert_uint_eq((uint32_t)row->value, fact.value);
		ck_assert_str_eq(row->inserts, letters);
		ck_assert_int_eq(FAILED(row->value), strcmp(fact.severity, "error") == 0);
		count++;
	}
	fclose(file);
	ck_assert_int_eq(count, 152);
}
END_TEST

START_TEST(every_imapi_row_of_the_table_is_in_the_headers)
{
	const struct fsi_code *row = row_of(_i);
	struct fact fact;
	bool found = false;
	FILE *file;

	if (!begins_with(row->header, "imapi2")) {
		ck_assert_str_eq(row->header, "winerror.h");
		ck_assert_str_eq(row->inserts, "");
		return;
	}
	file = open_facts();
	while (!found && read_fact(file, &fact))
		found = strcmp(fact.name, row->name) == 0 &&
			fact.value == (uint32_t)row->value;
	fclose(file);
	ck_assert_msg(found, "%s is in no header", row->name);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static void add_table_tests(Suite *suite)
{
	TCase *tcase = tcase_create("table");

	tcase_add_loop_test(tcase, no_value_and_no_symbol_repeats, 0, row_count());
	tcase_add_loop_test(tcase, a_message_uses_each_insert_once, 0, row_count());
	tcase_add_loop_test(tcase, a_message_is_a_sentence_of_its_own, 0, row_count());
	tcase_add_loop_test(tcase, an_advice_is_given, 0, row_count());
	tcase_add_loop_test(tcase, the_severity_agrees_with_the_symbol, 0, row_count());
	tcase_add_loop_test(tcase, a_row_is_found_by_value_and_by_name_in_any_case, 0,
			    row_count());
	tcase_add_test(tcase, what_is_not_in_the_table_is_not_found);
	tcase_add_test(tcase, the_name_of_an_invalid_parameter_stands_in_quotation_marks);
	tcase_add_test(tcase, system_errors_have_the_values_of_hresult_from_win32);
	tcase_add_test(tcase, every_code_of_the_imapi_headers_is_in_the_table);
	tcase_add_loop_test(tcase, every_imapi_row_of_the_table_is_in_the_headers, 0,
			    row_count());
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("codes");
	SRunner *runner;
	int failed;

	add_table_tests(suite);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
