/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding what describes a file: file entries and extended file entries, their
 * extended attributes, their allocation descriptors, and the path in a symbolic
 * link. Lengths are compared with the bytes that there are.
 */
#ifndef FSI_UDF_READ_ENTRY_H
#define FSI_UDF_READ_ENTRY_H

#include "udf/file_entry.h"
#include "udf/read_types.h"

/* Indirect entry, ECMA-167 4/14.7 */
struct fsi_udf_indirect_entry {
	struct fsi_udf_tag tag;
	struct fsi_udf_icb_tag icb_tag; /* 16 */
	struct fsi_udf_long_ad next;	/* 36 */
};
FSI_UDF_AT(fsi_udf_indirect_entry, next, 36);
_Static_assert(sizeof(struct fsi_udf_indirect_entry) == 52, "ECMA-167 4/14.7");

/* What an entry of either form tells. */
struct fsi_udf_icb {
	bool is_extended;
	uint8_t file_type; /* enum fsi_udf_file_type, or one that UDF does not know */
	uint16_t strategy;
	uint16_t flags;
	uint32_t uid;
	uint32_t gid;
	uint32_t permissions;
	uint16_t link_count;
	uint64_t size; /* of the body, in bytes */
	uint64_t unique_id;
	struct fsi_disc_time access_time;
	struct fsi_disc_time modification_time;
	struct fsi_disc_time attribute_time;
	struct fsi_disc_time creation_time; /* of extended ones only */
	struct fsi_udf_allocation attributes_icb;
	struct fsi_udf_allocation stream_directory; /* of extended ones only */
	const uint8_t *attributes;		    /* these two: in the block */
	size_t attributes_size;
	const uint8_t *descriptors; /* or the body, when it is embedded */
	size_t descriptors_size;
};

/*
 * Decode the file entry or extended file entry in a block of size bytes, at least
 * 512, whose tag was checked. FSI_UDF_FAULT_IDENTIFIER when it is neither;
 * FSI_UDF_FAULT_LENGTH when its parts do not fit.
 */
enum fsi_udf_fault fsi_udf_get_icb(const uint8_t *block, size_t size,
				   struct fsi_udf_icb *ret_icb);

/* The permissions and flags of an entry as a POSIX mode; the reverse is in
 * udf/file_entry.h. */
uint16_t fsi_udf_mode_of(uint32_t permissions, uint16_t flags);

/* Where an indirect entry leads. */
void fsi_udf_get_indirect(const uint8_t *block, struct fsi_udf_allocation *ret_next);

/* The descriptors in an allocation extent of size bytes, whose tag was checked. */
enum fsi_udf_fault fsi_udf_get_allocation_extent(const uint8_t *block, size_t size,
						 const uint8_t **ret_descriptors,
						 size_t *ret_descriptors_size);

/*
 * Decode the allocation descriptor at *offset of a list and step over it. form:
 * FSI_UDF_ICB_SHORT_AD or FSI_UDF_ICB_LONG_AD. false: the list has ended, at its
 * last byte or with a descriptor of length 0.
 */
bool fsi_udf_next_allocation(const uint8_t *descriptors, size_t size, unsigned form,
			     uint16_t partition, size_t *offset,
			     struct fsi_udf_allocation *ret_allocation);

/* What is of use in a space of extended attributes. */
struct fsi_udf_attributes {
	bool has_device;
	uint32_t device_major;
	uint32_t device_minor;
	struct fsi_disc_time creation_time;
};

/*
 * Add what an attribute space tells. One that does not begin with its header is
 * taken for empty, and so is all behind an attribute that does not fit.
 */
void fsi_udf_get_attributes(const uint8_t *bytes, size_t size,
			    struct fsi_udf_attributes *attributes);

/*
 * The path components of a symbolic link as text with a NUL. out has
 * FSI_UDF_UTF8_SIZE(size) bytes. FSI_UDF_FAULT_LENGTH when components do not fit
 * or there are none; FSI_UDF_FAULT_CONTENT for one of an unknown kind.
 */
enum fsi_udf_fault fsi_udf_get_path(const uint8_t *bytes, size_t size, char *out);

#endif
