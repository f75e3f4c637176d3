/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume descriptors (ECMA-119 8, Joliet, El Torito 2.0) and their numbers. */
#include "check/iso.h"

#include "boot/records.h"

#include <inttypes.h>

/* Nobody writes more; behind them may be an anchor of UDF. */
#define DESCRIPTORS_MAX 240u

/* Where the first one is damaged, others are looked for so far. */
#define SEARCHED_BLOCKS 16u

/* ---- each descriptor --------------------------------------------------- */

static const char *name_of(const struct fsi_check_tree *tree)
{
	static const char *const names[FSI_CHECK_TREES] = {
		[FSI_CHECK_PRIMARY] = "primary volume descriptor",
		[FSI_CHECK_JOLIET] = "Joliet volume descriptor",
		[FSI_CHECK_ENHANCED] = "enhanced volume descriptor",
	};

	return names[tree->kind];
}

static void check_numbers(struct fsi_check_tree *tree,
			  const struct fsi_check_place *place)
{
	struct fsi_check_iso *iso = tree->iso;
	const struct fsi_iso9660_volume_descriptor *descriptor = &tree->descriptor;
	const uint32_t volume_blocks = fsi_check_both32(iso, place, "volume space size",
							&descriptor->volume_space_size);
	const uint16_t set_size = fsi_check_both16(iso, place, "volume set size",
						   &descriptor->volume_set_size);
	const uint16_t block_size = fsi_check_both16(iso, place, "logical block size",
						     &descriptor->logical_block_size);

	tree->sequence_number = fsi_check_both16(iso, place, "volume sequence number",
						 &descriptor->volume_sequence_number);
	fsi_check_both32(iso, place, "path table size", &descriptor->path_table_size);
	tree->is_there =
		fsi_check_number(iso->check, FSI_I_008, place, "logical block size",
				 FSI_BLOCK_SIZE, block_size);
	if (set_size == 0 || tree->sequence_number == 0 ||
	    tree->sequence_number > set_size)
		fsi_check_tell(iso->check, FSI_I_009, place, NULL,
			       "The %s is of volume %u of %u", place->structure,
			       tree->sequence_number, set_size);
	if (iso->volume_blocks == 0)
		iso->volume_blocks = volume_blocks;
	fsi_check_number(iso->check, FSI_I_010, place, "volume space size",
			 iso->volume_blocks, volume_blocks);
}

static void check_zeros(struct fsi_check_tree *tree, const struct fsi_check_place *place)
{
	const struct fsi_iso9660_volume_descriptor *descriptor = &tree->descriptor;
	const bool is_primary = tree->kind == FSI_CHECK_PRIMARY;
	const enum fsi_statement statement = is_primary ? FSI_I_006 : FSI_I_007;
	struct fsi_check *check = tree->iso->check;
	const struct {
		const char *field;
		const uint8_t *bytes;
		size_t length;
	} fields[] = {
		{"unused field at byte 72", descriptor->unused_73,
		 sizeof(descriptor->unused_73)},
		{"reserved byte 882", descriptor->reserved_883,
		 sizeof(descriptor->reserved_883)},
		{"reserved field at byte 1395", descriptor->reserved_1396,
		 sizeof(descriptor->reserved_1396)},
		{"unused byte 7", descriptor->volume_flags, 1},
		{"unused field at byte 88", descriptor->escape_sequences,
		 sizeof(descriptor->escape_sequences)},
	};

	for (size_t i = 0; i < (is_primary ? 5u : 3u); i++) {
		const size_t at = (size_t)(fields[i].bytes - (const uint8_t *)descriptor);
		const struct fsi_check_place there = fsi_check_at(place, at);

		fsi_check_zero(check, statement, &there, fields[i].field, fields[i].bytes,
			       fields[i].length);
	}
	/* ECMA-119 8.5.3: bit 0 says whether the escapes are registered. */
	if (!is_primary && (descriptor->volume_flags[0] & 0xFE) != 0)
		fsi_check_hex(check, statement, place, "volume flags",
			      descriptor->volume_flags[0] & 1u,
			      descriptor->volume_flags[0]);
}

static void check_escapes(struct fsi_check_tree *tree,
			  const struct fsi_check_place *place)
{
	const uint8_t *escapes = tree->descriptor.escape_sequences;
	const struct fsi_check_place there = fsi_check_at(place, 88);

	if (tree->kind == FSI_CHECK_JOLIET)
		fsi_check_zero(tree->iso->check, FSI_I_019, &there,
			       "field behind the escape sequence", escapes + 3, 29);
	if (tree->kind == FSI_CHECK_ENHANCED)
		fsi_check_zero(tree->iso->check, FSI_I_021, &there, "escape sequences",
			       escapes, 32);
}

