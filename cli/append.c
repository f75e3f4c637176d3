/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage append" and "fsimage revert": one more session for a disc. */

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/session.h"

#include <stdio.h>

const char append_help[] =
	"Usage: fsimage append [OPTION]... IMAGE [PATH|TARGET=SOURCE]...\n"
	"       fsimage append [OPTION]... --drive ADDRESS [PATH|TARGET=SOURCE]...\n"
	"Add a session to an image or a disc: what it holds stays where it is, and only\n"
	"what is new is written, behind it. Sources are those of 'fsimage create'; a\n"
	"file takes the place of one of the same path.\n"
	"      --drive ADDRESS  of the disc: /dev/sr0, or stdio:FILE\n"
	"      --remove PATH    no longer list a file or folder of the image; nothing "
	"is\n"
	"                       erased\n"
	"      --move FROM=TO   give one another name or place\n"
	"      --import VIEW    what is there by its udf, joliet or iso9660; by default\n"
	"                       the one that keeps most\n"
	"\n"
	"All options of 'fsimage create' that describe files, names and file systems "
	"are\n"
	"taken. At every moment the disc reads as before or as after.\n"
	"  -q, --quiet; -v, --verbose; --json   tell nothing, more, or one JSON object\n"
	"      --help, --version   show this, or the version, and end\n";

const char revert_help[] =
	"Usage: fsimage revert --session N IMAGE\n"
	"       fsimage revert --session N --drive ADDRESS\n"
	"Make an earlier session of an image or a disc the one that is shown: as a new\n"
	"session, so that all that came later is still there, and can be gone back to.\n"
	"      --session N      the one to be shown; 'fsimage info' lists them\n"
	"      --drive ADDRESS  of the disc: /dev/sr0, or stdio:FILE\n"
	"      --import VIEW    by its udf, joliet or iso9660; by default the one that\n"
	"                       keeps most\n"
	"  -V, --volume NAME    name the volume anew\n"
	"      --rules RULES    linux (default) or imapi\n"
	"      --redundant-metadata   a copy of UDF's metadata\n"
	"  -q, --quiet; -v, --verbose; --json   tell nothing, more, or one JSON object\n"
	"      --help, --version      show this, or the version, and end\n";

static int check_output(struct build *build)
{
	return output_check_disc(&build->options, &build->voice, &build->output);
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
