/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries of items. */
#include "udf/item.h"

#include "error/fail.h"
#include "tree/data.h"
#include "udf/attribute.h"
#include "udf/body.h"
#include "udf/file_entry.h"
#include "udf/link.h"
#include "udf/revision.h"

/* An entry under way: what it tells, and the block with what is behind that. */
struct draft {
	const struct fsi_udf_plan *plan;
	uint32_t n;
	struct fsi_udf_subject subject;
	struct fsi_udf_entry entry;
	uint8_t *block;
};

static void put_attributes(struct draft *draft)
{
	const struct fsi_node *node = draft->subject.node;
	struct fsi_udf_entry *entry = &draft->entry;

	entry->access_time = node->access_time;
	entry->modification_time = node->modification_time;
	if (draft->plan->source.volume->posix_attributes) {
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

/* ---- what kind of file ------------------------------------------------- */

static enum fsi_udf_file_type type_of_file(const struct draft *draft)
{
	return draft->subject.node->is_real_time &&
			       draft->plan->volume.revision->has_real_time_files
		       ? FSI_UDF_FILE_REAL_TIME
		       : FSI_UDF_FILE_REGULAR;
}

static enum fsi_udf_file_type type_of_subject(const struct draft *draft)
{
	if (draft->subject.is_stream_directory)
		return FSI_UDF_FILE_STREAM_DIRECTORY;
	switch ((enum fsi_node_kind)draft->subject.node->kind) {
	case FSI_NODE_DIRECTORY:
		return FSI_UDF_FILE_DIRECTORY;
	case FSI_NODE_FILE:
		return type_of_file(draft);
	case FSI_NODE_LINK:
		return FSI_UDF_FILE_LINK;
	case FSI_NODE_CHARACTER_DEVICE:
		return FSI_UDF_FILE_CHARACTER_DEVICE;
	case FSI_NODE_BLOCK_DEVICE:
		return FSI_UDF_FILE_BLOCK_DEVICE;
	case FSI_NODE_FIFO:
		return FSI_UDF_FILE_FIFO;
	case FSI_NODE_SOCKET:
		return FSI_UDF_FILE_SOCKET;
	}
	return FSI_UDF_FILE_UNSPECIFIED;
}

/* ECMA-167 4/14.9.6: how many names, and parents' names, lead to the entry. */
static uint16_t count_links(const struct draft *draft)
{
	const struct fsi_node *node = draft->subject.node;

	if (draft->subject.is_stream_directory || node->is_stream)
		return 1;
	if (fsi_node_is_directory(node)) {
		const uint32_t number = node->content.children->number;

		return (uint16_t)(1 + draft->plan->directories.places[number]
					      .subdirectory_count);
	}
	if (node->kind == FSI_NODE_FILE && node->content.data != NULL &&
	    node->content.data->is_linked)
		return (uint16_t)node->content.data->uses;
	return 1;
}

/* ---- what is behind the fixed fields ----------------------------------- */

/* OSTA UDF 3.3.4.4: a device file has its device in an extended attribute. */
static void put_device(struct draft *draft, uint32_t location)
{
	const struct fsi_udf_revision *revision = draft->plan->volume.revision;
	const struct fsi_node *node = draft->subject.node;

	if (draft->entry.file_type != FSI_UDF_FILE_CHARACTER_DEVICE &&
	    draft->entry.file_type != FSI_UDF_FILE_BLOCK_DEVICE)
		return;
	draft->entry.attributes_length = fsi_udf_put_device_attributes(
		node->content.device.major, node->content.device.minor, revision,
		location, draft->block + revision->entry_form->size);
}

static HRESULT embed(struct draft *draft, uint8_t *out)
{
	const struct fsi_node *node = draft->subject.node;

	if (node->kind == FSI_NODE_LINK) {
		draft->entry.size = fsi_udf_put_link(node->content.target, out);
	} else {
		FSI_TRY(fsi_data_read(node->content.data, out));
		draft->entry.size = fsi_node_size(node);
	}
	draft->entry.flags |= FSI_UDF_ICB_EMBEDDED;
	draft->entry.descriptors_length = (uint32_t)draft->entry.size;
	return S_OK;
}

static HRESULT put_body(struct draft *draft)
{
	const struct fsi_udf_plan *plan = draft->plan;
	uint8_t *const out = draft->block + plan->volume.revision->entry_form->size +
			     draft->entry.attributes_length;
	struct fsi_udf_body body;
	struct fsi_udf_chain chain;

	if (!draft->subject.is_stream_directory &&
	    fsi_udf_is_embedded(plan, draft->subject.node))
		return embed(draft, out);
	body = fsi_udf_get_body(plan, draft->n, draft->subject);
	chain = fsi_udf_get_chain(plan, draft->n, &body);
	draft->entry.flags |= body.is_long ? FSI_UDF_ICB_LONG_AD : FSI_UDF_ICB_SHORT_AD;
	draft->entry.size = body.size;
	draft->entry.recorded_blocks = fsi_udf_body_blocks(&body);
	draft->entry.descriptors_length = fsi_udf_put_descriptors(&chain, out);
	return S_OK;
}

/* ---- streams ----------------------------------------------------------- */

static void put_streams(struct draft *draft)
{
	const struct fsi_udf_entries *entries = &draft->plan->entries;
	const struct fsi_node *node = draft->subject.node;

	draft->entry.object_size = draft->entry.size;
	if (node->is_stream)
		draft->entry.flags |= FSI_UDF_ICB_STREAM;
	if (draft->subject.is_stream_directory || !fsi_udf_has_streams(entries, node))
		return;
	draft->entry.has_streams = true;
	draft->entry.stream_directory =
		fsi_udf_entries_find(entries, (struct fsi_udf_subject){node, true});
	for (uint32_t s = 0; s < node->streams->count; s++)
		draft->entry.object_size += fsi_node_size(node->streams->items[s]);
}

HRESULT fsi_udf_render_entry(const struct fsi_udf_plan *plan, uint32_t n,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_udf_revision *revision = plan->volume.revision;
	struct draft draft = {
		.plan = plan,
		.n = n,
		.subject = fsi_udf_entries_get(&plan->entries, n),
		.block = *ret_block,
	};
	const uint32_t location =
		fsi_udf_entries_find(&plan->entries, draft.subject).block;

	put_attributes(&draft);
	draft.entry.unique_id = fsi_udf_unique_id(&plan->entries, draft.subject.node);
	draft.entry.file_type = type_of_subject(&draft);
	draft.entry.link_count = count_links(&draft);
	put_device(&draft, location);
	FSI_TRY(put_body(&draft));
	put_streams(&draft);
	revision->entry_form->put(&draft.entry, revision, location, ret_block);
	return S_OK;
}
