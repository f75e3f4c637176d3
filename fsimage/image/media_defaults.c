/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What suits a kind of disc: its file systems, its size. */
#include "image/image.h"
#include "import/earlier.h"
#include "import/file_systems.h"
#include "media/profiles.h"

#define CD_FILE_SYSTEMS \
	((fsi_file_systems)FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET)

struct media_defaults {
	fsi_file_systems file_systems;
	uint32_t udf_revision; /* 0: stays what it is */
	int64_t blocks;
};

/* Kinds that can't be written are of no use; but CD-ROM is, as programs ask for it. */
static bool find_defaults(enum imapi_media_physical_type type,
			  struct media_defaults *ret_found)
{
	*ret_found = (struct media_defaults){
		.file_systems = FSI_FILE_SYSTEM_UDF,
		.udf_revision = 0x102,
		.blocks = fsi_media_type_blocks(type),
	};
	switch ((int)type) {
	case IMAPI_MEDIA_TYPE_CDROM:
	case IMAPI_MEDIA_TYPE_CDR:
	case IMAPI_MEDIA_TYPE_CDRW:
		ret_found->file_systems = CD_FILE_SYSTEMS;
		ret_found->udf_revision = 0;
		break;
	case IMAPI_MEDIA_TYPE_HDDVDR:
	case IMAPI_MEDIA_TYPE_HDDVDRAM:
	case IMAPI_MEDIA_TYPE_BDR:
	case IMAPI_MEDIA_TYPE_BDRE:
		ret_found->udf_revision = 0x250;
		break;
	default:
		break;
	}
	return ret_found->blocks > 0;
}

static void choose(fsi_image *image, const struct media_defaults *wanted)
{
	image->file_systems = wanted->file_systems;
	image->udf_revision = wanted->udf_revision;
	image->free_media_blocks = wanted->blocks;
	fsi_image_refresh_limits(image);
}

/* Whether what the image holds is within the limits of what was just chosen. */
static HRESULT check_content(fsi_image *image)
{
	uint32_t blocks = 0;

	FSI_TRY(fsi_tree_check_limits(&image->tree, &image->tree.limits));
	FSI_TRY(fsi_image_measure(image, &blocks));
	if (blocks <= image->free_media_blocks)
		return S_OK;
	return fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
				"It needs %u blocks, the disc has %lld.", blocks,
				(long long)image->free_media_blocks);
}

/* All of it, or nothing. */
static HRESULT apply(fsi_image *image, const struct media_defaults *wanted)
{
	const struct media_defaults before = {
		.file_systems = image->file_systems,
		.udf_revision = image->udf_revision,
		.blocks = image->free_media_blocks,
	};
	const int32_t limits_point = image->limits_point;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_image_check_continued(image, wanted->file_systems));
	if ((wanted->file_systems & FSI_FILE_SYSTEM_UDF) != 0)
		FSI_TRY(fsi_image_check_continued_revision(image, wanted->udf_revision));
	choose(image, wanted);
	hr = check_content(image);
	if (SUCCEEDED(hr))
		return fsi_image_note_content(image);
	choose(image, &before);
	image->limits_point = limits_point;
	return hr;
}

HRESULT fsi_image_choose_image_defaults_for_media_type(
	fsi_image *image, enum imapi_media_physical_type value)
{
	struct media_defaults wanted;

	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (!find_defaults(value, &wanted))
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "value");
	if (wanted.udf_revision == 0)
		wanted.udf_revision = image->udf_revision;
	return apply(image, &wanted);
}

/* ---- the disc that is in a drive --------------------------------------- */

/* What suits discs of the kind that is in, without looking at what is on it. */
static HRESULT find_kind(const fsi_image *image, fsi_multisession *multisession,
			 struct media_defaults *ret_wanted)
{
	struct media_defaults found;
	int32_t type = 0;
	int32_t is_supported = 0;

