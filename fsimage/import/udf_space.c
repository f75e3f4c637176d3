/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The partitions of a UDF volume, from its partition maps. */
#include "import/udf_mount.h"

#include "error/fail.h"

#include <inttypes.h>

static const struct fsi_udf_partition *find_partition(
	const struct fsi_udf_sequence *sequence, uint16_t number)
{
	for (size_t i = 0; i < sequence->partitions.count; i++) {
		if (sequence->partitions.items[i].partition.number == number)
			return &sequence->partitions.items[i].partition;
	}
	return NULL;
}

static bool is_physical(const struct fsi_udf_space *space)
{
	return space->kind == FSI_DISC_PARTITION_PHYSICAL ||
	       space->kind == FSI_DISC_PARTITION_SPARABLE;
}

/* The map that leads to the partition which a derived one is in. */
static HRESULT find_below(const struct fsi_udf *udf, uint16_t number, uint16_t *ret_below)
{
	for (uint16_t i = 0; i < udf->spaces.count; i++) {
		const struct fsi_udf_space *space = &udf->spaces.items[i];

		if (is_physical(space) && space->number == number) {
			*ret_below = i;
			return S_OK;
		}
	}
	return fsi_import_udf_inconsistent(
		"A partition map is upon partition number %u, which has no map.", number);
}

/* Every map becomes a space, which knows its partition descriptor. */
static HRESULT add_space(struct fsi_udf *udf, const struct fsi_udf_sequence *sequence,
			 const struct fsi_udf_map *map)
{
	const uint16_t reference = (uint16_t)udf->spaces.count;
	const struct fsi_udf_partition *partition =
		find_partition(sequence, map->partition_number);
	struct fsi_udf_space space = {.kind = map->kind,
				      .number = map->partition_number,
				      .below = reference,
				      .packet_blocks = map->packet_blocks};

	if (map->kind == 0)
		return fsi_error_detail(
			fsi_import_udf_unsupported("a partition map of unknown kind"),
			"Partition map %u is '%s'.", reference, map->identifier);
	if (map->volume_number > 1)
		return fsi_import_udf_unsupported("a volume set of several volumes");
	if (partition == NULL)
		return fsi_import_udf_inconsistent(
			"Partition map %u is of partition number %u, which has no "
			"descriptor.",
			reference, map->partition_number);
	space.access = partition->access;
	space.first_block = partition->first_block;
	/* Blocks of the volume have numbers of 32 bits. */
	space.block_count = partition->block_count;
	if (space.block_count > UINT32_MAX - space.first_block)
		space.block_count = UINT32_MAX - space.first_block;
	if (!fsi_vector_reserve(&udf->spaces, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	udf->spaces.items[udf->spaces.count++] = space;
	return S_OK;
}

/* The maps in a logical volume descriptor. */
typedef FSI_VECTOR(struct fsi_udf_map) map_vector;

static HRESULT get_maps(const struct fsi_udf_sequence *sequence,
			const struct fsi_udf_logical_volume *volume, map_vector *maps)
{
	enum fsi_udf_fault fault =
		volume->map_count == 0 ? FSI_UDF_FAULT_CONTENT : FSI_UDF_SOUND;
	size_t offset = 0;

	while (fault == FSI_UDF_SOUND && maps->count < volume->map_count) {
		size_t size = 0;

		if (!fsi_vector_reserve(maps, 1))
			return FSI_FAIL(E_OUTOFMEMORY);
		fault = fsi_udf_get_map(volume->maps + offset, volume->maps_size - offset,
					&maps->items[maps->count++], &size);
		offset += size;
	}
	if (fault != FSI_UDF_SOUND)
		return fsi_import_udf_damaged("logical volume descriptor",
					      sequence->logical_volume_block, fault);
	return S_OK;
}

/* Until it is loaded, a partition upon another has no blocks. */
static HRESULT load_derived(const struct fsi_udf *udf, const struct fsi_udf_map *map,
			    struct fsi_udf_space *space,
			    struct fsi_udf_table_facts *ret_facts)
{
	space->block_count = 0;
	FSI_TRY(find_below(udf, space->number, &space->below));
	if (map->kind == FSI_DISC_PARTITION_VIRTUAL)
		return fsi_import_udf_load_table(udf, space, ret_facts);
	return fsi_import_udf_load_metadata(udf, map, space);
}

/* What is upon another partition needs that one whole. */
static HRESULT load_spaces(struct fsi_udf *udf, const struct fsi_udf_sequence *sequence,
			   const map_vector *maps, struct fsi_udf_table_facts *ret_facts)
{
	for (size_t i = 0; i < maps->count; i++)
		FSI_TRY(add_space(udf, sequence, &maps->items[i]));
	for (size_t i = 0; i < maps->count; i++) {
		if (maps->items[i].kind == FSI_DISC_PARTITION_SPARABLE)
			FSI_TRY(fsi_import_udf_load_spares(udf, &maps->items[i],
							   &udf->spaces.items[i]));
	}
	for (size_t i = 0; i < maps->count; i++) {
		if (!is_physical(&udf->spaces.items[i]))
			FSI_TRY(load_derived(udf, &maps->items[i], &udf->spaces.items[i],
					     ret_facts));
	}
	return S_OK;
}

HRESULT fsi_import_udf_load_spaces(struct fsi_udf *udf,
				   const struct fsi_udf_sequence *sequence,
				   const struct fsi_udf_logical_volume *volume,
				   struct fsi_udf_table_facts *ret_facts)
{
	map_vector maps = {.items = NULL};
	HRESULT hr = get_maps(sequence, volume, &maps);

	if (SUCCEEDED(hr))
		hr = load_spaces(udf, sequence, &maps, ret_facts);
	fsi_vector_free(&maps);
	return hr;
}

HRESULT fsi_import_udf_load_physical_body(const struct fsi_udf *udf,
					  const struct fsi_udf_entry_block *entry,
					  struct fsi_udf_body *ret_body)
{
	struct fsi_udf_body body = {.size = 0};

	FSI_TRY(fsi_import_udf_load_body(udf, entry, &body));
	for (size_t i = 0; i < body.pieces.count; i++) {
		const struct fsi_udf_piece *piece = &body.pieces.items[i];

		/* Or looking for a block would lead to itself. */
		if (piece->is_recorded &&
		    !is_physical(&udf->spaces.items[piece->partition])) {
			fsi_import_udf_free_body(&body);
			return fsi_import_udf_inconsistent(
				"The file entry in block %" PRIu32
				", of a table of partitions, has extents in such a "
				"partition.",
				entry->block);
		}
	}
	*ret_body = body;
	return S_OK;
}
