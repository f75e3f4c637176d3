/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults in volumes that our writer does not make: with virtual and sparable partitions,
 * with lists of free space. What these volumes have wrong before does not count.
 */
#include "tests/support/checked.h"
#include "tests/support/fixture.h"
#include "tests/support/hand.h"
#include "tests/support/udf_reader.h"

#include <stdlib.h>
#include <string.h>

static uint64_t count(const char *statement, const uint8_t *bytes, size_t size)
{
	fsi_findings *findings = checked_findings(bytes, size);
	const uint64_t total = checked_total(findings, statement);

	fsi_findings_release(findings);
	return total;
}

/* ---- volumes made by hand ---------------------------------------------- */

/* The entry of the virtual allocation table, which has it as its body. */
static uint8_t *table_entry(void)
{
	return udf_volume_block(&hand_volume, hand_volume.blocks - 1);
}

static void put_in_table(size_t offset, uint32_t value)
{
	udf_put32(table_entry() + 176, offset, value);
	udf_reseal(table_entry());
}

static void a_table_of_another_kind(void)
{
	table_entry()[27] = 5;
	udf_reseal(table_entry());
}

static void a_table_that_leads_out(void)
{
	put_in_table(152, UDF_PARTITION_BLOCKS);
}

static void a_header_of_odd_length(void)
{
	/* Two entries less. */
	put_in_table(0, 160);
}

static void a_header_that_names_the_volume_wrongly(void)
{
	put_in_table(4, 9);
}

static void revisions_of_the_table_in_disorder(void)
{
	put_in_table(144, 0x0200u | 0x0102u << 16);
}

static uint8_t *sparing_table(void)
{
	return udf_volume_block(&hand_volume, UDF_SPARING);
}

static void put_in_sparing(size_t offset, uint32_t value)
{
	udf_put32(sparing_table(), offset, value);
	udf_reseal(sparing_table());
}

static void a_sparing_table_in_disorder(void)
{
	put_in_sparing(64, 0);
}

static void a_sparing_table_of_half_a_packet(void)
{
	put_in_sparing(56, 33);
}

static void a_sparing_table_that_leads_out(void)
{
	put_in_sparing(60, UDF_VOLUME_BLOCKS);
}

static void a_sparing_table_of_another_name(void)
{
	put_in_sparing(20, 0);
}

static void a_sparing_table_without_a_tag(void)
{
	put_in_sparing(0, 5);
}

static void packets_of_odd_length(void)
{
	uint8_t *descriptor = udf_volume_block(&hand_volume, UDF_MAIN + UDF_LVD);

	udf_put16(descriptor, 440 + 40, 33);
	udf_reseal(descriptor);
}

/* ---- lists of allocation descriptors ----------------------------------- */

/* "/file" has its extents in a list of its own, in entry 9. */
static uint8_t *put_list(const uint8_t *list, size_t size)
{
	uint8_t next[8];

	hand_put_body(0, 3, next, udf_put_short(next, 3, UDF_BLOCK, 9));
	udf_put_allocation_extent(&hand_volume, 9, list, size);
	return udf_volume_entry(&hand_volume, 9);
}

static void a_list_that_leads_to_itself(void)
{
	uint8_t list[8];

	(void)put_list(list, udf_put_short(list, 3, UDF_BLOCK, 9));
}

static void a_list_that_does_not_fit(void)
{
	uint8_t list[8];
	uint8_t *extent = put_list(list, udf_put_short(list, 0, 3, 150));

	udf_put32(extent, 20, 5000);
	udf_reseal(extent);
}

static void a_list_that_is_none(void)
{
	uint8_t list[8];
	uint8_t *extent = put_list(list, udf_put_short(list, 0, 3, 150));

	udf_put16(extent, 0, 260);
	udf_reseal(extent);
}

static void something_behind_what_leads_on(void)
{
	uint8_t list[16];

	(void)put_list(list, udf_put_short(list, 0, 3, 150));
	udf_put_short(list, 3, UDF_BLOCK, 9);
	udf_put_short(list + 8, 0, 3, 150);
	hand_put_body(0, 3, list, sizeof(list));
}

/* From 2.50 on. */
static void a_list_that_knows_the_one_before(void)
{
	uint8_t list[8];
	uint8_t *extent = put_list(list, udf_put_short(list, 0, 3, 20));

	udf_put32(extent, 16, 5);
	udf_reseal(extent);
	udf_volume_finish(&hand_volume);
}

