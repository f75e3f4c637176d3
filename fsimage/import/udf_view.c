/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views of UDF volumes. */
#include "import/udf_view.h"

#include "error/fail.h"

static struct fsi_udf_view *udf_view(fsi_disc_view *view)
{
	void *self = view; /* its first member */

	return self;
}

const struct fsi_udf_mount *fsi_import_udf_mount_of(fsi_disc_view *view)
{
	return udf_view(view)->mount;
}

struct fsi_udf *fsi_import_udf_of(const fsi_disc_entry *entry)
{
	return &udf_view(entry->view)->mount->udf;
}

static HRESULT get_root(fsi_disc_view *view, fsi_disc_entry **ret_entry)
{
	const struct fsi_udf_name name = {
		.icb = udf_view(view)->mount->file_set.root,
		.parent = UINT64_MAX,
		.text = "",
	};

	return fsi_import_udf_create_item(view, &name, ret_entry);
}

static void destroy_view(fsi_disc_view *view)
{
	struct fsi_udf_view *self = udf_view(view);

	fsi_import_udf_unmount(self->mount);
	fsi_free(self->partitions);
	fsi_free(self);
}

static const struct fsi_view_ops udf_ops = {
	.get_root = get_root,
	.load = fsi_import_udf_load_item,
	.get_children = fsi_import_udf_get_children,
	.get_streams = fsi_import_udf_get_streams,
	.next = fsi_import_udf_next,
	.get_extent = fsi_import_udf_get_extent,
	.open_data = fsi_import_udf_open_data,
	.find_place = fsi_import_udf_find_place,
	.get_link_target = fsi_import_udf_get_link_target,
	.destroy_view = destroy_view,
	.destroy_entry = fsi_import_udf_destroy_item,
	.destroy_children = fsi_import_udf_destroy_children,
};

/* ---- what a volume tells of itself ------------------------------------- */

static HRESULT describe_partitions(struct fsi_udf_view *self)
{
	const struct fsi_udf *udf = &self->mount->udf;
	const size_t count = udf->spaces.count;

	self->partitions = fsi_allocate_zeroed(count, sizeof(*self->partitions));
	if (self->partitions == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (size_t i = 0; i < count; i++) {
		const struct fsi_udf_space *space = &udf->spaces.items[i];

		self->partitions[i] = (struct fsi_disc_partition){
			.kind = space->kind,
			.access = space->access <= FSI_DISC_ACCESS_OVERWRITABLE
					  ? (enum fsi_disc_access)space->access
					  : FSI_DISC_ACCESS_UNSPECIFIED,
			.number = space->number,
			.first_block = space->first_block,
			.block_count = space->block_count,
		};
	}
	self->view.volume.partitions = self->partitions;
	self->view.volume.partition_count = count;
	return S_OK;
}

/* Each virtual allocation table makes a volume complete. */
static bool has_table(const struct fsi_udf *udf)
{
	for (size_t i = 0; i < udf->spaces.count; i++) {
		if (udf->spaces.items[i].kind == FSI_DISC_PARTITION_VIRTUAL)
			return true;
	}
	return false;
}

/* OSTA UDF 2.2.11: a virtual allocation table overrules the integrity descriptor,
 * which can't be written again. */
static void describe_contents(const struct fsi_udf_mount *mount,
			      struct fsi_disc_volume *volume)
{
	const struct fsi_udf_table_facts *table = &mount->table;
	const struct fsi_udf_integrity *integrity = &mount->integrity;

	volume->has_integrity = mount->has_integrity;
	volume->is_closed = integrity->is_closed || has_table(&mount->udf);
	volume->change_time = integrity->recording_time;
	volume->has_counts = table->is_known || integrity->has_use;
	if (table->is_known) {
		volume->file_count = table->file_count;
		volume->directory_count = table->directory_count;
		volume->minimum_read_revision = table->minimum_read;
		volume->minimum_write_revision = table->minimum_write;
		volume->maximum_write_revision = table->maximum_write;
	} else if (integrity->has_use) {
		volume->file_count = integrity->file_count;
		volume->directory_count = integrity->directory_count;
		volume->minimum_read_revision = integrity->minimum_read;
		volume->minimum_write_revision = integrity->minimum_write;
		volume->maximum_write_revision = integrity->maximum_write;
	}
}

static void describe(const struct fsi_udf_mount *mount, struct fsi_disc_volume *volume)
{
	volume->file_system = FSI_FILE_SYSTEM_UDF;
	volume->name = mount->name;
	volume->volume_id = mount->primary.volume_identifier;
	volume->volume_set_id = mount->primary.volume_set_identifier;
	volume->file_set_id = mount->file_set.identifier;
	volume->application_id = mount->primary.application;
	volume->implementation_id = mount->implementation;
	volume->owner = mount->information.owner;
	volume->organisation = mount->information.organisation;
	volume->contact = mount->information.contact;
	volume->system_id = "";
	volume->publisher_id = "";
	volume->preparer_id = "";
	volume->revision = mount->revision;
	volume->block_size = mount->udf.block_size;
	volume->block_count = mount->udf.block_count;
	volume->recording_time = mount->primary.recording_time;
	volume->anchor_block = mount->anchor_block;
	volume->has_other_anchors = mount->has_other_anchors;
	volume->is_from_reserve = mount->is_from_reserve;
	describe_contents(mount, volume);
}

HRESULT fsi_import_open_udf(struct fsi_media *media, uint32_t anchor_block,
			    fsi_disc_view **ret_view)
{
	struct fsi_udf_view *self = fsi_allocate_zeroed(1, sizeof(*self));
	HRESULT hr = S_OK;

	if (self == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	fsi_view_init(&self->view, &udf_ops);
	hr = fsi_import_udf_mount(media, anchor_block, &self->mount);
	if (SUCCEEDED(hr))
		hr = describe_partitions(self);
	if (FAILED(hr)) {
		destroy_view(&self->view);
		return hr;
	}
	describe(self->mount, &self->view.volume);
	*ret_view = &self->view;
	return S_OK;
}
