/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walking the directories of a tree, block by block and record by record. */
#include "check/iso_walk.h"

#include "base/checked.h"
#include "base/text.h"
#include "error/fail.h"

#include <inttypes.h>
#include <stdlib.h>

/* ECMA-119 6.8.2.1 */
#define LEVELS_MAX 8u

/* ---- what the directory holds ------------------------------------------ */

static const uint8_t *keep_identifier(struct fsi_check_walk *walk,
				      const struct fsi_check_record *record)
{
	struct fsi_check_iso *iso = walk->tree->iso;
	const char *copy =
		fsi_arena_copy(&iso->identifiers, (const char *)record->identifier,
			       record->fields.identifier_length[0]);

	if (copy == NULL)
		fsi_check_fail(iso->check, E_OUTOFMEMORY);
	return (const uint8_t *)copy;
}

/* A directory that was found; it is walked through when its turn comes. */
static void add_directory(struct fsi_check_walk *walk,
			  const struct fsi_check_record *record,
			  const uint8_t *identifier)
{
	struct fsi_check_tree *tree = walk->tree;
	const struct fsi_check_directory directory = {
		.first_block = record->first_block,
		.size = record->size,
		.parent = walk->index,
		.path_length = walk->directory.path_length +
			       record->fields.identifier_length[0] + 1u,
		.is_relocated = record->is_relocated,
		.identifier_length = record->fields.identifier_length[0],
		.identifier = identifier,
		.name = record->place.name,
	};

	tree->directories.items[walk->index].has_children = true;
	if (!fsi_vector_reserve(&tree->directories, 1))
		fsi_check_fail(tree->iso->check, E_OUTOFMEMORY);
	else
		tree->directories.items[tree->directories.count++] = directory;
}

static void add_relocation(struct fsi_check_tree *tree, const struct fsi_check_walk *walk,
			   const struct fsi_check_record *record)
{
	const struct fsi_check_relocation relocation = {
		.target = record->relocated_block,
		.parent = walk->directory.first_block,
		.offset = record->place.offset,
		.name = record->place.name,
	};

	if (!fsi_vector_reserve(&tree->relocations, 1))
		fsi_check_fail(tree->iso->check, E_OUTOFMEMORY);
	else
		tree->relocations.items[tree->relocations.count++] = relocation;
}

static void add_section(struct fsi_check_tree *tree,
			const struct fsi_check_record *record)
{
	struct fsi_check *check = tree->iso->check;
	const struct fsi_owner owner = {
		.first_block = record->first_block,
		.block_count = (uint32_t)fsi_blocks_of(record->size),
		.kind = FSI_OWNER_DATA,
		.file_system = check->file_system,
		.statement = FSI_I_040,
		.structure = "file",
		.name = record->place.name,
	};
	const struct fsi_check_section section = {
		.first_block = record->first_block,
		.size = record->size,
		.links = record->has_px ? record->links : 0,
		.offset = record->place.offset,
		.name = record->place.name,
	};

	fsi_owners_add(check, &check->owners, &owner);
	if (!fsi_vector_reserve(&tree->sections, 1))
		fsi_check_fail(check, E_OUTOFMEMORY);
	else
		tree->sections.items[tree->sections.count++] = section;
}

/* ---- extents ----------------------------------------------------------- */

/* In front of the descriptors of the disc, or of the session; what lies between those is
 * in earlier sessions. */
static bool is_of_system(const struct fsi_check_iso *iso, uint32_t block)
{
	return block < FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK ||
	       (block >= iso->check->session_block && block < iso->first_block);
}

