/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums and products of sizes from outside: false when they overflow. */
#ifndef FSI_BASE_CHECKED_H
#define FSI_BASE_CHECKED_H

#include <fsimage/types.h>

static inline bool fsi_add_u32(uint32_t a, uint32_t b, uint32_t *ret_sum)
{
	return !__builtin_add_overflow(a, b, ret_sum);
}

static inline bool fsi_add_u64(uint64_t a, uint64_t b, uint64_t *ret_sum)
{
	return !__builtin_add_overflow(a, b, ret_sum);
}

static inline bool fsi_multiply_u64(uint64_t a, uint64_t b, uint64_t *ret_product)
{
	return !__builtin_mul_overflow(a, b, ret_product);
}

/* The number of blocks that hold size bytes; never overflows. */
static inline uint64_t fsi_blocks_of(uint64_t size)
{
	return size / FSI_BLOCK_SIZE + (size % FSI_BLOCK_SIZE != 0);
}

/* The smallest multiple of alignment, a power of two, that is >= value. */
static inline uint64_t fsi_align_u64(uint64_t value, uint64_t alignment)
{
	return (value + alignment - 1) & ~(alignment - 1);
}

#endif
