/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From options and operands to an image that can be read: what "create" and "serve"
 * share. */
#ifndef CLI_BUILD_H
#define CLI_BUILD_H

#include "cli/create_options.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/sources.h"

#include <fsimage/image.h>
#include <fsimage/result.h>

/** Everything that one run knows. */
struct build {
	struct create_options options;
	struct voice voice;
	struct output output; /**< where the image appears; what it is not to hold */
	struct source_list sources;
	struct source_report source_report;
	struct progress progress;
	bool is_laying_out; /* the sources are taken in */
	struct timespec began;
	fsi_multisession *disc; /**< that a session is made for; NULL: none */
	fsi_image *image;
	fsi_result *result;
};

/**
 * Read the operands; the options have been read, all else is zero.
 *
 * @param command  the subcommand
 * @param doing    what the progress line tells when the image is written
 * @return an exit status
 */
int build_begin(struct build *build, const char *command, const char *doing);

/** Take in the sources and lay the image out; output is known. @return an exit status */
int build_image(struct build *build);

/** The final line, or the object. @return an exit status */
int build_report(struct build *build);

/**
 * Tell what the library returned, with the option that helps.
 *
 * @param doing  what was being done
 * @param what   to what
 * @return STATUS_FAILED
 */
int build_tell_failure(struct build *build, HRESULT hr, const char *doing,
		       const char *what);

void build_clear(struct build *build);

#endif
