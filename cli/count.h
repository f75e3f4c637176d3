/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much a file system holds that does not tell it. */
#ifndef CLI_COUNT_H
#define CLI_COUNT_H

#include <fsimage/disc.h>

struct entry_counts {
	uint64_t files;	      /**< names of what is no directory */
	uint64_t directories; /**< without the root */
};

/**
 * Count all entries of a file system.
 *
 * @param ret_counts  untouched on failure
 * @return S_OK; E_OUTOFMEMORY; the errors of reading
 */
HRESULT count_entries(fsi_disc_view *view, struct entry_counts *ret_counts);

#endif
