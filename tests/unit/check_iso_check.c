/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking ISO 9660: each fault that bytes can have is told under its number. */
#include "base/memory.h"
#include "tests/support/api.h"
#include "tests/support/iso_volume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- running the check ------------------------------------------------- */

static fsi_findings *check_level(const uint8_t *bytes, size_t size, uint32_t level)
{
	const struct fsi_check_options options = {.size = sizeof(options),
						  .iso9660_level = level};
	fsi_image_manager *manager = NULL;
	fsi_findings *findings = NULL;
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_stream_create_on_memory(bytes, size, &stream));
	ASSERT_OK(fsi_image_manager_create(&manager));
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_OK(fsi_image_manager_check(manager, &options, &findings));
	fsi_image_manager_release(manager);
	fsi_stream_release(stream);
	return findings;
}

static fsi_findings *check_bytes(const uint8_t *bytes, size_t size)
{
	return check_level(bytes, size, 0);
}

/* All findings, one a line, for messages. To be freed. */
static char *print_findings(fsi_findings *findings)
{
	const struct fsi_finding *finding = NULL;
	size_t count = 0;
	size_t size = 0;
	char *text = NULL;
	FILE *file = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(file);
	ASSERT_OK(fsi_findings_get_count(findings, &count));
	for (size_t i = 0; i < count; i++) {
		ASSERT_OK(fsi_findings_get_item(findings, i, &finding));
		fprintf(file, "\n%s at byte %llu, %s: %s", finding->statement,
			(unsigned long long)finding->offset, finding->path,
			finding->message);
	}
	fclose(file);
	return text;
}

static uint64_t total_of(fsi_findings *findings, const char *statement)
{
	uint64_t total = 0;

	ASSERT_OK(fsi_findings_get_statement_total(findings, statement, &total));
	return total;
}

static void assert_none(fsi_findings *findings)
{
	size_t count = 0;
	char *text = print_findings(findings);

	ASSERT_OK(fsi_findings_get_count(findings, &count));
	if (count != 0)
		ck_abort_msg("%zu findings:%s", count, text);
	free(text);
	fsi_findings_release(findings);
}

/* Names that Windows can't use are worth a note, where they are kept. */
static void assert_notes_alone(fsi_findings *findings)
{
	uint64_t warnings = 0;
	uint64_t errors = 0;
	char *text = print_findings(findings);

	ASSERT_OK(fsi_findings_get_total(findings, FSI_SEVERITY_WARNING, &warnings));
	ASSERT_OK(fsi_findings_get_total(findings, FSI_SEVERITY_ERROR, &errors));
	if (warnings != 0 || errors != 0 || strstr(text, "\nI-") != NULL)
		ck_abort_msg("findings:%s", text);
	free(text);
	fsi_findings_release(findings);
}

/* ---- what is sound ----------------------------------------------------- */

START_TEST(a_volume_with_one_of_everything_is_sound)
{
	fsi_file_systems found = FSI_FILE_SYSTEM_NONE;
	fsi_findings *findings = NULL;

	iso_volume_build();
	findings = check_bytes(iso_volume, sizeof(iso_volume));
	ASSERT_OK(fsi_findings_get_file_systems(findings, &found));
	ck_assert_int_eq(found, ISO_JOLIET);
	assert_none(findings);
}
END_TEST

static const struct {
	fsi_file_systems file_systems;
	uint32_t level;
	bool is_relaxed;
} kinds[] = {
	{ISO, 1, false},	{ISO, 2, false},    {ISO_JOLIET, 1, false},
	{ISO_JOLIET, 2, false}, {BRIDGE, 2, false}, {ISO, 1, true},
	{ISO_JOLIET, 2, true},	{BRIDGE, 2, true},
};

static void add_relaxed(fsi_image *image, fsi_directory *root)
{
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	ASSERT_OK(fsi_image_put_deep_directories(image, true));
	api_add_text(root, "Module::Name.3pm", "colons");
	api_add_text(root, "README", "upper case");
	api_add_text(root, "readme", "lower case");
	api_add_text(root, "quote\" < > | ? * end. ", "what Windows refuses");
	api_add_text(root, "\xF0\x9F\x90\xA7.txt", "behind the first plane");
}

