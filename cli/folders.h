/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The folders that an extraction is in: the target, and below it those on the
 * way down. A folder is opened from the one above it, by its name alone and never
 * through a symbolic link, so nothing leads out of the target.
 */
#ifndef CLI_FOLDERS_H
#define CLI_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>

struct folder {
	int descriptor;	    /* -1: closed for the time being */
	size_t path_length; /* of the path that leads here */
};

struct folders {
	struct folder *items; /* the first one is the target */
	size_t count;
	size_t capacity;
	char *path; /* below the target: of the last folder, or of an entry in it */
	size_t path_capacity;
};

/** Begin with the target; its descriptor is taken over. @return an errno, or 0 */
int folders_begin(struct folders *folders, int descriptor);

void folders_clear(struct folders *folders);

/** @return whether name is one part of a path, and stays in its folder */
bool folders_is_name(const char *name);

/** Let the path be that of an entry of the last folder. @return an errno, or 0 */
int folders_set_name(struct folders *folders, const char *name);

/** @return the name that was set last */
const char *folders_name(const struct folders *folders);

/** Let the path be that of the last folder. */
void folders_reset_name(struct folders *folders);

/**
 * The last folder, opened again when it was closed.
 *
 * @param ret_descriptor  borrowed until the next call
 * @return an errno, or 0
 */
int folders_last(struct folders *folders, int *ret_descriptor);

/**
 * Enter the folder of the name that was set, which is there.
 *
 * @return an errno, or 0: ENOTDIR or ELOOP when it is something else
 */
int folders_enter(struct folders *folders);

/** Go back to the folder above. */
void folders_leave(struct folders *folders);

/**
 * Open the folder of a path below the target; "" is the target.
 *
 * @param ret_descriptor  to be closed
 * @return an errno, or 0
 */
int folders_open(const struct folders *folders, const char *path, int *ret_descriptor);

#endif
