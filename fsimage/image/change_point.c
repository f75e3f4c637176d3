/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Change points: going back to what the image held earlier. */
#include "image/image.h"

HRESULT fsi_image_get_change_point(fsi_image *image, int32_t *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = fsi_change_point(&image->tree);
	return S_OK;
}

/*
 * Whether what the image held at a change point, and holds now, is within the
 * limits and rules that were set since. Without such a change it is.
 */
static HRESULT check_older_state(fsi_image *image, int32_t change_point)
{
	struct fsi_tree *tree = &image->tree;

	/* These rules change only while there is no item, and hold for all. */
	if (change_point < image->rules_point &&
	    tree->file_count + tree->directory_count > 0)
		return fsi_error_detail(
			FSI_FAIL(IMAPI_E_FILE_SYSTEM_NOT_EMPTY),
			"The rules of names were changed since change point %d.",
			change_point);
	return change_point < image->limits_point
		       ? fsi_tree_check_limits(tree, &tree->limits)
		       : S_OK;
}

static HRESULT roll_back(fsi_image *image, int32_t change_point)
{
	const int32_t present_point = fsi_change_point(&image->tree);
	struct fsi_error_state error;
	HRESULT hr = S_OK;

	fsi_change_roll_back_to(&image->tree, change_point);
	hr = check_older_state(image, change_point);
	if (FAILED(hr)) {
		fsi_error_save(&error);
		fsi_change_roll_forward_to(&image->tree, present_point);
		fsi_error_restore(&error);
		return hr;
	}
	fsi_stash_trim(image->tree.stash);
	/* What comes now is as new as what was undone. */
	if (image->limits_point > change_point)
		image->limits_point = change_point;
	if (image->rules_point > change_point)
		image->rules_point = change_point;
	return hr;
}

HRESULT fsi_image_rollback_to_change_point(fsi_image *image, int32_t change_point)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (change_point < fsi_change_locked_point(&image->tree) ||
	    change_point > fsi_change_point(&image->tree))
		return fsi_error_detail(FSI_FAIL(IMAPI_E_INVALID_PARAM, "change_point"),
					"It must be %d to %d.",
					fsi_change_locked_point(&image->tree),
					fsi_change_point(&image->tree));
	return roll_back(image, change_point);
}

HRESULT fsi_image_lock_in_change_point(fsi_image *image)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	/* The call that tells the handler may still be taken back. */
	if (image->in_handler)
		return FSI_FAIL(IMAPI_E_READONLY);
	fsi_change_keep(&image->tree);
	return S_OK;
}
