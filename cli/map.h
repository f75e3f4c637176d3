/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drawing that "fsimage map" makes: what is in an image, in the order of its
 * blocks and to scale. map.c reads the image, map_scene.c finds out what each row
 * shows, map_svg.c draws it.
 */
#ifndef CLI_MAP_H
#define CLI_MAP_H

#include <fsimage/disc.h>

#include <stdio.h>

/** What is drawn in one colour. */
enum map_colour {
	MAP_ISO9660,
	MAP_ISO9660_DIRECTORIES,
	MAP_JOLIET,
	MAP_JOLIET_DIRECTORIES,
	MAP_UDF,
	MAP_UDF_ENTRIES,
	MAP_BOOT,
	MAP_PARTITIONS,
	MAP_FILES,
	MAP_UNUSED,
	MAP_COLOURS
};

/** A run of blocks that one extent has to itself. */
struct map_run {
	uint32_t first_block;
	uint32_t block_count;
	size_t use; /**< its index in the block map */
	enum map_colour colour;
};

/** What is drawn at one place of a row. */
struct map_cell {
	uint32_t first_block; /**< of those that the place stands for */
	uint32_t block_count;
	size_t first_run;
	size_t run_count; /**< 1: it is drawn by itself; more: their shares are shown */
};

/** One kind of extent, for the legend. */
struct map_kind {
	enum map_colour colour;
	const char *structure; /**< borrowed from the block map */
	fsi_file_systems file_systems;
	uint64_t extents;
	uint64_t blocks;
	uint32_t first_block;
	uint32_t last_block;
};

struct map_scene {
	const char *image; /**< its path, borrowed */
	const char *label; /**< of the volume, borrowed; "": none */
	fsi_file_systems file_systems;
	fsi_block_map *map;
	uint32_t blocks; /**< of the image */
	uint32_t row_blocks;
	uint32_t rows;
	struct map_run *runs; /**< ascending; none overlaps another */
	size_t run_count;
	struct map_cell *cells; /**< row by row; what is not in one is unused */
	size_t cell_count;
	struct map_kind *kinds; /**< in the order of their first blocks */
	size_t kind_count;
	uint64_t used_blocks;
	uint64_t joined_runs;  /**< that are too small to be drawn by themselves */
	uint64_t joined_cells; /**< which they are drawn in */
};

/** Units of the drawing, tenths of a millimetre. */
#define MAP_ROW_WIDTH 1700.0

/**
 * Lay out what the block map has. map, image, label, file_systems and blocks are set.
 *
 * @return S_OK; E_OUTOFMEMORY. To be cleared in either case.
 */
HRESULT map_scene_make(struct map_scene *scene);

void map_scene_clear(struct map_scene *scene);

/** How wide a run of blocks is drawn. */
static inline double map_width(const struct map_scene *scene, uint64_t blocks)
{
	return MAP_ROW_WIDTH * (double)blocks / scene->row_blocks;
}

/**
 * Draw the scene as SVG.
 *
 * @return S_OK; E_OUTOFMEMORY
 */
HRESULT map_draw(const struct map_scene *scene, FILE *file);

#endif
