/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Volumes made by hand, for what our own writer never writes: every kind of
 * partition, every form of entry, and whatever is wrong. Offsets are numbers, as
 * the standard prints them, and nothing of the library is used.
 */
#ifndef TESTS_SUPPORT_UDF_VOLUME_H
#define TESTS_SUPPORT_UDF_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UDF_BLOCK 2048

/* Where things are; all but the last two are blocks of the volume. */
enum {
	UDF_VOLUME_BLOCKS = 1024,
	UDF_MAIN = 32,
	UDF_RESERVE = 64,
	UDF_LVID = 96,
	UDF_SPARING = 112, /* and 113 */
	UDF_PARTITION = 288,
	UDF_SPARE = 704,	    /* the packet that stands in for UDF_WORN */
	UDF_PARTITION_BLOCKS = 400, /* to block 688 */
	UDF_WORN = 32		    /* block of the partition */
};

/* Places in a volume descriptor sequence. */
enum {
	UDF_PVD,
	UDF_IUVD,
	UDF_PD,
	UDF_LVD,
	UDF_USD,
	UDF_TD
};

enum udf_volume_kind {
	UDF_PLAIN,
	UDF_VIRTUAL,
	UDF_SPARABLE,
	UDF_METADATA
};

struct udf_volume {
	enum udf_volume_kind kind;
	uint16_t revision;
	uint8_t *bytes;
	uint32_t blocks;
	/* Partition reference of entries and directories; of data it is 0. */
	uint16_t reference;
	uint32_t virtual_blocks[64]; /* what is in the virtual allocation table */
	uint32_t virtual_count;
};

/* An empty root, whose entry is block 2 of its partition. */
void udf_volume_init(struct udf_volume *volume, enum udf_volume_kind kind,
		     uint16_t revision);
void udf_volume_free(struct udf_volume *volume);

size_t udf_volume_size(const struct udf_volume *volume);

/* A block of the volume; of the physical partition; of that with the entries. */
uint8_t *udf_volume_block(struct udf_volume *volume, uint32_t block);
uint8_t *udf_volume_data(struct udf_volume *volume, uint32_t block);
uint8_t *udf_volume_entry(struct udf_volume *volume, uint32_t block);

/* Where an entry is on the disc, as messages tell it. */
uint32_t udf_volume_entry_block(const struct udf_volume *volume, uint32_t block);

/* Copy metadata to its mirror, write the virtual allocation table. */
void udf_volume_finish(struct udf_volume *volume);

/* ---- bytes ------------------------------------------------------------- */

void udf_put16(uint8_t *bytes, size_t offset, unsigned value);
void udf_put32(uint8_t *bytes, size_t offset, uint32_t value);
void udf_put64(uint8_t *bytes, size_t offset, uint64_t value);

/* A tag for a descriptor of size bytes. */
void udf_seal(const struct udf_volume *volume, uint8_t *descriptor, unsigned identifier,
	      size_t size, uint32_t location);

/* Make checksum and CRC right again, for the length that the tag tells. */
void udf_reseal(uint8_t *descriptor);

/* ---- files ------------------------------------------------------------- */

struct udf_file {
	uint8_t type;	/* 0: of a regular file */
	uint16_t flags; /* of the ICB, with the form of the descriptors */
	bool is_extended;
	uint16_t links; /* 0: 1 */
	uint64_t size;
	uint32_t permissions;
	uint32_t stream_directory; /* entry; 0: none */
	uint64_t unique_id;
	const uint8_t *attributes; /* extended ones; of attributes_size bytes */
	size_t attributes_size;
	const uint8_t *descriptors; /* or the body */
	size_t descriptors_size;
};

/* Write the entry of a file into a block. */
void udf_put_file(struct udf_volume *volume, uint32_t block, const struct udf_file *file);

/* Allocation descriptors; each returns its size. type: 0 recorded … 3 more. */
size_t udf_put_short(uint8_t *out, unsigned type, uint32_t length, uint32_t block);
size_t udf_put_long(uint8_t *out, unsigned type, uint32_t length, uint32_t block,
		    uint16_t reference);

/* A regular file of one extent of the physical partition. */
void udf_put_simple_file(struct udf_volume *volume, uint32_t block, uint32_t data_block,
			 uint32_t size);

/* An allocation extent with descriptors. */
void udf_put_allocation_extent(struct udf_volume *volume, uint32_t block,
			       const uint8_t *descriptors, size_t size);

/* ---- directories ------------------------------------------------------- */

struct udf_directory {
	struct udf_volume *volume;
	uint8_t bytes[8 * UDF_BLOCK];
	size_t size;
	uint32_t first_block; /* of its body; tags tell blocks */
	bool is_embedded;     /* all tags tell first_block, then */
};

/* With the parent's descriptor; first_block: where the body will be. */
void udf_directory_begin(struct udf_directory *directory, struct udf_volume *volume,
			 uint32_t first_block, uint32_t parent);

/* A name as it is recorded. */
void udf_directory_add_bytes(struct udf_directory *directory, const uint8_t *name,
			     size_t length, unsigned characteristics, uint32_t entry);

/* An ASCII name. */
void udf_directory_add(struct udf_directory *directory, const char *name,
		       unsigned characteristics, uint32_t entry);

/* Write the body and an entry in that block. type: 4, 13 for streams. */
void udf_directory_end(struct udf_directory *directory, uint32_t block, uint8_t type);

#endif
