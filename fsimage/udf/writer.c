/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the structures of UDF lie in an image, and what fills their blocks. */
#include "udf/writer.h"

#include "base/checked.h"
#include "base/memory.h"
#include "error/fail.h"
#include "udf/body.h"
#include "udf/item.h"
#include "udf/metadata.h"
#include "udf/revision.h"

/*
 * Places in the session that ECMA-167 leaves open. Each stands in an ECC block of its
 * own, of DVD (16 blocks) and of BD (32), so that one scratch spares the other copy.
 */
#define MAIN_SEQUENCE_BLOCK	  32
#define RESERVE_SEQUENCE_BLOCK	  64
#define INTEGRITY_SEQUENCE_BLOCK  96
#define INTEGRITY_SEQUENCE_BLOCKS 4
#define ALIGNMENT		  32
_Static_assert(ALIGNMENT % FSI_UDF_METADATA_UNIT == 0, "OSTA UDF 2.2.13.1");

/* ECMA-167 2/8.1: where volume recognition begins in the session, as ISO 9660 knows it
 * too. */
#define RECOGNITION_BLOCK  16
#define RECOGNITION_BLOCKS 4 /* three descriptors, and a block of zeros to end them */

/* ECMA-167 3/8.4.2.1: an anchor here, one in the last block, one as far before it. */
#define ANCHOR_BLOCK 256

