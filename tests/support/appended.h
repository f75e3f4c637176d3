/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discs in memory that sessions are added to through the public API, and what each
 * session shows, as text. A call that fails fails the test.
 */
#ifndef TESTS_SUPPORT_APPENDED_H
#define TESTS_SUPPORT_APPENDED_H

#include "tests/support/api.h"
#include "tests/support/recording_disc.h"

struct appended {
	struct recording_disc disc;
	fsi_file_systems file_systems;
	time_t seconds; /* when its newest session was made: each is later */
};

/* A disc whose first session has one file, "one". revision: of UDF; 0: none. */
void appended_begin(struct appended *appended, fsi_file_systems file_systems,
		    uint32_t revision);
void appended_end(struct appended *appended);

/* An image that goes on from a session of the disc; 0: the newest. */
fsi_image *appended_image(struct appended *appended, uint32_t session);

/* Add a session with one more file, of that name. */
void appended_add(struct appended *appended, const char *name);

/* The sessions of a disc; to be freed with fsi_free(). */
struct fsi_disc_session *appended_sessions(const uint8_t *bytes, uint32_t blocks,
					   size_t *ret_count);

/*
 * What one file system of a disc shows: each path with the text of the file. session:
 * NULL: what is shown to who knows of no sessions. To be freed with free().
 */
char *appended_describe(const uint8_t *bytes, uint32_t blocks,
			const struct fsi_disc_session *session,
			enum fsi_file_system file_system);

#endif
