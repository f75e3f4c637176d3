/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data that is the same, byte for byte, and so needs to be there only once. */
#ifndef FSI_IMAGE_DUPLICATES_H
#define FSI_IMAGE_DUPLICATES_H

#include "tree/order.h"
#include "tree/stage.h"

/*
 * Look for the same data in a list, by size, then by checksum, then by the bytes: what
 * has a size of its own is not read. ret_firsts, by data number, has the first in the
 * list of each that are alike; it stays as it is for data that has no like. The watcher
 * is told of each piece before it is read, and the end of what was read last. Fails as
 * fsi_data_open_fixed() does, with E_OUTOFMEMORY and what the watcher returned besides.
 */
HRESULT fsi_duplicates_find(const struct fsi_data *const *data, uint32_t count,
			    const struct fsi_copy_watcher *watcher,
			    const struct fsi_data **ret_firsts);

#endif
