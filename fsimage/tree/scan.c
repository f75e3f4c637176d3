/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mirroring a folder of this computer into the tree. */
#include "tree/scan.h"

#include "base/text.h"
#include "error/fail.h"
#include "tree/change.h"
#include "tree/data.h"
#include "tree/host.h"
#include "tree/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder that is still to be read, and the directory it goes into. */
struct pending {
	const struct fsi_source_folder *folder;
	struct fsi_node *directory;
	bool follow; /* it was reached through a link */
};

struct scan {
	struct fsi_scan_request *request;
	FSI_VECTOR(struct pending) pending;
	size_t next;	       /* of pending */
	size_t relative_start; /* of a folder's path, behind the source's own */
};

/* An entry of a folder that is being read. */
struct entry {
	struct scan *scan;
	const struct pending *in;
	const struct fsi_folder_listing *listing;
	const char *name;
	struct statx status;
	bool follow; /* it is a link, and status is of what it leads to */
};

/* The entry's host path, to be freed; NULL: no memory. */
static char *entry_path(const struct entry *entry)
{
	const char *folder = entry->in->folder->path;
	const size_t size = strlen(folder) + strlen(entry->name) + 2;
	char *path = fsi_allocate(size);

	if (path != NULL)
		snprintf(path, size, "%s/%s", folder, entry->name);
	return path;
}

/* ---- errors ------------------------------------------------------------ */

/* path ends with the name that can't be one in the image. */
static HRESULT refuse_path(const char *path, const char *name)
{
	char *shown = fsi_text_escape(path, strlen(path));
	const HRESULT hr = FSI_FAIL(IMAPI_E_INVALID_PATH, shown != NULL ? shown : path);

	if (!fsi_utf8_is_valid(name, strlen(name)))
		fsi_error_detail(hr, "The name is not UTF-8.");
	fsi_free(shown);
	return hr;
}

static HRESULT refuse_name(const struct entry *entry)
{
	char *path = entry_path(entry);
	const HRESULT hr = refuse_path(path != NULL ? path : entry->name, entry->name);

	fsi_free(path);
	return hr;
}

static HRESULT refuse_opening(const struct entry *entry, int error)
{
	char *path = entry_path(entry);
	const HRESULT hr = FSI_FAIL(IMAPI_E_DATA_STREAM_CREATE_FAILURE,
				    path != NULL ? path : entry->name);

	fsi_free(path);
	return fsi_error_with_reason(hr, error);
}

static HRESULT refuse_kind(const struct entry *entry, const char *kind)
{
	char *path = entry_path(entry);
	const HRESULT hr = fsi_error_detail(
		FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, "image's", kind),
		"It is \"%s\".", path != NULL ? path : entry->name);

	fsi_free(path);
	return hr;
}

/* ---- adding ------------------------------------------------------------ */

/*
 * What stands in the way of a name, if it was there before: of two names of the
 * same folder that the image takes for one, neither may replace the other.
 */
static HRESULT find_older(const struct entry *entry, struct fsi_node **ret_node)
{
	struct fsi_node *node =
		fsi_tree_find_child(entry->scan->request->tree, entry->in->directory,
				    entry->name, strlen(entry->name));

	if (node != NULL && strcmp(node->name, entry->name) != 0 &&
	    fsi_folder_listing_has(entry->listing, node->name))
		return fsi_error_detail(FSI_FAIL(IMAPI_E_DUP_NAME, entry->name),
					"It differs from \"%s\" in case only.",
					node->name);
	*ret_node = node;
	return S_OK;
}

/* Whether a name of the source may be one in the image. S_FALSE: it is not legal. */
static HRESULT check_source_name(const struct fsi_scan_request *request, const char *name)
{
	const size_t length = strlen(name);

	if (!fsi_utf8_is_valid(name, length))
		return S_FALSE;
	return fsi_name_check_new(&request->tree->rules, name, length);
}

static HRESULT check_name(const struct entry *entry)
{
	const HRESULT hr = check_source_name(entry->scan->request, entry->name);

	return hr == S_FALSE ? refuse_name(entry) : hr;
}

/* Put a file of the host into a directory, in place of one that is there. */
static HRESULT insert_file(struct fsi_scan_request *request, struct fsi_node *directory,
			   const char *name, struct fsi_node *older,
			   const struct fsi_host_file *host, const struct statx *status)
{
	struct fsi_tree *tree = request->tree;
	struct fsi_node *node = NULL;

	FSI_TRY(fsi_tree_make_node(tree, FSI_NODE_FILE, name, strlen(name), &node));
	FSI_TRY(fsi_data_from_host(tree, host, &node->content.data));
	fsi_host_take_attributes(tree, node, status);
	FSI_TRY(fsi_change_reserve(tree));
	if (older != NULL)
		fsi_tree_remove(tree, older);
	FSI_TRY(fsi_tree_insert(tree, directory, node));
	request->report.files++;
	request->report.bytes += host->size;
	return request->on_file != NULL ? request->on_file(request->context, node) : S_OK;
}

