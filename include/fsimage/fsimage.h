/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All of libfsimage. */
#ifndef FSIMAGE_FSIMAGE_H
#define FSIMAGE_FSIMAGE_H

#include <fsimage/boot.h>
#include <fsimage/check.h>
#include <fsimage/codes.h>
#include <fsimage/disc.h>
#include <fsimage/error.h>
#include <fsimage/hybrid.h>
#include <fsimage/image.h>
#include <fsimage/image_manager.h>
#include <fsimage/import.h>
#include <fsimage/item.h>
#include <fsimage/media.h>
#include <fsimage/multisession.h>
#include <fsimage/result.h>
#include <fsimage/stream.h>
#include <fsimage/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @return the version of the library, such as "0.1.0" */
FSI_API const char *fsi_get_version(void);

#ifdef __cplusplus
}
#endif

#endif
