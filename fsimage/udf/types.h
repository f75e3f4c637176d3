/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The elementary types of ECMA-167 as OSTA UDF uses them: what every descriptor
 * is made of. A record on the disc is a struct of byte arrays in the order and
 * with the lengths of its clause. Offsets count from 0, integers are unsigned
 * and little-endian. Nothing here allocates or does I/O.
 */
#ifndef FSI_UDF_TYPES_H
#define FSI_UDF_TYPES_H

#include "base/bytes.h"
#include "base/calendar.h"

#include <fsimage/types.h>

#include <stddef.h>

struct fsi_udf_revision;

/* The place of a member, as the standard prints it. */
#define FSI_UDF_AT(record, member, place) \
	_Static_assert(offsetof(struct record, member) == (place), #record "." #member)

/*
 * The longest extent that an allocation descriptor of a file's body may have:
 * 2^30 bytes less a block (ECMA-167 4/14.14.1.1, OSTA UDF 2.3.10).
 */
#define FSI_UDF_EXTENT_MAX_SIZE 0x3FFFF800u

/* What wrote the structures, for implementation identifiers (OSTA UDF 2.1.5). */
#define FSI_UDF_IMPLEMENTATION "*LIBFSIMAGE"

/* Descriptor tag, ECMA-167 3/7.2 and 4/7.2 */
struct fsi_udf_tag {
	uint8_t identifier RBP(0, 2);
	uint8_t version RBP(2, 2);
	uint8_t checksum RBP(4, 1);
	uint8_t reserved RBP(5, 1);
	uint8_t serial_number RBP(6, 2);
	uint8_t crc RBP(8, 2);
	uint8_t crc_length RBP(10, 2);
	uint8_t location RBP(12, 4);
};
FSI_UDF_AT(fsi_udf_tag, checksum, 4);
FSI_UDF_AT(fsi_udf_tag, crc, 8);
FSI_UDF_AT(fsi_udf_tag, location, 12);
_Static_assert(sizeof(struct fsi_udf_tag) == 16, "ECMA-167 3/7.2");

/* Tag identifiers, ECMA-167 3/7.2.1 and 4/7.2.1 */
enum fsi_udf_tag_identifier {
	FSI_UDF_TAG_SPARING_TABLE = 0, /* OSTA UDF 2.2.12 */
	FSI_UDF_TAG_PRIMARY_VOLUME = 1,
	FSI_UDF_TAG_ANCHOR = 2,
	FSI_UDF_TAG_VOLUME_POINTER = 3,
	FSI_UDF_TAG_IMPLEMENTATION_USE = 4,
	FSI_UDF_TAG_PARTITION = 5,
	FSI_UDF_TAG_LOGICAL_VOLUME = 6,
	FSI_UDF_TAG_UNALLOCATED_SPACE = 7,
	FSI_UDF_TAG_TERMINATING = 8,
	FSI_UDF_TAG_INTEGRITY = 9,
	FSI_UDF_TAG_FILE_SET = 256,
	FSI_UDF_TAG_FILE_IDENTIFIER = 257,
	FSI_UDF_TAG_ALLOCATION_EXTENT = 258,
	FSI_UDF_TAG_INDIRECT_ENTRY = 259,
	FSI_UDF_TAG_TERMINAL_ENTRY = 260,
	FSI_UDF_TAG_FILE_ENTRY = 261,
	FSI_UDF_TAG_ATTRIBUTES = 262,
	FSI_UDF_TAG_EXTENDED_FILE_ENTRY = 266
};

/* Character set specification, ECMA-167 1/7.2.1 */
struct fsi_udf_charspec {
	uint8_t type RBP(0, 1);
	uint8_t information RBP(1, 63);
};
_Static_assert(sizeof(struct fsi_udf_charspec) == 64, "ECMA-167 1/7.2.1");

/* Timestamp, ECMA-167 1/7.3 */
struct fsi_udf_timestamp {
	uint8_t type_and_timezone RBP(0, 2);
	uint8_t year RBP(2, 2);
	uint8_t month RBP(4, 1);
	uint8_t day RBP(5, 1);
	uint8_t hour RBP(6, 1);
	uint8_t minute RBP(7, 1);
	uint8_t second RBP(8, 1);
	uint8_t centiseconds RBP(9, 1);
	uint8_t hundreds_of_microseconds RBP(10, 1);
	uint8_t microseconds RBP(11, 1);
};
_Static_assert(sizeof(struct fsi_udf_timestamp) == 12, "ECMA-167 1/7.3");

/* Entity identifier, ECMA-167 1/7.4; its suffixes: OSTA UDF 2.1.5.3 */
struct fsi_udf_regid {
	uint8_t flags RBP(0, 1);
	uint8_t identifier RBP(1, 23);
	uint8_t suffix RBP(24, 8);
};
FSI_UDF_AT(fsi_udf_regid, suffix, 24);
_Static_assert(sizeof(struct fsi_udf_regid) == 32, "ECMA-167 1/7.4");

/* Extent descriptor, ECMA-167 3/7.1 */
struct fsi_udf_extent_ad {
	uint8_t length RBP(0, 4);
	uint8_t location RBP(4, 4);
};
_Static_assert(sizeof(struct fsi_udf_extent_ad) == 8, "ECMA-167 3/7.1");

/* Recorded address, ECMA-167 4/7.1 */
struct fsi_udf_lb_addr {
	uint8_t block RBP(0, 4);
	uint8_t partition_reference RBP(4, 2);
};
_Static_assert(sizeof(struct fsi_udf_lb_addr) == 6, "ECMA-167 4/7.1");

/* Short allocation descriptor, ECMA-167 4/14.14.1 */
struct fsi_udf_short_ad {
	uint8_t length RBP(0, 4);
	uint8_t block RBP(4, 4);
};
_Static_assert(sizeof(struct fsi_udf_short_ad) == 8, "ECMA-167 4/14.14.1");

/* Long allocation descriptor, ECMA-167 4/14.14.2; the last two: OSTA UDF 2.3.10.1 */
struct fsi_udf_long_ad {
	uint8_t length RBP(0, 4);
	struct fsi_udf_lb_addr address; /* 4 */
	uint8_t flags RBP(10, 2);
	uint8_t unique_id RBP(12, 4);
};
FSI_UDF_AT(fsi_udf_long_ad, address, 4);
FSI_UDF_AT(fsi_udf_long_ad, flags, 10);
_Static_assert(sizeof(struct fsi_udf_long_ad) == 16, "ECMA-167 4/14.14.2");

/* Kinds of extents, ECMA-167 4/14.14.1.1 */
enum fsi_udf_extent_type {
	FSI_UDF_EXTENT_RECORDED = 0,
	FSI_UDF_EXTENT_ALLOCATED = 1, /* not recorded */
	FSI_UDF_EXTENT_UNALLOCATED = 2,
	FSI_UDF_EXTENT_NEXT = 3 /* of the allocation descriptors themselves */
};

/* A run of blocks of the volume, counted from its start. */
struct fsi_udf_extent {
	uint32_t block;
	uint32_t blocks;
};

/* A block of a partition; partition is an index into the partition maps. */
struct fsi_udf_address {
	uint32_t block;
	uint16_t partition;
};

/* What the checksum of a tag must be: the sum of its other bytes, ECMA-167 3/7.2.3 */
uint8_t fsi_udf_tag_sum(const struct fsi_udf_tag *tag);

/*
 * Complete a descriptor of size bytes (at least a tag, at most 65551) that
 * begins with its tag: everything behind the tag is there already and is
 * covered by the CRC. location: ECMA-167 3/7.2.8, 4/7.2.8.
 */
void fsi_udf_tag_seal(uint8_t *descriptor, size_t size,
		      enum fsi_udf_tag_identifier identifier,
		      const struct fsi_udf_revision *revision, uint32_t location);

/* Let a descriptor that is sealed be in another block: the CRC is not of its tag. */
void fsi_udf_tag_move(uint8_t *descriptor, uint32_t location);

/*
 * Text in OSTA compressed Unicode (OSTA UDF 2.1.1): a byte that tells the
 * width, then one byte a character where all are up to U+00FF, else two bytes
 * a UTF-16 unit. Of valid UTF-8 text that does not fit into room bytes the
 * longest beginning that does is taken, never half of a surrogate pair.
 * Returns the bytes used; 0 for empty text. out may be NULL, to measure.
 */
size_t fsi_udf_put_cs0(uint8_t *out, size_t room, const char *text, size_t length);

/* Whether one byte a character is enough for valid UTF-8 text. */
bool fsi_udf_is_narrow(const char *text, size_t length);

/* Fixed-length text (dstring), ECMA-167 1/7.2.12: cut as above when it must. */
void fsi_udf_put_dstring32(uint8_t (*field)[32], const char *text);
void fsi_udf_put_dstring128(uint8_t (*field)[128], const char *text);

/* The one character set of UDF: OSTA CS0, OSTA UDF 2.1.2 */
void fsi_udf_put_charspec(struct fsi_udf_charspec *field);

/* A time in UTC with microseconds; ticks as fsi_ticks_to_date() demands. */
void fsi_udf_put_timestamp(struct fsi_udf_timestamp *field, fsi_ticks ticks);

/* An identifier of at most 23 bytes; the suffix is left as it is. */
void fsi_udf_put_regid(struct fsi_udf_regid *field, const char *identifier);

/* What wrote a structure, with the implementation identifier suffix. */
void fsi_udf_put_implementation(struct fsi_udf_regid *field);

/* Of write-protected content, with the domain identifier suffix. */
void fsi_udf_put_domain(struct fsi_udf_regid *field,
			const struct fsi_udf_revision *revision);

/* An identifier that UDF defines, with the UDF identifier suffix. */
void fsi_udf_put_udf_regid(struct fsi_udf_regid *field, const char *identifier,
			   const struct fsi_udf_revision *revision);

void fsi_udf_put_extent_ad(struct fsi_udf_extent_ad *field, struct fsi_udf_extent extent);

/* A recorded extent of length bytes. */
void fsi_udf_put_short_ad(struct fsi_udf_short_ad *field, uint32_t length,
			  uint32_t block);

/* unique_id: the low half, where the extent is the ICB of a named file; else 0. */
void fsi_udf_put_long_ad(struct fsi_udf_long_ad *field, uint32_t length,
			 struct fsi_udf_address address, uint32_t unique_id);

#endif
