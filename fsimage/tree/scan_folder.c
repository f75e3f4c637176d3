/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Going through a folder of this computer, entry by entry. */
#include "tree/scan_folder.h"

#include "base/text.h"
#include "error/fail.h"
#include "tree/change.h"
#include "tree/data.h"
#include "tree/path.h"
#include "tree/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define READ_BY_ALL (S_IRUSR | S_IRGRP | S_IROTH)

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
	return fsi_host_path(entry->in->folder, entry->name);
}

/* ---- errors ------------------------------------------------------------ */

HRESULT fsi_scan_refuse_path(const char *path, const char *name)
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
	const HRESULT hr =
		fsi_scan_refuse_path(path != NULL ? path : entry->name, entry->name);

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

HRESULT fsi_scan_check_name(const struct fsi_scan_request *request, const char *name)
{
	const size_t length = strlen(name);

	if (!fsi_utf8_is_valid(name, length))
		return S_FALSE;
	return fsi_name_check_new(&request->tree->rules, name, length);
}

static HRESULT check_name(const struct entry *entry)
{
	const HRESULT hr = fsi_scan_check_name(entry->scan->request, entry->name);

	return hr == S_FALSE ? refuse_name(entry) : hr;
}

/* Put a node into a directory, in place of one that is there. */
static HRESULT replace_node(struct fsi_tree *tree, struct fsi_node *directory,
			    struct fsi_node *older, struct fsi_node *node)
{
	FSI_TRY(fsi_change_reserve(tree, FSI_CHANGES_OF_ADDITION));
	if (older != NULL)
		fsi_tree_remove(tree, older);
	return fsi_tree_insert(tree, directory, node);
}

/* A node for a host file, with all that it has but its place. */
static HRESULT make_file(struct fsi_scan_request *request, const char *name,
			 const struct fsi_host_file *host, const struct statx *status,
			 struct fsi_node **ret_node)
{
	struct fsi_tree *tree = request->tree;
	struct fsi_host_file source = *host;
	struct fsi_node *node = NULL;
	char *path = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_tree_make_node(tree, FSI_NODE_FILE, name, strlen(name), &node));
	/* Most files are called in the image as they are here: once is enough. */
	source.is_kept = strcmp(name, host->name) == 0;
	if (source.is_kept)
		source.name = node->name;
	FSI_TRY(fsi_data_from_host(tree, &source, &node->content.data));
	fsi_host_take_attributes(tree, node, status);
	if (request->options.named_streams) {
		path = fsi_host_path(host->folder, host->name);
		if (path == NULL)
			return FSI_FAIL(E_OUTOFMEMORY);
		hr = fsi_posix_take_attributes(tree, node, path,
					       &request->report.named_streams);
		fsi_free(path);
	}
	*ret_node = node;
	return hr;
}

HRESULT fsi_scan_insert_file(struct fsi_scan_request *request, struct fsi_node *directory,
			     const char *name, struct fsi_node *older,
			     const struct fsi_host_file *host, const struct statx *status)
{
	struct fsi_node *node = NULL;
	HRESULT hr = make_file(request, name, host, status, &node);

	if (SUCCEEDED(hr))
		hr = replace_node(request->tree, directory, older, node);
	if (FAILED(hr))
		return hr;
	FSI_TRY(fsi_stage_added(request->tree, node, &request->watcher));
	request->report.files++;
	request->report.bytes += fsi_node_size(node);
	return S_OK;
}

