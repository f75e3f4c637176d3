/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking what stands behind partition maps: virtual allocation tables and sparing
 * tables, OSTA UDF 2.2.11, 2.2.12; U-156 to U-159. */
#include "check/udf.h"
#include "udf/file_entry.h"

#include "error/fail.h"

#include <inttypes.h>

#define SPARING_TABLE "sparing table"
#define VIRTUAL_TABLE "virtual allocation table"

static void tell(struct fsi_check_udf *udf, enum fsi_statement statement,
		 const struct fsi_check_place *place,
		 const struct fsi_check_details *details, const char *sentence)
{
	fsi_check_tell(udf->check, statement, place, details, "%s", sentence);
}

/* ---- virtual allocation tables ----------------------------------------- */

/* Entries that are read at a time. */
#define ENTRIES 512

/* U-157 */
static void check_virtual_entries(struct fsi_check_udf *udf,
				  const struct fsi_udf_space *space,
				  const struct fsi_check_place *place)
{
	const uint32_t limit = udf->udf->spaces.items[space->below].block_count;
	uint8_t bytes[4 * ENTRIES];

	for (uint32_t first = 0; first < space->block_count; first += ENTRIES) {
		const uint32_t left = space->block_count - first;
		const uint32_t count = left < ENTRIES ? left : ENTRIES;
		const struct fsi_udf_reading reading = {
			.offset = space->table_offset + 4 * (uint64_t)first,
			.buffer = bytes,
			.length = 4 * (size_t)count,
		};

		if (!fsi_check_udf_ok(udf, fsi_import_udf_read_body(
						   udf->udf, &space->files[0], &reading)))
			return;
		for (uint32_t i = 0; i < count; i++) {
			FSI_UDF_RECORD(fsi_udf_allocation_table_entry, entry,
				       bytes + 4 * (size_t)i);
			const uint32_t block = fsi_get_le32(&entry->block);

			if (block < limit || block == FSI_UDF_NO_BLOCK)
				continue;
			tell(udf, FSI_U_157, place,
			     &(struct fsi_check_details){
				     .expected = FSI_TEXT("less than %" PRIu32, limit),
				     .found = FSI_TEXT("%" PRIu32 " for block %" PRIu32,
						       block, first + i)},
			     "The " VIRTUAL_TABLE " leads out of the partition");
		}
	}
}

/* U-158: from 2.00 on. */
static void check_virtual_header(struct fsi_check_udf *udf,
				 const struct fsi_udf_space *space,
				 const struct fsi_check_place *place)
{
	struct fsi_udf_allocation_table_header copy;
	const struct fsi_udf_allocation_table_header *const header = &copy;
	const struct fsi_udf_reading reading = {.buffer = &copy, .length = sizeof(copy)};
	const struct fsi_udf_table_facts *facts = &udf->table;
	struct fsi_check_place at = *place;
	unsigned length = 0;
	unsigned use_length = 0;

	if (!facts->is_known || space->files[0].size < sizeof(copy) ||
	    !fsi_check_udf_ok(
		    udf, fsi_import_udf_read_body(udf->udf, &space->files[0], &reading)))
		return;
	length = fsi_get_le16(&header->length);
	use_length = fsi_get_le16(&header->implementation_use_length);
	if (length != sizeof(copy) + use_length || use_length % 4 != 0)
		tell(udf, FSI_U_158, place,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("%zu bytes", sizeof(copy) + use_length),
			     .found = FSI_TEXT("%u", length)},
		     "The header of the " VIRTUAL_TABLE " has a wrong length");
	at.structure = "volume identifier in the " VIRTUAL_TABLE;
	fsi_check_udf_dstring(udf, &at, header->logical_volume_identifier,
			      sizeof(header->logical_volume_identifier), FSI_U_158, true);
	if (facts->minimum_read > facts->minimum_write ||
	    facts->minimum_write > facts->maximum_write ||
	    facts->minimum_read > udf->revision)
		tell(udf, FSI_U_158, place,
		     &(struct fsi_check_details){.expected = "ascending revisions",
						 .found = FSI_TEXT("%04x, %04x, %04x",
								   facts->minimum_read,
								   facts->minimum_write,
								   facts->maximum_write)},
		     "The revisions in the " VIRTUAL_TABLE " are not in order");
}

