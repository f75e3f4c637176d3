/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage check": what is wrong with an image. */

#include "cli/commands.h"
#include "cli/message.h"
#include "cli/object.h"
#include "cli/options.h"
#include "cli/view.h"

#include <fsimage/fsimage.h>

#include <inttypes.h>
#include <string.h>

const char check_help[] =
	"Usage: fsimage check [OPTION]... IMAGE\n"
	"Look at every structure of every file system of an image and tell what is "
	"wrong,\n"
	"one finding a line.\n"
	"      --iso-level LEVEL  what names in ISO 9660 are held against: 1, 2 or 3\n"
	"      --session N        the session with that number and not the newest\n"
	"      --json             as a JSON object\n"
	"      --help             show this and end\n"
	"      --version          show the version and end\n"
	"IMAGE is a file or a block device. The exit status is 1 when there are errors;\n"
	"warnings and notes leave it at 0.\n";

struct check_options {
	uint32_t iso_level; /* 0: not given */
	uint32_t session;   /* 0: not given */
	bool json;
};

struct check {
	struct check_options options;
	struct operands operands;
	struct voice voice;
	const char *image;
	fsi_findings *findings;
	size_t count;
	uint64_t totals[FSI_SEVERITY_ERROR + 1];
	fsi_file_systems file_systems;
};

static const char *const severities[] = {
	[FSI_SEVERITY_NOTE] = "note",
	[FSI_SEVERITY_WARNING] = "warning",
	[FSI_SEVERITY_ERROR] = "error",
};

static const enum fsi_file_system order[] = {FSI_FILE_SYSTEM_ISO9660,
					     FSI_FILE_SYSTEM_JOLIET, FSI_FILE_SYSTEM_UDF};
#define FILE_SYSTEMS (sizeof(order) / sizeof(order[0]))

static const struct fsi_finding *get_finding(const struct check *check, size_t index)
{
	const struct fsi_finding *finding = NULL;

	(void)fsi_findings_get_item(check->findings, index, &finding);
	return finding;
}

/* ---- for people -------------------------------------------------------- */

static void print_place(const struct fsi_finding *finding)
{
	const uint64_t byte = finding->offset % FSI_BLOCK_SIZE;

	if (finding->offset == FSI_FINDING_NO_OFFSET) {
		fputs("image", stdout);
		return;
	}
	printf("block %" PRIu64, finding->offset / FSI_BLOCK_SIZE);
	if (byte != 0)
		printf(" byte %" PRIu64, byte);
}

static void print_finding(const struct fsi_finding *finding)
{
	const size_t length = strlen(finding->message);

	print_place(finding);
	printf(" (%s %s): ", severities[finding->severity], finding->statement);
	text_print(stdout, finding->message);
	/* More of the sentence follows behind its full stop. */
	if (length > 0 && finding->expected[0] != '\0')
		fputs(" Expected ", stdout);
	text_print(stdout, finding->expected);
	if (finding->found[0] != '\0')
		fputs(finding->expected[0] != '\0' ? ", found " : " Found ", stdout);
	text_print(stdout, finding->found);
	if (finding->expected[0] != '\0' || finding->found[0] != '\0')
		putchar('.');
	if (finding->path[0] != '\0') {
		fputs(" [", stdout);
		text_print(stdout, finding->path);
		putchar(']');
	}
	putchar('\n');
}

/* Those of one statement, beginning with the first; then how many there are more. */
static void print_group(const struct check *check, size_t first)
{
	const char *statement = get_finding(check, first)->statement;
	uint64_t total = 0;
	uint64_t printed = 0;

	for (size_t i = first; i < check->count; i++) {
		const struct fsi_finding *finding = get_finding(check, i);

		if (strcmp(finding->statement, statement) != 0)
			continue;
		print_finding(finding);
		printed++;
	}
	(void)fsi_findings_get_statement_total(check->findings, statement, &total);
	if (total > printed)
		printf("… and %" PRIu64 " more of %s: %s\n", total - printed, statement,
		       get_finding(check, first)->rule);
}

