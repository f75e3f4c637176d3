/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Going on from an earlier session: the items of a disc become those of the image. */
#include "image/image.h"

#include "base/checked.h"
#include "base/memory.h"
#include "import/earlier.h"
#include "import/file_systems.h"
#include "import/sessions.h"
#include "import/merge.h"
#include "tree/imported.h"

#include <string.h>

/* Sessions begin with whole ECC blocks of BD, as they end with them. */
#define SESSION_ALIGNMENT 32u

/* An import under way. */
struct importing {
	fsi_image *image;
	struct fsi_image_disc disc;
	char *identifier;	   /* of the disc */
	struct fsi_media *session; /* of an earlier session that is wanted; else NULL */
	struct fsi_earlier earlier;
	uint32_t start_block; /* of the new session */
	uint32_t free_blocks; /* from there on */
	uint32_t posix_count; /* links and devices that were taken */
};

/* ---- where the session begins ------------------------------------------ */

static HRESULT find_end(const struct fsi_image_disc *disc, uint32_t *ret_end_block)
{
	HRESULT hr = S_OK;

	*ret_end_block = disc->state.end_block;
	if (disc->state.has_end)
		return S_OK;
	hr = fsi_import_find_end(disc->media, ret_end_block);
	return FAILED(hr) ? hr : S_OK;
}

static HRESULT refuse_room(const char *what)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION), "%s",
				what);
}

/*
 * A drive tells where the next session of a disc written in sequence begins; elsewhere
 * it is right behind what is there.
 */
static HRESULT find_start(struct importing *importing)
{
	const struct fsi_multisession_state *state = &importing->disc.state;
	const bool is_sequential = state->kind == FSI_MULTISESSION_SEQUENTIAL;
	uint64_t start = state->next_block;
	uint32_t end = 0;

	FSI_TRY(find_end(&importing->disc, &end));
	importing->earlier.continued.end_block = end;
	importing->earlier.continued.covers_disc = !is_sequential;
	if (!is_sequential) {
		const uint32_t unit = state->unit_blocks;

		start = fsi_align_u64(end, SESSION_ALIGNMENT);
		start += (unit - start % unit) % unit;
	}
	if (start >= state->capacity_blocks || start > INT32_MAX)
		return refuse_room("It leaves no blocks of the disc.");
	importing->start_block = (uint32_t)start;
	importing->free_blocks = state->capacity_blocks - (uint32_t)start;
	return S_OK;
}

/* ---- looking ----------------------------------------------------------- */

/* Read another session than that which the head of the disc shows. */
static HRESULT enter_session(struct importing *importing,
			     const struct fsi_session *session,
			     struct fsi_earlier_request *request)
{
	fsi_stream *stream = NULL;
	HRESULT hr = fsi_media_make_stream(importing->disc.media, &stream);

	if (SUCCEEDED(hr))
		hr = fsi_media_open(stream, session->head_block, 0, &importing->session);
	fsi_stream_release(stream);
	request->media = importing->session;
	request->file_systems = session->file_systems;
	request->anchor_block = session->anchor_block;
	return hr;
}

/* What has to go on from the newest session, whichever the items come from. */
static HRESULT take_newest(struct importing *importing,
			   const struct fsi_earlier_request *newest)
{
	struct fsi_continued *continued = &importing->earlier.continued;
	const struct fsi_continued chosen = *continued;
	struct fsi_earlier earlier;

	FSI_TRY(fsi_import_open_earlier(newest, &earlier));
	fsi_disc_view_release(earlier.view);
	if (earlier.continued.has_udf || !chosen.has_udf)
		*continued = earlier.continued;
	/* Each session may have a volume of its own. */
	continued->keeps_entries = chosen.keeps_entries && continued->keeps_entries &&
				   continued->partition_block == chosen.partition_block &&
				   continued->udf_revision == chosen.udf_revision;
	continued->imported = chosen.imported;
	continued->file_systems = chosen.file_systems | earlier.continued.file_systems;
	continued->boot_catalog_block = earlier.continued.boot_catalog_block;
	return S_OK;
}

