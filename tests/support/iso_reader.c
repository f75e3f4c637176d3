/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An independent reading of ISO 9660 and Joliet; offsets count from 0. */
#include "tests/support/iso_reader.h"

#include "base/text.h"

#include <check.h>
#include <stdio.h>

struct reader {
	const struct iso_fixture *fixture;
	bool is_joliet;
	const struct fsi_name_view *view;
	uint32_t directories_seen;
	uint32_t next_directory_block; /* extents follow each other in path table order */
};

/* Where a directory lies. */
struct extent {
	uint32_t block;
	uint32_t size;
};

uint32_t iso_reader_le32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static uint32_t get_be32(const uint8_t *bytes)
{
	return (uint32_t)bytes[3] | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[0] << 24;
}

uint32_t iso_reader_both32(const uint8_t *bytes)
{
	ck_assert_uint_eq(iso_reader_le32(bytes), get_be32(bytes + 4));
	return iso_reader_le32(bytes);
}

static void check_zero(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		ck_assert_uint_eq(bytes[i], 0);
}

size_t iso_reader_identifier(const struct fsi_node *node, bool is_joliet,
			     uint8_t (*ret_identifier)[256])
{
	const char *name = is_joliet ? node->name : iso_fixture_iso_name(node);
	uint16_t units[128];
	size_t count = 0;

	if (!is_joliet)
		return (size_t)snprintf(
			(char *)*ret_identifier, 256, "%s%s%s", name,
			fsi_node_is_directory(node) || strchr(name, '.') ? "" : ".",
			fsi_node_is_directory(node) ? "" : ";1");
	count = fsi_utf16_from_utf8(name, strlen(name), units, 128);
	ck_assert_uint_le(count, 128);
	for (size_t i = 0; i < count; i++) {
		(*ret_identifier)[2 * i] = (uint8_t)(units[i] >> 8);
		(*ret_identifier)[2 * i + 1] = (uint8_t)units[i];
	}
	return 2 * count;
}

/* What all directory records have in common. */
static void check_record(const uint8_t *record, const uint8_t *identifier, size_t length)
{
	const size_t size = (33 + length + 1) / 2 * 2;

	ck_assert_uint_eq(record[0], size);
	ck_assert_uint_eq(record[1], 0);
	ck_assert_uint_eq(record[24], 0);
	check_zero(record + 26, 2);
	ck_assert_mem_eq(record + 28, "\x01\x00\x00\x01", 4);
	ck_assert_uint_eq(record[32], length);
	ck_assert_mem_eq(record + 33, identifier, length);
	check_zero(record + 33 + length, size - 33 - length);
}

static struct extent check_directory_record(const uint8_t *record, uint8_t flags)
{
	const struct extent extent = {
		.block = iso_reader_both32(record + 2),
		.size = iso_reader_both32(record + 10),
	};

	ck_assert_uint_eq(record[25], flags);
	ck_assert_uint_gt(extent.size, 0);
	ck_assert_uint_eq(extent.size % FSI_BLOCK_SIZE, 0);
	return extent;
}

/*
 * A record of a file of which so many bytes lie in records before it. Returns
 * how many lie in this one; all but the last are full blocks, side by side.
 */
static uint32_t check_file_record(const struct reader *reader, const uint8_t *record,
				  const struct fsi_node *file, uint64_t before)
{
	const struct fsi_layout *layout = &reader->fixture->layout;
	const uint32_t block = iso_reader_both32(record + 2);
	const uint32_t size = iso_reader_both32(record + 10);
	const bool is_last = before + size == fsi_node_size(file);
	const uint64_t first = fsi_node_size(file) != 0
				       ? layout->data_blocks[file->content.data->number]
				       : layout->first_data_block;

	ck_assert_uint_eq(record[25],
			  (file->is_hidden ? 0x01 : 0) | (is_last ? 0 : 0x80));
	ck_assert_uint_le(before + size, fsi_node_size(file));
	ck_assert(is_last || size == UINT32_C(4294965248));
	ck_assert_uint_eq(block, first + before / 2048);
	ck_assert_uint_ge(block, layout->first_data_block);
	ck_assert_uint_le(block + ((uint64_t)size + 2047) / 2048, layout->end_block);
	return size;
}

/* "." and "..": returns how long they are. */
static uint32_t check_short_records(const uint8_t *bytes, struct extent self,
				    struct extent parent)
{
	struct extent found;

