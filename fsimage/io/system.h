/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls that a signal may interrupt before they have done anything, as on a file
 * system of the network or in user space: they are made again.
 */
#ifndef FSI_IO_SYSTEM_H
#define FSI_IO_SYSTEM_H

#include <stdint.h>
#include <sys/types.h>

/* openat(2), always with O_CLOEXEC. Returns a descriptor, or -1 and errno. */
int fsi_system_open(int folder, const char *path, int flags, mode_t mode);

/* fsync(2). Returns 0, or -1 and errno. */
int fsi_system_sync(int descriptor);

/* ftruncate(2). Returns 0, or -1 and errno. */
int fsi_system_truncate(int descriptor, uint64_t size);

#endif
