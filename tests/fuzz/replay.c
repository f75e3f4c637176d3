/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fuzzer's target without a fuzzer: replays its seeds and its corpus. */

/*
 *     PROGRAM                    the seeds, and what is in the corpus of the sources
 *     PROGRAM FILE...            these inputs
 *     PROGRAM --write FOLDER     write seeds and corpus there, for a fuzzer to start from
 *
 * The corpus of the sources is text: hexadecimal digits, and comments from "#" on.
 */
#include "tests/fuzz/seeds.h"

#include <check.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char hex_digits[] = "0123456789abcdef";

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

/* Hexadecimal digits; what is not one is passed over, a line from "#" on too. */
static size_t decode(FILE *file, uint8_t *out)
{
	size_t digits = 0;

	for (int c = fgetc(file); c != EOF; c = fgetc(file)) {
		const char *found = strchr(hex_digits, c);

		if (c == '#') {
			while (c != EOF && c != '\n')
				c = fgetc(file);
		} else if (c != '\0' && found != NULL) {
			const unsigned value = (unsigned)(found - hex_digits);

			if (out != NULL && digits % 2 == 0)
				out[digits / 2] = (uint8_t)(value << 4);
			else if (out != NULL)
				out[digits / 2] = (uint8_t)(out[digits / 2] | value);
			digits++;
		}
	}
	return digits / 2;
}

/* An input of the corpus, which is kept as text. */
static void take_from_corpus(const struct seeds_receiver *receiver, const char *name)
{
	char path[4096];
	FILE *file = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	snprintf(path, sizeof(path), "%s/%s", CORPUS_DIR, name);
	file = fopen(path, "r");
	if (file == NULL)
		die(path);
	size = decode(file, NULL);
	bytes = malloc(size + 1);
	rewind(file);
	if (bytes == NULL || decode(file, bytes) != size)
		die(path);
	fclose(file);
	receiver->take(receiver->context, name, bytes, size);
	free(bytes);
}

static void take_corpus(const struct seeds_receiver *receiver)
{
	struct dirent **entries = NULL;
	const int count = scandir(CORPUS_DIR, &entries, NULL, alphasort);

	if (count < 0)
		die(CORPUS_DIR);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.')
			take_from_corpus(receiver, entries[i]->d_name);
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
	take_corpus(&receiver);
}
END_TEST

START_TEST(no_input_does_harm)
{
	const struct seeds_receiver receiver = {replay, NULL};

	if (file_count == 0) {
		seeds_make(&receiver);
		take_corpus(&receiver);
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
