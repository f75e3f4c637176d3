/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder of this computer that a test may fill. */
#include "tests/support/scratch.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All folders of a program are in one, which has its number, so that it can be removed
 * whatever becomes of the tests, which are processes of their own. */
#define PREFIX "fsimage-test-"

static pid_t program;

static const char *parent_folder(void)
{
	const char *parent = getenv("TMPDIR");

	return parent != NULL && parent[0] == '/' ? parent : "/tmp";
}

static int remove_one(const char *path, const struct stat *status, int type,
		      struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static void remove_tree(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void folder_of(pid_t pid, char (*ret_path)[SCRATCH_PATH_SIZE])
{
	snprintf(*ret_path, sizeof(*ret_path), "%s/" PREFIX "%ld", parent_folder(),
		 (long)pid);
}

/* The tests of a program are forked; they leave this to it. */
static void remove_own(void)
{
	char path[SCRATCH_PATH_SIZE];

	if (getpid() != program)
		return;
	folder_of(program, &path);
	remove_tree(path);
}

/* What programs left that were killed themselves. */
static void remove_left(void)
{
	DIR *folder = opendir(parent_folder());
	const struct dirent *entry = NULL;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		char path[SCRATCH_PATH_SIZE];
		char *end = NULL;
		long pid = 0;

		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		pid = strtol(entry->d_name + strlen(PREFIX), &end, 10);
		if (pid <= 0 || *end != '\0' || kill((pid_t)pid, 0) == 0 ||
		    errno != ESRCH)
			continue;
		folder_of((pid_t)pid, &path);
		remove_tree(path);
	}
	if (folder != NULL)
		closedir(folder);
}

__attribute__((constructor)) static void begin_program(void)
{
	program = getpid();
	remove_left();
	remove_own();
	atexit(remove_own);
}

void scratch_begin(struct scratch *scratch)
{
	size_t length = 0;

	*scratch = (struct scratch){.next = 0};
	folder_of(program, &scratch->path);
	ck_assert_msg(mkdir(scratch->path, 0711) == 0 || errno == EEXIST, "%s: %s",
		      scratch->path, strerror(errno));
	length = strlen(scratch->path);
	ck_assert_uint_lt(length + sizeof("/XXXXXX"), SCRATCH_PATH_SIZE);
	strcpy(scratch->path + length, "/XXXXXX");
	ck_assert_msg(mkdtemp(scratch->path) != NULL, "%s: %s", scratch->path,
		      strerror(errno));
}

void scratch_end(struct scratch *scratch)
{
	if (scratch->path[0] != '\0')
		remove_tree(scratch->path);
	free(scratch->listing);
	*scratch = (struct scratch){.next = 0};
}

const char *scratch_at(struct scratch *scratch, const char *name)
{
	char *path = scratch->at[scratch->next++ % 8];

	ck_assert_uint_lt(strlen(scratch->path) + 1 + strlen(name), SCRATCH_PATH_SIZE);
	strcpy(stpcpy(stpcpy(path, scratch->path), "/"), name);
	return path;
}

void scratch_folder(struct scratch *scratch, const char *name)
{
	ck_assert_int_eq(mkdir(scratch_at(scratch, name), 0755), 0);
}

void scratch_write(struct scratch *scratch, const char *name, const void *bytes,
		   size_t size)
{
	const int file = open(scratch_at(scratch, name),
			      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_msg(file >= 0, "%s: %s", name, strerror(errno));
	ck_assert_int_eq(write(file, bytes, size), (ssize_t)size);
	ck_assert_int_eq(close(file), 0);
}

void scratch_text(struct scratch *scratch, const char *name, const char *text)
{
	scratch_write(scratch, name, text, strlen(text));
}

void scratch_link(struct scratch *scratch, const char *target, const char *name)
{
	ck_assert_int_eq(symlink(target, scratch_at(scratch, name)), 0);
}

void scratch_date(struct scratch *scratch, const char *name, int64_t seconds)
{
	const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};

	ck_assert_int_eq(utimensat(AT_FDCWD, scratch_at(scratch, name), times,
				   AT_SYMLINK_NOFOLLOW),
			 0);
}

char *scratch_read(struct scratch *scratch, const char *name, size_t *ret_size)
{
	const int file = open(scratch_at(scratch, name), O_RDONLY | O_CLOEXEC);
	struct stat status;
	char *bytes = NULL;
	size_t size = 0;

	ck_assert_msg(file >= 0, "%s: %s", name, strerror(errno));
	ck_assert_int_eq(fstat(file, &status), 0);
	size = (size_t)status.st_size;
	bytes = malloc(size + 1);
	ck_assert_ptr_nonnull(bytes);
	for (size_t done = 0; done < size;) {
		const ssize_t piece = read(file, bytes + done, size - done);

		ck_assert_int_gt(piece, 0);
		done += (size_t)piece;
	}
	close(file);
	bytes[size] = '\0';
	*ret_size = size;
	return bytes;
}

static int is_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

const char *scratch_list(struct scratch *scratch, const char *folder)
{
	struct dirent **entries = NULL;
	const int count =
		scandir(scratch_at(scratch, folder), &entries, is_entry, compare_entries);
	size_t size = 1;
	char *end = NULL;

	ck_assert_int_ge(count, 0);
	for (int i = 0; i < count; i++)
		size += strlen(entries[i]->d_name) + 1;
	free(scratch->listing);
	scratch->listing = malloc(size);
	ck_assert_ptr_nonnull(scratch->listing);
	end = scratch->listing;
	*end = '\0';
	for (int i = 0; i < count; i++) {
		end = stpcpy(stpcpy(end, entries[i]->d_name), " ");
		free(entries[i]);
	}
	free(entries);
	return scratch->listing;
}

unsigned scratch_count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	ck_assert_ptr_nonnull(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}
