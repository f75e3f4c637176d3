/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIGINT, SIGTERM and SIGHUP ask a build to stop; it stops when it has tidied up. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

/**
 * From now on the signals are noted; a second one of the same kind ends the
 * process as ever. One that was ignored stays so. A pipe whose reader has gone
 * is an error like others, not a signal.
 */
void interrupt_begin(void);

/** @return whether one of the signals has come */
bool interrupt_came(void);

/** End the process by the signal that came, so that the caller sees it. */
void interrupt_raise_again(void);

#endif
