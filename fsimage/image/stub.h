/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A volume of ISO 9660 without files. On a disc that has UDF alone, firmware looks
 * for the boot record behind a primary volume descriptor all the same.
 */
#ifndef FSI_IMAGE_STUB_H
#define FSI_IMAGE_STUB_H

#include "image/image.h"
#include "layout/format.h"

struct fsi_stub {
	struct fsi_tree tree; /* its root is empty */
	struct fsi_order *order;
	struct fsi_name_view *names;
	struct fsi_volume volume;
};

/* E_OUTOFMEMORY */
HRESULT fsi_stub_create(const fsi_image *image, struct fsi_stub **ret_stub);

/* NULL is accepted. */
void fsi_stub_destroy(struct fsi_stub *stub);

#endif