static HRESULT open_of_several(struct importing *importing,
			       const struct fsi_sessions *sessions,
			       struct fsi_earlier_request *request)
{
	struct fsi_continued *continued = &importing->earlier.continued;
	const size_t count = sessions->items.count;
	const size_t wanted = importing->image->import_session;
	const size_t chosen = wanted != 0 ? wanted : count;
	const struct fsi_session *newest = &sessions->items.items[count - 1];
	const bool is_shown = sessions->is_repointed || count == 1;
	struct fsi_earlier_request of_newest = *request;

	if (wanted > count)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_INVALID_PARAM, "import_session"),
					"The disc has %zu session%s.", count,
					count == 1 ? "" : "s");
	if (chosen < count || !is_shown)
		FSI_TRY(enter_session(importing, &sessions->items.items[chosen - 1],
				      request));
	FSI_TRY(fsi_import_open_earlier(request, &importing->earlier));
	of_newest.file_system = FSI_FILE_SYSTEM_NONE;
	if (chosen < count && is_shown)
		FSI_TRY(take_newest(importing, &of_newest));
	continued->previous_block = newest->start_block;
	continued->previous_head_block = is_shown ? 0 : newest->head_block;
	continued->session_count = (uint32_t)count;
	continued->imported_session = (uint32_t)chosen;
	return S_OK;
}

/* A drive tells which session of a disc written in sequence is the newest. */
static HRESULT open_session(struct importing *importing,
			    struct fsi_earlier_request *request)
{
	struct fsi_sessions sessions;
	HRESULT hr = S_OK;

	if (importing->disc.state.kind == FSI_MULTISESSION_SEQUENTIAL)
		return fsi_import_open_earlier(request, &importing->earlier);
	FSI_TRY(fsi_import_find_sessions(importing->disc.media, &sessions));
	hr = sessions.items.count > 0
		     ? open_of_several(importing, &sessions, request)
		     : fsi_import_open_earlier(request, &importing->earlier);
	fsi_import_free_sessions(&sessions);
	return hr;
}

static HRESULT open_earlier(struct importing *importing, enum fsi_file_system file_system)
{
	const fsi_image *image = importing->image;
	fsi_multisession *multisession = NULL;
	struct fsi_earlier_request request = {
		.file_system = file_system,
		.accepts_writable = image->continue_writable_volumes,
	};

	FSI_TRY(fsi_image_get_multisession(image, &multisession));
	if (image->boot.count > 0 || image->hybrid.tables != 0)
		return FSI_FAIL(IMAPI_E_BOOT_OBJECT_CONFLICT);
	FSI_TRY(fsi_image_open_disc(multisession, &importing->disc));
	if (importing->disc.is_blank)
		return FSI_FAIL(IMAPI_E_EMPTY_DISC);
	request.media = importing->disc.media;
	request.file_systems = importing->disc.file_systems;
	FSI_TRY(fsi_image_identify_disc(&importing->disc, &importing->identifier));
	return open_session(importing, &request);
}

/* S_FALSE: there is nothing to do, as it was imported before. */
static HRESULT check_first(const struct importing *importing)
{
	const fsi_image *image = importing->image;

	if (image->continued == NULL)
		return S_OK;
	if (strcmp(importing->identifier, image->multisession.disc_identifier) == 0 &&
	    importing->earlier.continued.imported == image->continued->imported &&
	    importing->earlier.continued.imported_session ==
		    image->continued->imported_session)
		return S_FALSE;
	return refuse_room("Another session was imported before.");
}

/* ---- taking ------------------------------------------------------------ */

static HRESULT tell_imported(void *context, const char *path,
			     const struct fsi_merge_counts *counts)
{
	const struct importing *importing = context;
	fsi_image *image = importing->image;
	const struct fsi_import_progress progress = {
		.file_system = importing->earlier.continued.imported,
		.current_item = path,
		.imported_directories = counts->directories,
		.total_directories = counts->total_directories,
		.imported_files = counts->files,
		.total_files = counts->total_files,
	};
	HRESULT hr = S_OK;

	/* It may have taken itself away. */
	if (image->import_handler == NULL)
		return S_OK;
	image->in_handler = true;
	hr = image->import_handler(image->import_handler_context, image, &progress);
	image->in_handler = false;
	return FAILED(hr) ? FSI_FAIL(E_IMAPI_REQUEST_CANCELLED) : S_OK;
}

