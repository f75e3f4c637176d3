/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much a file system holds that does not tell it. */

#include "cli/count.h"

#include <fsimage/codes.h>

#include <stdlib.h>

/* The directories that are still to be counted, in any order. */
struct counting {
	fsi_disc_entry **pending;
	size_t count;
	size_t capacity;
	struct entry_counts counts;
};

/* Takes over the reference, also on failure. */
static HRESULT push(struct counting *counting, fsi_disc_entry *directory)
{
	if (counting->count == counting->capacity) {
		const size_t capacity =
			counting->capacity == 0 ? 16 : counting->capacity * 2;
		fsi_disc_entry **pending =
			realloc(counting->pending, capacity * sizeof(fsi_disc_entry *));

		if (pending == NULL) {
			fsi_disc_entry_release(directory);
			return E_OUTOFMEMORY;
		}
		counting->pending = pending;
		counting->capacity = capacity;
	}
	counting->pending[counting->count++] = directory;
	return S_OK;
}

/* Takes over the reference, also on failure. */
static HRESULT count_entry(struct counting *counting, fsi_disc_entry *entry)
{
	const struct fsi_disc_entry_info *info = NULL;
	const HRESULT hr = fsi_disc_entry_get_info(entry, &info);

	if (SUCCEEDED(hr) && info->kind == FSI_DISC_DIRECTORY) {
		counting->counts.directories++;
		return push(counting, entry);
	}
	counting->counts.files++;
	fsi_disc_entry_release(entry);
	return hr;
}

static HRESULT count_children(struct counting *counting, fsi_disc_entry *directory)
{
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;
	HRESULT hr = fsi_disc_entry_get_children(directory, &children);

	while (SUCCEEDED(hr)) {
		hr = fsi_disc_children_next(children, &child);
		if (hr != S_OK)
			break;
		hr = count_entry(counting, child);
	}
	fsi_disc_children_release(children);
	return FAILED(hr) ? hr : S_OK;
}

HRESULT count_entries(fsi_disc_view *view, struct entry_counts *ret_counts)
{
	struct counting counting = {0};
	fsi_disc_entry *directory = NULL;
	HRESULT hr = fsi_disc_view_get_root(view, &directory);

	if (SUCCEEDED(hr))
		hr = push(&counting, directory);
	while (SUCCEEDED(hr) && counting.count > 0) {
		directory = counting.pending[--counting.count];
		hr = count_children(&counting, directory);
		fsi_disc_entry_release(directory);
	}
	while (counting.count > 0)
		fsi_disc_entry_release(counting.pending[--counting.count]);
	free(counting.pending);
	if (SUCCEEDED(hr))
		*ret_counts = counting.counts;
	return FAILED(hr) ? hr : S_OK;
}