static bool is_first_of_group(const struct check *check, size_t index)
{
	const char *statement = get_finding(check, index)->statement;

	for (size_t i = 0; i < index; i++) {
		if (strcmp(get_finding(check, i)->statement, statement) == 0)
			return false;
	}
	return true;
}

static void print_file_systems(const struct check *check)
{
	const char *between = "";

	for (size_t i = 0; i < FILE_SYSTEMS; i++) {
		if ((check->file_systems & (fsi_file_systems)order[i]) == 0)
			continue;
		printf("%s%s", between, view_name(order[i]));
		between = ", ";
	}
	if (between[0] == '\0')
		fputs("no file system", stdout);
}

static void print_count(uint64_t count, const char *word, const char **between)
{
	if (count == 0)
		return;
	printf("%s%" PRIu64 " %s%s", *between, count, word, count == 1 ? "" : "s");
	*between = ", ";
}

static void print_all(const struct check *check)
{
	const char *between = "";

	/* What matters most comes first. */
	for (int severity = FSI_SEVERITY_ERROR; severity >= FSI_SEVERITY_NOTE;
	     severity--) {
		for (size_t i = 0; i < check->count; i++) {
			if ((int)get_finding(check, i)->severity == severity &&
			    is_first_of_group(check, i))
				print_group(check, i);
		}
	}
	text_print(stdout, check->image);
	fputs(" (", stdout);
	print_file_systems(check);
	fputs("): ", stdout);
	print_count(check->totals[FSI_SEVERITY_ERROR], "error", &between);
	print_count(check->totals[FSI_SEVERITY_WARNING], "warning", &between);
	print_count(check->totals[FSI_SEVERITY_NOTE], "note", &between);
	puts(between[0] == '\0' ? "nothing is wrong" : "");
}

/* ---- for programs ------------------------------------------------------ */

static void print_member(FILE *file, const char *name, const char *text)
{
	fprintf(file, ", \"%s\": ", name);
	text_print_json(file, text);
}

static void print_finding_object(FILE *file, const struct fsi_finding *finding)
{
	fprintf(file, "{\"statement\": \"%s\", \"severity\": \"%s\"", finding->statement,
		severities[finding->severity]);
	if (finding->file_system != FSI_FILE_SYSTEM_NONE)
		fprintf(file, ", \"file_system\": \"%s\"",
			view_word(finding->file_system));
	if (finding->offset != FSI_FINDING_NO_OFFSET)
		fprintf(file, ", \"block\": %" PRIu64 ", \"offset\": %" PRIu64,
			finding->offset / FSI_BLOCK_SIZE, finding->offset);
	print_member(file, "rule", finding->rule);
	print_member(file, "message", finding->message);
	if (finding->expected[0] != '\0')
		print_member(file, "expected", finding->expected);
	if (finding->found[0] != '\0')
		print_member(file, "found", finding->found);
	if (finding->path[0] != '\0')
		print_member(file, "path", finding->path);
	putc('}', file);
}

static HRESULT print_object(void *context, FILE *file)
{
	const struct check *check = context;
	const char *between = "";

	fputs("{\"image\": ", file);
	text_print_json(file, check->image);
	fputs(", \"file_systems\": [", file);
	for (size_t i = 0; i < FILE_SYSTEMS; i++) {
		if ((check->file_systems & (fsi_file_systems)order[i]) == 0)
			continue;
		fprintf(file, "%s\"%s\"", between, view_word(order[i]));
		between = ", ";
	}
	fprintf(file,
		"], \"errors\": %" PRIu64 ", \"warnings\": %" PRIu64
		", \"notes\": %" PRIu64 ", \"findings\": [",
		check->totals[FSI_SEVERITY_ERROR], check->totals[FSI_SEVERITY_WARNING],
		check->totals[FSI_SEVERITY_NOTE]);
	for (size_t i = 0; i < check->count; i++) {
		if (i > 0)
			fputs(", ", file);
		print_finding_object(file, get_finding(check, i));
	}
	fputs("]}\n", file);
	return S_OK;
}

