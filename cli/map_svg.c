/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawing what is in an image as SVG: one page, without scripts and other files. */
#include "cli/map.h"
#include "cli/map_text.h"
#include "cli/units.h"

#include <fsimage/types.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The page: what fits A4 and letter with margins. */
#define PAGE_WIDTH  1900.0
#define MARGIN	    30.0
#define ROW_LEFT    170.0
#define ROWS_TOP    262.0
#define ROWS_HEIGHT 1300.0
#define PITCH_MOST  112.0
#define BAR_SHARE   0.84 /* of the pitch */

#define LEGEND_COLUMNS	 2u
#define LEGEND_LINE	 35.0
#define LEGEND_LINES_MAX 44u
#define COLUMN_WIDTH	 ((PAGE_WIDTH - 2 * MARGIN) / LEGEND_COLUMNS)

/* Of a sans-serif font, the width of a character by its height. */
#define CHARACTER_WIDTH 0.58

/* What most labels need. */
#define LABEL_WIDTH 200.0

/* A label that was cut is no shorter. */
#define LABEL_LEAST 6u

static const struct {
	const char *fill;
	const char *other_fill; /* of every second one, to tell them apart; NULL: none */
	const char *ink;
} colours[MAP_COLOURS] = {
	[MAP_ISO9660] = {"#1f5fa8", NULL, "#ffffff"},
	[MAP_ISO9660_DIRECTORIES] = {"#8dbbe8", NULL, "#10243a"},
	[MAP_JOLIET] = {"#147d70", NULL, "#ffffff"},
	[MAP_JOLIET_DIRECTORIES] = {"#83cfc3", NULL, "#0c2f2a"},
	[MAP_UDF] = {"#6a3fa0", NULL, "#ffffff"},
	[MAP_UDF_ENTRIES] = {"#bfa3e3", NULL, "#2a1745"},
	[MAP_BOOT] = {"#c23b22", NULL, "#ffffff"},
	[MAP_PARTITIONS] = {"#4d4d4d", NULL, "#ffffff"},
	[MAP_FILES] = {"#f3d27e", "#e6bd58", "#3d2f08"},
	[MAP_UNUSED] = {"#f1f1f1", NULL, "#666666"},
};

struct drawing {
	const struct map_scene *scene;
	FILE *file;
	double pitch;
	double bar; /* height of a row */
	HRESULT hr;
};

/* ---- text -------------------------------------------------------------- */

static void put_text(struct drawing *drawing, const char *text, unsigned most)
{
	char *safe = map_text_make_safe(text);

	if (safe == NULL)
		drawing->hr = E_OUTOFMEMORY;
	else
		map_text_put(drawing->file, safe, most);
	free(safe);
}

/* ---- the page ---------------------------------------------------------- */

