/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories: file identifier descriptors, and where those of each directory
 * lie. What is kept is 8 bytes a directory and 6 a block, nothing for a file.
 */
#ifndef FSI_UDF_DIRECTORY_H
#define FSI_UDF_DIRECTORY_H

#include "base/vector.h"
#include "name/view.h"
#include "udf/types.h"

/* File identifier descriptor, ECMA-167 4/14.4; the identifier, padding follow */
struct fsi_udf_file_identifier_descriptor {
	struct fsi_udf_tag tag;
	uint8_t version RBP(16, 2);
	uint8_t characteristics RBP(18, 1);
	uint8_t identifier_length RBP(19, 1);
	struct fsi_udf_long_ad icb; /* 20 */
	uint8_t implementation_use_length RBP(36, 2);
};
FSI_UDF_AT(fsi_udf_file_identifier_descriptor, icb, 20);
_Static_assert(sizeof(struct fsi_udf_file_identifier_descriptor) == 38,
	       "ECMA-167 4/14.4");

/* File characteristics, ECMA-167 4/14.4.3 */
enum {
	FSI_UDF_FID_HIDDEN = 1 << 0,
	FSI_UDF_FID_DIRECTORY = 1 << 1,
	FSI_UDF_FID_DELETED = 1 << 2,
	FSI_UDF_FID_PARENT = 1 << 3
};

/* Bytes of a file identifier with its compression identifier, OSTA UDF 2.3.4.6 */
#define FSI_UDF_IDENTIFIER_MAX_SIZE 255

/* The longest descriptor without implementation use, padded to 4 bytes. */
#define FSI_UDF_FID_MAX_SIZE 296

/* What a file identifier descriptor tells. */
struct fsi_udf_identifier {
	const char *name; /* UTF-8; empty: the parent */
	uint8_t characteristics;
	uint32_t unique_id;
	struct fsi_udf_address icb;
};

/* Bytes that the descriptor of a name takes; empty: of the parent. */
uint32_t fsi_udf_identifier_size(const char *name);

/* Returns the bytes that it takes. */
uint32_t fsi_udf_put_identifier(const struct fsi_udf_identifier *identifier,
				const struct fsi_udf_revision *revision,
				uint32_t location,
				uint8_t (*ret_descriptor)[FSI_UDF_FID_MAX_SIZE]);

/* The entry of an item, and the number that UDF knows it by. */
struct fsi_udf_address fsi_udf_item_icb(uint32_t item);
uint32_t fsi_udf_item_unique_id(uint32_t item);

/* Where a directory's descriptors lie among those of all directories. */
struct fsi_udf_directory_place {
	uint32_t first_block;
	uint16_t last_block_size; /* bytes in its last block, 1 to FSI_BLOCK_SIZE */
	uint16_t subdirectory_count;
};

/* The descriptors of all directories, by directory number, each at a new block. */
struct fsi_udf_directories {
	const struct fsi_order *order;
	const struct fsi_name_view *names;
	struct fsi_udf_directory_place *places; /* one more than there are directories */
	/* By block: the descriptor that its first byte belongs to, 0 being the
	 * parent's, and how much of that descriptor is in the block before. */
	FSI_VECTOR(uint32_t) first_identifiers;
	FSI_VECTOR(uint16_t) bytes_before;
};

/*
 * Find a place for every descriptor; directories is zeroed but for order and
 * names. E_OUTOFMEMORY; IMAPI_E_TOO_MANY_DIRS (file system).
 */
HRESULT fsi_udf_directories_measure(struct fsi_udf_directories *directories);

void fsi_udf_directories_free(struct fsi_udf_directories *directories);

/* The blocks of all directories together. */
uint64_t fsi_udf_directories_blocks(const struct fsi_udf_directories *directories);

/* The exact bytes of one directory's descriptors. */
uint64_t fsi_udf_directory_size(const struct fsi_udf_directories *directories,
				uint32_t number);

/* One block of them all. location: where it stands in the partition. */
void fsi_udf_directories_render(const struct fsi_udf_directories *directories,
				const struct fsi_udf_revision *revision, uint32_t block,
				uint32_t location, uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

#endif
