/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line on a terminal that shows how far a build is. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
	const char *doing; /* what is told: "writing" */
	bool is_shown;	   /* standard error is a terminal, and the line is wanted */
	int columns;	   /* of what is on the line now */
	uint64_t files;
	struct timespec last_drawn;
	struct timespec write_began; /* when is_writing */
	bool is_writing;
};

/**
 * @param doing   what the line with the bar begins with
 * @param wanted  false: show nothing, whatever standard error is
 */
void progress_begin(struct progress *progress, const char *doing, bool wanted);

/** One more file has been taken in. */
void progress_count_file(struct progress *progress);

/** A file is read to see whether it is the same as another. @param path  in the image */
void progress_show_compared(struct progress *progress, const char *path);

/** So many of all bytes are written. */
void progress_show_written(struct progress *progress, uint64_t written, uint64_t total);

/** Take the line away, so that something else can be said. */
void progress_clear(struct progress *progress);

#endif
