/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System use areas and their continuation (SUSP 4, 5), entry by entry. */
#include "check/iso_system_use.h"

#include "base/checked.h"

#include <inttypes.h>
#include <stdlib.h>

/* CD-ROM XA puts so many bytes of its own before. */
#define XA_SIZE 14u

/* Linux follows no more areas than this. */
#define HOPS_MAX 32u

/* What leads to a continuation area takes so many bytes of the disc at least. */
#define RECORD_WITH_CE 62u

/* Where a system use area begins in its record (ECMA-119 9.1.12). */
static size_t area_offset(const struct fsi_check_record *record)
{
	const uint8_t length = record->fields.identifier_length[0];

	return sizeof(record->fields) + length + (length % 2 == 0 ? 1 : 0);
}

/* ---- whether there are any --------------------------------------------- */

static bool is_letter(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z';
}

/* Whether bytes look like an entry, whatever its signature. */
static bool is_plausible(const uint8_t *bytes, size_t length)
{
	return length >= sizeof(struct fsi_susp_head) && is_letter(bytes[0]) &&
	       is_letter(bytes[1]) && bytes[2] >= 4 && bytes[2] <= length;
}

void fsi_check_iso_find_system_use(struct fsi_check_tree *tree,
				   const struct fsi_check_record *record)
{
	const size_t at = area_offset(record);
	const size_t length = record->fields.length[0];
	const uint8_t *area = record->bytes + at;
	size_t left = length > at ? length - at : 0;

	if (left >= XA_SIZE && memcmp(area + 6, "XA", 2) == 0) {
		tree->root_skipped = XA_SIZE;
		area += XA_SIZE;
		left -= XA_SIZE;
	}
	if (!is_plausible(area, left))
		return;
	tree->has_system_use = true;
	if (left >= sizeof(struct fsi_susp_sp) && memcmp(area, "SP", 2) == 0)
		tree->skipped = area[6];
	else
		fsi_check_tell(tree->iso->check, FSI_I_070, &record->place, NULL,
			       "The system use area of the root does not begin with an "
			       "SP entry");
}

/* ---- entries ----------------------------------------------------------- */

static void check_sp(struct fsi_check_entries *entries, const uint8_t *bytes,
		     const struct fsi_check_place *place)
{
	struct fsi_check *check = entries->tree->iso->check;

	if (!entries->is_root || entries->counts[FSI_CHECK_SP] > 1)
		fsi_check_tell(check, FSI_I_070, place, NULL,
			       "There is an SP entry elsewhere than at the beginning of "
			       "the root's system use area");
	if (bytes[2] != sizeof(struct fsi_susp_sp) || bytes[4] != 0xBE ||
	    bytes[5] != 0xEF)
		fsi_check_tell(check, FSI_I_070, place, NULL,
			       "The SP entry has not the length and the bytes that it "
			       "is known by");
}

static void check_er(struct fsi_check_entries *entries, const uint8_t *bytes,
		     const struct fsi_check_place *place)
{
	static const char *const known[] = {"RRIP_1991A", "IEEE_P1282", "IEEE_1282"};
	struct fsi_check *check = entries->tree->iso->check;
	struct fsi_susp_er entry;

	if (bytes[2] < sizeof(entry))
		return;
	memcpy(&entry, bytes, sizeof(entry));
	if (sizeof(entry) + entry.identifier_length[0] + entry.descriptor_length[0] +
		    entry.source_length[0] !=
	    bytes[2]) {
		fsi_check_tell(check, FSI_I_071, place, NULL,
			       "The texts of the ER entry do not fill it");
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i]) == entry.identifier_length[0] &&
		    memcmp(bytes + sizeof(entry), known[i], entry.identifier_length[0]) ==
			    0) {
			entries->tree->has_rock_ridge = true;
			fsi_check_number(check, FSI_I_071, place, "extension version", 1,
					 entry.extension_version[0]);
		}
	}
}

