/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disc that a session is made for: opened, imported, and written to. */

#include "cli/session.h"

#include "cli/interrupt.h"
#include "cli/view.h"

#include <fsimage/fsimage.h>

#include <string.h>

/* ---- opening ----------------------------------------------------------- */

/* The block that the newest session of an image begins with; 0: the first one. */
static HRESULT find_newest(fsi_stream *stream, int32_t *ret_block)
{
	struct fsi_disc_session *sessions = NULL;
	size_t count = 0;
	fsi_disc *disc = NULL;
	HRESULT hr = fsi_disc_open(stream, NULL, &disc);

	if (SUCCEEDED(hr))
		hr = fsi_disc_get_sessions(disc, &sessions, &count);
	*ret_block =
		SUCCEEDED(hr) && count > 0 ? (int32_t)sessions[count - 1].start_block : 0;
	fsi_free(sessions);
	fsi_disc_release(disc);
	return hr;
}

/* The session is written elsewhere, behind what is in an image of the disc. */
static HRESULT open_previous(const struct session_choice *choice,
			     fsi_multisession **ret_disc)
{
	struct fsi_sequential_disc disc = {
		.size = sizeof(disc),
		.media_type = IMAPI_MEDIA_TYPE_UNKNOWN,
		.last_written_address_of_previous_session = -1,
		.next_writable_address = choice->start_block,
		.free_sectors_on_media = INT32_MAX - choice->start_block,
	};
	fsi_stream *stream = NULL;
	HRESULT hr = fsi_stream_create_on_file(choice->previous, &stream);

	if (SUCCEEDED(hr))
		hr = find_newest(stream, &disc.start_address_of_previous_session);
	if (SUCCEEDED(hr))
		hr = fsi_multisession_create_sequential(stream, &disc, ret_disc);
	fsi_stream_release(stream);
	return hr;
}

static HRESULT open_disc(const struct create_options *options,
			 fsi_multisession **ret_disc)
{
	const struct session_choice *choice = &options->session;

	if (choice->previous != NULL)
		return open_previous(choice, ret_disc);
	if (choice->drive != NULL)
		return fsi_multisession_create_on_drive(choice->drive, ret_disc);
	return fsi_multisession_create_on_file(options->output, true, ret_disc);
}

static const char *name_of_disc(const struct create_options *options)
{
	return options->session.previous != NULL ? options->session.previous
						 : options->output;
}

/* ---- importing --------------------------------------------------------- */

static HRESULT on_imported(void *context, fsi_image *image,
			   const struct fsi_import_progress *progress)
{
	(void)context;
	(void)image;
	(void)progress;
	return interrupt_came() ? E_IMAPI_REQUEST_CANCELLED : S_OK;
}

/* The name goes on, where its rules allow it and no other is given. */
static HRESULT take_name(struct build *build)
{
	char *name = NULL;
	HRESULT hr = S_OK;

	if (build->options.volume_name != NULL)
		return S_OK;
	hr = fsi_image_get_imported_volume_name(build->image, &name);
	if (SUCCEEDED(hr) && name != NULL && name[0] != '\0' &&
	    FAILED(fsi_image_put_volume_name(build->image, name)))
		message_note(&build->voice,
			     "the name of the volume, '%s', can't be kept: --volume sets "
			     "another",
			     name);
	fsi_free(name);
	return hr;
}

/* Whether names of ISO 9660 are kept by Rock Ridge; without it they lost their case. */
static HRESULT has_rock_ridge(const struct build *build, bool *ret_answer)
{
	const struct fsi_disc_volume *volume = NULL;
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	HRESULT hr = fsi_multisession_get_import_stream(build->disc, &stream);

	if (SUCCEEDED(hr))
		hr = fsi_disc_open(stream, NULL, &disc);
	if (SUCCEEDED(hr))
		hr = fsi_disc_open_view(disc, FSI_FILE_SYSTEM_ISO9660, &view);
	if (SUCCEEDED(hr))
		hr = fsi_disc_view_get_volume(view, &volume);
	if (SUCCEEDED(hr))
		*ret_answer = volume->has_rock_ridge;
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	return hr;
}

/*
 * Names that are in ISO 9660 alone. Without Rock Ridge, what is called README.TXT there
 * is replaced by readme.txt, and found as either. *ret_at_stake: Rock Ridge has kept
 * them, which is not written, and nobody has said what is to have them now.
 */
