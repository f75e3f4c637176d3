/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader on damaged tables of partitions, mirrors, and blocks it can't read. */
#include "tests/support/faulty_stream.h"
#include "tests/support/hand.h"

#include <string.h>

/* Blocks of the volume. */
enum {
	TABLE_ENTRY = 678, /* the entry with the virtual allocation table */
	MAIN_ENTRY = 288,  /* those of the metadata file and its mirror */
	MIRROR_ENTRY = 479,
	MAIN_METADATA = 320, /* where their blocks begin */
	MIRROR_METADATA = 480
};

/* ---- virtual allocation tables ----------------------------------------- */

START_TEST(a_virtual_block_leads_into_its_partition)
{
	hand_begin_file(UDF_VIRTUAL, 0x201);
	hand_volume.virtual_blocks[8] = 400;
	hand_assert_damaged("Block 400 of partition 0 is used, which has 400 blocks.");
	hand_begin_file(UDF_VIRTUAL, 0x201);
	hand_volume.virtual_blocks[8] = UINT32_MAX;
	hand_assert_damaged("Virtual block 8 is used, but leads nowhere.");
	hand_begin_file(UDF_VIRTUAL, 0x150);
	hand_volume.virtual_count = 8;
	hand_assert_damaged("Block 8 of partition 1 is used, which has 8 blocks.");
}
END_TEST

