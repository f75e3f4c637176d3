/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which option lifts a limit that was met. */
#include "cli/hints.h"

#include "cli/session.h"

#include <fsimage/codes.h>

/* ISO 9660 and Joliet hold less in a file than UDF. */
static const char *hint_for_large_file(const struct create_options *options)
{
	const bool has_udf = (options->file_systems & FSI_FILE_SYSTEM_UDF) != 0;
	const bool has_sections = options->iso.level >= 3;

	if ((options->file_systems & FSI_FILE_SYSTEM_ISO9660) == 0 ||
	    options->iso.omit_large_files)
		return NULL;
	if (has_sections)
		return has_udf ? "--omit-large-files keeps such a file in UDF alone"
			       : "--file-systems udf takes larger files";
	if (options->rules == RULES_IMAPI)
		return "--rules linux takes files of up to 4 GiB - 1 byte, --iso-level 3 "
		       "larger ones in several sections, and --file-systems udf has no "
		       "such limit";
	return has_udf ? "--omit-large-files keeps such a file in UDF alone, and "
			 "--iso-level 3 takes it into ISO 9660 in several sections"
		       : "--iso-level 3 takes it in several sections, and "
			 "--file-systems udf takes files of any size";
}

/* What IMAPI's rules refuse and Linux's allow. */
static const char *hint_for_rules(HRESULT code)
{
	switch (code) {
	case IMAPI_E_ISO9660_LEVELS:
		return "--rules linux writes deeper folders, and --file-systems udf has "
		       "no "
		       "such limit";
	case IMAPI_E_DUP_NAME:
		return "--rules linux tells names apart that differ in case only";
	case IMAPI_E_INVALID_PATH:
	case IMAPI_E_INVALID_PARAM:
		return "--rules linux allows every character but '/' in a name";
	default:
		return NULL;
	}
}

static const char *hint_for_size(const struct create_options *options)
{
	if (options->capacity_blocks != 0 && options->deduplicate)
		return "a larger --capacity, or none, makes more room: what "
		       "--deduplicate spares counts while files are added";
	if (options->capacity_blocks != 0)
		return "a larger --capacity, or none, makes more room";
	/* What is left of a disc is nobody's choice. */
	if (options->rules == RULES_IMAPI && !session_is_wanted(&options->session))
		return "--capacity sets the limit; without it IMAPI's rules allow 332800 "
		       "blocks (650 MiB)";
	return NULL;
}

static const char *hint_for_names(HRESULT code)
{
	switch (code) {
	case IMAPI_E_DUP_NAME:
		return "TARGET=SOURCE puts a source elsewhere, and TARGET/=SOURCE a file "
		       "into "
		       "a folder";
	case IMAPI_E_INVALID_PATH:
	case IMAPI_E_INVALID_PARAM:
		return "--exclude leaves an item out, and TARGET=SOURCE gives a source "
		       "another "
		       "name";
	case IMAPI_E_RESTRICTED_NAME_VIOLATION:
		return "without --restricted-names other characters are allowed";
	case IMAPI_E_INVALID_VOLUME_NAME:
		return "--volume takes up to 32 characters, none of them a control "
		       "character";
	default:
		return NULL;
	}
}

/* Only --strict refuses what would be left out. */
static const char *hint_for_special(const struct create_options *options)
{
	if (options->follow_links)
		return "without --strict it is left out and counted";
	if ((options->file_systems & FSI_FILE_SYSTEM_UDF) == 0)
		return "without --strict it is left out and counted; --follow-links "
		       "takes what a link leads to";
	return "without --strict it is left out and counted; --posix keeps it in UDF; "
	       "--follow-links takes what a link leads to";
}

static const char *hint_for_sources(HRESULT code, const struct create_options *options)
{
	switch (code) {
	case IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED:
		return hint_for_special(options);
	case IMAPI_E_DIRECTORY_READ_FAILURE:
	case IMAPI_E_DATA_STREAM_CREATE_FAILURE:
	case IMAPI_E_DATA_STREAM_READ_FAILURE:
	case IMAPI_E_DATA_STREAM_INCONSISTENCY:
		return "--exclude leaves an item out";
	case IMAPI_E_DATA_TOO_BIG:
		return hint_for_large_file(options);
	case IMAPI_E_TOO_MANY_DIRS:
		return "--file-systems udf has no such limit";
	default:
		return NULL;
	}
}

static const char *hint_for_output(HRESULT code, const struct create_options *options)
{
	switch (code) {
	case FSI_E_NOT_SUPPORTED:
	case E_FAIL:
		return options->reflink == FSI_REFLINK_ALWAYS
			       ? "--reflink auto copies what can't be shared"
			       : NULL;
	case FSI_E_FILE_EXISTS:
		return options->force ? NULL : "--force replaces it";
	case IMAPI_E_INVALID_WORKING_DIRECTORY:
	case IMAPI_E_WORKING_DIRECTORY_SPACE:
	case IMAPI_E_STASHFILE_OPEN_FAILURE:
	case IMAPI_E_STASHFILE_WRITE_FAILURE:
		return "--working-directory takes a folder that can be written to, and "
		       "has room";
	default:
		return NULL;
	}
}

const char *hint_for(HRESULT code, const struct create_options *options)
{
	const char *hint = session_hint(code, options);

	if (hint != NULL)
		return hint;
	/* All else that may be wrong with one was told before. */
	if (code == IMAPI_E_BOOT_IMAGE_DATA)
		return options->hybrid.mbr_template != NULL
			       ? "the code of --mbr-template starts the same loader's "
				 "--boot bios:PATH,emulation=none"
			       : "a boot image has to stay as it is meanwhile, and with "
				 "info-table it has at least 64 bytes";
	if (code == IMAPI_E_IMAGE_SIZE_LIMIT || code == IMAPI_E_IMAGE_TOO_BIG)
		return hint_for_size(options);
	if (options->rules == RULES_IMAPI)
		hint = hint_for_rules(code);
	if (hint == NULL)
		hint = hint_for_names(code);
	if (hint == NULL)
		hint = hint_for_sources(code, options);
	if (hint == NULL)
		hint = hint_for_output(code, options);
	return hint;
}
