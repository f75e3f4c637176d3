/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard input as a file of the image. */
#ifndef CLI_STANDARD_INPUT_H
#define CLI_STANDARD_INPUT_H

#include "cli/message.h"
#include "cli/output.h"

#include <fsimage/stream.h>

/** How TARGET=SOURCE calls it. */
#define STANDARD_INPUT "-"

/** See that there is something to be read, and not the output. @return an exit status */
int standard_input_check(const struct output *output, const struct voice *voice);

/**
 * Open it. What is a pipe can be read once, which an interrupt ends.
 *
 * @param ret_stream  one reference
 * @return of the library
 */
HRESULT standard_input_open(fsi_stream **ret_stream);

#endif
