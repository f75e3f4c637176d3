/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names in UDF: what 255 bytes of OSTA compressed Unicode hold (UDF 2.1.1). */
#include "name/map.h"

#include "base/text.h"

#include <string.h>

/* Behind the compression ID: of one byte each, or of two. */
#define NARROW_UNITS 254
#define WIDE_UNITS   127

/* All but the byte order marks, which UDF 2.1.1 forbids. */
static uint32_t map_character(uint32_t character)
{
	return character == 0xFEFF || character == 0xFFFE ? '_' : character;
}

static bool is_natural(const struct fsi_name_rules *rules, const struct fsi_node *node)
{
	const char *name = node->name;
	const char *const end = name + node->name_length;
	bool is_narrow = true;
	size_t units = 0;

	(void)rules;
	while (name < end) {
		const uint32_t character = fsi_utf8_next(&name, end);

		if (map_character(character) != character)
			return false;
		is_narrow = is_narrow && character <= 0xFF;
		units += character > 0xFFFF ? 2 : 1;
	}
	return units <= (is_narrow ? NARROW_UNITS : WIDE_UNITS);
}

static void split(const struct fsi_name_rules *rules, const struct fsi_node *node,
		  struct fsi_name_parts *ret_parts)
{
	(void)rules;
	fsi_name_split(node, map_character, NARROW_UNITS, ret_parts);
}

/* Bytes of the beginning of text that is narrow throughout. */
static size_t find_narrow_prefix(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && (uint8_t)text[at] < 0xC4) /* U+00FF is C3 BF */
		at++;
	return at;
}

/*
 * One wide character makes all others wide, so a base is cut either to what
 * fits as wide units or before its first wide character, whichever is more.
 */
static size_t compose(const struct fsi_name_rules *rules,
		      const struct fsi_name_parts *parts, const char *number,
		      char (*ret_name)[FSI_NAME_SIZE])
{
	const size_t behind = strlen(number) +
			      fsi_utf16_count(parts->extension, parts->extension_length);
	size_t base =
		fsi_name_prefix(parts->base, parts->base_length, WIDE_UNITS - behind);

	(void)rules;
	if (find_narrow_prefix(parts->extension, parts->extension_length) ==
	    parts->extension_length) {
		size_t narrow = find_narrow_prefix(parts->base, parts->base_length);

		narrow = fsi_name_prefix(parts->base, narrow, NARROW_UNITS - behind);
		if (narrow > base)
			base = narrow;
	}
	return fsi_name_join(parts, base, number, parts->extension_length, ret_name);
}

const struct fsi_name_map fsi_name_udf = {
	.file_system = "UDF",
	.number_mark = "_",
	.most_digits = 9,
	.letter_case = FSI_NAME_CASE_MATTERS,
	.is_natural = is_natural,
	.split = split,
	.compose = compose,
};