static void take_report(const struct fsi_merge_report *report,
			struct fsi_continued *continued)
{
	continued->first_data_block = report->first_data_block;
	continued->head_data = report->head_data;
	if (report->greatest_unique_id >= continued->next_unique_id)
		continued->next_unique_id = report->greatest_unique_id + 1;
	/* What ISO 9660 alone knows may lie in front of the partition. */
	if (continued->has_udf && report->first_data_block < continued->partition_block) {
		continued->has_udf = false;
		continued->partition_block = 0;
	}
}

static HRESULT merge(struct importing *importing)
{
	fsi_image *image = importing->image;
	const struct fsi_merge_request request = {
		.tree = &image->tree,
		.view = importing->earlier.view,
		.end_block = importing->earlier.continued.end_block,
		.with_posix = image->posix_attributes,
		.imported = image->import_handler != NULL ? tell_imported : NULL,
		.context = importing,
	};
	struct fsi_merge_report report;
	fsi_stream *disc = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_media_make_stream(importing->disc.media, &disc));
	hr = fsi_tree_add_disc(&image->tree, disc);
	fsi_stream_release(disc);
	FSI_TRY(hr);
	FSI_TRY(fsi_import_merge(&request, &report));
	importing->posix_count = report.posix_count;
	take_report(&report, &importing->earlier.continued);
	return S_OK;
}

/* ---- what follows from it ---------------------------------------------- */

/* The properties that an import decides. */
struct properties {
	fsi_file_systems file_systems;
	uint32_t udf_revision;
	uint32_t session_start_block;
	int64_t free_media_blocks;
	struct fsi_continued *continued;
	int32_t limits_point;
};

static struct properties get_properties(const fsi_image *image)
{
	return (struct properties){
		.file_systems = image->file_systems,
		.udf_revision = image->udf_revision,
		.session_start_block = image->session_start_block,
		.free_media_blocks = image->free_media_blocks,
		.continued = image->continued,
		.limits_point = image->limits_point,
	};
}

static void put_properties(fsi_image *image, const struct properties *properties)
{
	image->file_systems = properties->file_systems;
	image->udf_revision = properties->udf_revision;
	image->session_start_block = properties->session_start_block;
	image->free_media_blocks = properties->free_media_blocks;
	image->continued = properties->continued;
	image->measured_blocks = 0;
	fsi_image_refresh_limits(image);
	image->limits_point = properties->limits_point;
}

/* Joliet stands on ISO 9660. */
static fsi_file_systems add_file_systems(fsi_file_systems chosen, fsi_file_systems found)
{
	chosen |= found;
	return (chosen & FSI_FILE_SYSTEM_JOLIET) != 0 ? chosen | FSI_FILE_SYSTEM_ISO9660
						      : chosen;
}

/* What there is now has to fit behind what there was. */
static HRESULT check_content(fsi_image *image)
{
	uint32_t blocks = 0;

	FSI_TRY(fsi_tree_check_limits(&image->tree, &image->tree.limits));
	FSI_TRY(fsi_image_measure(image, &blocks));
	if (blocks <= image->free_media_blocks)
		return S_OK;
	return fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
				"The session has %u blocks, and there is room for %lld.",
				blocks, (long long)image->free_media_blocks);
}

/* continued and name become the image's. */
static HRESULT settle(struct importing *importing, struct fsi_continued *continued,
		      char *name)
{
	fsi_image *image = importing->image;
	const struct properties before = get_properties(image);
	struct properties after = before;
	HRESULT hr = S_OK;

	after.file_systems =
		add_file_systems(before.file_systems, continued->file_systems);
	if (continued->has_udf)
		after.udf_revision = continued->udf_revision;
	after.session_start_block = importing->start_block;
	after.free_media_blocks = importing->free_blocks;
	after.continued = continued;
	put_properties(image, &after);
	hr = fsi_image_finish_changes(image, check_content(image));
	if (FAILED(hr)) {
		put_properties(image, &before);
		return hr;
	}
	fsi_change_keep(&image->tree);
	image->imported_volume_name = name;
	image->multisession.disc_identifier = importing->identifier;
	importing->identifier = NULL;
	return S_OK;
}

