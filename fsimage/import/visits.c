/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directories of a volume that were entered. */
#include "import/visits.h"

#include "base/memory.h"

/* Slots of the first table. */
#define SLOTS_MIN 64

bool fsi_visits_init(struct fsi_visits *visits, uint64_t blocks)
{
	*visits = (struct fsi_visits){.blocks_left = blocks};
	return pthread_mutex_init(&visits->lock, NULL) == 0;
}

void fsi_visits_free(struct fsi_visits *visits)
{
	fsi_free(visits->slots);
	pthread_mutex_destroy(&visits->lock);
}

/* The slot of a directory, or the free one where it would be. */
static struct fsi_visit *find_slot(struct fsi_visit *slots, size_t slot_count,
				   uint64_t directory)
{
	/* The golden ratio spreads identities that count up over all slots. */
	const uint64_t hash = directory * UINT64_C(0x9E3779B97F4A7C15);
	size_t n = (size_t)(hash >> 32) & (slot_count - 1);

	while (slots[n].is_used && slots[n].directory != directory)
		n = (n + 1) & (slot_count - 1);
	return &slots[n];
}

/* Keep a quarter of the slots free. */
static bool make_room(struct fsi_visits *visits)
{
	const size_t wanted = visits->slot_count > 0 ? 2 * visits->slot_count : SLOTS_MIN;
	struct fsi_visit *slots = NULL;

	if (visits->count < visits->slot_count / 4 * 3)
		return true;
	slots = fsi_allocate_zeroed(wanted, sizeof(*slots));
	if (slots == NULL)
		return false;
	for (size_t i = 0; i < visits->slot_count; i++) {
		const struct fsi_visit *visit = &visits->slots[i];

		if (visit->is_used)
			*find_slot(slots, wanted, visit->directory) = *visit;
	}
	fsi_free(visits->slots);
	visits->slots = slots;
	visits->slot_count = wanted;
	return true;
}

static enum fsi_visit_result enter(struct fsi_visits *visits,
				   const struct fsi_visit *visit, uint64_t blocks)
{
	struct fsi_visit *slot = NULL;

	if (!make_room(visits))
		return FSI_VISIT_NO_MEMORY;
	slot = find_slot(visits->slots, visits->slot_count, visit->directory);
	if (slot->is_used)
		return slot->parent == visit->parent && slot->position == visit->position
			       ? FSI_VISIT_ALLOWED
			       : FSI_VISIT_OTHER_NAME;
	if (blocks > visits->blocks_left)
		return FSI_VISIT_NO_ROOM;
	visits->blocks_left -= blocks;
	*slot = *visit;
	slot->is_used = true;
	visits->count++;
	return FSI_VISIT_ALLOWED;
}

enum fsi_visit_result fsi_visits_enter(struct fsi_visits *visits,
				       const struct fsi_visit *visit, uint64_t blocks)
{
	enum fsi_visit_result result = FSI_VISIT_ALLOWED;

	pthread_mutex_lock(&visits->lock);
	result = enter(visits, visit, blocks);
	pthread_mutex_unlock(&visits->lock);
	return result;
}
