/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding the descriptors of a volume. Each function takes the block of a
 * descriptor whose tag was checked, at least 512 bytes. Lengths that a
 * descriptor tells are compared with size, the bytes that it has to itself.
 */
#ifndef FSI_UDF_READ_DESCRIPTORS_H
#define FSI_UDF_READ_DESCRIPTORS_H

#include "udf/descriptors.h"
#include "udf/read_types.h"

/* What a volume structure descriptor is, by its standard identifier. */
enum fsi_udf_recognition {
	FSI_UDF_RECOGNISED_NOTHING, /* the sequence has ended before */
	FSI_UDF_RECOGNISED_OTHER,
	FSI_UDF_RECOGNISED_ISO9660,
	FSI_UDF_RECOGNISED_UDF /* NSR02 or NSR03 */
};

enum fsi_udf_recognition fsi_udf_get_recognition(const uint8_t *block);

/* A run of the volume as an extent_ad tells it. */
struct fsi_udf_run {
	uint32_t block;
	uint32_t length; /* in bytes */
};

void fsi_udf_get_extent_ad(const struct fsi_udf_extent_ad *field,
			   struct fsi_udf_run *ret_run);

struct fsi_udf_anchor {
	struct fsi_udf_run main_sequence;
	struct fsi_udf_run reserve_sequence;
};

void fsi_udf_get_anchor(const uint8_t *block, struct fsi_udf_anchor *ret_anchor);

/* Of any descriptor of a volume descriptor sequence but the terminating one. */
uint32_t fsi_udf_get_sequence_number(const uint8_t *block);

/* Of a volume descriptor pointer. */
void fsi_udf_get_volume_pointer(const uint8_t *block, struct fsi_udf_run *ret_next);

#define FSI_UDF_TEXT_32	 FSI_UDF_UTF8_SIZE(32)
#define FSI_UDF_TEXT_36	 FSI_UDF_UTF8_SIZE(36)
#define FSI_UDF_TEXT_128 FSI_UDF_UTF8_SIZE(128)

struct fsi_udf_primary {
	char volume_identifier[FSI_UDF_TEXT_32];
	char volume_set_identifier[FSI_UDF_TEXT_128];
	uint8_t volume_set_field[128]; /* the same as it is recorded */
	char application[24];
	char implementation[24];
	uint16_t volume_number;
	struct fsi_disc_time recording_time;
};

void fsi_udf_get_primary(const uint8_t *block, struct fsi_udf_primary *ret_primary);

struct fsi_udf_information {
	char owner[FSI_UDF_TEXT_36];
	char organisation[FSI_UDF_TEXT_36];
	char contact[FSI_UDF_TEXT_36];
};

/* Returns false for one of another implementation. */
bool fsi_udf_get_information(const uint8_t *block, struct fsi_udf_information *ret_val);

struct fsi_udf_partition {
	uint16_t number;
	uint32_t access;
	uint32_t first_block; /* of the volume */
	uint32_t block_count;
};

void fsi_udf_get_partition(const uint8_t *block, struct fsi_udf_partition *ret_partition);

struct fsi_udf_logical_volume {
	char name[FSI_UDF_TEXT_128];
	char domain[24];
	char implementation[24];
	bool is_udf; /* whether the domain is that of OSTA */
	uint16_t revision;
	uint32_t block_size;
	struct fsi_udf_allocation file_set;
	struct fsi_udf_run integrity_sequence;
	uint32_t map_count;
	const uint8_t *maps; /* in block */
	size_t maps_size;
};

/* FSI_UDF_FAULT_LENGTH when the table of maps does not fit. */
enum fsi_udf_fault fsi_udf_get_logical_volume(const uint8_t *block, size_t size,
					      struct fsi_udf_logical_volume *ret_volume);

struct fsi_udf_integrity {
	struct fsi_disc_time recording_time;
	bool is_closed;
	struct fsi_udf_run next_extent;
	uint64_t next_unique_id;
	bool has_use; /* whether the rest is there */
	uint32_t file_count;
	uint32_t directory_count;
	uint16_t minimum_read;
	uint16_t minimum_write;
	uint16_t maximum_write;
};

void fsi_udf_get_integrity(const uint8_t *block, size_t size,
			   struct fsi_udf_integrity *ret_integrity);

struct fsi_udf_file_set {
	uint32_t number;
	uint32_t descriptor_number;
	char identifier[FSI_UDF_TEXT_32];
	struct fsi_udf_allocation root;
	struct fsi_udf_allocation next_extent;
};

void fsi_udf_get_file_set(const uint8_t *block, struct fsi_udf_file_set *ret_file_set);

#endif
