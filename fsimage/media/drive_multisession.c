/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc in a drive, to which a session is added as its kind wants it. */
#include "error/fail.h"
#include "media/burn.h"
#include "media/drive.h"
#include "media/multisession.h"

/* ---- numbers ----------------------------------------------------------- */

/* Whether a session can be added to the disc as it is, or why there is no telling. */
static HRESULT get_support(const struct fsi_drive_facts *facts, int32_t *ret_value)
{
	switch (facts->status) {
	case BURN_DISC_EMPTY:
		return FSI_FAIL(E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
	case BURN_DISC_UNREADY:
		return FSI_FAIL(E_IMAPI_RECORDER_MEDIA_BECOMING_READY);
	case BURN_DISC_BLANK:
	case BURN_DISC_APPENDABLE:
		if (facts->is_unformatted)
			return FSI_FAIL(E_IMAPI_RECORDER_MEDIA_NOT_FORMATTED);
		*ret_value = facts->profile != NULL && facts->profile->is_written;
		return S_OK;
	case BURN_DISC_FULL:
	case BURN_DISC_UNGRABBED:
	case BURN_DISC_UNSUITABLE:
	default:
		*ret_value = 0;
		return S_OK;
	}
}

static HRESULT get_type(const struct fsi_drive_facts *facts, int32_t *ret_value)
{
	if (facts->status == BURN_DISC_EMPTY)
		return FSI_FAIL(E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
	*ret_value = facts->profile != NULL ? (int32_t)facts->profile->type
					    : IMAPI_MEDIA_TYPE_UNKNOWN;
	return S_OK;
}

static HRESULT get_sequential(const struct fsi_drive_facts *facts,
			      enum fsi_multisession_value which, int32_t *ret_value)
{
	switch ((int)which) {
	case FSI_MULTISESSION_IS_FIRST_DATA_SESSION:
		*ret_value = facts->is_first_data;
		return S_OK;
	case FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION:
		*ret_value = facts->previous_start;
		return S_OK;
	case FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION:
		*ret_value = facts->previous_last;
		return S_OK;
	case FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS:
		*ret_value = facts->next;
		return S_OK;
	case FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA:
		*ret_value = facts->free;
		return S_OK;
	default:
		return FSI_FAIL(E_NOTIMPL);
	}
}

static HRESULT get_random(const struct fsi_drive_facts *facts,
			  enum fsi_multisession_value which, int32_t *ret_value)
{
	switch ((int)which) {
	case FSI_MULTISESSION_LAST_WRITTEN_ADDRESS:
		/* A disc has all its blocks from the beginning; a file has not. */
		if (facts->profile == NULL || facts->profile->number != FSI_PROFILE_FILE)
			return FSI_FAIL(E_NOTIMPL);
		*ret_value = facts->readable - 1;
		return S_OK;
	case FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA:
		*ret_value = facts->total;
		return S_OK;
	default:
		return FSI_FAIL(E_NOTIMPL);
	}
}

static bool is_random(const struct fsi_drive *drive)
{
	return drive->facts.profile != NULL &&
	       drive->facts.profile->kind == FSI_MULTISESSION_RANDOM_WRITE;
}

static HRESULT get_value(void *self, enum fsi_multisession_value which,
			 int32_t *ret_value)
{
	const struct fsi_drive *drive = self;
	const struct fsi_drive_facts *facts = &drive->facts;

	switch ((int)which) {
	case FSI_MULTISESSION_IS_SUPPORTED:
		return get_support(facts, ret_value);
	case FSI_MULTISESSION_MEDIA_TYPE:
		return get_type(facts, ret_value);
	case FSI_MULTISESSION_WRITE_UNIT_SIZE:
		*ret_value = facts->profile != NULL ? facts->profile->unit_blocks : 1;
		return S_OK;
	case FSI_MULTISESSION_LARGEST_MEDIA:
		*ret_value = facts->largest;
		return S_OK;
	default:
		return is_random(drive) ? get_random(facts, which, ret_value)
					: get_sequential(facts, which, ret_value);
	}
}

static HRESULT get_ranges(void *self, struct fsi_multisession_range *ret_ranges,
			  size_t room, size_t *ret_count)
{
	const struct fsi_drive *drive = self;

	for (size_t i = 0; i < room && i < drive->ranges.count; i++)
		ret_ranges[i] = drive->ranges.items[i];
	*ret_count = drive->ranges.count;
	return S_OK;
}

/* ---- reading and writing ----------------------------------------------- */

static HRESULT open_import_stream(void *self, fsi_stream **ret_stream)
{
	return fsi_drive_open_stream(self, ret_stream);
}

static HRESULT append(void *self, uint32_t block, const void *bytes, uint32_t block_count)
{
	return fsi_drive_append(self, block, bytes, block_count);
}

static HRESULT end_session(void *self)
{
	return fsi_drive_end_run(self);
}

static HRESULT overwrite(void *self, uint32_t block, const void *bytes,
			 uint32_t block_count)
{
	return fsi_drive_overwrite(self, block, bytes, block_count);
}

static HRESULT flush(void *self)
{
	return fsi_drive_flush(self);
}

static HRESULT cut_file(void *self, uint64_t size)
{
	const struct fsi_drive *drive = self;

	return fsi_media_cut_descriptor(drive->lock_descriptor, size);
}

static void close_drive(void *self)
{
	fsi_drive_release(self);
}

static const struct fsi_multisession_ops sequential_ops = {
	.size = sizeof(sequential_ops),
	.kind = FSI_MULTISESSION_SEQUENTIAL,
	.get_value = get_value,
	.open_import_stream = open_import_stream,
	.get_ranges = get_ranges,
	.write = append,
	.sync = end_session,
	.destroy = close_drive,
};

static const struct fsi_multisession_ops random_ops = {
	.size = sizeof(random_ops),
	.kind = FSI_MULTISESSION_RANDOM_WRITE,
	.get_value = get_value,
	.open_import_stream = open_import_stream,
	.get_ranges = get_ranges,
	.write = overwrite,
	.sync = flush,
	.destroy = close_drive,
};

static const struct fsi_multisession_ops file_ops = {
	.size = sizeof(file_ops),
	.kind = FSI_MULTISESSION_RANDOM_WRITE,
	.get_value = get_value,
	.open_import_stream = open_import_stream,
	.write = overwrite,
	.sync = flush,
	.cut = cut_file,
	.destroy = close_drive,
};

static const struct fsi_multisession_ops *get_ops(const struct fsi_drive *drive)
{
	if (!is_random(drive))
		return &sequential_ops;
	return drive->lock_descriptor >= 0 ? &file_ops : &random_ops;
}

HRESULT fsi_multisession_create_on_drive(const char *address,
					 fsi_multisession **ret_multisession)
{
	struct fsi_drive *drive = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (address == NULL || ret_multisession == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_drive_open(address, &drive));
	hr = fsi_multisession_make(get_ops(drive), drive, ret_multisession);
	if (FAILED(hr))
		fsi_drive_release(drive);
	return hr;
}
