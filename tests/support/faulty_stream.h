/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream of bytes in memory, some blocks of which can't be read. */
#ifndef TESTS_SUPPORT_FAULTY_STREAM_H
#define TESTS_SUPPORT_FAULTY_STREAM_H

#include <fsimage/stream.h>

/* Zeroed but for bytes and size, it has no fault. It must outlive its streams. */
struct faulty_stream {
	const uint8_t *bytes;
	size_t size;
	size_t real_size;	/* where reading ends; 0: at size */
	uint32_t bad_blocks[8]; /* of FSI_BLOCK_SIZE bytes; 0: none */
	unsigned reads;
};

fsi_stream *faulty_stream_open(struct faulty_stream *stream);

#endif
