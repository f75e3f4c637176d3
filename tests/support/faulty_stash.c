/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stash of the library: its sources are included here, with system calls that
 * fail as a test wants, and take the place of what the library has.
 */
#include "tests/support/faulty_stash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct stash_faults stash_faults;

static bool fails(int error)
{
	errno = error;
	return error != 0;
}

static bool creation_fails(void)
{
	if (!fails(stash_faults.create))
		return false;
	if (stash_faults.creations > 0 && --stash_faults.creations == 0)
		stash_faults.create = 0;
	errno = EEXIST;
	return true;
}

static int test_open(const char *path, int flags, mode_t mode)
{
	const bool is_nameless = (flags & O_TMPFILE) == O_TMPFILE;

	if (is_nameless && fails(stash_faults.nameless))
		return -1;
	if (!is_nameless && stash_faults.create == EEXIST && creation_fails())
		return -1;
	if (!is_nameless && fails(stash_faults.create))
		return -1;
	if (!is_nameless)
		snprintf(stash_faults.last_name, sizeof(stash_faults.last_name), "%s",
			 strrchr(path, '/') + 1);
	return open(path, flags, mode);
}

static int test_unlink(const char *path)
{
	/* It is gone all the same, so that nothing is left behind. */
	return unlink(path) != 0 || fails(stash_faults.unlink) ? -1 : 0;
}

static ssize_t test_pwrite(int descriptor, const void *bytes, size_t length, off_t offset)
{
	const unsigned before = stash_faults.writes++;

	if (stash_faults.interrupts && before % 2 == 0 && fails(EINTR))
		return -1;
	if ((int)before >= stash_faults.write_after && fails(stash_faults.write))
		return -1;
	if (stash_faults.writes_none)
		return 0;
	if (stash_faults.piece > 0 && length > stash_faults.piece)
		length = stash_faults.piece;
	if (stash_faults.spoils && length > 0)
		return pwrite(descriptor, "?", 1, offset) == 1 ? (ssize_t)length : -1;
	return pwrite(descriptor, bytes, length, offset);
}

static int test_fstatvfs(int descriptor, struct statvfs *status)
{
	if (fails(stash_faults.statvfs))
		return -1;
	if (fstatvfs(descriptor, status) != 0)
		return -1;
	if (stash_faults.tells_nothing)
		status->f_blocks = status->f_bavail = 0;
	if (stash_faults.free_bytes > 0) {
		status->f_frsize = 1;
		status->f_bavail = stash_faults.free_bytes;
	}
	return 0;
}

/* What io/descriptor.c has, for the stash only. */
static int test_read(int descriptor, uint64_t offset, void *buffer, size_t length,
		     bool to_end, size_t *ret_read)
{
	const ssize_t got = pread(descriptor, buffer, length, (off_t)offset);

	(void)to_end;
	if ((int)stash_faults.reads++ >= stash_faults.read_after &&
	    fails(stash_faults.read))
		return stash_faults.read;
	*ret_read = got > 0 ? (size_t)got : 0;
	return got < 0 ? errno : 0;
}

#include "io/stream.h"
#include "io/system.h"

#define pwrite(descriptor, bytes, l, o) test_pwrite(descriptor, bytes, l, o)
#define fsi_read_descriptor		stash_read_descriptor
#define fsi_write_descriptor		stash_write_descriptor
#include "io/descriptor.c"
#undef fsi_read_descriptor

#define fsi_system_open(folder, path, f, m)   test_open(path, f, m)
#define unlink(path)			      test_unlink(path)
#define fstatvfs(descriptor, status)	      test_fstatvfs(descriptor, status)
#define fsi_read_descriptor(d, o, b, l, e, r) test_read(d, o, b, l, e, r)
#define refuse_writing			      refuse_writing_item
#define refuse_reading			      refuse_reading_item

#include "stash/file.c"
#include "stash/item.c"
#include "stash/stash.c"
#include "stash/writer.c"