	FSI_TRY(fsi_multisession_value(multisession, FSI_MULTISESSION_MEDIA_TYPE, &type));
	FSI_TRY(fsi_multisession_value(multisession, FSI_MULTISESSION_IS_SUPPORTED,
				       &is_supported));
	if (!find_defaults((enum imapi_media_physical_type)type, &found) ||
	    is_supported != 1)
		return FSI_FAIL(E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE);
	if (found.udf_revision == 0)
		found.udf_revision = image->udf_revision;
	*ret_wanted = found;
	return S_OK;
}

/* A session goes on in the revision that the disc has. */
static HRESULT take_revision(struct fsi_media *media, struct media_defaults *wanted)
{
	const struct fsi_import_hints hints = {.anchor_block = 0};
	fsi_disc_view *view = NULL;
	bool is_known = false;

	FSI_TRY(fsi_import_open(media, &hints, FSI_FILE_SYSTEM_UDF, &view));
	wanted->udf_revision = view->volume.revision;
	is_known = fsi_image_knows_udf_revision(view->volume.revision);
	fsi_disc_view_release(view);
	return is_known ? S_OK : FSI_FAIL(IMAPI_E_UDF_NOT_WRITE_COMPATIBLE);
}

/* What is on the disc has a say in what may follow. */
static HRESULT take_session(const struct fsi_image_disc *disc,
			    struct media_defaults *wanted)
{
	if (disc->is_blank)
		return S_OK;
	if (disc->file_systems == FSI_FILE_SYSTEM_NONE)
		return FSI_FAIL(IMAPI_E_NO_SUPPORTED_FILE_SYSTEM);
	wanted->file_systems = disc->file_systems;
	if ((disc->file_systems & FSI_FILE_SYSTEM_JOLIET) != 0)
		wanted->file_systems |= FSI_FILE_SYSTEM_ISO9660;
	if ((disc->file_systems & FSI_FILE_SYSTEM_UDF) == 0)
		return S_OK;
	return take_revision(disc->media, wanted);
}

/* How many blocks there are behind what is recorded. */
static HRESULT count_free(const struct fsi_image_disc *disc, int64_t *ret_blocks)
{
	const struct fsi_multisession_state *state = &disc->state;
	uint32_t used = state->end_block;

	if (state->kind == FSI_MULTISESSION_SEQUENTIAL)
		used = state->next_block;
	else if (disc->is_blank)
		used = 0;
	else if (!state->has_end)
		FSI_TRY(fsi_import_find_end(disc->media, &used));
	/* 0 would be no limit. */
	if (used >= state->capacity_blocks)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
					"The disc is full.");
	*ret_blocks = state->capacity_blocks - used;
	return S_OK;
}

HRESULT fsi_image_choose_image_defaults(fsi_image *image, fsi_multisession *multisession)
{
	struct media_defaults wanted = {.blocks = 0};
	struct fsi_image_disc disc;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (image == NULL || multisession == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	FSI_TRY(find_kind(image, multisession, &wanted));
	FSI_TRY(fsi_image_open_disc(multisession, &disc));
	hr = take_session(&disc, &wanted);
	if (SUCCEEDED(hr))
		hr = count_free(&disc, &wanted.blocks);
	fsi_image_close_disc(&disc);
	if (FAILED(hr))
		return hr;
	fsi_error_clear();
	return apply(image, &wanted);
}

HRESULT fsi_image_set_max_media_blocks_from_device(fsi_image *image,
						   fsi_multisession *multisession)
{
	int32_t blocks = 0;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (image == NULL || multisession == NULL)
		return FSI_FAIL(E_POINTER);
	hr = fsi_multisession_value(multisession, FSI_MULTISESSION_LARGEST_MEDIA,
				    &blocks);
	if (hr == E_OUTOFMEMORY)
		return hr;
	if (hr == E_NOTIMPL)
		fsi_error_clear();
	else if (FAILED(hr) || blocks < 0)
		return FSI_FAIL(IMAPI_E_FSI_INTERNAL_ERROR,
				"the drive does not tell what it can write");
	return fsi_image_limit_blocks(image, blocks);
}
