/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the primary tree: d-characters, one dot, levels 1 and 2; and what the
 * extensions allow beyond that. */
#include "name/map.h"

#include "base/text.h"

#include <string.h>

/* How much of a long extension is kept before the base is cut. */
#define KEPT_EXTENSION 8

/* The most characters that each part has, the dot not counted. */
struct limits {
	size_t base;
	size_t extension;
	size_t both;
	size_t directory;
};

static const struct limits level_1 = {8, 3, 11, 8};    /* ECMA-119 10.1 */
static const struct limits level_2 = {30, 29, 30, 31}; /* ECMA-119 7.5.1, 7.6.3 */
/* 37 characters, as many as "." and ";32767" make of 30 (ECMA-119 7.5.1), with
 * ";1" and without. */
static const struct limits long_names = {34, 33, 34, 37};
static const struct limits long_unversioned_names = {36, 35, 36, 37};

static const struct limits *get_limits(const struct fsi_name_rules *rules)
{
	if (rules->iso_level == 1)
		return &level_1;
	if (!rules->extensions.long_iso)
		return &level_2;
	return rules->extensions.unversioned_iso ? &long_unversioned_names : &long_names;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* "_" for what the rules do not allow. */
static uint32_t map_character(const struct fsi_name_rules *rules, uint32_t character)
{
	const struct fsi_name_extensions *with = &rules->extensions;

	if (with->lowercase_iso && character >= 'a' && character <= 'z')
		return character;
	if (with->multidot_iso && character == '.')
		return character;
	if (with->relaxed_iso && character >= ' ' && character <= '~' &&
	    strchr(" !#$%&'()+,-=@[]^`{}~", (int)character) != NULL)
		return character;
	return fsi_name_map_to_iso(character);
}

static size_t map_text(const struct fsi_name_rules *rules, const char *text,
		       size_t length, size_t most, char *out)
{
	const char *const end = text + length;
	size_t count = 0;

	while (text < end && count < most)
		out[count++] = (char)map_character(rules, fsi_utf8_next(&text, end));
	out[count] = '\0';
	return count;
}

/* Windows drops a dot or a space at the end of a name, so that it is not found. */
static bool is_dropped_at_end(char last)
{
	return last == '.' || last == ' ';
}

/* The last dot separates the extension of a file, unless it is the first
 * character; NULL: there is no such dot. */
static const char *find_dot(const struct fsi_node *node)
{
	if (fsi_node_is_directory(node) || node->name_length < 2)
		return NULL;
	return memrchr(node->name + 1, '.', node->name_length - 1u);
}

static bool do_parts_fit(size_t base, size_t extension, const struct limits *limits)
{
	return base <= limits->base && extension <= limits->extension &&
	       base + extension <= limits->both;
}

static bool is_natural(const struct fsi_name_rules *rules, const struct fsi_node *node)
{
	const struct limits *limits = get_limits(rules);
	const size_t length = node->name_length;
	const char *dot = find_dot(node);
	const size_t base = dot != NULL ? (size_t)(dot - node->name) : length;
	const size_t extension = dot != NULL ? length - base - 1 : 0;

	if (is_dropped_at_end(node->name[length - 1]))
		return false;
	if (fsi_node_is_directory(node) ? length > limits->directory
					: !do_parts_fit(base, extension, limits))
		return false;
	for (size_t i = 0; i < length; i++) {
		const uint8_t byte = (uint8_t)node->name[i];

		if (byte != '_' && i != base && map_character(rules, byte) == '_')
			return false;
	}
	return true;
}

static void split(const struct fsi_name_rules *rules, const struct fsi_node *node,
		  struct fsi_name_parts *ret_parts)
{
	const struct limits *limits = get_limits(rules);
	const char *dot = find_dot(node);
	const size_t base = dot != NULL ? (size_t)(dot - node->name) : node->name_length;

	ret_parts->is_directory = fsi_node_is_directory(node);
	ret_parts->base_length =
		map_text(rules, node->name, base, limits->directory, ret_parts->base);
	ret_parts->extension[0] = '\0';
	ret_parts->extension_length = 0;
	if (dot == NULL || base + 1u == node->name_length)
		return;
	ret_parts->extension[0] = '.';
	ret_parts->extension_length =
		1 + map_text(rules, dot + 1, node->name_length - base - 1,
			     limits->extension, ret_parts->extension + 1);
}

/*
 * When both parts do not fit, the extension is cut first, but not below
 * KEPT_EXTENSION characters; then the base, which keeps at least one.
 */
static size_t compose(const struct fsi_name_rules *rules,
		      const struct fsi_name_parts *parts, const char *number,
		      char (*ret_name)[FSI_NAME_SIZE])
{
	const struct limits *limits = get_limits(rules);
	const size_t digits = strlen(number);
	const size_t wanted = parts->base_length + digits;
	size_t extension = 0;
	size_t base = limits->directory - digits;
	size_t length = 0;

	if (parts->extension_length > 0) {
		size_t room = wanted < limits->both ? limits->both - wanted : 0;

		if (room < KEPT_EXTENSION)
			room = KEPT_EXTENSION;
		extension = least(parts->extension_length - 1, limits->extension);
		extension = least(extension, room);
	}
	if (!parts->is_directory)
		base = least(limits->base, limits->both - extension) - digits;
	base = least(base, parts->base_length);
	length = fsi_name_join(parts, base, number, extension > 0 ? 1 + extension : 0,
			       ret_name);
	if (is_dropped_at_end((*ret_name)[length - 1]))
		(*ret_name)[length - 1] = '_';
	return length;
}

const struct fsi_name_map fsi_name_iso = {
	.file_system = "ISO9660",
	.number_mark = "",
	.most_digits = 9,
	.letter_case = FSI_NAME_CASE_UPPER,
	.is_natural = is_natural,
	.split = split,
	.compose = compose,
};
