/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decoder for the tests of the UDF writer, which shares nothing with it:
 * offsets are numbers, as the standard prints them.
 */
#ifndef TESTS_SUPPORT_UDF_READER_H
#define TESTS_SUPPORT_UDF_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint16_t udf_u16(const uint8_t *bytes, size_t offset);
uint32_t udf_u32(const uint8_t *bytes, size_t offset);
uint64_t udf_u64(const uint8_t *bytes, size_t offset);

/* The CRC of ECMA-167 1/7.2.6, bit by bit. */
uint16_t udf_crc(const uint8_t *bytes, size_t length);

/* A tag that seals size bytes: version, checksum, CRC, location. */
void udf_assert_tag_of(uint32_t revision, const uint8_t *bytes, uint16_t identifier,
		       size_t size, uint32_t location);

/* The same in revision 1.02. */
void udf_assert_tag(const uint8_t *bytes, uint16_t identifier, size_t size,
		    uint32_t location);

void udf_assert_zero(const uint8_t *bytes, size_t first, size_t end);

/* Bytes as in "08 61 62"; all of them. */
void udf_assert_bytes(const uint8_t *bytes, size_t length, const char *hex);

/* A dstring of size bytes that holds the bytes in hex, "" for an empty one. */
void udf_assert_dstring(const uint8_t *bytes, size_t size, const char *hex);

/* A regid: identifier, suffix in hex. */
void udf_assert_regid(const uint8_t *bytes, const char *identifier, const char *suffix);

void udf_assert_charspec(const uint8_t *bytes);

/* A file entry, or an extended one. */
struct udf_entry {
	uint8_t block[2048];
	uint8_t file_type;
	uint16_t flags; /* of the ICB */
	uint32_t uid;
	uint32_t gid;
	uint32_t permissions;
	uint16_t link_count;
	uint64_t size;
	uint64_t object_size; /* of a file entry: the size */
	uint64_t recorded_blocks;
	const uint8_t *access_time; /* these point into the block */
	const uint8_t *modification_time;
	const uint8_t *creation_time; /* NULL in a file entry */
	const uint8_t *attribute_time;
	const uint8_t *stream_directory; /* NULL in a file entry */
	uint64_t unique_id;
	uint32_t attributes_length;
	uint32_t descriptors_length;
	const uint8_t *attributes;
	const uint8_t *descriptors;
};

/*
 * Tell apart what is in entry->block, which must be an entry of that revision,
 * sealed, where it says it is; what the standard fixes is asserted.
 */
void udf_decode_entry(uint32_t revision, uint32_t location, struct udf_entry *entry);

/* One entry of a directory. */
struct udf_fid {
	uint32_t revision; /* set by the caller; 0 stands for 1.02 */
	size_t offset;	   /* in the directory */
	size_t size;
	uint8_t characteristics;
	uint32_t location; /* of its tag */
	uint32_t icb_block;
	uint16_t icb_partition;
	uint32_t unique_id;
	size_t name_length;
	uint8_t name[255]; /* as recorded */
};

/*
 * Decode the entry at *offset of a directory and step behind it; false at the
 * end. Whatever the standard fixes is asserted.
 */
bool udf_next_fid(const uint8_t *directory, size_t size, size_t *offset,
		  struct udf_fid *ret_fid);

#endif
