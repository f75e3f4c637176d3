/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and directories of UDF volumes: what is recorded of them, their data. */
#include "import/udf_view.h"

#include "error/fail.h"
#include "io/stream.h"
#include "udf/directory.h"

#include <inttypes.h>

/* The components of a link take no more: its path has at most 1023 bytes (OSTA
 * UDF 2.3.12), 4095 where systems stretch that, and components have 4 more each. */
#define LINK_SIZE_MAX 65536

/* A space of extended attributes outside the entry is not read beyond this. */
#define ATTRIBUTES_SIZE_MAX 65536

static struct fsi_udf_item *udf_item(fsi_disc_entry *entry)
{
	void *self = entry; /* its first member */

	return self;
}

uint64_t fsi_import_udf_identity(const struct fsi_udf_allocation *icb)
{
	return (uint64_t)icb->address.partition << 32 | icb->address.block;
}

HRESULT fsi_import_udf_create_item(fsi_disc_view *view, const struct fsi_udf_name *name,
				   fsi_disc_entry **ret_entry)
{
	const size_t length = strlen(name->text);
	struct fsi_udf_item *item = fsi_allocate_zeroed(1, sizeof(*item) + length + 1);

	if (item == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	memcpy(item->name, name->text, length + 1);
	fsi_view_init_entry(&item->entry, view, item->name);
	item->icb = name->icb;
	item->parent = name->parent;
	item->position = name->position;
	item->characteristics = name->characteristics;
	item->is_stream = name->is_stream;
	*ret_entry = &item->entry;
	return S_OK;
}

void fsi_import_udf_destroy_item(fsi_disc_entry *entry)
{
	struct fsi_udf_item *item = udf_item(entry);

	fsi_import_udf_free_body(&item->body);
	fsi_view_free_entry(entry);
}

/* ---- what is recorded -------------------------------------------------- */

/* 0: no file that a name may lead to. */
static enum fsi_disc_kind kind_of_type(uint8_t file_type)
{
	switch (file_type) {
	case FSI_UDF_FILE_UNSPECIFIED:
	case FSI_UDF_FILE_REGULAR:
	case FSI_UDF_FILE_REAL_TIME:
		return FSI_DISC_FILE;
	case FSI_UDF_FILE_DIRECTORY:
		return FSI_DISC_DIRECTORY;
	case FSI_UDF_FILE_BLOCK_DEVICE:
		return FSI_DISC_BLOCK_DEVICE;
	case FSI_UDF_FILE_CHARACTER_DEVICE:
		return FSI_DISC_CHARACTER_DEVICE;
	case FSI_UDF_FILE_FIFO:
		return FSI_DISC_FIFO;
	case FSI_UDF_FILE_SOCKET:
		return FSI_DISC_SOCKET;
	case FSI_UDF_FILE_LINK:
		return FSI_DISC_LINK;
	default:
		return (enum fsi_disc_kind)0;
	}
}

static HRESULT find_kind(const struct fsi_udf_item *item,
			 const struct fsi_udf_entry_block *entry,
			 enum fsi_disc_kind *ret_kind)
{
	const enum fsi_disc_kind kind = kind_of_type(entry->icb.file_type);

	if (kind == 0)
		return fsi_error_detail(
			fsi_import_udf_unsupported("a file of unknown type"),
			"The file entry in block %" PRIu32 " has file type %u.",
			entry->block, entry->icb.file_type);
	if (item->entry.name[0] == '\0' && kind != FSI_DISC_DIRECTORY)
		return fsi_import_udf_inconsistent("The file entry in block %" PRIu32
						   ", of the root, is no directory's.",
						   entry->block);
	if (item->is_stream && kind != FSI_DISC_FILE)
		return fsi_import_udf_inconsistent("The file entry in block %" PRIu32
						   ", of a named stream, is no file's.",
						   entry->block);
	*ret_kind = kind;
	return S_OK;
}

/* ECMA-167 4/9.1: attributes may also be in a file of their own. */
static HRESULT read_attribute_file(const struct fsi_udf *udf,
				   const struct fsi_udf_allocation *icb,
				   struct fsi_udf_attributes *attributes)
{
	struct fsi_udf_entry_block entry;
	struct fsi_udf_body body = {.size = 0};
	struct fsi_udf_reading reading = {.offset = 0};
	HRESULT hr = S_OK;

	FSI_TRY(fsi_import_udf_read_entry(udf, icb, &entry));
	hr = fsi_import_udf_load_body(udf, &entry, &body);
	fsi_free(entry.bytes);
	FSI_TRY(hr);
	reading.length =
		body.size < ATTRIBUTES_SIZE_MAX ? (size_t)body.size : ATTRIBUTES_SIZE_MAX;
	reading.buffer = fsi_allocate(reading.length);
	if (reading.buffer == NULL)
		hr = FSI_FAIL(E_OUTOFMEMORY);
	else
		hr = fsi_import_udf_read_body(udf, &body, &reading);
	if (SUCCEEDED(hr))
		fsi_udf_get_attributes(reading.buffer, reading.length, attributes);
	fsi_free(reading.buffer);
	fsi_import_udf_free_body(&body);
	return hr;
}

static HRESULT read_attributes(const struct fsi_udf *udf,
			       const struct fsi_udf_entry_block *entry,
			       enum fsi_disc_kind kind,
			       struct fsi_udf_attributes *attributes)
{
	fsi_udf_get_attributes(entry->icb.attributes, entry->icb.attributes_size,
			       attributes);
	if (entry->icb.attributes_icb.length > 0)
		FSI_TRY(read_attribute_file(udf, &entry->icb.attributes_icb, attributes));
	/* OSTA UDF 3.3.4.4 */
	if ((kind == FSI_DISC_BLOCK_DEVICE || kind == FSI_DISC_CHARACTER_DEVICE) &&
	    !attributes->has_device)
		return fsi_import_udf_inconsistent("The file entry in block %" PRIu32
						   ", of a device, has no device number.",
						   entry->block);
	return S_OK;
}

static void take_permissions(const struct fsi_udf_icb *icb,
			     struct fsi_disc_entry_info *info)
{
	info->has_uid = icb->uid != FSI_UDF_NO_ID;
	info->has_gid = icb->gid != FSI_UDF_NO_ID;
	info->uid = info->has_uid ? icb->uid : 0;
	info->gid = info->has_gid ? icb->gid : 0;
	info->has_mode = true;
	info->mode = fsi_udf_mode_of(icb->permissions, icb->flags);
}

static HRESULT take_entry(struct fsi_udf_item *item,
			  const struct fsi_udf_entry_block *entry)
{
	const struct fsi_udf_icb *icb = &entry->icb;
	struct fsi_udf_attributes attributes = {.has_device = false};
	struct fsi_disc_entry_info info = {
		.size = icb->size,
		.identity = fsi_import_udf_identity(&item->icb),
		.unique_id = icb->unique_id,
		.link_count = icb->link_count,
		.is_hidden = (item->characteristics & FSI_UDF_FID_HIDDEN) != 0,
		.is_system = (icb->flags & FSI_UDF_ICB_SYSTEM) != 0,
		.is_archive = (icb->flags & FSI_UDF_ICB_ARCHIVE) != 0,
		.is_real_time = icb->file_type == FSI_UDF_FILE_REAL_TIME,
		.modification_time = icb->modification_time,
		.access_time = icb->access_time,
		.attribute_time = icb->attribute_time,
		.entry_block = entry->block,
	};

	FSI_TRY(find_kind(item, entry, &info.kind));
	FSI_TRY(read_attributes(fsi_import_udf_of(&item->entry), entry, info.kind,
				&attributes));
	info.creation_time =
		icb->is_extended ? icb->creation_time : attributes.creation_time;
	if (info.kind == FSI_DISC_BLOCK_DEVICE ||
	    info.kind == FSI_DISC_CHARACTER_DEVICE) {
		info.device_major = attributes.device_major;
		info.device_minor = attributes.device_minor;
	}
	take_permissions(icb, &info);
	/* ECMA-167 4/9.2: a stream has no streams, and it could be its own. */
	if (!item->is_stream && icb->stream_directory.length > 0) {
		item->stream_directory = icb->stream_directory;
		info.has_streams = true;
	}
	item->strategy = icb->strategy;
	item->entry.info = info;
	return S_OK;
}

HRESULT fsi_import_udf_load_item(fsi_disc_entry *entry)
{
	struct fsi_udf_item *item = udf_item(entry);
	struct fsi_udf_entry_block block;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_import_udf_read_entry(fsi_import_udf_of(entry), &item->icb, &block));
	hr = take_entry(item, &block);
	fsi_free(block.bytes);
	return hr;
}

