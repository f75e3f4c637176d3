/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One growable array instead of forty. Declare a member with FSI_VECTOR(type),
 * zeroed; room for one more element is made by fsi_vector_reserve().
 */
#ifndef FSI_BASE_VECTOR_H
#define FSI_BASE_VECTOR_H

#include "base/memory.h"

#define FSI_VECTOR(type) \
	struct { \
		type *items; \
		size_t count; \
		size_t capacity; \
	}

/* Make room for extra more elements. false: no memory, nothing has changed. */
#define fsi_vector_reserve(vector, extra) \
	fsi_vector_grow((void **)&(vector)->items, &(vector)->capacity, (vector)->count, \
			(extra), sizeof(*(vector)->items))

/* Free the elements; the vector is empty again. */
#define fsi_vector_free(vector) \
	do { \
		fsi_free((vector)->items); \
		(vector)->items = NULL; \
		(vector)->count = (vector)->capacity = 0; \
	} while (0)

static inline bool fsi_vector_grow(void **items, size_t *capacity, size_t count,
				   size_t extra, size_t element_size)
{
	size_t wanted = 0;
	void *grown = NULL;

	if (*capacity - count >= extra)
		return true;
	if (__builtin_add_overflow(count, extra, &wanted))
		return false;
	if (wanted < *capacity + *capacity / 2)
		wanted = *capacity + *capacity / 2;
	if (wanted < 8)
		wanted = 8;
	grown = fsi_reallocate(*items, wanted, element_size);
	if (grown == NULL)
		return false;
	*items = grown;
	*capacity = wanted;
	return true;
}

#endif
