/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the structures of UDF lie in an image, and what fills their blocks. */
#include "udf/writer.h"

#include "base/checked.h"
#include "base/memory.h"
#include "error/fail.h"
#include "udf/descriptors.h"
#include "udf/directory.h"
#include "udf/file_entry.h"
#include "udf/revision.h"

#include <inttypes.h>

/*
 * Places that ECMA-167 leaves open. Each stands in an ECC block of its own, of
 * DVD (16 blocks) and of BD (32), so that one scratch spares the other copy.
 */
#define MAIN_SEQUENCE_BLOCK	  32
#define RESERVE_SEQUENCE_BLOCK	  64
#define INTEGRITY_SEQUENCE_BLOCK  96
#define INTEGRITY_SEQUENCE_BLOCKS 4
#define ALIGNMENT		  32

/* ECMA-167 2/8.1: where volume recognition begins, as ISO 9660 knows it too. */
#define RECOGNITION_BLOCK  16
#define RECOGNITION_BLOCKS 4 /* three descriptors, and a block of zeros to end them */

/* ECMA-167 3/8.4.2.1: an anchor here, one in the last block, one as far before it. */
#define ANCHOR_BLOCK 256

/* Blocks of the partition: the file set descriptor and what ends its sequence. */
#define FILE_SET_BLOCK	0
#define FILE_SET_BLOCKS 2

struct udf_writer {
	struct fsi_format format;
	struct fsi_udf_source source;
	struct fsi_udf_volume volume;
	struct fsi_udf_directories directories;
	uint32_t directories_block; /* of the image */
};

/* Regions of one kind: how they are rendered, and what they are called. */
struct region_kind {
	struct fsi_region_ops ops;
	const char *description;
};

