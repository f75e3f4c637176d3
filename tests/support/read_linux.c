/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Process 1 of a User-Mode Linux that mounts an image and prints all that it sees. */

/*
 * The root is a folder of the host. It holds the kernel modules to load, one name a
 * line in /modules, and /mounts with lines of: a word for the names of the results,
 * the type of file system, and mount options. The results are /<word>.records and
 * /<word>.log, the kernel's messages since the mount.
 */

#include "record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define IMAGE_DEVICE "/dev/ubda"
#define MOUNT_POINT  "/mnt"

/* Deeper than any tree of the tests: deeper means that the image has a loop. */
#define MAX_DEPTH 100

/* Actions of klogctl, see syslog(2). */
#define KLOG_READ_ALL 3
#define KLOG_CLEAR    5
#define KLOG_SIZE     10

/* Of 512 bytes each. */
#define READ_AHEAD_SECTORS 4096UL

static char file_buffer[1 << 20];
static char output_buffer[1 << 20];

static void stop_machine(void)
{
	sync();
	reboot(RB_POWER_OFF);
	_exit(EXIT_FAILURE);
}

static void die(const char *what)
{
	fprintf(stderr, "read_linux: %s: %s\n", what, strerror(errno));
	stop_machine();
}

static FILE *open_result(const char *word, const char *suffix)
{
	char name[128];
	FILE *file;

	snprintf(name, sizeof(name), "/%s.%s", word, suffix);
	file = fopen(name, "w");
	if (!file)
		die(name);
	return file;
}

static bool hash_file(int parent, const char *name, struct record *record)
{
	SHA256_CTX hash;
	uint64_t left = record->size;
	ssize_t got = 1;
	const int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW);

	if (fd < 0)
		return false;
	SHA256_Init(&hash);
	while (left > 0 && (got = read(fd, file_buffer, sizeof(file_buffer))) > 0) {
		SHA256_Update(&hash, file_buffer, (size_t)got);
		left -= (uint64_t)got;
	}
	SHA256_Final(record->sha256, &hash);
	close(fd);
	if (got == 0)
		errno = EIO; /* It ends before its size. */
	return left == 0;
}

static void walk(FILE *output, int parent, struct record_path *path, int depth);

/* What is no file and no folder: the target of a link, the number of a device. */
static bool tell_what(int parent, const char *name, const struct stat *status,
		      char (*ret_what)[4200])
{
	const unsigned device_major = major(status->st_rdev);
	const unsigned device_minor = minor(status->st_rdev);
	char target[4097] = "";

	if (S_ISLNK(status->st_mode)) {
		if (readlinkat(parent, name, target, sizeof(target) - 1) < 0)
			return false;
		snprintf(*ret_what, sizeof(*ret_what), "link to %s", target);
	} else if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) {
		snprintf(*ret_what, sizeof(*ret_what), "%s device %u:%u",
			 S_ISCHR(status->st_mode) ? "character" : "block", device_major,
			 device_minor);
	} else {
		snprintf(*ret_what, sizeof(*ret_what), "%s",
			 S_ISFIFO(status->st_mode) ? "pipe" : "socket");
	}
	return true;
}

static void print_entry(FILE *output, int parent, const char *name,
			struct record_path *path, int depth)
{
	struct record record = {.kind = 'o', .path = path->text};
	char what[4200];
	struct stat status;

	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		record_print_error(output, path->text, strerror(errno));
		return;
	}
	record.mtime = status.st_mtime;
	record.mode = (uint32_t)(status.st_mode & 07777);
	record.links = S_ISDIR(status.st_mode) ? 0 : status.st_nlink;
	if (S_ISDIR(status.st_mode)) {
		record.kind = 'd';
	} else if (S_ISREG(status.st_mode)) {
		record.kind = 'f';
		record.size = (uint64_t)status.st_size;
		if (!hash_file(parent, name, &record)) {
			record_print_error(output, path->text, strerror(errno));
			return;
		}
	} else if (tell_what(parent, name, &status, &what)) {
		record.what = what;
	} else {
		record_print_error(output, path->text, strerror(errno));
		return;
	}
	record_print(output, &record);
	if (S_ISDIR(status.st_mode)) {
		const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

		if (fd < 0)
			record_print_error(output, path->text, strerror(errno));
		else
			walk(output, fd, path, depth + 1);
	}
}

/* Print everything in a folder; closes it. */
static void walk(FILE *output, int folder, struct record_path *path, int depth)
{
	DIR *const stream = fdopendir(folder);
	const struct dirent *entry;

	if (!stream || depth > MAX_DEPTH) {
		record_print_error(output, path->text,
				   stream ? "too deep" : strerror(errno));
		if (stream)
			closedir(stream);
		return;
	}
	for (;;) {
		size_t before;

		errno = 0;
		entry = readdir(stream);
		if (!entry)
			break;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		before = record_path_push(path, entry->d_name);
		print_entry(output, folder, entry->d_name, path, depth);
		record_path_pop(path, before);
	}
	if (errno)
		record_print_error(output, path->text, strerror(errno));
	closedir(stream);
}

static void save_kernel_log(const char *word)
{
	const int size = klogctl(KLOG_SIZE, NULL, 0);
	char *const text = malloc((size_t)size);
	FILE *const output = open_result(word, "log");
	const int length = text ? klogctl(KLOG_READ_ALL, text, size) : -1;

	if (length < 0)
		die("kernel log");
	fwrite(text, 1, (size_t)length, output);
	fclose(output);
	free(text);
}

static void read_view(const char *word, const char *type, const char *options)
{
	struct record_path path = {0};
	FILE *const output = open_result(word, "records");

	setvbuf(output, output_buffer, _IOFBF, sizeof(output_buffer));
	klogctl(KLOG_CLEAR, NULL, 0);
	record_path_push(&path, "");
	if (mount(IMAGE_DEVICE, MOUNT_POINT, type, MS_RDONLY, options) < 0) {
		record_print_error(output, "mount", strerror(errno));
	} else {
		walk(output, open(MOUNT_POINT, O_RDONLY | O_DIRECTORY), &path, 0);
		umount(MOUNT_POINT);
	}
	record_path_free(&path);
	fclose(output);
	save_kernel_log(word);
}

/* Each request to the host is dear, so make them large. */
static void enlarge_read_ahead(void)
{
	const int fd = open(IMAGE_DEVICE, O_RDONLY);

	if (fd < 0 || ioctl(fd, BLKRASET, READ_AHEAD_SECTORS) < 0)
		die(IMAGE_DEVICE);
	close(fd);
}

static void load_modules(void)
{
	char name[256];
	FILE *const list = fopen("/modules", "r");

	if (!list)
		die("/modules");
	while (fscanf(list, "%255s", name) == 1) {
		const int fd = open(name, O_RDONLY | O_CLOEXEC);

		if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) < 0)
			die(name);
		close(fd);
	}
	fclose(list);
}

int main(void)
{
	char word[64];
	char type[64];
	char options[256];
	FILE *list;

	load_modules();
	enlarge_read_ahead();
	list = fopen("/mounts", "r");
	if (!list)
		die("/mounts");
	while (fscanf(list, "%63s %63s %255s", word, type, options) == 3)
		read_view(word, type, options);
	fclose(list);
	stop_machine();
}
