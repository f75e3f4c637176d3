/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bodies of entries. */
#include "udf/body.h"

#include "base/checked.h"
#include "error/fail.h"
#include "tree/imported.h"
#include "udf/file_entry.h"
#include "udf/link.h"
#include "udf/revision.h"

uint32_t fsi_udf_room(const struct fsi_udf_plan *plan)
{
	return FSI_BLOCK_SIZE - plan->volume.revision->entry_form->size;
}

bool fsi_udf_embeds_data(uint32_t revision, bool is_alone, const struct fsi_data *data)
{
	/* What has blocks already keeps them. */
	if (data->is_imported && data->source.imported->embedded_offset == 0)
		return false;
	return (is_alone || data->item->is_stream) && !data->needs_blocks &&
	       fsi_udf_embeds_size(revision, data->size);
}

bool fsi_udf_embeds_size(uint32_t revision, uint64_t size)
{
	return size <= FSI_BLOCK_SIZE - fsi_udf_revision_find(revision)->entry_form->size;
}

bool fsi_udf_is_embedded(const struct fsi_udf_plan *plan, const struct fsi_node *node)
{
	if (node->kind == FSI_NODE_LINK)
		return fsi_udf_put_link(node->content.target, NULL) <= fsi_udf_room(plan);
	return fsi_node_size(node) > 0 &&
	       fsi_udf_embeds_data(plan->source.revision, plan->source.is_alone,
				   node->content.data);
}

/* ---- blocks that some entries have ------------------------------------- */

