/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot options of an image's own, with a copy of what they boot. */
#include "image/boot.h"

#include "boot/options.h"
#include "boot/stream.h"
#include "error/fail.h"
#include "image/image.h"
#include "stash/stash.h"

/* A larger boot image is copied into the working directory; floppies are smaller. */
#define MEMORY_MAX (4u * 1024 * 1024)

static HRESULT copy_pieces(const fsi_image *image, fsi_stream *stream, uint64_t size,
			   struct fsi_stash_writer *writer)
{
	uint64_t done = 0;

	while (done < size) {
		size_t room = 0;
		uint8_t *buffer = fsi_stash_buffer(writer, &room);

		if (room > size - done)
			room = (size_t)(size - done);
		FSI_TRY(fsi_patience_ask(&image->tree.patience));
		FSI_TRY(fsi_boot_stream_read(stream, done, buffer, room));
		FSI_TRY(fsi_stash_advance(writer, room));
		done += room;
	}
	return S_OK;
}

/* Its room in the working directory is free when the image goes. */
static HRESULT copy_to_stash(const fsi_image *image, fsi_stream *stream, uint64_t size,
			     fsi_stream **ret_copy)
{
	struct fsi_stash_writer *writer = NULL;
	const struct fsi_stash_item *item = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_stash_begin(image->tree.stash, size, &writer));
	hr = copy_pieces(image, stream, size, writer);
	if (FAILED(hr)) {
		fsi_stash_abandon(writer);
		return hr;
	}
	FSI_TRY(fsi_stash_finish(writer, NULL, &item));
	return fsi_stash_open(item, "boot image", ret_copy);
}

HRESULT fsi_image_copy_boot_options(fsi_image *image, const fsi_boot_options *options,
				    fsi_boot_options **ret_copy)
{
	fsi_stream *copy = NULL;
	HRESULT hr = S_OK;

	if (options->stream != NULL && options->size <= MEMORY_MAX) {
		hr = fsi_boot_stream_copy(options->stream, options->size, &copy);
	} else if (options->stream != NULL) {
		fsi_image_begin_work(image);
		hr = copy_to_stash(image, options->stream, options->size, &copy);
		fsi_image_end_work(image);
	}
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_copy(options, copy, ret_copy);
	fsi_stream_release(copy);
	return hr;
}
