/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An independent reading of what the ISO 9660 writer made: every byte of the
 * descriptors, path tables and directories is held against the standard and
 * the items of the fixture. Fails the running test where they differ.
 */
#ifndef TESTS_SUPPORT_ISO_READER_H
#define TESTS_SUPPORT_ISO_READER_H

#include "tests/support/iso_fixture.h"

/* Check the primary tree, or Joliet's, from the descriptor at this block. */
void iso_reader_check_tree(const struct iso_fixture *fixture, uint32_t descriptor_block,
			   bool is_joliet);

/* Check the whole volume. */
void iso_reader_check_volume(const struct iso_fixture *fixture, bool with_joliet);

/* The identifier that an item must have; returns its length. */
size_t iso_reader_identifier(const struct fsi_node *node, bool is_joliet,
			     uint8_t (*ret_identifier)[256]);

/* Where the record of an item is in the image; NULL: it has none. */
const uint8_t *iso_reader_find_record(const struct iso_fixture *fixture,
				      const struct fsi_node *node, bool is_joliet);

/* Numbers of both byte orders, which must agree. */
uint32_t iso_reader_both32(const uint8_t *bytes);

/* A number of 4 bytes, little-endian. */
uint32_t iso_reader_le32(const uint8_t *bytes);

#endif
