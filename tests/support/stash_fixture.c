/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the stash have in common. */
#include "tests/support/stash_fixture.h"

#include "tests/support/streams.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static HRESULT put_bytes(struct fsi_stash_writer *writer, uint64_t at, uint64_t size)
{
	while (size > 0) {
		size_t room = 0;
		uint8_t *buffer = fsi_stash_buffer(writer, &room);
		HRESULT hr = S_OK;

		ck_assert_uint_gt(room, 0);
		if (room > size)
			room = (size_t)size;
		for (size_t i = 0; i < room; i++)
			buffer[i] = test_stream_byte(at + i);
		hr = fsi_stash_advance(writer, room);
		if (FAILED(hr))
			return hr;
		at += room;
		size -= room;
	}
	return S_OK;
}

HRESULT stash_try(struct fsi_stash *stash, const struct stash_part *parts, size_t count,
		  uint64_t seed, const struct fsi_stash_item **ret_item)
{
	struct fsi_stash_writer *writer = NULL;
	uint64_t at = seed;
	HRESULT hr = fsi_stash_begin(stash, 0, &writer);

	if (FAILED(hr))
		return hr;
	for (size_t i = 0; SUCCEEDED(hr) && i < count; i++) {
		hr = parts[i].is_hole ? fsi_stash_skip(writer, parts[i].size)
				      : put_bytes(writer, at, parts[i].size);
		at += parts[i].size;
	}
	if (SUCCEEDED(hr))
		return fsi_stash_finish(writer, NULL, ret_item);
	fsi_stash_abandon(writer);
	return hr;
}

const struct fsi_stash_item *stash_add(struct fsi_stash *stash, uint64_t size,
				       uint64_t seed)
{
	const struct stash_part part = {.size = size};
	const struct fsi_stash_item *item = NULL;

	ck_assert_int_eq(stash_try(stash, &part, 1, seed, &item), S_OK);
	ck_assert_uint_eq(fsi_stash_item_size(item), size);
	return item;
}

/* Whether bytes are those of an item from an offset on. */
static bool matches(const struct stash_part *parts, size_t count, uint64_t seed,
		    uint64_t offset, const uint8_t *bytes, size_t length)
{
	uint64_t begin = 0;
	size_t done = 0;

	for (size_t i = 0; i < count; i++) {
		for (; done < length && offset + done < begin + parts[i].size; done++) {
			const uint64_t at = seed + offset + done;

			if (bytes[done] != (parts[i].is_hole ? 0 : test_stream_byte(at)))
				return false;
		}
		begin += parts[i].size;
	}
	return done == length;
}

void stash_assert_item(const struct fsi_stash_item *item, const struct stash_part *parts,
		       size_t count, uint64_t seed)
{
	static const size_t steps[] = {CHUNK, 2048, CHUNK + 1, 3 * CHUNK - 5};
	fsi_stream *stream = NULL;
	uint8_t *bytes = malloc(3 * CHUNK);

	ck_assert_int_eq(fsi_stash_open(item, "name", &stream), S_OK);
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		uint64_t at = 0;
		size_t got = 1;

		while (got > 0) {
			ck_assert_int_eq(
				fsi_stream_read_at(stream, at, bytes, steps[s], &got),
				S_OK);
			ck_assert(matches(parts, count, seed, at, bytes, got));
			at += got;
		}
		ck_assert_uint_eq(at, fsi_stash_item_size(item));
	}
	fsi_stream_release(stream);
	free(bytes);
}

void stash_assert_data(const struct fsi_stash_item *item, uint64_t size, uint64_t seed)
{
	stash_assert_item(item, &(const struct stash_part){.size = size}, 1, seed);
}

static unsigned find_files(const char *folder, int *ret_descriptor)
{
	DIR *descriptors = opendir("/proc/self/fd");
	unsigned count = 0;

	*ret_descriptor = -1;
	ck_assert_ptr_nonnull(descriptors);
	for (const struct dirent *entry = readdir(descriptors); entry != NULL;
	     entry = readdir(descriptors)) {
		char path[PATH_MAX] = "";
		struct stat status;

		/* The test runner has such a file of its own, elsewhere. */
		if (readlinkat(dirfd(descriptors), entry->d_name, path,
			       sizeof(path) - 1) < 0 ||
		    strncmp(path, folder, strlen(folder)) != 0 ||
		    fstat(atoi(entry->d_name), &status) != 0 ||
		    !S_ISREG(status.st_mode) || status.st_nlink != 0)
			continue;
		*ret_descriptor = atoi(entry->d_name);
		count++;
	}
	closedir(descriptors);
	return count;
}

unsigned stash_count_files(const char *folder)
{
	int descriptor = -1;

	return find_files(folder, &descriptor);
}

int stash_descriptor(const char *folder)
{
	int descriptor = -1;

	(void)find_files(folder, &descriptor);
	return descriptor;
}

uint64_t stash_file_size(const char *folder)
{
	struct stat status;

	ck_assert_int_eq(fstat(stash_descriptor(folder), &status), 0);
	return (uint64_t)status.st_size;
}
