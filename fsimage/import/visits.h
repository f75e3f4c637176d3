/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which directories of a volume were entered, and by which name. A directory has one
 * name (ECMA-119 6.8.2, ECMA-167 4/8.6); who comes to it by another is in a loop, or
 * soon will be. All directories together cannot be larger than the disc: so whoever
 * lists every directory once comes to an end in time.
 */
#ifndef FSI_IMPORT_VISITS_H
#define FSI_IMPORT_VISITS_H

#include <fsimage/types.h>

#include <pthread.h>

/* A directory, and the name that leads to it. */
struct fsi_visit {
	uint64_t directory; /* its identity */
	uint64_t parent;    /* the identity of the directory that has the name */
	uint64_t position;  /* of the name in that directory */
	bool is_used;	    /* of the table's own */
};

struct fsi_visits {
	pthread_mutex_t lock;
	struct fsi_visit *slots; /* a hash table */
	size_t slot_count;	 /* a power of two, or 0 */
	size_t count;
	uint64_t blocks_left; /* for directories not entered yet */
};

enum fsi_visit_result {
	FSI_VISIT_ALLOWED,
	FSI_VISIT_OTHER_NAME, /* entered by another name before */
	FSI_VISIT_NO_ROOM,    /* there can't be so many directories */
	FSI_VISIT_NO_MEMORY
};

/* blocks: of the volume. false: no memory. */
bool fsi_visits_init(struct fsi_visits *visits, uint64_t blocks);
void fsi_visits_free(struct fsi_visits *visits);

/* Enter a directory that takes so many blocks, at least 1. */
enum fsi_visit_result fsi_visits_enter(struct fsi_visits *visits,
				       const struct fsi_visit *visit, uint64_t blocks);

#endif
