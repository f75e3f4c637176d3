/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names in ISO 9660:1999 7.5: up to 207 bytes, which here are UTF-8. */
#include "name/map.h"

#include <string.h>

#define NAME_BYTES 207

static bool is_natural(const struct fsi_name_rules *rules, const struct fsi_node *node)
{
	(void)rules;
	return node->name_length <= NAME_BYTES;
}

static uint32_t keep_character(uint32_t character)
{
	return character;
}

static void split(const struct fsi_name_rules *rules, const struct fsi_node *node,
		  struct fsi_name_parts *ret_parts)
{
	(void)rules;
	fsi_name_split(node, keep_character, NAME_BYTES, ret_parts);
}

/* Bytes of the longest beginning of text; it ends between two characters. */
static size_t find_prefix(const char *text, size_t length, size_t most)
{
	if (length <= most)
		return length;
	while (most > 0 && ((uint8_t)text[most] & 0xC0) == 0x80)
		most--;
	return most;
}

static size_t compose(const struct fsi_name_rules *rules,
		      const struct fsi_name_parts *parts, const char *number,
		      char (*ret_name)[FSI_NAME_SIZE])
{
	const size_t behind = strlen(number) + parts->extension_length;

	(void)rules;
	return fsi_name_join(
		parts, find_prefix(parts->base, parts->base_length, NAME_BYTES - behind),
		number, parts->extension_length, ret_name);
}

const struct fsi_name_map fsi_name_iso_1999 = {
	.file_system = "ISO9660",
	.number_mark = "_",
	.most_digits = 9,
	.letter_case = FSI_NAME_CASE_MATTERS,
	.is_natural = is_natural,
	.split = split,
	.compose = compose,
};
