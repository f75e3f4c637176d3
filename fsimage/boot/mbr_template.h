/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code of a master boot record, from a file that a boot loader brings along.
 * ISOLINUX's and GRUB's load the boot image of El Torito and have to be told where
 * in the image it is; other code finds its way by the partition table alone.
 */
#ifndef FSI_BOOT_MBR_TEMPLATE_H
#define FSI_BOOT_MBR_TEMPLATE_H

#include "boot/mbr.h"

#include <fsimage/stream.h>

enum fsi_mbr_loader {
	FSI_MBR_NO_LOADER, /* there is no code */
	FSI_MBR_ISOLINUX,
	FSI_MBR_GRUB,
	FSI_MBR_OTHER_LOADER
};

struct fsi_mbr_template {
	enum fsi_mbr_loader loader;
	struct fsi_mbr_code code;
};

/*
 * Read a template: the code alone, at most 440 bytes, or a whole record of 512 bytes,
 * of which only the code is taken. IMAPI_E_INVALID_PARAM (mbr_template) for another
 * size, a record without signature, or GRUB's record for a disk, which is none for
 * an image; what the stream returns.
 */
HRESULT fsi_mbr_template_read(fsi_stream *stream, struct fsi_mbr_template *ret_template);

/* Whether the code has to be told where the boot image is. */
bool fsi_mbr_template_loads_image(const struct fsi_mbr_template *loader);

/* The code of a record, for a boot image that begins at that block. */
void fsi_mbr_template_put(const struct fsi_mbr_template *loader, uint32_t image_block,
			  struct fsi_mbr_record *ret_record);

#endif