START_TEST(a_volume_with_virtual_blocks_has_a_table)
{
	static const uint16_t revisions[] = {0x150, 0x201};

	for (unsigned i = 0; i < 2; i++) {
		hand_begin_file(UDF_VIRTUAL, revisions[i]);
		udf_volume_finish(&hand_volume);
		udf_volume_block(&hand_volume, TABLE_ENTRY)[27] = 5;
		udf_reseal(udf_volume_block(&hand_volume, TABLE_ENTRY));
		ASSERT_FAILS(
			disc_walk_image(hand_volume.bytes, udf_volume_size(&hand_volume)),
			IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF");
		ASSERT_SAYS("There is no virtual allocation table in block 678");
		hand_end();
	}
}
END_TEST

/* Change a number of the table's bytes, which are embedded. */
static void assert_table_refused(uint16_t revision, size_t offset, uint32_t value)
{
	uint8_t *block = NULL;

	hand_begin_file(UDF_VIRTUAL, revision);
	udf_volume_finish(&hand_volume);
	block = udf_volume_block(&hand_volume, TABLE_ENTRY);
	udf_put32(block, offset, value);
	udf_reseal(block);
	ASSERT_FAILS(disc_walk_image(hand_volume.bytes, udf_volume_size(&hand_volume)),
		     IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF");
	ASSERT_SAYS("There is no virtual allocation table");
	hand_end();
}

START_TEST(a_table_has_its_header_or_its_trailer)
{
	assert_table_refused(0x201, 176, 151);	/* the length of the header */
	assert_table_refused(0x201, 176, 1000); /* more than there is */
	assert_table_refused(0x201, 56, 151);	/* the length of the table */
	assert_table_refused(0x150, 56, 35);
	assert_table_refused(0x150, 176 + 9 * 4 + 1, 0x55); /* its identifier */
}
END_TEST

START_TEST(a_table_of_virtual_blocks_is_not_virtual_itself)
{
	uint8_t *block = NULL;

	hand_begin_file(UDF_VIRTUAL, 0x150);
	udf_volume_finish(&hand_volume);
	block = udf_volume_block(&hand_volume, TABLE_ENTRY);
	udf_put16(block, 34, 1);
	udf_put64(block, 56, 100);
	udf_put32(block, 172, 16);
	udf_put_long(block + 176, 0, 100, 0, 1);
	udf_reseal(block);
	ASSERT_FAILS(disc_walk_image(hand_volume.bytes, udf_volume_size(&hand_volume)),
		     IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF");
	hand_end();
}
END_TEST

/* ---- sparing tables ---------------------------------------------------- */

static void change_tables(size_t offset, size_t width, uint32_t value)
{
	hand_begin_file(UDF_SPARABLE, 0x150);
	for (uint32_t n = UDF_SPARING; n <= UDF_SPARING + 1; n++) {
		uint8_t *block = udf_volume_block(&hand_volume, n);

		if (width == 2)
			udf_put16(block, offset, value);
		else
			udf_put32(block, offset, value);
		/* Entries that are free. */
		memset(block + 80, 0xFF, UDF_BLOCK - 80);
		udf_reseal(block);
	}
}

START_TEST(a_sparing_table_must_be_sound)
{
	hand_begin_file(UDF_SPARABLE, 0x150);
	udf_volume_block(&hand_volume, UDF_SPARING)[57] ^= 1;
	udf_volume_block(&hand_volume, UDF_SPARING + 1)[57] ^= 1;
	hand_assert_damaged("The sparing table in block 112: its CRC is wrong.");
	change_tables(48, 2, 249);
	hand_assert_sound();
	change_tables(48, 2, 250);
	hand_assert_damaged("The sparing table in block 112: a length in it is wrong.");
	change_tables(17, 2, 0x2020);
	hand_assert_damaged("another structure stands in its place");
	change_tables(56, 4, 33);
	hand_assert_damaged("in block 113: a value in it is wrong");
	change_tables(60, 4, UINT32_MAX - 31);
	hand_assert_damaged("in block 113: a value in it is wrong");
	change_tables(60, 4, 5000);
	udf_put_simple_file(&hand_volume, 8, 32, 3);
	ASSERT_FAILS(hand_walk(), IMAPI_E_IMPORT_SEEK_FAILURE, "5000");
	hand_end();
}
END_TEST

/* Change the map of the sparable partition in both sequences. */
static void change_map(size_t offset, size_t width, uint32_t value)
{
	hand_begin_file(UDF_SPARABLE, 0x150);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *block = udf_volume_block(
			&hand_volume, (i == 0 ? UDF_MAIN : UDF_RESERVE) + UDF_LVD);

		if (width == 1)
			block[440 + offset] = (uint8_t)value;
		else
			udf_put32(block, 440 + offset, value);
		udf_reseal(block);
	}
}

START_TEST(a_sparable_partition_has_packets_and_tables)
{
	change_map(40, 1, 0);
	hand_assert_damaged("a packet or a table of no length");
	change_map(44, 4, 55);
	hand_assert_damaged("a packet or a table of no length");
	change_map(44, 4, 79);
	hand_assert_damaged("The sparing table in block 112: a length in it is wrong.");
	change_map(44, 4, 80);
	hand_assert_sound();
	change_map(44, 4, UINT32_MAX);
	hand_assert_sound();
	change_map(42, 1, 0);
	hand_assert_damaged("A sparable partition has no sparing table.");
	change_map(42, 1, 255);
	hand_assert_sound();
}
END_TEST

/* ---- metadata ---------------------------------------------------------- */

START_TEST(the_mirror_serves_for_every_block_of_metadata)
{
	/* The entry of the file, then each block of it that is in use. */
	static const uint32_t blocks[] = {MAIN_ENTRY, MAIN_METADATA, MAIN_METADATA + 2,
					  MAIN_METADATA + 4, MAIN_METADATA + 8};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		hand_begin_file(UDF_METADATA, 0x250);
		udf_volume_finish(&hand_volume);
		udf_volume_block(&hand_volume, blocks[i])[60] ^= 1;
		ck_assert_int_eq(
			disc_walk_image(hand_volume.bytes, udf_volume_size(&hand_volume)),
			S_OK);
		hand_end();
	}
}
END_TEST

START_TEST(metadata_that_is_damaged_twice_is_told)
{
	hand_begin_file(UDF_METADATA, 0x250);
	udf_volume_entry(&hand_volume, 8)[60] ^= 1;
	hand_assert_damaged("The file entry in block 328: its CRC is wrong.");
	hand_begin_file(UDF_METADATA, 0x250);
	udf_volume_entry(&hand_volume, 4)[60] ^= 1;
	hand_assert_damaged("The file identifier descriptor in block 324: its CRC");
	hand_begin_file(UDF_METADATA, 0x250);
	udf_volume_block(&hand_volume, MAIN_ENTRY)[60] ^= 1;
	udf_volume_block(&hand_volume, MIRROR_ENTRY)[60] ^= 1;
	hand_assert_damaged("The file entry in block 288: its CRC is wrong.");
}
END_TEST

START_TEST(metadata_files_are_of_their_type)
{
	hand_begin_file(UDF_METADATA, 0x260);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *block = udf_volume_block(&hand_volume,
						  i == 0 ? MAIN_ENTRY : MIRROR_ENTRY);

		block[27] = 5;
		udf_reseal(block);
	}
	hand_assert_damaged("block 288 is not that of a metadata file");
}
END_TEST

/* Give both metadata files one other extent. */
static void change_metadata(uint64_t size, unsigned type, uint32_t length,
			    uint16_t reference)
{
	hand_begin_file(UDF_METADATA, 0x250);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *block = udf_volume_block(&hand_volume,
						  i == 0 ? MAIN_ENTRY : MIRROR_ENTRY);

		udf_put16(block, 34, 1);
		udf_put64(block, 56, size);
		udf_put32(block, 212, 16);
		udf_put_long(block + 216, type, length, 32, reference);
		udf_put16(block, 10, 216);
		udf_reseal(block);
	}
}

START_TEST(metadata_is_recorded_and_long_enough)
{
	change_metadata(64 * UDF_BLOCK, 0, 64 * UDF_BLOCK, 0);
	hand_assert_sound();
	change_metadata(8 * UDF_BLOCK, 0, 8 * UDF_BLOCK, 0);
	hand_assert_damaged("Block 8 of partition 1 is used, which has 8 blocks.");
	change_metadata(64 * UDF_BLOCK, 1, 64 * UDF_BLOCK, 0);
	hand_assert_damaged("Metadata block 0 is used, but not recorded.");
	change_metadata(0, 0, 0, 0);
	hand_assert_damaged("Block 0 of partition 1 is used, which has 0 blocks.");
	/* Within itself there is no block yet. */
	change_metadata(64 * UDF_BLOCK, 0, 64 * UDF_BLOCK, 1);
	hand_assert_damaged("lies outside its partition");
}
END_TEST

