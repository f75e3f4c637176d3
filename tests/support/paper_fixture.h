/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An image and discs on paper that it may go on from. */
#ifndef TESTS_SUPPORT_PAPER_FIXTURE_H
#define TESTS_SUPPORT_PAPER_FIXTURE_H

#include "tests/support/api.h"
#include "tests/support/paper_disc.h"

#define PAPER_OBJECTS 3

extern fsi_image *paper_image;	 /* ISO 9660 and Joliet, empty */
extern fsi_stream *paper_stream; /* a bridge of 576 blocks */

/* Sequential discs with that session, each with its object. */
extern struct paper_disc paper_discs[PAPER_OBJECTS];
extern fsi_multisession *paper_objects[PAPER_OBJECTS];

void paper_set_up(void);
void paper_tear_down(void);

/* The bytes of an image with one file. */
fsi_stream *paper_make_disc(fsi_file_systems file_systems, const char *text);

int32_t paper_count_blocks(fsi_stream *bytes);

/* Make one of them a random write disc with other content. */
void paper_make_random(unsigned i, fsi_stream *bytes, int32_t end);

/* Give the first of them to the image. */
HRESULT paper_put(size_t count);

#endif
