/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single faults in volumes of UDF that are sound otherwise: each breaks the statement
 * that its row names. Checksums and CRCs are made right again where the fault lies
 * deeper.
 */
#include "tests/support/checked.h"
#include "tests/support/udf_reader.h"
#include "tests/support/udf_volume.h"

#include <stdlib.h>
#include <string.h>

/* Structures, by where they stand. */
enum where {
	VRS = 16,
	MAIN_PVD = 32,
	MAIN_IUVD,
	MAIN_PD,
	MAIN_LVD,
	MAIN_USD,
	MAIN_TD,
	RESERVE_PVD = 64,
	RESERVE_PD = 66,
	LVID = 96,
	LVID_TD,
	ANCHOR = 256,
	FSD = 1000,
	FSD_TD,
	ROOT,
	BIG,
	SMALL,
	LINK,
	DEVICE,
	DIR,
	STREAM,
	METADATA_MAIN,
	METADATA_MIRROR,
	NAME_PARENT, /* of the root; these are file identifiers */
	NAME_BIG,
	NAME_DIR,
	NAME_SMALL,
	NAME_DIR_PARENT
};

enum seal {
	OPEN, /* nothing is made right */
	SUM,  /* the checksum of the tag */
	SEAL  /* the CRC, too */
};

struct fault {
	const char *statement;
	uint16_t revision;
	enum where where;
	unsigned offset;
	unsigned size; /* of the value: 1 to 4 bytes */
	uint32_t value;
	enum seal seal;
};