static HRESULT add_file(const struct entry *entry)
{
	const struct fsi_host_file host = {
		.folder = entry->in->folder,
		.name = entry->name,
		.size = entry->status.stx_size,
		.inode = entry->status.stx_ino,
		.device = fsi_host_device(&entry->status),
		.modified_ns = fsi_host_modified_ns(&entry->status),
		.is_linked = entry->status.stx_nlink > 1,
	};
	struct fsi_node *older = NULL;

	/* What all may read is not asked about. */
	if ((entry->status.stx_mode & READ_BY_ALL) != READ_BY_ALL &&
	    faccessat(entry->listing->descriptor, entry->name, R_OK, AT_EACCESS) != 0)
		return refuse_opening(entry, errno);
	FSI_TRY(find_older(entry, &older));
	if (older != NULL && fsi_node_is_directory(older))
		return FSI_FAIL(IMAPI_E_DUP_NAME, entry->name);
	return fsi_scan_insert_file(entry->scan->request, entry->in->directory,
				    entry->name, older, &host, &entry->status);
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
	struct fsi_tree *tree = scan->request->tree;
	struct fsi_arena *arena = &tree->arena;
	struct fsi_source_folder *folder = fsi_arena_allocate(arena, sizeof(*folder));

	if (folder == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	folder->path = fsi_arena_copy(arena, path, strlen(path));
	if (folder->path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	folder->parent = parent;
	folder->inode = status->stx_ino;
	folder->device = fsi_host_device(status);
	folder->cache = &tree->open_folder;
	*ret_folder = folder;
	return S_OK;
}

HRESULT fsi_scan_enter_directory(struct fsi_scan_request *request,
				 struct fsi_node *parent, const char *name,
				 const struct fsi_found_folder *found,
				 struct fsi_node *older, struct fsi_node **ret_directory)
{
	if (older != NULL && !fsi_node_is_directory(older))
		return FSI_FAIL(IMAPI_E_DUP_NAME, name);
	if (older == NULL) {
		FSI_TRY(fsi_tree_make_node(request->tree, FSI_NODE_DIRECTORY, name,
					   strlen(name), &older));
		fsi_host_take_attributes(request->tree, older, found->status);
		if (request->options.named_streams)
			FSI_TRY(fsi_posix_take_attributes(
				request->tree, older, found->path,
				&request->report.named_streams));
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
	path = entry_path(entry);
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = fsi_scan_enter_directory(scan->request, in.directory, entry->name,
				      &(struct fsi_found_folder){path, &entry->status},
				      directory, &directory);
	if (SUCCEEDED(hr))
		hr = make_folder(scan, path, in.folder, &entry->status, &folder);
	fsi_free(path);
	return FAILED(hr) ? hr : push(scan, folder, directory, entry->follow);
}

/* ---- links, devices, FIFOs, sockets ------------------------------------ */

static HRESULT make_special(const struct entry *entry, const char *path,
			    struct fsi_node **ret_node)
{
	struct fsi_scan_request *request = entry->scan->request;
	const enum fsi_node_kind kind = fsi_posix_kind(&entry->status);
	struct fsi_node *node = NULL;

	FSI_TRY(fsi_tree_make_node(request->tree, kind, entry->name, strlen(entry->name),
				   &node));
	fsi_host_take_attributes(request->tree, node, &entry->status);
	if (kind == FSI_NODE_LINK) {
		FSI_TRY(fsi_posix_read_link(request->tree, path, &node->content.target));
	} else {
		node->content.device.major = entry->status.stx_rdev_major;
		node->content.device.minor = entry->status.stx_rdev_minor;
	}
	if (request->options.named_streams)
		FSI_TRY(fsi_posix_take_attributes(request->tree, node, path,
						  &request->report.named_streams));
	*ret_node = node;
	return S_OK;
}

static HRESULT add_special(const struct entry *entry)
{
	struct fsi_scan_request *request = entry->scan->request;
	struct fsi_node *older = NULL;
	struct fsi_node *node = NULL;
	char *path = NULL;
	HRESULT hr = find_older(entry, &older);

	if (FAILED(hr))
		return hr;
	if (older != NULL && fsi_node_is_directory(older))
		return FSI_FAIL(IMAPI_E_DUP_NAME, entry->name);
	path = entry_path(entry);
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = make_special(entry, path, &node);
	if (SUCCEEDED(hr))
		hr = replace_node(request->tree, entry->in->directory, older, node);
	fsi_free(path);
	if (SUCCEEDED(hr) && node->kind == FSI_NODE_LINK)
		request->report.links++;
	else if (SUCCEEDED(hr))
		request->report.special++;
	return hr;
}

/* ---- entries ----------------------------------------------------------- */

/* Apply the link policy. S_FALSE: the entry is left out. */
static HRESULT follow_link(struct entry *entry)
{
	struct fsi_scan_request *request = entry->scan->request;
	int error = 0;

	if (request->options.links == FSI_LINKS_REFUSE)
		return refuse_kind(entry, "symbolic links");
	if (request->options.links == FSI_LINKS_KEEP)
		return S_OK;
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
	if (S_ISLNK(entry->status.stx_mode) ||
	    request->options.special == FSI_SPECIAL_KEEP) {
		FSI_TRY(check_name(entry));
		return add_special(entry);
	}
	if (request->options.special == FSI_SPECIAL_REFUSE)
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

		hr = fsi_patience_ask(&scan->request->tree->patience);
		if (SUCCEEDED(hr))
			hr = add_entry(&entry);
	}
	fsi_folder_listing_free(&listing);
	return hr;
}

HRESULT fsi_scan_folders(struct fsi_scan_request *request, struct fsi_node *directory,
			 const struct fsi_found_folder *found)
{
	struct scan scan = {
		.request = request,
		.relative_start = strlen(found->path) + 1,
	};
	struct fsi_source_folder *folder = NULL;
	HRESULT hr = make_folder(&scan, found->path, NULL, found->status, &folder);

	if (SUCCEEDED(hr))
		hr = push(&scan, folder, directory, true);
	while (SUCCEEDED(hr) && scan.next < scan.pending.count)
		hr = read_folder(&scan);
	fsi_vector_free(&scan.pending);
	return hr;
}
