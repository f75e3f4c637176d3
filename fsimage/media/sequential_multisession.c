/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc of which somebody else tells where it goes on, and writes what goes there. */
#include "media/multisession.h"

#include "base/checked.h"
#include "base/memory.h"
#include "error/fail.h"
#include "io/stream.h"

struct told_disc {
	fsi_stream *stream;
	struct fsi_sequential_disc numbers;
};

static HRESULT get_value(void *self, enum fsi_multisession_value which,
			 int32_t *ret_value)
{
	const struct told_disc *disc = self;
	const struct fsi_sequential_disc *numbers = &disc->numbers;

	switch ((int)which) {
	case FSI_MULTISESSION_IS_SUPPORTED:
		*ret_value = 1;
		return S_OK;
	case FSI_MULTISESSION_MEDIA_TYPE:
		*ret_value = (int32_t)numbers->media_type;
		return S_OK;
	case FSI_MULTISESSION_IS_FIRST_DATA_SESSION:
		*ret_value = numbers->start_address_of_previous_session < 0;
		return S_OK;
	case FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION:
		*ret_value = numbers->start_address_of_previous_session;
		return S_OK;
	case FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION:
		*ret_value = numbers->last_written_address_of_previous_session;
		return S_OK;
	case FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS:
		*ret_value = numbers->next_writable_address;
		return S_OK;
	case FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA:
		*ret_value = numbers->free_sectors_on_media;
		return S_OK;
	default:
		return FSI_FAIL(E_NOTIMPL);
	}
}

static HRESULT open_import_stream(void *self, fsi_stream **ret_stream)
{
	const struct told_disc *disc = self;

	*ret_stream = fsi_stream_add_ref(disc->stream);
	return S_OK;
}

static void destroy(void *self)
{
	struct told_disc *disc = self;

	fsi_stream_release(disc->stream);
	fsi_free(disc);
}

static const struct fsi_multisession_ops ops = {
	.size = sizeof(ops),
	.kind = FSI_MULTISESSION_SEQUENTIAL,
	.get_value = get_value,
	.open_import_stream = open_import_stream,
	.destroy = destroy,
};

/* The stream holds what is recorded, and no more. */
static HRESULT find_last_written(fsi_stream *stream, int32_t *last)
{
	uint64_t size = 0;
	uint64_t blocks = 0;

	FSI_TRY(fsi_stream_measure(stream, &size));
	blocks = fsi_blocks_of(size);
	*last = (int32_t)(blocks < INT32_MAX ? blocks : INT32_MAX) - 1;
	return S_OK;
}

HRESULT fsi_multisession_create_sequential(fsi_stream *stream,
					   const struct fsi_sequential_disc *disc,
					   fsi_multisession **ret_multisession)
{
	struct told_disc *told = NULL;
	int32_t last = 0;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (stream == NULL || disc == NULL || ret_multisession == NULL)
		return FSI_FAIL(E_POINTER);
	if (disc->size != sizeof(*disc))
		return FSI_FAIL(E_INVALIDARG);
	last = disc->last_written_address_of_previous_session;
	if (last == -1 && disc->start_address_of_previous_session >= 0)
		FSI_TRY(find_last_written(stream, &last));
	told = fsi_allocate_zeroed(1, sizeof(*told));
	if (told == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	told->numbers = *disc;
	told->numbers.last_written_address_of_previous_session = last;
	hr = fsi_multisession_make(&ops, told, ret_multisession);
	if (FAILED(hr)) {
		fsi_free(told);
		return hr;
	}
	told->stream = fsi_stream_add_ref(stream);
	return S_OK;
}