static HRESULT look_at_names(struct build *build, bool *ret_at_stake)
{
	const struct create_options *options = &build->options;
	const enum fsi_file_system wanted = options->session.import;
	fsi_file_systems found = FSI_FILE_SYSTEM_NONE;
	bool keeps_names = false;
	HRESULT hr = fsi_image_identify_file_systems_on_disc(build->image, NULL, &found);

	if (SUCCEEDED(hr) && wanted != FSI_FILE_SYSTEM_ISO9660 &&
	    (wanted != FSI_FILE_SYSTEM_NONE || found != FSI_FILE_SYSTEM_ISO9660))
		return S_OK;
	if (SUCCEEDED(hr))
		hr = has_rock_ridge(build, &keeps_names);
	/* What is wrong with the disc is told when it is imported. */
	if (FAILED(hr))
		return hr == E_OUTOFMEMORY ? hr : S_OK;
	*ret_at_stake = keeps_names && options->file_systems == FSI_FILE_SYSTEM_NONE &&
			found == FSI_FILE_SYSTEM_ISO9660;
	return keeps_names ? S_OK
			   : fsi_image_put_case_sensitive_names(build->image, false);
}

/* What ISO 9660 can hold of names that no other file system has. */
static HRESULT free_iso_names(struct build *build)
{
	struct iso_options *iso = &build->options.iso;
	HRESULT hr = fsi_image_put_file_systems_to_create(build->image,
							  FSI_FILE_SYSTEM_ISO9660);

	iso->has_names = iso->lowercase_names = iso->relaxed_names = true;
	iso->long_names = iso->multidot_names = iso->level != 1;
	return SUCCEEDED(hr) ? iso_options_apply(iso, build->image) : hr;
}

/* Joliet is to have them, where the disc has room for one more descriptor. */
static HRESULT keep_names(struct build *build)
{
	fsi_result *result = NULL;
	HRESULT hr = fsi_image_put_file_systems_to_create(
		build->image, FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET);

	if (FAILED(hr))
		return hr;
	hr = fsi_image_create_result_image(build->image, &result);
	fsi_result_release(result);
	if (hr != IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION) {
		message_note(&build->voice,
			     "Joliet is added to keep the names, as Rock Ridge is not "
			     "written%s",
			     build->options.session.is_reverted
				     ? ""
				     : "; --file-systems chooses otherwise");
		return S_OK;
	}
	message_note(&build->voice,
		     "Rock Ridge is not written, and the disc has no room for Joliet: of "
		     "names ISO 9660 keeps what it can");
	return free_iso_names(build);
}

static HRESULT import(struct build *build)
{
	const struct session_choice *choice = &build->options.session;
	enum fsi_file_system imported = choice->import;
	bool names_are_at_stake = false;
	HRESULT hr = fsi_image_put_continue_writable_volumes(
		build->image, build->options.rules == RULES_LINUX);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_import_session(build->image, choice->number);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_import_handler(build->image, on_imported, build);
	if (SUCCEEDED(hr))
		hr = look_at_names(build, &names_are_at_stake);
	if (FAILED(hr))
		return hr;
	hr = choice->import == FSI_FILE_SYSTEM_NONE
		     ? fsi_image_import_file_system(build->image, &imported)
		     : fsi_image_import_specific_file_system(build->image, imported);
	if (hr == IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED)
		message_note(&build->voice,
			     "links, devices or named streams of the disc are not in the "
			     "new session, as its file systems can't hold them");
	if (SUCCEEDED(hr))
		hr = take_name(build);
	if (SUCCEEDED(hr) && names_are_at_stake)
		hr = keep_names(build);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_file_systems_to_create(build->image,
							  &build->options.file_systems);
	return SUCCEEDED(hr) && interrupt_came() ? E_IMAPI_REQUEST_CANCELLED : hr;
}

/* ---- what follows from it ---------------------------------------------- */

/* An image that grows has what was there before, too. */
static HRESULT limit_capacity(const struct build *build)
{
	int64_t limit = build->options.capacity_blocks;
	int64_t room = 0;
	int32_t start_block = 0;
	HRESULT hr = S_OK;

	if (limit == 0)
		return S_OK;
	hr = fsi_image_get_free_media_blocks(build->image, &room);
	if (SUCCEEDED(hr) && build->options.session.is_appended)
		hr = fsi_image_get_session_start_block(build->image, &start_block);
	limit -= start_block;
	if (FAILED(hr) || limit >= room)
		return hr;
	/* 0 stands for no limit; no session has one block. */
	return fsi_image_put_free_media_blocks(build->image, limit > 0 ? limit : 1);
}

/* Options of what the disc turned out to have. */
static int check_options(struct build *build)
{
	const uint32_t wanted = build->options.udf_revision;
	uint32_t udf_revision = 0;
	HRESULT hr = fsi_image_get_udf_revision(build->image, &udf_revision);

	if (SUCCEEDED(hr) && create_options_check_file_systems(
				     &build->options, udf_revision) != STATUS_DONE)
		return STATUS_USAGE;
	if (SUCCEEDED(hr) && wanted != 0 && wanted != udf_revision)
		return message_usage(build->voice.command,
				     "option '--udf-revision': the disc has %x.%02x, and "
				     "its sessions go on with that",
				     (unsigned)(udf_revision >> 8),
				     (unsigned)(udf_revision & 0xff));
	if (SUCCEEDED(hr))
		hr = limit_capacity(build);
	return FAILED(hr) ? build_tell_failure(build, hr, "preparing the image", "")
			  : STATUS_DONE;
}

