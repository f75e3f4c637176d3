/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes an image of files that are nowhere on this computer: two are bytes in
 * memory, one is computed while it is read.
 *
 *     memory_to_image OUTPUT.iso
 */
#include <fsimage/fsimage.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A stream of our own: a text file whose n-th line is the square of n. It can be
 * read at any offset, since all lines have the same length, and no more than one
 * line of it ever exists.
 */
#define LINE_LENGTH 16

struct squares {
	uint64_t lines;
};

static HRESULT read_squares(void *self, uint64_t offset, void *buffer, size_t length,
			    size_t *ret_read)
{
	const struct squares *squares = self;
	const uint64_t size = squares->lines * LINE_LENGTH;
	char *out = buffer;
	size_t done = 0;

	while (done < length && offset + done < size) {
		const uint64_t number = (offset + done) / LINE_LENGTH;
		const size_t skip = (size_t)((offset + done) % LINE_LENGTH);
		size_t part = LINE_LENGTH - skip;
		char line[LINE_LENGTH + 1];

		snprintf(line, sizeof(line), "%*" PRIu64 "\n", LINE_LENGTH - 1,
			 number * number);
		if (part > length - done)
			part = length - done;
		memcpy(out + done, line + skip, part);
		done += part;
	}
	*ret_read = done;
	return S_OK;
}

static HRESULT get_size_of_squares(void *self, uint64_t *ret_size)
{
	const struct squares *squares = self;

	*ret_size = squares->lines * LINE_LENGTH;
	return S_OK;
}

/* Without clone and destroy: one object serves all, and nothing is to be freed. */
static const struct fsi_stream_ops squares_ops = {
	.size = sizeof(struct fsi_stream_ops),
	.read_at = read_squares,
	.get_size = get_size_of_squares,
};

/* Put a text into the image; folders on the way must exist. */
static HRESULT add_text(fsi_directory *root, const char *path, const char *text)
{
	fsi_stream *stream = NULL;
	HRESULT hr = fsi_stream_create_on_memory(text, strlen(text), &stream);

	if (SUCCEEDED(hr))
		hr = fsi_directory_add_file(root, path, stream);
	/* The image took a reference of its own, so ours can go. */
	fsi_stream_release(stream);
	return hr;
}

static HRESULT add_everything(fsi_directory *root, struct squares *squares)
{
	fsi_stream *stream = NULL;
	HRESULT hr = add_text(root, "read me.txt", "Made in memory.\n");

	if (SUCCEEDED(hr))
		hr = fsi_directory_add_directory(root, "grüße");
	if (SUCCEEDED(hr))
		hr = add_text(root, "grüße/日本.txt", "こんにちは\n");
	if (SUCCEEDED(hr))
		hr = fsi_stream_create(&squares_ops, squares, &stream);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_file(root, "squares.txt", stream);
	fsi_stream_release(stream);
	return hr;
}

int main(int argc, char **argv)
{
	const struct timespec time = {.tv_sec = 1793620800}; /* 2026-11-02 12:00 UTC */
	struct squares squares = {.lines = 100000};
	fsi_image *image = NULL;
	fsi_directory *root = NULL;
	fsi_result *result = NULL;
	HRESULT hr = argc == 2 ? fsi_image_create(&time, &image) : E_INVALIDARG;

	if (SUCCEEDED(hr))
		hr = fsi_image_get_root(image, &root);
	if (SUCCEEDED(hr))
		hr = add_everything(root, &squares);
	if (SUCCEEDED(hr))
		hr = fsi_image_create_result_image(image, &result);
	if (SUCCEEDED(hr))
		hr = fsi_result_write_file(result, argv[1], NULL);
	if (FAILED(hr))
		fprintf(stderr, "memory_to_image: %s\n",
			argc == 2 ? fsi_error_get_message() : "give it an OUTPUT");
	fsi_result_release(result);
	fsi_image_release(image);
	return SUCCEEDED(hr) ? EXIT_SUCCESS : EXIT_FAILURE;
}
