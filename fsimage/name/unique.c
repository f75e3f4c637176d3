/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uniqueness among siblings. First every name that needs no change is given
 * away, then the others are made in byte order, so that a name never has to
 * yield to one that was made up, and insertion order does not matter.
 */
#include "name/unique.h"

#include "base/text.h"
#include "error/fail.h"
#include "name/roster.h"

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
	uint32_t numbered_count;
	/* Of those that did not get their name as it is, the last in byte order. */
	const struct fsi_node *last_other;
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

			if (hr != S_FALSE) {
				naming->numbered_count++;
				return hr;
			}
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

static HRESULT ask_at(const struct fsi_name_siblings *siblings, uint32_t n)
{
	return n % FSI_PATIENCE_STEP == 0 ? fsi_patience_ask(siblings->patience) : S_OK;
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

		FSI_TRY(ask_at(siblings, n));
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
		FSI_TRY(ask_at(siblings, n));
		if (siblings->names[n] != NAME_PENDING)
			continue;
		naming->last_other = siblings->nodes[n];
		naming->map->split(&naming->map->rules, siblings->nodes[n], &parts);
		wish_for(naming, &parts, 0, &wish);
		if (is_free(&wish))
			FSI_TRY(take_name(naming, &wish, n));
		else
			FSI_TRY(take_numbered_name(naming, &parts, wish.slot, n));
	}
	return S_OK;
}

