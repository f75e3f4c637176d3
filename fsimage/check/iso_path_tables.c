/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Path tables (ECMA-119 6.9, 9.4), record by record, beside the directories. */
#include "check/iso.h"

#include "base/checked.h"

#include <inttypes.h>

/* Numbers of parents have 16 bits (ECMA-119 9.4.4). */
#define PARENT_MAX 65535u

/* A record of either table, in numbers. */
struct path {
	uint32_t first_block;
	uint32_t parent; /* its number, from 1 */
	uint8_t identifier_length;
	uint8_t attribute_blocks;
	uint8_t identifier[256]; /* with its padding */
};

/* What is kept of a record, to look at those below it. */
struct parent {
	uint32_t first_block;
};

struct tables {
	struct fsi_check_tree *tree;
	uint32_t size;	 /* of each, in bytes */
	uint64_t little; /* where they are in the image */
	uint64_t big;
	bool has_big;
	FSI_VECTOR(struct parent) parents;
	bool *found; /* by directory */
	struct path last;
};

static struct fsi_check_place place_of(uint64_t offset)
{
	return (struct fsi_check_place){offset, "path table", NULL, false};
}

/* ---- reading ----------------------------------------------------------- */

static size_t size_of(const struct path *path)
{
	return sizeof(struct fsi_iso9660_path_record) + path->identifier_length +
	       path->identifier_length % 2;
}

/* false: it can't be read, has no identifier, or ends behind the table. */
static bool read_path(struct tables *tables, uint64_t table, uint32_t at, bool is_big,
		      struct path *ret_path)
{
	struct fsi_check *check = tables->tree->iso->check;
	struct fsi_iso9660_path_record copy;
	const struct fsi_iso9660_path_record *const record = &copy;

	if (tables->size - at < sizeof(copy) ||
	    !fsi_check_read(check, table + at, &copy, sizeof(copy)))
		return false;
	*ret_path = (struct path){
		.first_block = is_big ? fsi_get_be32(&record->extent)
				      : fsi_get_le32(&record->extent),
		.parent = is_big ? fsi_get_be16(&record->parent)
				 : fsi_get_le16(&record->parent),
		.identifier_length = record->identifier_length[0],
		.attribute_blocks = record->attribute_blocks[0],
	};
	return ret_path->identifier_length > 0 &&
	       size_of(ret_path) <= tables->size - at &&
	       fsi_check_read(check, table + at + sizeof(copy), ret_path->identifier,
			      size_of(ret_path) - sizeof(copy));
}

/* ---- records ----------------------------------------------------------- */

static bool is_same_identifier(const struct path *path, const uint8_t *identifier,
			       uint8_t length)
{
	return path->identifier_length == length &&
	       memcmp(path->identifier, identifier, length) == 0;
}

static void check_root(struct tables *tables, const struct path *path, uint64_t offset)
{
	const struct fsi_check_place place = place_of(offset);

	if (path->identifier_length != 1 || path->identifier[0] != FSI_ISO9660_SELF ||
	    path->parent != 1)
		fsi_check_tell(tables->tree->iso->check, FSI_I_025, &place, NULL,
			       "The first record of the path table is not that of the "
			       "root");
}

static void check_order(struct tables *tables, const struct path *path, uint64_t offset)
{
	const struct fsi_check_place place = place_of(offset);
	const struct path *last = &tables->last;

	if (tables->parents.count < 2 || path->parent > last->parent)
		return;
	if (path->parent == last->parent &&
	    fsi_check_compare_identifiers(tables->tree, last->identifier,
					  last->identifier_length, path->identifier,
					  path->identifier_length, false) < 0)
		return;
	fsi_check_tell(tables->tree->iso->check, FSI_I_026, &place, NULL,
		       "Record %zu of the path table stands behind one that the standard "
		       "puts after it",
		       tables->parents.count + 1);
}

/* Where the parent that a record names is: the one that the directory has. */
static void check_parent(struct tables *tables, const struct path *path,
			 const struct fsi_check_directory *directory,
			 const struct fsi_check_place *place)
{
	struct fsi_check_tree *tree = tables->tree;
	const uint32_t expected = tree->directories.items[directory->parent].first_block;

	if (path->parent == 0 || path->parent > tables->parents.count) {
		fsi_check_tell(tree->iso->check, FSI_I_027, place, NULL,
			       "Record %zu of the path table has the parent %" PRIu32
			       ", which is not before it",
			       tables->parents.count + 1, path->parent);
		return;
	}
	if (tables->parents.items[path->parent - 1].first_block == expected)
		return;
	fsi_check_tell(
		tree->iso->check, FSI_I_027, place,
		&(struct fsi_check_details){
			.expected = FSI_TEXT("block %" PRIu32, expected),
			.found = FSI_TEXT(
				"block %" PRIu32,
				tables->parents.items[path->parent - 1].first_block)},
		"Record %zu of the path table has the parent %" PRIu32
		", which is not the directory's",
		tables->parents.count + 1, path->parent);
}

