/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a tree to a layout; reads like the flow: tree, names, layout, image. */
#include "image/pipeline.h"

#include "base/checked.h"
#include "base/memory.h"
#include "base/text.h"
#include "image/duplicates.h"
#include "image/sparse.h"
#include "io/share.h"
#include "tree/data.h"
#include "tree/path.h"

/* File data of a UDF volume begins at a multiple of an ECC block of DVD. */
#define UDF_DATA_ALIGNMENT 16
/* Blocks that drives read ahead behind the last one, where no UDF tail is. */
#define ISO9660_PADDING_BLOCKS 150

/* ---- names ------------------------------------------------------------- */

void fsi_naming_destroy(struct fsi_naming *naming)
{
	if (naming == NULL)
		return;
	fsi_name_view_destroy(naming->iso);
	fsi_name_view_destroy(naming->joliet);
	fsi_name_view_destroy(naming->enhanced);
	fsi_name_view_destroy(naming->udf);
	fsi_order_destroy(naming->order);
	fsi_free(naming);
}

struct fsi_name_rules fsi_image_name_rules(const fsi_image *image,
					   enum fsi_file_system file_system,
					   uint32_t iso_level)
{
	return (struct fsi_name_rules){.file_system = file_system,
				       .iso_level = iso_level,
				       .extensions = image->name_extensions};
}

static HRESULT add_view(const fsi_image *image, const struct fsi_naming *naming,
			enum fsi_file_system file_system, uint32_t iso_level,
			struct fsi_name_view **ret_view)
{
	const struct fsi_name_rules rules =
		fsi_image_name_rules(image, file_system, iso_level);

	if ((image->file_systems & file_system) == 0)
		return S_OK;
	return fsi_name_view_create(naming->order, &rules, ret_view);
}

static HRESULT add_views(const fsi_image *image, struct fsi_naming *naming)
{
	FSI_TRY(add_view(image, naming, FSI_FILE_SYSTEM_ISO9660, image->iso_level,
			 &naming->iso));
	FSI_TRY(add_view(image, naming, FSI_FILE_SYSTEM_JOLIET, 0, &naming->joliet));
	if (image->iso9660_1999)
		FSI_TRY(add_view(image, naming, FSI_FILE_SYSTEM_ISO9660,
				 FSI_NAME_ISO9660_1999, &naming->enhanced));
	return add_view(image, naming, FSI_FILE_SYSTEM_UDF, 0, &naming->udf);
}

/* Named streams came with UDF 2.00. */
bool fsi_image_has_named_streams(const fsi_image *image)
{
	return (image->file_systems & FSI_FILE_SYSTEM_UDF) != 0 &&
	       image->udf_revision >= FSI_UDF_REVISION_STREAMS;
}

static HRESULT create_naming(fsi_image *image, struct fsi_naming **ret_naming)
{
	struct fsi_naming *naming = fsi_allocate_zeroed(1, sizeof(*naming));
	HRESULT hr = S_OK;

	if (naming == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	naming->generation = image->tree.generation;
	hr = fsi_order_create(&image->tree, fsi_image_has_named_streams(image),
			      &naming->order);
	if (SUCCEEDED(hr))
		hr = add_views(image, naming);
	if (FAILED(hr)) {
		fsi_naming_destroy(naming);
		return hr;
	}
	*ret_naming = naming;
	return S_OK;
}

HRESULT fsi_image_get_naming(fsi_image *image, const struct fsi_naming **ret_naming)
{
	/* While a result is alive the tree does not change, nor does its naming. */
	if (image->naming == NULL ||
	    image->naming->generation != image->tree.generation) {
		fsi_naming_destroy(image->naming);
		image->naming = NULL;
		FSI_TRY(create_naming(image, &image->naming));
	}
	*ret_naming = image->naming;
	return S_OK;
}

const struct fsi_name_view *fsi_naming_view(const struct fsi_naming *naming,
					    enum fsi_file_system file_system)
{
	switch (file_system) {
	case FSI_FILE_SYSTEM_ISO9660:
		return naming->iso;
	case FSI_FILE_SYSTEM_JOLIET:
		return naming->joliet;
	case FSI_FILE_SYSTEM_UDF:
		return naming->udf;
	case FSI_FILE_SYSTEM_NONE:
	case FSI_FILE_SYSTEM_UNKNOWN:
	default:
		return NULL;
	}
}

/* ---- the volume -------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x100000001B3) ^ hash >> 29;
}

/* A number that volumes of the same second but other content do not share. */
static uint32_t make_serial(const struct fsi_order *order)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);

	for (uint32_t i = 0; i < order->item_count; i++) {
		const struct fsi_node *item = order->items[i];

		hash = mix(hash, fsi_text_hash(item->name, item->name_length, false));
		hash = mix(hash, fsi_node_size(item));
		hash = mix(hash, (uint64_t)item->modification_time);
	}
	return (uint32_t)(hash ^ hash >> 32);
}

