/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking the volume recognition sequence: ECMA-167 2/8, 2/9, 3/9.1; U-002 to U-010. */
#include "check/udf.h"

#include "media/session_record.h"

#include <inttypes.h>

/* ECMA-167 2/8.3: from byte 32768 of the session on. */
#define FIRST_BYTE (16 * (uint64_t)FSI_BLOCK_SIZE)

/* The anchor is behind it. */
#define PLACES_MAX 240

/* Where the volume descriptor sequences of common writers begin. */
#define LAST_BLOCK 31

enum element {
	ELEMENT_NONE,
	ELEMENT_ISO,
	ELEMENT_BEGIN,
	ELEMENT_NSR,
	ELEMENT_END,
	ELEMENT_BOOT,
	ELEMENT_OTHER
};

struct scan {
	struct fsi_check_udf *udf;
	uint8_t block[FSI_BLOCK_SIZE];
	uint64_t offset; /* of the block */
	uint32_t place;	 /* in the sequence, from 0 */
	bool has_ended;	 /* a block that is none of it was met */
	bool is_area;	 /* behind BEA01, TEA01 to come */
	bool was_end;	 /* the block before was TEA01 */
	uint8_t last_iso_type;
	uint32_t counts[ELEMENT_OTHER + 1];
};

static enum element get_element(const uint8_t *block)
{
	static const struct {
		char identifier[6];
		enum element element;
	} known[] = {
		{"CD001", ELEMENT_ISO},	  {"BEA01", ELEMENT_BEGIN},
		{"NSR02", ELEMENT_NSR},	  {"NSR03", ELEMENT_NSR},
		{"TEA01", ELEMENT_END},	  {"BOOT2", ELEMENT_BOOT},
		{"CDW02", ELEMENT_OTHER},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (memcmp(block + 1, known[i].identifier, 5) == 0)
			return known[i].element;
	}
	return ELEMENT_NONE;
}

static struct fsi_check_place place_of(const struct scan *scan)
{
	return (struct fsi_check_place){scan->offset, "volume structure descriptor", NULL,
					false};
}

static void tell(struct scan *scan, enum fsi_statement statement,
		 enum fsi_severity severity, const char *expected, const char *sentence)
{
	const struct fsi_check_place place = place_of(scan);
	char found[6] = "";

	/* What has no identifier is shown as nothing. */
	if (get_element(scan->block) != ELEMENT_NONE)
		memcpy(found, scan->block + 1, 5);
	fsi_check_tell(scan->udf->check, statement, &place,
		       &(struct fsi_check_details){
			       .severity = severity,
			       .expected = expected,
			       .found = found[0] != '\0' ? found : "another block"},
		       "%s", sentence);
}

/* ECMA-167 2/9.1: BEA01, NSR0x and TEA01 have no content. */
static void check_content(struct scan *scan, enum element element)
{
	static const struct fsi_check_field fields[] = {
		FSI_CHECK_FIELD(FSI_U_003, fsi_udf_volume_structure_descriptor, type, 0,
				"type"),
		FSI_CHECK_FIELD(FSI_U_003, fsi_udf_volume_structure_descriptor, version,
				1, "version"),
		FSI_CHECK_FIELD(FSI_U_009, fsi_udf_volume_structure_descriptor, data, 0,
				"rest"),
	};
	const struct fsi_check_place place = place_of(scan);

	fsi_check_udf_fields(scan->udf, &place, scan->block, fields,
			     element == ELEMENT_BOOT ? 2 : 3);
}

static void check_begin(struct scan *scan)
{
	if (scan->counts[ELEMENT_ISO] > 0 && scan->last_iso_type != 255)
		tell(scan, FSI_U_004, 0, "a terminator of ISO 9660 before",
		     "UDF begins before the descriptors of ISO 9660 have ended");
	if (scan->counts[ELEMENT_BEGIN] > 1)
		tell(scan, FSI_U_007, fsi_check_udf_weight(scan->udf, 0x0201),
		     "one BEA01", "There is more than one BEA01");
	scan->is_area = true;
}

/* U-006: which edition of the standard. */
static void check_nsr(struct scan *scan)
{
	const bool is_late = fsi_check_udf_since(scan->udf, 0x0200);

	if (!scan->is_area)
		tell(scan, FSI_U_005, 0, "BEA01 before", "No BEA01 is before NSR");
	if (scan->counts[ELEMENT_NSR] > 1)
		tell(scan, FSI_U_005, 0, "one NSR descriptor",
		     "There is more than one NSR descriptor");
	if (scan->udf->revision != 0 && (scan->block[5] == '3') != is_late)
		tell(scan, FSI_U_006, 0, is_late ? "NSR03" : "NSR02",
		     "The NSR descriptor is of another edition than the revision");
}

static void check_end(struct scan *scan)
{
	if (!scan->is_area || scan->counts[ELEMENT_NSR] == 0)
		tell(scan, FSI_U_005, 0, "BEA01 and NSR before",
		     "TEA01 ends what has not begun");
	if (scan->counts[ELEMENT_END] > 1)
		tell(scan, FSI_U_007, fsi_check_udf_weight(scan->udf, 0x0201),
		     "one TEA01", "There is more than one TEA01");
	scan->is_area = false;
}

