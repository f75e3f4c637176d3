/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and closing a drive. */
#include "media/drive.h"

#include "base/memory.h"
#include "error/fail.h"
#include "media/burn.h"
#include "media/multisession.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What libburn calls a drive that is a file. */
#define FILE_PREFIX "stdio:"

/*
 * libburn would make the file, take it as writable whatever it is, and share it with
 * others. So it is opened here, too, and the lock is ours.
 */
static HRESULT lock_file(struct fsi_drive *drive, const char *path)
{
	struct stat status;

	drive->lock_descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (drive->lock_descriptor < 0 || fstat(drive->lock_descriptor, &status) != 0)
		return fsi_error_from_errno(errno);
	if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
		return fsi_error_from_errno(ESPIPE);
	return fsi_media_lock_descriptor(drive->lock_descriptor);
}

/* A drive that is mounted, or that another program has, is busy. */
static HRESULT check_free(const char *path)
{
	const int descriptor =
		open(path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const int error = descriptor < 0 ? errno : 0;

	if (descriptor >= 0)
		close(descriptor);
	if (error == EBUSY)
		return FSI_FAIL(E_IMAPI_RECORDER_LOCKED);
	return error != 0 ? fsi_error_from_errno(error) : S_OK;
}

/* Within fsi_burn_begin() and _end(). */
static HRESULT grab(struct fsi_drive *drive, const char *address)
{
	char found[BURN_DRIVE_ADR_LEN] = "";

	if (drive->lock_descriptor >= 0) {
		strncat(found, address, sizeof(found) - 1);
	} else {
		char path[BURN_DRIVE_ADR_LEN] = "";

		strncat(path, address, sizeof(path) - 1);
		if (burn_drive_convert_fs_adr(path, found) <= 0)
			return fsi_error_detail(FSI_FAIL(FSI_E_DEV_NOT_EXIST),
						"\"%s\" is no drive.", address);
	}
	if (burn_drive_scan_and_grab(&drive->infos, found, 1) <= 0) {
		drive->infos = NULL;
		return fsi_burn_explain(FSI_FAIL(E_IMAPI_RECORDER_LOCKED));
	}
	drive->drive = drive->infos[0].drive;
	return fsi_drive_assess(drive);
}

static HRESULT open_drive(struct fsi_drive *drive, const char *address)
{
	const size_t prefix = strlen(FILE_PREFIX);
	HRESULT hr = S_OK;

	if (strlen(address) >= BURN_DRIVE_ADR_LEN)
		return fsi_error_from_errno(ENAMETOOLONG);
	if (strncmp(address, FILE_PREFIX, prefix) == 0)
		FSI_TRY(lock_file(drive, address + prefix));
	else
		FSI_TRY(check_free(address));
	FSI_TRY(fsi_burn_begin());
	hr = grab(drive, address);
	fsi_burn_end();
	return hr;
}

HRESULT fsi_drive_open(const char *address, struct fsi_drive **ret_drive)
{
	struct fsi_drive *drive = fsi_allocate_zeroed(1, sizeof(*drive));
	HRESULT hr = S_OK;

	if (drive == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&drive->references, 1);
	drive->lock_descriptor = -1;
	hr = open_drive(drive, address);
	if (FAILED(hr))
		fsi_drive_release(drive);
	else
		*ret_drive = drive;
	return hr;
}

struct fsi_drive *fsi_drive_add_ref(struct fsi_drive *drive)
{
	atomic_fetch_add_explicit(&drive->references, 1, memory_order_relaxed);
	return drive;
}

static void let_go(struct fsi_drive *drive)
{
	if (drive->infos == NULL || FAILED(fsi_burn_begin()))
		return;
	burn_drive_release(drive->drive, 0);
	burn_drive_info_forget(&drive->infos[0], 1);
	burn_drive_info_free(drive->infos);
	fsi_burn_end();
}

void fsi_drive_release(struct fsi_drive *drive)
{
	struct fsi_error_state error;

	if (atomic_fetch_sub_explicit(&drive->references, 1, memory_order_acq_rel) != 1)
		return;
	fsi_error_save(&error);
	fsi_drive_give_up_run(drive);
	let_go(drive);
	if (drive->lock_descriptor >= 0)
		close(drive->lock_descriptor);
	fsi_vector_free(&drive->ranges);
	fsi_free(drive);
	fsi_error_restore(&error);
}