static void begin_page(struct drawing *drawing, double height)
{
	fprintf(drawing->file,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.1fmm\" "
		"height=\"%.1fmm\" viewBox=\"0 0 %.0f %.0f\" "
		"font-family=\"'DejaVu Sans', Verdana, 'Liberation Sans', Arial, "
		"sans-serif\" font-size=\"24\" fill=\"#222222\">\n"
		"<style>@page { margin: 10mm } svg { print-color-adjust: exact; "
		"-webkit-print-color-adjust: exact }</style>\n",
		PAGE_WIDTH / 10, height / 10, PAGE_WIDTH, height);
	fprintf(drawing->file,
		"<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n", PAGE_WIDTH,
		height);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static void draw_title(struct drawing *drawing)
{
	const struct map_scene *scene = drawing->scene;
	FILE *file = drawing->file;
	char size[UNITS_TEXT_SIZE];

	fputs("<title>", file);
	put_text(drawing, base_name(scene->image), 200);
	fprintf(file,
		"</title>\n<text x=\"%.0f\" y=\"86\" font-size=\"54\" "
		"font-weight=\"bold\">",
		MARGIN);
	put_text(drawing, base_name(scene->image), 52);
	fprintf(file,
		"</text>\n<text x=\"%.0f\" y=\"138\" font-size=\"30\" "
		"fill=\"#555555\">",
		MARGIN);
	if (scene->label[0] != '\0') {
		put_text(drawing, scene->label, 40);
		fputs(" \xC2\xB7 ", file);
	}
	map_text_put_file_systems(file, scene->file_systems);
	fputs(scene->file_systems != FSI_FILE_SYSTEM_NONE ? " \xC2\xB7 " : "", file);
	map_text_put_blocks(file, scene->blocks);
	fprintf(file, " of %u bytes, %s</text>\n", FSI_BLOCK_SIZE,
		units_format_size((uint64_t)scene->blocks * FSI_BLOCK_SIZE, &size));
}

/* ---- rows -------------------------------------------------------------- */

static double x_of(const struct drawing *drawing, uint32_t block)
{
	return ROW_LEFT + map_width(drawing->scene, block % drawing->scene->row_blocks);
}

static double y_of(const struct drawing *drawing, uint32_t block)
{
	const uint32_t row = block / drawing->scene->row_blocks;

	return ROWS_TOP + drawing->pitch * row;
}

/* How far into a row the blocks of a column are. */
static void draw_axis(struct drawing *drawing)
{
	const struct map_scene *scene = drawing->scene;
	char number[MAP_NUMBER_SIZE];

	fprintf(drawing->file,
		"<g font-size=\"20\" fill=\"#777777\" stroke=\"none\">\n"
		"<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">block</text>\n",
		ROW_LEFT - 14, ROWS_TOP - 24);
	for (uint32_t i = 0; i < 8; i++) {
		const uint32_t blocks = scene->row_blocks / 8 * i;
		const double x = ROW_LEFT + map_width(scene, blocks);

		fprintf(drawing->file,
			"<text x=\"%.1f\" y=\"%.0f\">+%s</text>"
			"<path d=\"M%.1f %.0fv14\" stroke=\"#999999\"/>\n",
			x, ROWS_TOP - 24, map_text_number(blocks, &number), x,
			ROWS_TOP - 18);
	}
	fputs("</g>\n", drawing->file);
}

static void draw_rows(struct drawing *drawing)
{
	const struct map_scene *scene = drawing->scene;
	const double size = drawing->bar < 30 ? drawing->bar * 0.7 : 22;
	char number[MAP_NUMBER_SIZE];

	fprintf(drawing->file, "<g fill=\"%s\" stroke=\"#cccccc\">\n",
		colours[MAP_UNUSED].fill);
	for (uint32_t row = 0; row < scene->rows; row++) {
		const uint32_t first = row * scene->row_blocks;
		const uint32_t left = scene->blocks - first;

		fprintf(drawing->file,
			"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>"
			"<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\" "
			"font-size=\"%.1f\" fill=\"#444444\" stroke=\"none\">%s</text>\n",
			ROW_LEFT, y_of(drawing, first),
			map_width(scene,
				  left < scene->row_blocks ? left : scene->row_blocks),
			drawing->bar, ROW_LEFT - 14,
			y_of(drawing, first) + drawing->bar / 2 + size * 0.36, size,
			map_text_number(first, &number));
	}
	fputs("</g>\n", drawing->file);
}

/* ---- cells ------------------------------------------------------------- */

static const struct fsi_block_use *use_of(struct drawing *drawing, size_t index)
{
	static const struct fsi_block_use none = {.structure = "", .name = ""};
	const struct fsi_block_use *use = &none;
	const HRESULT hr = fsi_block_map_get_item(drawing->scene->map, index, &use);

	if (FAILED(hr))
		drawing->hr = hr;
	return use;
}

/* What a pointer that rests on an extent is told. */
static void put_tooltip(struct drawing *drawing, const struct map_run *run)
{
	const struct fsi_block_use *use = use_of(drawing, run->use);
	FILE *file = drawing->file;
	char size[UNITS_TEXT_SIZE];
	char *path = NULL;
	const HRESULT hr = fsi_block_map_get_path(drawing->scene->map, run->use, &path);

	if (FAILED(hr)) {
		drawing->hr = hr;
		return;
	}
	fputs("<title>", file);
	map_text_put_file_systems(file, use->file_systems);
	fprintf(file, "%s%s ", use->file_systems != FSI_FILE_SYSTEM_NONE ? ": " : "",
		use->structure);
	put_text(drawing, path, 400);
	fputs("&#10;blocks ", file);
	map_text_put_range(file, use->first_block,
			   use->first_block + (use->block_count - 1));
	fprintf(file, ", %s",
		units_format_size((uint64_t)use->block_count * FSI_BLOCK_SIZE, &size));
	if (use->name_count > 1)
		fprintf(file, ", %" PRIu32 " names", use->name_count);
	fputs("</title>", file);
	fsi_free(path);
}

static const char *fill_of(const struct map_run *run)
{
	const char *other = colours[run->colour].other_fill;

	return other != NULL && run->use % 2 != 0 ? other : colours[run->colour].fill;
}

/* One label is enough, on the first row that has room. */
static bool is_labelled(const struct map_scene *scene, const struct map_cell *cell,
			const struct map_run *run)
{
	const uint32_t in_first_row =
		scene->row_blocks - run->first_block % scene->row_blocks;

	return cell->first_block == run->first_block ||
	       (cell->first_block - run->first_block == in_first_row &&
		map_width(scene, in_first_row) < LABEL_WIDTH);
}

/* The name of what is drawn, as far as there is room. */
static void put_label(struct drawing *drawing, const struct map_cell *cell,
		      const struct map_run *run)
{
	const struct fsi_block_use *use = use_of(drawing, run->use);
	const char *label = use->name[0] != '\0' ? use->name : use->structure;
	const double width = map_width(drawing->scene, cell->block_count);
	const double size = drawing->bar < 52 ? drawing->bar * 0.5 : 25;
	const unsigned most = (unsigned)((width - 10) / (size * CHARACTER_WIDTH));
	const bool has_range = drawing->bar >= 70;
	char *safe = NULL;

	if (width < 30 || size < 12 || !is_labelled(drawing->scene, cell, run))
		return;
	safe = map_text_make_safe(label);
	if (safe == NULL) {
		drawing->hr = E_OUTOFMEMORY;
		return;
	}
	if (map_text_measure(safe) <= most || most >= LABEL_LEAST) {
		const double y = y_of(drawing, cell->first_block) + drawing->bar / 2 +
				 size * (has_range ? -0.1 : 0.36);

		fprintf(drawing->file,
			"<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\" fill=\"%s\">",
			x_of(drawing, cell->first_block) + 6, y, size,
			colours[run->colour].ink);
		map_text_put(drawing->file, safe, most);
		if (has_range) {
			fprintf(drawing->file,
				"<tspan x=\"%.1f\" dy=\"%.1f\" font-size=\"%.1f\">",
				x_of(drawing, cell->first_block) + 6, size * 1.2,
				size * 0.8);
			map_text_put_range(drawing->file, run->first_block,
					   run->first_block + (run->block_count - 1));
			fputs("</tspan>", drawing->file);
		}
		fputs("</text>", drawing->file);
	}
	free(safe);
}

static void draw_run(struct drawing *drawing, const struct map_cell *cell)
{
	const struct map_run *run = &drawing->scene->runs[cell->first_run];
	const double width = map_width(drawing->scene, cell->block_count);

	fprintf(drawing->file,
		"<g><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
		"fill=\"%s\"%s>",
		x_of(drawing, cell->first_block), y_of(drawing, cell->first_block),
		width < 3 ? 3 : width, drawing->bar, fill_of(run),
		width > 8 ? " stroke=\"#ffffff\"" : "");
	put_tooltip(drawing, run);
	fputs("</rect>", drawing->file);
	put_label(drawing, cell, run);
	fputs("</g>\n", drawing->file);
}

/* Blocks by colour of what is drawn together. */
struct shares {
	uint64_t blocks[MAP_COLOURS];
	uint64_t extents[MAP_COLOURS];
};

static struct shares share(const struct drawing *drawing, const struct map_cell *cell)
{
	const uint64_t end = (uint64_t)cell->first_block + cell->block_count;
	struct shares shares = {.blocks = {0}};
	uint64_t used = 0;

	for (size_t i = 0; i < cell->run_count; i++) {
		const struct map_run *run = &drawing->scene->runs[cell->first_run + i];
		const uint64_t run_end = (uint64_t)run->first_block + run->block_count;
		const uint64_t first = run->first_block > cell->first_block
					       ? run->first_block
					       : cell->first_block;
		const uint64_t blocks = (run_end < end ? run_end : end) - first;

		shares.blocks[run->colour] += blocks;
		shares.extents[run->colour]++;
		used += blocks;
	}
	shares.blocks[MAP_UNUSED] = cell->block_count - used;
	return shares;
}

static const char *name_of(enum map_colour colour)
{
	static const char *const names[MAP_COLOURS] = {
		[MAP_ISO9660] = "ISO 9660",
		[MAP_ISO9660_DIRECTORIES] = "ISO 9660, directories",
		[MAP_JOLIET] = "Joliet",
		[MAP_JOLIET_DIRECTORIES] = "Joliet, directories",
		[MAP_UDF] = "UDF",
		[MAP_UDF_ENTRIES] = "UDF, file entries and directories",
		[MAP_BOOT] = "boot",
		[MAP_PARTITIONS] = "partition tables",
		[MAP_FILES] = "files",
		[MAP_UNUSED] = "unused",
	};

	return names[colour];
}

static void put_shares(struct drawing *drawing, const struct map_cell *cell,
		       const struct shares *shares)
{
	FILE *file = drawing->file;
	char number[MAP_NUMBER_SIZE];

	fputs("<title>blocks ", file);
	map_text_put_range(file, cell->first_block,
			   cell->first_block + (cell->block_count - 1));
	fprintf(file, ": %s extents", map_text_number(cell->run_count, &number));
	for (unsigned i = 0; i < MAP_COLOURS; i++) {
		if (shares->blocks[i] == 0)
			continue;
		fprintf(file, "&#10;%s: ", name_of((enum map_colour)i));
		if (i != MAP_UNUSED)
			fprintf(file, "%s in ",
				map_text_number(shares->extents[i], &number));
		map_text_put_blocks(file, shares->blocks[i]);
	}
	fputs("</title>", file);
}

/* Several that are too small: parts as high as their shares. */
static void draw_joined(struct drawing *drawing, const struct map_cell *cell)
{
	const struct shares shares = share(drawing, cell);
	const double width = map_width(drawing->scene, cell->block_count);
	double y = y_of(drawing, cell->first_block);

	fputs("<g>", drawing->file);
	put_shares(drawing, cell, &shares);
	for (unsigned i = 0; i < MAP_COLOURS; i++) {
		const double height =
			drawing->bar * (double)shares.blocks[i] / cell->block_count;

		if (shares.blocks[i] == 0)
			continue;
		fprintf(drawing->file,
			"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
			"fill=\"%s\"/>",
			x_of(drawing, cell->first_block), y, width < 3 ? 3 : width,
			height, colours[i].fill);
		y += height;
	}
	fputs("</g>\n", drawing->file);
}

static void draw_cells(struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->scene->cell_count && SUCCEEDED(drawing->hr);
	     i++) {
		const struct map_cell *cell = &drawing->scene->cells[i];

		if (cell->run_count == 1)
			draw_run(drawing, cell);
		else
			draw_joined(drawing, cell);
	}
}

