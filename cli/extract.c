/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage extract": from an image to folders and files. */

#include "cli/commands.h"
#include "cli/extraction.h"
#include "cli/interrupt.h"

#include <fsimage/fsimage.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char extract_help[] =
	"Usage: fsimage extract [OPTION]... IMAGE [PATH]...\n"
	"Take files and folders out of an image: all of it, or what is at each PATH.\n"
	"  -C, --directory DIR  into DIR, which is made when it is missing, and not\n"
	"                       into the current folder\n"
	"      --view VIEW      which file system of the image: udf, joliet or\n"
	"                       iso9660; by default the one that keeps most\n"
	"      --session N      the session with that number and not the newest\n"
	"  -f, --force          replace files that exist\n"
	"  -q, --quiet          no notes, no progress, no final line\n"
	"  -v, --verbose        print each path\n"
	"      --json           tell the result, or the error, as one JSON object\n"
	"      --help           show this and end\n"
	"      --version        show the version and end\n"
	"Contents, times, permissions, links and holes come back, to root owners and\n"
	"devices too. Nothing is ever written outside DIR.\n";

/* ---- options ----------------------------------------------------------- */

static const char *take_directory(void *target, const char *value)
{
	struct extract_options *options = target;

	options->directory = value;
	return value[0] != '\0' ? NULL : "must name a folder";
}

static const char *take_view(void *target, const char *value)
{
	struct extract_options *options = target;

	options->view = view_parse(value);
	return options->view != FSI_FILE_SYSTEM_NONE ? NULL
						     : "must be udf, joliet or iso9660";
}

static const char *take_session(void *target, const char *value)
{
	struct extract_options *options = target;

	return view_parse_session(value, &options->session);
}

static const struct option_row rows[] = {
	{"directory", take_directory, 0, 'C', false},
	{"view", take_view, 0, 0, false},
	{"session", take_session, 0, 0, false},
	{"force", NULL, offsetof(struct extract_options, force), 'f', false},
	{"quiet", NULL, offsetof(struct extract_options, quiet), 'q', false},
	{"verbose", NULL, offsetof(struct extract_options, verbose), 'v', false},
	{"json", NULL, offsetof(struct extract_options, json), 0, false},
};

static const struct option_table table = {
	.command = "extract",
	.help = extract_help,
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

static int check_together(const struct extraction *extraction)
{
	const struct extract_options *options = &extraction->options;

	if (extraction->operands.count == 0)
		return message_usage("extract", "name an IMAGE");
	if (options->verbose && (options->quiet || options->json))
		return message_usage("extract",
				     "options '--verbose' and '--%s' exclude each other",
				     options->quiet ? "quiet" : "json");
	return STATUS_DONE;
}

/* ---- levels ------------------------------------------------------------ */

static bool refuse_name(void *context, HRESULT hr)
{
	extraction_refuse(context, hr);
	return true;
}

/* Where on the disc the bytes of a file are; behind all files what has none. */
static void find_place(struct child *child)
{
	struct fsi_disc_extent extent = {0};

	if (child->info == NULL)
		return;
	if (child->info->kind == FSI_DISC_DIRECTORY)
		child->place = UINT64_MAX;
	else if (child->info->kind == FSI_DISC_FILE && child->info->size > 0 &&
		 fsi_disc_entry_get_extent(child->entry, 0, &extent) == S_OK)
		child->place = extent.disc_offset;
}

static void read_infos(struct extraction *extraction, struct child_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct child *child = &list->items[i];
		const HRESULT hr = fsi_disc_entry_get_info(child->entry, &child->info);

		if (FAILED(hr)) {
			child->info = NULL;
			if (folders_set_name(&extraction->folders, child->name) == 0)
				extraction_refuse(extraction, hr);
			folders_reset_name(&extraction->folders);
		}
		find_place(child);
	}
}

