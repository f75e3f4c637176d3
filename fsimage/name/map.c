/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the mappings of names have in common: characters, cutting, joining. */
#include "name/map.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

/* The longest extension that is kept when a name is cut, without its dot. */
#define EXTENSION_UNITS 16

struct fsi_name_map fsi_name_map_of(const struct fsi_name_rules *rules)
{
	struct fsi_name_map map = fsi_name_udf;

	if (rules->file_system == FSI_FILE_SYSTEM_JOLIET)
		map = fsi_name_joliet;
	if (rules->file_system == FSI_FILE_SYSTEM_ISO9660) {
		map = rules->iso_level == FSI_NAME_ISO9660_1999 ? fsi_name_iso_1999
								: fsi_name_iso;
		if (rules->iso_level == 1)
			map.most_digits = 7; /* one character of the base is left */
		if (map.letter_case == FSI_NAME_CASE_UPPER &&
		    rules->extensions.lowercase_iso)
			map.letter_case = FSI_NAME_CASE_IGNORED;
	}
	map.rules = *rules;
	return map;
}

uint32_t fsi_name_map_to_iso(uint32_t character)
{
	if (character >= 'a' && character <= 'z')
		return character - 'a' + 'A';
	if ((character >= 'A' && character <= 'Z') ||
	    (character >= '0' && character <= '9'))
		return character;
	return '_';
}

uint32_t fsi_name_map_to_ucs2(uint32_t character)
{
	return character > 0xFFFF ? '_' : character;
}

size_t fsi_name_map_text(const char *text, size_t length, uint32_t (*map)(uint32_t),
			 size_t most_units, char *out)
{
	const char *end = text + length;
	char *const start = out;
	size_t units = 0;

	while (text < end) {
		const uint32_t character = map(fsi_utf8_next(&text, end));

		units += character > 0xFFFF ? 2 : 1;
		if (units > most_units)
			break;
		out += fsi_utf8_put(out, character);
	}
	*out = '\0';
	return (size_t)(out - start);
}

size_t fsi_name_prefix(const char *text, size_t length, size_t most_units)
{
	size_t units = 0;

	for (size_t i = 0; i < length; i++) {
		const uint8_t byte = (uint8_t)text[i];

		if ((byte & 0xC0) == 0x80)
			continue; /* not the first byte of a character */
		units += byte >= 0xF0 ? 2 : 1;
		if (units > most_units)
			return i;
	}
	return length;
}

static size_t find_extension(const struct fsi_node *node)
{
	const size_t length = node->name_length;
	const char *dot = NULL;

	if (fsi_node_is_directory(node) || length < 2)
		return length;
	dot = memrchr(node->name + 1, '.', length - 1);
	if (dot == NULL || memchr(dot, ' ', (size_t)(node->name + length - dot)) != NULL)
		return length;
	const size_t start = (size_t)(dot - node->name);
	const size_t units = fsi_utf16_count(dot + 1, length - start - 1);

	return units >= 1 && units <= EXTENSION_UNITS ? start : length;
}

void fsi_name_split(const struct fsi_node *node, uint32_t (*map)(uint32_t),
		    size_t most_units, struct fsi_name_parts *ret_parts)
{
	const size_t start = find_extension(node);

	ret_parts->is_directory = fsi_node_is_directory(node);
	ret_parts->base_length =
		fsi_name_map_text(node->name, start, map, most_units, ret_parts->base);
	ret_parts->extension_length =
		fsi_name_map_text(node->name + start, node->name_length - start, map,
				  most_units, ret_parts->extension);
}

size_t fsi_name_join(const struct fsi_name_parts *parts, size_t base_length,
		     const char *number, size_t extension_length,
		     char (*ret_name)[FSI_NAME_SIZE])
{
	const size_t number_length = strlen(number);
	const size_t length = base_length + number_length + extension_length;
	char *out = *ret_name;

	assert(length < FSI_NAME_SIZE);
	memcpy(out, parts->base, base_length);
	memcpy(out + base_length, number, number_length);
	memcpy(out + base_length + number_length, parts->extension, extension_length);
	out[length] = '\0';
	return length;
}
