/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints all that libudfread sees in an image: read_udfread IMAGE */

#include "record.h"

#include <stdlib.h>
#include <string.h>

#include <udfread/udfread.h>

/* Deeper than any tree of the tests: deeper means that the image has a loop. */
#define MAX_DEPTH 100

static char file_buffer[1 << 20];

static bool hash_file(UDFDIR *folder, const char *name, struct record *record)
{
	UDFFILE *const file = udfread_file_openat(folder, name);
	SHA256_CTX hash;
	uint64_t total = 0;
	ssize_t got;

	if (!file)
		return false;
	record->size = (uint64_t)udfread_file_size(file);
	SHA256_Init(&hash);
	while ((got = udfread_file_read(file, file_buffer, sizeof(file_buffer))) > 0) {
		SHA256_Update(&hash, file_buffer, (size_t)got);
		total += (uint64_t)got;
	}
	SHA256_Final(record->sha256, &hash);
	udfread_file_close(file);
	return got == 0 && total == record->size;
}

static void walk(UDFDIR *folder, struct record_path *path, int depth)
{
	struct udfread_dirent entry;

	while (udfread_readdir(folder, &entry)) {
		struct record record = {
			.mtime = RECORD_NO_MTIME,
			.mode = RECORD_NO_MODE,
		};
		size_t before;

		if (strcmp(entry.d_name, ".") == 0 || strcmp(entry.d_name, "..") == 0)
			continue;
		before = record_path_push(path, entry.d_name);
		record.path = path->text;
		if (entry.d_type == UDF_DT_DIR) {
			UDFDIR *const inner =
				depth < MAX_DEPTH
					? udfread_opendir_at(folder, entry.d_name)
					: NULL;

			record.kind = 'd';
			record_print(stdout, &record);
			if (inner) {
				walk(inner, path, depth + 1);
				udfread_closedir(inner);
			} else {
				record_print_error(stdout, path->text,
						   "can't open the folder");
			}
		} else if (entry.d_type == UDF_DT_REG) {
			record.kind = 'f';
			if (hash_file(folder, entry.d_name, &record))
				record_print(stdout, &record);
			else
				record_print_error(stdout, path->text,
						   "can't read the file");
		} else {
			record.kind = 'o';
			record_print(stdout, &record);
		}
		record_path_pop(path, before);
	}
}

int main(int argc, char **argv)
{
	struct record_path path = {0};
	udfread *const volume = udfread_init();
	UDFDIR *root;

	if (argc != 2 || !volume || udfread_open(volume, argv[1]) < 0) {
		fputs("read_udfread: can't open the image\n", stderr);
		return EXIT_FAILURE;
	}
	root = udfread_opendir(volume, "/");
	if (!root) {
		fputs("read_udfread: can't open the root folder\n", stderr);
		return EXIT_FAILURE;
	}
	record_path_push(&path, "");
	walk(root, &path, 0);
	udfread_closedir(root);
	udfread_close(volume);
	record_path_free(&path);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
