/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uniqueness among siblings. First every name that needs no change is given
 * away, then the others are made in byte order, so that a name never has to
 * yield to one that was made up, and insertion order does not matter.
 */
#include "name/unique.h"

#include "base/text.h"
#include "error/fail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* In place of an offset: this sibling has no name yet. */
#define NAME_PENDING UINT32_MAX

#define LEAST_SLOTS 8

/*
 * A name that is taken, and what is known of the numbers that tell others from
 * it, so that a million names that collide do not try the same numbers a million
 * times. Two names that are cut to the same text share what is known, and may
 * pass over a free number; none is given twice.
 */
struct slot {
	uint32_t hash;
	uint32_t owner; /* the sibling's index plus 1; 0: the slot is free */
	/* In place of a first number of its length (1, 10, 100 …), which this name
	 * ends in, all numbers before this one are taken; 0: not known. */
	uint32_t next_number;
	/* All numbers of fewer digits are taken behind this name; 0: not known. */
	uint32_t digits;
};

struct naming {
	const struct fsi_name_map *map;
	const struct fsi_name_siblings *siblings;
	struct fsi_name_text *text;
	struct slot *slots;
	size_t slot_mask;
};

/* A name that somebody wants: where its slot is, or would be. */
struct wish {
	char name[FSI_NAME_SIZE];
	size_t length;
	uint32_t hash;
	struct slot *slot;
};

