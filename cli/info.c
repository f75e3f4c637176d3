/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage info": what an image is and which file systems it has. */

#include "cli/commands.h"
#include "cli/count.h"
#include "cli/info_boot.h"
#include "cli/info_sessions.h"
#include "cli/message.h"
#include "cli/moment.h"
#include "cli/object.h"
#include "cli/options.h"
#include "cli/units.h"
#include "cli/view.h"

#include <fsimage/fsimage.h>

#include <inttypes.h>
#include <string.h>

const char info_help[] =
	"Usage: fsimage info [OPTION]... IMAGE\n"
	"Tell what an image holds: its size, its file systems with their revisions, the\n"
	"names of its volumes, how many files there are, what wrote it, and its "
	"sessions.\n"
	"      --session N  of the session with that number and not of the newest\n"
	"      --json       as a JSON object\n"
	"      --help       show this and end\n"
	"      --version    show the version and end\n"
	"IMAGE is a file or a block device.\n";

/* ISO 9660, Joliet and UDF. */
#define MOST_VIEWS 3

struct info_options {
	bool json;
	uint32_t session; /* 0: none given */
};

struct info {
	struct info_options options;
	struct operands operands;
	struct voice voice;
	struct image_view disc; /* without a view */
	struct image_view views[MOST_VIEWS];
	const struct fsi_disc_volume *volumes[MOST_VIEWS]; /* NULL: can't be read */
	struct entry_counts counts[MOST_VIEWS]; /* where the volume tells none */
	bool is_counted[MOST_VIEWS];
	size_t count;
	uint32_t blocks;
	struct info_boot boot;
	struct info_sessions sessions;
};

/* ---- words ------------------------------------------------------------- */

static const char *word_of_partition(enum fsi_disc_partition_kind kind)
{
	switch (kind) {
	case FSI_DISC_PARTITION_PHYSICAL:
		return "physical";
	case FSI_DISC_PARTITION_VIRTUAL:
		return "virtual";
	case FSI_DISC_PARTITION_SPARABLE:
		return "sparable";
	case FSI_DISC_PARTITION_METADATA:
		return "metadata";
	default:
		return "unknown";
	}
}

/* Revision 2.60 calls pseudo-overwritable what was unspecified before. */
static const char *word_of_access(enum fsi_disc_access access, uint32_t revision)
{
	switch (access) {
	case FSI_DISC_ACCESS_READ_ONLY:
		return "read-only";
	case FSI_DISC_ACCESS_WRITE_ONCE:
		return "write-once";
	case FSI_DISC_ACCESS_REWRITABLE:
		return "rewritable";
	case FSI_DISC_ACCESS_OVERWRITABLE:
		return "overwritable";
	case FSI_DISC_ACCESS_UNSPECIFIED:
	default:
		return revision >= 0x260 ? "pseudo-overwritable" : "unspecified";
	}
}

static const char *word_of_integrity(const struct fsi_disc_volume *volume)
{
	if (!volume->has_integrity)
		return NULL;
	return volume->is_closed ? "closed" : "open";
}

/* ---- for people -------------------------------------------------------- */

static void print_text(const char *title, const char *text)
{
	if (text[0] == '\0')
		return;
	printf("  %-15s ", title);
	text_print(stdout, text);
	putchar('\n');
}

static void print_time(const char *title, const struct fsi_disc_time *time)
{
	char text[MOMENT_TEXT_SIZE];

	if (time->is_known)
		print_text(title, moment_format(time, &text));
}

static void print_partitions(const struct fsi_disc_volume *volume)
{
	for (size_t i = 0; i < volume->partition_count; i++) {
		const struct fsi_disc_partition *partition = &volume->partitions[i];

		printf("  %-15s %s, %s, %" PRIu32 " blocks from block %" PRIu32 "\n",
		       "partition", word_of_partition(partition->kind),
		       word_of_access(partition->access, volume->revision),
		       partition->block_count, partition->first_block);
	}
}

static void print_identifiers(const struct fsi_disc_volume *volume)
{
	if (strcmp(volume->volume_id, volume->name) != 0)
		print_text("volume", volume->volume_id);
	print_text("volume set", volume->volume_set_id);
	if (strcmp(volume->file_set_id, volume->name) != 0)
		print_text("file set", volume->file_set_id);
	print_text("owner", volume->owner);
	print_text("organisation", volume->organisation);
	print_text("contact", volume->contact);
	print_text("publisher", volume->publisher_id);
	print_text("preparer", volume->preparer_id);
	print_text("system", volume->system_id);
	print_text("application", volume->application_id);
	print_text("written by", volume->implementation_id);
}

