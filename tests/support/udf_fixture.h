/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A volume for the tests of the UDF writer: a tree, its order and its names made
 * by hand, and file data that takes blocks but holds nothing.
 */
#ifndef TESTS_SUPPORT_UDF_FIXTURE_H
#define TESTS_SUPPORT_UDF_FIXTURE_H

#include "tests/support/udf_reader.h"
#include "udf/writer.h"

/* Where the partition begins when no ISO 9660 structures are before it. */
#define UDF_FIXTURE_PARTITION 288

struct udf_fixture {
	FSI_VECTOR(struct fsi_node *) nodes; /* as they were added; the root first */
	struct fsi_order order;
	struct fsi_name_view names;
	struct fsi_volume volume;
	struct fsi_layout layout;
	struct fsi_format *format;
	uint32_t revision; /* 0x0102 unless a test changes it; the same for these: */
	bool is_alone;	   /* false */
	bool redundant_metadata; /* false */
};

/* An empty root; the volume is called "Volume" and of 2009-02-13 23:31:30. */
void udf_fixture_init(struct udf_fixture *fixture);
void udf_fixture_free(struct udf_fixture *fixture);

/* Children are numbered in the order in which they are added; names are copied. */
struct fsi_node *udf_fixture_add_directory(struct udf_fixture *fixture,
					   struct fsi_node *parent, const char *name);

/* size 0: a file without data. */
struct fsi_node *udf_fixture_add_file(struct udf_fixture *fixture,
				      struct fsi_node *parent, const char *name,
				      uint64_t size);

/* Something else; what it holds is for the caller to set. */
struct fsi_node *udf_fixture_add_other(struct udf_fixture *fixture,
				       struct fsi_node *parent, const char *name,
				       enum fsi_node_kind kind);

/* One more name of a file that has data. */
struct fsi_node *udf_fixture_add_link(struct udf_fixture *fixture,
				      struct fsi_node *parent, const char *name,
				      struct fsi_node *file);

/* A named stream of an item; they are numbered in the order in which they are added. */
struct fsi_node *udf_fixture_add_stream(struct udf_fixture *fixture,
					struct fsi_node *owner, const char *name,
					uint64_t size);

struct fsi_node *udf_fixture_root(const struct udf_fixture *fixture);

/* Number the items, once all are there. */
void udf_fixture_order(struct udf_fixture *fixture);

/* Make the format. */
HRESULT udf_fixture_create(struct udf_fixture *fixture);

/* Place everything, the data of files where the pipeline would. */
HRESULT udf_fixture_place(struct udf_fixture *fixture);

/* Order, create, place: all must go well. */
void udf_fixture_build(struct udf_fixture *fixture);

/* Any block of the image; zeros between regions. */
void udf_fixture_read(const struct udf_fixture *fixture, uint32_t block,
		      uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* The region of that description, the n-th of them from 0; it must be there. */
const struct fsi_region *udf_fixture_region(const struct udf_fixture *fixture,
					    const char *description, unsigned n);

/* Where the partition is in which entries and directories are: a block of the image. */
uint32_t udf_fixture_metadata(const struct udf_fixture *fixture);

/* The entry of a node, which must be sealed and where it belongs. */
void udf_fixture_read_entry(const struct udf_fixture *fixture,
			    const struct fsi_node *node,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* Of a directory of streams, told apart. */
void udf_fixture_decode_streams(const struct udf_fixture *fixture,
				const struct fsi_node *owner,
				struct udf_entry *ret_entry);

/* The same as udf_fixture_read_entry(), told apart field by field. */
void udf_fixture_decode_entry(const struct udf_fixture *fixture,
			      const struct fsi_node *node, struct udf_entry *ret_entry);

/* The body of a directory as its entry describes it; fsi_free() it. */
uint8_t *udf_fixture_read_directory(const struct udf_fixture *fixture,
				    const struct fsi_node *directory, size_t *ret_size);

/* Compare the body of a directory with the tree, entry by entry. */
void udf_fixture_assert_directory(const struct udf_fixture *fixture,
				  const struct fsi_node *directory);

/* Seconds and microseconds since 1970 as a time of the tree. */
fsi_ticks udf_fixture_time(int64_t seconds, uint32_t microseconds);

#endif
