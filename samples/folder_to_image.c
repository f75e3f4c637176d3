/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes an image of a folder, with ISO 9660, Joliet and UDF over one copy of the
 * files:
 *
 *     folder_to_image FOLDER OUTPUT.iso
 *
 * To build it outside this project:
 *
 *     cc folder_to_image.c $(pkg-config --cflags --libs fsimage)
 */
#include <fsimage/fsimage.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Every function that can fail returns an HRESULT: negative is a failure. Ask
 * FAILED() or SUCCEEDED() and never "== S_OK", since there are other successes.
 */
static HRESULT choose_what_to_make(fsi_image *image)
{
	HRESULT hr = fsi_image_put_file_systems_to_create(
		image,
		FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET | FSI_FILE_SYSTEM_UDF);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_volume_name(image, "My folder");
	/* By default an image must fit on a CD; 0 takes that limit away. */
	if (SUCCEEDED(hr))
		hr = fsi_image_put_free_media_blocks(image, 0);
	/*
	 * By default names obey the rules of Windows. These two allow what Linux
	 * allows, "Makefile" beside "makefile" and "a:b". Where a file system
	 * can't hold a name, it gets another one there.
	 */
	if (SUCCEEDED(hr))
		hr = fsi_image_put_case_sensitive_names(image, true);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_any_character_names(image, true);
	return hr;
}

static HRESULT make_image(const char *folder, const char *output)
{
	fsi_image *image = NULL;
	fsi_directory *root = NULL; /* belongs to the image: never released */
	fsi_result *result = NULL;
	uint32_t files = 0;
	uint32_t blocks = 0;
	struct timespec now;
	HRESULT hr = S_OK;

	/* The library asks no clock: the time that goes onto the disc is ours. */
	timespec_get(&now, TIME_UTC);
	hr = fsi_image_create(&now, &image);
	if (FAILED(hr))
		goto out;
	hr = choose_what_to_make(image);
	if (FAILED(hr))
		goto out;

	/* What the folder holds goes into the root; false: not the folder itself. */
	hr = fsi_image_get_root(image, &root);
	if (FAILED(hr))
		goto out;
	hr = fsi_directory_add_tree(root, folder, false);
	if (FAILED(hr))
		goto out;
	hr = fsi_image_get_file_count(image, &files);
	if (FAILED(hr))
		goto out;

	/* Everything gets its place. The files are read when the image is written. */
	hr = fsi_image_create_result_image(image, &result);
	if (FAILED(hr))
		goto out;
	hr = fsi_result_get_total_blocks(result, &blocks);
	if (FAILED(hr))
		goto out;

	/* OUTPUT appears when it is complete; one that exists is not touched. */
	hr = fsi_result_write_file(result, output, NULL);
	if (FAILED(hr))
		goto out;
	printf("%s: %" PRIu32 " files in %" PRIu32 " blocks of %u bytes\n", output, files,
	       blocks, FSI_BLOCK_SIZE);
out:
	/* Releasing NULL does nothing, and no order has to be kept. */
	fsi_result_release(result);
	fsi_image_release(image);
	return hr;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: folder_to_image FOLDER OUTPUT\n");
		return EXIT_FAILURE;
	}
	if (FAILED(make_image(argv[1], argv[2]))) {
		/* What went wrong, in one line, with the names that it is about. */
		fprintf(stderr, "folder_to_image: %s\n", fsi_error_get_message());
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