static HRESULT add_file(const struct entry *entry)
{
	const struct fsi_host_file host = {
		.folder = entry->in->folder,
		.name = entry->name,
		.size = entry->status.stx_size,
		.inode = entry->status.stx_ino,
		.device = fsi_host_device(&entry->status),
	};
	struct fsi_node *older = NULL;

	if (faccessat(entry->listing->descriptor, entry->name, R_OK, AT_EACCESS) != 0)
		return refuse_opening(entry, errno);
	FSI_TRY(find_older(entry, &older));
	if (older != NULL && fsi_node_is_directory(older))
		return FSI_FAIL(IMAPI_E_DUP_NAME, entry->name);
	return insert_file(entry->scan->request, entry->in->directory, entry->name, older,
			   &host, &entry->status);
}

static HRESULT push(struct scan *scan, const struct fsi_source_folder *folder,
		    struct fsi_node *directory, bool follow)
{
	if (!fsi_vector_reserve(&scan->pending, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	scan->pending.items[scan->pending.count++] = (struct pending){
		.folder = folder, .directory = directory, .follow = follow};
	return S_OK;
}

static HRESULT make_folder(struct scan *scan, const char *path,
			   const struct fsi_source_folder *parent,
			   const struct statx *status,
			   struct fsi_source_folder **ret_folder)
{
	struct fsi_arena *arena = &scan->request->tree->arena;
	struct fsi_source_folder *folder = fsi_arena_allocate(arena, sizeof(*folder));

	if (folder == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	folder->path = fsi_arena_copy(arena, path, strlen(path));
	if (folder->path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	folder->parent = parent;
	folder->inode = status->stx_ino;
	folder->device = fsi_host_device(status);
	*ret_folder = folder;
	return S_OK;
}

/* The directory for a source folder: one that is there, or a new one. */
static HRESULT enter_directory(struct fsi_scan_request *request, struct fsi_node *parent,
			       const char *name, const struct statx *status,
			       struct fsi_node *older, struct fsi_node **ret_directory)
{
	if (older != NULL && !fsi_node_is_directory(older))
		return FSI_FAIL(IMAPI_E_DUP_NAME, name);
	if (older == NULL) {
		FSI_TRY(fsi_tree_make_node(request->tree, FSI_NODE_DIRECTORY, name,
					   strlen(name), &older));
		fsi_host_take_attributes(request->tree, older, status);
		FSI_TRY(fsi_tree_insert(request->tree, parent, older));
		request->report.directories++;
	}
	*ret_directory = older;
	return S_OK;
}

static bool is_on_the_way(const struct fsi_source_folder *folder,
			  const struct statx *status)
{
	for (; folder != NULL; folder = folder->parent) {
		if (folder->inode == status->stx_ino &&
		    folder->device == fsi_host_device(status))
			return true;
	}
	return false;
}

static HRESULT add_directory(const struct entry *entry)
{
	struct scan *scan = entry->scan;
	/* Pushing may move what entry->in points to. */
	const struct pending in = *entry->in;
	struct fsi_source_folder *folder = NULL;
	struct fsi_node *directory = NULL;
	char *path = NULL;
	HRESULT hr = S_OK;

	if (entry->follow && is_on_the_way(in.folder, &entry->status)) {
		scan->request->report.skipped_loops++;
		return S_OK;
	}
	FSI_TRY(find_older(entry, &directory));
	FSI_TRY(enter_directory(scan->request, in.directory, entry->name, &entry->status,
				directory, &directory));
	path = entry_path(entry);
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = make_folder(scan, path, in.folder, &entry->status, &folder);
	fsi_free(path);
	return FAILED(hr) ? hr : push(scan, folder, directory, entry->follow);
}

/* ---- entries ----------------------------------------------------------- */

/* Apply the link policy. S_FALSE: the entry is left out. */
static HRESULT follow_link(struct entry *entry)
{
	struct fsi_scan_request *request = entry->scan->request;
	int error = 0;

	if (request->options.links == FSI_LINKS_REFUSE)
		return refuse_kind(entry, "symbolic links");
	if (request->options.links == FSI_LINKS_SKIP) {
		request->report.skipped_links++;
		return S_FALSE;
	}
	error = fsi_host_status(entry->listing->descriptor, entry->name, true,
				&entry->status);
	entry->follow = true;
	if (error == 0)
		return S_OK;
	if (error == ELOOP)
		request->report.skipped_loops++;
	else if (error == ENOENT || error == ENOTDIR)
		request->report.skipped_links++; /* it leads nowhere */
	else
		return refuse_opening(entry, error);
	return S_FALSE;
}

/* Ask the caller. S_FALSE: the entry is left out. */
static HRESULT filter_entry(const struct entry *entry)
{
	struct fsi_scan_request *request = entry->scan->request;
	char *path = NULL;
	bool wanted = true;

	if (request->options.filter == NULL)
		return S_OK;
	path = entry_path(entry);
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	wanted = request->options.filter(request->options.filter_context,
					 path + entry->scan->relative_start,
					 S_ISDIR(entry->status.stx_mode));
	fsi_free(path);
	if (wanted)
		return S_OK;
	request->report.filtered++;
	return S_FALSE;
}

static HRESULT add_entry(struct entry *entry)
{
	struct fsi_scan_request *request = entry->scan->request;
	const int error = fsi_host_status(entry->listing->descriptor, entry->name, false,
					  &entry->status);
	HRESULT hr = S_OK;

	if (error != 0)
		return refuse_opening(entry, error);
	hr = filter_entry(entry);
	if (hr == S_OK && S_ISLNK(entry->status.stx_mode))
		hr = follow_link(entry);
	if (hr != S_OK)
		return FAILED(hr) ? hr : S_OK;
	if (S_ISREG(entry->status.stx_mode) || S_ISDIR(entry->status.stx_mode)) {
		FSI_TRY(check_name(entry));
		return S_ISDIR(entry->status.stx_mode) ? add_directory(entry)
						       : add_file(entry);
	}
	if (request->options.refuse_special)
		return refuse_kind(entry, fsi_host_kind(&entry->status));
	request->report.skipped_special++;
	return S_OK;
}

static HRESULT read_folder(struct scan *scan)
{
	/* A copy: the vector moves while the folder's own folders are added. */
	const struct pending in = scan->pending.items[scan->next++];
	struct fsi_folder_listing listing;
	HRESULT hr = fsi_folder_list(in.folder->path,
				     in.follow || in.folder->parent == NULL, &listing);

	if (FAILED(hr))
		return hr;
	for (size_t i = 0; SUCCEEDED(hr) && i < listing.names.count; i++) {
		struct entry entry = {
			.scan = scan,
			.in = &in,
			.listing = &listing,
			.name = listing.names.items[i],
		};

		hr = add_entry(&entry);
	}
	fsi_folder_listing_free(&listing);
	return hr;
}

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
		hr = check_source_name(request, name);
	if (hr == S_FALSE)
		hr = refuse_path(path, name);
	if (SUCCEEDED(hr))
		hr = enter_directory(request, *directory, name, status,
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
	struct scan scan = {.request = request};
	struct fsi_node *directory = request->directory;
	struct fsi_source_folder *folder = NULL;
	char *path = trim_slashes(request->source);
	HRESULT hr = S_OK;

	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	scan.relative_start = strlen(path) + 1;
	if (request->options.include_base_directory)
		hr = enter_base(request, status, &directory);
	if (SUCCEEDED(hr) && request->options.base_attributes) {
		hr = fsi_change_note_attributes(request->tree, directory);
		if (SUCCEEDED(hr))
			fsi_host_take_attributes(request->tree, directory, status);
	}
	if (SUCCEEDED(hr))
		hr = make_folder(&scan, path, NULL, status, &folder);
	if (SUCCEEDED(hr))
		hr = push(&scan, folder, directory, true);
	while (SUCCEEDED(hr) && scan.next < scan.pending.count)
		hr = read_folder(&scan);
	fsi_vector_free(&scan.pending);
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
	*ret_host = (struct fsi_host_file){
		.folder = folder,
		.name = slash != NULL ? slash + 1 : request->source,
		.size = status->stx_size,
		.inode = status->stx_ino,
		.device = fsi_host_device(status),
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
		hr = insert_file(request, request->directory, copy, older, &host,
				 &status);
	fsi_free(copy);
	return hr;
}

/* A source that is a file goes under its own name. */
static HRESULT scan_single_file(struct fsi_scan_request *request)
{
	const char *slash = strrchr(request->source, '/');
	const char *name = slash != NULL ? slash + 1 : request->source;
	const HRESULT hr = check_source_name(request, name);

	if (hr == S_FALSE)
		return refuse_path(request->source, name);
	return FAILED(hr) ? hr : fsi_scan_file(request, name, strlen(name), true);
}

HRESULT fsi_scan(struct fsi_scan_request *request)
{
	struct statx status;
	const int error = fsi_host_status(AT_FDCWD, request->source, true, &status);

	if (error != 0)
		return fsi_error_from_errno(error);
	if (S_ISDIR(status.stx_mode))
		return scan_folder(request, &status);
	return scan_single_file(request);
}
