/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views of ISO 9660 and Joliet: opening them, and what the volume tells of itself. */
#include "import/iso_view.h"

#include "boot/read_catalog.h"
#include "error/fail.h"

/* More than any volume has; libisofs reads on to a terminator. */
#define DESCRIPTORS_MAX 240

struct fsi_iso_view *fsi_import_iso_view_of(fsi_disc_view *view)
{
	void *self = view; /* its first member */

	return self;
}

static HRESULT get_root(fsi_disc_view *view, fsi_disc_entry **ret_entry)
{
	struct fsi_iso_view *self = fsi_import_iso_view_of(view);
	const struct fsi_iso_record record = {
		.disc_offset = (uint64_t)self->volume.root_block * FSI_BLOCK_SIZE,
		.section_count = 1,
		.recording_time = self->volume.creation_time,
	};
	const struct fsi_iso_section section = {.first_block = self->volume.root_block};
	struct fsi_iso_name name = {
		.parent = UINT64_MAX, .record = &record, .sections = &section};

	FSI_TRY(fsi_iso_reader_get_root(&self->reader, &name.source));
	return fsi_import_iso_create_item(view, &name, ret_entry);
}

static void destroy_view(fsi_disc_view *view)
{
	struct fsi_iso_view *self = fsi_import_iso_view_of(view);

	fsi_iso_reader_close(&self->reader);
	if (self->has_visits)
		fsi_visits_free(&self->visits);
	fsi_free(self);
}

static const struct fsi_view_ops iso_ops = {
	.get_root = get_root,
	.load = fsi_import_iso_load_item,
	.get_children = fsi_import_iso_get_children,
	.get_streams = fsi_import_iso_get_streams,
	.next = fsi_import_iso_next,
	.get_extent = fsi_import_iso_get_extent,
	.open_data = fsi_import_iso_open_data,
	.find_place = fsi_import_iso_find_place,
	.get_link_target = fsi_import_iso_get_link_target,
	.destroy_view = destroy_view,
	.destroy_entry = fsi_import_iso_destroy_item,
	.destroy_children = fsi_import_iso_destroy_children,
};

/* ---- what a volume tells of itself ------------------------------------- */

/* S_FALSE: there is no such descriptor. Of several the last one counts for
 * libisofs, if it is Joliet's; there is one primary. */
static HRESULT find_volume(struct fsi_iso_view *self, struct fsi_media *media,
			   bool is_joliet, bool *ret_is_bootable)
{
	const uint64_t first = fsi_media_session_block(media) +
			       (uint64_t)FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK;
	uint32_t catalog_block = 0;
	HRESULT found = S_FALSE;

	for (unsigned n = 0; n < DESCRIPTORS_MAX; n++) {
		uint8_t block[FSI_BLOCK_SIZE];

		FSI_TRY(fsi_media_read(media, (first + n) * FSI_BLOCK_SIZE, block,
				       sizeof(block)));
		if (!fsi_iso9660_is_descriptor(block) ||
		    block[0] == FSI_ISO9660_TERMINATOR)
			break;
		if (n == FSI_BOOT_RECORD_BLOCK - FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK &&
		    fsi_boot_get_record(block, &catalog_block))
			*ret_is_bootable = true;
		if (is_joliet ? fsi_iso9660_joliet_level(block) == 0
			      : (block[0] != FSI_ISO9660_PRIMARY || found == S_OK))
			continue;
		fsi_iso9660_get_volume(block, &self->volume);
		found = S_OK;
	}
	return found;
}

static void describe(struct fsi_iso_view *self, bool is_joliet)
{
	const struct fsi_iso9660_volume *found = &self->volume;

	self->view.volume = (struct fsi_disc_volume){
		.file_system =
			is_joliet ? FSI_FILE_SYSTEM_JOLIET : FSI_FILE_SYSTEM_ISO9660,
		.name = found->volume_id,
		.volume_id = found->volume_id,
		.volume_set_id = found->volume_set_id,
		.file_set_id = "",
		.application_id = found->application_id,
		.implementation_id = "",
		.owner = "",
		.organisation = "",
		.contact = "",
		.system_id = found->system_id,
		.publisher_id = found->publisher_id,
		.preparer_id = found->preparer_id,
		.block_size = FSI_BLOCK_SIZE,
		.block_count = found->block_count,
		.recording_time = found->creation_time,
		.change_time = found->modification_time,
		.joliet_level = found->joliet_level,
		.has_rock_ridge = self->reader.has_rock_ridge,
	};
}

/* libisofs takes ISO 9660 in blocks of another size for damaged. */
static HRESULT open_volume(struct fsi_iso_view *self, struct fsi_media *media,
			   bool is_joliet)
{
	bool is_bootable = false;
	const char *const name = is_joliet ? "Joliet" : "ISO9660";
	const HRESULT hr = find_volume(self, media, is_joliet, &is_bootable);

	FSI_TRY(hr);
	if (hr == S_FALSE)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_NOT_FOUND, name);
	if (self->volume.block_size != FSI_BLOCK_SIZE)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, name,
				"blocks of another size than 2048 bytes");
	FSI_TRY(fsi_iso_reader_open(&self->reader, media, self->volume.root_block,
				    is_joliet));
	self->has_visits = fsi_visits_init(&self->visits, fsi_media_block_count(media));
	if (!self->has_visits)
		return FSI_FAIL(E_OUTOFMEMORY);
	describe(self, is_joliet);
	self->view.volume.is_bootable = is_bootable;
	return S_OK;
}

static HRESULT open_view(struct fsi_media *media, bool is_joliet,
			 fsi_disc_view **ret_view)
{
	struct fsi_iso_view *self = fsi_allocate_zeroed(1, sizeof(*self));
	HRESULT hr = S_OK;

	if (self == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	fsi_view_init(&self->view, &iso_ops);
	hr = open_volume(self, media, is_joliet);
	if (FAILED(hr))
		destroy_view(&self->view);
	else
		*ret_view = &self->view;
	return hr;
}

HRESULT fsi_import_open_iso9660(struct fsi_media *media, fsi_disc_view **ret_view)
{
	return open_view(media, false, ret_view);
}

HRESULT fsi_import_open_joliet(struct fsi_media *media, fsi_disc_view **ret_view)
{
	return open_view(media, true, ret_view);
}
