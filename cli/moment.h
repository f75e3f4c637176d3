/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times that are recorded on discs, as they are shown. */
#ifndef CLI_MOMENT_H
#define CLI_MOMENT_H

#include <fsimage/disc.h>

#include <stdio.h>

/** Room for any text made here. */
#define MOMENT_TEXT_SIZE 48

/**
 * "2026-11-22 10:00:00" in the user's time zone; as it is recorded where the disc
 * does not tell a zone; "-" when the time is not known.
 */
const char *moment_format(const struct fsi_disc_time *time,
			  char (*text)[MOMENT_TEXT_SIZE]);

/**
 * As a JSON string of ISO 8601, in UTC: "2026-11-22T10:00:00.000000Z", without
 * the Z where the disc does not tell a zone; null when it is not known.
 */
void moment_print_json(FILE *file, const struct fsi_disc_time *time);

#endif
