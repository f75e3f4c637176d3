/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The descriptors of a UDF volume: recognition, anchors, the volume descriptor
 * sequence, integrity, the file set. Each encoder fills one block that comes
 * zeroed; all that it says comes from struct fsi_udf_volume.
 */
#ifndef FSI_UDF_DESCRIPTORS_H
#define FSI_UDF_DESCRIPTORS_H

#include "udf/types.h"

/* Volume structure descriptor, ECMA-167 2/9.1 */
struct fsi_udf_volume_structure_descriptor {
	uint8_t type RBP(0, 1);
	uint8_t standard_identifier RBP(1, 5);
	uint8_t version RBP(6, 1);
	uint8_t data RBP(7, 2041);
};
_Static_assert(sizeof(struct fsi_udf_volume_structure_descriptor) == FSI_BLOCK_SIZE,
	       "ECMA-167 2/9.1");

/* Anchor volume descriptor pointer, ECMA-167 3/10.2 */
struct fsi_udf_anchor_descriptor {
	struct fsi_udf_tag tag;
	struct fsi_udf_extent_ad main_sequence;	   /* 16 */
	struct fsi_udf_extent_ad reserve_sequence; /* 24 */
	uint8_t reserved RBP(32, 480);
};
FSI_UDF_AT(fsi_udf_anchor_descriptor, reserve_sequence, 24);
_Static_assert(sizeof(struct fsi_udf_anchor_descriptor) == 512, "ECMA-167 3/10.2");

/* Volume descriptor pointer, ECMA-167 3/10.3 */
struct fsi_udf_volume_pointer_descriptor {
	struct fsi_udf_tag tag;
	uint8_t sequence_number RBP(16, 4);
	struct fsi_udf_extent_ad next_extent; /* 20 */
	uint8_t reserved RBP(28, 484);
};
FSI_UDF_AT(fsi_udf_volume_pointer_descriptor, next_extent, 20);
_Static_assert(sizeof(struct fsi_udf_volume_pointer_descriptor) == 512,
	       "ECMA-167 3/10.3");

/* Primary volume descriptor, ECMA-167 3/10.1, OSTA UDF 2.2.2 */
struct fsi_udf_primary_volume_descriptor {
	struct fsi_udf_tag tag;
	uint8_t sequence_number RBP(16, 4);
	uint8_t number RBP(20, 4);
	uint8_t volume_identifier RBP(24, 32);
	uint8_t volume_number RBP(56, 2);
	uint8_t volume_count RBP(58, 2);
	uint8_t interchange_level RBP(60, 2);
	uint8_t interchange_level_max RBP(62, 2);
	uint8_t character_sets RBP(64, 4);
	uint8_t character_sets_max RBP(68, 4);
	uint8_t volume_set_identifier RBP(72, 128);
	struct fsi_udf_charspec descriptor_charset;  /* 200 */
	struct fsi_udf_charspec explanatory_charset; /* 264 */
	struct fsi_udf_extent_ad abstract;	     /* 328 */
	struct fsi_udf_extent_ad copyright;	     /* 336 */
	struct fsi_udf_regid application;	     /* 344 */
	struct fsi_udf_timestamp recording_time;     /* 376 */
	struct fsi_udf_regid implementation;	     /* 388 */
	uint8_t implementation_use RBP(420, 64);
	uint8_t predecessor_block RBP(484, 4);
	uint8_t flags RBP(488, 2);
	uint8_t reserved RBP(490, 22);
};
FSI_UDF_AT(fsi_udf_primary_volume_descriptor, volume_identifier, 24);
FSI_UDF_AT(fsi_udf_primary_volume_descriptor, interchange_level, 60);
FSI_UDF_AT(fsi_udf_primary_volume_descriptor, volume_set_identifier, 72);
FSI_UDF_AT(fsi_udf_primary_volume_descriptor, abstract, 328);
FSI_UDF_AT(fsi_udf_primary_volume_descriptor, recording_time, 376);
FSI_UDF_AT(fsi_udf_primary_volume_descriptor, flags, 488);
_Static_assert(sizeof(struct fsi_udf_primary_volume_descriptor) == 512,
	       "ECMA-167 3/10.1");

