/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told when an image is made. */

#include "cli/report.h"

#include "cli/notes.h"
#include "cli/object.h"
#include "cli/units.h"
#include "cli/walk.h"

#include <fsimage/codes.h>
#include <fsimage/import.h>

#include <inttypes.h>
#include <string.h>

struct counts {
	uint32_t blocks;
	uint32_t block_size;
	uint32_t files;
	uint32_t directories;
	uint32_t udf_revision;
	/* Of the session, in the image that is made or on the disc. */
	int32_t first_block;
	uint32_t session_blocks;
};

static HRESULT get_counts(const struct report *report, struct counts *ret_counts)
{
	HRESULT hr = fsi_result_get_total_blocks(report->result, &ret_counts->blocks);

	if (SUCCEEDED(hr))
		hr = fsi_result_get_block_size(report->result, &ret_counts->block_size);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_file_count(report->image, &ret_counts->files);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_directory_count(report->image,
						   &ret_counts->directories);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_udf_revision(report->image, &ret_counts->udf_revision);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_session_start_block(report->image,
						       &ret_counts->first_block);
	ret_counts->session_blocks =
		report->options->session.is_appended
			? ret_counts->blocks - (uint32_t)ret_counts->first_block
			: ret_counts->blocks;
	return hr;
}

static bool has(const struct report *report, enum fsi_file_system file_system)
{
	return (report->options->file_systems & (fsi_file_systems)file_system) != 0;
}

/* 0x150 is 1.50. */
static void print_revision(FILE *file, uint32_t revision)
{
	fprintf(file, "%" PRIx32 ".%02" PRIx32, revision >> 8, revision & 0xff);
}

/* ---- the line ---------------------------------------------------------- */

static void print_file_systems(const struct report *report, const struct counts *counts,
			       FILE *file)
{
	const char *separator = ": ";

	if (has(report, FSI_FILE_SYSTEM_ISO9660)) {
		fprintf(file, "%sISO 9660 level %" PRIu32, separator,
			iso_options_get_level(&report->options->iso));
		separator = ", ";
	}
	if (has(report, FSI_FILE_SYSTEM_JOLIET))
		fprintf(file, "%sJoliet level 3", separator);
	if (has(report, FSI_FILE_SYSTEM_UDF)) {
		fprintf(file, "%sUDF ", separator);
		print_revision(file, counts->udf_revision);
	}
}

static void print_line(const struct report *report, const struct counts *counts,
		       FILE *file)
{
	char size[UNITS_TEXT_SIZE];

	if (strcmp(report->options->output, "-") == 0)
		fputs("standard output", file);
	else
		text_print(file, report->options->output);
	if (counts->first_block != 0)
		fprintf(file, ": session from block %" PRId32, counts->first_block);
	fprintf(file,
		"%s%" PRIu32 " blocks, %s, %" PRIu32 " file%s, %" PRIu32
		" director%s, %.2f s",
		counts->first_block != 0 ? ", " : ": ", counts->session_blocks,
		units_format_size((uint64_t)counts->session_blocks * counts->block_size,
				  &size),
		counts->files, counts->files == 1 ? "" : "s", counts->directories,
		counts->directories == 1 ? "y" : "ies", report->seconds);
	print_file_systems(report, counts, file);
	fputc('\n', file);
}

/* ---- the object -------------------------------------------------------- */

static HRESULT add_size(void *context, fsi_item *item)
{
	uint64_t *total = context;
	uint64_t size = 0;
	fsi_file *file = fsi_item_as_file(item);
	const HRESULT hr = file != NULL ? fsi_file_get_data_size(file, &size) : S_OK;

	*total += size;
	return hr;
}

/* Bytes of all files of the image, each name counted. */
static HRESULT measure_files(fsi_image *image, uint64_t *ret_size)
{
	fsi_directory *root = NULL;
	const HRESULT hr = fsi_image_get_root(image, &root);

	*ret_size = 0;
	return SUCCEEDED(hr) ? walk_items(root, add_size, ret_size) : hr;
}

/* One name of the volume; null where there is no such file system. */
static HRESULT print_volume_name(const struct report *report, const char *key,
				 enum fsi_file_system file_system, FILE *file)
{
	char *name = NULL;
	const HRESULT hr =
		has(report, file_system)
			? fsi_result_get_volume_name(report->result, file_system, &name)
			: S_OK;

	fprintf(file, ", \"%s\": ", key);
	text_print_json(file, name);
	fsi_free(name);
	return hr;
}

static HRESULT print_volume(const struct report *report, FILE *file)
{
	HRESULT hr = S_OK;

	fputs("\"volume\": {\"given\": ", file);
	text_print_json(file, report->options->volume_name);
	hr = print_volume_name(report, "iso9660", FSI_FILE_SYSTEM_ISO9660, file);
	if (SUCCEEDED(hr))
		hr = print_volume_name(report, "joliet", FSI_FILE_SYSTEM_JOLIET, file);
	if (SUCCEEDED(hr))
		hr = print_volume_name(report, "udf", FSI_FILE_SYSTEM_UDF, file);
	fputs("}, ", file);
	return hr;
}

