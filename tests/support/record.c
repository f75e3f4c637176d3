/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the entries that a reader of the system tests sees. */

#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void record_print(FILE *output, const struct record *record)
{
	fprintf(output, "%c\t%" PRIu64 "\t", record->kind, record->size);
	if (record->kind == 'f') {
		for (size_t i = 0; i < sizeof(record->sha256); i++)
			fprintf(output, "%02x", (unsigned int)record->sha256[i]);
	} else {
		fputs(record->what ? record->what : "-", output);
	}
	if (record->mtime == RECORD_NO_MTIME)
		fputs("\t-", output);
	else
		fprintf(output, "\t%" PRId64, record->mtime);
	if (record->mode == RECORD_NO_MODE)
		fputs("\t-", output);
	else
		fprintf(output, "\t%" PRIo32, record->mode);
	if (record->links == 0)
		fputs("\t-", output);
	else
		fprintf(output, "\t%" PRIu64, record->links);
	fprintf(output, "\t%s%c", record->path, '\0');
}

void record_print_error(FILE *output, const char *path, const char *what)
{
	fprintf(output, "!\t0\t-\t-\t-\t-\t%s: %s%c", path, what, '\0');
}

size_t record_path_push(struct record_path *path, const char *name)
{
	const size_t before = path->length;
	const size_t added = strlen(name);

	if (path->room < before + added + 2) {
		path->room = 2 * (before + added + 2);
		path->text = realloc(path->text, path->room);
		if (!path->text) {
			fputs("out of memory\n", stderr);
			exit(EXIT_FAILURE);
		}
	}
	if (before > 0)
		path->text[path->length++] = '/';
	memcpy(path->text + path->length, name, added + 1);
	path->length += added;
	return before;
}

void record_path_pop(struct record_path *path, size_t length)
{
	path->length = length;
	if (path->text)
		path->text[length] = '\0';
}

void record_path_free(struct record_path *path)
{
	free(path->text);
}
