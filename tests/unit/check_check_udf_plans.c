/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in volumes of UDF, and of bridges, that take more than one field. */
#include "tests/support/checked.h"
#include "tests/support/udf_reader.h"
#include "tests/support/udf_volume.h"

#include <stdlib.h>
#include <string.h>

/* Blocks where our writer puts things. */
enum {
	VRS = 16,
	MAIN_PVD = 32,
	MAIN_PD = 34,
	MAIN_LVD,
	MAIN_USD,
	MAIN_TD,
	RESERVE_PVD = 64,
	LVID = 96,
	ANCHOR = 256
};

static struct checked volume;

static void copy_block(uint32_t to, uint32_t from)
{
	memcpy(checked_block(&volume, to), checked_block(&volume, from), FSI_BLOCK_SIZE);
}

static void wipe_block(uint32_t block)
{
	memset(checked_block(&volume, block), 0, FSI_BLOCK_SIZE);
}

static uint32_t last_block(void)
{
	return (uint32_t)(volume.size / FSI_BLOCK_SIZE) - 1;
}

/* In all anchors. */
static void put_in_anchors(size_t offset, uint32_t value)
{
	const uint32_t blocks[] = {ANCHOR, last_block() - 256, last_block()};

	for (unsigned i = 0; i < 3; i++) {
		udf_put32(checked_block(&volume, blocks[i]), offset, value);
		udf_reseal(checked_block(&volume, blocks[i]));
	}
}

static void put_in_last_anchor(size_t offset, uint32_t value)
{
	udf_put32(checked_block(&volume, last_block()), offset, value);
	udf_reseal(checked_block(&volume, last_block()));
}

static void a_partition_in_the_system_area(void)
{
	uint8_t *partition = checked_block(&volume, MAIN_PD);
	const uint32_t start = udf_u32(partition, 188);

	/* All is where it was, but for the root, which now is in block 9. */
	copy_block(9, start + 2);
	udf_put32(partition, 188, 7);
	udf_reseal(partition);
	copy_block(7, start);
	copy_block(8, start + 1);
}

static void a_gap_in_recognition(void)
{
	copy_block(20, VRS + 2);
	wipe_block(VRS + 2);
}

static void two_beginnings(void)
{
	copy_block(VRS + 3, VRS + 2);
	copy_block(VRS + 2, VRS + 1);
	copy_block(VRS + 1, VRS);
}

static void recognition_that_ends_late(void)
{
	for (unsigned i = 0; i < 3; i++) {
		copy_block(29 + i, VRS + i);
		wipe_block(VRS + i);
	}
}

static void one_anchor_only(void)
{
	wipe_block(last_block());
	wipe_block(last_block() - 256);
}

static void an_anchor_that_differs(void)
{
	put_in_last_anchor(24, 17 * FSI_BLOCK_SIZE);
}

static void an_anchor_of_another_state(void)
{
	put_in_last_anchor(20, RESERVE_PVD);
}

static void a_short_sequence(void)
{
	put_in_anchors(16, 15 * FSI_BLOCK_SIZE);
}

static void sequences_upon_each_other(void)
{
	put_in_anchors(28, 33);
}

static void a_sequence_behind_the_end(void)
{
	put_in_anchors(28, 0x7FFFFFFF);
}

/* A second primary volume descriptor behind the others, before their end. */
static void put_second_primary(size_t offset)
{
	uint8_t *second = checked_block(&volume, MAIN_TD);

	copy_block(MAIN_TD + 1, MAIN_TD);
	udf_put32(checked_block(&volume, MAIN_TD + 1), 12, MAIN_TD + 1);
	udf_reseal(checked_block(&volume, MAIN_TD + 1));
	copy_block(MAIN_TD, MAIN_PVD);
	udf_put32(second, 12, MAIN_TD);
	second[offset] ^= 1;
	udf_reseal(second);
}

static void two_volumes(void)
{
	put_second_primary(26);
}

static void two_descriptors_of_a_number(void)
{
	put_second_primary(430);
}

