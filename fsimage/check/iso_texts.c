/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts and dates of volume descriptors (ECMA-119 8.4, 8.5, Joliet). */
#include "check/iso.h"

#include <stddef.h>

/* What may stand in a text. */
enum content {
	A_CHARACTERS,
	D_CHARACTERS,
	A_CHARACTERS_OR_FILE, /* ECMA-119 8.4.20 to 8.4.22 */
	FILE_IDENTIFIER	      /* ECMA-119 8.4.23 to 8.4.25 */
};

struct text_field {
	const char *name;
	size_t offset;
	size_t length;
	enum content content;
	enum fsi_statement statement;
};

#define FIELD(name, member, content, statement) \
	{ \
		name, offsetof(struct fsi_iso9660_volume_descriptor, member), \
			sizeof(((struct fsi_iso9660_volume_descriptor *)NULL)->member), \
			content, statement \
	}

static const struct text_field fields[] = {
	FIELD("system identifier", system_id, A_CHARACTERS, FSI_I_011),
	FIELD("volume identifier", volume_id, D_CHARACTERS, FSI_I_011),
	FIELD("volume set identifier", volume_set_id, D_CHARACTERS, FSI_I_011),
	FIELD("publisher identifier", publisher_id, A_CHARACTERS_OR_FILE, FSI_I_012),
	FIELD("data preparer identifier", preparer_id, A_CHARACTERS_OR_FILE, FSI_I_012),
	FIELD("application identifier", application_id, A_CHARACTERS_OR_FILE, FSI_I_012),
	FIELD("copyright file identifier", copyright_file_id, FILE_IDENTIFIER, FSI_I_013),
	FIELD("abstract file identifier", abstract_file_id, FILE_IDENTIFIER, FSI_I_013),
	FIELD("bibliographic file identifier", bibliographic_file_id, FILE_IDENTIFIER,
	      FSI_I_013),
};

/* ECMA-119 7.4.1 and Annex A */
static bool is_d_character(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       byte == '_';
}

static bool is_a_character(uint8_t byte)
{
	return is_d_character(byte) ||
	       (byte != '\0' && strchr(" !\"%&'()*+,-./:;<=>?", byte) != NULL);
}

static bool may_be_in(enum content content, uint8_t byte, bool is_file)
{
	switch (content) {
	case D_CHARACTERS:
		return is_d_character(byte);
	case FILE_IDENTIFIER:
		return is_d_character(byte) || byte == '.' || byte == ';';
	case A_CHARACTERS_OR_FILE:
		if (is_file)
			return is_d_character(byte) || byte == '.' || byte == ';';
		return is_a_character(byte);
	case A_CHARACTERS:
	default:
		return is_a_character(byte);
	}
}

/* ---- texts ------------------------------------------------------------- */

static void tell_filler(struct fsi_check_tree *tree, const struct text_field *field,
			const struct fsi_check_place *place, size_t at)
{
	const struct fsi_check_place there = fsi_check_at(place, field->offset + at);

	fsi_check_tell(
		tree->iso->check, FSI_I_014, &there,
		&(struct fsi_check_details){.expected = "spaces", .found = "zeros"},
		"The %s of the %s is filled up with zeros", field->name,
		place->structure);
}

static void check_text(struct fsi_check_tree *tree, const struct text_field *field,
		       const struct fsi_check_place *place)
{
	const uint8_t *bytes = (const uint8_t *)&tree->descriptor + field->offset;
	size_t length = field->length;

	for (size_t i = 0; i < field->length; i++) {
		if (bytes[i] == '\0') {
			tell_filler(tree, field, place, i);
			length = i;
			break;
		}
	}
	while (length > 0 && bytes[length - 1] == ' ')
		length--;
	for (size_t i = 0; i < length; i++) {
		const struct fsi_check_place there =
			fsi_check_at(place, field->offset + i);

		if (may_be_in(field->content, bytes[i], i > 0 && bytes[0] == '_'))
			continue;
		fsi_check_tell(tree->iso->check, field->statement, &there,
			       &(struct fsi_check_details){
				       .found = FSI_TEXT("0x%02X", bytes[i])},
			       "The %s of the %s has a character that is not allowed "
			       "there",
			       field->name, place->structure);
		return;
	}
}

