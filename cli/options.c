/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options and operands of a subcommand, read by a table of its own. */

#include "cli/options.h"

#include "cli/message.h"

#include <fsimage/fsimage.h>

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* What getopt_long() returns: beyond all letters, so that it can't be one. */
enum {
	FIRST_ROW = 256,
	HELP = FIRST_ROW + OPTIONS_MOST,
	VERSION
};

/* One reading of a command line. */
struct reading {
	const struct option_table *table;
	void *target;
	struct operands *operands;
	uint64_t seen; /* a bit for each row */
	bool end;      /* --help or --version: nothing more to do */
	struct option long_options[OPTIONS_MOST + 3];
	char letters[2 * OPTIONS_MOST + 3];
};

/* ---- what getopt_long() is told ---------------------------------------- */

static int argument_of(const struct option_row *row)
{
	if (row->take == NULL)
		return no_argument;
	return (row->more & OPTION_VALUE_OPTIONAL) != 0 ? optional_argument
							: required_argument;
}

static void list_long_options(struct reading *reading)
{
	const struct option_table *table = reading->table;
	struct option *next = reading->long_options;

	for (size_t i = 0; i < table->count; i++)
		*next++ =
			(struct option){table->rows[i].name, argument_of(&table->rows[i]),
					NULL, FIRST_ROW + (int)i};
	*next++ = (struct option){"help", no_argument, NULL, HELP};
	*next++ = (struct option){"version", no_argument, NULL, VERSION};
	*next = (struct option){NULL, 0, NULL, 0};
}

static void list_letters(struct reading *reading)
{
	const struct option_table *table = reading->table;
	char *next = reading->letters;

	/* "-": operands come in their order as 1, so options may stand behind them. */
	*next++ = '-';
	*next++ = ':';
	for (size_t i = 0; i < table->count; i++) {
		if (table->rows[i].letter == 0)
			continue;
		*next++ = (char)table->rows[i].letter;
		if (table->rows[i].take != NULL)
			*next++ = ':';
	}
	*next = '\0';
}

/* ---- what it answers --------------------------------------------------- */

/* The row of what getopt_long() returned; NULL: none of ours. */
static const struct option_row *find_row(const struct option_table *table, int value)
{
	for (size_t i = 0; i < table->count; i++) {
		if (value == FIRST_ROW + (int)i ||
		    (value != 0 && value == table->rows[i].letter))
			return &table->rows[i];
	}
	return NULL;
}

/* getopt_long() said ':' or '?': say why. word is the argument it stopped at. */
static int tell_wrong_option(const struct option_table *table, int answer,
			     const char *word)
{
	const struct option_row *row = find_row(table, optopt);

	if (answer == ':' && row != NULL)
		return message_usage(table->command, "option '--%s' needs a value",
				     row->name);
	if (row != NULL || optopt == HELP || optopt == VERSION)
		return message_usage(table->command, "option '%.*s' takes no value",
				     (int)strcspn(word, "="), word);
	if (optopt != 0)
		return message_usage(table->command, "there is no option '-%c'", optopt);
	return message_usage(table->command,
			     "there is no option '%s', or more than one begins so", word);
}

static int take_option(struct reading *reading, const struct option_row *row)
{
	const struct option_table *table = reading->table;
	const uint64_t bit = UINT64_C(1) << (row - table->rows);
	const char *wrong = NULL;

	if ((reading->seen & bit) != 0 && (row->more & OPTION_REPEATS) == 0)
		return message_usage(table->command, "option '--%s' is given twice",
				     row->name);
	reading->seen |= bit;
	if (row->take == NULL)
		*(bool *)((char *)reading->target + row->flag) = true;
	else
		wrong = row->take(reading->target, optarg);
	if (wrong != NULL)
		return message_usage(table->command, "option '--%s': '%s' %s", row->name,
				     optarg, wrong);
	return STATUS_DONE;
}

static void print_and_end(struct reading *reading, int answer)
{
	if (answer == HELP)
		fputs(reading->table->help, stdout);
	else
		printf("fsimage %s\n", fsi_get_version());
	reading->end = true;
}

static int take_arguments(struct reading *reading, int argc, char **argv)
{
	struct operands *operands = reading->operands;
	int status = STATUS_DONE;

	/* 0 and not 1: somebody else in this process may have used it before. */
	optind = 0;
	opterr = 0;
	while (status == STATUS_DONE && !reading->end) {
		/* A cluster such as -qx stays at its word until its end. */
		const int at = optind > 0 ? optind : 1;
		const int answer = getopt_long(argc, argv, reading->letters,
					       reading->long_options, NULL);

		if (answer == -1)
			break;
		if (answer == 1)
			operands->items[operands->count++] = optarg;
		else if (answer == HELP || answer == VERSION)
			print_and_end(reading, answer);
		else if (answer == ':' || answer == '?')
			status = tell_wrong_option(reading->table, answer, argv[at]);
		else
			status = take_option(reading, find_row(reading->table, answer));
	}
	while (status == STATUS_DONE && !reading->end && optind < argc)
		operands->items[operands->count++] = argv[optind++];
	return status;
}

bool options_parse(const struct option_table *table, int argc, char **argv, void *target,
		   struct operands *ret_operands, int *ret_status)
{
	struct reading reading = {
		.table = table, .target = target, .operands = ret_operands};

	*ret_operands =
		(struct operands){.items = calloc((size_t)argc + 1, sizeof(char *))};
	if (ret_operands->items == NULL) {
		*ret_status = message_error("out of memory");
		return false;
	}
	list_long_options(&reading);
	list_letters(&reading);
	*ret_status = take_arguments(&reading, argc, argv);
	return *ret_status == STATUS_DONE && !reading.end;
}

void operands_clear(struct operands *operands)
{
	free(operands->items);
	*operands = (struct operands){0};
}
