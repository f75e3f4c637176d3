/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records of ISO 9660 as they lie on a disc: arrays of bytes at the
 * positions that ECMA-119 gives them, and what puts values into them. No
 * allocation and no input or output; unused bytes are zero.
 */
#ifndef FSI_ISO9660_RECORDS_H
#define FSI_ISO9660_RECORDS_H

#include "base/bytes.h"
#include "base/calendar.h"

/* Volume descriptors begin here, behind the system area (ECMA-119 6.2.1). */
#define FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK 16u

/* A record has up to 255 bytes and an even number of them (ECMA-119 9.1.1, 9.1.13). */
#define FSI_ISO9660_RECORD_MAX 254u

/* What is left of a directory record for the identifier. */
#define FSI_ISO9660_IDENTIFIER_MAX 221u

/* ECMA-119 8.1.1 */
enum fsi_iso9660_descriptor_type {
	FSI_ISO9660_PRIMARY = 1,
	FSI_ISO9660_SUPPLEMENTARY = 2,
	FSI_ISO9660_PARTITION = 3,
	FSI_ISO9660_TERMINATOR = 255
};

/* Date and time in text (ECMA-119 8.4.26.1). */
struct fsi_iso9660_text_date {
	uint8_t year BP(1, 4);
	uint8_t month BP(5, 6);
	uint8_t day BP(7, 8);
	uint8_t hour BP(9, 10);
	uint8_t minute BP(11, 12);
	uint8_t second BP(13, 14);
	uint8_t hundredths BP(15, 16);
	uint8_t offset BP(17, 17); /* from UTC, signed, in quarters of an hour */
};
_Static_assert(sizeof(struct fsi_iso9660_text_date) == 17, "ECMA-119 8.4.26.1");

/* Date and time in numbers (ECMA-119 9.1.5). */
struct fsi_iso9660_date {
	uint8_t years BP(1, 1); /* since 1900 */
	uint8_t month BP(2, 2);
	uint8_t day BP(3, 3);
	uint8_t hour BP(4, 4);
	uint8_t minute BP(5, 5);
	uint8_t second BP(6, 6);
	uint8_t offset BP(7, 7); /* from UTC, signed, in quarters of an hour */
};
_Static_assert(sizeof(struct fsi_iso9660_date) == 7, "ECMA-119 9.1.5");

/* Directory record (ECMA-119 9.1); the identifier and its padding follow. */
struct fsi_iso9660_directory_record {
	uint8_t length BP(1, 1);
	uint8_t attribute_blocks BP(2, 2);
	uint8_t extent BP(3, 10);
	uint8_t data_length BP(11, 18);
	struct fsi_iso9660_date recording_date; /* BP(19, 25) */
	uint8_t flags BP(26, 26);
	uint8_t file_unit_size BP(27, 27);
	uint8_t interleave_gap BP(28, 28);
	uint8_t volume_sequence_number BP(29, 32);
	uint8_t identifier_length BP(33, 33);
};
_Static_assert(sizeof(struct fsi_iso9660_directory_record) == 33, "ECMA-119 9.1");

/* The record of a root, a directory itself or its parent: one byte of identifier. */
struct fsi_iso9660_short_record {
	struct fsi_iso9660_directory_record record;
	uint8_t identifier BP(34, 34);
};
_Static_assert(sizeof(struct fsi_iso9660_short_record) == 34, "ECMA-119 8.4.18");

/*
 * The identifier of a root and of a directory itself, and that of its parent
 * (ECMA-119 6.8.2.2).
 */
enum {
	FSI_ISO9660_SELF = 0x00,
	FSI_ISO9660_PARENT = 0x01
};

/* File flags (ECMA-119 9.1.6). */
enum {
	FSI_ISO9660_HIDDEN = 0x01,
	FSI_ISO9660_DIRECTORY = 0x02,
	FSI_ISO9660_MULTI_EXTENT = 0x80 /* not the last section of the file */
};

/* Path table record (ECMA-119 9.4); the identifier and its padding follow. */
struct fsi_iso9660_path_record {
	uint8_t identifier_length BP(1, 1);
	uint8_t attribute_blocks BP(2, 2);
	uint8_t extent BP(3, 6);
	uint8_t parent BP(7, 8);
};
_Static_assert(sizeof(struct fsi_iso9660_path_record) == 8, "ECMA-119 9.4");