static void take(struct scan *scan, enum element element)
{
	const struct fsi_check_place place = place_of(scan);

	scan->counts[element]++;
	if (scan->has_ended && element != ELEMENT_ISO) {
		tell(scan, FSI_U_002, 0, "no gap",
		     "The volume recognition sequence has a gap");
		scan->has_ended = false;
	}
	if (element == ELEMENT_ISO) {
		scan->last_iso_type = scan->block[0];
		/* Behind the end they may be those of a session. */
		if (scan->counts[ELEMENT_BEGIN] > 0 && !scan->has_ended)
			tell(scan, FSI_U_004, 0, "UDF behind ISO 9660",
			     "A descriptor of ISO 9660 is behind the beginning of UDF");
		return;
	}
	if (element == ELEMENT_OTHER && scan->is_area)
		tell(scan, FSI_U_007, fsi_check_udf_weight(scan->udf, 0x0201),
		     "BEA01, NSR, TEA01", "Another descriptor is between those of UDF");
	if (element != ELEMENT_OTHER)
		check_content(scan, element);
	if (element == ELEMENT_BEGIN)
		check_begin(scan);
	else if (element == ELEMENT_NSR)
		check_nsr(scan);
	else if (element == ELEMENT_END)
		check_end(scan);
	fsi_check_udf_claim(scan->udf, &place, FSI_U_002,
			    (uint32_t)(scan->offset / scan->udf->block_size), 1);
}

/* U-008, U-010: an empty block ends the sequence, before what else is there. */
static void check_behind(struct scan *scan)
{
	const struct fsi_check_place place = {
		scan->offset, "block behind the volume recognition sequence", NULL,
		false};
	const enum fsi_severity severity = fsi_check_udf_weight(scan->udf, 0x0201);

	for (size_t i = 0; i < sizeof(scan->block); i++) {
		if (scan->block[i] == 0)
			continue;
		fsi_check_tell(scan->udf->check, FSI_U_008, &place,
			       &(struct fsi_check_details){
				       .severity = severity,
				       .expected = "zeros",
				       .found = FSI_TEXT("0x%02X at byte %zu",
							 scan->block[i], i)},
			       "The block behind TEA01 is not empty");
		break;
	}
	if (scan->place + 16 > LAST_BLOCK)
		fsi_check_tell(
			scan->udf->check, FSI_U_010, &place,
			&(struct fsi_check_details){
				.expected = FSI_TEXT("block %d", LAST_BLOCK),
				.found = FSI_TEXT("block %" PRIu32, scan->place + 16)},
			"The volume recognition sequence ends late");
}

static void check_whole(struct scan *scan)
{
	if (scan->counts[ELEMENT_NSR] == 0)
		tell(scan, FSI_U_005, 0, "NSR02 or NSR03",
		     "The volume recognition sequence does not tell of UDF");
	else if (scan->counts[ELEMENT_END] == 0)
		tell(scan, FSI_U_005, 0, "TEA01", "No TEA01 ends what UDF begins");
}

/* Behind its record a session keeps the descriptors that it has replaced. */
static bool is_record(const struct scan *scan)
{
	struct fsi_session_record record;

	return fsi_session_record_get((const uint8_t(*)[FSI_BLOCK_SIZE]) & scan->block,
				      (uint32_t)(scan->offset / FSI_BLOCK_SIZE), &record);
}

static void scan_blocks(struct scan *scan)
{
	const uint64_t first =
		(uint64_t)scan->udf->check->session_block * FSI_BLOCK_SIZE + FIRST_BYTE;
	const uint32_t step = scan->udf->block_size > FSI_BLOCK_SIZE
				      ? scan->udf->block_size
				      : FSI_BLOCK_SIZE;

	for (scan->place = 0; scan->place < PLACES_MAX; scan->place++) {
		enum element element = ELEMENT_NONE;

		scan->offset = first + (uint64_t)scan->place * step;
		if (!fsi_check_read(scan->udf->check, scan->offset, scan->block,
				    sizeof(scan->block)) ||
		    is_record(scan))
			break;
		element = get_element(scan->block);
		if (scan->was_end)
			check_behind(scan);
		scan->was_end = element == ELEMENT_END;
		if (element == ELEMENT_NONE)
			scan->has_ended = true;
		else
			take(scan, element);
	}
	scan->offset = first;
}

void fsi_check_udf_recognition(struct fsi_check_udf *udf)
{
	struct scan scan = {.udf = udf};

	scan_blocks(&scan);
	check_whole(&scan);
}

bool fsi_check_udf_is_recognised(struct fsi_check *check)
{
	const uint64_t first =
		(uint64_t)check->session_block * FSI_BLOCK_SIZE + FIRST_BYTE;
	uint8_t block[FSI_BLOCK_SIZE];

	for (uint32_t place = 0; place < PLACES_MAX; place++) {
		if (!fsi_check_read(check, first + (uint64_t)place * sizeof(block), block,
				    sizeof(block)))
			break;
		if (get_element(block) == ELEMENT_NSR)
			return true;
	}
	return false;
}