static bool check_extent(struct fsi_check_tree *tree,
			 const struct fsi_check_record *record)
{
	struct fsi_check_iso *iso = tree->iso;
	const uint64_t end = record->first_block + fsi_blocks_of(record->size);

	if (record->size == 0) {
		if (record->first_block > iso->volume_blocks)
			fsi_check_tell(iso->check, FSI_I_061, &record->place, NULL,
				       "The extent of an empty file would be block "
				       "%" PRIu32,
				       record->first_block);
		return false;
	}
	if (end > iso->check->block_count) {
		fsi_check_tell(iso->check, FSI_I_040, &record->place,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("at most %" PRIu32,
							    iso->check->block_count),
				       .found = FSI_TEXT("%" PRIu64, end)},
			       "The extent from block %" PRIu32 " to %" PRIu64
			       " ends behind the image",
			       record->first_block, end - 1);
		return false;
	}
	if (is_of_system(iso, record->first_block))
		fsi_check_tell(iso->check, FSI_I_040, &record->place, NULL,
			       "The extent begins in block %" PRIu32
			       ", before the volume descriptors",
			       record->first_block);
	if (end > iso->volume_blocks)
		fsi_check_tell(iso->check, FSI_I_010, &record->place,
			       &(struct fsi_check_details){
				       .severity = iso->check->session_block != 0
							   ? FSI_SEVERITY_WARNING
							   : 0,
				       .expected = FSI_TEXT("at most %" PRIu32,
							    iso->volume_blocks),
				       .found = FSI_TEXT("%" PRIu64, end)},
			       "The extent from block %" PRIu32 " to %" PRIu64
			       " ends behind the volume of %" PRIu32 " blocks",
			       record->first_block, end - 1, iso->volume_blocks);
	return true;
}

/* ---- records ----------------------------------------------------------- */

/* The names that people know: Rock Ridge's where there are any. */
static const struct fsi_check_name *name_record(struct fsi_check_walk *walk,
						const struct fsi_check_record *record)
{
	struct fsi_check_tree *tree = walk->tree;
	char text[FSI_ISO9660_UTF8_SIZE(FSI_ISO9660_TEXT_MAX)];
	const struct fsi_check_name *parent = walk->directory.name;

	if (fsi_check_goes_on(walk, record))
		return walk->last.name;
	if (record->name[0] != '\0' &&
	    fsi_utf8_is_valid(record->name, strlen(record->name)))
		return fsi_check_add_name(tree->iso->check, parent, record->name);
	if (record->name[0] != '\0')
		fsi_iso9660_get_text((const uint8_t *)record->name, strlen(record->name),
				     false, text);
	else
		fsi_iso9660_get_text(record->identifier,
				     record->fields.identifier_length[0],
				     fsi_check_is_joliet(tree), text);
	return fsi_check_add_name(tree->iso->check, parent, text);
}

/* One that is neither the directory itself nor its parent. */
static void check_child(struct fsi_check_walk *walk, struct fsi_check_record *record)
{
	struct fsi_check_tree *tree = walk->tree;
	const bool is_directory = fsi_check_has_flag(record, FSI_ISO9660_DIRECTORY);
	const uint8_t *identifier = NULL;
	bool has_data = false;

	record->place.is_file = true;
	record->place.name = walk->directory.name;
	if (tree->has_system_use)
		fsi_check_iso_system_use(tree, &walk->directory, record);
	record->place.name = name_record(walk, record);
	fsi_check_iso_record(tree, record);
	fsi_check_iso_identifier(tree, &walk->directory, record);
	fsi_check_order(walk, record);
	fsi_check_sections(walk, record);
	identifier = keep_identifier(walk, record);
	if (identifier == NULL)
		return;
	fsi_check_remember(walk, record, identifier);
	has_data = check_extent(tree, record);
	if (record->relocated_block != 0)
		add_relocation(tree, walk, record);
	else if (is_directory)
		add_directory(walk, record, identifier);
	else if (has_data)
		add_section(tree, record);
}

/* Whether something is a directory of the primary tree. */
static bool is_primary(struct fsi_check_tree *tree, uint32_t first_block)
{
	return fsi_check_is_joliet(tree) &&
	       fsi_check_find_directory(&tree->iso->trees[FSI_CHECK_PRIMARY],
					first_block) != NULL;
}

