/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of a drawing. */
#include "cli/map_text.h"

#include "cli/text.h"
#include "cli/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Characters that turn the direction of what follows, and those that XML forbids. */
static bool is_unsafe(const unsigned char *bytes)
{
	if (bytes[0] == 0xE2 && bytes[1] == 0x80)
		return (bytes[2] >= 0xAA && bytes[2] <= 0xAE) || bytes[2] == 0x8E ||
		       bytes[2] == 0x8F || bytes[2] == 0xA8 || bytes[2] == 0xA9;
	if (bytes[0] == 0xE2 && bytes[1] == 0x81)
		return bytes[2] >= 0xA6 && bytes[2] <= 0xA9;
	return bytes[0] == 0xEF && bytes[1] == 0xBF && bytes[2] >= 0xBE;
}

static void put_character(FILE *file, char character)
{
	switch (character) {
	case '&':
		fputs("&amp;", file);
		break;
	case '<':
		fputs("&lt;", file);
		break;
	case '>':
		fputs("&gt;", file);
		break;
	case '"':
		fputs("&quot;", file);
		break;
	case '\'':
		fputs("&#39;", file);
		break;
	default:
		fputc(character, file);
		break;
	}
}

char *map_text_make_safe(const char *text)
{
	char *safe = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&safe, &size);

	if (file == NULL)
		return NULL;
	text_print(file, text);
	if (fclose(file) == 0)
		return safe;
	free(safe);
	return NULL;
}

/* Columns that a character takes; East Asian ones are wide. */
static unsigned columns_of(const unsigned char *bytes)
{
	if (bytes[0] < 0xE1)
		return (bytes[0] & 0xC0) == 0x80 ? 0 : 1;
	return bytes[0] >= 0xE2 && (bytes[0] >= 0xE3 || bytes[1] >= 0xBA) ? 2 : 1;
}

unsigned map_text_measure(const char *safe)
{
	unsigned columns = 0;

	for (const unsigned char *c = (const unsigned char *)safe; *c != '\0'; c++) {
		if ((*c & 0xC0) != 0x80)
			columns += columns_of(c);
	}
	return columns;
}

void map_text_put(FILE *file, const char *safe, unsigned most)
{
	const bool is_cut = map_text_measure(safe) > most;
	const unsigned char *c = (const unsigned char *)safe;
	unsigned columns = 0;

	for (; *c != '\0'; c++) {
		if ((*c & 0xC0) != 0x80) {
			columns += columns_of(c);
			if (is_cut && columns > most - 1)
				break;
			if (is_unsafe(c)) {
				fputs("\xEF\xBF\xBD", file);
				c += 2;
				continue;
			}
		}
		put_character(file, (char)*c);
	}
	if (is_cut)
		fputs("\xE2\x80\xA6", file);
}

const char *map_text_number(uint64_t number, char (*text)[MAP_NUMBER_SIZE])
{
	char digits[MAP_NUMBER_SIZE];
	const int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);
	char *out = *text;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
	return *text;
}

void map_text_put_blocks(FILE *file, uint64_t blocks)
{
	char number[MAP_NUMBER_SIZE];

	fprintf(file, "%s block%s", map_text_number(blocks, &number),
		blocks == 1 ? "" : "s");
}

void map_text_put_range(FILE *file, uint32_t first, uint32_t last)
{
	char number[MAP_NUMBER_SIZE];

	fputs(map_text_number(first, &number), file);
	if (last != first)
		fprintf(file, "\xE2\x80\x93%s", map_text_number(last, &number));
}

void map_text_put_file_systems(FILE *file, fsi_file_systems file_systems)
{
	static const enum fsi_file_system known[] = {
		FSI_FILE_SYSTEM_UDF, FSI_FILE_SYSTEM_ISO9660, FSI_FILE_SYSTEM_JOLIET};
	const char *separator = "";

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if ((file_systems & (fsi_file_systems)known[i]) == 0)
			continue;
		fprintf(file, "%s%s", separator, view_name(known[i]));
		separator = ", ";
	}
}
