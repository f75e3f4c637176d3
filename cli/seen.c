/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was met before: paths under the identity of an entry. */

#include "cli/seen.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

/* Where an identity stands or would stand. There is always a free place. */
static struct seen_entry *find_place(const struct seen *seen, uint64_t identity)
{
	/* Fibonacci hashing: identities may be multiples of a power of two. */
	size_t at = (size_t)((identity * UINT64_C(0x9e3779b97f4a7c15)) >> 32);

	for (;; at++) {
		struct seen_entry *entry = &seen->entries[at & (seen->capacity - 1)];

		if (entry->path == NULL || entry->identity == identity)
			return entry;
	}
}

const char *seen_find(const struct seen *seen, uint64_t identity)
{
	return seen->count > 0 ? find_place(seen, identity)->path : NULL;
}

/* Make room, so that at most three quarters of the places are taken. */
static bool reserve(struct seen *seen)
{
	struct seen larger = {.capacity = seen->capacity * 2, .count = seen->count};

	if (seen->count < seen->capacity / 4 * 3)
		return true;
	if (larger.capacity == 0)
		larger.capacity = FIRST_CAPACITY;
	larger.entries = calloc(larger.capacity, sizeof(*larger.entries));
	if (larger.entries == NULL)
		return false;
	for (size_t i = 0; i < seen->capacity; i++) {
		const struct seen_entry *entry = &seen->entries[i];

		if (entry->path != NULL)
			*find_place(&larger, entry->identity) = *entry;
	}
	free(seen->entries);
	*seen = larger;
	return true;
}

bool seen_add(struct seen *seen, uint64_t identity, const char *path)
{
	struct seen_entry *entry = NULL;
	char *copy = NULL;

	if (!reserve(seen))
		return false;
	entry = find_place(seen, identity);
	copy = strdup(path);
	if (copy == NULL)
		return false;
	if (entry->path == NULL)
		seen->count++;
	free(entry->path);
	*entry = (struct seen_entry){identity, copy};
	return true;
}

void seen_clear(struct seen *seen)
{
	for (size_t i = 0; i < seen->capacity; i++)
		free(seen->entries[i].path);
	free(seen->entries);
	*seen = (struct seen){0};
}
