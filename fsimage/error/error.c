/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The error of the calling thread: raised, added to, kept aside, read. */
#include "error/error.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Inserts and detail, and the words of the table between them. */
#define MESSAGE_SIZE (FSI_ERROR_TEXT_SIZE + FSI_ERROR_DETAIL_SIZE + 512)

/* Fixed room, as nothing may be allocated when there is no memory. */
static _Thread_local struct fsi_error_state current;
static _Thread_local char message[MESSAGE_SIZE];

/* A string under construction: what does not fit ends it, never half a character. */
struct builder {
	char *at;
	char *end; /* the last byte, kept for the NUL */
};

static struct builder begin_string(char *room, size_t size)
{
	room[0] = '\0';
	return (struct builder){room, room + size - 1};
}

static void append_bytes(struct builder *out, const char *bytes, size_t length)
{
	if (length > (size_t)(out->end - out->at)) {
		out->end = out->at;
		return;
	}
	memcpy(out->at, bytes, length);
	out->at += length;
	*out->at = '\0';
}

static void append_escaped(struct builder *out, const char *bytes, size_t length)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < length; i++) {
		const uint8_t byte = (uint8_t)bytes[i];
		const char escape[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};

		append_bytes(out, escape, sizeof(escape));
	}
}

/* Append UTF-8 with any other byte escaped; for a message, controls as well. */
static void append_text(struct builder *out, const char *text, bool escape_controls)
{
	const char *end = text + strlen(text);

	while (text < end) {
		const char *start = text;
		const uint32_t character = fsi_utf8_next(&text, end);
		const size_t length = (size_t)(text - start);

		if (character == UINT32_MAX ||
		    (escape_controls && fsi_is_control(character)))
			append_escaped(out, start, length);
		else
			append_bytes(out, start, length);
	}
}

static void append_number(struct builder *out, int64_t number)
{
	char digits[24];
	const int length = snprintf(digits, sizeof(digits), "%" PRId64, number);

	append_bytes(out, digits, (size_t)length);
}

/* ---- raising ----------------------------------------------------------- */

static void begin_error(HRESULT hr)
{
	current.code = hr;
	current.insert_count = 0;
	current.text_size = 0;
	current.detail[0] = '\0';
}

static void add_text(const char *text)
{
	char *room = current.text + current.text_size;
	const size_t left = FSI_ERROR_TEXT_SIZE - current.text_size;
	struct builder out = begin_string(
		room, left < FSI_ERROR_PATH_SIZE ? left : FSI_ERROR_PATH_SIZE);

	append_text(&out, text != NULL ? text : "", false);
	current.text_size = (size_t)(out.at - current.text) + 1;
	current.inserts[current.insert_count++] =
		(struct fsi_insert){FSI_INSERT_STRING, room, 0};
}

static void add_number(enum fsi_insert_type type, int64_t number)
{
	current.inserts[current.insert_count++] = (struct fsi_insert){type, NULL, number};
}

HRESULT fsi_error_raise_none(HRESULT hr)
{
	begin_error(hr);
	return hr;
}

HRESULT fsi_error_raise_s(HRESULT hr, const char *text)
{
	begin_error(hr);
	add_text(text);
	return hr;
}

HRESULT fsi_error_raise_ss(HRESULT hr, const char *first, const char *second)
{
	begin_error(hr);
	add_text(first);
	add_text(second);
	return hr;
}

HRESULT fsi_error_raise_sdd(HRESULT hr, const char *text, int64_t first, int64_t second)
{
	begin_error(hr);
	add_text(text);
	add_number(FSI_INSERT_INT64, first);
	add_number(FSI_INSERT_INT64, second);
	return hr;
}

HRESULT fsi_error_raise_d(HRESULT hr, int64_t number)
{
	begin_error(hr);
	add_number(FSI_INSERT_INT64, number);
	return hr;
}