static HRESULT add_place(struct fsi_udf_places *places, uint32_t entry, uint64_t blocks)
{
	if (blocks == 0)
		return S_OK;
	if (!fsi_vector_reserve(&places->items, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	places->items.items[places->items.count++] = (struct fsi_udf_place){
		.entry = entry,
		.first = (uint32_t)places->blocks,
	};
	places->blocks += blocks;
	return S_OK;
}

/* The last place that the block, or the entry, is not before; it must be there. */
static const struct fsi_udf_place *find_place(const struct fsi_udf_places *places,
					      uint32_t key, bool is_block)
{
	size_t low = 0;
	size_t high = places->items.count;

	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		const struct fsi_udf_place *place = &places->items.items[middle];

		if ((is_block ? place->first : place->entry) <= key)
			low = middle;
		else
			high = middle;
	}
	return &places->items.items[low];
}

/* ---- where a body lies ------------------------------------------------- */

/* Short descriptors point into the partition that their entry is in. */
static struct fsi_udf_body get_directory_body(const struct fsi_udf_plan *plan,
					      struct fsi_udf_subject subject)
{
	const uint32_t number = fsi_udf_directory_number(&plan->directories, subject);

	return (struct fsi_udf_body){
		.size = fsi_udf_directory_size(&plan->directories, number),
		.first_block = plan->directories_block +
			       plan->directories.places[number].first_block,
		.extent_max_size = FSI_UDF_EXTENT_MAX_SIZE,
	};
}

/* The data of a file: where the layout has put it, as far as that is known yet. */
static void put_data(const struct fsi_udf_plan *plan, const struct fsi_data *data,
		     struct fsi_udf_body *body)
{
	const struct fsi_layout *layout = plan->source.layout;
	const struct fsi_data_runs *runs = fsi_layout_find_runs(layout, data->number);

	if (runs != NULL) {
		body->runs = layout->runs.items + runs->first_run;
		body->run_count = runs->count;
		body->partition_block = plan->volume.partition.block;
	} else if (layout->data_blocks != NULL) {
		body->first_block =
			layout->data_blocks[data->number] - plan->volume.partition.block;
	}
}

struct fsi_udf_body fsi_udf_get_body(const struct fsi_udf_plan *plan, uint32_t n,
				     struct fsi_udf_subject subject)
{
	const struct fsi_node *node = subject.node;
	/* OSTA UDF 2.3.10.1: what is no directory is not in the metadata partition. */
	struct fsi_udf_body body = {
		.size = fsi_node_size(node),
		.extent_max_size = FSI_UDF_EXTENT_MAX_SIZE,
		.is_long = plan->volume.revision->has_metadata_partition,
	};

	if (subject.is_stream_directory || fsi_node_is_directory(node))
		return get_directory_body(plan, subject);
	if (node->kind == FSI_NODE_LINK) {
		body.size = fsi_udf_put_link(node->content.target, NULL);
		body.first_block = plan->targets_block - plan->volume.partition.block +
				   find_place(&plan->targets, n, false)->first;
	} else if (body.size > 0) {
		put_data(plan, node->content.data, &body);
	}
	return body;
}

/* ---- allocation extents ------------------------------------------------ */

static HRESULT measure_chain(struct fsi_udf_plan *plan, uint32_t n,
			     struct fsi_udf_subject subject)
{
	const struct fsi_udf_body body = fsi_udf_get_body(plan, n, subject);

	return add_place(&plan->chains, n,
			 fsi_udf_chain_blocks(&body, fsi_udf_room(plan)));
}

static HRESULT measure_link(struct fsi_udf_plan *plan, uint32_t n,
			    const struct fsi_node *node)
{
	const uint32_t size = fsi_udf_put_link(node->content.target, NULL);

	if (size == 0)
		return fsi_error_detail(
			FSI_FAIL(IMAPI_E_INVALID_PATH, node->content.target),
			"The symbolic link '%s' leads there; a name on the way is "
			"longer than UDF can tell.",
			node->name);
	return size > fsi_udf_room(plan)
		       ? add_place(&plan->targets, n, fsi_blocks_of(size))
		       : S_OK;
}

HRESULT fsi_udf_bodies_measure(struct fsi_udf_plan *plan)
{
	const uint32_t count = fsi_udf_entries_count(&plan->entries);

	for (uint32_t n = 0; n < count; n++) {
		const struct fsi_udf_subject subject =
			fsi_udf_entries_get(&plan->entries, n);
		const bool is_link = !subject.is_stream_directory &&
				     subject.node->kind == FSI_NODE_LINK;

		FSI_TRY(is_link ? measure_link(plan, n, subject.node)
				: measure_chain(plan, n, subject));
	}
	return S_OK;
}

void fsi_udf_bodies_free(struct fsi_udf_plan *plan)
{
	fsi_vector_free(&plan->chains.items);
	fsi_vector_free(&plan->targets.items);
}

struct fsi_udf_chain fsi_udf_get_chain(const struct fsi_udf_plan *plan, uint32_t n,
				       const struct fsi_udf_body *body)
{
	struct fsi_udf_chain chain = {
		.body = body,
		.room = fsi_udf_room(plan),
		.next = {.partition = plan->entries.partition},
	};

	if (fsi_udf_chain_blocks(body, chain.room) > 0)
		chain.next.block =
			plan->chains_block + find_place(&plan->chains, n, false)->first;
	return chain;
}

void fsi_udf_render_chain(const struct fsi_udf_plan *plan, uint32_t block,
			  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_udf_place *place = find_place(&plan->chains, block, true);
	const struct fsi_udf_subject subject =
		fsi_udf_entries_get(&plan->entries, place->entry);
	const struct fsi_udf_body body = fsi_udf_get_body(plan, place->entry, subject);
	const struct fsi_udf_chain chain = fsi_udf_get_chain(plan, place->entry, &body);

	fsi_udf_put_allocation_extent(&chain, block - place->first, plan->volume.revision,
				      ret_block);
}

/* ---- targets ----------------------------------------------------------- */

void fsi_udf_render_target(const struct fsi_udf_plan *plan, uint32_t block,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_udf_place *place = find_place(&plan->targets, block, true);
	const struct fsi_node *node =
		fsi_udf_entries_get(&plan->entries, place->entry).node;
	const uint32_t offset = (block - place->first) * FSI_BLOCK_SIZE;
	uint8_t link[FSI_UDF_LINK_MAX_SIZE];
	const uint32_t left = fsi_udf_put_link(node->content.target, link) - offset;

	memcpy(*ret_block, link + offset, left < FSI_BLOCK_SIZE ? left : FSI_BLOCK_SIZE);
}
