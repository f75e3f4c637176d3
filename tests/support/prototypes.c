/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prototypes of the public headers. */
#include "tests/support/prototypes.h"

#include "tests/support/api.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text of a public header without comments. To be freed. */
static char *read_header(const char *name)
{
	FILE *in = fopen(api_text("%s/%s", TEST_INCLUDE_DIR, name), "r");
	char *text = calloc(1, 200000);
	char *out = text;
	int previous = 0;
	bool is_comment = false;

	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(text);
	for (int c = fgetc(in); c != EOF; c = fgetc(in)) {
		if (!is_comment && previous == '/' && c == '*') {
			is_comment = true;
			out--;
			c = 0;
		} else if (is_comment && previous == '*' && c == '/') {
			is_comment = false;
			c = ' ';
		}
		if (!is_comment)
			*out++ = (char)(isspace(c) ? ' ' : c);
		previous = c;
		ck_assert_int_lt(out - text, 199999);
	}
	fclose(in);
	return text;
}

/* A declaration of one parameter: whether it is a pointer, and its name. */
static bool is_pointer(const char *declaration, size_t length, char (*ret_name)[48])
{
	size_t end = length;
	size_t start = 0;

	while (end > 0 && declaration[end - 1] == ' ')
		end--;
	start = end;
	while (start > 0 && (isalnum((unsigned char)declaration[start - 1]) ||
			     declaration[start - 1] == '_'))
		start--;
	snprintf(*ret_name, sizeof(*ret_name), "%.*s", (int)(end - start),
		 declaration + start);
	return memchr(declaration, '*', length) != NULL ||
	       strstr(*ret_name, "handler") != NULL;
}

/* Look at the parameters of a prototype; returns how many are pointers. */
static unsigned look_up_parameters(const char *function, const char *parameters,
				   const char *end, prototypes_known *is_known)
{
	unsigned pointers = 0;

	while (parameters < end) {
		const char *comma = memchr(parameters, ',', (size_t)(end - parameters));
		const char *stop = comma != NULL ? comma : end;
		char name[48];

		if (is_pointer(parameters, (size_t)(stop - parameters), &name)) {
			if (!is_known(function, name))
				ck_abort_msg("%s: %s was not tried", function, name);
			pointers++;
		}
		parameters = stop + 1;
	}
	return pointers;
}

unsigned prototypes_look_up(const char *header, prototypes_known *is_known)
{
	static const char start[] = "FSI_API HRESULT ";
	char *text = read_header(header);
	unsigned pointers = 0;

	for (const char *cursor = strstr(text, start); cursor != NULL;
	     cursor = strstr(cursor, start)) {
		const char *open = strchr(cursor, '(');
		const char *close = strstr(cursor, ");");
		char function[64];

		ck_assert(open != NULL && close != NULL && open < close);
		cursor += strlen(start);
		snprintf(function, sizeof(function), "%.*s", (int)(open - cursor),
			 cursor);
		pointers += look_up_parameters(function, open + 1, close, is_known);
	}
	free(text);
	return pointers;
}
