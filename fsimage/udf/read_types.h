/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding the elementary types of udf/types.h. What is decoded comes from a
 * disc that nobody vouches for: every function copes with every content.
 */
#ifndef FSI_UDF_READ_TYPES_H
#define FSI_UDF_READ_TYPES_H

#include "udf/types.h"

#include <fsimage/disc.h>

/* See base/bytes.h. */
#define FSI_UDF_RECORD FSI_RECORD

/* What is wrong with a structure. */
enum fsi_udf_fault {
	FSI_UDF_SOUND,
	FSI_UDF_FAULT_CHECKSUM,
	FSI_UDF_FAULT_VERSION,
	FSI_UDF_FAULT_LOCATION,
	FSI_UDF_FAULT_CRC,
	FSI_UDF_FAULT_IDENTIFIER,
	FSI_UDF_FAULT_LENGTH,
	FSI_UDF_FAULT_CONTENT
};

/* As the end of a sentence about the structure: "its checksum is wrong". */
const char *fsi_udf_fault_text(enum fsi_udf_fault fault);

/* ECMA-167 3/7.2.1 */
unsigned fsi_udf_tag_identifier(const uint8_t *descriptor);

/*
 * Check the tag of a descriptor that has size bytes to itself, at least a tag:
 * the sum, the version, the location, and the CRC if its length fits, which is 0
 * where there is none.
 */
enum fsi_udf_fault fsi_udf_tag_check(const uint8_t *descriptor, size_t size,
				     uint32_t location);

/* The same, and the identifier must be one. */
enum fsi_udf_fault fsi_udf_tag_check_identifier(const uint8_t *descriptor, size_t size,
						enum fsi_udf_tag_identifier identifier,
						uint32_t location);

/* Whether there is no tag: all of its bytes are zero, as in an unrecorded block. */
bool fsi_udf_tag_is_blank(const uint8_t *descriptor);

/*
 * Bytes of UTF-8 that CS0 text of some length may become, with a NUL: U+FFFD
 * takes three in the place of one.
 */
#define FSI_UDF_UTF8_SIZE(length) (3 * (length) + 1)

/*
 * OSTA compressed Unicode as UTF-8 with a NUL at its end, see fsi_udf_put_cs0().
 * Halves of surrogate pairs and U+0000 become U+FFFD; an odd last byte of wide
 * text is ignored. out has FSI_UDF_UTF8_SIZE(length) bytes. Returns false when
 * the compression identifier is unknown; empty text needs none.
 */
bool fsi_udf_get_cs0(const uint8_t *bytes, size_t length, char *out);

/*
 * The same for what must be one part of a path: "/" becomes U+FFFD, and so does
 * each byte of "." and "..". What is empty becomes one U+FFFD. out has
 * FSI_UDF_UTF8_SIZE(length + 1) bytes.
 */
bool fsi_udf_get_name(const uint8_t *bytes, size_t length, char *out);

/*
 * Fixed-length text (dstring) of size bytes, ECMA-167 1/7.2.12. What is no text
 * is "". A length of 0 behind text, and zeros counted as text, are forgiven. out
 * has FSI_UDF_UTF8_SIZE(size) bytes.
 */
void fsi_udf_get_dstring(const uint8_t *field, size_t size, char *out);

/* is_known is false when the date does not exist. */
void fsi_udf_get_timestamp(const struct fsi_udf_timestamp *field,
			   struct fsi_disc_time *ret_time);

/* Whether an entity has this identifier. */
bool fsi_udf_regid_is(const struct fsi_udf_regid *field, const char *identifier);

/* The identifier as text to show: what is not printable ASCII is "?". */
void fsi_udf_get_regid(const struct fsi_udf_regid *field, char (*ret_text)[24]);

/* The revision in a domain or UDF identifier suffix, OSTA UDF 2.1.5.3. */
uint16_t fsi_udf_get_revision(const struct fsi_udf_regid *field);

/* What an allocation descriptor tells. */
struct fsi_udf_allocation {
	enum fsi_udf_extent_type type;
	uint32_t length; /* in bytes */
	struct fsi_udf_address address;
};

/* A short one belongs to the partition of the ICB that it describes. */
void fsi_udf_get_short_ad(const struct fsi_udf_short_ad *field, uint16_t partition,
			  struct fsi_udf_allocation *ret_allocation);
void fsi_udf_get_long_ad(const struct fsi_udf_long_ad *field,
			 struct fsi_udf_allocation *ret_allocation);

#endif
