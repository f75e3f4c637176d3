/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PATH and TARGET=SOURCE. */

#include "cli/sources.h"

#include "cli/standard_input.h"
#include "cli/text.h"

#include <fsimage/codes.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

/* The first "=" that no backslash protects; NULL: none. */
static const char *find_equals(const char *operand)
{
	for (const char *at = operand; *at != '\0'; at++) {
		if (*at == '=')
			return at;
		if (*at == '\\' && (at[1] == '=' || at[1] == '\\'))
			at++;
	}
	return NULL;
}

/* A copy with "\=" and "\\" resolved; any other backslash is itself. */
static char *unescape(const char *text, size_t length)
{
	char *copy = malloc(length + 1);
	size_t used = 0;

	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\\' && i + 1 < length &&
		    (text[i + 1] == '=' || text[i + 1] == '\\'))
			i++;
		copy[used++] = text[i];
	}
	copy[used] = '\0';
	return copy;
}

static int parse_operand(const char *operand, const struct voice *voice,
			 struct source *source)
{
	const char *equals = find_equals(operand);
	const char *path = equals != NULL ? equals + 1 : operand;

	source->operand = operand;
	source->path = unescape(path, strlen(path));
	if (equals != NULL)
		source->target = unescape(operand, (size_t)(equals - operand));
	if (source->path == NULL || (equals != NULL && source->target == NULL))
		return message_no_memory(voice);
	if (equals == operand)
		return message_usage(voice->command,
				     "'%s' names no TARGET: the root is '/=%s'", operand,
				     path);
	if (path[0] == '\0')
		return message_usage(voice->command, "'%s' names no source", operand);
	source->target_is_folder = source->target != NULL &&
				   source->target[strlen(source->target) - 1] == '/';
	source->is_stdin = strcmp(path, STANDARD_INPUT) == 0;
	if (source->is_stdin && (source->target == NULL || source->target_is_folder))
		return message_usage(voice->command,
				     "'%s': standard input has no name of its own: write "
				     "TARGET=-, or ./- for a file called so",
				     operand);
	return STATUS_DONE;
}

int sources_parse(const struct create_options *options, const struct voice *voice,
		  struct source_list *ret_list)
{
	ret_list->count = 0;
	ret_list->items = calloc(options->operands.count, sizeof(*ret_list->items));
	if (ret_list->items == NULL)
		return message_no_memory(voice);
	for (size_t i = 0; i < options->operands.count; i++) {
		struct source *source = &ret_list->items[ret_list->count++];
		const int status =
			parse_operand(options->operands.items[i], voice, source);

		if (status != STATUS_DONE)
			return status;
		if (source->is_stdin && ret_list->has_stdin)
			return message_usage(voice->command,
					     "'%s': standard input can be read only once",
					     source->operand);
		ret_list->has_stdin = ret_list->has_stdin || source->is_stdin;
	}
	return STATUS_DONE;
}

/* "a=b" was meant as a name when there is something called so. */
static int tell_missing(const struct source *source, int error_number,
			const struct voice *voice)
{
	struct stat status;

	if (source->target == NULL || lstat(source->operand, &status) != 0)
		return message_errno_failure(voice, error_number, "adding %s",
					     source->path);
	return message_own_failure(
		voice, FSI_E_FILE_NOT_FOUND, "There is no such file or folder.",
		"to add the file of that whole name, write a backslash before "
		"the first '='",
		"adding %s at %s", source->path, source->target);
}

static int check_source(struct source *source, const struct output *output,
			const struct voice *voice)
{
	struct stat status;

	if (!source->is_stdin && stat(source->path, &status) != 0)
		return tell_missing(source, errno, voice);
	source->is_folder = !source->is_stdin && S_ISDIR(status.st_mode);
	if (!source->is_stdin && !source->is_folder && !S_ISREG(status.st_mode))
		return message_own_failure(voice, IMAPI_E_NOT_FILE,
					   "It is neither a file nor a folder.", NULL,
					   "adding %s", source->path);
	if (source->target != NULL && !text_is_utf8(source->target))
		return message_own_failure(voice, IMAPI_E_INVALID_PATH,
					   "The TARGET in front of '=' is not UTF-8.",
					   NULL, "adding %s", source->operand);
	if (source->is_stdin)
		return standard_input_check(output, voice);
	if (output_is(output, source->path))
		return message_own_failure(voice, FSI_E_SHARING_VIOLATION,
					   "It is the output itself.", NULL, "adding %s",
					   source->path);
	return STATUS_DONE;
}

