/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small volume made by hand. */
#include "tests/support/iso_fixture.h"

#include "base/checked.h"
#include "base/text.h"

#include <check.h>
#include <stdlib.h>

/* What the fixture knows of a node. */
struct item {
	struct fsi_node node; /* first */
	const char *iso_name;
};

#define PUSH(vector, item) \
	do { \
		ck_assert(fsi_vector_reserve(vector, 1)); \
		(vector)->items[(vector)->count++] = (item); \
	} while (0)

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	ck_assert_ptr_nonnull(memory);
	return memory;
}

fsi_ticks iso_fixture_time(int64_t seconds)
{
	const struct timespec time = {.tv_sec = seconds};
	fsi_ticks ticks = 0;

	ck_assert(fsi_ticks_from_timespec(&time, &ticks));
	return ticks;
}

static struct fsi_node *add_node(struct iso_fixture *fixture, struct fsi_node *parent,
				 const char *name, const char *iso_name)
{
	struct item *item = allocate(1, sizeof(*item));
	struct fsi_children *children = parent != NULL ? parent->content.children : NULL;

	item->iso_name = iso_name != NULL ? iso_name : name;
	item->node.parent = parent;
	item->node.name = name;
	item->node.modification_time = iso_fixture_time(981173106);
	PUSH(&fixture->nodes, &item->node);
	if (children != NULL) {
		children->items =
			realloc(children->items,
				(children->count + 1) * sizeof(children->items[0]));
		ck_assert_ptr_nonnull(children->items);
		children->items[children->count++] = &item->node;
	}
	return &item->node;
}

struct fsi_node *iso_fixture_root(const struct iso_fixture *fixture)
{
	return fixture->nodes.items[0];
}

struct fsi_node *iso_fixture_add_directory(struct iso_fixture *fixture,
					   struct fsi_node *parent, const char *name,
					   const char *iso_name)
{
	struct fsi_node *node = add_node(fixture, parent, name, iso_name);

	node->kind = FSI_NODE_DIRECTORY;
	node->content.children = allocate(1, sizeof(struct fsi_children));
	return node;
}

struct fsi_node *iso_fixture_add_file(struct iso_fixture *fixture,
				      struct fsi_node *parent, const char *name,
				      const char *iso_name, uint64_t size)
{
	struct fsi_node *node = add_node(fixture, parent, name, iso_name);

	node->kind = FSI_NODE_FILE;
	if (size != 0) {
		node->content.data = allocate(1, sizeof(struct fsi_data));
		node->content.data->size = size;
		node->content.data->number = UINT32_MAX;
		PUSH(&fixture->data, node->content.data);
	}
	return node;
}

const char *iso_fixture_iso_name(const struct fsi_node *node)
{
	return ((const struct item *)node)->iso_name;
}

void iso_fixture_init(struct iso_fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	iso_fixture_add_directory(fixture, NULL, "", NULL);
	fixture->volume.iso_name = fsi_duplicate_string("TEST_VOLUME");
	fixture->volume.joliet_name = fsi_duplicate_string("Test vol\xC3\xBCme");
	fixture->volume.recording_time = iso_fixture_time(1234567890);
}

void iso_fixture_free(struct iso_fixture *fixture)
{
	if (fixture->format != NULL)
		fixture->format->ops->destroy(fixture->format);
	fsi_layout_free(&fixture->layout);
	for (size_t i = 0; i < fixture->nodes.count; i++) {
		struct fsi_node *node = fixture->nodes.items[i];

		if (fsi_node_is_directory(node)) {
			free(node->content.children->items);
			free(node->content.children);
		}
		free(node);
	}
	for (size_t i = 0; i < fixture->data.count; i++)
		free(fixture->data.items[i]);
	fsi_vector_free(&fixture->nodes);
	fsi_vector_free(&fixture->data);
	free(fixture->order.items);
	free(fixture->order.directories);
	free(fixture->order.data);
	free(fixture->iso.names);
	free(fixture->iso.sorted);
	free(fixture->iso.text);
	free(fixture->joliet.names);
	free(fixture->joliet.sorted);
	fsi_free(fixture->volume.iso_name);
	fsi_free(fixture->volume.joliet_name);
	free(fixture->image);
	memset(fixture, 0, sizeof(*fixture));
}