static void a_pointer_to_the_rest(void)
{
	uint8_t *pointer = checked_block(&volume, MAIN_TD);

	memset(pointer, 0, FSI_BLOCK_SIZE);
	udf_put32(pointer, 20, FSI_BLOCK_SIZE);
	udf_put32(pointer, 24, RESERVE_PVD + 5);
	udf_put16(pointer, 0, 3);
	udf_put16(pointer, 2, 2);
	udf_put16(pointer, 10, 496);
	udf_put32(pointer, 12, MAIN_TD);
	udf_reseal(pointer);
}

static void two_partition_maps(void)
{
	uint8_t *descriptor = checked_block(&volume, MAIN_LVD);

	memcpy(descriptor + 446, descriptor + 440, 6);
	udf_put32(descriptor, 264, 12);
	udf_put32(descriptor, 268, 2);
	udf_put16(descriptor, 10, 436);
	udf_reseal(descriptor);
}

static void free_space_that_is_used(void)
{
	uint8_t *descriptor = checked_block(&volume, MAIN_USD);

	udf_put32(descriptor, 20, 1);
	udf_put32(descriptor, 24, FSI_BLOCK_SIZE);
	udf_put32(descriptor, 28, LVID);
	udf_put16(descriptor, 10, 16);
	udf_reseal(descriptor);
}

static void a_file_set_elsewhere(void)
{
	uint8_t *set = checked_partition(&volume, 1);
	uint8_t *descriptor = checked_block(&volume, MAIN_LVD);

	memcpy(set, checked_partition(&volume, 0), FSI_BLOCK_SIZE);
	udf_put32(set, 12, 1);
	udf_reseal(set);
	udf_put32(descriptor, 252, 1);
	udf_put32(descriptor, 248, FSI_BLOCK_SIZE);
	udf_reseal(descriptor);
}

static void two_files_with_one_identifier(void)
{
	uint8_t *entry = checked_entry(&volume, "/big");

	memcpy(entry + 160, checked_entry(&volume, "/small") + 160, 8);
	udf_reseal(entry);
}

/* The reference in one name becomes that of another. */
static void lead_to(uint8_t *name, const uint8_t *other)
{
	memcpy(name + 20, other + 20, 10);
	udf_reseal(name);
}

static void a_file_that_is_a_directory_too(void)
{
	lead_to(checked_name(&volume, "/", "small"), checked_name(&volume, "/", "dir"));
}

static void a_directory_in_two_places(void)
{
	lead_to(checked_name(&volume, "/dir", "sub"), checked_name(&volume, "/", "dir"));
}

static void a_hard_link_that_is_not_counted(void)
{
	lead_to(checked_name(&volume, "/", "small"), checked_name(&volume, "/", "big"));
}

/* Give a file of 1.02 other allocation descriptors. */
static void put_extents(uint8_t *entry, const uint8_t *list, size_t size)
{
	memset(entry + 176, 0, 64);
	memcpy(entry + 176, list, size);
	udf_put32(entry, 172, (uint32_t)size);
	udf_put16(entry, 10, (unsigned)(160 + size));
	udf_reseal(entry);
}

static uint32_t block_of(const char *path)
{
	return udf_u32(checked_entry(&volume, path), 180);
}

static void an_extent_behind_half_a_block(void)
{
	const uint32_t block = block_of("/big");
	uint8_t list[16];

	udf_put_short(list, 0, 1000, block);
	udf_put_short(list + 8, 0, 4000, block + 1);
	put_extents(checked_entry(&volume, "/big"), list, sizeof(list));
}

static void an_extent_that_is_too_long(void)
{
	const uint32_t block = block_of("/big");
	uint8_t *entry = checked_entry(&volume, "/big");
	uint8_t list[16];

	udf_put64(entry, 56, UINT64_C(1) << 32);
	udf_put_short(list, 0, 0x3FFFFFFF, block);
	udf_put_short(list + 8, 0, 4000, block + 1);
	put_extents(entry, list, sizeof(list));
}

