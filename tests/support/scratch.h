/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder of this computer that a test may fill; gone when the test has ended, or the
 * program whose test has failed. */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

#define SCRATCH_PATH_SIZE 512

struct scratch {
	char path[SCRATCH_PATH_SIZE];  /* of the folder */
	char at[8][SCRATCH_PATH_SIZE]; /* what scratch_at() handed out last */
	unsigned next;
	char *listing;
};

/* In $TMPDIR or /tmp. */
void scratch_begin(struct scratch *scratch);
void scratch_end(struct scratch *scratch);

/* The path of a name in the folder; valid until the eighth call after. */
const char *scratch_at(struct scratch *scratch, const char *name);

void scratch_folder(struct scratch *scratch, const char *name);
void scratch_write(struct scratch *scratch, const char *name, const void *bytes,
		   size_t size);
void scratch_text(struct scratch *scratch, const char *name, const char *text);

/* A symbolic link. */
void scratch_link(struct scratch *scratch, const char *target, const char *name);

/* Set the times of modification and access, in seconds since 1970. */
void scratch_date(struct scratch *scratch, const char *name, int64_t seconds);

/* All bytes of a file and a NUL, to be freed. */
char *scratch_read(struct scratch *scratch, const char *name, size_t *ret_size);

/* The names in a folder ("" for the first) in byte order, with a space behind
 * each; valid until the next call. */
const char *scratch_list(struct scratch *scratch, const char *folder);

/* Open descriptors of this process. */
unsigned scratch_count_descriptors(void);

#endif
