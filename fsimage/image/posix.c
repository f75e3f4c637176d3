/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbolic links and special files made by the caller. */
#include "image/image.h"

#include "base/text.h"
#include "image/addition.h"
#include "tree/path.h"

#include <string.h>
#include <sys/stat.h>

/* PATH_MAX without the NUL: no system follows a longer one. */
#define TARGET_MAX_LENGTH 4095

HRESULT fsi_directory_add_symbolic_link(fsi_directory *directory, const char *path,
					const char *target)
{
	struct fsi_path_end end;
	struct fsi_node *node = NULL;
	struct fsi_tree *tree = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (target == NULL)
		return FSI_FAIL(E_POINTER);
	hr = fsi_addition_begin(directory, path, &end);
	if (FAILED(hr))
		return hr;
	if (target[0] == '\0' || strlen(target) > TARGET_MAX_LENGTH ||
	    !fsi_utf8_is_valid(target, strlen(target)))
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "target");
	tree = fsi_node_tree(end.parent);
	FSI_TRY(fsi_tree_make_node(tree, FSI_NODE_LINK, end.name, end.name_length,
				   &node));
	node->content.target = fsi_arena_copy(&tree->arena, target, strlen(target));
	if (node->content.target == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	node->mode = 0777;
	hr = fsi_tree_insert(fsi_node_tree(end.parent), end.parent, node);
	return fsi_image_finish_changes(fsi_node_image(end.parent), hr);
}

static bool find_kind(uint32_t mode, enum fsi_node_kind *ret_kind)
{
	switch (mode & S_IFMT) {
	case S_IFCHR:
		*ret_kind = FSI_NODE_CHARACTER_DEVICE;
		return true;
	case S_IFBLK:
		*ret_kind = FSI_NODE_BLOCK_DEVICE;
		return true;
	case S_IFIFO:
		*ret_kind = FSI_NODE_FIFO;
		return true;
	case S_IFSOCK:
		*ret_kind = FSI_NODE_SOCKET;
		return true;
	default:
		return false;
	}
}

HRESULT fsi_directory_add_special(fsi_directory *directory, const char *path,
				  uint32_t mode, uint32_t major, uint32_t minor)
{
	struct fsi_path_end end;
	struct fsi_node *node = NULL;
	enum fsi_node_kind kind = FSI_NODE_FIFO;
	HRESULT hr = fsi_addition_begin(directory, path, &end);

	if (FAILED(hr))
		return hr;
	if (!find_kind(mode, &kind) || (mode & ~(uint32_t)(S_IFMT | 07777)) != 0)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "mode");
	FSI_TRY(fsi_tree_make_node(fsi_node_tree(end.parent), kind, end.name,
				   end.name_length, &node));
	node->content.device.major = major;
	node->content.device.minor = minor;
	node->mode = mode & 07777;
	hr = fsi_tree_insert(fsi_node_tree(end.parent), end.parent, node);
	return fsi_image_finish_changes(fsi_node_image(end.parent), hr);
}