static void a_file_in_pieces(void)
{
	const uint32_t block = block_of("/big");
	uint8_t list[16];

	udf_put_short(list, 0, 2048, block + 1);
	udf_put_short(list + 8, 0, 2952, block);
	put_extents(checked_entry(&volume, "/big"), list, sizeof(list));
}

static void an_extent_behind_the_end_of_the_list(void)
{
	const uint32_t block = block_of("/big");
	uint8_t list[24];

	udf_put_short(list, 0, 5000, block);
	udf_put_short(list + 8, 0, 0, 0);
	udf_put_short(list + 16, 0, 2048, block);
	put_extents(checked_entry(&volume, "/big"), list, sizeof(list));
}

static void a_file_over_half_of_another(void)
{
	uint8_t *entry = checked_entry(&volume, "/big");

	udf_put32(entry, 180, block_of("/dir/inner") + 1);
	udf_reseal(entry);
}

static void an_extent_behind_the_end_of_the_file(void)
{
	const uint32_t block = block_of("/big");
	uint8_t list[16];

	udf_put_short(list, 0, 6144, block);
	udf_put_short(list + 8, 0, 2048, block + 3);
	put_extents(checked_entry(&volume, "/big"), list, sizeof(list));
}

static void rubbish_behind_a_file(void)
{
	const uint32_t start = udf_u32(checked_block(&volume, MAIN_PD), 188);

	checked_block(&volume, start + block_of("/big") + 2)[2000] = 1;
}

/* A bridge in which one file lies in its entry. */
static void a_file_in_its_entry(void)
{
	uint8_t *entry = checked_entry(&volume, "/small");

	udf_put16(entry, 34, 3);
	udf_put64(entry, 56, 8);
	udf_put64(entry, 64, 0);
	udf_reseal(entry);
}

static void a_directory_with_rubbish(void)
{
	uint8_t *entry = checked_entry(&volume, "/");
	const uint32_t size = udf_u32(entry, 56) + 8;

	udf_put32(entry, 56, size);
	udf_put32(entry, 176, size);
	udf_reseal(entry);
}

static void a_directory_in_pieces(void)
{
	uint8_t *entry = checked_entry(&volume, "/");
	const uint32_t size = udf_u32(entry, 56);
	const uint32_t block = udf_u32(entry, 180);
	const uint32_t start = udf_u32(checked_block(&volume, MAIN_PD), 188);
	const uint32_t spare = last_block() - 257 - start;
	uint8_t list[16];

	/* Long enough for a second block, which begins with zeros. */
	memset(checked_block(&volume, start + spare), 0, FSI_BLOCK_SIZE);
	udf_put_short(list, 0, 2048, block);
	udf_put_short(list + 8, 0, size, spare);
	udf_put32(entry, 56, 2048 + size);
	put_extents(entry, list, sizeof(list));
}

static void a_name_of_a_system(void)
{
	uint8_t *name = checked_name(&volume, "/", "big");

	memcpy(name + 38, "\x08.\0\0", 4);
	name[19] = 2;
	udf_put16(name, 10, 24);
	udf_reseal(name);
}

static void implementation_use_of_odd_length(void)
{
	uint8_t *name = checked_name(&volume, "/", "small");

	/* The name gives up 4 of its 6 bytes. */
	udf_put16(name, 36, 4);
	name[19] = 2;
	memcpy(name + 38, "\0\0\0\0\x08s", 6);
	udf_reseal(name);
}

/* Insert extended attributes into the entry of "/big". */
static void put_attributes(const uint8_t *attributes, size_t size)
{
	uint8_t *entry = checked_entry(&volume, "/big");
	const bool is_extended = udf_u16(entry, 0) == 266;
	const size_t head = is_extended ? 216 : 176;
	const size_t used = udf_u32(entry, head - 4);
	const uint32_t none = is_extended ? UINT32_MAX : (uint32_t)(24 + size);
	struct udf_volume like = {.revision = volume.revision};
	uint8_t *space = entry + head;

	memmove(space + 24 + size, space, used);
	memset(space, 0, 24);
	udf_put32(space, 16, size > 0 && attributes[1] == 8 ? 24 : none);
	udf_put32(space, 20, none);
	udf_seal(&like, space, 262, 24, udf_u32(entry, 12));
	udf_put16(space, 6, udf_u16(entry, 6));
	udf_reseal(space);
	memcpy(space + 24, attributes, size);
	udf_put32(entry, head - 8, (uint32_t)(24 + size));
	udf_put16(entry, 10, (unsigned)(head - 16 + 24 + size + used));
	udf_reseal(entry);
}