static void check_directory(struct tables *tables, const struct path *path,
			    uint64_t offset)
{
	struct fsi_check_tree *tree = tables->tree;
	struct fsi_check_place place = place_of(offset);
	const struct fsi_check_directory *directory = fsi_check_find_directory(
		tree, path->first_block + path->attribute_blocks);
	const size_t index =
		directory != NULL ? (size_t)(directory - tree->directories.items) : 0;

	if (directory == NULL || tables->found[index]) {
		fsi_check_tell(tree->iso->check, FSI_I_029, &place, NULL,
			       "Record %zu of the path table leads to block %" PRIu32
			       ", %s",
			       tables->parents.count + 1, path->first_block,
			       directory == NULL ? "where no directory begins"
						 : "as another record does");
		return;
	}
	place.name = directory->name;
	place.is_file = true;
	tables->found[index] = true;
	if (!is_same_identifier(path, directory->identifier,
				directory->identifier_length))
		fsi_check_tell(tree->iso->check, FSI_I_029, &place, NULL,
			       "The directory has another identifier in the path table");
	if (tables->parents.count > 0)
		check_parent(tables, path, directory, &place);
	if (tables->parents.count >= PARENT_MAX && directory->has_children)
		fsi_check_tell(tree->iso->check, FSI_I_030, &place, NULL,
			       "The directory is number %zu of the path table, too many "
			       "for the ones in it to say so",
			       tables->parents.count + 1);
}

static void check_big(struct tables *tables, const struct path *path, uint32_t at)
{
	const struct fsi_check_place place = place_of(tables->big + at);
	struct fsi_check *check = tables->tree->iso->check;
	struct path big;

	if (!read_path(tables, tables->big, at, true, &big) ||
	    big.first_block != path->first_block || big.parent != path->parent ||
	    big.attribute_blocks != path->attribute_blocks ||
	    !is_same_identifier(path, big.identifier, big.identifier_length)) {
		tables->has_big = false;
		fsi_check_tell(check, FSI_I_023, &place, NULL,
			       "Record %zu of the big-endian path table is not that of "
			       "the little-endian one",
			       tables->parents.count + 1);
	} else if (big.identifier_length % 2 != 0) {
		fsi_check_number(check, FSI_I_028, &place, "padding of a record", 0,
				 big.identifier[big.identifier_length]);
	}
}

static void check_path(struct tables *tables, const struct path *path, uint32_t at)
{
	struct fsi_check *check = tables->tree->iso->check;
	const struct fsi_check_place place = place_of(tables->little + at);

	if (tables->parents.count == 0)
		check_root(tables, path, place.offset);
	else if (fsi_check_is_joliet(tables->tree) && path->identifier_length % 2 != 0)
		fsi_check_number(check, FSI_I_032, &place, "length of an identifier",
				 path->identifier_length + 1u, path->identifier_length);
	if (path->identifier_length % 2 != 0)
		fsi_check_number(check, FSI_I_028, &place, "padding of a record", 0,
				 path->identifier[path->identifier_length]);
	check_order(tables, path, place.offset);
	check_directory(tables, path, place.offset);
	if (tables->has_big)
		check_big(tables, path, at);
}

/* Returns where the records end. There are no more than the tree has directories. */
static uint32_t check_paths(struct tables *tables)
{
	struct fsi_check *check = tables->tree->iso->check;
	struct path path;
	uint32_t at = 0;

	while (at < tables->size &&
	       tables->parents.count <= tables->tree->directories.count &&
	       read_path(tables, tables->little, at, false, &path)) {
		if (!fsi_vector_reserve(&tables->parents, 1)) {
			fsi_check_fail(check, E_OUTOFMEMORY);
			break;
		}
		check_path(tables, &path, at);
		tables->parents.items[tables->parents.count++] =
			(struct parent){path.first_block + path.attribute_blocks};
		tables->last = path;
		at += (uint32_t)size_of(&path);
	}
	return at;
}

/* ---- tables ------------------------------------------------------------ */

static void check_missing(struct tables *tables)
{
	struct fsi_check_tree *tree = tables->tree;

	for (size_t i = 0; i < tree->directories.count; i++) {
		const struct fsi_check_directory *directory = &tree->directories.items[i];
		const struct fsi_check_place place = {(uint64_t)directory->first_block *
							      FSI_BLOCK_SIZE,
						      "directory", directory->name, true};

		if (!tables->found[i])
			fsi_check_tell(tree->iso->check, FSI_I_029, &place, NULL,
				       "The directory is not in the path table");
	}
}