static HRESULT describe_region(const struct fsi_region *region, char **ret_description)
{
	/* ops is the first member of its kind. */
	const void *ops = region->ops;
	const struct region_kind *kind = ops;
	char *description = fsi_duplicate_string(kind->description);

	if (description == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_description = description;
	return S_OK;
}

static HRESULT render_recognition(const struct fsi_region *region, uint32_t block,
				  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct udf_writer *writer = region->owner;

	(void)fsi_udf_put_recognition(&writer->volume, block, ret_block);
	return S_OK;
}

static HRESULT render_anchor(const struct fsi_region *region, uint32_t block,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct udf_writer *writer = region->owner;

	fsi_udf_put_anchor(&writer->volume, region->first_block + block, ret_block);
	return S_OK;
}

static HRESULT render_sequence(const struct fsi_region *region, uint32_t block,
			       uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct udf_writer *writer = region->owner;

	(void)fsi_udf_put_sequence(&writer->volume, block, region->first_block + block,
				   ret_block);
	return S_OK;
}

static HRESULT render_integrity(const struct fsi_region *region, uint32_t block,
				uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct udf_writer *writer = region->owner;
	const uint32_t location = region->first_block + block;

	if (block == 0)
		fsi_udf_put_integrity(&writer->volume, location, ret_block);
	else if (block == 1)
		fsi_udf_put_terminator(&writer->volume, location, ret_block);
	return S_OK;
}

static HRESULT render_file_set(const struct fsi_region *region, uint32_t block,
			       uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct udf_writer *writer = region->owner;

	if (block == 0)
		fsi_udf_put_file_set(&writer->volume, FILE_SET_BLOCK, ret_block);
	else
		fsi_udf_put_terminator(&writer->volume, FILE_SET_BLOCK + block,
				       ret_block);
	return S_OK;
}

/* A block of the image as the partition counts. */
static uint32_t block_of_partition(const struct udf_writer *writer, uint32_t block)
{
	return block - writer->volume.partition.block;
}

static void get_directory_body(const struct udf_writer *writer,
			       const struct fsi_node *node, struct fsi_udf_entry *entry)
{
	const uint32_t number = node->content.children->number;
	const struct fsi_udf_directory_place *place = &writer->directories.places[number];

	entry->file_type = FSI_UDF_FILE_DIRECTORY;
	entry->link_count = (uint16_t)(1 + place->subdirectory_count);
	entry->first_block = block_of_partition(writer, writer->directories_block) +
			     place->first_block;
	entry->size = fsi_udf_directory_size(&writer->directories, number);
}

static void get_file_body(const struct udf_writer *writer, const struct fsi_node *node,
			  struct fsi_udf_entry *entry)
{
	entry->file_type = FSI_UDF_FILE_REGULAR;
	entry->link_count = 1;
	entry->size = fsi_node_size(node);
	if (entry->size > 0) {
		const uint32_t number = node->content.data->number;

		entry->first_block = block_of_partition(
			writer, writer->source.layout->data_blocks[number]);
	}
}

static void get_attributes(const struct udf_writer *writer, const struct fsi_node *node,
			   struct fsi_udf_entry *entry)
{
	entry->access_time = node->access_time;
	entry->modification_time = node->modification_time;
	if (writer->source.volume->posix_attributes) {
		entry->flags = fsi_udf_icb_flags_of_mode(node->mode);
		entry->uid = node->uid;
		entry->gid = node->gid;
		entry->permissions = fsi_udf_permissions_of_mode(node->mode);
		entry->attribute_time = node->attribute_time;
	} else {
		entry->uid = FSI_UDF_NO_ID;
		entry->gid = FSI_UDF_NO_ID;
		entry->permissions = FSI_UDF_PERMISSIONS_ALL;
		entry->attribute_time = node->modification_time;
	}
}

/* The n-th block is the entry of item n. */
static HRESULT render_entry(const struct fsi_region *region, uint32_t block,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct udf_writer *writer = region->owner;
	const struct fsi_udf_revision *revision = writer->volume.revision;
	const struct fsi_node *node = writer->source.order->items[block];
	struct fsi_udf_entry entry = {.unique_id = fsi_udf_item_unique_id(block)};

	get_attributes(writer, node, &entry);
	if (fsi_node_is_directory(node))
		get_directory_body(writer, node, &entry);
	else
		get_file_body(writer, node, &entry);
	revision->entry_form->put(&entry, revision, fsi_udf_item_icb(block).block,
				  ret_block);
	return S_OK;
}

static HRESULT render_directory(const struct fsi_region *region, uint32_t block,
				uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct udf_writer *writer = region->owner;

	fsi_udf_directories_render(
		&writer->directories, writer->volume.revision, block,
		block_of_partition(writer, region->first_block + block), ret_block);
	return S_OK;
}

static const struct region_kind recognition_region = {
	{.describe = describe_region, .render = render_recognition},
	"UDF volume recognition sequence",
};
static const struct region_kind main_sequence_region = {
	{.describe = describe_region, .render = render_sequence},
	"UDF main volume descriptor sequence",
};
static const struct region_kind reserve_sequence_region = {
	{.describe = describe_region, .render = render_sequence},
	"UDF reserve volume descriptor sequence",
};
static const struct region_kind integrity_region = {
	{.describe = describe_region, .render = render_integrity},
	"UDF logical volume integrity sequence",
};
static const struct region_kind anchor_region = {
	{.describe = describe_region, .render = render_anchor},
	"UDF anchor volume descriptor pointer",
};
static const struct region_kind file_set_region = {
	{.describe = describe_region, .render = render_file_set},
	"UDF file set descriptor",
};
static const struct region_kind entries_region = {
	{.describe = describe_region, .render = render_entry},
	"UDF file entries",
};
static const struct region_kind directories_region = {
	{.describe = describe_region, .render = render_directory},
	"UDF directories",
};

/* OSTA UDF 2.1.7: right behind the descriptors of ISO 9660, without a gap. */
static HRESULT place_recognition(struct udf_writer *writer, struct fsi_layout *layout)
{
	const uint32_t first_block = layout->next_block > RECOGNITION_BLOCK
					     ? layout->next_block
					     : RECOGNITION_BLOCK;

	return fsi_layout_append_at(layout, &recognition_region.ops, writer,
				    RECOGNITION_BLOCKS, first_block);
}

static HRESULT place_volume(struct udf_writer *writer, struct fsi_layout *layout)
{
	const struct fsi_udf_volume *volume = &writer->volume;

	FSI_TRY(fsi_layout_append_at(layout, &main_sequence_region.ops, writer,
				     volume->main_sequence.blocks,
				     volume->main_sequence.block));
	FSI_TRY(fsi_layout_append_at(layout, &reserve_sequence_region.ops, writer,
				     volume->reserve_sequence.blocks,
				     volume->reserve_sequence.block));
	FSI_TRY(fsi_layout_append_at(layout, &integrity_region.ops, writer,
				     volume->integrity_sequence.blocks,
				     volume->integrity_sequence.block));
	return fsi_layout_append_at(layout, &anchor_region.ops, writer, 1, ANCHOR_BLOCK);
}

/* The file set, the entries of all items, the bodies of all directories. */
static HRESULT place_partition(struct udf_writer *writer, struct fsi_layout *layout)
{
	uint32_t entries_block = 0; /* right behind the file set: fsi_udf_item_icb() */

	FSI_TRY(fsi_layout_append(layout, &file_set_region.ops, writer, FILE_SET_BLOCKS,
				  ALIGNMENT, &writer->volume.partition.block));
	FSI_TRY(fsi_layout_append(layout, &entries_region.ops, writer,
				  writer->source.order->item_count, 1, &entries_block));
	FSI_TRY(fsi_udf_directories_measure(&writer->directories));
	return fsi_layout_append(layout, &directories_region.ops, writer,
				 fsi_udf_directories_blocks(&writer->directories), 1,
				 &writer->directories_block);
}

/*
 * OSTA UDF 2.2.3: anchors in the last block N and in N - 256. N + 1 is whole ECC
 * blocks, so that no drive has to pad the image. The partition ends before both.
 */
static HRESULT place_end(struct udf_writer *writer, struct fsi_layout *layout)
{
	const uint64_t total_blocks =
		fsi_align_u64((uint64_t)layout->next_block + ANCHOR_BLOCK + 1, ALIGNMENT);
	const uint32_t last_block = (uint32_t)(total_blocks - 1);
	const uint32_t end_block = last_block - ANCHOR_BLOCK;

	FSI_TRY(fsi_layout_append_at(layout, &anchor_region.ops, writer, 1, end_block));
	FSI_TRY(fsi_layout_append_at(layout, &anchor_region.ops, writer, 1, last_block));
	FSI_TRY(fsi_layout_seal(layout, total_blocks));
	writer->volume.partition.blocks = end_block - writer->volume.partition.block;
	return S_OK;
}

typedef HRESULT place_function(struct udf_writer *writer, struct fsi_layout *layout);

static HRESULT place_stage(struct fsi_format *format, enum fsi_stage stage,
			   struct fsi_layout *layout)
{
	static place_function *const places[FSI_STAGE_COUNT] = {
		[FSI_STAGE_RECOGNITION] = place_recognition,
		[FSI_STAGE_VOLUME] = place_volume,
		[FSI_STAGE_PARTITION] = place_partition,
		[FSI_STAGE_END] = place_end,
	};
	/* The format is the first member of the writer. */
	void *writer = format;

	return places[stage] != NULL ? places[stage](writer, layout) : S_OK;
}

static void destroy_writer(struct fsi_format *format)
{
	void *object = format;
	struct udf_writer *writer = object;

	fsi_udf_directories_free(&writer->directories);
	fsi_free(writer);
}

/* The entry of a file has room for so many extents of a limited size. */
static HRESULT check_sizes(const struct fsi_order *order,
			   const struct fsi_udf_revision *revision)
{
	const uint64_t size_max =
		(uint64_t)revision->entry_form->extents_max * FSI_UDF_EXTENT_MAX_SIZE;

	for (uint32_t d = 0; d < order->data_count; d++) {
		const struct fsi_data *data = order->data[d];

		if (data->size > size_max)
			return fsi_error_detail(FSI_FAIL(IMAPI_E_DATA_TOO_BIG, "UDF"),
						"'%s' has %" PRIu64
						" bytes; a file in UDF holds at most "
						"%" PRIu64 ".",
						data->item->name, data->size, size_max);
	}
	return S_OK;
}

static void describe_volume(struct udf_writer *writer,
			    const struct fsi_udf_revision *revision)
{
	const struct fsi_order *order = writer->source.order;
	const struct fsi_volume *volume = writer->source.volume;

	writer->volume = (struct fsi_udf_volume){
		.revision = revision,
		.name = volume->udf_name,
		.recording_time = volume->recording_time,
		.serial = volume->serial,
		.main_sequence = {MAIN_SEQUENCE_BLOCK, FSI_UDF_SEQUENCE_BLOCKS},
		.reserve_sequence = {RESERVE_SEQUENCE_BLOCK, FSI_UDF_SEQUENCE_BLOCKS},
		.integrity_sequence = {INTEGRITY_SEQUENCE_BLOCK,
				       INTEGRITY_SEQUENCE_BLOCKS},
		.file_set = {.block = FILE_SET_BLOCK},
		.root = fsi_udf_item_icb(0),
		.file_count = order->item_count - order->directory_count,
		.directory_count = order->directory_count,
		.next_unique_id =
			FSI_UDF_UNIQUE_ID_FIRST - 1 + (uint64_t)order->item_count,
	};
}

HRESULT fsi_udf_create(const struct fsi_udf_source *source,
		       struct fsi_format **ret_format)
{
	static const struct fsi_format_ops ops = {
		.place = place_stage,
		.destroy = destroy_writer,
	};
	const struct fsi_udf_revision *revision = fsi_udf_revision_find(source->revision);
	struct udf_writer *writer = NULL;

	if (revision == NULL)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "revision");
	FSI_TRY(check_sizes(source->order, revision));
	writer = fsi_allocate_zeroed(1, sizeof(*writer));
	if (writer == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	writer->format.ops = &ops;
	writer->source = *source;
	writer->directories.order = source->order;
	writer->directories.names = source->names;
	describe_volume(writer, revision);
	*ret_format = &writer->format;
	return S_OK;
}