START_TEST(images_of_ours_are_sound)
{
	fsi_image *image = api_image(kinds[_i].file_systems);
	fsi_directory *root = api_root(image);
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;
	char name[111];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	if ((kinds[_i].file_systems & ISO) != 0)
		ASSERT_OK(
			fsi_image_put_iso9660_interchange_level(image, kinds[_i].level));
	if (kinds[_i].is_relaxed)
		add_relaxed(image, root);
	api_fill(root);
	api_add_directory(root, "many");
	for (unsigned i = 0; i < 300; i++)
		api_add_sized(root, api_text("many\\a name of some length %u.text", i),
			      i % 3 == 0 ? 0 : 100 * i);
	api_add_text(root, name, "a long name");
	stream = api_image_stream(image);
	bytes = api_read_all(stream, &size);
	if (kinds[_i].file_systems == BRIDGE && kinds[_i].is_relaxed)
		assert_notes_alone(check_bytes(bytes, size));
	else
		assert_none(check_bytes(bytes, size));
	free(bytes);
	fsi_stream_release(stream);
	fsi_image_release(image);
}
END_TEST

START_TEST(deep_folders_are_no_more_than_noted)
{
	fsi_image *image = api_image(ISO_JOLIET);
	fsi_stream *stream = NULL;
	fsi_findings *findings = NULL;
	uint8_t *bytes = NULL;
	uint64_t total = 0;
	size_t count = 0;
	size_t size = 0;
	char path[64] = "";

	ASSERT_OK(fsi_image_put_deep_directories(image, true));
	for (unsigned i = 0; i < 8; i++) {
		strcat(path, i == 0 ? "f" : "\\f");
		api_add_directory(api_root(image), path);
		stream = api_image_stream(image);
		bytes = api_read_all(stream, &size);
		findings = check_bytes(bytes, size);
		ASSERT_OK(fsi_findings_get_count(findings, &count));
		ck_assert_uint_eq(count, i < 7 ? 0 : 1); /* the root is level 1 */
		ck_assert_uint_eq(total_of(findings, "I-047"), count);
		ASSERT_OK(fsi_findings_get_total(findings, FSI_SEVERITY_NOTE, &total));
		ck_assert_uint_eq(total, count);
		fsi_findings_release(findings);
		free(bytes);
		fsi_stream_release(stream);
	}
	fsi_image_release(image);
}
END_TEST

/* ---- what is not ------------------------------------------------------- */

/* Bytes that are put somewhere. */
struct fault {
	const char *statement;
	size_t place; /* in struct iso_places */
	uint32_t offset;
	uint8_t length;
	uint8_t bytes[8];
};

#define IN(block, byte) offsetof(struct iso_places, image), (block)*2048u + (byte)
#define AT(place, byte) offsetof(struct iso_places, place), (byte)
#define ONE(value) \
	1, \
	{ \
		value \
	}
#define TWO(a, b) \
	2, \
	{ \
		a, b \
	}
#define BOTH16(value) \
	4, \
	{ \
		(value) & 0xFF, (value) >> 8, (value) >> 8, (value)&0xFF \
	}
#define BOTH32(value) \
	8, \
	{ \
		(value) & 0xFF, (value) >> 8 & 0xFF, (value) >> 16, 0, 0, (value) >> 16, \
			(value) >> 8 & 0xFF, (value)&0xFF \
	}

#define FAR_BLOCK  100000u /* behind the image */
#define FREE_BLOCK 60u

static const struct fault faults[] = {
#include "tests/unit/iso_faults.inc"
};
#define FAULTS ((int)(sizeof(faults) / sizeof(faults[0])))

