/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of boot entries have in common: making them, and reading blocks. */
#ifndef TESTS_SUPPORT_BOOT_H
#define TESTS_SUPPORT_BOOT_H

#include "tests/support/api.h"

#define BOOT_RECORD_BLOCK 17

/* Options with an image of so many bytes, as api_sized_stream() makes it, and
 * without emulation. One reference. */
fsi_boot_options *boot_sized(uint32_t platform, size_t size);

/* Options with a file of the tree. One reference. */
fsi_boot_options *boot_file(uint32_t platform, const char *full_path);

/* Make these the entries of an image; the references are given up. */
void boot_put(fsi_image *image, fsi_boot_options **options, size_t count);
void boot_put_one(fsi_image *image, fsi_boot_options *options);

/* The blocks of an image that is made now. To be freed with free(). */
uint8_t *boot_build(fsi_image *image, uint32_t *ret_blocks);

/* A block of such an image. */
const uint8_t *boot_block(const uint8_t *blocks, uint32_t block);

uint32_t boot_le32(const uint8_t *bytes);
uint16_t boot_le16(const uint8_t *bytes);

/* Where the boot record says that the catalog is. */
uint32_t boot_catalog_block(const uint8_t *blocks);
const uint8_t *boot_catalog(const uint8_t *blocks);

/* The n-th boot entry of the catalog: 32 bytes; its first block. */
const uint8_t *boot_entry(const uint8_t *blocks, size_t n);
uint32_t boot_entry_block(const uint8_t *blocks, size_t n);

/* That blocks hold the bytes of a stream and then zeros up to the end of the last. */
void boot_assert_content(const uint8_t *blocks, uint32_t first_block, fsi_stream *stream);

/* That bytes are all zero. */
void boot_assert_zero(const uint8_t *bytes, size_t length);

#endif