static int compare_own_names(const void *a, const void *b)
{
	const struct fsi_node *const *x = a;
	const struct fsi_node *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* Parts of an identifier, the shorter filled with spaces (ECMA-119 9.3). */
static int compare_padded(const char *a, size_t a_length, const char *b, size_t b_length)
{
	for (size_t i = 0; i < a_length || i < b_length; i++) {
		const uint8_t x = (uint8_t)(i < a_length ? a[i] : ' ');
		const uint8_t y = (uint8_t)(i < b_length ? b[i] : ' ');

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

static int compare_iso_names(const void *a, const void *b)
{
	const char *x = iso_fixture_iso_name(*(const struct fsi_node *const *)a);
	const char *y = iso_fixture_iso_name(*(const struct fsi_node *const *)b);
	const size_t x_length = strcspn(x, ".");
	const size_t y_length = strcspn(y, ".");
	const int names = compare_padded(x, x_length, y, y_length);

	return names != 0 ? names
			  : compare_padded(x + x_length, strlen(x + x_length),
					   y + y_length, strlen(y + y_length));
}

static int compare_joliet_names(const void *a, const void *b)
{
	const char *names[2] = {(*(const struct fsi_node *const *)a)->name,
				(*(const struct fsi_node *const *)b)->name};
	uint16_t units[2][128] = {{0}};

	for (size_t i = 0; i < 2; i++)
		ck_assert_uint_lt(
			fsi_utf16_from_utf8(names[i], strlen(names[i]), units[i], 128),
			128);
	for (size_t i = 0; i < 128; i++)
		if (units[0][i] != units[1][i])
			return units[0][i] < units[1][i] ? -1 : 1;
	return 0;
}

/* Breadth first, the children of a directory by their own names. */
static void number_items(struct iso_fixture *fixture)
{
	struct fsi_order *order = &fixture->order;
	const size_t count = fixture->nodes.count;
	struct fsi_node **queue = fixture->nodes.items;
	uint32_t found = 1;

	order->items = allocate(count, sizeof(*order->items));
	order->directories = allocate(count, sizeof(*order->directories));
	for (uint32_t n = 0; n < found; n++) {
		struct fsi_children *children = queue[n]->content.children;

		queue[n]->number = n;
		order->items[n] = queue[n];
		if (!fsi_node_is_directory(queue[n]))
			continue;
		if (children->count > 1)
			qsort(children->items, children->count, sizeof(*children->items),
			      compare_own_names);
		children->number = order->directory_count;
		children->first_child = found;
		children->plain_count = children->count;
		order->directories[order->directory_count++] = queue[n];
		for (uint32_t i = 0; i < children->count; i++)
			queue[found++] = children->items[i];
	}
	ck_assert_uint_eq(found, count);
	order->item_count = found;
}

static void number_data(struct iso_fixture *fixture)
{
	struct fsi_order *order = &fixture->order;

	order->data = allocate(fixture->data.count + 1, sizeof(*order->data));
	for (size_t n = 0; n < fixture->nodes.count; n++) {
		struct fsi_node *node = fixture->nodes.items[n];

		if (fsi_node_size(node) == 0 || node->content.data->number != UINT32_MAX)
			continue;
		node->content.data->number = order->data_count;
		order->data[order->data_count++] = node->content.data;
	}
}

static void fill_view(struct iso_fixture *fixture, struct fsi_name_view *view,
		      int (*compare)(const void *, const void *))
{
	const struct fsi_order *order = &fixture->order;
	const struct fsi_node **sorted = allocate(order->item_count, sizeof(*sorted));

	view->order = order;
	view->names = allocate(order->item_count, sizeof(*view->names));
	view->sorted = allocate(order->item_count, sizeof(*view->sorted));
	memcpy(sorted, order->items, order->item_count * sizeof(*sorted));
	for (uint32_t d = 0; d < order->directory_count; d++)
		qsort(sorted + fsi_order_first_child(order->directories[d]),
		      fsi_node_child_count(order->directories[d]), sizeof(*sorted),
		      compare);
	for (uint32_t n = 0; n < order->item_count; n++)
		view->sorted[n] = sorted[n]->number;
	free(sorted);
}

/* The names of the primary tree that differ from the items' own. */
static void fill_iso_text(struct iso_fixture *fixture)
{
	struct fsi_name_view *view = &fixture->iso;
	size_t length = 1;

	for (uint32_t n = 0; n < fixture->order.item_count; n++)
		length += strlen(iso_fixture_iso_name(fixture->order.items[n])) + 1;
	view->text = allocate(length, 1);
	view->text_length = 1;
	for (uint32_t n = 0; n < fixture->order.item_count; n++) {
		const struct fsi_node *node = fixture->order.items[n];
		const char *name = iso_fixture_iso_name(node);

		if (name == node->name)
			continue;
		view->names[n] = (uint32_t)view->text_length;
		memcpy(view->text + view->text_length, name, strlen(name) + 1);
		view->text_length += strlen(name) + 1;
	}
}

void iso_fixture_order(struct iso_fixture *fixture)
{
	number_items(fixture);
	number_data(fixture);
	fill_view(fixture, &fixture->iso, compare_iso_names);
	fill_iso_text(fixture);
	fill_view(fixture, &fixture->joliet, compare_joliet_names);
}

/* As the pipeline does it, but files are only counted. */
static HRESULT place_stages(struct iso_fixture *fixture)
{
	struct fsi_layout *layout = &fixture->layout;

	for (int stage = 0; stage < FSI_STAGE_COUNT; stage++) {
		HRESULT hr = S_OK;

		if (stage == FSI_STAGE_END) {
			layout->first_data_block = layout->next_block;
			for (uint32_t d = 0; d < fixture->order.data_count; d++) {
				const uint64_t size = fixture->order.data[d]->size;

				layout->data_blocks[d] = layout->next_block;
				layout->next_block += (uint32_t)fsi_blocks_of(size);
			}
			layout->data_end_block = layout->next_block;
		}
		hr = fixture->format->ops->place(fixture->format, (enum fsi_stage)stage,
						 layout);
		if (FAILED(hr))
			return hr;
	}
	return fsi_layout_seal(layout, layout->next_block + 150);
}

HRESULT iso_fixture_place(struct iso_fixture *fixture, bool with_joliet)
{
	const struct fsi_iso9660_source source = {
		.order = &fixture->order,
		.iso = &fixture->iso,
		.joliet = with_joliet ? &fixture->joliet : NULL,
		.volume = &fixture->volume,
		.layout = &fixture->layout,
	};
	const size_t data_count = fixture->order.data_count + 1;
	const HRESULT hr = fsi_iso9660_create(&source, &fixture->format);

	if (FAILED(hr))
		return hr;
	fixture->layout.data_blocks = fsi_allocate_zeroed(data_count, sizeof(uint32_t));
	if (fixture->layout.data_blocks == NULL)
		return E_OUTOFMEMORY;
	return place_stages(fixture);
}

void iso_fixture_render(struct iso_fixture *fixture)
{
	fixture->image = allocate(fixture->layout.first_data_block, FSI_BLOCK_SIZE);
	for (size_t i = 0; i < fixture->layout.regions.count; i++) {
		const struct fsi_region *region = &fixture->layout.regions.items[i];

		for (uint32_t b = 0; b < region->blocks; b++) {
			uint8_t block[FSI_BLOCK_SIZE] = {0};
			const uint64_t at = (uint64_t)region->first_block + b;

			ck_assert(SUCCEEDED(region->ops->render(region, b, &block)));
			memcpy(fixture->image + at * FSI_BLOCK_SIZE, block,
			       sizeof(block));
		}
	}
}

void iso_fixture_build(struct iso_fixture *fixture, bool with_joliet)
{
	iso_fixture_order(fixture);
	ck_assert(SUCCEEDED(iso_fixture_place(fixture, with_joliet)));
	iso_fixture_render(fixture);
}

const uint8_t *iso_fixture_block(const struct iso_fixture *fixture, uint32_t block)
{
	ck_assert_uint_lt(block, fixture->layout.first_data_block);
	return fixture->image + (size_t)block * FSI_BLOCK_SIZE;
}
