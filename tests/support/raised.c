/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of codes that the library raises. */
#include "tests/support/raised.h"

#include <stdlib.h>
#include <string.h>

/* Put the path of the test's folder where "{host}" stands. */
static const char *fill_in(const char *text)
{
	const char *host = strstr(text, "{host}");

	return host == NULL ? text
			    : api_text("%.*s%s%s", (int)(host - text), text, api_host(""),
				       host + strlen("{host}"));
}

void raised_assert(const struct raised *row)
{
	const struct api_place place = {__FILE__, __LINE__, row->name};
	const HRESULT hr = row->call();
	char *message = strdup(fsi_error_get_message());

	api_assert_fails(&place, hr, row->code, row->name, fill_in(row->inserts));
	ck_assert_str_eq(message, fill_in(row->message));
	free(message);
}
