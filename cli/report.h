/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told when an image is made: one line, or one JSON object. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli/create_options.h"
#include "cli/message.h"
#include "cli/sources.h"

#include <fsimage/image.h>
#include <fsimage/result.h>

struct report {
	fsi_image *image;
	fsi_result *result;
	const struct create_options *options;
	const struct source_report *sources;
	double seconds;
};

/** Tell it as the voice wants it; nothing with a quiet one, unless it is JSON. */
HRESULT report_print(const struct report *report, const struct voice *voice);

#endif
