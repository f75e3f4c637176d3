/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of files that are large for ISO 9660 and Joliet. */
#ifndef CLI_LARGE_FILES_H
#define CLI_LARGE_FILES_H

#include "cli/create_options.h"
#include "cli/message.h"

#include <fsimage/result.h>

/**
 * Tell which files are left out of ISO 9660 and Joliet, and whether one that is
 * not is too large for some readers. For an image with ISO 9660.
 */
HRESULT large_files_note(fsi_image *image, fsi_result *result,
			 const struct create_options *options, const struct voice *voice);

#endif
