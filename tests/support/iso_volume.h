/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small volume of ISO 9660 made by hand, with one of everything: Rock Ridge with a
 * relocated directory, Joliet, an enhanced tree, El Torito with an image of a hard
 * disk, partition tables of both kinds, a file of two sections and one of zisofs.
 * Nothing is wrong with it; tests put in what is.
 */
#ifndef TESTS_SUPPORT_ISO_VOLUME_H
#define TESTS_SUPPORT_ISO_VOLUME_H

#include <stddef.h>
#include <stdint.h>

#define ISO_VOLUME_BLOCKS 80u

/* Where things are. */
enum {
	BLOCK_PRIMARY = 16,
	BLOCK_BOOT_RECORD,
	BLOCK_JOLIET,
	BLOCK_ENHANCED,
	BLOCK_TERMINATOR,
	BLOCK_L_TABLE,
	BLOCK_M_TABLE,
	BLOCK_OPTIONAL_TABLE,
	BLOCK_JOLIET_L_TABLE,
	BLOCK_JOLIET_M_TABLE,
	BLOCK_ENHANCED_L_TABLE,
	BLOCK_ENHANCED_M_TABLE,
	BLOCK_ROOT,
	BLOCK_DIRECTORY,
	BLOCK_MOVED,
	BLOCK_DEEP,
	BLOCK_CONTINUATION,
	BLOCK_JOLIET_ROOT,
	BLOCK_JOLIET_DIRECTORY,
	BLOCK_ENHANCED_ROOT,
	BLOCK_ENHANCED_DIRECTORY,
	BLOCK_CATALOG,
	BLOCK_BOOT_IMAGE,
	BLOCK_EFI_IMAGE, /* two blocks */
	BLOCK_HARD_DISK = BLOCK_EFI_IMAGE + 2,
	BLOCK_FILE,
	BLOCK_BIG, /* two blocks, a section each */
	BLOCK_ZISOFS = BLOCK_BIG + 2
};

/* Offsets of records and entries, from the start of the image. */
struct iso_places {
	uint32_t self; /* records of the root */
	uint32_t parent;
	uint32_t big;
	uint32_t big_end; /* its second section */
	uint32_t device;
	uint32_t directory;
	uint32_t file;
	uint32_t link;
	uint32_t moved;
	uint32_t zisofs;
	uint32_t hard; /* the second name of the file, in the directory */
	uint32_t placeholder;
	uint32_t deep;
	uint32_t joliet_self;
	uint32_t joliet_big;
	uint32_t joliet_directory;
	uint32_t joliet_file;
	uint32_t joliet_parent; /* ".." in Joliet's directory */
	uint32_t enhanced_file;
	uint32_t sp; /* system use entries */
	uint32_t self_px;
	uint32_t self_ce;
	uint32_t er;
	uint32_t big_px;
	uint32_t file_px;
	uint32_t file_tf;
	uint32_t file_nm;
	uint32_t file_ce;
	uint32_t file_nm_end;
	uint32_t device_pn;
	uint32_t link_sl;
	uint32_t link_nm;
	uint32_t zf;
	uint32_t cl;
	uint32_t pl;
	uint32_t re;
	uint32_t image; /* the first byte of all */
};

extern uint8_t iso_volume[ISO_VOLUME_BLOCKS * 2048];
extern struct iso_places iso_places;

/* A number in little-endian order. */
void iso_volume_put_le(uint8_t *out, uint64_t value, unsigned bytes);

/* The part of it that makes it start from a disk. */
void iso_volume_put_partitions(void);

/* Make it anew. */
void iso_volume_build(void);

#endif
