/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this computer tells of its folders and files. */
#include "tree/host.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool fsi_folder_listing_has(const struct fsi_folder_listing *listing, const char *name)
{
	return bsearch(&name, listing->names.items, listing->names.count,
		       sizeof(listing->names.items[0]), compare_names) != NULL;
}

void fsi_folder_listing_free(struct fsi_folder_listing *listing)
{
	for (size_t i = 0; i < listing->names.count; i++)
		fsi_free(listing->names.items[i]);
	fsi_vector_free(&listing->names);
	if (listing->descriptor >= 0)
		close(listing->descriptor);
}

static bool add_name(struct fsi_folder_listing *listing, const char *name)
{
	char *copy = NULL;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return true;
	if (!fsi_vector_reserve(&listing->names, 1))
		return false;
	copy = fsi_duplicate_string(name);
	if (copy == NULL)
		return false;
	listing->names.items[listing->names.count++] = copy;
	return true;
}

/* Returns 0 or errno. */
static int read_names(struct fsi_folder_listing *listing)
{
	const int copy = fcntl(listing->descriptor, F_DUPFD_CLOEXEC, 0);
	DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
	int error = 0;

	if (folder == NULL) {
		error = errno;
		if (copy >= 0)
			close(copy);
		return error;
	}
	for (;;) {
		const struct dirent *entry = NULL;

		errno = 0;
		entry = readdir(folder);
		if (entry == NULL) {
			error = errno;
			break;
		}
		if (!add_name(listing, entry->d_name)) {
			error = ENOMEM;
			break;
		}
	}
	closedir(folder);
	return error;
}

HRESULT fsi_folder_list(const char *path, bool follow,
			struct fsi_folder_listing *ret_listing)
{
	/* A folder that became a link since it was found is not followed. */
	const int flags = O_RDONLY | O_DIRECTORY | (follow ? 0 : O_NOFOLLOW);
	struct fsi_folder_listing listing = {.descriptor = -1};
	int error = 0;

	listing.descriptor =
		fsi_system_open(AT_FDCWD, path[0] != '\0' ? path : "/", flags, 0);
	error = listing.descriptor >= 0 ? read_names(&listing) : errno;
	if (error != 0) {
		fsi_folder_listing_free(&listing);
		if (error == ENOMEM)
			return FSI_FAIL(E_OUTOFMEMORY);
		return fsi_error_with_reason(FSI_FAIL(IMAPI_E_DIRECTORY_READ_FAILURE,
						      path[0] != '\0' ? path : "/"),
					     error);
	}
	if (listing.names.count > 1)
		qsort(listing.names.items, listing.names.count,
		      sizeof(listing.names.items[0]), compare_names);
	*ret_listing = listing;
	return S_OK;
}

char *fsi_host_path(const struct fsi_source_folder *folder, const char *name)
{
	const size_t size = strlen(folder->path) + strlen(name) + 2;
	char *path = fsi_allocate(size);

	if (path != NULL)
		snprintf(path, size, "%s/%s", folder->path, name);
	return path;
}

int fsi_host_status(int folder, const char *name, bool follow, struct statx *ret_status)
{
	const int flags = AT_NO_AUTOMOUNT | (follow ? 0 : AT_SYMLINK_NOFOLLOW);

	if (statx(folder, name, flags, STATX_BASIC_STATS | STATX_BTIME, ret_status) != 0)
		return errno;
	return 0;
}

int64_t fsi_host_modified_ns(const struct statx *status)
{
	return (int64_t)((uint64_t)status->stx_mtime.tv_sec * 1000000000 +
			 status->stx_mtime.tv_nsec);
}

uint64_t fsi_host_device(const struct statx *status)
{
	return (uint64_t)status->stx_dev_major << 32 | status->stx_dev_minor;
}

const char *fsi_host_kind(const struct statx *status)
{
	switch (status->stx_mode & S_IFMT) {
	case S_IFSOCK:
		return "sockets";
	case S_IFIFO:
		return "FIFOs";
	case S_IFBLK:
		return "block devices";
	case S_IFCHR:
		return "character devices";
	default:
		return "special files";
	}
}

static void take_time(const struct statx_timestamp *time, fsi_ticks *ticks)
{
	const struct timespec value = {.tv_sec = time->tv_sec, .tv_nsec = time->tv_nsec};

	/* A time that the library can't hold leaves the one that is there. */
	(void)fsi_ticks_from_timespec(&value, ticks);
}

/* What reading a source changes, or copying it, must not show in the image. */
static void make_reproducible(const struct fsi_tree *tree, struct fsi_node *node)
{
	if (node->modification_time > tree->recording_time)
		node->modification_time = tree->recording_time;
	node->access_time = node->modification_time;
	node->attribute_time = node->modification_time;
	node->creation_time = node->modification_time;
}

void fsi_host_take_attributes(const struct fsi_tree *tree, struct fsi_node *node,
			      const struct statx *status)
{
	take_time(&status->stx_mtime, &node->modification_time);
	take_time(&status->stx_atime, &node->access_time);
	take_time(&status->stx_ctime, &node->attribute_time);
	node->creation_time = node->modification_time;
	if (status->stx_mask & STATX_BTIME)
		take_time(&status->stx_btime, &node->creation_time);
	if (tree->rules.reproducible_times)
		make_reproducible(tree, node);
	node->uid = status->stx_uid;
	node->gid = status->stx_gid;
	node->mode = status->stx_mode & 07777;
}
