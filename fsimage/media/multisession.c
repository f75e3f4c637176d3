/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multisession objects: counted handles on a table of functions, and their members. */
#include "media/multisession.h"

#include "base/memory.h"
#include "error/fail.h"

#include <stdatomic.h>

struct fsi_multisession {
	const struct fsi_multisession_ops *ops;
	void *self;
	atomic_uint references;
	bool in_use;
};

/* ---- life -------------------------------------------------------------- */

HRESULT fsi_multisession_make(const struct fsi_multisession_ops *ops, void *self,
			      fsi_multisession **ret_multisession)
{
	fsi_multisession *multisession = fsi_allocate_zeroed(1, sizeof(*multisession));

	if (multisession == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	multisession->ops = ops;
	multisession->self = self;
	atomic_init(&multisession->references, 1);
	*ret_multisession = multisession;
	return S_OK;
}

HRESULT fsi_multisession_create(const struct fsi_multisession_ops *ops, void *self,
				fsi_multisession **ret_multisession)
{
	fsi_error_clear();
	if (ops == NULL || ret_multisession == NULL)
		return FSI_FAIL(E_POINTER);
	if (ops->size < sizeof(*ops))
		return FSI_FAIL(E_INVALIDARG);
	if (ops->get_value == NULL || ops->open_import_stream == NULL ||
	    (ops->write == NULL) != (ops->sync == NULL))
		return FSI_FAIL(E_POINTER);
	return fsi_multisession_make(ops, self, ret_multisession);
}

fsi_multisession *fsi_multisession_add_ref(fsi_multisession *multisession)
{
	if (multisession != NULL)
		atomic_fetch_add_explicit(&multisession->references, 1,
					  memory_order_relaxed);
	return multisession;
}

void fsi_multisession_release(fsi_multisession *multisession)
{
	if (multisession == NULL ||
	    atomic_fetch_sub_explicit(&multisession->references, 1,
				      memory_order_acq_rel) != 1)
		return;
	if (multisession->ops->destroy != NULL)
		multisession->ops->destroy(multisession->self);
	fsi_free(multisession);
}

/* ---- for the library --------------------------------------------------- */

int fsi_multisession_kind(const fsi_multisession *multisession)
{
	return multisession->ops->kind;
}

bool fsi_multisession_is_in_use(const fsi_multisession *multisession)
{
	return multisession->in_use;
}

void fsi_multisession_set_in_use(fsi_multisession *multisession, bool in_use)
{
	multisession->in_use = in_use;
}

HRESULT fsi_multisession_value(fsi_multisession *multisession,
			       enum fsi_multisession_value which, int32_t *ret_value)
{
	int32_t value = 0;
	const HRESULT hr =
		multisession->ops->get_value(multisession->self, which, &value);

	if (FAILED(hr))
		return fsi_error_adopt(hr);
	*ret_value = value;
	return S_OK;
}

HRESULT fsi_multisession_open_stream(fsi_multisession *multisession,
				     fsi_stream **ret_stream)
{
	fsi_stream *stream = NULL;
	const HRESULT hr =
		multisession->ops->open_import_stream(multisession->self, &stream);

	if (FAILED(hr))
		return fsi_error_adopt(hr);
	*ret_stream = stream;
	return S_OK;
}

HRESULT fsi_multisession_ranges(fsi_multisession *multisession,
				struct fsi_multisession_range *ret_ranges, size_t room,
				size_t *ret_count)
{
	size_t count = 0;
	HRESULT hr = S_OK;

	if (multisession->ops->get_ranges != NULL)
		hr = multisession->ops->get_ranges(
			multisession->self, room > 0 ? ret_ranges : NULL, room, &count);
	if (FAILED(hr))
		return fsi_error_adopt(hr);
	*ret_count = count;
	return S_OK;
}

bool fsi_multisession_can_write(const fsi_multisession *multisession)
{
	return multisession->ops->write != NULL;
}

bool fsi_multisession_can_cut(const fsi_multisession *multisession)
{
	return multisession->ops->cut != NULL;
}

HRESULT fsi_multisession_write(fsi_multisession *multisession, uint32_t block,
			       const void *bytes, uint32_t block_count)
{
	if (multisession->ops->write == NULL)
		return FSI_FAIL(E_ACCESSDENIED);
	return fsi_error_adopt(
		multisession->ops->write(multisession->self, block, bytes, block_count));
}

HRESULT fsi_multisession_sync(fsi_multisession *multisession)
{
	if (multisession->ops->sync == NULL)
		return FSI_FAIL(E_ACCESSDENIED);
	return fsi_error_adopt(multisession->ops->sync(multisession->self));
}

HRESULT fsi_multisession_cut(fsi_multisession *multisession, uint64_t size)
{
	if (multisession->ops->cut == NULL)
		return S_OK;
	return fsi_error_adopt(multisession->ops->cut(multisession->self, size));
}

/* ---- members ----------------------------------------------------------- */

HRESULT fsi_multisession_get_kind(fsi_multisession *multisession, int *ret_kind)
{
	fsi_error_clear();
	if (multisession == NULL || ret_kind == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_kind = multisession->ops->kind;
	return S_OK;
}

HRESULT fsi_multisession_get_in_use(fsi_multisession *multisession, bool *ret_val)
{
	fsi_error_clear();
	if (multisession == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = multisession->in_use;
	return S_OK;
}

HRESULT fsi_multisession_put_in_use(fsi_multisession *multisession, bool new_val)
{
	fsi_error_clear();
	if (multisession == NULL)
		return FSI_FAIL(E_POINTER);
	multisession->in_use = new_val;
	return S_OK;
}

HRESULT fsi_multisession_get_import_stream(fsi_multisession *multisession,
					   fsi_stream **ret_stream)
{
	fsi_error_clear();
	if (multisession == NULL || ret_stream == NULL)
		return FSI_FAIL(E_POINTER);
	return fsi_multisession_open_stream(multisession, ret_stream);
}

HRESULT fsi_multisession_get_ranges(fsi_multisession *multisession,
				    struct fsi_multisession_range *ret_ranges,
				    size_t room, size_t *ret_count)
{
	fsi_error_clear();
	if (multisession == NULL || ret_count == NULL || (ret_ranges == NULL && room > 0))
		return FSI_FAIL(E_POINTER);
	return fsi_multisession_ranges(multisession, ret_ranges, room, ret_count);
}

/* Of any kind when kind is 0. */
static HRESULT get_number(fsi_multisession *multisession, int kind,
			  enum fsi_multisession_value which, int32_t *ret_val)
{
	fsi_error_clear();
	if (multisession == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	if (kind != 0 && multisession->ops->kind != kind)
		return FSI_FAIL(E_NOINTERFACE);
	return fsi_multisession_value(multisession, which, ret_val);
}

static HRESULT get_truth(fsi_multisession *multisession, int kind,
			 enum fsi_multisession_value which, bool *ret_val)
{
	int32_t value = 0;

	FSI_TRY(get_number(multisession, kind, which, ret_val != NULL ? &value : NULL));
	if (value != 0 && value != 1)
		return FSI_FAIL(IMAPI_E_BAD_MULTISESSION_PARAMETER);
	*ret_val = value == 1;
	return S_OK;
}

HRESULT fsi_multisession_get_media_type(fsi_multisession *multisession,
					enum imapi_media_physical_type *ret_type)
{
	int32_t value = 0;

	FSI_TRY(get_number(multisession, 0, FSI_MULTISESSION_MEDIA_TYPE,
			   ret_type != NULL ? &value : NULL));
	*ret_type = (enum imapi_media_physical_type)value;
	return S_OK;
}

HRESULT
fsi_multisession_get_is_supported_on_current_media_state(fsi_multisession *multisession,
							 bool *ret_val)
{
	return get_truth(multisession, 0, FSI_MULTISESSION_IS_SUPPORTED, ret_val);
}

HRESULT fsi_multisession_get_write_unit_size(fsi_multisession *multisession,
					     int32_t *ret_val)
{
	return get_number(multisession, 0, FSI_MULTISESSION_WRITE_UNIT_SIZE, ret_val);
}

HRESULT fsi_multisession_get_is_first_data_session(fsi_multisession *multisession,
						   bool *ret_val)
{
	return get_truth(multisession, FSI_MULTISESSION_SEQUENTIAL,
			 FSI_MULTISESSION_IS_FIRST_DATA_SESSION, ret_val);
}

HRESULT
fsi_multisession_get_start_address_of_previous_session(fsi_multisession *multisession,
						       int32_t *ret_val)
{
	return get_number(multisession, FSI_MULTISESSION_SEQUENTIAL,
			  FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION, ret_val);
}

HRESULT fsi_multisession_get_last_written_address_of_previous_session(
	fsi_multisession *multisession, int32_t *ret_val)
{
	return get_number(multisession, FSI_MULTISESSION_SEQUENTIAL,
			  FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION,
			  ret_val);
}

HRESULT fsi_multisession_get_next_writable_address(fsi_multisession *multisession,
						   int32_t *ret_val)
{
	return get_number(multisession, FSI_MULTISESSION_SEQUENTIAL,
			  FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS, ret_val);
}

HRESULT fsi_multisession_get_free_sectors_on_media(fsi_multisession *multisession,
						   int32_t *ret_val)
{
	return get_number(multisession, FSI_MULTISESSION_SEQUENTIAL,
			  FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA, ret_val);
}

HRESULT fsi_multisession_get_last_written_address(fsi_multisession *multisession,
						  int32_t *ret_val)
{
	return get_number(multisession, FSI_MULTISESSION_RANDOM_WRITE,
			  FSI_MULTISESSION_LAST_WRITTEN_ADDRESS, ret_val);
}

HRESULT fsi_multisession_get_total_sectors_on_media(fsi_multisession *multisession,
						    int32_t *ret_val)
{
	return get_number(multisession, FSI_MULTISESSION_RANDOM_WRITE,
			  FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA, ret_val);
}
