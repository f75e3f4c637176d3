/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listing the directories and stream directories of UDF volumes. */
#include "import/udf_view.h"

#include "base/checked.h"
#include "error/fail.h"
#include "udf/read_directory.h"

#include <inttypes.h>

#define NAME "file identifier descriptor"

struct udf_children {
	fsi_disc_children children;
	const struct fsi_udf *udf;
	struct fsi_udf_body body; /* the descriptors */
	uint64_t identity;	  /* of the directory */
	uint64_t position;	  /* of the next descriptor in the body */
	bool is_stream_directory;
	uint8_t descriptor[]; /* a block */
};

static struct udf_children *udf_children(fsi_disc_children *children)
{
	void *self = children; /* its first member */

	return self;
}

void fsi_import_udf_destroy_children(fsi_disc_children *children)
{
	fsi_import_udf_free_body(&udf_children(children)->body);
	fsi_view_free_children(children);
}

/* ---- opening ----------------------------------------------------------- */

static HRESULT enter(struct fsi_udf *udf, const struct fsi_visit *visit,
		     const struct fsi_udf_entry_block *entry)
{
	const uint64_t size = entry->icb.size;
	const uint64_t blocks = size / udf->block_size + (size % udf->block_size != 0);

	switch (fsi_visits_enter(&udf->visits, visit, blocks > 0 ? blocks : 1)) {
	case FSI_VISIT_OTHER_NAME:
		return fsi_import_udf_inconsistent(
			"The directory whose file entry is in block %" PRIu32
			" is in two places, or within itself.",
			entry->block);
	case FSI_VISIT_NO_ROOM:
		return fsi_import_udf_inconsistent(
			"The directory whose file entry is in block %" PRIu32
			" is larger than the disc has room for, with those before it.",
			entry->block);
	case FSI_VISIT_NO_MEMORY:
		return FSI_FAIL(E_OUTOFMEMORY);
	case FSI_VISIT_ALLOWED:
	default:
		return S_OK;
	}
}

/* What is to be listed. */
struct listing {
	struct fsi_udf_allocation icb;
	enum fsi_udf_file_type file_type;
	struct fsi_visit visit;
};

static HRESULT load_listing(struct fsi_udf *udf, const struct listing *listing,
			    struct udf_children *self)
{
	struct fsi_udf_entry_block entry;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_import_udf_read_entry(udf, &listing->icb, &entry));
	if (entry.icb.file_type != listing->file_type)
		hr = fsi_import_udf_inconsistent(
			"The file entry in block %" PRIu32 " is not that of a %s.",
			entry.block,
			self->is_stream_directory ? "stream directory" : "directory");
	if (SUCCEEDED(hr))
		hr = enter(udf, &listing->visit, &entry);
	if (SUCCEEDED(hr))
		hr = fsi_import_udf_load_body(udf, &entry, &self->body);
	fsi_free(entry.bytes);
	return hr;
}

