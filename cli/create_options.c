/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of "fsimage create", and of "serve", which shares most. */

#include "cli/create_options.h"

#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/units.h"
#include "cli/view.h"

#include <fsimage/fsimage.h>

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

/* 2155-12-31 23:59:59 UTC: a year of ISO 9660 is one byte, counted from 1900. */
#define LAST_SECOND INT64_C(5869583999)

/* From this revision on UDF keeps its metadata in a file. */
#define FIRST_METADATA_REVISION 0x250

/* The path of a socket, without the NUL at its end: unix(7). */
#define LONGEST_SOCKET (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

const char create_help[] =
	"Usage: fsimage create -o OUT [OPTION]... PATH|TARGET=SOURCE...\n"
	"Make an image of folders and files. A folder adds its contents to the root, a\n"
	"file itself; TARGET=SOURCE puts either at TARGET. TARGET=-: standard input.\n"
	"  -o, --output OUT          write to OUT (--force: over it); -: standard "
	"output\n"
	"  -V, --volume NAME         name the volume\n"
	"  -f, --file-systems LIST   of iso9660,joliet,udf; all three by default\n"
	"      --iso-level LEVEL     names of: 1: 8.3; 2: 31; 4: 207; 3: large files "
	"too\n"
	"      --iso-names LIST      allow long,lowercase,relaxed,multidot,no-version\n"
	"      --joliet-long, --omit-large-files   names of 103; those in UDF alone\n"
	"      --udf-revision REV    1.02 (default), 1.50, 2.00, 2.01, 2.50 or 2.60\n"
	"      --redundant-metadata, --udf-holes   a copy of it; holes of sparse files\n"
	"      --posix               keep links, devices, extended attributes, in UDF\n"
	"      --boot PLATFORM:PATH[,OPTION]...  start PATH on bios or efi; several\n"
	"      --boot-catalog PATH, --boot-info-table, --boot-load-size N   boot "
	"details\n"
	"      --hybrid[=mbr|gpt|both], --mbr-template FILE  start from USB sticks too\n"
	"      --capacity SIZE       refuse more: blocks of 2048, or 700M, 4.7G, 25G\n"
	"      --reflink WHEN, --align-large-files, --deduplicate   share equal blocks\n"
	"      --rules RULES, --restricted-names   linux (default), imapi; ASCII names\n"
	"      --follow-links, --strict   take what links lead to; refuse links, "
	"devices\n"
	"      --exclude GLOB; --stage, --working-directory DIR  leave out; copy first\n"
	"      --previous IMAGE, --session-start N, --import VIEW   the next session\n"
	"  -q, --quiet; -v, --verbose; --json   tell nothing, more, or one JSON object\n"
	"      --help, --version     show this, or the version, and end\n";

const char serve_help[] =
	"Usage: fsimage serve --unix SOCKET [OPTION]... PATH|TARGET=SOURCE...\n"
	"       fsimage serve --fuse MOUNTPOINT [OPTION]... PATH|TARGET=SOURCE...\n"
	"Let others read the image that 'fsimage create' would make, without writing\n"
	"it anywhere: each block is made when it is read. The sources have to stay as\n"
	"they are, as long as it is served. SIGINT and SIGTERM end it.\n"
	"      --unix SOCKET       as a block device, over the protocol NBD\n"
	"      --fuse MOUNTPOINT   as image.iso in an empty folder, or over a file\n"
	"\n"
	"All options of 'fsimage create' that describe an image are taken.\n"
	"  -q, --quiet; -v, --verbose; --json   tell nothing, more, or one JSON object\n"
	"      --help, --version   show this, or the version, and end\n"
	"\n"
	"  nbdcopy nbd+unix:///?socket=SOCKET copy.iso\n"
	"  mount -o loop MOUNTPOINT/image.iso /mnt\n";

static const char *take_output(void *target, const char *value)
{
	struct create_options *options = target;
	options->output = value;
	return value[0] != '\0' ? NULL : "must name a file, or - for standard output";
}

