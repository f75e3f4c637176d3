/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The size of an image, kept while its content changes. */
#include "image/tally.h"

#include "base/checked.h"
#include "image/tally_directory.h"
#include "tree/children.h"
#include "udf/allocation.h"
#include "udf/directory.h"
#include "udf/file_entry.h"
#include "udf/link.h"
#include "udf/revision.h"

struct fsi_tally {
	struct fsi_tally_rules rules;
	struct fsi_tree_watcher watcher;
	struct fsi_tally_directory *directories; /* all of them */
	FSI_VECTOR(struct fsi_node *) stale;	 /* those that are, and some others */
	struct fsi_plan_sizes sizes;
	uint64_t owner_count;	     /* items with streams */
	uint64_t stream_count;	     /* their streams */
	uint64_t further_link_count; /* items that share the entry of an earlier one */
	uint64_t odd_count;	     /* what only a layout can deal with */
	const struct fsi_udf_revision *revision;
	bool has_udf;
	bool is_udf_alone;
	bool has_streams;
	bool is_broken; /* there was no memory to go on */
};

/* ---- bodies of UDF ----------------------------------------------------- */

static uint64_t count_chain(const struct fsi_tally *tally, uint64_t size, bool is_long)
{
	const struct fsi_udf_body body = {
		.size = size,
		.extent_max_size = FSI_UDF_EXTENT_MAX_SIZE,
		.is_long = is_long && tally->revision->has_metadata_partition,
	};

	return fsi_udf_chain_blocks(&body,
				    FSI_BLOCK_SIZE - tally->revision->entry_form->size);
}

/* by: 1 for what comes, UINT64_MAX, which is minus 1, for what leaves. */
static void count_directory_body(struct fsi_tally *tally, uint64_t size, uint64_t by)
{
	tally->sizes.udf.directories += by * fsi_blocks_of(size);
	tally->sizes.udf.chains += by * count_chain(tally, size, false);
}

/* ---- data -------------------------------------------------------------- */

static bool is_embedded(const struct fsi_tally *tally, const struct fsi_node *node)
{
	return tally->has_udf && (tally->is_udf_alone || node->is_stream) &&
	       fsi_udf_embeds_size(tally->revision->number, fsi_node_size(node));
}

/* Data of several files is there once. It counts with the first that comes, and
 * goes with the last that leaves. */
static void count_data(struct fsi_tally *tally, const struct fsi_node *node, uint64_t by)
{
	const struct fsi_data *data = node->content.data;
	const bool is_only_one = data != NULL && data->uses == 1;

	if (data == NULL)
		return;
	if (data->is_linked && !is_only_one)
		tally->further_link_count += by;
	/* As many links as there are have 16 bits in UDF. */
	if (data->is_linked && data->uses == (uint32_t)UINT16_MAX + 1)
		tally->odd_count += by;
	if (data->size == 0 || is_embedded(tally, node))
		return;
	if (tally->has_udf && (is_only_one || !data->is_linked))
		tally->sizes.udf.chains += by * count_chain(tally, data->size, true);
	if (is_only_one)
		tally->sizes.data_blocks += by * fsi_blocks_of(data->size);
}

static void count_target(struct fsi_tally *tally, const struct fsi_node *link,
			 uint64_t by)
{
	const uint32_t size = fsi_udf_put_link(link->content.target, NULL);

	if (!tally->has_udf)
		return;
	tally->odd_count += size == 0 ? by : 0;
	if (!fsi_udf_embeds_size(tally->revision->number, size))
		tally->sizes.udf.targets += by * fsi_blocks_of(size);
}

static void count_streams(struct fsi_tally *tally, const struct fsi_node *owner,
			  uint64_t by)
{
	const uint32_t count = fsi_node_stream_count(owner);
	uint64_t size = fsi_udf_identifier_size(""); /* of the parent */

	if (!tally->has_streams || count == 0)
		return;
	/* Of several names of a file the first in order has its streams. */
	if (owner->kind == FSI_NODE_FILE && owner->content.data != NULL &&
	    owner->content.data->is_linked) {
		tally->odd_count += by;
		return;
	}
	for (uint32_t s = 0; s < count; s++) {
		const struct fsi_node *stream = owner->streams->items[s];

		tally->odd_count += fsi_udf_holds_stream_name(stream->name) ? 0 : by;
		size += fsi_udf_identifier_size(stream->name);
		count_data(tally, stream, by);
	}
	tally->owner_count += by;
	tally->stream_count += by * count;
	count_directory_body(tally, size, by);
}