int sources_check(struct source_list *list, const struct output *output,
		  const struct voice *voice)
{
	int status = STATUS_DONE;

	for (size_t i = 0; i < list->count && status == STATUS_DONE; i++)
		status = check_source(&list->items[i], output, voice);
	return status;
}

/* ---- folders of the image ---------------------------------------------- */

/* The folder of that name in *directory, made when it is missing. */
static HRESULT enter_folder(const char *name, fsi_directory **directory)
{
	fsi_item *item = NULL;
	HRESULT hr = fsi_directory_get_item(*directory, name, &item);

	/* A file in the way makes this fail with the code for it. */
	if (FAILED(hr) || fsi_item_as_directory(item) == NULL)
		hr = fsi_directory_add_directory(*directory, name);
	if (SUCCEEDED(hr))
		hr = fsi_directory_get_item(*directory, name, &item);
	if (SUCCEEDED(hr))
		*directory = fsi_item_as_directory(item);
	return hr;
}

HRESULT source_enter_folders(const char *path, size_t length, const char *separators,
			     fsi_directory **directory)
{
	char *copy = strndup(path, length);
	char *rest = NULL;
	HRESULT hr = S_OK;

	if (copy == NULL)
		return E_OUTOFMEMORY;
	for (char *name = strtok_r(copy, separators, &rest);
	     SUCCEEDED(hr) && name != NULL; name = strtok_r(NULL, separators, &rest))
		hr = enter_folder(name, directory);
	free(copy);
	return hr;
}

/* ---- taking in --------------------------------------------------------- */

/* Where the name of the item begins in a target that has one. */
static size_t find_name(const char *target, const char *separators)
{
	size_t at = strlen(target);

	while (at > 0 && strchr(separators, target[at - 1]) == NULL)
		at--;
	return at;
}

static HRESULT add_stdin(fsi_directory *directory, const char *name)
{
	fsi_stream *stream = NULL;
	HRESULT hr = standard_input_open(&stream);

	if (SUCCEEDED(hr))
		hr = fsi_directory_add_file(directory, name, stream);
	fsi_stream_release(stream);
	return hr;
}

/* A file takes the place of an earlier file, as fsi_directory_add_tree() does it. */
static HRESULT replace_file(fsi_directory *directory, const char *name,
			    const struct source *source)
{
	fsi_item *item = NULL;

	if (SUCCEEDED(fsi_directory_get_item(directory, name, &item)) &&
	    fsi_item_as_file(item) != NULL) {
		const HRESULT hr = fsi_directory_remove(directory, name);

		if (FAILED(hr))
			return hr;
	}
	return source->is_stdin
		       ? add_stdin(directory, name)
		       : fsi_directory_add_file_from_path(directory, name, source->path);
}

/* At a target that names the item. */
static HRESULT add_named_file(const struct source *source, fsi_directory *directory,
			      const char *separators,
			      const struct create_options *options,
			      struct source_report *report)
{
	const size_t name_at = find_name(source->target, separators);
	const HRESULT hr =
		source_enter_folders(source->target, name_at, separators, &directory);

	if (options->posix && !source->is_stdin && listxattr(source->path, NULL, 0) > 0)
		report->bare_files++;
	return SUCCEEDED(hr) ? replace_file(directory, source->target + name_at, source)
			     : hr;
}

/* Under its own name, into the root or a folder. */
static HRESULT add_file(const struct source *source, fsi_directory *directory,
			const char *separators, const struct create_options *options,
			struct source_report *report)
{
	/* What the command line names is taken, also through a link. */
	const struct fsi_add_tree_options tree = {.size = sizeof(tree),
						  .links = FSI_LINKS_FOLLOW,
						  .named_streams = options->posix};
	HRESULT hr = S_OK;

