/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries of an image (put_BootImageOptions and its array). */
#include "image/boot.h"

#include "base/memory.h"
#include "boot/options.h"
#include "boot/stream.h"
#include "error/fail.h"
#include "image/image.h"
#include "io/stream.h"
#include "tree/change.h"
#include "tree/data.h"
#include "tree/path.h"

/* ---- the entries ------------------------------------------------------- */

static void release_all(fsi_boot_options **options, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		fsi_boot_options_release(options[i]);
	fsi_free(options);
}

static void clear_images(struct fsi_image_boot *boot)
{
	for (uint32_t i = 0; i < boot->image_count; i++)
		fsi_stream_release(boot->images[i].stream);
	fsi_free(boot->images);
	boot->images = NULL;
	boot->image_count = 0;
}

void fsi_image_clear_boot(struct fsi_image_boot *boot)
{
	clear_images(boot);
	release_all(boot->options, boot->count);
	fsi_vector_free(&boot->catalogs);
}

/* Take over an array of options with its references. */
static void replace_all(fsi_image *image, fsi_boot_options **options, uint32_t count)
{
	release_all(image->boot.options, image->boot.count);
	image->boot.options = options;
	image->boot.count = count;
	fsi_image_refresh_limits(image);
	fsi_error_clear(); /* what streams met on the way */
}

HRESULT fsi_image_check_first_session(const fsi_image *image)
{
	if (image->session_start_block != 0 || image->continued != NULL)
		return FSI_FAIL(IMAPI_E_BOOT_OBJECT_CONFLICT);
	return S_OK;
}

static HRESULT check_has_image(const fsi_boot_options *options)
{
	if (options->stream == NULL && options->file == NULL)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_BOOT_IMAGE_DATA),
					"No image was assigned.");
	return S_OK;
}

HRESULT fsi_image_put_boot_image_options(fsi_image *image, fsi_boot_options *new_val)
{
	fsi_boot_options **options = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (new_val == NULL) {
		replace_all(image, NULL, 0);
		return S_OK;
	}
	FSI_TRY(fsi_image_check_first_session(image));
	FSI_TRY(check_has_image(new_val));
	options = fsi_allocate_zeroed(1, sizeof(options[0]));
	if (options == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = fsi_image_copy_boot_options(image, new_val, &options[0]);
	if (FAILED(hr))
		fsi_free(options);
	else
		replace_all(image, options, 1);
	return hr;
}

HRESULT fsi_image_get_boot_image_options(fsi_image *image, fsi_boot_options **ret_val)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = image->boot.count > 0
			   ? fsi_boot_options_add_ref(image->boot.options[0])
			   : NULL;
	return S_OK;
}

