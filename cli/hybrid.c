/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a disk of an image. */

#include "cli/hybrid.h"

#include "cli/message.h"

#include <fsimage/fsimage.h>

#include <string.h>

const char *hybrid_take_tables(struct hybrid_choice *choice, const char *value)
{
	if (value == NULL || strcmp(value, "both") == 0)
		choice->tables = FSI_PARTITION_TABLE_MBR | FSI_PARTITION_TABLE_GPT;
	else if (strcmp(value, "mbr") == 0)
		choice->tables = FSI_PARTITION_TABLE_MBR;
	else if (strcmp(value, "gpt") == 0)
		choice->tables = FSI_PARTITION_TABLE_GPT;
	else
		return "must be mbr, gpt or both";
	return NULL;
}

const char *hybrid_take_template(struct hybrid_choice *choice, const char *value)
{
	choice->mbr_template = value;
	return value[0] != '\0' ? NULL : "must name a file";
}

int hybrid_check(const struct hybrid_choice *choice, const char *command)
{
	if (choice->mbr_template != NULL && choice->tables == FSI_PARTITION_TABLE_NONE)
		return message_usage(command, "option '--mbr-template' needs '--hybrid'");
	return STATUS_DONE;
}

HRESULT hybrid_put(const struct hybrid_choice *choice, fsi_image *image)
{
	struct fsi_hybrid_options options = {.size = sizeof(options),
					     .tables = choice->tables};
	HRESULT hr = S_OK;

	if (choice->tables == FSI_PARTITION_TABLE_NONE)
		return S_OK;
	if (choice->mbr_template != NULL)
		hr = fsi_stream_create_on_file(choice->mbr_template,
					       &options.mbr_template);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_hybrid_boot(image, &options);
	fsi_stream_release(options.mbr_template);
	return hr;
}

const char *hybrid_hint(HRESULT code)
{
	if (code == IMAPI_E_INVALID_PARAM)
		return "--mbr-template takes isohdpfx.bin of ISOLINUX, boot_hybrid.img "
		       "of "
		       "GRUB, "
		       "or code of your own";
	return NULL;
}
