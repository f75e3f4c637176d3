/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage create": from folders and files to an image, stage by stage. */

#include "cli/commands.h"
#include "cli/create_options.h"
#include "cli/hints.h"
#include "cli/interrupt.h"
#include "cli/message.h"
#include "cli/notes.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/sources.h"

#include <fsimage/fsimage.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Threads that read ahead; more would not read faster. */
#define MOST_READERS 4

/* Everything that one run knows. */
struct create {
	struct create_options options;
	struct voice voice;
	struct output output;
	struct source_list sources;
	struct source_report source_report;
	struct progress progress;
	struct timespec began;
	fsi_image *image;
	fsi_result *result;
};

/* Tell what the library returned, with the option that helps. */
static int tell_failure(struct create *create, HRESULT hr, const char *doing,
			const char *what)
{
	progress_clear(&create->progress);
	return message_failure(&create->voice, hr, hint_for(hr, &create->options), "%s%s",
			       doing, what);
}

/* ---- parse ------------------------------------------------------------- */

static struct voice choose_voice(const struct create_options *options)
{
	/* Standard output may be taken by the image. */
	const bool to_stdout = strcmp(options->output, "-") == 0;

	return (struct voice){
		.command = "create",
		.report = to_stdout ? stderr : stdout,
		.quiet = options->quiet,
		.verbose = options->verbose,
		.json = options->json,
	};
}

static int prepare(struct create *create)
{
	int status = STATUS_DONE;

	clock_gettime(CLOCK_MONOTONIC, &create->began);
	create->voice = choose_voice(&create->options);
	progress_begin(&create->progress, "writing",
		       !create->options.quiet && !create->options.json);
	status = sources_parse(&create->options, &create->voice, &create->sources);
	if (status == STATUS_DONE)
		status = output_check(&create->options, &create->voice, &create->output);
	if (status == STATUS_DONE)
		status = sources_check(&create->sources, &create->output, &create->voice);
	return status;
}

/* ---- configure the image ----------------------------------------------- */

/* Called for each file that is taken in. */
static HRESULT on_update(void *context, fsi_image *image, const char *current_file,
			 uint32_t copied_sectors, uint32_t total_sectors)
{
	struct create *create = context;

	(void)image;
	(void)current_file;
	(void)total_sectors;
	if (copied_sectors == 0)
		progress_count_file(&create->progress);
	return interrupt_came() ? E_IMAPI_REQUEST_CANCELLED : S_OK;
}

