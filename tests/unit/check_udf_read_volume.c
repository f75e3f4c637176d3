/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding volume descriptors and partition maps, at their limits. */
#include "tests/support/api.h"
#include "tests/support/udf_volume.h"
#include "udf/maps.h"
#include "udf/read_descriptors.h"

#include <string.h>

/* ---- recognition ------------------------------------------------------- */

START_TEST(volume_structures_are_recognised_by_their_identifier)
{
	static const struct {
		const char *identifier;
		enum fsi_udf_recognition meaning;
	} known[] = {
		{"CD001", FSI_UDF_RECOGNISED_ISO9660},
		{"NSR02", FSI_UDF_RECOGNISED_UDF},
		{"NSR03", FSI_UDF_RECOGNISED_UDF},
		{"BEA01", FSI_UDF_RECOGNISED_OTHER},
		{"TEA01", FSI_UDF_RECOGNISED_OTHER},
		{"BOOT2", FSI_UDF_RECOGNISED_OTHER},
		{"CDW02", FSI_UDF_RECOGNISED_OTHER},
		{"NSR04", FSI_UDF_RECOGNISED_NOTHING},
		{"cd001", FSI_UDF_RECOGNISED_NOTHING},
		{"", FSI_UDF_RECOGNISED_NOTHING},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint8_t block[UDF_BLOCK] = {0};

		memcpy(block + 1, known[i].identifier, strlen(known[i].identifier));
		ck_assert_int_eq(fsi_udf_get_recognition(block), known[i].meaning);
	}
}
END_TEST

/* ---- partition maps ---------------------------------------------------- */

static void make_map(uint8_t (*ret_bytes)[64], const char *identifier)
{
	memset(*ret_bytes, 0, sizeof(*ret_bytes));
	(*ret_bytes)[0] = 2;
	(*ret_bytes)[1] = 64;
	memcpy(*ret_bytes + 5, identifier, strlen(identifier));
	udf_put16(*ret_bytes, 28, 0x0250);
	udf_put16(*ret_bytes, 36, 1);
	udf_put16(*ret_bytes, 38, 5);
}

START_TEST(a_map_of_type_1_names_its_partition)
{
	uint8_t bytes[64] = {1, 6, 1, 0, 7, 1};
	struct fsi_udf_map map;
	size_t size = 0;

	ck_assert_int_eq(fsi_udf_get_map(bytes, 6, &map, &size), FSI_UDF_SOUND);
	ck_assert_int_eq(map.kind, FSI_DISC_PARTITION_PHYSICAL);
	ck_assert_uint_eq(map.volume_number, 1);
	ck_assert_uint_eq(map.partition_number, 0x0107);
	ck_assert_uint_eq(size, 6);
}
END_TEST

START_TEST(a_map_must_be_there_as_a_whole)
{
	uint8_t bytes[64] = {1, 6};
	struct fsi_udf_map map;
	size_t size = 0;

	for (size_t left = 0; left < 6; left++)
		ck_assert_int_eq(fsi_udf_get_map(bytes, left, &map, &size),
				 FSI_UDF_FAULT_LENGTH);
	for (unsigned length = 0; length < 6; length++) {
		bytes[1] = (uint8_t)length;
		ck_assert_int_eq(fsi_udf_get_map(bytes, 64, &map, &size),
				 FSI_UDF_FAULT_LENGTH);
	}
	make_map(&bytes, "*UDF Virtual Partition");
	ck_assert_int_eq(fsi_udf_get_map(bytes, 63, &map, &size), FSI_UDF_FAULT_LENGTH);
	bytes[1] = 63;
	ck_assert_int_eq(fsi_udf_get_map(bytes, 64, &map, &size), FSI_UDF_FAULT_LENGTH);
}
END_TEST

START_TEST(maps_of_type_2_are_known_by_their_identifier)
{
	uint8_t bytes[64];
	struct fsi_udf_map map;
	size_t size = 0;

	make_map(&bytes, "*UDF Virtual Partition");
	ck_assert_int_eq(fsi_udf_get_map(bytes, 64, &map, &size), FSI_UDF_SOUND);
	ck_assert_int_eq(map.kind, FSI_DISC_PARTITION_VIRTUAL);
	ck_assert_uint_eq(map.revision, 0x0250);
	ck_assert_uint_eq(map.partition_number, 5);
	ck_assert_uint_eq(size, 64);

	make_map(&bytes, "*UDF Sparable Partition");
	udf_put16(bytes, 40, 32);
	bytes[42] = 2;
	udf_put32(bytes, 44, 2048);
	udf_put32(bytes, 60, 99);
	ck_assert_int_eq(fsi_udf_get_map(bytes, 64, &map, &size), FSI_UDF_SOUND);
	ck_assert_int_eq(map.kind, FSI_DISC_PARTITION_SPARABLE);
	ck_assert(map.packet_blocks == 32 && map.table_count == 2);
	ck_assert(map.table_size == 2048 && map.tables[3] == 99);

	make_map(&bytes, "*UDF Metadata Partition");
	udf_put32(bytes, 40, 3);
	udf_put32(bytes, 44, 4);
	ck_assert_int_eq(fsi_udf_get_map(bytes, 64, &map, &size), FSI_UDF_SOUND);
	ck_assert_int_eq(map.kind, FSI_DISC_PARTITION_METADATA);
	ck_assert(map.main_file == 3 && map.mirror_file == 4);

	make_map(&bytes, "*UDF Virtual Partitiom");
	ck_assert_int_eq(fsi_udf_get_map(bytes, 64, &map, &size), FSI_UDF_SOUND);
	ck_assert_int_eq(map.kind, 0);
	ck_assert_str_eq(map.identifier, "*UDF Virtual Partitiom");
	bytes[0] = 3;
	ck_assert_int_eq(fsi_udf_get_map(bytes, 64, &map, &size), FSI_UDF_SOUND);
	ck_assert_int_eq(map.kind, 0);
}
END_TEST

