/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adds what a folder holds to an image, as one more session: what the image has stays
 * where it is, and a file takes the place of one of the same path.
 *
 *     add_session IMAGE FOLDER
 */
#include <fsimage/fsimage.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The disc decides the file systems, and where the session begins. */
static HRESULT import(fsi_image *image, fsi_multisession *disc)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	char *name = NULL;
	/* What Linux allows, as in folder_to_image.c; first, as the import obeys it. */
	HRESULT hr = fsi_image_put_case_sensitive_names(image, true);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_any_character_names(image, true);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_multisession_interfaces(image, &disc, 1);
	if (SUCCEEDED(hr))
		hr = fsi_image_import_file_system(image, &imported);
	/* The name of the volume is told, and goes on only when it is put. */
	if (SUCCEEDED(hr))
		hr = fsi_image_get_imported_volume_name(image, &name);
	if (SUCCEEDED(hr) && name[0] != '\0')
		hr = fsi_image_put_volume_name(image, name);
	fsi_free(name);
	return hr;
}

static HRESULT add_session(const char *path, const char *folder)
{
	fsi_multisession *disc = NULL;
	fsi_image *image = NULL;
	fsi_directory *root = NULL; /* belongs to the image: never released */
	fsi_result *result = NULL;
	int32_t start_block = 0;
	struct timespec now;
	HRESULT hr = S_OK;

	timespec_get(&now, TIME_UTC);
	/* As long as this lives, nobody else can add a session. */
	hr = fsi_multisession_create_on_file(path, true, &disc);
	if (SUCCEEDED(hr))
		hr = fsi_image_create(&now, &image);
	if (SUCCEEDED(hr))
		hr = import(image, disc);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_session_start_block(image, &start_block);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_root(image, &root);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_tree(root, folder, false);
	if (SUCCEEDED(hr))
		hr = fsi_image_create_result_image(image, &result);
	/* Nothing has been written so far. From here on IMAGE is as before or as after.
	 */
	if (SUCCEEDED(hr))
		hr = fsi_result_write_session(result, NULL);
	if (SUCCEEDED(hr))
		printf("%s: session from block %" PRId32 "\n", path, start_block);
	fsi_result_release(result);
	fsi_image_release(image);
	fsi_multisession_release(disc);
	return hr;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: add_session IMAGE FOLDER\n");
		return EXIT_FAILURE;
	}
	if (FAILED(add_session(argv[1], argv[2]))) {
		fprintf(stderr, "add_session: %s\n", fsi_error_get_message());
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
