/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File entries: what describes a file or a directory, all but its names; and the
 * records that stand in an entry, or that it leads to.
 */
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

/* Strategies, ECMA-167 4/14.6.2: one direct entry in one block, or a chain of them
 * that supersede one another. */
enum {
	FSI_UDF_STRATEGY_ONE_ENTRY = 4,
	FSI_UDF_STRATEGY_CHAIN = 4096
};

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
	FSI_UDF_ICB_SYSTEM = 1 << 10,
	FSI_UDF_ICB_STREAM = 1 << 13
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

/* Allocation extent descriptor, ECMA-167 4/14.5; allocation descriptors follow */
struct fsi_udf_allocation_extent {
	struct fsi_udf_tag tag;
	uint8_t previous_block RBP(16, 4);
	uint8_t descriptors_length RBP(20, 4);
};
_Static_assert(sizeof(struct fsi_udf_allocation_extent) == 24, "ECMA-167 4/14.5");

/* Extended attribute header descriptor, ECMA-167 4/14.10.1 */
struct fsi_udf_attributes_header {
	struct fsi_udf_tag tag;
	uint8_t implementation_offset RBP(16, 4);
	uint8_t application_offset RBP(20, 4);
};
_Static_assert(sizeof(struct fsi_udf_attributes_header) == 24, "ECMA-167 4/14.10.1");

/* What every extended attribute begins with, ECMA-167 4/14.10.2 */
struct fsi_udf_attribute_head {
	uint8_t type RBP(0, 4);
	uint8_t subtype RBP(4, 1);
	uint8_t reserved RBP(5, 3);
	uint8_t length RBP(8, 4);
};
_Static_assert(sizeof(struct fsi_udf_attribute_head) == 12, "ECMA-167 4/14.10.2");

/* Types of extended attributes, ECMA-167 4/14.10 */
enum {
	FSI_UDF_ATTRIBUTE_FILE_TIMES = 5,
	FSI_UDF_ATTRIBUTE_DEVICE = 12
};

/* File times, ECMA-167 4/14.10.5, with one time; more may follow */
struct fsi_udf_file_times_attribute {
	struct fsi_udf_attribute_head head;
	uint8_t data_length RBP(12, 4);
	uint8_t existence RBP(16, 4);
	struct fsi_udf_timestamp first_time; /* 20 */
};
FSI_UDF_AT(fsi_udf_file_times_attribute, first_time, 20);
_Static_assert(sizeof(struct fsi_udf_file_times_attribute) == 32, "ECMA-167 4/14.10.5");

/* Device specification, ECMA-167 4/14.10.7; implementation use follows */
struct fsi_udf_device_attribute {
	struct fsi_udf_attribute_head head;
	uint8_t implementation_use_length RBP(12, 4);
	uint8_t major RBP(16, 4);
	uint8_t minor RBP(20, 4);
};
FSI_UDF_AT(fsi_udf_device_attribute, major, 16);
_Static_assert(sizeof(struct fsi_udf_device_attribute) == 24, "ECMA-167 4/14.10.7");

/* Path component, ECMA-167 4/14.16.1; its identifier follows */
struct fsi_udf_path_component {
	uint8_t type RBP(0, 1);
	uint8_t identifier_length RBP(1, 1);
	uint8_t version RBP(2, 2);
};
_Static_assert(sizeof(struct fsi_udf_path_component) == 4, "ECMA-167 4/14.16.1");

/* Types of path components, ECMA-167 4/14.16.1.1 */
enum fsi_udf_component_type {
	FSI_UDF_COMPONENT_ROOT_AGREED = 1,
	FSI_UDF_COMPONENT_ROOT = 2,
	FSI_UDF_COMPONENT_PARENT = 3,
	FSI_UDF_COMPONENT_CURRENT = 4,
	FSI_UDF_COMPONENT_NAME = 5
};

/* Read and execute for all: what systems without permissions are given. */
#define FSI_UDF_PERMISSIONS_ALL 0x14A5u

/* Owner or group of a file that has none, OSTA UDF 2.3.6 */
#define FSI_UDF_NO_ID UINT32_MAX

/* What an entry tells, in every form of entry. */
struct fsi_udf_entry {
	enum fsi_udf_file_type file_type;
	uint16_t flags; /* of the ICB, with how the body is allocated */
	uint16_t link_count;
	uint32_t uid;
	uint32_t gid;
	uint32_t permissions;
	uint64_t size;		  /* of the body, in bytes */
	uint64_t object_size;	  /* with that of all streams */
	uint64_t recorded_blocks; /* of the body outside the entry */
	uint64_t unique_id;
	fsi_ticks access_time;
	fsi_ticks modification_time;
	fsi_ticks creation_time; /* only an extended file entry tells it */
	fsi_ticks attribute_time;
	bool has_streams; /* only an extended file entry tells it, and this: */
	struct fsi_udf_address stream_directory;
	uint32_t attributes_length;  /* of what stands behind the fixed fields, */
	uint32_t descriptors_length; /* and behind that */
};

/* One form of entry: the file entry, or the extended one of later revisions. */
struct fsi_udf_entry_form {
	uint32_t size; /* of its fixed fields */
	/*
	 * Fill the fixed fields and seal the entry. Extended attributes and
	 * allocation descriptors are in the block already, right behind them.
	 */
	void (*put)(const struct fsi_udf_entry *entry,
		    const struct fsi_udf_revision *revision, uint32_t location,
		    uint8_t (*ret_block)[FSI_BLOCK_SIZE]);
};

extern const struct fsi_udf_entry_form fsi_udf_file_entry_form;
extern const struct fsi_udf_entry_form fsi_udf_extended_file_entry_form;

/* POSIX permission bits as UDF orders them: ECMA-167 4/14.9.5, OSTA UDF 3.3.3.3 */
uint32_t fsi_udf_permissions_of_mode(uint16_t mode);

/* The set-id and sticky bits of a POSIX mode as flags of the ICB. */
uint16_t fsi_udf_icb_flags_of_mode(uint16_t mode);

#endif
