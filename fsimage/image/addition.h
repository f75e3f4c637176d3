/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all functions that make an item begin with. */
#ifndef FSI_IMAGE_ADDITION_H
#define FSI_IMAGE_ADDITION_H

#include "tree/path.h"

#include <fsimage/item.h>

/*
 * Clear the thread's error; check the pointers, that the directory can be
 * changed, that the path is one a new item can have. Errors as
 * fsi_directory_add_directory() up to IMAPI_E_DUP_NAME.
 */
HRESULT fsi_addition_begin(fsi_directory *directory, const char *path,
			   struct fsi_path_end *ret_end);

#endif
