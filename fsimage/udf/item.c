/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries of items. */
#include "udf/item.h"

#include "error/fail.h"
#include "io/stream.h"
#include "tree/data.h"
#include "udf/allocation.h"
#include "udf/file_entry.h"
#include "udf/revision.h"

static void get_attributes(const struct fsi_udf_plan *plan, const struct fsi_node *node,
			   struct fsi_udf_entry *entry)
{
	entry->access_time = node->access_time;
	entry->modification_time = node->modification_time;
	if (plan->source.volume->posix_attributes) {
		entry->flags = fsi_udf_icb_flags_of_mode(node->mode);
		entry->uid = node->uid;
		entry->gid = node->gid;
		entry->permissions = fsi_udf_permissions_of_mode(node->mode);
		entry->creation_time = node->creation_time;
		entry->attribute_time = node->attribute_time;
	} else {
		entry->uid = FSI_UDF_NO_ID;
		entry->gid = FSI_UDF_NO_ID;
		entry->permissions = FSI_UDF_PERMISSIONS_ALL;
		/* ECMA-167 4/14.17: nothing is modified before it is created. */
		entry->creation_time = node->creation_time < node->modification_time
					       ? node->creation_time
					       : node->modification_time;
		entry->attribute_time = node->modification_time;
	}
}

/* Short descriptors point into the partition that their entry is in. */
static struct fsi_udf_body get_directory_body(const struct fsi_udf_plan *plan,
					      const struct fsi_node *node)
{
	const uint32_t number = node->content.children->number;

	return (struct fsi_udf_body){
		.size = fsi_udf_directory_size(&plan->directories, number),
		.first_block = plan->directories_block +
			       plan->directories.places[number].first_block,
		.extent_max_size = FSI_UDF_EXTENT_MAX_SIZE,
	};
}

/* OSTA UDF 2.3.10.1: the data of files is never in the metadata partition. */
static struct fsi_udf_body get_file_body(const struct fsi_udf_plan *plan,
					 const struct fsi_node *node)
{
	const uint64_t size = fsi_node_size(node);
	const uint32_t *data_blocks = plan->source.layout->data_blocks;
	struct fsi_udf_body body = {
		.size = size,
		.extent_max_size = FSI_UDF_EXTENT_MAX_SIZE,
		.is_long = plan->volume.revision->has_metadata_partition,
	};

	/* Not known yet while allocation extents are counted. */
	if (size > 0 && data_blocks != NULL)
		body.first_block = data_blocks[node->content.data->number] -
				   plan->volume.partition.block;
	return body;
}

static bool is_embedded(const struct fsi_udf_plan *plan, const struct fsi_node *node)
{
	const uint64_t size = fsi_node_size(node);

	return size > 0 && size <= plan->source.embedded_max_size;
}

/* Bytes behind the fixed fields of an entry. */
static uint32_t get_room(const struct fsi_udf_plan *plan)
{
	return FSI_BLOCK_SIZE - plan->volume.revision->entry_form->size;
}

uint32_t fsi_udf_embedded_max_size(uint32_t revision)
{
	return FSI_BLOCK_SIZE - fsi_udf_revision_find(revision)->entry_form->size;
}

/* ---- allocation extents ------------------------------------------------ */

HRESULT fsi_udf_items_measure(struct fsi_udf_plan *plan)
{
	const uint32_t count = fsi_udf_entries_count(&plan->entries);

	for (uint32_t n = 0; n < count; n++) {
		const struct fsi_node *node = fsi_udf_entries_get(&plan->entries, n);
		const struct fsi_udf_body body = fsi_node_is_directory(node)
							 ? get_directory_body(plan, node)
							 : get_file_body(plan, node);
		const uint64_t blocks = fsi_udf_chain_blocks(&body, get_room(plan));

		if (blocks == 0)
			continue;
		if (!fsi_vector_reserve(&plan->chains, 1))
			return FSI_FAIL(E_OUTOFMEMORY);
		plan->chains.items[plan->chains.count++] = (struct fsi_udf_chain_place){
			.entry = n,
			.first = (uint32_t)plan->chain_blocks,
		};
		plan->chain_blocks += blocks;
	}
	return S_OK;
}