static void plant(const struct fault *fault)
{
	uint32_t offset = 0;

	iso_volume_build();
	memcpy(&offset, (const char *)&iso_places + fault->place, sizeof(offset));
	offset += fault->offset;
	ck_assert_msg(memcmp(iso_volume + offset, fault->bytes, fault->length) != 0,
		      "nothing changes");
	memcpy(iso_volume + offset, fault->bytes, fault->length);
}

START_TEST(a_single_fault_is_told_under_its_number)
{
	const struct fault *fault = &faults[_i];
	fsi_findings *findings = NULL;
	char *text = NULL;

	plant(fault);
	findings = check_bytes(iso_volume, sizeof(iso_volume));
	text = print_findings(findings);
	if (total_of(findings, fault->statement) == 0)
		ck_abort_msg("fault %d, %s, byte %u: not told; told is:%s", _i,
			     fault->statement, fault->offset, text);
	free(text);
	fsi_findings_release(findings);
}
END_TEST

/* Joliet's names are in the place of that of its directory, the last one of the root. */
static void assert_joliet_length(unsigned length, const char *statement)
{
	uint8_t *out = NULL;
	fsi_findings *findings = NULL;

	iso_volume_build();
	out = iso_volume + BLOCK_JOLIET_DIRECTORY * 2048u + 68;
	memcpy(out, iso_volume + iso_places.joliet_file, 33);
	out[0] = (uint8_t)(34 + 2 * length);
	out[32] = (uint8_t)(2 * length);
	for (unsigned i = 0; i < length; i++)
		out[34 + 2 * i] = 'n';
	findings = check_bytes(iso_volume, sizeof(iso_volume));
	if (statement == NULL) {
		assert_none(findings);
		return;
	}
	ck_assert_uint_eq(total_of(findings, statement), 1);
	fsi_findings_release(findings);
}

START_TEST(joliets_names_have_up_to_64_characters)
{
	assert_joliet_length(63, NULL);
	assert_joliet_length(64, NULL);
	assert_joliet_length(65, "I-064");
	assert_joliet_length(103, "I-064");
	assert_joliet_length(109, "I-064");
}
END_TEST

/*
 * That a file of the directory with so many characters before ";1" breaks a statement,
 * with a severity; NULL: none.
 */
static void assert_name_length(unsigned length, const char *statement,
			       enum fsi_severity severity)
{
	const size_t pad = (length + 2) % 2 == 0 ? 1 : 0;
	uint8_t system_use[49]; /* PX and NM of the file */
	fsi_findings *findings = NULL;
	uint64_t total = 0;
	uint8_t *out = NULL;

	iso_volume_build();
	out = iso_volume + iso_places.hard;
	memcpy(system_use, out + 44, sizeof(system_use));
	memset(out + 33, 'N', length);
	memcpy(out + 33 + length - 4, ".TXT;1", 6);
	memset(out + 33 + length + 2, 0, 60);
	memcpy(out + 33 + length + 2 + pad, system_use, sizeof(system_use));
	out[32] = (uint8_t)(length + 2);
	out[0] = (uint8_t)((33 + length + 2 + pad + sizeof(system_use) + 1) / 2 * 2);
	findings = check_bytes(iso_volume, sizeof(iso_volume));
	if (statement == NULL) {
		assert_none(findings);
		return;
	}
	ck_assert_uint_eq(total_of(findings, statement), 1);
	ASSERT_OK(fsi_findings_get_total(findings, severity, &total));
	ck_assert_uint_eq(total, 1);
	fsi_findings_release(findings);
}

START_TEST(names_of_files_have_up_to_30_characters_and_a_dot)
{
	assert_name_length(30, NULL, FSI_SEVERITY_NOTE);
	assert_name_length(31, NULL, FSI_SEVERITY_NOTE);
	assert_name_length(32, "I-052", FSI_SEVERITY_WARNING);
	assert_name_length(38, "I-052", FSI_SEVERITY_WARNING);
	assert_name_length(39, "I-052", FSI_SEVERITY_ERROR);
}
END_TEST

