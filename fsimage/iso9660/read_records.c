/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding volume descriptors and directory records. */
#include "iso9660/read_records.h"

#include "base/text.h"

#include <string.h>

#define REPLACEMENT_CHARACTER 0xFFFD

/* SUSP 4: signature, length and version. */
#define SYSTEM_USE_SP_SIZE 7

static const char standard_id[5] = {'C', 'D', '0', '0', '1'};

bool fsi_iso9660_is_descriptor(const uint8_t *block)
{
	return memcmp(block + 1, standard_id, sizeof(standard_id)) == 0;
}

unsigned fsi_iso9660_joliet_level(const uint8_t *block)
{
	const uint8_t *escape =
		block + offsetof(struct fsi_iso9660_volume_descriptor, escape_sequences);

	if (!fsi_iso9660_is_descriptor(block) || block[0] != FSI_ISO9660_SUPPLEMENTARY ||
	    escape[0] != '%' || escape[1] != '/')
		return 0;
	switch (escape[2]) {
	case '@':
		return 1;
	case 'C':
		return 2;
	case 'E':
		return 3;
	default:
		return 0;
	}
}

/* ---- texts ------------------------------------------------------------- */

static void get_bytes_text(const uint8_t *field, size_t length, char *out)
{
	char bytes[FSI_ISO9660_TEXT_MAX];
	const char *cursor = bytes;

	memcpy(bytes, field, length);
	while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == '\0'))
		length--;
	while (cursor < bytes + length) {
		const uint32_t character = fsi_utf8_next(&cursor, bytes + length);
		const bool is_text = character >= ' ' && character != UINT32_MAX;

		out += fsi_utf8_put(out, is_text ? character : REPLACEMENT_CHARACTER);
	}
	*out = '\0';
}

static uint32_t get_unit(const uint8_t *field, size_t offset)
{
	return (uint32_t)field[offset] << 8 | field[offset + 1];
}

/* Joliet: UCS-2, in which some write the surrogate pairs of UTF-16. */
static void get_ucs2_text(const uint8_t *field, size_t length, char *out)
{
	length -= length % 2;
	while (length > 0 &&
	       (get_unit(field, length - 2) == ' ' || get_unit(field, length - 2) == 0))
		length -= 2;
	for (size_t i = 0; i < length; i += 2) {
		uint32_t unit = get_unit(field, i);

		if (unit >= 0xD800 && unit < 0xDC00 && i + 2 < length) {
			const uint32_t low = get_unit(field, i + 2);

			if (low >= 0xDC00 && low < 0xE000) {
				unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
				i += 2;
			}
		}
		if (unit < ' ' || (unit >= 0xD800 && unit < 0xE000))
			unit = REPLACEMENT_CHARACTER;
		out += fsi_utf8_put(out, unit);
	}
	*out = '\0';
}

void fsi_iso9660_get_text(const uint8_t *field, size_t length, bool is_ucs2, char *out)
{
	if (is_ucs2)
		get_ucs2_text(field, length, out);
	else
		get_bytes_text(field, length, out);
}

/* ---- times ------------------------------------------------------------- */

/* offset: quarters of an hour that the clock was ahead of UTC. */
static void make_time(const struct fsi_date *date, uint8_t offset,
		      struct fsi_disc_time *ret_time)
{
	const int quarters = offset < 128 ? offset : offset - 256;
	struct fsi_disc_time time = {.is_known = true};

	*ret_time = (struct fsi_disc_time){.is_known = false};
	if (!fsi_date_to_timespec(date, &time.time))
		return;
	time.has_zone = quarters >= -48 && quarters <= 52; /* ECMA-119 9.1.5 */
	time.zone_minutes = time.has_zone ? (int16_t)(15 * quarters) : (int16_t)0;
	time.time.tv_sec -= (time_t)time.zone_minutes * 60;
	*ret_time = time;
}

void fsi_iso9660_get_date(const struct fsi_iso9660_date *date,
			  struct fsi_disc_time *ret_time)
{
	const struct fsi_date parts = {
		.year = (uint16_t)(1900 + date->years[0]),
		.month = date->month[0],
		.day = date->day[0],
		.hour = date->hour[0],
		.minute = date->minute[0],
		.second = date->second[0],
	};

	make_time(&parts, date->offset[0], ret_time);
}

/* UINT16_MAX, which no part of a date is: not a number. */
static uint16_t get_digits(const uint8_t *field, size_t length)
{
	unsigned value = 0;

	for (size_t i = 0; i < length; i++) {
		if (field[i] < '0' || field[i] > '9')
			return UINT16_MAX;
		value = 10 * value + (unsigned)(field[i] - '0');
	}
	return (uint16_t)value;
}

static uint8_t get_two_digits(const uint8_t (*field)[2])
{
	const uint16_t value = get_digits(*field, 2);

	return value <= 99 ? (uint8_t)value : UINT8_MAX;
}

