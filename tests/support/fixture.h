/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes written down as text: see tests/data/udf/make_fixtures.py. */
#ifndef TESTS_SUPPORT_FIXTURE_H
#define TESTS_SUPPORT_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

struct fixture {
	uint8_t *bytes;
	size_t size;
	char *volume;  /* the lines that begin with "volume ", without that */
	char *entries; /* so with "entry " */
};

/* Read a fixture of tests/data/udf; what is wrong with it fails the test. */
void fixture_read(struct fixture *fixture, const char *name);
void fixture_free(struct fixture *fixture);

#endif
