/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot options (IBootOptions): an object of its own, which images refer to. */
#include "boot/options.h"

#include "base/memory.h"
#include "base/text.h"
#include "boot/ansi.h"
#include "boot/stream.h"
#include "error/fail.h"
#include "io/stream.h"

#define MAX_SECTOR_COUNT UINT16_MAX

/* ---- life -------------------------------------------------------------- */

static HRESULT make_options(fsi_boot_options **ret_options)
{
	fsi_boot_options *options = fsi_allocate_zeroed(1, sizeof(*options));

	if (options == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&options->references, 1);
	options->sector_count = FSI_BOOT_SECTOR_COUNT_AUTO;
	*ret_options = options;
	return S_OK;
}

HRESULT fsi_boot_options_create(fsi_boot_options **ret_options)
{
	fsi_error_clear();
	if (ret_options == NULL)
		return FSI_FAIL(E_POINTER);
	return make_options(ret_options);
}

fsi_boot_options *fsi_boot_options_add_ref(fsi_boot_options *options)
{
	if (options != NULL)
		atomic_fetch_add_explicit(&options->references, 1, memory_order_relaxed);
	return options;
}

void fsi_boot_options_release(fsi_boot_options *options)
{
	if (options == NULL ||
	    atomic_fetch_sub_explicit(&options->references, 1, memory_order_acq_rel) != 1)
		return;
	fsi_stream_release(options->stream);
	fsi_free(options->file);
	fsi_free(options->manufacturer);
	fsi_free(options);
}

static HRESULT copy_text(const char *text, char **ret_copy)
{
	char *copy = NULL;

	if (text == NULL)
		return S_OK;
	copy = fsi_duplicate_string(text);
	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_copy = copy;
	return S_OK;
}

HRESULT fsi_boot_options_copy(const fsi_boot_options *options, fsi_stream *stream,
			      fsi_boot_options **ret_copy)
{
	fsi_boot_options *copy = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(make_options(&copy));
	copy->size = options->size;
	memcpy(copy->identifier, options->identifier, sizeof(copy->identifier));
	copy->platform = options->platform;
	copy->emulation = options->emulation;
	copy->load_segment = options->load_segment;
	copy->sector_count = options->sector_count;
	copy->has_info_table = options->has_info_table;
	hr = copy_text(options->file, &copy->file);
	if (SUCCEEDED(hr))
		hr = copy_text(options->manufacturer, &copy->manufacturer);
	if (FAILED(hr)) {
		fsi_boot_options_release(copy);
		return hr;
	}
	copy->stream = fsi_stream_add_ref(stream);
	*ret_copy = copy;
	return S_OK;
}

/* ---- the image --------------------------------------------------------- */

uint64_t fsi_boot_emulated_size(enum fsi_emulation emulation)
{
	switch (emulation) {
	case FSI_EMULATION_12M_FLOPPY:
		return 1228800;
	case FSI_EMULATION_144M_FLOPPY:
		return 1474560;
	case FSI_EMULATION_288M_FLOPPY:
		return 2949120;
	case FSI_EMULATION_NONE:
	case FSI_EMULATION_HARD_DISK:
	default:
		return 0;
	}
}

HRESULT fsi_boot_check_emulation(enum fsi_emulation emulation, uint64_t size)
{
	const uint64_t wanted = fsi_boot_emulated_size(emulation);

	if (wanted == 0 || wanted == size)
		return S_OK;
	return fsi_error_detail(FSI_FAIL(IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH),
				"It has %llu bytes, the disk has %llu.",
				(unsigned long long)size, (unsigned long long)wanted);
}

uint16_t fsi_boot_default_sector_count(uint8_t platform, enum fsi_emulation emulation,
				       uint64_t size)
{
	const uint64_t sectors =
		size / FSI_BOOT_SECTOR_SIZE + (size % FSI_BOOT_SECTOR_SIZE != 0);

	if (emulation != FSI_EMULATION_NONE)
		return 1;
	if (sectors <= MAX_SECTOR_COUNT)
		return (uint16_t)sectors;
	/* UEFI 13.3.2.1: 0 is the rest of the volume. */
	return platform == FSI_PLATFORM_EFI ? 0 : MAX_SECTOR_COUNT;
}

