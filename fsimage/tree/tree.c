/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of an image. */
#include "tree/tree.h"

#include "base/checked.h"
#include "base/text.h"
#include "error/fail.h"
#include "stash/stash.h"
#include "tree/change.h"
#include "tree/children.h"
#include "tree/imported.h"
#include "tree/path.h"

#include <string.h>

/*
 * What one more item can cost beyond its data: an entry and room in directories
 * and path tables of four trees, and alignment of what lies behind.
 */
#define ITEM_COST_BLOCKS 20
/* Rounding of the whole image that one more block can set off. */
#define ROUNDING_BLOCKS 128

struct fsi_children *fsi_tree_make_children(struct fsi_tree *tree)
{
	struct fsi_children *children =
		fsi_arena_allocate(&tree->arena, sizeof(*children));

	if (children == NULL)
		return NULL;
	children->is_sorted = true;
	children->next_made = tree->children_made;
	tree->children_made = children;
	return children;
}

static void set_defaults(const struct fsi_tree *tree, struct fsi_node *node)
{
	node->creation_time = tree->recording_time;
	node->access_time = tree->recording_time;
	node->modification_time = tree->recording_time;
	node->attribute_time = tree->recording_time;
	node->uid = UINT32_MAX;
	node->gid = UINT32_MAX;
	node->mode = node->kind == FSI_NODE_DIRECTORY ? 0755 : 0644;
}

