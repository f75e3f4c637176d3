/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a tree to a layout; reads like the flow: tree, names, layout, image. */
#include "image/pipeline.h"

#include "base/checked.h"
#include "base/memory.h"
#include "base/text.h"
#include "boot/catalog.h"
#include "image/disc_head.h"
#include "image/place_data.h"

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

/* ---- formats ----------------------------------------------------------- */

/* Firmware reads the last boot record, and finds the catalog where it was. */
static bool has_old_catalog(const fsi_image *image)
{
	return image->continued != NULL && image->continued->boot_catalog_block != 0;
}

static void render_old_boot_record(const void *continued,
				   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_continued *previous = continued;

	fsi_boot_put_record(previous->boot_catalog_block, ret_block);
}

static HRESULT add_iso9660(const fsi_image *image, const struct fsi_iso9660_source *trees,
			   struct fsi_plan *plan)
{
	struct fsi_iso9660_source source = *trees;

	source.layout = &plan->layout;
	source.boot = plan->formats[FSI_PLAN_BOOT];
	if (source.boot != NULL) {
		source.render_boot_record = fsi_boot_render_record;
	} else if (has_old_catalog(image)) {
		source.render_boot_record = render_old_boot_record;
		source.boot = image->continued;
	}
	return fsi_iso9660_create(&source, &plan->formats[FSI_PLAN_ISO9660]);
}

static HRESULT add_whole_iso9660(const fsi_image *image, const struct fsi_naming *naming,
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
	return add_iso9660(image, &source, plan);
}

/* El Torito finds its catalog through descriptors of ISO 9660: these at least. */
static HRESULT add_stub(const fsi_image *image, struct fsi_plan *plan)
{
	FSI_TRY(fsi_stub_create(image, &plan->stub));
	return add_iso9660(image,
			   &(struct fsi_iso9660_source){.order = plan->stub->order,
							.iso = plan->stub->names,
							.volume = &plan->stub->volume},
			   plan);
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
		.continued = image->continued,
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

/* Whether the head of the disc is rewritten, so that the image is the whole disc. */
static bool covers_disc(const fsi_image *image)
{
	return image->continued != NULL && image->continued->covers_disc;
}

static HRESULT add_disc_head(const fsi_image *image, struct fsi_plan *plan)
{
	const struct fsi_disc_head_source source = {
		.continued = image->continued,
		.layout = &plan->layout,
		.disc = image->tree.discs.items[image->tree.discs.count - 1],
		.udf = plan->formats[FSI_PLAN_UDF],
		.for_result = plan->for_result,
	};

	return fsi_disc_head_create(&source, &plan->formats[FSI_PLAN_DISC_HEAD]);
}

/* One of naming and sizes is NULL. */
static HRESULT add_formats(const fsi_image *image, const struct fsi_naming *naming,
			   const struct fsi_plan_sizes *sizes, struct fsi_plan *plan)
{
	FSI_TRY(fsi_image_create_boot(image, &fsi_plan_data_ops, &plan->layout,
				      &plan->formats[FSI_PLAN_BOOT]));
	if (image->file_systems & FSI_FILE_SYSTEM_ISO9660)
		FSI_TRY(add_whole_iso9660(image, naming, sizes, plan));
	else if (plan->formats[FSI_PLAN_BOOT] != NULL || has_old_catalog(image))
		FSI_TRY(add_stub(image, plan));
	if (image->file_systems & FSI_FILE_SYSTEM_UDF)
		FSI_TRY(add_udf(image, naming, sizes, plan));
	if (image->hybrid.tables != FSI_PARTITION_TABLE_NONE)
		FSI_TRY(add_hybrid(image, plan));
	if (covers_disc(image))
		FSI_TRY(add_disc_head(image, plan));
	return S_OK;
}

/* ---- placing ----------------------------------------------------------- */

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
		FSI_TRY(fsi_plan_find_runs(image, order, layout));
	for (enum fsi_stage stage = 0; stage < FSI_STAGE_END; stage++)
		FSI_TRY(place_stage(plan, stage));
	FSI_TRY(fsi_plan_begin_data(image, layout));
	FSI_TRY(sizes != NULL ? place_size(sizes->data_blocks, layout)
			      : fsi_plan_place_data(image, order, plan));
	layout->data_end_block = layout->next_block;
	FSI_TRY(place_stage(plan, FSI_STAGE_END));
	/* A file system that closes the volume has sealed it. */
	if (layout->end_block == 0)
		FSI_TRY(fsi_layout_seal(
			layout,
			fsi_layout_align_end(layout, (uint64_t)layout->next_block +
							     ISO9660_PADDING_BLOCKS)));
	return place_stage(plan, FSI_STAGE_SEALED);
}

uint32_t fsi_plan_first_block(const fsi_image *image)
{
	const uint32_t block = image->session_start_block;

	return covers_disc(image) && (image->file_systems & FSI_FILE_SYSTEM_UDF) != 0 &&
			       block < FSI_DISC_HEAD_END_WITH_UDF
		       ? FSI_DISC_HEAD_END_WITH_UDF
		       : block;
}

/* The image is that of the session, or of the disc that it is added to. */
static void begin_layout(const fsi_image *image, struct fsi_layout *layout)
{
	layout->first_block = fsi_plan_first_block(image);
	if (covers_disc(image))
		return;
	layout->image_block = layout->first_block;
	layout->next_block = layout->first_block;
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
	begin_layout(image, &plan->layout);
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
	HRESULT hr = S_OK;

	begin_layout(image, &plan.layout);
	hr = add_formats(image, NULL, sizes, &plan);
	if (SUCCEEDED(hr))
		hr = place_all(image, NULL, sizes, &plan);
	if (SUCCEEDED(hr))
		*ret_blocks = fsi_layout_session_blocks(&plan.layout);
	clear_plan(&plan);
	return hr;
}
