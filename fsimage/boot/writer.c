/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the catalog and the boot images lie, and what fills their blocks. */
#include "boot/writer.h"

#include "base/checked.h"
#include "base/memory.h"
#include "boot/catalog.h"
#include "boot/stream.h"
#include "error/fail.h"
#include "io/stream.h"

#include <stdio.h>

/* Of one session that begins at block 0 (ECMA-119 6.7.1). */
#define VOLUME_BLOCK 16

struct boot;

/* A boot image, as the owner of its region. */
struct placed_image {
	const struct boot *boot;
	const struct fsi_boot_image *image;
	uint32_t block; /* of an image that is no file */
};

struct boot {
	struct fsi_format format; /* first: a struct fsi_format * points at it */
	struct fsi_boot_source source;
	uint32_t catalog_block; /* of a hidden catalog */
	struct placed_image images[];
};

static const struct boot *get_boot(const struct fsi_format *format)
{
	const void *object = format;

	return object;
}

static uint32_t block_of_data(const struct boot *boot, uint32_t data_number)
{
	return data_number != FSI_BOOT_NO_DATA
		       ? boot->source.layout->data_blocks[data_number]
		       : 0;
}

static uint32_t block_of_image(const struct placed_image *placed)
{
	return placed->image->stream != NULL
		       ? placed->block
		       : block_of_data(placed->boot, placed->image->data_number);
}

static uint32_t block_of_catalog(const struct boot *boot)
{
	return boot->source.catalog_file != NULL
		       ? block_of_data(boot, boot->source.catalog_data_number)
		       : boot->catalog_block;
}

/* A region of a file as its own functions know it. */
static struct fsi_region region_of_file(const struct boot *boot, const void *file)
{
	return (struct fsi_region){.ops = boot->source.file_ops, .owner = file};
}

static HRESULT describe_file(const struct boot *boot, const void *file,
			     char **ret_description)
{
	const struct fsi_region region = region_of_file(boot, file);

	return region.ops->describe(&region, ret_description);
}

static HRESULT hand_out(const char *text, char **ret_description)
{
	char *copy = fsi_duplicate_string(text);

	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_description = copy;
	return S_OK;
}

/* ---- images ------------------------------------------------------------ */

static HRESULT describe_image(const struct fsi_region *region, char **ret_description)
{
	const struct placed_image *placed = region->owner;
	char text[32];

	if (placed->image->file != NULL)
		return describe_file(placed->boot, placed->image->file, ret_description);
	snprintf(text, sizeof(text), "boot image %u",
		 (unsigned)(placed - placed->boot->images) + 1);
	return hand_out(text, ret_description);
}

/* The bytes as they were given. */
static HRESULT open_source(const struct placed_image *placed, fsi_stream **ret_stream)
{
	const struct fsi_region region =
		region_of_file(placed->boot, placed->image->file);

	if (placed->image->file != NULL)
		return region.ops->open(&region, ret_stream);
	*ret_stream = fsi_stream_add_ref(placed->image->stream);
	return S_OK;
}

/* And as they are recorded. */
static HRESULT open_image(const struct fsi_region *region, fsi_stream **ret_stream)
{
	const struct placed_image *placed = region->owner;
	const struct fsi_boot_info info = {
		.volume_block = VOLUME_BLOCK,
		.image_block = block_of_image(placed),
		.has_table = placed->image->has_info_table,
		.has_grub_list = placed->image->has_grub_list,
	};
	fsi_stream *source = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(open_source(placed, &source));
	hr = fsi_boot_stream_create(source, placed->image->size,
				    placed->image->file != NULL, &info, ret_stream);
	fsi_stream_release(source);
	return hr;
}

static const struct fsi_region_ops image_ops = {
	.describe = describe_image,
	.open = open_image,
};

/* ---- the catalog ------------------------------------------------------- */

/* The type of the first partition is told of hard disks only (El Torito 2.2). */
static HRESULT find_system_type(const struct placed_image *placed, uint8_t *ret_type)
{
	uint8_t sector[FSI_BOOT_SECTOR_SIZE] = {0};
	fsi_stream *stream = NULL;
	size_t got = 0;
	HRESULT hr = S_OK;

	if (placed->image->emulation != FSI_EMULATION_HARD_DISK ||
	    (placed->image->stream == NULL && placed->image->file == NULL))
		return S_OK;
	FSI_TRY(open_source(placed, &stream));
	hr = fsi_stream_read(stream, 0, sector, sizeof(sector), &got);
	fsi_stream_release(stream);
	if (placed->image->stream != NULL)
		hr = fsi_boot_stream_adopt(hr);
	if (SUCCEEDED(hr))
		*ret_type = fsi_boot_system_type((const uint8_t(*)[512]) & sector);
	return hr;
}