/* Slots for so many names, at most three quarters full. */
static HRESULT make_slots(struct naming *naming, size_t names)
{
	size_t slot_count = LEAST_SLOTS;

	while (slot_count - slot_count / 4 <= names)
		slot_count *= 2;
	naming->slots = fsi_allocate_zeroed(slot_count, sizeof(struct slot));
	if (naming->slots == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	naming->slot_mask = slot_count - 1;
	return S_OK;
}

HRESULT fsi_name_siblings_map(const struct fsi_name_map *map,
			      const struct fsi_name_siblings *siblings,
			      struct fsi_name_text *text)
{
	struct naming naming = {.map = map, .siblings = siblings, .text = text};
	const uint32_t changes = find_changes(map, siblings);
	HRESULT hr = S_OK;

	/* Where case matters, names that stay are as unlike as they were. */
	if (changes == 0 && map->letter_case == FSI_NAME_CASE_MATTERS)
		return S_OK;
	FSI_TRY(make_slots(&naming, siblings->count));
	hr = take_natural_names(&naming);
	if (SUCCEEDED(hr))
		hr = take_other_names(&naming);
	fsi_free(naming.slots);
	return hr;
}

/* ---- rosters ----------------------------------------------------------- */

struct fsi_name_roster {
	struct fsi_name_map map;
	FSI_VECTOR(const struct fsi_node *) nodes; /* NULL: it has left */
	FSI_VECTOR(uint32_t) names;
	struct fsi_name_siblings siblings; /* these two */
	struct fsi_name_text text;
	struct naming naming; /* of them */
	uint32_t left_count;
};

bool fsi_name_is_kept(const struct fsi_name_rules *rules, const struct fsi_node *node)
{
	const struct fsi_name_map map = fsi_name_map_of(rules);

	return map.is_natural(&map.rules, node);
}

/* Room for one more child; the slots may be too full for it. */
static HRESULT reserve_child(struct fsi_name_roster *roster)
{
	struct naming *naming = &roster->naming;
	const struct naming old = *naming;
	const size_t slot_count = old.slot_mask + 1;

	if (!fsi_vector_reserve(&roster->nodes, 1) ||
	    !fsi_vector_reserve(&roster->names, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	roster->siblings.nodes = roster->nodes.items;
	roster->siblings.names = roster->names.items;
	if (slot_count - slot_count / 4 > roster->nodes.count + 1)
		return S_OK;
	naming->slots = NULL;
	if (FAILED(make_slots(naming, slot_count))) {
		*naming = old;
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	for (size_t i = 0; i < slot_count; i++) {
		size_t at = old.slots[i].hash & naming->slot_mask;

		if (old.slots[i].owner == 0)
			continue;
		while (naming->slots[at].owner != 0)
			at = (at + 1) & naming->slot_mask;
		naming->slots[at] = old.slots[i];
	}
	fsi_free(old.slots);
	return S_OK;
}

static uint32_t append_child(struct fsi_name_roster *roster, const struct fsi_node *node)
{
	roster->nodes.items[roster->nodes.count++] = node;
	roster->names.items[roster->names.count++] = NAME_PENDING;
	return roster->siblings.count++;
}

static HRESULT fill_roster(struct fsi_name_roster *roster,
			   const struct fsi_node *const *nodes, uint32_t count)
{
	roster->naming = (struct naming){.map = &roster->map,
					 .siblings = &roster->siblings,
					 .text = &roster->text};
	FSI_TRY(fsi_name_text_begin(&roster->text));
	FSI_TRY(make_slots(&roster->naming, count));
	for (uint32_t n = 0; n < count; n++) {
		FSI_TRY(reserve_child(roster));
		append_child(roster, nodes[n]);
	}
	(void)find_changes(&roster->map, &roster->siblings);
	FSI_TRY(take_natural_names(&roster->naming));
	return take_other_names(&roster->naming);
}

HRESULT fsi_name_roster_create(const struct fsi_name_rules *rules,
			       const struct fsi_node *const *nodes, uint32_t count,
			       struct fsi_name_roster **ret_roster)
{
	struct fsi_name_roster *roster = fsi_allocate_zeroed(1, sizeof(*roster));
	HRESULT hr = S_OK;

	if (roster == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	roster->map = fsi_name_map_of(rules);
	hr = fill_roster(roster, nodes, count);
	if (FAILED(hr)) {
		fsi_name_roster_destroy(roster);
		return hr;
	}
	*ret_roster = roster;
	return S_OK;
}

void fsi_name_roster_destroy(struct fsi_name_roster *roster)
{
	if (roster == NULL)
		return;
	fsi_vector_free(&roster->nodes);
	fsi_vector_free(&roster->names);
	fsi_vector_free(&roster->text.bytes);
	fsi_free(roster->naming.slots);
	fsi_free(roster);
}

uint32_t fsi_name_roster_count(const struct fsi_name_roster *roster)
{
	return roster->siblings.count;
}

const char *fsi_name_roster_get(const struct fsi_name_roster *roster, uint32_t n)
{
	return fsi_name_of_sibling(&roster->siblings, &roster->text, n);
}

int fsi_name_roster_compare(const struct fsi_name_roster *roster, uint32_t a, uint32_t b)
{
	return fsi_name_compare_records(&roster->map.rules, roster->nodes.items[a],
					fsi_name_roster_get(roster, a),
					roster->nodes.items[b],
					fsi_name_roster_get(roster, b));
}

/* The name that a child has when nothing is in its way. */
static void wish_for_own(const struct naming *naming, const struct fsi_node *node,
			 bool is_natural, struct wish *ret_wish)
{
	struct fsi_name_parts parts;

	if (is_natural && naming->map->letter_case != FSI_NAME_CASE_UPPER) {
		ret_wish->length = node->name_length;
		memcpy(ret_wish->name, node->name, (size_t)node->name_length + 1);
		find_slot(naming, node->name, node->name_length, ret_wish);
		return;
	}
	naming->map->split(&naming->map->rules, node, &parts);
	wish_for(naming, &parts, 0, ret_wish);
}

/*
 * Whether a child whose name is taken would be the last to get one, so that all
 * others keep theirs: a natural name is taken by one that is, and is before it, and
 * all that are made after the natural ones are before it too.
 */
static bool comes_last(const struct fsi_name_roster *roster, const struct fsi_node *node,
		       bool is_natural, uint32_t holder)
{
	const struct fsi_node *first = roster->nodes.items[holder];
	const struct fsi_node *last = roster->naming.last_other;
	const char *name = fsi_name_roster_get(roster, holder);

	if (last != NULL && strcmp(last->name, node->name) > 0)
		return false;
	return !is_natural ||
	       (roster->map.is_natural(&roster->map.rules, first) &&
		strcmp(first->name, node->name) < 0 &&
		fsi_text_compare_ignoring_case(first->name, first->name_length, name,
					       strlen(name)) == 0);
}

static HRESULT take_last_name(struct naming *naming, const struct fsi_node *node,
			      uint32_t n)
{
	struct fsi_name_parts parts;
	struct wish wish;

	naming->map->split(&naming->map->rules, node, &parts);
	wish_for(naming, &parts, 0, &wish);
	return is_free(&wish) ? take_name(naming, &wish, n)
			      : take_numbered_name(naming, &parts, wish.slot, n);
}

HRESULT fsi_name_roster_add(struct fsi_name_roster *roster, const struct fsi_node *node,
			    uint32_t *ret_number)
{
	struct naming *naming = &roster->naming;
	const bool is_natural = roster->map.is_natural(&roster->map.rules, node);
	struct wish wish;
	uint32_t n = 0;

	FSI_TRY(reserve_child(roster));
	n = append_child(roster, node);
	*ret_number = n;
	wish_for_own(naming, node, is_natural, &wish);
	/* Nobody has looked at a name that is free: nobody's name changes. */
	if (is_free(&wish)) {
		if (!is_natural && (naming->last_other == NULL ||
				    strcmp(naming->last_other->name, node->name) < 0))
			naming->last_other = node;
		return take_name(naming, &wish, n);
	}
	if (!comes_last(roster, node, is_natural, wish.slot->owner - 1))
		return S_FALSE;
	naming->last_other = node;
	return take_last_name(naming, node, n);
}

HRESULT fsi_name_roster_find(struct fsi_name_roster *roster, const struct fsi_node *node,
			     uint32_t *ret_number)
{
	struct wish wish;

	/* Another may get the number of the one that leaves. */
	if (roster->naming.numbered_count > 0 ||
	    roster->left_count > roster->siblings.count / 2 + LEAST_SLOTS)
		return S_FALSE;
	wish_for_own(&roster->naming, node,
		     roster->map.is_natural(&roster->map.rules, node), &wish);
	*ret_number = wish.slot->owner - 1;
	return is_free(&wish) || roster->nodes.items[*ret_number] != node ? S_FALSE
									  : S_OK;
}

void fsi_name_roster_remove(struct fsi_name_roster *roster, uint32_t n)
{
	struct naming *naming = &roster->naming;
	const size_t mask = naming->slot_mask;
	struct wish wish;
	size_t gap = 0;

	find_slot(naming, fsi_name_roster_get(roster, n),
		  strlen(fsi_name_roster_get(roster, n)), &wish);
	gap = (size_t)(wish.slot - naming->slots);
	for (size_t at = (gap + 1) & mask; naming->slots[at].owner != 0;
	     at = (at + 1) & mask) {
		/* It may move when its home is not between the gap and itself. */
		if (((at - naming->slots[at].hash) & mask) < ((at - gap) & mask))
			continue;
		naming->slots[gap] = naming->slots[at];
		gap = at;
	}
	naming->slots[gap] = (struct slot){0};
	roster->nodes.items[n] = NULL;
	roster->left_count++;
}
