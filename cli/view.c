/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image that info, ls and extract read, and which of its file systems. */

#include "cli/view.h"

#include <fsimage/fsimage.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The first keeps most, but where ISO 9660 has Rock Ridge. */
static const struct kind {
	enum fsi_file_system file_system;
	const char *word;
	const char *name;
	const char *hint;
} kinds[] = {
	{FSI_FILE_SYSTEM_UDF, "udf", "UDF", "--view udf reads the image's UDF"},
	{FSI_FILE_SYSTEM_JOLIET, "joliet", "Joliet",
	 "--view joliet reads the image's Joliet"},
	{FSI_FILE_SYSTEM_ISO9660, "iso9660", "ISO 9660",
	 "--view iso9660 reads the image's ISO 9660"},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

enum fsi_file_system view_parse(const char *word)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].word, word) == 0)
			return kinds[i].file_system;
	}
	return strcmp(word, "iso") == 0 ? FSI_FILE_SYSTEM_ISO9660 : FSI_FILE_SYSTEM_NONE;
}

static const struct kind *find_kind(enum fsi_file_system file_system)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (kinds[i].file_system == file_system)
			return &kinds[i];
	}
	return NULL;
}

const char *view_word(enum fsi_file_system file_system)
{
	const struct kind *kind = find_kind(file_system);

	return kind != NULL ? kind->word : "";
}

const char *view_name(enum fsi_file_system file_system)
{
	const struct kind *kind = find_kind(file_system);

	return kind != NULL ? kind->name : "";
}

const char *view_hint(const struct image_view *view, HRESULT code)
{
	switch (code) {
	case IMAPI_E_ITEM_NOT_FOUND:
	case IMAPI_E_NOT_DIR:
		return "'fsimage ls -R' lists all names of an image";
	case IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR:
	case IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED:
	case IMAPI_E_FILE_SYSTEM_NOT_FOUND:
	case IMAPI_E_IMPORT_READ_FAILURE:
	case IMAPI_E_IMPORT_SEEK_FAILURE:
		break;
	default:
		return NULL;
	}
	for (size_t i = 0; i < KINDS; i++) {
		if ((view->others & (fsi_file_systems)kinds[i].file_system) != 0)
			return kinds[i].hint;
	}
	return NULL;
}

int view_failure(const struct image_view *view, HRESULT hr, const struct voice *voice,
		 const char *doing, const char *path)
{
	return message_failure(voice, hr, view_hint(view, hr), "%s %s%s%s", doing,
			       view->image, path[0] != '\0' ? ":" : "", path);
}

/* ---- sessions ---------------------------------------------------------- */

const char *view_parse_session(const char *value, uint32_t *ret_session)
{
	char *end = NULL;
	unsigned long number = 0;

	errno = 0;
	if (value[0] >= '0' && value[0] <= '9')
		number = strtoul(value, &end, 10);
	if (number == 0 || number > INT32_MAX || *end != '\0')
		return "must be the number of a session, from 1 on";
	*ret_session = (uint32_t)number;
	return NULL;
}

int view_find_session(fsi_disc *disc, const char *image, uint32_t session,
		      const struct voice *voice, struct fsi_disc_session *ret_found)
{
	struct fsi_disc_session *sessions = NULL;
	size_t count = 0;
	char reason[80];
	const HRESULT hr = fsi_disc_get_sessions(disc, &sessions, &count);

	if (FAILED(hr))
		return message_failure(voice, hr, NULL, "reading %s", image);
	if (session <= count)
		*ret_found = sessions[session - 1];
	fsi_free(sessions);
	if (session <= count)
		return STATUS_DONE;
	snprintf(reason, sizeof(reason), "It has %zu session%s.", count,
		 count == 1 ? "" : "s");
	return message_own_failure(voice, E_INVALIDARG, reason,
				   "'fsimage info' lists the sessions of an image",
				   "finding session %" PRIu32 " of %s", session, image);
}

