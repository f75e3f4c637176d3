/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text: UTF-8 in memory, UTF-16 on the disc. Nothing here knows a locale, and
 * the table of upper-case letters is our own, so that an image does not depend
 * on the version of a library.
 */
#ifndef FSI_BASE_TEXT_H
#define FSI_BASE_TEXT_H

#include <fsimage/types.h>

/*
 * Decode the character at *cursor and step over it. Returns its code point;
 * UINT32_MAX for a byte sequence that is not UTF-8 (RFC 3629: no surrogates, no
 * overlong forms, nothing over U+10FFFF), then *cursor steps one byte on.
 */
uint32_t fsi_utf8_next(const char **cursor, const char *end);

/* Whether length bytes are UTF-8 without NUL. */
bool fsi_utf8_is_valid(const char *bytes, size_t length);

/* Append a character at out (4 bytes of room); returns the bytes written. */
size_t fsi_utf8_put(char *out, uint32_t character);

/* UTF-16 units of valid UTF-8 text: characters over U+FFFF count two. */
size_t fsi_utf16_count(const char *text, size_t length);

/*
 * Convert valid UTF-8 to UTF-16 units in host order. room is the number of
 * units in out; what does not fit is not written. Returns the units needed.
 */
size_t fsi_utf16_from_utf8(const char *text, size_t length, uint16_t *out, size_t room);

/* The simple upper-case form of a character (Unicode, one to one). */
uint32_t fsi_upper_case(uint32_t character);

/* Compare valid UTF-8 without regard to case: <0, 0, >0 by code points. */
int fsi_text_compare_ignoring_case(const char *a, size_t a_length, const char *b,
				   size_t b_length);

/*
 * A hash of valid UTF-8 text, the same for texts that differ in case only when
 * ignore_case is set.
 */
uint32_t fsi_text_hash(const char *text, size_t length, bool ignore_case);

/* C0, DEL and C1, and the two separators that Unicode counts as line ends. */
bool fsi_is_control(uint32_t character);

/*
 * A copy in which every byte that is not part of valid UTF-8, and each byte of a
 * control character or line end, is written \xHH, to show a name in a message.
 * NULL: no memory.
 */
char *fsi_text_escape(const char *bytes, size_t length);

#endif