START_TEST(a_level_is_kept_where_it_is_asked_for)
{
	static const unsigned sections[] = {0, 1, 1, 0}; /* by level */
	fsi_findings *findings = NULL;

	for (uint32_t level = 0; level <= 3; level++) {
		iso_volume_build();
		findings = check_level(iso_volume, sizeof(iso_volume), level);
		ck_assert_uint_eq(total_of(findings, "I-057"), sections[level]);
		ck_assert_uint_eq(total_of(findings, "I-051"), 0);
		fsi_findings_release(findings);
		/* A name of nine characters and no extension. */
		iso_volume[iso_places.moved + 32] = 9;
		findings = check_level(iso_volume, sizeof(iso_volume), level);
		ck_assert_uint_eq(total_of(findings, "I-051"), level == 1 ? 1 : 0);
		fsi_findings_release(findings);
	}
}
END_TEST

START_TEST(there_are_three_levels)
{
	const struct fsi_check_options options = {.size = sizeof(options),
						  .iso9660_level = 4};
	fsi_image_manager *manager = NULL;
	fsi_findings *findings = NULL;

	ASSERT_OK(fsi_image_manager_create(&manager));
	ASSERT_FAILS(fsi_image_manager_check(manager, &options, &findings),
		     IMAPI_E_INVALID_PARAM, "iso9660_level");
	ck_assert_ptr_null(findings);
	fsi_image_manager_release(manager);
}
END_TEST

/* Where the first session of a disc that can be overwritten has its descriptors. */
static void put_session(uint32_t root_block)
{
	uint8_t *session = iso_volume + 48 * 2048u;

	iso_volume_build();
	memcpy(session, iso_volume + BLOCK_PRIMARY * 2048u, 2048);
	memcpy(session + 2048, iso_volume + BLOCK_TERMINATOR * 2048u, 2048);
	session[158] = (uint8_t)root_block;
}

START_TEST(the_newest_session_has_the_descriptors_of_the_disc)
{
	fsi_findings *findings = NULL;

	put_session(49);
	findings = check_bytes(iso_volume, sizeof(iso_volume));
	ck_assert_uint_eq(total_of(findings, "I-096"), 1);
	fsi_findings_release(findings);
	/* The addresses of an image that is a file begin with the file. */
	put_session(48);
	assert_none(check_bytes(iso_volume, sizeof(iso_volume)));
}
END_TEST

START_TEST(a_finding_tells_where_what_and_how_bad_it_is)
{
	const struct fsi_finding *finding = NULL;
	fsi_findings *findings = NULL;
	size_t count = 0;

	iso_volume_build();
	iso_volume[iso_places.file + 26] = 7;
	findings = check_bytes(iso_volume, sizeof(iso_volume));
	ASSERT_OK(fsi_findings_get_count(findings, &count));
	ck_assert_uint_eq(count, 1);
	ASSERT_OK(fsi_findings_get_item(findings, 0, &finding));
	ck_assert_str_eq(finding->statement, "I-041");
	ck_assert_int_eq(finding->severity, FSI_SEVERITY_ERROR);
	ck_assert_int_eq(finding->file_system, FSI_FILE_SYSTEM_ISO9660);
	ck_assert_uint_eq(finding->offset, iso_places.file);
	ck_assert_str_eq(finding->path, "/a long name.txt");
	ck_assert_str_eq(finding->expected, "0");
	ck_assert_str_eq(finding->found, "7");
	ck_assert_str_eq(finding->message,
			 "The file unit size of the directory record is 7, not 0.");
	fsi_findings_release(findings);
}
END_TEST

/* ---- what is hostile --------------------------------------------------- */

START_TEST(whatever_bytes_there_are_the_check_ends)
{
	uint64_t state = 41 + (uint64_t)_i;

	for (unsigned round = 0; round < 300; round++) {
		iso_volume_build();
		for (unsigned n = 0; n <= round % 40; n++) {
			const uint32_t block = api_random(&state, 48);
			const uint32_t at = api_random(&state, 4) == 0
						    ? api_random(&state, 2048)
						    : api_random(&state, 200);

			iso_volume[block * 2048u + at] = (uint8_t)api_random(&state, 256);
		}
		fsi_findings_release(check_bytes(iso_volume, sizeof(iso_volume)));
	}
}
END_TEST

