/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of "fsimage create" for ISO 9660 and Joliet beyond IMAPI's. */
#include "cli/iso_options.h"

#include "cli/create_options.h"
#include "cli/message.h"

#include <fsimage/fsimage.h>

#include <string.h>

/* Levels of ECMA-119 10 and of ISO 9660:1999, which is called the fourth. */
#define DEFAULT_LEVEL	   2
#define MULTI_EXTENT_LEVEL 3
#define ENHANCED_LEVEL	   4

const char *iso_options_take_level(void *target, const char *value)
{
	struct create_options *options = target;

	if (strlen(value) != 1 || value[0] < '1' || value[0] > '4')
		return "must be 1, 2, 3 or 4";
	options->iso.level = (uint32_t)(value[0] - '0');
	return NULL;
}

/* The member that a word of --iso-names sets; NULL: there is no such word. */
static bool *find_name_rule(struct iso_options *iso, const char *word, size_t length)
{
	const struct {
		const char *word;
		bool *member;
	} rules[] = {
		{"long", &iso->long_names},	     {"lowercase", &iso->lowercase_names},
		{"relaxed", &iso->relaxed_names},    {"multidot", &iso->multidot_names},
		{"no-version", &iso->omit_versions},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strlen(rules[i].word) == length &&
		    memcmp(rules[i].word, word, length) == 0)
			return rules[i].member;
	}
	return NULL;
}

const char *iso_options_take_names(void *target, const char *value)
{
	struct create_options *options = target;

	for (const char *at = value;; at++) {
		const size_t length = strcspn(at, ",");
		bool *rule = find_name_rule(&options->iso, at, length);

		if (rule == NULL)
			return "must be a list of long, lowercase, relaxed, multidot and "
			       "no-version with commas between";
		if (*rule)
			return "must name each rule once";
		*rule = true;
		at += length;
		if (*at == '\0')
			break;
	}
	options->iso.has_names = true;
	return NULL;
}

/* What an option needs that is not there; NULL: nothing. */
static const char *find_needed(const struct create_options *options,
			       const char **ret_option)
{
	const fsi_file_systems chosen = options->file_systems;
	const struct iso_options *iso = &options->iso;
	const struct {
		const char *option;
		bool is_given;
		enum fsi_file_system needed;
		const char *name;
	} needs[] = {
		{"--iso-level", iso->level != 0, FSI_FILE_SYSTEM_ISO9660, "iso9660"},
		{"--iso-names", iso->has_names, FSI_FILE_SYSTEM_ISO9660, "iso9660"},
		{"--joliet-long", iso->joliet_long, FSI_FILE_SYSTEM_JOLIET, "joliet"},
		{"--omit-large-files", iso->omit_large_files, FSI_FILE_SYSTEM_ISO9660,
		 "iso9660"},
		{"--omit-large-files", iso->omit_large_files, FSI_FILE_SYSTEM_UDF, "udf"},
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		*ret_option = needs[i].option;
		if (needs[i].is_given &&
		    (chosen & (fsi_file_systems)needs[i].needed) == 0)
			return needs[i].name;
	}
	return NULL;
}

int iso_options_check(const struct create_options *options)
{
	const char *option = NULL;
	const char *needed = find_needed(options, &option);

	if (needed != NULL)
		return message_usage(options->command,
				     "option '%s' needs %s among the file systems",
				     option, needed);
	if (options->iso.long_names && options->iso.level == 1)
		return message_usage(options->command, "option '--iso-names long' needs "
						       "'--iso-level 2' or a higher one");
	return STATUS_DONE;
}

HRESULT iso_options_apply(const struct iso_options *options, fsi_image *image)
{
	const struct {
		HRESULT (*put)(fsi_image *image, bool new_val);
		bool value;
	} flags[] = {
		{fsi_image_put_multi_extent_iso_files,
		 options->level >= MULTI_EXTENT_LEVEL},
		{fsi_image_put_iso9660_1999, options->level == ENHANCED_LEVEL},
		{fsi_image_put_omit_large_iso_files, options->omit_large_files},
		{fsi_image_put_long_iso_names, options->long_names},
		{fsi_image_put_lowercase_iso_names, options->lowercase_names},
		{fsi_image_put_relaxed_iso_names, options->relaxed_names},
		{fsi_image_put_multidot_iso_names, options->multidot_names},
		{fsi_image_put_omit_iso_versions, options->omit_versions},
		{fsi_image_put_long_joliet_names, options->joliet_long},
	};
	HRESULT hr = S_OK;

	if (options->level != 0)
		hr = fsi_image_put_iso9660_interchange_level(
			image, options->level == 1 ? 1 : DEFAULT_LEVEL);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]) && SUCCEEDED(hr); i++)
		hr = flags[i].put(image, flags[i].value);
	return hr;
}

uint32_t iso_options_get_level(const struct iso_options *options)
{
	return options->level != 0 ? options->level : DEFAULT_LEVEL;
}
