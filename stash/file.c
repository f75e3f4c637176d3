/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that a stash is in: made without a name, or without one at once. */
#include "stash/file.h"

#include "base/checked.h"
#include "error/fail.h"
#include "io/descriptor.h"
#include "io/stream.h"
#include "io/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xxhash.h>

/* Temporary names tried before giving up. */
#define NAME_ATTEMPTS 1000
#define NAME_SIZE     40

/* Where there are no nameless files: nobody has time to see the name. */
static int open_named(const char *directory)
{
	const size_t size = strlen(directory) + NAME_SIZE;
	char *path = fsi_allocate(size);
	int descriptor = -1;
	int error = EEXIST;

	if (path == NULL) {
		errno = ENOMEM;
		return -1;
	}
	for (unsigned attempt = 0; error == EEXIST && attempt < NAME_ATTEMPTS;
	     attempt++) {
		snprintf(path, size, "%s/.fsimage-stash.%u", directory, attempt);
		descriptor = fsi_system_open(
			AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
		error = descriptor < 0 ? errno : 0;
	}
	if (descriptor >= 0 && unlink(path) != 0) {
		error = errno;
		close(descriptor);
		descriptor = -1;
	}
	fsi_free(path);
	errno = error;
	return descriptor;
}

/* O_EXCL: nobody can give it a name. */
static int open_nameless(const char *directory)
{
	const int descriptor =
		fsi_system_open(AT_FDCWD, directory, O_TMPFILE | O_EXCL | O_RDWR, 0600);

	/* EISDIR: a system from before there were such files. */
	if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		return open_named(directory);
	return descriptor;
}

int fsi_stash_file_open(const char *directory, struct fsi_stash_file **ret_file)
{
	struct fsi_stash_file *file = fsi_allocate(sizeof(*file));
	int error = 0;

	if (file == NULL)
		return ENOMEM;
	file->descriptor = open_nameless(directory);
	if (file->descriptor < 0) {
		error = errno;
		fsi_free(file);
		return error;
	}
	atomic_init(&file->references, 1);
	*ret_file = file;
	return 0;
}

struct fsi_stash_file *fsi_stash_file_add_ref(struct fsi_stash_file *file)
{
	atomic_fetch_add_explicit(&file->references, 1, memory_order_relaxed);
	return file;
}

void fsi_stash_file_release(struct fsi_stash_file *file)
{
	if (file == NULL ||
	    atomic_fetch_sub_explicit(&file->references, 1, memory_order_acq_rel) != 1)
		return;
	close(file->descriptor);
	fsi_free(file);
}

HRESULT fsi_stash_file_check_room(const struct fsi_stash_file *file,
				  const char *directory, uint64_t needed)
{
	struct statvfs status;
	uint64_t room = 0;

	if (fstatvfs(file->descriptor, &status) != 0 || status.f_blocks == 0)
		return S_OK;
	if (!fsi_multiply_u64(status.f_bavail, status.f_frsize, &room) || room >= needed)
		return S_OK;
	return FSI_FAIL(IMAPI_E_WORKING_DIRECTORY_SPACE, directory, (int64_t)room,
			(int64_t)(needed < INT64_MAX ? needed : INT64_MAX));
}

int fsi_stash_file_write(const struct fsi_stash_file *file, uint64_t offset,
			 const void *bytes, size_t length)
{
	return fsi_write_descriptor(file->descriptor, offset, bytes, length);
}

uint32_t fsi_stash_checksum(const void *bytes, size_t length)
{
	return (uint32_t)XXH3_64bits(bytes, length);
}