/* ---- changing what is there -------------------------------------------- */

static const char *skip_slashes(const char *path)
{
	return path + strspn(path, "/");
}

static HRESULT remove_item(fsi_directory *root, const char *path)
{
	fsi_item *item = NULL;
	HRESULT hr = fsi_directory_get_item(root, path, &item);

	if (FAILED(hr))
		return hr;
	return fsi_item_as_directory(item) != NULL ? fsi_directory_remove_tree(root, path)
						   : fsi_directory_remove(root, path);
}

static int change_items(struct build *build)
{
	const struct session_choice *choice = &build->options.session;
	fsi_directory *root = NULL;
	HRESULT hr = fsi_image_get_root(build->image, &root);

	if (FAILED(hr))
		return build_tell_failure(build, hr, "preparing the image", "");
	for (size_t i = 0; i < choice->change_count; i++) {
		const struct session_change *change = &choice->changes[i];
		const char *from = skip_slashes(change->from);

		hr = change->to != NULL
			     ? fsi_directory_move(root, from, skip_slashes(change->to))
			     : remove_item(root, from);
		/* What helps with sources does not help here. */
		if (FAILED(hr))
			return message_failure(&build->voice, hr,
					       session_hint(hr, &build->options), "%s %s",
					       change->to != NULL ? "moving" : "removing",
					       change->from);
	}
	return STATUS_DONE;
}

int session_begin(struct build *build)
{
	const struct create_options *options = &build->options;
	const char *name = name_of_disc(options);
	int status = STATUS_DONE;
	HRESULT hr = S_OK;

	if (!session_is_wanted(&options->session)) {
		if (options->session.has_start)
			hr = fsi_image_put_session_start_block(
				build->image, options->session.start_block);
		return FAILED(hr)
			       ? build_tell_failure(build, hr, "preparing the image", "")
			       : STATUS_DONE;
	}
	hr = open_disc(options, &build->disc);
	if (FAILED(hr))
		return build_tell_failure(build, hr, "opening ", name);
	hr = fsi_image_put_multisession_interfaces(build->image, &build->disc, 1);
	if (SUCCEEDED(hr))
		hr = import(build);
	if (FAILED(hr))
		return build_tell_failure(build, hr, "importing ", name);
	status = check_options(build);
	return status == STATUS_DONE ? change_items(build) : status;
}

/* ---- writing ----------------------------------------------------------- */

static HRESULT on_written(void *context, uint64_t written, uint64_t total)
{
	struct build *build = context;

	progress_show_written(&build->progress, written, total);
	return interrupt_came() ? E_IMAPI_REQUEST_CANCELLED : S_OK;
}

int session_write(struct build *build)
{
	const struct fsi_write_options write = {
		.size = sizeof(write),
		.progress = on_written,
		.progress_context = build,
	};
	const HRESULT hr = fsi_result_write_session(build->result, &write);

	if (FAILED(hr))
		return build_tell_failure(build, hr, "writing to ",
					  build->options.output);
	progress_clear(&build->progress);
	return STATUS_DONE;
}

/* ---- hints ------------------------------------------------------------- */

const char *session_hint(HRESULT code, const struct create_options *options)
{
	if (!session_is_wanted(&options->session))
		return NULL;
	switch (code) {
	case IMAPI_E_INVALID_PARAM:
		return options->session.number != 0
			       ? "'fsimage info' lists the sessions of an image"
			       : NULL;
	case FSI_E_SHARING_VIOLATION:
		return "another session is being added to it; try again when it is done";
	case E_IMAPI_RECORDER_LOCKED:
		return "the drive is in use, or its disc is mounted";
	case IMAPI_E_EMPTY_DISC:
	case IMAPI_E_NO_SUPPORTED_FILE_SYSTEM:
		return "'fsimage create' makes the first session of a disc";
	case IMAPI_E_DISC_MISMATCH:
		return "the disc has changed meanwhile; try again";
	case IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION:
		return options->rules == RULES_IMAPI ? "--rules linux goes on from "
						       "rewritable volumes of UDF too"
						     : NULL;
	case IMAPI_E_FILE_SYSTEM_NOT_FOUND:
		return "'fsimage info' lists what the sessions of an image have";
	case IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED:
	case IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR:
	case IMAPI_E_UDF_NOT_WRITE_COMPATIBLE:
		return "--import takes the items from another file system: udf, joliet "
		       "or "
		       "iso9660";
	case IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED:
		return "without --file-systems a session has those of the one before";
	case IMAPI_E_ITEM_NOT_FOUND:
		return "'fsimage ls -R' lists all names of an image";
	case IMAPI_E_DUP_NAME:
		return options->session.is_appended
			       ? "--remove and --move make way for what takes an item's "
				 "place"
			       : NULL;
	default:
		return NULL;
	}
}