/* ---- legend ------------------------------------------------------------ */

static size_t legend_lines(const struct map_scene *scene)
{
	const size_t count = scene->kind_count < LEGEND_LINES_MAX ? scene->kind_count
								  : LEGEND_LINES_MAX;

	return (count + 1 + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS; /* and what is unused */
}

static double legend_top(const struct drawing *drawing)
{
	return ROWS_TOP + drawing->pitch * drawing->scene->rows + 76;
}

static void begin_line(struct drawing *drawing, size_t line, enum map_colour colour)
{
	const size_t lines = legend_lines(drawing->scene);
	const double x = MARGIN + COLUMN_WIDTH * (double)(line / lines);
	const double y = legend_top(drawing) + LEGEND_LINE * (double)(line % lines);

	fprintf(drawing->file,
		"<rect x=\"%.0f\" y=\"%.1f\" width=\"30\" height=\"22\" fill=\"%s\" "
		"stroke=\"#888888\" stroke-width=\"0.7\"/><text x=\"%.0f\" y=\"%.1f\">",
		x, y - 19, colours[colour].fill, x + 42, y);
}

/* What stands at the right end of a line, behind its text. */
static void begin_end(struct drawing *drawing, size_t line)
{
	const size_t lines = legend_lines(drawing->scene);
	const double x = MARGIN + COLUMN_WIDTH * (double)(line / lines);
	const double y = legend_top(drawing) + LEGEND_LINE * (double)(line % lines);

	fprintf(drawing->file,
		"</text><text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\" "
		"fill=\"#555555\" font-size=\"21\">",
		x + COLUMN_WIDTH - 36, y);
}

static void draw_kind(struct drawing *drawing, size_t line, const struct map_kind *kind)
{
	FILE *file = drawing->file;
	char number[MAP_NUMBER_SIZE];

	begin_line(drawing, line, kind->colour);
	if (kind->colour == MAP_FILES) {
		fprintf(file, "%s file extent%s", map_text_number(kind->extents, &number),
			kind->extents == 1 ? "" : "s");
	} else {
		if (kind->file_systems != FSI_FILE_SYSTEM_NONE &&
		    kind->colour != MAP_BOOT &&
		    strncmp(kind->structure, "Joliet", 6) != 0) {
			map_text_put_file_systems(file, kind->file_systems);
			fputc(' ', file);
		}
		put_text(drawing, kind->structure, 44);
		if (kind->extents > 1)
			fprintf(file, " \xC3\x97 %s",
				map_text_number(kind->extents, &number));
	}
	begin_end(drawing, line);
	map_text_put_blocks(file, kind->blocks);
	fputs(", ", file);
	map_text_put_range(file, kind->first_block, kind->last_block);
	fputs("</text>\n", file);
}

static void draw_notes(struct drawing *drawing, double y)
{
	const struct map_scene *scene = drawing->scene;
	FILE *file = drawing->file;
	char number[MAP_NUMBER_SIZE];
	char size[UNITS_TEXT_SIZE];

	fprintf(file,
		"<g font-size=\"22\" fill=\"#555555\"><text x=\"%.0f\" y=\"%.1f\">A row "
		"is ",
		MARGIN, y);
	map_text_put_blocks(file, scene->row_blocks);
	fprintf(file, ", %s. Everything is to scale from left to right.</text>\n",
		units_format_size((uint64_t)scene->row_blocks * FSI_BLOCK_SIZE, &size));
	if (scene->joined_runs > 0) {
		fprintf(file,
			"<text x=\"%.0f\" y=\"%.1f\">%s extents are too small to be "
			"drawn one by one: ",
			MARGIN, y + 32, map_text_number(scene->joined_runs, &number));
		fprintf(file,
			"they share %s striped place%s, whose stripes are as high as "
			"what they stand for is large.</text>\n",
			map_text_number(scene->joined_cells, &number),
			scene->joined_cells == 1 ? "" : "s");
	}
	if (scene->kind_count > LEGEND_LINES_MAX)
		fprintf(file,
			"<text x=\"%.0f\" y=\"%.1f\">%s more kinds of structures are not "
			"listed.</text>\n",
			MARGIN, y + 64,
			map_text_number(scene->kind_count - LEGEND_LINES_MAX, &number));
	fputs("</g>\n", file);
}

static void draw_legend(struct drawing *drawing)
{
	const struct map_scene *scene = drawing->scene;
	size_t line = 0;

	for (size_t i = 0; i < scene->kind_count && line < LEGEND_LINES_MAX; i++)
		draw_kind(drawing, line++, &scene->kinds[i]);
	begin_line(drawing, line, MAP_UNUSED);
	fputs("unused", drawing->file);
	begin_end(drawing, line);
	map_text_put_blocks(drawing->file, scene->blocks - scene->used_blocks);
	fputs("</text>\n", drawing->file);
	draw_notes(drawing,
		   legend_top(drawing) + LEGEND_LINE * (double)legend_lines(scene) + 22);
}

HRESULT map_draw(const struct map_scene *scene, FILE *file)
{
	struct drawing drawing = {.scene = scene, .file = file, .hr = S_OK};

	drawing.pitch = scene->rows > 0 ? ROWS_HEIGHT / scene->rows : PITCH_MOST;
	if (drawing.pitch > PITCH_MOST)
		drawing.pitch = PITCH_MOST;
	drawing.bar = drawing.pitch * BAR_SHARE;
	begin_page(&drawing, legend_top(&drawing) +
				     LEGEND_LINE * (double)legend_lines(scene) + 120);
	draw_title(&drawing);
	draw_axis(&drawing);
	draw_rows(&drawing);
	draw_cells(&drawing);
	draw_legend(&drawing);
	fputs("</svg>\n", file);
	return drawing.hr;
}
