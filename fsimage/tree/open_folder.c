/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder that was used last. */
#include "tree/open_folder.h"

#include "base/memory.h"
#include "io/system.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct fsi_open_folder {
	const struct fsi_source_folder *folder;
	int descriptor;
};

static void close_folder(struct fsi_open_folder *open_folder)
{
	if (open_folder == NULL)
		return;
	close(open_folder->descriptor);
	fsi_free(open_folder);
}

void fsi_folder_cache_close(struct fsi_folder_cache *cache)
{
	close_folder(atomic_exchange(&cache->spare, NULL));
}

static int open_folder(const struct fsi_source_folder *folder,
		       struct fsi_open_folder **ret_folder)
{
	struct fsi_open_folder *opened = fsi_allocate(sizeof(*opened));
	int error = 0;

	if (opened == NULL)
		return ENOMEM;
	opened->folder = folder;
	opened->descriptor =
		fsi_system_open(AT_FDCWD, folder->path[0] != '\0' ? folder->path : "/",
				O_PATH | O_DIRECTORY, 0);
	if (opened->descriptor < 0) {
		error = errno;
		fsi_free(opened);
		return error;
	}
	*ret_folder = opened;
	return 0;
}

int fsi_folder_open_file(const struct fsi_source_folder *folder, const char *name,
			 int *ret_descriptor)
{
	struct fsi_folder_cache *cache = folder->cache;
	struct fsi_open_folder *opened = atomic_exchange(&cache->spare, NULL);
	int error = 0;

	if (opened == NULL || opened->folder != folder) {
		close_folder(opened);
		error = open_folder(folder, &opened);
		if (error != 0)
			return error;
	}
	*ret_descriptor = fsi_system_open(opened->descriptor, name,
					  O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (*ret_descriptor < 0)
		error = errno;
	close_folder(atomic_exchange(&cache->spare, opened));
	return error;
}
