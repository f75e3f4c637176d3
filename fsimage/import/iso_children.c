/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listing the directories of ISO 9660 and Joliet. */
#include "import/iso_view.h"

#include "error/fail.h"

#include <inttypes.h>

struct iso_children {
	fsi_disc_children children;
	struct fsi_iso_listing listing;
	uint64_t identity; /* of the directory */
	unsigned depth;	   /* of what is listed */
	size_t position;   /* of the next one */
};

static struct iso_children *iso_children(fsi_disc_children *children)
{
	void *self = children; /* its first member */

	return self;
}

static HRESULT enter(fsi_disc_entry *entry, uint64_t size)
{
	struct fsi_iso_view *view = fsi_import_iso_view_of(entry->view);
	const struct fsi_iso_item *item = fsi_import_iso_item_of(entry);
	const struct fsi_visit visit = {
		.directory = entry->info.identity,
		.parent = item->parent,
		.position = item->record.disc_offset,
	};
	const uint64_t blocks = size / FSI_BLOCK_SIZE + (size % FSI_BLOCK_SIZE != 0);

	switch (fsi_visits_enter(&view->visits, &visit, blocks > 0 ? blocks : 1)) {
	case FSI_VISIT_OTHER_NAME:
		return fsi_iso_reader_inconsistent(
			&view->reader,
			"The directory that begins in block %" PRIu32
			" is in two places, or within itself.",
			item->sections[0].first_block);
	case FSI_VISIT_NO_ROOM:
		return fsi_iso_reader_inconsistent(
			&view->reader,
			"The directory that begins in block %" PRIu32
			" is larger than the disc has room for, with those before it.",
			item->sections[0].first_block);
	case FSI_VISIT_NO_MEMORY:
		return FSI_FAIL(E_OUTOFMEMORY);
	case FSI_VISIT_ALLOWED:
	default:
		return S_OK;
	}
}

static HRESULT load_listing(fsi_disc_entry *entry, struct fsi_iso_listing *listing)
{
	struct fsi_iso_item *item = fsi_import_iso_item_of(entry);
	struct fsi_iso_reader *reader = &fsi_import_iso_view_of(entry->view)->reader;
	HRESULT hr = S_OK;

	if (item->is_broken || item->depth >= FSI_ISO_DEPTH_MAX)
		return fsi_iso_reader_inconsistent(
			reader,
			item->is_broken ? "The directory that begins in block %" PRIu32
					  " was found damaged before."
					: "The directory that begins in block %" PRIu32
					  " is too deep.",
			item->sections[0].first_block);
	FSI_TRY(enter(entry, entry->info.size));
	hr = fsi_iso_reader_list(reader, item->source, item->sections[0].first_block,
				 listing);
	item->is_broken = FAILED(hr);
	return hr;
}

HRESULT fsi_import_iso_get_children(fsi_disc_entry *entry,
				    fsi_disc_children **ret_children)
{
	struct iso_children *self = fsi_allocate_zeroed(1, sizeof(*self));
	HRESULT hr = S_OK;

	if (self == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	fsi_view_init_children(&self->children, entry->view);
	self->identity = entry->info.identity;
	self->depth = fsi_import_iso_item_of(entry)->depth + 1;
	hr = load_listing(entry, &self->listing);
	if (FAILED(hr))
		fsi_import_iso_destroy_children(&self->children);
	else
		*ret_children = &self->children;
	return hr;
}

HRESULT fsi_import_iso_get_streams(fsi_disc_entry *entry, fsi_disc_children **ret_streams)
{
	struct iso_children *self = fsi_allocate_zeroed(1, sizeof(*self));

	if (self == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	fsi_view_init_children(&self->children, entry->view);
	*ret_streams = &self->children;
	return S_OK;
}

HRESULT fsi_import_iso_next(fsi_disc_children *children, fsi_disc_entry **ret_entry)
{
	struct iso_children *self = iso_children(children);
	struct fsi_iso_listing *listing = &self->listing;
	struct fsi_iso_name name = {.parent = self->identity, .depth = self->depth};

	if (self->position >= listing->records.count)
		return S_FALSE;
	name.source = listing->sources.items[self->position];
	name.record = &listing->records.items[self->position];
	name.sections = &listing->sections.items[name.record->first_section];
	listing->sources.items[self->position++] = NULL;
	return fsi_import_iso_create_item(children->view, &name, ret_entry);
}

void fsi_import_iso_destroy_children(fsi_disc_children *children)
{
	struct iso_children *self = iso_children(children);
	struct fsi_iso_view *view = fsi_import_iso_view_of(children->view);

	fsi_iso_reader_free_listing(&view->reader, &self->listing);
	fsi_view_free_children(children);
}
