/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the bodies of files lie: allocation descriptors in an entry and, when
 * they are too many for it, in allocation extents that follow each other.
 */
#ifndef FSI_UDF_ALLOCATION_H
#define FSI_UDF_ALLOCATION_H

#include "layout/layout.h"
#include "udf/types.h"

/* A body outside its entry: one run of blocks, or what a layout has for it. */
struct fsi_udf_body {
	uint64_t size;
	const struct fsi_data_run *runs; /* each an extent; NULL: one run of blocks */
	uint32_t run_count;
	uint32_t partition_block; /* of the image, which runs count in */
	uint32_t first_block;	  /* of the partition */
	uint16_t partition;	  /* reference; told by long descriptors only */
	uint32_t extent_max_size; /* of one extent; whole blocks */
	bool is_long;		  /* by long descriptors, which tell the partition */
};

/*
 * How the descriptors of a body are spread: first those in its entry, where they
 * have room bytes, the others in allocation extents.
 */
struct fsi_udf_chain {
	const struct fsi_udf_body *body;
	uint32_t room;
	struct fsi_udf_address next; /* the first allocation extent; they follow */
};

/* The allocation extents that the descriptors need which do not fit in room. */
uint64_t fsi_udf_chain_blocks(const struct fsi_udf_body *body, uint32_t room);

/* The blocks of a body that are recorded. */
uint64_t fsi_udf_body_blocks(const struct fsi_udf_body *body);

/* The descriptors in the entry; returns their bytes, at most chain->room. */
uint32_t fsi_udf_put_descriptors(const struct fsi_udf_chain *chain, uint8_t *out);

/* The n-th allocation extent of a chain; it must be there. */
void fsi_udf_put_allocation_extent(const struct fsi_udf_chain *chain, uint32_t n,
				   const struct fsi_udf_revision *revision,
				   uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

#endif