/*
 * Implementation use volume descriptor, ECMA-167 3/10.4, with the logical
 * volume information that UDF demands of it, OSTA UDF 2.2.7
 */
struct fsi_udf_implementation_use_descriptor {
	struct fsi_udf_tag tag;
	uint8_t sequence_number RBP(16, 4);
	struct fsi_udf_regid identifier; /* 20 */
	struct fsi_udf_charspec charset; /* 52 */
	uint8_t logical_volume_identifier RBP(116, 128);
	uint8_t owner RBP(244, 36);
	uint8_t organisation RBP(280, 36);
	uint8_t contact RBP(316, 36);
	struct fsi_udf_regid implementation; /* 352 */
	uint8_t implementation_use RBP(384, 128);
};
FSI_UDF_AT(fsi_udf_implementation_use_descriptor, logical_volume_identifier, 116);
FSI_UDF_AT(fsi_udf_implementation_use_descriptor, owner, 244);
FSI_UDF_AT(fsi_udf_implementation_use_descriptor, implementation, 352);
_Static_assert(sizeof(struct fsi_udf_implementation_use_descriptor) == 512,
	       "ECMA-167 3/10.4");

/* Partition header descriptor, ECMA-167 4/14.3: where free space is listed */
struct fsi_udf_partition_header_descriptor {
	struct fsi_udf_short_ad unallocated_table;
	struct fsi_udf_short_ad unallocated_bitmap; /* 8 */
	struct fsi_udf_short_ad integrity_table;    /* 16 */
	struct fsi_udf_short_ad freed_table;	    /* 24 */
	struct fsi_udf_short_ad freed_bitmap;	    /* 32 */
	uint8_t reserved RBP(40, 88);
};
FSI_UDF_AT(fsi_udf_partition_header_descriptor, freed_bitmap, 32);
_Static_assert(sizeof(struct fsi_udf_partition_header_descriptor) == 128,
	       "ECMA-167 4/14.3");

/* Partition descriptor, ECMA-167 3/10.5, OSTA UDF 2.2.14 */
struct fsi_udf_partition_descriptor {
	struct fsi_udf_tag tag;
	uint8_t sequence_number RBP(16, 4);
	uint8_t flags RBP(20, 2);
	uint8_t number RBP(22, 2);
	struct fsi_udf_regid contents;			   /* 24 */
	struct fsi_udf_partition_header_descriptor header; /* 56 */
	uint8_t access_type RBP(184, 4);
	uint8_t first_block RBP(188, 4);
	uint8_t blocks RBP(192, 4);
	struct fsi_udf_regid implementation; /* 196 */
	uint8_t implementation_use RBP(228, 128);
	uint8_t reserved RBP(356, 156);
};
FSI_UDF_AT(fsi_udf_partition_descriptor, contents, 24);
FSI_UDF_AT(fsi_udf_partition_descriptor, access_type, 184);
FSI_UDF_AT(fsi_udf_partition_descriptor, implementation, 196);
_Static_assert(sizeof(struct fsi_udf_partition_descriptor) == 512, "ECMA-167 3/10.5");

/* Logical volume descriptor, ECMA-167 3/10.6, OSTA UDF 2.2.4; maps follow */
struct fsi_udf_logical_volume_descriptor {
	struct fsi_udf_tag tag;
	uint8_t sequence_number RBP(16, 4);
	struct fsi_udf_charspec charset; /* 20 */
	uint8_t logical_volume_identifier RBP(84, 128);
	uint8_t block_size RBP(212, 4);
	struct fsi_udf_regid domain;	 /* 216 */
	struct fsi_udf_long_ad file_set; /* 248 */
	uint8_t map_table_length RBP(264, 4);
	uint8_t map_count RBP(268, 4);
	struct fsi_udf_regid implementation; /* 272 */
	uint8_t implementation_use RBP(304, 128);
	struct fsi_udf_extent_ad integrity_sequence; /* 432 */
};
FSI_UDF_AT(fsi_udf_logical_volume_descriptor, logical_volume_identifier, 84);
FSI_UDF_AT(fsi_udf_logical_volume_descriptor, domain, 216);
FSI_UDF_AT(fsi_udf_logical_volume_descriptor, map_table_length, 264);
FSI_UDF_AT(fsi_udf_logical_volume_descriptor, integrity_sequence, 432);
_Static_assert(sizeof(struct fsi_udf_logical_volume_descriptor) == 440,
	       "ECMA-167 3/10.6");

