/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs that exist already: the API over fsimage/import. */
#include "check/check.h"
#include "error/fail.h"
#include "import/boot.h"
#include "import/file_systems.h"
#include "import/identifier.h"
#include "import/sessions.h"

#include "base/memory.h"

struct fsi_disc {
	atomic_uint references;
	struct fsi_media *media;
	struct fsi_import_hints hints;
	fsi_file_systems file_systems;
};

/* What was met and overcome on the way to success is no error. */
static HRESULT finish(HRESULT hr)
{
	if (SUCCEEDED(hr))
		fsi_error_clear();
	return hr;
}

/* ---- discs ------------------------------------------------------------- */

static HRESULT open_disc(fsi_stream *stream, const struct fsi_disc_options *options,
			 fsi_disc **ret_disc)
{
	fsi_disc *disc = fsi_allocate_zeroed(1, sizeof(*disc));
	HRESULT hr = S_OK;

	if (disc == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&disc->references, 1);
	disc->hints.anchor_block = options->anchor_block;
	hr = fsi_media_open(stream, options->session_block, options->block_count,
			    &disc->media);
	if (SUCCEEDED(hr))
		hr = fsi_import_recognise(disc->media, &disc->hints, &disc->file_systems);
	if (FAILED(hr))
		fsi_disc_release(disc);
	else
		*ret_disc = disc;
	return hr;
}

HRESULT fsi_disc_open(fsi_stream *stream, const struct fsi_disc_options *options,
		      fsi_disc **ret_disc)
{
	const struct fsi_disc_options defaults = {.size = sizeof(defaults)};

	fsi_error_clear();
	if (stream == NULL || ret_disc == NULL)
		return FSI_FAIL(E_POINTER);
	if (options == NULL)
		options = &defaults;
	if (options->size != sizeof(*options))
		return FSI_FAIL(E_INVALIDARG);
	return finish(open_disc(stream, options, ret_disc));
}

fsi_disc *fsi_disc_add_ref(fsi_disc *disc)
{
	if (disc != NULL)
		atomic_fetch_add_explicit(&disc->references, 1, memory_order_relaxed);
	return disc;
}

void fsi_disc_release(fsi_disc *disc)
{
	if (disc == NULL ||
	    atomic_fetch_sub_explicit(&disc->references, 1, memory_order_acq_rel) != 1)
		return;
	fsi_media_release(disc->media);
	fsi_free(disc);
}

