/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filling a tree by hand, and looking at all of it. */
#include "tests/support/trees.h"

#include "error/fail.h"
#include "tree/change.h"
#include "tree/children.h"
#include "tree/path.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

fsi_ticks tree_time(int64_t seconds)
{
	const struct timespec time = {.tv_sec = seconds};
	fsi_ticks ticks = 0;

	ck_assert(fsi_ticks_from_timespec(&time, &ticks));
	return ticks;
}

/* ---- filling ----------------------------------------------------------- */

struct fsi_node *tree_make_directory(struct fsi_tree *tree, const char *name)
{
	struct fsi_node *node = NULL;

	ck_assert_int_eq(
		fsi_tree_make_node(tree, FSI_NODE_DIRECTORY, name, strlen(name), &node),
		S_OK);
	return node;
}

struct fsi_node *tree_make_file(struct fsi_tree *tree, const char *name, uint64_t size)
{
	struct fsi_node *node = NULL;
	struct fsi_data *data = fsi_arena_allocate(&tree->arena, sizeof(*data));

	ck_assert_ptr_nonnull(data);
	data->size = size;
	ck_assert_int_eq(
		fsi_tree_make_node(tree, FSI_NODE_FILE, name, strlen(name), &node), S_OK);
	node->content.data = data;
	return node;
}

static struct fsi_node *insert(struct fsi_tree *tree, struct fsi_node *parent,
			       struct fsi_node *node)
{
	const HRESULT hr = fsi_tree_insert(tree, parent, node);

	ck_assert_msg(hr == S_OK, "%s: %s", node->name, fsi_error_get_message());
	fsi_change_keep(tree);
	return node;
}

struct fsi_node *tree_add_directory(struct fsi_tree *tree, struct fsi_node *parent,
				    const char *name)
{
	return insert(tree, parent, tree_make_directory(tree, name));
}

struct fsi_node *tree_add_file(struct fsi_tree *tree, struct fsi_node *parent,
			       const char *name, uint64_t size)
{
	return insert(tree, parent, tree_make_file(tree, name, size));
}

struct fsi_node *tree_at(const struct fsi_tree *tree, const char *path)
{
	struct fsi_path_end end;
	struct fsi_node *root = (struct fsi_node *)(uintptr_t)&tree->root;

	if (FAILED(fsi_path_resolve(tree, root, path, "path", &end)))
		return NULL;
	return fsi_path_find(tree, &end);
}

/* ---- looking ----------------------------------------------------------- */

struct line {
	char *path;
	const struct fsi_node *node;
};

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a;
	const struct line *y = b;

	return strcmp(x->path, y->path);
}

/* All below the root, in byte order of their paths. */
static struct line *list_all(struct fsi_tree *tree, size_t *ret_count)
{
	const size_t room = (size_t)tree->file_count + tree->directory_count + 1;
	struct line *lines = calloc(room, sizeof(*lines));
	size_t count = 0;

	ck_assert_ptr_nonnull(lines);
	for (const struct fsi_node *node = fsi_node_next(&tree->root, &tree->root);
	     node != NULL; node = fsi_node_next(&tree->root, node)) {
		ck_assert_uint_lt(count, room);
		lines[count].node = node;
		lines[count].path = fsi_path_of_node(node);
		ck_assert_ptr_nonnull(lines[count++].path);
	}
	qsort(lines, count, sizeof(*lines), compare_lines);
	*ret_count = count;
	return lines;
}

static void write_line(FILE *out, const char *path, const struct fsi_node *node)
{
	fprintf(out,
		"%s%s %" PRIu64 " bytes, mode %o, owner %" PRIu32 ":%" PRIu32 "%s, "
		"times %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 ", %p\n",
		path, fsi_node_is_directory(node) ? "/" : "", fsi_node_size(node),
		(unsigned)node->mode, node->uid, node->gid,
		node->is_hidden ? ", hidden" : "", node->creation_time, node->access_time,
		node->modification_time, node->attribute_time, (const void *)node);
}

static char *write_all(struct fsi_tree *tree, bool only_paths)
{
	size_t count = 0;
	struct line *lines = list_all(tree, &count);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	if (!only_paths) {
		fprintf(out, "%" PRIu32 " files, %" PRIu32 " directories\n",
			tree->file_count, tree->directory_count);
		write_line(out, "", &tree->root);
	}
	for (size_t i = 0; i < count; i++) {
		if (only_paths)
			fprintf(out, "%s%s ", lines[i].path + 1,
				fsi_node_is_directory(lines[i].node) ? "/" : "");
		else
			write_line(out, lines[i].path, lines[i].node);
		fsi_free(lines[i].path);
	}
	free(lines);
	fclose(out);
	return text;
}

char *tree_dump(struct fsi_tree *tree)
{
	return write_all(tree, false);
}

char *tree_paths(struct fsi_tree *tree)
{
	return write_all(tree, true);
}

void tree_check(struct fsi_tree *tree)
{
	uint32_t files = 0;
	uint32_t directories = 0;
	uint32_t named = 0;

	for (const struct fsi_node *node = fsi_node_next(&tree->root, &tree->root);
	     node != NULL; node = fsi_node_next(&tree->root, node)) {
		const struct fsi_children *siblings = node->parent->content.children;

		ck_assert_ptr_eq(siblings->items[node->position], node);
		ck_assert_ptr_eq(fsi_tree_find_child(tree, node->parent, node->name,
						     node->name_length),
				 node);
		ck_assert(fsi_node_is_in_image(node));
		if (fsi_node_is_directory(node))
			directories++;
		else
			files++;
	}
	ck_assert_uint_eq(tree->file_count, files);
	ck_assert_uint_eq(tree->directory_count, directories);
	for (uint32_t i = 0; i < tree->names.capacity; i++)
		named += tree->names.slots[i] != NULL;
	ck_assert_uint_eq(tree->names.count, named);
	ck_assert_uint_ge(named, files + directories);
}
