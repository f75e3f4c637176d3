/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file system that is soon full, seen by the running test alone. */
#ifndef TESTS_SUPPORT_SMALL_DISK_H
#define TESTS_SUPPORT_SMALL_DISK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Mount a file system of so many bytes on a folder. false: this machine does not
 * allow it, and says so; a test then has to do with limits of its own.
 */
bool small_disk_begin(const char *folder, size_t size);

/* It can be written to no more, or again. */
void small_disk_protect(const char *folder, bool is_protected);

void small_disk_end(const char *folder);

#endif
