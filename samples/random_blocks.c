/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lays out a folder as an image and reads blocks of it at random, without ever
 * writing the image anywhere. Says what each block belongs to:
 *
 *     random_blocks FOLDER COUNT
 *
 * A line is: the block, its FNV-1a hash, the place in what it belongs to, and
 * what that is: the full path of a file, or a structure of a file system.
 */
#include <fsimage/fsimage.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A short hash (Fowler, Noll, Vo), so that a line can be checked. */
static uint32_t hash_block(const uint8_t *block)
{
	uint32_t hash = 2166136261u;

	for (size_t at = 0; at < FSI_BLOCK_SIZE; at++)
		hash = (hash ^ block[at]) * 16777619u;
	return hash;
}

static HRESULT show_block(fsi_stream *stream, fsi_progress_items *map, uint32_t number)
{
	const struct fsi_progress_item *item = NULL; /* belongs to the map */
	uint8_t block[FSI_BLOCK_SIZE];
	/* NULL: we don't ask how much was read, so less than a block is an error. */
	HRESULT hr = fsi_stream_read_at(stream, (uint64_t)number * FSI_BLOCK_SIZE, block,
					sizeof(block), NULL);

	if (FAILED(hr))
		return hr;
	printf("%10" PRIu32 "  %08" PRIx32 "  ", number, hash_block(block));

	/* Blocks that belong to nothing fill the space between two structures. */
	hr = fsi_progress_items_from_block(map, number, &item);
	if (hr == E_INVALIDARG)
		printf("filling\n");
	else if (SUCCEEDED(hr))
		printf("%" PRIu32 "/%" PRIu32 "  %s\n", number - item->first_block + 1,
		       item->block_count, item->description);
	return hr == E_INVALIDARG ? S_OK : hr;
}

static HRESULT show_random_blocks(fsi_result *result, unsigned long count)
{
	fsi_stream *stream = NULL;
	fsi_progress_items *map = NULL;
	uint32_t total = 0;
	HRESULT hr = fsi_result_get_image_stream(result, &stream);

	if (SUCCEEDED(hr))
		hr = fsi_result_get_progress_items(result, &map);
	if (SUCCEEDED(hr))
		hr = fsi_result_get_total_blocks(result, &total);
	while (SUCCEEDED(hr) && count-- > 0)
		hr = show_block(stream, map, (uint32_t)((unsigned)rand() % total));
	fsi_progress_items_release(map);
	fsi_stream_release(stream);
	return hr;
}

static HRESULT lay_out(const char *folder, fsi_result **ret_result)
{
	const struct timespec time = {.tv_sec = 1793620800}; /* 2026-11-02 12:00 UTC */
	fsi_image *image = NULL;
	fsi_directory *root = NULL;
	HRESULT hr = fsi_image_create(&time, &image);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_file_systems_to_create(
			image, FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET |
				       FSI_FILE_SYSTEM_UDF);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_root(image, &root);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_tree(root, folder, false);
	if (SUCCEEDED(hr))
		hr = fsi_image_create_result_image(image, ret_result);
	/* The result keeps of the image what it needs. */
	fsi_image_release(image);
	return hr;
}

int main(int argc, char **argv)
{
	fsi_result *result = NULL;
	HRESULT hr = S_OK;

	if (argc != 3) {
		fprintf(stderr, "usage: random_blocks FOLDER COUNT\n");
		return EXIT_FAILURE;
	}
	hr = lay_out(argv[1], &result);
	if (SUCCEEDED(hr))
		hr = show_random_blocks(result, strtoul(argv[2], NULL, 10));
	if (FAILED(hr))
		fprintf(stderr, "random_blocks: %s\n", fsi_error_get_message());
	fsi_result_release(result);
	return SUCCEEDED(hr) ? EXIT_SUCCESS : EXIT_FAILURE;
}
