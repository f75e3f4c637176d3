/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Process 1 of a User-Mode Linux that fills a UDF volume and tells what it sees. */

/*
 * The root is a folder of the host. The volume is /dev/ubda; modules to load are
 * named in /modules, one a line. /tree says which tree is wanted: "small" or
 * "large". What lstat() and its like tell of every entry, once the volume has been
 * mounted anew, goes to /listing in the form that the tests of the reader use.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define DEVICE	    "/dev/ubda"
#define MOUNT_POINT "/mnt"

static void stop(void)
{
	sync();
	reboot(RB_POWER_OFF);
	_exit(EXIT_FAILURE);
}

static void die(const char *what)
{
	fprintf(stderr, "populate: %s: %s\n", what, strerror(errno));
	stop();
}

static void load_module(const char *path)
{
	const int file = open(path, O_RDONLY | O_CLOEXEC);

	if (file < 0 || syscall(SYS_finit_module, file, "", 0) != 0)
		die(path);
	close(file);
}

static void load_modules(void)
{
	char line[256];
	FILE *list = fopen("/modules", "re");

	if (list == NULL)
		die("/modules");
	while (fgets(line, sizeof(line), list) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		load_module(line);
	}
	fclose(list);
}

/* Few bytes are not zero, so that the fixture is small; they tell their offset. */
static uint8_t byte_at(uint64_t offset)
{
	return offset % 256 == 0 ? (uint8_t)(offset / 256 + 1) : 0;
}

static void write_file(const char *path, uint64_t offset, size_t size)
{
	const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	uint8_t *bytes = malloc(size + 1);

	for (size_t i = 0; i < size; i++)
		bytes[i] = byte_at(offset + i);
	if (file < 0 || pwrite(file, bytes, size, (off_t)offset) != (ssize_t)size)
		die(path);
	free(bytes);
	close(file);
}

static void check(int result, const char *what)
{
	if (result != 0)
		die(what);
}

static void fill_small(void)
{
	char name[300];

	write_file("empty", 0, 0);
	write_file("one", 0, 1);
	write_file("embedded", 0, 200);
	write_file("blocks", 0, 5000);
	write_file("sparse", 10240, 100);
	check(truncate("sparse", 30001), "truncate");
	check(link("one", "hard link"), "link");
	check(symlink("folder/../one", "link"), "symlink");
	check(symlink("/usr/./bin", "absolute link"), "symlink");
	check(symlink("\303\251/\346\227\245", "wide link"), "symlink");
	check(mkfifo("fifo", 0600), "mkfifo");
	check(mknod("socket", S_IFSOCK | 0611, 0), "mknod");
	check(mknod("block", S_IFBLK | 0660, makedev(8, 17)), "mknod");
	check(mknod("character", S_IFCHR | 0666, makedev(5, 1)), "mknod");
	write_file("set-id", 0, 3);
	check(chown("set-id", 1000, 100), "chown");
	check(chmod("set-id", 06755), "chmod");
	check(mkdir("sticky", 0777), "mkdir");
	check(chmod("sticky", 01777), "chmod");
	check(mkdir("folder", 0750), "mkdir");
	write_file("folder/gr\303\274n", 0, 7);
	write_file("folder/\346\227\245\346\234\254", 0, 7);
	write_file("folder/gone", 0, 7);
	check(unlink("folder/gone"), "unlink");
	check(mkdir("folder/deep", 0755), "mkdir");
	write_file("folder/deep/file", 0, 9);
	memset(name, 'n', 200);
	name[200] = '\0';
	write_file(name, 0, 2);
}

/* More entries than a block holds, some of them removed again. */
static void fill_large(void)
{
	char name[100];

	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "an entry with a longer name, number %u", i);
		check(symlink("x", name), name);
	}
	for (unsigned i = 0; i < 60; i += 7) {
		snprintf(name, sizeof(name), "an entry with a longer name, number %u", i);
		check(unlink(name), name);
	}
	/* Every other block: more extents than a small entry has room for. */
	for (unsigned i = 0; i < 80; i++)
		write_file("holes", (uint64_t)i * 8192, 1);
}

static uint32_t sum_file(const char *path)
{
	static uint8_t bytes[65536];
	const int file = open(path, O_RDONLY | O_CLOEXEC);
	uint32_t sum = 0;
	ssize_t count = 0;

	if (file < 0)
		die(path);
	while ((count = read(file, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < count; i++)
			sum = sum * 31 + bytes[i];
	}
	close(file);
	return sum;
}

static void print_entry(FILE *out, const char *path, const char *shown)
{
	struct statx status;
	char target[4096] = "";

	check(statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status),
	      path);
	fprintf(out, "entry %06o %u %u", (unsigned)status.stx_mode, status.stx_uid,
		status.stx_gid);
	/* The driver counts one more for a directory, and tells another size of links. */
	if (S_ISREG(status.stx_mode))
		fprintf(out, " links=%u size=%llu", status.stx_nlink,
			(unsigned long long)status.stx_size);
	fprintf(out, " time=%lld.%06u", (long long)status.stx_mtime.tv_sec,
		status.stx_mtime.tv_nsec / 1000);
	if (S_ISREG(status.stx_mode))
		fprintf(out, " sum=%08x", sum_file(path));
	if (S_ISBLK(status.stx_mode) || S_ISCHR(status.stx_mode))
		fprintf(out, " device=%u,%u", status.stx_rdev_major,
			status.stx_rdev_minor);
	fprintf(out, " %s", shown);
	if (S_ISLNK(status.stx_mode)) {
		if (readlink(path, target, sizeof(target) - 1) < 0)
			die(path);
		fprintf(out, " -> %s", target);
	}
	fputc('\n', out);
}

static void print_tree(FILE *out, const char *folder)
{
	struct dirent **entries = NULL;
	const int count = scandir(folder, &entries, NULL, alphasort);

	if (count < 0)
		die(folder);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char path[4096];
		struct stat status;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		print_entry(out, path, path + strlen(MOUNT_POINT));
		if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode))
			print_tree(out, path);
		free(entries[i]);
	}
	free(entries);
}

int main(void)
{
	char tree[16] = "";
	FILE *file = fopen("/tree", "re");

	if (file == NULL || fgets(tree, sizeof(tree), file) == NULL)
		die("/tree");
	fclose(file);
	load_modules();
	check(mount(DEVICE, MOUNT_POINT, "udf", 0, "iocharset=utf8"), "mount");
	check(chdir(MOUNT_POINT), MOUNT_POINT);
	if (strncmp(tree, "small", 5) == 0)
		fill_small();
	else
		fill_large();
	check(chdir("/"), "/");
	check(umount(MOUNT_POINT), "umount");

	check(mount(DEVICE, MOUNT_POINT, "udf", MS_RDONLY, "iocharset=utf8"), "mount");
	file = fopen("/listing", "we");
	if (file == NULL)
		die("/listing");
	print_tree(file, MOUNT_POINT);
	check(fclose(file), "/listing");
	check(umount(MOUNT_POINT), "umount");
	stop();
	return EXIT_SUCCESS;
}
