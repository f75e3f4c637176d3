/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sessions of an image, as "fsimage info" tells them. */

#include "cli/info_sessions.h"

#include "cli/units.h"

#include <fsimage/fsimage.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const enum fsi_file_system order[] = {FSI_FILE_SYSTEM_ISO9660,
					     FSI_FILE_SYSTEM_JOLIET, FSI_FILE_SYSTEM_UDF};
#define FILE_SYSTEMS (sizeof(order) / sizeof(order[0]))

/* What the one that keeps most of it calls the volume. A session that can't be opened
 * is told without a name. */
static char *read_name(fsi_stream *stream, const struct fsi_disc_session *session)
{
	const struct fsi_disc_options options = {
		.size = sizeof(options),
		.session_block = session->session_block,
		.anchor_block = session->anchor_block,
	};
	const struct fsi_disc_volume *volume = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	char *name = NULL;
	HRESULT hr = fsi_disc_open(stream, &options, &disc);

	for (size_t i = FILE_SYSTEMS; SUCCEEDED(hr) && view == NULL && i > 0; i--) {
		if ((session->file_systems & (fsi_file_systems)order[i - 1]) != 0 &&
		    FAILED(fsi_disc_open_view(disc, order[i - 1], &view)))
			view = NULL;
	}
	if (view != NULL && SUCCEEDED(fsi_disc_view_get_volume(view, &volume)))
		name = strdup(volume->name);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
	return name;
}

int info_sessions_read(const struct image_view *view, const struct voice *voice,
		       struct info_sessions *ret_sessions)
{
	struct info_sessions *sessions = ret_sessions;
	fsi_stream *stream = NULL;
	HRESULT hr =
		fsi_disc_get_sessions(view->disc, &sessions->items, &sessions->count);

	if (SUCCEEDED(hr))
		hr = fsi_disc_get_identifier(view->disc, &sessions->identifier);
	if (SUCCEEDED(hr))
		hr = fsi_stream_create_on_file(view->image, &stream);
	if (FAILED(hr))
		return view_failure(view, hr, voice, "reading", "");
	sessions->names = calloc(sessions->count + 1, sizeof(char *));
	for (size_t i = 0; sessions->names != NULL && i < sessions->count; i++)
		sessions->names[i] = read_name(stream, &sessions->items[i]);
	fsi_stream_release(stream);
	return sessions->names != NULL ? STATUS_DONE : message_no_memory(voice);
}

static void print_file_systems(const struct fsi_disc_session *session)
{
	const char *between = ", ";

	if (session->file_systems == FSI_FILE_SYSTEM_NONE)
		fputs(", overwritten by who continued it", stdout);
	for (size_t i = 0; i < FILE_SYSTEMS; i++) {
		if ((session->file_systems & (fsi_file_systems)order[i]) == 0)
			continue;
		printf("%s%s", between, view_name(order[i]));
		between = " + ";
	}
}

void info_sessions_print(const struct info_sessions *sessions)
{
	char size[UNITS_TEXT_SIZE];

	puts("Disc");
	printf("  identifier      %s\n", sessions->identifier);
	if (sessions->count == 0 ||
	    (sessions->count == 1 && sessions->items[0].start_block == 0))
		return;
	puts("Sessions");
	for (size_t i = 0; i < sessions->count; i++) {
		const struct fsi_disc_session *session = &sessions->items[i];
		const uint32_t blocks = session->end_block - session->start_block;

		printf("  %-15zu from block %" PRIu32 ", %" PRIu32 " blocks, %s", i + 1,
		       session->start_block, blocks,
		       units_format_size((uint64_t)blocks * FSI_BLOCK_SIZE, &size));
		print_file_systems(session);
		if (sessions->names[i] != NULL && sessions->names[i][0] != '\0') {
			fputs(", ", stdout);
			text_print(stdout, sessions->names[i]);
		}
		putchar('\n');
	}
}

static void print_object(const struct fsi_disc_session *session, const char *name,
			 FILE *file)
{
	const char *between = "";

	fprintf(file,
		"{\"first_block\": %" PRIu32 ", \"end_block\": %" PRIu32
		", \"session_block\": %" PRIu32 ", \"anchor_block\": %" PRIu32
		", \"file_systems\": [",
		session->start_block, session->end_block, session->session_block,
		session->anchor_block);
	for (size_t i = 0; i < FILE_SYSTEMS; i++) {
		if ((session->file_systems & (fsi_file_systems)order[i]) == 0)
			continue;
		fprintf(file, "%s\"%s\"", between, view_word(order[i]));
		between = ", ";
	}
	fputs("], \"label\": ", file);
	text_print_json(file, name != NULL && name[0] != '\0' ? name : NULL);
	fputc('}', file);
}

void info_sessions_print_json(const struct info_sessions *sessions, FILE *file)
{
	fprintf(file, "\"disc_identifier\": \"%s\", \"sessions\": [",
		sessions->identifier);
	for (size_t i = 0; i < sessions->count; i++) {
		if (i > 0)
			fputs(", ", file);
		print_object(&sessions->items[i], sessions->names[i], file);
	}
	fputc(']', file);
}

void info_sessions_clear(struct info_sessions *sessions)
{
	for (size_t i = 0; sessions->names != NULL && i < sessions->count; i++)
		free(sessions->names[i]);
	free(sessions->names);
	fsi_free(sessions->identifier);
	fsi_free(sessions->items);
	*sessions = (struct info_sessions){0};
}
