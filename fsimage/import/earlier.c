/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Earlier sessions: whether another one can go on from them. */
#include "import/earlier.h"

#include "error/fail.h"
#include "import/boot.h"
#include "import/file_systems.h"
#include "import/iso_view.h"
#include "import/udf_view.h"
#include "udf/revision.h"

#include <inttypes.h>
#include <string.h>

/* Where genisoimage begins the partition of a first session. */
#define FIRST_PARTITION_BLOCK 257

/* ECMA-167 3/8.4.2.1: from the end of the partition to the last anchor. */
#define BLOCKS_BEHIND_PARTITION 257

/* OSTA UDF 3.2.1: the first value that is free for new files. */
#define UNIQUE_ID_FIRST 16

/* ---- UDF --------------------------------------------------------------- */

/* The partition that all others are in; NULL: there is none. */
static const struct fsi_udf_space *find_physical(const struct fsi_udf *udf)
{
	for (size_t i = 0; i < udf->spaces.count; i++) {
		if (udf->spaces.items[i].kind == FSI_DISC_PARTITION_PHYSICAL)
			return &udf->spaces.items[i];
	}
	return NULL;
}

static bool has_kind(const struct fsi_udf *udf, enum fsi_disc_partition_kind kind)
{
	for (size_t i = 0; i < udf->spaces.count; i++) {
		if (udf->spaces.items[i].kind == kind)
			return true;
	}
	return false;
}

/* The next session has one partition, and metadata in it. */
static HRESULT check_partitions(const struct fsi_udf *udf)
{
	const struct fsi_udf_space *physical = find_physical(udf);

	if (has_kind(udf, FSI_DISC_PARTITION_VIRTUAL))
		return fsi_import_udf_unsupported("a virtual partition");
	if (has_kind(udf, FSI_DISC_PARTITION_SPARABLE))
		return fsi_import_udf_unsupported("a sparable partition");
	for (size_t i = 0; i < udf->spaces.count; i++) {
		if (physical == NULL || udf->spaces.items[i].number != physical->number)
			return fsi_import_udf_unsupported("several partitions");
	}
	return S_OK;
}

/* OSTA UDF 2.2.6.4 */
static HRESULT check_revision(const struct fsi_udf_mount *mount)
{
	const uint16_t minimum_write = mount->has_integrity && mount->integrity.has_use
					       ? mount->integrity.minimum_write
					       : mount->revision;

	if (fsi_udf_revision_find(mount->revision) != NULL &&
	    fsi_udf_revision_find(minimum_write) != NULL)
		return S_OK;
	return fsi_error_detail(FSI_FAIL(IMAPI_E_UDF_NOT_WRITE_COMPATIBLE),
				"The volume has revision %x.%02x, and %x.%02x is needed "
				"to write to it.",
				mount->revision >> 8, mount->revision & 0xFFu,
				minimum_write >> 8, minimum_write & 0xFFu);
}

/* Systems write into such a partition where they like, not behind it. */
static HRESULT check_access(const struct fsi_udf *udf)
{
	const struct fsi_udf_space *physical = find_physical(udf);

	if (physical->access == FSI_DISC_ACCESS_READ_ONLY)
		return S_OK;
	return fsi_error_detail(FSI_FAIL(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION),
				"The UDF partition has access type %" PRIu32
				", not that of read-only ones.",
				physical->access);
}

static HRESULT check_udf(fsi_disc_view *view, const struct fsi_earlier_request *request)
{
	const struct fsi_udf_mount *mount = fsi_import_udf_mount_of(view);

	if (mount->udf.block_size != FSI_BLOCK_SIZE)
		return fsi_import_udf_unsupported(
			"blocks of another size than 2048 bytes");
	FSI_TRY(check_partitions(&mount->udf));
	FSI_TRY(check_revision(mount));
	return request->accepts_writable ? S_OK : check_access(&mount->udf);
}

static bool is_of_genisoimage(const struct fsi_udf_mount *mount)
{
	return strcmp(mount->primary.implementation, "*genisoimage") == 0 ||
	       strcmp(mount->primary.implementation, "*mkisofs") == 0;
}

/*
 * Whether ISO 9660 beside it shows more. Who appends to that alone puts its root behind
 * the partition. genisoimage appends to both, but in its UDF the files of earlier
 * sessions are empty.
 */
