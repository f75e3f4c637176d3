/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partition maps of type 2, by which UDF puts one partition upon another, and
 * the tables that stand behind them: virtual, sparable, metadata.
 */
#ifndef FSI_UDF_MAPS_H
#define FSI_UDF_MAPS_H

#include "udf/descriptors.h"
#include "udf/read_types.h"

/* What every map begins with, ECMA-167 3/10.7.1 */
struct fsi_udf_map_head {
	uint8_t type RBP(0, 1);
	uint8_t length RBP(1, 1);
};
_Static_assert(sizeof(struct fsi_udf_map_head) == 2, "ECMA-167 3/10.7.1");

/* Type 2 partition map as UDF fills it, ECMA-167 3/10.7.3, OSTA UDF 2.2.8 */
struct fsi_udf_type_2_map {
	uint8_t type RBP(0, 1);
	uint8_t length RBP(1, 1);
	uint8_t reserved RBP(2, 2);
	struct fsi_udf_regid identifier; /* 4 */
	uint8_t volume_number RBP(36, 2);
	uint8_t partition_number RBP(38, 2);
	uint8_t parameters RBP(40, 24); /* nothing for a virtual partition */
};
FSI_UDF_AT(fsi_udf_type_2_map, identifier, 4);
FSI_UDF_AT(fsi_udf_type_2_map, parameters, 40);
_Static_assert(sizeof(struct fsi_udf_type_2_map) == 64, "ECMA-167 3/10.7.3");

#define FSI_UDF_SPARING_TABLES_MAX 4

/* Parameters of a sparable partition, OSTA UDF 2.2.9 */
struct fsi_udf_sparable_parameters {
	uint8_t packet_blocks RBP(0, 2); /* from here: byte 40 of the map */
	uint8_t table_count RBP(2, 1);
	uint8_t reserved RBP(3, 1);
	uint8_t table_size RBP(4, 4);
	uint8_t tables[FSI_UDF_SPARING_TABLES_MAX][4]; /* 8 */
};
FSI_UDF_AT(fsi_udf_sparable_parameters, tables, 8);
_Static_assert(sizeof(struct fsi_udf_sparable_parameters) == 24, "OSTA UDF 2.2.9");

/* Parameters of a metadata partition, OSTA UDF 2.2.10 */
struct fsi_udf_metadata_parameters {
	uint8_t main_file RBP(0, 4); /* from here: byte 40 of the map */
	uint8_t mirror_file RBP(4, 4);
	uint8_t bitmap_file RBP(8, 4);
	uint8_t allocation_unit_blocks RBP(12, 4);
	uint8_t alignment_unit_blocks RBP(16, 2);
	uint8_t flags RBP(18, 1);
	uint8_t reserved RBP(19, 5);
};
FSI_UDF_AT(fsi_udf_metadata_parameters, flags, 18);
_Static_assert(sizeof(struct fsi_udf_metadata_parameters) == 24, "OSTA UDF 2.2.10");

/* Sparing table, OSTA UDF 2.2.12; entries follow */
struct fsi_udf_sparing_table {
	struct fsi_udf_tag tag;
	struct fsi_udf_regid identifier; /* 16 */
	uint8_t entry_count RBP(48, 2);
	uint8_t reserved RBP(50, 2);
	uint8_t sequence_number RBP(52, 4);
};
FSI_UDF_AT(fsi_udf_sparing_table, entry_count, 48);
_Static_assert(sizeof(struct fsi_udf_sparing_table) == 56, "OSTA UDF 2.2.12");

struct fsi_udf_sparing_entry {
	uint8_t original RBP(0, 4); /* a block of the partition */
	uint8_t mapped RBP(4, 4);   /* a block of the volume */
};
_Static_assert(sizeof(struct fsi_udf_sparing_entry) == 8, "OSTA UDF 2.2.12");

/* From here on an original is no block: the entry is free, or its spare is bad. */
#define FSI_UDF_SPARING_UNUSED 0xFFFFFFF0u

/* What ends a virtual allocation table before 2.00, OSTA UDF 1.50 2.2.10 */
struct fsi_udf_allocation_table_trailer {
	struct fsi_udf_regid identifier;
	uint8_t previous_icb RBP(32, 4);
};
_Static_assert(sizeof(struct fsi_udf_allocation_table_trailer) == 36, "OSTA UDF 1.50");

/* What begins one from 2.00 on, OSTA UDF 2.2.11; implementation use follows */
struct fsi_udf_allocation_table_header {
	uint8_t length RBP(0, 2);
	uint8_t implementation_use_length RBP(2, 2);
	uint8_t logical_volume_identifier RBP(4, 128);
	uint8_t previous_icb RBP(132, 4);
	uint8_t file_count RBP(136, 4);
	uint8_t directory_count RBP(140, 4);
	uint8_t minimum_read RBP(144, 2);
	uint8_t minimum_write RBP(146, 2);
	uint8_t maximum_write RBP(148, 2);
	uint8_t reserved RBP(150, 2);
};
FSI_UDF_AT(fsi_udf_allocation_table_header, previous_icb, 132);
FSI_UDF_AT(fsi_udf_allocation_table_header, minimum_read, 144);
_Static_assert(sizeof(struct fsi_udf_allocation_table_header) == 152, "OSTA UDF 2.2.11");

struct fsi_udf_allocation_table_entry {
	uint8_t block RBP(0, 4); /* of the physical partition */
};
_Static_assert(sizeof(struct fsi_udf_allocation_table_entry) == 4, "OSTA UDF 2.2.11");

/* An entry of the table that leads nowhere, or a metadata file that is not there. */
#define FSI_UDF_NO_BLOCK UINT32_MAX

/* What a partition map tells. */
struct fsi_udf_map {
	enum fsi_disc_partition_kind kind; /* 0: an unknown one */
	char identifier[24];		   /* of type 2 */
	uint16_t revision;		   /* of type 2 */
	uint16_t volume_number;
	uint16_t partition_number;
	/* sparable */
	uint16_t packet_blocks;
	uint8_t table_count;
	uint32_t table_size;
	uint32_t tables[FSI_UDF_SPARING_TABLES_MAX];
	/* metadata */
	uint32_t main_file;
	uint32_t mirror_file;
};

/*
 * Decode the map at the beginning of size bytes; *ret_size: how many it takes.
 * FSI_UDF_FAULT_LENGTH when it does not fit or is too short for its kind.
 */
enum fsi_udf_fault fsi_udf_get_map(const uint8_t *bytes, size_t size,
				   struct fsi_udf_map *ret_map, size_t *ret_size);

#endif
