/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking for duplicates with checksums that tell less than they might. */
#ifndef TESTS_SUPPORT_WEAK_CHECKSUM_H
#define TESTS_SUPPORT_WEAK_CHECKSUM_H

#include "image/duplicates.h"

struct weak_checksum {
	bool is_weak;  /* all are the same */
	unsigned sums; /* how many pieces were summed up */
};

/* Zeroed: checksums are what they are. */
extern struct weak_checksum weak_checksum;

#endif