/* Type 1 partition map, ECMA-167 3/10.7.2 */
struct fsi_udf_type_1_map {
	uint8_t type RBP(0, 1);
	uint8_t length RBP(1, 1);
	uint8_t volume_number RBP(2, 2);
	uint8_t partition_number RBP(4, 2);
};
_Static_assert(sizeof(struct fsi_udf_type_1_map) == 6, "ECMA-167 3/10.7.2");

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

/* Unallocated space descriptor, ECMA-167 3/10.8; extents follow */
struct fsi_udf_unallocated_space_descriptor {
	struct fsi_udf_tag tag;
	uint8_t sequence_number RBP(16, 4);
	uint8_t extent_count RBP(20, 4);
};
_Static_assert(sizeof(struct fsi_udf_unallocated_space_descriptor) == 24,
	       "ECMA-167 3/10.8");

/* Terminating descriptor, ECMA-167 3/10.9, 4/14.2 */
struct fsi_udf_terminating_descriptor {
	struct fsi_udf_tag tag;
	uint8_t reserved RBP(16, 496);
};
_Static_assert(sizeof(struct fsi_udf_terminating_descriptor) == 512, "ECMA-167 3/10.9");

/*
 * Logical volume integrity descriptor, ECMA-167 3/10.10; for each partition
 * map the free blocks, then for each its size, then the implementation use
 */
struct fsi_udf_integrity_descriptor {
	struct fsi_udf_tag tag;
	struct fsi_udf_timestamp recording_time; /* 16 */
	uint8_t integrity_type RBP(28, 4);
	struct fsi_udf_extent_ad next_extent; /* 32 */
	uint8_t next_unique_id RBP(40, 8);    /* logical volume header, 4/14.15 */
	uint8_t reserved RBP(48, 24);
	uint8_t map_count RBP(72, 4);
	uint8_t implementation_use_length RBP(76, 4);
};
FSI_UDF_AT(fsi_udf_integrity_descriptor, integrity_type, 28);
FSI_UDF_AT(fsi_udf_integrity_descriptor, next_unique_id, 40);
FSI_UDF_AT(fsi_udf_integrity_descriptor, map_count, 72);
_Static_assert(sizeof(struct fsi_udf_integrity_descriptor) == 80, "ECMA-167 3/10.10");

/* Its implementation use, OSTA UDF 2.2.6.4 */
struct fsi_udf_integrity_use {
	struct fsi_udf_regid implementation;
	uint8_t file_count RBP(32, 4);
	uint8_t directory_count RBP(36, 4);
	uint8_t minimum_read RBP(40, 2);
	uint8_t minimum_write RBP(42, 2);
	uint8_t maximum_write RBP(44, 2);
};
FSI_UDF_AT(fsi_udf_integrity_use, minimum_read, 40);
_Static_assert(sizeof(struct fsi_udf_integrity_use) == 46, "OSTA UDF 2.2.6.4");

