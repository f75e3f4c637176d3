/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user should know of an image that was made. */
#include "cli/notes.h"

#include "cli/large_files.h"
#include "cli/units.h"
#include "cli/walk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Room for two numbers and their nouns. */
#define DESCRIPTION_SIZE 128

/* The limit of ISO 9660 that Linux's rules pass. */
#define ISO_LEVELS 8

struct file_system_name {
	enum fsi_file_system file_system;
	const char *name;
};

static const struct file_system_name file_system_names[] = {
	{FSI_FILE_SYSTEM_ISO9660, "ISO 9660"},
	{FSI_FILE_SYSTEM_JOLIET, "Joliet"},
	{FSI_FILE_SYSTEM_UDF, "UDF"},
};
#define FILE_SYSTEMS (sizeof(file_system_names) / sizeof(file_system_names[0]))

/* ---- sources ----------------------------------------------------------- */

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void note_followed(const struct fsi_add_tree_report *tree,
			  const struct voice *voice)
{
	if (tree->skipped_links > 0)
		message_note(voice,
			     "left out %" PRIu64 " symbolic link%s that lead%s nowhere",
			     tree->skipped_links, plural(tree->skipped_links),
			     tree->skipped_links == 1 ? "s" : "");
	if (tree->skipped_loops > 0)
		message_note(voice,
			     "left out %" PRIu64 " symbolic link%s that lead%s back into "
			     "%s own path",
			     tree->skipped_loops, plural(tree->skipped_loops),
			     tree->skipped_loops == 1 ? "s" : "",
			     tree->skipped_loops == 1 ? "its" : "their");
}

/* "2 symbolic links and 1 socket, device or FIFO" */
static void describe_special(uint64_t links, uint64_t special,
			     char (*text)[DESCRIPTION_SIZE])
{
	int length = 0;

	(*text)[0] = '\0';
	if (links > 0)
		length = snprintf(*text, sizeof(*text), "%" PRIu64 " symbolic link%s%s",
				  links, plural(links), special > 0 ? " and " : "");
	if (special > 0)
		snprintf(*text + length, sizeof(*text) - (size_t)length,
			 "%" PRIu64 " socket%s, device%s or FIFO%s", special,
			 plural(special), plural(special), plural(special));
}

static void note_skipped(const struct fsi_add_tree_report *tree,
			 const struct create_options *options, const struct voice *voice)
{
	/* Of followed links only those are left that lead nowhere. */
	const uint64_t links = options->follow_links ? 0 : tree->skipped_links;
	const uint64_t special = tree->skipped_special;
	char text[DESCRIPTION_SIZE];

	if (links == 0 && special == 0)
		return;
	describe_special(links, special, &text);
	message_note(voice, "left out %s (%s%s--strict makes this an error)", text,
		     (options->file_systems & FSI_FILE_SYSTEM_UDF) != 0
			     ? "--posix keeps such in UDF; "
			     : "",
		     links > 0 ? "--follow-links takes what links lead to; " : "");
}

/* ---- what --posix keeps ------------------------------------------------ */

/* From this revision of UDF on there are named streams. */
#define FIRST_WITH_STREAMS 0x200

uint64_t notes_count_lost_attributes(const struct source_report *report,
				     const struct create_options *options)
{
	/* Without a choice it is a revision before. */
	return options->udf_revision < FIRST_WITH_STREAMS ? report->tree.named_streams
							  : 0;
}

static void note_attributes(const struct source_report *report,
			    const struct create_options *options,
			    const struct voice *voice)
{
	const uint64_t lost = notes_count_lost_attributes(report, options);

	if (lost > 0)
		message_note(voice,
			     "left out %" PRIu64 " extended attribute%s "
			     "(--udf-revision 2.00 or a later one keeps them)",
			     lost, plural(lost));
	if (report->bare_files > 0)
		message_note(voice,
			     "left out the extended attributes of %" PRIu64
			     " file%s that TARGET=SOURCE gives another name",
			     report->bare_files, plural(report->bare_files));
}

/* The other file systems go without what was kept. */
static void note_kept(const struct fsi_add_tree_report *tree,
		      const struct create_options *options, const struct voice *voice)
{
	const bool has_joliet = (options->file_systems & FSI_FILE_SYSTEM_JOLIET) != 0;
	char text[DESCRIPTION_SIZE];

	if ((options->file_systems & FSI_FILE_SYSTEM_ISO9660) == 0 ||
	    (tree->links == 0 && tree->special == 0))
		return;
	describe_special(tree->links, tree->special, &text);
	message_note(voice, "%s %s in UDF alone, as ISO 9660%s can't hold %s", text,
		     tree->links + tree->special == 1 ? "is" : "are",
		     has_joliet ? " and Joliet" : "",
		     tree->links + tree->special == 1 ? "it" : "them");
}

void notes_on_sources(const struct source_report *report,
		      const struct create_options *options, const struct voice *voice)
{
	note_skipped(&report->tree, options, voice);
	if (options->follow_links)
		note_followed(&report->tree, voice);
	if (options->posix)
		note_attributes(report, options, voice);
	note_kept(&report->tree, options, voice);
	if (report->outputs > 0)
		message_note(voice, "left out %s, the output itself",
			     strcmp(options->output, "-") == 0 ? "standard output"
							       : options->output);
}