static HRESULT describe_volume(const fsi_image *image, const struct fsi_order *order,
			       struct fsi_volume *volume)
{
	volume->recording_time = image->tree.recording_time;
	volume->serial = make_serial(order);
	volume->posix_attributes = image->posix_attributes;
	if (image->file_systems & FSI_FILE_SYSTEM_ISO9660)
		FSI_TRY(fsi_image_make_volume_name(image, FSI_FILE_SYSTEM_ISO9660,
						   &volume->iso_name));
	if (image->file_systems & FSI_FILE_SYSTEM_JOLIET)
		FSI_TRY(fsi_image_make_volume_name(image, FSI_FILE_SYSTEM_JOLIET,
						   &volume->joliet_name));
	if (image->file_systems & FSI_FILE_SYSTEM_UDF)
		FSI_TRY(fsi_image_make_volume_name(image, FSI_FILE_SYSTEM_UDF,
						   &volume->udf_name));
	return S_OK;
}

/* ---- file data --------------------------------------------------------- */

static HRESULT describe_data(const struct fsi_region *region, char **ret_description)
{
	const struct fsi_data *data = region->owner;
	char *path = fsi_path_of_node(data->item);

	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_description = path;
	return S_OK;
}

static HRESULT open_data(const struct fsi_region *region, fsi_stream **ret_stream)
{
	return fsi_data_open(region->owner, ret_stream);
}

static const struct fsi_region_ops data_ops = {
	.describe = describe_data,
	.open = open_data,
};

/* What stands for several files has to be what it was when they were compared. */
static HRESULT open_shared_data(const struct fsi_region *region, fsi_stream **ret_stream)
{
	return fsi_data_open_fixed(region->owner, ret_stream);
}

static const struct fsi_region_ops shared_data_ops = {
	.describe = describe_data,
	.open = open_shared_data,
};

/* ---- formats ----------------------------------------------------------- */

static HRESULT add_iso9660(const struct fsi_iso9660_source *trees, struct fsi_plan *plan)
{
	struct fsi_iso9660_source source = *trees;

	source.layout = &plan->layout;
	source.boot = plan->formats[FSI_PLAN_BOOT];
	if (source.boot != NULL)
		source.render_boot_record = fsi_boot_render_record;
	return fsi_iso9660_create(&source, &plan->formats[FSI_PLAN_ISO9660]);
}

static HRESULT add_whole_iso9660(const struct fsi_naming *naming,
				 const struct fsi_plan_sizes *sizes,
				 struct fsi_plan *plan)
{
	struct fsi_iso9660_source source = {
		.volume = &plan->volume,
	};

	if (naming != NULL) {
		source.order = naming->order;
		source.iso = naming->iso;
		source.joliet = naming->joliet;
		source.enhanced = naming->enhanced;
	} else {
		source.sizes = sizes->iso;
		source.tree_count = sizes->iso_count;
	}
	return add_iso9660(&source, plan);
}

/* El Torito finds its catalog through descriptors of ISO 9660: these at least. */
static HRESULT add_stub(const fsi_image *image, struct fsi_plan *plan)
{
	FSI_TRY(fsi_stub_create(image, &plan->stub));
	return add_iso9660(&(struct fsi_iso9660_source){.order = plan->stub->order,
							.iso = plan->stub->names,
							.volume = &plan->stub->volume},
			   plan);
}