START_TEST(a_partition_upon_another_needs_that_one)
{
	hand_begin_file(UDF_METADATA, 0x250);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *block = udf_volume_block(
			&hand_volume, (i == 0 ? UDF_MAIN : UDF_RESERVE) + UDF_LVD);

		memmove(block + 440, block + 446, 64);
		udf_put32(block, 264, 64);
		udf_put32(block, 268, 1);
		udf_reseal(block);
	}
	hand_assert_damaged("A partition map is upon partition number 0, which has no "
			    "map.");
}
END_TEST

/* ---- blocks that can't be read ----------------------------------------- */

static HRESULT walk_faulty(const uint32_t (*bad_blocks)[8])
{
	struct faulty_stream source = {.bytes = hand_volume.bytes,
				       .size = udf_volume_size(&hand_volume)};
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	memcpy(source.bad_blocks, *bad_blocks, sizeof(source.bad_blocks));
	stream = faulty_stream_open(&source);
	hr = disc_walk_stream(stream);
	fsi_stream_release(stream);
	return hr;
}

START_TEST(what_is_there_twice_may_be_unreadable_once)
{
	static const uint32_t blocks[] = {16,
					  256,
					  UDF_MAIN,
					  UDF_MAIN + UDF_LVD,
					  UDF_LVID,
					  MAIN_ENTRY,
					  MAIN_METADATA,
					  MAIN_METADATA + 2,
					  MAIN_METADATA + 4,
					  MAIN_METADATA + 8};

	hand_begin_file(UDF_METADATA, 0x250);
	udf_volume_finish(&hand_volume);
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		const uint32_t bad[8] = {blocks[i]};

		ck_assert_msg(walk_faulty(&bad) == S_OK, "%u: %s", blocks[i],
			      fsi_error_get_message());
	}
	hand_end();
}
END_TEST

START_TEST(a_block_that_is_needed_and_unreadable_is_told)
{
	static const struct {
		uint32_t bad[8];
		const char *told;
	} cases[] = {
		{{256, UDF_VOLUME_BLOCKS - 257, UDF_VOLUME_BLOCKS - 1}, "256"},
		{{UDF_MAIN + UDF_LVD, UDF_RESERVE + UDF_LVD}, "35"},
		{{288}, "288"}, /* file set */
		{{290}, "290"}, /* root */
		{{292}, "292"}, /* its body */
		{{296}, "296"}, /* file */
		{{438}, "438"}, /* its data */
	};

	hand_begin_file(UDF_PLAIN, 0x102);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_FAILS(walk_faulty(&cases[i].bad), IMAPI_E_IMPORT_READ_FAILURE,
			     cases[i].told);
	hand_end();
}
END_TEST

START_TEST(an_image_that_was_cut_off_is_told)
{
	static const struct {
		uint32_t blocks;
		const char *told;
	} cases[] = {{438, "438"}, {296, "296"}, {290, "290"}};

	hand_begin_file(UDF_PLAIN, 0x102);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_FAILS(disc_walk_image(hand_volume.bytes,
					     (size_t)cases[i].blocks * UDF_BLOCK),
			     IMAPI_E_IMPORT_SEEK_FAILURE, cases[i].told);
	hand_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF partitions");
	TCase *tables = tcase_create("tables");
	TCase *metadata = tcase_create("metadata");
	TCase *blocks = tcase_create("blocks");

	tcase_add_test(tables, a_virtual_block_leads_into_its_partition);
	tcase_add_test(tables, a_volume_with_virtual_blocks_has_a_table);
	tcase_add_test(tables, a_table_has_its_header_or_its_trailer);
	tcase_add_test(tables, a_table_of_virtual_blocks_is_not_virtual_itself);
	tcase_add_test(tables, a_sparing_table_must_be_sound);
	tcase_add_test(tables, a_sparable_partition_has_packets_and_tables);
	tcase_add_test(metadata, the_mirror_serves_for_every_block_of_metadata);
	tcase_add_test(metadata, metadata_that_is_damaged_twice_is_told);
	tcase_add_test(metadata, metadata_files_are_of_their_type);
	tcase_add_test(metadata, metadata_is_recorded_and_long_enough);
	tcase_add_test(metadata, a_partition_upon_another_needs_that_one);
	tcase_add_test(blocks, what_is_there_twice_may_be_unreadable_once);
	tcase_add_test(blocks, a_block_that_is_needed_and_unreadable_is_told);
	tcase_add_test(blocks, an_image_that_was_cut_off_is_told);
	suite_add_tcase(suite, tables);
	suite_add_tcase(suite, metadata);
	suite_add_tcase(suite, blocks);
	return api_run(suite);
}