HRESULT fsi_tree_init(struct fsi_tree *tree, fsi_ticks recording_time)
{
	*tree = (struct fsi_tree){.recording_time = recording_time};
	tree->root.kind = FSI_NODE_DIRECTORY;
	tree->root.name = "";
	tree->detached = tree->root;
	tree->detached.position = 1; /* how fsi_node_tree() tells the two apart */
	set_defaults(tree, &tree->root);
	tree->root.content.children = fsi_tree_make_children(tree);
	tree->detached.content.children = fsi_tree_make_children(tree);
	if (tree->root.content.children == NULL ||
	    tree->detached.content.children == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	return S_OK;
}

void fsi_tree_destroy(struct fsi_tree *tree)
{
	for (struct fsi_children *made = tree->children_made; made != NULL;
	     made = made->next_made)
		fsi_free(made->items);
	for (size_t i = 0; i < tree->streams.count; i++)
		fsi_stream_release(tree->streams.items[i]->source.stream);
	for (size_t i = 0; i < tree->discs.count; i++)
		fsi_stream_release(tree->discs.items[i]);
	fsi_vector_free(&tree->discs);
	fsi_folder_cache_close(&tree->open_folder);
	fsi_vector_free(&tree->streams);
	fsi_vector_free(&tree->devices);
	fsi_vector_free(&tree->changes);
	fsi_free(tree->names.slots);
	fsi_free(tree->host_files.slots);
	fsi_stash_release(tree->stash);
	fsi_arena_free(&tree->arena);
}

/* size: of the node with what is behind it. */
static HRESULT make_node(struct fsi_tree *tree, size_t size, enum fsi_node_kind kind,
			 const char *name, size_t name_length, struct fsi_node **ret_node)
{
	struct fsi_node *node = fsi_arena_allocate(&tree->arena, size);
	char *copy = fsi_arena_copy(&tree->arena, name, name_length);

	if (node == NULL || copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	node->kind = (uint8_t)kind;
	node->name = copy;
	node->name_length = (uint16_t)name_length;
	/* Without regard to case, so that it holds under any rules. */
	node->name_hash = fsi_text_hash(name, name_length, true);
	node->parent = &tree->detached;
	set_defaults(tree, node);
	if (kind == FSI_NODE_DIRECTORY) {
		node->content.children = fsi_tree_make_children(tree);
		if (node->content.children == NULL)
			return FSI_FAIL(E_OUTOFMEMORY);
	}
	*ret_node = node;
	return S_OK;
}

HRESULT fsi_tree_make_node(struct fsi_tree *tree, enum fsi_node_kind kind,
			   const char *name, size_t name_length,
			   struct fsi_node **ret_node)
{
	return make_node(tree, sizeof(struct fsi_node), kind, name, name_length,
			 ret_node);
}

HRESULT fsi_tree_make_imported(struct fsi_tree *tree, enum fsi_node_kind kind,
			       const char *name, size_t name_length,
			       struct fsi_node **ret_node)
{
	FSI_TRY(make_node(tree, sizeof(struct fsi_node) + sizeof(struct fsi_imported),
			  kind, name, name_length, ret_node));
	(*ret_node)->is_imported = true;
	return S_OK;
}

/* ---- the table of names ------------------------------------------------ */

static uint32_t slot_of(const struct fsi_tree *tree, const struct fsi_node *parent,
			uint32_t name_hash)
{
	const uint64_t place = (uint64_t)(uintptr_t)parent >> 3;
	const uint64_t mixed = (place ^ name_hash) * UINT64_C(0x9E3779B97F4A7C15);

	return (uint32_t)(mixed >> 32) & (tree->names.capacity - 1);
}

static bool names_are_equal(const struct fsi_tree *tree, const struct fsi_node *node,
			    const char *name, size_t name_length)
{
	if (tree->rules.case_sensitive)
		return node->name_length == name_length &&
		       memcmp(node->name, name, name_length) == 0;
	return fsi_text_compare_ignoring_case(node->name, node->name_length, name,
					      name_length) == 0;
}

struct fsi_node *fsi_tree_find_child(const struct fsi_tree *tree,
				     const struct fsi_node *directory, const char *name,
				     size_t name_length)
{
	const uint32_t hash = fsi_text_hash(name, name_length, true);

	if (tree->names.count == 0)
		return NULL;
	for (uint32_t slot = slot_of(tree, directory, hash);;
	     slot = (slot + 1) & (tree->names.capacity - 1)) {
		struct fsi_node *node = tree->names.slots[slot];

		if (node == NULL)
			return NULL;
		if (node->parent == directory && node->name_hash == hash &&
		    names_are_equal(tree, node, name, name_length))
			return node;
	}
}

static void put_name(struct fsi_tree *tree, struct fsi_node *node)
{
	uint32_t slot = slot_of(tree, node->parent, node->name_hash);

	while (tree->names.slots[slot] != NULL)
		slot = (slot + 1) & (tree->names.capacity - 1);
	tree->names.slots[slot] = node;
}

/* Room for one more name, at most three quarters full. */
static bool reserve_name(struct fsi_tree *tree)
{
	const uint32_t old_capacity = tree->names.capacity;
	const uint32_t capacity = old_capacity > 0 ? old_capacity * 2 : 64;
	struct fsi_node **old_slots = tree->names.slots;
	struct fsi_node **slots = NULL;

	if (tree->names.count < old_capacity - old_capacity / 4)
		return true;
	if (capacity < old_capacity)
		return false;
	slots = fsi_allocate_zeroed(capacity, sizeof(struct fsi_node *));
	if (slots == NULL)
		return false;
	tree->names.slots = slots;
	tree->names.capacity = capacity;
	for (uint32_t i = 0; i < old_capacity; i++) {
		if (old_slots[i] != NULL)
			put_name(tree, old_slots[i]);
	}
	fsi_free(old_slots);
	return true;
}

/* Empty a node's slot and move up what stood behind it, so no gap is left. */
static void take_name(struct fsi_tree *tree, const struct fsi_node *node)
{
	const uint32_t mask = tree->names.capacity - 1;
	struct fsi_node **slots = tree->names.slots;
	uint32_t gap = slot_of(tree, node->parent, node->name_hash);

	while (slots[gap] != node)
		gap = (gap + 1) & mask;
	for (uint32_t slot = (gap + 1) & mask; slots[slot] != NULL;
	     slot = (slot + 1) & mask) {
		const uint32_t home =
			slot_of(tree, slots[slot]->parent, slots[slot]->name_hash);

		/* It may move when its home is not between the gap and itself. */
		if (((slot - home) & mask) < ((slot - gap) & mask))
			continue;
		slots[gap] = slots[slot];
		gap = slot;
	}
	slots[gap] = NULL;
	tree->names.count--;
}

/* ---- linking ----------------------------------------------------------- */

static void count_data(const struct fsi_node *node, uint32_t by)
{
	if (node->kind == FSI_NODE_FILE && node->content.data != NULL)
		node->content.data->uses += by;
}

void fsi_tree_count_stream(struct fsi_tree *tree, const struct fsi_node *stream,
			   uint32_t by)
{
	count_data(stream, by);
	tree->stream_count += by;
}

static void count_node(struct fsi_tree *tree, const struct fsi_node *node, uint32_t by)
{
	if (fsi_node_is_directory(node))
		tree->directory_count += by;
	else
		tree->file_count += by;
	tree->real_time_count += node->wants_real_time ? by : 0;
	count_data(node, by);
	for (uint32_t s = 0; s < fsi_node_stream_count(node); s++)
		fsi_tree_count_stream(tree, node->streams->items[s], by);
}

/* All below a node comes with it. */
static void take_in(struct fsi_tree *tree, struct fsi_node *top)
{
	const struct fsi_tree_watcher *watcher = tree->watcher;

	for (struct fsi_node *node = top; node != NULL; node = fsi_node_next(top, node)) {
		count_node(tree, node, 1);
		if (watcher != NULL)
			watcher->came(watcher->context, node);
	}
	tree->generation++;
}

/* All below a node leaves with it; it is still in its place. */
static void let_go(struct fsi_tree *tree, struct fsi_node *top)
{
	const struct fsi_tree_watcher *watcher = tree->watcher;

	for (struct fsi_node *node = top; node != NULL; node = fsi_node_next(top, node)) {
		if (watcher != NULL)
			watcher->leaves(watcher->context, node);
		count_node(tree, node, UINT32_MAX); /* minus one each */
	}
	tree->generation++;
}

HRESULT fsi_tree_link(struct fsi_tree *tree, struct fsi_node *directory,
		      struct fsi_node *node)
{
	if (!reserve_name(tree) ||
	    !fsi_children_append(directory->content.children, node))
		return FSI_FAIL(E_OUTOFMEMORY);
	node->parent = directory;
	put_name(tree, node);
	tree->names.count++;
	if (fsi_node_is_in_image(node))
		take_in(tree, node);
	return S_OK;
}

void fsi_tree_unlink(struct fsi_tree *tree, struct fsi_node *node)
{
	if (fsi_node_is_in_image(node))
		let_go(tree, node);
	take_name(tree, node);
	fsi_children_remove(node->parent->content.children, node);
	node->parent = &tree->detached;
}

/* ---- real-time files --------------------------------------------------- */

void fsi_tree_put_real_time(struct fsi_node *file, bool value, bool is_laid_out)
{
	struct fsi_tree *tree = fsi_node_tree(file);

	if (fsi_node_is_in_image(file)) {
		tree->real_time_count -= file->wants_real_time;
		tree->real_time_count += value;
	}
	file->wants_real_time = value;
	if (is_laid_out)
		file->is_real_time = value;
}

void fsi_tree_settle_real_time(struct fsi_tree *tree)
{
	for (struct fsi_node *node = &tree->root; node != NULL;
	     node = fsi_node_next(&tree->root, node))
		node->is_real_time = node->wants_real_time;
}

/* ---- limits ------------------------------------------------------------ */

static HRESULT refuse_level(const struct fsi_node *directory, uint32_t level)
{
	const HRESULT hr = FSI_FAIL(IMAPI_E_ISO9660_LEVELS);
	char *path = fsi_path_of_node(directory);

	if (path != NULL)
		fsi_error_detail(hr, "\"%s\" is on level %u.", path, level);
	fsi_free(path);
	return hr;
}

static HRESULT check_subdirectories(const struct fsi_tree_limits *limits,
				    const struct fsi_node *directory)
{
	HRESULT hr = S_OK;
	char *path = NULL;

	if (limits->max_subdirectories == 0 ||
	    directory->content.children->directory_count <= limits->max_subdirectories)
		return S_OK;
	hr = FSI_FAIL(IMAPI_E_TOO_MANY_DIRS, "UDF");
	path = fsi_path_of_node(directory);
	if (path != NULL)
		fsi_error_detail(hr, "\"%s\" can hold %u directories.", path,
				 limits->max_subdirectories);
	fsi_free(path);
	return hr;
}

static HRESULT refuse_size(const struct fsi_tree_limits *limits,
			   const struct fsi_node *file)
{
	const HRESULT hr = FSI_FAIL(IMAPI_E_DATA_TOO_BIG, limits->size_limiter);
	char *path = fsi_path_of_node(file);

	if (path != NULL)
		fsi_error_detail(hr, "\"%s\" has %llu bytes, the limit is %llu.", path,
				 (unsigned long long)fsi_node_size(file),
				 (unsigned long long)limits->max_file_size);
	fsi_free(path);
	return hr;
}

/* Check all below a node of the image, itself included. */
static HRESULT check_below(struct fsi_tree *tree, const struct fsi_tree_limits *limits,
			   const struct fsi_node *top)
{
	if (fsi_node_is_directory(top) && top->parent != NULL)
		FSI_TRY(check_subdirectories(limits, top->parent));
	for (const struct fsi_node *node = top; node != NULL;
	     node = fsi_node_next(top, node)) {
		const uint32_t level =
			fsi_node_is_directory(node) && limits->max_levels > 0
				? fsi_node_level(node)
				: 0;

		if (level > limits->max_levels)
			return refuse_level(node, level);
		if (fsi_node_is_directory(node))
			FSI_TRY(check_subdirectories(limits, node));
		if (limits->max_file_size > 0 &&
		    fsi_node_size(node) > limits->max_file_size)
			return refuse_size(limits, node);
	}
	/* The root is one more. */
	if (limits->max_directories > 0 &&
	    tree->directory_count >= limits->max_directories)
		return fsi_error_detail(
			FSI_FAIL(IMAPI_E_TOO_MANY_DIRS, limits->directory_limiter),
			"The limit is %u with the root.", limits->max_directories);
	return S_OK;
}

/*
 * A file of 4 GiB and more has further records in directories, of which a block
 * has room for eight at least.
 */
static uint64_t cost_of_item(const struct fsi_node *node)
{
	const uint64_t size = fsi_node_size(node);

	return fsi_blocks_of(size) + ITEM_COST_BLOCKS + (size >> 32);
}

/* The most that a node with all below it can add to the image. */
static uint64_t cost_of(const struct fsi_node *top)
{
	uint64_t blocks = 0;

	for (const struct fsi_node *node = top; node != NULL;
	     node = fsi_node_next(top, node)) {
		blocks += cost_of_item(node);
		for (uint32_t s = 0; s < fsi_node_stream_count(node); s++)
			blocks += cost_of_item(node->streams->items[s]);
	}
	return blocks;
}

/*
 * Whether the image with a node that was just linked is within its capacity.
 * What is exact is slow; so it is asked only when the most that was added since
 * could have used up the room that was left.
 */
static HRESULT check_capacity(struct fsi_tree *tree, const struct fsi_node *node)
{
	const struct fsi_tree_limits *limits = &tree->limits;
	uint64_t cost = 0;
	uint32_t blocks = 0;

	if (limits->capacity_blocks == 0)
		return S_OK;
	cost = cost_of(node);
	if (tree->free_budget_blocks >= cost) {
		tree->free_budget_blocks -= cost;
		return S_OK;
	}
	tree->free_budget_blocks = 0;
	FSI_TRY(limits->measure(limits->context, &blocks));
	if (blocks <= limits->capacity_blocks) {
		const uint64_t left = limits->capacity_blocks - blocks;

		tree->free_budget_blocks =
			left > ROUNDING_BLOCKS ? left - ROUNDING_BLOCKS : 0;
		return S_OK;
	}
	return S_FALSE;
}

static HRESULT refuse_capacity(const struct fsi_tree *tree, const struct fsi_node *node)
{
	char *path = fsi_path_of_node(node);
	const HRESULT hr =
		FSI_FAIL(IMAPI_E_IMAGE_SIZE_LIMIT, path != NULL ? path : node->name);

	fsi_free(path);
	return fsi_error_detail(hr, "The limit is %llu blocks.",
				(unsigned long long)tree->limits.capacity_blocks);
}

HRESULT fsi_tree_insert(struct fsi_tree *tree, struct fsi_node *directory,
			struct fsi_node *node)
{
	HRESULT hr = S_OK;

	if (fsi_tree_find_child(tree, directory, node->name, node->name_length) != NULL)
		return FSI_FAIL(IMAPI_E_DUP_NAME, node->name);
	FSI_TRY(fsi_change_reserve(tree, FSI_CHANGES_OF_ADDITION));
	FSI_TRY(fsi_tree_link(tree, directory, node));
	hr = check_below(tree, &tree->limits, node);
	if (SUCCEEDED(hr))
		hr = check_capacity(tree, node);
	if (hr == S_FALSE)
		hr = refuse_capacity(tree, node);
	if (FAILED(hr))
		fsi_tree_unlink(tree, node);
	else
		fsi_change_note_insert(tree, node);
	return hr;
}

HRESULT fsi_tree_check_resized(struct fsi_tree *tree, const struct fsi_node *file,
			       bool is_cut)
{
	const uint64_t limit = tree->limits.max_file_size;
	HRESULT hr = S_OK;

	tree->generation++;
	if (limit > 0 && fsi_node_size(file) > limit)
		return refuse_size(&tree->limits, file);
	hr = is_cut ? S_FALSE : check_capacity(tree, file);
	return hr == S_FALSE ? refuse_capacity(tree, file) : hr;
}

uint64_t fsi_tree_max_file_size(const struct fsi_tree *tree)
{
	const struct fsi_tree_limits *limits = &tree->limits;
	uint64_t most = UINT64_MAX;

	if (limits->capacity_blocks > 0 &&
	    !fsi_multiply_u64(limits->capacity_blocks, FSI_BLOCK_SIZE, &most))
		most = UINT64_MAX;
	if (limits->max_file_size > 0 && limits->max_file_size < most)
		most = limits->max_file_size;
	return most;
}

void fsi_tree_remove(struct fsi_tree *tree, struct fsi_node *node)
{
	fsi_change_note_remove(tree, node);
	fsi_tree_unlink(tree, node);
}

/* ---- questions --------------------------------------------------------- */

/* The root or the detached node that a node's parents lead to. */
static const struct fsi_node *top_of(const struct fsi_node *node)
{
	while (node->parent != NULL)
		node = node->parent;
	return node;
}

bool fsi_node_is_in_image(const struct fsi_node *node)
{
	return top_of(node) == &fsi_node_tree(node)->root;
}

struct fsi_tree *fsi_node_tree(const struct fsi_node *node)
{
	/* Both tops are members of the tree; position tells which one it is. */
	const struct fsi_node *top = top_of(node);
	const size_t offset = top->position == 0 ? offsetof(struct fsi_tree, root)
						 : offsetof(struct fsi_tree, detached);

	return (struct fsi_tree *)((uintptr_t)top - offset);
}

uint32_t fsi_node_level(const struct fsi_node *directory)
{
	uint32_t level = 1;

	for (; directory->parent != NULL; directory = directory->parent)
		level++;
	return level;
}

bool fsi_tree_is_plain(const struct fsi_tree *tree, const struct fsi_node *node)
{
	const uint64_t limit = tree->limits.max_plain_size;

	return !fsi_node_is_posix_only(node) &&
	       (limit == 0 || fsi_node_size(node) <= limit);
}

uint32_t fsi_tree_count_levels(struct fsi_tree *tree)
{
	uint32_t deepest = 1;

	for (struct fsi_node *node = &tree->root; node != NULL;
	     node = fsi_node_next(&tree->root, node)) {
		const uint32_t level =
			fsi_node_is_directory(node) ? fsi_node_level(node) : 0;

		if (level > deepest)
			deepest = level;
	}
	return deepest;
}

uint64_t fsi_tree_largest_size(struct fsi_tree *tree)
{
	uint64_t largest = 0;

	for (struct fsi_node *node = &tree->root; node != NULL;
	     node = fsi_node_next(&tree->root, node)) {
		if (fsi_node_size(node) > largest)
			largest = fsi_node_size(node);
	}
	return largest;
}

HRESULT fsi_tree_check_limits(struct fsi_tree *tree, const struct fsi_tree_limits *limits)
{
	return check_below(tree, limits, &tree->root);
}