/* On the way to the path that is wanted, only the next part of it. */
static HRESULT list_part(struct extraction *extraction, struct child_list *list)
{
	struct child *child = calloc(1, sizeof(*child));
	HRESULT hr = E_OUTOFMEMORY;

	if (child == NULL)
		return hr;
	*list = (struct child_list){.items = child, .capacity = 1};
	hr = fsi_disc_view_get_entry(extraction->view.view,
				     extraction->parts[extraction->level_count - 1],
				     &child->entry);
	if (FAILED(hr))
		return hr;
	list->count = 1;
	return fsi_disc_entry_get_name(child->entry, &child->name);
}

/* Read what the last level holds. What can't be read is told. */
static void list_level(struct extraction *extraction)
{
	struct level *level = &extraction->levels[extraction->level_count - 1];
	HRESULT hr = S_OK;

	if (extraction->level_count <= extraction->part_count)
		hr = list_part(extraction, &level->children);
	else
		hr = children_read(level->directory, refuse_name, extraction,
				   &level->children);
	if (FAILED(hr))
		extraction_refuse(extraction, hr);
	read_infos(extraction, &level->children);
	children_sort_by_place(&level->children);
}

static int push_level(struct extraction *extraction, fsi_disc_entry *directory,
		      bool is_made)
{
	if (extraction->level_count == extraction->level_capacity) {
		const size_t capacity = extraction->level_capacity == 0
						? 16
						: extraction->level_capacity * 2;
		struct level *levels =
			reallocarray(extraction->levels, capacity, sizeof(*levels));

		if (levels == NULL)
			return extraction_stop(extraction, ENOMEM);
		extraction->levels = levels;
		extraction->level_capacity = capacity;
	}
	extraction->levels[extraction->level_count++] = (struct level){
		.directory = fsi_disc_entry_add_ref(directory), .is_made = is_made};
	list_level(extraction);
	return STATUS_DONE;
}

/* What is done to a folder changes its times, so they come last. */
static void restore_level(struct extraction *extraction, const struct level *level)
{
	const struct fsi_disc_entry_info *info = NULL;
	struct made made = {.descriptor = -1};
	const HRESULT hr = fsi_disc_entry_get_info(level->directory, &info);
	int error = 0;

	if (FAILED(hr)) {
		extraction_refuse(extraction, hr);
		return;
	}
	error = folders_last(&extraction->folders, &made.descriptor);
	if (error != 0)
		extraction_stop(extraction, error);
	else
		restore_attributes(extraction, level->directory, info, &made);
}

static void pop_level(struct extraction *extraction)
{
	struct level *level = &extraction->levels[--extraction->level_count];

	folders_reset_name(&extraction->folders);
	if (level->is_made)
		restore_level(extraction, level);
	children_clear(&level->children);
	fsi_disc_entry_release(level->directory);
	if (extraction->level_count > 0) /* the target stays open */
		folders_leave(&extraction->folders);
}

/* ---- entries ----------------------------------------------------------- */

/* Make the folder of the name that is set, unless it is there. */
static int make_folder(struct extraction *extraction, const struct child *child,
		       bool *ret_is_made)
{
	struct folders *folders = &extraction->folders;
	const uint64_t identity = child->info->identity;
	int above = -1;
	int error = folders_last(folders, &above);

	if (error == 0 && mkdirat(above, folders_name(folders), 0700) != 0)
		error = errno;
	if (error == EEXIST) {
		/* Also one of this run, which another PATH led through before. */
		*ret_is_made = extraction->options.force ||
			       seen_find(&extraction->directories, identity) != NULL;
		return STATUS_DONE;
	}
	if (error != 0)
		return extraction_stop(extraction, error);
	*ret_is_made = true;
	extraction->counts.directories++;
	if (!seen_add(&extraction->directories, identity, ""))
		return extraction_stop(extraction, ENOMEM);
	return STATUS_DONE;
}

static int extract_folder(struct extraction *extraction, const struct child *child)
{
	bool is_made = false;
	int status = make_folder(extraction, child, &is_made);
	int error = 0;

	if (status != STATUS_DONE)
		return status;
	error = folders_enter(&extraction->folders);
	if (error == ELOOP || error == ENOTDIR)
		return extraction_stop_for(
			extraction, FSI_E_FILE_EXISTS,
			"What is in the way is no folder; links are not followed.", NULL);
	if (error != 0)
		return extraction_stop(extraction, error);
	status = push_level(extraction, child->entry, is_made);
	if (status != STATUS_DONE)
		folders_leave(&extraction->folders);
	return status;
}

