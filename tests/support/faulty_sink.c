/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sinks of the library: their sources are included here, with system calls
 * that fail as a test wants, and take the place of what the library has.
 */
#include "tests/support/faulty_sink.h"

#include "io/system.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct faults faults;

static bool fails(int error)
{
	errno = error;
	return error != 0;
}

static int test_open(int folder, const char *path, int flags, mode_t mode)
{
	const bool is_nameless = (flags & O_TMPFILE) == O_TMPFILE;
	const bool is_new = is_nameless || (flags & O_CREAT) != 0;

	if (is_new && fails(is_nameless ? faults.nameless : faults.create))
		return -1;
	return openat(folder, path, flags | O_CLOEXEC, mode);
}

static int test_access(const char *path, int mode)
{
	return fails(faults.proc) ? -1 : access(path, mode);
}

static int test_renameat2(int old_folder, const char *old_name, int new_folder,
			  const char *new_name, unsigned flags)
{
	if (fails(faults.exclusive))
		return -1;
	return renameat2(old_folder, old_name, new_folder, new_name, flags);
}

static int test_linkat(int old_folder, const char *old_name, int new_folder,
		       const char *new_name, int flags)
{
	if (fails(faults.link))
		return -1;
	return linkat(old_folder, old_name, new_folder, new_name, flags);
}

static int test_renameat(int old_folder, const char *old_name, int new_folder,
			 const char *new_name)
{
	if (fails(faults.rename))
		return -1;
	return renameat(old_folder, old_name, new_folder, new_name);
}

static int test_unlinkat(int folder, const char *name, int flags)
{
	return fails(faults.unlink) ? -1 : unlinkat(folder, name, flags);
}

static ssize_t test_write(int descriptor, const void *bytes, size_t length)
{
	return fails(faults.write) ? -1 : write(descriptor, bytes, length);
}

static int test_fsync(int descriptor)
{
	if ((int)faults.syncs++ >= faults.fsync_after && fails(faults.fsync))
		return -1;
	return fsync(descriptor);
}

static int test_fchmod(int descriptor, mode_t mode)
{
	return fails(faults.chmod) ? -1 : fchmod(descriptor, mode);
}

static int test_ftruncate(int descriptor, uint64_t size)
{
	return fails(faults.truncate) ? -1 : ftruncate(descriptor, (off_t)size);
}

static off_t test_lseek(int descriptor, off_t offset, int whence)
{
	return fails(faults.seek) ? -1 : lseek(descriptor, offset, whence);
}

static int test_sync_file_range(int descriptor, off_t offset, off_t length,
				unsigned flags)
{
	ck_assert_int_ge(descriptor, 0);
	if ((flags & SYNC_FILE_RANGE_WAIT_BEFORE) != 0) {
		ck_assert_uint_eq(flags, SYNC_FILE_RANGE_WAIT_BEFORE |
						 SYNC_FILE_RANGE_WRITE |
						 SYNC_FILE_RANGE_WAIT_AFTER);
		ck_assert_uint_eq((uint64_t)offset, faults.awaited);
		ck_assert_int_gt(length, 0);
		faults.awaited += (uint64_t)length;
		ck_assert_uint_le(faults.awaited, faults.flushed);
		return fails(faults.wait) ? -1 : 0;
	}
	ck_assert_uint_eq((uint64_t)offset, faults.flushed);
	ck_assert_uint_eq(flags, SYNC_FILE_RANGE_WRITE);
	faults.flushed += (uint64_t)length;
	return fails(faults.flush) ? -1 : 0;
}

static int test_posix_fadvise(int descriptor, off_t offset, off_t length, int advice)
{
	ck_assert_int_ge(descriptor, 0);
	ck_assert_int_eq(advice, POSIX_FADV_DONTNEED);
	ck_assert_uint_eq((uint64_t)offset, faults.dropped);
	faults.dropped += (uint64_t)length;
	ck_assert_uint_eq(faults.dropped, faults.awaited);
	return 0;
}

static int test_stat(const char *path, struct stat *status)
{
	const int result = stat(path, status);

	if (result == 0 && faults.is_device)
		status->st_mode = (status->st_mode & ~(mode_t)S_IFMT) | S_IFBLK;
	return result;
}

#define fsi_system_open(a, b, c, d)   test_open(a, b, c, d)
#define access(path, mode)	      test_access(path, mode)
#define renameat2(a, b, c, d, flags)  test_renameat2(a, b, c, d, flags)
#define linkat(a, b, c, d, flags)     test_linkat(a, b, c, d, flags)
#define renameat(a, b, c, d)	      test_renameat(a, b, c, d)
#define unlinkat(folder, name, flags) test_unlinkat(folder, name, flags)
#define write(descriptor, b, length)  test_write(descriptor, b, length)
#define fsi_system_sync(descriptor)   test_fsync(descriptor)
#define fchmod(descriptor, mode)      test_fchmod(descriptor, mode)
#define fsi_system_truncate(d, size)  test_ftruncate(d, size)
#define lseek(descriptor, o, whence)  test_lseek(descriptor, o, whence)
#define sync_file_range(d, o, l, f)   test_sync_file_range(d, o, l, f)
#define posix_fadvise(d, o, l, a)     test_posix_fadvise(d, o, l, a)
#define stat(path, status)	      test_stat(path, status)

#include "io/sink.c"
#include "io/target.c"
