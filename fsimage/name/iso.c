/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the primary tree: d-characters, one dot, levels 1 and 2. */
#include "name/map.h"

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

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
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

static bool is_natural(const struct fsi_node *node, const struct limits *limits)
{
	const size_t length = node->name_length;
	const char *dot = find_dot(node);
	const size_t base = dot != NULL ? (size_t)(dot - node->name) : length;
	const size_t extension = dot != NULL ? length - base - 1 : 0;

	if (dot != NULL && extension == 0)
		return false;
	if (fsi_node_is_directory(node) ? length > limits->directory
					: !do_parts_fit(base, extension, limits))
		return false;
	for (size_t i = 0; i < length; i++) {
		const uint8_t byte = (uint8_t)node->name[i];

		if (byte != '_' && i != base && fsi_name_map_to_iso(byte) == '_')
			return false;
	}
	return true;
}

static void split(const struct fsi_node *node, struct fsi_name_parts *ret_parts)
{
	const char *dot = find_dot(node);
	const size_t base = dot != NULL ? (size_t)(dot - node->name) : node->name_length;

	ret_parts->is_directory = fsi_node_is_directory(node);
	ret_parts->base_length = fsi_name_map_text(node->name, base, fsi_name_map_to_iso,
						   level_2.directory, ret_parts->base);
	ret_parts->extension[0] = '\0';
	ret_parts->extension_length = 0;
	if (dot == NULL || base + 1u == node->name_length)
		return;
	ret_parts->extension[0] = '.';
	ret_parts->extension_length =
		1 + fsi_name_map_text(dot + 1, node->name_length - base - 1,
				      fsi_name_map_to_iso, level_2.extension,
				      ret_parts->extension + 1);
}

/*
 * When both parts do not fit, the extension is cut first, but not below
 * KEPT_EXTENSION characters; then the base, which keeps at least one.
 */
static size_t compose(const struct fsi_name_parts *parts, const char *number,
		      const struct limits *limits, char (*ret_name)[FSI_NAME_SIZE])
{
	const size_t digits = strlen(number);
	const size_t wanted = parts->base_length + digits;
	size_t extension = 0;
	size_t base = limits->directory - digits;

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
	return fsi_name_join(parts, base, number, extension > 0 ? 1 + extension : 0,
			     ret_name);
}

static bool is_natural_at_level_1(const struct fsi_node *node)
{
	return is_natural(node, &level_1);
}

static bool is_natural_at_level_2(const struct fsi_node *node)
{
	return is_natural(node, &level_2);
}

static size_t compose_at_level_1(const struct fsi_name_parts *parts, const char *number,
				 char (*ret_name)[FSI_NAME_SIZE])
{
	return compose(parts, number, &level_1, ret_name);
}

static size_t compose_at_level_2(const struct fsi_name_parts *parts, const char *number,
				 char (*ret_name)[FSI_NAME_SIZE])
{
	return compose(parts, number, &level_2, ret_name);
}

const struct fsi_name_map fsi_name_iso_level_1 = {
	.file_system = "ISO9660",
	.number_mark = "",
	.most_digits = 7, /* one character of the base is left */
	.letter_case = FSI_NAME_CASE_UPPER,
	.is_natural = is_natural_at_level_1,
	.split = split,
	.compose = compose_at_level_1,
};

const struct fsi_name_map fsi_name_iso_level_2 = {
	.file_system = "ISO9660",
	.number_mark = "",
	.most_digits = 9,
	.letter_case = FSI_NAME_CASE_UPPER,
	.is_natural = is_natural_at_level_2,
	.split = split,
	.compose = compose_at_level_2,
};