static void count_item(struct fsi_tally *tally, const struct fsi_node *node, uint64_t by)
{
	if (node->kind == FSI_NODE_FILE)
		count_data(tally, node, by);
	else if (node->kind == FSI_NODE_LINK)
		count_target(tally, node, by);
	count_streams(tally, node, by);
}

/* ---- directories ------------------------------------------------------- */

static struct fsi_tally_directory *get_directory(const struct fsi_node *directory)
{
	return directory->content.children->tally;
}

/* What a directory comes to is in the sums, unless it is stale. */
static void count_directory(struct fsi_tally *tally,
			    const struct fsi_tally_directory *directory, uint64_t by)
{
	for (uint32_t i = 0; i < tally->rules.iso_count; i++) {
		tally->sizes.iso[i].directory_blocks +=
			by * directory->iso[i].directory_blocks;
		tally->sizes.iso[i].path_table_size +=
			by * directory->iso[i].path_table_size;
	}
	if (tally->has_udf)
		count_directory_body(tally, directory->udf_size, by);
	tally->odd_count += by * directory->odd_count;
}

static void note_stale(struct fsi_tally *tally, struct fsi_node *directory)
{
	if (fsi_vector_reserve(&tally->stale, 1))
		tally->stale.items[tally->stale.count++] = directory;
	else
		tally->is_broken = true;
}

static void add_directory(struct fsi_tally *tally, struct fsi_node *node)
{
	struct fsi_tally_directory *directory =
		fsi_allocate_zeroed(1, sizeof(*directory));

	if (directory == NULL) {
		tally->is_broken = true;
		return;
	}
	directory->is_stale = true;
	directory->next = tally->directories;
	if (directory->next != NULL)
		directory->next->previous = directory;
	tally->directories = directory;
	node->content.children->tally = directory;
	note_stale(tally, node);
}

static void remove_directory(struct fsi_tally *tally, struct fsi_node *node)
{
	struct fsi_tally_directory *directory = get_directory(node);

	if (directory == NULL)
		return;
	if (!directory->is_stale)
		count_directory(tally, directory, UINT64_MAX);
	fsi_tally_directory_forget(directory);
	if (directory->next != NULL)
		directory->next->previous = directory->previous;
	if (directory->previous != NULL)
		directory->previous->next = directory->next;
	else
		tally->directories = directory->next;
	node->content.children->tally = NULL;
	fsi_free(directory);
}

typedef bool change_function(const struct fsi_tally_rules *rules,
			     struct fsi_tally_directory *directory,
			     const struct fsi_node *child);

/* A directory gets a child, or loses one. */
static void change_directory(struct fsi_tally *tally, const struct fsi_node *child,
			     change_function *change)
{
	struct fsi_tally_directory *directory = get_directory(child->parent);

	if (directory == NULL || directory->is_stale)
		return;
	count_directory(tally, directory, UINT64_MAX);
	if (change(&tally->rules, directory, child))
		count_directory(tally, directory, 1);
	else
		note_stale(tally, child->parent);
}

/* ---- what the tree tells ----------------------------------------------- */

static void come(void *context, struct fsi_node *node)
{
	struct fsi_tally *tally = context;

	if (node->parent != NULL)
		change_directory(tally, node, fsi_tally_directory_add);
	if (fsi_node_is_directory(node))
		add_directory(tally, node);
	count_item(tally, node, 1);
}

static void leave(void *context, struct fsi_node *node)
{
	struct fsi_tally *tally = context;

	change_directory(tally, node, fsi_tally_directory_remove);
	if (fsi_node_is_directory(node))
		remove_directory(tally, node);
	count_item(tally, node, UINT64_MAX);
}

static void begin_streams(void *context, struct fsi_node *owner)
{
	count_streams(context, owner, UINT64_MAX);
}

static void end_streams(void *context, struct fsi_node *owner)
{
	count_streams(context, owner, 1);
}

