/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that are legal on a disc, but of no use to a system that reads it. */
#include "check/check.h"

#include "base/text.h"

#include <string.h>

/* What the UDF of Linux makes room for. */
#define LINUX_NAME_MAX 254

static bool begins_with(const char *name, const char *word)
{
	return strlen(name) >= 3 && fsi_text_compare_ignoring_case(name, 3, word, 3) == 0;
}

/* Whether the part of a name before its first dot is one that Windows keeps. */
static bool is_device(const char *name)
{
	static const char *const devices[] = {"CON", "PRN", "AUX", "NUL"};
	const size_t length = strcspn(name, ".");

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		if (length == 3 && begins_with(name, devices[i]))
			return true;
	}
	return length == 4 && name[3] >= '1' && name[3] <= '9' &&
	       (begins_with(name, "COM") || begins_with(name, "LPT"));
}

const char *fsi_check_windows_fault(const char *name)
{
	const size_t length = strlen(name);

	if (strpbrk(name, "\\:*?\"<>|") != NULL)
		return "has one of \\ : * ? \" < > |";
	if (length > 0 && (name[length - 1] == '.' || name[length - 1] == ' '))
		return "ends with a dot or a space";
	return is_device(name) ? "is that of a device there" : NULL;
}

void fsi_check_systems(struct fsi_check *check, const struct fsi_check_place *place,
		       const char *name)
{
	const char *fault = fsi_check_windows_fault(name);

	if (fault != NULL)
		fsi_check_tell(check, FSI_C_008, place,
			       &(struct fsi_check_details){.found = name},
			       "Windows cannot use a name that %s", fault);
	if (strlen(name) > LINUX_NAME_MAX)
		fsi_check_tell(check, FSI_C_009, place,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("at most %d bytes of UTF-8",
							    LINUX_NAME_MAX),
				       .found = FSI_TEXT("%zu", strlen(name))},
			       "Linux shows a shorter name instead");
}
