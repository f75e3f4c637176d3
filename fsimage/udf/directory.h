/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories: file identifier descriptors, and where those of each directory
 * lie. What is kept is 8 bytes a directory and 6 a block, nothing for a file.
 */
#ifndef FSI_UDF_DIRECTORY_H
#define FSI_UDF_DIRECTORY_H

#include "base/vector.h"
#include "name/view.h"
#include "udf/entries.h"

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
	FSI_UDF_FID_PARENT = 1 << 3,
	FSI_UDF_FID_METADATA = 1 << 4 /* of streams that UDF defines, from 2.00 on */
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

/*
 * Whether a stream can be called so: no view maps the names of streams, they fit
 * as they are or not at all. The check: IMAPI_E_NO_UNIQUE_NAME (name, file system).
 */
bool fsi_udf_holds_stream_name(const char *name);
HRESULT fsi_udf_check_stream_name(const char *name);

/* Returns the bytes that it takes. */
uint32_t fsi_udf_put_identifier(const struct fsi_udf_identifier *identifier,
				const struct fsi_udf_revision *revision,
				uint32_t location,
				uint8_t (*ret_descriptor)[FSI_UDF_FID_MAX_SIZE]);

/* Where a directory's descriptors lie among those of all directories. */
struct fsi_udf_directory_place {
	uint32_t first_block;
	uint16_t last_block_size; /* bytes in its last block, 1 to FSI_BLOCK_SIZE */
	uint16_t subdirectory_count;
};

/*
 * The descriptors of all directories, each at a new block: by directory number,
 * then those of stream directories, by the number of what they belong to.
 */
struct fsi_udf_directories {
	const struct fsi_udf_entries *entries;
	const struct fsi_name_view *names;
	uint32_t count;
	struct fsi_udf_directory_place *places; /* one more than there are directories */
	/* By block: the descriptor that its first byte belongs to, 0 being the
	 * parent's, and how much of that descriptor is in the block before. */
	FSI_VECTOR(uint32_t) first_identifiers;
	FSI_VECTOR(uint16_t) bytes_before;
};

/*
 * Find a place for every descriptor; directories is zeroed but for entries and
 * names. E_OUTOFMEMORY; IMAPI_E_TOO_MANY_DIRS (file system);
 * IMAPI_E_NO_UNIQUE_NAME (name, file system) of a stream whose name is too long.
 */
HRESULT fsi_udf_directories_measure(struct fsi_udf_directories *directories);

void fsi_udf_directories_free(struct fsi_udf_directories *directories);

/* The blocks of all directories together. */
uint64_t fsi_udf_directories_blocks(const struct fsi_udf_directories *directories);

/* The number of a directory, or of the directory of an item's streams. */
uint32_t fsi_udf_directory_number(const struct fsi_udf_directories *directories,
				  struct fsi_udf_subject subject);

/* The exact bytes of one directory's descriptors. */
uint64_t fsi_udf_directory_size(const struct fsi_udf_directories *directories,
				uint32_t number);

/* One block of them all. location: where it stands in the partition. */
void fsi_udf_directories_render(const struct fsi_udf_directories *directories,
				const struct fsi_udf_revision *revision, uint32_t block,
				uint32_t location, uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

#endif
