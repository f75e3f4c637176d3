/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A volume of ISO 9660 without files. */
#include "image/stub.h"

#include "base/memory.h"

HRESULT fsi_stub_create(const fsi_image *image, struct fsi_stub **ret_stub)
{
	const struct fsi_name_rules rules = {.file_system = FSI_FILE_SYSTEM_ISO9660,
					     .iso_level = image->iso_level};
	struct fsi_stub *stub = fsi_allocate_zeroed(1, sizeof(*stub));
	HRESULT hr = S_OK;

	if (stub == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	stub->volume.recording_time = image->tree.recording_time;
	hr = fsi_tree_init(&stub->tree, image->tree.recording_time);
	if (SUCCEEDED(hr))
		hr = fsi_order_create(&stub->tree, false, &stub->order);
	if (SUCCEEDED(hr))
		hr = fsi_name_view_create(stub->order, &rules, &stub->names);
	if (SUCCEEDED(hr))
		hr = fsi_image_make_volume_name(image, FSI_FILE_SYSTEM_ISO9660,
						&stub->volume.iso_name);
	if (FAILED(hr))
		fsi_stub_destroy(stub);
	else
		*ret_stub = stub;
	return hr;
}

void fsi_stub_destroy(struct fsi_stub *stub)
{
	if (stub == NULL)
		return;
	fsi_name_view_destroy(stub->names);
	fsi_order_destroy(stub->order);
	fsi_tree_destroy(&stub->tree);
	fsi_free(stub->volume.iso_name);
	fsi_free(stub);
}
