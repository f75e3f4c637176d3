/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The working directory, and what is copied into it. */
#include "image/image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

HRESULT fsi_image_get_working_directory(fsi_image *image, char **ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	return fsi_hand_out_text(fsi_stash_directory(image->tree.stash), ret_val);
}

static bool is_usable_directory(const char *path)
{
	struct stat status;

	return path[0] == '/' && stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
	       faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0;
}

HRESULT fsi_image_put_working_directory(fsi_image *image, const char *new_val)
{
	fsi_error_clear();
	if (image == NULL || new_val == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (new_val[0] == '\0')
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	if (!is_usable_directory(new_val))
		return FSI_FAIL(IMAPI_E_INVALID_WORKING_DIRECTORY, new_val);
	return fsi_stash_move(image->tree.stash, new_val);
}

HRESULT fsi_image_get_stage_files(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, tree.stages_files),
				  ret_val);
}

/* It changes nothing that is there, so a result may be alive. */
HRESULT fsi_image_put_stage_files(fsi_image *image, bool new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	image->tree.stages_files = new_val;
	return S_OK;
}