/* ---- finding out ------------------------------------------------------- */

static HRESULT get_totals(struct check *check)
{
	HRESULT hr = fsi_findings_get_count(check->findings, &check->count);

	for (int severity = FSI_SEVERITY_NOTE;
	     SUCCEEDED(hr) && severity <= FSI_SEVERITY_ERROR; severity++)
		hr = fsi_findings_get_total(check->findings, (enum fsi_severity)severity,
					    &check->totals[severity]);
	if (SUCCEEDED(hr))
		hr = fsi_findings_get_file_systems(check->findings, &check->file_systems);
	return hr;
}

/* Up to its end, unless what describes it is kept behind that. */
static int enter_session(struct check *check, struct fsi_check_options *options)
{
	struct image_view view = {0};
	struct fsi_disc_session found = {0};
	int status = STATUS_DONE;

	if (check->options.session == 0)
		return STATUS_DONE;
	status = view_open_disc(check->image, 0, &check->voice, &view);
	if (status == STATUS_DONE)
		status = view_find_session(view.disc, check->image,
					   check->options.session, &check->voice, &found);
	options->session_block = found.session_block;
	if (found.session_block < found.end_block)
		options->block_count = found.end_block;
	else
		options->anchor_block = found.anchor_block;
	view_clear(&view);
	return status;
}

static HRESULT find_out(struct check *check, const struct fsi_check_options *options)
{
	fsi_image_manager *manager = NULL;
	HRESULT hr = fsi_image_manager_create(&manager);

	if (SUCCEEDED(hr))
		hr = fsi_image_manager_set_path(manager, check->image);
	if (SUCCEEDED(hr))
		hr = fsi_image_manager_check(manager, options, &check->findings);
	if (SUCCEEDED(hr))
		hr = get_totals(check);
	fsi_image_manager_release(manager);
	return hr;
}

static int tell(struct check *check)
{
	struct fsi_check_options options = {
		.size = sizeof(options),
		.iso9660_level = check->options.iso_level,
	};
	HRESULT hr = S_OK;

	check->image = check->operands.items[0];
	if (enter_session(check, &options) != STATUS_DONE)
		return STATUS_FAILED;
	hr = find_out(check, &options);
	if (FAILED(hr))
		return message_failure(&check->voice, hr, NULL, "checking %s",
				       check->image);
	if (check->options.json && FAILED(object_print(stdout, print_object, check)))
		return message_no_memory(&check->voice);
	if (!check->options.json)
		print_all(check);
	return check->totals[FSI_SEVERITY_ERROR] > 0 ? STATUS_FAILED : STATUS_DONE;
}

static const char *take_level(void *target, const char *value)
{
	struct check_options *options = target;

	if (value[0] < '1' || value[0] > '3' || value[1] != '\0')
		return "must be 1, 2 or 3";
	options->iso_level = (uint32_t)(value[0] - '0');
	return NULL;
}

static const char *take_session(void *target, const char *value)
{
	struct check_options *options = target;

	return view_parse_session(value, &options->session);
}

static const struct option_row rows[] = {
	{"session", take_session, 0, 0, false},
	{"iso-level", take_level, 0, 0, false},
	{"json", NULL, offsetof(struct check_options, json), 0, false},
};

static const struct option_table table = {
	.command = "check",
	.help = check_help,
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

int check_command(int argc, char **argv)
{
	struct check check = {.voice = {.command = "check", .report = stdout}};
	int status = STATUS_DONE;

	if (options_parse(&table, argc, argv, &check.options, &check.operands, &status)) {
		check.voice.json = check.options.json;
		status = check.operands.count == 1
				 ? tell(&check)
				 : message_usage("check", "name one IMAGE");
	}
	fsi_findings_release(check.findings);
	operands_clear(&check.operands);
	return status;
}
