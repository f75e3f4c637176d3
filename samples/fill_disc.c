/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put as many folders on a disc as fit, one after the other: one that does not fit
 * is not added at all, and one that would leave less than a reserve is taken back.
 *
 *     fill_disc BLOCKS RESERVE OUTPUT FOLDER...
 *
 * Prints a line for each folder: whether it was taken, and the blocks used then.
 */
#include <fsimage/fsimage.h>

#include <stdio.h>
#include <stdlib.h>

/* What the folders are to leave room for. */
struct disc {
	fsi_image *image;
	fsi_directory *root;
	int64_t blocks;
	int64_t reserve;
};

/* Add a folder, or nothing. */
static HRESULT add(const struct disc *disc, const char *folder)
{
	uint32_t used = 0;
	int32_t before = 0;
	bool is_taken = true;
	HRESULT hr = fsi_image_get_change_point(disc->image, &before);

	if (SUCCEEDED(hr))
		hr = fsi_directory_add_tree(disc->root, folder, true);
	if (hr == IMAPI_E_IMAGE_SIZE_LIMIT) {
		is_taken = false;
		hr = S_OK;
	}
	if (SUCCEEDED(hr))
		hr = fsi_image_get_used_blocks(disc->image, &used);
	if (SUCCEEDED(hr) && is_taken && disc->blocks - used < disc->reserve) {
		is_taken = false;
		hr = fsi_image_rollback_to_change_point(disc->image, before);
		if (SUCCEEDED(hr))
			hr = fsi_image_get_used_blocks(disc->image, &used);
	}
	if (SUCCEEDED(hr))
		printf("%s %s %u\n", is_taken ? "taken" : "left", folder, (unsigned)used);
	return hr;
}

static HRESULT fill(struct disc *disc, char **folders)
{
	HRESULT hr = fsi_image_put_free_media_blocks(disc->image, disc->blocks);

	if (SUCCEEDED(hr))
		hr = fsi_image_get_root(disc->image, &disc->root);
	for (; SUCCEEDED(hr) && *folders != NULL; folders++) {
		hr = add(disc, *folders);
		/* What was decided stays; the memory of how is given back. */
		if (SUCCEEDED(hr))
			hr = fsi_image_lock_in_change_point(disc->image);
	}
	return hr;
}

int main(int argc, char **argv)
{
	const struct timespec time = {.tv_sec = 1793620800}; /* 2026-11-02 12:00 UTC */
	struct disc disc = {0};
	fsi_result *result = NULL;
	HRESULT hr = S_OK;

	if (argc < 4) {
		fprintf(stderr, "usage: fill_disc BLOCKS RESERVE OUTPUT FOLDER...\n");
		return EXIT_FAILURE;
	}
	disc.blocks = strtol(argv[1], NULL, 10);
	disc.reserve = strtol(argv[2], NULL, 10);
	hr = fsi_image_create(&time, &disc.image);
	if (SUCCEEDED(hr))
		hr = fill(&disc, argv + 4);
	if (SUCCEEDED(hr))
		hr = fsi_image_create_result_image(disc.image, &result);
	if (SUCCEEDED(hr))
		hr = fsi_result_write_file(result, argv[3], NULL);
	if (FAILED(hr))
		fprintf(stderr, "fill_disc: %s\n", fsi_error_get_message());
	fsi_result_release(result);
	fsi_image_release(disc.image);
	return SUCCEEDED(hr) ? EXIT_SUCCESS : EXIT_FAILURE;
}
