/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage append" and "fsimage revert": one more session for a disc. */

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/session.h"

#include <stdio.h>

static int check_output(struct build *build)
{
	/* No file is made: the disc in a drive is that of no source. */
	if (build->options.session.drive != NULL) {
		build->output = (struct output){.path = build->options.output};
		return STATUS_DONE;
	}
	build->options.force = true;
	return output_check(&build->options, &build->voice, &build->output);
}

static int run_stages(struct build *build)
{
	static int (*const stages[])(struct build * build) = {
		check_output,
		build_image,
		session_write,
		build_report,
	};
	int status = build_begin(build, build->options.command, "writing");

	for (size_t i = 0;
	     i < sizeof(stages) / sizeof(stages[0]) && status == STATUS_DONE; i++)
		status = stages[i](build);
	return status;
}

static int run(struct build *build, bool is_parsed, int status)
{
	if (is_parsed) {
		interrupt_begin();
		status = run_stages(build);
	}
	build_clear(build);
	if (status == STATUS_FAILED && interrupt_came()) {
		fflush(stdout);
		interrupt_raise_again();
	}
	return status;
}

int append_command(int argc, char **argv)
{
	struct build build = {0};
	int status = STATUS_DONE;
	const bool is_parsed = append_options_parse(argc, argv, &build.options, &status);

	return run(&build, is_parsed, status);
}

int revert_command(int argc, char **argv)
{
	struct build build = {0};
	int status = STATUS_DONE;
	const bool is_parsed = revert_options_parse(argc, argv, &build.options, &status);

	return run(&build, is_parsed, status);
}
