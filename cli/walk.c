/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every item of an image, one after the other. */
#include "cli/walk.h"

#include <stdlib.h>

/*
 * Where the walk stands on each level. Folders may nest so deep that recursion
 * would run out of stack.
 */
struct walk {
	fsi_enum_items **levels;
	size_t count;
	size_t capacity;
};

static HRESULT enter(struct walk *walk, fsi_directory *directory)
{
	HRESULT hr = S_OK;

	if (walk->count == walk->capacity) {
		const size_t capacity = walk->capacity == 0 ? 16 : walk->capacity * 2;
		fsi_enum_items **levels =
			realloc(walk->levels, capacity * sizeof(fsi_enum_items *));

		if (levels == NULL)
			return E_OUTOFMEMORY;
		walk->levels = levels;
		walk->capacity = capacity;
	}
	hr = fsi_directory_get_enum_items(directory, &walk->levels[walk->count]);
	if (SUCCEEDED(hr))
		walk->count++;
	return hr;
}

static void leave(struct walk *walk)
{
	fsi_enum_items_release(walk->levels[--walk->count]);
}

static HRESULT go_on(struct walk *walk, walk_visitor visit, void *context)
{
	fsi_item *item = NULL;
	fsi_directory *directory = NULL;
	HRESULT hr = fsi_enum_items_next(walk->levels[walk->count - 1], 1, &item, NULL);

	if (FAILED(hr))
		return hr;
	if (hr == S_FALSE) {
		leave(walk);
		return S_OK;
	}
	hr = visit(context, item);
	directory = fsi_item_as_directory(item);
	if (SUCCEEDED(hr) && directory != NULL)
		hr = enter(walk, directory);
	return hr;
}

HRESULT walk_items(fsi_directory *directory, walk_visitor visit, void *context)
{
	struct walk walk = {0};
	HRESULT hr = enter(&walk, directory);

	while (SUCCEEDED(hr) && walk.count > 0)
		hr = go_on(&walk, visit, context);
	while (walk.count > 0)
		leave(&walk);
	free(walk.levels);
	return hr;
}
