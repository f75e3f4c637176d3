/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the system reports by errno, as result codes and in words. */
#include "error/fail.h"

#include <errno.h>
#include <string.h>

/* Several values of errno may share a code; the system's reason tells them apart. */
static const struct errno_row {
	int error_number;
	HRESULT code;
} errno_table[] = {
	{ENOENT, FSI_E_FILE_NOT_FOUND},
	{ENOTDIR, FSI_E_DIRECTORY},
	{EISDIR, FSI_E_DIRECTORY_NOT_SUPPORTED},
	{EEXIST, FSI_E_FILE_EXISTS},
	{ENOTEMPTY, FSI_E_DIR_NOT_EMPTY},
	{ENAMETOOLONG, FSI_E_FILENAME_EXCED_RANGE},
	{EILSEQ, FSI_E_INVALID_NAME},
	{ELOOP, FSI_E_CANT_RESOLVE_FILENAME},
	{EACCES, E_ACCESSDENIED},
	{EPERM, E_ACCESSDENIED},
	{EROFS, FSI_E_WRITE_PROTECT},
	{ETXTBSY, FSI_E_SHARING_VIOLATION},
	{EBUSY, FSI_E_BUSY},
	{EMFILE, FSI_E_TOO_MANY_OPEN_FILES},
	{ENFILE, FSI_E_TOO_MANY_OPEN_FILES},
	{EBADF, FSI_E_INVALID_HANDLE},
	{ENOMEM, E_OUTOFMEMORY},
	{EINVAL, E_INVALIDARG},
	{ENOSYS, FSI_E_NOT_SUPPORTED},
	{EOPNOTSUPP, FSI_E_NOT_SUPPORTED},
	{ENOTTY, FSI_E_NOT_SUPPORTED},
	{EPIPE, FSI_E_BROKEN_PIPE},
	{ECONNRESET, FSI_E_BROKEN_PIPE},
	{ESPIPE, FSI_E_SEEK_ON_DEVICE},
	{ENOSPC, FSI_E_DISK_FULL},
	{EDQUOT, FSI_E_DISK_QUOTA_EXCEEDED},
	{EFBIG, FSI_E_FILE_TOO_LARGE},
	{EOVERFLOW, FSI_E_FILE_TOO_LARGE},
	{EIO, FSI_E_IO_DEVICE},
	{EREMOTEIO, FSI_E_IO_DEVICE},
	{EUCLEAN, FSI_E_DISK_CORRUPT},
	{EBADMSG, FSI_E_DISK_CORRUPT},
	{ENODEV, FSI_E_DEV_NOT_EXIST},
	{ENXIO, FSI_E_DEV_NOT_EXIST},
	{ENOMEDIUM, FSI_E_NOT_READY},
	{EAGAIN, FSI_E_NOT_READY},
	{ESTALE, FSI_E_FILE_INVALID},
	{ETIMEDOUT, FSI_E_TIMEOUT},
};

HRESULT fsi_error_code_from_errno(int error_number)
{
	for (size_t i = 0; i < sizeof(errno_table) / sizeof(errno_table[0]); i++) {
		if (errno_table[i].error_number == error_number)
			return errno_table[i].code;
	}
	return E_FAIL;
}

HRESULT fsi_error_from_errno(int error_number)
{
	const HRESULT hr = fsi_error_raise_none(fsi_error_code_from_errno(error_number));

	return fsi_error_with_reason(hr, error_number);
}

const char *fsi_error_reason(int error_number)
{
	/* strerror() would speak the user's language; this one does not. */
	const char *reason = error_number != 0 ? strerrordesc_np(error_number) : NULL;

	return reason != NULL ? reason : "Unknown error";
}

static bool ends_in_colon(const char *text)
{
	const size_t length = strlen(text);

	return length > 0 && text[length - 1] == ':';
}

HRESULT fsi_error_with_reason(HRESULT hr, int error_number)
{
	const struct fsi_code *row = fsi_code_from_value(hr);
	const char *reason = fsi_error_reason(error_number);

	if (row != NULL && ends_in_colon(row->message))
		return fsi_error_detail(hr, "%s.", reason);
	return fsi_error_detail(hr, "The system reports: %s.", reason);
}
