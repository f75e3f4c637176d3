/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The strict mode, and the first block of the session. */
#include "image/image.h"

HRESULT fsi_image_get_strict_file_system_compliance(fsi_image *image, bool *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = image->strict;
	return S_OK;
}

HRESULT fsi_image_put_strict_file_system_compliance(fsi_image *image, bool new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (new_val && image->tree.file_count + image->tree.directory_count > 0)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_NOT_EMPTY);
	if (new_val && !image->strict)
		image->rules_point = fsi_change_point(&image->tree);
	image->strict = new_val;
	fsi_image_refresh_limits(image);
	return S_OK;
}
