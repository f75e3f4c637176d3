/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is given back all at once. */
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#define CHUNK_SIZE 65536u

struct fsi_arena_chunk {
	struct fsi_arena_chunk *older;
	max_align_t bytes[];
};

/* A piece over a quarter of a chunk gets a chunk of its own. */
static void *allocate_apart(struct fsi_arena *arena, size_t size)
{
	struct fsi_arena_chunk *chunk = NULL;

	if (size > SIZE_MAX - sizeof(*chunk))
		return NULL;
	chunk = fsi_allocate_zeroed(1, sizeof(*chunk) + size);
	if (chunk == NULL)
		return NULL;
	if (arena->chunks != NULL) {
		/* Behind the newest one, which is still being filled. */
		chunk->older = arena->chunks->older;
		arena->chunks->older = chunk;
	} else {
		arena->chunks = chunk;
	}
	return chunk->bytes;
}

static bool start_chunk(struct fsi_arena *arena)
{
	struct fsi_arena_chunk *chunk =
		fsi_allocate_zeroed(1, sizeof(*chunk) + CHUNK_SIZE);

	if (chunk == NULL)
		return false;
	chunk->older = arena->chunks;
	arena->chunks = chunk;
	arena->next = (char *)chunk->bytes;
	arena->left = CHUNK_SIZE;
	return true;
}

static void *cut(struct fsi_arena *arena, size_t size, size_t alignment)
{
	size_t skip = (alignment - (uintptr_t)arena->next % alignment) % alignment;
	void *piece = NULL;

	if (size > CHUNK_SIZE / 4)
		return allocate_apart(arena, size);
	if (arena->left < size + skip || arena->next == NULL) {
		if (!start_chunk(arena))
			return NULL;
		skip = 0;
	}
	piece = arena->next + skip;
	arena->next += skip + size;
	arena->left -= skip + size;
	return piece;
}

void *fsi_arena_allocate(struct fsi_arena *arena, size_t size)
{
	/* Objects here hold nothing wider than pointers and 64-bit numbers. */
	return cut(arena, size, alignof(uint64_t));
}

char *fsi_arena_copy(struct fsi_arena *arena, const char *bytes, size_t length)
{
	char *copy = length < SIZE_MAX ? cut(arena, length + 1, 1) : NULL;

	if (copy == NULL)
		return NULL;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

void fsi_arena_free(struct fsi_arena *arena)
{
	while (arena->chunks != NULL) {
		struct fsi_arena_chunk *older = arena->chunks->older;

		fsi_free(arena->chunks);
		arena->chunks = older;
	}
	arena->next = NULL;
	arena->left = 0;
}