static enum fsi_emulation emulation_of_size(uint64_t size)
{
	for (int i = FSI_EMULATION_12M_FLOPPY; i <= FSI_EMULATION_288M_FLOPPY; i++) {
		if (fsi_boot_emulated_size((enum fsi_emulation)i) == size)
			return (enum fsi_emulation)i;
	}
	return FSI_EMULATION_NONE;
}

/* Size, and whether the first byte can be read: what is no image is refused now. */
static HRESULT check_stream(fsi_stream *stream, uint64_t *ret_size)
{
	uint8_t byte = 0;
	size_t got = 0;

	FSI_TRY(fsi_boot_stream_adopt(fsi_stream_measure(stream, ret_size)));
	if (*ret_size == 0)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_BOOT_IMAGE_DATA),
					"It is empty.");
	if (*ret_size > FSI_BOOT_IMAGE_MAX_SIZE)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_BOOT_IMAGE_DATA),
					"It has %llu bytes, the limit is %llu.",
					(unsigned long long)*ret_size,
					(unsigned long long)FSI_BOOT_IMAGE_MAX_SIZE);
	FSI_TRY(fsi_boot_stream_adopt(fsi_stream_read(stream, 0, &byte, 1, &got)));
	if (got == 0)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_BOOT_IMAGE_DATA),
					"It ends too early.");
	return S_OK;
}

static HRESULT assign_stream(fsi_boot_options *options, fsi_stream *stream)
{
	uint64_t size = 0;

	FSI_TRY(check_stream(stream, &size));
	fsi_stream_add_ref(stream);
	fsi_stream_release(options->stream);
	options->stream = stream;
	fsi_free(options->file);
	options->file = NULL;
	options->size = size;
	options->emulation = emulation_of_size(size);
	options->changes++;
	/* What the caller's functions met on the way is no error of this call. */
	fsi_error_clear();
	return S_OK;
}

