/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs in memory that one session after the other is added to. */
#ifndef TESTS_SUPPORT_NEXT_SESSION_H
#define TESTS_SUPPORT_NEXT_SESSION_H

#include "tests/support/checked.h"

struct next_disc {
	uint8_t *bytes;
	size_t size;
	uint32_t session_block;	 /* where the newest session begins */
	bool covers_disc;	 /* the head of the disc is rewritten */
	uint32_t import_session; /* that is gone on from; 0: the newest */
	uint32_t writes[32]; /* the blocks of it that were, last time, in that order */
	uint32_t write_count;
};

/* A first session: what is in the image. */
void next_disc_begin(struct next_disc *disc, fsi_image *image);
void next_disc_free(struct next_disc *disc);

/*
 * An image of these file systems with what the newest session has, as one of them shows
 * it; the session is to begin in a block, 0: right behind the last one.
 */
fsi_image *next_disc_continue(struct next_disc *disc, fsi_file_systems file_systems,
			      enum fsi_file_system imported, uint32_t start_block);

/*
 * Lay the image out and write it: the session, and on a disc that is covered the blocks
 * that are told. Then the disc must be what the image's stream is. The image is released.
 */
void next_disc_add(struct next_disc *disc, fsi_image *image);

/* The blocks before the newest session that differ from those of an older disc, as
 * "16 17 256 ". To be freed. */
char *next_disc_changes(const struct next_disc *disc, const uint8_t *old,
			size_t old_size);

/* All that a file system shows, with the data of files, as text; to be freed. */
char *next_disc_describe(const struct next_disc *disc,
			 const struct fsi_disc_options *options,
			 enum fsi_file_system file_system);

#endif
