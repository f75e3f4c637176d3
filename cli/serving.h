/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image that "fsimage serve" serves, whatever asks for its bytes. */
#ifndef CLI_SERVING_H
#define CLI_SERVING_H

#include "cli/build.h"

#include <fsimage/stream.h>

#include <pthread.h>

struct serving {
	struct voice voice;
	fsi_stream *stream;
	uint64_t size; /**< in bytes */
	pthread_mutex_t telling;
	char *told; /**< what went wrong last; NULL: nothing yet */
};

/**
 * Build the image; build_begin() was called, and the output is known.
 *
 * @param ret_serving  to be cleared, also on failure
 * @return an exit status
 */
int serving_begin(struct build *build, struct serving *ret_serving);

/**
 * Read bytes; by any thread. What goes wrong is told, but not again and again.
 *
 * @param offset  offset + length is at most the size
 * @return 0; EIO: buffer holds nothing then
 */
int serving_read(struct serving *serving, void *buffer, size_t length, uint64_t offset);

void serving_clear(struct serving *serving);

#endif