static void print_path(const struct extraction *extraction)
{
	if (!extraction->options.verbose)
		return;
	if (isatty(STDOUT_FILENO) != 0)
		text_print(stdout, extraction->folders.path);
	else
		fputs(extraction->folders.path, stdout);
	putchar('\n');
}

static void extract_child(struct extraction *extraction, const struct child *child)
{
	int error = 0;

	if (child->info == NULL)
		return; /* it was told already */
	if (!folders_is_name(child->name)) {
		extraction_stop_for(
			extraction, IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
			"There is a name that leads out of its folder.", NULL);
		return;
	}
	error = folders_set_name(&extraction->folders, child->name);
	if (error != 0)
		extraction_stop(extraction, error);
	else if (child->info->kind == FSI_DISC_DIRECTORY)
		extract_folder(extraction, child);
	else if (make_entry(extraction, child) == STATUS_DONE)
		print_path(extraction);
}

/* What is in a folder, and then the folder, until nothing is left. */
static void extract_levels(struct extraction *extraction)
{
	while (extraction->level_count > 0) {
		struct level *level = &extraction->levels[extraction->level_count - 1];
		struct child child;

		if (level->next == level->children.count ||
		    !extraction_goes_on(extraction)) {
			pop_level(extraction);
			continue;
		}
		/* A copy, and the only reference: the levels may move. */
		child = level->children.items[level->next];
		level->children.items[level->next++].entry = NULL;
		extract_child(extraction, &child);
		fsi_disc_entry_release(child.entry);
	}
}

/* ---- the paths that are wanted ----------------------------------------- */

static void clear_parts(struct extraction *extraction)
{
	for (size_t i = 0; i < extraction->part_count; i++)
		free(extraction->parts[i]);
	free(extraction->parts);
	extraction->parts = NULL;
	extraction->part_count = 0;
}

/* "a/b/c" is looked for as "a", "a/b" and "a/b/c". */
static int split_path(struct extraction *extraction, const char *path)
{
	extraction->parts = calloc(strlen(path) / 2 + 1, sizeof(char *));
	if (extraction->parts == NULL)
		return extraction_stop(extraction, ENOMEM);
	for (size_t at = strspn(path, "/"); path[at] != '\0';
	     at += strspn(path + at, "/")) {
		char *part = NULL;

		at += strcspn(path + at, "/");
		part = strndup(path, at);
		if (part == NULL)
			return extraction_stop(extraction, ENOMEM);
		extraction->parts[extraction->part_count++] = part;
	}
	return STATUS_DONE;
}

/* See that it is there before anything is made for it. */
static int check_path(struct extraction *extraction, const char *path)
{
	fsi_disc_entry *entry = NULL;
	const HRESULT hr = fsi_disc_view_get_entry(extraction->view.view, path, &entry);

	fsi_disc_entry_release(entry);
	if (FAILED(hr))
		view_failure(&extraction->view, hr, &extraction->voice, "extracting",
			     path);
	return FAILED(hr) ? STATUS_FAILED : STATUS_DONE;
}

static int check_paths(struct extraction *extraction)
{
	int status = STATUS_DONE;

	for (size_t i = 1; i < extraction->operands.count && status == STATUS_DONE; i++)
		status = check_path(extraction, extraction->operands.items[i]);
	return status;
}

/* path is NULL for all. */
static void extract_path(struct extraction *extraction, const char *path, bool is_made)
{
	fsi_disc_entry *root = NULL;
	HRESULT hr = S_OK;

	if (path != NULL && split_path(extraction, path) != STATUS_DONE)
		return;
	hr = fsi_disc_view_get_root(extraction->view.view, &root);
	if (FAILED(hr))
		extraction_refuse(extraction, hr);
	else
		push_level(extraction, root, is_made);
	fsi_disc_entry_release(root);
	extract_levels(extraction);
}

/* ---- the target -------------------------------------------------------- */

