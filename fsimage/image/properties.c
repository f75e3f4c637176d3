/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be made: the properties of an image. */
#include "image/image.h"

#include "tree/tree.h"

#define ALL_FILE_SYSTEMS \
	((fsi_file_systems)FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET | \
	 FSI_FILE_SYSTEM_UDF)

static const uint32_t iso_levels[] = {1, 2};
static const uint32_t udf_revisions[] = {0x102, 0x150, 0x200, 0x201, 0x250, 0x260};

/* OSTA UDF 2.2.10: from here on there are metadata files. */
#define FIRST_METADATA_REVISION 0x250

/* ---- file systems ------------------------------------------------------ */

HRESULT fsi_image_get_file_systems_to_create(fsi_image *image, fsi_file_systems *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = image->file_systems;
	return S_OK;
}

HRESULT fsi_image_put_file_systems_to_create(fsi_image *image, fsi_file_systems new_val)
{
	fsi_file_systems old_val = 0;
	struct fsi_tree_limits limits;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if ((new_val & ~ALL_FILE_SYSTEMS) != 0 ||
	    (new_val & (FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET)) ==
		    FSI_FILE_SYSTEM_JOLIET)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	FSI_TRY(fsi_image_check_continued(image, new_val));
	old_val = image->file_systems;
	image->file_systems = new_val;
	limits = fsi_image_limits(image);
	hr = fsi_tree_check_limits(&image->tree, &limits);
	if (FAILED(hr))
		image->file_systems = old_val;
	else
		fsi_image_refresh_limits(image);
	return FAILED(hr) ? hr : fsi_image_note_content(image);
}

HRESULT fsi_image_get_file_systems_supported(fsi_image *image, fsi_file_systems *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = ALL_FILE_SYSTEMS;
	return S_OK;
}

HRESULT fsi_image_get_iso9660_interchange_level(fsi_image *image, uint32_t *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = image->iso_level;
	return S_OK;
}

HRESULT fsi_image_put_iso9660_interchange_level(fsi_image *image, uint32_t new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (new_val != 1 && new_val != 2)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	image->iso_level = new_val;
	fsi_image_refresh_limits(image);
	return S_OK;
}

HRESULT fsi_image_get_iso9660_interchange_levels_supported(fsi_image *image,
							   const uint32_t **ret_levels,
							   size_t *ret_count)
{
	fsi_error_clear();
	if (image == NULL || ret_levels == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_levels = iso_levels;
	*ret_count = sizeof(iso_levels) / sizeof(iso_levels[0]);
	return S_OK;
}

HRESULT fsi_image_get_udf_revision(fsi_image *image, uint32_t *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = image->udf_revision;
	return S_OK;
}

bool fsi_image_knows_udf_revision(uint32_t revision)
{
	for (size_t i = 0; i < sizeof(udf_revisions) / sizeof(udf_revisions[0]); i++) {
		if (udf_revisions[i] == revision)
			return true;
	}
	return false;
}

HRESULT fsi_image_put_udf_revision(fsi_image *image, uint32_t new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (!fsi_image_knows_udf_revision(new_val))
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	FSI_TRY(fsi_image_check_continued_revision(image, new_val));
	image->udf_revision = new_val;
	fsi_image_refresh_limits(image);
	return fsi_image_note_content(image);
}

HRESULT fsi_image_get_udf_revisions_supported(fsi_image *image,
					      const uint32_t **ret_revisions,
					      size_t *ret_count)
{
	fsi_error_clear();
	if (image == NULL || ret_revisions == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_revisions = udf_revisions;
	*ret_count = sizeof(udf_revisions) / sizeof(udf_revisions[0]);
	return S_OK;
}

HRESULT fsi_image_get_create_redundant_udf_metadata_files(fsi_image *image, bool *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = image->redundant_metadata;
	return S_OK;
}

HRESULT fsi_image_put_create_redundant_udf_metadata_files(fsi_image *image, bool new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	image->redundant_metadata = new_val;
	fsi_image_refresh_limits(image);
	if ((image->file_systems & FSI_FILE_SYSTEM_UDF) == 0 ||
	    image->udf_revision < FIRST_METADATA_REVISION)
		return IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED;
	return S_OK;
}

HRESULT fsi_image_get_udf_holes(fsi_image *image, bool *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = image->udf_holes;
	return S_OK;
}

HRESULT fsi_image_put_udf_holes(fsi_image *image, bool new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	image->udf_holes = new_val;
	fsi_image_refresh_limits(image);
	return image->file_systems == FSI_FILE_SYSTEM_UDF
		       ? S_OK
		       : IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED;
}

/* ---- booleans ---------------------------------------------------------- */

HRESULT fsi_image_get_flag(const fsi_image *image, const bool *flag, bool *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = *flag;
	return S_OK;
}

HRESULT fsi_image_put_flag(const fsi_image *image, bool *flag, bool new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	*flag = new_val;
	return S_OK;
}

/* A flag that decides how names are stored and found. */
static HRESULT put_name_flag(fsi_image *image, bool *flag, bool new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (image->tree.file_count + image->tree.directory_count > 0)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_NOT_EMPTY);
	*flag = new_val;
	image->rules_point = fsi_change_point(&image->tree);
	return S_OK;
}

HRESULT fsi_image_put_limit_flag(fsi_image *image, bool *flag, bool new_val)
{
	const bool old_val = image != NULL && *flag;
	struct fsi_tree_limits limits;
	HRESULT hr = fsi_image_put_flag(image, flag, new_val);

	if (FAILED(hr))
		return hr;
	limits = fsi_image_limits(image);
	hr = fsi_tree_check_limits(&image->tree, &limits);
	if (FAILED(hr))
		*flag = old_val;
	else
		fsi_image_refresh_limits(image);
	return hr;
}

HRESULT fsi_image_get_use_restricted_character_set(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, tree.rules.restricted),
				  ret_val);
}