struct udf_writer {
	struct fsi_format format;
	struct fsi_udf_plan plan;
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

static const struct fsi_udf_volume *get_volume(const struct fsi_region *region)
{
	const struct fsi_udf_plan *plan = region->owner;

	return &plan->volume;
}

static HRESULT render_recognition(const struct fsi_region *region, uint32_t block,
				  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	(void)fsi_udf_put_recognition(get_volume(region), block, ret_block);
	return S_OK;
}

static HRESULT render_anchor(const struct fsi_region *region, uint32_t block,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	fsi_udf_put_anchor(get_volume(region), region->first_block + block, ret_block);
	return S_OK;
}

static HRESULT render_sequence(const struct fsi_region *region, uint32_t block,
			       uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	(void)fsi_udf_put_sequence(get_volume(region), block, region->first_block + block,
				   ret_block);
	return S_OK;
}

static HRESULT render_integrity(const struct fsi_region *region, uint32_t block,
				uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const uint32_t location = region->first_block + block;

	if (block == 0)
		fsi_udf_put_integrity(get_volume(region), location, ret_block);
	else if (block == 1)
		fsi_udf_put_terminator(get_volume(region), location, ret_block);
	return S_OK;
}

static HRESULT render_main_file(const struct fsi_region *region, uint32_t block,
				uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	(void)block;
	fsi_udf_put_metadata_file(get_volume(region), false, ret_block);
	return S_OK;
}

static HRESULT render_mirror_file(const struct fsi_region *region, uint32_t block,
				  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	(void)block;
	fsi_udf_put_metadata_file(get_volume(region), true, ret_block);
	return S_OK;
}

/*
 * These know nothing of where their region is: what they render says where it
 * is in its partition, in a mirror of the metadata too.
 */
static HRESULT render_file_set(const struct fsi_region *region, uint32_t block,
			       uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_udf_volume *volume = get_volume(region);

	if (block == 0)
		fsi_udf_put_file_set(volume, volume->file_set.block, ret_block);
	else
		fsi_udf_put_terminator(volume, volume->file_set.block + block, ret_block);
	return S_OK;
}

static HRESULT render_entry(const struct fsi_region *region, uint32_t block,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	return fsi_udf_render_entry(region->owner, block, ret_block);
}

static HRESULT render_directory(const struct fsi_region *region, uint32_t block,
				uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_udf_plan *plan = region->owner;

	fsi_udf_directories_render(&plan->directories, plan->volume.revision, block,
				   plan->directories_block + block, ret_block);
	return S_OK;
}

static HRESULT render_chain(const struct fsi_region *region, uint32_t block,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	fsi_udf_render_chain(region->owner, block, ret_block);
	return S_OK;
}

static HRESULT render_target(const struct fsi_region *region, uint32_t block,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	fsi_udf_render_target(region->owner, block, ret_block);
	return S_OK;
}

#define KIND(function, text) \
	{ \
		{.describe = describe_region, .render = (function)}, (text) \
	}

static const struct region_kind recognition_region =
	KIND(render_recognition, "UDF volume recognition sequence");
static const struct region_kind main_sequence_region =
	KIND(render_sequence, "UDF main volume descriptor sequence");
static const struct region_kind reserve_sequence_region =
	KIND(render_sequence, "UDF reserve volume descriptor sequence");
static const struct region_kind integrity_region =
	KIND(render_integrity, "UDF logical volume integrity sequence");
static const struct region_kind anchor_region =
	KIND(render_anchor, "UDF anchor volume descriptor pointer");
static const struct region_kind targets_region =
	KIND(render_target, "UDF targets of symbolic links");
static const struct region_kind main_file_region =
	KIND(render_main_file, "UDF metadata file entry");
static const struct region_kind mirror_file_region =
	KIND(render_mirror_file, "UDF metadata mirror file entry");

/* What the metadata of a volume consists of, in its order. */
enum metadata_part {
	PART_FILE_SET,
	PART_ENTRIES,
	PART_DIRECTORIES,
	PART_CHAINS,
	PART_COUNT
};

static const struct region_kind metadata_regions[PART_COUNT] = {
	[PART_FILE_SET] = KIND(render_file_set, "UDF file set descriptor"),
	[PART_ENTRIES] = KIND(render_entry, "UDF file entries"),
	[PART_DIRECTORIES] = KIND(render_directory, "UDF directories"),
	[PART_CHAINS] = KIND(render_chain, "UDF allocation extents"),
};
static const struct region_kind mirror_regions[PART_COUNT] = {
	[PART_FILE_SET] = KIND(render_file_set, "UDF file set descriptor (mirror)"),
	[PART_ENTRIES] = KIND(render_entry, "UDF file entries (mirror)"),
	[PART_DIRECTORIES] = KIND(render_directory, "UDF directories (mirror)"),
	[PART_CHAINS] = KIND(render_chain, "UDF allocation extents (mirror)"),
};

/* OSTA UDF 2.1.7: right behind the descriptors of ISO 9660, without a gap. */
static HRESULT place_recognition(struct fsi_udf_plan *plan, struct fsi_layout *layout)
{
	const uint32_t earliest_block = layout->first_block + RECOGNITION_BLOCK;
	const uint32_t first_block =
		layout->next_block > earliest_block ? layout->next_block : earliest_block;

	return fsi_layout_append_at(layout, &recognition_region.ops, plan,
				    RECOGNITION_BLOCKS, first_block);
}

static HRESULT place_volume(struct fsi_udf_plan *plan, struct fsi_layout *layout)
{
	struct fsi_udf_volume *volume = &plan->volume;

	volume->main_sequence.block = layout->first_block + MAIN_SEQUENCE_BLOCK;
	volume->reserve_sequence.block = layout->first_block + RESERVE_SEQUENCE_BLOCK;
	volume->integrity_sequence.block = layout->first_block + INTEGRITY_SEQUENCE_BLOCK;
	FSI_TRY(fsi_layout_append_at(layout, &main_sequence_region.ops, plan,
				     volume->main_sequence.blocks,
				     volume->main_sequence.block));
	FSI_TRY(fsi_layout_append_at(layout, &reserve_sequence_region.ops, plan,
				     volume->reserve_sequence.blocks,
				     volume->reserve_sequence.block));
	return fsi_layout_append_at(layout, &integrity_region.ops, plan,
				    volume->integrity_sequence.blocks,
				    volume->integrity_sequence.block);
}

static HRESULT place_anchor(struct fsi_udf_plan *plan, struct fsi_layout *layout)
{
	return fsi_layout_append_at(layout, &anchor_region.ops, plan, 1,
				    layout->first_block + ANCHOR_BLOCK);
}

/* A block of the image as the partition counts. */
static uint32_t block_of_partition(const struct fsi_udf_plan *plan, uint32_t block)
{
	return block - plan->volume.partition.block;
}

/* All metadata, one part behind the other from the next block on. */
static HRESULT place_parts(struct fsi_udf_plan *plan,
			   const struct region_kind (*kinds)[PART_COUNT],
			   struct fsi_layout *layout)
{
	const uint64_t blocks[PART_COUNT] = {
		[PART_FILE_SET] = FSI_UDF_FILE_SET_BLOCKS,
		[PART_ENTRIES] = plan->sizes.entries,
		[PART_DIRECTORIES] = plan->sizes.directories,
		[PART_CHAINS] = plan->sizes.chains,
	};
	uint32_t places[PART_COUNT] = {0};
	uint32_t start_block = 0; /* of the partition that they are in */