HRESULT fsi_error_raise_u(HRESULT hr, uint32_t number)
{
	begin_error(hr);
	add_number(FSI_INSERT_UINT32, number);
	return hr;
}

HRESULT fsi_error_adopt(HRESULT hr)
{
	if (hr != current.code)
		begin_error(hr);
	return hr;
}

HRESULT fsi_error_detail(HRESULT hr, const char *format, ...)
{
	const int kept_errno = errno;
	/* A character that is cut here lies beyond what the detail can hold. */
	char sentence[FSI_ERROR_DETAIL_SIZE + 4];
	struct builder out;
	size_t used;
	va_list values;

	if (hr == S_OK)
		return hr;
	fsi_error_adopt(hr);
	va_start(values, format);
	vsnprintf(sentence, sizeof(sentence), format, values);
	va_end(values);
	used = strlen(current.detail);
	out = begin_string(current.detail + used, FSI_ERROR_DETAIL_SIZE - used);
	if (used > 0)
		append_bytes(&out, " ", 1);
	append_text(&out, sentence, true);
	errno = kept_errno;
	return hr;
}

/* ---- keeping aside ----------------------------------------------------- */

/* A copy's inserts are in the text of the copy. */
static void copy_error(struct fsi_error_state *to, const struct fsi_error_state *from)
{
	*to = *from;
	for (unsigned i = 0; i < from->insert_count; i++) {
		if (from->inserts[i].text != NULL)
			to->inserts[i].text =
				to->text + (from->inserts[i].text - from->text);
	}
}

void fsi_error_save(struct fsi_error_state *ret_state)
{
	copy_error(ret_state, &current);
}

void fsi_error_restore(const struct fsi_error_state *state)
{
	copy_error(&current, state);
}

void fsi_error_clear(void)
{
	begin_error(S_OK);
}

/* ---- reading ----------------------------------------------------------- */

HRESULT fsi_error_get_code(void)
{
	return current.code;
}

const char *fsi_error_get_name(void)
{
	const struct fsi_code *row = fsi_code_from_value(current.code);

	return current.code != S_OK && row != NULL ? row->name : "";
}

static void append_insert(struct builder *out, unsigned index)
{
	/* A code that a caller's function returned comes without its inserts. */
	if (index >= current.insert_count)
		append_bytes(out, "?", 1);
	else if (current.inserts[index].type == FSI_INSERT_STRING)
		append_text(out, current.inserts[index].text, true);
	else
		append_number(out, current.inserts[index].number);
}

static void append_template(struct builder *out, const char *text)
{
	const char *sign;

	while ((sign = strchr(text, '%')) != NULL) {
		append_bytes(out, text, (size_t)(sign - text));
		append_insert(out, (unsigned)(sign[1] - '1'));
		text = sign + 2;
	}
	append_bytes(out, text, strlen(text));
}

const char *fsi_error_get_message(void)
{
	const struct fsi_code *row = fsi_code_from_value(current.code);
	struct builder out = begin_string(message, sizeof(message));

	if (current.code == S_OK)
		return message;
	if (row != NULL) {
		append_template(&out, row->message);
	} else {
		char text[64];

		snprintf(text, sizeof(text),
			 "The code 0x%08" PRIX32 " is not known here.",
			 (uint32_t)current.code);
		append_bytes(&out, text, strlen(text));
	}
	if (current.detail[0] != '\0') {
		append_bytes(&out, " ", 1);
		append_bytes(&out, current.detail, strlen(current.detail));
	}
	return message;
}

unsigned fsi_error_get_insert_count(void)
{
	return current.insert_count;
}

HRESULT fsi_error_get_insert(unsigned index, struct fsi_insert *ret_insert)
{
	if (ret_insert == NULL)
		return E_POINTER;
	if (index >= current.insert_count)
		return E_INVALIDARG;
	*ret_insert = current.inserts[index];
	return S_OK;
}
