/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Master boot records and GUID partition tables, byte by byte. */
#include "boot/gpt.h"
#include "boot/mbr.h"
#include "tests/support/api.h"

#include <string.h>

/* 64 heads of 32 sectors, and 255 of 63, in 1024 cylinders each. */
#define SMALL_DISK UINT64_C(2097152)
#define LARGE_DISK UINT64_C(16450560)

#define GPT_DISK 2048u
#define IDENTITY UINT64_C(0x0123456789ABCDEF)

/* ---- master boot records ----------------------------------------------- */

static const struct {
	uint64_t disk_sectors;
	struct fsi_mbr_partition partition;
	const char *bytes;
} entries[] = {
	/* The whole of a disk, from its first sector. */
	{2048,
	 {true, 0x17, 0, 2048},
	 "\x80\x00\x01\x00\x17\x3F\x20\x00\x00\x00\x00\x00\x00\x08\x00\x00"},
	/* One that begins and ends inside a track. */
	{8192,
	 {false, 0xEF, 1204, 5760},
	 "\x00\x25\x15\x00\xEF\x19\x14\x03\xB4\x04\x00\x00\x80\x16\x00\x00"},
	/* One sector. */
	{2048,
	 {true, 0x00, 0, 1},
	 "\x80\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00"},
	/* The last sector that the small geometry reaches, */
	{SMALL_DISK,
	 {false, 0xCD, SMALL_DISK - 1, 1},
	 "\x00\x3F\xE0\xFF\xCD\x3F\xE0\xFF\xFF\xFF\x1F\x00\x01\x00\x00\x00"},
	/* one beyond it, which takes the large one, */
	{SMALL_DISK + 4,
	 {false, 0xCD, SMALL_DISK, 4},
	 "\x00\x8A\x09\x82\xCD\x8A\x0C\x82\x00\x00\x20\x00\x04\x00\x00\x00"},
	/* the last one of that, */
	{LARGE_DISK,
	 {false, 0xCD, LARGE_DISK - 1, 1},
	 "\x00\xFE\xFF\xFF\xCD\xFE\xFF\xFF\xFF\x03\xFB\x00\x01\x00\x00\x00"},
	/* and one that no geometry reaches. */
	{LARGE_DISK + 4,
	 {false, 0xCD, LARGE_DISK, 4},
	 "\x00\xFE\xFF\xFF\xCD\xFE\xFF\xFF\x00\x04\xFB\x00\x04\x00\x00\x00"},
	/* As many sectors as 32 bits count, and one more. */
	{UINT64_C(0x100000000),
	 {false, 0xEE, 1, 0xFFFFFFFF},
	 "\x00\x00\x02\x00\xEE\xFE\xFF\xFF\x01\x00\x00\x00\xFF\xFF\xFF\xFF"},
	{UINT64_C(0x100000001),
	 {false, 0xEE, 1, UINT64_C(0x100000000)},
	 "\x00\x00\x02\x00\xEE\xFE\xFF\xFF\x01\x00\x00\x00\xFF\xFF\xFF\xFF"},
	/* None. */
	{2048, {true, 0x17, 7, 0}, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"},
};

START_TEST(an_entry_is_sixteen_bytes)
{
	struct fsi_mbr mbr = {.disk_sectors = entries[_i].disk_sectors};
	static const uint8_t none[16];
	struct fsi_mbr_record record;

	memset(&record, 0xEE, sizeof(record));
	mbr.partitions[2] = entries[_i].partition;
	fsi_mbr_put(&mbr, &record);
	ck_assert_mem_eq(&record.entries[2], entries[_i].bytes, 16);
	ck_assert_mem_eq(&record.entries[0], none, 16);
	ck_assert_mem_eq(&record.entries[1], none, 16);
	ck_assert_mem_eq(&record.entries[3], none, 16);
}
END_TEST

START_TEST(a_record_has_an_identity_and_a_signature_and_keeps_its_code)
{
	const struct fsi_mbr mbr = {.disk_id = 0x12345678, .disk_sectors = 2048};
	struct fsi_mbr_record record;
	uint8_t bytes[512];

	memset(&record, 0xC3, sizeof(record));
	ck_assert(!fsi_mbr_has_signature(&record));
	fsi_mbr_put(&mbr, &record);
	ck_assert(fsi_mbr_has_signature(&record));
	memcpy(bytes, &record, sizeof(bytes));
	ck_assert_uint_eq(bytes[439], 0xC3);
	ck_assert_mem_eq(bytes + 440, "\x78\x56\x34\x12\x00\x00", 6);
	ck_assert_mem_eq(bytes + 510, "\x55\xAA", 2);
}
END_TEST

/* ---- GUID partition tables --------------------------------------------- */

static uint8_t disk[GPT_DISK][FSI_SECTOR_SIZE];

static struct fsi_gpt table(void)
{
	struct fsi_gpt gpt = {
		.identity = IDENTITY, .disk_sectors = GPT_DISK, .partition_count = 2};

	gpt.partitions[0] = (struct fsi_gpt_partition){
		.type = &fsi_gpt_basic_data,
		.first_sector = 64,
		.last_sector = 1203,
		.attributes = FSI_GPT_READ_ONLY,
		.name = "0123456789abcdefghijklmnopqrstuvwxyz",
	};
	gpt.partitions[1] = (struct fsi_gpt_partition){
		.type = &fsi_gpt_efi_system,
		.first_sector = 1204,
		.last_sector = UINT64_C(0x123456789A),
		.name = "",
	};
	return gpt;
}

static void render(const struct fsi_gpt *gpt)
{
	memset(disk, 0, sizeof(disk));
	for (uint32_t i = 0; i < GPT_DISK; i++)
		fsi_gpt_put_sector(gpt, i, &disk[i]);
}

static uint64_t number_at(const uint8_t *bytes, unsigned width)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint64_t)bytes[i] << 8 * i;
	return value;
}

