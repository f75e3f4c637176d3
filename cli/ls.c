/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage ls": the names in an image. */

#include "cli/children.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/view.h"

#include <fsimage/fsimage.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char ls_help[] =
	"Usage: fsimage ls [OPTION]... IMAGE[:PATH]...\n"
	"List what an image holds, hidden names too, in byte order.\n"
	"  -l, --long        with type, permissions, links, owner, group, size (or\n"
	"                    numbers of a device), last change, and where links lead\n"
	"  -R, --recursive   with all that is in folders\n"
	"      --view VIEW   which file system of the image: udf, joliet or iso9660; by\n"
	"                    default the one that keeps most\n"
	"      --session N   the session with that number and not the newest\n"
	"      --json        as one JSON object, with all that is recorded\n"
	"      --help        show this and end\n"
	"      --version     show the version and end\n"
	"When there is a file of the whole name, it is the image.\n";

struct ls_options {
	bool is_long;
	bool recursive;
	bool json;
	enum fsi_file_system view; /* NONE: none given */
	uint32_t session;	   /* 0: none given */
};

/* A directory that is to be listed, with its path in the image. */
struct pending {
	fsi_disc_entry *directory;
	char *path;
};

struct ls {
	struct ls_options options;
	struct operands operands;
	struct voice voice;
	struct listing_style style;
	struct image_view view; /* of the operand in hand */
	struct pending *pending;
	size_t pending_count;
	size_t pending_capacity;
	int status;
	bool has_printed;
	/* With --json: where the object grows, to be printed when all is well. */
	char *text;
	size_t text_length;
	FILE *file;
	const char *separator;
};

/* ---- failures ---------------------------------------------------------- */

/* What can be listed is listed; the object tells the first error alone. */
static void tell_failure(struct ls *ls, HRESULT hr, const char *path)
{
	view_failure(&ls->view, hr, &ls->voice, "listing", path);
	ls->voice.json = false;
	ls->status = STATUS_FAILED;
}

struct place {
	struct ls *ls;
	const char *path;
};

static bool refuse_name(void *context, HRESULT hr)
{
	const struct place *place = context;

	tell_failure(place->ls, hr, place->path);
	return true;
}

/* ---- paths ------------------------------------------------------------- */

/* "/a" and "b" are "/a/b". To be freed; NULL: no memory. */
static char *join(const char *path, const char *name)
{
	char *joined = NULL;
	const char *slash = path[0] != '\0' && path[strlen(path) - 1] == '/' ? "" : "/";

	return asprintf(&joined, "%s%s%s", path, slash, name) < 0 ? NULL : joined;
}

/*
 * The image that an operand names, and the path in it behind a colon. The
 * longest name of a file is taken; where there is none, all of it.
 */
static char *split_operand(const char *operand, const char **ret_path)
{
	char *image = strdup(operand);

	*ret_path = "";
	if (image == NULL || access(image, F_OK) == 0)
		return image;
	for (char *colon = strrchr(image, ':'); colon != NULL;
	     colon = strrchr(image, ':')) {
		*colon = '\0';
		if (access(image, F_OK) == 0) {
			*ret_path = operand + (colon - image) + 1;
			return image;
		}
	}
	free(image);
	return strdup(operand);
}

/* ---- one directory ----------------------------------------------------- */

static HRESULT push(struct ls *ls, fsi_disc_entry *directory, char *path)
{
	if (path != NULL && ls->pending_count == ls->pending_capacity) {
		const size_t capacity =
			ls->pending_capacity == 0 ? 16 : ls->pending_capacity * 2;
		struct pending *pending =
			reallocarray(ls->pending, capacity, sizeof(*pending));

		if (pending != NULL) {
			ls->pending = pending;
			ls->pending_capacity = capacity;
		}
	}
	if (path == NULL || ls->pending_count == ls->pending_capacity) {
		free(path);
		return E_OUTOFMEMORY;
	}
	ls->pending[ls->pending_count++] =
		(struct pending){fsi_disc_entry_add_ref(directory), path};
	return S_OK;
}

