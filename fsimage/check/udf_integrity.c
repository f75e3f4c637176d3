/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking the logical volume integrity sequence: ECMA-167 3/8.8, 3/10.10, OSTA UDF
 * 2.2.6; U-061 to U-071. */
#include "check/udf.h"

#include <inttypes.h>

#define INTEGRITY "logical volume integrity descriptor"

/* Extents of a sequence that are followed, and blocks that are looked at. */
#define BLOCKS_MAX 1024

/* A size that is not known, which only a virtual partition may have. */
#define UNKNOWN UINT32_MAX

#define UNIQUE_ID_MIN 16

#define AT(place, member) \
	fsi_check_at(place, offsetof(struct fsi_udf_integrity_descriptor, member))

/* ---- finding it -------------------------------------------------------- */

struct walk {
	struct fsi_check_udf *udf;
	uint8_t *buffer;
	uint32_t block;
	uint32_t left; /* blocks in the extent */
};

/* With its tables; 0: that is more than a block. */
static size_t size_of(const struct fsi_check_udf *udf, const uint8_t *bytes)
{
	FSI_UDF_RECORD(fsi_udf_integrity_descriptor, record, bytes);
	const uint64_t size = sizeof(*record) +
			      8 * (uint64_t)fsi_get_le32(&record->map_count) +
			      fsi_get_le32(&record->implementation_use_length);

	return size <= udf->block_size ? (size_t)size : 0;
}

static void keep(struct walk *walk)
{
	struct fsi_check_udf *udf = walk->udf;

	if (udf->integrity == NULL)
		udf->integrity = fsi_check_udf_buffer(udf);
	if (udf->integrity == NULL)
		return;
	memcpy(udf->integrity, walk->buffer, udf->block_size);
	udf->integrity_block = walk->block;
}

/* Whether the descriptor in the buffer is one, and the sequence goes on. */
static bool take_integrity(struct walk *walk)
{
	struct fsi_check_udf *udf = walk->udf;
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, walk->block, INTEGRITY);
	const struct fsi_check_tagged tagged = {
		.bytes = walk->buffer,
		.available = udf->block_size,
		.identifiers = {FSI_UDF_TAG_INTEGRITY, FSI_UDF_TAG_INTEGRITY},
		.location = walk->block,
		.size = size_of(udf, walk->buffer),
		.missing = FSI_U_061,
	};
	FSI_UDF_RECORD(fsi_udf_integrity_descriptor, record, walk->buffer);
	struct fsi_udf_run next;

	if (!fsi_check_udf_tag(udf, &place, &tagged))
		return false;
	keep(walk);
	fsi_udf_get_extent_ad(&record->next_extent, &next);
	walk->block++;
	walk->left--;
	if (next.length > 0) {
		walk->block = next.block;
		walk->left = next.length / udf->block_size;
	}
	return true;
}

/* U-071: what stands behind the last one. */
static void check_behind(struct walk *walk)
{
	struct fsi_check_udf *udf = walk->udf;
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, walk->block, "block behind the " INTEGRITY);
	const unsigned identifier = fsi_udf_tag_identifier(walk->buffer);
	const struct fsi_check_tagged tagged = {
		.bytes = walk->buffer,
		.available = udf->block_size,
		.identifiers = {FSI_UDF_TAG_TERMINATING, FSI_UDF_TAG_TERMINATING},
		.location = walk->block,
		.size = sizeof(struct fsi_udf_terminating_descriptor),
		.missing = FSI_U_071,
	};
	static const struct fsi_check_field fields[] = {
		FSI_CHECK_FIELD(FSI_U_056, fsi_udf_terminating_descriptor, reserved, 0,
				"content"),
	};

	if (identifier == FSI_UDF_TAG_TERMINATING &&
	    fsi_check_udf_tag(udf, &place, &tagged))
		fsi_check_udf_fields(udf, &place, walk->buffer, fields, 1);
	else if (identifier != FSI_UDF_TAG_TERMINATING)
		fsi_check_zero(udf->check, FSI_U_071, &place, "content", walk->buffer,
			       udf->block_size);
}

static void find_integrity(struct walk *walk)
{
	struct fsi_check_udf *udf = walk->udf;

	for (unsigned n = 0; n < BLOCKS_MAX && walk->left > 0; n++) {
		const bool is_first = udf->integrity == NULL;

		if (!fsi_check_udf_read(udf, walk->block, walk->buffer))
			return;
		if (fsi_udf_tag_identifier(walk->buffer) != FSI_UDF_TAG_INTEGRITY &&
		    !is_first) {
			check_behind(walk);
			return;
		}
		if (!take_integrity(walk))
			return;
	}
}

/* ---- what it tells ----------------------------------------------------- */

static void tell(struct fsi_check_udf *udf, enum fsi_statement statement,
		 const struct fsi_check_place *place, const char *expected,
		 const char *found)
{
	fsi_check_tell(udf->check, statement, place,
		       &(struct fsi_check_details){.expected = expected, .found = found},
		       "The " INTEGRITY " is wrong: %s instead of %s", found, expected);
}