/* An odd byte at the end of a field is filled up with zero by all writers. */
static void check_joliet_text(struct fsi_check_tree *tree, const struct text_field *field,
			      const struct fsi_check_place *place)
{
	const uint8_t *bytes = (const uint8_t *)&tree->descriptor + field->offset;

	for (size_t i = 0; i + 1 < field->length; i += 2) {
		if (bytes[i] == 0 && bytes[i + 1] == 0) {
			tell_filler(tree, field, place, i);
			return;
		}
	}
}

/* ---- dates ------------------------------------------------------------- */

struct date_field {
	const char *name;
	size_t offset;
};

static const struct date_field dates[] = {
	{"creation date", offsetof(struct fsi_iso9660_volume_descriptor, creation_date)},
	{"modification date",
	 offsetof(struct fsi_iso9660_volume_descriptor, modification_date)},
	{"expiration date",
	 offsetof(struct fsi_iso9660_volume_descriptor, expiration_date)},
	{"effective date",
	 offsetof(struct fsi_iso9660_volume_descriptor, effective_date)},
};
#define DATES (sizeof(dates) / sizeof(dates[0]))

/* Sixteen digits "0" and a zone of 0 (ECMA-119 8.4.26.1). */
static bool is_unspecified(const struct fsi_iso9660_text_date *date)
{
	static const uint8_t unspecified[17] = "0000000000000000";

	return memcmp(date, unspecified, sizeof(*date)) == 0;
}

static void check_date(struct fsi_check_tree *tree, const struct date_field *field,
		       const struct fsi_check_place *place,
		       struct fsi_disc_time *ret_time)
{
	const struct fsi_check_place there = fsi_check_at(place, field->offset);
	struct fsi_iso9660_text_date date;

	memcpy(&date, (const uint8_t *)&tree->descriptor + field->offset, sizeof(date));
	fsi_iso9660_get_text_date(&date, ret_time);
	if (is_unspecified(&date))
		return;
	if (!ret_time->is_known || !ret_time->has_zone || date.hundredths[0] < '0' ||
	    date.hundredths[0] > '9' || date.hundredths[1] < '0' ||
	    date.hundredths[1] > '9')
		fsi_check_tell(tree->iso->check, FSI_I_015, &there, NULL,
			       "The %s of the %s is no date", field->name,
			       place->structure);
}

static bool is_before(const struct fsi_disc_time *one, const struct fsi_disc_time *other)
{
	if (!one->is_known || !other->is_known)
		return false;
	if (one->time.tv_sec != other->time.tv_sec)
		return one->time.tv_sec < other->time.tv_sec;
	return one->time.tv_nsec < other->time.tv_nsec;
}

static void check_dates(struct fsi_check_tree *tree, const struct fsi_check_place *place)
{
	struct fsi_disc_time times[DATES];

	for (size_t i = 0; i < DATES; i++)
		check_date(tree, &dates[i], place, &times[i]);
	if (is_before(&times[1], &times[0]))
		fsi_check_tell(tree->iso->check, FSI_I_016, place, NULL,
			       "The modification date of the %s lies before its creation "
			       "date",
			       place->structure);
	if (times[2].is_known && times[3].is_known && !is_before(&times[3], &times[2]))
		fsi_check_tell(tree->iso->check, FSI_I_016, place, NULL,
			       "The %s expires before it is in force", place->structure);
}

void fsi_check_iso_texts(struct fsi_check_tree *tree)
{
	const struct fsi_check_place place = {tree->offset,
					      fsi_check_is_joliet(tree)
						      ? "Joliet volume descriptor"
						      : "volume descriptor",
					      NULL, false};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (fsi_check_is_joliet(tree))
			check_joliet_text(tree, &fields[i], &place);
		else if (tree->kind == FSI_CHECK_PRIMARY)
			check_text(tree, &fields[i], &place);
	}
	check_dates(tree, &place);
}
