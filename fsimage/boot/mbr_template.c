/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the boot loaders' records. */
#include "boot/mbr_template.h"

#include "error/fail.h"
#include "io/stream.h"

/* GRUB begins at its image's second sector; the first one is for a BIOS with a CD. */
#define GRUB_IMAGE_OFFSET 4u

/* What the code says to who looks at it. */
static const char isolinux_text[] = "isolinux.bin missing or corrupt";
static const char grub_text[] = "GRUB ";

/* GRUB's record for images has this number where the sector comes; others have code. */
#define GRUB_PLACEHOLDER 1u

static bool contains(const struct fsi_mbr_code *code, const char *text)
{
	const size_t length = strlen(text);

	for (size_t i = 0; i + length <= sizeof(code->instructions); i++) {
		if (memcmp(code->instructions + i, text, length) == 0)
			return true;
	}
	return false;
}

static HRESULT refuse(const char *why)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_INVALID_PARAM, "mbr_template"), "%s",
				why);
}

static HRESULT recognise(struct fsi_mbr_template *loader)
{
	const struct fsi_mbr_code *code = &loader->code;

	loader->loader = FSI_MBR_OTHER_LOADER;
	if (contains(code, isolinux_text))
		loader->loader = FSI_MBR_ISOLINUX;
	else if (contains(code, grub_text) &&
		 fsi_get_le64(&code->image_sector) == GRUB_PLACEHOLDER)
		loader->loader = FSI_MBR_GRUB;
	else if (contains(code, grub_text))
		return refuse("It is GRUB's record for disks; the one for images is "
			      "boot_hybrid.img.");
	return S_OK;
}

HRESULT fsi_mbr_template_read(fsi_stream *stream, struct fsi_mbr_template *ret_template)
{
	struct fsi_mbr_template loader = {0};
	uint8_t bytes[FSI_SECTOR_SIZE + 1];
	struct fsi_mbr_record record = {0};
	size_t length = 0;

	FSI_TRY(fsi_stream_read(stream, 0, bytes, sizeof(bytes), &length));
	if (length == 0)
		return refuse("It is empty.");
	if (length > sizeof(record))
		return refuse("It is longer than a sector of 512 bytes.");
	if (length > FSI_MBR_CODE_SIZE && length < sizeof(record))
		return refuse("It is neither code of up to 440 bytes nor a whole record "
			      "of 512.");
	memcpy(&record, bytes, length);
	if (length == sizeof(record) && !fsi_mbr_has_signature(&record))
		return refuse("It does not end with the bytes 55 AA.");
	loader.code = record.code;
	FSI_TRY(recognise(&loader));
	*ret_template = loader;
	return S_OK;
}

bool fsi_mbr_template_loads_image(const struct fsi_mbr_template *loader)
{
	return loader->loader == FSI_MBR_ISOLINUX || loader->loader == FSI_MBR_GRUB;
}

void fsi_mbr_template_put(const struct fsi_mbr_template *loader, uint32_t image_block,
			  struct fsi_mbr_record *ret_record)
{
	uint64_t sector = (uint64_t)image_block * FSI_SECTORS_PER_BLOCK;

	ret_record->code = loader->code;
	if (!fsi_mbr_template_loads_image(loader))
		return;
	if (loader->loader == FSI_MBR_GRUB)
		sector += GRUB_IMAGE_OFFSET;
	fsi_put_le64(&ret_record->code.image_sector, sector);
}
