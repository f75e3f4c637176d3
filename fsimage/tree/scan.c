/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mirroring a folder or a file of this computer into the tree. */
#include "tree/scan.h"

#include "base/text.h"
#include "error/fail.h"
#include "tree/change.h"
#include "tree/path.h"
#include "tree/scan_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- beginning --------------------------------------------------------- */

/* The source's path, links and dots resolved. To be freed. */
static HRESULT resolve_source(const char *source, char **ret_path)
{
	char *real_path = realpath(source, NULL);
	char *path = NULL;

	if (real_path == NULL)
		return fsi_error_from_errno(errno);
	path = fsi_duplicate_string(real_path);
	free(real_path);
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_path = path;
	return S_OK;
}

/* Find or make the directory that is named like the source folder. */
static HRESULT enter_base(struct fsi_scan_request *request, const struct statx *status,
			  struct fsi_node **directory)
{
	char *path = NULL;
	const char *name = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(resolve_source(request->source, &path));
	name = strrchr(path, '/') + 1; /* it is absolute */
	if (name[0] == '\0')
		hr = FSI_FAIL(IMAPI_E_INVALID_PARAM, "source_directory");
	else
		hr = fsi_scan_check_name(request, name);
	if (hr == S_FALSE)
		hr = fsi_scan_refuse_path(path, name);
	if (SUCCEEDED(hr))
		hr = fsi_scan_enter_directory(
			request, *directory, name,
			&(struct fsi_found_folder){request->source, status},
			fsi_tree_find_child(request->tree, *directory, name,
					    strlen(name)),
			directory);
	fsi_free(path);
	return hr;
}

/* The source's path as struct fsi_source_folder has it. To be freed. */
static char *trim_slashes(const char *path)
{
	size_t length = strlen(path);

	while (length > 0 && path[length - 1] == '/')
		length--;
	return fsi_duplicate_bytes(path, length);
}

static HRESULT scan_folder(struct fsi_scan_request *request, const struct statx *status)
{
	struct fsi_node *directory = request->directory;
	char *path = trim_slashes(request->source);
	HRESULT hr = S_OK;

	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (request->options.include_base_directory)
		hr = enter_base(request, status, &directory);
	if (SUCCEEDED(hr) && request->options.base_attributes) {
		hr = fsi_change_note_attributes(request->tree, directory);
		if (SUCCEEDED(hr))
			fsi_host_take_attributes(request->tree, directory, status);
	}
	if (SUCCEEDED(hr))
		hr = fsi_scan_folders(request, directory,
				      &(struct fsi_found_folder){path, status});
	fsi_free(path);
	return hr;
}

/* A host file that was named by the caller: split into folder and name. */
static HRESULT split_source(struct fsi_scan_request *request, const struct statx *status,
			    struct fsi_host_file *ret_host)
{
	struct fsi_arena *arena = &request->tree->arena;
	const char *slash = strrchr(request->source, '/');
	struct fsi_source_folder *folder = fsi_arena_allocate(arena, sizeof(*folder));

	if (folder != NULL && slash == NULL)
		folder->path = fsi_arena_copy(arena, ".", 1);
	else if (folder != NULL)
		folder->path = fsi_arena_copy(arena, request->source,
					      (size_t)(slash - request->source));
	if (folder == NULL || folder->path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	folder->cache = &request->tree->open_folder;
	*ret_host = (struct fsi_host_file){
		.folder = folder,
		.name = slash != NULL ? slash + 1 : request->source,
		.size = status->stx_size,
		.inode = status->stx_ino,
		.device = fsi_host_device(status),
		.modified_ns = fsi_host_modified_ns(status),
		.is_linked = status->stx_nlink > 1,
	};
	return S_OK;
}

HRESULT fsi_scan_file(struct fsi_scan_request *request, const char *name,
		      size_t name_length, bool replace)
{
	struct fsi_tree *tree = request->tree;
	struct fsi_host_file host;
	struct statx status;
	struct fsi_node *older = NULL;
	char *copy = NULL;
	HRESULT hr = S_OK;
	const int error = fsi_host_status(AT_FDCWD, request->source, true, &status);

	if (error != 0)
		return fsi_error_with_reason(
			FSI_FAIL(IMAPI_E_DATA_STREAM_CREATE_FAILURE, request->source),
			error);
	if (!S_ISREG(status.stx_mode))
		return FSI_FAIL(IMAPI_E_NOT_FILE, request->source);
	if (faccessat(AT_FDCWD, request->source, R_OK, AT_EACCESS) != 0)
		return fsi_error_with_reason(
			FSI_FAIL(IMAPI_E_DATA_STREAM_CREATE_FAILURE, request->source),
			errno);
	older = fsi_tree_find_child(tree, request->directory, name, name_length);
	copy = fsi_duplicate_bytes(name, name_length);
	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (older != NULL && (!replace || fsi_node_is_directory(older)))
		hr = FSI_FAIL(IMAPI_E_DUP_NAME, copy);
	if (SUCCEEDED(hr))
		hr = split_source(request, &status, &host);
	if (SUCCEEDED(hr))
		hr = fsi_scan_insert_file(request, request->directory, copy, older, &host,
					  &status);
	fsi_free(copy);
	return hr;
}

/* A source that is a file goes under its own name. */
static HRESULT scan_single_file(struct fsi_scan_request *request)
{
	const char *slash = strrchr(request->source, '/');
	const char *name = slash != NULL ? slash + 1 : request->source;
	const HRESULT hr = fsi_scan_check_name(request, name);

	if (hr == S_FALSE)
		return fsi_scan_refuse_path(request->source, name);
	return FAILED(hr) ? hr : fsi_scan_file(request, name, strlen(name), true);
}

HRESULT fsi_scan(struct fsi_scan_request *request)
{
	struct statx status;
	const int error = fsi_host_status(AT_FDCWD, request->source, true, &status);

	if (error != 0)
		return fsi_error_detail(fsi_error_from_errno(error),
					"The path is \"%s\".", request->source);
	if (S_ISDIR(status.stx_mode))
		return scan_folder(request, &status);
	return scan_single_file(request);
}