static void check_own(struct fsi_check_walk *walk, const struct fsi_check_record *record,
		      const struct fsi_check_directory *meant)
{
	struct fsi_check *check = walk->tree->iso->check;

	if (!fsi_check_has_flag(record, FSI_ISO9660_DIRECTORY))
		fsi_check_tell(check, FSI_I_033, &record->place, NULL,
			       "The %s is not marked as that of a directory",
			       record->place.structure);
	if (record->first_block != meant->first_block &&
	    is_primary(walk->tree, record->first_block))
		fsi_check_number(check, FSI_I_069, &record->place, "extent",
				 meant->first_block, record->first_block);
	else if (fsi_check_number(check, FSI_I_033, &record->place, "extent",
				  meant->first_block, record->first_block))
		fsi_check_number(check, FSI_I_033, &record->place, "data length",
				 meant->size, record->size);
}

/* The root's record in the descriptor (ECMA-119 8.4.18) is that of the root. */
static void check_root_record(struct fsi_check_tree *tree,
			      const struct fsi_check_record *self)
{
	const struct fsi_iso9660_short_record *root = &tree->descriptor.root;
	const struct fsi_check_place place = {tree->offset + 156, "root directory record",
					      NULL, false};
	struct fsi_check *check = tree->iso->check;

	fsi_check_number(check, FSI_I_018, &place, "length", 34, root->record.length[0]);
	fsi_check_number(check, FSI_I_018, &place, "length of the identifier", 1,
			 root->record.identifier_length[0]);
	fsi_check_number(check, FSI_I_018, &place, "identifier", FSI_ISO9660_SELF,
			 root->identifier[0]);
	if ((root->record.flags[0] & FSI_ISO9660_DIRECTORY) == 0)
		fsi_check_tell(check, FSI_I_018, &place, NULL,
			       "The root directory record is not marked as that of a "
			       "directory");
	if (self == NULL)
		return;
	fsi_check_number(check, FSI_I_018, &place, "extent", self->first_block,
			 tree->directories.items[0].first_block);
	fsi_check_number(check, FSI_I_018, &place, "data length", self->size,
			 tree->directories.items[0].size);
}

/* "." and "..": returns whether the record is what it has to be. */
static bool check_short(struct fsi_check_walk *walk, struct fsi_check_record *record)
{
	struct fsi_check_tree *tree = walk->tree;
	const bool is_self = record->number == 0;
	const struct fsi_check_directory *meant =
		is_self ? &walk->directory
			: &tree->directories.items[walk->directory.parent];

	if (record->fields.identifier_length[0] != 1 ||
	    record->identifier[0] != (is_self ? FSI_ISO9660_SELF : FSI_ISO9660_PARENT)) {
		fsi_check_tell(tree->iso->check, FSI_I_033, &record->place, NULL,
			       "The %s record of the directory is not that of %s",
			       is_self ? "first" : "second",
			       is_self ? "itself" : "its parent");
		return false;
	}
	record->place.structure = is_self ? "record of the directory itself"
					  : "record of the parent directory";
	if (is_self && walk->index == 0 && tree->kind == FSI_CHECK_PRIMARY)
		fsi_check_iso_find_system_use(tree, record);
	if (tree->has_system_use)
		fsi_check_iso_system_use(tree, &walk->directory, record);
	fsi_check_iso_record(tree, record);
	if (is_self && walk->index == 0)
		check_root_record(tree, record);
	else
		check_own(walk, record, meant);
	if (!is_self)
		tree->directories.items[walk->index].original = record->original;
	return true;
}

static void check_record(struct fsi_check_walk *walk, const uint8_t *bytes,
			 uint64_t offset)
{
	struct fsi_check_record record = {
		.bytes = bytes,
		.identifier = bytes + sizeof(record.fields),
		.place = {offset, "directory record", walk->directory.name, true},
		.number = walk->number++,
	};
	const struct fsi_iso9660_directory_record *const fields = &record.fields;

	memcpy(&record.fields, bytes, sizeof(record.fields));
	(void)fsi_get_both32(&fields->extent, &record.first_block);
	(void)fsi_get_both32(&fields->data_length, &record.size);
	if (record.number < 2 && check_short(walk, &record))
		return;
	check_child(walk, &record);
}

/* ---- blocks ------------------------------------------------------------ */

/*
 * Whether the record at bytes, of which left are in the block, has a sound length;
 * what is told of a length that is not.
 */
