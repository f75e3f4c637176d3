/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File entries: what describes a file or a directory, all but its names. */
#ifndef FSI_UDF_FILE_ENTRY_H
#define FSI_UDF_FILE_ENTRY_H

#include "udf/types.h"

/* ICB tag, ECMA-167 4/14.6 */
struct fsi_udf_icb_tag {
	uint8_t prior_entries RBP(0, 4);
	uint8_t strategy RBP(4, 2);
	uint8_t strategy_parameter RBP(6, 2);
	uint8_t entry_count_max RBP(8, 2);
	uint8_t reserved RBP(10, 1);
	uint8_t file_type RBP(11, 1);
	struct fsi_udf_lb_addr parent; /* 12 */
	uint8_t flags RBP(18, 2);
};
FSI_UDF_AT(fsi_udf_icb_tag, file_type, 11);
_Static_assert(sizeof(struct fsi_udf_icb_tag) == 20, "ECMA-167 4/14.6");

/* File types, ECMA-167 4/14.6.6 */
enum fsi_udf_file_type {
	FSI_UDF_FILE_UNSPECIFIED = 0, /* in 1.50 the virtual allocation table */
	FSI_UDF_FILE_DIRECTORY = 4,
	FSI_UDF_FILE_REGULAR = 5,
	FSI_UDF_FILE_BLOCK_DEVICE = 6,
	FSI_UDF_FILE_CHARACTER_DEVICE = 7,
	FSI_UDF_FILE_ATTRIBUTES = 8,
	FSI_UDF_FILE_FIFO = 9,
	FSI_UDF_FILE_SOCKET = 10,
	FSI_UDF_FILE_LINK = 12,
	FSI_UDF_FILE_STREAM_DIRECTORY = 13,
	FSI_UDF_FILE_ALLOCATION_TABLE = 248, /* these: OSTA UDF 2.3.5.2 */
	FSI_UDF_FILE_REAL_TIME = 249,
	FSI_UDF_FILE_METADATA = 250,
	FSI_UDF_FILE_METADATA_MIRROR = 251
};

/* Flags of an ICB, ECMA-167 4/14.6.8; bits 0 to 2: the allocation descriptors */
enum {
	FSI_UDF_ICB_SHORT_AD = 0,
	FSI_UDF_ICB_LONG_AD = 1,
	FSI_UDF_ICB_EMBEDDED = 3,
	FSI_UDF_ICB_AD_MASK = 7,
	FSI_UDF_ICB_ARCHIVE = 1 << 5,
	FSI_UDF_ICB_SET_UID = 1 << 6,
	FSI_UDF_ICB_SET_GID = 1 << 7,
	FSI_UDF_ICB_STICKY = 1 << 8,
	FSI_UDF_ICB_SYSTEM = 1 << 10
};

/* File entry, ECMA-167 4/14.9; extended attributes, allocation descriptors follow */
struct fsi_udf_file_entry {
	struct fsi_udf_tag tag;
	struct fsi_udf_icb_tag icb_tag; /* 16 */
	uint8_t uid RBP(36, 4);
	uint8_t gid RBP(40, 4);
	uint8_t permissions RBP(44, 4);
	uint8_t link_count RBP(48, 2);
	uint8_t record_format RBP(50, 1);
	uint8_t record_display_attributes RBP(51, 1);
	uint8_t record_length RBP(52, 4);
	uint8_t information_length RBP(56, 8);
	uint8_t recorded_blocks RBP(64, 8);
	struct fsi_udf_timestamp access_time;	    /* 72 */
	struct fsi_udf_timestamp modification_time; /* 84 */
	struct fsi_udf_timestamp attribute_time;    /* 96 */
	uint8_t checkpoint RBP(108, 4);
	struct fsi_udf_long_ad attributes_icb; /* 112 */
	struct fsi_udf_regid implementation;   /* 128 */
	uint8_t unique_id RBP(160, 8);
	uint8_t attributes_length RBP(168, 4);
	uint8_t descriptors_length RBP(172, 4);
};
FSI_UDF_AT(fsi_udf_file_entry, permissions, 44);
FSI_UDF_AT(fsi_udf_file_entry, information_length, 56);
FSI_UDF_AT(fsi_udf_file_entry, access_time, 72);
FSI_UDF_AT(fsi_udf_file_entry, checkpoint, 108);
FSI_UDF_AT(fsi_udf_file_entry, unique_id, 160);
_Static_assert(sizeof(struct fsi_udf_file_entry) == 176, "ECMA-167 4/14.9");

