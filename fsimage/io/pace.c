/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Not to tell more often than anybody can follow. */
#include "io/pace.h"

#include <time.h>

#define INTERVAL_MS 50

bool fsi_pace_take(struct fsi_pace *pace, uint64_t now_ms)
{
	if (now_ms < pace->next_ms)
		return false;
	pace->next_ms = now_ms + INTERVAL_MS;
	return true;
}

bool fsi_pace_is_due(struct fsi_pace *pace)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return fsi_pace_take(pace, (uint64_t)now.tv_sec * 1000 +
					   (uint64_t)now.tv_nsec / 1000000);
}
