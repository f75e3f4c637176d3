/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checking ISO 9660 and what belongs to it: what the files iso_*.c share. A volume
 * has up to three trees; each is walked once, every directory block is read once,
 * and no more blocks of directories are read than the image has. What is kept for
 * later comparison grows with the records that were read.
 */
#ifndef FSI_CHECK_ISO_H
#define FSI_CHECK_ISO_H

#include "check/check.h"
#include "iso9660/read_records.h"

#include <fsimage/disc.h>

enum fsi_check_tree_kind {
	FSI_CHECK_PRIMARY,
	FSI_CHECK_JOLIET,
	FSI_CHECK_ENHANCED, /* ISO 9660:1999 */
	FSI_CHECK_TREES
};

struct fsi_check_directory {
	uint32_t first_block;
	uint32_t size;	      /* in bytes */
	uint32_t parent;      /* in the list of directories; of the root: itself */
	uint32_t path_length; /* of identifiers and what separates them */
	uint32_t original;    /* PL: where it was relocated from; 0: it was not */
	bool is_relocated;    /* RE */
	bool has_children;    /* that are directories */
	uint8_t identifier_length;
	const uint8_t *identifier;
	const struct fsi_check_name *name; /* NULL: of the root */
};

/* A section of a file that has data. */
struct fsi_check_section {
	uint32_t first_block;
	uint32_t size;
	uint32_t links;	 /* that PX tells; 0: not told, or no file with one name only */
	uint64_t offset; /* in the image, of its record */
	const struct fsi_check_name *name;
};

/* A record that stands for a relocated directory (RRIP 4.1.5.1). */
struct fsi_check_relocation {
	uint32_t target;
	uint32_t parent; /* first block of the directory that holds the record */
	uint64_t offset;
	const struct fsi_check_name *name;
};

struct fsi_check_iso;

/* The tree of one volume descriptor. */
struct fsi_check_tree {
	struct fsi_check_iso *iso;
	enum fsi_check_tree_kind kind;
	bool is_there;
	uint64_t offset; /* in the image, of the descriptor */
	struct fsi_iso9660_volume_descriptor descriptor;
	uint16_t sequence_number;			    /* of the volume */
	FSI_VECTOR(struct fsi_check_directory) directories; /* level by level */
	uint32_t *by_block; /* the same by first block; NULL: not made yet */
	FSI_VECTOR(struct fsi_check_section) sections;
	FSI_VECTOR(struct fsi_check_relocation) relocations;
	uint32_t blocks_left; /* of directories that may still be read */
	/* Rock Ridge, in the primary tree only. */
	bool has_system_use;
	bool has_rock_ridge;
	unsigned root_skipped; /* of the root's first record: what XA has */
	unsigned skipped;      /* see fsi_iso9660_get_skipped() */
	uint8_t px_length;     /* of the first PX; 0: there was none */
};

/* Bytes of a continuation area (SUSP 5.1). */
struct fsi_check_area {
	uint64_t offset; /* in the image */
	uint32_t length;
};

struct fsi_check_iso {
	struct fsi_check *check;
	uint32_t first_block;	   /* of the volume descriptors */
	uint32_t volume_blocks;	   /* as the primary descriptor tells */
	uint32_t terminator_block; /* 0: none was found */
	struct fsi_arena identifiers;
	struct fsi_check_tree trees[FSI_CHECK_TREES];
	FSI_VECTOR(struct fsi_check_area) areas;
	uint64_t area_bytes_left; /* that may still be read of them */
	bool has_boot_record;
	uint32_t catalog_block;
};

/* ---- shared (iso.c) ---------------------------------------------------- */

/* Numbers in both byte orders; halves that differ are told (I-005). */
uint16_t fsi_check_both16(const struct fsi_check_iso *iso,
			  const struct fsi_check_place *place, const char *field,
			  const uint8_t (*bytes)[4]);
uint32_t fsi_check_both32(const struct fsi_check_iso *iso,
			  const struct fsi_check_place *place, const char *field,
			  const uint8_t (*bytes)[8]);

