/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage create": an image of folders and files, written to a file or a pipe. */

#include "cli/build.h"
#include "cli/commands.h"
#include "cli/interrupt.h"

#include <fsimage/fsimage.h>

#include <stdio.h>
#include <unistd.h>

/* Threads that read ahead; more would not read faster. */
#define MOST_READERS 4

static int check_output(struct build *build)
{
	return output_check(&build->options, &build->voice, &build->output);
}

/* Called after each piece that is written, and after each signal. */
static HRESULT on_written(void *context, uint64_t written, uint64_t total)
{
	struct build *build = context;

	progress_show_written(&build->progress, written, total);
	return interrupt_came() ? E_IMAPI_REQUEST_CANCELLED : S_OK;
}

static unsigned count_processors(void)
{
	const long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count > 0 && count < MOST_READERS ? (unsigned)count : MOST_READERS;
}

static int write_image(struct build *build)
{
	const struct create_options *options = &build->options;
	const bool to_stdout = build->output.is_stdout;
	const struct fsi_write_options write = {
		.size = sizeof(write),
		.replace = options->force,
		.progress = on_written,
		.progress_context = build,
		.threads = count_processors(),
		.reflink = options->reflink,
	};
	const HRESULT hr =
		to_stdout ? fsi_result_write_descriptor(build->result, STDOUT_FILENO,
							&write)
			  : fsi_result_write_file(build->result, options->output, &write);

	if (FAILED(hr))
		return build_tell_failure(build, hr, "writing ",
					  to_stdout ? "standard output"
						    : options->output);
	progress_clear(&build->progress);
	return STATUS_DONE;
}

static int run_stages(struct build *build)
{
	static int (*const stages[])(struct build * build) = {
		check_output,
		build_image,
		write_image,
		build_report,
	};
	int status = build_begin(build, "create", "writing");

	for (size_t i = 0;
	     i < sizeof(stages) / sizeof(stages[0]) && status == STATUS_DONE; i++)
		status = stages[i](build);
	return status;
}

int create_command(int argc, char **argv)
{
	struct build build = {0};
	int status = STATUS_DONE;

	if (create_options_parse(argc, argv, &build.options, &status)) {
		interrupt_begin();
		status = run_stages(&build);
	}
	build_clear(&build);
	/* What failed because of a signal ends by it, so that the caller sees it. */
	if (status == STATUS_FAILED && interrupt_came()) {
		fflush(stdout);
		interrupt_raise_again();
	}
	return status;
}
