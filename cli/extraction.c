/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How "fsimage extract" fails. */

#include "cli/extraction.h"

#include "cli/interrupt.h"

#include <fsimage/fsimage.h>

#include <errno.h>

/* One object: the first error is told in it, and the others as lines alone. */
static int note_failure(struct extraction *extraction)
{
	extraction->voice.json = false;
	extraction->status = STATUS_FAILED;
	return STATUS_FAILED;
}

/* What is in hand: an entry, or the target itself. */
static const char *path_in_hand(const struct extraction *extraction)
{
	return extraction->folders.path != NULL && extraction->folders.path[0] != '\0'
		       ? extraction->folders.path
		       : extraction->options.directory;
}

int extraction_refuse(struct extraction *extraction, HRESULT hr)
{
	progress_clear(&extraction->progress);
	message_failure(&extraction->voice, hr, view_hint(&extraction->view, hr),
			"extracting %s", path_in_hand(extraction));
	if (hr == E_OUTOFMEMORY)
		extraction->is_stopped = true;
	extraction->counts.damaged++;
	return note_failure(extraction);
}

int extraction_stop(struct extraction *extraction, int error)
{
	progress_clear(&extraction->progress);
	message_errno_failure(&extraction->voice, error, "extracting %s",
			      path_in_hand(extraction));
	if (error == ENAMETOOLONG)
		extraction->counts.damaged++;
	else
		extraction->is_stopped = true;
	return note_failure(extraction);
}

int extraction_stop_for(struct extraction *extraction, HRESULT code, const char *reason,
			const char *hint)
{
	progress_clear(&extraction->progress);
	message_own_failure(&extraction->voice, code, reason, hint, "extracting %s",
			    path_in_hand(extraction));
	extraction->is_stopped = true;
	return note_failure(extraction);
}

bool extraction_goes_on(struct extraction *extraction)
{
	if (!extraction->is_stopped && interrupt_came())
		extraction_stop_for(extraction, E_IMAPI_REQUEST_CANCELLED,
				    "A signal asked to stop.", NULL);
	return !extraction->is_stopped;
}