/* Claim blocks for a structure. */
void fsi_check_claim(const struct fsi_check_iso *iso, uint32_t first_block,
		     uint64_t block_count, const char *structure,
		     const struct fsi_check_name *name);

static inline bool fsi_check_is_joliet(const struct fsi_check_tree *tree)
{
	return tree->kind == FSI_CHECK_JOLIET;
}

/* Claim a block of continuation areas. */
void fsi_check_claim_areas(const struct fsi_check_iso *iso, uint32_t block);

/* Whether all of an extent is in the image. */
bool fsi_check_is_inside(const struct fsi_check_iso *iso, uint32_t first_block,
			 uint64_t size);

/* The directory of a tree that begins in a block; NULL: there is none. */
const struct fsi_check_directory *fsi_check_find_directory(struct fsi_check_tree *tree,
							   uint32_t first_block);

/* ---- the parts, in the order in which they are looked at --------------- */

/* iso_descriptors.c; fills in trees and catalog_block. false: there are none. */
bool fsi_check_iso_descriptors(struct fsi_check_iso *iso);

/* iso_sessions.c: the descriptors of the sessions of a disc. */
void fsi_check_iso_sessions(struct fsi_check_iso *iso);

/* iso_texts.c: the texts and dates of a volume descriptor. */
void fsi_check_iso_texts(struct fsi_check_tree *tree);

/* iso_directories.c */
void fsi_check_iso_directories(struct fsi_check_tree *tree);

/* iso_path_tables.c; once the directories are known. */
void fsi_check_iso_path_tables(struct fsi_check_tree *tree);

/* iso_trees.c: what is seen when all records are known. */
void fsi_check_iso_trees(struct fsi_check_iso *iso);

/* iso_boot.c */
void fsi_check_iso_boot(struct fsi_check_iso *iso);

/* iso_hybrid.c: partition tables in the system area. */
void fsi_check_iso_hybrid(struct fsi_check_iso *iso);

/* ---- records of directories (iso_record.c, iso_identifier.c) ----------- */

/* A record that is looked at, and what was found out about it. */
struct fsi_check_record {
	struct fsi_iso9660_directory_record fields;
	const uint8_t *bytes; /* all of it */
	const uint8_t *identifier;
	struct fsi_check_place place;
	uint32_t number;      /* in the directory, from 0 */
	uint32_t first_block; /* with extended attributes */
	uint32_t size;
	/* Rock Ridge. */
	bool has_px;
	uint32_t mode; /* when it has PX */
	uint32_t links;
	char name[256];		  /* NM; "": none */
	uint32_t relocated_block; /* CL; 0: none */
	uint32_t original;	  /* PL; 0: none */
	bool is_relocated;	  /* RE */
};

static inline bool fsi_check_has_flag(const struct fsi_check_record *record,
				      unsigned flag)
{
	return (record->fields.flags[0] & flag) != 0;
}

/* The numbers, flags and the date of a record. */
void fsi_check_iso_record(struct fsi_check_tree *tree, struct fsi_check_record *record);

/* The identifier of one that is neither "." nor "..". directory: that holds it. */
void fsi_check_iso_identifier(struct fsi_check_tree *tree,
			      const struct fsi_check_directory *directory,
			      const struct fsi_check_record *record);

/*
 * How the standard orders two identifiers (ECMA-119 9.3), files and directories
 * alike: <0, 0, >0. with_version: 0 for those that differ in their version alone.
 */
int fsi_check_compare_identifiers(const struct fsi_check_tree *tree, const uint8_t *one,
				  size_t one_length, const uint8_t *other,
				  size_t other_length, bool with_version);

/* ---- system use (iso_system_use.c, iso_rock_ridge.c) ------------------- */

/* Find out from the root's first record whether there is SUSP. */
void fsi_check_iso_find_system_use(struct fsi_check_tree *tree,
				   const struct fsi_check_record *record);

/* The entries of a record. */
void fsi_check_iso_system_use(struct fsi_check_tree *tree,
			      const struct fsi_check_directory *directory,
			      struct fsi_check_record *record);

/* Continuation areas that share bytes; claims their blocks. */
void fsi_check_iso_areas(struct fsi_check_iso *iso);

#endif
