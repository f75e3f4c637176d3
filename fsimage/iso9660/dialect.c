/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dialects: identifiers and text of the primary tree, of Joliet, and of
 * ISO 9660:1999. */
#include "iso9660/tree.h"

#include "base/text.h"

#include <assert.h>

static const char *get_iso_name(const struct fsi_volume *volume)
{
	return volume->iso_name;
}

static const char *get_joliet_name(const struct fsi_volume *volume)
{
	return volume->joliet_name;
}

/* Text of single bytes, filled with spaces (ECMA-119 7.4.3). */
static void put_primary_text(uint8_t *field, size_t size, const char *text)
{
	const size_t length = strlen(text);

	assert(length <= size);
	memset(field, ' ', size);
	memcpy(field, text, length);
}

static void put_unit(uint8_t *out, uint16_t unit)
{
	out[0] = (uint8_t)(unit >> 8);
	out[1] = (uint8_t)unit;
}

/*
 * UCS-2, big-endian, filled with spaces of two bytes. A field of an odd size
 * has one byte more than its characters fill: it stays zero.
 */
static void put_joliet_text(uint8_t *field, size_t size, const char *text)
{
	uint16_t units[64];
	const size_t room = size / 2;
	const size_t count = fsi_utf16_from_utf8(text, strlen(text), units, 64);

	assert(room <= 64 && count <= room);
	for (size_t i = 0; i < room; i++)
		put_unit(field + 2 * i, i < count ? units[i] : ' ');
	if (size % 2 != 0)
		field[size - 1] = 0;
}

/* The name as it is (ISO 9660:1999 7.5, 7.6). */
static uint8_t identify_enhanced(const struct fsi_name_rules *rules, const char *name,
				 bool is_directory,
				 uint8_t (*ret_identifier)[FSI_ISO9660_IDENTIFIER_MAX])
{
	const size_t length = strlen(name);

	(void)rules;
	(void)is_directory;
	if (length > FSI_ISO9660_IDENTIFIER_MAX)
		return 0;
	memcpy(*ret_identifier, name, length);
	return (uint8_t)length;
}

/*
 * A file has a dot, also without an extension, and a version; a directory has
 * neither (ECMA-119 7.5.1, 7.6.1), nor has a file where that is asked for.
 */
static uint8_t identify_primary(const struct fsi_name_rules *rules, const char *name,
				bool is_directory,
				uint8_t (*ret_identifier)[FSI_ISO9660_IDENTIFIER_MAX])
{
	size_t length = strlen(name);

	if (is_directory || rules->extensions.unversioned_iso)
		return identify_enhanced(rules, name, is_directory, ret_identifier);
	if (length > FSI_ISO9660_IDENTIFIER_MAX - strlen(".;1"))
		return 0;
	memcpy(*ret_identifier, name, length);
	if (memchr(name, '.', length) == NULL)
		(*ret_identifier)[length++] = '.';
	(*ret_identifier)[length++] = ';';
	(*ret_identifier)[length++] = '1';
	return (uint8_t)length;
}

/* UCS-2, big-endian; no version, which no reader needs. */
static uint8_t identify_joliet(const struct fsi_name_rules *rules, const char *name,
			       bool is_directory,
			       uint8_t (*ret_identifier)[FSI_ISO9660_IDENTIFIER_MAX])
{
	uint16_t units[FSI_ISO9660_IDENTIFIER_MAX / 2];
	const size_t count = fsi_utf16_from_utf8(name, strlen(name), units,
						 FSI_ISO9660_IDENTIFIER_MAX / 2);

	(void)rules;
	(void)is_directory;
	if (count > FSI_ISO9660_IDENTIFIER_MAX / 2)
		return 0;
	for (size_t i = 0; i < count; i++)
		put_unit(*ret_identifier + 2 * i, units[i]);
	return (uint8_t)(2 * count);
}

const struct fsi_iso9660_dialect fsi_iso9660_primary = {
	.l_path_table = "ISO 9660 path table (L)",
	.m_path_table = "ISO 9660 path table (M)",
	.directories = "ISO 9660 directories",
	.descriptor_type = FSI_ISO9660_PRIMARY,
	.version = 1,
	.escape_sequences = "",
	.volume_name = get_iso_name,
	.put_text = put_primary_text,
	.identify = identify_primary,
};

const struct fsi_iso9660_dialect fsi_iso9660_joliet = {
	.l_path_table = "Joliet path table (L)",
	.m_path_table = "Joliet path table (M)",
	.directories = "Joliet directories",
	.descriptor_type = FSI_ISO9660_SUPPLEMENTARY,
	.version = 1,
	.escape_sequences = "%/E", /* UCS-2 level 3 */
	.volume_name = get_joliet_name,
	.put_text = put_joliet_text,
	.identify = identify_joliet,
};

const struct fsi_iso9660_dialect fsi_iso9660_enhanced = {
	.l_path_table = "ISO 9660:1999 path table (L)",
	.m_path_table = "ISO 9660:1999 path table (M)",
	.directories = "ISO 9660:1999 directories",
	.descriptor_type = FSI_ISO9660_SUPPLEMENTARY,
	.version = 2,
	.escape_sequences = "",
	.volume_name = get_iso_name,
	.put_text = put_primary_text,
	.identify = identify_enhanced,
};