/* Blocks of a partition, or UNKNOWN. */
static uint32_t size_of_space(const struct fsi_check_udf *udf, uint32_t map)
{
	const struct fsi_udf_space *space = &udf->udf->spaces.items[map];

	return space->kind == FSI_DISC_PARTITION_VIRTUAL ? UNKNOWN : space->block_count;
}

/* U-065, U-066: OSTA UDF 2.2.6.2, 2.2.6.3 */
static void check_tables(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 uint32_t count)
{
	const uint8_t *const tables =
		udf->integrity + sizeof(struct fsi_udf_integrity_descriptor);

	for (uint32_t map = 0; map < count && map < udf->udf->spaces.count; map++) {
		FSI_UDF_RECORD(fsi_udf_allocation_table_entry, free_entry,
			       tables + 4 * (size_t)map);
		FSI_UDF_RECORD(fsi_udf_allocation_table_entry, size_entry,
			       tables + 4 * ((size_t)count + map));
		const struct fsi_check_place free_at = fsi_check_at(
			place, sizeof(struct fsi_udf_integrity_descriptor) + 4 * map);
		const struct fsi_check_place size_at =
			fsi_check_at(&free_at, 4 * (uint64_t)count);
		const uint32_t expected = size_of_space(udf, map);
		const uint32_t free_blocks = fsi_get_le32(&free_entry->block);
		const uint32_t size = fsi_get_le32(&size_entry->block);

		if (size != expected)
			tell(udf, FSI_U_065, &size_at,
			     FSI_TEXT("%" PRIu32 " blocks of partition %" PRIu32,
				      expected, map),
			     FSI_TEXT("%" PRIu32, size));
		if (free_blocks == UNKNOWN ? expected != UNKNOWN : free_blocks > size)
			tell(udf, FSI_U_066, &free_at, "no more than the partition has",
			     FSI_TEXT("%" PRIu32 " free blocks", free_blocks));
		else if (free_blocks != 0 && free_blocks != UNKNOWN &&
			 udf->access == FSI_DISC_ACCESS_READ_ONLY)
			tell(udf, FSI_U_066, &free_at, "none on a read-only partition",
			     FSI_TEXT("%" PRIu32 " free blocks", free_blocks));
	}
}

/* U-069: OSTA UDF 2.2.6.4 */
static void check_revisions(struct fsi_check_udf *udf,
			    const struct fsi_check_place *place,
			    const struct fsi_udf_integrity *integrity)
{
	const unsigned read = integrity->minimum_read;
	const unsigned write = integrity->minimum_write;
	const unsigned most = integrity->maximum_write;

	if (read <= write && write <= most &&
	    (udf->revision == 0 || read <= udf->revision) &&
	    (udf->revision != 0x0260 || read == 0x0250))
		return;
	tell(udf, FSI_U_069, place,
	     FSI_TEXT("ascending revisions from %x.%02x down", udf->revision >> 8,
		      udf->revision & 0xFFu),
	     FSI_TEXT("%x.%02x to read, %x.%02x to %x.%02x to write", read >> 8,
		      read & 0xFF, write >> 8, write & 0xFF, most >> 8, most & 0xFF));
}

static void check_use(struct fsi_check_udf *udf, const struct fsi_check_place *place,
		      uint32_t count, uint32_t length)
{
	const size_t offset =
		sizeof(struct fsi_udf_integrity_descriptor) + 8 * (size_t)count;
	const struct fsi_check_place at = fsi_check_at(place, offset);
	struct fsi_udf_integrity integrity;

	if (length < sizeof(struct fsi_udf_integrity_use)) {
		tell(udf, FSI_U_064, &at,
		     FSI_TEXT("%zu bytes of implementation use",
			      sizeof(struct fsi_udf_integrity_use)),
		     FSI_TEXT("%" PRIu32, length));
		return;
	}
	FSI_UDF_RECORD(fsi_udf_integrity_use, use, udf->integrity + offset);
	fsi_check_udf_regid(udf, &at, &use->implementation,
			    FSI_CHECK_SUFFIX_IMPLEMENTATION, FSI_U_064);
	fsi_udf_get_integrity(udf->integrity, udf->block_size, &integrity);
	check_revisions(udf, &at, &integrity);
}

static bool is_before(const struct fsi_disc_time *a, const struct fsi_disc_time *b)
{
	return a->is_known && b->is_known &&
	       (a->time.tv_sec < b->time.tv_sec ||
		(a->time.tv_sec == b->time.tv_sec && a->time.tv_nsec < b->time.tv_nsec));
}

