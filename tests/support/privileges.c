/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Being somebody whom files can be kept from. */
#include "tests/support/privileges.h"

#include <check.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NOBODY 65534

static bool is_dropped;

void privileges_drop(void)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(seteuid(NOBODY), 0);
	is_dropped = true;
}

void privileges_restore(void)
{
	if (!is_dropped)
		return;
	ck_assert_int_eq(seteuid(0), 0);
	is_dropped = false;
	/* A process that has changed its user may not be looked into, not even by
	 * its own leak checker. */
	prctl(PR_SET_DUMPABLE, 1);
}
