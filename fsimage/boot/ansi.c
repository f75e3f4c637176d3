/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows code page 1252: Latin 1, but for 32 places. */
#include "boot/ansi.h"

#include "base/text.h"

#include <string.h>

#define OTHER_FIRST 0x80u
#define OTHER_COUNT 32u

/* What stands where Latin 1 has control characters; 0: nothing. */
static const uint16_t others[OTHER_COUNT] = {
	0x20AC, 0,	0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,	0x017D, 0,
	0,	0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,	0x017E, 0x0178,
};

/* The byte of a character; 0: it has none. */
static uint8_t encode(uint32_t character)
{
	if (character < OTHER_FIRST ||
	    (character >= OTHER_FIRST + OTHER_COUNT && character <= 0xFF))
		return (uint8_t)character;
	for (uint32_t i = 0; i < OTHER_COUNT; i++) {
		if (others[i] == character)
			return (uint8_t)(OTHER_FIRST + i);
	}
	return 0;
}

bool fsi_ansi_from_utf8(const char *text, uint8_t *out, size_t size)
{
	const char *end = text + strlen(text);
	uint8_t bytes[64] = {0};
	size_t length = 0;

	if (size > sizeof(bytes))
		return false;
	while (text < end) {
		const uint8_t byte = encode(fsi_utf8_next(&text, end));

		if (byte == 0 || length == size)
			return false;
		bytes[length++] = byte;
	}
	memcpy(out, bytes, size);
	return true;
}

static uint32_t decode(uint8_t byte)
{
	if (byte < OTHER_FIRST || byte >= OTHER_FIRST + OTHER_COUNT)
		return byte;
	return others[byte - OTHER_FIRST] != 0 ? others[byte - OTHER_FIRST] : 0xFFFD;
}

void fsi_ansi_to_utf8(const uint8_t *bytes, size_t length, char *text)
{
	const uint8_t *zero = length > 0 ? memchr(bytes, 0, length) : NULL;

	if (zero != NULL)
		length = (size_t)(zero - bytes);
	while (length > 0 && bytes[length - 1] == ' ')
		length--;
	for (size_t i = 0; i < length; i++)
		text += fsi_utf8_put(text, decode(bytes[i]));
	*text = '\0';
}
