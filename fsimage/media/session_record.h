/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record of a session on media that can be overwritten. There the first blocks of
 * the disc always describe the newest session, so each later session keeps what it
 * has replaced: the record tells where that is and what was there. No file system
 * looks at it. All blocks are of the disc.
 *
 * Behind the record, at the distances below, are the descriptors that were in block 16
 * and behind, and the anchor that was in block 256, for its new place; so the earlier
 * session can be mounted with the record's block as its start.
 */
#ifndef FSI_MEDIA_SESSION_RECORD_H
#define FSI_MEDIA_SESSION_RECORD_H

#include <fsimage/types.h>

#include <stdbool.h>
#include <stdint.h>

/* Where the record is, from the start of its session: with UDF, whose descriptors
 * are before it; and without. */
#define FSI_SESSION_RECORD_WITH_UDF    128u
#define FSI_SESSION_RECORD_WITHOUT_UDF 32u

/* What is kept, from the block of the record on. */
#define FSI_SESSION_KEPT_DESCRIPTORS 16u
#define FSI_SESSION_KEPT_ANCHOR	     64u

/* A run of blocks that a session has replaced, and where they are kept. */
struct fsi_replaced_blocks {
	uint32_t first_block;
	uint32_t block_count; /* at least 1 */
	uint32_t copy_block;
};

#define FSI_REPLACED_MAX 32u

struct fsi_session_record {
	uint32_t number;      /* of the session, from 2 */
	uint32_t start_block; /* of the session */
	uint32_t previous_start_block;
	uint32_t previous_end_block;  /* the first behind it */
	uint32_t previous_head_block; /* 16 blocks before its descriptors */
	uint32_t anchor_block;	      /* the anchor of UDF that was; 0: none */
	uint32_t replaced_count;
	struct fsi_replaced_blocks replaced[FSI_REPLACED_MAX];
};

/* The block of the disc that the record of a session is in. */
uint32_t fsi_session_record_block(uint32_t start_block, bool has_udf);

/* Render a record for its block of the disc. replaced_count is no more than the most. */
void fsi_session_record_put(const struct fsi_session_record *record, uint32_t block,
			    uint8_t (*ret_bytes)[FSI_BLOCK_SIZE]);

/*
 * Decode one. false: there is none, or it is damaged, or was written for another
 * block, or what it tells contradicts itself. The sessions before have smaller blocks,
 * so whoever goes back along the records comes to an end.
 */
bool fsi_session_record_get(const uint8_t (*bytes)[FSI_BLOCK_SIZE], uint32_t block,
			    struct fsi_session_record *ret_record);

#endif
