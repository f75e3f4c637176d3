/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data of files that stays where it is on the disc. */
#include "import/merge_data.h"

#include "base/checked.h"
#include "error/fail.h"

void fsi_merge_data_free(struct fsi_merge_data *self)
{
	fsi_vector_free(&self->extents);
	fsi_free(self->links.slots);
}

/* ---- extents ----------------------------------------------------------- */

static HRESULT unsupported(const struct fsi_merge_data *self, const fsi_disc_entry *entry,
			   const char *feature)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
					 self->file_system, feature),
				"The file '%s' has it.", entry->name);
}

/* What a session is put behind can't lie where the session will. */
static HRESULT check_end(const struct fsi_merge_data *self, uint64_t first_block,
			 uint64_t blocks)
{
	if (first_block + blocks <= self->end_block)
		return S_OK;
	return FSI_FAIL(IMAPI_E_IMPORT_SEEK_FAILURE, first_block > self->end_block
							     ? (int64_t)first_block
							     : (int64_t)self->end_block);
}

/* Make the last extent longer, if the new one goes on with it. */
static bool go_on(struct fsi_merge_data *self, uint32_t first_block, uint32_t blocks)
{
	struct fsi_imported_extent *last = NULL;
	uint64_t next_block = 0;
	uint32_t sum = 0;

	if (self->extents.count == 0)
		return false;
	last = &self->extents.items[self->extents.count - 1];
	if (last->first_block != 0)
		next_block = (uint64_t)last->first_block + last->block_count;
	if (next_block != first_block || !fsi_add_u32(last->block_count, blocks, &sum))
		return false;
	last->block_count = sum;
	return true;
}

/* first_block 0: a hole. */
static HRESULT add_extent(struct fsi_merge_data *self, uint32_t first_block,
			  uint32_t blocks)
{
	if (first_block != 0 && first_block < self->first_block)
		self->first_block = first_block;
	if (first_block != 0)
		fsi_head_data_note(&self->head_data, first_block, blocks);
	if (go_on(self, first_block, blocks))
		return S_OK;
	if (!fsi_vector_reserve(&self->extents, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	self->extents.items[self->extents.count++] =
		(struct fsi_imported_extent){first_block, blocks};
	return S_OK;
}

static HRESULT take_extent(struct fsi_merge_data *self, const fsi_disc_entry *entry,
			   const struct fsi_disc_extent *extent)
{
	const uint64_t blocks = fsi_blocks_of(extent->length);
	const bool is_last = extent->offset + extent->length == entry->info.size;

	if (extent->length % FSI_BLOCK_SIZE != 0 && !is_last)
		return unsupported(self, entry, "a part of a file without whole blocks");
	if (blocks > UINT32_MAX)
		return FSI_FAIL(IMAPI_E_DATA_TOO_BIG, self->file_system);
	if (extent->kind == FSI_DISC_EXTENT_HOLE)
		return add_extent(self, 0, (uint32_t)blocks);
	if (extent->disc_offset % FSI_BLOCK_SIZE != 0 ||
	    extent->disc_offset < FSI_BLOCK_SIZE)
		return unsupported(self, entry, "data that begins within a block");
	FSI_TRY(check_end(self, extent->disc_offset / FSI_BLOCK_SIZE, blocks));
	return add_extent(self, (uint32_t)(extent->disc_offset / FSI_BLOCK_SIZE),
			  (uint32_t)blocks);
}

/* Embedded data is in one place, and all of the file is. */
static HRESULT find_extents(struct fsi_merge_data *self, fsi_disc_entry *entry,
			    uint64_t *ret_embedded_offset)
{
	struct fsi_disc_extent extent = {.length = 0};

	self->extents.count = 0;
	for (uint64_t offset = 0; offset < entry->info.size; offset += extent.length) {
		FSI_TRY(fsi_view_get_extent(entry, offset, &extent));
		if (extent.kind == FSI_DISC_EXTENT_EMBEDDED) {
			*ret_embedded_offset = extent.disc_offset;
			return S_OK;
		}
		FSI_TRY(take_extent(self, entry, &extent));
	}
	return S_OK;
}

static HRESULT make_data(struct fsi_merge_data *self, fsi_disc_entry *entry,
			 struct fsi_data **ret_data)
{
	uint64_t embedded_offset = 0;

	FSI_TRY(find_extents(self, entry, &embedded_offset));
	return fsi_data_from_disc(self->tree, entry->info.size, embedded_offset,
				  self->extents.items, (uint32_t)self->extents.count,
				  ret_data);
}

/* ---- files with several names ------------------------------------------ */

/* The slot of a file, or the free one that it would get. */
static struct fsi_merge_link *find_link(const struct fsi_merge_data *self,
					uint64_t identity)
{
	const uint64_t mixed = identity * UINT64_C(0x9E3779B97F4A7C15);
	uint32_t slot = (uint32_t)(mixed >> 32) & (self->links.capacity - 1);

	while (self->links.slots[slot].data != NULL &&
	       self->links.slots[slot].identity != identity)
		slot = (slot + 1) & (self->links.capacity - 1);
	return &self->links.slots[slot];
}

static HRESULT reserve_link(struct fsi_merge_data *self)
{
	const uint32_t old_capacity = self->links.capacity;
	const uint32_t capacity = old_capacity > 0 ? old_capacity * 2 : 64;
	struct fsi_merge_link *old_slots = self->links.slots;
	struct fsi_merge_link *slots = NULL;

	if (self->links.count < old_capacity - old_capacity / 4)
		return S_OK;
	slots = capacity > old_capacity ? fsi_allocate_zeroed(capacity, sizeof(*slots))
					: NULL;
	if (slots == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	self->links.slots = slots;
	self->links.capacity = capacity;
	for (uint32_t i = 0; i < old_capacity; i++) {
		if (old_slots[i].data != NULL)
			*find_link(self, old_slots[i].identity) = old_slots[i];
	}
	fsi_free(old_slots);
	return S_OK;
}

static HRESULT add_link(struct fsi_merge_data *self, uint64_t identity,
			struct fsi_data *data)
{
	FSI_TRY(reserve_link(self));
	*find_link(self, identity) = (struct fsi_merge_link){identity, data};
	self->links.count++;
	return S_OK;
}

HRESULT fsi_merge_data_take(struct fsi_merge_data *self, fsi_disc_entry *entry,
			    struct fsi_data **ret_data)
{
	const struct fsi_disc_entry_info *info = &entry->info;
	struct fsi_data *data =
		self->links.count > 0 ? find_link(self, info->identity)->data : NULL;
	const bool is_linked = info->link_count > 1;

	/* Names of ISO 9660 have sizes of their own, and may not be those of one file. */
	if (data != NULL && data->size != info->size)
		return make_data(self, entry, ret_data);
	if (data == NULL && (is_linked || info->size > 0)) {
		FSI_TRY(make_data(self, entry, &data));
		data->is_linked = is_linked;
		if (is_linked || data->source.imported->extent_count > 1)
			FSI_TRY(add_link(self, info->identity, data));
	}
	*ret_data = data;
	return S_OK;
}