static HRESULT is_outdated(fsi_disc_view *udf_view, struct fsi_media *media,
			   bool *ret_is_outdated)
{
	const struct fsi_udf_mount *mount = fsi_import_udf_mount_of(udf_view);
	const struct fsi_udf_space *physical = find_physical(&mount->udf);
	struct fsi_iso9660_volume volume;
	uint8_t block[FSI_BLOCK_SIZE];

	FSI_TRY(fsi_media_read(media,
			       ((uint64_t)fsi_media_session_block(media) +
				FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK) *
				       FSI_BLOCK_SIZE,
			       block, sizeof(block)));
	if (physical == NULL || !fsi_iso9660_is_descriptor(block) ||
	    block[0] != FSI_ISO9660_PRIMARY)
		return S_OK;
	fsi_iso9660_get_volume(block, &volume);
	*ret_is_outdated = volume.root_block >= physical->first_block +
							(uint64_t)physical->block_count ||
			   (is_of_genisoimage(mount) &&
			    physical->first_block > FIRST_PARTITION_BLOCK);
	return S_OK;
}

static void take_udf(fsi_disc_view *view, struct fsi_continued *continued)
{
	const struct fsi_udf_mount *mount = fsi_import_udf_mount_of(view);
	const struct fsi_udf_space *physical = find_physical(&mount->udf);

	continued->has_udf = true;
	continued->udf_revision = mount->revision;
	continued->partition_block = physical->first_block;
	continued->partition_number = physical->number;
	/* The next session has one map only, but for metadata of its own. */
	continued->keeps_entries = mount->udf.spaces.count == 1;
	continued->next_unique_id =
		mount->has_integrity ? mount->integrity.next_unique_id : 0;
	if (continued->next_unique_id < UNIQUE_ID_FIRST)
		continued->next_unique_id = UNIQUE_ID_FIRST;
	if (mount->has_primary)
		memcpy(continued->volume_set_id, mount->primary.volume_set_field,
		       sizeof(continued->volume_set_id));
}

/* UDF beside what was chosen: what can't be read or gone on from is made anew. */
static HRESULT look_at_udf(const struct fsi_earlier_request *request,
			   struct fsi_continued *continued)
{
	const struct fsi_import_hints hints = {.anchor_block = request->anchor_block};
	fsi_disc_view *view = NULL;
	bool is_old = false;
	HRESULT hr = fsi_import_open(request->media, &hints, FSI_FILE_SYSTEM_UDF, &view);

	if (SUCCEEDED(hr))
		hr = check_udf(view, request);
	if (SUCCEEDED(hr))
		hr = is_outdated(view, request->media, &is_old);
	if (SUCCEEDED(hr) && !is_old)
		take_udf(view, continued);
	fsi_disc_view_release(view);
	return hr == E_OUTOFMEMORY ? hr : S_OK;
}

/* ---- ISO 9660 and Joliet ----------------------------------------------- */

static HRESULT check_iso9660(fsi_disc_view *view)
{
	const struct fsi_iso_view *self = fsi_import_iso_view_of(view);

	if (self->volume.set_size > 1)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
				self->reader.name, "a volume set of several volumes");
	return S_OK;
}

/* ---- choosing ---------------------------------------------------------- */

static HRESULT open_view(const struct fsi_earlier_request *request,
			 enum fsi_file_system file_system, fsi_disc_view **ret_view)
{
	const struct fsi_import_hints hints = {.anchor_block = request->anchor_block};
	fsi_disc_view *view = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_import_open(request->media, &hints, file_system, &view));
	hr = file_system == FSI_FILE_SYSTEM_UDF ? check_udf(view, request)
						: check_iso9660(view);
	if (FAILED(hr))
		fsi_disc_view_release(view);
	else
		*ret_view = view;
	return hr;
}

/* S_FALSE: ISO 9660 shows more. */
static HRESULT open_udf(const struct fsi_earlier_request *request,
			struct fsi_earlier *earlier)
{
	bool is_old = false;
	HRESULT hr = S_OK;

	FSI_TRY(open_view(request, FSI_FILE_SYSTEM_UDF, &earlier->view));
	hr = is_outdated(earlier->view, request->media, &is_old);
	if (SUCCEEDED(hr) && !is_old) {
		take_udf(earlier->view, &earlier->continued);
		return S_OK;
	}
	fsi_disc_view_release(earlier->view);
	earlier->view = NULL;
	return FAILED(hr) ? hr : S_FALSE;
}

static HRESULT open_chosen(const struct fsi_earlier_request *request,
			   struct fsi_earlier *earlier)
{
	const fsi_file_systems found = earlier->continued.file_systems;
	enum fsi_file_system chosen = request->file_system;
	HRESULT hr = S_FALSE;

