/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file system as the pipeline sees it: an object that puts its structures in
 * place, stage by stage, and renders them later. A stage lets several file
 * systems share one volume: each is asked at every stage, in this order.
 */
#ifndef FSI_LAYOUT_FORMAT_H
#define FSI_LAYOUT_FORMAT_H

#include "base/calendar.h"
#include "layout/layout.h"

enum fsi_stage {
	FSI_STAGE_SYSTEM_AREA, /* partition tables, which no file system looks at */
	FSI_STAGE_DESCRIPTORS, /* ISO 9660 volume descriptors, from block 16 */
	FSI_STAGE_RECOGNITION, /* UDF volume recognition, right behind them */
	FSI_STAGE_VOLUME,      /* UDF volume structures at their fixed places */
	FSI_STAGE_KEPT,	       /* what the head of the disc was before this session */
	FSI_STAGE_ANCHOR,      /* UDF: the anchor that the session is found by */
	FSI_STAGE_DIRECTORIES, /* ISO 9660 and Joliet path tables, directories */
	FSI_STAGE_PARTITION,   /* UDF: start of the partition, its metadata */
	/* here the pipeline places the file data */
	FSI_STAGE_END, /* what closes the volume: anchors, padding */
	/* here the size of the image is known */
	FSI_STAGE_SEALED, /* what is at the very end, in the blocks reserved for it */
	FSI_STAGE_COUNT
};

struct fsi_format;

struct fsi_format_ops {
	/* Append the regions of one stage. Addresses do not change afterwards. */
	HRESULT(*place)
	(struct fsi_format *format, enum fsi_stage stage, struct fsi_layout *layout);
	void (*destroy)(struct fsi_format *format);
};

/* The first member of every file system's own object. */
struct fsi_format {
	const struct fsi_format_ops *ops;
};

/* What the volume descriptors of all file systems have in common. */
struct fsi_volume {
	char *iso_name; /* as fsi_name_of_volume() made them; NULL where unused */
	char *joliet_name;
	char *udf_name;
	fsi_ticks recording_time;
	uint32_t serial; /* differs between volumes made in the same second */
	bool posix_attributes;
};

/* How far the head of a disc reaches, with the anchor of UDF in block 256. */
#define FSI_HEAD_BLOCKS 288u

/* Which blocks of the head hold data of files, be they zeros: a bit for each. */
struct fsi_head_data {
	uint32_t words[FSI_HEAD_BLOCKS / 32];
};

static inline void fsi_head_data_note(struct fsi_head_data *data, uint32_t first_block,
				      uint32_t block_count)
{
	for (uint32_t n = 0; n < block_count && first_block < FSI_HEAD_BLOCKS; n++) {
		data->words[first_block / 32] |= UINT32_C(1) << first_block % 32;
		first_block++;
	}
}

static inline bool fsi_head_data_has(const struct fsi_head_data *data, uint32_t block)
{
	return (data->words[block / 32] >> block % 32 & 1) != 0;
}

/*
 * What a session has to keep of the one that it goes on from. Blocks are counted from
 * the start of the disc.
 */
struct fsi_continued {
	enum fsi_file_system imported; /* what the items were read from */
	fsi_file_systems file_systems; /* that the previous session has */
	bool covers_disc; /* the head of the disc is rewritten, the image is all of it */
	uint32_t previous_block; /* where it begins */
	/* 16 blocks before its descriptors; 0: those are shown by the head of the disc */
	uint32_t previous_head_block;
	uint32_t session_count;	   /* on the disc */
	uint32_t end_block;	   /* behind all that the disc holds */
	uint32_t imported_session; /* its number; 0: the one that the disc shows */
	uint32_t first_data_block; /* of all files; UINT32_MAX: there are none */
	struct fsi_head_data head_data;
	uint32_t boot_catalog_block; /* of El Torito; 0: it has none */
	/* Of UDF, whatever was imported; else zeros. */
	bool has_udf;
	uint32_t udf_revision;	  /* as the logical volume has it: 0x250 is 2.50 */
	uint32_t partition_block; /* where the physical partition begins */
	uint16_t partition_number;
	/* The items' entries are in it, by the map that it has in the next session. */
	bool keeps_entries;
	uint64_t next_unique_id;    /* the first that no item has */
	uint8_t volume_set_id[128]; /* of the primary volume descriptor, as it is there */
};

#endif
