/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams as a caller might make them. */
#include "tests/support/streams.h"

#include <check.h>

uint8_t test_stream_byte(uint64_t offset)
{
	return (uint8_t)((offset * UINT64_C(0x9E3779B97F4A7C15)) >> 56);
}

static uint8_t byte_at(const struct test_stream *stream, uint64_t offset)
{
	return stream->byte != NULL ? stream->byte(offset) : test_stream_byte(offset);
}

bool test_stream_matches(const struct test_stream *stream, uint64_t offset,
			 const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (((const uint8_t *)bytes)[i] != byte_at(stream, offset + i))
			return false;
	}
	return true;
}

static HRESULT read_stream(void *self, uint64_t offset, void *buffer, size_t length,
			   size_t *ret_read)
{
	struct test_stream *stream = self;
	uint64_t end = stream->real_size > 0 ? stream->real_size : stream->size;

	__atomic_fetch_add(&stream->reads, 1, __ATOMIC_RELAXED);
	if (stream->fails && offset >= stream->fail_at)
		return stream->failure;
	if (stream->fails && end > stream->fail_at)
		end = stream->fail_at;
	if (offset >= end)
		length = 0;
	else if (length > end - offset)
		length = (size_t)(end - offset);
	if (stream->piece > 0 && length > stream->piece)
		length = stream->piece;
	for (size_t i = 0; i < length; i++)
		((uint8_t *)buffer)[i] = byte_at(stream, offset + i);
	*ret_read = length + stream->excess;
	return S_OK;
}

static HRESULT measure_stream(void *self, uint64_t *ret_size)
{
	const struct test_stream *stream = self;

	if (FAILED(stream->size_failure))
		return stream->size_failure;
	*ret_size = stream->size;
	return S_OK;
}

static HRESULT clone_stream(void *self, fsi_stream **ret_stream)
{
	struct test_stream *stream = self;

	stream->clones++;
	if (FAILED(stream->failure) && !stream->fails)
		return stream->failure;
	return fsi_stream_create(&test_stream_ops, stream, ret_stream);
}

static void destroy_stream(void *self)
{
	struct test_stream *stream = self;

	__atomic_fetch_add(&stream->destroyed, 1, __ATOMIC_RELAXED);
}

const struct fsi_stream_ops test_stream_ops = {
	.size = sizeof(test_stream_ops),
	.read_at = read_stream,
	.get_size = measure_stream,
	.clone = clone_stream,
	.destroy = destroy_stream,
};

fsi_stream *test_stream_open(struct test_stream *stream)
{
	fsi_stream *made = NULL;

	ck_assert_int_eq(fsi_stream_create(&test_stream_ops, stream, &made), S_OK);
	return made;
}
