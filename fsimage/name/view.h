/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an item is called in each file system. A view is a pair of arrays beside
 * the tree, indexed by item number, so that an image without Joliet carries no
 * Joliet name anywhere. Names are mapped per directory, from the set of its
 * children alone: the order in which they were added does not matter.
 *
 * A name that a file system can hold stays as it is, and never yields to one
 * that was made up; of names that differ only in case, the first in byte order
 * stays. The others are mapped, character by character to "_", cut before their
 * extension, and made unlike their siblings, in byte order of the items' names,
 * by the lowest number that does it, behind the base:
 *
 *   ISO 9660  "Long name.html" and "Long-name.html" become LONG_NAM.HTM and
 *             LONG_NA1.HTM (level 1); digits alone, since there is little room.
 *   Joliet    "Makefile" and "makefile" become "Makefile" and "makefile_1";
 *             no two names differ only in case.
 *   UDF       only names of over 254 characters (127 if one is over U+00FF),
 *             and those with a byte order mark, are changed.
 *
 * In ISO 9660:1999 only names of over 207 bytes are changed.
 */
#ifndef FSI_NAME_VIEW_H
#define FSI_NAME_VIEW_H

#include "tree/order.h"

/* What names may have beyond the rules; <fsimage/image.h> tells of each. */
struct fsi_name_extensions {
	bool long_iso;
	bool lowercase_iso;
	bool relaxed_iso;
	bool multidot_iso;
	bool unversioned_iso;
	bool long_joliet;
};

/* In place of an interchange level: the tree of an enhanced volume descriptor. */
#define FSI_NAME_ISO9660_1999 4u

struct fsi_name_rules {
	enum fsi_file_system file_system;
	uint32_t iso_level; /* 1: 8.3; 2: up to 31 characters; FSI_NAME_ISO9660_1999 */
	struct fsi_name_extensions extensions;
};

struct fsi_name_view {
	struct fsi_name_rules rules;
	const struct fsi_order *order; /* borrowed */
	/* By item number: where the mapped name begins in text; 0: the item keeps
	 * its own name. */
	uint32_t *names;
	/*
	 * Item numbers in the order of this file system's directory records: the
	 * children of a directory stand at fsi_order_first_child() and on. NULL:
	 * the order of the items themselves (UDF needs none of its own).
	 */
	uint32_t *sorted;
	char *text; /* mapped names, UTF-8, each with a NUL */
	size_t text_length;
	uint32_t changed_count; /* names that are not exactly the item's own */
};

/*
 * Map the names of all items for one file system.
 * E_OUTOFMEMORY; IMAPI_E_NO_UNIQUE_NAME (name, file system).
 */
HRESULT fsi_name_view_create(const struct fsi_order *order,
			     const struct fsi_name_rules *rules,
			     struct fsi_name_view **ret_view);

void fsi_name_view_destroy(struct fsi_name_view *view);

/* The name of an item in this file system, UTF-8, without a version. */
static inline const char *fsi_name_view_get(const struct fsi_name_view *view,
					    uint32_t number)
{
	const uint32_t offset = view->names[number];

	return offset != 0 ? view->text + offset : view->order->items[number]->name;
}

/* The children of a directory that this file system can hold. */
static inline uint32_t fsi_name_view_child_count(const struct fsi_name_view *view,
						 const struct fsi_node *directory)
{
	return view->rules.file_system == FSI_FILE_SYSTEM_UDF
		       ? directory->content.children->count
		       : directory->content.children->plain_count;
}

/* The n-th child of a directory in this file system's order: its number. */
static inline uint32_t fsi_name_view_child(const struct fsi_name_view *view,
					   const struct fsi_node *directory, uint32_t n)
{
	const uint32_t place = fsi_order_first_child(directory) + n;

	return view->sorted != NULL ? view->sorted[place] : place;
}

/* The order of two items of a directory by their names in a file system, as that of
 * its directory records: as strcmp(). */
int fsi_name_compare_records(const struct fsi_name_rules *rules, const struct fsi_node *a,
			     const char *a_name, const struct fsi_node *b,
			     const char *b_name);

/* How a volume name is written in a file system; *ret_name is to be freed. */
HRESULT fsi_name_of_volume(const char *volume_name, enum fsi_file_system file_system,
			   char **ret_name);

#endif
