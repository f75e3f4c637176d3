/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of sinks write, and where; system calls fail as faulty_sink.h says. */
#ifndef TESTS_SUPPORT_SINK_FIXTURE_H
#define TESTS_SUPPORT_SINK_FIXTURE_H

#include "tests/support/faulty_sink.h"
#include "tests/support/scratch.h"
#include "tests/support/streams.h"

extern struct scratch sink_scratch;
extern struct test_stream sink_source;
extern struct fsi_write_options sink_options;

void sink_set_up(void);
void sink_tear_down(void);

/* Write the source to a name in the folder. */
HRESULT sink_write(const char *name);

/* The file of that name is the source, or a text. */
void sink_assert_whole(const char *name);
void sink_assert_text(const char *name, const char *expected);

#endif