/* The first one is to be listed first, so it is pushed last. */
static HRESULT push_directories(struct ls *ls, const struct child_list *list,
				const char *path)
{
	for (size_t i = list->count; i > 0; i--) {
		const struct child *child = &list->items[i - 1];
		HRESULT hr = S_OK;

		if (child->info == NULL || child->info->kind != FSI_DISC_DIRECTORY)
			continue;
		hr = push(ls, child->entry, join(path, child->name));
		if (FAILED(hr))
			return hr;
	}
	return S_OK;
}

/* Bare names need nothing but the names. */
static void read_infos(struct ls *ls, struct child_list *list, const char *path)
{
	if (!ls->options.is_long && !ls->options.recursive && !ls->options.json)
		return;
	for (size_t i = 0; i < list->count; i++) {
		struct child *child = &list->items[i];
		const HRESULT hr = fsi_disc_entry_get_info(child->entry, &child->info);
		char *full_path = FAILED(hr) ? join(path, child->name) : NULL;

		if (FAILED(hr)) {
			child->info = NULL;
			tell_failure(ls, hr, full_path != NULL ? full_path : path);
		}
		free(full_path);
	}
}

static HRESULT print_entry(struct ls *ls, const struct listing_columns *columns,
			   const struct child *child, const char *path)
{
	HRESULT hr = S_OK;

	if (ls->file == NULL)
		return listing_print(&ls->style, columns, child, child->name);
	if (child->info == NULL)
		return S_OK; /* it was told already */
	fputs(ls->separator, ls->file);
	hr = listing_print_json(ls->file, child, path);
	ls->separator = ", ";
	return hr;
}

static HRESULT print_children(struct ls *ls, const struct child_list *list,
			      const char *path)
{
	struct listing_columns columns = {0};

	for (size_t i = 0; i < list->count; i++)
		listing_widen(&columns, &list->items[i]);
	for (size_t i = 0; i < list->count; i++) {
		char *full_path = join(path, list->items[i].name);
		HRESULT hr = E_OUTOFMEMORY;

		if (full_path == NULL)
			return hr;
		hr = print_entry(ls, &columns, &list->items[i], full_path);
		if (FAILED(hr))
			tell_failure(ls, hr, full_path);
		free(full_path);
	}
	return S_OK;
}

/* "image:/path:", as ls has it where several are listed. */
static void print_heading(struct ls *ls, const char *path)
{
	if (ls->file != NULL || (ls->operands.count == 1 && !ls->options.recursive))
		return;
	if (ls->has_printed)
		putchar('\n');
	if (ls->operands.count > 1) {
		listing_print_text(&ls->style, ls->view.image);
		putchar(':');
	}
	listing_print_text(&ls->style, path);
	puts(":");
}

static void list_directory(struct ls *ls, fsi_disc_entry *directory, const char *path)
{
	struct place place = {ls, path};
	struct child_list list;
	HRESULT hr = children_read(directory, refuse_name, &place, &list);

	print_heading(ls, path);
	children_sort_by_name(&list);
	read_infos(ls, &list, path);
	if (FAILED(hr))
		tell_failure(ls, hr, path);
	hr = print_children(ls, &list, path);
	if (SUCCEEDED(hr) && ls->options.recursive)
		hr = push_directories(ls, &list, path);
	if (FAILED(hr))
		tell_failure(ls, hr, path);
	ls->has_printed = true;
	children_clear(&list);
}

static void list_pending(struct ls *ls)
{
	while (ls->pending_count > 0) {
		const struct pending next = ls->pending[--ls->pending_count];

		list_directory(ls, next.directory, next.path);
		fsi_disc_entry_release(next.directory);
		free(next.path);
	}
}

/* ---- one operand ------------------------------------------------------- */

/* What is no directory is shown itself, under the path that was given. */
static HRESULT list_entry(struct ls *ls, fsi_disc_entry *entry, const char *path)
{
	struct listing_columns columns = {0};
	struct child child = {.entry = entry, .name = path};
	HRESULT hr = fsi_disc_entry_get_info(entry, &child.info);

	if (FAILED(hr))
		return hr;
	if (child.info->kind == FSI_DISC_DIRECTORY)
		return push(ls, entry, path[0] == '/' ? strdup(path) : join("/", path));
	listing_widen(&columns, &child);
	if (ls->file != NULL)
		fsi_disc_entry_get_name(entry, &child.name);
	ls->has_printed = true;
	return print_entry(ls, &columns, &child, path);
}

