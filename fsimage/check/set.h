/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of numbers, each with another: what was met already, and as what. */
#ifndef FSI_CHECK_SET_H
#define FSI_CHECK_SET_H

#include "base/memory.h"

struct fsi_check_slot {
	uint64_t key;
	uint64_t value;
	bool is_used;
};

struct fsi_check_set {
	struct fsi_check_slot *slots; /* as many as a power of two, or NULL */
	size_t slot_count;
	size_t count;
};

/* The value of a key, to be read and changed until another is added; NULL: none. */
uint64_t *fsi_check_set_find(struct fsi_check_set *set, uint64_t key);

/* Add a key that is not there yet. false: no memory. */
bool fsi_check_set_add(struct fsi_check_set *set, uint64_t key, uint64_t value);

void fsi_check_set_free(struct fsi_check_set *set);

#endif
