/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a drawing of an image shows: rows of blocks, and what is in each place. */
#include "cli/map.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX	 32u
#define ROW_BLOCKS_LEAST 8u

/* What is narrower is drawn together with what is beside it. */
#define VISIBLE_WIDTH 6.0

/* ---- colours ----------------------------------------------------------- */

static bool is_boot(const char *structure)
{
	return strncmp(structure, "boot ", 5) == 0 &&
	       strcmp(structure, "boot record") != 0;
}

static bool is_for_files(const char *structure)
{
	return strstr(structure, "director") != NULL ||
	       strstr(structure, "entry") != NULL ||
	       strstr(structure, "continuation") != NULL ||
	       strstr(structure, "allocation") != NULL ||
	       strstr(structure, "attributes") != NULL ||
	       strstr(structure, "stream") != NULL;
}

static enum map_colour colour_of(const struct fsi_block_use *use)
{
	if (use->is_file)
		return MAP_FILES;
	if (use->file_systems == FSI_FILE_SYSTEM_NONE)
		return MAP_PARTITIONS;
	if (is_boot(use->structure))
		return MAP_BOOT;
	if ((use->file_systems & FSI_FILE_SYSTEM_UDF) != 0)
		return is_for_files(use->structure) ? MAP_UDF_ENTRIES : MAP_UDF;
	if ((use->file_systems & FSI_FILE_SYSTEM_JOLIET) != 0)
		return is_for_files(use->structure) ? MAP_JOLIET_DIRECTORIES : MAP_JOLIET;
	return is_for_files(use->structure) ? MAP_ISO9660_DIRECTORIES : MAP_ISO9660;
}

/* ---- runs -------------------------------------------------------------- */

static void put_run(struct map_scene *scene, uint64_t first, uint64_t end, size_t use,
		    enum map_colour colour)
{
	if (first < end)
		scene->runs[scene->run_count++] = (struct map_run){
			.first_block = (uint32_t)first,
			.block_count = (uint32_t)(end - first),
			.use = use,
			.colour = colour,
		};
}

/*
 * What is inside of another extent, such as a boot image in a file, or a file entry in
 * metadata, is drawn over it. Returns where it ends.
 */
static uint64_t cut_run(struct map_scene *scene, uint64_t first, uint64_t end,
			size_t index, enum map_colour colour)
{
	const struct map_run whole = scene->runs[scene->run_count - 1];
	const uint64_t whole_end = (uint64_t)whole.first_block + whole.block_count;

	if (end > whole_end)
		end = whole_end;
	scene->run_count--;
	put_run(scene, whole.first_block, first, whole.use, whole.colour);
	put_run(scene, first, end, index, colour);
	put_run(scene, end, whole_end, whole.use, whole.colour);
	return end;
}

/* What an extent has behind those that begin before it. */
static void add_run(struct map_scene *scene, size_t index,
		    const struct fsi_block_use *use, uint64_t *reach)
{
	const enum map_colour colour = colour_of(use);
	uint64_t first = use->first_block;
	uint64_t end = first + use->block_count;

	if (end > scene->blocks)
		end = scene->blocks;
	if (first < *reach && scene->run_count > 0 &&
	    scene->runs[scene->run_count - 1].first_block <= first)
		first = cut_run(scene, first, end, index, colour);
	if (first < *reach)
		first = *reach;
	if (first >= end)
		return;
	put_run(scene, first, end, index, colour);
	scene->used_blocks += end - first;
	*reach = end;
}

static struct map_kind *find_kind(struct map_scene *scene,
				  const struct fsi_block_use *use)
{
	const enum map_colour colour = colour_of(use);

	for (size_t i = 0; i < scene->kind_count; i++) {
		struct map_kind *kind = &scene->kinds[i];

		if (kind->colour == colour &&
		    (colour == MAP_FILES || strcmp(kind->structure, use->structure) == 0))
			return kind;
	}
	return NULL;
}

static HRESULT add_kind(struct map_scene *scene, const struct fsi_block_use *use)
{
	const uint32_t last = use->first_block + (use->block_count - 1);
	struct map_kind *kind = find_kind(scene, use);

	if (kind == NULL) {
		struct map_kind *kinds =
			reallocarray(scene->kinds, scene->kind_count + 1, sizeof(*kinds));

		if (kinds == NULL)
			return E_OUTOFMEMORY;
		scene->kinds = kinds;
		kind = &kinds[scene->kind_count++];
		*kind = (struct map_kind){
			.colour = colour_of(use),
			.structure = use->structure,
			.first_block = use->first_block,
		};
	}
	kind->file_systems |= use->file_systems;
	kind->extents++;
	kind->blocks += use->block_count;
	if (last > kind->last_block)
		kind->last_block = last;
	return S_OK;
}