/* ---- data -------------------------------------------------------------- */

/* Most entries are only listed: where the body is, is found out when it matters. */
static HRESULT load_body(struct fsi_udf_item *item)
{
	const struct fsi_udf *udf = fsi_import_udf_of(&item->entry);
	struct fsi_udf_entry_block entry;
	HRESULT hr = S_OK;

	if (item->has_body)
		return S_OK;
	FSI_TRY(fsi_import_udf_read_entry(udf, &item->icb, &entry));
	hr = fsi_import_udf_load_body(udf, &entry, &item->body);
	fsi_free(entry.bytes);
	FSI_TRY(hr);
	item->has_body = true;
	return S_OK;
}

HRESULT fsi_import_udf_get_extent(fsi_disc_entry *entry, uint64_t offset,
				  struct fsi_disc_extent *ret_extent)
{
	struct fsi_udf_item *item = udf_item(entry);
	const struct fsi_udf *udf = fsi_import_udf_of(entry);
	struct fsi_udf_span span;

	FSI_TRY(load_body(item));
	FSI_TRY(fsi_import_udf_find_span(udf, &item->body, offset, 0, &span));
	*ret_extent = (struct fsi_disc_extent){
		.kind = span.kind,
		.offset = offset,
		.length = span.length,
		.disc_offset = span.disc_offset,
		.block = (uint32_t)(span.disc_offset / udf->block_size),
	};
	return S_OK;
}