/* "serve" shows the image in one place. */
static const char *take_appearance(struct create_options *options, const char *value,
				   enum appearance appearance)
{
	if (options->output != NULL)
		return "is one place too many: '--unix' and '--fuse' exclude each other";
	options->output = value;
	options->appearance = appearance;
	return NULL;
}

static const char *take_socket(void *target, const char *value)
{
	if (value[0] == '\0' || strlen(value) > LONGEST_SOCKET)
		return "must name a socket in at most 107 bytes";
	return take_appearance(target, value, APPEARS_AS_SOCKET);
}

static const char *take_mount_point(void *target, const char *value)
{
	if (value[0] == '\0')
		return "must name a folder or a file";
	return take_appearance(target, value, APPEARS_AS_MOUNT);
}

static const char *take_volume(void *target, const char *value)
{
	struct create_options *options = target;
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

static const char *take_file_systems(void *target, const char *value)
{
	struct create_options *options = target;
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

/* "1.02" or "2.5": whether it is supported is for the library to say. */
static const char *take_udf_revision(void *target, const char *value)
{
	struct create_options *options = target;
	const size_t length = strlen(value);

	if ((length != 3 && length != 4) || value[1] != '.' ||
	    strspn(value, "0123456789.") != length || strrchr(value, '.') != value + 1)
		return "must be a revision such as 1.02";
	options->udf_revision = (uint32_t)(value[0] - '0') << 8 |
				(uint32_t)(value[2] - '0') << 4 |
				(length == 4 ? (uint32_t)(value[3] - '0') : 0);
	return options->udf_revision != 0 ? NULL : "must be a revision such as 1.02";
}

static const char *take_capacity(void *target, const char *value)
{
	struct create_options *options = target;
	if (units_parse_capacity(value, &options->capacity_blocks))
		return NULL;
	return "must be a number of blocks (1 to 2147483647), or a size such as 700M, "
	       "4.7G, "
	       "25G, 650MiB";
}

static const char *take_working_directory(void *target, const char *value)
{
	struct create_options *options = target;
	options->working_directory = value;
	return value[0] != '\0' ? NULL : "must name a folder";
}

static const char *take_rules(void *target, const char *value)
{
	struct create_options *options = target;
	if (strcmp(value, "linux") != 0 && strcmp(value, "imapi") != 0)
		return "must be linux or imapi";
	options->rules = strcmp(value, "imapi") == 0 ? RULES_IMAPI : RULES_LINUX;
	return NULL;
}

/* "always" needs large files to lie where they can be shared. */
static const char *take_reflink(void *target, const char *value)
{
	static const char *const words[] = {"never", "auto", "always"};
	struct create_options *options = target;

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i]) != 0)
			continue;
		options->reflink = (enum fsi_reflink)i;
		options->align_large_files |= options->reflink == FSI_REFLINK_ALWAYS;
		return NULL;
	}
	return "must be auto, always or never";
}

static const char *take_exclude(void *target, const char *value)
{
	struct create_options *options = target;
	return exclude_add(&options->excludes, value);
}

static const char *take_boot(void *target, const char *value)
{
	struct create_options *options = target;
	return boot_add(&options->boot, value);
}

static const char *take_boot_catalog(void *target, const char *value)
{
	struct create_options *options = target;
	return boot_take_catalog(&options->boot, value);
}

static const char *take_boot_load_size(void *target, const char *value)
{
	struct create_options *options = target;
	return boot_take_load_size(&options->boot, value);
}

static const char *take_hybrid(void *target, const char *value)
{
	struct create_options *options = target;
	return hybrid_take_tables(&options->hybrid, value);
}

static const char *take_mbr_template(void *target, const char *value)
{
	struct create_options *options = target;
	return hybrid_take_template(&options->hybrid, value);
}

static const char *take_drive(void *target, const char *value)
{
	struct create_options *options = target;
	options->session.drive = value;
	return value[0] != '\0' ? NULL : "must be the address of a drive";
}

static const char *take_previous(void *target, const char *value)
{
	struct create_options *options = target;
	options->session.previous = value;
	return value[0] != '\0' ? NULL : "must name an image";
}

static const char *take_import(void *target, const char *value)
{
	struct create_options *options = target;
	return session_take_import(&options->session, value);
}

static const char *take_start(void *target, const char *value)
{
	struct create_options *options = target;
	return session_take_start(&options->session, value);
}

static const char *take_removal(void *target, const char *value)
{
	struct create_options *options = target;
	return session_take_removal(&options->session, value);
}

static const char *take_move(void *target, const char *value)
{
	struct create_options *options = target;
	return session_take_move(&options->session, value);
}

static const char *take_session(void *target, const char *value)
{
	struct create_options *options = target;
	return view_parse_session(value, &options->session.number);
}

#define VALUE(name, take, letter) \
	{ \
		name, take, 0, letter, 0 \
	}
#define FLAG(name, member, letter) \
	{ \
		name, NULL, offsetof(struct create_options, member), letter, 0 \
	}

/* clang-format off */
#define VOICE_ROWS \
	FLAG("quiet", quiet, 'q'), \
	FLAG("verbose", verbose, 'v'), \
	FLAG("json", json, 0)

/* What describes any session, and how much is told: of all who make one. */
#define SESSION_ROWS \
	VALUE("volume", take_volume, 'V'), \
	VALUE("file-systems", take_file_systems, 'f'), \
	VALUE("iso-level", iso_options_take_level, 0), \
	VALUE("iso-names", iso_options_take_names, 0), \
	VALUE("capacity", take_capacity, 0), \
	VALUE("working-directory", take_working_directory, 0), \
	VALUE("rules", take_rules, 0), \
	{"exclude", take_exclude, 0, 0, OPTION_REPEATS}, \
	FLAG("deduplicate", deduplicate, 0), \
	FLAG("align-large-files", align_large_files, 0), \
	FLAG("redundant-metadata", redundant_metadata, 0), \
	FLAG("stage", stage, 0), \
	FLAG("posix", posix, 0), \
	FLAG("udf-holes", udf_holes, 0), \
	FLAG("joliet-long", iso.joliet_long, 0), \
	FLAG("omit-large-files", iso.omit_large_files, 0), \
	FLAG("restricted-names", restricted_names, 0), \
	FLAG("follow-links", follow_links, 0), \
	FLAG("strict", strict, 0), \
	VOICE_ROWS

/* What only a first session has, and where it is for. */
#define IMAGE_ROWS \
	SESSION_ROWS, \
	VALUE("udf-revision", take_udf_revision, 0), \
	{"boot", take_boot, 0, 0, OPTION_REPEATS}, \
	VALUE("boot-catalog", take_boot_catalog, 0), \
	VALUE("boot-load-size", take_boot_load_size, 0), \
	FLAG("boot-info-table", boot.info_table, 0), \
	{"hybrid", take_hybrid, 0, 0, OPTION_VALUE_OPTIONAL}, \
	VALUE("mbr-template", take_mbr_template, 0), \
	VALUE("previous", take_previous, 0), \
	VALUE("session-start", take_start, 0), \
	VALUE("import", take_import, 0)

static const struct option_row create_rows[] = {
	VALUE("output", take_output, 'o'),
	VALUE("reflink", take_reflink, 0),
	FLAG("force", force, 0),
	IMAGE_ROWS,
};
static const struct option_table create_table = {
	.command = "create",
	.help = create_help,
	.rows = create_rows,
	.count = sizeof(create_rows) / sizeof(create_rows[0]),
};

static const struct option_row append_rows[] = {
	VALUE("drive", take_drive, 0),
	{"remove", take_removal, 0, 0, OPTION_REPEATS},
	{"move", take_move, 0, 0, OPTION_REPEATS},
	VALUE("import", take_import, 0),
	SESSION_ROWS,
};
static const struct option_table append_table = {
	.command = "append",
	.help = append_help,
	.rows = append_rows,
	.count = sizeof(append_rows) / sizeof(append_rows[0]),
};

static const struct option_row revert_rows[] = {
	VALUE("drive", take_drive, 0),
	VALUE("session", take_session, 0),
	VALUE("import", take_import, 0),
	VALUE("volume", take_volume, 'V'),
	VALUE("rules", take_rules, 0),
	FLAG("redundant-metadata", redundant_metadata, 0),
	VOICE_ROWS,
};
static const struct option_table revert_table = {
	.command = "revert",
	.help = revert_help,
	.rows = revert_rows,
	.count = sizeof(revert_rows) / sizeof(revert_rows[0]),
};

static const struct option_row serve_rows[] = {
	VALUE("unix", take_socket, 0),
	VALUE("fuse", take_mount_point, 0),
	IMAGE_ROWS,
};
static const struct option_table serve_table = {
	.command = "serve",
	.help = serve_help,
	.rows = serve_rows,
	.count = sizeof(serve_rows) / sizeof(serve_rows[0]),
};

/* A copy of what a session before has not in a file of its own. */
static int refuse_copy(const struct create_options *options, uint32_t udf_revision)
{
	if (!session_is_wanted(&options->session))
		return message_usage(options->command,
				     "option '--redundant-metadata' needs "
				     "'--udf-revision 2.50' or later");
	return message_usage(options->command,
			     "option '--redundant-metadata' needs UDF 2.50 or later, and "
			     "the disc has %x.%02x",
			     (unsigned)(udf_revision >> 8),
			     (unsigned)(udf_revision & 0xff));
}

int create_options_check_file_systems(const struct create_options *options,
				      uint32_t udf_revision)
{
	const char *needs_udf = options->udf_revision != 0    ? "--udf-revision"
				: options->redundant_metadata ? "--redundant-metadata"
				: options->posix	      ? "--posix"
							      : NULL;

	if (options->udf_holes && options->file_systems != FSI_FILE_SYSTEM_UDF)
		return message_usage(options->command,
				     "option '--udf-holes' needs udf alone: "
				     "'--file-systems udf'");
	if (iso_options_check(options) != STATUS_DONE)
		return STATUS_USAGE;
	if (needs_udf != NULL && (options->file_systems & FSI_FILE_SYSTEM_UDF) == 0)
		return message_usage(options->command,
				     "option '%s' needs udf among the file systems",
				     needs_udf);
	if (options->redundant_metadata && udf_revision < FIRST_METADATA_REVISION)
		return refuse_copy(options, udf_revision);
	return STATUS_DONE;
}

/* Options that make no sense without, or beside, one another. */
static int check_together(const struct create_options *options)
{
	if (options->output == NULL)
		return message_usage(options->command, "option %s is missing",
				     options->appearance == APPEARS_AS_FILE
					     ? "'--output'"
					     : "'--unix' or '--fuse'");
	if (options->operands.count == 0 && !options->session.is_reverted &&
	    options->session.change_count == 0)
		return message_usage(options->command,
				     "name at least one PATH or TARGET=SOURCE%s",
				     options->session.is_appended
					     ? ", or something to '--remove' or '--move'"
					     : "");
	if (session_check(&options->session, options->command) != STATUS_DONE)
		return STATUS_USAGE;
	if (options->quiet && options->verbose)
		return message_usage(options->command,
				     "options '--quiet' and '--verbose' exclude "
				     "each other");
	if (boot_check(&options->boot, options->command) != STATUS_DONE ||
	    hybrid_check(&options->hybrid, options->command) != STATUS_DONE)
		return STATUS_USAGE;
	/* What a disc has is known when it is imported. */
	return session_is_wanted(&options->session)
		       ? STATUS_DONE
		       : create_options_check_file_systems(options,
							   options->udf_revision);
}

