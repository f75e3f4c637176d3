/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times that are recorded on discs, as they are shown. */

#include "cli/moment.h"

const char *moment_format(const struct fsi_disc_time *time,
			  char (*text)[MOMENT_TEXT_SIZE])
{
	struct tm parts;
	const struct tm *found = NULL;

	if (time->is_known)
		found = time->has_zone ? localtime_r(&time->time.tv_sec, &parts)
				       : gmtime_r(&time->time.tv_sec, &parts);
	if (found == NULL ||
	    strftime(*text, sizeof(*text), "%Y-%m-%d %H:%M:%S", found) == 0)
		snprintf(*text, sizeof(*text), "-");
	return *text;
}

void moment_print_json(FILE *file, const struct fsi_disc_time *time)
{
	struct tm parts;
	char text[MOMENT_TEXT_SIZE];

	if (!time->is_known || gmtime_r(&time->time.tv_sec, &parts) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts) == 0) {
		fputs("null", file);
		return;
	}
	fprintf(file, "\"%s.%06ld%s\"", text, time->time.tv_nsec / 1000,
		time->has_zone ? "Z" : "");
}