/* Takes over the block. A second one of a kind is looked at no further. */
static void check_volume(struct fsi_check_iso *iso, const uint8_t *block, uint32_t number,
			 enum fsi_check_tree_kind kind)
{
	struct fsi_check_tree *tree = &iso->trees[kind];
	const struct fsi_check_place place = {(uint64_t)number * FSI_BLOCK_SIZE,
					      name_of(tree), NULL, false};

	if (kind == FSI_CHECK_JOLIET)
		iso->check->file_system = FSI_FILE_SYSTEM_JOLIET;
	fsi_check_claim(iso, number, 1, place.structure, NULL);
	if (tree->offset != 0) {
		fsi_check_tell(iso->check, FSI_I_020, &place, NULL,
			       "There is more than one %s", place.structure);
	} else {
		tree->offset = place.offset;
		memcpy(&tree->descriptor, block, sizeof(tree->descriptor));
		check_numbers(tree, &place);
		check_zeros(tree, &place);
		check_escapes(tree, &place);
		fsi_check_number(iso->check, FSI_I_017, &place, "file structure version",
				 kind == FSI_CHECK_ENHANCED ? 2 : 1,
				 tree->descriptor.file_structure_version[0]);
		fsi_check_iso_texts(tree);
	}
	fsi_findings_add_file_system(iso->check->findings, iso->check->file_system);
	iso->check->file_system = FSI_FILE_SYSTEM_ISO9660;
}

static void check_primary(struct fsi_check_iso *iso, const uint8_t *block,
			  uint32_t number)
{
	const struct fsi_check_place place = {(uint64_t)number * FSI_BLOCK_SIZE,
					      "primary volume descriptor", NULL, false};

	fsi_check_number(iso->check, FSI_I_001, &place, "version", 1, block[6]);
	check_volume(iso, block, number, FSI_CHECK_PRIMARY);
}

static void check_supplementary(struct fsi_check_iso *iso, const uint8_t *block,
				uint32_t number)
{
	const struct fsi_check_place place = {(uint64_t)number * FSI_BLOCK_SIZE,
					      "supplementary volume descriptor", NULL,
					      false};
	const uint8_t version = block[6];

	if (fsi_iso9660_joliet_level(block) > 0) {
		fsi_check_number(iso->check, FSI_I_019, &place, "version", 1, version);
		if (iso->trees[FSI_CHECK_ENHANCED].offset != 0)
			fsi_check_tell(iso->check, FSI_I_020, &place, NULL,
				       "The enhanced volume descriptor stands before "
				       "Joliet's, where some systems stop searching");
		check_volume(iso, block, number, FSI_CHECK_JOLIET);
	} else if (version == 2) {
		check_volume(iso, block, number, FSI_CHECK_ENHANCED);
	} else if (version != 1) {
		fsi_check_number(iso->check, FSI_I_021, &place, "version", 2, version);
	} else {
		fsi_check_claim(iso, number, 1, place.structure, NULL);
		fsi_check_tell(iso->check, FSI_I_019, &place,
			       &(struct fsi_check_details){
				       .expected = "25 2F 40, 43 or 45",
				       .found = FSI_TEXT("%02X %02X %02X", block[88],
							 block[89], block[90])},
			       "The escape sequence of the %s is none of Joliet's",
			       place.structure);
	}
}

/* ECMA-119 8.2, El Torito 2.0 */
static void check_boot_record(struct fsi_check_iso *iso, const uint8_t *block,
			      uint32_t number)
{
	static const char system_id[32] = FSI_BOOT_SYSTEM_ID;
	FSI_RECORD(fsi_boot_record, record, block);
	const struct fsi_check_place place = {(uint64_t)number * FSI_BLOCK_SIZE,
					      "boot record", NULL, false};
	struct fsi_check *check = iso->check;

	fsi_check_claim(iso, number, 1, place.structure, NULL);
	fsi_check_number(check, FSI_I_003, &place, "block", iso->first_block + 1, number);
	fsi_check_number(check, FSI_I_022, &place, "version", 1, block[6]);
	if (memcmp(record->boot_system_id, system_id, sizeof(system_id)) != 0) {
		fsi_check_tell(check, FSI_I_022, &place, NULL,
			       "The boot system identifier of the boot record is not "
			       "\"EL TORITO SPECIFICATION\"");
		return;
	}
	fsi_check_zero(check, FSI_I_022, &place, "unused field at byte 39",
		       record->boot_id, sizeof(record->boot_id));
	fsi_check_zero(check, FSI_I_022, &place, "unused field at byte 75",
		       record->reserved, sizeof(record->reserved));
	iso->has_boot_record = true;
	iso->catalog_block = fsi_get_le32(&record->catalog_block);
	if (iso->catalog_block > iso->first_block &&
	    fsi_check_is_inside(iso, iso->catalog_block, FSI_BLOCK_SIZE))
		return;
	iso->has_boot_record = false;
	fsi_check_tell(check, FSI_I_022, &place, NULL,
		       "The boot catalog would be in block %" PRIu32
		       ", which is no place for it",
		       iso->catalog_block);
}