HRESULT fsi_image_put_use_restricted_character_set(fsi_image *image, bool new_val)
{
	return fsi_image_put_flag(image, FSI_IMAGE_FLAG(image, tree.rules.restricted),
				  new_val);
}

HRESULT fsi_image_get_case_sensitive_names(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, tree.rules.case_sensitive),
				  ret_val);
}

HRESULT fsi_image_put_case_sensitive_names(fsi_image *image, bool new_val)
{
	return put_name_flag(image, FSI_IMAGE_FLAG(image, tree.rules.case_sensitive),
			     new_val);
}

HRESULT fsi_image_get_any_character_names(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, tree.rules.any_character),
				  ret_val);
}

HRESULT fsi_image_put_any_character_names(fsi_image *image, bool new_val)
{
	return put_name_flag(image, FSI_IMAGE_FLAG(image, tree.rules.any_character),
			     new_val);
}

HRESULT fsi_image_get_deep_directories(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, deep_directories),
				  ret_val);
}

HRESULT fsi_image_put_deep_directories(fsi_image *image, bool new_val)
{
	return fsi_image_put_limit_flag(image, FSI_IMAGE_FLAG(image, deep_directories),
					new_val);
}

HRESULT fsi_image_get_large_iso_files(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, large_iso_files), ret_val);
}

HRESULT fsi_image_put_large_iso_files(fsi_image *image, bool new_val)
{
	return fsi_image_put_limit_flag(image, FSI_IMAGE_FLAG(image, large_iso_files),
					new_val);
}

HRESULT fsi_image_get_posix_attributes(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, posix_attributes),
				  ret_val);
}

HRESULT fsi_image_put_posix_attributes(fsi_image *image, bool new_val)
{
	return fsi_image_put_flag(image, FSI_IMAGE_FLAG(image, posix_attributes),
				  new_val);
}

HRESULT fsi_image_get_align_large_files(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, align_large_files),
				  ret_val);
}

/* No limit of the tree changes, but how many blocks are used does. */
HRESULT fsi_image_put_align_large_files(fsi_image *image, bool new_val)
{
	FSI_TRY(fsi_image_put_flag(image, FSI_IMAGE_FLAG(image, align_large_files),
				   new_val));
	fsi_image_refresh_limits(image);
	image->measured_blocks = 0;
	return S_OK;
}

HRESULT fsi_image_get_deduplicate(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, deduplicate), ret_val);
}

HRESULT fsi_image_put_deduplicate(fsi_image *image, bool new_val)
{
	return fsi_image_put_flag(image, FSI_IMAGE_FLAG(image, deduplicate), new_val);
}

HRESULT fsi_image_get_reproducible_times(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(
		image, FSI_IMAGE_FLAG(image, tree.rules.reproducible_times), ret_val);
}

HRESULT fsi_image_put_reproducible_times(fsi_image *image, bool new_val)
{
	return fsi_image_put_flag(
		image, FSI_IMAGE_FLAG(image, tree.rules.reproducible_times), new_val);
}
