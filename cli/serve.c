/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage serve": the image without writing it anywhere. */

#include "cli/serve.h"

#include "cli/commands.h"
#include "cli/interrupt.h"

#include <stdio.h>

#if !HAVE_NBDKIT
int serve_nbd(const struct build *build, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return message_usage(build->voice.command,
			     "option '--unix': this fsimage was built without nbdkit, "
			     "or without shared libraries");
}
#endif

#if !HAVE_FUSE
int serve_fuse(struct build *build)
{
	return message_usage(build->voice.command,
			     "option '--fuse': this fsimage was built without libfuse3");
}
#endif

static int serve(struct build *build, int argc, char **argv)
{
	int status = build_begin(build, "serve", "serving");

	if (status != STATUS_DONE)
		return status;
	if (build->options.appearance == APPEARS_AS_SOCKET)
		return serve_nbd(build, argc, argv);
	interrupt_begin();
	return serve_fuse(build);
}

int serve_command(int argc, char **argv)
{
	struct build build = {0};
	int status = STATUS_DONE;

	if (serve_options_parse(argc, argv, &build.options, &status))
		status = serve(&build, argc, argv);
	build_clear(&build);
	if (status == STATUS_FAILED && interrupt_came()) {
		fflush(stdout);
		interrupt_raise_again();
	}
	return status;
}
