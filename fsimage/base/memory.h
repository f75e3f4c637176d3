/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocation: all memory of the library comes from here, so that a test can
 * make the n-th allocation fail. fsi_free() is public (fsimage/types.h).
 */
#ifndef FSI_BASE_MEMORY_H
#define FSI_BASE_MEMORY_H

#include <fsimage/types.h>

/* NULL when there is no memory, or when count * size overflows. */
void *fsi_allocate(size_t size);
void *fsi_allocate_zeroed(size_t count, size_t size);
void *fsi_reallocate(void *memory, size_t count, size_t size);
char *fsi_duplicate_string(const char *text);
char *fsi_duplicate_bytes(const char *bytes, size_t length); /* and a NUL */

/*
 * Tests only: let the allocations of the calling thread succeed until the given
 * number has been served, then fail them all; negative: never fail (default).
 */
void fsi_memory_fail_after(long allocations);

#endif
