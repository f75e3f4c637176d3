/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line on a terminal that shows how far a build is. */

#include "cli/progress.h"

#include "cli/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Ten lines a second are as many as an eye can follow. */
#define SECONDS_BETWEEN 0.1

/* Room for a line; wider terminals get no longer ones. */
#define LINE_SIZE   256
#define WIDEST_LINE 100

#define WIDEST_BAR    40
#define NARROWEST_BAR 10

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	       (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

/* Whether it is time to draw again; if so it counts as done. */
static bool is_due(struct progress *progress, bool at_once)
{
	struct timespec now;

	if (!progress->is_shown)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!at_once && seconds_between(&progress->last_drawn, &now) < SECONDS_BETWEEN)
		return false;
	progress->last_drawn = now;
	return true;
}

/* Columns that a line may have: one less, since some terminals wrap at the last. */
static int count_columns(void)
{
	struct winsize window;
	int columns = 80;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
		columns = window.ws_col;
	if (columns > WIDEST_LINE)
		columns = WIDEST_LINE;
	return columns > 1 ? columns - 1 : 1;
}

/* All of the line is ASCII, so bytes are columns. */
static void draw(struct progress *progress, const char *line)
{
	const int columns = count_columns();
	const int length = (int)strlen(line) < columns ? (int)strlen(line) : columns;
	const int rest = progress->columns > length ? progress->columns - length : 0;

	fprintf(stderr, "\r%.*s%*s", length, line, rest, "");
	/* The cursor goes back behind what is there. */
	for (int i = 0; i < rest; i++)
		fputc('\b', stderr);
	fflush(stderr);
	progress->columns = length;
}

void progress_begin(struct progress *progress, const char *doing, bool wanted)
{
	*progress = (struct progress){.doing = doing,
				      .is_shown = wanted && isatty(STDERR_FILENO) != 0};
}

void progress_count_file(struct progress *progress)
{
	char line[LINE_SIZE];

	progress->files++;
	if (!is_due(progress, false))
		return;
	snprintf(line, sizeof(line), "scanning: %" PRIu64 " files", progress->files);
	draw(progress, line);
}

void progress_show_compared(struct progress *progress, const char *path)
{
	char line[LINE_SIZE];

	if (!is_due(progress, false))
		return;
	snprintf(line, sizeof(line), "comparing: %s", path);
	for (char *byte = line; *byte != '\0'; byte++) {
		if (*byte < ' ' || *byte > '~')
			*byte = '?';
	}
	draw(progress, line);
}

/* "1.2 GiB of 2.6 GiB  310 MiB/s  0:05 left" */
static void describe(const struct progress *progress, uint64_t written, uint64_t total,
		     char (*text)[LINE_SIZE])
{
	const double seconds =
		seconds_between(&progress->write_began, &progress->last_drawn);
	const double rate = seconds > 0 ? (double)written / seconds : 0;
	char done_text[UNITS_TEXT_SIZE];
	char total_text[UNITS_TEXT_SIZE];
	char rate_text[UNITS_TEXT_SIZE];
	char left_text[UNITS_TEXT_SIZE];
	int length = snprintf(*text, sizeof(*text), "%s of %s",
			      units_format_size(written, &done_text),
			      units_format_size(total, &total_text));

	if (written == total)
		snprintf(*text + length, sizeof(*text) - (size_t)length, "  finishing");
	else if (rate >= 1 && seconds >= 2 * SECONDS_BETWEEN)
		snprintf(
			*text + length, sizeof(*text) - (size_t)length, "  %s/s  %s left",
			units_format_size((uint64_t)rate, &rate_text),
			units_format_clock((double)(total - written) / rate, &left_text));
}

/* "[####    ]", as wide as there is room; nothing when there is none. */
static void make_bar(uint64_t written, uint64_t total, int room, char (*text)[LINE_SIZE])
{
	const int width = room < WIDEST_BAR ? room : WIDEST_BAR;
	const int filled =
		total > 0 ? (int)((double)written / (double)total * width) : width;

	(*text)[0] = '\0';
	if (width >= NARROWEST_BAR)
		snprintf(*text, sizeof(*text), "[%.*s%*s] ", filled,
			 "########################################", width - filled, "");
}

void progress_show_written(struct progress *progress, uint64_t written, uint64_t total)
{
	const int percent =
		total > 0 ? (int)((double)written / (double)total * 100) : 100;
	char line[3 * LINE_SIZE];
	char bar[LINE_SIZE];
	char description[LINE_SIZE];
	int room = 0;

	if (!is_due(progress, !progress->is_writing || written == total))
		return;
	if (!progress->is_writing)
		progress->write_began = progress->last_drawn;
	progress->is_writing = true;
	describe(progress, written, total, &description);
	room = count_columns() - (int)strlen(progress->doing) -
	       (int)(sizeof(": [] 100 %  ") - 1) - (int)strlen(description);
	make_bar(written, total, room, &bar);
	snprintf(line, sizeof(line), "%s: %s%d %%  %s", progress->doing, bar, percent,
		 description);
	draw(progress, line);
}

void progress_clear(struct progress *progress)
{
	if (progress->columns > 0)
		fprintf(stderr, "\r%*s\r", progress->columns, "");
	progress->columns = 0;
}
