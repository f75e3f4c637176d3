/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every item of an image, one after the other. */
#ifndef CLI_WALK_H
#define CLI_WALK_H

#include <fsimage/item.h>

/** @return S_OK to go on; a failure ends the walk */
typedef HRESULT (*walk_visitor)(void *context, fsi_item *item);

/**
 * Visit all that is below directory, what a directory holds right behind it,
 * in byte order of the names.
 *
 * @return S_OK; what visit returned; E_OUTOFMEMORY
 */
HRESULT walk_items(fsi_directory *directory, walk_visitor visit, void *context);

#endif
