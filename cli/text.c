/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text as it can be shown. */

#include "cli/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Decode the UTF-8 character at text (RFC 3629: no surrogates, no overlong
 * forms). Returns its bytes; 0 when there is none.
 */
static size_t decode_character(const unsigned char *text, uint32_t *ret_character)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const size_t size = text[0] < 0x80	       ? 1
			    : (text[0] & 0xe0) == 0xc0 ? 2
			    : (text[0] & 0xf0) == 0xe0 ? 3
			    : (text[0] & 0xf8) == 0xf0 ? 4
						       : 0;
	uint32_t character = text[0];

	if (size == 0)
		return 0;
	if (size > 1)
		character &= 0x7fu >> size;
	for (size_t i = 1; i < size; i++) {
		/* The NUL at the end is no continuation byte, so this stops there. */
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (text[i] & 0x3fu);
	}
	if (character < smallest[size] || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 0;
	*ret_character = character;
	return size;
}

bool text_is_utf8(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != '\0') {
		uint32_t character = 0;
		const size_t size = decode_character(at, &character);

		if (size == 0)
			return false;
		at += size;
	}
	return true;
}

/* C0 and C1 controls and DEL; the line separators that Unicode has besides. */
static bool is_control(uint32_t character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
	       character == 0x2028 || character == 0x2029;
}

void text_print(FILE *file, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != '\0') {
		uint32_t character = 0;
		const size_t size = decode_character(at, &character);

		if (size == 0 || is_control(character)) {
			const size_t bytes = size == 0 ? 1 : size;

			for (size_t i = 0; i < bytes; i++)
				fprintf(file, "\\x%02X", *at++);
			continue;
		}
		fwrite(at, 1, size, file);
		at += size;
	}
}

void text_vprintf(FILE *file, const char *format, va_list values)
{
	char *text = NULL;

	if (vasprintf(&text, format, values) < 0) {
		/* Without memory the bare format says more than nothing. */
		text_print(file, format);
		return;
	}
	text_print(file, text);
	free(text);
}

static void print_json_character(FILE *file, const unsigned char *bytes, size_t size,
				 uint32_t character)
{
	if (character == '"' || character == '\\')
		fprintf(file, "\\%c", (char)character);
	else if (is_control(character))
		fprintf(file, "\\u%04x", (unsigned)character);
	else
		fwrite(bytes, 1, size, file);
}

void text_print_json(FILE *file, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	if (text == NULL) {
		fputs("null", file);
		return;
	}
	fputc('"', file);
	while (*at != '\0') {
		uint32_t character = 0;
		const size_t size = decode_character(at, &character);

		if (size == 0) {
			fprintf(file, "\\\\x%02X", *at++);
			continue;
		}
		print_json_character(file, at, size, character);
		at += size;
	}
	fputc('"', file);
}
