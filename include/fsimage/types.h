/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types and constants that every public header of libfsimage speaks of. */
#ifndef FSIMAGE_TYPES_H
#define FSIMAGE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define FSI_API __attribute__((visibility("default")))
#else
#define FSI_API
#endif

/**
 * The result of every function that can fail: an HRESULT with the bits of COM
 * (severity, facility, code). Negative values are failures; zero and positive
 * ones are successes, so ask SUCCEEDED() or FAILED(), never "== S_OK".
 */
typedef int32_t HRESULT;

#define SUCCEEDED(hr) ((HRESULT)(hr) >= 0)
#define FAILED(hr)    ((HRESULT)(hr) < 0)

/** Bytes in a block, everywhere in this library (IMAPI_SECTOR_SIZE). */
#define FSI_BLOCK_SIZE 2048u

/** The file systems of an image: a set of these bits (FsiFileSystems). */
enum fsi_file_system {
	FSI_FILE_SYSTEM_NONE = 0,
	FSI_FILE_SYSTEM_ISO9660 = 1,
	FSI_FILE_SYSTEM_JOLIET = 2,
	FSI_FILE_SYSTEM_UDF = 4,
	FSI_FILE_SYSTEM_UNKNOWN = 0x40000000
};

/** A set of bits of enum fsi_file_system. */
typedef uint32_t fsi_file_systems;

/** What stands at a path of an image (FsiItemType; the last two: extensions). */
enum fsi_item_type {
	FSI_ITEM_NOT_FOUND = 0,
	FSI_ITEM_DIRECTORY = 1,
	FSI_ITEM_FILE = 2,
	FSI_ITEM_SYMBOLIC_LINK = 3,
	FSI_ITEM_SPECIAL = 4 /**< a device, a FIFO, a socket */
};

/* Counted objects: _add_ref and _release accept NULL. */
typedef struct fsi_image fsi_image;
typedef struct fsi_result fsi_result;
typedef struct fsi_stream fsi_stream;
typedef struct fsi_boot_options fsi_boot_options;
typedef struct fsi_progress_items fsi_progress_items;
typedef struct fsi_multisession fsi_multisession;
typedef struct fsi_block_ranges fsi_block_ranges;
typedef struct fsi_enum_items fsi_enum_items;
typedef struct fsi_named_streams fsi_named_streams;

/* Items belong to their image and are valid until it is released. */
typedef struct fsi_item fsi_item;
typedef struct fsi_directory fsi_directory;
typedef struct fsi_file fsi_file;

/**
 * Give back a string that a function of this library handed out.
 *
 * @param memory  the string; NULL is accepted and does nothing
 */
FSI_API void fsi_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif
