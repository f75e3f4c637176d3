/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of "fsimage create". */

#include "cli/create_options.h"

#include "cli/message.h"
#include "cli/units.h"

#include <fsimage/fsimage.h>

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* 2155-12-31 23:59:59 UTC: a year of ISO 9660 is one byte, counted from 1900. */
#define LAST_SECOND INT64_C(5869583999)

/* From this revision on UDF keeps its metadata in a file. */
#define FIRST_METADATA_REVISION 0x250

const char create_help[] =
	"Usage: fsimage create -o OUT [OPTION]... PATH|TARGET=SOURCE...\n"
	"Make an image of folders and files. A folder adds its contents to the root, a\n"
	"file itself; TARGET=SOURCE puts either at TARGET.\n"
	"  -o, --output OUT          write the image to OUT; -: standard output\n"
	"  -V, --volume NAME         name the volume\n"
	"  -f, --file-systems LIST   of iso9660,joliet,udf; all three by default\n"
	"      --iso-level LEVEL     1: names of 8.3 characters, 2 (default): of 31\n"
	"      --udf-revision REV    1.02 (default), 1.50, 2.00, 2.01, 2.50, 2.60\n"
	"      --redundant-metadata  from UDF 2.50 on, keep a second copy of it\n"
	"      --udf-holes           keep the holes of sparse files; needs -f udf\n"
	"      --capacity SIZE       refuse more: blocks of 2048, or 700M, 4.7G, 25G\n"
	"      --working-directory DIR  where temporary data goes\n"
	"      --rules RULES         for names and limits: linux (default) or imapi\n"
	"      --restricted-names    allow only ASCII characters in names\n"
	"      --exclude GLOB        leave out what matches; may be given several times\n"
	"      --follow-links        take what symbolic links lead to\n"
	"      --strict              refuse links, sockets, devices, FIFOs\n"
	"      --force               replace an existing OUT\n"
	"  -q, --quiet               no notes, no progress, no final line\n"
	"  -v, --verbose             list each name that a file system can't hold\n"
	"      --json                tell the result, or the error, as one JSON object\n"
	"      --help, --version     show this, or the version, and end\n"
	"Links, sockets, devices and FIFOs in folders are left out, and a note counts\n"
	"them. fsimage(1) tells more.\n";

static const char *take_output(struct create_options *options, const char *value)
{
	options->output = value;
	return value[0] != '\0' ? NULL : "must name a file, or - for standard output";
}

static const char *take_volume(struct create_options *options, const char *value)
{
	options->volume_name = value;
	return value[0] != '\0' ? NULL : "must not be empty";
}

static bool equals(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

static fsi_file_systems find_file_system(const char *name, size_t length)
{
	if (equals(name, length, "iso9660") || equals(name, length, "iso"))
		return FSI_FILE_SYSTEM_ISO9660;
	if (equals(name, length, "joliet"))
		return FSI_FILE_SYSTEM_JOLIET;
	if (equals(name, length, "udf"))
		return FSI_FILE_SYSTEM_UDF;
	return FSI_FILE_SYSTEM_NONE;
}

static const char *take_file_systems(struct create_options *options, const char *value)
{
	fsi_file_systems chosen = FSI_FILE_SYSTEM_NONE;

	for (const char *at = value;; at++) {
		const size_t length = strcspn(at, ",");
		const fsi_file_systems one = find_file_system(at, length);

		if (one == FSI_FILE_SYSTEM_NONE)
			return "must be a list of iso9660, joliet and udf with commas "
			       "between";
		if ((chosen & one) != 0)
			return "must name each file system once";
		chosen |= one;
		at += length;
		if (*at == '\0')
			break;
	}
	if ((chosen & FSI_FILE_SYSTEM_JOLIET) != 0 &&
	    (chosen & FSI_FILE_SYSTEM_ISO9660) == 0)
		return "must have iso9660 when it has joliet, which stands on it";
	options->file_systems = chosen;
	return NULL;
}

static const char *take_iso_level(struct create_options *options, const char *value)
{
	if (strcmp(value, "1") != 0 && strcmp(value, "2") != 0)
		return "must be 1 or 2";
	options->iso_level = (uint32_t)(value[0] - '0');
	return NULL;
}

/* "1.02" or "2.5": whether it is supported is for the library to say. */
static const char *take_udf_revision(struct create_options *options, const char *value)
{
	const size_t length = strlen(value);

	if ((length != 3 && length != 4) || value[1] != '.' ||
	    strspn(value, "0123456789.") != length || strrchr(value, '.') != value + 1)
		return "must be a revision such as 1.02";
	options->udf_revision = (uint32_t)(value[0] - '0') << 8 |
				(uint32_t)(value[2] - '0') << 4 |
				(length == 4 ? (uint32_t)(value[3] - '0') : 0);
	return options->udf_revision != 0 ? NULL : "must be a revision such as 1.02";
}

static const char *take_capacity(struct create_options *options, const char *value)
{
	if (units_parse_capacity(value, &options->capacity_blocks))
		return NULL;
	return "must be a number of blocks (1 to 2147483647), or a size such as 700M, "
	       "4.7G, "
	       "25G, 650MiB";
}

static const char *take_working_directory(struct create_options *options,
					  const char *value)
{
	options->working_directory = value;
	return value[0] != '\0' ? NULL : "must name a folder";
}

static const char *take_rules(struct create_options *options, const char *value)
{
	if (strcmp(value, "linux") != 0 && strcmp(value, "imapi") != 0)
		return "must be linux or imapi";
	options->rules = strcmp(value, "imapi") == 0 ? RULES_IMAPI : RULES_LINUX;
	return NULL;
}

static const char *take_exclude(struct create_options *options, const char *value)
{
	return exclude_add(&options->excludes, value);
}

/* One option: either take reads its value, or a flag is set. */
struct row {
	const char *name;
	/* Returns what a right value is, or NULL when this one is. */
	const char *(*take)(struct create_options *options, const char *value);
	size_t flag; /* without take: where its bool stands in the options */
	int letter;  /* 0: none */
	bool may_repeat;
};

#define VALUE(name, take, letter) \
	{ \
		name, take, 0, letter, false \
	}
#define FLAG(name, member, letter) \
	{ \
		name, NULL, offsetof(struct create_options, member), letter, false \
	}

static const struct row rows[] = {
	VALUE("output", take_output, 'o'),
	VALUE("volume", take_volume, 'V'),
	VALUE("file-systems", take_file_systems, 'f'),
	VALUE("iso-level", take_iso_level, 0),
	VALUE("udf-revision", take_udf_revision, 0),
	VALUE("capacity", take_capacity, 0),
	VALUE("working-directory", take_working_directory, 0),
	VALUE("rules", take_rules, 0),
	{"exclude", take_exclude, 0, 0, true},
	FLAG("redundant-metadata", redundant_metadata, 0),
	FLAG("udf-holes", udf_holes, 0),
	FLAG("restricted-names", restricted_names, 0),
	FLAG("follow-links", follow_links, 0),
	FLAG("strict", strict, 0),
	FLAG("force", force, 0),
	FLAG("quiet", quiet, 'q'),
	FLAG("verbose", verbose, 'v'),
	FLAG("json", json, 0),
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* What getopt_long() returns: beyond all letters, so that it can't be one. */
enum {
	FIRST_ROW = 256,
	HELP = FIRST_ROW + (int)ROWS,
	VERSION
};

/* "-": operands come in their order as 1, so options may stand behind them. */
#define LETTERS "-:o:V:f:qv"

static void list_long_options(struct option (*ret_list)[ROWS + 3])
{
	for (size_t i = 0; i < ROWS; i++)
		(*ret_list)[i] = (struct option){rows[i].name,
						 rows[i].take != NULL ? required_argument
								      : no_argument,
						 NULL, FIRST_ROW + (int)i};
	(*ret_list)[ROWS] = (struct option){"help", no_argument, NULL, HELP};
	(*ret_list)[ROWS + 1] = (struct option){"version", no_argument, NULL, VERSION};
	(*ret_list)[ROWS + 2] = (struct option){NULL, 0, NULL, 0};
}

/* The row of what getopt_long() returned; NULL: none of ours. */
static const struct row *find_row(int value)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (value == FIRST_ROW + (int)i ||
		    (value != 0 && value == rows[i].letter))
			return &rows[i];
	}
	return NULL;
}

/* getopt_long() said ':' or '?': say why. word is the argument it stopped at. */
static int tell_wrong_option(int answer, const char *word)
{
	const struct row *row = find_row(optopt);

	if (answer == ':' && row != NULL)
		return message_usage("create", "option '--%s' needs a value", row->name);
	if (row != NULL || optopt == HELP || optopt == VERSION)
		return message_usage("create", "option '%.*s' takes no value",
				     (int)strcspn(word, "="), word);
	if (optopt != 0)
		return message_usage("create", "there is no option '-%c'", optopt);
	return message_usage("create",
			     "there is no option '%s', or more than one begins so", word);
}

static int take_option(struct create_options *options, const struct row *row,
		       uint32_t *seen)
{
	const uint32_t bit = UINT32_C(1) << (row - rows);
	const char *wrong = NULL;

	if ((*seen & bit) != 0 && !row->may_repeat)
		return message_usage("create", "option '--%s' is given twice", row->name);
	*seen |= bit;
	if (row->take == NULL)
		*(bool *)((char *)options + row->flag) = true;
	else
		wrong = row->take(options, optarg);
	if (wrong != NULL)
		return message_usage("create", "option '--%s': '%s' %s", row->name,
				     optarg, wrong);
	return STATUS_DONE;
}

static void print_and_end(int answer, bool *ret_end)
{
	if (answer == HELP)
		fputs(create_help, stdout);
	else
		printf("fsimage %s\n", fsi_get_version());
	*ret_end = true;
}

/* Sets *ret_end when there is nothing to do after the options. */
static int take_arguments(int argc, char **argv, struct create_options *options,
			  bool *ret_end)
{
	struct option list[ROWS + 3];
	uint32_t seen = 0;
	int status = STATUS_DONE;

	list_long_options(&list);
	optind = 1;
	opterr = 0;
	while (status == STATUS_DONE && !*ret_end) {
		/* A cluster such as -qx stays at its word until its end. */
		const int at = optind;
		const int answer = getopt_long(argc, argv, LETTERS, list, NULL);

		if (answer == -1)
			break;
		if (answer == 1)
			options->operands[options->operand_count++] = optarg;
		else if (answer == HELP || answer == VERSION)
			print_and_end(answer, ret_end);
		else if (answer == ':' || answer == '?')
			status = tell_wrong_option(answer, argv[at]);
		else
			status = take_option(options, find_row(answer), &seen);
	}
	while (status == STATUS_DONE && !*ret_end && optind < argc)
		options->operands[options->operand_count++] = argv[optind++];
	return status;
}

/* Options that make no sense without, or beside, one another. */
static int check_together(const struct create_options *options)
{
	if (options->output == NULL)
		return message_usage("create", "option '--output' is missing");
	if (options->operand_count == 0)
		return message_usage("create", "name at least one PATH or TARGET=SOURCE");
	if (options->quiet && options->verbose)
		return message_usage("create",
				     "options '--quiet' and '--verbose' exclude "
				     "each other");
	if (options->iso_level != 0 &&
	    (options->file_systems & FSI_FILE_SYSTEM_ISO9660) == 0)
		return message_usage("create",
				     "option '--iso-level' needs iso9660 among the "
				     "file systems");
	if (options->udf_revision != 0 &&
	    (options->file_systems & FSI_FILE_SYSTEM_UDF) == 0)
		return message_usage("create",
				     "option '--udf-revision' needs udf among the "
				     "file systems");
	if (options->udf_holes && options->file_systems != FSI_FILE_SYSTEM_UDF)
		return message_usage("create", "option '--udf-holes' needs udf alone: "
					       "'--file-systems udf'");
	if (options->redundant_metadata &&
	    options->udf_revision < FIRST_METADATA_REVISION)
		return message_usage("create", "option '--redundant-metadata' needs "
					       "'--udf-revision 2.50' or later");
	return STATUS_DONE;
}

/* The time that all of the image may depend on. */
static int take_recording_time(struct create_options *options)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	int64_t seconds = 0;

	if (text == NULL) {
		clock_gettime(CLOCK_REALTIME, &options->recording_time);
		return STATUS_DONE;
	}
	for (const char *at = text; *at >= '0' && *at <= '9' && seconds <= LAST_SECOND;
	     at++)
		seconds = seconds * 10 + (*at - '0');
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0' ||
	    seconds > LAST_SECOND)
		return message_usage(
			"create",
			"SOURCE_DATE_EPOCH in the environment is '%s': it must be "
			"a decimal number of seconds since 1970, up to the year 2155",
			text);
	options->recording_time = (struct timespec){.tv_sec = (time_t)seconds};
	options->is_reproducible = true;
	return STATUS_DONE;
}

bool create_options_parse(int argc, char **argv, struct create_options *ret_options,
			  int *ret_status)
{
	bool end = false;

	*ret_options = (struct create_options){
		.file_systems = FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET |
				FSI_FILE_SYSTEM_UDF,
		.operands = calloc((size_t)argc + 1, sizeof(char *)),
	};
	if (ret_options->operands == NULL) {
		*ret_status = message_error("out of memory");
		return false;
	}
	*ret_status = take_arguments(argc, argv, ret_options, &end);
	if (*ret_status == STATUS_DONE && !end)
		*ret_status = check_together(ret_options);
	if (*ret_status == STATUS_DONE && !end)
		*ret_status = take_recording_time(ret_options);
	return *ret_status == STATUS_DONE && !end;
}

void create_options_clear(struct create_options *options)
{
	exclude_clear(&options->excludes);
	free(options->operands);
	options->operands = NULL;
}
