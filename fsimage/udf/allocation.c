/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding allocation descriptors. */
#include "udf/allocation.h"

#include "base/checked.h"
#include "udf/file_entry.h"

#include <assert.h>

/* OSTA UDF 2.3.11: an allocation extent is one block. */
#define EXTENT_ROOM (FSI_BLOCK_SIZE - sizeof(struct fsi_udf_allocation_extent))

static uint32_t descriptor_size(const struct fsi_udf_body *body)
{
	return body->is_long ? (uint32_t)sizeof(struct fsi_udf_long_ad)
			     : (uint32_t)sizeof(struct fsi_udf_short_ad);
}

static uint64_t count_extents(const struct fsi_udf_body *body)
{
	if (body->runs != NULL)
		return body->run_count;
	return body->size / body->extent_max_size +
	       (body->size % body->extent_max_size != 0);
}

uint64_t fsi_udf_chain_blocks(const struct fsi_udf_body *body, uint32_t room)
{
	const uint64_t count = count_extents(body);
	const uint64_t in_entry = room / descriptor_size(body);
	const uint64_t in_extent = EXTENT_ROOM / descriptor_size(body);

	/* A list that is not the last ends with what leads on: it holds one less. */
	return count > in_entry ? (count - in_entry + in_extent - 2) / (in_extent - 1)
				: 0;
}

uint64_t fsi_udf_body_blocks(const struct fsi_udf_body *body)
{
	uint64_t blocks = 0;

	if (body->runs == NULL)
		return fsi_blocks_of(body->size);
	for (uint32_t n = 0; n < body->run_count; n++)
		blocks += body->runs[n].first_block != 0
				  ? fsi_blocks_of(body->runs[n].size)
				  : 0;
	return blocks;
}

static void put_descriptor(const struct fsi_udf_body *body, uint32_t length,
			   enum fsi_udf_extent_type type, struct fsi_udf_address address,
			   uint8_t *out)
{
	const uint32_t typed_length = length | (uint32_t)type << 30;
	struct fsi_udf_short_ad short_ad;
	struct fsi_udf_long_ad long_ad;

	if (body->is_long) {
		fsi_udf_put_long_ad(&long_ad, typed_length, address, 0);
		memcpy(out, &long_ad, sizeof(long_ad));
	} else {
		fsi_udf_put_short_ad(&short_ad, typed_length, address.block);
		memcpy(out, &short_ad, sizeof(short_ad));
	}
}

/* ECMA-167 4/14.14.1: what is not allocated is in block 0 of nothing. */
static void put_run(const struct fsi_udf_body *body, uint64_t n, uint8_t *out)
{
	const struct fsi_data_run *run = &body->runs[n];
	struct fsi_udf_address address = {0};

	if (run->first_block == 0) {
		put_descriptor(body, run->size, FSI_UDF_EXTENT_UNALLOCATED, address, out);
		return;
	}
	address.block = run->first_block - body->partition_block;
	address.partition = body->partition;
	put_descriptor(body, run->size, FSI_UDF_EXTENT_RECORDED, address, out);
}

/* The n-th extent of a body that is one run of blocks. */
static void put_piece(const struct fsi_udf_body *body, uint64_t n, uint8_t *out)
{
	const uint64_t left = body->size - n * body->extent_max_size;
	const uint32_t blocks = body->extent_max_size / FSI_BLOCK_SIZE;
	const struct fsi_udf_address address = {
		.block = (uint32_t)(body->first_block + n * blocks),
		.partition = body->partition,
	};

	put_descriptor(body,
		       left < body->extent_max_size ? (uint32_t)left
						    : body->extent_max_size,
		       FSI_UDF_EXTENT_RECORDED, address, out);
}

static void put_extent(const struct fsi_udf_body *body, uint64_t n, uint8_t *out)
{
	if (body->runs != NULL)
		put_run(body, n, out);
	else
		put_piece(body, n, out);
}

/*
 * A list of descriptors in room bytes, from the first-th extent on: all that are
 * left, or as many as leave room for the one that leads on to next.
 */
static uint32_t put_list(const struct fsi_udf_body *body, uint64_t first, uint32_t room,
			 struct fsi_udf_address next, uint8_t *out)
{
	const uint32_t size = descriptor_size(body);
	const uint32_t slots = room / size;
	const uint64_t left = count_extents(body) - first;
	const uint32_t count = left <= slots ? (uint32_t)left : slots - 1;

	for (uint32_t i = 0; i < count; i++)
		put_extent(body, first + i, out + (size_t)i * size);
	if (left <= slots)
		return count * size;
	put_descriptor(body, FSI_BLOCK_SIZE, FSI_UDF_EXTENT_NEXT, next,
		       out + (size_t)count * size);
	return slots * size;
}

uint32_t fsi_udf_put_descriptors(const struct fsi_udf_chain *chain, uint8_t *out)
{
	return put_list(chain->body, 0, chain->room, chain->next, out);
}

/* OSTA UDF 2.3.11: the tag covers the descriptors, nothing tells of the one before. */
void fsi_udf_put_allocation_extent(const struct fsi_udf_chain *chain, uint32_t n,
				   const struct fsi_udf_revision *revision,
				   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_allocation_extent head = {0};
	const uint32_t size = descriptor_size(chain->body);
	const uint64_t first = (uint64_t)(chain->room / size - 1) +
			       (uint64_t)n * (EXTENT_ROOM / size - 1);
	struct fsi_udf_address next = chain->next;
	uint32_t length = 0;

	assert(n < fsi_udf_chain_blocks(chain->body, chain->room));
	next.block += n + 1;
	length = put_list(chain->body, first, EXTENT_ROOM, next,
			  *ret_block + sizeof(head));
	fsi_put_le32(&head.descriptors_length, length);
	memcpy(*ret_block, &head, sizeof(head));
	fsi_udf_tag_seal(*ret_block, sizeof(head) + length, FSI_UDF_TAG_ALLOCATION_EXTENT,
			 revision, next.block - 1);
}
