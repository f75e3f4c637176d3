/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small volume for the tests of the ISO 9660 writer: items, their order and
 * names made by hand, so that nothing but the writer is tested.
 */
#ifndef TESTS_SUPPORT_ISO_FIXTURE_H
#define TESTS_SUPPORT_ISO_FIXTURE_H

#include "iso9660/writer.h"

struct iso_fixture {
	/* As they were added, the root first; in their order once they have one. */
	FSI_VECTOR(struct fsi_node *) nodes;
	FSI_VECTOR(struct fsi_data *) data;
	struct fsi_order order;
	struct fsi_name_view iso;
	struct fsi_name_view joliet;
	struct fsi_volume volume;
	struct fsi_layout layout;
	struct fsi_format *format;
	uint8_t *image; /* up to layout.first_data_block, after rendering */
};

/* An empty root. */
void iso_fixture_init(struct iso_fixture *fixture);
void iso_fixture_free(struct iso_fixture *fixture);

/* The root. */
struct fsi_node *iso_fixture_root(const struct iso_fixture *fixture);

/* Both names are borrowed; iso_name NULL: the name itself. */
struct fsi_node *iso_fixture_add_directory(struct iso_fixture *fixture,
					   struct fsi_node *parent, const char *name,
					   const char *iso_name);

/* size 0: a file without data. */
struct fsi_node *iso_fixture_add_file(struct iso_fixture *fixture,
				      struct fsi_node *parent, const char *name,
				      const char *iso_name, uint64_t size);

/* The name of an item in the primary tree, without dot and version. */
const char *iso_fixture_iso_name(const struct fsi_node *node);

/* Number the items and name them in both file systems, once all are there. */
void iso_fixture_order(struct iso_fixture *fixture);

/* Make the format and place everything; files lie behind it. */
HRESULT iso_fixture_place(struct iso_fixture *fixture, bool with_joliet);

/* Fill the image with every region. */
void iso_fixture_render(struct iso_fixture *fixture);

/* Order, place, render: all must go well. */
void iso_fixture_build(struct iso_fixture *fixture, bool with_joliet);

/* A block of the image. */
const uint8_t *iso_fixture_block(const struct iso_fixture *fixture, uint32_t block);

/* Seconds since 1970 as a time of the tree. */
fsi_ticks iso_fixture_time(int64_t seconds);

#endif