static void check_ce(struct fsi_check_entries *entries, const uint8_t *bytes,
		     const struct fsi_check_place *place)
{
	const struct fsi_check_iso *iso = entries->tree->iso;
	struct fsi_susp_ce copy;
	const struct fsi_susp_ce *const entry = &copy;
	uint32_t block = 0;
	uint32_t offset = 0;
	uint32_t length = 0;

	if (entries->next.length != 0) {
		fsi_check_tell(iso->check, FSI_I_073, place, NULL,
			       "A system use area has more than one CE entry");
		return;
	}
	if (bytes[2] != sizeof(copy)) {
		fsi_check_number(iso->check, FSI_I_073, place, "length", sizeof(copy),
				 bytes[2]);
		return;
	}
	memcpy(&copy, bytes, sizeof(copy));
	if (!fsi_get_both32(&entry->block, &block) ||
	    !fsi_get_both32(&entry->offset, &offset) ||
	    !fsi_get_both32(&entry->length, &length))
		fsi_check_tell(iso->check, FSI_I_073, place, NULL,
			       "A number of the CE entry differs in both byte orders");
	if (offset > FSI_BLOCK_SIZE || length > FSI_BLOCK_SIZE - offset ||
	    block < iso->first_block || !fsi_check_is_inside(iso, block, length)) {
		fsi_check_tell(iso->check, FSI_I_073, place, NULL,
			       "The continuation area of %" PRIu32
			       " bytes from byte %" PRIu32 " of block %" PRIu32
			       " on is not inside a block of the volume",
			       length, offset, block);
		return;
	}
	entries->next = (struct fsi_check_area){(uint64_t)block * FSI_BLOCK_SIZE + offset,
						length};
}

/* The kind of an entry by its signature; FSI_CHECK_ENTRY_KINDS: not known. */
static enum fsi_check_entry_kind kind_of(const uint8_t *bytes)
{
	static const char signatures[FSI_CHECK_ENTRY_KINDS][3] = {
		[FSI_CHECK_SP] = "SP", [FSI_CHECK_CE] = "CE", [FSI_CHECK_ER] = "ER",
		[FSI_CHECK_ES] = "ES", [FSI_CHECK_PD] = "PD", [FSI_CHECK_PX] = "PX",
		[FSI_CHECK_PN] = "PN", [FSI_CHECK_SL] = "SL", [FSI_CHECK_NM] = "NM",
		[FSI_CHECK_CL] = "CL", [FSI_CHECK_PL] = "PL", [FSI_CHECK_RE] = "RE",
		[FSI_CHECK_TF] = "TF", [FSI_CHECK_ZF] = "ZF",
	};

	for (unsigned i = 0; i < FSI_CHECK_ENTRY_KINDS; i++) {
		if (memcmp(bytes, signatures[i], 2) == 0)
			return (enum fsi_check_entry_kind)i;
	}
	return FSI_CHECK_ENTRY_KINDS;
}

/* A record may have several of these (RRIP 4.1). */
static bool may_repeat(enum fsi_check_entry_kind kind)
{
	return kind == FSI_CHECK_SL || kind == FSI_CHECK_NM || kind == FSI_CHECK_ER ||
	       kind == FSI_CHECK_ES || kind == FSI_CHECK_PD || kind == FSI_CHECK_CE;
}

static void check_entry(struct fsi_check_entries *entries, const uint8_t *bytes,
			uint64_t offset)
{
	struct fsi_check *check = entries->tree->iso->check;
	const struct fsi_check_place place = {offset, "system use entry",
					      entries->record->place.name, true};
	const enum fsi_check_entry_kind kind = kind_of(bytes);

	if (kind == FSI_CHECK_ENTRY_KINDS) {
		fsi_check_tell(check, FSI_I_082, &place, NULL,
			       "There is an entry '%c%c', which no standard in force has",
			       is_letter(bytes[0]) ? bytes[0] : '?',
			       is_letter(bytes[1]) ? bytes[1] : '?');
		return;
	}
	if (bytes[3] != 1 && !(kind == FSI_CHECK_ZF && bytes[3] == 2))
		fsi_check_number(check, FSI_I_072, &place, "version", 1, bytes[3]);
	entries->counts[kind]++;
	if (entries->counts[kind] > 1 && !may_repeat(kind))
		fsi_check_tell(check, FSI_I_081, &place, NULL,
			       "The record has more than one %c%c entry", bytes[0],
			       bytes[1]);
	if (kind == FSI_CHECK_SP)
		check_sp(entries, bytes, &place);
	else if (kind == FSI_CHECK_CE)
		check_ce(entries, bytes, &place);
	else if (kind == FSI_CHECK_ER)
		check_er(entries, bytes, &place);
	else
		fsi_check_rock_ridge_entry(entries, kind, bytes, &place);
}

/* ---- areas ------------------------------------------------------------- */

