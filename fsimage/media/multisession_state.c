/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a multisession object tells of its disc, held against itself. */
#include "base/checked.h"
#include "error/fail.h"
#include "io/stream.h"
#include "media/multisession.h"

/* What the object's own function said goes into the message. */
static HRESULT bad_value(const char *what)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_BAD_MULTISESSION_PARAMETER), "%s", what);
}

/* A number that the object must have, within limits. */
static HRESULT get_number(fsi_multisession *multisession,
			  enum fsi_multisession_value which, int32_t minimum,
			  const char *what, int32_t *ret_value)
{
	int32_t value = 0;
	const HRESULT hr = fsi_multisession_value(multisession, which, &value);

	if (hr == E_OUTOFMEMORY)
		return hr;
	if (FAILED(hr))
		return fsi_error_detail(FSI_FAIL(IMAPI_E_BAD_MULTISESSION_PARAMETER),
					"It does not tell the %s.", what);
	if (value < minimum)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_BAD_MULTISESSION_PARAMETER),
					"The %s is %d.", what, (int)value);
	*ret_value = value;
	return S_OK;
}

/* A number that an object need not have. */
static HRESULT get_optional(fsi_multisession *multisession,
			    enum fsi_multisession_value which, int32_t minimum,
			    const char *what, int32_t otherwise, int32_t *ret_value)
{
	int32_t value = 0;

	if (fsi_multisession_value(multisession, which, &value) == E_NOTIMPL) {
		*ret_value = otherwise;
		return S_OK;
	}
	return get_number(multisession, which, minimum, what, ret_value);
}

static HRESULT get_sequential(fsi_multisession *multisession,
			      struct fsi_multisession_state *state)
{
	int32_t is_first = 0;
	int32_t start = 0;
	int32_t last = 0;
	int32_t next = 0;
	int32_t free_blocks = 0;

	FSI_TRY(get_number(multisession, FSI_MULTISESSION_IS_FIRST_DATA_SESSION, 0,
			   "mark of the first data session", &is_first));
	FSI_TRY(get_number(multisession,
			   FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION, -1,
			   "start address of the previous session", &start));
	FSI_TRY(get_number(multisession,
			   FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION, -1,
			   "last written address of the previous session", &last));
	FSI_TRY(get_number(multisession, FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS, 0,
			   "next writable address", &next));
	FSI_TRY(get_number(multisession, FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA, 0,
			   "number of free sectors", &free_blocks));
	if (is_first > 1)
		return bad_value(
			"The mark of the first data session is neither 0 nor 1.");
	if (start < 0 && (is_first == 0 || next > 0 || last >= 0))
		return bad_value("There is no previous session, but something of it.");
	if (start >= 0 && last < start)
		return bad_value("The previous session ends before it begins.");
	if (start >= 0 && next <= last)
		return bad_value("The next writable address is in the previous session.");
	state->is_blank = start < 0;
	state->has_end = true;
	state->session_block = start < 0 ? 0 : (uint32_t)start;
	state->end_block = (uint32_t)(last + 1);
	state->next_block = (uint32_t)next;
	state->capacity_blocks = (uint32_t)next + (uint32_t)free_blocks;
	return S_OK;
}

static HRESULT get_random_write(fsi_multisession *multisession,
				struct fsi_multisession_state *state)
{
	const int32_t unknown = INT32_MAX;
	int32_t last = 0;
	int32_t total = 0;

	FSI_TRY(get_optional(multisession, FSI_MULTISESSION_LAST_WRITTEN_ADDRESS, -1,
			     "last written address", unknown, &last));
	FSI_TRY(get_number(multisession, FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA, 1,
			   "total number of sectors", &total));
	if (last != unknown && last >= total)
		return bad_value("The last written address is behind the end.");
	state->is_blank = last < 0;
	state->has_end = last != unknown;
	state->end_block = state->has_end ? (uint32_t)(last + 1) : (uint32_t)total;
	state->capacity_blocks = (uint32_t)total;
	return S_OK;
}

HRESULT fsi_multisession_get_state(fsi_multisession *multisession,
				   struct fsi_multisession_state *ret_state)
{
	struct fsi_multisession_state state = {
		.kind = fsi_multisession_kind(multisession)};
	int32_t unit = 0;

	if (state.kind == FSI_MULTISESSION_SEQUENTIAL)
		FSI_TRY(get_sequential(multisession, &state));
	else if (state.kind == FSI_MULTISESSION_RANDOM_WRITE)
		FSI_TRY(get_random_write(multisession, &state));
	else
		return FSI_FAIL(IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE);
	/* Of sequential ones, IMultisessionSequential2 brought it. */
	FSI_TRY(get_optional(multisession, FSI_MULTISESSION_WRITE_UNIT_SIZE, 1,
			     "write unit size", 1, &unit));
	state.unit_blocks = (uint32_t)unit;
	*ret_state = state;
	return S_OK;
}

HRESULT fsi_multisession_open_media(fsi_multisession *multisession,
				    struct fsi_media **ret_media)
{
	struct fsi_multisession_state state;
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_multisession_get_state(multisession, &state));
	FSI_TRY(fsi_multisession_open_stream(multisession, &stream));
	hr = fsi_media_open(stream, state.session_block,
			    state.has_end ? state.end_block : 0, ret_media);
	fsi_stream_release(stream);
	return hr;
}