/* Extended file entry, ECMA-167 4/14.17; what follows is as behind a file entry */
struct fsi_udf_extended_file_entry {
	struct fsi_udf_tag tag;
	struct fsi_udf_icb_tag icb_tag; /* 16 */
	uint8_t uid RBP(36, 4);
	uint8_t gid RBP(40, 4);
	uint8_t permissions RBP(44, 4);
	uint8_t link_count RBP(48, 2);
	uint8_t record_format RBP(50, 1);
	uint8_t record_display_attributes RBP(51, 1);
	uint8_t record_length RBP(52, 4);
	uint8_t information_length RBP(56, 8);
	uint8_t object_size RBP(64, 8);
	uint8_t recorded_blocks RBP(72, 8);
	struct fsi_udf_timestamp access_time;	    /* 80 */
	struct fsi_udf_timestamp modification_time; /* 92 */
	struct fsi_udf_timestamp creation_time;	    /* 104 */
	struct fsi_udf_timestamp attribute_time;    /* 116 */
	uint8_t checkpoint RBP(128, 4);
	uint8_t reserved RBP(132, 4);
	struct fsi_udf_long_ad attributes_icb;	 /* 136 */
	struct fsi_udf_long_ad stream_directory; /* 152 */
	struct fsi_udf_regid implementation;	 /* 168 */
	uint8_t unique_id RBP(200, 8);
	uint8_t attributes_length RBP(208, 4);
	uint8_t descriptors_length RBP(212, 4);
};
FSI_UDF_AT(fsi_udf_extended_file_entry, object_size, 64);
FSI_UDF_AT(fsi_udf_extended_file_entry, creation_time, 104);
FSI_UDF_AT(fsi_udf_extended_file_entry, checkpoint, 128);
FSI_UDF_AT(fsi_udf_extended_file_entry, stream_directory, 152);
FSI_UDF_AT(fsi_udf_extended_file_entry, unique_id, 200);
_Static_assert(sizeof(struct fsi_udf_extended_file_entry) == 216, "ECMA-167 4/14.17");

/* The body of a file is as many extents of the greatest length as it takes. */
#define FSI_UDF_FILE_ENTRY_EXTENTS \
	((FSI_BLOCK_SIZE - sizeof(struct fsi_udf_file_entry)) / \
	 sizeof(struct fsi_udf_short_ad))

/* Read and execute for all: what systems without permissions are given. */
#define FSI_UDF_PERMISSIONS_ALL 0x14A5u

/* Owner or group of a file that has none, OSTA UDF 2.3.6 */
#define FSI_UDF_NO_ID UINT32_MAX

/* What an entry tells, in every form of entry. */
struct fsi_udf_entry {
	enum fsi_udf_file_type file_type;
	uint16_t flags; /* of the ICB, but for bits 0 to 2 */
	uint16_t link_count;
	uint32_t uid;
	uint32_t gid;
	uint32_t permissions;
	uint32_t first_block; /* of the partition: where the body lies */
	uint64_t size;	      /* of the body, in bytes; 0: it lies nowhere */
	uint64_t unique_id;
	fsi_ticks access_time;
	fsi_ticks modification_time;
	fsi_ticks attribute_time;
};

/* One form of entry: the file entry, or what a revision has in its place. */
struct fsi_udf_entry_form {
	uint32_t extents_max; /* of one body, all in the entry itself */
	void (*put)(const struct fsi_udf_entry *entry,
		    const struct fsi_udf_revision *revision, uint32_t location,
		    uint8_t (*ret_block)[FSI_BLOCK_SIZE]);
};

extern const struct fsi_udf_entry_form fsi_udf_file_entry_form;

/* POSIX permission bits as UDF orders them: ECMA-167 4/14.9.5, OSTA UDF 3.3.3.3 */
uint32_t fsi_udf_permissions_of_mode(uint16_t mode);

/* The set-id and sticky bits of a POSIX mode as flags of the ICB. */
uint16_t fsi_udf_icb_flags_of_mode(uint16_t mode);

#endif
