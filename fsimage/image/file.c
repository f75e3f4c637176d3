/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: their bytes. */
#include "image/image.h"

#include "io/stream.h"
#include "tree/data.h"

HRESULT fsi_file_get_data_size(fsi_file *file, uint64_t *ret_size)
{
	fsi_error_clear();
	if (file == NULL || ret_size == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_size = fsi_node_size(fsi_file_node(file));
	return S_OK;
}

/* A half of the size from a bit on. */
static HRESULT get_half(fsi_file *file, unsigned first_bit, int32_t *ret_half)
{
	fsi_error_clear();
	if (file == NULL || ret_half == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_half = (int32_t)(uint32_t)(fsi_node_size(fsi_file_node(file)) >> first_bit);
	return S_OK;
}

HRESULT fsi_file_get_data_size_32bit_low(fsi_file *file, int32_t *ret_half)
{
	return get_half(file, 0, ret_half);
}

HRESULT fsi_file_get_data_size_32bit_high(fsi_file *file, int32_t *ret_half)
{
	return get_half(file, 32, ret_half);
}

HRESULT fsi_file_get_data(fsi_file *file, fsi_stream **ret_data)
{
	const struct fsi_data *data = NULL;

	fsi_error_clear();
	if (file == NULL || ret_data == NULL)
		return FSI_FAIL(E_POINTER);
	data = fsi_file_node(file)->content.data;
	if (data == NULL)
		return fsi_stream_make_on_memory("", 0, ret_data);
	if (data->name == NULL && !data->is_staged && !data->is_lost &&
	    !data->is_imported) {
		*ret_data = fsi_stream_add_ref(data->source.stream);
		return S_OK;
	}
	return fsi_data_open(data, ret_data);
}

HRESULT fsi_file_put_data(fsi_file *file, fsi_stream *new_val)
{
	struct fsi_node *node = fsi_file_node(file);
	struct fsi_tree *tree = NULL;
	struct fsi_data *older = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (file == NULL || new_val == NULL)
		return FSI_FAIL(E_POINTER);
	if (fsi_node_is_in_image(node))
		return FSI_FAIL(IMAPI_E_READONLY);
	/* What was removed may come back: its data is fixed too. */
	if (!node->is_apart)
		return FSI_FAIL(IMAPI_E_NOT_IN_FILE_SYSTEM, node->name);
	tree = fsi_node_tree(node);
	older = node->content.data;
	FSI_TRY(fsi_data_from_stream(tree, new_val, node->name, &node->content.data));
	hr = fsi_stage_apart(tree, node);
	if (FAILED(hr)) {
		fsi_image_discard_data(fsi_node_image(node), node->content.data);
		node->content.data = older;
		return hr;
	}
	fsi_error_clear(); /* as get_size may have met one */
	return S_OK;
}
