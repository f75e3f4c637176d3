/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often who watches is told: at most 20 times a second. */
#ifndef FSI_IO_PACE_H
#define FSI_IO_PACE_H

#include <fsimage/types.h>

/* Zeroed, the first time is due at once. */
struct fsi_pace {
	uint64_t next_ms; /* of a clock that nobody sets; earlier nobody is told again */
};

/* Whether it is time again at a moment; if so it counts as done. */
bool fsi_pace_take(struct fsi_pace *pace, uint64_t now_ms);

/* The same for this moment. */
bool fsi_pace_is_due(struct fsi_pace *pace);

#endif