/* CRC-32 bit by bit, as UEFI 5.3.2 asks for: that of IEEE 802.3. */
static uint32_t crc_by_bits(const uint8_t *bytes, size_t length, size_t hole)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < length; i++) {
		crc ^= i >= hole && i < hole + 4 ? 0 : bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc;
}

static const struct {
	uint32_t sector;
	uint32_t other;
	uint32_t array;
} headers[] = {{1, GPT_DISK - 1, 2}, {GPT_DISK - 1, 1, GPT_DISK - 33}};

START_TEST(a_header_describes_its_disk_and_its_array)
{
	const struct fsi_gpt gpt = table();
	const uint8_t *header = disk[headers[_i].sector];
	static const uint8_t zeros[FSI_SECTOR_SIZE - 92];

	render(&gpt);
	ck_assert_mem_eq(header, "EFI PART\0\0\1\0\x5C\0\0\0", 16);
	ck_assert_uint_eq(number_at(header + 16, 4), crc_by_bits(header, 92, 16));
	ck_assert_uint_eq(number_at(header + 20, 4), 0);
	ck_assert_uint_eq(number_at(header + 24, 8), headers[_i].sector);
	ck_assert_uint_eq(number_at(header + 32, 8), headers[_i].other);
	ck_assert_uint_eq(number_at(header + 40, 8), 64);
	ck_assert_uint_eq(number_at(header + 48, 8), GPT_DISK - 34);
	ck_assert_uint_eq(number_at(header + 72, 8), headers[_i].array);
	ck_assert_uint_eq(number_at(header + 80, 4), 128);
	ck_assert_uint_eq(number_at(header + 84, 4), 128);
	ck_assert_uint_eq(number_at(header + 88, 4),
			  crc_by_bits(disk[headers[_i].array], 16384, SIZE_MAX - 8));
	ck_assert_mem_eq(header + 92, zeros, sizeof(zeros));
}
END_TEST

