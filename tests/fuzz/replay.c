/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fuzzer's target without a fuzzer: replays its seeds and its corpus. */

/*
 *     PROGRAM                    the seeds, and what is in the corpus of the sources
 *     PROGRAM FILE...            these inputs
 *     PROGRAM --write FOLDER     write the seeds there, for a fuzzer to start from
 */
#include "tests/fuzz/seeds.h"

#include <check.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What main() was told. */
static char **files;
static int file_count;
static const char *seed_folder;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* In memory of exactly its size, so that reading behind it is noticed. */
static void replay(void *context, const char *name, const uint8_t *input, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	(void)context;
	if (copy == NULL)
		die(name);
	memcpy(copy, input, size);
	printf("%s: %zu bytes\n", name, size);
	fflush(stdout);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	long size = 0;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
		die(path);
	rewind(file);
	bytes = malloc((size_t)size + 1);
	if (bytes == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size)
		die(path);
	fclose(file);
	replay(NULL, path, bytes, (size_t)size);
	free(bytes);
}

static void replay_folder(const char *folder)
{
	struct dirent **entries = NULL;
	const int count = scandir(folder, &entries, NULL, alphasort);

	if (count < 0)
		die(folder);
	for (int i = 0; i < count; i++) {
		char path[4096];

		if (entries[i]->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
			replay_file(path);
		}
		free(entries[i]);
	}
	free(entries);
}

static void write_seed(void *context, const char *name, const uint8_t *input, size_t size)
{
	char path[4096];
	FILE *file = NULL;

	snprintf(path, sizeof(path), "%s/%s", (const char *)context, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(input, 1, size, file) != size || fclose(file) != 0)
		die(path);
}

START_TEST(the_seeds_are_written)
{
	char folder[4096];
	const struct seeds_receiver receiver = {write_seed, folder};

	snprintf(folder, sizeof(folder), "%s", seed_folder);
	seeds_make(&receiver);
}
END_TEST

START_TEST(no_input_does_harm)
{
	const struct seeds_receiver receiver = {replay, NULL};

	if (file_count == 0) {
		seeds_make(&receiver);
		replay_folder(CORPUS_DIR);
	}
	for (int i = 0; i < file_count; i++)
		replay_file(files[i]);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("replayed inputs");
	SRunner *runner = srunner_create(suite);
	TCase *tcase = tcase_create("inputs");
	int failed = 0;

	if (argc == 3 && strcmp(argv[1], "--write") == 0) {
		seed_folder = argv[2];
		tcase_add_test(tcase, the_seeds_are_written);
	} else {
		files = argv + 1;
		file_count = argc - 1;
		tcase_add_test(tcase, no_input_does_harm);
	}
	suite_add_tcase(suite, tcase);
	/* What breaks a reader is to be seen where it breaks. */
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