	if (chosen == FSI_FILE_SYSTEM_UDF ||
	    (chosen == FSI_FILE_SYSTEM_NONE && (found & FSI_FILE_SYSTEM_UDF) != 0)) {
		earlier->continued.imported = FSI_FILE_SYSTEM_UDF;
		hr = open_udf(request, earlier);
	}
	if (hr != S_FALSE)
		return hr;
	if (chosen == FSI_FILE_SYSTEM_UDF)
		return fsi_import_udf_unsupported(
			"being older than the ISO 9660 beside it");
	if (chosen == FSI_FILE_SYSTEM_NONE)
		chosen = (found & FSI_FILE_SYSTEM_JOLIET) != 0 ? FSI_FILE_SYSTEM_JOLIET
							       : FSI_FILE_SYSTEM_ISO9660;
	earlier->continued.imported = chosen;
	FSI_TRY(open_view(request, chosen, &earlier->view));
	return (found & FSI_FILE_SYSTEM_UDF) != 0
		       ? look_at_udf(request, &earlier->continued)
		       : S_OK;
}

static HRESULT take_boot_record(struct fsi_media *media, struct fsi_continued *continued)
{
	uint32_t block = 0;
	const HRESULT hr = fsi_import_find_boot_catalog(media, &block);

	FSI_TRY(hr);
	continued->boot_catalog_block = hr == S_OK ? block : 0;
	return S_OK;
}

HRESULT fsi_import_open_earlier(const struct fsi_earlier_request *request,
				struct fsi_earlier *ret_earlier)
{
	const fsi_file_systems wanted = (fsi_file_systems)request->file_system;
	const fsi_file_systems found = request->file_systems;
	struct fsi_earlier earlier = {.view = NULL};
	HRESULT hr = S_OK;

	if (found == FSI_FILE_SYSTEM_NONE)
		return FSI_FAIL(IMAPI_E_NO_SUPPORTED_FILE_SYSTEM);
	if ((found & wanted) != wanted)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_NOT_FOUND,
				fsi_import_name(request->file_system));
	earlier.continued.file_systems = found;
	earlier.continued.previous_block = fsi_media_session_block(request->media);
	hr = open_chosen(request, &earlier);
	if (SUCCEEDED(hr))
		hr = take_boot_record(request->media, &earlier.continued);
	if (FAILED(hr))
		fsi_disc_view_release(earlier.view);
	else
		*ret_earlier = earlier;
	return hr;
}

/* ---- the end ----------------------------------------------------------- */

/* block_count of ISO 9660 is that of the whole disc where there is one session only,
 * physically, which is where this is asked. */
static HRESULT find_end_of(struct fsi_media *media, enum fsi_file_system file_system,
			   uint64_t *end)
{
	const struct fsi_import_hints hints = {.anchor_block = 0};
	fsi_disc_view *view = NULL;
	uint64_t found = 0;
	HRESULT hr = fsi_import_open(media, &hints, file_system, &view);

	if (FAILED(hr))
		return hr == E_OUTOFMEMORY ? hr : S_OK;
	found = view->volume.block_count;
	if (file_system == FSI_FILE_SYSTEM_UDF) {
		const struct fsi_udf_space *physical =
			find_physical(&fsi_import_udf_mount_of(view)->udf);

		found = physical == NULL
				? 0
				: (uint64_t)physical->first_block +
					  physical->block_count + BLOCKS_BEHIND_PARTITION;
	}
	if (found > *end)
		*end = found;
	fsi_disc_view_release(view);
	return S_OK;
}

HRESULT fsi_import_find_end(struct fsi_media *media, uint32_t *ret_end_block)
{
	const struct fsi_import_hints hints = {.anchor_block = 0};
	fsi_file_systems found = FSI_FILE_SYSTEM_NONE;
	uint64_t end = 0;

	FSI_TRY(fsi_import_recognise(media, &hints, &found));
	if ((found & FSI_FILE_SYSTEM_ISO9660) != 0)
		FSI_TRY(find_end_of(media, FSI_FILE_SYSTEM_ISO9660, &end));
	if ((found & FSI_FILE_SYSTEM_UDF) != 0)
		FSI_TRY(find_end_of(media, FSI_FILE_SYSTEM_UDF, &end));
	if (end == 0)
		return S_FALSE;
	*ret_end_block = end < UINT32_MAX ? (uint32_t)end : UINT32_MAX;
	return S_OK;
}
