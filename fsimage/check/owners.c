/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose the blocks of an image are. */
#include "check/owners.h"

#include "base/checked.h"
#include "check/check.h"
#include "error/fail.h"

#include <inttypes.h>
#include <stdlib.h>

static uint64_t end_of(const struct fsi_owner *owner)
{
	return (uint64_t)owner->first_block + owner->block_count;
}

static bool goes_on(const struct fsi_owner *last, const struct fsi_owner *owner)
{
	return end_of(last) == owner->first_block && last->kind == owner->kind &&
	       last->structure == owner->structure && last->name == owner->name &&
	       last->file_system == owner->file_system &&
	       last->statement == owner->statement;
}

void fsi_owners_add(struct fsi_check *check, struct fsi_owners *owners,
		    const struct fsi_owner *owner)
{
	struct fsi_owner *last = NULL;
	uint32_t blocks = 0;

	if (owner->block_count == 0)
		return;
	if (owners->items.count > 0 && !owners->is_sorted)
		last = &owners->items.items[owners->items.count - 1];
	if (last != NULL && goes_on(last, owner) &&
	    fsi_add_u32(last->block_count, owner->block_count, &blocks)) {
		last->block_count = blocks;
		return;
	}
	if (!fsi_vector_reserve(&owners->items, 1)) {
		fsi_check_fail(check, FSI_FAIL(E_OUTOFMEMORY));
		return;
	}
	owners->items.items[owners->items.count++] = *owner;
	owners->is_sorted = false;
}

static int compare(const void *a, const void *b)
{
	const struct fsi_owner *const one = a;
	const struct fsi_owner *const other = b;

	if (one->first_block != other->first_block)
		return one->first_block < other->first_block ? -1 : 1;
	if (one->block_count != other->block_count)
		return one->block_count > other->block_count ? -1 : 1;
	if (one->kind != other->kind)
		return one->kind < other->kind ? -1 : 1;
	if (one->statement != other->statement)
		return one->statement < other->statement ? -1 : 1;
	return 0;
}

static void sort(struct fsi_owners *owners)
{
	uint64_t reach = 0;

	if (owners->is_sorted)
		return;
	if (owners->items.count > 0)
		qsort(owners->items.items, owners->items.count,
		      sizeof(*owners->items.items), compare);
	for (size_t i = 0; i < owners->items.count; i++) {
		if (end_of(&owners->items.items[i]) > reach)
			reach = end_of(&owners->items.items[i]);
		owners->items.items[i].reach = reach;
	}
	owners->is_sorted = true;
}

/* ---- overlaps ---------------------------------------------------------- */

/* ret_severity: 0 is that of the statement. */
static bool may_share(const struct fsi_owner *one, const struct fsi_owner *other,
		      enum fsi_severity *ret_severity)
{
	*ret_severity = 0;
	if (one->kind == FSI_OWNER_STRUCTURE || other->kind == FSI_OWNER_STRUCTURE)
		return false;
	if (one->kind == FSI_OWNER_SHARED || other->kind == FSI_OWNER_SHARED)
		return true;
	*ret_severity = FSI_SEVERITY_WARNING;
	return one->first_block == other->first_block &&
	       one->block_count == other->block_count;
}

static void describe(const struct fsi_owner *owner, struct fsi_check_text *ret_text)
{
	const char *last = owner->name != NULL ? owner->name->text : "";

	fsi_check_format(ret_text, "the %s%s%s%s", owner->structure,
			 *last != '\0' ? " of '" : "", last, *last != '\0' ? "'" : "");
}

/* Who says of blocks in use that they are free is wrong, whoever uses them. */
static enum fsi_statement find_statement(const struct fsi_owner *one,
					 const struct fsi_owner *other)
{
	if (one->statement == FSI_U_055 || other->statement == FSI_U_055)
		return FSI_U_055;
	if (one->file_system != other->file_system && one->kind == FSI_OWNER_STRUCTURE &&
	    other->kind == FSI_OWNER_STRUCTURE)
		return FSI_U_164;
	return one->statement < other->statement ? one->statement : other->statement;
}

