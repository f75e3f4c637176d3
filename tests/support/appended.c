/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs in memory that sessions are added to. */
#include "tests/support/appended.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for many small sessions. */
#define ROOM_BLOCKS 16000u

void appended_begin(struct appended *appended, fsi_file_systems file_systems,
		    uint32_t revision)
{
	fsi_image *image = api_image(file_systems);
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	if (revision != 0)
		ASSERT_OK(fsi_image_put_udf_revision(image, revision));
	api_add_text(api_root(image), "one", "text of one");
	stream = api_image_stream(image);
	bytes = api_read_all(stream, &size);
	recording_disc_init(&appended->disc, bytes, (uint32_t)(size / FSI_BLOCK_SIZE),
			    ROOM_BLOCKS);
	appended->file_systems = file_systems;
	appended->seconds = API_SECONDS;
	free(bytes);
	fsi_stream_release(stream);
	fsi_image_release(image);
}

void appended_end(struct appended *appended)
{
	recording_disc_free(&appended->disc);
}

fsi_image *appended_image(struct appended *appended, uint32_t session)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	fsi_multisession *multisession = recording_disc_open(&appended->disc);
	const struct timespec now = {.tv_sec = ++appended->seconds};
	fsi_image *image = NULL;

	ASSERT_OK(fsi_image_create(&now, &image));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, appended->file_systems));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 0));
	ASSERT_OK(fsi_image_put_multisession_interfaces(image, &multisession, 1));
	ASSERT_OK(fsi_image_put_import_session(image, session));
	ASSERT_OK(fsi_image_import_file_system(image, &imported));
	fsi_multisession_release(multisession);
	return image;
}

void appended_add(struct appended *appended, const char *name)
{
	fsi_image *image = appended_image(appended, 0);
	fsi_result *result = NULL;

	api_add_text(api_root(image), name, api_text("text of %s", name));
	result = api_result(image);
	recording_disc_restart(&appended->disc);
	ASSERT_OK(fsi_result_write_session(result, NULL));
	fsi_result_release(result);
	fsi_image_release(image);
}

struct fsi_disc_session *appended_sessions(const uint8_t *bytes, uint32_t blocks,
					   size_t *ret_count)
{
	struct fsi_disc_session *sessions = NULL;
	fsi_stream *stream = recording_disc_stream(bytes, blocks);
	fsi_disc *disc = NULL;

	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_OK(fsi_disc_get_sessions(disc, &sessions, ret_count));
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	return sessions;
}

/* ---- what is shown ----------------------------------------------------- */

static void print_data(FILE *out, fsi_disc_entry *entry)
{
	fsi_stream *data = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	ASSERT_OK(fsi_disc_entry_open_data(entry, &data));
	bytes = api_read_all(data, &size);
	fwrite(bytes, 1, size, out);
	free(bytes);
	fsi_stream_release(data);
}

static void print_folder(FILE *out, fsi_disc_entry *folder)
{
	fsi_disc_children *children = NULL;
	fsi_disc_entry *entry = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_disc_entry_get_children(folder, &children));
	while ((hr = fsi_disc_children_next(children, &entry)) == S_OK) {
		const struct fsi_disc_entry_info *info = NULL;
		const char *name = NULL;

		ASSERT_OK(fsi_disc_entry_get_name(entry, &name));
		ASSERT_OK(fsi_disc_entry_get_info(entry, &info));
		fprintf(out, "%s: ", name);
		if (info->kind == FSI_DISC_DIRECTORY)
			print_folder(out, entry);
		else
			print_data(out, entry);
		fputs("; ", out);
		fsi_disc_entry_release(entry);
	}
	ck_assert_int_eq(hr, S_FALSE);
	fsi_disc_children_release(children);
}

char *appended_describe(const uint8_t *bytes, uint32_t blocks,
			const struct fsi_disc_session *session,
			enum fsi_file_system file_system)
{
	struct fsi_disc_options options = {.size = sizeof(options)};
	fsi_stream *stream = recording_disc_stream(bytes, blocks);
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *root = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (session != NULL) {
		options.session_block = session->session_block;
		options.anchor_block = session->anchor_block;
	}
	ASSERT_OK(fsi_disc_open(stream, &options, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, file_system, &view));
	ASSERT_OK(fsi_disc_view_get_root(view, &root));
	print_folder(out, root);
	fclose(out);
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	return text;
}