static HRESULT render_catalog(const struct fsi_region *region, uint32_t block,
			      uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct boot *boot = region->owner;
	struct fsi_boot_catalog_entry entries[FSI_BOOT_ENTRIES_MAX] = {0};

	(void)block;
	for (uint32_t i = 0; i < boot->source.count; i++) {
		const struct fsi_boot_image *image = &boot->source.images[i];
		struct fsi_boot_catalog_entry *entry = &entries[i];

		entry->platform = image->platform;
		entry->emulation = (uint8_t)image->emulation;
		entry->load_segment = image->load_segment;
		entry->sector_count = image->sector_count;
		entry->block = block_of_image(&boot->images[i]);
		memcpy(entry->identifier, image->identifier, sizeof(entry->identifier));
		FSI_TRY(find_system_type(&boot->images[i], &entry->system_type));
	}
	fsi_boot_put_catalog(entries, boot->source.count, ret_block);
	return S_OK;
}

static HRESULT describe_catalog(const struct fsi_region *region, char **ret_description)
{
	const struct boot *boot = region->owner;

	if (boot->source.catalog_file != NULL)
		return describe_file(boot, boot->source.catalog_file, ret_description);
	return hand_out("El Torito boot catalog", ret_description);
}

static const struct fsi_region_ops catalog_ops = {
	.describe = describe_catalog,
	.render = render_catalog,
};

void fsi_boot_render_record(const void *format, uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	fsi_boot_put_record(block_of_catalog(get_boot(format)), ret_block);
}

uint32_t fsi_boot_find(const struct fsi_boot_image *images, uint32_t count,
		       uint8_t platform)
{
	uint32_t number = 0;

	while (number < count && (images[number].platform != platform ||
				  images[number].emulation != FSI_EMULATION_NONE))
		number++;
	return number;
}

uint32_t fsi_boot_get_block(const struct fsi_format *format, uint32_t n)
{
	return block_of_image(&get_boot(format)->images[n]);
}

/* ---- placing ----------------------------------------------------------- */

/* The image before this one that has the same bytes; NULL: none. */
static const struct placed_image *find_same(const struct boot *boot, uint32_t n)
{
	const struct fsi_boot_image *image = boot->images[n].image;

	for (uint32_t i = 0; i < n; i++) {
		const struct fsi_boot_image *other = boot->images[i].image;

		if (other->stream == image->stream && other->size == image->size &&
		    other->has_info_table == image->has_info_table)
			return &boot->images[i];
	}
	return NULL;
}

static HRESULT place_image(struct boot *boot, uint32_t n, struct fsi_layout *layout)
{
	struct placed_image *placed = &boot->images[n];
	const struct placed_image *same = find_same(boot, n);

	if (same != NULL) {
		placed->block = same->block;
		return S_OK;
	}
	return fsi_layout_append(layout, &image_ops, placed,
				 fsi_blocks_of(placed->image->size), 1, &placed->block);
}

/* What no file system knows of stands in front of the partition of UDF. */
static HRESULT place(struct fsi_format *format, enum fsi_stage stage,
		     struct fsi_layout *layout)
{
	void *object = format;
	struct boot *boot = object;

	if (stage != FSI_STAGE_DIRECTORIES)
		return S_OK;
	if (boot->source.catalog_file == NULL)
		FSI_TRY(fsi_layout_append(layout, &catalog_ops, boot, 1, 1,
					  &boot->catalog_block));
	for (uint32_t i = 0; i < boot->source.count; i++) {
		if (boot->images[i].image->stream != NULL)
			FSI_TRY(place_image(boot, i, layout));
	}
	return S_OK;
}

/* The entry that tells what is changed in a file; of several, one with a table. */
static const struct placed_image *find_changed(const struct boot *boot,
					       uint32_t data_number)
{
	const struct placed_image *found = NULL;

	for (uint32_t i = 0; i < boot->source.count; i++) {
		const struct fsi_boot_image *image = boot->images[i].image;

		if (image->data_number != data_number)
			continue;
		if (image->has_info_table)
			return &boot->images[i];
		if (image->has_grub_list)
			found = &boot->images[i];
	}
	return found;
}

HRESULT fsi_boot_place_data(const struct fsi_format *format, uint32_t data_number,
			    struct fsi_layout *layout, uint32_t *ret_first_block)
{
	const struct boot *boot = get_boot(format);
	const struct placed_image *placed = NULL;

	if (boot->source.catalog_file != NULL &&
	    data_number == boot->source.catalog_data_number)
		return fsi_layout_append(layout, &catalog_ops, boot, 1, 1,
					 ret_first_block);
	placed = find_changed(boot, data_number);
	return placed != NULL ? fsi_layout_append(layout, &image_ops, placed,
						  fsi_blocks_of(placed->image->size), 1,
						  ret_first_block)
			      : S_FALSE;
}

static void destroy(struct fsi_format *format)
{
	fsi_free(format);
}

HRESULT fsi_boot_create(const struct fsi_boot_source *source,
			struct fsi_format **ret_format)
{
	static const struct fsi_format_ops ops = {
		.place = place,
		.destroy = destroy,
	};
	struct boot *boot = fsi_allocate_zeroed(
		1, sizeof(*boot) + source->count * sizeof(boot->images[0]));

	if (boot == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	boot->format.ops = &ops;
	boot->source = *source;
	for (uint32_t i = 0; i < source->count; i++)
		boot->images[i] =
			(struct placed_image){.boot = boot, .image = &source->images[i]};
	*ret_format = &boot->format;
	return S_OK;
}