static const struct fault faults[] = {
	/* volume recognition */
	{"U-003", 0x102, VRS, 0, 1, 1, OPEN},
	{"U-003", 0x102, VRS + 1, 6, 1, 2, OPEN},
	{"U-005", 0x102, VRS + 1, 1, 4, 0x544F4F42, OPEN},
	{"U-005", 0x102, VRS, 1, 1, 'X', OPEN},
	{"U-005", 0x102, VRS + 2, 1, 1, 'X', OPEN},
	{"U-006", 0x102, VRS + 1, 5, 1, '3', OPEN},
	{"U-006", 0x201, VRS + 1, 5, 1, '2', OPEN},
	{"U-008", 0x201, VRS + 3, 100, 1, 1, OPEN},
	{"U-009", 0x102, VRS + 1, 100, 1, 1, OPEN},
	/* anchors */
	{"U-013", 0x102, ANCHOR, 0, 2, 0, OPEN},
	{"U-014", 0x102, ANCHOR, 100, 1, 1, SEAL},
	{"U-014", 0x102, ANCHOR, 10, 2, 480, SEAL},
	{"U-020", 0x102, ANCHOR, 600, 1, 1, OPEN},
	{"U-024", 0x102, ANCHOR, 100, 1, 1, OPEN},
	/* tags */
	{"U-021", 0x102, MAIN_PVD, 4, 1, 0, OPEN},
	{"U-021", 0x201, BIG, 4, 1, 0, OPEN},
	{"U-021", 0x201, NAME_BIG, 4, 1, 0, OPEN},
	{"U-022", 0x102, MAIN_PVD, 2, 2, 3, SUM},
	{"U-022", 0x201, BIG, 2, 2, 2, SUM},
	{"U-023", 0x102, MAIN_PVD, 12, 4, 33, SUM},
	{"U-023", 0x250, BIG, 12, 4, 1, SUM},
	{"U-024", 0x102, MAIN_PVD, 420, 1, 1, OPEN},
	{"U-024", 0x102, MAIN_PVD, 10, 2, 4000, SUM},
	{"U-024", 0x201, NAME_BIG, 39, 1, 'c', OPEN},
	{"U-024", 0x102, FSD, 304, 1, 16, OPEN},
	{"U-025", 0x102, MAIN_PVD, 10, 2, 480, SEAL},
	{"U-025", 0x201, BIG, 10, 2, 100, SEAL},
	{"U-026", 0x102, MAIN_PVD, 5, 1, 1, SUM},
	{"U-027", 0x201, MAIN_PVD, 6, 2, 7, SUM},
	{"U-027", 0x201, BIG, 6, 2, 7, SUM},
	{"U-028", 0x102, MAIN_USD, 0, 2, 265, SUM},
	/* volume descriptor sequences */
	{"U-029", 0x102, MAIN_IUVD, 21, 1, 'x', SEAL},
	{"U-029", 0x102, MAIN_USD, 0, 2, 265, SUM},
	{"U-031", 0x102, MAIN_TD, 0, 2, 265, SUM},
	{"U-031", 0x102, MAIN_TD + 3, 9, 1, 1, OPEN},
	{"U-032", 0x102, RESERVE_PVD, 420, 1, 1, SEAL},
	{"U-032", 0x102, RESERVE_PD, 192, 4, 9, SEAL},
	/* primary volume descriptor */
	{"U-035", 0x102, MAIN_PVD, 20, 4, 1, SEAL},
	{"U-035", 0x102, MAIN_PVD, 56, 2, 2, SEAL},
	{"U-035", 0x102, MAIN_PVD, 60, 2, 1, SEAL},
	{"U-035", 0x102, MAIN_PVD, 62, 2, 2, SEAL},
	{"U-035", 0x102, MAIN_PVD, 64, 4, 3, SEAL},
	{"U-036", 0x102, MAIN_PVD, 200, 1, 1, SEAL},
	{"U-036", 0x102, MAIN_PVD, 300, 1, 'x', SEAL},
	{"U-037", 0x102, MAIN_PVD, 24, 1, 9, SEAL},
	{"U-037", 0x102, MAIN_PVD, 55, 1, 40, SEAL},
	{"U-037", 0x102, MAIN_PVD, 55, 1, 1, SEAL},
	{"U-038", 0x102, MAIN_PVD, 73, 1, 'Z', SEAL},
	{"U-039", 0x102, MAIN_PVD, 380, 1, 13, SEAL},
	{"U-039", 0x102, MAIN_PVD, 376, 2, 0x2000, SEAL},
	{"U-039", 0x102, MAIN_PVD, 385, 1, 100, SEAL},
	{"U-040", 0x102, MAIN_PVD, 488, 2, 2, SEAL},
	{"U-040", 0x102, MAIN_PVD, 495, 1, 1, SEAL},
	{"U-040", 0x102, MAIN_PVD, 484, 4, 5, SEAL},
	{"U-040", 0x102, MAIN_PVD, 332, 4, 99999, SEAL},
	/* logical volume information */
	{"U-041", 0x102, MAIN_IUVD, 44, 2, 0x0150, SEAL},
	{"U-041", 0x102, MAIN_IUVD, 52, 1, 1, SEAL},
	{"U-042", 0x102, MAIN_IUVD, 117, 1, '?', SEAL},
	{"U-043", 0x102, MAIN_IUVD, 279, 1, 36, SEAL},
	{"U-043", 0x102, MAIN_IUVD, 290, 1, 'x', SEAL},
	/* partition descriptor */
	{"U-044", 0x102, MAIN_PD, 20, 2, 0, SEAL},
	{"U-044", 0x102, MAIN_PD, 30, 1, '3', SEAL},
	{"U-044", 0x102, MAIN_PD, 400, 1, 1, SEAL},
	{"U-045", 0x102, MAIN_PD, 184, 4, 7, SEAL},
	{"U-045", 0x201, MAIN_PD, 184, 4, 0, SEAL},
	{"U-046", 0x102, MAIN_PD, 192, 4, 0x7FFFFFFF, SEAL},
	{"U-046", 0x102, MAIN_PD, 188, 4, 255, SEAL},
	{"U-047", 0x250, MAIN_PD, 188, 4, 289, SEAL},
	{"U-048", 0x102, MAIN_PD, 72, 4, 2048, SEAL},
	{"U-048", 0x102, MAIN_PD, 64, 4, 2048, SEAL},
	/* logical volume descriptor */
	{"U-049", 0x102, MAIN_LVD, 20, 1, 1, SEAL},
	{"U-049", 0x102, MAIN_LVD, 212, 4, 4096, SEAL},
	{"U-049", 0x102, MAIN_LVD, 211, 1, 0, SEAL},
	{"U-050", 0x102, MAIN_LVD, 217, 1, '+', SEAL},
	{"U-050", 0x102, MAIN_LVD, 240, 2, 0x0103, SEAL},
	{"U-050", 0x102, MAIN_LVD, 242, 1, 0x80, SEAL},
	{"U-051", 0x102, MAIN_LVD, 264, 4, 7, SEAL},
	{"U-051", 0x102, MAIN_LVD, 264, 4, 5000, SEAL},
	{"U-051", 0x102, MAIN_LVD, 268, 4, 2, SEAL},
	{"U-052", 0x102, MAIN_LVD, 440, 1, 3, SEAL},
	{"U-052", 0x102, MAIN_LVD, 442, 2, 2, SEAL},
	{"U-052", 0x102, MAIN_LVD, 444, 2, 5, SEAL},
	{"U-053", 0x250, MAIN_LVD, 440, 1, 3, SEAL},
	{"U-054", 0x102, MAIN_LVD, 432, 4, 0, SEAL},
	{"U-054", 0x102, MAIN_LVD, 436, 4, 0x7FFFFFFF, SEAL},
	{"U-055", 0x102, MAIN_USD, 20, 4, 1000, SEAL},
	{"U-056", 0x102, MAIN_TD, 100, 1, 1, SEAL},
	{"U-056", 0x102, FSD_TD, 100, 1, 1, SEAL},
	{"U-057", 0x102, MAIN_PVD, 389, 1, 0x80, SEAL},
	{"U-057", 0x102, MAIN_PVD, 388, 1, 2, SEAL},
	{"U-057", 0x102, MAIN_IUVD, 352 + 20, 1, 'x', SEAL},
	{"U-058", 0x102, FSD, 440, 2, 0x0150, SEAL},
	{"U-059", 0x102, MAIN_PVD, 412, 1, 10, SEAL},
	{"U-060", 0x102, MAIN_PVD, 700, 1, 1, OPEN},
	{"U-060", 0x102, MAIN_LVD, 447, 1, 1, OPEN},
	/* logical volume integrity descriptor */
	{"U-061", 0x102, LVID, 0, 2, 265, SUM},
	{"U-062", 0x102, LVID, 28, 4, 0, SEAL},
	{"U-063", 0x102, LVID, 72, 4, 2, SEAL},
	{"U-063", 0x102, LVID, 76, 4, 5000, SEAL},
	{"U-064", 0x102, LVID, 76, 4, 40, SEAL},
	{"U-064", 0x102, LVID, 89, 1, 0, SEAL},
	{"U-065", 0x102, LVID, 84, 4, 5, SEAL},
	{"U-066", 0x102, LVID, 80, 4, 5, SEAL},
	{"U-066", 0x102, LVID, 80, 4, 0xFFFFFFFF, SEAL},
	{"U-067", 0x102, LVID, 40, 4, 15, SEAL},
	{"U-067", 0x102, LVID, 40, 4, 18, SEAL},
	{"U-068", 0x102, LVID, 120, 4, 99, SEAL},
	{"U-068", 0x102, LVID, 124, 4, 99, SEAL},
	{"U-069", 0x102, LVID, 128, 2, 0x0150, SEAL},
	{"U-069", 0x260, LVID, 136, 2, 0x0260, SEAL},
	{"U-070", 0x102, LVID, 20, 1, 0, SEAL},
	{"U-070", 0x102, LVID, 18, 2, 1999, SEAL},
	{"U-071", 0x102, LVID_TD, 0, 2, 5, SUM},
	/* file set */
	{"U-072", 0x102, MAIN_LVD, 248, 4, 2047, SEAL},
	{"U-072", 0x250, MAIN_LVD, 256, 2, 0, SEAL},
	{"U-072", 0x102, MAIN_LVD, 252, 4, 99999, SEAL},
	{"U-073", 0x102, FSD, 0, 2, 265, SUM},
	{"U-073", 0x102, FSD, 28, 2, 2, SEAL},
	{"U-073", 0x102, FSD, 44, 4, 1, SEAL},
	{"U-074", 0x102, FSD, 113, 1, '?', SEAL},
	{"U-074", 0x102, FSD, 48, 1, 1, SEAL},
	{"U-075", 0x102, FSD, 448, 4, 2048, SEAL},
	{"U-076", 0x102, FSD, 400, 4, 2047, SEAL},
	{"U-077", 0x102, FSD, 470, 1, 1, SEAL},
	{"U-077", 0x201, FSD, 490, 1, 1, SEAL},
	{"U-078", 0x102, FSD_TD, 0, 2, 265, SUM},
	{"U-080", 0x201, NAME_BIG, 20, 4, 4096, SEAL},
	{"U-080", 0x201, NAME_BIG, 24, 4, 99999, SEAL},
	{"U-080", 0x201, NAME_BIG, 28, 2, 7, SEAL},
	{"U-080", 0x201, NAME_BIG, 24, 4, 0, SEAL},
	/* entries */
	{"U-081", 0x102, BIG, 22, 2, 1, SEAL},
	{"U-081", 0x102, BIG, 24, 2, 2, SEAL},
	{"U-081", 0x102, BIG, 20, 2, 3, SEAL},
	{"U-082", 0x102, BIG, 27, 1, 3, SEAL},
	{"U-082", 0x150, BIG, 27, 1, 249, SEAL},
	{"U-083", 0x102, BIG, 28, 4, 5, SEAL},
	{"U-083", 0x250, BIG, 28, 4, 5, SEAL},
	{"U-084", 0x102, BIG, 34, 2, 0x0800, SEAL},
	{"U-084", 0x201, BIG, 34, 2, 0x2000, SEAL},
	{"U-085", 0x102, BIG, 34, 2, 0x0200, SEAL},
	{"U-086", 0x102, BIG, 172, 4, 7, SEAL},
	{"U-086", 0x102, BIG, 168, 4, 5000, SEAL},
	{"U-087", 0x102, BIG, 44, 4, 0x94A5, SEAL},
	{"U-088", 0x102, BIG, 50, 1, 1, SEAL},
	{"U-088", 0x201, BIG, 52, 4, 1, SEAL},
	{"U-089", 0x102, BIG, 48, 2, 2, SEAL},
	{"U-089", 0x102, ROOT, 48, 2, 1, SEAL},
	{"U-089", 0x201, BIG, 48, 2, 0, SEAL},
	{"U-090", 0x102, BIG, 56, 4, 5001, SEAL},
	{"U-090", 0x102, BIG, 56, 4, 4999, SEAL},
	{"U-091", 0x102, BIG, 64, 4, 4, SEAL},
	{"U-091", 0x102, SMALL, 64, 4, 1, SEAL},
	{"U-092", 0x201, BIG, 64, 4, 5000, SEAL},
	{"U-093", 0x102, BIG, 76, 1, 13, SEAL},
	{"U-093", 0x201, BIG, 108, 1, 13, SEAL},
	{"U-094", 0x201, BIG, 106, 2, 2100, SEAL},
	{"U-095", 0x102, BIG, 108, 4, 2, SEAL},
	{"U-095", 0x201, BIG, 128, 4, 0, SEAL},
	{"U-096", 0x201, BIG, 132, 4, 1, SEAL},
	{"U-097", 0x102, BIG, 112, 4, 2048, SEAL},
	{"U-098", 0x102, BIG, 129, 1, 0, SEAL},
	{"U-099", 0x102, BIG, 160, 4, 5, SEAL},
	{"U-099", 0x102, ROOT, 160, 4, 16, SEAL},
	{"U-100", 0x102, BIG, 2000, 1, 1, OPEN},
	/* allocation */
	{"U-102", 0x102, BIG, 34, 2, 2, SEAL},
	{"U-103", 0x102, BIG, 176, 4, 0, SEAL},
	{"U-106", 0x102, BIG, 180, 4, 99999, SEAL},
	{"U-107", 0x102, BIG, 176, 4, 0x80001388, SEAL},
	{"U-108", 0x102, BIG, 180, 4, 0, SEAL},
	{"U-109", 0x102, BIG, 176, 4, 0xC0000800, SEAL},
	{"U-110", 0x250, BIG, 34, 2, 0, SEAL},
	{"U-111", 0x250, BIG, 226, 2, 2, SEAL},
	{"U-111", 0x201, NAME_BIG, 30, 2, 1, SEAL},
	/* names */
	{"U-116", 0x201, NAME_PARENT, 18, 1, 0x02, SEAL},
	{"U-116", 0x201, NAME_PARENT, 24, 4, 3, SEAL},
	{"U-117", 0x102, NAME_PARENT, 39, 1, 1, SEAL},
	{"U-118", 0x102, NAME_BIG, 10, 2, 24, SEAL},
	{"U-119", 0x102, NAME_BIG, 12, 4, 1, SUM},
	{"U-120", 0x102, NAME_BIG, 16, 2, 2, SEAL},
	{"U-121", 0x102, NAME_BIG, 18, 1, 0x20, SEAL},
	{"U-121", 0x102, NAME_BIG, 18, 1, 0x10, SEAL},
	{"U-121", 0x102, NAME_BIG, 18, 1, 0x02, SEAL},
	{"U-121", 0x102, NAME_DIR, 18, 1, 0x00, SEAL},
	{"U-123", 0x102, NAME_BIG, 38, 1, 9, SEAL},
	{"U-123", 0x102, NAME_BIG, 38, 1, 16, SEAL},
	{"U-123", 0x102, NAME_BIG, 19, 1, 1, SEAL},
	{"U-124", 0x250, NAME_BIG, 19, 1, 1, SEAL},
	{"U-125", 0x102, NAME_BIG, 40, 1, '/', SEAL},
	{"U-125", 0x102, NAME_BIG, 40, 1, 7, SEAL},
	{"U-125", 0x102, NAME_BIG, 40, 1, 0, SEAL},
	{"U-126", 0x102, NAME_BIG, 39, 3, 'd' | 'i' << 8 | 'r' << 16, SEAL},
	{"U-128", 0x201, NAME_BIG, 32, 4, 99, SEAL},
	{"U-128", 0x201, NAME_DIR_PARENT, 32, 4, 99, SEAL},
	{"U-129", 0x201, NAME_BIG, 32, 4, 17, SEAL},
	{"U-130", 0x201, NAME_BIG, 18, 1, 0x04, SEAL},
	{"U-131", 0x102, NAME_DIR_PARENT, 24, 4, 3, SEAL},
	{"C-010", 0x102, NAME_BIG, 39, 3, 'd' | 'I' << 8 | 'r' << 16, SEAL},
	/* attributes, streams, links */
	{"U-135", 0x102, DEVICE, 176, 2, 261, SEAL},
	{"U-136", 0x102, DEVICE, 192, 4, 5000, SEAL},
	{"U-136", 0x201, DEVICE, 232, 4, 5000, SEAL},
	{"U-137", 0x102, DEVICE, 208, 4, 7, SEAL},
	{"U-137", 0x102, DEVICE, 204, 1, 2, SEAL},
	{"U-139", 0x102, DEVICE, 200, 4, 5, SEAL},
	{"U-139", 0x102, DEVICE, 212, 4, 0, SEAL},
	{"U-139", 0x102, DEVICE, 27, 1, 9, SEAL},
	{"U-140", 0x102, DEVICE, 200, 4, 3, SEAL},
	{"U-142", 0x201, STREAM, 152, 4, 2048, SEAL},
	{"U-143", 0x201, STREAM, 34, 2, 3, SEAL},
	{"U-143", 0x201, STREAM, 48, 2, 2, SEAL},
	{"U-143", 0x201, STREAM, 27, 1, 9, SEAL},
	{"U-145", 0x102, LINK, 176, 1, 9, SEAL},
	{"U-145", 0x102, LINK, 177, 1, 200, SEAL},
	{"U-145", 0x102, LINK, 178, 2, 1, SEAL},
	{"U-145", 0x102, LINK, 180, 1, 9, SEAL},
	{"U-146", 0x102, LINK, 56, 4, 0, SEAL},
	/* metadata */
	{"U-147", 0x250, MAIN_LVD, 264, 4, 6, SEAL},
	{"U-148", 0x250, MAIN_LVD, 446 + 52, 4, 16, SEAL},
	{"U-148", 0x250, MAIN_LVD, 446 + 56, 2, 8, SEAL},
	{"U-148", 0x250, MAIN_LVD, 446 + 58, 1, 4, SEAL},
	{"U-148", 0x250, MAIN_LVD, 446 + 60, 1, 4, SEAL},
	{"U-149", 0x250, METADATA_MAIN, 27, 1, 5, SEAL},
	{"U-149", 0x250, METADATA_MAIN, 48, 2, 2, SEAL},
	{"U-149", 0x250, METADATA_MIRROR, 200, 4, 9, SEAL},
	{"U-149", 0x250, METADATA_MIRROR, 0, 2, 265, SUM},
	{"U-150", 0x250, METADATA_MAIN, 56, 4, 2048, SEAL},
	{"U-150", 0x250, METADATA_MAIN, 220, 4, 33, SEAL},
	{"U-151", 0x250, MAIN_LVD, 446 + 58, 1, 0, SEAL},
	{"U-152", 0x250, MAIN_LVD, 446 + 48, 4, 3, SEAL},
	{"U-153", 0x250, BIG, 224, 2, 1, SEAL},
	{"U-153", 0x250, NAME_BIG, 28, 2, 0, SEAL},
};

