/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the children of one directory in one file system, each unlike
 * the others. Private to this room.
 */
#ifndef FSI_NAME_UNIQUE_H
#define FSI_NAME_UNIQUE_H

#include "base/patience.h"
#include "base/vector.h"
#include "name/map.h"

/* Mapped names, each with a NUL. It begins with one, so that none is at 0. */
struct fsi_name_text {
	FSI_VECTOR(char) bytes;
};

struct fsi_name_siblings {
	const struct fsi_node *const *nodes; /* in byte order of their names */
	uint32_t count;
	uint32_t *names;		     /* set here; see struct fsi_name_view */
	const struct fsi_patience *patience; /* NULL: all are named at once */
};

/* Make text hold its first NUL. E_OUTOFMEMORY. */
HRESULT fsi_name_text_begin(struct fsi_name_text *text);

/* The name of one of the siblings. */
static inline const char *fsi_name_of_sibling(const struct fsi_name_siblings *siblings,
					      const struct fsi_name_text *text,
					      uint32_t n)
{
	const uint32_t offset = siblings->names[n];

	return offset != 0 ? text->bytes.items + offset : siblings->nodes[n]->name;
}

/*
 * Name the children of a directory. E_OUTOFMEMORY; IMAPI_E_NO_UNIQUE_NAME
 * (name, file system); what is returned for want of patience; then names and what was
 * appended to text are of no use.
 */
HRESULT fsi_name_siblings_map(const struct fsi_name_map *map,
			      const struct fsi_name_siblings *siblings,
			      struct fsi_name_text *text);

#endif