HRESULT fsi_name_text_begin(struct fsi_name_text *text)
{
	if (!fsi_vector_reserve(&text->bytes, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	text->bytes.items[text->bytes.count++] = '\0';
	return S_OK;
}

static bool are_equal(const struct naming *naming, const char *a, size_t a_length,
		      const char *b)
{
	if (strcmp(a, b) == 0)
		return true;
	return naming->map->letter_case == FSI_NAME_CASE_IGNORED &&
	       fsi_text_compare_ignoring_case(a, a_length, b, strlen(b)) == 0;
}

static void find_slot(const struct naming *naming, const char *name, size_t length,
		      struct wish *wish)
{
	const bool ignore_case = naming->map->letter_case == FSI_NAME_CASE_IGNORED;
	struct slot *slot = NULL;

	wish->hash = fsi_text_hash(name, length, ignore_case);
	for (size_t at = wish->hash;; at++) {
		slot = &naming->slots[at & naming->slot_mask];
		if (slot->owner == 0)
			break;
		if (slot->hash == wish->hash &&
		    are_equal(naming, name, length,
			      fsi_name_of_sibling(naming->siblings, naming->text,
						  slot->owner - 1)))
			break;
	}
	wish->slot = slot;
}

static void wish_for(const struct naming *naming, const struct fsi_name_parts *parts,
		     uint32_t number, struct wish *ret_wish)
{
	char text[16] = "";

	if (number != 0)
		snprintf(text, sizeof(text), "%s%" PRIu32, naming->map->number_mark,
			 number);
	ret_wish->length =
		naming->map->compose(&naming->map->rules, parts, text, &ret_wish->name);
	find_slot(naming, ret_wish->name, ret_wish->length, ret_wish);
}

static bool is_free(const struct wish *wish)
{
	return wish->slot->owner == 0;
}

static void take_slot(const struct wish *wish, uint32_t n)
{
	wish->slot->hash = wish->hash;
	wish->slot->owner = n + 1;
}

/* Give a free name to a sibling. */
static HRESULT take_name(struct naming *naming, const struct wish *wish, uint32_t n)
{
	const struct fsi_node *node = naming->siblings->nodes[n];
	struct fsi_name_text *text = naming->text;
	uint32_t offset = 0;

	if (wish->length != node->name_length ||
	    memcmp(wish->name, node->name, wish->length) != 0) {
		if (text->bytes.count >= NAME_PENDING ||
		    !fsi_vector_reserve(&text->bytes, wish->length + 1))
			return FSI_FAIL(E_OUTOFMEMORY);
		offset = (uint32_t)text->bytes.count;
		memcpy(text->bytes.items + offset, wish->name, wish->length + 1);
		text->bytes.count += wish->length + 1;
	}
	naming->siblings->names[n] = offset;
	take_slot(wish, n);
	return S_OK;
}

/*
 * Take the lowest free number of some digits. S_FALSE: all of them are taken.
 */
static HRESULT take_number(struct naming *naming, const struct fsi_name_parts *parts,
			   uint32_t first, uint32_t n)
{
	struct slot *first_slot = NULL;
	struct wish wish;
	uint32_t number = 0;

	wish_for(naming, parts, first, &wish);
	if (is_free(&wish))
		return take_name(naming, &wish, n);
	first_slot = wish.slot;
	number = first_slot->next_number != 0 ? first_slot->next_number : first + 1;
	for (; number < 10 * first; number++) {
		wish_for(naming, parts, number, &wish);
		if (is_free(&wish))
			break;
	}
	if (number == 10 * first) {
		first_slot->next_number = number;
		return S_FALSE;
	}
	first_slot->next_number = number + 1;
	return take_name(naming, &wish, n);
}

/* Take the lowest number that makes a name unlike all others. */
static HRESULT take_numbered_name(struct naming *naming,
				  const struct fsi_name_parts *parts, struct slot *taken,
				  uint32_t n)
{
	uint32_t first = 1;

	for (uint32_t digits = 1; digits <= naming->map->most_digits; digits++) {
		if (digits >= taken->digits) {
			const HRESULT hr = take_number(naming, parts, first, n);

			if (hr != S_FALSE)
				return hr;
			taken->digits = digits + 1;
		}
		first *= 10;
	}
	return FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, naming->siblings->nodes[n]->name,
			naming->map->file_system);
}

/* Set aside the names that need a change; returns how many they are. */
static uint32_t find_changes(const struct fsi_name_map *map,
			     const struct fsi_name_siblings *siblings)
{
	uint32_t count = 0;

	for (uint32_t n = 0; n < siblings->count; n++) {
		const bool stays = map->is_natural(&map->rules, siblings->nodes[n]);

		siblings->names[n] = stays ? 0 : NAME_PENDING;
		count += !stays;
	}
	return count;
}

/* Give away the names that need no change. Of two that differ only in case the
 * first has it, the other waits for a number. */
static HRESULT take_natural_names(struct naming *naming)
{
	const struct fsi_name_siblings *siblings = naming->siblings;
	struct fsi_name_parts parts;
	struct wish wish;

	for (uint32_t n = 0; n < siblings->count; n++) {
		const struct fsi_node *node = siblings->nodes[n];

		if (siblings->names[n] == NAME_PENDING)
			continue;
		if (naming->map->letter_case == FSI_NAME_CASE_UPPER) {
			naming->map->split(&naming->map->rules, node, &parts);
			wish_for(naming, &parts, 0, &wish);
			siblings->names[n] = NAME_PENDING;
			if (is_free(&wish))
				FSI_TRY(take_name(naming, &wish, n));
			continue;
		}
		find_slot(naming, node->name, node->name_length, &wish);
		if (is_free(&wish))
			take_slot(&wish, n);
		else
			siblings->names[n] = NAME_PENDING;
	}
	return S_OK;
}

static HRESULT take_other_names(struct naming *naming)
{
	const struct fsi_name_siblings *siblings = naming->siblings;
	struct fsi_name_parts parts;
	struct wish wish;

	for (uint32_t n = 0; n < siblings->count; n++) {
		if (siblings->names[n] != NAME_PENDING)
			continue;
		naming->map->split(&naming->map->rules, siblings->nodes[n], &parts);
		wish_for(naming, &parts, 0, &wish);
		if (is_free(&wish))
			FSI_TRY(take_name(naming, &wish, n));
		else
			FSI_TRY(take_numbered_name(naming, &parts, wish.slot, n));
	}
	return S_OK;
}

HRESULT fsi_name_siblings_map(const struct fsi_name_map *map,
			      const struct fsi_name_siblings *siblings,
			      struct fsi_name_text *text)
{
	struct naming naming = {.map = map, .siblings = siblings, .text = text};
	const uint32_t changes = find_changes(map, siblings);
	size_t slot_count = LEAST_SLOTS;
	HRESULT hr = S_OK;

	/* Where case matters, names that stay are as unlike as they were. */
	if (changes == 0 && map->letter_case == FSI_NAME_CASE_MATTERS)
		return S_OK;
	while (slot_count - slot_count / 4 <= siblings->count)
		slot_count *= 2;
	naming.slots = fsi_allocate_zeroed(slot_count, sizeof(struct slot));
	if (naming.slots == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	naming.slot_mask = slot_count - 1;
	hr = take_natural_names(&naming);
	if (SUCCEEDED(hr))
		hr = take_other_names(&naming);
	fsi_free(naming.slots);
	return hr;
}
