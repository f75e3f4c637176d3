/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and times as people write and read them. */

#include "cli/units.h"

#include <fsimage/types.h>

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

/* Digits that a capacity may have: ten times as many still fit 64 bits. */
#define MOST_DIGITS 18

static const struct suffix {
	const char *name;
	uint64_t bytes;
} suffixes[] = {
	{"", FSI_BLOCK_SIZE},	{"M", 1048576},
	{"MB", 1048576},	{"G", 1000000000},
	{"GB", 1000000000},	{"KiB", 1024},
	{"MiB", 1024 * 1024ul}, {"GiB", 1024ul * 1048576},
};

static bool find_suffix(const char *text, uint64_t *ret_bytes)
{
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcasecmp(text, suffixes[i].name) == 0) {
			*ret_bytes = suffixes[i].bytes;
			return true;
		}
	}
	return false;
}

/* Digits, perhaps with a point among them: value divided by scale. */
static bool read_number(const char **cursor, uint64_t *ret_value, uint64_t *ret_scale)
{
	const char *at = *cursor;
	unsigned digits = 0;
	bool is_fraction = false;

	*ret_value = 0;
	*ret_scale = 1;
	for (; (*at >= '0' && *at <= '9') || (*at == '.' && !is_fraction); at++) {
		if (*at == '.') {
			is_fraction = true;
			continue;
		}
		if (++digits > MOST_DIGITS)
			return false;
		*ret_value = *ret_value * 10 + (uint64_t)(*at - '0');
		if (is_fraction)
			*ret_scale *= 10;
	}
	/* ".5" and "5." are slips of the hand rather than numbers. */
	if (digits == 0 || **cursor == '.' || at[-1] == '.')
		return false;
	*cursor = at;
	return true;
}

bool units_parse_capacity(const char *text, int64_t *ret_blocks)
{
	uint64_t value = 0;
	uint64_t scale = 0;
	uint64_t unit = 0;
	uint64_t bytes = 0;

	if (!read_number(&text, &value, &scale) || !find_suffix(text, &unit))
		return false;
	if (*text == '\0' && scale != 1)
		return false; /* a part of a block */
	if (__builtin_mul_overflow(value, unit, &bytes))
		return false;
	bytes /= scale;
	if (bytes < FSI_BLOCK_SIZE || bytes / FSI_BLOCK_SIZE > INT32_MAX)
		return false;
	*ret_blocks = (int64_t)(bytes / FSI_BLOCK_SIZE);
	return true;
}

const char *units_format_size(uint64_t bytes, char (*text)[UNITS_TEXT_SIZE])
{
	static const char *const names[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double size = (double)bytes / 1024;
	size_t unit = 0;

	if (bytes < 1024) {
		snprintf(*text, sizeof(*text), "%" PRIu64 " %s", bytes,
			 bytes == 1 ? "byte" : "bytes");
		return *text;
	}
	/* 1023.95 would be printed as 1024.0. */
	while (size >= 1023.95 && unit + 1 < sizeof(names) / sizeof(names[0])) {
		size /= 1024;
		unit++;
	}
	snprintf(*text, sizeof(*text), size < 99.95 ? "%.1f %s" : "%.0f %s", size,
		 names[unit]);
	return *text;
}

const char *units_format_clock(double seconds, char (*text)[UNITS_TEXT_SIZE])
{
	/* More than this nobody waits for, and the cast must not overflow. */
	const unsigned long whole =
		seconds < 359999 ? (unsigned long)(seconds + 0.5) : 359999;
	const unsigned long hours = whole / 3600;
	const unsigned long minutes = whole / 60 % 60;

	if (hours > 0)
		snprintf(*text, sizeof(*text), "%lu:%02lu:%02lu", hours, minutes,
			 whole % 60);
	else
		snprintf(*text, sizeof(*text), "%lu:%02lu", minutes, whole % 60);
	return *text;
}
