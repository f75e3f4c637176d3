/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disc that a session is made for: opened, imported, and written to. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "cli/build.h"

/**
 * Open the disc and take what it holds into the image; then remove and move what the
 * command line says. Nothing to do where no disc is named.
 *
 * @return an exit status
 */
int session_begin(struct build *build);

/** Add the result to the disc. @return an exit status */
int session_write(struct build *build);

/** Which option helps; NULL: none. */
const char *session_hint(HRESULT code, const struct create_options *options);

#endif