void fsi_iso9660_get_text_date(const struct fsi_iso9660_text_date *date,
			       struct fsi_disc_time *ret_time)
{
	const uint8_t hundredths = get_two_digits(&date->hundredths);
	const struct fsi_date parts = {
		.year = get_digits(date->year, sizeof(date->year)),
		.month = get_two_digits(&date->month),
		.day = get_two_digits(&date->day),
		.hour = get_two_digits(&date->hour),
		.minute = get_two_digits(&date->minute),
		.second = get_two_digits(&date->second),
		.microsecond = hundredths <= 99 ? hundredths * 10000u : 0,
	};

	make_time(&parts, date->offset[0], ret_time);
}

/* ---- volumes ----------------------------------------------------------- */

/* Of two halves that differ the little-endian one counts, as for most readers. */
static uint32_t get_number(const uint8_t (*field)[8])
{
	return (uint32_t)(*field)[0] | (uint32_t)(*field)[1] << 8 |
	       (uint32_t)(*field)[2] << 16 | (uint32_t)(*field)[3] << 24;
}

static uint16_t get_short_number(const uint8_t (*field)[4])
{
	return (uint16_t)((*field)[0] | (*field)[1] << 8);
}

static uint32_t get_extent_block(const struct fsi_iso9660_directory_record *record)
{
	return get_number(&record->extent) + record->attribute_blocks[0];
}

void fsi_iso9660_get_volume(const uint8_t *block, struct fsi_iso9660_volume *ret_volume)
{
	struct fsi_iso9660_volume_descriptor copy;
	const struct fsi_iso9660_volume_descriptor *const descriptor =
		memcpy(&copy, block, sizeof(copy));
	const unsigned level = fsi_iso9660_joliet_level(block);
	const bool is_ucs2 = level > 0;

	*ret_volume = (struct fsi_iso9660_volume){
		.joliet_level = level,
		.block_count = get_number(&descriptor->volume_space_size),
		.block_size = (uint32_t)descriptor->logical_block_size[0] |
			      (uint32_t)descriptor->logical_block_size[1] << 8,
		.root_block = get_extent_block(&descriptor->root.record),
		.set_size = get_short_number(&descriptor->volume_set_size),
	};
	fsi_iso9660_get_text(descriptor->system_id, 32, is_ucs2, ret_volume->system_id);
	fsi_iso9660_get_text(descriptor->volume_id, 32, is_ucs2, ret_volume->volume_id);
	fsi_iso9660_get_text(descriptor->volume_set_id, 128, is_ucs2,
			     ret_volume->volume_set_id);
	fsi_iso9660_get_text(descriptor->publisher_id, 128, is_ucs2,
			     ret_volume->publisher_id);
	fsi_iso9660_get_text(descriptor->preparer_id, 128, is_ucs2,
			     ret_volume->preparer_id);
	fsi_iso9660_get_text(descriptor->application_id, 128, is_ucs2,
			     ret_volume->application_id);
	fsi_iso9660_get_text_date(&descriptor->creation_date, &ret_volume->creation_time);
	fsi_iso9660_get_text_date(&descriptor->modification_date,
				  &ret_volume->modification_time);
}

/* ---- directory records ------------------------------------------------- */

/* Where the system use area begins: the identifier is padded (ECMA-119 9.1.12). */
static size_t system_use_offset(uint8_t identifier_length)
{
	return sizeof(struct fsi_iso9660_directory_record) + identifier_length +
	       (identifier_length % 2 == 0 ? 1 : 0);
}

bool fsi_iso9660_get_record(const uint8_t *bytes, size_t length, unsigned skipped,
			    struct fsi_iso9660_found *ret_found)
{
	struct fsi_iso9660_directory_record copy;
	const struct fsi_iso9660_directory_record *const record = &copy;
	size_t at = 0;

	if (length < sizeof(copy))
		return false;
	memcpy(&copy, bytes, sizeof(copy));
	if (record->length[0] > length ||
	    record->length[0] < sizeof(copy) + record->identifier_length[0])
		return false;
	*ret_found = (struct fsi_iso9660_found){
		.size_of_record = record->length[0],
		.first_block = get_extent_block(record),
		.size = get_number(&record->data_length),
		.flags = record->flags[0],
		.attribute_blocks = record->attribute_blocks[0],
		.is_interleaved =
			record->file_unit_size[0] != 0 || record->interleave_gap[0] != 0,
	};
	fsi_iso9660_get_date(&record->recording_date, &ret_found->recording_time);
	at = system_use_offset(record->identifier_length[0]) + skipped;
	if (skipped == FSI_ISO9660_NO_SYSTEM_USE || at >= record->length[0])
		return true;
	return fsi_iso9660_get_system_use(bytes + at, record->length[0] - at, ret_found);
}

bool fsi_iso9660_has_system_use(const uint8_t *block)
{
	const size_t at = system_use_offset(block[32]);

	return at + SYSTEM_USE_SP_SIZE <= block[0] && memcmp(block + at, "SP", 2) == 0;
}

unsigned fsi_iso9660_get_skipped(const uint8_t *block)
{
	return fsi_iso9660_has_system_use(block) ? block[system_use_offset(block[32]) + 6]
						 : 0;
}
