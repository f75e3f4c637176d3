/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only POSIX systems have, taken from this computer. */
#include "tree/posix.h"

#include "base/text.h"
#include "error/fail.h"
#include "io/stream.h"
#include "tree/data.h"
#include "tree/named_stream.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

/* A symbolic link is at most this long, in bytes with its NUL (PATH_MAX). */
#define TARGET_SIZE 4096

enum fsi_node_kind fsi_posix_kind(const struct statx *status)
{
	switch (status->stx_mode & S_IFMT) {
	case S_IFLNK:
		return FSI_NODE_LINK;
	case S_IFCHR:
		return FSI_NODE_CHARACTER_DEVICE;
	case S_IFBLK:
		return FSI_NODE_BLOCK_DEVICE;
	case S_IFIFO:
		return FSI_NODE_FIFO;
	default:
		return FSI_NODE_SOCKET;
	}
}

static HRESULT refuse_target(const char *target, size_t length)
{
	char *shown = fsi_text_escape(target, length);
	const HRESULT hr = FSI_FAIL(IMAPI_E_INVALID_PATH, shown != NULL ? shown : "");

	fsi_free(shown);
	return fsi_error_detail(hr, "A symbolic link leads there; it is not UTF-8.");
}

HRESULT fsi_posix_read_link(struct fsi_tree *tree, const char *path,
			    const char **ret_target)
{
	char target[TARGET_SIZE];
	const ssize_t length = readlink(path, target, sizeof(target));
	const char *copy = NULL;

	if (length < 0)
		return fsi_error_with_reason(
			FSI_FAIL(IMAPI_E_DATA_STREAM_CREATE_FAILURE, path), errno);
	if (!fsi_utf8_is_valid(target, (size_t)length))
		return refuse_target(target, (size_t)length);
	copy = fsi_arena_copy(&tree->arena, target, (size_t)length);
	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_target = copy;
	return S_OK;
}

/* ---- extended attributes ----------------------------------------------- */

/* A list that fits, however it grows meanwhile. *ret_list is to be freed. */
static HRESULT list_attributes(const char *path, char **ret_list, size_t *ret_length)
{
	for (;;) {
		const ssize_t wanted = llistxattr(path, NULL, 0);
		char *list = wanted > 0 ? fsi_allocate((size_t)wanted) : NULL;
		ssize_t got = 0;

		if (wanted == 0 || (wanted < 0 && errno == ENOTSUP)) {
			*ret_length = 0;
			return S_OK;
		}
		if (wanted < 0)
			break;
		if (list == NULL)
			return FSI_FAIL(E_OUTOFMEMORY);
		got = llistxattr(path, list, (size_t)wanted);
		if (got >= 0) {
			*ret_list = list;
			*ret_length = (size_t)got;
			return S_OK;
		}
		fsi_free(list);
		if (errno != ERANGE)
			break;
	}
	return fsi_error_with_reason(FSI_FAIL(IMAPI_E_DATA_STREAM_READ_FAILURE, path),
				     errno);
}

/* The value of an attribute as data; S_FALSE when it has gone meanwhile. */
static HRESULT read_attribute(struct fsi_tree *tree, const char *path, const char *name,
			      struct fsi_data **ret_data)
{
	/* XATTR_SIZE_MAX: no system call hands out more. */
	static const size_t room = 65536;
	fsi_stream *stream = NULL;
	char *value = fsi_allocate(room);
	ssize_t size = 0;
	HRESULT hr = S_OK;

	if (value == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	size = lgetxattr(path, name, value, room);
	if (size >= 0)
		hr = fsi_stream_make_on_memory(value, (size_t)size, &stream);
	else if (errno == ENODATA)
		hr = S_FALSE;
	else
		hr = fsi_error_with_reason(
			FSI_FAIL(IMAPI_E_DATA_STREAM_READ_FAILURE, path), errno);
	fsi_free(value);
	if (hr == S_OK)
		hr = fsi_data_from_stream(tree, stream, path, ret_data);
	fsi_stream_release(stream);
	return hr;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* "user.x" is "x", unless that would look like another name space. */
static const char *name_of_stream(const char *attribute)
{
	const char *rest = attribute + strlen("user.");

	if (!has_prefix(attribute, "user.") || *rest == '\0' ||
	    has_prefix(rest, "user.") || has_prefix(rest, "system.") ||
	    has_prefix(rest, "security.") || has_prefix(rest, "trusted."))
		return attribute;
	return rest;
}

static HRESULT take_attribute(struct fsi_tree *tree, struct fsi_node *node,
			      const char *path, const char *attribute, uint64_t *count)
{
	const char *name = name_of_stream(attribute);
	struct fsi_data *data = NULL;
	struct fsi_node *stream = NULL;
	HRESULT hr = S_OK;

	if (!fsi_utf8_is_valid(name, strlen(name)) || strchr(name, '/') != NULL)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_INVALID_PATH, path),
					"It has an extended attribute with a name that a "
					"stream can't have.");
	hr = read_attribute(tree, path, attribute, &data);
	if (hr != S_OK)
		return FAILED(hr) ? hr : S_OK;
	hr = fsi_named_stream_add(tree, node, name, strlen(name), data, &stream);
	if (FAILED(hr))
		return hr;
	++*count;
	return S_OK;
}

HRESULT fsi_posix_take_attributes(struct fsi_tree *tree, struct fsi_node *node,
				  const char *path, uint64_t *count)
{
	char *list = NULL;
	size_t length = 0;
	HRESULT hr = list_attributes(path, &list, &length);

	for (size_t at = 0; SUCCEEDED(hr) && at < length; at += strlen(list + at) + 1)
		hr = take_attribute(tree, node, path, list + at, count);
	fsi_free(list);
	return hr;
}
