/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result: an image that is laid out and read on demand. */
#include "image/result.h"

#include "base/memory.h"
#include "image/write_events.h"
#include "io/sink.h"
#include "layout/image_stream.h"

/* ---- life -------------------------------------------------------------- */

static HRESULT check_capacity(const fsi_image *image, const struct fsi_plan *plan)
{
	const uint64_t capacity = image->tree.limits.capacity_blocks;

	const uint32_t blocks = fsi_layout_session_blocks(&plan->layout);

	if (capacity == 0 || blocks <= capacity)
		return S_OK;
	return fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
				"It needs %u blocks, the limit is %llu.", blocks,
				(unsigned long long)capacity);
}

/* File systems may have been chosen after the name. */
static HRESULT check_strict_name(const fsi_image *image)
{
	if (image->strict &&
	    !fsi_volume_name_is_strict(image->volume_name, image->file_systems))
		return FSI_FAIL(IMAPI_E_INVALID_VOLUME_NAME);
	return S_OK;
}

HRESULT fsi_image_create_result_image(fsi_image *image, fsi_result **ret_result)
{
	fsi_result *result = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (image == NULL || ret_result == NULL)
		return FSI_FAIL(E_POINTER);
	/* The call that tells the handler still changes what would be laid out. */
	if (image->in_handler)
		return FSI_FAIL(IMAPI_E_READONLY);
	result = fsi_allocate_zeroed(1, sizeof(*result));
	if (result == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (image->real_time_waits &&
	    atomic_load_explicit(&image->results, memory_order_acquire) == 0) {
		fsi_tree_settle_real_time(&image->tree);
		image->real_time_waits = false;
	}
	fsi_image_begin_work(image);
	hr = fsi_image_check_disc(image);
	if (SUCCEEDED(hr))
		hr = check_strict_name(image);
	if (SUCCEEDED(hr))
		hr = fsi_image_check_boot(image);
	if (SUCCEEDED(hr))
		hr = fsi_plan_create(image, true, &result->plan);
	if (SUCCEEDED(hr))
		hr = check_capacity(image, result->plan);
	fsi_image_end_work(image);
	if (FAILED(hr)) {
		fsi_plan_destroy(result->plan);
		fsi_free(result);
		return hr;
	}
	atomic_init(&result->references, 1);
	result->image = fsi_image_add_ref(image);
	atomic_fetch_add_explicit(&image->results, 1, memory_order_relaxed);
	/* What is used is told as if nothing were there twice. */
	if (result->plan->firsts == NULL) {
		image->measured_blocks = fsi_layout_session_blocks(&result->plan->layout);
		image->measured_generation = image->tree.generation;
	}
	*ret_result = result;
	return fsi_image_note_content(image);
}

fsi_result *fsi_result_add_ref(fsi_result *result)
{
	if (result != NULL)
		atomic_fetch_add_explicit(&result->references, 1, memory_order_relaxed);
	return result;
}

void fsi_result_release(fsi_result *result)
{
	if (result == NULL ||
	    atomic_fetch_sub_explicit(&result->references, 1, memory_order_acq_rel) != 1)
		return;
	fsi_plan_destroy(result->plan);
	atomic_fetch_sub_explicit(&result->image->results, 1, memory_order_release);
	fsi_image_release(result->image);
	fsi_free(result);
}

/* ---- properties -------------------------------------------------------- */

static void hold_result(void *result)
{
	fsi_result_add_ref(result);
}

static void let_go_of_result(void *result)
{
	fsi_result_release(result);
}

static HRESULT make_stream(fsi_result *result, fsi_stream **ret_stream)
{
	return fsi_image_stream_create(&result->plan->layout, result, hold_result,
				       let_go_of_result, ret_stream);
}

HRESULT fsi_result_get_image_stream(fsi_result *result, fsi_stream **ret_stream)
{
	fsi_error_clear();
	if (result == NULL || ret_stream == NULL)
		return FSI_FAIL(E_POINTER);
	return make_stream(result, ret_stream);
}

HRESULT fsi_result_get_total_blocks(fsi_result *result, uint32_t *ret_blocks)
{
	fsi_error_clear();
	if (result == NULL || ret_blocks == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_blocks = fsi_layout_image_blocks(&result->plan->layout);
	return S_OK;
}

HRESULT fsi_result_get_block_size(fsi_result *result, uint32_t *ret_size)
{
	fsi_error_clear();
	if (result == NULL || ret_size == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_size = FSI_BLOCK_SIZE;
	return S_OK;
}

/* NULL for a file system that the image does not have. */
static const char *volume_name_of(const struct fsi_volume *volume,
				  enum fsi_file_system file_system)
{
	switch (file_system) {
	case FSI_FILE_SYSTEM_ISO9660:
		return volume->iso_name;
	case FSI_FILE_SYSTEM_JOLIET:
		return volume->joliet_name;
	case FSI_FILE_SYSTEM_UDF:
		return volume->udf_name;
	case FSI_FILE_SYSTEM_NONE:
	case FSI_FILE_SYSTEM_UNKNOWN:
	default:
		return NULL;
	}
}

HRESULT fsi_result_get_volume_name(fsi_result *result, enum fsi_file_system file_system,
				   char **ret_name)
{
	const char *name = NULL;

	fsi_error_clear();
	if (result == NULL || ret_name == NULL)
		return FSI_FAIL(E_POINTER);
	name = volume_name_of(&result->plan->volume, file_system);
	if (name == NULL)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "file_system");
	return fsi_hand_out_text(name, ret_name);
}

HRESULT fsi_result_get_disc_id(fsi_result *result, char **ret_id)
{
	const char *identifier = NULL;

	fsi_error_clear();
	if (result == NULL || ret_id == NULL)
		return FSI_FAIL(E_POINTER);
	identifier = result->image->multisession.disc_identifier;
	return fsi_hand_out_text(identifier != NULL ? identifier : "", ret_id);
}

/* The names of one of the image's file systems. */
static HRESULT find_view(fsi_result *result, enum fsi_file_system file_system,
			 const struct fsi_name_view **ret_view)
{
	const struct fsi_naming *naming = NULL;
	const struct fsi_name_view *view = NULL;

	FSI_TRY(fsi_image_get_naming(result->image, &naming));
	view = fsi_naming_view(naming, file_system);
	if (view == NULL)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "file_system");
	*ret_view = view;
	return S_OK;
}

HRESULT fsi_result_get_mapped_name_count(fsi_result *result,
					 enum fsi_file_system file_system,
					 uint32_t *ret_count)
{
	const struct fsi_name_view *view = NULL;

	fsi_error_clear();
	if (result == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(find_view(result, file_system, &view));
	*ret_count = view->changed_count;
	return S_OK;
}

HRESULT fsi_result_get_omitted_file_count(fsi_result *result,
					  enum fsi_file_system file_system,
					  uint32_t *ret_count)
{
	const struct fsi_name_view *view = NULL;

	fsi_error_clear();
	if (result == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(find_view(result, file_system, &view));
	*ret_count = file_system == FSI_FILE_SYSTEM_UDF ? 0 : view->order->large_count;
	return S_OK;
}

HRESULT fsi_result_get_duplicates(fsi_result *result, uint32_t *ret_count,
				  uint32_t *ret_blocks)
{
	fsi_error_clear();
	if (result == NULL || ret_count == NULL || ret_blocks == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_count = result->plan->duplicate_count;
	*ret_blocks = result->plan->duplicate_blocks;
	return S_OK;
}

/* ---- writing ----------------------------------------------------------- */

/* What the caller's own functions met on the way to success is no error. */
static HRESULT forget_callbacks(HRESULT hr)
{
	if (hr == S_OK)
		fsi_error_clear();
	return hr;
}

/* path NULL: to the descriptor. */
static HRESULT write_result(fsi_result *result, const char *path, int descriptor,
			    const struct fsi_write_options *options)
{
	struct fsi_write_events events;
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(make_stream(result, &stream));
	options = fsi_write_events_begin(&events, &result->plan->layout, options);
	hr = path != NULL ? fsi_sink_write_file(stream, path, options)
			  : fsi_sink_write_descriptor(stream, descriptor, options);
	fsi_stream_release(stream);
	return forget_callbacks(fsi_write_events_end(&events, hr));
}

HRESULT fsi_result_write_file(fsi_result *result, const char *path,
			      const struct fsi_write_options *options)
{
	fsi_error_clear();
	if (result == NULL || path == NULL)
		return FSI_FAIL(E_POINTER);
	return write_result(result, path, -1, options);
}

HRESULT fsi_result_write_descriptor(fsi_result *result, int descriptor,
				    const struct fsi_write_options *options)
{
	fsi_error_clear();
	if (result == NULL)
		return FSI_FAIL(E_POINTER);
	return write_result(result, NULL, descriptor, options);
}