/* U-070 */
static void check_times(struct fsi_check_udf *udf, const struct fsi_check_place *place)
{
	FSI_UDF_RECORD(fsi_udf_integrity_descriptor, record, udf->integrity);
	const struct fsi_check_place at = AT(place, recording_time);
	struct fsi_udf_primary primary;
	struct fsi_disc_time time;

	if (!fsi_check_udf_time(udf, &at, &record->recording_time, FSI_U_070,
				"recording time") ||
	    udf->primary == NULL)
		return;
	fsi_udf_get_primary(udf->primary->bytes, &primary);
	fsi_udf_get_timestamp(&record->recording_time, &time);
	if (is_before(&time, &primary.recording_time))
		fsi_check_tell(
			udf->check, FSI_U_070, &at,
			&(struct fsi_check_details){.severity = FSI_SEVERITY_WARNING,
						    .expected = "a later time"},
			"The " INTEGRITY " is older than the volume");
}

/* Fields that do not depend on the sizes of others. */
static void check_head(struct fsi_check_udf *udf, const struct fsi_check_place *place)
{
	FSI_UDF_RECORD(fsi_udf_integrity_descriptor, record, udf->integrity);
	const struct fsi_check_place type_at = AT(place, integrity_type);
	const struct fsi_check_place reserved_at = AT(place, reserved);
	const struct fsi_check_place id_at = AT(place, next_unique_id);

	/* A disc that is written block by block is closed by its table instead. */
	if (!udf->has_map[FSI_DISC_PARTITION_VIRTUAL])
		fsi_check_number(udf->check, FSI_U_062, &type_at, "integrity type", 1,
				 fsi_get_le32(&record->integrity_type));
	udf->next_unique_id = fsi_get_le64(&record->next_unique_id);
	udf->has_next_unique_id = true;
	if (udf->next_unique_id < UNIQUE_ID_MIN)
		tell(udf, FSI_U_067, &id_at, FSI_TEXT("%d or more", UNIQUE_ID_MIN),
		     FSI_TEXT("next unique identifier %" PRIu64, udf->next_unique_id));
	fsi_check_zero(udf->check, FSI_U_067, &reserved_at, "reserved space",
		       record->reserved, sizeof(record->reserved));
	check_times(udf, place);
}

static void check_integrity(struct fsi_check_udf *udf)
{
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, udf->integrity_block, INTEGRITY);
	const struct fsi_check_place count_at = AT(&place, map_count);
	FSI_UDF_RECORD(fsi_udf_integrity_descriptor, record, udf->integrity);
	const uint32_t count = fsi_get_le32(&record->map_count);
	const uint32_t length = fsi_get_le32(&record->implementation_use_length);

	check_head(udf, &place);
	if (udf->logical_volume != NULL)
		fsi_check_number(udf->check, FSI_U_063, &count_at, "number of partitions",
				 udf->volume.map_count, count);
	if (size_of(udf, udf->integrity) == 0) {
		tell(udf, FSI_U_063, &count_at, "what fits into a block",
		     FSI_TEXT("%" PRIu32 " partitions and %" PRIu32 " bytes", count,
			      length));
		return;
	}
	check_use(udf, &place, count, length);
	if (udf->udf != NULL)
		check_tables(udf, &place, count);
}

void fsi_check_udf_integrity(struct fsi_check_udf *udf)
{
	const struct fsi_udf_run *run = &udf->volume.integrity_sequence;
	struct walk walk = {
		.udf = udf,
		.buffer = fsi_check_udf_buffer(udf),
		.block = run->block,
		.left = run->length / udf->block_size,
	};
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, run->block, INTEGRITY);

	if (walk.buffer == NULL)
		return;
	find_integrity(&walk);
	if (udf->integrity != NULL)
		check_integrity(udf);
	else if (fsi_findings_total_of(udf->check->findings, FSI_U_061) == 0)
		fsi_check_tell(udf->check, FSI_U_061, &place, NULL,
			       "There is no " INTEGRITY);
	fsi_free(walk.buffer);
}

/* ---- what only the walk over all files shows --------------------------- */

void fsi_check_udf_integrity_totals(struct fsi_check_udf *udf,
				    const struct fsi_check_totals *totals)
{
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, udf->integrity_block, INTEGRITY);
	const struct fsi_check_place id_at = AT(&place, next_unique_id);
	struct fsi_udf_integrity integrity;

	/* OSTA UDF 2.2.11: where there is a virtual allocation table, it counts. */
	if (udf->integrity == NULL || udf->has_map[FSI_DISC_PARTITION_VIRTUAL])
		return;
	fsi_udf_get_integrity(udf->integrity, udf->block_size, &integrity);
	if (udf->next_unique_id <= totals->highest_unique_id)
		tell(udf, FSI_U_067, &id_at,
		     FSI_TEXT("more than %" PRIu64, totals->highest_unique_id),
		     FSI_TEXT("next unique identifier %" PRIu64, udf->next_unique_id));
	if (!integrity.has_use)
		return;
	/* Before 2.50 it is not said whether hard links are files of their own. */
	if (fsi_check_udf_since(udf, 0x0250) ||
	    integrity.file_count != totals->entry_count)
		fsi_check_number(udf->check, FSI_U_068, &place, "number of files",
				 totals->file_count, integrity.file_count);
	fsi_check_number(udf->check, FSI_U_068, &place, "number of directories",
			 totals->directory_count, integrity.directory_count);
}
