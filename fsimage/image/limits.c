/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an image may hold, by the file systems and extensions chosen for it. */
#include "image/image.h"

#include "image/tally.h"
#include "iso9660/section.h"

/* imapi2fs: accepted up to and including this size in ISO 9660 and Joliet. */
#define IMAPI_MAX_FILE_SIZE UINT64_C(0x80000000)
/* ECMA-119 6.8.2.1. */
#define ISO9660_MAX_LEVELS 8
/* ECMA-119 9.4.4: parents are numbered with 16 bits. */
#define ISO9660_MAX_DIRECTORIES 65535
/* ECMA-167 4/14.9.6: links to a directory, its own name one of them, have 16 bits. */
#define UDF_MAX_SUBDIRECTORIES 65534
/* Block counts are 32-bit signed numbers in IMAPI. */
#define MAX_BLOCKS INT32_MAX
/* UDF counts bytes with 64 bits: the volume ends before a file has to. */
#define UDF_MAX_FILE_SIZE ((uint64_t)MAX_BLOCKS * FSI_BLOCK_SIZE)

/* For the tree: what cannot be laid out at all is over every limit. */
static HRESULT measure_for_tree(void *image, uint32_t *ret_blocks)
{
	const HRESULT hr = fsi_image_measure(image, ret_blocks);

	if (hr != IMAPI_E_IMAGE_TOO_BIG)
		return hr;
	*ret_blocks = UINT32_MAX;
	return S_OK;
}

/* The largest file that ISO 9660 and Joliet hold. */
static uint64_t get_iso_file_limit(const fsi_image *image)
{
	if (image->multi_extent_iso_files)
		return FSI_ISO9660_SECTIONS_SIZE_MAX;
	return image->large_iso_files ? FSI_ISO9660_SINGLE_SECTION_MAX
				      : IMAPI_MAX_FILE_SIZE;
}

static void limit_file_size(const fsi_image *image, struct fsi_tree_limits *limits)
{
	const bool has_udf = (image->file_systems & FSI_FILE_SYSTEM_UDF) != 0;
	const bool has_iso = (image->file_systems & FSI_FILE_SYSTEM_ISO9660) != 0;

	limits->size_limiter = "ISO9660/Joliet";
	if (has_iso)
		limits->max_file_size = get_iso_file_limit(image);
	if (has_iso && has_udf && image->omit_large_iso_files)
		limits->max_plain_size = limits->max_file_size;
	if (has_udf && (!has_iso || image->omit_large_iso_files)) {
		limits->max_file_size = UDF_MAX_FILE_SIZE;
		limits->size_limiter = "UDF";
	}
}

struct fsi_tree_limits fsi_image_limits(fsi_image *image)
{
	struct fsi_tree_limits limits = {
		.directory_limiter = "ISO9660",
		.measure = measure_for_tree,
		.context = image,
	};

	if (image->free_media_blocks > 0)
		limits.capacity_blocks = image->free_media_blocks < MAX_BLOCKS
						 ? (uint64_t)image->free_media_blocks
						 : MAX_BLOCKS;
	if (image->file_systems & FSI_FILE_SYSTEM_ISO9660) {
		limits.max_levels = image->deep_directories && !image->strict
					    ? 0
					    : ISO9660_MAX_LEVELS;
		limits.max_directories = ISO9660_MAX_DIRECTORIES;
	}
	if (image->file_systems & FSI_FILE_SYSTEM_UDF)
		limits.max_subdirectories = UDF_MAX_SUBDIRECTORIES;
	limit_file_size(image, &limits);
	return limits;
}

/* Whether what was within the one may be over the other. */
static bool are_limits_equal(const struct fsi_tree_limits *a,
			     const struct fsi_tree_limits *b)
{
	return a->max_levels == b->max_levels &&
	       a->max_directories == b->max_directories &&
	       a->max_subdirectories == b->max_subdirectories &&
	       a->max_file_size == b->max_file_size;
}

void fsi_image_refresh_limits(fsi_image *image)
{
	const struct fsi_tree_limits limits = fsi_image_limits(image);

	if (!are_limits_equal(&limits, &image->tree.limits))
		image->limits_point = fsi_change_point(&image->tree);
	image->tree.limits = limits;
	fsi_tally_drop(image);
	fsi_tree_forget_budget(&image->tree);
}

/* Where holes are is known only when files are looked at, what firmware reads of
 * small files is not embedded, gaps depend on the order, and of what was imported it has
 * to be known what is written anew. */
static bool can_tally(const fsi_image *image)
{
	return !((image->udf_holes || image->boot.marked_count > 0) &&
		 image->file_systems == FSI_FILE_SYSTEM_UDF) &&
	       !image->align_large_files &&
	       image->hybrid.tables == FSI_PARTITION_TABLE_NONE &&
	       image->continued == NULL &&
	       atomic_load_explicit(&image->results, memory_order_acquire) == 0;
}

static HRESULT measure_anew(fsi_image *image, uint32_t *ret_blocks)
{
	struct fsi_plan *plan = NULL;

	FSI_TRY(fsi_image_resolve_boot(image));
	if (can_tally(image)) {
		struct fsi_plan_sizes sizes;
		const HRESULT hr = fsi_tally_get_sizes(image, &sizes);

		if (hr != S_FALSE)
			return FAILED(hr)
				       ? hr
				       : fsi_plan_count_blocks(image, &sizes, ret_blocks);
	}
	FSI_TRY(fsi_plan_create(image, false, &plan));
	*ret_blocks = fsi_layout_session_blocks(&plan->layout);
	fsi_plan_destroy(plan);
	return S_OK;
}

HRESULT fsi_image_measure(fsi_image *image, uint32_t *ret_blocks)
{
	const uint64_t boot_changes = fsi_image_count_boot_changes(&image->boot);

	if (image->file_systems == FSI_FILE_SYSTEM_NONE) {
		*ret_blocks = 0;
		return S_OK;
	}
	if (image->measured_blocks == 0 ||
	    image->measured_generation != image->tree.generation ||
	    image->measured_boot_changes != boot_changes) {
		FSI_TRY(measure_anew(image, &image->measured_blocks));
		image->measured_generation = image->tree.generation;
		image->measured_boot_changes = boot_changes;
	}
	*ret_blocks = image->measured_blocks;
	return S_OK;
}

HRESULT fsi_image_get_used_blocks(fsi_image *image, uint32_t *ret_blocks)
{
	fsi_error_clear();
	if (image == NULL || ret_blocks == NULL)
		return FSI_FAIL(E_POINTER);
	return fsi_image_measure(image, ret_blocks);
}

HRESULT fsi_image_get_free_media_blocks(fsi_image *image, int64_t *ret_blocks)
{
	fsi_error_clear();
	if (image == NULL || ret_blocks == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_blocks = image->free_media_blocks;
	return S_OK;
}

HRESULT fsi_image_limit_blocks(fsi_image *image, int64_t new_val)
{
	if (new_val > 0) {
		uint32_t blocks = 0;

		FSI_TRY(fsi_image_measure(image, &blocks));
		if (blocks > new_val)
			return fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
						"It needs %u blocks, the limit is %lld.",
						blocks, (long long)new_val);
	}
	image->free_media_blocks = new_val;
	image->tree.limits.capacity_blocks = fsi_image_limits(image).capacity_blocks;
	image->tree.free_budget_blocks = 0;
	return S_OK;
}

HRESULT fsi_image_put_free_media_blocks(fsi_image *image, int64_t new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	return fsi_image_limit_blocks(image, new_val);
}
