/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc that is a file of this computer: an image, or a block device. */
#include "media/multisession.h"

#include "base/checked.h"
#include "base/memory.h"
#include "error/fail.h"
#include "io/descriptor.h"
#include "io/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Sectors are counted with 31 bits; a session ends on a multiple of 32. */
#define SECTORS_MAX INT64_C(0x7ffffff0)

struct file_disc {
	int descriptor;
	bool is_device;
};

/* ---- numbers ----------------------------------------------------------- */

static HRESULT measure(const struct file_disc *disc, uint64_t *ret_size)
{
	struct stat status;
	off_t end = 0;

	if (fstat(disc->descriptor, &status) != 0)
		return fsi_error_from_errno(errno);
	end = disc->is_device ? lseek(disc->descriptor, 0, SEEK_END) : status.st_size;
	if (end < 0)
		return fsi_error_from_errno(errno);
	*ret_size = (uint64_t)end;
	return S_OK;
}

/* What the file has, and what its file system has room for. */
static uint64_t count_total(const struct file_disc *disc, uint64_t blocks)
{
	struct statvfs status;
	uint64_t room = 0;

	if (disc->is_device)
		return blocks;
	if (fstatvfs(disc->descriptor, &status) != 0 ||
	    !fsi_multiply_u64(status.f_bavail, status.f_frsize, &room))
		return SECTORS_MAX;
	return blocks + room / FSI_BLOCK_SIZE;
}

static HRESULT get_last_written(const struct file_disc *disc, uint64_t blocks,
				int32_t *ret_value)
{
	if (disc->is_device)
		return FSI_FAIL(E_NOTIMPL);
	*ret_value = (int32_t)blocks - 1;
	return S_OK;
}

static HRESULT get_value(void *self, enum fsi_multisession_value which,
			 int32_t *ret_value)
{
	const struct file_disc *disc = self;
	uint64_t size = 0;
	uint64_t blocks = 0;
	uint64_t total = 0;

	FSI_TRY(measure(disc, &size));
	blocks = fsi_blocks_of(size);
	switch ((int)which) {
	case FSI_MULTISESSION_IS_SUPPORTED:
		*ret_value = blocks < SECTORS_MAX;
		return S_OK;
	case FSI_MULTISESSION_MEDIA_TYPE:
		*ret_value = IMAPI_MEDIA_TYPE_DISK;
		return S_OK;
	case FSI_MULTISESSION_WRITE_UNIT_SIZE:
		*ret_value = 1;
		return S_OK;
	case FSI_MULTISESSION_LAST_WRITTEN_ADDRESS:
		return get_last_written(disc, blocks < SECTORS_MAX ? blocks : SECTORS_MAX,
					ret_value);
	case FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA:
	case FSI_MULTISESSION_LARGEST_MEDIA:
		total = count_total(disc, blocks);
		*ret_value = (int32_t)(total < SECTORS_MAX ? total : SECTORS_MAX);
		return S_OK;
	default:
		return FSI_FAIL(E_NOTIMPL);
	}
}

/* ---- reading and writing ----------------------------------------------- */

static HRESULT open_import_stream(void *self, fsi_stream **ret_stream)
{
	const struct file_disc *disc = self;

	return fsi_stream_make_on_descriptor(disc->descriptor, ret_stream);
}

static HRESULT write_blocks(void *self, uint32_t block, const void *bytes,
			    uint32_t block_count)
{
	const struct file_disc *disc = self;
	const int error =
		fsi_write_descriptor(disc->descriptor, (uint64_t)block * FSI_BLOCK_SIZE,
				     bytes, (size_t)block_count * FSI_BLOCK_SIZE);

	return error != 0 ? fsi_error_from_errno(error) : S_OK;
}

static HRESULT sync_file(void *self)
{
	const struct file_disc *disc = self;

	return fsync(disc->descriptor) != 0 ? fsi_error_from_errno(errno) : S_OK;
}

HRESULT fsi_media_cut_descriptor(int descriptor, uint64_t size)
{
	struct stat status;

	if (fstat(descriptor, &status) != 0)
		return fsi_error_from_errno(errno);
	if (S_ISREG(status.st_mode) && (uint64_t)status.st_size > size &&
	    ftruncate(descriptor, (off_t)size) != 0)
		return fsi_error_from_errno(errno);
	return S_OK;
}

static HRESULT cut_file(void *self, uint64_t size)
{
	const struct file_disc *disc = self;

	return fsi_media_cut_descriptor(disc->descriptor, size);
}

/* With it, the lock goes. */
static void close_file(void *self)
{
	struct file_disc *disc = self;

	close(disc->descriptor);
	fsi_free(disc);
}

static const struct fsi_multisession_ops read_ops = {
	.size = sizeof(read_ops),
	.kind = FSI_MULTISESSION_RANDOM_WRITE,
	.get_value = get_value,
	.open_import_stream = open_import_stream,
	.destroy = close_file,
};

static const struct fsi_multisession_ops write_ops = {
	.size = sizeof(write_ops),
	.kind = FSI_MULTISESSION_RANDOM_WRITE,
	.get_value = get_value,
	.open_import_stream = open_import_stream,
	.write = write_blocks,
	.sync = sync_file,
	.cut = cut_file,
	.destroy = close_file,
};

/* ---- opening ----------------------------------------------------------- */

HRESULT fsi_media_lock_descriptor(int descriptor)
{
	if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
		return S_OK;
	if (errno != EWOULDBLOCK)
		return fsi_error_from_errno(errno);
	return fsi_error_detail(FSI_FAIL(FSI_E_SHARING_VIOLATION),
				"A session is being added to it.");
}

/*
 * O_NONBLOCK: opening a FIFO must not wait for a writer. O_EXCL: a device that is
 * mounted is busy; of other files it would mean nothing.
 */
static HRESULT open_file(const char *path, bool for_writing, struct file_disc *disc)
{
	const int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	struct stat status;

	if (stat(path, &status) == 0 && S_ISBLK(status.st_mode) && for_writing)
		disc->descriptor = open(path, O_RDWR | O_EXCL | flags);
	else
		disc->descriptor = open(path, (for_writing ? O_RDWR : O_RDONLY) | flags);
	if (disc->descriptor < 0 || fstat(disc->descriptor, &status) != 0)
		return fsi_error_from_errno(errno);
	disc->is_device = S_ISBLK(status.st_mode);
	if (S_ISDIR(status.st_mode))
		return fsi_error_from_errno(EISDIR);
	if (!disc->is_device && !S_ISREG(status.st_mode))
		return fsi_error_from_errno(ESPIPE);
	return for_writing ? fsi_media_lock_descriptor(disc->descriptor) : S_OK;
}

HRESULT fsi_multisession_create_on_file(const char *path, bool for_writing,
					fsi_multisession **ret_multisession)
{
	struct file_disc *disc = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (path == NULL || ret_multisession == NULL)
		return FSI_FAIL(E_POINTER);
	disc = fsi_allocate_zeroed(1, sizeof(*disc));
	if (disc == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = open_file(path, for_writing, disc);
	if (SUCCEEDED(hr))
		hr = fsi_multisession_make(for_writing ? &write_ops : &read_ops, disc,
					   ret_multisession);
	if (SUCCEEDED(hr))
		return S_OK;
	if (disc->descriptor >= 0)
		close(disc->descriptor);
	fsi_free(disc);
	return hr;
}
