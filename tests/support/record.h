/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of the system tests print about an entry of an image. */

#ifndef TESTS_SUPPORT_RECORD_H
#define TESTS_SUPPORT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The plain functions: they need no providers, and link statically without a warning. */
#define OPENSSL_API_COMPAT 0x10100000L
#include <openssl/sha.h>

/* Times and modes that a reader can't tell. */
#define RECORD_NO_MTIME INT64_MIN
#define RECORD_NO_MODE	UINT32_MAX

struct record {
	char kind; /* 'd' directory, 'f' file, 'o' other */
	const char *path;
	uint64_t size;
	int64_t mtime;
	uint32_t mode;
	uint64_t links;				    /* names that it has; 0: not told */
	unsigned char sha256[SHA256_DIGEST_LENGTH]; /* of files only */
	const char *what; /* of others: what they are, without tabs; NULL: not told */
};

/* Print a record: fields separated by tabs, the path last, ended by a NUL. */
void record_print(FILE *output, const struct record *record);

/* Print what could not be read: such a record fails the test. */
void record_print_error(FILE *output, const char *path, const char *what);

/* A path that grows and shrinks while a tree is walked. */
struct record_path {
	char *text;
	size_t length;
	size_t room;
};

/* Append a name, after a slash unless it is the first; returns the length before. */
size_t record_path_push(struct record_path *path, const char *name);

/* Cut the path back to a length that record_path_push returned. */
void record_path_pop(struct record_path *path, size_t length);

void record_path_free(struct record_path *path);

#endif
