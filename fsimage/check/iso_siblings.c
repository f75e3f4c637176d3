/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of one directory beside one another: order, sections, differences. */
#include "check/iso_walk.h"

#include "base/checked.h"

#include <inttypes.h>
#include <stdlib.h>

/* Linux reads no more of a file. */
#define SECTIONS_MAX 100u

/* ---- order and sections ------------------------------------------------ */

static bool is_same(const struct fsi_check_walk *walk,
		    const struct fsi_check_record *record)
{
	const struct fsi_check_seen *last = &walk->last;

	return walk->has_last && last->length == record->fields.identifier_length[0] &&
	       memcmp(last->identifier, record->identifier, last->length) == 0 &&
	       last->is_associated == fsi_check_has_flag(record, 0x04);
}

bool fsi_check_goes_on(const struct fsi_check_walk *walk,
		       const struct fsi_check_record *record)
{
	return walk->is_open && is_same(walk, record);
}

/* ECMA-119 9.3; those of one file are told of elsewhere. */
void fsi_check_order(struct fsi_check_walk *walk, const struct fsi_check_record *record)
{
	struct fsi_check_tree *tree = walk->tree;
	const bool is_associated = fsi_check_has_flag(record, 0x04);
	int order = 0;

	if (!walk->has_last)
		return;
	order = fsi_check_compare_identifiers(tree, walk->last.identifier,
					      walk->last.length, record->identifier,
					      record->fields.identifier_length[0], true);
	if (order > 0 || (order == 0 && is_associated && !walk->last.is_associated))
		fsi_check_tell(
			tree->iso->check,
			fsi_check_is_joliet(tree) ? FSI_I_066 : FSI_I_045, &record->place,
			NULL, "'%s' stands before '%s', which the standard puts first",
			walk->last.name != NULL ? walk->last.name->text : "",
			record->place.name != NULL ? record->place.name->text : "");
}

void fsi_check_sections(struct fsi_check_walk *walk,
			const struct fsi_check_record *record)
{
	struct fsi_check *check = walk->tree->iso->check;
	const bool goes_on = fsi_check_goes_on(walk, record);

	if (walk->is_open && !goes_on)
		fsi_check_tell(check, FSI_I_058, &record->place, NULL,
			       "The last section of '%s' is missing before this record",
			       walk->last.name != NULL ? walk->last.name->text : "");
	walk->sections = goes_on ? walk->sections + 1 : 1;
	if (goes_on && record->size > 0 && record->first_block != walk->next_block)
		fsi_check_tell(check, FSI_I_059, &record->place, NULL,
			       "A section begins in block %" PRIu32
			       ", but the one before it ends in front of block %" PRIu64,
			       record->first_block, walk->next_block);
	if (walk->sections == SECTIONS_MAX + 1)
		fsi_check_tell(check, FSI_I_059, &record->place, NULL,
			       "The file has more than %u sections", SECTIONS_MAX);
	if (fsi_check_has_flag(record, FSI_ISO9660_MULTI_EXTENT) &&
	    (record->size == 0 || record->size % FSI_BLOCK_SIZE != 0))
		fsi_check_tell(check, FSI_I_058, &record->place, NULL,
			       "A section of %" PRIu32
			       " bytes that is not the last one of its file is not made "
			       "of whole blocks",
			       record->size);
	walk->next_block = record->first_block + fsi_blocks_of(record->size);
}

void fsi_check_remember(struct fsi_check_walk *walk,
			const struct fsi_check_record *record, const uint8_t *identifier)
{
	const bool goes_on = fsi_check_goes_on(walk, record);

	walk->last = (struct fsi_check_seen){
		.identifier = identifier,
		.length = record->fields.identifier_length[0],
		.is_associated = fsi_check_has_flag(record, 0x04),
		.name = record->place.name,
		.offset = record->place.offset,
	};
	walk->has_last = true;
	walk->is_open = fsi_check_has_flag(record, FSI_ISO9660_MULTI_EXTENT);
	if (goes_on)
		return;
	if (!fsi_vector_reserve(&walk->seen, 1))
		fsi_check_fail(walk->tree->iso->check, E_OUTOFMEMORY);
	else
		walk->seen.items[walk->seen.count++] = walk->last;
}

