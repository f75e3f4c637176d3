/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of the volume, and its variant in each file system. */
#include "image/image.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* UTF-16 units; the longest of the fields, that of ISO 9660. */
#define MAX_UNITS 32

static bool is_legal(const char *name)
{
	const size_t length = strlen(name);

	if (!fsi_utf8_is_valid(name, length) || fsi_utf16_count(name, length) > MAX_UNITS)
		return false;
	for (const char *cursor = name, *end = name + length; cursor < end;) {
		const uint32_t character = fsi_utf8_next(&cursor, end);

		/* U+FEFF and U+FFFE are not allowed in OSTA CS0 (UDF 2.1.1). */
		if (character < 0x20 || character == 0x7F || character == 0xFEFF ||
		    character == 0xFFFE)
			return false;
	}
	return true;
}

/* What IMAPI documents for all volume names; enforced in its strict mode. */
#define STRICT_MAX_CHARACTERS 15

bool fsi_volume_name_is_strict(const char *name, fsi_file_systems file_systems)
{
	const char *const allowed = (file_systems & FSI_FILE_SYSTEM_ISO9660) != 0
					    ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
					    : "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."
					      "abcdefghijklmnopqrstuvwxyz";
	const size_t length = strlen(name);

	return length <= STRICT_MAX_CHARACTERS && strspn(name, allowed) == length;
}

HRESULT fsi_image_get_volume_name(fsi_image *image, char **ret_name)
{
	fsi_error_clear();
	if (image == NULL || ret_name == NULL)
		return FSI_FAIL(E_POINTER);
	return fsi_hand_out_text(image->volume_name, ret_name);
}

HRESULT fsi_image_put_volume_name(fsi_image *image, const char *new_val)
{
	char *copy = NULL;

	fsi_error_clear();
	if (image == NULL || new_val == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (!is_legal(new_val))
		return fsi_error_detail(
			FSI_FAIL(IMAPI_E_INVALID_VOLUME_NAME),
			"It may have %d characters, none of them a control "
			"character.",
			MAX_UNITS);
	if (image->strict && !fsi_volume_name_is_strict(new_val, image->file_systems))
		return fsi_error_detail(
			FSI_FAIL(IMAPI_E_INVALID_VOLUME_NAME),
			"In strict mode it may have %d of the characters A-Z, 0-9 and "
			"\"_\"; a-z and \".\" too where there is no ISO 9660.",
			STRICT_MAX_CHARACTERS);
	copy = fsi_duplicate_string(new_val);
	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	fsi_free(image->volume_name);
	image->volume_name = copy;
	return S_OK;
}

HRESULT fsi_image_make_volume_name(const fsi_image *image,
				   enum fsi_file_system file_system, char **ret_name)
{
	struct fsi_date date;
	char made[sizeof("YYMMDD_HHMM") + 16];

	if (image->volume_name[0] != '\0')
		return fsi_name_of_volume(image->volume_name, file_system, ret_name);
	/* Legal in all file systems, and tells one disc from the next. */
	fsi_ticks_to_date(image->tree.recording_time, &date);
	snprintf(made, sizeof(made), "%02d%02d%02d_%02d%02d", date.year % 100, date.month,
		 date.day, date.hour, date.minute);
	return fsi_name_of_volume(made, file_system, ret_name);
}

static HRESULT get_variant(const fsi_image *image, enum fsi_file_system file_system,
			   char **ret_name)
{
	fsi_error_clear();
	if (image == NULL || ret_name == NULL)
		return FSI_FAIL(E_POINTER);
	/* Until a result is made, a name that is not set is empty. */
	return fsi_name_of_volume(image->volume_name, file_system, ret_name);
}

HRESULT fsi_image_get_volume_name_iso9660(fsi_image *image, char **ret_name)
{
	return get_variant(image, FSI_FILE_SYSTEM_ISO9660, ret_name);
}

HRESULT fsi_image_get_volume_name_joliet(fsi_image *image, char **ret_name)
{
	return get_variant(image, FSI_FILE_SYSTEM_JOLIET, ret_name);
}

HRESULT fsi_image_get_volume_name_udf(fsi_image *image, char **ret_name)
{
	return get_variant(image, FSI_FILE_SYSTEM_UDF, ret_name);
}
