/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IIsoImageManager, and as an extension the check of a whole image. */
#include "base/memory.h"
#include "check/check.h"
#include "error/fail.h"

#include <stdatomic.h>

struct fsi_image_manager {
	atomic_uint references;
	fsi_stream *stream; /* NULL: neither a path nor a stream was set */
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

void fsi_image_manager_release(fsi_image_manager *manager)
{
	if (manager == NULL ||
	    atomic_fetch_sub_explicit(&manager->references, 1, memory_order_acq_rel) != 1)
		return;
	fsi_stream_release(manager->stream);
	fsi_free(manager);
}

HRESULT fsi_image_manager_set_stream(fsi_image_manager *manager, fsi_stream *stream)
{
	fsi_error_clear();
	if (manager == NULL || stream == NULL)
		return FSI_FAIL(E_POINTER);
	fsi_stream_add_ref(stream);
	fsi_stream_release(manager->stream);
	manager->stream = stream;
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
	if (manager->stream == NULL)
		return FSI_FAIL(IMAPI_E_IMAGEMANAGER_NO_IMAGE);
	FSI_TRY(fsi_media_open(manager->stream, options->session_block, 0, &media));
	hr = fsi_check_run(media, options, ret_findings);
	fsi_media_release(media);
	/* What was met on the way is told as findings. */
	if (SUCCEEDED(hr))
		fsi_error_clear();
	return hr;
}
