/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --exclude leaves out of the folders that are read. */
#ifndef CLI_EXCLUDE_H
#define CLI_EXCLUDE_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

struct exclude_pattern {
	char *glob;
	bool is_path;	   /* compared with the path, not with the last part of it */
	bool folders_only; /* ended in "/" */
};

struct exclude_list {
	struct exclude_pattern *patterns;
	size_t count;
	locale_t utf8; /* in which characters are compared, whatever the user's is */
};

/**
 * Add a pattern of the shell's kind. One with a "/" inside or at its beginning
 * is compared with the path in the source folder, any other with the name
 * alone; with a "/" at its end it means folders.
 *
 * @return what is wrong with it; NULL when nothing is
 */
const char *exclude_add(struct exclude_list *list, const char *pattern);

/** @param path  relative to the source folder */
bool exclude_matches(const struct exclude_list *list, const char *path, bool is_folder);

void exclude_clear(struct exclude_list *list);

#endif
