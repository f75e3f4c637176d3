/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls that are made again. */
#include "io/system.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int fsi_system_open(int folder, const char *path, int flags, mode_t mode)
{
	int descriptor = -1;

	do
		descriptor = openat(folder, path, flags | O_CLOEXEC, mode);
	while (descriptor < 0 && errno == EINTR);
	return descriptor;
}

int fsi_system_sync(int descriptor)
{
	int result = -1;

	do
		result = fsync(descriptor);
	while (result != 0 && errno == EINTR);
	return result;
}

int fsi_system_truncate(int descriptor, uint64_t size)
{
	int result = -1;

	do
		result = ftruncate(descriptor, (off_t)size);
	while (result != 0 && errno == EINTR);
	return result;
}
