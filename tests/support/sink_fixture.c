/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream, and a folder that it is written to. */
#include "tests/support/sink_fixture.h"

#include "base/memory.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct scratch sink_scratch;
struct test_stream sink_source;
static fsi_stream *sink_stream;
struct fsi_write_options sink_options;
static unsigned sink_descriptors;

void sink_set_up(void)
{
	memset(&faults, 0, sizeof(faults));
	scratch_begin(&sink_scratch);
	sink_source = (struct test_stream){.size = 200001};
	sink_stream = test_stream_open(&sink_source);
	sink_options = (struct fsi_write_options){.size = sizeof(sink_options)};
	sink_descriptors = scratch_count_descriptors();
}

void sink_tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_stream_release(sink_stream);
	ck_assert_uint_eq(scratch_count_descriptors(), sink_descriptors);
	scratch_end(&sink_scratch);
}

HRESULT sink_write(const char *name)
{
	return fsi_sink_write_file(sink_stream, scratch_at(&sink_scratch, name),
				   &sink_options);
}

void sink_assert_whole(const char *name)
{
	size_t size = 0;
	char *bytes = scratch_read(&sink_scratch, name, &size);

	ck_assert_uint_eq(size, sink_source.size);
	ck_assert(test_stream_matches(&sink_source, 0, bytes, size));
	free(bytes);
}

void sink_assert_text(const char *name, const char *expected)
{
	size_t size = 0;
	char *text = scratch_read(&sink_scratch, name, &size);

	ck_assert_str_eq(text, expected);
	free(text);
}