static bool check_length(struct fsi_check_walk *walk, const uint8_t *bytes, size_t left,
			 uint64_t offset)
{
	struct fsi_check *check = walk->tree->iso->check;
	const struct fsi_check_place place = {offset, "directory record",
					      walk->directory.name, true};
	const size_t fixed = sizeof(struct fsi_iso9660_directory_record);
	const size_t length = bytes[0];
	size_t needed = fixed + 1;

	if (length > left) {
		fsi_check_tell(check, FSI_I_035, &place, NULL,
			       "A record of %zu bytes begins %zu bytes before the end of "
			       "its block",
			       length, left);
		return false;
	}
	if (length >= needed && bytes[32] == 0) {
		fsi_check_tell(check, FSI_I_038, &place, NULL,
			       "A record has no identifier");
		return false;
	}
	if (length >= needed)
		needed = fixed + bytes[32] + (bytes[32] % 2 == 0 ? 1 : 0);
	if (length >= needed && length % 2 == 0)
		return true;
	fsi_check_tell(
		check, FSI_I_036, &place,
		&(struct fsi_check_details){
			.expected = FSI_TEXT("an even number, at least %zu", needed),
			.found = FSI_TEXT("%zu", length)},
		"The record is %zu bytes long", length);
	/* One that is odd can still be looked at. */
	return length >= needed;
}

static void check_block(struct fsi_check_walk *walk, const uint8_t *block,
			uint64_t offset)
{
	const struct fsi_check_place place = {offset, "directory", walk->directory.name,
					      true};
	size_t at = 0;

	while (at + sizeof(struct fsi_iso9660_directory_record) < FSI_BLOCK_SIZE &&
	       block[at] != 0) {
		if (check_length(walk, block + at, FSI_BLOCK_SIZE - at, offset + at))
			check_record(walk, block + at, offset + at);
		else if (block[at] < sizeof(struct fsi_iso9660_directory_record) ||
			 block[at] > FSI_BLOCK_SIZE - at)
			return;
		at += block[at];
	}
	if (at < FSI_BLOCK_SIZE) {
		const struct fsi_check_place there = fsi_check_at(&place, at);

		fsi_check_zero(walk->tree->iso->check, FSI_I_035, &there,
			       "filler behind the last record of a block", block + at,
			       FSI_BLOCK_SIZE - at);
	}
}

static void walk_blocks(struct fsi_check_walk *walk)
{
	struct fsi_check_tree *tree = walk->tree;
	const uint64_t offset = (uint64_t)walk->directory.first_block * FSI_BLOCK_SIZE;
	const uint64_t blocks = fsi_blocks_of(walk->directory.size);
	uint8_t block[FSI_BLOCK_SIZE];

	for (uint64_t n = 0; n < blocks && tree->blocks_left > 0; n++) {
		tree->blocks_left--;
		if (fsi_check_read(tree->iso->check, offset + n * FSI_BLOCK_SIZE, block,
				   sizeof(block)))
			check_block(walk, block, offset + n * FSI_BLOCK_SIZE);
	}
}

/* ---- a directory as a whole -------------------------------------------- */

static void walk_directory(struct fsi_check_tree *tree, uint32_t index)
{
	struct fsi_check_walk walk = {
		.tree = tree,
		.index = index,
		.directory = tree->directories.items[index],
	};

	walk_blocks(&walk);
	fsi_check_end(&walk);
	if (index == 0 && walk.number == 0)
		check_root_record(tree, NULL);
	fsi_vector_free(&walk.seen);
}

/* ---- the tree ---------------------------------------------------------- */

/* The levels above, the root's being 1. */
static unsigned level_of(const struct fsi_check_directory *directory)
{
	return directory->name != NULL ? directory->name->depth + 1 : 1;
}

