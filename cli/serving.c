/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image that "fsimage serve" serves, whatever asks for its bytes. */

#include "cli/serving.h"

#include <fsimage/fsimage.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int serving_begin(struct build *build, struct serving *ret_serving)
{
	HRESULT hr = S_OK;
	int status = STATUS_DONE;

	*ret_serving = (struct serving){.telling = PTHREAD_MUTEX_INITIALIZER};
	status = build_image(build);
	if (status != STATUS_DONE)
		return status;
	hr = fsi_result_get_image_stream(build->result, &ret_serving->stream);
	if (SUCCEEDED(hr))
		hr = fsi_stream_get_size(ret_serving->stream, &ret_serving->size);
	if (FAILED(hr))
		return build_tell_failure(build, hr, "opening the image", "");
	ret_serving->voice = build->voice;
	/* The one object of --json is that of the image. */
	ret_serving->voice.json = false;
	return STATUS_DONE;
}

/* A reader asks again, and for what is beside it: once is enough. */
static void tell(struct serving *serving, HRESULT hr, uint64_t offset)
{
	const char *message = fsi_error_get_message();

	pthread_mutex_lock(&serving->telling);
	if (serving->told == NULL || strcmp(serving->told, message) != 0) {
		free(serving->told);
		serving->told = strdup(message);
		message_failure(&serving->voice, hr, NULL,
				"reading the image at byte %" PRIu64, offset);
	}
	pthread_mutex_unlock(&serving->telling);
}

int serving_read(struct serving *serving, void *buffer, size_t length, uint64_t offset)
{
	const HRESULT hr =
		fsi_stream_read_at(serving->stream, offset, buffer, length, NULL);

	if (SUCCEEDED(hr))
		return 0;
	tell(serving, hr, offset);
	return EIO;
}

void serving_clear(struct serving *serving)
{
	fsi_stream_release(serving->stream);
	serving->stream = NULL;
	free(serving->told);
	serving->told = NULL;
}
