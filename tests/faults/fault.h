/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which call of a program fails, and how: for a library that is loaded before others. */
#ifndef TESTS_FAULTS_FAULT_H
#define TESTS_FAULTS_FAULT_H

#include <stdbool.h>

/*
 * The environment says what happens:
 *
 *   FAULT_LOG    a file to which a line is added for each call, and for each descriptor
 *                that is still open at the end
 *   FAULT_CALL   the name of a function; without it, none fails
 *   FAULT_AT     which call of it fails, from 1
 *   FAULT_KIND   a number of errno, with a "+" if all later calls of it fail too, or
 *                one of
 *                short  it does half of what it was asked for
 *                end    it reads nothing, as at the end
 *                stop   the process stops before it, until somebody continues it
 *                kill   the process is killed before it
 *   FAULT_CLONE  is there: sharing blocks between files works, by copying them
 *
 * Only a program that is called "fsimage" is concerned, and not the shell in front of it.
 */
enum fault {
	FAULT_NONE,
	FAULT_FAIL, /* errno is set */
	FAULT_SHORT,
	FAULT_END,
};

/**
 * A call is about to be made.
 *
 * @param name        of the function
 * @param descriptor  that it is about, or the folder of path; -1: none
 * @param path        that it is about; NULL: none
 * @return what is to happen instead
 */
enum fault fault_begin(const char *name, int descriptor, const char *path);

/** @return whether cloning is emulated */
bool fault_emulates_cloning(void);

/** @return the function of that name that comes next, never NULL */
void *fault_next(const char *name);

#endif
