/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking ISO 9660 and what belongs to it. */
#include "check/check.h"

void fsi_check_iso9660(struct fsi_check *check)
{
	(void)check;
}
