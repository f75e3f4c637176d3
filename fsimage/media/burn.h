/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libburn, which has one state for the whole process: it is initialised once, its
 * messages are kept for us instead of being printed, and one call is made at a time.
 * Private to this room.
 */
#ifndef FSI_MEDIA_BURN_H
#define FSI_MEDIA_BURN_H

#include <fsimage/codes.h>

/*
 * Before libburn is called; fsi_burn_end() has to follow, on success. Only the state of
 * a drive that is writing is asked for without. E_FAIL when libburn can't be initialised.
 */
HRESULT fsi_burn_begin(void);
void fsi_burn_end(void);

/* The same after a run of writing, whose messages are kept. */
void fsi_burn_resume(void);

/*
 * Add what libburn said last to an error that was raised between those calls.
 * Returns hr.
 */
HRESULT fsi_burn_explain(HRESULT hr);

#endif
