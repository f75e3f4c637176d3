/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounting a UDF volume: the descriptors in the order in which they lead on. */
#include "import/udf_mount.h"

#include "error/fail.h"

#include <inttypes.h>

/* The newest revision that there is. */
#define REVISION_MAX 0x0260

/* Blocks of a sequence of integrity or file set descriptors that are looked at,
 * in all its extents together. */
#define INTEGRITY_BLOCKS_MAX 1024
#define FILE_SET_BLOCKS_MAX  256

static const struct fsi_udf_wanted file_set_descriptor = {
	.name = "file set descriptor",
	.identifiers = {FSI_UDF_TAG_FILE_SET, FSI_UDF_TAG_TERMINATING},
};

/* ---- integrity --------------------------------------------------------- */

/* Take the descriptor in a block. S_FALSE: there is none. */
static HRESULT take_integrity(struct fsi_udf_mount *mount, uint32_t block,
			      uint8_t *buffer)
{
	const struct fsi_udf *udf = &mount->udf;
	const HRESULT hr = fsi_import_udf_read_block(udf, block, buffer);

	if (FAILED(hr))
		return hr == E_OUTOFMEMORY ? hr : S_FALSE;
	if (fsi_udf_tag_check_identifier(buffer, udf->block_size, FSI_UDF_TAG_INTEGRITY,
					 block) != FSI_UDF_SOUND)
		return S_FALSE;
	fsi_udf_get_integrity(buffer, udf->block_size, &mount->integrity);
	mount->has_integrity = true;
	return S_OK;
}

/*
 * ECMA-167 3/8.8.2: the last descriptor prevails; any may lead to another extent.
 * A volume can be read without, so whatever is wrong ends the sequence.
 */
static HRESULT read_integrity(struct fsi_udf_mount *mount, struct fsi_udf_run run,
			      uint8_t *buffer)
{
	uint32_t left = run.length / mount->udf.block_size;
	uint32_t block = run.block;
	HRESULT hr = S_OK;

	for (unsigned n = 0; n < INTEGRITY_BLOCKS_MAX && left > 0; n++) {
		hr = take_integrity(mount, block, buffer);
		if (hr != S_OK)
			break;
		block++;
		left--;
		if (mount->integrity.next_extent.length > 0) {
			block = mount->integrity.next_extent.block;
			left = mount->integrity.next_extent.length /
			       mount->udf.block_size;
		}
	}
	return FAILED(hr) ? hr : S_OK;
}

/* ---- file sets --------------------------------------------------------- */

/* ECMA-167 4/8.3.1: of each file set the highest descriptor number prevails; the
 * one with number 0 is that which is shown when there are several. */
static bool prevails(const struct fsi_udf_file_set *found,
		     const struct fsi_udf_file_set *known)
{
	if (found->number != known->number)
		return found->number == 0;
	return found->descriptor_number >= known->descriptor_number;
}

/*
 * The descriptors end with a terminating one, or where nothing is recorded. The
 * first must be sound.
 */
static HRESULT read_file_sets(struct fsi_udf_mount *mount,
			      struct fsi_udf_allocation extent, uint8_t *buffer)
{
	const struct fsi_udf *udf = &mount->udf;
	bool found = false;

	for (unsigned n = 0; n < FILE_SET_BLOCKS_MAX; n++) {
		struct fsi_udf_file_set file_set;
		HRESULT hr = S_OK;

		if (extent.length < udf->block_size ||
		    extent.type != FSI_UDF_EXTENT_RECORDED)
			break;
		hr = fsi_import_udf_read_structure(udf, extent.address,
						   &file_set_descriptor, buffer, NULL);
		if (FAILED(hr) && (!found || hr == E_OUTOFMEMORY))
			return hr;
		if (FAILED(hr) || fsi_udf_tag_identifier(buffer) != FSI_UDF_TAG_FILE_SET)
			break;
		fsi_udf_get_file_set(buffer, &file_set);
		if (!found || prevails(&file_set, &mount->file_set))
			mount->file_set = file_set;
		found = true;
		extent.address.block++;
		extent.length -= udf->block_size;
		if (file_set.next_extent.length > 0)
			extent = file_set.next_extent;
	}
	if (!found)
		return fsi_import_udf_inconsistent(
			"The logical volume has no file set descriptor.");
	return S_OK;
}

