/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the command speaks. */

#include "cli/message.h"

#include <fsimage/fsimage.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is told about a failure, from wherever it comes. */
struct failure {
	HRESULT code;
	const char *name;
	const char *message;
	const char *hint;
	bool is_own; /* the thread's error is not what it is about */
};

int message_error(const char *format, ...)
{
	va_list values;

	fputs("fsimage: ", stderr);
	va_start(values, format);
	text_vprintf(stderr, format, values);
	va_end(values);
	fputc('\n', stderr);
	return STATUS_FAILED;
}

int message_usage(const char *command, const char *format, ...)
{
	va_list values;

	fputs("fsimage: ", stderr);
	va_start(values, format);
	text_vprintf(stderr, format, values);
	va_end(values);
	fprintf(stderr, "\nfsimage: try 'fsimage%s%s --help'\n",
		command != NULL ? " " : "", command != NULL ? command : "");
	return STATUS_USAGE;
}

void message_note(const struct voice *voice, const char *format, ...)
{
	va_list values;

	if (voice->quiet)
		return;
	fputs("fsimage: note: ", stderr);
	va_start(values, format);
	text_vprintf(stderr, format, values);
	va_end(values);
	fputc('\n', stderr);
}

static void print_insert(FILE *file, const struct fsi_insert *insert)
{
	if (insert->type == FSI_INSERT_STRING)
		text_print_json(file, insert->text);
	else
		fprintf(file, "%" PRId64, insert->number);
}

static void print_inserts(FILE *file, const struct failure *failure)
{
	const unsigned count = failure->is_own ? 0 : fsi_error_get_insert_count();

	fputs("\"inserts\": [", file);
	for (unsigned i = 0; i < count; i++) {
		struct fsi_insert insert;

		if (FAILED(fsi_error_get_insert(i, &insert)))
			break;
		if (i > 0)
			fputs(", ", file);
		print_insert(file, &insert);
	}
	fputs("]", file);
}

static void print_object(FILE *file, const struct failure *failure, const char *doing)
{
	fprintf(file,
		"{\"error\": {\"code\": %" PRId32 ", \"value\": \"0x%08" PRIX32 "\", ",
		failure->code, (uint32_t)failure->code);
	fputs("\"name\": ", file);
	text_print_json(file, failure->name);
	fputs(", \"doing\": ", file);
	text_print_json(file, doing);
	fputs(", \"message\": ", file);
	text_print_json(file, failure->message);
	fputs(", ", file);
	print_inserts(file, failure);
	fputs(", \"hint\": ", file);
	text_print_json(file, failure->hint);
	fputs("}}\n", file);
}

static void tell(const struct voice *voice, const struct failure *failure,
		 const char *format, va_list values) CLI_PRINTF(3, 0);

static void tell(const struct voice *voice, const struct failure *failure,
		 const char *format, va_list values)
{
	char *doing = NULL;

	if (vasprintf(&doing, format, values) < 0)
		doing = NULL;
	message_error("%s: %s (%s 0x%08" PRIX32 ")", doing != NULL ? doing : format,
		      failure->message, failure->name, (uint32_t)failure->code);
	if (failure->hint != NULL)
		message_error("hint: %s", failure->hint);
	if (voice->json)
		print_object(voice->report, failure, doing);
	free(doing);
}

static void tell_own(const struct voice *voice, HRESULT code, const char *reason,
		     const char *hint, const char *format, va_list values)
	CLI_PRINTF(5, 0);

static void tell_own(const struct voice *voice, HRESULT code, const char *reason,
		     const char *hint, const char *format, va_list values)
{
	const struct fsi_code *row = fsi_code_from_value(code);
	const struct failure failure = {
		.code = code,
		.name = row != NULL ? row->name : "",
		.message = reason,
		.hint = hint,
		.is_own = true,
	};

	tell(voice, &failure, format, values);
}

int message_failure(const struct voice *voice, HRESULT hr, const char *hint,
		    const char *format, ...)
{
	const struct failure failure = {
		.code = hr,
		.name = fsi_error_get_name(),
		.message = fsi_error_get_message(),
		.hint = hint,
	};
	const struct fsi_code *row = fsi_code_from_value(hr);
	va_list values;

	va_start(values, format);
	if (fsi_error_get_code() == hr)
		tell(voice, &failure, format, values);
	else /* the command's own, where only memory runs out */
		tell_own(voice, hr, row != NULL ? row->message : "", hint, format,
			 values);
	va_end(values);
	return STATUS_FAILED;
}

int message_own_failure(const struct voice *voice, HRESULT code, const char *reason,
			const char *hint, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	tell_own(voice, code, reason, hint, format, values);
	va_end(values);
	return STATUS_FAILED;
}

int message_errno_failure(const struct voice *voice, int error_number, const char *format,
			  ...)
{
	char reason[128];
	va_list values;

	snprintf(reason, sizeof(reason), "%s.", strerror(error_number));
	va_start(values, format);
	tell_own(voice, fsi_error_code_from_errno(error_number), reason, NULL, format,
		 values);
	va_end(values);
	return STATUS_FAILED;
}

int message_no_memory(const struct voice *voice)
{
	return message_errno_failure(voice, ENOMEM, "making room for names");
}
