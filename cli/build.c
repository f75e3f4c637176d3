/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From options and operands to an image that can be read, stage by stage. */

#include "cli/build.h"

#include "cli/hints.h"
#include "cli/interrupt.h"
#include "cli/notes.h"
#include "cli/report.h"
#include "cli/session.h"

#include <fsimage/fsimage.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int build_tell_failure(struct build *build, HRESULT hr, const char *doing,
		       const char *what)
{
	progress_clear(&build->progress);
	return message_failure(&build->voice, hr, hint_for(hr, &build->options), "%s%s",
			       doing, what);
}

int build_begin(struct build *build, const char *command, const char *doing)
{
	const struct create_options *options = &build->options;

	clock_gettime(CLOCK_MONOTONIC, &build->began);
	build->voice = (struct voice){
		.command = command,
		/* Standard output may be taken by the image. */
		.report = strcmp(options->output, "-") == 0 ? stderr : stdout,
		.quiet = options->quiet,
		.verbose = options->verbose,
		.json = options->json,
	};
	progress_begin(&build->progress, doing, !options->quiet && !options->json);
	return sources_parse(options, &build->voice, &build->sources);
}

static int check_sources(struct build *build)
{
	return sources_check(&build->sources, &build->output, &build->voice);
}

/* ---- configure the image ----------------------------------------------- */

/* Called for each file that is taken in, and for what is read to find duplicates. */
static HRESULT on_update(void *context, fsi_image *image, const char *current_file,
			 uint32_t copied_sectors, uint32_t total_sectors)
{
	struct build *build = context;

	(void)image;
	(void)total_sectors;
	if (current_file[0] == '\0')
		return interrupt_came() ? E_IMAPI_REQUEST_CANCELLED : S_OK;
	if (build->is_laying_out)
		progress_show_compared(&build->progress, current_file);
	else if (copied_sectors == 0)
		progress_count_file(&build->progress);
	return interrupt_came() ? E_IMAPI_REQUEST_CANCELLED : S_OK;
}

/* Refuse a revision that the library does not write, and name those it does. */
static int check_udf_revision(const struct build *build)
{
	const uint32_t wanted = build->options.udf_revision;
	const uint32_t *revisions = NULL;
	size_t count = 0;
	char list[80] = "";
	size_t length = 0;

	if (FAILED(fsi_image_get_udf_revisions_supported(build->image, &revisions,
							 &count)))
		count = 0;
	for (size_t i = 0; i < count; i++) {
		if (revisions[i] == wanted)
			return STATUS_DONE;
		if (length < sizeof(list))
			length += (size_t)snprintf(list + length, sizeof(list) - length,
						   "%s%x.%02x", i > 0 ? ", " : "",
						   (unsigned)(revisions[i] >> 8),
						   (unsigned)(revisions[i] & 0xff));
	}
	return message_usage(build->voice.command,
			     "option '--udf-revision': %x.%02x is not written; it must "
			     "be one of: %s",
			     (unsigned)(wanted >> 8), (unsigned)(wanted & 0xff), list);
}

static HRESULT put_file_systems(fsi_image *image, const struct create_options *options)
{
	HRESULT hr = fsi_image_put_file_systems_to_create(image, options->file_systems);

	if (SUCCEEDED(hr))
		hr = iso_options_apply(&options->iso, image);
	if (SUCCEEDED(hr) && options->udf_revision != 0)
		hr = fsi_image_put_udf_revision(image, options->udf_revision);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_create_redundant_udf_metadata_files(
			image, options->redundant_metadata);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_udf_holes(image, options->udf_holes);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_deduplicate(image, options->deduplicate);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_align_large_files(image, options->align_large_files);
	return hr;
}

/* What Linux's rules allow beyond IMAPI's, and what is chosen besides. */
static HRESULT put_rules(fsi_image *image, const struct create_options *options)
{
	const bool is_linux = options->rules == RULES_LINUX;
	HRESULT hr = fsi_image_put_case_sensitive_names(image, is_linux);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_any_character_names(image, is_linux);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_deep_directories(image, is_linux);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_large_iso_files(image, is_linux);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_posix_attributes(image, is_linux || options->posix);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_use_restricted_character_set(
			image, options->restricted_names);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_reproducible_times(image, options->is_reproducible);
	return hr;
}

/* IMAPI's rules keep IMAPI's limit; Linux's have none. */
static HRESULT put_capacity(fsi_image *image, const struct create_options *options)
{
	if (options->capacity_blocks == 0 && options->rules == RULES_IMAPI)
		return S_OK;
	return fsi_image_put_free_media_blocks(image, options->capacity_blocks);
}

/* The library wants an absolute path. */
static HRESULT put_working_directory(fsi_image *image, const char *path)
{
	char *folder = path[0] != '/' ? getcwd(NULL, 0) : NULL;
	char *full_path = NULL;
	HRESULT hr = E_OUTOFMEMORY;

	if (asprintf(&full_path, "%s%s%s", folder != NULL ? folder : "",
		     folder != NULL ? "/" : "", path) >= 0)
		hr = fsi_image_put_working_directory(image, full_path);
	free(full_path);
	free(folder);
	return hr;
}

/* Where temporary data goes: only asked of the environment where there is any. */
static const char *choose_working_directory(const struct build *build)
{
	const struct create_options *options = &build->options;

	if (options->working_directory != NULL)
		return options->working_directory;
	return options->stage || build->sources.has_stdin ? options->default_directory
							  : NULL;
}