static void check_terminator(struct fsi_check_iso *iso, const uint8_t *block,
			     uint32_t number)
{
	const struct fsi_check_place place = {(uint64_t)number * FSI_BLOCK_SIZE,
					      "volume descriptor set terminator", NULL,
					      false};

	iso->terminator_block = number;
	fsi_check_claim(iso, number, 1, place.structure, NULL);
	fsi_check_number(iso->check, FSI_I_002, &place, "version", 1, block[6]);
	fsi_check_zero(iso->check, FSI_I_002, &place, "reserved field", block + 7,
		       FSI_BLOCK_SIZE - 7);
}

static void check_descriptor(struct fsi_check_iso *iso, const uint8_t *block,
			     uint32_t number)
{
	const struct fsi_check_place place = {(uint64_t)number * FSI_BLOCK_SIZE,
					      "volume descriptor", NULL, false};

	switch (block[0]) {
	case 0:
		check_boot_record(iso, block, number);
		break;
	case FSI_ISO9660_PRIMARY:
		check_primary(iso, block, number);
		break;
	case FSI_ISO9660_SUPPLEMENTARY:
		check_supplementary(iso, block, number);
		break;
	case FSI_ISO9660_PARTITION:
		fsi_check_claim(iso, number, 1, "volume partition descriptor", NULL);
		break;
	case FSI_ISO9660_TERMINATOR:
		check_terminator(iso, block, number);
		break;
	default:
		fsi_check_tell(
			iso->check, FSI_I_004, &place,
			&(struct fsi_check_details){.expected = "0, 1, 2, 3 or 255",
						    .found = FSI_TEXT("%u", block[0])},
			"A volume descriptor has type %u", block[0]);
		break;
	}
}

/* ---- all of them ------------------------------------------------------- */

static bool read_block(const struct fsi_check_iso *iso, uint32_t number, uint8_t *block)
{
	return fsi_check_read(iso->check, (uint64_t)number * FSI_BLOCK_SIZE, block,
			      FSI_BLOCK_SIZE);
}

/* Whether there is any, though the first one may be damaged. */
static bool are_there_any(const struct fsi_check_iso *iso)
{
	uint8_t block[FSI_BLOCK_SIZE];

	for (uint32_t n = 0; n < SEARCHED_BLOCKS; n++) {
		if (read_block(iso, iso->first_block + n, block) &&
		    fsi_iso9660_is_descriptor(block))
			return true;
	}
	return false;
}

static void tell_no_descriptor(const struct fsi_check_iso *iso, uint32_t number)
{
	const struct fsi_check_place place = {(uint64_t)number * FSI_BLOCK_SIZE,
					      "volume descriptor", NULL, false};

	fsi_check_tell(iso->check, FSI_I_002, &place, NULL,
		       "Block %" PRIu32 " holds no volume descriptor, and no terminator "
		       "was before it",
		       number);
}

static void check_first(const struct fsi_check_iso *iso)
{
	const struct fsi_check_tree *primary = &iso->trees[FSI_CHECK_PRIMARY];
	const struct fsi_check_place place = {(uint64_t)iso->first_block * FSI_BLOCK_SIZE,
					      "volume descriptor", NULL, false};

	if (primary->offset != place.offset)
		fsi_check_tell(iso->check, FSI_I_001, &place, NULL,
			       "Block %" PRIu32 " does not hold the primary volume "
			       "descriptor",
			       iso->first_block);
}

/* A volume that is longer than the image was probably cut off. */
static void check_length(const struct fsi_check_iso *iso)
{
	const struct fsi_check_place place = {iso->trees[FSI_CHECK_PRIMARY].offset,
					      "primary volume descriptor", NULL, false};

	if (iso->volume_blocks > iso->check->block_count)
		fsi_check_tell(iso->check, FSI_I_010, &place,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("at least %" PRIu32 " blocks",
							    iso->volume_blocks),
				       .found = FSI_TEXT("%" PRIu32 " blocks",
							 iso->check->block_count)},
			       "The volume has %" PRIu32
			       " blocks, the image only %" PRIu32,
			       iso->volume_blocks, iso->check->block_count);
}

bool fsi_check_iso_descriptors(struct fsi_check_iso *iso)
{
	_Alignas(uint64_t) uint8_t block[FSI_BLOCK_SIZE];

	if (!are_there_any(iso))
		return false;
	fsi_findings_add_file_system(iso->check->findings, FSI_FILE_SYSTEM_ISO9660);
	for (uint32_t n = 0; n < DESCRIPTORS_MAX && iso->terminator_block == 0; n++) {
		const uint32_t number = iso->first_block + n;

		if (read_block(iso, number, block) && fsi_iso9660_is_descriptor(block))
			check_descriptor(iso, block, number);
		else if (n > 0) {
			tell_no_descriptor(iso, number);
			break;
		}
	}
	check_first(iso);
	check_length(iso);
	return true;
}
