/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Named streams of files, and the property that came with them. */
#include "image/image.h"

#include "base/memory.h"
#include "base/text.h"
#include "tree/children.h"
#include "tree/data.h"
#include "tree/named_stream.h"
#include "tree/path.h"
#include "udf/directory.h"

#include <string.h>

/* A snapshot, as enumerators are. */
struct fsi_named_streams {
	atomic_uint references;
	uint32_t count;
	fsi_item *items[];
};

/* A success that says so when a feature does not get into the image. */
static HRESULT note_feature(const fsi_image *image, uint32_t first_revision)
{
	if ((image->file_systems & FSI_FILE_SYSTEM_UDF) != 0 &&
	    image->udf_revision >= first_revision)
		return S_OK;
	return IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED;
}

HRESULT fsi_image_note_named_streams(const fsi_image *image)
{
	return note_feature(image, FSI_UDF_REVISION_STREAMS);
}

HRESULT fsi_image_note_content(const fsi_image *image)
{
	HRESULT hr = S_OK;

	if (image->tree.stream_count > 0)
		hr = note_feature(image, FSI_UDF_REVISION_STREAMS);
	if (hr == S_OK && image->tree.real_time_count > 0)
		hr = note_feature(image, FSI_UDF_REVISION_REAL_TIME);
	return hr;
}

/* ---- real-time files --------------------------------------------------- */

HRESULT fsi_file_get_is_real_time(fsi_file *file, bool *ret_val)
{
	fsi_error_clear();
	if (file == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	if (fsi_file_node(file)->is_stream)
		return FSI_FAIL(IMAPI_E_PROPERTY_NOT_ACCESSIBLE, "IsRealTime");
	*ret_val = fsi_file_node(file)->wants_real_time;
	return S_OK;
}

/* A layout that is alive keeps what it has; the next gets what is wanted then. */
static void put_real_time(struct fsi_node *node, bool new_val)
{
	fsi_image *image = fsi_node_image(node);
	const bool is_laid_out =
		atomic_load_explicit(&image->results, memory_order_acquire) == 0;

	fsi_tree_put_real_time(node, new_val, is_laid_out);
	image->real_time_waits = image->real_time_waits || !is_laid_out;
}

HRESULT fsi_file_put_is_real_time(fsi_file *file, bool new_val)
{
	struct fsi_node *node = fsi_file_node(file);

	fsi_error_clear();
	if (file == NULL)
		return FSI_FAIL(E_POINTER);
	if (node->is_stream)
		return FSI_FAIL(IMAPI_E_PROPERTY_NOT_ACCESSIBLE, "IsRealTime");
	if (!node->is_apart && !fsi_node_is_in_image(node))
		return FSI_FAIL(IMAPI_E_NOT_IN_FILE_SYSTEM, node->name);
	FSI_TRY(fsi_item_note(node, FSI_CHANGE_IS_REAL_TIME));
	put_real_time(node, new_val);
	FSI_TRY(fsi_item_finish(node, S_OK));
	return note_feature(fsi_node_image(node), FSI_UDF_REVISION_REAL_TIME);
}

/* ---- adding and removing ----------------------------------------------- */

HRESULT fsi_file_get_is_named_stream(fsi_file *file, bool *ret_val)
{
	fsi_error_clear();
	if (file == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = fsi_file_node(file)->is_stream;
	return S_OK;
}

static HRESULT check_owner(const struct fsi_node *owner, const char *name)
{
	HRESULT hr = S_FALSE;

	if (owner->is_stream)
		return FSI_FAIL(IMAPI_E_PROPERTY_NOT_ACCESSIBLE, "FsiNamedStreams");
	FSI_TRY(fsi_node_check_changeable(owner));
	if (fsi_utf8_is_valid(name, strlen(name)))
		hr = fsi_name_check_new(&fsi_node_tree(owner)->rules, name, strlen(name));
	return hr == S_FALSE ? FSI_FAIL(IMAPI_E_INVALID_PARAM, "name") : hr;
}

static HRESULT check_capacity(fsi_image *image, const char *name)
{
	const uint64_t capacity = image->tree.limits.capacity_blocks;
	uint32_t blocks = 0;

	if (capacity == 0)
		return S_OK;
	image->tree.free_budget_blocks = 0;
	FSI_TRY(fsi_image_measure(image, &blocks));
	if (blocks <= capacity)
		return S_OK;
	return fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_SIZE_LIMIT, name),
				"The limit is %llu blocks.",
				(unsigned long long)capacity);
}

