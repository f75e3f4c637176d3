/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several threads: walking one view, reading one file, letting go of both. */
#include "tests/support/disc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define THREADS	    4
#define DIRECTORIES 12
#define FILES	    12

/* Directories with files, so that entries and their bodies are all over the disc. */
static fsi_disc_view *make_view(void)
{
	fsi_image *image = api_image(UDF);
	fsi_directory *root = api_root(image);
	fsi_stream *stream = NULL;
	fsi_disc_view *view = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	for (unsigned d = 0; d < DIRECTORIES; d++) {
		api_add_directory(root, api_text("directory %u", d));
		for (unsigned f = 0; f < FILES; f++)
			api_add_sized(root, api_text("directory %u\\file %u", d, f),
				      3000 * f + d);
	}
	stream = api_image_stream(image);
	bytes = api_read_all(stream, &size);
	fsi_stream_release(stream);
	fsi_image_release(image);
	view = disc_view(bytes, size);
	free(bytes);
	return view;
}

struct walker {
	pthread_t thread;
	fsi_disc_view *view;  /* one reference */
	fsi_stream *stream;   /* one reference */
	const uint8_t *whole; /* what is in the stream */
	size_t size;	      /* of it */
	uint64_t random;
	unsigned failures;
	unsigned entries;
};

static void walk(struct walker *walker, fsi_disc_entry *entry)
{
	const struct fsi_disc_entry_info *info = NULL;
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;
	struct fsi_disc_extent extent;
	HRESULT hr = S_OK;

	walker->entries++;
	walker->failures += fsi_disc_entry_get_info(entry, &info) != S_OK;
	walker->failures += FAILED(fsi_disc_entry_get_extent(entry, 0, &extent));
	if (info->kind != FSI_DISC_DIRECTORY)
		return;
	walker->failures += fsi_disc_entry_get_children(entry, &children) != S_OK;
	while ((hr = fsi_disc_children_next(children, &child)) == S_OK) {
		walk(walker, child);
		fsi_disc_entry_release(child);
	}
	walker->failures += hr != S_FALSE;
	fsi_disc_children_release(children);
}

static void *walk_view(void *context)
{
	struct walker *walker = context;
	fsi_disc_entry *root = NULL;

	for (int i = 0; i < 10; i++) {
		walker->failures += fsi_disc_view_get_root(walker->view, &root) != S_OK;
		walk(walker, root);
		fsi_disc_entry_release(root);
	}
	fsi_disc_view_release(walker->view);
	return NULL;
}

static void *read_stream(void *context)
{
	struct walker *walker = context;
	uint8_t buffer[5000];

	for (int i = 0; i < 500; i++) {
		const uint32_t offset =
			api_random(&walker->random, (uint32_t)walker->size);
		size_t got = 0;

		if (fsi_stream_read_at(walker->stream, offset, buffer, sizeof(buffer),
				       &got) != S_OK ||
		    memcmp(buffer, walker->whole + offset, got) != 0)
			walker->failures++;
	}
	fsi_stream_release(walker->stream);
	return NULL;
}

static void run(struct walker *walkers, void *(*work)(void *context))
{
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_int_eq(
			pthread_create(&walkers[i].thread, NULL, work, &walkers[i]), 0);
}

static void wait_for(struct walker *walkers)
{
	for (unsigned i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(walkers[i].thread, NULL), 0);
		ck_assert_uint_eq(walkers[i].failures, 0);
	}
}

START_TEST(threads_walk_one_view_and_the_last_frees_it)
{
	struct walker walkers[THREADS] = {{.failures = 0}};
	fsi_disc_view *view = make_view();

	for (unsigned i = 0; i < THREADS; i++)
		walkers[i].view = fsi_disc_view_add_ref(view);
	fsi_disc_view_release(view);
	run(walkers, walk_view);
	wait_for(walkers);
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_uint_eq(walkers[i].entries,
				  10 * (1 + DIRECTORIES * (1 + FILES)));
}
END_TEST

START_TEST(threads_read_one_file_and_the_last_closes_it)
{
	struct walker walkers[THREADS] = {{.failures = 0}};
	fsi_disc_view *view = make_view();
	fsi_disc_entry *entry = disc_entry(view, "directory 3/file 11");
	fsi_stream *stream = NULL;
	uint8_t *whole = NULL;
	size_t size = 0;

	ASSERT_OK(fsi_disc_entry_open_data(entry, &stream));
	whole = api_read_all(stream, &size);
	for (unsigned i = 0; i < THREADS; i++) {
		walkers[i].stream = fsi_stream_add_ref(stream);
		walkers[i].whole = whole;
		walkers[i].size = size;
		walkers[i].random = i;
	}
	fsi_stream_release(stream);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	run(walkers, read_stream);
	wait_for(walkers);
	free(whole);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF reader, threads");
	TCase *tcase = tcase_create("threads");

	tcase_add_test(tcase, threads_walk_one_view_and_the_last_frees_it);
	tcase_add_test(tcase, threads_read_one_file_and_the_last_closes_it);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
