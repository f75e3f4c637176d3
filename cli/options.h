/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options and operands of a subcommand, read by a table of its own. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum {
	OPTION_REPEATS = 1,	   /**< may be given several times */
	OPTION_VALUE_OPTIONAL = 2, /**< a value follows "="; take gets NULL without */
};

/** One option: either take reads its value, or a flag is set. */
struct option_row {
	const char *name;
	/** Returns what a right value is, or NULL when this one is. */
	const char *(*take)(void *target, const char *value);
	size_t flag; /**< without take: where its bool stands in the target */
	int letter;  /**< 0: none */
	int more;    /**< set of OPTION_*; 0: none */
};

struct option_table {
	const char *command; /**< the subcommand */
	const char *help;
	const struct option_row *rows;
	size_t count; /**< at most OPTIONS_MOST */
};

/** Rows that a table may have. */
#define OPTIONS_MOST 64

struct operands {
	char **items; /**< pointing into argv, with a NULL behind the last */
	size_t count;
};

/**
 * Read a command line; what is wrong is told. --help and --version are known to
 * each subcommand.
 *
 * @param argv          argv[0] is the subcommand's name
 * @param target        what the rows of the table fill in
 * @param ret_operands  to be cleared, also on failure
 * @param ret_status    the exit status when there is nothing to go on with
 * @return whether there is: false after an error, --help and --version
 */
bool options_parse(const struct option_table *table, int argc, char **argv, void *target,
		   struct operands *ret_operands, int *ret_status);

void operands_clear(struct operands *operands);

#endif
