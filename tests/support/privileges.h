/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Being somebody whom files can be kept from: nothing is denied to a superuser. */
#ifndef TESTS_SUPPORT_PRIVILEGES_H
#define TESTS_SUPPORT_PRIVILEGES_H

/* Become a user without rights, if this is a superuser, and be it again. */
void privileges_drop(void);
void privileges_restore(void);

#endif
