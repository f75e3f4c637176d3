/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which option lifts a limit that was met. */
#ifndef CLI_HINTS_H
#define CLI_HINTS_H

#include "cli/create_options.h"

/** @return what helps against code, on one line; NULL when no option does */
const char *hint_for(HRESULT code, const struct create_options *options);

#endif
