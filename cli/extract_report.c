/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told when an extraction is done. */

#include "cli/extraction.h"
#include "cli/object.h"
#include "cli/units.h"

#include <fsimage/codes.h>

#include <inttypes.h>

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void note_left_out(const struct extraction *extraction)
{
	const struct extract_counts *counts = &extraction->counts;
	const struct voice *voice = &extraction->voice;

	if (counts->left_special > 0)
		message_note(voice,
			     "left out %" PRIu64 " link%s, device%s, FIFO%s or socket%s "
			     "that this system does not let you make",
			     counts->left_special, plural(counts->left_special),
			     plural(counts->left_special), plural(counts->left_special),
			     plural(counts->left_special));
	if (counts->attributes > 0)
		message_note(voice,
			     "left out %" PRIu64 " extended attribute%s that this system "
			     "does not let you set",
			     counts->attributes, plural(counts->attributes));
	if (counts->owners > 0)
		message_note(voice,
			     "%" PRIu64 " item%s belong%s to you, and not to the owner "
			     "that is recorded, whom only root can give %s back",
			     counts->owners, plural(counts->owners),
			     counts->owners == 1 ? "s" : "",
			     counts->owners == 1 ? "it" : "them");
	if (counts->set_ids > 0)
		message_note(voice,
			     "%" PRIu64
			     " item%s go%s without set-id bits, since the owner "
			     "is another",
			     counts->set_ids, plural(counts->set_ids),
			     counts->set_ids == 1 ? "es" : "");
	if (counts->modes > 0)
		message_note(voice,
			     "%" PRIu64 " item%s could not be given the permissions that "
			     "are recorded",
			     counts->modes, plural(counts->modes));
	if (counts->copies > 0)
		message_note(voice, "%" PRIu64 " hard link%s became a file of %s own",
			     counts->copies, plural(counts->copies),
			     counts->copies == 1 ? "its" : "their");
}

static double measure_seconds(const struct extraction *extraction)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - extraction->began.tv_sec) +
	       (double)(now.tv_nsec - extraction->began.tv_nsec) / 1e9;
}

static void print_line(const struct extraction *extraction)
{
	const struct extract_counts *counts = &extraction->counts;
	const uint64_t others = counts->symbolic_links + counts->special;
	char size[UNITS_TEXT_SIZE];

	text_print(stdout, extraction->options.directory);
	printf(": %" PRIu64 " file%s, %" PRIu64 " director%s, ", counts->files,
	       plural(counts->files), counts->directories,
	       counts->directories == 1 ? "y" : "ies");
	if (counts->hard_links > 0)
		printf("%" PRIu64 " hard link%s, ", counts->hard_links,
		       plural(counts->hard_links));
	if (others > 0)
		printf("%" PRIu64 " other%s, ", others, plural(others));
	printf("%s, %.2f s: from %s\n", units_format_size(counts->bytes, &size),
	       measure_seconds(extraction), view_name(extraction->view.file_system));
}

static HRESULT print_object(void *context, FILE *file)
{
	const struct extraction *extraction = context;
	const struct extract_counts *counts = &extraction->counts;

	fputs("{\"image\": ", file);
	text_print_json(file, extraction->view.image);
	fprintf(file, ", \"view\": \"%s\", \"directory\": ",
		view_word(extraction->view.file_system));
	text_print_json(file, extraction->options.directory);
	fprintf(file,
		", \"files\": %" PRIu64 ", \"directories\": %" PRIu64
		", \"symbolic_links\": %" PRIu64 ", \"hard_links\": %" PRIu64
		", \"special\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"seconds\": %.3f",
		counts->files, counts->directories, counts->symbolic_links,
		counts->hard_links, counts->special, counts->bytes,
		measure_seconds(extraction));
	fprintf(file,
		", \"left_out\": {\"special\": %" PRIu64
		", \"extended_attributes\": %" PRIu64 ", \"owners\": %" PRIu64
		", \"set_ids\": %" PRIu64 ", \"permissions\": %" PRIu64
		", \"hard_links\": %" PRIu64 "}}\n",
		counts->left_special, counts->attributes, counts->owners, counts->set_ids,
		counts->modes, counts->copies);
	return S_OK;
}

int extraction_report(struct extraction *extraction)
{
	progress_clear(&extraction->progress);
	note_left_out(extraction);
	if (extraction->status != STATUS_DONE)
		return STATUS_FAILED;
	if (extraction->voice.json &&
	    FAILED(object_print(stdout, print_object, extraction)))
		return message_no_memory(&extraction->voice);
	if (!extraction->voice.json && !extraction->voice.quiet)
		print_line(extraction);
	return STATUS_DONE;
}
