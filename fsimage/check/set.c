/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of numbers, as a hash table with open addresses. */
#include "check/set.h"

#define SLOTS_MIN 64

/* The slot of a key, or the free one where it belongs; there is one. */
static struct fsi_check_slot *find_slot(struct fsi_check_slot *slots, size_t count,
					uint64_t key)
{
	/* Fibonacci hashing, folded as the low bits of a product mix too little. */
	const uint64_t product = key * UINT64_C(0x9E3779B97F4A7C15);
	size_t i = (size_t)(product ^ product >> 32) & (count - 1);

	while (slots[i].is_used && slots[i].key != key)
		i = (i + 1) & (count - 1);
	return &slots[i];
}

uint64_t *fsi_check_set_find(struct fsi_check_set *set, uint64_t key)
{
	struct fsi_check_slot *slot = NULL;

	if (set->slot_count == 0)
		return NULL;
	slot = find_slot(set->slots, set->slot_count, key);
	return slot->is_used ? &slot->value : NULL;
}

/* One slot in four stays free. */
static bool grow(struct fsi_check_set *set)
{
	const size_t count = set->slot_count > 0 ? 2 * set->slot_count : SLOTS_MIN;
	struct fsi_check_slot *slots = NULL;

	if (set->count < set->slot_count / 4 * 3)
		return true;
	slots = fsi_allocate_zeroed(count, sizeof(*slots));
	if (slots == NULL)
		return false;
	for (size_t i = 0; i < set->slot_count; i++) {
		if (set->slots[i].is_used)
			*find_slot(slots, count, set->slots[i].key) = set->slots[i];
	}
	fsi_free(set->slots);
	set->slots = slots;
	set->slot_count = count;
	return true;
}

bool fsi_check_set_add(struct fsi_check_set *set, uint64_t key, uint64_t value)
{
	if (!grow(set))
		return false;
	*find_slot(set->slots, set->slot_count, key) =
		(struct fsi_check_slot){.key = key, .value = value, .is_used = true};
	set->count++;
	return true;
}

void fsi_check_set_free(struct fsi_check_set *set)
{
	fsi_free(set->slots);
	*set = (struct fsi_check_set){.slots = NULL};
}
