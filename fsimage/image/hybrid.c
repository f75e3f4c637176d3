/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that are disks too: the API over fsimage/boot/hybrid.h. */
#include "image/image.h"

#define TABLES ((uint32_t)FSI_PARTITION_TABLE_MBR | FSI_PARTITION_TABLE_GPT)

static HRESULT read_options(const struct fsi_hybrid_options *options,
			    struct fsi_hybrid *ret_hybrid)
{
	if (options->size != sizeof(*options))
		return FSI_FAIL(E_INVALIDARG);
	if (options->tables == FSI_PARTITION_TABLE_NONE ||
	    (options->tables & ~TABLES) != 0)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "options");
	ret_hybrid->tables = options->tables;
	ret_hybrid->partition_type = options->partition_type;
	return options->mbr_template != NULL
		       ? fsi_mbr_template_read(options->mbr_template, &ret_hybrid->loader)
		       : S_OK;
}

HRESULT fsi_image_put_hybrid_boot(fsi_image *image,
				  const struct fsi_hybrid_options *options)
{
	struct fsi_hybrid hybrid = {0};

	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (options != NULL) {
		FSI_TRY(fsi_image_check_first_session(image));
		FSI_TRY(read_options(options, &hybrid));
	}
	image->hybrid = hybrid;
	fsi_image_refresh_limits(image);
	return S_OK;
}

HRESULT fsi_image_get_hybrid_boot(fsi_image *image, uint32_t *ret_tables)
{
	fsi_error_clear();
	if (image == NULL || ret_tables == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_tables = image->hybrid.tables;
	return S_OK;
}
