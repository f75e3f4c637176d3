/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the image goes: refused early when it can't, and never taken in itself. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/create_options.h"
#include "cli/message.h"

#include <sys/stat.h>

struct output {
	const char *path;
	char *real_path; /* of an existing file; NULL: not known */
	bool is_stdout;
	bool is_file; /* a regular file already: device and inode say which */
	dev_t device;
	ino_t inode;
};

/**
 * Look at the output before anything is read: whether it may be written.
 *
 * @param ret_output  to be cleared, also on failure; points into options
 * @return an exit status
 */
int output_check(const struct create_options *options, const struct voice *voice,
		 struct output *ret_output);

/**
 * The same for a disc that a session is added to, where it is: nothing is made beside
 * it, so its folder may be one that nobody may write to.
 */
int output_check_disc(const struct create_options *options, const struct voice *voice,
		      struct output *ret_output);

/** @return whether reading folder, links followed or not, may meet the output */
bool output_may_be_in(const struct output *output, const char *folder, bool follow_links);

/** @return whether what stands at path is the output itself */
bool output_is(const struct output *output, const char *path);

void output_clear(struct output *output);

#endif
