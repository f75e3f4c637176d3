/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the Joliet tree: characters of UCS-2 by which Windows can open files. */
#include "name/map.h"

#include "base/text.h"

#include <string.h>

/* The specification's, and what a directory record has room for beyond it. */
#define NAME_UNITS	64
#define LONG_NAME_UNITS 103

static size_t get_most_units(const struct fsi_name_rules *rules)
{
	return rules->extensions.long_joliet ? LONG_NAME_UNITS : NAME_UNITS;
}

/*
 * The Joliet specification forbids controls and * / : ; ? \. Programs under
 * Windows cannot open a name with one of " < > | either.
 */
static uint32_t map_character(uint32_t character)
{
	if (character >= 0x80)
		return fsi_name_map_to_ucs2(character);
	if (character < 0x20 || strchr("\"*/:;<>?\\|", (int)character) != NULL)
		return '_';
	return character;
}

/* Windows drops a dot or a space at the end of a name, so that it is not found. */
static bool is_dropped_at_end(char last)
{
	return last == '.' || last == ' ';
}

static bool is_natural(const struct fsi_name_rules *rules, const struct fsi_node *node)
{
	const size_t most_units = get_most_units(rules);
	const char *name = node->name;
	const char *const end = name + node->name_length;
	size_t units = 0;

	if (is_dropped_at_end(end[-1]))
		return false;
	while (name < end) {
		const uint32_t character = fsi_utf8_next(&name, end);

		if (map_character(character) != character || ++units > most_units)
			return false;
	}
	return true;
}

static void split(const struct fsi_name_rules *rules, const struct fsi_node *node,
		  struct fsi_name_parts *ret_parts)
{
	fsi_name_split(node, map_character, get_most_units(rules), ret_parts);
}

static size_t compose(const struct fsi_name_rules *rules,
		      const struct fsi_name_parts *parts, const char *number,
		      char (*ret_name)[FSI_NAME_SIZE])
{
	const size_t behind = strlen(number) +
			      fsi_utf16_count(parts->extension, parts->extension_length);
	const size_t base = fsi_name_prefix(parts->base, parts->base_length,
					    get_most_units(rules) - behind);
	const size_t length =
		fsi_name_join(parts, base, number, parts->extension_length, ret_name);

	if (is_dropped_at_end((*ret_name)[length - 1]))
		(*ret_name)[length - 1] = '_';
	return length;
}

const struct fsi_name_map fsi_name_joliet = {
	.file_system = "Joliet",
	.number_mark = "_",
	.most_digits = 9,
	.letter_case = FSI_NAME_CASE_IGNORED,
	.is_natural = is_natural,
	.split = split,
	.compose = compose,
};