/* ---- limits ------------------------------------------------------------ */

static HRESULT note_limits(fsi_image *image, fsi_result *result,
			   const struct create_options *options,
			   const struct voice *voice)
{
	uint32_t levels = 0;
	const HRESULT hr = fsi_image_get_directory_levels(image, &levels);

	if (FAILED(hr) || (options->file_systems & FSI_FILE_SYSTEM_ISO9660) == 0)
		return hr;
	if (levels > ISO_LEVELS)
		message_note(voice,
			     "folders nest %" PRIu32 " levels deep; ISO 9660 allows %d "
			     "(--rules imapi refuses this)",
			     levels, ISO_LEVELS);
	return large_files_note(image, result, options, voice);
}

/* ---- names ------------------------------------------------------------- */

/*
 * ISO 9660 changes nearly every name, which is news only where no other file
 * system has the real ones.
 */
static bool is_told(enum fsi_file_system file_system,
		    const struct create_options *options)
{
	if ((options->file_systems & (fsi_file_systems)file_system) == 0)
		return false;
	return file_system != FSI_FILE_SYSTEM_ISO9660 ||
	       options->file_systems == FSI_FILE_SYSTEM_ISO9660;
}

struct listing {
	const struct file_system_name *file_system;
	const struct voice *voice;
};

static HRESULT list_changed_name(void *context, fsi_item *item)
{
	const struct listing *listing = context;
	char *name = NULL;
	char *new_name = NULL;
	char *path = NULL;
	HRESULT hr = fsi_item_get_name(item, &name);

	if (SUCCEEDED(hr))
		hr = fsi_item_get_file_system_name(
			item, listing->file_system->file_system, &new_name);
	if (SUCCEEDED(hr) && strcmp(name, new_name) != 0)
		hr = fsi_item_get_full_path(item, &path);
	if (path != NULL)
		message_note(listing->voice, "%s -> %s in %s", path, new_name,
			     listing->file_system->name);
	fsi_free(name);
	fsi_free(new_name);
	fsi_free(path);
	return hr;
}

static HRESULT note_names(fsi_image *image, fsi_result *result,
			  const struct file_system_name *file_system,
			  const struct voice *voice)
{
	struct listing listing = {file_system, voice};
	fsi_directory *root = NULL;
	uint32_t count = 0;
	HRESULT hr = fsi_result_get_mapped_name_count(result, file_system->file_system,
						      &count);

	if (FAILED(hr) || count == 0)
		return hr;
	message_note(voice, "%" PRIu32 " name%s changed in %s%s", count,
		     count == 1 ? " is" : "s are", file_system->name,
		     voice->verbose ? ":" : " (-v lists them)");
	if (!voice->verbose)
		return S_OK;
	hr = fsi_image_get_root(image, &root);
	return SUCCEEDED(hr) ? walk_items(root, list_changed_name, &listing) : hr;
}

/* ---- the volume name --------------------------------------------------- */

static HRESULT note_volume_name(fsi_result *result,
				const struct file_system_name *file_system,
				const struct create_options *options,
				const struct voice *voice)
{
	char *name = NULL;
	HRESULT hr = S_OK;

	if (options->volume_name == NULL)
		return S_OK;
	hr = fsi_result_get_volume_name(result, file_system->file_system, &name);
	if (SUCCEEDED(hr) && strcmp(name, options->volume_name) != 0)
		message_note(voice, "the volume is called '%s' in %s", name,
			     file_system->name);
	fsi_free(name);
	return hr;
}

/* ---- duplicates -------------------------------------------------------- */

static HRESULT note_duplicates(fsi_result *result, const struct create_options *options,
			       const struct voice *voice)
{
	char size[UNITS_TEXT_SIZE];
	uint32_t count = 0;
	uint32_t blocks = 0;
	const HRESULT hr = fsi_result_get_duplicates(result, &count, &blocks);

	if (FAILED(hr) || !options->deduplicate)
		return hr;
	message_note(voice,
		     "%" PRIu32 " file%s stored with another of the same bytes, "
		     "which saves %s",
		     count, count == 1 ? " is" : "s are",
		     units_format_size((uint64_t)blocks * FSI_BLOCK_SIZE, &size));
	return S_OK;
}

HRESULT notes_on_image(fsi_image *image, fsi_result *result,
		       const struct create_options *options, const struct voice *voice)
{
	HRESULT hr = voice->quiet ? S_FALSE : note_limits(image, result, options, voice);

	if (hr == S_OK)
		hr = note_duplicates(result, options, voice);
	for (size_t i = 0; i < FILE_SYSTEMS && hr == S_OK; i++) {
		const struct file_system_name *file_system = &file_system_names[i];

		if (!is_told(file_system->file_system, options))
			continue;
		hr = note_volume_name(result, file_system, options, voice);
		if (SUCCEEDED(hr))
			hr = note_names(image, result, file_system, voice);
	}
	return hr;
}