static void an_attribute_with_a_wrong_checksum(void)
{
	uint8_t attribute[52] = {0, 8, 0, 0, 1, 0, 0, 0, 52, 0, 0, 0, 4};

	memcpy(attribute + 17, "*UDF FreeEASpace", 16);
	udf_put16(attribute, 40, volume.revision);
	put_attributes(attribute, sizeof(attribute));
}

static void a_second_creation_time(void)
{
	uint8_t attribute[32] = {5, 0, 0, 0, 1, 0, 0, 0, 32, 0, 0, 0, 12, 0, 0, 0, 1};

	memcpy(attribute + 20, checked_entry(&volume, "/big") + 104, 12);
	put_attributes(attribute, sizeof(attribute));
}

/* The directory of the streams of "/big", which the partition begins with. */
static uint8_t *stream_directory(void)
{
	return checked_partition(&volume, udf_u32(checked_entry(&volume, "/big"), 156));
}

static uint8_t *names_of_streams(void)
{
	return checked_partition(&volume, udf_u32(stream_directory(), 220));
}

static void streams_of_another_file(void)
{
	uint8_t *parent = names_of_streams();

	udf_put32(parent, 24, udf_u32(parent, 24) + 1);
	udf_reseal(parent);
}

static void a_stream_marked_as_metadata(void)
{
	uint8_t *name = names_of_streams() + 40;

	name[18] |= 0x10;
	udf_reseal(name);
}

static void a_mirror_that_differs(void)
{
	const uint8_t *map = checked_block(&volume, MAIN_LVD) + 446;
	const uint32_t start = udf_u32(checked_block(&volume, MAIN_PD), 188);
	const uint8_t *entry = checked_block(&volume, start + udf_u32(map, 44));
	uint8_t *mirror = checked_block(&volume, start + udf_u32(entry, 220));

	mirror[FSI_BLOCK_SIZE - 1] ^= 1;
}

static void an_image_cut_off(void)
{
	volume.size -= FSI_BLOCK_SIZE;
}

static void a_volume_with_two_names(void)
{
	uint8_t *descriptor = checked_block(&volume, MAIN_PVD);

	descriptor[26] = '?';
	udf_reseal(descriptor);
}

static void a_partition_over_its_anchors(void)
{
	uint8_t *descriptor = checked_block(&volume, MAIN_PD);

	udf_put32(descriptor, 192, last_block() + 1 - udf_u32(descriptor, 188));
	udf_reseal(descriptor);
	wipe_block(ANCHOR);
}

static void udf_before_iso_9660_has_ended(void)
{
	/* Behind the primary and the Joliet descriptor. */
	checked_block(&volume, 18)[0] = 1;
}

static void a_space_size_that_is_too_small(void)
{
	uint8_t *descriptor = checked_block(&volume, 16);

	descriptor[80] = descriptor[87] = 1;
	descriptor[81] = descriptor[86] = 0;
}

static void a_file_that_is_longer_in_udf(void)
{
	uint8_t *entry = checked_entry(&volume, "/dir/inner");

	udf_put64(entry, 56, 4095);
	udf_put32(entry, 176, 4095);
	udf_reseal(entry);
}

static void a_file_that_lies_elsewhere_in_udf(void)
{
	uint8_t *entry = checked_entry(&volume, "/dir/inner");

	udf_put32(entry, 180, udf_u32(entry, 180) + 1);
	udf_reseal(entry);
}

static void a_name_that_windows_forbids(void)
{
	uint8_t *name = checked_name(&volume, "/", "big");

	name[39] = ':';
	udf_reseal(name);
}

