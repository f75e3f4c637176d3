/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image as an ordered list of regions, each a run of blocks that can be
 * filled on its own. A file system contributes regions, it does not write.
 * First everything is placed, then nothing moves any more, then blocks are
 * rendered in any order and by any number of threads.
 *
 * The list is also the block map: what is in block 257 is a question to it.
 */
#ifndef FSI_LAYOUT_LAYOUT_H
#define FSI_LAYOUT_LAYOUT_H

#include "base/vector.h"

#include <fsimage/stream.h>

struct fsi_region;

struct fsi_region_ops {
	/*
	 * What the blocks are, in a few words, or the full path of a file:
	 * *ret_description is to be freed.
	 */
	HRESULT (*describe)(const struct fsi_region *region, char **ret_description);
	/*
	 * Fill one block of the region; it comes zeroed. block counts from the
	 * start of the region. Pure: keeps nothing, needs no lock. NULL for a
	 * region that is opened.
	 */
	HRESULT(*render)
	(const struct fsi_region *region, uint32_t block,
	 uint8_t (*ret_block)[FSI_BLOCK_SIZE]);
	/*
	 * The content as a stream of at most blocks * FSI_BLOCK_SIZE bytes; what
	 * is missing to the end of the last block is zero. One reference. NULL
	 * for a region that is rendered.
	 */
	HRESULT (*open)(const struct fsi_region *region, fsi_stream **ret_stream);
};

struct fsi_region {
	const struct fsi_region_ops *ops;
	const void *owner; /* what ops work on: a format, a file's data */
	uint32_t first_block;
	uint32_t blocks;
};

/*
 * A part of data that is not one run of blocks: recorded somewhere, or a hole.
 * Both are whole blocks but for the end of the data.
 */
struct fsi_data_run {
	const void *data; /* a struct fsi_data */
	uint64_t offset;  /* in the data */
	uint32_t size;
	uint32_t first_block; /* 0: a hole */
};

/* Of data with holes, by data number: where its runs begin. */
struct fsi_data_runs {
	uint32_t number;
	uint32_t count;
	size_t first_run;
};

struct fsi_layout {
	FSI_VECTOR(struct fsi_region) regions; /* ascending, without overlap */
	/*
	 * All blocks count from the start of the disc. The session may begin behind
	 * others, and the image with it, or with the disc.
	 */
	uint32_t first_block;	/* of the session */
	uint32_t image_block;	/* that the image begins with */
	uint32_t next_block;	/* first block that is still free */
	uint32_t end_block;	/* first one behind the image; 0 until it is sealed */
	uint32_t end_alignment; /* it has a multiple of so many; see below */
	uint32_t reserved_end_blocks; /* the last ones, for FSI_STAGE_SEALED */
	/* By data number: the first block of its extent. */
	uint32_t *data_blocks;
	/* Of data with holes that stay holes: its parts, those of one side by side. */
	FSI_VECTOR(struct fsi_data_run) runs;
	FSI_VECTOR(struct fsi_data_runs) sparse; /* ascending */
	uint32_t first_data_block;		 /* where file data begins */
	uint32_t data_end_block;		 /* first block behind it */
};

void fsi_layout_free(struct fsi_layout *layout);

/*
 * Place a region at the next free block that is a multiple of alignment (a
 * power of two). A region of 0 blocks is not recorded, but aligned and reported
 * all the same. Blocks between regions are zero.
 * E_OUTOFMEMORY; IMAPI_E_IMAGE_TOO_BIG over 2^31 - 1 blocks.
 */
HRESULT fsi_layout_append(struct fsi_layout *layout, const struct fsi_region_ops *ops,
			  const void *owner, uint64_t blocks, uint32_t alignment,
			  uint32_t *ret_first_block);

/* Place a region at a fixed block, which must not be taken. */
HRESULT fsi_layout_append_at(struct fsi_layout *layout, const struct fsi_region_ops *ops,
			     const void *owner, uint32_t blocks, uint32_t first_block);

/*
 * Whether a region's blocks can be those of a file of this computer too: it is large
 * enough for that to be worth it (FSI_SHARE_MIN_BLOCKS) and is read from a stream.
 */
bool fsi_region_may_share(const struct fsi_region *region);

/* The runs of data with that number; NULL when it is one run of blocks. */
const struct fsi_data_runs *fsi_layout_find_runs(const struct fsi_layout *layout,
						 uint32_t number);

/*
 * Where an image ends that needs all blocks before end_block: so that it is whole ECC
 * blocks of DVD and BD, and no drive has to pad it, and at a multiple of end_alignment,
 * a power of two.
 */
uint64_t fsi_layout_align_end(const struct fsi_layout *layout, uint64_t end_block);

/* The image ends before this block, which must not lie before next_block. */
HRESULT fsi_layout_seal(struct fsi_layout *layout, uint64_t end_block);

/* The blocks that a sealed image has, and its session alone. */
static inline uint32_t fsi_layout_image_blocks(const struct fsi_layout *layout)
{
	return layout->end_block - layout->image_block;
}

static inline uint32_t fsi_layout_session_blocks(const struct fsi_layout *layout)
{
	return layout->end_block - layout->first_block;
}

/* How many regions begin at or before a block: the first so many. */
size_t fsi_layout_count_until(const struct fsi_layout *layout, uint32_t block);

/* The region that holds a block; NULL when the block is zero filling. */
const struct fsi_region *fsi_layout_find(const struct fsi_layout *layout, uint32_t block);

#endif
