/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams as a caller might make them: long ones, slow ones, and broken ones. */
#ifndef TESTS_SUPPORT_STREAMS_H
#define TESTS_SUPPORT_STREAMS_H

#include <fsimage/stream.h>

/* Zeroed, it is an empty stream without faults. It must outlive what is made of
 * it. The counts are of all streams made of it. */
struct test_stream {
	uint64_t size;
	/* What the bytes are; NULL: test_stream_byte() of their offsets. */
	uint8_t (*byte)(uint64_t offset);

	size_t piece;	  /* no read returns more; 0: no limit */
	size_t excess;	  /* claimed to be read beyond what was asked for */
	bool fails;	  /* reading fails with failure from fail_at on, */
	uint64_t fail_at; /* short of it in the read before */
	HRESULT failure;
	HRESULT size_failure; /* get_size returns it, if a failure */
	uint64_t real_size;   /* where reading ends, if not at size */

	unsigned reads;
	unsigned clones;
	unsigned destroyed;
};

/* Ops with all functions, on a struct test_stream. */
extern const struct fsi_stream_ops test_stream_ops;

/* A stream made by fsi_stream_create(); one reference. */
fsi_stream *test_stream_open(struct test_stream *stream);

/* A byte that tells its offset from those around, and blocks from each other. */
uint8_t test_stream_byte(uint64_t offset);

/* Whether bytes are those of the stream from offset on. */
bool test_stream_matches(const struct test_stream *stream, uint64_t offset,
			 const void *bytes, size_t length);

#endif
