/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of "fsimage create" for ISO 9660 and Joliet beyond IMAPI's. */
#ifndef CLI_ISO_OPTIONS_H
#define CLI_ISO_OPTIONS_H

#include <fsimage/types.h>

struct create_options;

struct iso_options {
	uint32_t level; /**< 1 to 4; 0: none given */
	bool has_names; /**< --iso-names is given */
	bool long_names;
	bool lowercase_names;
	bool relaxed_names;
	bool multidot_names;
	bool omit_versions;
	bool joliet_long;
	bool omit_large_files;
};

/* For the table of options; the target is a struct create_options. */
const char *iso_options_take_level(void *target, const char *value);
const char *iso_options_take_names(void *target, const char *value);

/** @return STATUS_USAGE, told, for options that make no sense together */
int iso_options_check(const struct create_options *options);

/** Set the properties of the image that the options stand for. */
HRESULT iso_options_apply(const struct iso_options *options, fsi_image *image);

/** The level to be told; 2 where none was given. */
uint32_t iso_options_get_level(const struct iso_options *options);

#endif
