/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that came from outside (names, paths, messages) as it can be shown: on
 * one line, in UTF-8, with nothing in it that a terminal obeys.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* The compiler checks the arguments of functions that format as printf() does. */
#if defined(__GNUC__)
#define CLI_PRINTF(format_at, values_at) \
	__attribute__((format(printf, format_at, values_at)))
#else
#define CLI_PRINTF(format_at, values_at)
#endif

/** @return whether all of text is UTF-8 */
bool text_is_utf8(const char *text);

/** Print text; control characters and bytes that are not UTF-8 as \xHH. */
void text_print(FILE *file, const char *text);

/** The same for text that vprintf() makes. */
void text_vprintf(FILE *file, const char *format, va_list values) CLI_PRINTF(2, 0);

/**
 * Print text as a JSON string in its quotes; NULL becomes null. Bytes that are
 * not UTF-8, which JSON can't hold, appear as the four characters \xHH.
 */
void text_print_json(FILE *file, const char *text);

#endif
