/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the command speaks: errors, hints and notes go to standard error, each on
 * a line of its own; with --json the error is also told as an object.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include "cli/text.h"

#include <fsimage/types.h>

/** Exit statuses. */
enum {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2
};

/** To whom a subcommand speaks, and how much. */
struct voice {
	const char *command; /**< the subcommand: "create"; NULL: none yet */
	FILE *report;	     /**< where the final line or the object goes */
	bool quiet;	     /**< no notes and no final line */
	bool verbose;	     /**< notes with every name */
	bool json;	     /**< the result, or the error, as one object */
};

/** "fsimage: …" @return STATUS_FAILED */
int message_error(const char *format, ...) CLI_PRINTF(1, 2);

/**
 * A wrong command line: the message, and where to read what is right.
 *
 * @param command  the subcommand; NULL: none
 * @return STATUS_USAGE
 */
int message_usage(const char *command, const char *format, ...) CLI_PRINTF(2, 3);

/** "fsimage: note: …", unless the voice is quiet. */
void message_note(const struct voice *voice, const char *format, ...) CLI_PRINTF(2, 3);

/**
 * Tell what a function of the library returned, with the thread's error.
 *
 * @param hint    which option helps; NULL: none does
 * @param format  what was being done, for instance "adding photos"
 * @return STATUS_FAILED
 */
int message_failure(const struct voice *voice, HRESULT hr, const char *hint,
		    const char *format, ...) CLI_PRINTF(4, 5);

/**
 * Tell an error that the command found itself, in the same form.
 *
 * @param code    stands for it in the table of result codes
 * @param reason  a sentence
 * @param hint    NULL: none
 * @param format  what was being done
 * @return STATUS_FAILED
 */
int message_own_failure(const struct voice *voice, HRESULT code, const char *reason,
			const char *hint, const char *format, ...) CLI_PRINTF(5, 6);

/** The same for what errno says. */
int message_errno_failure(const struct voice *voice, int error_number, const char *format,
			  ...) CLI_PRINTF(3, 4);

/** Out of memory in the command itself. @return STATUS_FAILED */
int message_no_memory(const struct voice *voice);

#endif