/* ---- all of them              -------------------------------------------- */

static int compare_seen(const void *a, const void *b)
{
	const struct fsi_check_seen *const one = a;
	const struct fsi_check_seen *const other = b;
	const size_t length = one->length < other->length ? one->length : other->length;
	const int order = memcmp(one->identifier, other->identifier, length);

	if (order != 0)
		return order;
	if (one->length != other->length)
		return one->length < other->length ? -1 : 1;
	return one->offset < other->offset ? -1 : 1;
}

/* The identifier without ";1", which does not count (ECMA-119 7.5.1). */
static void cut_version(const struct fsi_check_tree *tree, struct fsi_check_seen *seen)
{
	const uint8_t *semicolon = NULL;

	if (tree->kind != FSI_CHECK_PRIMARY)
		return;
	semicolon = memchr(seen->identifier, ';', seen->length);
	if (semicolon != NULL)
		seen->length = (uint8_t)(semicolon - seen->identifier);
}

static void check_differences(struct fsi_check_walk *walk)
{
	struct fsi_check_tree *tree = walk->tree;

	for (size_t i = 0; i < walk->seen.count; i++)
		cut_version(tree, &walk->seen.items[i]);
	if (walk->seen.count > 1)
		qsort(walk->seen.items, walk->seen.count, sizeof(*walk->seen.items),
		      compare_seen);
	for (size_t i = 1; i < walk->seen.count; i++) {
		const struct fsi_check_seen *one = &walk->seen.items[i - 1];
		const struct fsi_check_seen *other = &walk->seen.items[i];
		const struct fsi_check_place place = {other->offset, "directory record",
						      other->name, true};

		if (one->length == other->length &&
		    one->is_associated == other->is_associated &&
		    memcmp(one->identifier, other->identifier, one->length) == 0)
			fsi_check_tell(tree->iso->check, FSI_I_046, &place, NULL,
				       "Two records of the directory have the same "
				       "identifier");
	}
}

static int compare_names(const void *a, const void *b)
{
	const struct fsi_check_seen *const one = a;
	const struct fsi_check_seen *const other = b;
	const int order = strcmp(one->name->text, other->name->text);

	if (order != 0)
		return order;
	return one->offset < other->offset ? -1 : 1;
}

/* Those of Rock Ridge; one that is not UTF-8 is not known well enough. */
static void check_names(struct fsi_check_walk *walk)
{
	if (walk->seen.count > 1)
		qsort(walk->seen.items, walk->seen.count, sizeof(*walk->seen.items),
		      compare_names);
	for (size_t i = 1; i < walk->seen.count; i++) {
		const struct fsi_check_seen *one = &walk->seen.items[i - 1];
		const struct fsi_check_seen *other = &walk->seen.items[i];
		const struct fsi_check_place place = {other->offset, "directory record",
						      other->name, true};

		if (one->is_associated == other->is_associated &&
		    strcmp(one->name->text, other->name->text) == 0 &&
		    strstr(one->name->text, "\xEF\xBF\xBD") == NULL)
			fsi_check_tell(walk->tree->iso->check, FSI_I_078, &place, NULL,
				       "Two records of the directory have the same name");
	}
}

void fsi_check_end(struct fsi_check_walk *walk)
{
	const struct fsi_check_place place = {(uint64_t)walk->directory.first_block *
						      FSI_BLOCK_SIZE,
					      "directory", walk->directory.name, true};

	if (walk->is_open)
		fsi_check_tell(walk->tree->iso->check, FSI_I_058, &place, NULL,
			       "The last section of '%s' is missing",
			       walk->last.name != NULL ? walk->last.name->text : "");
	if (walk->number < 2)
		fsi_check_tell(walk->tree->iso->check, FSI_I_033, &place, NULL,
			       "The directory does not begin with records of itself and "
			       "its parent");
	check_differences(walk);
	if (walk->tree->has_rock_ridge && SUCCEEDED(walk->tree->iso->check->failure))
		check_names(walk);
}
