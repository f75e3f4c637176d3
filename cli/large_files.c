/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of files that are large for ISO 9660 and Joliet. */
#include "cli/large_files.h"

#include "cli/units.h"
#include "cli/walk.h"

#include <fsimage/fsimage.h>

#include <inttypes.h>

/* IMAPI's limit, which Linux's rules pass, and that of one section of a file. */
#define IMAPI_ISO_SIZE UINT64_C(2147483648)
#define SECTION_SIZE   UINT64_C(4294967295)

struct search {
	const struct voice *voice;
	const char *file_systems;
	uint64_t largest_size; /* of the files that ISO 9660 holds */
};

static HRESULT name_omitted(const struct search *search, fsi_item *item, uint64_t size)
{
	char text[UNITS_TEXT_SIZE];
	char *path = NULL;
	const HRESULT hr = fsi_item_get_full_path(item, &path);

	if (SUCCEEDED(hr))
		message_note(search->voice, "%s is in UDF alone: %s is too much for %s",
			     path, units_format_size(size, &text), search->file_systems);
	fsi_free(path);
	return hr;
}

static HRESULT visit_file(void *context, fsi_item *item)
{
	struct search *search = context;
	fsi_file *file = fsi_item_as_file(item);
	uint64_t size = 0;
	char *name = NULL;
	HRESULT hr = S_OK;

	if (file == NULL)
		return S_OK;
	hr = fsi_file_get_data_size(file, &size);
	/* No smaller one is left out, nor of interest. */
	if (FAILED(hr) || size <= IMAPI_ISO_SIZE)
		return hr;
	hr = fsi_item_get_file_system_name(item, FSI_FILE_SYSTEM_ISO9660, &name);
	fsi_free(name);
	if (hr == IMAPI_E_NOT_IN_FILE_SYSTEM)
		return name_omitted(search, item, size);
	if (size > search->largest_size)
		search->largest_size = size;
	return hr;
}

/* The largest file that is not left out; those that are have been named. */
static HRESULT find_largest(fsi_image *image, fsi_result *result, struct search *search)
{
	fsi_directory *root = NULL;
	uint32_t omitted = 0;
	HRESULT hr = fsi_result_get_omitted_file_count(result, FSI_FILE_SYSTEM_ISO9660,
						       &omitted);

	if (FAILED(hr))
		return hr;
	if (omitted == 0)
		return fsi_image_get_largest_file_size(image, &search->largest_size);
	if (omitted > 1)
		message_note(search->voice,
			     "%" PRIu32 " files are left out of %s:", omitted,
			     search->file_systems);
	hr = fsi_image_get_root(image, &root);
	return SUCCEEDED(hr) ? walk_items(root, visit_file, search) : hr;
}

HRESULT large_files_note(fsi_image *image, fsi_result *result,
			 const struct create_options *options, const struct voice *voice)
{
	const bool has_joliet = (options->file_systems & FSI_FILE_SYSTEM_JOLIET) != 0;
	struct search search = {
		.voice = voice,
		.file_systems = has_joliet ? "ISO 9660 and Joliet" : "ISO 9660",
	};
	char text[UNITS_TEXT_SIZE];
	const HRESULT hr = find_largest(image, result, &search);

	if (FAILED(hr) || search.largest_size <= IMAPI_ISO_SIZE)
		return hr;
	units_format_size(search.largest_size, &text);
	if (search.largest_size > SECTION_SIZE)
		message_note(voice,
			     "the largest file has %s, in several sections of %s; some "
			     "readers know no more than one",
			     text, search.file_systems);
	else
		message_note(voice,
			     "the largest file has %s; some readers of ISO 9660 know no "
			     "more than 2 GiB (--rules imapi refuses this)",
			     text);
	return S_OK;
}