/* Whether a directory that was found can be walked through. */
static bool check_directory(struct fsi_check_tree *tree, uint32_t index)
{
	const struct fsi_check_directory *directory = &tree->directories.items[index];
	struct fsi_check_iso *iso = tree->iso;
	const struct fsi_check_place place = {(uint64_t)directory->first_block *
						      FSI_BLOCK_SIZE,
					      "directory", directory->name, true};

	if (tree->kind == FSI_CHECK_PRIMARY && level_of(directory) == LEVELS_MAX + 1)
		fsi_check_tell(iso->check, FSI_I_047, &place, NULL,
			       "The directory is on level %u", level_of(directory));
	if (directory->size == 0 || directory->size % FSI_BLOCK_SIZE != 0)
		fsi_check_tell(iso->check, FSI_I_034, &place, NULL,
			       "The directory has %" PRIu32 " bytes", directory->size);
	return directory->size > 0 &&
	       fsi_check_is_inside(iso, directory->first_block, directory->size);
}

/* A bit for each block of the image in which a directory begins. */
static bool is_new(uint8_t *visited, uint32_t block)
{
	const uint8_t bit = (uint8_t)(1u << block % 8);
	const bool answer = (visited[block / 8] & bit) == 0;

	visited[block / 8] |= bit;
	return answer;
}

static void walk_tree(struct fsi_check_tree *tree, uint8_t *visited)
{
	for (uint32_t i = 0; i < tree->directories.count; i++) {
		const struct fsi_check_directory directory = tree->directories.items[i];
		const struct fsi_check_place place = {(uint64_t)directory.first_block *
							      FSI_BLOCK_SIZE,
						      "directory", directory.name, true};

		if (!check_directory(tree, i))
			continue;
		if (!is_new(visited, directory.first_block)) {
			fsi_check_tell(tree->iso->check, FSI_I_049, &place, NULL,
				       "The directory in block %" PRIu32
				       " can be reached by two ways",
				       directory.first_block);
			continue;
		}
		fsi_check_claim(tree->iso, directory.first_block,
				fsi_blocks_of(directory.size), "directory",
				directory.name);
		walk_directory(tree, i);
	}
}

/* What the descriptor says of the root. */
static bool begin_tree(struct fsi_check_tree *tree)
{
	struct fsi_check_iso *iso = tree->iso;
	const struct fsi_iso9660_directory_record *root = &tree->descriptor.root.record;
	const struct fsi_check_place place = {tree->offset + 156, "root directory record",
					      NULL, false};
	struct fsi_check_record record = {.fields = *root, .place = place};

	fsi_check_iso_record(tree, &record);
	if (record.size == 0 ||
	    !fsi_check_is_inside(iso, record.first_block, record.size)) {
		fsi_check_tell(iso->check, FSI_I_040, &place, NULL,
			       "The root directory of %" PRIu32
			       " bytes from block %" PRIu32 " on is not in the image",
			       record.size, record.first_block);
		return false;
	}
	if (is_primary(tree, record.first_block)) {
		fsi_check_tell(iso->check, FSI_I_069, &place, NULL,
			       "Joliet's root directory is that of the primary tree");
		return false;
	}
	if (!fsi_vector_reserve(&tree->directories, 1)) {
		fsi_check_fail(iso->check, E_OUTOFMEMORY);
		return false;
	}
	tree->directories.items[tree->directories.count++] = (struct fsi_check_directory){
		.first_block = record.first_block,
		.size = record.size,
		.identifier_length = 1,
		.identifier = (const uint8_t *)"",
	};
	return true;
}

/* The enhanced tree may be the very same as the primary one. */
static bool is_shared(const struct fsi_check_tree *tree)
{
	const struct fsi_check_tree *primary = &tree->iso->trees[FSI_CHECK_PRIMARY];

	return tree->kind == FSI_CHECK_ENHANCED && primary->is_there &&
	       memcmp(tree->descriptor.root.record.extent,
		      primary->descriptor.root.record.extent, 8) == 0;
}

void fsi_check_iso_directories(struct fsi_check_tree *tree)
{
	struct fsi_check *check = tree->iso->check;
	uint8_t *visited = NULL;

	if (is_shared(tree) || !begin_tree(tree))
		return;
	visited = fsi_allocate_zeroed(check->block_count / 8 + 1, 1);
	if (visited == NULL)
		fsi_check_fail(check, E_OUTOFMEMORY);
	else
		walk_tree(tree, visited);
	fsi_free(visited);
}
