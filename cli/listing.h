/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of a disc as "fsimage ls" shows them. */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include "cli/children.h"

#include <stdio.h>

/** How wide the columns of a long listing are. */
struct listing_columns {
	int links;
	int uid;
	int gid;
	int size;
};

/** How names and lines are shown. */
struct listing_style {
	bool is_long;
	bool is_terminal; /**< control characters are shown as \xHH */
};

/** Make the columns wide enough for one more entry. */
void listing_widen(struct listing_columns *columns, const struct child *child);

/** A name or path as it is, or as a terminal may see it. */
void listing_print_text(const struct listing_style *style, const char *text);

/**
 * Print the line of an entry.
 *
 * @param name  under which it is shown
 * @return S_OK; the errors of reading where a link leads, which is then shown
 *         as "?"
 */
HRESULT listing_print(const struct listing_style *style,
		      const struct listing_columns *columns, const struct child *child,
		      const char *name);

/**
 * Print an entry as a JSON object.
 *
 * @param path  of the entry in the image
 * @return S_OK; the errors of reading where a link leads, or its information
 */
HRESULT listing_print_json(FILE *file, const struct child *child, const char *path);

#endif
