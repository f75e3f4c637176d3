/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes written down as text. */
#include "tests/support/fixture.h"

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *append(char *text, const char *line)
{
	const size_t length = text != NULL ? strlen(text) : 0;
	char *grown = realloc(text, length + strlen(line) + 1);

	ck_assert_ptr_nonnull(grown);
	memcpy(grown + length, line, strlen(line) + 1);
	return grown;
}

static int hex_digit(char digit)
{
	ck_assert_msg(isxdigit((unsigned char)digit), "'%c' is no digit", digit);
	return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static uint8_t hex_byte(const char *text)
{
	return (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
}

static void put(struct fixture *fixture, size_t *offset, uint8_t byte, size_t count)
{
	ck_assert_uint_le(count, fixture->size - *offset);
	memset(fixture->bytes + *offset, byte, count);
	*offset += count;
}

/* Words of hexadecimal bytes, or HH*N. */
static void read_bytes(struct fixture *fixture, const char *line)
{
	char *cursor = NULL;
	size_t offset = strtoul(line, &cursor, 16);

	ck_assert_uint_le(offset, fixture->size);
	while (*cursor != '\0') {
		if (*cursor == ' ') {
			cursor++;
		} else if (cursor[2] == '*') {
			const uint8_t byte = hex_byte(cursor);

			put(fixture, &offset, byte, strtoul(cursor + 3, &cursor, 10));
		} else {
			put(fixture, &offset, hex_byte(cursor), 1);
			cursor += 2;
		}
	}
}

static void read_line(struct fixture *fixture, char *line)
{
	const size_t length = strlen(line);

	if (strncmp(line, "volume ", 7) == 0) {
		fixture->volume = append(fixture->volume, line + 7);
	} else if (strncmp(line, "entry ", 6) == 0) {
		fixture->entries = append(fixture->entries, line + 6);
	} else if (strncmp(line, "size ", 5) == 0) {
		fixture->size = strtoul(line + 5, NULL, 10);
		fixture->bytes = calloc(fixture->size, 1);
		ck_assert_ptr_nonnull(fixture->bytes);
	} else if (line[0] == '@') {
		ck_assert_ptr_nonnull(fixture->bytes);
		line[length - 1] = '\0';
		read_bytes(fixture, line + 1);
	} else {
		ck_assert_msg(line[0] == '#', "a line of an unknown kind: %s", line);
	}
}

void fixture_read(struct fixture *fixture, const char *name)
{
	char path[512];
	char *line = NULL;
	size_t room = 0;
	FILE *file = NULL;

	*fixture = (struct fixture){.size = 0};
	fixture->volume = append(NULL, "");
	fixture->entries = append(NULL, "");
	snprintf(path, sizeof(path), "%s/udf/%s.txt", TEST_DATA_DIR, name);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "there is no %s", path);
	while (getline(&line, &room, file) > 0)
		read_line(fixture, line);
	free(line);
	fclose(file);
}

void fixture_free(struct fixture *fixture)
{
	free(fixture->bytes);
	free(fixture->volume);
	free(fixture->entries);
}