START_TEST(an_image_may_end_anywhere)
{
	iso_volume_build();
	for (size_t size = 0; size < sizeof(iso_volume); size += 1000)
		fsi_findings_release(check_bytes(iso_volume, size));
}
END_TEST

START_TEST(memory_that_runs_out_is_told)
{
	fsi_image_manager *manager = NULL;
	fsi_stream *stream = NULL;
	HRESULT hr = E_OUTOFMEMORY;

	iso_volume_build();
	ASSERT_OK(fsi_stream_create_on_memory(iso_volume, sizeof(iso_volume), &stream));
	ASSERT_OK(fsi_image_manager_create(&manager));
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	for (long n = 0; FAILED(hr); n++) {
		fsi_findings *findings = NULL;

		fsi_memory_fail_after(n);
		hr = fsi_image_manager_check(manager, NULL, &findings);
		fsi_memory_fail_after(-1);
		if (FAILED(hr))
			ck_assert_int_eq(hr, E_OUTOFMEMORY);
		ck_assert((findings != NULL) == SUCCEEDED(hr));
		fsi_findings_release(findings);
		ck_assert_int_lt(n, 10000);
	}
	fsi_image_manager_release(manager);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_map_without_memory_is_none)
{
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	HRESULT hr = E_OUTOFMEMORY;

	iso_volume_build();
	ASSERT_OK(fsi_stream_create_on_memory(iso_volume, sizeof(iso_volume), &stream));
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	for (long n = 0; FAILED(hr); n++) {
		fsi_block_map *map = NULL;

		fsi_memory_fail_after(n);
		hr = fsi_disc_get_block_map(disc, &map);
		fsi_memory_fail_after(-1);
		if (FAILED(hr))
			ck_assert_int_eq(hr, E_OUTOFMEMORY);
		ck_assert((map != NULL) == SUCCEEDED(hr));
		fsi_block_map_release(map);
		ck_assert_int_lt(n, 10000);
	}
	fsi_disc_release(disc);
	fsi_stream_release(stream);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check of ISO 9660");
	TCase *sound = tcase_create("sound");
	TCase *faulty = tcase_create("faulty");
	TCase *hostile = tcase_create("hostile");

	tcase_add_checked_fixture(sound, api_begin_folder, api_end_folder);
	tcase_add_test(sound, a_volume_with_one_of_everything_is_sound);
	tcase_add_loop_test(sound, images_of_ours_are_sound, 0,
			    sizeof(kinds) / sizeof(kinds[0]));
	tcase_add_test(sound, deep_folders_are_no_more_than_noted);
	suite_add_tcase(suite, sound);
	tcase_add_loop_test(faulty, a_single_fault_is_told_under_its_number, 0, FAULTS);
	tcase_add_test(faulty, joliets_names_have_up_to_64_characters);
	tcase_add_test(faulty, names_of_files_have_up_to_30_characters_and_a_dot);
	tcase_add_test(faulty, a_level_is_kept_where_it_is_asked_for);
	tcase_add_test(faulty, there_are_three_levels);
	tcase_add_test(faulty, the_newest_session_has_the_descriptors_of_the_disc);
	tcase_add_test(faulty, a_finding_tells_where_what_and_how_bad_it_is);
	suite_add_tcase(suite, faulty);
	tcase_add_loop_test(hostile, whatever_bytes_there_are_the_check_ends, 0, 10);
	tcase_add_test(hostile, an_image_may_end_anywhere);
	tcase_add_test(hostile, memory_that_runs_out_is_told);
	tcase_add_test(hostile, a_map_without_memory_is_none);
	suite_add_tcase(suite, hostile);
	return api_run(suite);
}