static bool is_recorded(const struct fsi_udf_body *body)
{
	for (size_t i = 0; i < body->pieces.count; i++) {
		if (!body->pieces.items[i].is_recorded)
			return false;
	}
	return true;
}

/* U-156: which form it has. */
static void check_virtual(struct fsi_check_udf *udf, const struct fsi_udf_space *space)
{
	const struct fsi_check_place place = {FSI_FINDING_NO_OFFSET, VIRTUAL_TABLE, NULL,
					      false};
	const bool must_be_new = fsi_check_udf_since(udf, 0x0200);

	if (space->file_count == 0)
		return;
	if (udf->table.is_known != must_be_new)
		tell(udf, FSI_U_156, &place,
		     &(struct fsi_check_details){.expected = must_be_new ? "a header"
									 : "a trailer"},
		     "The " VIRTUAL_TABLE " has the form of another revision");
	if ((space->files[0].size - space->table_offset -
	     (must_be_new ? 0 : sizeof(struct fsi_udf_allocation_table_trailer))) %
		    4 !=
	    0)
		tell(udf, FSI_U_156, &place,
		     &(struct fsi_check_details){.expected = "whole entries",
						 .found = FSI_TEXT("%" PRIu64 " bytes",
								   space->files[0].size)},
		     "The " VIRTUAL_TABLE " ends within an entry");
	check_virtual_header(udf, space, &place);
	if (is_recorded(&space->files[0]))
		check_virtual_entries(udf, space, &place);
	else
		tell(udf, FSI_U_156, &place, NULL,
		     "A part of the " VIRTUAL_TABLE " is not recorded");
}

/* ---- sparing tables ---------------------------------------------------- */

/* U-159 */
static void check_sparing_entries(struct fsi_check_udf *udf,
				  const struct fsi_check_place *place,
				  const uint8_t *bytes, const struct fsi_udf_map *map)
{
	FSI_UDF_RECORD(fsi_udf_sparing_table, record, bytes);
	const unsigned count = fsi_get_le16(&record->entry_count);
	uint32_t previous = 0;

	for (unsigned i = 0; i < count; i++) {
		const size_t offset = sizeof(*record) + 8 * (size_t)i;
		const struct fsi_check_place at = fsi_check_at(place, offset);
		FSI_UDF_RECORD(fsi_udf_sparing_entry, entry, bytes + offset);
		const uint32_t original = fsi_get_le32(&entry->original);
		const uint32_t mapped = fsi_get_le32(&entry->mapped);
		const bool is_used = original < FSI_UDF_SPARING_UNUSED;
		const char *fault = NULL;

		if (original < previous)
			fault = "is not in order";
		else if (original > FSI_UDF_SPARING_UNUSED && original != UINT32_MAX)
			fault = "is marked in an unknown way";
		else if (is_used && original % map->packet_blocks != 0)
			fault = "is of no whole packet";
		else if (mapped > udf->block_count ||
			 map->packet_blocks > udf->block_count - mapped)
			fault = "leads behind the end of the image";
		previous = original;
		if (fault != NULL)
			fsi_check_tell(
				udf->check, FSI_U_159, &at,
				&(struct fsi_check_details){
					.expected = "packets in ascending order",
					.found = FSI_TEXT("%" PRIu32 " to block %" PRIu32,
							  original, mapped)},
				"Entry %u of the " SPARING_TABLE " %s", i, fault);
	}
}