/* Open the disc anew, with the session that it was found to have. */
static int enter_session(struct image_view *view, fsi_stream *stream, uint32_t session,
			 const struct voice *voice)
{
	struct fsi_disc_session found;
	struct fsi_disc_options options = {.size = sizeof(options)};
	HRESULT hr = S_OK;

	if (view_find_session(view->disc, view->image, session, voice, &found) !=
	    STATUS_DONE)
		return STATUS_FAILED;
	fsi_disc_release(view->disc);
	view->disc = NULL;
	options.session_block = found.session_block;
	options.anchor_block = found.anchor_block;
	hr = fsi_disc_open(stream, &options, &view->disc);
	return FAILED(hr) ? view_failure(view, hr, voice, "reading", "") : STATUS_DONE;
}

/* ---- discs ------------------------------------------------------------- */

int view_open_disc(const char *path, uint32_t session, const struct voice *voice,
		   struct image_view *ret_view)
{
	fsi_stream *stream = NULL;
	int status = STATUS_DONE;
	HRESULT hr = fsi_stream_create_on_file(path, &stream);

	*ret_view = (struct image_view){.image = path};
	if (SUCCEEDED(hr))
		hr = fsi_disc_open(stream, NULL, &ret_view->disc);
	if (FAILED(hr))
		status = view_failure(ret_view, hr, voice, "reading", "");
	else if (session != 0)
		status = enter_session(ret_view, stream, session, voice);
	fsi_stream_release(stream);
	return status;
}

/* Rock Ridge keeps what Joliet does not: whole names, permissions, links. */
static bool has_rock_ridge(const struct image_view *view)
{
	const struct fsi_disc_volume *volume = NULL;
	fsi_disc_view *iso = NULL;
	HRESULT hr = fsi_disc_open_view(view->disc, FSI_FILE_SYSTEM_ISO9660, &iso);
	bool answer = false;

	if (SUCCEEDED(hr))
		hr = fsi_disc_view_get_volume(iso, &volume);
	if (SUCCEEDED(hr))
		answer = volume->has_rock_ridge;
	fsi_disc_view_release(iso);
	return answer;
}

/* The one that keeps most. */
static enum fsi_file_system choose(const struct image_view *view, fsi_file_systems found)
{
	const fsi_file_systems both = FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET;

	if (found == both && has_rock_ridge(view))
		return FSI_FILE_SYSTEM_ISO9660;
	for (size_t i = 0; i < KINDS; i++) {
		if ((found & (fsi_file_systems)kinds[i].file_system) != 0)
			return kinds[i].file_system;
	}
	return FSI_FILE_SYSTEM_NONE;
}

int view_open(const char *path, enum fsi_file_system wanted, uint32_t session,
	      const struct voice *voice, struct image_view *ret_view)
{
	fsi_file_systems found = FSI_FILE_SYSTEM_NONE;
	HRESULT hr = S_OK;

	if (view_open_disc(path, session, voice, ret_view) != STATUS_DONE)
		return STATUS_FAILED;
	hr = fsi_disc_get_file_systems(ret_view->disc, &found);
	if (SUCCEEDED(hr) && found == FSI_FILE_SYSTEM_NONE)
		return message_own_failure(voice, IMAPI_E_FILE_SYSTEM_NOT_FOUND,
					   "There is no ISO 9660, Joliet or UDF in it.",
					   NULL, "reading %s", path);
	ret_view->file_system =
		wanted != FSI_FILE_SYSTEM_NONE ? wanted : choose(ret_view, found);
	ret_view->others = found & ~(fsi_file_systems)ret_view->file_system;
	if (SUCCEEDED(hr))
		hr = fsi_disc_open_view(ret_view->disc, ret_view->file_system,
					&ret_view->view);
	return FAILED(hr) ? view_failure(ret_view, hr, voice, "reading", "")
			  : STATUS_DONE;
}

void view_clear(struct image_view *view)
{
	fsi_disc_view_release(view->view);
	fsi_disc_release(view->disc);
	*view = (struct image_view){0};
}