static HRESULT add_stream(fsi_image *image, struct fsi_node *owner, const char *name,
			  struct fsi_data *source)
{
	struct fsi_node *stream = NULL;

	FSI_TRY(fsi_change_reserve(&image->tree, 1));
	FSI_TRY(fsi_named_stream_add(&image->tree, owner, name, strlen(name), source,
				     &stream));
	fsi_change_note_add_stream(&image->tree, stream);
	FSI_TRY(fsi_stage_named_stream(&image->tree, stream));
	return check_capacity(image, name);
}

HRESULT fsi_file_add_stream(fsi_file *file, const char *name, fsi_stream *data)
{
	struct fsi_node *owner = fsi_file_node(file);
	struct fsi_data *source = NULL;
	fsi_image *image = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (file == NULL || name == NULL || data == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(check_owner(owner, name));
	image = fsi_node_image(owner);
	if (fsi_image_has_named_streams(image))
		FSI_TRY(fsi_udf_check_stream_name(name));
	if (fsi_named_stream_find(owner, name, strlen(name)) != NULL)
		return FSI_FAIL(IMAPI_E_DUP_NAME, name);
	hr = fsi_data_from_stream(&image->tree, data, name, &source);
	if (SUCCEEDED(hr))
		hr = add_stream(image, owner, name, source);
	hr = fsi_image_finish_changes(image, hr);
	if (SUCCEEDED(hr))
		return fsi_image_note_named_streams(image);
	fsi_image_discard_data(image, source);
	return hr;
}

HRESULT fsi_file_remove_stream(fsi_file *file, const char *name)
{
	struct fsi_node *owner = fsi_file_node(file);
	struct fsi_node *stream = NULL;
	fsi_image *image = NULL;

	fsi_error_clear();
	if (file == NULL || name == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(check_owner(owner, name));
	image = fsi_node_image(owner);
	stream = fsi_named_stream_find(owner, name, strlen(name));
	if (stream == NULL)
		return FSI_FAIL(IMAPI_E_ITEM_NOT_FOUND, name);
	FSI_TRY(fsi_change_reserve(&image->tree, 1));
	fsi_change_note_remove_stream(&image->tree, stream);
	fsi_named_stream_unlink(&image->tree, stream);
	FSI_TRY(fsi_image_finish_changes(image, S_OK));
	return fsi_image_note_named_streams(image);
}

/* ---- the list ---------------------------------------------------------- */

HRESULT fsi_file_get_named_streams(fsi_file *file, fsi_named_streams **ret_streams)
{
	const struct fsi_node *owner = fsi_file_node(file);
	fsi_named_streams *streams = NULL;
	uint32_t count = 0;

	fsi_error_clear();
	if (file == NULL || ret_streams == NULL)
		return FSI_FAIL(E_POINTER);
	if (owner->is_stream)
		return FSI_FAIL(IMAPI_E_PROPERTY_NOT_ACCESSIBLE, "FsiNamedStreams");
	count = fsi_node_stream_count(owner);
	streams = fsi_allocate(sizeof(*streams) +
			       (size_t)count * sizeof(streams->items[0]));
	if (streams == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (count > 0)
		fsi_children_sort(owner->streams);
	atomic_init(&streams->references, 1);
	streams->count = count;
	for (uint32_t i = 0; i < count; i++)
		streams->items[i] = fsi_node_item(owner->streams->items[i]);
	*ret_streams = streams;
	return S_OK;
}

HRESULT fsi_named_streams_get_count(fsi_named_streams *self, uint32_t *ret_count)
{
	fsi_error_clear();
	if (self == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_count = self->count;
	return S_OK;
}

HRESULT fsi_named_streams_get_item(fsi_named_streams *self, uint32_t index,
				   fsi_file **ret_file)
{
	fsi_error_clear();
	if (self == NULL || ret_file == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_file = NULL;
	if (index >= self->count)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "index");
	*ret_file = fsi_item_as_file(self->items[index]);
	return S_OK;
}

HRESULT fsi_named_streams_get_enum_named_streams(fsi_named_streams *self,
						 fsi_enum_items **ret_items)
{
	fsi_error_clear();
	if (self == NULL || ret_items == NULL)
		return FSI_FAIL(E_POINTER);
	return fsi_enum_items_create(self->items, self->count, ret_items);
}

fsi_named_streams *fsi_named_streams_add_ref(fsi_named_streams *self)
{
	if (self != NULL)
		atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
	return self;
}

void fsi_named_streams_release(fsi_named_streams *self)
{
	if (self != NULL &&
	    atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) == 1)
		fsi_free(self);
}