/* Whether data is in the entries of UDF, as no other file system needs it. */
static bool is_embedded(const fsi_image *image, const struct fsi_data *data)
{
	return (image->file_systems & FSI_FILE_SYSTEM_UDF) != 0 &&
	       fsi_udf_embeds_data(image->udf_revision,
				   image->file_systems == FSI_FILE_SYSTEM_UDF, data);
}

static HRESULT add_udf(const fsi_image *image, const struct fsi_naming *naming,
		       const struct fsi_plan_sizes *sizes, struct fsi_plan *plan)
{
	const struct fsi_udf_source source = {
		.order = naming != NULL ? naming->order : NULL,
		.names = naming != NULL ? naming->udf : NULL,
		.sizes = naming != NULL ? NULL : &sizes->udf,
		.volume = &plan->volume,
		.layout = &plan->layout,
		.revision = image->udf_revision,
		.redundant_metadata = image->redundant_metadata,
		.is_alone = image->file_systems == FSI_FILE_SYSTEM_UDF,
	};

	return fsi_udf_create(&source, &plan->formats[FSI_PLAN_UDF]);
}

static HRESULT add_hybrid(const fsi_image *image, struct fsi_plan *plan)
{
	const struct fsi_hybrid_source source = {
		.hybrid = &image->hybrid,
		.volume = &plan->volume,
		.boot = plan->formats[FSI_PLAN_BOOT],
		.images = image->boot.images,
		.image_count = image->boot.image_count,
	};

	return fsi_hybrid_create(&source, &plan->formats[FSI_PLAN_HYBRID]);
}

/* One of naming and sizes is NULL. */
static HRESULT add_formats(const fsi_image *image, const struct fsi_naming *naming,
			   const struct fsi_plan_sizes *sizes, struct fsi_plan *plan)
{
	FSI_TRY(fsi_image_create_boot(image, &data_ops, &plan->layout,
				      &plan->formats[FSI_PLAN_BOOT]));
	if (image->file_systems & FSI_FILE_SYSTEM_ISO9660)
		FSI_TRY(add_whole_iso9660(naming, sizes, plan));
	else if (plan->formats[FSI_PLAN_BOOT] != NULL)
		FSI_TRY(add_stub(image, plan));
	if (image->file_systems & FSI_FILE_SYSTEM_UDF)
		FSI_TRY(add_udf(image, naming, sizes, plan));
	if (image->hybrid.tables != FSI_PARTITION_TABLE_NONE)
		FSI_TRY(add_hybrid(image, plan));
	return S_OK;
}

/* ---- placing ----------------------------------------------------------- */

/* Only UDF knows holes; where it shares data they are recorded as zeros. */
static HRESULT find_holes(const fsi_image *image, const struct fsi_order *order,
			  struct fsi_layout *layout)
{
	if (!image->udf_holes || image->file_systems != FSI_FILE_SYSTEM_UDF)
		return S_OK;
	for (uint32_t i = 0; i < order->data_count; i++) {
		if (!is_embedded(image, order->data[i]) && !order->data[i]->needs_blocks)
			FSI_TRY(fsi_sparse_find(order->data[i], layout));
	}
	return S_OK;
}

/* What is booted may differ from its source. S_FALSE: it does not. */
static HRESULT place_boot_data(const struct fsi_data *data, struct fsi_plan *plan)
{
	return data->needs_blocks && plan->formats[FSI_PLAN_BOOT] != NULL
		       ? fsi_boot_place_data(plan->formats[FSI_PLAN_BOOT], data->number,
					     &plan->layout,
					     &plan->layout.data_blocks[data->number])
		       : S_FALSE;
}

/* So that file systems can share the blocks of large files. */
static uint32_t alignment_of(const fsi_image *image, const struct fsi_data *data)
{
	return image->align_large_files &&
			       fsi_blocks_of(data->size) >= FSI_SHARE_MIN_BLOCKS
		       ? FSI_SHARE_ALIGNMENT / FSI_BLOCK_SIZE
		       : 1;
}

static HRESULT place_one(const fsi_image *image, const struct fsi_data *data,
			 struct fsi_plan *plan)
{
	struct fsi_layout *layout = &plan->layout;
	const struct fsi_data_runs *runs = fsi_layout_find_runs(layout, data->number);
	const struct fsi_data *first =
		plan->firsts != NULL ? plan->firsts[data->number] : NULL;
	HRESULT hr = S_OK;

