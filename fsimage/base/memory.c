/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocation that a test can make fail. */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Per thread, so that one test's torture does not reach another's. */
static _Thread_local long remaining_allocations = -1;

static bool may_allocate(void)
{
	if (remaining_allocations < 0)
		return true;
	if (remaining_allocations == 0)
		return false;
	remaining_allocations--;
	return true;
}

void fsi_memory_fail_after(long allocations)
{
	remaining_allocations = allocations;
}

void *fsi_allocate(size_t size)
{
	if (!may_allocate())
		return NULL;
	return malloc(size > 0 ? size : 1);
}

void *fsi_allocate_zeroed(size_t count, size_t size)
{
	size_t total = 0;

	if (__builtin_mul_overflow(count, size, &total) || !may_allocate())
		return NULL;
	return calloc(1, total > 0 ? total : 1);
}

void *fsi_reallocate(void *memory, size_t count, size_t size)
{
	size_t total = 0;

	if (__builtin_mul_overflow(count, size, &total) || !may_allocate())
		return NULL;
	return realloc(memory, total > 0 ? total : 1);
}

char *fsi_duplicate_bytes(const char *bytes, size_t length)
{
	char *copy = length < SIZE_MAX ? fsi_allocate(length + 1) : NULL;

	if (copy == NULL)
		return NULL;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *fsi_duplicate_string(const char *text)
{
	return fsi_duplicate_bytes(text, strlen(text));
}

void fsi_free(void *memory)
{
	free(memory);
}
