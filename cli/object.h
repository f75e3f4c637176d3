/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A JSON object that appears whole or not at all: half of one is no JSON. */
#ifndef CLI_OBJECT_H
#define CLI_OBJECT_H

#include <fsimage/types.h>

#include <stdio.h>

/**
 * Print what print() prints, when it succeeds.
 *
 * @return what print() returned; E_OUTOFMEMORY
 */
HRESULT object_print(FILE *file, HRESULT (*print)(void *context, FILE *file),
		     void *context);

#endif
