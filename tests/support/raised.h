/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of codes that the library raises: tools/make_codes.py makes doc/codes.md of
 * those in tests/unit/check_codes_*.c.
 */
#ifndef TESTS_SUPPORT_RAISED_H
#define TESTS_SUPPORT_RAISED_H

#include "tests/support/api.h"

struct raised {
	HRESULT code;
	const char *name;
	const char *inserts; /* a "|" between two; "{host}": the folder of the test */
	const char *message;
	HRESULT (*call)(void);
};

/* RAISED(code, condition, inserts, message, call that meets it) */
#define RAISED(code, condition, inserts, message, call) \
	{ \
		(code), #code, (inserts), (message), (call) \
	}

/* That the call returns the code, with its inserts and its whole message. */
void raised_assert(const struct raised *row);

#endif
