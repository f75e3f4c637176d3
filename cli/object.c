/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A JSON object that appears whole or not at all: half of one is no JSON. */

#include "cli/object.h"

#include <fsimage/codes.h>

#include <stdlib.h>

HRESULT object_print(FILE *file, HRESULT (*print)(void *context, FILE *file),
		     void *context)
{
	char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);
	HRESULT hr = E_OUTOFMEMORY;

	if (memory == NULL)
		return hr;
	hr = print(context, memory);
	if (fclose(memory) != 0 && SUCCEEDED(hr))
		hr = E_OUTOFMEMORY;
	if (SUCCEEDED(hr))
		fwrite(text, 1, length, file);
	free(text);
	return hr;
}
