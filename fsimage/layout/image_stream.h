/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image as a stream: any bytes, by asking the regions they fall in. */
#ifndef FSI_LAYOUT_IMAGE_STREAM_H
#define FSI_LAYOUT_IMAGE_STREAM_H

#include "layout/layout.h"

/*
 * A stream over a sealed layout, which several threads may read at once. keeper
 * is what the layout lives in: held once by the stream and let go with it.
 */
HRESULT fsi_image_stream_create(const struct fsi_layout *layout, void *keeper,
				void (*hold)(void *keeper), void (*let_go)(void *keeper),
				fsi_stream **ret_stream);

#endif
