/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the stash have in common: what goes in, and the file itself. */
#ifndef TESTS_SUPPORT_STASH_FIXTURE_H
#define TESTS_SUPPORT_STASH_FIXTURE_H

#include "stash/stash.h"

#include <check.h>
#include <sys/types.h>

#define CHUNK ((size_t)FSI_STASH_CHUNK_SIZE)

/* A part of an item: bytes that tell their place, or a hole. */
struct stash_part {
	bool is_hole;
	uint64_t size;
};

/* Put bytes of test_stream_byte(seed + offset) in; the code of what failed. */
HRESULT stash_try(struct fsi_stash *stash, const struct stash_part *parts, size_t count,
		  uint64_t seed, const struct fsi_stash_item **ret_item);

/* The same for an item without holes, which must succeed. */
const struct fsi_stash_item *stash_add(struct fsi_stash *stash, uint64_t size,
				       uint64_t seed);

/* That an item, read in pieces of some size, is what was put in. */
void stash_assert_item(const struct fsi_stash_item *item, const struct stash_part *parts,
		       size_t count, uint64_t seed);
void stash_assert_data(const struct fsi_stash_item *item, uint64_t size, uint64_t seed);

/* The open files without a name in a folder; one of them, or -1; its size. */
unsigned stash_count_files(const char *folder);
int stash_descriptor(const char *folder);
uint64_t stash_file_size(const char *folder);

#endif