	check_record(bytes, (const uint8_t *)"\x00", 1);
	found = check_directory_record(bytes, 2);
	ck_assert_uint_eq(found.block, self.block);
	ck_assert_uint_eq(found.size, self.size);
	check_record(bytes + 34, (const uint8_t *)"\x01", 1);
	found = check_directory_record(bytes + 34, 2);
	ck_assert_uint_eq(found.block, parent.block);
	ck_assert_uint_eq(found.size, parent.size);
	return 68;
}

/* Step over filler, which is zero and only where a record has no room. */
static uint32_t skip_filler(const uint8_t *bytes, uint32_t at, uint32_t next_length)
{
	const uint32_t rest = FSI_BLOCK_SIZE - at % FSI_BLOCK_SIZE;

	if (rest == FSI_BLOCK_SIZE || next_length <= rest)
		return at;
	check_zero(bytes + at, rest);
	return at + rest;
}

static void check_directory(struct reader *reader, const struct fsi_node *directory,
			    struct extent self, struct extent parent)
{
	const uint8_t *bytes = iso_fixture_block(reader->fixture, self.block);
	uint32_t at = check_short_records(bytes, self, parent);

	reader->directories_seen++;
	iso_fixture_block(reader->fixture, self.block + self.size / FSI_BLOCK_SIZE - 1);
	for (uint32_t n = 0; n < fsi_node_child_count(directory); n++) {
		const struct fsi_node *child =
			reader->view->order
				->items[fsi_name_view_child(reader->view, directory, n)];
		uint8_t identifier[256];
		const size_t length =
			iso_reader_identifier(child, reader->is_joliet, &identifier);
		uint64_t found = 0;

		do {
			at = skip_filler(bytes, at, (uint32_t)(33 + length + 1) / 2 * 2);
			ck_assert_uint_lt(at, self.size);
			check_record(bytes + at, identifier, length);
			if (fsi_node_is_directory(child))
				check_directory(
					reader, child,
					check_directory_record(bytes + at,
							       child->is_hidden ? 3 : 2),
					self);
			else
				found += check_file_record(reader, bytes + at, child,
							   found);
			at += bytes[at];
		} while (found < fsi_node_size(child));
	}
	ck_assert_uint_lt(self.size - at, FSI_BLOCK_SIZE);
	check_zero(bytes + at, self.size - at);
}

/* The record of an identifier in a directory; NULL when there is none. */
static const uint8_t *find_in_directory(const struct iso_fixture *fixture,
					struct extent directory,
					const uint8_t *identifier, size_t length)
{
	const uint8_t *bytes = iso_fixture_block(fixture, directory.block);
	uint32_t at = 68;

	while (at < directory.size) {
		if (bytes[at] == 0) {
			at += FSI_BLOCK_SIZE - at % FSI_BLOCK_SIZE;
			continue;
		}
		if (bytes[at + 32] == length &&
		    memcmp(bytes + at + 33, identifier, length) == 0)
			return bytes + at;
		at += bytes[at];
	}
	return NULL;
}

static struct extent get_root(const struct iso_fixture *fixture, bool is_joliet)
{
	return check_directory_record(
		iso_fixture_block(fixture, is_joliet ? 17 : 16) + 156, 2);
}

const uint8_t *iso_reader_find_record(const struct iso_fixture *fixture,
				      const struct fsi_node *node, bool is_joliet)
{
	struct extent directory = get_root(fixture, is_joliet);
	const uint8_t *record = NULL;
	uint8_t identifier[256];

	if (node->parent->parent != NULL) {
		record = iso_reader_find_record(fixture, node->parent, is_joliet);
		directory = (struct extent){iso_reader_le32(record + 2),
					    iso_reader_le32(record + 10)};
	}
	return find_in_directory(fixture, directory, identifier,
				 iso_reader_identifier(node, is_joliet, &identifier));
}

/* Identifiers of one directory must ascend (ECMA-119 6.9.1). */
static bool is_ascending(const uint8_t *before, const uint8_t *after, bool is_joliet)
{
	for (size_t i = 0; i < before[0] || i < after[0]; i++) {
		const uint8_t filler = is_joliet ? 0 : ' ';
		const uint8_t x = i < before[0] ? before[8 + i] : filler;
		const uint8_t y = i < after[0] ? after[8 + i] : filler;

		if (x != y)
			return x < y;
	}
	return false;
}

