/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program that uses the library waits for:
 *
 *     api plan FOLDER
 *     api random FOLDER IMAGE READS THREADS ROUNDS
 *
 * "plan" says in one line how many seconds fsi_image_create_result_image() took, by the
 * clock and of the processor, and how many more the first 64 KiB. "random" says for
 * each round how many seconds so many reads of 64 KiB took, from the image that is not
 * written anywhere and from IMAGE, to which it is written before.
 */
#include <fsimage/fsimage.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define READ_SIZE   (64u * 1024)
#define THREADS_MAX 16
#define SEED	    UINT64_C(20261102)

static double seconds_of(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static HRESULT lay_out(const char *folder, double *ret_wall, double *ret_cpu,
		       fsi_result **ret_result)
{
	const struct timespec time = {.tv_sec = 1793620800};
	fsi_image *image = NULL;
	fsi_directory *root = NULL;
	HRESULT hr = fsi_image_create(&time, &image);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_file_systems_to_create(
			image, FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET |
				       FSI_FILE_SYSTEM_UDF);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_omit_large_iso_files(image, true);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_free_media_blocks(image, INT32_MAX);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_root(image, &root);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_tree(root, folder, false);
	*ret_wall = seconds_of(CLOCK_MONOTONIC);
	*ret_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	if (SUCCEEDED(hr))
		hr = fsi_image_create_result_image(image, ret_result);
	*ret_wall = seconds_of(CLOCK_MONOTONIC) - *ret_wall;
	*ret_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - *ret_cpu;
	fsi_image_release(image);
	return hr;
}

/* ---- plan -------------------------------------------------------------- */

static HRESULT measure_plan(const char *folder)
{
	fsi_result *result = NULL;
	fsi_stream *stream = NULL;
	uint8_t buffer[READ_SIZE];
	double wall = 0;
	double cpu = 0;
	double begin = 0;
	HRESULT hr = lay_out(folder, &wall, &cpu, &result);

	begin = seconds_of(CLOCK_MONOTONIC);
	if (SUCCEEDED(hr))
		hr = fsi_result_get_image_stream(result, &stream);
	if (SUCCEEDED(hr))
		hr = fsi_stream_read_at(stream, 0, buffer, sizeof(buffer), NULL);
	if (SUCCEEDED(hr))
		printf("%.6f %.6f %.6f\n", wall, cpu,
		       seconds_of(CLOCK_MONOTONIC) - begin);
	fsi_stream_release(stream);
	fsi_result_release(result);
	return hr;
}

/* ---- random ------------------------------------------------------------ */

/* What one thread reads: of the stream, or where there is none, the descriptor. */
struct reader {
	pthread_t thread;
	fsi_stream *stream;
	int descriptor;
	uint64_t size;
	uint64_t state; /* of the random numbers */
	unsigned long reads;
	bool is_bad;
};

/* Marsaglia's xorshift64. */
static uint64_t next_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void *read_all(void *context)
{
	struct reader *reader = context;
	uint8_t *buffer = malloc(READ_SIZE);

	reader->is_bad = buffer == NULL;
	for (unsigned long i = 0; i < reader->reads && !reader->is_bad; i++) {
		const uint64_t offset =
			next_number(&reader->state) % (reader->size - READ_SIZE);

		if (reader->stream != NULL)
			reader->is_bad = FAILED(fsi_stream_read_at(
				reader->stream, offset, buffer, READ_SIZE, NULL));
		else
			reader->is_bad = pread(reader->descriptor, buffer, READ_SIZE,
					       (off_t)offset) != READ_SIZE;
	}
	free(buffer);
	return NULL;
}

/* Seconds that all reads take; less than 0 when one failed. */
static double time_reads(const struct reader *pattern, unsigned threads)
{
	struct reader readers[THREADS_MAX];
	const double begin = seconds_of(CLOCK_MONOTONIC);
	bool is_bad = false;
	unsigned count = 0;

	for (; count < threads && !is_bad; count++) {
		readers[count] = *pattern;
		readers[count].reads /= threads;
		readers[count].state += count;
		is_bad = pthread_create(&readers[count].thread, NULL, read_all,
					&readers[count]) != 0;
	}
	count -= is_bad ? 1 : 0;
	while (count > 0) {
		pthread_join(readers[--count].thread, NULL);
		is_bad = is_bad || readers[count].is_bad;
	}
	return is_bad ? -1 : seconds_of(CLOCK_MONOTONIC) - begin;
}

static int compare(fsi_stream *stream, int descriptor, char **numbers)
{
	const unsigned long threads = strtoul(numbers[1], NULL, 10);
	const unsigned long rounds = strtoul(numbers[2], NULL, 10);
	struct reader of_stream = {
		.stream = stream,
		.state = SEED,
		.reads = strtoul(numbers[0], NULL, 10),
	};
	struct reader of_file = of_stream;

	if (threads < 1 || threads > THREADS_MAX ||
	    FAILED(fsi_stream_get_size(stream, &of_stream.size)))
		return EXIT_FAILURE;
	of_file.stream = NULL;
	of_file.descriptor = descriptor;
	of_file.size = of_stream.size;
	for (unsigned long round = 0; round <= rounds; round++) {
		const double file = time_reads(&of_file, (unsigned)threads);
		const double image = time_reads(&of_stream, (unsigned)threads);

		if (file < 0 || image < 0)
			return EXIT_FAILURE;
		/* The first one only fills the cache. */
		if (round > 0)
			printf("%.6f %.6f\n", image, file);
	}
	return EXIT_SUCCESS;
}

static int measure_random(char **arguments)
{
	const struct fsi_write_options write = {
		.size = sizeof(write), .replace = true, .no_sync = true};
	fsi_result *result = NULL;
	fsi_stream *stream = NULL;
	double wall = 0;
	double cpu = 0;
	int descriptor = -1;
	int status = EXIT_FAILURE;
	HRESULT hr = lay_out(arguments[0], &wall, &cpu, &result);

	if (SUCCEEDED(hr))
		hr = fsi_result_write_file(result, arguments[1], &write);
	if (SUCCEEDED(hr))
		hr = fsi_result_get_image_stream(result, &stream);
	if (SUCCEEDED(hr))
		descriptor = open(arguments[1], O_RDONLY | O_CLOEXEC);
	if (descriptor >= 0)
		status = compare(stream, descriptor, arguments + 2);
	if (FAILED(hr))
		fprintf(stderr, "api: %s\n", fsi_error_get_message());
	if (descriptor >= 0)
		close(descriptor);
	fsi_stream_release(stream);
	fsi_result_release(result);
	return status;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "plan") == 0) {
		if (SUCCEEDED(measure_plan(argv[2])))
			return EXIT_SUCCESS;
		fprintf(stderr, "api: %s\n", fsi_error_get_message());
		return EXIT_FAILURE;
	}
	if (argc == 7 && strcmp(argv[1], "random") == 0)
		return measure_random(argv + 2);
	fprintf(stderr, "usage: api plan FOLDER\n"
			"       api random FOLDER IMAGE READS THREADS ROUNDS\n");
	return EXIT_FAILURE;
}