/* ---- life -------------------------------------------------------------- */

static struct fsi_tally *make_tally(fsi_image *image)
{
	struct fsi_tally *tally = fsi_allocate_zeroed(1, sizeof(*tally));

	if (tally == NULL)
		return NULL;
	tally->rules = fsi_tally_rules_of(image);
	tally->watcher = (struct fsi_tree_watcher){.came = come,
						   .leaves = leave,
						   .streams_change = begin_streams,
						   .streams_changed = end_streams,
						   .context = tally};
	tally->has_udf = (image->file_systems & FSI_FILE_SYSTEM_UDF) != 0;
	tally->is_udf_alone = image->file_systems == FSI_FILE_SYSTEM_UDF;
	tally->has_streams = fsi_image_has_named_streams(image);
	tally->revision = fsi_udf_revision_find(image->udf_revision);
	tally->sizes.iso_count = tally->rules.iso_count;
	for (uint32_t i = 0; i < tally->rules.iso_count; i++)
		tally->sizes.iso[i].path_table_size = fsi_iso9660_root_path_size();
	return tally;
}

static void count_uses(const struct fsi_node *node, bool from_zero)
{
	struct fsi_data *data = node->kind == FSI_NODE_FILE ? node->content.data : NULL;

	if (data != NULL)
		data->uses = from_zero ? 0 : data->uses + 1;
	for (uint32_t s = 0; s < fsi_node_stream_count(node); s++)
		count_uses(node->streams->items[s], from_zero);
}

/* As if all items came now, one after the other. */
static void take_all(struct fsi_tally *tally, struct fsi_tree *tree)
{
	for (struct fsi_node *node = &tree->root; node != NULL;
	     node = fsi_node_next(&tree->root, node))
		count_uses(node, true);
	for (struct fsi_node *node = &tree->root; node != NULL;
	     node = fsi_node_next(&tree->root, node)) {
		count_uses(node, false);
		come(tally, node);
	}
}

void fsi_tally_drop(fsi_image *image)
{
	struct fsi_tally *tally = image->tally;

	if (tally == NULL)
		return;
	image->tree.watcher = NULL;
	image->tally = NULL;
	for (struct fsi_node *node = &image->tree.root; node != NULL;
	     node = fsi_node_next(&image->tree.root, node)) {
		if (fsi_node_is_directory(node))
			remove_directory(tally, node);
	}
	fsi_vector_free(&tally->stale);
	fsi_free(tally);
}

/* ---- counting ---------------------------------------------------------- */

static HRESULT count_stale(struct fsi_tally *tally)
{
	while (tally->stale.count > 0) {
		struct fsi_node *node = tally->stale.items[tally->stale.count - 1];
		struct fsi_tally_directory *directory = get_directory(node);

		/* It may have left since, or have been counted. */
		if (directory != NULL && directory->is_stale) {
			FSI_TRY(fsi_tally_directory_count(&tally->rules, node,
							  directory));
			count_directory(tally, directory, 1);
		}
		tally->stale.count--;
	}
	return S_OK;
}

static HRESULT get_tally(fsi_image *image, struct fsi_tally **ret_tally)
{
	if (image->tally != NULL && image->tally->is_broken)
		fsi_tally_drop(image);
	if (image->tally == NULL) {
		image->tally = make_tally(image);
		if (image->tally == NULL)
			return FSI_FAIL(E_OUTOFMEMORY);
		take_all(image->tally, &image->tree);
		image->tree.watcher = &image->tally->watcher;
	}
	if (image->tally->is_broken)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_tally = image->tally;
	return S_OK;
}

HRESULT fsi_tally_get_sizes(fsi_image *image, struct fsi_plan_sizes *ret_sizes)
{
	struct fsi_tally *tally = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(get_tally(image, &tally));
	hr = count_stale(tally);
	if (FAILED(hr))
		return hr == E_OUTOFMEMORY ? hr : S_FALSE;
	if (tally->odd_count > 0)
		return S_FALSE;
	tally->sizes.udf.entries =
		(uint64_t)image->tree.file_count + image->tree.directory_count + 1 -
		tally->further_link_count + tally->owner_count + tally->stream_count;
	*ret_sizes = tally->sizes;
	return S_OK;
}
