/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions by which the command asks the system, each of which may fail. */
#include "tests/faults/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The next function of this name, whatever its type. */
#define NEXT(variable, name) \
	do { \
		void *const found_ = fault_next(name); \
		memcpy(&(variable), &found_, sizeof(variable)); \
	} while (0)

/* A function that fails or does what it always does. */
#define FAULTY(type, failure, name, parameters, arguments, descriptor, path) \
	type name parameters \
	{ \
		type(*next) parameters = NULL; \
		NEXT(next, #name); \
		if (fault_begin(#name, descriptor, path) != FAULT_NONE) \
			return failure; \
		return next arguments; \
	}

/* ---- opening ----------------------------------------------------------- */

static mode_t mode_of(int flags, va_list rest)
{
	const bool has_mode = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;

	return has_mode ? va_arg(rest, mode_t) : 0;
}

int open64(const char *path, int flags, ...)
{
	int (*next)(const char *, int, ...) = NULL;
	mode_t mode = 0;
	va_list rest;

	va_start(rest, flags);
	mode = mode_of(flags, rest);
	va_end(rest);
	NEXT(next, "open64");
	if (fault_begin("open64", -1, path) != FAULT_NONE)
		return -1;
	return next(path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
	int (*next)(int, const char *, int, ...) = NULL;
	mode_t mode = 0;
	va_list rest;

	va_start(rest, flags);
	mode = mode_of(flags, rest);
	va_end(rest);
	NEXT(next, "openat64");
	if (fault_begin("openat64", folder, path) != FAULT_NONE)
		return -1;
	return next(folder, path, flags, mode);
}

int fcntl64(int descriptor, int command, ...)
{
	int (*next)(int, int, ...) = NULL;
	void *argument = NULL;
	va_list rest;

	va_start(rest, command);
	argument = va_arg(rest, void *);
	va_end(rest);
	NEXT(next, "fcntl64");
	if (fault_begin("fcntl64", descriptor, NULL) != FAULT_NONE)
		return -1;
	return next(descriptor, command, argument);
}

/* As Linux does: whatever it says, the descriptor is closed. */
int close(int descriptor)
{
	const enum fault fault = fault_begin("close", descriptor, NULL);
	const int error = errno;
	int (*next)(int) = NULL;
	int result = 0;

	NEXT(next, "close");
	result = next(descriptor);
	if (fault == FAULT_NONE)
		return result;
	errno = error;
	return -1;
}

/* ---- folders ----------------------------------------------------------- */

FAULTY(DIR *, NULL, opendir, (const char *path), (path), -1, path)
FAULTY(DIR *, NULL, fdopendir, (int descriptor), (descriptor), descriptor, NULL)
FAULTY(struct dirent64 *, NULL, readdir64, (DIR * folder), (folder), dirfd(folder), NULL)
FAULTY(int, -1, mkdirat, (int folder, const char *path, mode_t mode),
       (folder, path, mode), folder, path)
FAULTY(int, -1, mkdir, (const char *path, mode_t mode), (path, mode), -1, path)

/* ---- reading and writing ----------------------------------------------- */

static size_t half(enum fault fault, size_t length)
{
	return fault == FAULT_SHORT && length > 1 ? length / 2 : length;
}

ssize_t read(int descriptor, void *bytes, size_t length)
{
	const enum fault fault = fault_begin("read", descriptor, NULL);
	ssize_t (*next)(int, void *, size_t) = NULL;

	NEXT(next, "read");
	if (fault == FAULT_FAIL || fault == FAULT_END)
		return fault == FAULT_END ? 0 : -1;
	return next(descriptor, bytes, half(fault, length));
}

ssize_t preadv64(int descriptor, const struct iovec *parts, int count, off64_t offset)
{
	const enum fault fault = fault_begin("preadv64", descriptor, NULL);
	struct iovec first = parts[0];
	ssize_t (*next)(int, const struct iovec *, int, off64_t) = NULL;

	NEXT(next, "preadv64");
	if (fault == FAULT_FAIL || fault == FAULT_END)
		return fault == FAULT_END ? 0 : -1;
	if (fault != FAULT_SHORT)
		return next(descriptor, parts, count, offset);
	first.iov_len = half(fault, first.iov_len);
	return next(descriptor, &first, 1, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t length)
{
	const enum fault fault = fault_begin("write", descriptor, NULL);
	ssize_t (*next)(int, const void *, size_t) = NULL;

	NEXT(next, "write");
	return fault == FAULT_FAIL ? -1 : next(descriptor, bytes, half(fault, length));
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset)
{
	const enum fault fault = fault_begin("pwrite64", descriptor, NULL);
	ssize_t (*next)(int, const void *, size_t, off64_t) = NULL;

	NEXT(next, "pwrite64");
	return fault == FAULT_FAIL ? -1
				   : next(descriptor, bytes, half(fault, length), offset);
}

FAULTY(off64_t, -1, lseek64, (int descriptor, off64_t offset, int whence),
       (descriptor, offset, whence), descriptor, NULL)
FAULTY(int, -1, poll, (struct pollfd * list, nfds_t count, int patience),
       (list, count, patience), list->fd, NULL)

/* ---- sharing ----------------------------------------------------------- */

/* As strict as XFS and btrfs are. */
static int clone_by_copying(int target, const struct file_clone_range *range)
{
	const size_t length = range->src_length;
	char *bytes = malloc(length > 0 ? length : 1);
	int result = -1;

	errno = EINVAL;
	if (bytes != NULL &&
	    (range->src_offset | range->dest_offset | range->src_length) % 4096 == 0 &&
	    pread64((int)range->src_fd, bytes, length, (off64_t)range->src_offset) ==
		    (ssize_t)length) {
		ssize_t (*next)(int, const void *, size_t, off64_t) = NULL;

		NEXT(next, "pwrite64");
		if (next(target, bytes, length, (off64_t)range->dest_offset) ==
		    (ssize_t)length)
			result = 0;
	}
	free(bytes);
	return result;
}

int ioctl(int descriptor, unsigned long request, ...)
{
	int (*next)(int, unsigned long, ...) = NULL;
	void *argument = NULL;
	va_list rest;

	va_start(rest, request);
	argument = va_arg(rest, void *);
	va_end(rest);
	NEXT(next, "ioctl");
	if (fault_begin("ioctl", descriptor, NULL) != FAULT_NONE)
		return -1;
	if (request == FICLONERANGE && fault_emulates_cloning())
		return clone_by_copying(descriptor, argument);
	return next(descriptor, request, argument);
}

/* ---- what is known of files -------------------------------------------- */

FAULTY(int, -1, fstat64, (int descriptor, struct stat64 *status), (descriptor, status),
       descriptor, NULL)
FAULTY(int, -1, stat64, (const char *path, struct stat64 *status), (path, status), -1,
       path)
FAULTY(int, -1, lstat64, (const char *path, struct stat64 *status), (path, status), -1,
       path)
FAULTY(int, -1, fstatat64,
       (int folder, const char *path, struct stat64 *status, int flags),
       (folder, path, status, flags), folder, path)
FAULTY(int, -1, statx,
       (int folder, const char *path, int flags, unsigned mask, struct statx *status),
       (folder, path, flags, mask, status), folder, path)
FAULTY(int, -1, fstatvfs64, (int descriptor, struct statvfs64 *status),
       (descriptor, status), descriptor, NULL)
FAULTY(int, -1, access, (const char *path, int mode), (path, mode), -1, path)
FAULTY(int, -1, faccessat, (int folder, const char *path, int mode, int flags),
       (folder, path, mode, flags), folder, path)
FAULTY(ssize_t, -1, readlink, (const char *path, char *target, size_t size),
       (path, target, size), -1, path)
FAULTY(char *, NULL, realpath, (const char *path, char *target), (path, target), -1, path)
FAULTY(char *, NULL, getcwd, (char *path, size_t size), (path, size), -1, NULL)
FAULTY(ssize_t, -1, llistxattr, (const char *path, char *list, size_t size),
       (path, list, size), -1, path)
FAULTY(ssize_t, -1, listxattr, (const char *path, char *list, size_t size),
       (path, list, size), -1, path)
FAULTY(ssize_t, -1, lgetxattr,
       (const char *path, const char *name, void *value, size_t size),
       (path, name, value, size), -1, path)

/* ---- changing files ---------------------------------------------------- */

FAULTY(int, -1, ftruncate64, (int descriptor, off64_t size), (descriptor, size),
       descriptor, NULL)
FAULTY(int, -1, fsync, (int descriptor), (descriptor), descriptor, NULL)
FAULTY(int, -1, sync_file_range,
       (int descriptor, off64_t offset, off64_t length, unsigned flags),
       (descriptor, offset, length, flags), descriptor, NULL)
FAULTY(int, errno, posix_fadvise64,
       (int descriptor, off64_t offset, off64_t length, int advice),
       (descriptor, offset, length, advice), descriptor, NULL)
FAULTY(int, -1, linkat, (int from, const char *old, int to, const char *path, int flags),
       (from, old, to, path, flags), to, path)
FAULTY(int, -1, symlinkat, (const char *target, int folder, const char *path),
       (target, folder, path), folder, path)
FAULTY(int, -1, mknodat, (int folder, const char *path, mode_t mode, dev_t device),
       (folder, path, mode, device), folder, path)
FAULTY(int, -1, renameat, (int from, const char *old, int to, const char *path),
       (from, old, to, path), to, path)
FAULTY(int, -1, renameat2,
       (int from, const char *old, int to, const char *path, unsigned flags),
       (from, old, to, path, flags), to, path)
FAULTY(int, -1, unlinkat, (int folder, const char *path, int flags),
       (folder, path, flags), folder, path)
FAULTY(int, -1, fchmod, (int descriptor, mode_t mode), (descriptor, mode), descriptor,
       NULL)
FAULTY(int, -1, fchmodat, (int folder, const char *path, mode_t mode, int flags),
       (folder, path, mode, flags), folder, path)
FAULTY(int, -1, fchown, (int descriptor, uid_t uid, gid_t gid), (descriptor, uid, gid),
       descriptor, NULL)
FAULTY(int, -1, fchownat, (int folder, const char *path, uid_t uid, gid_t gid, int flags),
       (folder, path, uid, gid, flags), folder, path)
FAULTY(int, -1, futimens, (int descriptor, const struct timespec times[2]),
       (descriptor, times), descriptor, NULL)
FAULTY(int, -1, utimensat,
       (int folder, const char *path, const struct timespec times[2], int flags),
       (folder, path, times, flags), folder, path)
FAULTY(int, -1, fsetxattr,
       (int descriptor, const char *name, const void *value, size_t size, int flags),
       (descriptor, name, value, size, flags), descriptor, NULL)
FAULTY(int, -1, lsetxattr,
       (const char *path, const char *name, const void *value, size_t size, int flags),
       (path, name, value, size, flags), -1, path)

/* ---- threads ----------------------------------------------------------- */

FAULTY(int, errno, pthread_create,
       (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *),
	void *context),
       (thread, attributes, run, context), -1, NULL)