HRESULT fsi_disc_get_total_blocks(fsi_disc *disc, uint32_t *ret_blocks)
{
	fsi_error_clear();
	if (disc == NULL || ret_blocks == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_blocks = fsi_media_block_count(disc->media);
	return S_OK;
}

HRESULT fsi_disc_get_file_systems(fsi_disc *disc, fsi_file_systems *ret_file_systems)
{
	fsi_error_clear();
	if (disc == NULL || ret_file_systems == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_file_systems = disc->file_systems;
	return S_OK;
}

static HRESULT copy_sessions(const struct fsi_sessions *sessions,
			     struct fsi_disc_session **ret_sessions)
{
	const size_t count = sessions->items.count;
	struct fsi_disc_session *copies = NULL;

	if (count > 0) {
		copies = fsi_allocate_zeroed(count, sizeof(*copies));
		if (copies == NULL)
			return FSI_FAIL(E_OUTOFMEMORY);
	}
	for (size_t i = 0; i < count; i++) {
		const struct fsi_session *session = &sessions->items.items[i];

		copies[i] = (struct fsi_disc_session){
			.start_block = session->start_block,
			.end_block = session->end_block,
			.session_block = session->head_block,
			.anchor_block = session->anchor_block,
			.file_systems = session->file_systems,
		};
	}
	*ret_sessions = copies;
	return S_OK;
}

HRESULT fsi_disc_get_sessions(fsi_disc *disc, struct fsi_disc_session **ret_sessions,
			      size_t *ret_count)
{
	struct fsi_sessions sessions;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (disc == NULL || ret_sessions == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_import_find_sessions(disc->media, &sessions));
	hr = copy_sessions(&sessions, ret_sessions);
	if (SUCCEEDED(hr))
		*ret_count = sessions.items.count;
	fsi_import_free_sessions(&sessions);
	return finish(hr);
}

HRESULT fsi_disc_get_identifier(fsi_disc *disc, char **ret_identifier)
{
	char identifier[FSI_IMPORT_IDENTIFIER_SIZE];
	char *copy = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (disc == NULL || ret_identifier == NULL)
		return FSI_FAIL(E_POINTER);
	hr = fsi_import_identify(disc->media, identifier);
	if (FAILED(hr))
		return hr;
	copy = fsi_duplicate_string(identifier);
	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_identifier = copy;
	return finish(hr);
}

HRESULT fsi_disc_read_boot_catalog(fsi_disc *disc,
				   struct fsi_disc_boot_catalog **ret_catalog)
{
	fsi_error_clear();
	if (disc == NULL || ret_catalog == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(fsi_import_read_boot_catalog(disc->media, ret_catalog));
}

HRESULT fsi_disc_open_view(fsi_disc *disc, enum fsi_file_system file_system,
			   fsi_disc_view **ret_view)
{
	const char *name = fsi_import_name(file_system);

	fsi_error_clear();
	if (disc == NULL || ret_view == NULL)
		return FSI_FAIL(E_POINTER);
	if (name == NULL)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "file_system");
	if ((disc->file_systems & (fsi_file_systems)file_system) == 0)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_NOT_FOUND, name);
	return finish(fsi_import_open(disc->media, &disc->hints, file_system, ret_view));
}

HRESULT fsi_disc_get_block_map(fsi_disc *disc, fsi_block_map **ret_map)
{
	fsi_error_clear();
	if (disc == NULL || ret_map == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(fsi_check_map(disc->media, disc->hints.anchor_block, ret_map));
}

/* ---- views ------------------------------------------------------------- */

HRESULT fsi_disc_view_get_volume(fsi_disc_view *view,
				 const struct fsi_disc_volume **ret_volume)
{
	fsi_error_clear();
	if (view == NULL || ret_volume == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_volume = &view->volume;
	return S_OK;
}

HRESULT fsi_disc_view_get_root(fsi_disc_view *view, fsi_disc_entry **ret_entry)
{
	fsi_error_clear();
	if (view == NULL || ret_entry == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(view->ops->get_root(view, ret_entry));
}

HRESULT fsi_disc_view_get_entry(fsi_disc_view *view, const char *path,
				fsi_disc_entry **ret_entry)
{
	fsi_error_clear();
	if (view == NULL || path == NULL || ret_entry == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(fsi_view_get_entry(view, path, ret_entry));
}

/* ---- entries ----------------------------------------------------------- */

HRESULT fsi_disc_entry_get_name(fsi_disc_entry *entry, const char **ret_name)
{
	fsi_error_clear();
	if (entry == NULL || ret_name == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_name = entry->name;
	return S_OK;
}

HRESULT fsi_disc_entry_get_info(fsi_disc_entry *entry,
				const struct fsi_disc_entry_info **ret_info)
{
	fsi_error_clear();
	if (entry == NULL || ret_info == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(fsi_view_get_info(entry, ret_info));
}

HRESULT fsi_disc_entry_get_extent(fsi_disc_entry *entry, uint64_t offset,
				  struct fsi_disc_extent *ret_extent)
{
	fsi_error_clear();
	if (entry == NULL || ret_extent == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(fsi_view_get_extent(entry, offset, ret_extent));
}

HRESULT fsi_disc_entry_open_data(fsi_disc_entry *entry, fsi_stream **ret_data)
{
	fsi_error_clear();
	if (entry == NULL || ret_data == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(fsi_view_open_data(entry, ret_data));
}

HRESULT fsi_disc_entry_get_link_target(fsi_disc_entry *entry, char **ret_target)
{
	fsi_error_clear();
	if (entry == NULL || ret_target == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(fsi_view_get_link_target(entry, ret_target));
}

HRESULT fsi_disc_entry_get_children(fsi_disc_entry *entry,
				    fsi_disc_children **ret_children)
{
	fsi_error_clear();
	if (entry == NULL || ret_children == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(fsi_view_get_children(entry, ret_children));
}

HRESULT fsi_disc_entry_get_streams(fsi_disc_entry *entry, fsi_disc_children **ret_streams)
{
	fsi_error_clear();
	if (entry == NULL || ret_streams == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(fsi_view_get_streams(entry, ret_streams));
}

HRESULT fsi_disc_children_next(fsi_disc_children *children, fsi_disc_entry **ret_entry)
{
	fsi_error_clear();
	if (children == NULL || ret_entry == NULL)
		return FSI_FAIL(E_POINTER);
	return finish(children->view->ops->next(children, ret_entry));
}
