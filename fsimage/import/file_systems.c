/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file systems a disc has, by its volume recognition sequence. */
#include "import/file_systems.h"

#include "error/fail.h"
#include "import/iso_view.h"
#include "import/udf_view.h"

static fsi_file_systems recognise_block(const uint8_t *block)
{
	const enum fsi_udf_recognition found = fsi_udf_get_recognition(block);

	if (found == FSI_UDF_RECOGNISED_UDF)
		return FSI_FILE_SYSTEM_UDF;
	if (found != FSI_UDF_RECOGNISED_ISO9660)
		return FSI_FILE_SYSTEM_NONE;
	if (block[0] == FSI_ISO9660_PRIMARY)
		return FSI_FILE_SYSTEM_ISO9660;
	return fsi_iso9660_joliet_level(block) > 0 ? FSI_FILE_SYSTEM_JOLIET
						   : FSI_FILE_SYSTEM_NONE;
}

HRESULT fsi_import_recognise_sequence(struct fsi_media *media, uint32_t session_block,
				      uint32_t distance, fsi_file_systems *file_systems)
{
	uint64_t offset =
		(uint64_t)session_block * FSI_BLOCK_SIZE + FSI_IMPORT_RECOGNITION_OFFSET;

	for (unsigned n = 0; n < FSI_IMPORT_RECOGNITION_BLOCKS_MAX; n++) {
		uint8_t block[FSI_BLOCK_SIZE];

		FSI_TRY(fsi_media_read(media, offset, block, sizeof(block)));
		if (fsi_udf_get_recognition(block) == FSI_UDF_RECOGNISED_NOTHING)
			break;
		*file_systems |= recognise_block(block);
		offset += distance;
	}
	return S_OK;
}

/* Where recognition can't be read, an anchor tells that there is UDF. */
static HRESULT recognise_anchor(struct fsi_media *media, fsi_file_systems *file_systems)
{
	struct fsi_udf_places places;
	const HRESULT hr = fsi_import_udf_find_anchors(media, 0, &places);

	if (hr == E_OUTOFMEMORY)
		return hr;
	if (SUCCEEDED(hr))
		*file_systems |= FSI_FILE_SYSTEM_UDF;
	return S_OK;
}

/* What can't be read may hold anything: not that there is nothing, but why is told. */
static HRESULT recognise_unreadable(struct fsi_media *media, HRESULT reason,
				    fsi_file_systems *file_systems)
{
	struct fsi_error_state error;

	fsi_error_save(&error);
	FSI_TRY(recognise_anchor(media, file_systems));
	if (*file_systems != FSI_FILE_SYSTEM_NONE)
		return S_OK;
	fsi_error_restore(&error);
	return reason;
}

HRESULT fsi_import_recognise(struct fsi_media *media,
			     const struct fsi_import_hints *hints,
			     fsi_file_systems *ret_file_systems)
{
	fsi_file_systems file_systems = FSI_FILE_SYSTEM_NONE;
	HRESULT hr = S_OK;

	if (hints->anchor_block != 0)
		file_systems = FSI_FILE_SYSTEM_UDF;
	for (uint32_t distance = FSI_BLOCK_SIZE; distance <= FSI_UDF_BLOCK_SIZE_MAX;
	     distance *= 2) {
		hr = fsi_import_recognise_sequence(media, fsi_media_session_block(media),
						   distance, &file_systems);
		if (FAILED(hr) || (file_systems & FSI_FILE_SYSTEM_UDF) != 0)
			break;
	}
	if (hr == E_OUTOFMEMORY)
		return hr;
	if (hr == IMAPI_E_IMPORT_READ_FAILURE)
		FSI_TRY(recognise_unreadable(media, hr, &file_systems));
	*ret_file_systems = file_systems;
	return S_OK;
}

static HRESULT open_udf(struct fsi_media *media, const struct fsi_import_hints *hints,
			fsi_disc_view **ret_view)
{
	return fsi_import_open_udf(media, hints->anchor_block, ret_view);
}

static HRESULT open_iso9660(struct fsi_media *media, const struct fsi_import_hints *hints,
			    fsi_disc_view **ret_view)
{
	(void)hints;
	return fsi_import_open_iso9660(media, ret_view);
}

static HRESULT open_joliet(struct fsi_media *media, const struct fsi_import_hints *hints,
			   fsi_disc_view **ret_view)
{
	(void)hints;
	return fsi_import_open_joliet(media, ret_view);
}

/* A file system that can be recognised. */
struct known {
	enum fsi_file_system file_system;
	const char *name;
	HRESULT(*open)
	(struct fsi_media *media, const struct fsi_import_hints *hints,
	 fsi_disc_view **ret_view);
};

static const struct known *find_known(enum fsi_file_system file_system)
{
	static const struct known table[] = {
		{FSI_FILE_SYSTEM_ISO9660, "ISO9660", open_iso9660},
		{FSI_FILE_SYSTEM_JOLIET, "Joliet", open_joliet},
		{FSI_FILE_SYSTEM_UDF, "UDF", open_udf},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].file_system == file_system)
			return &table[i];
	}
	return NULL;
}

const char *fsi_import_name(enum fsi_file_system file_system)
{
	const struct known *known = find_known(file_system);

	return known != NULL ? known->name : NULL;
}

HRESULT fsi_import_open(struct fsi_media *media, const struct fsi_import_hints *hints,
			enum fsi_file_system file_system, fsi_disc_view **ret_view)
{
	const struct known *known = find_known(file_system);

	return known->open(media, hints, ret_view);
}