/* The library knows "/tmp" only. */
static void take_default_directory(struct create_options *options)
{
	const char *text = getenv("TMPDIR");

	if (text != NULL && text[0] != '\0')
		options->default_directory = text;
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
			options->command,
			"SOURCE_DATE_EPOCH in the environment is '%s': it must be "
			"a decimal number of seconds since 1970, up to the year 2155",
			text);
	options->recording_time = (struct timespec){.tv_sec = (time_t)seconds};
	options->is_reproducible = true;
	return STATUS_DONE;
}

/* The first operand of who adds a session is the disc, unless that is in a drive. */
static int take_disc(struct create_options *options)
{
	struct operands *operands = &options->operands;

	if (!options->session.is_appended)
		return STATUS_DONE;
	options->output = options->session.drive;
	if (options->output == NULL) {
		if (operands->count == 0)
			return message_usage(options->command,
					     "name an IMAGE, or give '--drive'");
		options->output = operands->items[0];
		if (strcmp(options->output, "-") == 0)
			return message_usage(options->command,
					     "an IMAGE is changed where it is, which "
					     "'-' is not");
		operands->count--;
		memmove(operands->items, operands->items + 1,
			(operands->count + 1) * sizeof(operands->items[0]));
	}
	if (options->session.is_reverted && operands->count > 0)
		return message_usage(options->command,
				     options->session.drive != NULL
					     ? "'--drive' takes the place of IMAGE"
					     : "name one IMAGE");
	return STATUS_DONE;
}

static bool parse(const struct option_table *table, int argc, char **argv,
		  struct create_options *ret_options, int *ret_status)
{
	ret_options->command = table->command;
	ret_options->reflink = FSI_REFLINK_AUTO;
	if (!options_parse(table, argc, argv, ret_options, &ret_options->operands,
			   ret_status))
		return false;
	if (ret_options->file_systems == FSI_FILE_SYSTEM_NONE &&
	    !session_is_wanted(&ret_options->session))
		ret_options->file_systems = FSI_FILE_SYSTEM_ISO9660 |
					    FSI_FILE_SYSTEM_JOLIET |
					    FSI_FILE_SYSTEM_UDF;
	*ret_status = take_disc(ret_options);
	if (*ret_status == STATUS_DONE)
		*ret_status = check_together(ret_options);
	if (*ret_status == STATUS_DONE)
		*ret_status = take_recording_time(ret_options);
	take_default_directory(ret_options);
	return *ret_status == STATUS_DONE;
}

bool create_options_parse(int argc, char **argv, struct create_options *ret_options,
			  int *ret_status)
{
	*ret_options = (struct create_options){.appearance = APPEARS_AS_FILE};
	return parse(&create_table, argc, argv, ret_options, ret_status);
}

bool append_options_parse(int argc, char **argv, struct create_options *ret_options,
			  int *ret_status)
{
	*ret_options = (struct create_options){.appearance = APPEARS_AS_FILE,
					       .session = {.is_appended = true}};
	return parse(&append_table, argc, argv, ret_options, ret_status);
}

bool revert_options_parse(int argc, char **argv, struct create_options *ret_options,
			  int *ret_status)
{
	*ret_options = (struct create_options){
		.appearance = APPEARS_AS_FILE,
		.session = {.is_appended = true, .is_reverted = true}};
	return parse(&revert_table, argc, argv, ret_options, ret_status);
}

bool serve_options_parse(int argc, char **argv, struct create_options *ret_options,
			 int *ret_status)
{
	*ret_options = (struct create_options){.appearance = APPEARS_AS_SOCKET};
	return parse(&serve_table, argc, argv, ret_options, ret_status);
}

void create_options_clear(struct create_options *options)
{
	exclude_clear(&options->excludes);
	boot_clear(&options->boot);
	operands_clear(&options->operands);
	session_choice_clear(&options->session);
}
