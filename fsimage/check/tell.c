/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How checks tell what they find. */
#include "check/check.h"

#include "base/vector.h"
#include "error/fail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A sentence that names two files at most is not longer. */
#define SENTENCE_SIZE 1024

void fsi_check_fail(struct fsi_check *check, HRESULT hr)
{
	if (SUCCEEDED(check->failure))
		check->failure = hr;
}

const char *fsi_check_format(struct fsi_check_text *text, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	(void)vsnprintf(text->bytes, sizeof(text->bytes), format, values);
	va_end(values);
	return text->bytes;
}

const struct fsi_check_name *fsi_check_add_name(struct fsi_check *check,
						const struct fsi_check_name *parent,
						const char *text)
{
	struct fsi_check_name *name = fsi_arena_allocate(&check->names, sizeof(*name));
	const char *copy =
		name != NULL ? fsi_arena_copy(&check->names, text, strlen(text)) : NULL;

	if (copy == NULL) {
		fsi_check_fail(check, FSI_FAIL(E_OUTOFMEMORY));
		return NULL;
	}
	*name = (struct fsi_check_name){
		.parent = parent,
		.depth = parent != NULL ? parent->depth + 1 : 1,
		.text = copy,
	};
	return name;
}

const char *fsi_check_path(const struct fsi_check_name *name, bool is_file,
			   char (*buffer)[FSI_CHECK_PATH_SIZE])
{
	char *begin = *buffer + sizeof(*buffer) - 1;

	*begin = '\0';
	if (is_file && name == NULL)
		*--begin = '/';
	for (; name != NULL; name = name->parent) {
		const size_t length = strlen(name->text);

		if (length + 4 > (size_t)(begin - *buffer)) {
			begin -= 3;
			memcpy(begin, "...", 3);
			break;
		}
		begin -= length;
		memcpy(begin, name->text, length);
		*--begin = '/';
	}
	return begin;
}

/* A sentence that was cut ends between two characters; all end with a full stop. */
static void finish_sentence(char (*sentence)[SENTENCE_SIZE])
{
	size_t length = strlen(*sentence);

	if (length == SENTENCE_SIZE - 1) {
		length -= 4;
		while (length > 0 && ((*sentence)[length] & 0xC0) == 0x80)
			length--;
		memcpy(*sentence + length, "...", 4);
	} else if (length > 0 && (*sentence)[length - 1] != '.') {
		memcpy(*sentence + length, ".", 2);
	}
}

void fsi_check_tell(struct fsi_check *check, enum fsi_statement statement,
		    const struct fsi_check_place *place,
		    const struct fsi_check_details *details, const char *format, ...)
{
	char sentence[SENTENCE_SIZE];
	char path[FSI_CHECK_PATH_SIZE];
	struct fsi_finding finding = {
		.file_system = check->file_system,
		.offset = place->offset,
	};
	va_list values;
	HRESULT hr = S_OK;

	if (details != NULL) {
		finding.severity = details->severity;
		finding.expected = details->expected;
		finding.found = details->found;
	}
	/* What is only counted needs no words, of which there might be very many. */
	if (fsi_findings_keeps(check->findings, statement))
		finding.path = fsi_check_path(place->name, place->is_file, &path);
	va_start(values, format);
	(void)vsnprintf(sentence, sizeof(sentence) - 1, format, values);
	va_end(values);
	finish_sentence(&sentence);
	finding.message = sentence;
	hr = fsi_findings_add(check->findings, statement, &finding);
	if (FAILED(hr))
		fsi_check_fail(check, hr);
}

static void tell_difference(struct fsi_check *check, enum fsi_statement statement,
			    const struct fsi_check_place *place, const char *field,
			    const struct fsi_check_details *details)
{
	fsi_check_tell(check, statement, place, details, "The %s of the %s is %s, not %s",
		       field, place->structure, details->found, details->expected);
}

bool fsi_check_number(struct fsi_check *check, enum fsi_statement statement,
		      const struct fsi_check_place *place, const char *field,
		      uint64_t expected, uint64_t found)
{
	if (expected == found)
		return true;
	tell_difference(
		check, statement, place, field,
		&(struct fsi_check_details){.expected = FSI_TEXT("%" PRIu64, expected),
					    .found = FSI_TEXT("%" PRIu64, found)});
	return false;
}

bool fsi_check_hex(struct fsi_check *check, enum fsi_statement statement,
		   const struct fsi_check_place *place, const char *field,
		   uint64_t expected, uint64_t found)
{
	if (expected == found)
		return true;
	tell_difference(check, statement, place, field,
			&(struct fsi_check_details){
				.expected = FSI_TEXT("0x%04" PRIX64, expected),
				.found = FSI_TEXT("0x%04" PRIX64, found)});
	return false;
}

struct fsi_check_place fsi_check_at(const struct fsi_check_place *place, uint64_t bytes)
{
	struct fsi_check_place further = *place;

	if (further.offset != FSI_FINDING_NO_OFFSET)
		further.offset += bytes;
	return further;
}

bool fsi_check_zero(struct fsi_check *check, enum fsi_statement statement,
		    const struct fsi_check_place *place, const char *field,
		    const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const struct fsi_check_place at = fsi_check_at(place, i);

		if (bytes[i] == 0)
			continue;
		fsi_check_tell(check, statement, &at,
			       &(struct fsi_check_details){
				       .expected = "zeros",
				       .found = FSI_TEXT("0x%02X", bytes[i])},
			       "The %s of the %s is not zero", field, place->structure);
		return false;
	}
	return true;
}

/* How the media is read. */
typedef HRESULT read_function(struct fsi_media *media, uint64_t offset, void *buffer,
			      size_t length);

static bool read_with(struct fsi_check *check, read_function *read, uint64_t offset,
		      void *buffer, size_t length)
{
	const uint64_t size = fsi_media_size(check->media);
	const struct fsi_check_place place = {offset, "block", NULL, false};
	HRESULT hr = S_OK;

	if (offset > size || length > size - offset)
		return false;
	hr = read(check->media, offset, buffer, length);
	if (SUCCEEDED(hr))
		return true;
	if (hr == E_OUTOFMEMORY)
		fsi_check_fail(check, hr);
	else
		fsi_check_tell(check, FSI_C_001, &place, NULL, "%s",
			       fsi_error_get_message());
	return false;
}

bool fsi_check_read(struct fsi_check *check, uint64_t offset, void *buffer, size_t length)
{
	return read_with(check, fsi_media_read, offset, buffer, length);
}

bool fsi_check_read_data(struct fsi_check *check, uint64_t offset, void *buffer,
			 size_t length)
{
	return read_with(check, fsi_media_read_data, offset, buffer, length);
}
