/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a disc has to boot from. */
#ifndef FSI_IMPORT_BOOT_H
#define FSI_IMPORT_BOOT_H

#include "media/media.h"

#include <fsimage/disc.h>

/* As fsi_disc_read_boot_catalog(). */
HRESULT fsi_import_read_boot_catalog(struct fsi_media *media,
				     struct fsi_disc_boot_catalog **ret_catalog);

/* Where the boot record of the session says that the catalog is; S_FALSE: there is no
 * such record. The errors of reading. */
HRESULT fsi_import_find_boot_catalog(struct fsi_media *media, uint32_t *ret_block);

#endif
