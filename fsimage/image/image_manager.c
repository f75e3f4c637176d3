/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image manager: whether a finished image can be burned, and what is wrong. */
#include <fsimage/image_manager.h>

#include "base/memory.h"
#include "check/check.h"
#include "error/fail.h"
#include "import/file_systems.h"
#include "io/stream.h"

#include <errno.h>
#include <stdatomic.h>

/* What the documentation of IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG allows. */
#define BLOCKS_MAX INT32_MAX

struct fsi_image_manager {
	atomic_uint references;
	char *path;	    /* NULL: none */
	fsi_stream *stream; /* NULL: nothing was set */
};

HRESULT fsi_image_manager_create(fsi_image_manager **ret_manager)
{
	fsi_image_manager *manager = NULL;

	fsi_error_clear();
	if (ret_manager == NULL)
		return FSI_FAIL(E_POINTER);
	manager = fsi_allocate_zeroed(1, sizeof(*manager));
	if (manager == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&manager->references, 1);
	*ret_manager = manager;
	return S_OK;
}

fsi_image_manager *fsi_image_manager_add_ref(fsi_image_manager *manager)
{
	if (manager != NULL)
		atomic_fetch_add_explicit(&manager->references, 1, memory_order_relaxed);
	return manager;
}

/* Takes both over; either may be NULL. */
static void set_image(fsi_image_manager *manager, char *path, fsi_stream *stream)
{
	fsi_free(manager->path);
	fsi_stream_release(manager->stream);
	manager->path = path;
	manager->stream = stream;
}

void fsi_image_manager_release(fsi_image_manager *manager)
{
	if (manager == NULL ||
	    atomic_fetch_sub_explicit(&manager->references, 1, memory_order_acq_rel) != 1)
		return;
	set_image(manager, NULL, NULL);
	fsi_free(manager);
}

/* Whether a file could not be opened since its path can lead to none. */
static bool is_path_at_fault(HRESULT hr)
{
	return hr == fsi_error_code_from_errno(EISDIR) ||
	       hr == fsi_error_code_from_errno(ESPIPE) ||
	       hr == fsi_error_code_from_errno(ENOTDIR) ||
	       hr == fsi_error_code_from_errno(ENAMETOOLONG) ||
	       hr == fsi_error_code_from_errno(ELOOP);
}

static HRESULT refuse_path(const char *path)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_INVALID_PATH, path),
				"It leads to no file that may be an image.");
}

HRESULT fsi_image_manager_set_path(fsi_image_manager *manager, const char *path)
{
	fsi_stream *stream = NULL;
	char *copy = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (manager == NULL || path == NULL)
		return FSI_FAIL(E_POINTER);
	if (path[0] == '\0')
		return refuse_path(path);
	hr = fsi_stream_create_on_file(path, &stream);
	if (is_path_at_fault(hr))
		return refuse_path(path);
	FSI_TRY(hr);
	copy = fsi_duplicate_string(path);
	if (copy == NULL) {
		fsi_stream_release(stream);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	set_image(manager, copy, stream);
	return S_OK;
}

HRESULT fsi_image_manager_set_stream(fsi_image_manager *manager, fsi_stream *data)
{
	fsi_error_clear();
	if (manager == NULL || data == NULL)
		return FSI_FAIL(E_POINTER);
	set_image(manager, NULL, fsi_stream_add_ref(data));
	return S_OK;
}

HRESULT fsi_image_manager_get_path(fsi_image_manager *manager, char **ret_path)
{
	char *path = NULL;

	fsi_error_clear();
	if (manager == NULL || ret_path == NULL)
		return FSI_FAIL(E_POINTER);
	path = fsi_duplicate_string(manager->path != NULL ? manager->path : "");
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_path = path;
	return S_OK;
}

HRESULT fsi_image_manager_get_stream(fsi_image_manager *manager, fsi_stream **ret_data)
{
	fsi_error_clear();
	if (manager == NULL || ret_data == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_data = fsi_stream_add_ref(manager->stream);
	return S_OK;
}

static HRESULT find_descriptor(struct fsi_media *media)
{
	fsi_file_systems found = FSI_FILE_SYSTEM_NONE;
	const HRESULT hr =
		fsi_import_recognise_sequence(media, 0, FSI_BLOCK_SIZE, &found);

	if ((found & (FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_UDF)) != 0)
		return S_OK;
	/* At the end of the image there are no more descriptors. */
	if (SUCCEEDED(hr) || hr == IMAPI_E_IMPORT_SEEK_FAILURE)
		return FSI_FAIL(IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND);
	return hr;
}

static HRESULT validate(fsi_stream *stream)
{
	struct fsi_media *media = NULL;
	uint64_t size = 0;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_stream_measure(stream, &size));
	if (size % FSI_BLOCK_SIZE != 0)
		return FSI_FAIL(IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED);
	if (size / FSI_BLOCK_SIZE > BLOCKS_MAX)
		return FSI_FAIL(IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG);
	FSI_TRY(fsi_media_open(stream, 0, 0, &media));
	hr = find_descriptor(media);
	fsi_media_release(media);
	return hr;
}

HRESULT fsi_image_manager_validate(fsi_image_manager *manager)
{
	fsi_error_clear();
	if (manager == NULL)
		return FSI_FAIL(E_POINTER);
	if (manager->stream == NULL)
		return FSI_FAIL(IMAPI_E_IMAGEMANAGER_NO_IMAGE);
	FSI_TRY(validate(manager->stream));
	/* What was met on the way to success is no error. */
	fsi_error_clear();
	return S_OK;
}

HRESULT fsi_image_manager_check(fsi_image_manager *manager,
				const struct fsi_check_options *options,
				fsi_findings **ret_findings)
{
	const struct fsi_check_options defaults = {.size = sizeof(defaults)};
	struct fsi_media *media = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (manager == NULL || ret_findings == NULL)
		return FSI_FAIL(E_POINTER);
	if (options == NULL)
		options = &defaults;
	if (options->size != sizeof(*options))
		return FSI_FAIL(E_INVALIDARG);
	if (options->iso9660_level > 3)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "iso9660_level");
	if (manager->stream == NULL)
		return FSI_FAIL(IMAPI_E_IMAGEMANAGER_NO_IMAGE);
	FSI_TRY(fsi_media_open(manager->stream, options->session_block,
			       options->block_count, &media));
	hr = fsi_check_run(media, options, ret_findings);
	fsi_media_release(media);
	/* What was met on the way is told as findings. */
	if (SUCCEEDED(hr))
		fsi_error_clear();
	return hr;
}