static void an_extent_without_space_but_a_place(void)
{
	uint8_t list[8];

	hand_put_body(0, 3, list, udf_put_short(list, 2, 3, 150));
}

/* ---- metadata ---------------------------------------------------------- */

static uint8_t *metadata_map(void)
{
	return udf_volume_block(&hand_volume, UDF_MAIN + UDF_LVD) + 446;
}

static void metadata_in_pieces(void)
{
	uint8_t *entry = udf_volume_data(&hand_volume, 0);

	/* The second half is that of the mirror. */
	udf_put_short(entry + 216, 0, 32 * UDF_BLOCK, 32);
	udf_put_short(entry + 224, 0, 32 * UDF_BLOCK, 224);
	udf_put32(entry, 212, 16);
	udf_put16(entry, 10, 216);
	udf_reseal(entry);
}

static void metadata_that_is_not_recorded(void)
{
	uint8_t *entry = udf_volume_data(&hand_volume, 0);

	udf_put_short(entry + 216, 1, 64 * UDF_BLOCK, 32);
	udf_reseal(entry);
}

static void metadata_files_side_by_side(void)
{
	uint8_t *mirror = udf_volume_data(&hand_volume, 1);

	memcpy(mirror, udf_volume_data(&hand_volume, 191), UDF_BLOCK);
	udf_put32(mirror, 12, 1);
	udf_reseal(mirror);
	udf_put32(metadata_map(), 44, 1);
	udf_reseal(udf_volume_block(&hand_volume, UDF_MAIN + UDF_LVD));
}

/* The metadata may be written to: its bitmap is in block 20 of the partition, the
 * entry of that in block 1. */
static void put_bitmap(uint32_t bits, unsigned identifier, uint8_t type)
{
	struct udf_volume physical = hand_volume;
	uint8_t *descriptor = udf_volume_block(&hand_volume, UDF_MAIN + UDF_PD);
	uint8_t *bitmap = udf_volume_data(&hand_volume, 20);
	uint8_t extent[8];
	const struct udf_file file = {
		.type = type,
		.is_extended = true,
		.size = 32,
		.descriptors = extent,
		.descriptors_size = udf_put_short(extent, 0, 32, 20),
	};

	udf_put32(descriptor, 184, 4);
	udf_reseal(descriptor);
	physical.kind = UDF_PLAIN;
	physical.reference = 0;
	udf_put_file(&physical, 1, &file);
	udf_seal(&hand_volume, bitmap, identifier, 16, 20);
	udf_put32(bitmap, 16, bits);
	udf_put32(bitmap, 20, 8);
	udf_put32(metadata_map(), 48, 1);
	udf_reseal(udf_volume_block(&hand_volume, UDF_MAIN + UDF_LVD));
}

START_TEST(metadata_that_can_be_written_to_has_a_bitmap)
{
	static const struct {
		uint32_t bits;
		unsigned identifier;
		uint8_t type;
		uint64_t findings;
	} rows[] = {
		{64, 264, 252, 0}, {63, 264, 252, 1}, {64, 265, 252, 1}, {64, 264, 5, 1}};

	hand_begin_file(UDF_METADATA, 0x250);
	put_bitmap(rows[_i].bits, rows[_i].identifier, rows[_i].type);
	udf_volume_finish(&hand_volume);
	ck_assert_uint_eq(
		count("U-152", hand_volume.bytes, udf_volume_size(&hand_volume)),
		rows[_i].findings);
	hand_end();
}
END_TEST

/* ---- lists of free space ----------------------------------------------- */

/* The partition gets a table of free space with two extents, in its block 300. */
static void put_free_extents(uint32_t first, uint32_t second)
{
	uint8_t *descriptor = udf_volume_block(&hand_volume, UDF_MAIN + UDF_PD);
	uint8_t *table = udf_volume_data(&hand_volume, 300);

	udf_put32(descriptor, 56, UDF_BLOCK);
	udf_put32(descriptor, 60, 300);
	udf_put32(descriptor, 184, 4);
	udf_reseal(descriptor);
	table[27] = 1;
	udf_put32(table, 36, 16);
	udf_put_short(table + 40, 1, 4 * UDF_BLOCK, first);
	udf_put_short(table + 48, 1, 4 * UDF_BLOCK, second);
	udf_seal(&hand_volume, table, 263, 56, 300);
}

static void free_extents_in_disorder(void)
{
	put_free_extents(330, 320);
}

static void free_extents_side_by_side(void)
{
	put_free_extents(320, 324);
}

static void free_extents_in_use(void)
{
	put_free_extents(148, 320);
}

