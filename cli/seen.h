/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was met before: paths under the identity of an entry. */
#ifndef CLI_SEEN_H
#define CLI_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen_entry {
	uint64_t identity;
	char *path; /* NULL: the place is free */
};

/** Zeroed when it is empty. */
struct seen {
	struct seen_entry *entries;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

/** @return the path; NULL when the identity was not met */
const char *seen_find(const struct seen *seen, uint64_t identity);

/** Note one; a path that was noted before gives way. @return false: no memory */
bool seen_add(struct seen *seen, uint64_t identity, const char *path);

void seen_clear(struct seen *seen);

#endif