	for (int part = 0; part < PART_COUNT; part++)
		FSI_TRY(fsi_layout_append(layout, &(*kinds)[part].ops, plan, blocks[part],
					  1, &places[part]));
	start_block = plan->volume.revision->has_metadata_partition
			      ? places[PART_FILE_SET]
			      : plan->volume.partition.block;
	plan->volume.file_set.block = places[PART_FILE_SET] - start_block;
	plan->entries.first_block = places[PART_ENTRIES] - start_block;
	plan->directories_block = places[PART_DIRECTORIES] - start_block;
	plan->chains_block = places[PART_CHAINS] - start_block;
	return S_OK;
}

/*
 * The next block is to be a multiple of an ECC block behind the start of the partition,
 * which is one itself but in volumes of others; *ret_block: where in the partition.
 */
static HRESULT align_block(const struct fsi_udf_plan *plan, struct fsi_layout *layout,
			   uint32_t *ret_block)
{
	const uint32_t block = (uint32_t)fsi_align_u64(
		block_of_partition(plan, layout->next_block), ALIGNMENT);

	FSI_TRY(fsi_layout_append_at(layout, NULL, NULL, 0,
				     plan->volume.partition.block + block));
	*ret_block = block;
	return S_OK;
}

static HRESULT place_file(struct fsi_udf_plan *plan, const struct region_kind *kind,
			  struct fsi_layout *layout, uint32_t *ret_icb)
{
	FSI_TRY(align_block(plan, layout, ret_icb));
	return fsi_layout_append_at(layout, &kind->ops, plan, 1,
				    plan->volume.partition.block + *ret_icb);
}

/* OSTA UDF 2.2.13: the metadata file, then what it consists of. */
static HRESULT place_metadata(struct fsi_udf_plan *plan, struct fsi_layout *layout)
{
	struct fsi_udf_metadata *metadata = &plan->volume.metadata;
	uint32_t end_block = 0;

	FSI_TRY(place_file(plan, &main_file_region, layout, &metadata->main_icb));
	FSI_TRY(align_block(plan, layout, &metadata->main_block));
	FSI_TRY(place_parts(plan, &metadata_regions, layout));
	FSI_TRY(align_block(plan, layout, &end_block));
	metadata->blocks = end_block - metadata->main_block;
	if (metadata->blocks > fsi_udf_metadata_max_blocks(plan->volume.revision))
		return fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
					"The metadata file of UDF is %u blocks long.",
					metadata->blocks);
	return S_OK;
}

static HRESULT measure(struct fsi_udf_plan *plan)
{
	FSI_TRY(fsi_udf_directories_measure(&plan->directories));
	FSI_TRY(fsi_udf_bodies_measure(plan));
	plan->sizes = (struct fsi_udf_sizes){
		.entries = fsi_udf_entries_count(&plan->entries),
		.directories = fsi_udf_directories_blocks(&plan->directories),
		.chains = plan->chains.blocks,
		.targets = plan->targets.blocks,
	};
	return S_OK;
}