static HRESULT read_data(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	fsi_disc_entry *entry = self;
	const struct fsi_udf_body *body = &udf_item(entry)->body;
	const uint64_t left = offset < body->size ? body->size - offset : 0;
	const struct fsi_udf_reading reading = {
		.offset = offset,
		.buffer = buffer,
		.length = left < length ? (size_t)left : length,
		.is_data = true,
	};

	FSI_TRY(fsi_import_udf_read_body(fsi_import_udf_of(entry), body, &reading));
	*ret_read = reading.length;
	return S_OK;
}

static HRESULT measure_data(void *self, uint64_t *ret_size)
{
	fsi_disc_entry *entry = self;

	*ret_size = udf_item(entry)->body.size;
	return S_OK;
}

static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	fsi_disc_entry *entry = self;
	const struct fsi_udf *udf = fsi_import_udf_of(entry);
	const struct fsi_udf_body *body = &udf_item(entry)->body;
	struct fsi_udf_span span = {.kind = FSI_DISC_EXTENT_HOLE};
	uint64_t count = 0;

	if (offset < body->size)
		FSI_TRY(fsi_import_udf_find_span(udf, body, offset, 0, &span));
	if (span.kind == FSI_DISC_EXTENT_HOLE)
		count = span.length;
	else if (span.kind == FSI_DISC_EXTENT_RECORDED)
		count = fsi_media_count_zeros(udf->media, span.disc_offset);
	*ret_count = count < span.length ? count : span.length;
	return S_OK;
}

static void close_data(void *self)
{
	fsi_disc_entry_release(self);
}

static const struct fsi_stream_ops data_ops = {
	.size = sizeof(data_ops),
	.read_at = read_data,
	.get_size = measure_data,
	.count_zeros = count_zeros,
	.destroy = close_data,
};

HRESULT fsi_import_udf_open_data(fsi_disc_entry *entry, fsi_stream **ret_data)
{
	FSI_TRY(load_body(udf_item(entry)));
	FSI_TRY(fsi_stream_make(&data_ops, entry, ret_data));
	(void)fsi_disc_entry_add_ref(entry);
	return S_OK;
}

/* An entry of the strategy for write-once discs is not where its ICB is. */
HRESULT fsi_import_udf_find_place(fsi_disc_entry *entry, struct fsi_view_place *ret_place)
{
	const struct fsi_udf_item *item = udf_item(entry);

	if (item->strategy != FSI_UDF_STRATEGY_ONE_ENTRY)
		return fsi_import_udf_unsupported("ICB strategy 4096");
	*ret_place = (struct fsi_view_place){
		.has_entry = true,
		.block = item->icb.address.block,
		.partition = item->icb.address.partition,
	};
	return S_OK;
}

HRESULT fsi_import_udf_get_link_target(fsi_disc_entry *entry, char **ret_target)
{
	struct fsi_udf_item *item = udf_item(entry);
	const struct fsi_disc_entry_info *info = &entry->info;
	struct fsi_udf_reading reading = {.offset = 0};
	enum fsi_udf_fault fault = FSI_UDF_FAULT_LENGTH;
	char *target = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(load_body(item));
	if (item->body.size > LINK_SIZE_MAX)
		return fsi_import_udf_damaged("file entry", info->entry_block, fault);
	reading.length = (size_t)item->body.size;
	reading.buffer = fsi_allocate(reading.length);
	target = fsi_allocate(FSI_UDF_UTF8_SIZE(reading.length));
	if (reading.buffer == NULL || target == NULL)
		hr = FSI_FAIL(E_OUTOFMEMORY);
	else
		hr = fsi_import_udf_read_body(fsi_import_udf_of(entry), &item->body,
					      &reading);
	if (SUCCEEDED(hr)) {
		fault = fsi_udf_get_path(reading.buffer, reading.length, target);
		if (fault != FSI_UDF_SOUND)
			hr = fsi_import_udf_damaged("path of the symbolic link",
						    info->entry_block, fault);
	}
	fsi_free(reading.buffer);
	if (FAILED(hr))
		fsi_free(target);
	else
		*ret_target = target;
	return hr;
}
