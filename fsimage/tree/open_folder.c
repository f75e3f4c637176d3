/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folders that were used last. */
#include "tree/open_folder.h"

#include "base/memory.h"
#include "io/system.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct fsi_open_folder {
	const struct fsi_source_folder *folder;
	int descriptor;
	atomic_uint references;
};

static void release_folder(struct fsi_open_folder *open_folder)
{
	if (open_folder == NULL || atomic_fetch_sub_explicit(&open_folder->references, 1,
							     memory_order_acq_rel) != 1)
		return;
	close(open_folder->descriptor);
	fsi_free(open_folder);
}

void fsi_folder_cache_close(struct fsi_folder_cache *cache)
{
	for (size_t i = 0; i < FSI_OPEN_FOLDERS; i++)
		release_folder(atomic_exchange(&cache->spares[i], NULL));
}

static int open_folder(const struct fsi_source_folder *folder,
		       struct fsi_open_folder **ret_folder)
{
	struct fsi_open_folder *opened = fsi_allocate(sizeof(*opened));
	int error = 0;

	if (opened == NULL)
		return ENOMEM;
	opened->folder = folder;
	atomic_init(&opened->references, 1);
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

/* The folder with a reference, which is to be released: spare, or opened and then spare.
 */
static int take_folder(const struct fsi_source_folder *folder,
		       struct fsi_open_folder **ret_folder)
{
	const size_t number = (uintptr_t)folder / sizeof(*folder) % FSI_OPEN_FOLDERS;
	_Atomic(struct fsi_open_folder *) *place = &folder->cache->spares[number];
	struct fsi_open_folder *opened = atomic_exchange(place, NULL);
	int error = 0;

	if (opened == NULL || opened->folder != folder) {
		release_folder(opened);
		error = open_folder(folder, &opened);
		if (error != 0)
			return error;
	}
	atomic_fetch_add_explicit(&opened->references, 1, memory_order_relaxed);
	release_folder(atomic_exchange(place, opened));
	*ret_folder = opened;
	return 0;
}

int fsi_folder_open_file(const struct fsi_source_folder *folder, const char *name,
			 int *ret_descriptor)
{
	struct fsi_open_folder *opened = NULL;
	int error = take_folder(folder, &opened);

	if (error != 0)
		return error;
	*ret_descriptor = fsi_system_open(opened->descriptor, name,
					  O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (*ret_descriptor < 0)
		error = errno;
	release_folder(opened);
	return error;
}