static void half_a_block_at_the_end(void)
{
	volume.size -= 1000;
}

struct plan {
	const char *statement;
	uint16_t revision;
	bool is_bridge;
	void (*plant)(void);
};

static const struct plan plans[] = {
	{"U-001", 0x102, false, a_partition_in_the_system_area},
	{"U-002", 0x102, false, a_gap_in_recognition},
	{"U-004", 0x102, true, udf_before_iso_9660_has_ended},
	{"U-007", 0x201, false, two_beginnings},
	{"U-010", 0x102, false, recognition_that_ends_late},
	{"U-011", 0x102, false, one_anchor_only},
	{"U-012", 0x150, false, one_anchor_only},
	{"U-015", 0x102, false, an_anchor_that_differs},
	{"U-016", 0x102, false, a_short_sequence},
	{"U-017", 0x102, false, sequences_upon_each_other},
	{"U-017", 0x102, false, a_sequence_behind_the_end},
	{"U-018", 0x260, false, sequences_upon_each_other},
	{"U-019", 0x102, false, an_anchor_of_another_state},
	{"U-030", 0x102, false, two_volumes},
	{"U-033", 0x102, false, two_descriptors_of_a_number},
	{"U-034", 0x102, false, a_pointer_to_the_rest},
	{"U-053", 0x150, false, two_partition_maps},
	{"U-055", 0x102, false, free_space_that_is_used},
	{"U-079", 0x102, false, a_file_set_elsewhere},
	{"U-089", 0x102, false, a_hard_link_that_is_not_counted},
	{"U-090", 0x102, false, an_extent_behind_the_end_of_the_file},
	{"U-099", 0x102, false, two_files_with_one_identifier},
	{"U-101", 0x102, false, a_file_that_is_a_directory_too},
	{"U-103", 0x102, false, an_extent_behind_the_end_of_the_list},
	{"U-104", 0x102, false, an_extent_behind_half_a_block},
	{"U-105", 0x102, false, an_extent_that_is_too_long},
	{"U-108", 0x102, false, a_file_over_half_of_another},
	{"U-112", 0x102, true, a_file_in_its_entry},
	{"U-113", 0x102, false, rubbish_behind_a_file},
	{"U-114", 0x102, false, a_file_in_pieces},
	{"U-115", 0x102, false, a_directory_with_rubbish},
	{"U-122", 0x102, false, implementation_use_of_odd_length},
	{"U-127", 0x102, false, a_name_of_a_system},
	{"U-131", 0x102, false, a_directory_in_two_places},
	{"U-134", 0x102, false, a_directory_in_pieces},
	{"U-138", 0x102, false, an_attribute_with_a_wrong_checksum},
	{"U-141", 0x201, false, a_second_creation_time},
	{"U-142", 0x201, false, streams_of_another_file},
	{"U-144", 0x201, false, a_stream_marked_as_metadata},
	{"U-151", 0x250, false, a_mirror_that_differs},
	{"U-162", 0x102, true, a_file_that_is_longer_in_udf},
	{"U-163", 0x102, true, a_file_that_lies_elsewhere_in_udf},
	{"U-165", 0x102, true, a_space_size_that_is_too_small},
	{"U-166", 0x102, false, a_partition_over_its_anchors},
	{"U-167", 0x102, false, an_image_cut_off},
	{"U-170", 0x102, false, a_volume_with_two_names},
	{"C-002", 0x102, false, half_a_block_at_the_end},
	{"C-008", 0x102, false, a_name_that_windows_forbids},
};

#define PLANS (int)(sizeof(plans) / sizeof(plans[0]))

START_TEST(a_plan_breaks_its_statement)
{
	const struct plan *plan = &plans[_i];

	checked_make(&volume, plan->is_bridge ? BRIDGE : UDF, plan->revision);
	plan->plant();
	checked_assert_found(&volume, plan->statement);
	checked_free(&volume);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check of UDF, planned faults");
	TCase *tcase = tcase_create("faults");

	tcase_add_loop_test(tcase, a_plan_breaks_its_statement, 0, PLANS);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