/* ---- volumes ----------------------------------------------------------- */

static HRESULT check_volume(const struct fsi_udf_mount *mount,
			    const struct fsi_udf_logical_volume *volume)
{
	const uint16_t minimum_read = mount->has_integrity && mount->integrity.has_use
					      ? mount->integrity.minimum_read
					      : volume->revision;

	if (!volume->is_udf)
		return fsi_error_detail(
			fsi_import_udf_unsupported("a domain other than that of OSTA"),
			"The logical volume is of the domain '%s'.", volume->domain);
	if (volume->block_size != mount->udf.block_size)
		return fsi_error_detail(
			fsi_import_udf_unsupported("logical blocks that are no sectors"),
			"Logical blocks have %" PRIu32 " bytes, sectors %" PRIu32 ".",
			volume->block_size, mount->udf.block_size);
	if (minimum_read > REVISION_MAX)
		return fsi_error_detail(
			fsi_import_udf_unsupported("a revision above 2.60"),
			"Revision %x.%02x is needed to read the volume.",
			minimum_read >> 8, minimum_read & 0xFFu);
	return S_OK;
}

static void take_facts(struct fsi_udf_mount *mount,
		       const struct fsi_udf_sequence *sequence,
		       const struct fsi_udf_logical_volume *volume)
{
	memcpy(mount->name, volume->name, sizeof(mount->name));
	memcpy(mount->implementation, volume->implementation,
	       sizeof(mount->implementation));
	mount->revision = volume->revision;
	mount->has_primary = sequence->has_primary;
	mount->primary = sequence->primary;
	mount->information = sequence->information;
	mount->is_from_reserve = sequence->is_reserve;
}

static HRESULT mount_sequence(struct fsi_udf_mount *mount,
			      const struct fsi_udf_sequence *sequence, uint8_t *buffer)
{
	struct fsi_udf_logical_volume volume;
	const enum fsi_udf_fault fault = fsi_udf_get_logical_volume(
		sequence->logical_volume, mount->udf.block_size, &volume);

	if (fault != FSI_UDF_SOUND)
		return fsi_import_udf_damaged("logical volume descriptor",
					      sequence->logical_volume_block, fault);
	take_facts(mount, sequence, &volume);
	FSI_TRY(read_integrity(mount, volume.integrity_sequence, buffer));
	FSI_TRY(check_volume(mount, &volume));
	FSI_TRY(fsi_import_udf_load_spaces(&mount->udf, sequence, &volume,
					   &mount->table));
	return read_file_sets(mount, volume.file_set, buffer);
}