static void list_path(struct ls *ls, const char *path)
{
	fsi_disc_entry *entry = NULL;
	HRESULT hr = fsi_disc_view_get_entry(ls->view.view, path, &entry);

	if (SUCCEEDED(hr))
		hr = list_entry(ls, entry, path);
	if (FAILED(hr))
		tell_failure(ls, hr, path);
	list_pending(ls);
	fsi_disc_entry_release(entry);
}

static void begin_object(struct ls *ls, const char *path)
{
	if (ls->file == NULL)
		return;
	fprintf(ls->file, "%s{\"image\": ", ls->separator);
	text_print_json(ls->file, ls->view.image);
	fprintf(ls->file,
		", \"view\": \"%s\", \"path\": ", view_word(ls->view.file_system));
	text_print_json(ls->file, path);
	fputs(", \"entries\": [", ls->file);
	ls->separator = "";
}

static void end_object(struct ls *ls)
{
	if (ls->file == NULL)
		return;
	fputs("]}", ls->file);
	ls->separator = ", ";
}

static void list_operand(struct ls *ls, const char *operand)
{
	const char *path = NULL;
	char *image = split_operand(operand, &path);

	if (image == NULL) {
		ls->status = message_no_memory(&ls->voice);
		ls->voice.json = false;
		return;
	}
	if (view_open(image, ls->options.view, ls->options.session, &ls->voice,
		      &ls->view) == STATUS_DONE) {
		begin_object(ls, path);
		list_path(ls, path);
		end_object(ls);
	} else {
		ls->status = STATUS_FAILED;
		ls->voice.json = false;
	}
	view_clear(&ls->view);
	free(image);
}

/* ---- the command ------------------------------------------------------- */

static const char *take_view(void *target, const char *value)
{
	struct ls_options *options = target;

	options->view = view_parse(value);
	return options->view != FSI_FILE_SYSTEM_NONE ? NULL
						     : "must be udf, joliet or iso9660";
}

static const char *take_session(void *target, const char *value)
{
	struct ls_options *options = target;

	return view_parse_session(value, &options->session);
}

static const struct option_row rows[] = {
	{"long", NULL, offsetof(struct ls_options, is_long), 'l', false},
	{"recursive", NULL, offsetof(struct ls_options, recursive), 'R', false},
	{"view", take_view, 0, 0, false},
	{"session", take_session, 0, 0, false},
	{"json", NULL, offsetof(struct ls_options, json), 0, false},
};

static const struct option_table table = {
	.command = "ls",
	.help = ls_help,
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

static int check_together(const struct ls *ls)
{
	if (ls->operands.count == 0)
		return message_usage("ls", "name at least one IMAGE or IMAGE:PATH");
	if (ls->options.is_long && ls->options.json)
		return message_usage("ls",
				     "options '--long' and '--json' exclude each other: "
				     "the object has it all");
	return STATUS_DONE;
}

static int list_operands(struct ls *ls)
{
	if (ls->options.json) {
		ls->file = open_memstream(&ls->text, &ls->text_length);
		if (ls->file == NULL)
			return message_no_memory(&ls->voice);
		ls->separator = "";
		fputs("{\"listings\": [", ls->file);
	}
	for (size_t i = 0; i < ls->operands.count; i++)
		list_operand(ls, ls->operands.items[i]);
	if (ls->file == NULL)
		return ls->status;
	fputs("]}\n", ls->file);
	if (fclose(ls->file) != 0 && ls->status == STATUS_DONE)
		ls->status = message_no_memory(&ls->voice);
	if (ls->status == STATUS_DONE)
		fwrite(ls->text, 1, ls->text_length, stdout);
	free(ls->text);
	return ls->status;
}

int ls_command(int argc, char **argv)
{
	struct ls ls = {.voice = {.command = "ls", .report = stdout}};
	int status = STATUS_DONE;

	if (options_parse(&table, argc, argv, &ls.options, &ls.operands, &status)) {
		status = check_together(&ls);
		ls.voice.json = ls.options.json;
		ls.style =
			(struct listing_style){.is_long = ls.options.is_long,
					       .is_terminal = isatty(STDOUT_FILENO) != 0};
		if (status == STATUS_DONE)
			status = list_operands(&ls);
	}
	free(ls.pending);
	operands_clear(&ls.operands);
	return status;
}
