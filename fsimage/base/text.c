/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8, UTF-16 and upper case, without a locale. */
#include "base/text.h"

#include "base/memory.h"

#include <string.h>

static const struct {
	uint32_t first;
	uint32_t last;
	uint32_t step;
	int32_t delta;
} upper_case_runs[] = {
#include "base/upper_case.inc"
};

static bool is_continuation(const char *cursor, const char *end)
{
	return cursor < end && ((uint8_t)*cursor & 0xC0) == 0x80;
}

uint32_t fsi_utf8_next(const char **cursor, const char *end)
{
	/* The least character of each length, so that longer forms are refused. */
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	const char *start = *cursor;
	const uint8_t lead = (uint8_t)*start;
	unsigned length = 0;
	uint32_t character = 0;

	*cursor = start + 1;
	if (lead < 0x80)
		return lead;
	if (lead < 0xC2 || lead > 0xF4)
		return UINT32_MAX;
	length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	character = lead & (0x7Fu >> length);
	for (unsigned i = 1; i < length; i++) {
		if (!is_continuation(start + i, end))
			return UINT32_MAX;
		character = character << 6 | ((uint8_t)start[i] & 0x3F);
	}
	if (character < least[length] || character > 0x10FFFF ||
	    (character >= 0xD800 && character < 0xE000))
		return UINT32_MAX;
	*cursor = start + length;
	return character;
}

bool fsi_utf8_is_valid(const char *bytes, size_t length)
{
	const char *end = bytes + length;

	while (bytes < end) {
		const uint32_t character = fsi_utf8_next(&bytes, end);

		if (character == 0 || character == UINT32_MAX)
			return false;
	}
	return true;
}

size_t fsi_utf8_put(char *out, uint32_t character)
{
	if (character < 0x80) {
		out[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		out[0] = (char)(0xC0 | character >> 6);
		out[1] = (char)(0x80 | (character & 0x3F));
		return 2;
	}
	if (character < 0x10000) {
		out[0] = (char)(0xE0 | character >> 12);
		out[1] = (char)(0x80 | (character >> 6 & 0x3F));
		out[2] = (char)(0x80 | (character & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | character >> 18);
	out[1] = (char)(0x80 | (character >> 12 & 0x3F));
	out[2] = (char)(0x80 | (character >> 6 & 0x3F));
	out[3] = (char)(0x80 | (character & 0x3F));
	return 4;
}

size_t fsi_utf16_count(const char *text, size_t length)
{
	return fsi_utf16_from_utf8(text, length, NULL, 0);
}

size_t fsi_utf16_from_utf8(const char *text, size_t length, uint16_t *out, size_t room)
{
	const char *end = text + length;
	size_t units = 0;

	while (text < end) {
		const uint32_t character = fsi_utf8_next(&text, end);
		const bool pair = character > 0xFFFF;

		if (units + pair < room && pair) {
			out[units] = (uint16_t)(0xD800 + ((character - 0x10000) >> 10));
			out[units + 1] = (uint16_t)(0xDC00 + (character & 0x3FF));
		} else if (units < room && !pair) {
			out[units] = (uint16_t)character;
		}
		units += pair ? 2 : 1;
	}
	return units;
}

uint32_t fsi_upper_case(uint32_t character)
{
	size_t low = 0;
	size_t high = sizeof(upper_case_runs) / sizeof(upper_case_runs[0]);

	if (character < 0x80)
		return character >= 'a' && character <= 'z' ? character - 32 : character;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (upper_case_runs[middle].last < character)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == sizeof(upper_case_runs) / sizeof(upper_case_runs[0]) ||
	    character < upper_case_runs[low].first ||
	    (character - upper_case_runs[low].first) % upper_case_runs[low].step != 0)
		return character;
	return (uint32_t)((int32_t)character + upper_case_runs[low].delta);
}

int fsi_text_compare_ignoring_case(const char *a, size_t a_length, const char *b,
				   size_t b_length)
{
	const char *a_end = a + a_length;
	const char *b_end = b + b_length;

	while (a < a_end && b < b_end) {
		const uint32_t x = fsi_upper_case(fsi_utf8_next(&a, a_end));
		const uint32_t y = fsi_upper_case(fsi_utf8_next(&b, b_end));

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a < a_end) - (b < b_end);
}

uint32_t fsi_text_hash(const char *text, size_t length, bool ignore_case)
{
	/* FNV-1a, over characters when case is ignored, else over bytes. */
	const char *end = text + length;
	uint32_t hash = UINT32_C(2166136261);

	while (text < end) {
		const uint32_t character =
			ignore_case ? fsi_upper_case(fsi_utf8_next(&text, end))
				    : (uint8_t)*text++;

		hash = (hash ^ character) * UINT32_C(16777619);
	}
	return hash ^ hash >> 15;
}

bool fsi_is_control(uint32_t character)
{
	return character < 0x20 || (character >= 0x7F && character < 0xA0) ||
	       character == 0x2028 || character == 0x2029;
}

static char *put_escape(char *out, uint8_t byte)
{
	static const char digits[] = "0123456789ABCDEF";

	*out++ = '\\';
	*out++ = 'x';
	*out++ = digits[byte >> 4];
	*out++ = digits[byte & 0xF];
	return out;
}

char *fsi_text_escape(const char *bytes, size_t length)
{
	const char *end = bytes + length;
	char *text = length < SIZE_MAX / 4 ? fsi_allocate(4 * length + 1) : NULL;
	char *out = text;

	if (text == NULL)
		return NULL;
	while (bytes < end) {
		const char *start = bytes;
		const uint32_t character = fsi_utf8_next(&bytes, end);

		if (character == UINT32_MAX || fsi_is_control(character)) {
			while (start < bytes)
				out = put_escape(out, (uint8_t)*start++);
			continue;
		}
		memcpy(out, start, (size_t)(bytes - start));
		out += bytes - start;
	}
	*out = '\0';
	return text;
}
