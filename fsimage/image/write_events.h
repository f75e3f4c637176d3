/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events while an image is written: which file it is at. */
#ifndef FSI_IMAGE_WRITE_EVENTS_H
#define FSI_IMAGE_WRITE_EVENTS_H

#include "io/pace.h"
#include "layout/layout.h"

#include <fsimage/result.h>

struct fsi_write_events {
	const struct fsi_layout *layout;
	const struct fsi_write_options *wanted; /* the caller's */
	struct fsi_write_options options;	/* which tell these events */
	struct fsi_pace pace;
	bool is_at_end; /* the last event was told */
	HRESULT hr;	/* what else than the caller stopped the writing */
};

/*
 * The options to write with, good as long as events: those of the caller, or in place of
 * them some whose progress tells the caller's update, too. NULL stays NULL.
 */
const struct fsi_write_options *fsi_write_events_begin(
	struct fsi_write_events *events, const struct fsi_layout *layout,
	const struct fsi_write_options *wanted);

/* What the writing returned, or why it was stopped. */
HRESULT fsi_write_events_end(const struct fsi_write_events *events, HRESULT hr);

#endif