	if (runs != NULL)
		return fsi_sparse_place(runs, layout);
	if (first != NULL && first != data) {
		layout->data_blocks[data->number] = layout->data_blocks[first->number];
		plan->duplicate_count++;
		plan->duplicate_blocks += (uint32_t)fsi_blocks_of(data->size);
		return S_OK;
	}
	hr = place_boot_data(data, plan);
	if (hr != S_FALSE)
		return hr;
	return fsi_layout_append(layout, first != NULL ? &shared_data_ops : &data_ops,
				 data, fsi_blocks_of(data->size),
				 alignment_of(image, data),
				 &layout->data_blocks[data->number]);
}

static HRESULT begin_data(const fsi_image *image, struct fsi_layout *layout)
{
	const uint32_t alignment =
		image->file_systems & FSI_FILE_SYSTEM_UDF ? UDF_DATA_ALIGNMENT : 1;

	return fsi_layout_append(layout, NULL, NULL, 0, alignment,
				 &layout->first_data_block);
}

/* Data whose blocks can be those of other data: not what boots, nor has holes. */
static void list_candidates(const fsi_image *image, const struct fsi_order *order,
			    const struct fsi_layout *layout,
			    const struct fsi_data **candidates, uint32_t *ret_count)
{
	const uint32_t count = order->data_count;

	*ret_count = 0;
	for (uint32_t i = 0; i < count; i++) {
		/* In the order in which they get their places. */
		const uint32_t n = (order->item_data_count + i) % count;
		const struct fsi_data *data = order->data[n];

		if (!is_embedded(image, data) && !data->needs_blocks &&
		    fsi_layout_find_runs(layout, data->number) == NULL)
			candidates[(*ret_count)++] = data;
	}
}

static HRESULT find_duplicates(const fsi_image *image, const struct fsi_order *order,
			       struct fsi_plan *plan)
{
	const struct fsi_data **candidates = NULL;
	uint32_t count = 0;
	HRESULT hr = E_OUTOFMEMORY;

	plan->firsts = fsi_allocate_zeroed(order->data_count, sizeof(plan->firsts[0]));
	candidates = fsi_allocate_zeroed(order->data_count, sizeof(const void *));
	if (plan->firsts == NULL || candidates == NULL) {
		hr = FSI_FAIL(E_OUTOFMEMORY);
	} else {
		list_candidates(image, order, &plan->layout, candidates, &count);
		hr = fsi_duplicates_find(candidates, count, &plan->watcher, plan->firsts);
	}
	fsi_free(candidates);
	return hr;
}

static HRESULT place_some(const fsi_image *image, const struct fsi_order *order,
			  uint32_t first, uint32_t end, struct fsi_plan *plan)
{
	for (uint32_t i = first; i < end; i++) {
		if (i % FSI_PATIENCE_STEP == 0)
			FSI_TRY(fsi_patience_ask(plan->patience));
		if (!is_embedded(image, order->data[i]))
			FSI_TRY(place_one(image, order->data[i], plan));
	}
	return S_OK;
}

/*
 * One extent for the data of each file; several file systems point at it. That of
 * named streams comes first, since 7-Zip knows none and takes what lies behind the
 * last file for damage.
 */
static HRESULT place_data(const fsi_image *image, const struct fsi_order *order,
			  struct fsi_plan *plan)
{
	struct fsi_layout *layout = &plan->layout;

	layout->data_blocks =
		fsi_allocate_zeroed(order->data_count, sizeof(layout->data_blocks[0]));
	if (layout->data_blocks == NULL ||
	    !fsi_vector_reserve(&layout->regions, order->data_count))
		return FSI_FAIL(E_OUTOFMEMORY);
	if (plan->for_result && image->deduplicate)
		FSI_TRY(find_duplicates(image, order, plan));
	FSI_TRY(place_some(image, order, order->item_data_count, order->data_count,
			   plan));
	return place_some(image, order, 0, order->item_data_count, plan);
}

