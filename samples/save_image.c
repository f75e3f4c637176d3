/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Build an image for a kind of disc and save it block by block, as programs do that
 * were written for IMAPI: defaults for the disc, a tree, the result's stream.
 *
 *     save_image FOLDER OUTPUT
 */
#include <fsimage/fsimage.h>

#include <stdio.h>
#include <stdlib.h>

/* The stream has exactly the block size times the total blocks. */
static HRESULT save(fsi_result *result, const char *path)
{
	uint8_t block[FSI_BLOCK_SIZE];
	fsi_stream *stream = NULL;
	FILE *file = NULL;
	uint32_t total_blocks = 0;
	HRESULT hr = fsi_result_get_total_blocks(result, &total_blocks);

	if (SUCCEEDED(hr))
		hr = fsi_result_get_image_stream(result, &stream);
	if (SUCCEEDED(hr))
		file = fopen(path, "wb");
	if (SUCCEEDED(hr) && file == NULL) {
		perror(path);
		hr = E_FAIL;
	}
	for (uint32_t i = 0; SUCCEEDED(hr) && i < total_blocks; i++) {
		size_t read = 0;

		hr = fsi_stream_read_at(stream, (uint64_t)i * FSI_BLOCK_SIZE, block,
					FSI_BLOCK_SIZE, &read);
		if (SUCCEEDED(hr) && fwrite(block, 1, read, file) != read)
			hr = E_FAIL;
	}
	if (file != NULL && fclose(file) != 0 && SUCCEEDED(hr))
		hr = E_FAIL;
	fsi_stream_release(stream);
	return hr;
}

/* $image.ChooseImageDefaultsForMediaType(13); $image.Root.AddTree($folder, $true) */
static HRESULT fill(fsi_image *image, const char *folder)
{
	fsi_directory *root = NULL;
	HRESULT hr = fsi_image_choose_image_defaults_for_media_type(
		image, IMAPI_MEDIA_TYPE_DVDPLUSRW_DUALLAYER);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_volume_name(image, "Saved-2026.11");
	if (SUCCEEDED(hr))
		hr = fsi_image_get_root(image, &root);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_tree(root, folder, true);
	return hr;
}

int main(int argc, char **argv)
{
	const struct timespec time = {.tv_sec = 1793620800}; /* 2026-11-02 12:00 UTC */
	fsi_image *image = NULL;
	fsi_result *result = NULL;
	HRESULT hr = S_OK;

	if (argc != 3) {
		fprintf(stderr, "usage: save_image FOLDER OUTPUT\n");
		return EXIT_FAILURE;
	}
	hr = fsi_image_create(&time, &image);
	if (SUCCEEDED(hr))
		hr = fill(image, argv[1]);
	if (SUCCEEDED(hr))
		hr = fsi_image_create_result_image(image, &result);
	if (SUCCEEDED(hr))
		hr = save(result, argv[2]);
	if (FAILED(hr))
		fprintf(stderr, "save_image: 0x%08X %s\n", (unsigned)hr,
			fsi_error_get_message());
	fsi_result_release(result);
	fsi_image_release(image);
	return SUCCEEDED(hr) ? EXIT_SUCCESS : EXIT_FAILURE;
}
