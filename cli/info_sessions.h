/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sessions of an image, and by what it is known, as "fsimage info" tells them. */
#ifndef CLI_INFO_SESSIONS_H
#define CLI_INFO_SESSIONS_H

#include "cli/view.h"

struct info_sessions {
	struct fsi_disc_session *items;
	char **names; /**< of their volumes; NULL where they tell none */
	size_t count;
	char *identifier; /**< of the disc */
};

/**
 * Find them, and open each to read the name of its volume.
 *
 * @param view          the image
 * @param ret_sessions  to be cleared, also on failure
 * @return an exit status
 */
int info_sessions_read(const struct image_view *view, const struct voice *voice,
		       struct info_sessions *ret_sessions);

/** Lines; of sessions none when there is only one that begins in block 0. */
void info_sessions_print(const struct info_sessions *sessions);

/** The members "disc_identifier" and "sessions" of the object. */
void info_sessions_print_json(const struct info_sessions *sessions, FILE *file);

void info_sessions_clear(struct info_sessions *sessions);

#endif
