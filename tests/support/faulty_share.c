/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library's sharing of blocks: its source is included here, over a system call
 * that copies, as strictly as XFS and btrfs share, and takes the library's place.
 */
#include "tests/support/faulty_share.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct share_faults share_faults;

static void copy_range(int target, const struct file_clone_range *range)
{
	uint8_t *bytes = malloc(range->src_length);

	ck_assert_ptr_nonnull(bytes);
	ck_assert_int_eq(pread((int)range->src_fd, bytes, range->src_length,
			       (off_t)range->src_offset),
			 (ssize_t)range->src_length);
	ck_assert_int_eq(
		pwrite(target, bytes, range->src_length, (off_t)range->dest_offset),
		(ssize_t)range->src_length);
	free(bytes);
}

/* What else happens to the sources at that moment. */
static void interfere(void)
{
	struct stat status;

	if (share_faults.touch != NULL) {
		const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

		ck_assert_int_eq(utimensat(AT_FDCWD, share_faults.touch, times, 0), 0);
	}
	if (share_faults.cut != NULL) {
		ck_assert_int_eq(stat(share_faults.cut, &status), 0);
		ck_assert_int_eq(truncate(share_faults.cut, status.st_size - 1), 0);
	}
}

static int refuse(int error)
{
	errno = error;
	return -1;
}

static int test_ioctl(int target, unsigned long request,
		      const struct file_clone_range *range)
{
	ck_assert_uint_eq(request, FICLONERANGE);
	if (share_faults.interrupts > 0) {
		share_faults.interrupts--;
		return refuse(EINTR);
	}
	if (range->src_length == 0) {
		share_faults.probes++;
		return share_faults.probe != 0 ? refuse(share_faults.probe) : 0;
	}
	if (share_faults.error != 0 && share_faults.shares >= share_faults.after)
		return refuse(share_faults.error);
	if ((range->src_offset | range->dest_offset | range->src_length) % 4096 != 0)
		return refuse(EINVAL);
	copy_range(target, range);
	interfere();
	share_faults.shares++;
	share_faults.bytes += range->src_length;
	return 0;
}

#define ioctl(target, request, range) test_ioctl(target, request, range)

#include "io/share.c"
