/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library's search for duplicates: its source is included here, over checksums
 * that a test may spoil, and takes the library's place.
 */
#include "tests/support/weak_checksum.h"

#include <xxhash.h>

struct weak_checksum weak_checksum;

static uint64_t test_sum(const void *bytes, size_t length, uint64_t seed)
{
	weak_checksum.sums++;
	return weak_checksum.is_weak ? 0 : XXH3_64bits_withSeed(bytes, length, seed);
}

#define XXH3_64bits_withSeed(bytes, length, seed) test_sum(bytes, length, seed)

#include "image/duplicates.c"