static void print_revision(FILE *file, uint32_t revision)
{
	fprintf(file, "%" PRIx32 ".%02" PRIx32, revision >> 8, revision & 0xff);
}

static void print_counts(const struct info *info, size_t index)
{
	const struct entry_counts *counts = &info->counts[index];

	if (!info->is_counted[index])
		return;
	printf("  %-15s %" PRIu64 " file%s, %" PRIu64 " director%s\n", "content",
	       counts->files, counts->files == 1 ? "" : "s", counts->directories,
	       counts->directories == 1 ? "y" : "ies");
}

static void print_view(const struct info *info, size_t index)
{
	const struct fsi_disc_volume *volume = info->volumes[index];
	char size[UNITS_TEXT_SIZE];

	fputs(view_name(info->views[index].file_system), stdout);
	if (volume == NULL) {
		puts(" (this version does not read it)");
		return;
	}
	if (volume->revision != 0) {
		putchar(' ');
		print_revision(stdout, volume->revision);
	}
	if (volume->joliet_level != 0)
		printf(" level %" PRIu32, volume->joliet_level);
	if (volume->has_rock_ridge)
		printf(" with Rock Ridge");
	putchar('\n');
	print_text("name", volume->name);
	print_identifiers(volume);
	print_counts(info, index);
	printf("  %-15s %" PRIu32 " blocks of %" PRIu32 ", %s\n", "size",
	       volume->block_count, volume->block_size,
	       units_format_size((uint64_t)volume->block_count * volume->block_size,
				 &size));
	print_partitions(volume);
	print_time("recorded", &volume->recording_time);
	print_time("changed", &volume->change_time);
	if (volume->has_integrity)
		print_text("integrity", word_of_integrity(volume));
	if (volume->has_other_anchors)
		print_text("note", "older anchors lead to other volumes");
	if (volume->is_from_reserve)
		print_text("note", "the main descriptors are damaged; their reserve "
				   "was read");
}

/*
 * El Torito stands on the descriptors of ISO 9660. unknown: there are none that
 * could be read.
 */
static const char *word_of_boot(const struct info *info, const char *yes, const char *no,
				const char *unknown)
{
	if (info->boot.catalog != NULL)
		return yes;
	for (size_t i = 0; i < info->count; i++) {
		if (info->volumes[i] != NULL &&
		    info->volumes[i]->file_system != FSI_FILE_SYSTEM_UDF)
			return no;
	}
	return unknown;
}

static void print_all(const struct info *info)
{
	const size_t sessions = info->sessions.count;
	char size[UNITS_TEXT_SIZE];

	text_print(stdout, info->disc.image);
	printf(": %" PRIu32 " blocks, %s, %zu session%s, bootable: %s\n", info->blocks,
	       units_format_size((uint64_t)info->blocks * FSI_BLOCK_SIZE, &size),
	       sessions, sessions == 1 ? "" : "s",
	       word_of_boot(info, "yes (El Torito)", "no", "unknown"));
	for (size_t i = 0; i < info->count; i++)
		print_view(info, i);
	info_boot_print(&info->boot);
	info_sessions_print(&info->sessions);
}

/* ---- for programs ------------------------------------------------------ */

static void print_member(FILE *file, const char *name, const char *text)
{
	fprintf(file, ", \"%s\": ", name);
	text_print_json(file, text != NULL && text[0] != '\0' ? text : NULL);
}

static void print_revision_member(FILE *file, const char *name, uint32_t revision)
{
	fprintf(file, ", \"%s\": ", name);
	if (revision == 0) {
		fputs("null", file);
		return;
	}
	fputc('"', file);
	print_revision(file, revision);
	fputc('"', file);
}

static void print_partition_objects(FILE *file, const struct fsi_disc_volume *volume)
{
	fputs(", \"partitions\": [", file);
	for (size_t i = 0; i < volume->partition_count; i++) {
		const struct fsi_disc_partition *partition = &volume->partitions[i];

		fprintf(file,
			"%s{\"kind\": \"%s\", \"access\": \"%s\", \"number\": %u, "
			"\"first_block\": %" PRIu32 ", \"blocks\": %" PRIu32 "}",
			i > 0 ? ", " : "", word_of_partition(partition->kind),
			word_of_access(partition->access, volume->revision),
			(unsigned)partition->number, partition->first_block,
			partition->block_count);
	}
	fputs("]", file);
}