static void check_sparing_table(struct fsi_check_udf *udf,
				const struct fsi_check_place *place, const uint8_t *bytes,
				const struct fsi_udf_map *map)
{
	FSI_UDF_RECORD(fsi_udf_sparing_table, record, bytes);
	const size_t size =
		sizeof(*record) + 8 * (size_t)fsi_get_le16(&record->entry_count);
	const struct fsi_check_tagged tagged = {
		.bytes = bytes,
		.available = map->table_size,
		.identifiers = {FSI_UDF_TAG_SPARING_TABLE, FSI_UDF_TAG_SPARING_TABLE},
		.location = (uint32_t)(place->offset / udf->block_size),
		.missing = FSI_U_159,
	};
	const struct fsi_check_place at =
		fsi_check_at(place, offsetof(struct fsi_udf_sparing_table, identifier));

	if (!fsi_check_udf_tag(udf, place, &tagged))
		return;
	fsi_check_udf_regid(udf, &at, &record->identifier, FSI_CHECK_SUFFIX_UDF,
			    FSI_STATEMENT_COUNT);
	if (!fsi_udf_regid_is(&record->identifier, "*UDF Sparing Table"))
		tell(udf, FSI_U_159, &at,
		     &(struct fsi_check_details){.expected = "*UDF Sparing Table"},
		     "A " SPARING_TABLE " does not say what it is");
	else if (size > map->table_size)
		tell(udf, FSI_U_159, place,
		     &(struct fsi_check_details){.expected = FSI_TEXT("at most %" PRIu32
								      " bytes",
								      map->table_size),
						 .found = FSI_TEXT("%zu", size)},
		     "A " SPARING_TABLE " has more entries than room");
	else
		check_sparing_entries(udf, place, bytes, map);
}

static void check_sparing(struct fsi_check_udf *udf, const struct fsi_udf_map *map)
{
	/* OSTA UDF 2.2.12: the number of entries has 16 bits. */
	const size_t size_max = sizeof(struct fsi_udf_sparing_table) + 8 * UINT16_MAX;
	const size_t size = map->table_size;
	uint8_t *bytes = NULL;

	if (map->packet_blocks == 0 || size < sizeof(struct fsi_udf_sparing_table) ||
	    size > size_max + udf->block_size)
		return;
	bytes = fsi_allocate(size);
	if (bytes == NULL)
		fsi_check_fail(udf->check, FSI_FAIL(E_OUTOFMEMORY));
	for (unsigned i = 0;
	     bytes != NULL && i < map->table_count && i < FSI_UDF_SPARING_TABLES_MAX;
	     i++) {
		const struct fsi_check_place place =
			fsi_check_udf_place(udf, map->tables[i], SPARING_TABLE);
		const uint32_t blocks = (uint32_t)(size / udf->block_size +
						   (size % udf->block_size != 0));

		if (!fsi_check_read(udf->check, place.offset, bytes, size)) {
			tell(udf, FSI_U_159, &place, NULL,
			     "A " SPARING_TABLE " is behind the end of the image");
			continue;
		}
		check_sparing_table(udf, &place, bytes, map);
		fsi_check_udf_claim(udf, &place, FSI_U_108, map->tables[i], blocks);
	}
	fsi_free(bytes);
}

/* ---- all of them ------------------------------------------------------- */

bool fsi_check_udf_map(const struct fsi_check_udf *udf, size_t number,
		       struct fsi_udf_map *ret_map, const uint8_t **ret_bytes)
{
	size_t offset = 0;

	for (size_t i = 0; offset < udf->volume.maps_size; i++) {
		size_t size = 0;

		*ret_bytes = udf->volume.maps + offset;
		if (fsi_udf_get_map(*ret_bytes, udf->volume.maps_size - offset, ret_map,
				    &size) != FSI_UDF_SOUND)
			return false;
		if (i == number)
			return true;
		offset += size;
	}
	return false;
}

void fsi_check_udf_tables(struct fsi_check_udf *udf)
{
	for (size_t i = 0; i < udf->udf->spaces.count; i++) {
		const struct fsi_udf_space *space = &udf->udf->spaces.items[i];
		struct fsi_udf_map map;
		const uint8_t *bytes = NULL;

		if (!fsi_check_udf_map(udf, i, &map, &bytes))
			return;
		if (space->kind == FSI_DISC_PARTITION_VIRTUAL)
			check_virtual(udf, space);
		else if (space->kind == FSI_DISC_PARTITION_SPARABLE)
			check_sparing(udf, &map);
		else if (space->kind == FSI_DISC_PARTITION_METADATA)
			fsi_check_udf_metadata(udf, space, bytes);
	}
}