static HRESULT mount_place(struct fsi_udf_mount *mount, const struct fsi_udf_place *place)
{
	struct fsi_udf_sequence sequence = {.logical_volume = NULL};
	uint8_t *buffer = fsi_allocate(mount->udf.block_size);
	HRESULT hr = S_OK;

	if (buffer == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	mount->anchor_block = place->block;
	hr = fsi_import_udf_read_sequence(&mount->udf, &place->anchor, &sequence);
	if (SUCCEEDED(hr))
		hr = mount_sequence(mount, &sequence, buffer);
	fsi_import_udf_free_sequence(&sequence);
	fsi_free(buffer);
	return hr;
}

static HRESULT create_mount(struct fsi_media *media, uint32_t block_size,
			    struct fsi_udf_mount **ret_mount)
{
	const uint64_t blocks = fsi_media_size(media) / block_size;
	struct fsi_udf_mount *mount = fsi_allocate_zeroed(1, sizeof(*mount));

	if (mount == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (!fsi_visits_init(&mount->udf.visits, blocks)) {
		fsi_free(mount);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	mount->udf.media = fsi_media_add_ref(media);
	mount->udf.block_size = block_size;
	mount->udf.block_count = blocks < UINT32_MAX ? (uint32_t)blocks : UINT32_MAX;
	*ret_mount = mount;
	return S_OK;
}

static void free_space(struct fsi_udf_space *space)
{
	fsi_vector_free(&space->spares);
	for (unsigned i = 0; i < FSI_UDF_COPIES; i++)
		fsi_import_udf_free_body(&space->files[i]);
}

void fsi_import_udf_free_spaces(struct fsi_udf *udf)
{
	for (size_t i = 0; i < udf->spaces.count; i++)
		free_space(&udf->spaces.items[i]);
	fsi_vector_free(&udf->spaces);
}

void fsi_import_udf_unmount(struct fsi_udf_mount *mount)
{
	if (mount == NULL)
		return;
	fsi_import_udf_free_spaces(&mount->udf);
	fsi_visits_free(&mount->udf.visits);
	fsi_media_release(mount->udf.media);
	fsi_free(mount);
}

static bool is_later(const struct fsi_disc_time *a, const struct fsi_disc_time *b)
{
	if (!a->is_known || !b->is_known)
		return a->is_known;
	if (a->time.tv_sec != b->time.tv_sec)
		return a->time.tv_sec > b->time.tv_sec;
	return a->time.tv_nsec > b->time.tv_nsec;
}

/* When the volume was last written to. */
static struct fsi_disc_time time_of(const struct fsi_udf_mount *mount)
{
	if (mount->has_integrity &&
	    is_later(&mount->integrity.recording_time, &mount->primary.recording_time))
		return mount->integrity.recording_time;
	return mount->primary.recording_time;
}

static bool is_newer(const struct fsi_udf_mount *mount, const struct fsi_udf_mount *other)
{
	const struct fsi_disc_time time = time_of(mount);
	const struct fsi_disc_time other_time = time_of(other);

	return is_later(&time, &other_time);
}

/*
 * A disc to which sessions were added has several anchors. The newest volume is
 * what it shows now; an anchor that leads nowhere is left over from something else.
 */
static HRESULT mount_newest(struct fsi_media *media, const struct fsi_udf_places *places,
			    struct fsi_udf_mount **ret_mount)
{
	struct fsi_udf_mount *newest = NULL;
	struct fsi_error_state error;
	HRESULT failure = S_OK;

	for (unsigned i = 0; i < places->count; i++) {
		struct fsi_udf_mount *mount = NULL;
		HRESULT hr = create_mount(media, places->block_size, &mount);

		if (SUCCEEDED(hr))
			hr = mount_place(mount, &places->items[i]);
		if (hr == E_OUTOFMEMORY) {
			fsi_import_udf_unmount(mount);
			fsi_import_udf_unmount(newest);
			return hr;
		}
		if (FAILED(hr) && SUCCEEDED(failure)) {
			fsi_error_save(&error);
			failure = hr;
		}
		if (SUCCEEDED(hr) && (newest == NULL || is_newer(mount, newest))) {
			fsi_import_udf_unmount(newest);
			newest = mount;
		} else {
			fsi_import_udf_unmount(mount);
		}
	}
	if (newest == NULL) {
		fsi_error_restore(&error);
		return failure;
	}
	newest->has_other_anchors = places->count > 1;
	*ret_mount = newest;
	return S_OK;
}

HRESULT fsi_import_udf_mount(struct fsi_media *media, uint32_t anchor_block,
			     struct fsi_udf_mount **ret_mount)
{
	struct fsi_udf_places places;

	FSI_TRY(fsi_import_udf_find_anchors(media, anchor_block, &places));
	return mount_newest(media, &places, ret_mount);
}