static void free_extents_outside(void)
{
	put_free_extents(320, UDF_PARTITION_BLOCKS - 3);
}

/* ---- names ------------------------------------------------------------- */

/* Names of 41 characters take 80 bytes each, behind 40 of the parent. */
static void tags_that_cross_a_block(void)
{
	char name[42];

	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	memset(name, 'n', sizeof(name));
	name[41] = '\0';
	for (unsigned i = 0; i < 30; i++) {
		name[0] = (char)('A' + i);
		udf_directory_add(&hand_directory, name, 0, 8);
	}
	udf_directory_end(&hand_directory, 2, 4);
}

struct hand_fault {
	const char *statement;
	enum udf_volume_kind kind;
	uint16_t revision;
	void (*plant)(void);
};

static const struct hand_fault hand_faults[] = {
	{"U-156", UDF_VIRTUAL, 0x200, a_table_of_another_kind},
	{"U-157", UDF_VIRTUAL, 0x200, a_table_that_leads_out},
	{"U-158", UDF_VIRTUAL, 0x200, a_header_of_odd_length},
	{"U-158", UDF_VIRTUAL, 0x200, a_header_that_names_the_volume_wrongly},
	{"U-158", UDF_VIRTUAL, 0x200, revisions_of_the_table_in_disorder},
	{"U-159", UDF_SPARABLE, 0x150, a_sparing_table_in_disorder},
	{"U-159", UDF_SPARABLE, 0x150, a_sparing_table_of_half_a_packet},
	{"U-159", UDF_SPARABLE, 0x150, a_sparing_table_that_leads_out},
	{"U-159", UDF_SPARABLE, 0x150, a_sparing_table_of_another_name},
	{"U-159", UDF_SPARABLE, 0x150, a_sparing_table_without_a_tag},
	{"U-159", UDF_SPARABLE, 0x150, packets_of_odd_length},
	{"U-107", UDF_PLAIN, 0x102, an_extent_without_space_but_a_place},
	{"U-109", UDF_PLAIN, 0x102, a_list_that_leads_to_itself},
	{"U-109", UDF_PLAIN, 0x102, a_list_that_does_not_fit},
	{"U-109", UDF_PLAIN, 0x102, a_list_that_is_none},
	{"U-109", UDF_PLAIN, 0x102, something_behind_what_leads_on},
	{"U-109", UDF_METADATA, 0x250, a_list_that_knows_the_one_before},
	{"U-133", UDF_VIRTUAL, 0x200, tags_that_cross_a_block},
	{"U-150", UDF_METADATA, 0x250, metadata_that_is_not_recorded},
	{"U-154", UDF_METADATA, 0x250, metadata_files_side_by_side},
	{"U-155", UDF_METADATA, 0x250, metadata_in_pieces},
	{"U-161", UDF_PLAIN, 0x102, free_extents_in_disorder},
	{"U-161", UDF_PLAIN, 0x102, free_extents_side_by_side},
	{"U-161", UDF_PLAIN, 0x102, free_extents_in_use},
	{"U-161", UDF_PLAIN, 0x102, free_extents_outside},
};

#define HAND_FAULTS (int)(sizeof(hand_faults) / sizeof(hand_faults[0]))

START_TEST(a_fault_in_a_partition_breaks_its_statement)
{
	const struct hand_fault *fault = &hand_faults[_i];
	uint64_t before = 0;

	hand_begin_file(fault->kind, fault->revision);
	udf_volume_finish(&hand_volume);
	before =
		count(fault->statement, hand_volume.bytes, udf_volume_size(&hand_volume));
	fault->plant();
	ck_assert_uint_gt(
		count(fault->statement, hand_volume.bytes, udf_volume_size(&hand_volume)),
		before);
	hand_end();
}
END_TEST

/* ---- volumes of others ------------------------------------------------- */

struct fixture_fault {
	const char *statement;
	const char *name;
	uint32_t block; /* of 2048 bytes */
	unsigned offset;
	uint8_t mask; /* of what changes */
	bool is_sealed;
};

static const struct fixture_fault fixture_faults[] = {
	/* The bitmap begins in block 257 of the volume, the file set in the next. */
	{"U-160", "mkudffs-dvdram-2.00", 257, 16, 1, true},
	{"U-160", "mkudffs-dvdram-2.00", 257, 24, 2, false},
	{"U-160", "mkudffs-dvdram-2.00", 257, 40, 1, false},
	{"U-160", "mkudffs-dvdram-2.00", 257, 0, 1, true},
};