/* The last chain that the block, or the entry, is not before; it must be there. */
static const struct fsi_udf_chain_place *find_chain(const struct fsi_udf_plan *plan,
						    uint32_t key, bool is_block)
{
	size_t low = 0;
	size_t high = plan->chains.count;

	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		const struct fsi_udf_chain_place *place = &plan->chains.items[middle];

		if ((is_block ? place->first : place->entry) <= key)
			low = middle;
		else
			high = middle;
	}
	return &plan->chains.items[low];
}

static struct fsi_udf_chain get_chain(const struct fsi_udf_plan *plan,
				      const struct fsi_udf_body *body,
				      const struct fsi_udf_chain_place *place)
{
	return (struct fsi_udf_chain){
		.body = body,
		.room = get_room(plan),
		.next = {.block = plan->chains_block + place->first,
			 .partition = plan->entries.partition},
	};
}

void fsi_udf_items_render_chain(const struct fsi_udf_plan *plan, uint32_t block,
				uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_udf_chain_place *place = find_chain(plan, block, true);
	const struct fsi_node *node = fsi_udf_entries_get(&plan->entries, place->entry);
	const struct fsi_udf_body body = fsi_node_is_directory(node)
						 ? get_directory_body(plan, node)
						 : get_file_body(plan, node);
	const struct fsi_udf_chain chain = get_chain(plan, &body, place);

	fsi_udf_put_allocation_extent(&chain, block - place->first, plan->volume.revision,
				      ret_block);
}

/* ---- entries ----------------------------------------------------------- */

static void put_body(const struct fsi_udf_plan *plan, uint32_t n,
		     const struct fsi_udf_body *body, struct fsi_udf_entry *entry,
		     uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const uint32_t place = plan->volume.revision->entry_form->size;
	struct fsi_udf_chain chain = {.body = body, .room = get_room(plan)};

	if (fsi_udf_chain_blocks(body, chain.room) > 0)
		chain = get_chain(plan, body, find_chain(plan, n, false));
	entry->flags |= body->is_long ? FSI_UDF_ICB_LONG_AD : FSI_UDF_ICB_SHORT_AD;
	entry->size = body->size;
	entry->recorded_blocks = fsi_udf_body_blocks(body);
	entry->descriptors_length = fsi_udf_put_descriptors(&chain, *ret_block + place);
}

static HRESULT embed_data(const struct fsi_udf_plan *plan, const struct fsi_data *data,
			  struct fsi_udf_entry *entry,
			  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	fsi_stream *stream = NULL;
	size_t got = 0;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_data_open(data, &stream));
	hr = fsi_stream_read(stream, 0,
			     *ret_block + plan->volume.revision->entry_form->size,
			     (size_t)data->size, &got);
	fsi_stream_release(stream);
	if (FAILED(hr))
		return hr;
	entry->flags |= FSI_UDF_ICB_EMBEDDED;
	entry->size = data->size;
	entry->descriptors_length = (uint32_t)data->size;
	return S_OK;
}

static HRESULT put_content(const struct fsi_udf_plan *plan, uint32_t n,
			   const struct fsi_node *node, struct fsi_udf_entry *entry,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_body body;

	if (fsi_node_is_directory(node)) {
		const uint32_t number = node->content.children->number;

		entry->file_type = FSI_UDF_FILE_DIRECTORY;
		entry->link_count =
			(uint16_t)(1 +
				   plan->directories.places[number].subdirectory_count);
		body = get_directory_body(plan, node);
	} else {
		entry->file_type = FSI_UDF_FILE_REGULAR;
		entry->link_count = 1;
		if (is_embedded(plan, node))
			return embed_data(plan, node->content.data, entry, ret_block);
		body = get_file_body(plan, node);
	}
	put_body(plan, n, &body, entry, ret_block);
	return S_OK;
}

HRESULT fsi_udf_item_render(const struct fsi_udf_plan *plan, uint32_t n,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_udf_revision *revision = plan->volume.revision;
	const struct fsi_node *node = fsi_udf_entries_get(&plan->entries, n);
	struct fsi_udf_entry entry = {.unique_id = fsi_udf_unique_id(node)};

	get_attributes(plan, node, &entry);
	FSI_TRY(put_content(plan, n, node, &entry, ret_block));
	entry.object_size = entry.size;
	revision->entry_form->put(&entry, revision,
				  fsi_udf_entries_find(&plan->entries, node).block,
				  ret_block);
	return S_OK;
}
