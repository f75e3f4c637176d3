/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is given back all at once: a million small pieces without a
 * million headers. What is cut from an arena never moves.
 */
#ifndef FSI_BASE_ARENA_H
#define FSI_BASE_ARENA_H

#include "base/memory.h"

struct fsi_arena_chunk;

struct fsi_arena {
	struct fsi_arena_chunk *chunks;
	char *next; /* first free byte of the newest chunk */
	size_t left;
};

/* Zeroed memory, aligned for any object; NULL when there is none. */
void *fsi_arena_allocate(struct fsi_arena *arena, size_t size);

/* A copy of length bytes and a NUL, packed without alignment. */
char *fsi_arena_copy(struct fsi_arena *arena, const char *bytes, size_t length);

void fsi_arena_free(struct fsi_arena *arena);

#endif