static HRESULT take(struct importing *importing)
{
	fsi_image *image = importing->image;
	struct fsi_continued *continued = fsi_allocate(sizeof(*continued));
	char *name = fsi_duplicate_string(importing->earlier.view->volume.name);
	HRESULT hr = continued != NULL && name != NULL ? S_OK : FSI_FAIL(E_OUTOFMEMORY);

	if (SUCCEEDED(hr)) {
		hr = merge(importing);
		*continued = importing->earlier.continued;
		hr = SUCCEEDED(hr) ? settle(importing, continued, name)
				   : fsi_image_finish_changes(image, hr);
	}
	if (FAILED(hr)) {
		fsi_free(continued);
		fsi_free(name);
	}
	return hr;
}

static HRESULT import(fsi_image *image, enum fsi_file_system file_system,
		      enum fsi_file_system *ret_imported)
{
	struct importing importing = {.image = image};
	HRESULT hr = open_earlier(&importing, file_system);

	if (SUCCEEDED(hr))
		hr = check_first(&importing);
	if (hr == S_OK)
		hr = find_start(&importing);
	if (hr == S_OK)
		hr = take(&importing);
	if (SUCCEEDED(hr) && ret_imported != NULL)
		*ret_imported = importing.earlier.continued.imported;
	fsi_disc_view_release(importing.earlier.view);
	fsi_media_release(importing.session);
	fsi_image_close_disc(&importing.disc);
	fsi_free(importing.identifier);
	if (FAILED(hr))
		return hr;
	/* What was met and overcome on the way is no error. */
	fsi_error_clear();
	if (importing.posix_count > 0 && (image->file_systems & FSI_FILE_SYSTEM_UDF) == 0)
		return IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED;
	return fsi_image_note_content(image);
}

/* ---- what is fixed then ------------------------------------------------ */

HRESULT fsi_image_check_continued(const fsi_image *image, fsi_file_systems file_systems)
{
	const struct fsi_continued *continued = image->continued;

	if (continued == NULL)
		return S_OK;
	if ((file_systems & (fsi_file_systems)continued->imported) == 0)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED);
	if ((file_systems & continued->file_systems) != continued->file_systems)
		return fsi_error_detail(
			FSI_FAIL(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION),
			"It has another file system, which would go on showing it.");
	return S_OK;
}

HRESULT fsi_image_check_continued_revision(const fsi_image *image, uint32_t revision)
{
	const struct fsi_continued *continued = image->continued;

	if (continued == NULL || !continued->has_udf ||
	    revision == continued->udf_revision)
		return S_OK;
	return fsi_error_detail(FSI_FAIL(IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED),
				"It is %x.%02x.", continued->udf_revision >> 8,
				continued->udf_revision & 0xFFu);
}

/* ---- the API ----------------------------------------------------------- */

HRESULT fsi_image_import_file_system(fsi_image *image, enum fsi_file_system *ret_imported)
{
	fsi_error_clear();
	if (image == NULL || ret_imported == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	return import(image, FSI_FILE_SYSTEM_NONE, ret_imported);
}

HRESULT fsi_image_import_specific_file_system(fsi_image *image,
					      enum fsi_file_system file_system)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (fsi_import_name(file_system) == NULL)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "file_system");
	return import(image, file_system, NULL);
}

HRESULT fsi_image_get_imported_volume_name(fsi_image *image, char **ret_name)
{
	fsi_error_clear();
	if (image == NULL || ret_name == NULL)
		return FSI_FAIL(E_POINTER);
	if (image->imported_volume_name != NULL)
		return fsi_hand_out_text(image->imported_volume_name, ret_name);
	*ret_name = NULL;
	return S_OK;
}

HRESULT fsi_image_put_import_session(fsi_image *image, uint32_t new_val)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	image->import_session = new_val;
	return S_OK;
}

HRESULT fsi_image_get_import_session(fsi_image *image, uint32_t *ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = image->import_session;
	return S_OK;
}

HRESULT fsi_image_get_continue_writable_volumes(fsi_image *image, bool *ret_val)
{
	return fsi_image_get_flag(image, FSI_IMAGE_FLAG(image, continue_writable_volumes),
				  ret_val);
}

HRESULT fsi_image_put_continue_writable_volumes(fsi_image *image, bool new_val)
{
	return fsi_image_put_flag(image, FSI_IMAGE_FLAG(image, continue_writable_volumes),
				  new_val);
}

HRESULT fsi_image_put_import_handler(fsi_image *image, fsi_image_import_handler handler,
				     void *context)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	image->import_handler = handler;
	image->import_handler_context = context;
	return S_OK;
}
