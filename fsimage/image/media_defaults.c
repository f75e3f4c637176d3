/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What suits a kind of disc: its file systems, its size. */
#include "image/image.h"

#define CD_FILE_SYSTEMS \
	((fsi_file_systems)FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET)

struct media_defaults {
	enum imapi_media_physical_type type;
	fsi_file_systems file_systems;
	uint32_t udf_revision; /* 0: stays what it is */
	int64_t blocks;
};

/* Kinds that can't be written are not here; but CD-ROM is, as programs ask for it. */
static const struct media_defaults defaults[] = {
	{IMAPI_MEDIA_TYPE_CDROM, CD_FILE_SYSTEMS, 0, 332800},
	{IMAPI_MEDIA_TYPE_CDR, CD_FILE_SYSTEMS, 0, 332800},
	{IMAPI_MEDIA_TYPE_CDRW, CD_FILE_SYSTEMS, 0, 332800},
	{IMAPI_MEDIA_TYPE_DVDRAM, FSI_FILE_SYSTEM_UDF, 0x102, 2236704},
	{IMAPI_MEDIA_TYPE_DVDPLUSR, FSI_FILE_SYSTEM_UDF, 0x102, 2295104},
	{IMAPI_MEDIA_TYPE_DVDPLUSRW, FSI_FILE_SYSTEM_UDF, 0x102, 2295104},
	{IMAPI_MEDIA_TYPE_DVDPLUSR_DUALLAYER, FSI_FILE_SYSTEM_UDF, 0x102, 4173824},
	{IMAPI_MEDIA_TYPE_DVDDASHR, FSI_FILE_SYSTEM_UDF, 0x102, 2297888},
	{IMAPI_MEDIA_TYPE_DVDDASHRW, FSI_FILE_SYSTEM_UDF, 0x102, 2297888},
	{IMAPI_MEDIA_TYPE_DVDDASHR_DUALLAYER, FSI_FILE_SYSTEM_UDF, 0x102, 4171712},
	{IMAPI_MEDIA_TYPE_DISK, FSI_FILE_SYSTEM_UDF, 0x102, INT32_MAX},
	{IMAPI_MEDIA_TYPE_DVDPLUSRW_DUALLAYER, FSI_FILE_SYSTEM_UDF, 0x102, 4173824},
	{IMAPI_MEDIA_TYPE_HDDVDR, FSI_FILE_SYSTEM_UDF, 0x250, 7324218},
	{IMAPI_MEDIA_TYPE_HDDVDRAM, FSI_FILE_SYSTEM_UDF, 0x250, 7324218},
	{IMAPI_MEDIA_TYPE_BDR, FSI_FILE_SYSTEM_UDF, 0x250, 12219392},
	{IMAPI_MEDIA_TYPE_BDRE, FSI_FILE_SYSTEM_UDF, 0x250, 11826176},
};

static const struct media_defaults *find_defaults(enum imapi_media_physical_type type)
{
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		if (defaults[i].type == type)
			return &defaults[i];
	}
	return NULL;
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

HRESULT fsi_image_choose_image_defaults_for_media_type(
	fsi_image *image, enum imapi_media_physical_type value)
{
	const struct media_defaults *found = find_defaults(value);
	struct media_defaults wanted;
	struct media_defaults before;
	int32_t limits_point = 0;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (found == NULL)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "value");
	before = (struct media_defaults){
		.file_systems = image->file_systems,
		.udf_revision = image->udf_revision,
		.blocks = image->free_media_blocks,
	};
	limits_point = image->limits_point;
	wanted = *found;
	if (wanted.udf_revision == 0)
		wanted.udf_revision = image->udf_revision;
	choose(image, &wanted);
	hr = check_content(image);
	if (SUCCEEDED(hr))
		return fsi_image_note_content(image);
	choose(image, &before);
	image->limits_point = limits_point;
	return hr;
}
