/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line names as sources: PATH and TARGET=SOURCE. */
#ifndef CLI_SOURCES_H
#define CLI_SOURCES_H

#include "cli/message.h"
#include "cli/output.h"

#include <fsimage/item.h>

struct source {
	const char *operand; /* as it was written */
	char *path;	     /* of this computer */
	char *target;	     /* folder of the image, or the item itself; NULL: the root */
	bool target_is_folder; /* also a file goes into target, and not in its place */
	bool is_folder;	       /* what path is */
	bool is_stdin;	       /* path is not one, but standard input */
};

struct source_list {
	struct source *items;
	size_t count;
	bool has_stdin; /* is among them, once */
};

/** What was met while the sources were taken in. */
struct source_report {
	struct fsi_add_tree_report tree;
	uint64_t outputs; /* the output itself, left out; tree.filtered counts it too */
	/* --posix: files with extended attributes that a new name made them lose. */
	uint64_t bare_files;
};

/**
 * Read the operands.
 *
 * @param ret_list  to be cleared, also on failure
 * @return an exit status
 */
int sources_parse(const struct create_options *options, const struct voice *voice,
		  struct source_list *ret_list);

/** See that each source is there and is not the output. @return an exit status */
int sources_check(struct source_list *list, const struct output *output,
		  const struct voice *voice);

/**
 * Take one source into the image. What an earlier source brought to the same
 * place is replaced when both are files, and merged when both are folders.
 *
 * @return of the library
 */
HRESULT source_add(const struct source *source, fsi_directory *root,
		   const struct create_options *options, const struct output *output,
		   struct source_report *report);

/**
 * Enter, and make where missing, the folders that the first length bytes of path
 * name one in another.
 *
 * @return of the library
 */
HRESULT source_enter_folders(const char *path, size_t length, const char *separators,
			     fsi_directory **directory);

void sources_clear(struct source_list *list);

#endif