/* Each record leads from its parent, by its identifier, to the right extent. */
static uint32_t check_l_path_table(struct reader *reader, const uint8_t *table,
				   uint32_t size)
{
	struct extent extents[1024] = {get_root(reader->fixture, reader->is_joliet)};
	const uint8_t *before = table;
	uint32_t before_parent = 0;
	uint32_t count = 0;

	for (uint32_t at = 0; at < size; count++) {
		const uint8_t *record = table + at;
		const uint32_t parent = record[6] | (uint32_t)record[7] << 8;
		const uint8_t *found = NULL;

		ck_assert_uint_lt(count, 1024);
		ck_assert_uint_eq(record[1], 0);
		ck_assert_uint_ge(parent, before_parent);
		if (count == 0) {
			ck_assert_mem_eq(record, "\x01\x00", 2);
			ck_assert_mem_eq(record + 6, "\x01\x00\x00\x00", 4);
		} else {
			ck_assert_uint_gt(record[0], 0);
			ck_assert_uint_le(parent, count);
			ck_assert(count == 1 || parent != before_parent ||
				  is_ascending(before, record, reader->is_joliet));
			found = find_in_directory(reader->fixture, extents[parent - 1],
						  record + 8, record[0]);
			ck_assert_ptr_nonnull(found);
			extents[count] = check_directory_record(found, found[25]);
		}
		ck_assert_uint_eq(iso_reader_le32(record + 2), extents[count].block);
		ck_assert(count == 0 ||
			  extents[count].block == reader->next_directory_block);
		reader->next_directory_block =
			extents[count].block + extents[count].size / FSI_BLOCK_SIZE;
		before_parent = parent;
		before = record;
		at += 8u + record[0] + record[0] % 2;
		if (record[0] % 2 != 0)
			ck_assert_uint_eq(record[8 + record[0]], 0);
		ck_assert_uint_le(at, size);
	}
	return count;
}

static void check_m_path_table(const uint8_t *l, const uint8_t *m, uint32_t size)
{
	for (uint32_t at = 0; at < size; at += 8u + l[at] + l[at] % 2) {
		ck_assert_mem_eq(l + at, m + at, 2);
		ck_assert_uint_eq(iso_reader_le32(l + at + 2), get_be32(m + at + 2));
		ck_assert_uint_eq(l[at + 6], m[at + 7]);
		ck_assert_uint_eq(l[at + 7], m[at + 6]);
		ck_assert_mem_eq(l + at + 8, m + at + 8, l[at] + l[at] % 2u);
	}
}

void iso_reader_check_tree(const struct iso_fixture *fixture, uint32_t descriptor_block,
			   bool is_joliet)
{
	const uint8_t *descriptor = iso_fixture_block(fixture, descriptor_block);
	struct reader reader = {
		.fixture = fixture,
		.is_joliet = is_joliet,
		.view = is_joliet ? &fixture->joliet : &fixture->iso,
	};
	const struct extent root = check_directory_record(descriptor + 156, 2);
	const uint32_t size = iso_reader_both32(descriptor + 132);
	const uint32_t rest = (FSI_BLOCK_SIZE - size % FSI_BLOCK_SIZE) % FSI_BLOCK_SIZE;
	const uint8_t *l = iso_fixture_block(fixture, iso_reader_le32(descriptor + 140));
	const uint8_t *m = iso_fixture_block(fixture, get_be32(descriptor + 148));

	check_record(descriptor + 156, (const uint8_t *)"\x00", 1);
	ck_assert_mem_eq(descriptor + 156, iso_fixture_block(fixture, root.block), 34);
	check_directory(&reader, iso_fixture_root(fixture), root, root);
	ck_assert_uint_eq(reader.directories_seen, fixture->order.directory_count);
	ck_assert_uint_eq(check_l_path_table(&reader, l, size),
			  fixture->order.directory_count);
	check_m_path_table(l, m, size);
	check_zero(l + size, rest);
	check_zero(m + size, rest);
}

void iso_reader_check_volume(const struct iso_fixture *fixture, bool with_joliet)
{
	const uint8_t *primary = iso_fixture_block(fixture, 16);

	ck_assert_uint_eq(iso_reader_both32(primary + 80), fixture->layout.end_block);
	iso_reader_check_tree(fixture, 16, false);
	if (with_joliet) {
		ck_assert_mem_eq(primary + 80, iso_fixture_block(fixture, 17) + 80, 8);
		iso_reader_check_tree(fixture, 17, true);
	}
	ck_assert_mem_eq(iso_fixture_block(fixture, with_joliet ? 18 : 17),
			 "\xFF"
			 "CD001\x01",
			 7);
	check_zero(iso_fixture_block(fixture, with_joliet ? 18 : 17) + 7, 2041);
}