static void tell_overlap(struct fsi_check *check, const struct fsi_owner *one,
			 const struct fsi_owner *other, enum fsi_severity severity,
			 uint64_t disc_offset)
{
	const enum fsi_file_system file_system = check->file_system;
	struct fsi_check_place place = {FSI_FINDING_NO_OFFSET, other->structure,
					other->name, other->name != NULL};
	struct fsi_check_details details = {.severity = severity};
	struct fsi_check_text first;
	struct fsi_check_text second;

	if (disc_offset != FSI_FINDING_NO_OFFSET)
		place.offset =
			disc_offset + (uint64_t)other->first_block * FSI_BLOCK_SIZE;
	describe(one, &first);
	describe(other, &second);
	details.expected = "blocks of its own";
	details.found =
		FSI_TEXT("block %" PRIu32 " of %s", other->first_block, first.bytes);
	check->file_system = other->file_system;
	fsi_check_tell(check, find_statement(one, other), &place, &details,
		       "Blocks %" PRIu32 " to %" PRIu64 " belong to %s, but blocks "
		       "%" PRIu32 " to %" PRIu64 " to %s",
		       other->first_block, end_of(other) - 1, second.bytes,
		       one->first_block, end_of(one) - 1, first.bytes);
	check->file_system = file_system;
}

/*
 * Each owner is compared with the one before it that ends last, and so is told at most
 * once. Where that may be shared, a structure below it still counts.
 */
void fsi_owners_check(struct fsi_check *check, struct fsi_owners *owners,
		      uint64_t disc_offset)
{
	const struct fsi_owner *last = NULL;
	const struct fsi_owner *last_exclusive = NULL;

	sort(owners);
	for (size_t i = 0; i < owners->items.count; i++) {
		const struct fsi_owner *owner = &owners->items.items[i];
		enum fsi_severity severity = 0;

		if (last_exclusive != NULL && owner->first_block < end_of(last_exclusive))
			tell_overlap(check, last_exclusive, owner, 0, disc_offset);
		else if (last != NULL && owner->first_block < end_of(last) &&
			 !may_share(last, owner, &severity))
			tell_overlap(check, last, owner, severity, disc_offset);
		if (last == NULL || end_of(owner) > end_of(last))
			last = owner;
		if (owner->kind == FSI_OWNER_STRUCTURE &&
		    (last_exclusive == NULL || end_of(owner) > end_of(last_exclusive)))
			last_exclusive = owner;
	}
}

/* ---- questions --------------------------------------------------------- */

/* The first owner that, with those before it, reaches beyond block. */
static size_t first_beyond(struct fsi_owners *owners, uint64_t block)
{
	size_t low = 0;
	size_t high = owners->items.count;

	sort(owners);
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (owners->items.items[middle].reach > block)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

bool fsi_owners_find(struct fsi_owners *owners, uint32_t first_block,
		     uint32_t block_count, const struct fsi_owner **ret_owner)
{
	const size_t i = first_beyond(owners, first_block);

	if (i == owners->items.count ||
	    owners->items.items[i].first_block >= (uint64_t)first_block + block_count)
		return false;
	*ret_owner = &owners->items.items[i];
	return true;
}

bool fsi_owners_next_run(struct fsi_owners *owners, uint32_t block,
			 uint32_t *ret_first_block, uint32_t *ret_block_count)
{
	size_t i = first_beyond(owners, block);
	uint64_t first = 0;
	uint64_t end = 0;

	if (i == owners->items.count)
		return false;
	first = owners->items.items[i].first_block;
	if (first < block)
		first = block;
	do
		end = owners->items.items[i].reach;
	while (++i < owners->items.count && owners->items.items[i].first_block <= end);
	*ret_first_block = (uint32_t)first;
	*ret_block_count =
		end - first < UINT32_MAX ? (uint32_t)(end - first) : UINT32_MAX;
	return true;
}

void fsi_owners_free(struct fsi_owners *owners)
{
	fsi_vector_free(&owners->items);
}