/* Refuse a revision that the library does not write, and name those it does. */
static int check_udf_revision(const struct create *create)
{
	const uint32_t wanted = create->options.udf_revision;
	const uint32_t *revisions = NULL;
	size_t count = 0;
	char list[80] = "";
	size_t length = 0;

	if (FAILED(fsi_image_get_udf_revisions_supported(create->image, &revisions,
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
	return message_usage("create",
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
static const char *choose_working_directory(const struct create *create)
{
	const struct create_options *options = &create->options;

	if (options->working_directory != NULL)
		return options->working_directory;
	return options->stage || create->sources.has_stdin ? options->default_directory
							   : NULL;
}

static int configure_image(struct create *create)
{
	const struct create_options *options = &create->options;
	const char *working_directory = choose_working_directory(create);
	HRESULT hr = fsi_image_create(&options->recording_time, &create->image);

	if (SUCCEEDED(hr) && options->udf_revision != 0 &&
	    check_udf_revision(create) != 0)
		return STATUS_USAGE;
	if (SUCCEEDED(hr))
		hr = put_rules(create->image, options);
	if (SUCCEEDED(hr))
		hr = put_file_systems(create->image, options);
	if (SUCCEEDED(hr))
		hr = put_capacity(create->image, options);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_stage_files(create->image, options->stage);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_update_handler(create->image, on_update, create);
	if (FAILED(hr))
		return tell_failure(create, hr, "preparing the image", "");
	if (options->volume_name != NULL)
		hr = fsi_image_put_volume_name(create->image, options->volume_name);
	if (FAILED(hr))
		return tell_failure(create, hr, "naming the volume ",
				    options->volume_name);
	if (working_directory != NULL)
		hr = put_working_directory(create->image, working_directory);
	if (FAILED(hr))
		return tell_failure(create, hr, "using the working directory ",
				    working_directory);
	return STATUS_DONE;
}

/* ---- add the sources --------------------------------------------------- */

/* What following links left out, where --strict refuses to leave anything out. */
static int refuse_left_links(struct create *create, const char *reason)
{
	progress_clear(&create->progress);
	return message_own_failure(
		&create->voice, IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, reason,
		hint_for(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, &create->options),
		"following symbolic links");
}

static int add_sources(struct create *create)
{
	fsi_directory *root = NULL;
	HRESULT hr = fsi_image_get_root(create->image, &root);

	if (FAILED(hr))
		return tell_failure(create, hr, "preparing the image", "");
	create->source_report.tree.size = sizeof(create->source_report.tree);
	for (size_t i = 0; i < create->sources.count; i++) {
		const struct source *source = &create->sources.items[i];

		hr = source_add(source, root, &create->options, &create->output,
				&create->source_report);
		/* Nothing is taken back: the memory is better used otherwise. */
		if (SUCCEEDED(hr))
			hr = fsi_image_lock_in_change_point(create->image);
		if (SUCCEEDED(hr) && interrupt_came())
			hr = E_IMAPI_REQUEST_CANCELLED;
		if (FAILED(hr))
			return tell_failure(create, hr, "adding ", source->operand);
	}
	if (create->options.strict && create->source_report.tree.skipped_loops > 0)
		return refuse_left_links(create, "A link leads back into its own path.");
	if (create->options.strict && create->source_report.tree.skipped_links > 0)
		return refuse_left_links(create, "A link leads nowhere.");
	progress_clear(&create->progress);
	notes_on_sources(&create->source_report, &create->options, &create->voice);
	return STATUS_DONE;
}

/* ---- make it bootable -------------------------------------------------- */

static int put_boot(struct create *create)
{
	const struct create_options *options = &create->options;
	const char *doing = "";
	const HRESULT hr = boot_put(&options->boot, create->image,
				    options->rules == RULES_IMAPI ? "/\\" : "/",
				    &create->voice, &doing);

	if (SUCCEEDED(hr))
		return STATUS_DONE;
	progress_clear(&create->progress);
	return message_failure(&create->voice, hr, boot_hint(hr), "booting %s", doing);
}

/* ---- make a disk of it ------------------------------------------------- */

static int put_hybrid(struct create *create)
{
	const struct hybrid_choice *choice = &create->options.hybrid;
	const HRESULT hr = hybrid_put(choice, create->image);

	if (SUCCEEDED(hr) && choice->tables != FSI_PARTITION_TABLE_NONE &&
	    choice->mbr_template == NULL &&
	    !boot_has_platform(&create->options.boot, FSI_PLATFORM_EFI))
		message_note(&create->voice,
			     "nothing starts from a disk without --boot efi:PATH for "
			     "UEFI or --mbr-template for a BIOS");
	if (SUCCEEDED(hr))
		return STATUS_DONE;
	return message_failure(
		&create->voice, hr, hybrid_hint(hr), "making a disk with %s",
		choice->mbr_template != NULL ? choice->mbr_template : "--hybrid");
}

/* ---- lay out, write, report -------------------------------------------- */

static int make_result(struct create *create)
{
	HRESULT hr = fsi_image_create_result_image(create->image, &create->result);

	if (SUCCEEDED(hr))
		hr = notes_on_image(create->image, create->result, &create->options,
				    &create->voice);
	return FAILED(hr) ? tell_failure(create, hr, "laying out the image", "")
			  : STATUS_DONE;
}

/* Called after each piece that is written, and after each signal. */
static HRESULT on_written(void *context, uint64_t written, uint64_t total)
{
	struct create *create = context;

	progress_show_written(&create->progress, written, total);
	return interrupt_came() ? E_IMAPI_REQUEST_CANCELLED : S_OK;
}

static unsigned count_processors(void)
{
	const long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count > 0 && count < MOST_READERS ? (unsigned)count : MOST_READERS;
}

static int write_image(struct create *create)
{
	const struct create_options *options = &create->options;
	const bool to_stdout = create->output.is_stdout;
	const struct fsi_write_options write = {
		.size = sizeof(write),
		.replace = options->force,
		.progress = on_written,
		.progress_context = create,
		.threads = count_processors(),
		.reflink = options->reflink,
	};
	const HRESULT hr = to_stdout ? fsi_result_write_descriptor(create->result,
								   STDOUT_FILENO, &write)
				     : fsi_result_write_file(create->result,
							     options->output, &write);

	if (FAILED(hr))
		return tell_failure(create, hr, "writing ",
				    to_stdout ? "standard output" : options->output);
	progress_clear(&create->progress);
	return STATUS_DONE;
}

static int report_image(struct create *create)
{
	struct timespec now;
	struct report report = {
		.image = create->image,
		.result = create->result,
		.options = &create->options,
		.sources = &create->source_report,
	};
	HRESULT hr = S_OK;

	clock_gettime(CLOCK_MONOTONIC, &now);
	report.seconds = (double)(now.tv_sec - create->began.tv_sec) +
			 (double)(now.tv_nsec - create->began.tv_nsec) / 1e9;
	hr = report_print(&report, &create->voice);
	return FAILED(hr) ? tell_failure(create, hr, "telling the result", "")
			  : STATUS_DONE;
}

static int run_stages(struct create *create)
{
	static int (*const stages[])(struct create * create) = {
		prepare,  configure_image, put_hybrid,	add_sources,
		put_boot, make_result,	   write_image, report_image,
	};
	int status = STATUS_DONE;

	for (size_t i = 0;
	     i < sizeof(stages) / sizeof(stages[0]) && status == STATUS_DONE; i++)
		status = stages[i](create);
	return status;
}

static void clear(struct create *create)
{
	fsi_result_release(create->result);
	fsi_image_release(create->image);
	sources_clear(&create->sources);
	output_clear(&create->output);
	create_options_clear(&create->options);
}

int create_command(int argc, char **argv)
{
	struct create create = {0};
	int status = STATUS_DONE;

	if (create_options_parse(argc, argv, &create.options, &status)) {
		interrupt_begin();
		status = run_stages(&create);
	}
	clear(&create);
	/* What failed because of a signal ends by it, so that the caller sees it. */
	if (status == STATUS_FAILED && interrupt_came()) {
		fflush(stdout);
		interrupt_raise_again();
	}
	return status;
}
