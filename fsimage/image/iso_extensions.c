/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties of ISO 9660 and Joliet that IMAPI does not have. */
#include "image/image.h"

/* The success that tells that a value is kept and has no effect yet. */
static HRESULT tell_effect(bool has_effect)
{
	return has_effect ? S_OK : IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED;
}

/* ---- large files ------------------------------------------------------- */

HRESULT fsi_image_get_multi_extent_iso_files(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, multi_extent_iso_files),
				  ret_val);
}

HRESULT fsi_image_put_multi_extent_iso_files(fsi_image *image, bool new_val)
{
	return fsi_image_put_limit_flag(
		image, FSI_IMAGE_FLAG(image, multi_extent_iso_files), new_val);
}

HRESULT fsi_image_get_omit_large_iso_files(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, omit_large_iso_files),
				  ret_val);
}

HRESULT fsi_image_put_omit_large_iso_files(fsi_image *image, bool new_val)
{
	const fsi_file_systems both = (fsi_file_systems)FSI_FILE_SYSTEM_ISO9660 |
				      (fsi_file_systems)FSI_FILE_SYSTEM_UDF;

	FSI_TRY(fsi_image_put_limit_flag(
		image, FSI_IMAGE_FLAG(image, omit_large_iso_files), new_val));
	return tell_effect((image->file_systems & both) == both);
}

/* ---- the enhanced volume descriptor ------------------------------------ */

HRESULT fsi_image_get_iso9660_1999(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, iso9660_1999), ret_val);
}

HRESULT fsi_image_put_iso9660_1999(fsi_image *image, bool new_val)
{
	FSI_TRY(fsi_image_put_limit_flag(image, FSI_IMAGE_FLAG(image, iso9660_1999),
					 new_val));
	return tell_effect((image->file_systems & FSI_FILE_SYSTEM_ISO9660) != 0);
}

/* ---- names ------------------------------------------------------------- */

/* Names are made anew, and directories may take more room. */
static HRESULT put_name_extension(fsi_image *image, bool *flag, bool new_val)
{
	FSI_TRY(fsi_image_put_flag(image, flag, new_val));
	fsi_image_refresh_limits(image);
	return S_OK;
}

/* Both functions of one of them. */
#define NAME_EXTENSION(getter, putter, extension) \
	HRESULT getter(fsi_image *image, bool *ret_val) \
	{ \
		return fsi_image_get_flag( \
			image, FSI_IMAGE_FLAG(image, name_extensions.extension), \
			ret_val); \
	} \
	HRESULT putter(fsi_image *image, bool new_val) \
	{ \
		return put_name_extension( \
			image, FSI_IMAGE_FLAG(image, name_extensions.extension), \
			new_val); \
	}

NAME_EXTENSION(fsi_image_get_long_iso_names, fsi_image_put_long_iso_names, long_iso)
NAME_EXTENSION(fsi_image_get_lowercase_iso_names, fsi_image_put_lowercase_iso_names,
	       lowercase_iso)
NAME_EXTENSION(fsi_image_get_relaxed_iso_names, fsi_image_put_relaxed_iso_names,
	       relaxed_iso)
NAME_EXTENSION(fsi_image_get_multidot_iso_names, fsi_image_put_multidot_iso_names,
	       multidot_iso)
NAME_EXTENSION(fsi_image_get_omit_iso_versions, fsi_image_put_omit_iso_versions,
	       unversioned_iso)
NAME_EXTENSION(fsi_image_get_long_joliet_names, fsi_image_put_long_joliet_names,
	       long_joliet)