static HRESULT make_runs(struct map_scene *scene)
{
	const struct fsi_block_use *use = NULL;
	uint64_t reach = 0;
	size_t count = 0;
	HRESULT hr = fsi_block_map_get_count(scene->map, &count);

	if (SUCCEEDED(hr) && count > 0) {
		/* One that is drawn over another makes it two. */
		scene->runs = calloc(count, 3 * sizeof(*scene->runs));
		if (scene->runs == NULL)
			hr = E_OUTOFMEMORY;
	}
	for (size_t i = 0; SUCCEEDED(hr) && i < count; i++) {
		hr = fsi_block_map_get_item(scene->map, i, &use);
		if (SUCCEEDED(hr))
			hr = add_kind(scene, use);
		if (SUCCEEDED(hr))
			add_run(scene, i, use, &reach);
	}
	return hr;
}

/* ---- cells ------------------------------------------------------------- */

/* The part of a run from a block on that is in one row. */
static uint32_t part_in_row(const struct map_scene *scene, const struct map_run *run,
			    uint32_t block)
{
	const uint32_t left = run->block_count - (block - run->first_block);
	const uint32_t room = scene->row_blocks - block % scene->row_blocks;

	return left < room ? left : room;
}

static bool is_visible(const struct map_scene *scene, uint64_t blocks)
{
	return map_width(scene, blocks) >= VISIBLE_WIDTH;
}

static HRESULT add_cell(struct map_scene *scene, size_t *capacity,
			const struct map_cell *cell)
{
	if (scene->cell_count == *capacity) {
		const size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
		struct map_cell *cells =
			reallocarray(scene->cells, wanted, sizeof(*cells));

		if (cells == NULL)
			return E_OUTOFMEMORY;
		scene->cells = cells;
		*capacity = wanted;
	}
	scene->cells[scene->cell_count++] = *cell;
	if (cell->run_count > 1) {
		scene->joined_cells++;
		scene->joined_runs += cell->run_count;
	}
	return S_OK;
}

/* Whether a part goes into the cell before it, which is too small to be left alone. */
static bool is_joined(const struct map_scene *scene, const struct map_cell *cell,
		      uint32_t block, uint32_t count)
{
	const uint32_t end = cell->first_block + cell->block_count;

	return cell->run_count > 0 &&
	       cell->first_block / scene->row_blocks == block / scene->row_blocks &&
	       !is_visible(scene, cell->block_count) && !is_visible(scene, count) &&
	       !is_visible(scene, block - end);
}

static HRESULT make_cells(struct map_scene *scene)
{
	struct map_cell cell = {.run_count = 0};
	size_t capacity = 0;
	HRESULT hr = S_OK;

	for (size_t i = 0; i < scene->run_count; i++) {
		const struct map_run *run = &scene->runs[i];
		uint32_t block = run->first_block;

		while (SUCCEEDED(hr) && block - run->first_block < run->block_count) {
			const uint32_t count = part_in_row(scene, run, block);

			if (is_joined(scene, &cell, block, count)) {
				cell.block_count = block + count - cell.first_block;
				cell.run_count++;
			} else {
				if (cell.run_count > 0)
					hr = add_cell(scene, &capacity, &cell);
				cell = (struct map_cell){block, count, i, 1};
			}
			block += count;
		}
	}
	if (SUCCEEDED(hr) && cell.run_count > 0)
		hr = add_cell(scene, &capacity, &cell);
	return hr;
}

/* ---- the scene --------------------------------------------------------- */

/* Rows begin at round numbers of blocks. */
static void choose_rows(struct map_scene *scene)
{
	uint64_t row = ROW_BLOCKS_LEAST;

	while ((scene->blocks + row - 1) / row > ROWS_MAX)
		row *= 2;
	scene->row_blocks = (uint32_t)row;
	scene->rows = (uint32_t)((scene->blocks + row - 1) / row);
}

HRESULT map_scene_make(struct map_scene *scene)
{
	HRESULT hr = S_OK;

	choose_rows(scene);
	hr = make_runs(scene);
	return SUCCEEDED(hr) ? make_cells(scene) : hr;
}

void map_scene_clear(struct map_scene *scene)
{
	fsi_block_map_release(scene->map);
	free(scene->runs);
	free(scene->cells);
	free(scene->kinds);
	*scene = (struct map_scene){0};
}
