/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prototypes of the public headers, read to see that a test forgot none. */
#ifndef TESTS_SUPPORT_PROTOTYPES_H
#define TESTS_SUPPORT_PROTOTYPES_H

#include <stdbool.h>

/* Whether a test has dealt with a parameter of a function. */
typedef bool prototypes_known(const char *function, const char *parameter);

/*
 * Look at all functions of a header that return an HRESULT; the running test fails
 * at a pointer among their parameters that is not known. Returns how many there
 * are.
 */
unsigned prototypes_look_up(const char *header, prototypes_known *is_known);

#endif
