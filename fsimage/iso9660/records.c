/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of ISO 9660: dates, directory and path table records. */
#include "iso9660/records.h"

/* Decimal digits of value, with leading zeros. */
static void put_digits(uint8_t *field, size_t length, uint32_t value)
{
	while (length > 0) {
		field[--length] = (uint8_t)('0' + value % 10);
		value /= 10;
	}
}

void fsi_iso9660_put_standard_id(uint8_t (*field)[5])
{
	memcpy(*field, "CD001", sizeof(*field));
}

void fsi_iso9660_put_date(struct fsi_iso9660_date *date, fsi_ticks time)
{
	struct fsi_date parts;

	memset(date, 0, sizeof(*date));
	fsi_ticks_to_date(time, &parts);
	if (parts.year < 1900 || parts.year > 1900 + UINT8_MAX)
		return;
	fsi_put_u8(&date->years, (uint8_t)(parts.year - 1900));
	fsi_put_u8(&date->month, parts.month);
	fsi_put_u8(&date->day, parts.day);
	fsi_put_u8(&date->hour, parts.hour);
	fsi_put_u8(&date->minute, parts.minute);
	fsi_put_u8(&date->second, parts.second);
}

void fsi_iso9660_put_text_date(struct fsi_iso9660_text_date *date, fsi_ticks time)
{
	struct fsi_date parts;

	fsi_ticks_to_date(time, &parts);
	put_digits(date->year, sizeof(date->year), parts.year);
	put_digits(date->month, sizeof(date->month), parts.month);
	put_digits(date->day, sizeof(date->day), parts.day);
	put_digits(date->hour, sizeof(date->hour), parts.hour);
	put_digits(date->minute, sizeof(date->minute), parts.minute);
	put_digits(date->second, sizeof(date->second), parts.second);
	put_digits(date->hundredths, sizeof(date->hundredths), parts.microsecond / 10000);
	fsi_put_u8(&date->offset, 0);
}

void fsi_iso9660_put_no_text_date(struct fsi_iso9660_text_date *date)
{
	memset(date, '0', sizeof(*date));
	fsi_put_u8(&date->offset, 0);
}

uint32_t fsi_iso9660_directory_record_size(uint32_t identifier_length)
{
	const uint32_t size =
		(uint32_t)sizeof(struct fsi_iso9660_directory_record) + identifier_length;

	return size + size % 2;
}

void fsi_iso9660_put_directory_record(uint8_t *out, const struct fsi_iso9660_entry *entry)
{
	struct fsi_iso9660_directory_record record = {0};

	fsi_put_u8(&record.length,
		   (uint8_t)fsi_iso9660_directory_record_size(entry->identifier_length));
	fsi_put_both32(&record.extent, entry->first_block);
	fsi_put_both32(&record.data_length, entry->size);
	fsi_iso9660_put_date(&record.recording_date, entry->recording_time);
	fsi_put_u8(&record.flags, entry->flags);
	fsi_put_both16(&record.volume_sequence_number, 1);
	fsi_put_u8(&record.identifier_length, entry->identifier_length);
	memcpy(out, &record, sizeof(record));
	memcpy(out + sizeof(record), entry->identifier, entry->identifier_length);
}

uint32_t fsi_iso9660_path_record_size(uint32_t identifier_length)
{
	const uint32_t size =
		(uint32_t)sizeof(struct fsi_iso9660_path_record) + identifier_length;

	return size + size % 2;
}

void fsi_iso9660_put_path_record(uint8_t *out, const struct fsi_iso9660_path_entry *entry,
				 bool is_big_endian)
{
	struct fsi_iso9660_path_record record = {0};

	fsi_put_u8(&record.identifier_length, entry->identifier_length);
	if (is_big_endian) {
		fsi_put_be32(&record.extent, entry->first_block);
		fsi_put_be16(&record.parent, entry->parent);
	} else {
		fsi_put_le32(&record.extent, entry->first_block);
		fsi_put_le16(&record.parent, entry->parent);
	}
	memcpy(out, &record, sizeof(record));
	memcpy(out + sizeof(record), entry->identifier, entry->identifier_length);
}
