/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result object, as its own files see it. */
#ifndef FSI_IMAGE_RESULT_H
#define FSI_IMAGE_RESULT_H

#include "image/pipeline.h"

#include <fsimage/result.h>

struct fsi_result {
	atomic_uint references; /* the caller's, and of each stream and item list */
	fsi_image *image;	/* one reference */
	struct fsi_plan *plan;
};

#endif
