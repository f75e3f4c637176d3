/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image object: life, contents, what it makes. */
#include "image/image.h"

#include "base/checked.h"
#include "base/memory.h"
#include "base/text.h"
#include "image/tally.h"
#include "tree/change.h"
#include "tree/data.h"
#include "tree/path.h"

#include <fsimage/fsimage.h>

#include <string.h>

/* A CD of 74 minutes (imapi2fs: the default of FreeMediaBlocks). */
#define DEFAULT_FREE_MEDIA_BLOCKS 332800

const char *fsi_get_version(void)
{
	return PACKAGE_VERSION;
}

/* ---- life -------------------------------------------------------------- */

static void destroy_image(fsi_image *image)
{
	fsi_image_clear_boot(&image->boot);
	fsi_image_clear_multisession(&image->multisession);
	fsi_tally_drop(image);
	fsi_naming_destroy(image->naming);
	fsi_tree_destroy(&image->tree);
	fsi_free(image->volume_name);
	fsi_free(image->continued);
	fsi_free(image->imported_volume_name);
	fsi_free(image);
}

/* ISO 9660 has one byte for the years since 1900 (ECMA-119 9.1.5). */
static HRESULT check_recording_time(const struct timespec *time, fsi_ticks *ret_ticks)
{
	struct fsi_date date;
	fsi_ticks ticks = 0;

	if (!fsi_ticks_from_timespec(time, &ticks))
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "recording_time");
	fsi_ticks_to_date(ticks, &date);
	if (date.year < 1900 || date.year > 2155)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "recording_time");
	*ret_ticks = ticks;
	return S_OK;
}

