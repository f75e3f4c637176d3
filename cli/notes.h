/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user should know of an image that was made: what differs from the sources. */
#ifndef CLI_NOTES_H
#define CLI_NOTES_H

#include "cli/create_options.h"
#include "cli/message.h"
#include "cli/sources.h"

#include <fsimage/image.h>
#include <fsimage/result.h>

/** @return the extended attributes that --posix took and UDF can't hold */
uint64_t notes_count_lost_attributes(const struct source_report *report,
				     const struct create_options *options);

/** What was left out of the sources, or kept in UDF alone. */
void notes_on_sources(const struct source_report *report,
		      const struct create_options *options, const struct voice *voice);

/**
 * What goes beyond IMAPI's limits, and what is called otherwise in a file
 * system; with a verbose voice each name.
 */
HRESULT notes_on_image(fsi_image *image, fsi_result *result,
		       const struct create_options *options, const struct voice *voice);

#endif
