/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees built by hand for the tests of names. */
#include "tests/support/name_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void *must_have(void *memory)
{
	ck_assert_ptr_nonnull(memory);
	return memory;
}

static struct fsi_node *make_node(const char *name)
{
	struct fsi_node *node = must_have(calloc(1, sizeof(*node)));
	char *copy = must_have(strdup(name));
	size_t length = strlen(name);

	node->kind = FSI_NODE_FILE;
	if (length == 0 || name[length - 1] == '/') {
		node->kind = FSI_NODE_DIRECTORY;
		node->content.children =
			must_have(calloc(1, sizeof(struct fsi_children)));
		length -= length > 0;
	}
	copy[length] = '\0';
	node->name = copy;
	node->name_length = (uint16_t)length;
	return node;
}

static void remember(struct name_fixture *fixture, struct fsi_node *node)
{
	if (fixture->count == fixture->capacity) {
		fixture->capacity = 2 * fixture->capacity + 16;
		fixture->nodes = must_have(realloc(
			fixture->nodes, fixture->capacity * sizeof(*fixture->nodes)));
	}
	fixture->nodes[fixture->count++] = node;
}

void name_fixture_begin(struct name_fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	remember(fixture, make_node(""));
}

struct fsi_node *name_fixture_add(struct name_fixture *fixture, struct fsi_node *parent,
				  const char *name)
{
	struct fsi_node *node = make_node(name);
	struct fsi_children *children = parent->content.children;

	if (children->count == children->capacity) {
		children->capacity = 2 * children->capacity + 4;
		children->items = must_have(realloc(
			children->items, children->capacity * sizeof(*children->items)));
	}
	node->parent = parent;
	node->position = children->count;
	children->items[children->count++] = node;
	remember(fixture, node);
	return node;
}

static int compare_names(const void *a, const void *b)
{
	const struct fsi_node *const *x = a;
	const struct fsi_node *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

void name_fixture_order(struct name_fixture *fixture)
{
	struct fsi_order *order = &fixture->order;
	struct fsi_node **items =
		must_have(calloc(fixture->count, sizeof(struct fsi_node *)));
	uint32_t next = 1;

	order->items = must_have(calloc(fixture->count, sizeof(struct fsi_node *)));
	order->directories = must_have(calloc(fixture->count, sizeof(struct fsi_node *)));
	order->item_count = fixture->count;
	items[0] = fixture->nodes[0];
	for (uint32_t n = 0; n < fixture->count; n++) {
		struct fsi_children *children = items[n]->content.children;

		items[n]->number = n;
		order->items[n] = items[n];
		if (!fsi_node_is_directory(items[n]))
			continue;
		children->number = order->directory_count;
		order->directories[order->directory_count++] = items[n];
		children->first_child = next;
		children->plain_count = children->count;
		if (children->count > 0)
			memcpy(items + next, children->items,
			       children->count * sizeof(struct fsi_node *));
		qsort(items + next, children->count, sizeof(struct fsi_node *),
		      compare_names);
		next += children->count;
	}
	free(items);
}

HRESULT name_fixture_map(struct name_fixture *fixture, enum fsi_file_system file_system,
			 uint32_t iso_level)
{
	const struct fsi_name_rules rules = {.file_system = file_system,
					     .iso_level = iso_level};

	return name_fixture_map_by(fixture, &rules);
}

HRESULT name_fixture_map_by(struct name_fixture *fixture,
			    const struct fsi_name_rules *rules)
{
	if (fixture->order.items == NULL)
		name_fixture_order(fixture);
	fsi_name_view_destroy(fixture->view);
	fixture->view = NULL;
	return fsi_name_view_create(&fixture->order, rules, &fixture->view);
}

const char *name_fixture_get(const struct name_fixture *fixture,
			     const struct fsi_node *node)
{
	return fsi_name_view_get(fixture->view, node->number);
}

void name_fixture_end(struct name_fixture *fixture)
{
	fsi_name_view_destroy(fixture->view);
	for (uint32_t n = 0; n < fixture->count; n++) {
		struct fsi_node *node = fixture->nodes[n];

		if (fsi_node_is_directory(node)) {
			free(node->content.children->items);
			free(node->content.children);
		}
		free((void *)(uintptr_t)node->name);
		free(node);
	}
	free(fixture->nodes);
	free(fixture->order.items);
	free(fixture->order.directories);
	memset(fixture, 0, sizeof(*fixture));
}

char *name_fixture_append(char *out, const char *text, size_t count)
{
	const size_t length = strlen(text);

	out += strlen(out);
	for (size_t i = 0; i < count; i++, out += length)
		memcpy(out, text, length);
	*out = '\0';
	return out;
}
