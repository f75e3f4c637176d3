/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folders that an extraction is in. */

#include "cli/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many of the deepest folders stay open, so that descriptors do not run out. */
#define MOST_OPEN 64

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int reserve(struct folders *folders)
{
	struct folder *items = NULL;
	const size_t capacity = folders->capacity == 0 ? 16 : folders->capacity * 2;

	if (folders->count < folders->capacity)
		return 0;
	items = reallocarray(folders->items, capacity, sizeof(*items));
	if (items == NULL)
		return ENOMEM;
	folders->items = items;
	folders->capacity = capacity;
	return 0;
}

static int reserve_path(struct folders *folders, size_t size)
{
	const size_t capacity = size < 256 ? 256 : 2 * size;
	char *path = NULL;

	if (size <= folders->path_capacity)
		return 0;
	path = realloc(folders->path, capacity);
	if (path == NULL)
		return ENOMEM;
	folders->path = path;
	folders->path_capacity = capacity;
	return 0;
}

int folders_begin(struct folders *folders, int descriptor)
{
	int error = reserve(folders);

	if (error == 0)
		error = reserve_path(folders, 1);
	if (error != 0)
		return error;
	folders->path[0] = '\0';
	folders->items[folders->count++] = (struct folder){.descriptor = descriptor};
	return 0;
}

static void close_folder(struct folder *folder)
{
	if (folder->descriptor >= 0)
		close(folder->descriptor);
	folder->descriptor = -1;
}

void folders_clear(struct folders *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		close_folder(&folders->items[i]);
	free(folders->items);
	free(folders->path);
	*folders = (struct folders){0};
}

/* ---- names ------------------------------------------------------------- */

bool folders_is_name(const char *name)
{
	return name[0] != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strchr(name, '/') == NULL;
}

/* Where the name of an entry in a folder begins in the path. */
static size_t name_start(const struct folder *folder)
{
	return folder->path_length > 0 ? folder->path_length + 1 : 0;
}

int folders_set_name(struct folders *folders, const char *name)
{
	const struct folder *last = &folders->items[folders->count - 1];
	const size_t start = name_start(last);
	const int error = reserve_path(folders, start + strlen(name) + 1);

	if (error != 0)
		return error;
	if (start > 0)
		folders->path[start - 1] = '/';
	memcpy(folders->path + start, name, strlen(name) + 1);
	return 0;
}

const char *folders_name(const struct folders *folders)
{
	return folders->path + name_start(&folders->items[folders->count - 1]);
}

void folders_reset_name(struct folders *folders)
{
	folders->path[folders->items[folders->count - 1].path_length] = '\0';
}

/* ---- descriptors ------------------------------------------------------- */

/* A signal has done nothing but to interrupt it. */
static int open_folder(int above, const char *name)
{
	int descriptor = -1;

	do
		descriptor = openat(above, name, FOLDER_FLAGS);
	while (descriptor < 0 && errno == EINTR);
	return descriptor;
}

/* Open the folder of a name that ends at "/" or at the end of text. */
static int open_part(int above, const char *name, size_t length, int *ret_descriptor)
{
	char *copy = strndup(name, length);
	int error = 0;

	if (copy == NULL)
		return ENOMEM;
	*ret_descriptor = open_folder(above, copy);
	if (*ret_descriptor < 0)
		error = errno;
	free(copy);
	return error;
}

/* Open what was closed on the way to the last folder; keep the deepest ones. */
static int open_again(struct folders *folders)
{
	size_t at = folders->count - 1;

	while (folders->items[at].descriptor < 0)
		at--; /* the target is never closed */
	for (; at + 1 < folders->count; at++) {
		struct folder *above = &folders->items[at];
		struct folder *next = &folders->items[at + 1];
		const size_t start = name_start(above);
		const int error = open_part(above->descriptor, folders->path + start,
					    next->path_length - start, &next->descriptor);

		if (error != 0)
			return error;
		if (at >= MOST_OPEN)
			close_folder(&folders->items[at - MOST_OPEN + 1]);
	}
	return 0;
}

int folders_last(struct folders *folders, int *ret_descriptor)
{
	const struct folder *last = &folders->items[folders->count - 1];
	const int error = last->descriptor < 0 ? open_again(folders) : 0;

	if (error == 0)
		*ret_descriptor = last->descriptor;
	return error;
}

int folders_enter(struct folders *folders)
{
	int above = -1;
	int descriptor = -1;
	int error = reserve(folders);

	if (error == 0)
		error = folders_last(folders, &above);
	if (error != 0)
		return error;
	descriptor = open_folder(above, folders_name(folders));
	if (descriptor < 0)
		return errno;
	if (folders->count > MOST_OPEN)
		close_folder(&folders->items[folders->count - MOST_OPEN]);
	folders->items[folders->count++] = (struct folder){
		.descriptor = descriptor, .path_length = strlen(folders->path)};
	return 0;
}

void folders_leave(struct folders *folders)
{
	close_folder(&folders->items[--folders->count]);
	folders_reset_name(folders);
}

int folders_open(const struct folders *folders, const char *path, int *ret_descriptor)
{
	int descriptor = fcntl(folders->items[0].descriptor, F_DUPFD_CLOEXEC, 0);
	int error = descriptor < 0 ? errno : 0;

	while (error == 0 && *path != '\0') {
		const size_t length = strcspn(path, "/");
		int next = -1;

		error = open_part(descriptor, path, length, &next);
		close(descriptor);
		descriptor = next;
		path += length;
		path += strspn(path, "/");
	}
	if (error == 0)
		*ret_descriptor = descriptor;
	return error;
}
