/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data that is the same: by size, by checksum, by the bytes. */
#include "image/duplicates.h"

#include "error/fail.h"
#include "io/stream.h"
#include "tree/data.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Bytes that are read at a time, of each of two. */
#define PIECE_SIZE (512u * 1024)

struct entry {
	const struct fsi_data *data;
	uint32_t place; /* in the list */
	uint64_t checksum;
};

struct search {
	struct entry *entries; /* by size; those of one size by checksum */
	uint32_t count;
	const struct fsi_data **firsts;
	uint8_t *pieces[2];
	const struct fsi_copy_watcher *watcher;
	const struct fsi_data *last; /* that was read; NULL: none was */
};

/* So much of data was read; whoever watches may end it all. */
static HRESULT tell(struct search *search, const struct fsi_data *data, uint64_t done)
{
	search->last = data;
	return search->watcher->copied(search->watcher->context, data->item, done,
				       data->size);
}

static HRESULT tell_end(const struct search *search)
{
	const struct fsi_data *last = search->last;

	return last != NULL ? search->watcher->copied(search->watcher->context,
						      last->item, last->size, last->size)
			    : S_OK;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_sizes(const void *a, const void *b)
{
	const struct entry *one = a;
	const struct entry *other = b;
	const int order = compare_numbers(one->data->size, other->data->size);

	return order != 0 ? order : compare_numbers(one->place, other->place);
}

static int compare_checksums(const void *a, const void *b)
{
	const struct entry *one = a;
	const struct entry *other = b;
	const int order = compare_numbers(one->checksum, other->checksum);

	return order != 0 ? order : compare_numbers(one->place, other->place);
}

/* Pieces are chained by the seed, so that no state is kept. */
static HRESULT sum_up(struct search *search, struct entry *entry)
{
	fsi_stream *stream = NULL;
	uint64_t checksum = 0;
	uint64_t offset = 0;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_data_open_fixed(entry->data, &stream));
	while (offset < entry->data->size) {
		size_t got = 0;

		hr = tell(search, entry->data, offset);
		if (SUCCEEDED(hr))
			hr = fsi_stream_read(stream, offset, search->pieces[0],
					     PIECE_SIZE, &got);
		if (FAILED(hr))
			break;
		checksum = XXH3_64bits_withSeed(search->pieces[0], got, checksum);
		offset += got;
	}
	fsi_stream_release(stream);
	entry->checksum = checksum;
	return hr;
}

/* S_OK: the streams of a size are the same; S_FALSE: they are not. */
static HRESULT compare_streams(struct search *search, fsi_stream *one, fsi_stream *other,
			       const struct fsi_data *data)
{
	uint64_t offset = 0;

	while (offset < data->size) {
		size_t got[2] = {0, 0};

		FSI_TRY(tell(search, data, offset));
		FSI_TRY(fsi_stream_read(one, offset, search->pieces[0], PIECE_SIZE,
					&got[0]));
		FSI_TRY(fsi_stream_read(other, offset, search->pieces[1], PIECE_SIZE,
					&got[1]));
		if (got[0] != got[1] ||
		    memcmp(search->pieces[0], search->pieces[1], got[0]) != 0)
			return S_FALSE;
		offset += got[0];
	}
	return S_OK;
}

static HRESULT compare_data(struct search *search, const struct fsi_data *one,
			    const struct fsi_data *other)
{
	fsi_stream *streams[2] = {NULL, NULL};
	HRESULT hr = fsi_data_open_fixed(one, &streams[0]);

	if (SUCCEEDED(hr))
		hr = fsi_data_open_fixed(other, &streams[1]);
	if (SUCCEEDED(hr))
		hr = compare_streams(search, streams[0], streams[1], other);
	fsi_stream_release(streams[0]);
	fsi_stream_release(streams[1]);
	return hr;
}

/* Find the first like an entry among those before it with its checksum. */
static HRESULT find_first(struct search *search, const struct entry *entries,
			  uint32_t place)
{
	const struct fsi_data *data = entries[place].data;

	for (uint32_t i = 0; i < place; i++) {
		const struct fsi_data *earlier = entries[i].data;
		const struct fsi_data **first = &search->firsts[earlier->number];
		HRESULT hr = S_OK;

		/* It is like another one, which was compared. */
		if (*first != NULL && *first != earlier)
			continue;
		hr = compare_data(search, earlier, data);
		if (FAILED(hr))
			return hr;
		if (hr == S_FALSE)
			continue;
		*first = earlier;
		search->firsts[data->number] = earlier;
		return S_OK;
	}
	return S_OK;
}

/* Entries of one size. */
static HRESULT search_size(struct search *search, struct entry *entries, uint32_t count)
{
	uint32_t begin = 0;

	for (uint32_t i = 0; i < count; i++)
		FSI_TRY(sum_up(search, &entries[i]));
	qsort(entries, count, sizeof(entries[0]), compare_checksums);
	for (uint32_t i = 1; i < count; i++) {
		if (entries[i].checksum != entries[begin].checksum)
			begin = i;
		FSI_TRY(find_first(search, entries + begin, i - begin));
	}
	return S_OK;
}

static HRESULT search_all(struct search *search)
{
	uint32_t begin = 0;

	for (uint32_t i = 1; i <= search->count; i++) {
		if (i < search->count &&
		    search->entries[i].data->size == search->entries[begin].data->size)
			continue;
		if (i - begin > 1)
			FSI_TRY(search_size(search, search->entries + begin, i - begin));
		begin = i;
	}
	return S_OK;
}

HRESULT fsi_duplicates_find(const struct fsi_data *const *data, uint32_t count,
			    const struct fsi_copy_watcher *watcher,
			    const struct fsi_data **ret_firsts)
{
	struct search search = {
		.entries = fsi_allocate_zeroed(count, sizeof(search.entries[0])),
		.count = count,
		.firsts = ret_firsts,
		.watcher = watcher,
		.pieces = {fsi_allocate(PIECE_SIZE), fsi_allocate(PIECE_SIZE)},
	};
	HRESULT hr = E_OUTOFMEMORY;

	if (search.entries == NULL || search.pieces[0] == NULL ||
	    search.pieces[1] == NULL) {
		hr = FSI_FAIL(E_OUTOFMEMORY);
	} else {
		for (uint32_t i = 0; i < count; i++)
			search.entries[i] = (struct entry){.data = data[i], .place = i};
		qsort(search.entries, count, sizeof(search.entries[0]), compare_sizes);
		hr = search_all(&search);
		if (SUCCEEDED(hr))
			hr = tell_end(&search);
	}
	fsi_free(search.entries);
	fsi_free(search.pieces[0]);
	fsi_free(search.pieces[1]);
	return hr;
}