/* ---- descriptors ------------------------------------------------------- */

START_TEST(the_table_of_maps_must_fit_its_block)
{
	uint8_t block[UDF_BLOCK] = {0};
	struct fsi_udf_logical_volume volume;

	udf_put32(block, 264, UDF_BLOCK - 440);
	ck_assert_int_eq(fsi_udf_get_logical_volume(block, UDF_BLOCK, &volume),
			 FSI_UDF_SOUND);
	ck_assert_ptr_eq(volume.maps, block + 440);
	udf_put32(block, 264, UDF_BLOCK - 439);
	ck_assert_int_eq(fsi_udf_get_logical_volume(block, UDF_BLOCK, &volume),
			 FSI_UDF_FAULT_LENGTH);
	udf_put32(block, 264, UINT32_MAX);
	ck_assert_int_eq(fsi_udf_get_logical_volume(block, UDF_BLOCK, &volume),
			 FSI_UDF_FAULT_LENGTH);
	udf_put32(block, 264, 512 - 440);
	ck_assert_int_eq(fsi_udf_get_logical_volume(block, 512, &volume), FSI_UDF_SOUND);
	udf_put32(block, 264, 512 - 439);
	ck_assert_int_eq(fsi_udf_get_logical_volume(block, 512, &volume),
			 FSI_UDF_FAULT_LENGTH);
}
END_TEST

START_TEST(what_udf_adds_to_integrity_must_fit_its_block)
{
	uint8_t block[UDF_BLOCK] = {0};
	struct fsi_udf_integrity integrity;
	const uint32_t maps =
		(UDF_BLOCK - 80 - 46) / 8; /* as many as there is room for */

	udf_put32(block, 28, 1);
	udf_put32(block, 72, maps);
	udf_put32(block, 76, 46);
	udf_put32(block, 80 + 8 * maps + 32, 123);
	fsi_udf_get_integrity(block, UDF_BLOCK, &integrity);
	ck_assert(integrity.is_closed && integrity.has_use);
	ck_assert_uint_eq(integrity.file_count, 123);
	udf_put32(block, 72, maps + 1);
	fsi_udf_get_integrity(block, UDF_BLOCK, &integrity);
	ck_assert(integrity.is_closed && !integrity.has_use);
	ck_assert_uint_eq(integrity.file_count, 0);
	udf_put32(block, 72, UINT32_MAX);
	fsi_udf_get_integrity(block, UDF_BLOCK, &integrity);
	ck_assert(!integrity.has_use);
	udf_put32(block, 72, 0);
	udf_put32(block, 76, 45);
	udf_put32(block, 28, 0);
	fsi_udf_get_integrity(block, UDF_BLOCK, &integrity);
	ck_assert(!integrity.is_closed && !integrity.has_use);
}
END_TEST

START_TEST(an_identifier_is_shown_in_ascii)
{
	struct fsi_udf_regid regid = {.flags = {0}};
	char text[24];

	fsi_udf_get_regid(&regid, &text);
	ck_assert_str_eq(text, "");
	memcpy(regid.identifier, "*UDF\x1B\xE9 ~\x7F", 9);
	fsi_udf_get_regid(&regid, &text);
	ck_assert_str_eq(text, "*UDF?? ~?");
	memset(regid.identifier, 'x', sizeof(regid.identifier));
	fsi_udf_get_regid(&regid, &text);
	ck_assert_uint_eq(strlen(text), 23);
	ck_assert(fsi_udf_regid_is(&regid, "xxxxxxxxxxxxxxxxxxxxxxx"));
	ck_assert(!fsi_udf_regid_is(&regid, "xxxxxxxxxxxxxxxxxxxxxx"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF volumes, decoding");
	TCase *tcase = tcase_create("descriptors");

	tcase_add_test(tcase, volume_structures_are_recognised_by_their_identifier);
	tcase_add_test(tcase, a_map_of_type_1_names_its_partition);
	tcase_add_test(tcase, a_map_must_be_there_as_a_whole);
	tcase_add_test(tcase, maps_of_type_2_are_known_by_their_identifier);
	tcase_add_test(tcase, the_table_of_maps_must_fit_its_block);
	tcase_add_test(tcase, what_udf_adds_to_integrity_must_fit_its_block);
	tcase_add_test(tcase, an_identifier_is_shown_in_ascii);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
