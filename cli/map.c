/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage map": a drawing of what is where in an image. */
#include "cli/map.h"

#include "cli/commands.h"
#include "cli/message.h"
#include "cli/object.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char map_help[] =
	"Usage: fsimage map [OPTION]... -o FILE IMAGE\n"
	"Draw what is in an image, block by block and to scale, as an SVG page for\n"
	"browsers and printers.\n"
	"  -o, --output FILE  the drawing; '-' is standard output\n"
	"      --force        replace FILE\n"
	"      --session N    the session with that number and not the newest\n"
	"      --help         show this and end\n"
	"      --version      show the version and end\n"
	"IMAGE is a file or a block device. A pointer that rests on something is told\n"
	"more of it.\n";

struct map_options {
	const char *output;
	bool force;
	uint32_t session; /* 0: none given */
};

struct map {
	struct map_options options;
	struct operands operands;
	struct voice voice;
	struct image_view view;
	struct map_scene scene;
	char *text; /* the drawing */
	size_t length;
};

static const char *take_output(void *target, const char *value)
{
	struct map_options *options = target;

	options->output = value;
	return value[0] != '\0' ? NULL : "must be a file or '-'";
}

static const char *take_session(void *target, const char *value)
{
	struct map_options *options = target;

	return view_parse_session(value, &options->session);
}

static const struct option_row rows[] = {
	{"output", take_output, 0, 'o', false},
	{"force", NULL, offsetof(struct map_options, force), 0, false},
	{"session", take_session, 0, 0, false},
};

static const struct option_table table = {
	.command = "map",
	.help = map_help,
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

/* ---- the drawing ------------------------------------------------------- */

/* What systems show as the name of the volume, of the file system that keeps most. */
static const char *label_of(struct map *map)
{
	static const enum fsi_file_system order[] = {
		FSI_FILE_SYSTEM_UDF, FSI_FILE_SYSTEM_JOLIET, FSI_FILE_SYSTEM_ISO9660};
	const struct fsi_disc_volume *volume = NULL;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (SUCCEEDED(fsi_disc_open_view(map->view.disc, order[i],
						 &map->view.view)) &&
		    SUCCEEDED(fsi_disc_view_get_volume(map->view.view, &volume)))
			return volume->name;
	}
	return "";
}

static HRESULT make_drawing(struct map *map)
{
	struct map_scene *scene = &map->scene;
	FILE *file = NULL;
	HRESULT hr = fsi_disc_get_total_blocks(map->view.disc, &scene->blocks);

	if (SUCCEEDED(hr))
		hr = fsi_disc_get_file_systems(map->view.disc, &scene->file_systems);
	if (SUCCEEDED(hr))
		hr = fsi_disc_get_block_map(map->view.disc, &scene->map);
	if (FAILED(hr))
		return hr;
	scene->image = map->view.image;
	scene->label = label_of(map);
	hr = map_scene_make(scene);
	if (FAILED(hr))
		return hr;
	file = open_memstream(&map->text, &map->length);
	if (file == NULL)
		return E_OUTOFMEMORY;
	hr = map_draw(scene, file);
	return fclose(file) == 0 ? hr : E_OUTOFMEMORY;
}

/* ---- where it goes ----------------------------------------------------- */

static bool write_all(int descriptor, const char *bytes, size_t length)
{
	while (length > 0) {
		const ssize_t written = write(descriptor, bytes, length);

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		}
	}
	return true;
}

/* Under another name first: what stands there is replaced when all is written. */
static int replace_file(const struct map *map, const char *path)
{
	char *temporary = NULL;
	const mode_t mask = umask(0);
	int descriptor = -1;
	int error = 0;

	umask(mask);
	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return message_no_memory(&map->voice);
	descriptor = mkstemp(temporary);
	if (descriptor < 0 || !write_all(descriptor, map->text, map->length) ||
	    fchmod(descriptor, 0666 & ~mask) != 0)
		error = errno;
	if (descriptor >= 0 && close(descriptor) != 0 && error == 0)
		error = errno;
	if (error == 0 && rename(temporary, path) != 0)
		error = errno;
	if (error != 0 && descriptor >= 0)
		unlink(temporary);
	free(temporary);
	return error == 0 ? STATUS_DONE
			  : message_errno_failure(&map->voice, error, "writing %s", path);
}

/* FIFOs and devices are written to, not replaced. */
static int write_special(const struct map *map, const char *path)
{
	FILE *file = fopen(path, "we");

	if (file == NULL)
		return message_errno_failure(&map->voice, errno, "writing %s", path);
	fwrite(map->text, 1, map->length, file);
	errno = 0;
	if (fclose(file) != 0)
		return message_errno_failure(&map->voice, errno != 0 ? errno : EIO,
					     "writing %s", path);
	return STATUS_DONE;
}

static int write_output(const struct map *map, const struct output *output)
{
	struct stat status;

	if (strcmp(map->options.output, "-") == 0) {
		fwrite(map->text, 1, map->length, stdout);
		return STATUS_DONE;
	}
	if (output->real_path != NULL)
		return replace_file(map, output->real_path);
	if (stat(output->path, &status) == 0 && !S_ISREG(status.st_mode))
		return write_special(map, output->path);
	return replace_file(map, output->path);
}

/* ---- the command ------------------------------------------------------- */

static int check_together(const struct map *map)
{
	if (map->options.output == NULL)
		return message_usage("map", "name the drawing with -o FILE");
	if (map->operands.count != 1)
		return message_usage("map", map->operands.count == 0
						    ? "name an IMAGE"
						    : "name only one IMAGE");
	return STATUS_DONE;
}

/* Before anything is read: whether the drawing may be written. */
static int check_output(struct map *map, struct output *output)
{
	const struct create_options options = {.output = map->options.output,
					       .force = map->options.force};
	int status = STATUS_DONE;

	if (strcmp(map->options.output, "-") != 0)
		status = output_check(&options, &map->voice, output);
	if (status == STATUS_DONE && output_is(output, map->operands.items[0]))
		return message_own_failure(&map->voice, FSI_E_FILE_EXISTS,
					   "It is the image itself.", NULL, "writing %s",
					   map->options.output);
	return status;
}

static int draw(struct map *map)
{
	struct output output = {.path = map->options.output};
	int status = check_output(map, &output);
	HRESULT hr = S_OK;

	if (status == STATUS_DONE)
		status = view_open_disc(map->operands.items[0], map->options.session,
					&map->voice, &map->view);
	if (status == STATUS_DONE) {
		hr = make_drawing(map);
		status = SUCCEEDED(hr) ? write_output(map, &output)
				       : view_failure(&map->view, hr, &map->voice,
						      "drawing", "");
	}
	output_clear(&output);
	return status;
}

int map_command(int argc, char **argv)
{
	struct map map = {.voice = {.command = "map", .report = stdout}};
	int status = STATUS_DONE;

	if (options_parse(&table, argc, argv, &map.options, &map.operands, &status)) {
		status = check_together(&map);
		if (status == STATUS_DONE)
			status = draw(&map);
	}
	map_scene_clear(&map.scene);
	view_clear(&map.view);
	free(map.text);
	operands_clear(&map.operands);
	return status;
}