static HRESULT print_differences(const struct report *report,
				 enum fsi_file_system file_system, FILE *file)
{
	uint32_t renamed = 0;
	uint32_t omitted = 0;
	HRESULT hr =
		fsi_result_get_mapped_name_count(report->result, file_system, &renamed);

	if (SUCCEEDED(hr))
		hr = fsi_result_get_omitted_file_count(report->result, file_system,
						       &omitted);
	fprintf(file, ", \"renamed\": %" PRIu32 ", \"omitted_files\": %" PRIu32 "}",
		renamed, omitted);
	return hr;
}

static HRESULT print_list(const struct report *report, const struct counts *counts,
			  FILE *file)
{
	HRESULT hr = S_OK;
	const char *separator = "";

	fputs("\"file_systems\": [", file);
	if (has(report, FSI_FILE_SYSTEM_ISO9660)) {
		fprintf(file, "{\"name\": \"ISO 9660\", \"level\": %" PRIu32,
			iso_options_get_level(&report->options->iso));
		hr = print_differences(report, FSI_FILE_SYSTEM_ISO9660, file);
		separator = ", ";
	}
	if (SUCCEEDED(hr) && has(report, FSI_FILE_SYSTEM_JOLIET)) {
		fprintf(file, "%s{\"name\": \"Joliet\", \"level\": 3", separator);
		hr = print_differences(report, FSI_FILE_SYSTEM_JOLIET, file);
	}
	if (SUCCEEDED(hr) && has(report, FSI_FILE_SYSTEM_UDF)) {
		fprintf(file, "%s{\"name\": \"UDF\", \"revision\": \"", separator);
		print_revision(file, counts->udf_revision);
		fputs("\"", file);
		hr = print_differences(report, FSI_FILE_SYSTEM_UDF, file);
	}
	fputs("], ", file);
	return hr;
}

static HRESULT print_duplicates(const struct report *report, uint32_t block_size,
				FILE *file)
{
	uint32_t count = 0;
	uint32_t blocks = 0;
	const HRESULT hr = fsi_result_get_duplicates(report->result, &count, &blocks);

	fprintf(file,
		"\"duplicates\": {\"count\": %" PRIu32 ", \"bytes\": %" PRIu64 "}, ",
		count, (uint64_t)blocks * block_size);
	return hr;
}

static void print_skipped(const struct report *report, FILE *file)
{
	const struct source_report *sources = report->sources;
	const struct fsi_add_tree_report *tree = &sources->tree;
	const uint64_t lost = notes_count_lost_attributes(sources, report->options);

	fprintf(file,
		"\"kept\": {\"links\": %" PRIu64 ", \"special\": %" PRIu64
		", \"extended_attributes\": %" PRIu64 "}, ",
		tree->links, tree->special, tree->named_streams - lost);
	fprintf(file,
		"\"skipped\": {\"links\": %" PRIu64 ", \"special\": %" PRIu64
		", \"loops\": %" PRIu64 ", \"excluded\": %" PRIu64
		", \"extended_attributes\": %" PRIu64 "}",
		tree->skipped_links, tree->skipped_special, tree->skipped_loops,
		tree->filtered - sources->outputs, lost);
}

struct object {
	const struct report *report;
	const struct counts *counts;
};

static HRESULT print_object(void *context, FILE *file)
{
	const struct object *object = context;
	const struct report *report = object->report;
	const struct counts *counts = object->counts;
	uint64_t source_size = 0;
	HRESULT hr = measure_files(report->image, &source_size);

	if (FAILED(hr))
		return hr;
	fputs("{\"output\": ", file);
	text_print_json(file, report->options->output);
	fprintf(file, ", \"blocks\": %" PRIu32 ", \"block_size\": %" PRIu32,
		counts->blocks, counts->block_size);
	fprintf(file, ", \"bytes\": %" PRIu64,
		(uint64_t)counts->blocks * counts->block_size);
	fprintf(file,
		", \"session\": {\"first_block\": %" PRId32 ", \"blocks\": %" PRIu32 "}",
		counts->first_block, counts->session_blocks);
	fprintf(file, ", \"files\": %" PRIu32 ", \"directories\": %" PRIu32,
		counts->files, counts->directories);
	fprintf(file, ", \"source_bytes\": %" PRIu64 ", \"seconds\": %.3f, ", source_size,
		report->seconds);
	hr = print_volume(report, file);
	if (SUCCEEDED(hr))
		hr = print_list(report, counts, file);
	if (SUCCEEDED(hr))
		hr = print_duplicates(report, counts->block_size, file);
	print_skipped(report, file);
	fputs("}\n", file);
	return hr;
}

HRESULT report_print(const struct report *report, const struct voice *voice)
{
	struct counts counts = {0};
	HRESULT hr = S_OK;

	if (voice->quiet && !voice->json)
		return S_OK;
	hr = get_counts(report, &counts);
	if (FAILED(hr))
		return hr;
	if (voice->json)
		return object_print(voice->report, print_object,
				    &(struct object){report, &counts});
	print_line(report, &counts, voice->report);
	return S_OK;
}
