/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking UDF. */
#include "check/check.h"

void fsi_check_udf(struct fsi_check *check)
{
	(void)check;
}