HRESULT fsi_image_put_boot_image_options_array(fsi_image *image,
					       fsi_boot_options *const *new_val,
					       size_t count)
{
	fsi_boot_options **options = NULL;

	fsi_error_clear();
	if (image == NULL || new_val == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (count > FSI_BOOT_ENTRIES_MAX)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	if (count > 0)
		FSI_TRY(fsi_image_check_first_session(image));
	for (size_t i = 0; i < count; i++) {
		if (new_val[i] == NULL)
			return FSI_FAIL(E_POINTER);
		FSI_TRY(check_has_image(new_val[i]));
	}
	options = fsi_allocate_zeroed(count, sizeof(options[0]));
	if (options == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (size_t i = 0; i < count; i++)
		options[i] = fsi_boot_options_add_ref(new_val[i]);
	replace_all(image, options, (uint32_t)count);
	return S_OK;
}

HRESULT fsi_image_get_boot_image_options_array(fsi_image *image,
					       fsi_boot_options ***ret_val,
					       size_t *ret_count)
{
	fsi_boot_options **options = NULL;

	fsi_error_clear();
	if (image == NULL || ret_val == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	options = fsi_allocate_zeroed(image->boot.count, sizeof(options[0]));
	if (options == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t i = 0; i < image->boot.count; i++)
		options[i] = fsi_boot_options_add_ref(image->boot.options[i]);
	*ret_val = options;
	*ret_count = image->boot.count;
	return S_OK;
}

uint64_t fsi_image_count_boot_changes(const struct fsi_image_boot *boot)
{
	uint64_t changes = 0;

	for (uint32_t i = 0; i < boot->count; i++)
		changes += boot->options[i]->changes;
	return changes;
}

/* ---- the catalog ------------------------------------------------------- */

/* A path that begins at the root. */
static HRESULT check_full_path(const fsi_image *image, const char *path)
{
	if (path[0] != '/' && (path[0] != '\\' || image->tree.rules.any_character))
		return FSI_FAIL(IMAPI_E_INVALID_PATH, path);
	return S_OK;
}

static struct fsi_node *catalog_in_image(const fsi_image *image)
{
	for (size_t i = image->boot.catalogs.count; i-- > 0;) {
		struct fsi_node *catalog = image->boot.catalogs.items[i];

		if (fsi_node_is_in_image(catalog))
			return catalog;
	}
	return NULL;
}

HRESULT fsi_image_get_boot_catalog_path(fsi_image *image, char **ret_path)
{
	const struct fsi_node *catalog = NULL;
	char *path = NULL;

	fsi_error_clear();
	if (image == NULL || ret_path == NULL)
		return FSI_FAIL(E_POINTER);
	catalog = catalog_in_image(image);
	if (catalog == NULL)
		return fsi_hand_out_text("", ret_path);
	path = fsi_path_of_node(catalog);
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_path = path;
	return S_OK;
}

/* A file as long as a catalog; what is in it is made when it is laid out. */
static HRESULT add_catalog(fsi_image *image, const char *path)
{
	static const uint8_t zeros[FSI_BLOCK_SIZE];
	struct fsi_tree *tree = &image->tree;
	struct fsi_path_end end;
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	if (!fsi_vector_reserve(&image->boot.catalogs, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = fsi_stream_make_on_memory(zeros, sizeof(zeros), &stream);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_file((fsi_directory *)(void *)&tree->root, path,
					    stream);
	fsi_stream_release(stream);
	if (SUCCEEDED(hr))
		hr = fsi_path_resolve(tree, &tree->root, path, "new_val", &end);
	if (SUCCEEDED(hr))
		image->boot.catalogs.items[image->boot.catalogs.count++] =
			fsi_path_find(tree, &end);
	return hr;
}

HRESULT fsi_image_put_boot_catalog_path(fsi_image *image, const char *new_val)
{
	struct fsi_node *old_catalog = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (image == NULL || new_val == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_check_writable(image));
	if (new_val[0] != '\0')
		FSI_TRY(check_full_path(image, new_val));
	old_catalog = catalog_in_image(image);
	if (old_catalog != NULL) {
		FSI_TRY(fsi_change_reserve(&image->tree, 1));
		fsi_tree_remove(&image->tree, old_catalog);
	}
	if (new_val[0] != '\0')
		hr = add_catalog(image, new_val);
	/* Adding the file has finished both changes, unless it failed. */
	if (FAILED(hr) || new_val[0] == '\0')
		hr = fsi_image_finish_changes(image, hr);
	return hr;
}

/* ---- looking at the entries -------------------------------------------- */

/* The file of the tree that is to be booted. The codes of a path that is wrong. */
static HRESULT find_file(const fsi_image *image, const char *path,
			 struct fsi_node **ret_node)
{
	struct fsi_tree *tree = fsi_node_tree(&image->tree.root);
	struct fsi_path_end end;
	struct fsi_node *node = NULL;

	FSI_TRY(check_full_path(image, path));
	FSI_TRY(fsi_path_resolve(tree, &tree->root, path, "full_path", &end));
	node = fsi_path_find(tree, &end);
	if (node == NULL)
		return FSI_FAIL(IMAPI_E_ITEM_NOT_FOUND, path);
	if (node->kind != FSI_NODE_FILE)
		return FSI_FAIL(IMAPI_E_NOT_FILE, path);
	*ret_node = node;
	return S_OK;
}

static HRESULT refuse_size(uint64_t size, const char *why)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_BOOT_IMAGE_DATA), "It has %llu bytes%s.",
				(unsigned long long)size, why);
}

/* How many bytes there are now. */
static HRESULT measure_entry(const fsi_image *image, const fsi_boot_options *options,
			     uint64_t *ret_size)
{
	struct fsi_node *node = NULL;

	FSI_TRY(check_has_image(options));
	if (options->stream != NULL) {
		FSI_TRY(fsi_boot_stream_adopt(
			fsi_stream_measure(options->stream, ret_size)));
		return *ret_size != options->size
			       ? refuse_size(*ret_size,
					     ", other than when it was assigned")
			       : S_OK;
	}
	FSI_TRY(find_file(image, options->file, &node));
	*ret_size = fsi_node_size(node);
	return *ret_size == 0 || *ret_size > FSI_BOOT_IMAGE_MAX_SIZE
		       ? refuse_size(*ret_size, "")
		       : S_OK;
}

static HRESULT check_entry(const fsi_image *image, const fsi_boot_options *options)
{
	uint64_t size = 0;

	FSI_TRY(measure_entry(image, options, &size));
	FSI_TRY(fsi_boot_check_emulation(options->emulation, size));
	if (options->has_info_table &&
	    (size < FSI_BOOT_INFO_TABLE_END || size > UINT32_MAX))
		return refuse_size(size, ", which a boot information table does not fit");
	return S_OK;
}

/* The code of an MBR loads the first image for a BIOS that is started as it is. */
static HRESULT check_loader(const fsi_image *image)
{
	const struct fsi_image_boot *boot = &image->boot;

	for (uint32_t i = 0; i < boot->count; i++) {
		const fsi_boot_options *options = boot->options[i];
		uint64_t size = 0;

		if (options->platform != FSI_PLATFORM_X86 ||
		    options->emulation != FSI_EMULATION_NONE)
			continue;
		FSI_TRY(measure_entry(image, options, &size));
		return image->hybrid.loader.loader == FSI_MBR_GRUB &&
				       size < FSI_BOOT_GRUB_LIST_END
			       ? refuse_size(size, ", too few for an image of GRUB")
			       : S_OK;
	}
	return fsi_error_detail(FSI_FAIL(IMAPI_E_BOOT_IMAGE_DATA),
				"The code of the MBR loads the boot image for a BIOS "
				"without emulation, and there is none.");
}

HRESULT fsi_image_check_boot(fsi_image *image)
{
	/* Another result goes by what the options were when the first was made. */
	if (atomic_load_explicit(&image->results, memory_order_acquire) > 0)
		return S_OK;
	/* They may have been there before the session was moved. */
	if (image->boot.count > 0 || image->hybrid.tables != FSI_PARTITION_TABLE_NONE)
		FSI_TRY(fsi_image_check_first_session(image));
	for (uint32_t i = 0; i < image->boot.count; i++) {
		const HRESULT hr = check_entry(image, image->boot.options[i]);

		if (FAILED(hr))
			return fsi_error_detail(hr, "This is boot entry %u.", i + 1);
	}
	return fsi_mbr_template_loads_image(&image->hybrid.loader) ? check_loader(image)
								   : S_OK;
}

static void mark(struct fsi_image_boot *boot, struct fsi_data *data)
{
	if (data->needs_blocks)
		return;
	data->needs_blocks = true;
	boot->marked[boot->marked_count++] = data;
}

static HRESULT resolve_entry(fsi_image *image, const fsi_boot_options *options,
			     struct fsi_boot_image *entry)
{
	struct fsi_node *node = NULL;

	*entry = (struct fsi_boot_image){
		.platform = options->platform,
		.emulation = options->emulation,
		.load_segment = options->load_segment,
		.has_info_table = options->has_info_table,
		.size = options->size,
		.stream = fsi_stream_add_ref(options->stream),
		.data_number = FSI_BOOT_NO_DATA,
	};
	memcpy(entry->identifier, options->identifier, sizeof(entry->identifier));
	if (options->file != NULL) {
		const HRESULT hr = find_file(image, options->file, &node);

		if (hr == E_OUTOFMEMORY)
			return hr;
		/* What is missing yet may come; a result is not made without it. */
		fsi_error_clear();
		if (SUCCEEDED(hr) && fsi_node_size(node) > 0) {
			entry->file = node->content.data;
			entry->size = node->content.data->size;
			entry->data_number = node->content.data->number;
			mark(&image->boot, node->content.data);
		}
	}
	entry->sector_count =
		options->sector_count != FSI_BOOT_SECTOR_COUNT_AUTO
			? (uint16_t)options->sector_count
			: fsi_boot_default_sector_count(options->platform,
							options->emulation, entry->size);
	return S_OK;
}

static void forget_resolved(struct fsi_image_boot *boot)
{
	for (uint32_t i = 0; i < boot->marked_count; i++)
		boot->marked[i]->needs_blocks = false;
	boot->marked_count = 0;
	clear_images(boot);
}

/* The image that its record loads, and all entries that share its bytes. */
static void tell_grub(struct fsi_image_boot *boot)
{
	const uint32_t number =
		fsi_boot_find(boot->images, boot->count, FSI_PLATFORM_X86);
	const struct fsi_boot_image *loaded = &boot->images[number];

	if (number == boot->count)
		return;
	for (uint32_t i = 0; i < boot->count; i++) {
		struct fsi_boot_image *entry = &boot->images[i];

		entry->has_grub_list = entry->stream == loaded->stream &&
				       entry->data_number == loaded->data_number;
	}
}

HRESULT fsi_image_resolve_boot(fsi_image *image)
{
	struct fsi_image_boot *boot = &image->boot;
	struct fsi_node *catalog = catalog_in_image(image);

	if (atomic_load_explicit(&image->results, memory_order_acquire) > 0)
		return S_OK;
	forget_resolved(boot);
	if (boot->count == 0)
		return S_OK;
	boot->images = fsi_allocate_zeroed(boot->count, sizeof(boot->images[0]));
	if (boot->images == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	boot->image_count = boot->count;
	for (uint32_t i = 0; i < boot->count; i++)
		FSI_TRY(resolve_entry(image, boot->options[i], &boot->images[i]));
	if (image->hybrid.loader.loader == FSI_MBR_GRUB)
		tell_grub(boot);
	if (catalog != NULL)
		mark(boot, catalog->content.data);
	return S_OK;
}

HRESULT fsi_image_create_boot(const fsi_image *image,
			      const struct fsi_region_ops *file_ops,
			      const struct fsi_layout *layout,
			      struct fsi_format **ret_format)
{
	const struct fsi_node *catalog = catalog_in_image(image);
	const struct fsi_boot_source source = {
		.images = image->boot.images,
		.count = image->boot.image_count,
		.layout = layout,
		.file_ops = file_ops,
		.catalog_file = catalog != NULL ? catalog->content.data : NULL,
		.catalog_data_number = catalog != NULL ? catalog->content.data->number
						       : FSI_BOOT_NO_DATA,
	};

	return source.count > 0 ? fsi_boot_create(&source, ret_format) : S_OK;
}