static void check_area(struct fsi_check_entries *entries, const uint8_t *bytes,
		       size_t length, uint64_t offset)
{
	size_t at = 0;

	entries->next = (struct fsi_check_area){0, 0};
	while (at + sizeof(struct fsi_susp_head) <= length && bytes[at] != 0) {
		const struct fsi_check_place place = {offset + at, "system use entry",
						      entries->record->place.name, true};
		const size_t size = bytes[at + 2];

		if (memcmp(bytes + at, "ST", 2) == 0)
			break;
		if (size < sizeof(struct fsi_susp_head) || size > length - at) {
			fsi_check_tell(entries->tree->iso->check, FSI_I_072, &place, NULL,
				       "An entry of %zu bytes does not fit the %zu bytes "
				       "that are left of its area",
				       size, length - at);
			break;
		}
		check_entry(entries, bytes + at, offset + at);
		at += size;
	}
}

static void add_area(struct fsi_check_iso *iso, const struct fsi_check_area *area)
{
	if (!fsi_vector_reserve(&iso->areas, 1))
		fsi_check_fail(iso->check, E_OUTOFMEMORY);
	else
		iso->areas.items[iso->areas.count++] = *area;
}

/*
 * Areas that do not overlap are no larger than the image, with the records that lead
 * to them; who has them overlap would else have the same bytes read again and again.
 */
static bool take_area(struct fsi_check_iso *iso, const struct fsi_check_area *area)
{
	const uint64_t bytes = area->length + RECORD_WITH_CE;

	if (bytes > iso->area_bytes_left)
		return false;
	iso->area_bytes_left -= bytes;
	return true;
}

static void check_continuation(struct fsi_check_entries *entries)
{
	struct fsi_check_iso *iso = entries->tree->iso;
	uint8_t bytes[FSI_BLOCK_SIZE];

	for (unsigned hops = 0; entries->next.length != 0; hops++) {
		const struct fsi_check_area area = entries->next;

		if (hops == HOPS_MAX) {
			fsi_check_tell(iso->check, FSI_I_073, &entries->record->place,
				       NULL,
				       "The system use area goes on in more than %u "
				       "continuation areas",
				       HOPS_MAX);
			return;
		}
		entries->next.length = 0;
		if (!take_area(iso, &area) ||
		    !fsi_check_read(iso->check, area.offset, bytes, area.length))
			return;
		add_area(iso, &area);
		check_area(entries, bytes, area.length, area.offset);
	}
}

void fsi_check_iso_system_use(struct fsi_check_tree *tree,
			      const struct fsi_check_directory *directory,
			      struct fsi_check_record *record)
{
	const bool is_root = directory->name == NULL && record->number == 0;
	const size_t at =
		area_offset(record) + (is_root ? tree->root_skipped : tree->skipped);
	const size_t length = record->fields.length[0];
	struct fsi_check_entries entries = {
		.tree = tree,
		.record = record,
		.is_root = is_root,
	};

	if (at < length)
		check_area(&entries, record->bytes + at, length - at,
			   record->place.offset + at);
	check_continuation(&entries);
	if (is_root && entries.counts[FSI_CHECK_PX] > 0 && !tree->has_rock_ridge)
		fsi_check_tell(tree->iso->check, FSI_I_071, &record->place, NULL,
			       "The root has entries of Rock Ridge, but no ER entry that "
			       "says so");
	fsi_check_rock_ridge_record(&entries);
}

/* ---- all areas --------------------------------------------------------- */

static int compare_areas(const void *a, const void *b)
{
	const struct fsi_check_area *const one = a;
	const struct fsi_check_area *const other = b;

	if (one->offset != other->offset)
		return one->offset < other->offset ? -1 : 1;
	return one->length < other->length ? -1 : one->length > other->length;
}

void fsi_check_iso_areas(struct fsi_check_iso *iso)
{
	uint64_t end = 0;
	uint64_t next_block = 0;

	if (iso->areas.count > 1)
		qsort(iso->areas.items, iso->areas.count, sizeof(*iso->areas.items),
		      compare_areas);
	for (size_t i = 0; i < iso->areas.count; i++) {
		const struct fsi_check_area *area = &iso->areas.items[i];
		const struct fsi_check_place place = {area->offset, "continuation area",
						      NULL, false};
		const uint64_t block = area->offset / FSI_BLOCK_SIZE;

		if (area->offset < end)
			fsi_check_tell(iso->check, FSI_I_074, &place, NULL,
				       "Two continuation areas share bytes of block "
				       "%" PRIu64,
				       block);
		if (area->offset + area->length > end)
			end = area->offset + area->length;
		if (block < next_block)
			continue;
		next_block = block + 1;
		fsi_check_claim_areas(iso, (uint32_t)block);
	}
}