/* The same for data of which nothing but its size is known. */
static HRESULT place_size(uint64_t blocks, struct fsi_layout *layout)
{
	uint32_t first_block = 0;

	return fsi_layout_append(layout, NULL, NULL, blocks, 1, &first_block);
}

static HRESULT place_stage(struct fsi_plan *plan, enum fsi_stage stage)
{
	for (int i = 0; i < FSI_PLAN_FORMATS; i++) {
		struct fsi_format *format = plan->formats[i];

		if (format == NULL)
			continue;
		FSI_TRY(fsi_patience_ask(plan->patience));
		FSI_TRY(format->ops->place(format, stage, &plan->layout));
	}
	return S_OK;
}

static HRESULT place_all(const fsi_image *image, const struct fsi_order *order,
			 const struct fsi_plan_sizes *sizes, struct fsi_plan *plan)
{
	struct fsi_layout *layout = &plan->layout;

	if (sizes == NULL)
		FSI_TRY(find_holes(image, order, layout));
	for (enum fsi_stage stage = 0; stage < FSI_STAGE_END; stage++)
		FSI_TRY(place_stage(plan, stage));
	FSI_TRY(begin_data(image, layout));
	FSI_TRY(sizes != NULL ? place_size(sizes->data_blocks, layout)
			      : place_data(image, order, plan));
	layout->data_end_block = layout->next_block;
	FSI_TRY(place_stage(plan, FSI_STAGE_END));
	/* A file system that closes the volume has sealed it. */
	if (layout->total_blocks == 0)
		FSI_TRY(fsi_layout_seal(
			layout,
			fsi_layout_align_end(layout, (uint64_t)layout->next_block +
							     ISO9660_PADDING_BLOCKS)));
	return place_stage(plan, FSI_STAGE_SEALED);
}

HRESULT fsi_plan_create(fsi_image *image, bool for_result, struct fsi_plan **ret_plan)
{
	const struct fsi_naming *naming = NULL;
	struct fsi_plan *plan = NULL;
	HRESULT hr = S_OK;

	if (image->file_systems == FSI_FILE_SYSTEM_NONE)
		return FSI_FAIL(IMAPI_E_NO_OUTPUT);
	FSI_TRY(fsi_image_get_naming(image, &naming));
	FSI_TRY(fsi_image_resolve_boot(image));
	plan = fsi_allocate_zeroed(1, sizeof(*plan));
	if (plan == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	plan->for_result = for_result;
	plan->watcher = fsi_image_duplicates_watcher(image);
	plan->patience = &image->tree.patience;
	hr = describe_volume(image, naming->order, &plan->volume);
	if (SUCCEEDED(hr))
		hr = fsi_patience_ask(plan->patience);
	if (SUCCEEDED(hr))
		hr = add_formats(image, naming, NULL, plan);
	if (SUCCEEDED(hr))
		hr = place_all(image, naming->order, NULL, plan);
	if (FAILED(hr)) {
		fsi_plan_destroy(plan);
		return hr;
	}
	*ret_plan = plan;
	return S_OK;
}

static void clear_plan(struct fsi_plan *plan)
{
	for (int i = 0; i < FSI_PLAN_FORMATS; i++) {
		if (plan->formats[i] != NULL)
			plan->formats[i]->ops->destroy(plan->formats[i]);
	}
	fsi_layout_free(&plan->layout);
	fsi_stub_destroy(plan->stub);
	fsi_free(plan->firsts);
	fsi_free(plan->volume.iso_name);
	fsi_free(plan->volume.joliet_name);
	fsi_free(plan->volume.udf_name);
}

void fsi_plan_destroy(struct fsi_plan *plan)
{
	if (plan == NULL)
		return;
	clear_plan(plan);
	fsi_free(plan);
}

HRESULT fsi_plan_count_blocks(const fsi_image *image, const struct fsi_plan_sizes *sizes,
			      uint32_t *ret_blocks)
{
	struct fsi_plan plan = {0};
	HRESULT hr = add_formats(image, NULL, sizes, &plan);

	if (SUCCEEDED(hr))
		hr = place_all(image, NULL, sizes, &plan);
	if (SUCCEEDED(hr))
		*ret_blocks = plan.layout.total_blocks;
	clear_plan(&plan);
	return hr;
}
