/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images that are checked: made by our own writer with some of everything, kept in
 * memory so that a test can change a byte, and what the check finds in them.
 */
#ifndef TESTS_SUPPORT_CHECKED_H
#define TESTS_SUPPORT_CHECKED_H

#include "tests/support/disc.h"

struct checked {
	uint16_t revision;
	uint8_t *bytes;
	size_t size;
};

/* An image with files, folders, a link, a device and, from 2.00 on, a stream. */
void checked_make(struct checked *image, fsi_file_systems file_systems,
		  uint16_t revision);
void checked_fill(fsi_image *image, fsi_directory *root);
void checked_take(struct checked *image, fsi_image *made, uint16_t revision);
void checked_free(struct checked *image);

/* What the check finds; to be released. */
fsi_findings *checked_findings(const uint8_t *bytes, size_t size);

/* How often a statement is broken. */
uint64_t checked_total(fsi_findings *findings, const char *statement);

/* That nothing is wrong, or the findings are shown. */
void checked_assert_clean(const uint8_t *bytes, size_t size);

/* That a statement is broken. */
void checked_assert_found(const struct checked *image, const char *statement);

/* All findings, one on a line; to be freed. */
char *checked_describe(fsi_findings *findings);

/* Where things of UDF are in the image, in bytes. */
uint8_t *checked_block(struct checked *image, uint32_t block);
uint8_t *checked_entry(struct checked *image, const char *path);
uint8_t *checked_stream(struct checked *image, const char *path);
/* A file identifier in a directory; NULL: that of the parent. */
uint8_t *checked_name(struct checked *image, const char *directory, const char *name);
/* A block of the partition that has the file set: 0. */
uint8_t *checked_partition(struct checked *image, uint32_t block);

#endif
