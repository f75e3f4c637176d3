/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the reader have in common: opening images in memory, and all
 * that a view shows as text to compare. A call that fails fails the test.
 */
#ifndef TESTS_SUPPORT_DISC_H
#define TESTS_SUPPORT_DISC_H

#include "tests/support/api.h"

#include <fsimage/disc.h>

/* The UDF view of an image whose bytes are copied. */
fsi_disc_view *disc_view(const uint8_t *bytes, size_t size);
fsi_disc_view *disc_view_of_stream(fsi_stream *stream);

/* What opening the UDF view, and then walking over all of it, comes to: the first
 * failure, which is then the thread's error; S_OK. */
HRESULT disc_walk_image(const uint8_t *bytes, size_t size);
HRESULT disc_walk_stream(fsi_stream *stream);

/*
 * As text, in the form of tests/data/udf/make_fixtures.py; to be freed. Entries
 * are sorted by name; those that are hidden are left out.
 */
char *disc_describe_volume(fsi_disc_view *view);
char *disc_describe_entries(fsi_disc_view *view);

/* One entry in that form. */
char *disc_describe_entry(fsi_disc_entry *entry, const char *path);

/* What stands at a path. */
fsi_disc_entry *disc_entry(fsi_disc_view *view, const char *path);
const struct fsi_disc_entry_info *disc_info(fsi_disc_entry *entry);

/* The extents of an entry as "kind offset+length@block " for each. To be freed. */
char *disc_describe_extents(fsi_disc_entry *entry);

/* The names of its children or streams, in the order of the disc, with a space
 * behind each. To be freed. */
char *disc_list(fsi_disc_entry *entry, bool streams);

/* All bytes of a file. To be freed. */
uint8_t *disc_read(fsi_disc_entry *entry, size_t *ret_size);

#endif