static bool is_empty(int descriptor)
{
	const int copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *entry = NULL;
	bool answer = folder != NULL;

	if (folder == NULL && copy >= 0)
		close(copy);
	while (answer && (entry = readdir(folder)) != NULL)
		answer = strcmp(entry->d_name, ".") == 0 ||
			 strcmp(entry->d_name, "..") == 0;
	if (folder != NULL)
		closedir(folder);
	return answer;
}

/*
 * Open the target, or make it. Only a new or empty one gets the attributes of the
 * root: whoever extracts into a folder in use does not mean to change that.
 */
static int open_target(struct extraction *extraction, bool *ret_is_made)
{
	const char *path = extraction->options.directory;
	const bool is_new = mkdir(path, 0777 & ~extraction->mask) == 0;
	int descriptor = -1;
	int error = 0;

	if (!is_new && errno != EEXIST)
		return extraction_stop(extraction, errno);
	descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return extraction_stop(extraction, errno);
	*ret_is_made = is_new || is_empty(descriptor);
	error = folders_begin(&extraction->folders, descriptor);
	if (error == 0)
		return STATUS_DONE;
	close(descriptor);
	return extraction_stop(extraction, error);
}

/* ---- the command ------------------------------------------------------- */

static void measure_image(struct extraction *extraction)
{
	uint32_t blocks = 0;

	if (SUCCEEDED(fsi_disc_get_total_blocks(extraction->view.disc, &blocks)))
		extraction->bytes_to_read = (uint64_t)blocks * FSI_BLOCK_SIZE;
}

static void extract_all(struct extraction *extraction)
{
	const bool is_all = extraction->operands.count == 1;
	bool is_made = false;

	if (open_target(extraction, &is_made) != STATUS_DONE)
		return;
	if (is_all)
		extract_path(extraction, NULL, is_made);
	for (size_t i = 1; i < extraction->operands.count && !extraction->is_stopped;
	     i++) {
		extract_path(extraction, extraction->operands.items[i], false);
		clear_parts(extraction);
	}
	folders_reset_name(&extraction->folders);
	restore_locked_folders(extraction);
}

static int extract(struct extraction *extraction)
{
	const struct extract_options *options = &extraction->options;
	int status = STATUS_DONE;

	clock_gettime(CLOCK_MONOTONIC, &extraction->began);
	extraction->voice = (struct voice){.command = "extract",
					   .report = stdout,
					   .quiet = options->quiet,
					   .verbose = options->verbose,
					   .json = options->json};
	progress_begin(&extraction->progress, "extracting",
		       !options->quiet && !options->json && !options->verbose);
	extraction->is_privileged = geteuid() == 0;
	extraction->mask = umask(0);
	extraction->buffer = malloc(EXTRACTION_BUFFER_SIZE);
	if (extraction->buffer == NULL)
		return message_no_memory(&extraction->voice);
	status = view_open(extraction->operands.items[0], options->view, options->session,
			   &extraction->voice, &extraction->view);
	if (status == STATUS_DONE)
		status = check_paths(extraction);
	if (status != STATUS_DONE)
		return status;
	measure_image(extraction);
	extract_all(extraction);
	return extraction_report(extraction);
}

static void clear(struct extraction *extraction)
{
	for (size_t i = 0; i < extraction->locked_count; i++)
		free(extraction->locked[i].path);
	free(extraction->locked);
	free(extraction->levels);
	free(extraction->buffer);
	clear_parts(extraction);
	folders_clear(&extraction->folders);
	seen_clear(&extraction->files);
	seen_clear(&extraction->directories);
	view_clear(&extraction->view);
	operands_clear(&extraction->operands);
}

int extract_command(int argc, char **argv)
{
	struct extraction extraction = {.options = {.directory = "."}};
	int status = STATUS_DONE;

	if (options_parse(&table, argc, argv, &extraction.options, &extraction.operands,
			  &status)) {
		status = check_together(&extraction);
		if (status == STATUS_DONE) {
			interrupt_begin();
			status = extract(&extraction);
		}
	}
	clear(&extraction);
	if (status == STATUS_FAILED && interrupt_came()) {
		fflush(stdout);
		interrupt_raise_again();
	}
	return status;
}
