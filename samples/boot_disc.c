/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disc that boots on computers with a BIOS and on those with UEFI, the way programs
 * for IMAPI make one: UDF 1.02, and an array of two boot options.
 *
 *     boot_disc BIOS_IMAGE EFI_IMAGE FOLDER OUTPUT
 */
#include <fsimage/fsimage.h>

#include <stdio.h>
#include <stdlib.h>

/* An entry for a platform. Assigning chooses an emulation by the size, so none is put
 * behind it. */
static HRESULT make_entry(const char *path, enum fsi_platform_id platform,
			  fsi_boot_options **ret_entry)
{
	fsi_boot_options *entry = NULL;
	fsi_stream *stream = NULL;
	HRESULT hr = fsi_boot_options_create(&entry);

	if (SUCCEEDED(hr))
		hr = fsi_stream_create_on_file(path, &stream);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_assign_boot_image(entry, stream);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_put_emulation(entry, FSI_EMULATION_NONE);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_put_platform_id(entry, platform);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_put_manufacturer(entry, "Sample");
	fsi_stream_release(stream);
	if (FAILED(hr))
		fsi_boot_options_release(entry);
	else
		*ret_entry = entry;
	return hr;
}

static HRESULT put_entries(fsi_image *image, const char *bios, const char *efi)
{
	fsi_boot_options *entries[2] = {NULL, NULL};
	HRESULT hr = make_entry(bios, FSI_PLATFORM_X86, &entries[0]);

	if (SUCCEEDED(hr))
		hr = make_entry(efi, FSI_PLATFORM_EFI, &entries[1]);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_boot_image_options_array(image, entries, 2);
	fsi_boot_options_release(entries[0]);
	fsi_boot_options_release(entries[1]);
	return hr;
}

static HRESULT fill(fsi_image *image, char **arguments)
{
	fsi_directory *root = NULL;
	HRESULT hr = fsi_image_put_file_systems_to_create(image, FSI_FILE_SYSTEM_UDF);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_udf_revision(image, 0x102);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_free_media_blocks(image, 0);
	if (SUCCEEDED(hr))
		hr = put_entries(image, arguments[1], arguments[2]);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_root(image, &root);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_tree(root, arguments[3], false);
	return hr;
}

int main(int argc, char **argv)
{
	const struct timespec time = {.tv_sec = 1793620800}; /* 2026-11-02 12:00 UTC */
	fsi_image *image = NULL;
	fsi_result *result = NULL;
	HRESULT hr = S_OK;

	if (argc != 5) {
		fprintf(stderr, "usage: boot_disc BIOS_IMAGE EFI_IMAGE FOLDER OUTPUT\n");
		return EXIT_FAILURE;
	}
	hr = fsi_image_create(&time, &image);
	if (SUCCEEDED(hr))
		hr = fill(image, argv);
	if (SUCCEEDED(hr))
		hr = fsi_image_create_result_image(image, &result);
	if (SUCCEEDED(hr))
		hr = fsi_result_write_file(result, argv[4], NULL);
	if (FAILED(hr))
		fprintf(stderr, "boot_disc: %s\n", fsi_error_get_message());
	fsi_result_release(result);
	fsi_image_release(image);
	return SUCCEEDED(hr) ? EXIT_SUCCESS : EXIT_FAILURE;
}
