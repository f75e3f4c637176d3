/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a session begins on its disc, and what an earlier one is read by. */
#include "image/image.h"

#include "image/pipeline.h"

HRESULT fsi_image_get_session_start_block(fsi_image *image, int32_t *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = (int32_t)fsi_plan_first_block(image);
	return S_OK;
}

static void move(fsi_image *image, uint32_t block)
{
	image->session_start_block = block;
	image->measured_blocks = 0;
	fsi_image_refresh_limits(image);
}

/* Block numbers end somewhere, and so may the room behind this one. */
static HRESULT begin_at(fsi_image *image, uint32_t block)
{
	const uint32_t old_block = image->session_start_block;
	uint32_t blocks = 0;
	HRESULT hr = S_OK;

	if (block == old_block)
		return S_OK;
	move(image, block);
	hr = fsi_image_measure(image, &blocks);
	if (FAILED(hr))
		move(image, old_block);
	return hr;
}

HRESULT fsi_image_put_session_start_block(fsi_image *image, int32_t new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (new_val < 0)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	if (image->continued != NULL)
		return (uint32_t)new_val == fsi_plan_first_block(image)
			       ? S_OK
			       : FSI_FAIL(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION);
	return begin_at(image, (uint32_t)new_val);
}

HRESULT fsi_image_get_default_file_system_for_import(fsi_image *image,
						     fsi_file_systems file_systems,
						     enum fsi_file_system *ret_default)
{
	static const enum fsi_file_system by_worth[] = {
		FSI_FILE_SYSTEM_UDF, FSI_FILE_SYSTEM_JOLIET, FSI_FILE_SYSTEM_ISO9660};

	fsi_error_clear();
	if (image == NULL || ret_default == NULL)
		return FSI_FAIL(E_POINTER);
	for (size_t i = 0; i < sizeof(by_worth) / sizeof(by_worth[0]); i++) {
		if ((file_systems & (fsi_file_systems)by_worth[i]) != 0) {
			*ret_default = by_worth[i];
			return S_OK;
		}
	}
	return FSI_FAIL(IMAPI_E_INVALID_PARAM, "file_systems");
}
