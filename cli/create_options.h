/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line and the environment ask of "fsimage create" and "serve". */
#ifndef CLI_CREATE_OPTIONS_H
#define CLI_CREATE_OPTIONS_H

#include "cli/boot.h"
#include "cli/exclude.h"
#include "cli/iso_options.h"
#include "cli/hybrid.h"
#include "cli/options.h"
#include "cli/session_options.h"

#include <fsimage/result.h>

/** By whose rules names and limits are judged. */
enum rules {
	RULES_LINUX,
	RULES_IMAPI
};

/** Where the image is to be had. */
enum appearance {
	APPEARS_AS_FILE,   /**< or comes out of standard output */
	APPEARS_AS_SOCKET, /**< of an NBD server */
	APPEARS_AS_MOUNT   /**< of FUSE */
};

struct create_options {
	const char *command; /**< "create", "append", "revert" or "serve" */
	enum appearance appearance;
	/** A file, "-" for standard output, the socket or the mount point. */
	const char *output;
	const char *volume_name; /**< NULL: none given */
	/** NONE: those of the session before, which are here once it is imported. */
	fsi_file_systems file_systems;
	struct iso_options iso;
	uint32_t udf_revision; /**< as 0x102; 0: none given */
	bool udf_holes;
	enum fsi_reflink reflink;
	bool align_large_files;
	bool deduplicate;
	int64_t capacity_blocks;       /**< 0: none given */
	const char *working_directory; /**< NULL: none given */
	const char *default_directory; /**< that of the environment; NULL: none */
	bool stage;
	enum rules rules;
	bool redundant_metadata;
	bool posix;
	bool restricted_names;
	bool force;
	bool quiet;
	bool verbose;
	bool json;
	bool strict;
	bool follow_links;
	struct exclude_list excludes;
	struct boot_list boot;
	struct hybrid_choice hybrid;
	struct session_choice session;
	/** The time of the volume: the clock's, or that of SOURCE_DATE_EPOCH. */
	struct timespec recording_time;
	bool is_reproducible;	  /**< SOURCE_DATE_EPOCH is set */
	struct operands operands; /**< PATH and TARGET=SOURCE */
};

/**
 * Read the command line of a subcommand that makes an image, and the environment.
 *
 * @param argv         argv[0] is the subcommand's name
 * @param ret_options  to be cleared, also on failure
 * @param ret_status   the exit status when there is nothing to go on with
 * @return whether there is: false after an error, --help and --version
 */
bool create_options_parse(int argc, char **argv, struct create_options *ret_options,
			  int *ret_status);
bool append_options_parse(int argc, char **argv, struct create_options *ret_options,
			  int *ret_status);
bool revert_options_parse(int argc, char **argv, struct create_options *ret_options,
			  int *ret_status);
bool serve_options_parse(int argc, char **argv, struct create_options *ret_options,
			 int *ret_status);

/**
 * Whether the image has the file systems that the options are about. Of a session that
 * goes on from another one that is known when it is imported.
 *
 * @param udf_revision  that is written; 0: IMAPI's default
 * @return an exit status
 */
int create_options_check_file_systems(const struct create_options *options,
				      uint32_t udf_revision);

void create_options_clear(struct create_options *options);

#endif