/*
 * Where the partition begins: here; or as early as that of the session before, so that
 * addresses in it stay what they are; or before the data that other file systems had.
 */
static uint32_t find_partition(const struct fsi_udf_plan *plan, uint32_t block)
{
	const struct fsi_continued *continued = plan->source.continued;

	if (continued == NULL)
		return block;
	if (continued->has_udf)
		return continued->partition_block;
	return block < continued->first_data_block
		       ? block
		       : continued->first_data_block / ALIGNMENT * ALIGNMENT;
}

/* What describes the tree; the data of files comes behind it. */
static HRESULT place_partition(struct fsi_udf_plan *plan, struct fsi_layout *layout)
{
	uint32_t block = 0;

	if (plan->source.sizes == NULL)
		FSI_TRY(measure(plan));
	FSI_TRY(fsi_layout_append(layout, NULL, NULL, 0, ALIGNMENT, &block));
	plan->volume.partition.block = find_partition(plan, block);
	if (plan->volume.partition.block > block)
		return fsi_error_detail(
			FSI_FAIL(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION),
			"Its partition begins in block %u, behind its end.",
			plan->volume.partition.block);
	FSI_TRY(plan->volume.revision->has_metadata_partition
			? place_metadata(plan, layout)
			: place_parts(plan, &metadata_regions, layout));
	if (plan->source.sizes == NULL)
		plan->volume.root = fsi_udf_entries_find(
			&plan->entries,
			(struct fsi_udf_subject){plan->source.order->items[0], false});
	return S_OK;
}

/* As far from the metadata file as the volume is large. */
static HRESULT place_mirror(struct fsi_udf_plan *plan, struct fsi_layout *layout)
{
	struct fsi_udf_metadata *metadata = &plan->volume.metadata;

	metadata->mirror_block = metadata->main_block;
	if (plan->source.redundant_metadata) {
		FSI_TRY(align_block(plan, layout, &metadata->mirror_block));
		FSI_TRY(place_parts(plan, &mirror_regions, layout));
	}
	return place_file(plan, &mirror_file_region, layout, &metadata->mirror_icb);
}

/*
 * OSTA UDF 2.2.3: anchors in the last block N and in N - 256. The partition ends before
 * both. Where the last block belongs to another structure, which must not share it with
 * an anchor (ECMA-167 3/8.4), the two in 256 and N - 256 have to do.
 */
static HRESULT place_end(struct fsi_udf_plan *plan, struct fsi_layout *layout)
{
	uint64_t image_end_block = 0;
	uint32_t last_block = 0;
	uint32_t end_block = 0;

	FSI_TRY(fsi_layout_append(layout, &targets_region.ops, plan, plan->sizes.targets,
				  1, &plan->targets_block));
	if (plan->volume.revision->has_metadata_partition)
		FSI_TRY(place_mirror(plan, layout));
	image_end_block = fsi_layout_align_end(layout, (uint64_t)layout->next_block +
							       ANCHOR_BLOCK + 1);
	last_block = (uint32_t)(image_end_block - 1);
	end_block = last_block - ANCHOR_BLOCK;
	FSI_TRY(fsi_layout_append_at(layout, &anchor_region.ops, plan, 1, end_block));
	if (layout->reserved_end_blocks == 0)
		FSI_TRY(fsi_layout_append_at(layout, &anchor_region.ops, plan, 1,
					     last_block));
	FSI_TRY(fsi_layout_seal(layout, image_end_block));
	plan->volume.partition.blocks = block_of_partition(plan, end_block);
	return S_OK;
}

typedef HRESULT place_function(struct fsi_udf_plan *plan, struct fsi_layout *layout);

