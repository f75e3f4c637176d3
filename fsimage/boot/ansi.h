/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of Windows code page 1252, which IMAPI's "ANSI" is taken for. */
#ifndef FSI_BOOT_ANSI_H
#define FSI_BOOT_ANSI_H

#include <fsimage/types.h>

/*
 * Convert UTF-8 to at most size bytes, the rest of which become zero. false: it is
 * not UTF-8, has a character that the code page lacks, or is longer; then out is
 * untouched.
 */
bool fsi_ansi_from_utf8(const char *text, uint8_t *out, size_t size);

/* Bytes of UTF-8 that length bytes may become, with a NUL. */
#define FSI_ANSI_UTF8_SIZE(length) (3 * (length) + 1)

/*
 * Convert bytes up to the first zero, without spaces at the end; those that mean
 * nothing become U+FFFD. text has FSI_ANSI_UTF8_SIZE(length) bytes.
 */
void fsi_ansi_to_utf8(const uint8_t *bytes, size_t length, char *text);

#endif