static void print_state(FILE *file, const struct fsi_disc_volume *volume)
{
	fputs(", \"recorded\": ", file);
	moment_print_json(file, &volume->recording_time);
	fputs(", \"changed\": ", file);
	moment_print_json(file, &volume->change_time);
	print_member(file, "integrity", word_of_integrity(volume));
	fprintf(file, ", \"other_anchors\": %s, \"from_reserve\": %s",
		volume->has_other_anchors ? "true" : "false",
		volume->is_from_reserve ? "true" : "false");
}

static void print_view_object(const struct info *info, size_t index, FILE *file)
{
	const struct fsi_disc_volume *volume = info->volumes[index];
	const struct entry_counts *counts = &info->counts[index];

	fprintf(file, "{\"name\": \"%s\", \"view\": \"%s\", \"readable\": %s",
		view_name(info->views[index].file_system),
		view_word(info->views[index].file_system),
		volume != NULL ? "true" : "false");
	if (volume == NULL) {
		fputc('}', file);
		return;
	}
	print_revision_member(file, "revision", volume->revision);
	print_revision_member(file, "minimum_read_revision",
			      volume->minimum_read_revision);
	print_revision_member(file, "minimum_write_revision",
			      volume->minimum_write_revision);
	print_revision_member(file, "maximum_write_revision",
			      volume->maximum_write_revision);
	print_member(file, "label", volume->name);
	print_member(file, "volume", volume->volume_id);
	print_member(file, "volume_set", volume->volume_set_id);
	print_member(file, "file_set", volume->file_set_id);
	print_member(file, "owner", volume->owner);
	print_member(file, "organisation", volume->organisation);
	print_member(file, "contact", volume->contact);
	print_member(file, "publisher", volume->publisher_id);
	print_member(file, "preparer", volume->preparer_id);
	print_member(file, "system", volume->system_id);
	print_member(file, "application", volume->application_id);
	print_member(file, "written_by", volume->implementation_id);
	fprintf(file, ", \"block_size\": %" PRIu32 ", \"blocks\": %" PRIu32,
		volume->block_size, volume->block_count);
	if (volume->joliet_level != 0)
		fprintf(file, ", \"joliet_level\": %" PRIu32, volume->joliet_level);
	if (volume->file_system == FSI_FILE_SYSTEM_ISO9660)
		fprintf(file, ", \"rock_ridge\": %s",
			volume->has_rock_ridge ? "true" : "false");
	if (info->is_counted[index])
		fprintf(file, ", \"files\": %" PRIu64 ", \"directories\": %" PRIu64,
			counts->files, counts->directories);
	else
		fputs(", \"files\": null, \"directories\": null", file);
	print_partition_objects(file, volume);
	print_state(file, volume);
	fputc('}', file);
}

static HRESULT print_object(void *context, FILE *file)
{
	const struct info *info = context;

	fputs("{\"image\": ", file);
	text_print_json(file, info->disc.image);
	fprintf(file,
		", \"blocks\": %" PRIu32 ", \"block_size\": %u, \"bytes\": %" PRIu64
		", \"bootable\": %s, \"boot\": ",
		info->blocks, FSI_BLOCK_SIZE, (uint64_t)info->blocks * FSI_BLOCK_SIZE,
		word_of_boot(info, "true", "false", "null"));
	info_boot_print_json(&info->boot, file);
	fputs(", ", file);
	info_sessions_print_json(&info->sessions, file);
	fputs(", \"file_systems\": [", file);
	for (size_t i = 0; i < info->count; i++) {
		if (i > 0)
			fputs(", ", file);
		print_view_object(info, i, file);
	}
	fputs("]}\n", file);
	return S_OK;
}

/* ---- finding out ------------------------------------------------------- */

/* A volume counts the root as a directory, which people do not. */
static HRESULT count(struct info *info, size_t index)
{
	const struct fsi_disc_volume *volume = info->volumes[index];
	struct entry_counts *counts = &info->counts[index];
	HRESULT hr = S_OK;

	if (volume->has_counts) {
		counts->files = volume->file_count;
		counts->directories =
			volume->directory_count > 0 ? volume->directory_count - 1 : 0;
	} else {
		hr = count_entries(info->views[index].view, counts);
	}
	info->is_counted[index] = SUCCEEDED(hr);
	return hr;
}