HRESULT fsi_boot_options_get_boot_image(fsi_boot_options *options, fsi_stream **ret_image)
{
	fsi_error_clear();
	if (options == NULL || ret_image == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_image = fsi_stream_add_ref(options->stream);
	return S_OK;
}

HRESULT fsi_boot_options_assign_boot_image(fsi_boot_options *options, fsi_stream *new_val)
{
	fsi_error_clear();
	if (options == NULL || new_val == NULL)
		return FSI_FAIL(E_POINTER);
	return assign_stream(options, new_val);
}

HRESULT fsi_boot_options_assign_boot_image_from_path(fsi_boot_options *options,
						     const char *path)
{
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (options == NULL || path == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_boot_stream_adopt(fsi_stream_create_on_file(path, &stream)));
	hr = assign_stream(options, stream);
	fsi_stream_release(stream);
	return hr;
}

HRESULT fsi_boot_options_assign_boot_file(fsi_boot_options *options,
					  const char *full_path)
{
	char *copy = NULL;

	fsi_error_clear();
	if (options == NULL || full_path == NULL)
		return FSI_FAIL(E_POINTER);
	if ((full_path[0] != '/' && full_path[0] != '\\') ||
	    !fsi_utf8_is_valid(full_path, strlen(full_path)))
		return FSI_FAIL(IMAPI_E_INVALID_PATH, full_path);
	FSI_TRY(copy_text(full_path, &copy));
	fsi_free(options->file);
	options->file = copy;
	fsi_stream_release(options->stream);
	options->stream = NULL;
	options->size = 0;
	options->emulation = FSI_EMULATION_NONE;
	options->changes++;
	return S_OK;
}

HRESULT fsi_boot_options_get_boot_file(fsi_boot_options *options, char **ret_path)
{
	fsi_error_clear();
	if (options == NULL || ret_path == NULL)
		return FSI_FAIL(E_POINTER);
	return copy_text(options->file != NULL ? options->file : "", ret_path);
}

HRESULT fsi_boot_options_get_image_size(fsi_boot_options *options, uint64_t *ret_size)
{
	fsi_error_clear();
	if (options == NULL || ret_size == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_size = options->size;
	return S_OK;
}

/* ---- how it is started ------------------------------------------------- */

HRESULT fsi_boot_options_get_manufacturer(fsi_boot_options *options, char **ret_val)
{
	fsi_error_clear();
	if (options == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	return copy_text(options->manufacturer != NULL ? options->manufacturer : "",
			 ret_val);
}

HRESULT fsi_boot_options_put_manufacturer(fsi_boot_options *options, const char *new_val)
{
	uint8_t identifier[FSI_BOOT_IDENTIFIER_SIZE];
	char *copy = NULL;

	fsi_error_clear();
	if (options == NULL || new_val == NULL)
		return FSI_FAIL(E_POINTER);
	if (!fsi_ansi_from_utf8(new_val, identifier, sizeof(identifier)))
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	FSI_TRY(copy_text(new_val, &copy));
	fsi_free(options->manufacturer);
	options->manufacturer = copy;
	memcpy(options->identifier, identifier, sizeof(identifier));
	options->changes++;
	return S_OK;
}

HRESULT fsi_boot_options_get_platform_id(fsi_boot_options *options, uint32_t *ret_val)
{
	fsi_error_clear();
	if (options == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = options->platform;
	return S_OK;
}

HRESULT fsi_boot_options_put_platform_id(fsi_boot_options *options, uint32_t new_val)
{
	fsi_error_clear();
	if (options == NULL)
		return FSI_FAIL(E_POINTER);
	if (new_val > UINT8_MAX)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	options->platform = (uint8_t)new_val;
	options->changes++;
	return S_OK;
}

HRESULT fsi_boot_options_get_emulation(fsi_boot_options *options,
				       enum fsi_emulation *ret_val)
{
	fsi_error_clear();
	if (options == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = options->emulation;
	return S_OK;
}

HRESULT fsi_boot_options_put_emulation(fsi_boot_options *options,
				       enum fsi_emulation new_val)
{
	fsi_error_clear();
	if (options == NULL)
		return FSI_FAIL(E_POINTER);
	if ((unsigned)new_val > FSI_EMULATION_HARD_DISK)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	if (options->stream != NULL)
		FSI_TRY(fsi_boot_check_emulation(new_val, options->size));
	options->emulation = new_val;
	options->changes++;
	return S_OK;
}

HRESULT fsi_boot_options_put_load_segment(fsi_boot_options *options, uint16_t new_val)
{
	fsi_error_clear();
	if (options == NULL)
		return FSI_FAIL(E_POINTER);
	options->load_segment = new_val;
	options->changes++;
	return S_OK;
}

HRESULT fsi_boot_options_get_load_segment(fsi_boot_options *options, uint16_t *ret_val)
{
	fsi_error_clear();
	if (options == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = options->load_segment;
	return S_OK;
}

HRESULT fsi_boot_options_put_sector_count(fsi_boot_options *options, uint32_t new_val)
{
	fsi_error_clear();
	if (options == NULL)
		return FSI_FAIL(E_POINTER);
	if (new_val > MAX_SECTOR_COUNT && new_val != FSI_BOOT_SECTOR_COUNT_AUTO)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	options->sector_count = new_val;
	options->changes++;
	return S_OK;
}

HRESULT fsi_boot_options_get_sector_count(fsi_boot_options *options, uint32_t *ret_val)
{
	fsi_error_clear();
	if (options == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = options->sector_count;
	return S_OK;
}

HRESULT fsi_boot_options_put_boot_info_table(fsi_boot_options *options, bool new_val)
{
	fsi_error_clear();
	if (options == NULL)
		return FSI_FAIL(E_POINTER);
	options->has_info_table = new_val;
	options->changes++;
	return S_OK;
}

HRESULT fsi_boot_options_get_boot_info_table(fsi_boot_options *options, bool *ret_val)
{
	fsi_error_clear();
	if (options == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = options->has_info_table;
	return S_OK;
}
