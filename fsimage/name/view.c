/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views: the names of a whole tree in one file system. */
#include "name/view.h"

#include "error/fail.h"
#include "name/unique.h"

#include <stdlib.h>
#include <string.h>

/* A child to be sorted; most names differ in what fits a machine word. */
struct sort_key {
	uint64_t first_bytes;
	const char *name;
	uint32_t number;
	bool is_directory;
};

static uint64_t get_first_bytes(const char *name)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++) {
		value = value << 8 | (uint8_t)*name;
		name += *name != '\0';
	}
	return value;
}

static struct sort_key key_of(const struct fsi_node *node, const char *name)
{
	return (struct sort_key){
		.first_bytes = get_first_bytes(name),
		.name = name,
		.is_directory = fsi_node_is_directory(node),
	};
}

static struct sort_key make_key(const struct fsi_name_view *view, uint32_t number)
{
	struct sort_key key =
		key_of(view->order->items[number], fsi_name_view_get(view, number));

	key.number = number;
	return key;
}

static int compare_bytes(const void *a, const void *b)
{
	const struct sort_key *x = a;
	const struct sort_key *y = b;

	if (x->first_bytes != y->first_bytes)
		return x->first_bytes < y->first_bytes ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Parts of identifiers, the shorter one filled with spaces. */
static int compare_filled(const char *a, size_t a_length, const char *b, size_t b_length)
{
	for (size_t i = 0; i < a_length || i < b_length; i++) {
		const uint8_t x = (uint8_t)(i < a_length ? a[i] : ' ');
		const uint8_t y = (uint8_t)(i < b_length ? b[i] : ' ');

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* A directory's identifier has no parts. */
static size_t get_base_length(const struct sort_key *key)
{
	return key->is_directory ? strlen(key->name) : strcspn(key->name, ".");
}

/* Before the first dot, then from it on, as both have one there or are empty. */
static int compare_parts(const void *a, const void *b)
{
	const struct sort_key *x = a;
	const struct sort_key *y = b;
	const size_t x_base = get_base_length(x);
	const size_t y_base = get_base_length(y);
	int result = compare_filled(x->name, x_base, y->name, y_base);

	if (result == 0)
		result = compare_filled(x->name + x_base, strlen(x->name + x_base),
					y->name + y_base, strlen(y->name + y_base));
	return result != 0 ? result : strcmp(x->name, y->name);
}

/*
 * Order of directory records. ECMA-119 9.3 compares what is before the dot,
 * then what is behind it, each padded with spaces: with d-characters, all of
 * them above the dot, that is the byte order of the names. Joliet: the order of
 * UTF-16 units, which is the byte order of UTF-8 up to U+FFFF. ISO 9660:1999
 * knows no parts.
 */
typedef int compare_function(const void *a, const void *b);

static compare_function *choose_order(const struct fsi_name_rules *rules)
{
	if (rules->file_system == FSI_FILE_SYSTEM_ISO9660 &&
	    rules->iso_level != FSI_NAME_ISO9660_1999 &&
	    (rules->extensions.relaxed_iso || rules->extensions.multidot_iso))
		return compare_parts;
	return compare_bytes;
}

int fsi_name_compare_records(const struct fsi_name_rules *rules, const struct fsi_node *a,
			     const char *a_name, const struct fsi_node *b,
			     const char *b_name)
{
	const struct sort_key x = key_of(a, a_name);
	const struct sort_key y = key_of(b, b_name);

	return choose_order(rules)(&x, &y);
}

static bool are_children_sorted(const struct fsi_name_view *view,
				compare_function *compare, uint32_t first, uint32_t count)
{
	struct sort_key before = make_key(view, first);

	for (uint32_t n = 1; n < count; n++) {
		const struct sort_key key = make_key(view, first + n);

		if (compare(&before, &key) > 0)
			return false;
		before = key;
	}
	return true;
}

static HRESULT make_sorted(struct fsi_name_view *view)
{
	const uint32_t count = view->order->item_count;
	uint32_t *sorted = fsi_allocate_zeroed(count, sizeof(*sorted));

	if (sorted == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t n = 0; n < count; n++)
		sorted[n] = n;
	view->sorted = sorted;
	return S_OK;
}

static HRESULT sort_children(struct fsi_name_view *view, uint32_t first, uint32_t count)
{
	compare_function *compare = choose_order(&view->rules);
	struct sort_key *keys = NULL;

	if (are_children_sorted(view, compare, first, count))
		return S_OK;
	if (view->sorted == NULL)
		FSI_TRY(make_sorted(view));
	keys = fsi_allocate_zeroed(count, sizeof(*keys));
	if (keys == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t n = 0; n < count; n++)
		keys[n] = make_key(view, first + n);
	qsort(keys, count, sizeof(*keys), compare);
	for (uint32_t n = 0; n < count; n++)
		view->sorted[first + n] = keys[n].number;
	fsi_free(keys);
	return S_OK;
}

/* Name the children of one directory and put them in order. */
static HRESULT map_directory(struct fsi_name_view *view, const struct fsi_node *directory,
			     struct fsi_name_text *text)
{
	const uint32_t first = fsi_order_first_child(directory);
	const struct fsi_name_siblings siblings = {
		.nodes = view->order->items + first,
		.count = fsi_name_view_child_count(view, directory),
		.names = view->names + first,
		.patience = view->order->patience,
	};
	const struct fsi_name_map map = fsi_name_map_of(&view->rules);
	uint32_t changed_count = 0;

	FSI_TRY(fsi_name_siblings_map(&map, &siblings, text));
	view->text = text->bytes.items;
	for (uint32_t n = 0; n < siblings.count; n++)
		changed_count += siblings.names[n] != 0;
	view->changed_count += changed_count;
	if (view->rules.file_system == FSI_FILE_SYSTEM_UDF)
		return S_OK;
	/* The items themselves are in byte order. */
	if (changed_count == 0 && choose_order(&view->rules) == compare_bytes)
		return S_OK;
	return sort_children(view, first, siblings.count);
}

static HRESULT map_tree(struct fsi_name_view *view, struct fsi_name_text *text)
{
	const struct fsi_order *order = view->order;
	char *fitting = NULL;

	FSI_TRY(fsi_name_text_begin(text));
	view->names = fsi_allocate_zeroed(order->item_count, sizeof(*view->names));
	if (view->names == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t d = 0; d < order->directory_count; d++)
		if (fsi_name_view_child_count(view, order->directories[d]) > 0)
			FSI_TRY(map_directory(view, order->directories[d], text));
	fitting = fsi_reallocate(text->bytes.items, text->bytes.count, 1);
	if (fitting != NULL)
		text->bytes.items = fitting;
	return S_OK;
}

HRESULT fsi_name_view_create(const struct fsi_order *order,
			     const struct fsi_name_rules *rules,
			     struct fsi_name_view **ret_view)
{
	struct fsi_name_view *view = fsi_allocate_zeroed(1, sizeof(*view));
	struct fsi_name_text text = {0};
	HRESULT hr = S_OK;

	if (view == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	view->rules = *rules;
	view->order = order;
	hr = map_tree(view, &text);
	view->text = text.bytes.items;
	view->text_length = text.bytes.count;
	if (FAILED(hr)) {
		fsi_name_view_destroy(view);
		return hr;
	}
	*ret_view = view;
	return S_OK;
}

void fsi_name_view_destroy(struct fsi_name_view *view)
{
	if (view == NULL)
		return;
	fsi_free(view->names);
	fsi_free(view->sorted);
	fsi_free(view->text);
	fsi_free(view);
}