START_TEST(an_entry_describes_a_partition)
{
	const struct fsi_gpt gpt = table();
	const uint8_t *first = disk[headers[_i].array];
	const uint8_t *second = first + 128;

	render(&gpt);
	ck_assert_mem_eq(first,
			 "\xA2\xA0\xD0\xEB\xE5\xB9\x33\x44"
			 "\x87\xC0\x68\xB6\xB7\x26\x99\xC7",
			 16);
	ck_assert_uint_eq(number_at(first + 32, 8), 64);
	ck_assert_uint_eq(number_at(first + 40, 8), 1203);
	ck_assert_uint_eq(number_at(first + 48, 8), UINT64_C(1) << 60);
	ck_assert_mem_eq(first + 56, "0\0001\0002\000", 6);
	/* As many characters as it holds. */
	ck_assert_mem_eq(first + 124, "y\0z\0", 4);
	ck_assert_mem_eq(second,
			 "\x28\x73\x2A\xC1\x1F\xF8\xD2\x11"
			 "\xBA\x4B\x00\xA0\xC9\x3E\xC9\x3B",
			 16);
	ck_assert_uint_eq(number_at(second + 40, 8), UINT64_C(0x123456789A));
	ck_assert_uint_eq(number_at(second + 56, 8), 0);
	/* Others are not used. */
	ck_assert_uint_eq(number_at(second + 128, 8), 0);
	ck_assert_uint_eq(number_at(second + 144, 8), 0);
}
END_TEST

START_TEST(nothing_else_is_touched)
{
	const struct fsi_gpt gpt = table();
	static const uint8_t zeros[FSI_SECTOR_SIZE];

	render(&gpt);
	ck_assert_mem_eq(disk[0], zeros, sizeof(zeros));
	for (uint32_t i = 3; i < GPT_DISK - 1; i++) {
		if (i != GPT_DISK - 33)
			ck_assert_mem_eq(disk[i], zeros, sizeof(zeros));
	}
	ck_assert_mem_eq(disk[2], disk[GPT_DISK - 33], FSI_SECTOR_SIZE);
}
END_TEST

/* All GUIDs of a table: the disk's and those of its two partitions. */
static void collect_guids(const struct fsi_gpt *gpt, uint8_t (*ret_guids)[3][16])
{
	render(gpt);
	memcpy((*ret_guids)[0], disk[1] + 56, 16);
	memcpy((*ret_guids)[1], disk[2] + 16, 16);
	memcpy((*ret_guids)[2], disk[2] + 128 + 16, 16);
}

START_TEST(guids_follow_from_the_identity_and_differ)
{
	struct fsi_gpt gpt = table();
	uint8_t guids[3][3][16];

	collect_guids(&gpt, &guids[0]);
	collect_guids(&gpt, &guids[2]);
	ck_assert_mem_eq(guids[0], guids[2], sizeof(guids[0]));
	gpt.identity++;
	collect_guids(&gpt, &guids[1]);
	gpt.identity++;
	collect_guids(&gpt, &guids[2]);
	for (int i = 0; i < 9; i++) {
		const uint8_t *guid = guids[i / 3][i % 3];

		for (int j = 0; j < i; j++)
			ck_assert_mem_ne(guid, guids[j / 3][j % 3], 16);
		/* RFC 9562: version 8, and its variant. */
		ck_assert_uint_eq(guid[7] >> 4, 8);
		ck_assert_uint_eq(guid[8] >> 6, 2);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("partition_tables");
	TCase *mbr = tcase_create("mbr");
	TCase *gpt = tcase_create("gpt");

	tcase_add_loop_test(mbr, an_entry_is_sixteen_bytes, 0,
			    sizeof(entries) / sizeof(entries[0]));
	tcase_add_test(mbr, a_record_has_an_identity_and_a_signature_and_keeps_its_code);
	suite_add_tcase(suite, mbr);
	tcase_add_loop_test(gpt, a_header_describes_its_disk_and_its_array, 0, 2);
	tcase_add_loop_test(gpt, an_entry_describes_a_partition, 0, 2);
	tcase_add_test(gpt, nothing_else_is_touched);
	tcase_add_test(gpt, guids_follow_from_the_identity_and_differ);
	suite_add_tcase(suite, gpt);
	return api_run(suite);
}
