/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A UDF volume that is read: its blocks, its partitions, the bodies of its
 * files. What is here does not change once the volume is mounted, but for
 * `directories`, so that several threads may read it. Every chain on the disc
 * has a limit, and no list is longer than what it was read from.
 *
 * Functions that read fail with the errors that <fsimage/disc.h> tells.
 */
#ifndef FSI_IMPORT_UDF_H
#define FSI_IMPORT_UDF_H

#include "base/vector.h"
#include "import/visits.h"
#include "media/media.h"
#include "udf/maps.h"
#include "udf/read_descriptors.h"
#include "udf/read_entry.h"

/* ECMA-167 3/8.1: sectors have 512 bytes at least; UDF needs no more than this. */
#define FSI_UDF_BLOCK_SIZE_MIN 512u
#define FSI_UDF_BLOCK_SIZE_MAX 32768u

/* ---- bodies ------------------------------------------------------------ */

/* A run of a body. Its length is known by where the next one begins. */
struct fsi_udf_piece {
	uint64_t offset; /* in the body, in bytes */
	uint32_t block;	 /* of the partition */
	uint16_t partition;
	bool is_recorded;
};

/* Where the bytes of a file, directory or table are. */
struct fsi_udf_body {
	uint64_t size;				 /* in bytes */
	FSI_VECTOR(struct fsi_udf_piece) pieces; /* ascending, from offset 0 on */
	/* One that is embedded in its entry instead: */
	uint8_t *bytes;	      /* NULL when it is not */
	uint64_t disc_offset; /* of its first byte */
	uint32_t location;    /* block of the partition that the entry is in */
};

/* ---- partitions -------------------------------------------------------- */

/* A packet that lies elsewhere, OSTA UDF 2.2.12. */
struct fsi_udf_spare {
	uint32_t original; /* block of the partition */
	uint32_t mapped;   /* block of the volume */
};

/* Metadata may be there twice. */
#define FSI_UDF_COPIES 2

struct fsi_udf_space {
	enum fsi_disc_partition_kind kind;
	uint16_t number;
	uint16_t below;	 /* reference of the physical partition; itself if it is one */
	uint32_t access; /* as it is recorded */
	uint32_t first_block; /* of the volume; of the physical partition */
	uint32_t block_count; /* blocks that have an address */
	/* sparable */
	uint32_t packet_blocks;
	FSI_VECTOR(struct fsi_udf_spare) spares; /* by original */
	/* metadata: the main file and its mirror; virtual: the table */
	struct fsi_udf_body files[FSI_UDF_COPIES];
	unsigned file_count;
	uint64_t table_offset; /* of the entries in the table */
};

struct fsi_udf {
	struct fsi_media *media; /* one reference */
	uint32_t block_size;
	uint32_t block_count;			 /* of the media */
	FSI_VECTOR(struct fsi_udf_space) spaces; /* by partition reference */
	struct fsi_visits visits;
};

/* ---- blocks ------------------------------------------------------------ */

/*
 * Raise IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR for a structure in a block of
 * the volume.
 */
HRESULT fsi_import_udf_damaged(const char *structure, uint32_t block,
			       enum fsi_udf_fault fault);

/* The same with a sentence of the caller's, which names structure and block. */
HRESULT fsi_import_udf_inconsistent(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Raise IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED. */
HRESULT fsi_import_udf_unsupported(const char *feature);

/* A block of the volume. */
HRESULT fsi_import_udf_read_block(const struct fsi_udf *udf, uint32_t block,
				  uint8_t *buffer);

/*
 * Where blocks of a partition lie: *ret_block of the volume, and how many of
 * count lie side by side. copy: of metadata that is there twice, which of both.
 */
HRESULT fsi_import_udf_locate(const struct fsi_udf *udf, struct fsi_udf_address address,
			      uint32_t count, unsigned copy, uint32_t *ret_block,
			      uint32_t *ret_count);

/* How many copies there may be of what lies in a partition. */
unsigned fsi_import_udf_copies(const struct fsi_udf *udf, uint16_t partition);

/* Tags that a structure may have, and what it is called. */
struct fsi_udf_wanted {
	const char *name;
	enum fsi_udf_tag_identifier identifiers[2];
};

/*
 * Read a structure into a block, from the copy that is sound. *ret_block: of the
 * volume, where that was; may be NULL.
 */
HRESULT fsi_import_udf_read_structure(const struct fsi_udf *udf,
				      struct fsi_udf_address address,
				      const struct fsi_udf_wanted *wanted,
				      uint8_t *buffer, uint32_t *ret_block);

/* ---- entries and bodies ------------------------------------------------ */

/* An entry that was read. */
struct fsi_udf_entry_block {
	uint8_t *bytes; /* of the whole block, to be freed */
	uint32_t block; /* of the volume */
	struct fsi_udf_address address;
	struct fsi_udf_icb icb; /* points into bytes */
};

/* Read the entry that an ICB holds now. On failure there is nothing to free. */
HRESULT fsi_import_udf_read_entry(const struct fsi_udf *udf,
				  const struct fsi_udf_allocation *icb,
				  struct fsi_udf_entry_block *ret_entry);

/* Find out where the body of an entry lies. On failure there is nothing to free. */
HRESULT fsi_import_udf_load_body(const struct fsi_udf *udf,
				 const struct fsi_udf_entry_block *entry,
				 struct fsi_udf_body *ret_body);

void fsi_import_udf_free_body(struct fsi_udf_body *body);

/* A run of a body that lies in one place. */
struct fsi_udf_span {
	enum fsi_disc_extent_kind kind;
	uint64_t length;      /* in bytes */
	uint64_t disc_offset; /* 0 for holes */
	uint32_t location;    /* block of the partition that holds its first byte */
};

/* What is at offset, which is less than the size of the body. */
HRESULT fsi_import_udf_find_span(const struct fsi_udf *udf,
				 const struct fsi_udf_body *body, uint64_t offset,
				 unsigned copy, struct fsi_udf_span *ret_span);

/* Which part of a body, and where it goes. */
struct fsi_udf_reading {
	uint64_t offset;
	void *buffer;
	size_t length;
	unsigned copy;
	bool is_data; /* of a file, not worth a place in the cache */
};

/* All of it must lie inside the body. */
HRESULT fsi_import_udf_read_body(const struct fsi_udf *udf,
				 const struct fsi_udf_body *body,
				 const struct fsi_udf_reading *reading);

#endif
