/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file system that is soon full, seen by the running test alone. */
#include "tests/support/small_disk.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void write_map(const char *path, const char *text)
{
	const int file = open(path, O_WRONLY);

	if (file < 0)
		return;
	(void)!write(file, text, strlen(text));
	close(file);
}

/* A mount that nobody else sees; who is not root is root in a world of its own. */
static bool enter_own_world(void)
{
	const unsigned uid = geteuid();
	const unsigned gid = getegid();
	char map[40];

	if (unshare(uid == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0)
		return false;
	if (uid != 0) {
		write_map("/proc/self/setgroups", "deny");
		snprintf(map, sizeof(map), "0 %u 1", uid);
		write_map("/proc/self/uid_map", map);
		snprintf(map, sizeof(map), "0 %u 1", gid);
		write_map("/proc/self/gid_map", map);
	}
	return mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0;
}

bool small_disk_begin(const char *folder, size_t size)
{
	static bool has_own_world;
	char options[60];

	snprintf(options, sizeof(options), "size=%zu,mode=0777", size);
	has_own_world = has_own_world || enter_own_world();
	if (has_own_world && mount("none", folder, "tmpfs", 0, options) == 0)
		return true;
	fprintf(stderr, "no file system can be mounted here: %s\n", strerror(errno));
	return false;
}

void small_disk_protect(const char *folder, bool is_protected)
{
	const unsigned long flags = MS_REMOUNT | MS_BIND | (is_protected ? MS_RDONLY : 0);

	ck_assert_int_eq(mount("none", folder, "none", flags, NULL), 0);
}

void small_disk_end(const char *folder)
{
	/* What is still open goes with the last one who has it. */
	ck_assert_int_eq(umount2(folder, MNT_DETACH), 0);
}