static HRESULT place_stage(struct fsi_format *format, enum fsi_stage stage,
			   struct fsi_layout *layout)
{
	static place_function *const places[FSI_STAGE_COUNT] = {
		[FSI_STAGE_RECOGNITION] = place_recognition,
		[FSI_STAGE_VOLUME] = place_volume,
		[FSI_STAGE_ANCHOR] = place_anchor,
		[FSI_STAGE_PARTITION] = place_partition,
		[FSI_STAGE_END] = place_end,
	};
	/* The format is the first member of the writer. */
	void *object = format;
	struct udf_writer *writer = object;

	return places[stage] != NULL ? places[stage](&writer->plan, layout) : S_OK;
}

static void destroy_writer(struct fsi_format *format)
{
	void *object = format;
	struct udf_writer *writer = object;

	fsi_udf_directories_free(&writer->plan.directories);
	fsi_udf_bodies_free(&writer->plan);
	fsi_udf_entries_free(&writer->plan.entries);
	fsi_free(writer);
}

/* What is as long in each volume. */
static const struct fsi_udf_volume empty_volume = {
	.main_sequence.blocks = FSI_UDF_SEQUENCE_BLOCKS,
	.reserve_sequence.blocks = FSI_UDF_SEQUENCE_BLOCKS,
	.integrity_sequence.blocks = INTEGRITY_SEQUENCE_BLOCKS,
};

static void describe_volume(struct fsi_udf_plan *plan)
{
	const struct fsi_order *order = plan->source.order;
	const struct fsi_volume *volume = plan->source.volume;

	plan->volume.name = volume->udf_name;
	plan->volume.recording_time = volume->recording_time;
	plan->volume.serial = volume->serial;
	plan->volume.file_set.partition = plan->entries.partition;
	plan->volume.file_count = order->item_count - order->directory_count;
	plan->volume.directory_count = order->directory_count;
	plan->volume.next_unique_id = fsi_udf_next_unique_id(&plan->entries);
}

/* What the volume has from the session before. */
static void continue_plan(struct fsi_udf_plan *plan,
			  const struct fsi_continued *continued)
{
	plan->volume.set_identifier = &continued->volume_set_id;
	plan->volume.partition_number = continued->partition_number;
	if (continued->next_unique_id > plan->entries.next_unique_id)
		plan->entries.next_unique_id = continued->next_unique_id;
	/* Readers look at the first extent of a metadata file only, so the session has
	 * all entries in one of its own. */
	plan->entries.reuses = !plan->volume.revision->has_metadata_partition &&
			       continued->keeps_entries;
}

/* Number what is to be described. */
static HRESULT begin_plan(struct fsi_udf_plan *plan)
{
	plan->entries.order = plan->source.order;
	/* The map of the metadata partition is the second one. */
	plan->entries.partition = plan->volume.revision->has_metadata_partition ? 1 : 0;
	plan->entries.is_alone = plan->source.is_alone;
	plan->entries.next_unique_id = FSI_UDF_UNIQUE_ID_FIRST;
	if (plan->source.continued != NULL && plan->source.continued->has_udf)
		continue_plan(plan, plan->source.continued);
	plan->directories.entries = &plan->entries;
	plan->directories.names = plan->source.names;
	FSI_TRY(fsi_udf_entries_number(&plan->entries));
	describe_volume(plan);
	return S_OK;
}

void fsi_udf_render_anchor(const void *format, uint32_t block,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct udf_writer *writer = format;

	fsi_udf_put_anchor(&writer->plan.volume, block, ret_block);
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
	struct fsi_udf_plan *plan = NULL;
	HRESULT hr = S_OK;

	if (revision == NULL)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "revision");
	writer = fsi_allocate_zeroed(1, sizeof(*writer));
	if (writer == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	writer->format.ops = &ops;
	plan = &writer->plan;
	plan->source = *source;
	plan->volume = empty_volume;
	plan->volume.revision = revision;
	if (source->sizes != NULL)
		plan->sizes = *source->sizes;
	else
		hr = begin_plan(plan);
	if (FAILED(hr)) {
		destroy_writer(&writer->format);
		return hr;
	}
	*ret_format = &writer->format;
	return S_OK;
}