#define FIXTURE_FAULTS (int)(sizeof(fixture_faults) / sizeof(fixture_faults[0]))

START_TEST(a_fault_in_the_volume_of_another_breaks_its_statement)
{
	const struct fixture_fault *fault = &fixture_faults[_i];
	struct fixture fixture;
	uint8_t *descriptor = NULL;
	uint64_t before = 0;

	fixture_read(&fixture, fault->name);
	before = count(fault->statement, fixture.bytes, fixture.size);
	descriptor = fixture.bytes + (size_t)fault->block * UDF_BLOCK;
	descriptor[fault->offset] ^= fault->mask;
	if (fault->is_sealed)
		udf_reseal(descriptor);
	ck_assert_uint_gt(count(fault->statement, fixture.bytes, fixture.size), before);
	fixture_free(&fixture);
}
END_TEST

/* What mkudffs makes is in order, but for what the table tells. */
START_TEST(volumes_of_others_have_no_errors)
{
	static const char *const names[] = {
		"mkudffs-bdr-2.50",
		"mkudffs-bdr-2.60",
		"mkudffs-cdr-1.50",
		"mkudffs-cdr-2.01",
		"mkudffs-cdrw-2.01",
		"mkudffs-dvdr-2.00",
		"mkudffs-dvdram-2.00",
		"mkudffs-dvdrw-1.50",
		"mkudffs-hd-1.02",
		"mkudffs-hd-4096-2.01",
		"mkudffs-hd-1024-strategy-4096",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct fixture fixture;
		fsi_findings *findings = NULL;
		uint64_t errors = 0;
		char *text = NULL;

		fixture_read(&fixture, names[i]);
		findings = checked_findings(fixture.bytes, fixture.size);
		text = checked_describe(findings);
		ASSERT_OK(fsi_findings_get_total(findings, FSI_SEVERITY_ERROR, &errors));
		ck_assert_msg(errors == 0, "%s: %s", names[i], text);
		free(text);
		fsi_findings_release(findings);
		fixture_free(&fixture);
	}
}
END_TEST

/* ---- paths ------------------------------------------------------------- */

START_TEST(a_path_may_be_so_long_and_no_longer)
{
	/* Each folder takes its name and what tells its width: 4 times 250. */
	static const size_t last[] = {22, 23};
	char name[256];
	struct checked image;

	for (unsigned row = 0; row < 2; row++) {
		fsi_image *made = api_image(UDF);
		fsi_directory *folder = api_root(made);

		ASSERT_OK(fsi_image_put_deep_directories(made, true));
		memset(name, 'n', sizeof(name));
		for (unsigned i = 0; i < 5; i++) {
			name[i < 4 ? 249 : last[row]] = '\0';
			ASSERT_OK(fsi_directory_add_directory(folder, name));
			folder = api_directory(folder, name);
		}
		checked_take(&image, made, 0x0102);
		ck_assert_uint_eq(count("U-132", image.bytes, image.size), row);
		checked_free(&image);
		fsi_image_release(made);
	}
}
END_TEST

/* ---- DVD-Video --------------------------------------------------------- */

START_TEST(a_video_is_not_kept_in_its_entry)
{
	/* The second is too large for that. */
	static const size_t sizes[] = {100, 5000};

	for (unsigned row = 0; row < 2; row++) {
		fsi_image *made = api_image(UDF);
		struct checked image;

		api_add_directory(api_root(made), "VIDEO_TS");
		api_add_sized(api_root(made), "VIDEO_TS\\VIDEO_TS.IFO", sizes[row]);
		checked_take(&image, made, 0x0102);
		ck_assert_uint_eq(count("U-171", image.bytes, image.size), 1 - row);
		checked_free(&image);
		fsi_image_release(made);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check of UDF of other kinds");
	TCase *tcase = tcase_create("kinds");

	tcase_add_loop_test(tcase, a_fault_in_a_partition_breaks_its_statement, 0,
			    HAND_FAULTS);
	tcase_add_loop_test(tcase, a_fault_in_the_volume_of_another_breaks_its_statement,
			    0, FIXTURE_FAULTS);
	tcase_add_loop_test(tcase, metadata_that_can_be_written_to_has_a_bitmap, 0, 4);
	tcase_add_test(tcase, volumes_of_others_have_no_errors);
	tcase_add_test(tcase, a_path_may_be_so_long_and_no_longer);
	tcase_add_test(tcase, a_video_is_not_kept_in_its_entry);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
