/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the file systems of an image have in common. */
#include "check/check.h"

void fsi_check_bridge(struct fsi_check *check)
{
	(void)check;
}