HRESULT fsi_image_create(const struct timespec *recording_time, fsi_image **ret_image)
{
	fsi_image *image = NULL;
	fsi_ticks ticks = 0;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (recording_time == NULL || ret_image == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(check_recording_time(recording_time, &ticks));
	image = fsi_allocate_zeroed(1, sizeof(*image));
	if (image == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&image->references, 1);
	atomic_init(&image->results, 0);
	hr = fsi_tree_init(&image->tree, ticks);
	image->volume_name = fsi_duplicate_string("");
	if (SUCCEEDED(hr) && image->volume_name == NULL)
		hr = FSI_FAIL(E_OUTOFMEMORY);
	if (SUCCEEDED(hr))
		hr = fsi_stash_create("/tmp", &image->tree.stash);
	if (FAILED(hr)) {
		destroy_image(image);
		return hr;
	}
	image->file_systems = FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET;
	image->iso_level = 2;
	image->udf_revision = 0x102;
	image->redundant_metadata = true;
	image->free_media_blocks = DEFAULT_FREE_MEDIA_BLOCKS;
	fsi_image_refresh_limits(image);
	*ret_image = image;
	return S_OK;
}

fsi_image *fsi_image_add_ref(fsi_image *image)
{
	if (image != NULL)
		atomic_fetch_add_explicit(&image->references, 1, memory_order_relaxed);
	return image;
}

void fsi_image_release(fsi_image *image)
{
	if (image != NULL &&
	    atomic_fetch_sub_explicit(&image->references, 1, memory_order_acq_rel) == 1)
		destroy_image(image);
}

/* ---- state ------------------------------------------------------------- */

HRESULT fsi_image_check_writable(const fsi_image *image)
{
	if (image->in_handler ||
	    atomic_load_explicit(&image->results, memory_order_acquire) > 0)
		return FSI_FAIL(IMAPI_E_READONLY);
	return S_OK;
}

HRESULT fsi_node_check_changeable(const struct fsi_node *node)
{
	FSI_TRY(fsi_image_check_writable(fsi_node_image(node)));
	if (!fsi_node_is_in_image(node))
		return FSI_FAIL(IMAPI_E_NOT_IN_FILE_SYSTEM, node->name);
	return S_OK;
}

HRESULT fsi_node_check_own_change(const struct fsi_node *node)
{
	return node->is_apart ? fsi_image_check_writable(fsi_node_image(node))
			      : fsi_node_check_changeable(node);
}

HRESULT fsi_image_finish_changes(fsi_image *image, HRESULT hr)
{
	struct fsi_error_state error;

	if (SUCCEEDED(hr)) {
		const HRESULT committed = fsi_change_commit(&image->tree);

		if (SUCCEEDED(committed)) {
			/* What the caller's own functions met is no error of this. */
			fsi_error_clear();
			return hr;
		}
		hr = committed;
	}
	fsi_error_save(&error);
	fsi_change_roll_back(&image->tree);
	fsi_error_restore(&error);
	return hr;
}

void fsi_image_discard_data(fsi_image *image, struct fsi_data *data)
{
	struct fsi_error_state error;

	if (data == NULL)
		return;
	/* A caller's function may be called that clears it. */
	fsi_error_save(&error);
	fsi_data_discard(&image->tree, data);
	fsi_error_restore(&error);
}

HRESULT fsi_hand_out_text(const char *text, char **ret_text)
{
	char *copy = fsi_duplicate_string(text);

	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_text = copy;
	return S_OK;
}

/* ---- contents ---------------------------------------------------------- */

HRESULT fsi_image_get_root(fsi_image *image, fsi_directory **ret_root)
{
	fsi_error_clear();
	if (image == NULL || ret_root == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_root = (fsi_directory *)(void *)&image->tree.root;
	return S_OK;
}

HRESULT fsi_image_exists(fsi_image *image, const char *full_path,
			 enum fsi_item_type *ret_type)
{
	struct fsi_path_end end;
	const struct fsi_node *node = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (image == NULL || full_path == NULL || ret_type == NULL)
		return FSI_FAIL(E_POINTER);
	if (full_path[0] != '\0' && full_path[0] != '/' &&
	    (full_path[0] != '\\' || image->tree.rules.any_character))
		return FSI_FAIL(IMAPI_E_INVALID_PATH, full_path);
	hr = fsi_path_resolve(&image->tree, &image->tree.root, full_path, "full_path",
			      &end);
	if (FAILED(hr))
		return hr;
	node = fsi_path_find(&image->tree, &end);
	if (node == NULL)
		*ret_type = FSI_ITEM_NOT_FOUND;
	else
		*ret_type =
			fsi_node_is_directory(node) ? FSI_ITEM_DIRECTORY : FSI_ITEM_FILE;
	return S_OK;
}

static HRESULT create_item(fsi_image *image, const char *name, enum fsi_node_kind kind,
			   struct fsi_node **ret_node)
{
	HRESULT hr = S_FALSE;

	if (fsi_utf8_is_valid(name, strlen(name)))
		hr = fsi_name_check_new(&image->tree.rules, name, strlen(name));
	if (hr == S_FALSE)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "name");
	if (FAILED(hr))
		return hr;
	FSI_TRY(fsi_tree_make_node(&image->tree, kind, name, strlen(name), ret_node));
	(*ret_node)->is_apart = true;
	return S_OK;
}

HRESULT fsi_image_create_directory_item(fsi_image *image, const char *name,
					fsi_directory **ret_directory)
{
	struct fsi_node *node = NULL;

	fsi_error_clear();
	if (image == NULL || name == NULL || ret_directory == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(create_item(image, name, FSI_NODE_DIRECTORY, &node));
	*ret_directory = (fsi_directory *)(void *)node;
	return S_OK;
}

HRESULT fsi_image_create_file_item(fsi_image *image, const char *name,
				   fsi_file **ret_file)
{
	struct fsi_node *node = NULL;

	fsi_error_clear();
	if (image == NULL || name == NULL || ret_file == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(create_item(image, name, FSI_NODE_FILE, &node));
	*ret_file = (fsi_file *)(void *)node;
	return S_OK;
}

HRESULT fsi_image_get_file_count(fsi_image *image, uint32_t *ret_count)
{
	fsi_error_clear();
	if (image == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_count = image->tree.file_count;
	return S_OK;
}

HRESULT fsi_image_get_directory_count(fsi_image *image, uint32_t *ret_count)
{
	fsi_error_clear();
	if (image == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_count = image->tree.directory_count;
	return S_OK;
}

HRESULT fsi_image_get_directory_levels(fsi_image *image, uint32_t *ret_levels)
{
	fsi_error_clear();
	if (image == NULL || ret_levels == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_levels = fsi_tree_count_levels(&image->tree);
	return S_OK;
}

HRESULT fsi_image_get_largest_file_size(fsi_image *image, uint64_t *ret_size)
{
	fsi_error_clear();
	if (image == NULL || ret_size == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_size = fsi_tree_largest_size(&image->tree);
	return S_OK;
}

/* ---- events ------------------------------------------------------------ */

HRESULT fsi_image_put_update_handler(fsi_image *image, fsi_image_update_handler handler,
				     void *context)
{
	fsi_error_clear();
	if (image == NULL)
		return FSI_FAIL(E_POINTER);
	image->handler = handler;
	image->handler_context = context;
	return S_OK;
}

static uint32_t sectors_of(uint64_t size)
{
	const uint64_t blocks = fsi_blocks_of(size);

	return blocks < UINT32_MAX ? (uint32_t)blocks : UINT32_MAX;
}

static HRESULT call_handler(fsi_image *image, const char *path, uint64_t copied,
			    uint64_t total)
{
	HRESULT hr = S_OK;

	image->in_handler = true;
	hr = image->handler(image->handler_context, image, path, sectors_of(copied),
			    sectors_of(total));
	image->in_handler = false;
	return FAILED(hr) ? FSI_FAIL(E_IMAPI_REQUEST_CANCELLED) : S_OK;
}

static HRESULT tell_copied(void *context, const struct fsi_node *file, uint64_t copied,
			   uint64_t total)
{
	fsi_image *image = context;
	char *path = NULL;
	HRESULT hr = S_OK;

	if (image->handler == NULL)
		return S_OK;
	path = fsi_path_of_node(file);
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	/* Who is told now need not be asked soon. */
	(void)fsi_pace_is_due(&image->pace);
	hr = call_handler(image, path, copied, total);
	fsi_free(path);
	return hr;
}

struct fsi_copy_watcher fsi_image_watcher(fsi_image *image)
{
	return (struct fsi_copy_watcher){.copied = tell_copied, .context = image};
}

static HRESULT tell_compared(void *context, const struct fsi_node *file, uint64_t read,
			     uint64_t total)
{
	fsi_image *image = context;

	return read == total || fsi_pace_is_due(&image->pace)
		       ? tell_copied(image, file, read, total)
		       : S_OK;
}

struct fsi_copy_watcher fsi_image_duplicates_watcher(fsi_image *image)
{
	return (struct fsi_copy_watcher){.copied = tell_compared, .context = image};
}

static HRESULT ask_handler(void *context)
{
	fsi_image *image = context;

	if (image->handler == NULL || image->in_handler || !fsi_pace_is_due(&image->pace))
		return S_OK;
	return call_handler(image, "", 0, 0);
}

void fsi_image_begin_work(fsi_image *image)
{
	image->tree.patience =
		(struct fsi_patience){.ask = ask_handler, .context = image};
	/* What is done quickly is not asked about. */
	image->pace = (struct fsi_pace){0};
	(void)fsi_pace_is_due(&image->pace);
}

void fsi_image_end_work(fsi_image *image)
{
	image->tree.patience = (struct fsi_patience){.ask = NULL};
}