/* Zeros follow in the last block. */
static void check_tail(struct tables *tables, uint64_t table)
{
	const struct fsi_check_place place = place_of(table + tables->size);
	const size_t length =
		(FSI_BLOCK_SIZE - tables->size % FSI_BLOCK_SIZE) % FSI_BLOCK_SIZE;
	uint8_t bytes[FSI_BLOCK_SIZE];

	if (fsi_check_read(tables->tree->iso->check, place.offset, bytes, length))
		fsi_check_zero(tables->tree->iso->check, FSI_I_097, &place,
			       "rest of the last block", bytes, length);
}

/* Where a table is; false: nowhere in the image. */
static bool claim_table(struct tables *tables, uint32_t block, const char *structure,
			uint64_t *ret_offset)
{
	struct fsi_check_iso *iso = tables->tree->iso;

	if (block == 0 || tables->size == 0 ||
	    !fsi_check_is_inside(iso, block, tables->size))
		return false;
	fsi_check_claim(iso, block, fsi_blocks_of(tables->size), structure, NULL);
	*ret_offset = (uint64_t)block * FSI_BLOCK_SIZE;
	return true;
}

/* The second copy that each table may have (ECMA-119 8.4.15, 8.4.17). */
static void check_optional(struct tables *tables, uint32_t block, uint64_t original)
{
	struct fsi_check *check = tables->tree->iso->check;
	const struct fsi_check_place descriptor = {tables->tree->offset,
						   "volume descriptor", NULL, false};
	uint8_t one[FSI_BLOCK_SIZE];
	uint8_t other[FSI_BLOCK_SIZE];
	uint64_t copy = 0;

	if (block == 0)
		return;
	if (!claim_table(tables, block, "optional path table", &copy)) {
		fsi_check_tell(check, FSI_I_031, &descriptor, NULL,
			       "The optional path table in block %" PRIu32
			       " is not in the image",
			       block);
		return;
	}
	for (uint32_t at = 0; at < tables->size; at += FSI_BLOCK_SIZE) {
		const size_t left = tables->size - at;
		const size_t length = left < FSI_BLOCK_SIZE ? left : FSI_BLOCK_SIZE;
		const struct fsi_check_place place = place_of(copy + at);

		if (fsi_check_read(check, original + at, one, length) &&
		    fsi_check_read(check, copy + at, other, length) &&
		    memcmp(one, other, length) == 0)
			continue;
		fsi_check_tell(check, FSI_I_031, &place, NULL,
			       "The optional path table differs from the other one");
		return;
	}
}

static void check_tables(struct tables *tables)
{
	struct fsi_check_tree *tree = tables->tree;
	const struct fsi_iso9660_volume_descriptor *descriptor = &tree->descriptor;
	const struct fsi_check_place place = {tree->offset, "volume descriptor", NULL,
					      false};
	uint32_t end = 0;

	tables->has_big = claim_table(tables, fsi_get_be32(&descriptor->m_path_table),
				      "path table (big-endian)", &tables->big);
	if (!tables->has_big)
		fsi_check_tell(tree->iso->check, FSI_I_023, &place, NULL,
			       "There is no big-endian path table in the image");
	if (!claim_table(tables, fsi_get_le32(&descriptor->l_path_table),
			 "path table (little-endian)", &tables->little)) {
		fsi_check_tell(tree->iso->check, FSI_I_023, &place, NULL,
			       "There is no little-endian path table in the image");
		return;
	}
	check_optional(tables, fsi_get_le32(&descriptor->optional_l_path_table),
		       tables->little);
	if (tables->big != 0)
		check_optional(tables, fsi_get_be32(&descriptor->optional_m_path_table),
			       tables->big);
	end = check_paths(tables);
	fsi_check_number(tree->iso->check, FSI_I_024, &place, "path table size", end,
			 tables->size);
	check_missing(tables);
	check_tail(tables, tables->little);
	if (tables->big != 0)
		check_tail(tables, tables->big);
}

void fsi_check_iso_path_tables(struct fsi_check_tree *tree)
{
	const struct fsi_iso9660_volume_descriptor *descriptor = &tree->descriptor;
	struct tables tables = {.tree = tree};

	/* A tree that is the primary one under another name was looked at with it. */
	if (tree->directories.count == 0)
		return;
	(void)fsi_get_both32(&descriptor->path_table_size, &tables.size);
	tables.found = fsi_allocate_zeroed(tree->directories.count, sizeof(bool));
	if (tables.found == NULL)
		fsi_check_fail(tree->iso->check, E_OUTOFMEMORY);
	else
		check_tables(&tables);
	fsi_free(tables.found);
	fsi_vector_free(&tables.parents);
}
