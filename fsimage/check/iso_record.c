/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers, flags and dates of directory records (ECMA-119 9.1). */
#include "check/iso.h"

/* File flags (ECMA-119 9.1.6). */
#define ASSOCIATED    0x04u
#define RECORD_FORMAT 0x08u
#define PROTECTION    0x10u
#define RESERVED      0x60u

static void check_flags(struct fsi_check_tree *tree,
			const struct fsi_check_record *record)
{
	struct fsi_check *check = tree->iso->check;
	const uint8_t flags = record->fields.flags[0];
	const uint8_t reserved =
		record->fields.attribute_blocks[0] == 0
			? (uint8_t)(RESERVED | RECORD_FORMAT | PROTECTION)
			: (uint8_t)RESERVED;

	if ((flags & reserved) != 0)
		fsi_check_tell(check, FSI_I_043, &record->place,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("0x%02X", flags & ~reserved),
				       .found = FSI_TEXT("0x%02X", flags)},
			       "The file flags are 0x%02X: reserved bits are set", flags);
	if ((flags & FSI_ISO9660_DIRECTORY) != 0 &&
	    (flags & (ASSOCIATED | FSI_ISO9660_MULTI_EXTENT)) != 0)
		fsi_check_tell(check, FSI_I_050, &record->place, NULL,
			       "The directory is marked as %s",
			       (flags & ASSOCIATED) != 0 ? "an associated file"
							 : "a section of a file");
}

/* ECMA-119 10.1, 10.2; of Joliet's tree the standard tells no level. */
static void check_section(struct fsi_check_tree *tree,
			  const struct fsi_check_record *record)
{
	const uint32_t level = tree->iso->check->iso9660_level;

	if (tree->kind == FSI_CHECK_PRIMARY && (level == 1 || level == 2) &&
	    fsi_check_has_flag(record, FSI_ISO9660_MULTI_EXTENT))
		fsi_check_tell(tree->iso->check, FSI_I_057, &record->place, NULL,
			       "The file has more than one section");
}

static void check_date(struct fsi_check_tree *tree, const struct fsi_check_record *record)
{
	static const struct fsi_iso9660_date none;
	struct fsi_disc_time time;

	if (memcmp(&record->fields.recording_date, &none, sizeof(none)) == 0)
		return;
	fsi_iso9660_get_date(&record->fields.recording_date, &time);
	if (!time.is_known || !time.has_zone)
		fsi_check_tell(tree->iso->check, FSI_I_044, &record->place, NULL,
			       "The recording date is no date");
}

void fsi_check_iso_record(struct fsi_check_tree *tree, struct fsi_check_record *record)
{
	const struct fsi_check_iso *iso = tree->iso;
	struct fsi_check *check = iso->check;
	const struct fsi_iso9660_directory_record *fields = &record->fields;
	const struct fsi_check_place *place = &record->place;
	const size_t pad = sizeof(*fields) + fields->identifier_length[0];

	record->first_block = fsi_check_both32(iso, place, "extent", &fields->extent);
	record->size = fsi_check_both32(iso, place, "data length", &fields->data_length);
	fsi_check_number(check, FSI_I_042, place, "volume sequence number",
			 tree->sequence_number,
			 fsi_check_both16(iso, place, "volume sequence number",
					  &fields->volume_sequence_number));
	if (fields->attribute_blocks[0] != 0)
		fsi_check_number(check, FSI_I_039, place, "length of extended attributes",
				 0, fields->attribute_blocks[0]);
	fsi_check_number(check, FSI_I_041, place, "file unit size", 0,
			 fields->file_unit_size[0]);
	fsi_check_number(check, FSI_I_041, place, "interleave gap size", 0,
			 fields->interleave_gap[0]);
	check_flags(tree, record);
	check_section(tree, record);
	check_date(tree, record);
	if (record->bytes != NULL && fields->identifier_length[0] % 2 == 0)
		fsi_check_number(check, FSI_I_037, place, "padding behind the identifier",
				 0, record->bytes[pad]);
}