/* listing NULL: of nothing. */
static HRESULT create_children(fsi_disc_entry *entry, const struct listing *listing,
			       fsi_disc_children **ret_children)
{
	struct fsi_udf *udf = fsi_import_udf_of(entry);
	struct udf_children *self =
		fsi_allocate_zeroed(1, sizeof(*self) + udf->block_size);
	HRESULT hr = S_OK;

	if (self == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	fsi_view_init_children(&self->children, entry->view);
	self->udf = udf;
	if (listing != NULL) {
		self->identity = fsi_import_udf_identity(&listing->icb);
		self->is_stream_directory =
			listing->file_type == FSI_UDF_FILE_STREAM_DIRECTORY;
		hr = load_listing(udf, listing, self);
	}
	if (FAILED(hr))
		fsi_import_udf_destroy_children(&self->children);
	else
		*ret_children = &self->children;
	return hr;
}

static const struct fsi_udf_item *udf_item(const fsi_disc_entry *entry)
{
	const void *self = entry; /* its first member */

	return self;
}

HRESULT fsi_import_udf_get_children(fsi_disc_entry *entry,
				    fsi_disc_children **ret_children)
{
	const struct fsi_udf_item *item = udf_item(entry);
	const struct listing listing = {
		.icb = item->icb,
		.file_type = FSI_UDF_FILE_DIRECTORY,
		.visit = {.directory = fsi_import_udf_identity(&item->icb),
			  .parent = item->parent,
			  .position = item->position},
	};

	return create_children(entry, &listing, ret_children);
}

HRESULT fsi_import_udf_get_streams(fsi_disc_entry *entry,
				   fsi_disc_children **ret_children)
{
	const struct fsi_udf_item *item = udf_item(entry);
	const struct listing listing = {
		.icb = item->stream_directory,
		.file_type = FSI_UDF_FILE_STREAM_DIRECTORY,
		.visit = {.directory = fsi_import_udf_identity(&item->stream_directory),
			  .parent = fsi_import_udf_identity(&item->icb),
			  .position = UINT64_MAX},
	};
	const bool has_streams = item->stream_directory.length > 0;

	return create_children(entry, has_streams ? &listing : NULL, ret_children);
}

/* ---- listing ----------------------------------------------------------- */

static HRESULT read_part(const struct udf_children *self, uint64_t offset, unsigned copy,
			 uint8_t *buffer, size_t length)
{
	const struct fsi_udf_reading reading = {
		.offset = offset, .buffer = buffer, .length = length, .copy = copy};

	return fsi_import_udf_read_body(self->udf, &self->body, &reading);
}

static HRESULT damaged(const struct udf_children *self, const struct fsi_udf_span *span,
		       enum fsi_udf_fault fault)
{
	return fsi_import_udf_damaged(
		NAME, (uint32_t)(span->disc_offset / self->udf->block_size), fault);
}

/*
 * Read the descriptor at the position. S_FALSE: there is none any more. Some
 * writers round the size of a directory up to whole blocks: zeros end it, too.
 */
static HRESULT read_copy(struct udf_children *self, unsigned copy, size_t *ret_size)
{
	const uint64_t left = self->body.size - self->position;
	const size_t head_size =
		left < FSI_UDF_FID_HEAD_SIZE ? (size_t)left : FSI_UDF_FID_HEAD_SIZE;
	uint8_t *const descriptor = self->descriptor;
	enum fsi_udf_fault fault = FSI_UDF_SOUND;
	struct fsi_udf_span span;
	size_t size = 0;

	memset(descriptor, 0, FSI_UDF_FID_HEAD_SIZE);
	FSI_TRY(fsi_import_udf_find_span(self->udf, &self->body, self->position, copy,
					 &span));
	FSI_TRY(read_part(self, self->position, copy, descriptor, head_size));
	if (fsi_udf_tag_is_blank(descriptor))
		return S_FALSE;
	size = fsi_udf_fid_size(descriptor);
	if (size > left || size > self->udf->block_size)
		fault = fsi_udf_tag_identifier(descriptor) == FSI_UDF_TAG_FILE_IDENTIFIER
				? FSI_UDF_FAULT_LENGTH
				: FSI_UDF_FAULT_IDENTIFIER;
	if (fault != FSI_UDF_SOUND)
		return damaged(self, &span, fault);
	FSI_TRY(read_part(self, self->position + head_size, copy, descriptor + head_size,
			  size - head_size));
	fault = fsi_udf_tag_check_identifier(descriptor, size,
					     FSI_UDF_TAG_FILE_IDENTIFIER, span.location);
	if (fault != FSI_UDF_SOUND)
		return damaged(self, &span, fault);
	*ret_size = size;
	return S_OK;
}

/* Where the body is metadata that is there twice, either copy will do. */
static unsigned count_copies(const struct udf_children *self)
{
	return self->body.pieces.count == 0
		       ? 1
		       : fsi_import_udf_copies(self->udf,
					       self->body.pieces.items[0].partition);
}

/* Behind a descriptor that is damaged nothing can be found. */
static HRESULT read_descriptor(struct udf_children *self, size_t *ret_size)
{
	const unsigned copies = count_copies(self);
	struct fsi_error_state error;
	HRESULT hr = read_copy(self, 0, ret_size);

	for (unsigned copy = 1; copy < copies && FAILED(hr); copy++) {
		HRESULT other = hr;

		fsi_error_save(&error);
		if (hr != E_OUTOFMEMORY)
			other = read_copy(self, copy, ret_size);
		if (SUCCEEDED(other) || other == E_OUTOFMEMORY)
			hr = other;
		else
			fsi_error_restore(&error);
	}
	if (hr != S_OK)
		self->position = self->body.size;
	return hr;
}

static HRESULT create_entry(const struct udf_children *self,
			    const struct fsi_udf_fid *fid, uint64_t position,
			    fsi_disc_entry **ret_entry)
{
	char text[FSI_UDF_UTF8_SIZE(FSI_UDF_IDENTIFIER_MAX_SIZE + 1)];
	const struct fsi_udf_name name = {
		.icb = fid->icb,
		.parent = self->identity,
		.position = position,
		.characteristics = fid->characteristics,
		.is_stream = self->is_stream_directory,
		.text = text,
	};

	if (!fsi_udf_get_name(fid->identifier, fid->identifier_length, text))
		return fsi_import_udf_inconsistent(
			"The " NAME " at byte %" PRIu64 " of the directory whose file "
			"entry is in block %" PRIu32
			" of partition %u: its name is compressed in an unknown way.",
			position, (uint32_t)self->identity,
			(unsigned)(self->identity >> 32));
	return fsi_import_udf_create_item(self->children.view, &name, ret_entry);
}

HRESULT fsi_import_udf_next(fsi_disc_children *children, fsi_disc_entry **ret_entry)
{
	struct udf_children *self = udf_children(children);

	while (self->position < self->body.size) {
		const uint64_t position = self->position;
		struct fsi_udf_fid fid;
		size_t size = 0;
		const HRESULT hr = read_descriptor(self, &size);

		if (hr != S_OK)
			return hr;
		self->position += size;
		fsi_udf_get_fid(self->descriptor, &fid);
		if ((fid.characteristics & (FSI_UDF_FID_DELETED | FSI_UDF_FID_PARENT)) ==
		    0)
			return create_entry(self, &fid, position, ret_entry);
	}
	return S_FALSE;
}
