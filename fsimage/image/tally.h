/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The size of an image, kept while its content changes, so that asking for it
 * after each of a million additions costs little more than asking once. What the
 * items of one directory come to is counted anew when it is asked for and the
 * directory has changed; a directory that is asked about again and again keeps an
 * index, and then one more item costs what it adds.
 *
 * Nothing is known here of where things lie: the sizes go through the same
 * pipeline as a layout (fsi_plan_count_blocks()).
 */
#ifndef FSI_IMAGE_TALLY_H
#define FSI_IMAGE_TALLY_H

#include "image/pipeline.h"

struct fsi_tally;

/*
 * What the content comes to now. S_FALSE: only a layout can tell that, or what is
 * wrong. E_OUTOFMEMORY.
 */
HRESULT fsi_tally_get_sizes(fsi_image *image, struct fsi_plan_sizes *ret_sizes);

/* Forget everything, as other sizes hold now or the memory is wanted. */
void fsi_tally_drop(fsi_image *image);

#endif