static int configure_image(struct build *build)
{
	const struct create_options *options = &build->options;
	const char *working_directory = choose_working_directory(build);
	HRESULT hr = fsi_image_create(&options->recording_time, &build->image);

	if (SUCCEEDED(hr) && options->udf_revision != 0 && check_udf_revision(build) != 0)
		return STATUS_USAGE;
	if (SUCCEEDED(hr))
		hr = put_rules(build->image, options);
	if (SUCCEEDED(hr))
		hr = put_file_systems(build->image, options);
	if (SUCCEEDED(hr))
		hr = put_capacity(build->image, options);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_stage_files(build->image, options->stage);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_update_handler(build->image, on_update, build);
	if (FAILED(hr))
		return build_tell_failure(build, hr, "preparing the image", "");
	if (options->volume_name != NULL)
		hr = fsi_image_put_volume_name(build->image, options->volume_name);
	if (FAILED(hr))
		return build_tell_failure(build, hr, "naming the volume ",
					  options->volume_name);
	if (working_directory != NULL)
		hr = put_working_directory(build->image, working_directory);
	if (FAILED(hr))
		return build_tell_failure(build, hr, "using the working directory ",
					  working_directory);
	return STATUS_DONE;
}

/* ---- add the sources --------------------------------------------------- */

/* What following links left out, where --strict refuses to leave anything out. */
static int refuse_left_links(struct build *build, const char *reason)
{
	progress_clear(&build->progress);
	return message_own_failure(
		&build->voice, IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, reason,
		hint_for(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, &build->options),
		"following symbolic links");
}

static int add_sources(struct build *build)
{
	fsi_directory *root = NULL;
	HRESULT hr = fsi_image_get_root(build->image, &root);

	if (FAILED(hr))
		return build_tell_failure(build, hr, "preparing the image", "");
	build->source_report.tree.size = sizeof(build->source_report.tree);
	for (size_t i = 0; i < build->sources.count; i++) {
		const struct source *source = &build->sources.items[i];

		hr = source_add(source, root, &build->options, &build->output,
				&build->source_report);
		/* Nothing is taken back: the memory is better used otherwise. */
		if (SUCCEEDED(hr))
			hr = fsi_image_lock_in_change_point(build->image);
		if (SUCCEEDED(hr) && interrupt_came())
			hr = E_IMAPI_REQUEST_CANCELLED;
		if (FAILED(hr))
			return build_tell_failure(build, hr, "adding ", source->operand);
	}
	if (build->options.strict && build->source_report.tree.skipped_loops > 0)
		return refuse_left_links(build, "A link leads back into its own path.");
	if (build->options.strict && build->source_report.tree.skipped_links > 0)
		return refuse_left_links(build, "A link leads nowhere.");
	progress_clear(&build->progress);
	notes_on_sources(&build->source_report, &build->options, &build->voice);
	return STATUS_DONE;
}

/* ---- make it bootable -------------------------------------------------- */

static int put_boot(struct build *build)
{
	const struct create_options *options = &build->options;
	const char *doing = "";
	const HRESULT hr = boot_put(&options->boot, build->image,
				    options->rules == RULES_IMAPI ? "/\\" : "/",
				    &build->voice, &doing);

	if (SUCCEEDED(hr))
		return STATUS_DONE;
	progress_clear(&build->progress);
	return message_failure(&build->voice, hr, boot_hint(hr), "booting %s", doing);
}

/* ---- make a disk of it ------------------------------------------------- */

static int put_hybrid(struct build *build)
{
	const struct hybrid_choice *choice = &build->options.hybrid;
	const HRESULT hr = hybrid_put(choice, build->image);

	if (SUCCEEDED(hr) && choice->tables != FSI_PARTITION_TABLE_NONE &&
	    choice->mbr_template == NULL &&
	    !boot_has_platform(&build->options.boot, FSI_PLATFORM_EFI))
		message_note(&build->voice,
			     "nothing starts from a disk without --boot efi:PATH for "
			     "UEFI or --mbr-template for a BIOS");
	if (SUCCEEDED(hr))
		return STATUS_DONE;
	return message_failure(
		&build->voice, hr, hybrid_hint(hr), "making a disk with %s",
		choice->mbr_template != NULL ? choice->mbr_template : "--hybrid");
}

/* ---- lay out, report --------------------------------------------------- */

static int make_result(struct build *build)
{
	HRESULT hr = S_OK;

	build->is_laying_out = true;
	hr = fsi_image_create_result_image(build->image, &build->result);
	progress_clear(&build->progress);
	if (SUCCEEDED(hr))
		hr = notes_on_image(build->image, build->result, &build->options,
				    &build->voice);
	return FAILED(hr) ? build_tell_failure(build, hr, "laying out the image", "")
			  : STATUS_DONE;
}

int build_image(struct build *build)
{
	static int (*const stages[])(struct build * build) = {
		check_sources, configure_image, session_begin, put_hybrid,
		add_sources,   put_boot,	make_result,
	};
	int status = STATUS_DONE;

	for (size_t i = 0;
	     i < sizeof(stages) / sizeof(stages[0]) && status == STATUS_DONE; i++)
		status = stages[i](build);
	return status;
}

int build_report(struct build *build)
{
	struct timespec now;
	struct report report = {
		.image = build->image,
		.result = build->result,
		.options = &build->options,
		.sources = &build->source_report,
	};
	HRESULT hr = S_OK;

	clock_gettime(CLOCK_MONOTONIC, &now);
	report.seconds = (double)(now.tv_sec - build->began.tv_sec) +
			 (double)(now.tv_nsec - build->began.tv_nsec) / 1e9;
	hr = report_print(&report, &build->voice);
	return FAILED(hr) ? build_tell_failure(build, hr, "telling the result", "")
			  : STATUS_DONE;
}

void build_clear(struct build *build)
{
	fsi_result_release(build->result);
	fsi_image_release(build->image);
	fsi_multisession_release(build->disc);
	sources_clear(&build->sources);
	output_clear(&build->output);
	create_options_clear(&build->options);
}
