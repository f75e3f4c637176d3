/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking ISO 9660: each fault that bytes can have is told under its number. */
#include "base/memory.h"
#include "tests/support/api.h"
#include "tests/support/iso_volume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- running the check ------------------------------------------------- */

static fsi_findings *check_bytes(const uint8_t *bytes, size_t size)
{
	fsi_image_manager *manager = NULL;
	fsi_findings *findings = NULL;
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_stream_create_on_memory(bytes, size, &stream));
	ASSERT_OK(fsi_image_manager_create(&manager));
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_OK(fsi_image_manager_check(manager, NULL, &findings));
	fsi_image_manager_release(manager);
	fsi_stream_release(stream);
	return findings;
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
	/* volume descriptors */
	{"I-001", IN(BLOCK_PRIMARY, 6), ONE(2)},
	{"I-001", IN(BLOCK_PRIMARY, 1), ONE('X')},
	{"I-001", IN(BLOCK_PRIMARY, 0), ONE(3)},
	{"I-002", IN(BLOCK_TERMINATOR, 1), ONE('X')},
	{"I-002", IN(BLOCK_TERMINATOR, 6), ONE(2)},
	{"I-002", IN(BLOCK_TERMINATOR, 2047), ONE(1)},
	{"I-003", IN(BLOCK_JOLIET, 0), ONE(0)},
	{"I-004", IN(BLOCK_ENHANCED, 0), ONE(7)},
	{"I-005", IN(BLOCK_PRIMARY, 87), ONE(9)},
	{"I-005", IN(BLOCK_PRIMARY, 123), ONE(9)},
	{"I-005", IN(BLOCK_PRIMARY, 139), ONE(9)},
	{"I-005", AT(file, 9), ONE(9)},
	{"I-005", AT(file, 17), ONE(9)},
	{"I-005", AT(file, 31), ONE(9)},
	{"I-006", IN(BLOCK_PRIMARY, 7), ONE(1)},
	{"I-006", IN(BLOCK_PRIMARY, 72), ONE(1)},
	{"I-006", IN(BLOCK_PRIMARY, 119), ONE(1)},
	{"I-006", IN(BLOCK_PRIMARY, 882), ONE(1)},
	{"I-006", IN(BLOCK_PRIMARY, 2047), ONE(1)},
	{"I-007", IN(BLOCK_JOLIET, 7), ONE(2)},
	{"I-007", IN(BLOCK_JOLIET, 79), ONE(1)},
	{"I-007", IN(BLOCK_JOLIET, 1395), ONE(1)},
	{"I-008", IN(BLOCK_PRIMARY, 128), BOTH16(1024)},
	{"I-009", IN(BLOCK_PRIMARY, 124), BOTH16(2)},
	{"I-009", IN(BLOCK_JOLIET, 120), BOTH16(0)},
	{"I-010", IN(BLOCK_JOLIET, 80), BOTH32(79)},
	{"I-010", IN(BLOCK_PRIMARY, 80), BOTH32(81)},
	{"I-010", IN(BLOCK_PRIMARY, 80), BOTH32(40)},
	{"I-011", IN(BLOCK_PRIMARY, 8), ONE('a')},
	{"I-011", IN(BLOCK_PRIMARY, 40), ONE('-')},
	{"I-012", IN(BLOCK_PRIMARY, 320), ONE('a')},
	{"I-012", IN(BLOCK_PRIMARY, 574), ONE('a')},
	{"I-013", IN(BLOCK_PRIMARY, 702), ONE('+')},
	{"I-014", IN(BLOCK_PRIMARY, 71), ONE(0)},
	{"I-014", IN(BLOCK_JOLIET, 60), TWO(0, 0)},
	{"I-015", IN(BLOCK_PRIMARY, 817), TWO('1', '3')},
	{"I-015", IN(BLOCK_PRIMARY, 828), ONE('x')},
	{"I-015", IN(BLOCK_PRIMARY, 829), ONE(53)},
	{"I-016", IN(BLOCK_PRIMARY, 833), ONE('5')},
	{"I-016", IN(BLOCK_PRIMARY, 849), ONE('2')},
	{"I-017", IN(BLOCK_PRIMARY, 881), ONE(2)},
	{"I-017", IN(BLOCK_ENHANCED, 881), ONE(1)},
	{"I-018", IN(BLOCK_PRIMARY, 156), ONE(48)},
	{"I-018", IN(BLOCK_PRIMARY, 181), ONE(0)},
	{"I-018", IN(BLOCK_PRIMARY, 189), ONE(1)},
	{"I-018", AT(self, 10), BOTH32(4096)},
	{"I-019", IN(BLOCK_JOLIET, 90), ONE('F')},
	{"I-019", IN(BLOCK_JOLIET, 119), ONE(1)},
	{"I-019", IN(BLOCK_JOLIET, 6), ONE(2)},
	{"I-020", IN(BLOCK_ENHANCED, 0), ONE(1)},
	{"I-021", IN(BLOCK_ENHANCED, 88), ONE(1)},
	{"I-021", IN(BLOCK_ENHANCED, 6), ONE(3)},
	{"I-022", IN(BLOCK_BOOT_RECORD, 7), ONE('X')},
	{"I-022", IN(BLOCK_BOOT_RECORD, 39), ONE(1)},
	{"I-022", IN(BLOCK_BOOT_RECORD, 72), ONE(1)},
	{"I-022", IN(BLOCK_BOOT_RECORD, 75), ONE(1)},
	/* path tables: the root, DIR from byte 10, RR_MOVED from 22, DEEP from 38 */
	{"I-023", IN(BLOCK_M_TABLE, 15), ONE(1)},
	{"I-023", IN(BLOCK_PRIMARY, 151), ONE(0)},
	{"I-024", IN(BLOCK_PRIMARY, 132), BOTH32(49)},
	{"I-025", IN(BLOCK_L_TABLE, 8), ONE(1)},
	{"I-026", IN(BLOCK_L_TABLE, 18), ONE('S')},
	{"I-027", IN(BLOCK_L_TABLE, 44), ONE(2)},
	{"I-027", IN(BLOCK_L_TABLE, 44), ONE(9)},
	{"I-028", IN(BLOCK_L_TABLE, 21), ONE(1)},
	{"I-028", IN(BLOCK_M_TABLE, 21), ONE(1)},
	{"I-029", IN(BLOCK_L_TABLE, 40), ONE(FREE_BLOCK)},
	{"I-029", IN(BLOCK_L_TABLE, 47), ONE('X')},
	{"I-031", IN(BLOCK_OPTIONAL_TABLE, 12), ONE(1)},
	{"I-031", IN(BLOCK_PRIMARY, 145), ONE(1)},
	{"I-032", IN(BLOCK_JOLIET_L_TABLE, 10), ONE(5)},
	/* directories and their records */
	{"I-033", AT(self, 33), ONE(2)},
	{"I-033", AT(parent, 33), ONE(0)},
	{"I-033", AT(parent, 2), BOTH32(BLOCK_DIRECTORY)},
	{"I-033", AT(parent, 10), BOTH32(4096)},
	{"I-033", AT(parent, 25), ONE(0)},
	{"I-034", AT(directory, 10), BOTH32(2047)},
	{"I-034", AT(directory, 10), BOTH32(0)},
	{"I-035", IN(BLOCK_DIRECTORY, 2047), ONE(1)},
	{"I-036", AT(hard, 0), ONE(42)},
	{"I-036", AT(hard, 0), ONE(95)},
	{"I-037", AT(file, 43), ONE(1)},
	{"I-038", AT(hard, 32), ONE(0)},
	{"I-039", AT(file, 1), ONE(1)},
	{"I-040", AT(hard, 2), BOTH32(FAR_BLOCK)},
	{"I-040", AT(zisofs, 2), BOTH32(BLOCK_L_TABLE)},
	{"I-040", AT(zisofs, 2), BOTH32(3)},
	{"I-041", AT(file, 26), ONE(1)},
	{"I-041", AT(file, 27), ONE(1)},
	{"I-042", AT(file, 28), BOTH16(2)},
	{"I-043", AT(file, 25), ONE(0x20)},
	{"I-043", AT(file, 25), ONE(0x08)},
	{"I-044", AT(file, 19), ONE(13)},
	{"I-044", AT(file, 24), ONE(0x80)},
	{"I-045", AT(device, 33), ONE('Z')},
	{"I-046", AT(big, 25), ONE(0)},
	{"I-049", AT(deep, 2), BOTH32(BLOCK_DIRECTORY)},
	{"I-050", AT(directory, 25), ONE(0x06)},
	{"I-050", AT(directory, 25), ONE(0x82)},
	{"I-052", AT(directory, 32), ONE(40)},
	{"I-053", AT(file, 33), ONE('f')},
	{"I-053", AT(file, 37), ONE('_')},
	{"I-054", AT(file, 42), ONE('0')},
	{"I-054", AT(file, 42), ONE('x')},
	{"I-055", AT(zisofs, 33), TWO('.', ';')},
	{"I-056", AT(enhanced_file, 34), ONE('/')},
	{"I-058", AT(file, 25), ONE(0x80)},
	{"I-058", AT(big, 10), BOTH32(2047)},
	{"I-059", AT(big_end, 2), BOTH32(FREE_BLOCK)},
	{"I-061", AT(link, 2), BOTH32(FAR_BLOCK)},
	/* Joliet */
	{"I-062", AT(joliet_file, 32), ONE(19)},
	{"I-063", AT(joliet_file, 34), ONE('*')},
	{"I-063", AT(joliet_file, 34), ONE(0x1F)},
	{"I-066", AT(joliet_big, 34), ONE('c')},
	{"I-067", AT(joliet_file, 34), ONE('"')},
	{"I-067", AT(joliet_directory, 38), ONE('.')},
	{"I-068", AT(joliet_file, 2), BOTH32(FREE_BLOCK)},
	{"I-069", IN(BLOCK_JOLIET, 158), BOTH32(BLOCK_ROOT)},
	{"I-069", AT(joliet_parent, 2), BOTH32(BLOCK_ROOT)},
	/* Rock Ridge */
	{"I-070", AT(sp, 4), ONE(0)},
	{"I-070", AT(sp, 0), ONE('X')},
	{"I-070", AT(link_nm, 0), TWO('S', 'P')},
	{"I-071", AT(er, 8), ONE('X')},
	{"I-071", AT(er, 4), ONE(11)},
	{"I-072", AT(file_tf, 2), ONE(3)},
	{"I-072", AT(file_tf, 2), ONE(200)},
	{"I-072", AT(self_px, 3), ONE(2)},
	{"I-073", AT(self_ce, 12), BOTH32(2000)},
	{"I-073", AT(self_ce, 11), ONE(99)},
	{"I-073", AT(self_ce, 4), BOTH32(FAR_BLOCK)},
	{"I-074", AT(file_ce, 12), BOTH32(230)},
	{"I-075", AT(file_px, 4), BOTH32(040755)},
	{"I-075", AT(file_px, 11), ONE(1)},
	{"I-075", AT(file_px, 0), TWO('P', 'D')},
	{"I-076", AT(device_pn, 0), TWO('P', 'D')},
	{"I-076", AT(file_nm, 0), TWO('P', 'N')},
	{"I-077", AT(link_sl, 4), ONE(2)},
	{"I-077", AT(link_sl, 5), ONE(0x10)},
	{"I-077", AT(link_sl, 6), ONE(200)},
	{"I-077", AT(link_sl, 0), TWO('P', 'D')},
	{"I-078", AT(file_nm_end, 7), ONE('/')},
	{"I-078", AT(file_nm_end, 4), ONE(1)},
	{"I-078", AT(file_nm, 4), ONE(0)},
	{"I-078", AT(link_nm, 4), ONE(2)},
	{"I-079", AT(cl, 4), BOTH32(FREE_BLOCK)},
	{"I-079", AT(pl, 4), BOTH32(FREE_BLOCK)},
	{"I-079", AT(re, 0), TWO('P', 'D')},
	{"I-079", AT(cl, 0), TWO('P', 'D')},
	{"I-080", AT(file_tf, 4), ONE(0x0F)},
	{"I-080", AT(file_tf, 6), ONE(13)},
	{"I-081", AT(file_tf, 0), TWO('P', 'X')},
	{"I-082", AT(link_nm, 0), TWO('Q', 'Q')},
	{"I-083", AT(file_px, 12), BOTH32(3)},
	/* El Torito */
	{"I-084", IN(BLOCK_CATALOG, 0), ONE(2)},
	{"I-084", IN(BLOCK_CATALOG, 1), ONE(5)},
	{"I-084", IN(BLOCK_CATALOG, 2), ONE(1)},
	{"I-084", IN(BLOCK_CATALOG, 28), ONE(0)},
	{"I-084", IN(BLOCK_CATALOG, 30), ONE(0)},
	{"I-085", IN(BLOCK_CATALOG, 32), ONE(0x77)},
	{"I-085", IN(BLOCK_CATALOG, 33), ONE(5)},
	{"I-085", IN(BLOCK_CATALOG, 37), ONE(1)},
	{"I-085", IN(BLOCK_CATALOG, 41), ONE(1)},
	{"I-085", IN(BLOCK_CATALOG, 63), ONE(1)},
	{"I-086", IN(BLOCK_CATALOG, 66), ONE(2)},
	{"I-086", IN(BLOCK_CATALOG, 128), ONE(0x90)},
	{"I-087", IN(BLOCK_CATALOG, 96), ONE(0x77)},
	{"I-087", IN(BLOCK_CATALOG, 192), ONE(0)},
	{"I-087", IN(BLOCK_CATALOG, 2047), ONE(1)},
	{"I-088", IN(BLOCK_CATALOG, 164), ONE(7)},
	{"I-088", IN(BLOCK_HARD_DISK, 510), ONE(0)},
	{"I-088", IN(BLOCK_HARD_DISK, 466), ONE(6)},
	{"I-088", IN(BLOCK_CATALOG, 33), ONE(2)},
	{"I-089", IN(BLOCK_CATALOG, 40), ONE(BLOCK_L_TABLE)},
	{"I-090", IN(BLOCK_BOOT_IMAGE, 100), ONE(1)},
	{"I-090", IN(BLOCK_BOOT_IMAGE, 17), ONE(1)},
	{"I-091", IN(BLOCK_CATALOG, 102), ONE(4)},
	/* partition tables and the rest */
	{"I-092", IN(0, 446), ONE(0x81)},
	{"I-092", IN(0, 460), ONE(1)},
	{"I-092", IN(0, 510), ONE(0)},
	{"I-093", IN(0, 512 + 8), ONE(1)},
	{"I-093", IN(0, 512 + 88), ONE(1)},
	{"I-093", IN(0, 1024 + 16383), ONE(1)},
	{"I-093", IN(ISO_VOLUME_BLOCKS - 1, 1536), ONE('X')},
	{"I-093", IN(ISO_VOLUME_BLOCKS - 1, 1500), ONE(1)},
	{"I-094", AT(zf, 7), ONE(16)},
	{"I-094", IN(BLOCK_ZISOFS, 0), ONE(1)},
	{"I-097", IN(BLOCK_L_TABLE, 2047), ONE(1)},
	{"I-097", IN(BLOCK_M_TABLE, 100), ONE(1)},
	{"I-097", IN(BLOCK_FILE, 1000), ONE(1)},
	{"I-097", IN(BLOCK_FILE, 2047), ONE(1)},
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