/* Primary volume descriptor (ECMA-119 8.4) and supplementary one (8.5). */
struct fsi_iso9660_volume_descriptor {
	uint8_t type BP(1, 1);
	uint8_t standard_id BP(2, 6);
	uint8_t version BP(7, 7);
	uint8_t volume_flags BP(8, 8); /* 8.5.3; primary: unused */
	uint8_t system_id BP(9, 40);
	uint8_t volume_id BP(41, 72);
	uint8_t unused_73 BP(73, 80);
	uint8_t volume_space_size BP(81, 88);
	uint8_t escape_sequences BP(89, 120); /* 8.5.6; primary: unused */
	uint8_t volume_set_size BP(121, 124);
	uint8_t volume_sequence_number BP(125, 128);
	uint8_t logical_block_size BP(129, 132);
	uint8_t path_table_size BP(133, 140);
	uint8_t l_path_table BP(141, 144);
	uint8_t optional_l_path_table BP(145, 148);
	uint8_t m_path_table BP(149, 152);
	uint8_t optional_m_path_table BP(153, 156);
	struct fsi_iso9660_short_record root; /* BP(157, 190) */
	uint8_t volume_set_id BP(191, 318);
	uint8_t publisher_id BP(319, 446);
	uint8_t preparer_id BP(447, 574);
	uint8_t application_id BP(575, 702);
	uint8_t copyright_file_id BP(703, 739);
	uint8_t abstract_file_id BP(740, 776);
	uint8_t bibliographic_file_id BP(777, 813);
	struct fsi_iso9660_text_date creation_date;	/* BP(814, 830) */
	struct fsi_iso9660_text_date modification_date; /* BP(831, 847) */
	struct fsi_iso9660_text_date expiration_date;	/* BP(848, 864) */
	struct fsi_iso9660_text_date effective_date;	/* BP(865, 881) */
	uint8_t file_structure_version BP(882, 882);
	uint8_t reserved_883 BP(883, 883);
	uint8_t application_use BP(884, 1395);
	uint8_t reserved_1396 BP(1396, 2048);
};
_Static_assert(sizeof(struct fsi_iso9660_volume_descriptor) == FSI_BLOCK_SIZE,
	       "ECMA-119 8.4, 8.5");

/* Volume descriptor set terminator (ECMA-119 8.3). */
struct fsi_iso9660_terminator {
	uint8_t type BP(1, 1);
	uint8_t standard_id BP(2, 6);
	uint8_t version BP(7, 7);
	uint8_t reserved BP(8, 2048);
};
_Static_assert(sizeof(struct fsi_iso9660_terminator) == FSI_BLOCK_SIZE, "ECMA-119 8.3");

/* What a directory record says, whatever the dialect. */
struct fsi_iso9660_entry {
	uint32_t first_block;
	uint32_t size; /* in bytes */
	fsi_ticks recording_time;
	uint8_t flags;
	uint8_t identifier_length;
	const uint8_t *identifier;
};

/* What a path table record says. */
struct fsi_iso9660_path_entry {
	uint32_t first_block;
	uint16_t parent; /* its place in the path table, from 1 */
	uint8_t identifier_length;
	const uint8_t *identifier;
};

/* "CD001", the standard identifier of every descriptor (ECMA-119 8.1.2). */
void fsi_iso9660_put_standard_id(uint8_t (*field)[5]);

/* A time in UTC; all zero outside of 1900 to 2155 (ECMA-119 9.1.5). */
void fsi_iso9660_put_date(struct fsi_iso9660_date *date, fsi_ticks time);

/* A time in UTC, to a hundredth of a second (ECMA-119 8.4.26.1). */
void fsi_iso9660_put_text_date(struct fsi_iso9660_text_date *date, fsi_ticks time);

/* The form of a date that is not specified (ECMA-119 8.4.26.1). */
void fsi_iso9660_put_no_text_date(struct fsi_iso9660_text_date *date);

/* Bytes of a directory record, an even number (ECMA-119 9.1.12). */
uint32_t fsi_iso9660_directory_record_size(uint32_t identifier_length);

/* Write that many bytes to out, which holds zeros. */
void fsi_iso9660_put_directory_record(uint8_t *out,
				      const struct fsi_iso9660_entry *entry);

/* Bytes of a path table record, an even number (ECMA-119 9.4.6). */
uint32_t fsi_iso9660_path_record_size(uint32_t identifier_length);

/* Write that many bytes to out, which holds zeros, for a table of one order. */
void fsi_iso9660_put_path_record(uint8_t *out, const struct fsi_iso9660_path_entry *entry,
				 bool is_big_endian);

#endif