#define FAULTS (int)(sizeof(faults) / sizeof(faults[0]))

static uint8_t *find(struct checked *image, enum where where)
{
	const uint8_t *map = checked_block(image, MAIN_LVD) + 446;
	const uint32_t start = udf_u32(checked_block(image, MAIN_PD), 188);

	switch ((int)where) {
	case FSD:
		return checked_partition(image, 0);
	case FSD_TD:
		return checked_partition(image, 1);
	case ROOT:
		return checked_entry(image, "/");
	case BIG:
		return checked_entry(image, "/big");
	case SMALL:
		return checked_entry(image, "/small");
	case LINK:
		return checked_entry(image, "/link");
	case DEVICE:
		return checked_entry(image, "/device");
	case DIR:
		return checked_entry(image, "/dir");
	case STREAM:
		return checked_stream(image, "/big");
	case METADATA_MAIN:
		return checked_block(image, start + udf_u32(map, 40));
	case METADATA_MIRROR:
		return checked_block(image, start + udf_u32(map, 44));
	case NAME_PARENT:
		return checked_name(image, "/", NULL);
	case NAME_BIG:
		return checked_name(image, "/", "big");
	case NAME_DIR:
		return checked_name(image, "/", "dir");
	case NAME_SMALL:
		return checked_name(image, "/", "small");
	case NAME_DIR_PARENT:
		return checked_name(image, "/dir", NULL);
	default:
		return checked_block(image, where);
	}
}

static void put_sum(uint8_t *descriptor)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < 16; i++)
		sum += i == 4 ? 0u : descriptor[i];
	descriptor[4] = (uint8_t)sum;
}

START_TEST(a_fault_breaks_its_statement)
{
	const struct fault *fault = &faults[_i];
	struct checked image;
	uint8_t *descriptor = NULL;
	bool is_changed = false;

	checked_make(&image, UDF, fault->revision);
	descriptor = find(&image, fault->where);
	for (unsigned i = 0; i < fault->size; i++) {
		const uint8_t byte = (uint8_t)(fault->value >> 8 * i);

		is_changed = is_changed || descriptor[fault->offset + i] != byte;
		descriptor[fault->offset + i] = byte;
	}
	ck_assert_msg(is_changed, "%s at %u is no change", fault->statement,
		      fault->offset);
	if (fault->seal == SEAL)
		udf_reseal(descriptor);
	else if (fault->seal == SUM)
		put_sum(descriptor);
	checked_assert_found(&image, fault->statement);
	checked_free(&image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check of UDF");
	TCase *tcase = tcase_create("single faults");

	tcase_add_loop_test(tcase, a_fault_breaks_its_statement, 0, FAULTS);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