static int add_view(struct info *info, enum fsi_file_system file_system)
{
	const size_t index = info->count;
	struct image_view *view = &info->views[index];
	HRESULT hr = S_OK;

	*view = (struct image_view){.image = info->disc.image,
				    .file_system = file_system};
	hr = fsi_disc_open_view(info->disc.disc, file_system, &view->view);
	if (hr == IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED) {
		/* It is there all the same. */
		info->count++;
		return STATUS_DONE;
	}
	if (SUCCEEDED(hr))
		hr = fsi_disc_view_get_volume(view->view, &info->volumes[index]);
	if (SUCCEEDED(hr)) {
		info->count++;
		hr = count(info, index);
	}
	if (SUCCEEDED(hr))
		return STATUS_DONE;
	message_failure(&info->voice, hr, NULL, "reading %s in %s",
			view_name(file_system), view->image);
	if (info->count == index)
		view_clear(view);
	return STATUS_FAILED;
}

/* The view whose names say most; NULL: none that can be read. */
static fsi_disc_view *choose_view(const struct info *info)
{
	fsi_disc_view *best = NULL;

	for (size_t i = 0; i < info->count; i++) {
		const struct fsi_disc_volume *volume = info->volumes[i];

		if (volume == NULL)
			continue;
		best = info->views[i].view;
		/* Joliet, which comes next, knows less. */
		if (volume->has_rock_ridge && i + 1 < info->count &&
		    info->views[i + 1].file_system == FSI_FILE_SYSTEM_JOLIET)
			i++;
	}
	return best;
}

static int find_boot(struct info *info)
{
	const HRESULT hr =
		info_boot_read(info->disc.disc, choose_view(info), &info->boot);

	return FAILED(hr) ? message_failure(&info->voice, hr, NULL,
					    "reading the boot catalog of %s",
					    info->disc.image)
			  : STATUS_DONE;
}

/* Goes on with the next file system where one is damaged. */
static int find_out(struct info *info)
{
	static const enum fsi_file_system order[MOST_VIEWS] = {
		FSI_FILE_SYSTEM_ISO9660, FSI_FILE_SYSTEM_JOLIET, FSI_FILE_SYSTEM_UDF};
	fsi_file_systems found = FSI_FILE_SYSTEM_NONE;
	int status = STATUS_DONE;
	HRESULT hr = fsi_disc_get_total_blocks(info->disc.disc, &info->blocks);

	if (SUCCEEDED(hr))
		hr = fsi_disc_get_file_systems(info->disc.disc, &found);
	if (FAILED(hr))
		return view_failure(&info->disc, hr, &info->voice, "reading", "");
	for (size_t i = 0; i < MOST_VIEWS; i++) {
		if ((found & (fsi_file_systems)order[i]) == 0)
			continue;
		/* One object: of several errors the first is told in it. */
		if (add_view(info, order[i]) != STATUS_DONE) {
			status = STATUS_FAILED;
			info->voice.json = false;
		}
	}
	if (find_boot(info) != STATUS_DONE)
		status = STATUS_FAILED;
	if (info_sessions_read(&info->disc, &info->voice, &info->sessions) != STATUS_DONE)
		status = STATUS_FAILED;
	return status;
}

static int tell(struct info *info)
{
	int status = view_open_disc(info->operands.items[0], info->options.session,
				    &info->voice, &info->disc);

	if (status == STATUS_DONE)
		status = find_out(info);
	else
		return status;
	if (info->options.json && status == STATUS_DONE &&
	    FAILED(object_print(stdout, print_object, info)))
		return message_no_memory(&info->voice);
	if (!info->options.json)
		print_all(info);
	return status;
}

static const char *take_session(void *target, const char *value)
{
	struct info_options *options = target;

	return view_parse_session(value, &options->session);
}

static const struct option_row rows[] = {
	{"session", take_session, 0, 0, false},
	{"json", NULL, offsetof(struct info_options, json), 0, false},
};

static const struct option_table table = {
	.command = "info",
	.help = info_help,
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

int info_command(int argc, char **argv)
{
	struct info info = {.voice = {.command = "info", .report = stdout}};
	int status = STATUS_DONE;

	if (options_parse(&table, argc, argv, &info.options, &info.operands, &status)) {
		info.voice.json = info.options.json;
		status = info.operands.count == 1
				 ? tell(&info)
				 : message_usage("info", "name one IMAGE");
	}
	for (size_t i = 0; i < MOST_VIEWS; i++)
		view_clear(&info.views[i]);
	info_boot_clear(&info.boot);
	info_sessions_clear(&info.sessions);
	view_clear(&info.disc);
	operands_clear(&info.operands);
	return status;
}
