/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking ISO 9660 and what belongs to it, one structure after the other. */
#include "check/iso.h"

#include "base/checked.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- shared ------------------------------------------------------------ */

static void tell_halves(const struct fsi_check_iso *iso,
			const struct fsi_check_place *place, const char *field,
			uint32_t little, uint32_t big)
{
	if (little == big)
		return;
	fsi_check_tell(
		iso->check, FSI_I_005, place,
		&(struct fsi_check_details){.expected = FSI_TEXT("%" PRIu32, little),
					    .found = FSI_TEXT("%" PRIu32, big)},
		"The %s of the %s is %" PRIu32 " in little-endian order, but "
		"%" PRIu32 " in big-endian order",
		field, place->structure, little, big);
}

uint16_t fsi_check_both16(const struct fsi_check_iso *iso,
			  const struct fsi_check_place *place, const char *field,
			  const uint8_t (*bytes)[4])
{
	uint16_t little = 0;

	if (!fsi_get_both16(bytes, &little))
		tell_halves(iso, place, field, little,
			    (uint32_t)(*bytes)[2] << 8 | (*bytes)[3]);
	return little;
}

uint32_t fsi_check_both32(const struct fsi_check_iso *iso,
			  const struct fsi_check_place *place, const char *field,
			  const uint8_t (*bytes)[8])
{
	uint32_t little = 0;

	if (!fsi_get_both32(bytes, &little))
		tell_halves(iso, place, field, little,
			    (uint32_t)(*bytes)[4] << 24 | (uint32_t)(*bytes)[5] << 16 |
				    (uint32_t)(*bytes)[6] << 8 | (*bytes)[7]);
	return little;
}

static void claim(const struct fsi_check_iso *iso, enum fsi_statement statement,
		  const struct fsi_owner *owner)
{
	struct fsi_owner claimed = *owner;

	claimed.kind = FSI_OWNER_STRUCTURE;
	claimed.file_system = iso->check->file_system;
	claimed.statement = statement;
	fsi_owners_add(iso->check, &iso->check->owners, &claimed);
}

void fsi_check_claim(const struct fsi_check_iso *iso, uint32_t first_block,
		     uint64_t block_count, const char *structure,
		     const struct fsi_check_name *name)
{
	claim(iso, FSI_C_004,
	      &(struct fsi_owner){
		      .first_block = first_block,
		      .block_count = block_count < UINT32_MAX ? (uint32_t)block_count
							      : UINT32_MAX,
		      .structure = structure,
		      .name = name,
	      });
}

void fsi_check_claim_areas(const struct fsi_check_iso *iso, uint32_t block)
{
	claim(iso, FSI_I_074,
	      &(struct fsi_owner){
		      .first_block = block,
		      .block_count = 1,
		      .structure = "continuation areas",
	      });
}

bool fsi_check_is_inside(const struct fsi_check_iso *iso, uint32_t first_block,
			 uint64_t size)
{
	return first_block + fsi_blocks_of(size) <= iso->check->block_count;
}

/* ---- directories by their place ---------------------------------------- */

struct place_of_directory {
	uint32_t first_block;
	uint32_t index;
};

static int compare_places(const void *a, const void *b)
{
	const struct place_of_directory *const one = a;
	const struct place_of_directory *const other = b;

	if (one->first_block != other->first_block)
		return one->first_block < other->first_block ? -1 : 1;
	return one->index < other->index ? -1 : one->index > other->index;
}

static void sort_directories(struct fsi_check_tree *tree)
{
	const size_t count = tree->directories.count;
	struct place_of_directory *places = fsi_allocate_zeroed(count, sizeof(*places));

	tree->by_block = fsi_allocate_zeroed(count, sizeof(*tree->by_block));
	if (places == NULL || tree->by_block == NULL) {
		fsi_check_fail(tree->iso->check, E_OUTOFMEMORY);
		fsi_free(tree->by_block);
		tree->by_block = NULL;
	} else {
		for (size_t i = 0; i < count; i++)
			places[i] = (struct place_of_directory){
				tree->directories.items[i].first_block, (uint32_t)i};
		qsort(places, count, sizeof(*places), compare_places);
		for (size_t i = 0; i < count; i++)
			tree->by_block[i] = places[i].index;
	}
	fsi_free(places);
}

const struct fsi_check_directory *fsi_check_find_directory(struct fsi_check_tree *tree,
							   uint32_t first_block)
{
	size_t low = 0;
	size_t high = tree->directories.count;

	if (high > 0 && tree->by_block == NULL)
		sort_directories(tree);
	if (tree->by_block == NULL)
		return NULL;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct fsi_check_directory *directory =
			&tree->directories.items[tree->by_block[middle]];

		if (directory->first_block == first_block)
			return directory;
		if (directory->first_block < first_block)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- the check --------------------------------------------------------- */

static void check_tree(struct fsi_check_tree *tree)
{
	if (!tree->is_there)
		return;
	tree->iso->check->file_system = fsi_check_is_joliet(tree)
						? FSI_FILE_SYSTEM_JOLIET
						: FSI_FILE_SYSTEM_ISO9660;
	fsi_check_iso_directories(tree);
	fsi_check_iso_path_tables(tree);
}

static void free_all(struct fsi_check_iso *iso)
{
	for (size_t i = 0; i < FSI_CHECK_TREES; i++) {
		struct fsi_check_tree *tree = &iso->trees[i];

		fsi_vector_free(&tree->directories);
		fsi_vector_free(&tree->sections);
		fsi_vector_free(&tree->relocations);
		fsi_free(tree->by_block);
	}
	fsi_vector_free(&iso->areas);
	fsi_arena_free(&iso->identifiers);
}

static void check_all(struct fsi_check_iso *iso)
{
	struct fsi_check *check = iso->check;

	check->file_system = FSI_FILE_SYSTEM_ISO9660;
	if (fsi_check_iso_descriptors(iso)) {
		fsi_check_iso_sessions(iso);
		for (size_t i = 0; i < FSI_CHECK_TREES; i++)
			check_tree(&iso->trees[i]);
		check->file_system = FSI_FILE_SYSTEM_ISO9660;
		fsi_check_iso_trees(iso);
		fsi_check_iso_areas(iso);
		fsi_check_iso_boot(iso);
	}
	fsi_check_iso_hybrid(iso);
}

void fsi_check_iso9660(struct fsi_check *check)
{
	struct fsi_check_iso *iso = fsi_allocate_zeroed(1, sizeof(*iso));

	if (iso == NULL) {
		fsi_check_fail(check, E_OUTOFMEMORY);
		return;
	}
	iso->check = check;
	iso->area_bytes_left = (uint64_t)check->block_count * FSI_BLOCK_SIZE;
	iso->first_block = check->session_block + FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK;
	for (size_t i = 0; i < FSI_CHECK_TREES; i++) {
		iso->trees[i].iso = iso;
		iso->trees[i].kind = (enum fsi_check_tree_kind)i;
		iso->trees[i].blocks_left = check->block_count;
	}
	check_all(iso);
	free_all(iso);
	fsi_free(iso);
}