	if (source->target != NULL)
		hr = source_enter_folders(source->target, strlen(source->target),
					  separators, &directory);
	if (FAILED(hr))
		return hr;
	return fsi_directory_add_tree_with_options(directory, source->path, &tree,
						   &report->tree);
}

/* What the filter of one folder needs to know. */
struct filter {
	const struct source *source;
	const struct exclude_list *excludes;
	const struct output *output; /* NULL: it can't be met here */
	struct source_report *report;
};

static bool is_output(const struct filter *filter, const char *path)
{
	char *full_path = NULL;
	bool answer = false;

	if (asprintf(&full_path, "%s/%s", filter->source->path, path) < 0)
		return false;
	answer = output_is(filter->output, full_path);
	free(full_path);
	return answer;
}

static bool may_pass(void *context, const char *path, bool is_directory)
{
	const struct filter *filter = context;

	if (exclude_matches(filter->excludes, path, is_directory))
		return false;
	if (filter->output != NULL && !is_directory && is_output(filter, path)) {
		filter->report->outputs++;
		return false;
	}
	return true;
}

/* --posix leaves nothing out, so --strict has nothing to refuse then. */
static enum fsi_link_policy choose_links(const struct create_options *options)
{
	if (options->follow_links)
		return FSI_LINKS_FOLLOW;
	if (options->posix)
		return FSI_LINKS_KEEP;
	return options->strict ? FSI_LINKS_REFUSE : FSI_LINKS_SKIP;
}

static enum fsi_special_policy choose_special(const struct create_options *options)
{
	if (options->posix)
		return FSI_SPECIAL_KEEP;
	return options->strict ? FSI_SPECIAL_REFUSE : FSI_SPECIAL_SKIP;
}

/*
 * The root belongs to the volume, since several sources may meet there; as it
 * was is what one alone wants.
 */
static bool has_attributes(bool is_root, const struct create_options *options)
{
	return !is_root || (options->posix && options->operands.count == 1);
}

static HRESULT add_folder(const struct source *source, fsi_directory *directory,
			  bool is_root, const struct create_options *options,
			  const struct output *output, struct source_report *report)
{
	const bool may_be_in =
		output_may_be_in(output, source->path, options->follow_links);
	struct filter filter = {
		.source = source,
		.excludes = &options->excludes,
		.output = may_be_in ? output : NULL,
		.report = report,
	};
	const struct fsi_add_tree_options tree = {
		.size = sizeof(tree),
		.base_attributes = has_attributes(is_root, options),
		.links = choose_links(options),
		.special = choose_special(options),
		/* Also where UDF can't hold them yet, so that they are counted. */
		.named_streams = options->posix,
		.filter = may_be_in || options->excludes.count > 0 ? may_pass : NULL,
		.filter_context = &filter,
	};

	return fsi_directory_add_tree_with_options(directory, source->path, &tree,
						   &report->tree);
}

HRESULT source_add(const struct source *source, fsi_directory *root,
		   const struct create_options *options, const struct output *output,
		   struct source_report *report)
{
	/* Under IMAPI's rules both separate. */
	const char *separators = options->rules == RULES_IMAPI ? "/\\" : "/";
	fsi_directory *directory = root;
	HRESULT hr = S_OK;

	if (!source->is_folder && source->target != NULL && !source->target_is_folder)
		return add_named_file(source, directory, separators, options, report);
	if (!source->is_folder)
		return add_file(source, directory, separators, options, report);
	if (source->target != NULL)
		hr = source_enter_folders(source->target, strlen(source->target),
					  separators, &directory);
	if (FAILED(hr))
		return hr;
	return add_folder(source, directory, directory == root, options, output, report);
}

void sources_clear(struct source_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].path);
		free(list->items[i].target);
	}
	free(list->items);
	*list = (struct source_list){0};
}
