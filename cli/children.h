/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that one directory of a disc holds. */
#ifndef CLI_CHILDREN_H
#define CLI_CHILDREN_H

#include <fsimage/disc.h>

struct child {
	fsi_disc_entry *entry;
	const char *name;			/**< borrowed from entry */
	const struct fsi_disc_entry_info *info; /**< borrowed; NULL: not read */
	uint64_t place; /**< on the disc, of its first byte; 0: none */
};

struct child_list {
	struct child *items;
	size_t count;
	size_t capacity;
};

/** Told of each name that can't be read, with the thread's error; true: go on. */
typedef bool (*children_refusal)(void *context, HRESULT hr);

/**
 * Read the names of a directory, in the order of the disc.
 *
 * @param refuse    told of each one that is damaged
 * @param ret_list  to be cleared, also on failure
 * @return S_OK; E_OUTOFMEMORY; the errors of reading the directory itself, or a
 *         name after which refuse() did not go on
 */
HRESULT children_read(fsi_disc_entry *directory, children_refusal refuse, void *context,
		      struct child_list *ret_list);

/** In byte order of the names. */
void children_sort_by_name(struct child_list *list);

/** In order of place, and where that is the same, of the names. */
void children_sort_by_place(struct child_list *list);

void children_clear(struct child_list *list);

#endif