/* File set descriptor, ECMA-167 4/14.1, OSTA UDF 2.3.2 */
struct fsi_udf_file_set_descriptor {
	struct fsi_udf_tag tag;
	struct fsi_udf_timestamp recording_time; /* 16 */
	uint8_t interchange_level RBP(28, 2);
	uint8_t interchange_level_max RBP(30, 2);
	uint8_t character_sets RBP(32, 4);
	uint8_t character_sets_max RBP(36, 4);
	uint8_t number RBP(40, 4);
	uint8_t descriptor_number RBP(44, 4);
	struct fsi_udf_charspec logical_volume_charset; /* 48 */
	uint8_t logical_volume_identifier RBP(112, 128);
	struct fsi_udf_charspec charset; /* 240 */
	uint8_t identifier RBP(304, 32);
	uint8_t copyright_file RBP(336, 32);
	uint8_t abstract_file RBP(368, 32);
	struct fsi_udf_long_ad root;		 /* 400 */
	struct fsi_udf_regid domain;		 /* 416 */
	struct fsi_udf_long_ad next_extent;	 /* 448 */
	struct fsi_udf_long_ad stream_directory; /* 464, of the system; from 2.00 on */
	uint8_t reserved RBP(480, 32);
};
FSI_UDF_AT(fsi_udf_file_set_descriptor, logical_volume_identifier, 112);
FSI_UDF_AT(fsi_udf_file_set_descriptor, identifier, 304);
FSI_UDF_AT(fsi_udf_file_set_descriptor, root, 400);
FSI_UDF_AT(fsi_udf_file_set_descriptor, stream_directory, 464);
_Static_assert(sizeof(struct fsi_udf_file_set_descriptor) == 512, "ECMA-167 4/14.1");

/* The least length of each volume descriptor sequence, ECMA-167 3/8.4.2.2 */
#define FSI_UDF_SEQUENCE_BLOCKS 16

/*
 * The metadata partition, OSTA UDF 2.2.10: what its map and its files tell, in
 * blocks of the partition that it is in. Its main file and the mirror describe
 * the same blocks unless there is a copy of them.
 */
struct fsi_udf_metadata {
	uint32_t main_icb;
	uint32_t mirror_icb;
	uint32_t main_block;
	uint32_t mirror_block;
	uint32_t blocks; /* whole allocation units */
};

/* Allocation unit and alignment of the metadata files: an ECC block of BD. */
#define FSI_UDF_METADATA_UNIT 32

/* What the descriptors of a volume tell, of one partition. */
struct fsi_udf_volume {
	const struct fsi_udf_revision *revision;
	const char *name; /* UTF-8, not empty */
	fsi_ticks recording_time;
	uint32_t serial;
	/* The volume set identifier as an earlier session has it; NULL: it is made. */
	const uint8_t (*set_identifier)[128];
	uint16_t partition_number;
	struct fsi_udf_extent main_sequence;
	struct fsi_udf_extent reserve_sequence;
	struct fsi_udf_extent integrity_sequence;
	struct fsi_udf_extent partition;
	struct fsi_udf_metadata metadata; /* of revisions that have it */
	struct fsi_udf_address file_set;  /* its terminating descriptor is behind it */
	struct fsi_udf_address root;	  /* ICB of the root directory */
	uint32_t file_count;
	uint32_t directory_count; /* with the root */
	uint64_t next_unique_id;
};

/* The block at a place of the volume recognition sequence; false: the end. */
bool fsi_udf_put_recognition(const struct fsi_udf_volume *volume, uint32_t place,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* The anchor that stands in block location. */
void fsi_udf_put_anchor(const struct fsi_udf_volume *volume, uint32_t location,
			uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/*
 * The block at a place of either volume descriptor sequence, which is block
 * location of the volume; false: the sequence has ended before.
 */
bool fsi_udf_put_sequence(const struct fsi_udf_volume *volume, uint32_t place,
			  uint32_t location, uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* The integrity descriptor of a volume that is complete. */
void fsi_udf_put_integrity(const struct fsi_udf_volume *volume, uint32_t location,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* location here is a block of the partition. */
void fsi_udf_put_file_set(const struct fsi_udf_volume *volume, uint32_t location,
			  uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* What ends a sequence of descriptors. */
void fsi_udf_put_terminator(const struct fsi_udf_volume *volume, uint32_t location,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

#endif
