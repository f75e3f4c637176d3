/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moving and renaming items. */
#include "image/image.h"

#include "tree/path.h"

/* Whether a directory is the node, or somewhere below it. */
static bool is_below(const struct fsi_node *directory, const struct fsi_node *node)
{
	while (directory != NULL && directory != node)
		directory = directory->parent;
	return directory == node;
}

static HRESULT find_source(const struct fsi_tree *tree, struct fsi_node *directory,
			   const char *path, struct fsi_node **ret_node)
{
	struct fsi_path_end end;
	HRESULT hr = fsi_path_resolve(tree, directory, path, "from_path", &end);

	if (hr == IMAPI_E_DIR_NOT_FOUND || hr == IMAPI_E_NOT_DIR)
		return FSI_FAIL(IMAPI_E_ITEM_NOT_FOUND, path);
	FSI_TRY(hr);
	*ret_node = fsi_path_find(tree, &end);
	if (*ret_node == NULL)
		return FSI_FAIL(IMAPI_E_ITEM_NOT_FOUND, path);
	return end.name_length > 0 ? S_OK : FSI_FAIL(IMAPI_E_INVALID_PATH, path);
}

static HRESULT find_target(const struct fsi_tree *tree, struct fsi_node *directory,
			   const char *path, const struct fsi_node *node,
			   struct fsi_path_end *ret_end)
{
	const struct fsi_node *known = NULL;
	HRESULT hr = fsi_path_resolve(tree, directory, path, "to_path", ret_end);

	FSI_TRY(hr);
	hr = fsi_name_check_new(&tree->rules, ret_end->name, ret_end->name_length);
	FSI_TRY(hr);
	if (hr == S_FALSE || is_below(ret_end->parent, node))
		return FSI_FAIL(IMAPI_E_INVALID_PATH, path);
	known = fsi_path_find(tree, ret_end);
	/* What differs in case only may be the item itself. */
	return known == NULL || known == node ? S_OK
					      : FSI_FAIL(IMAPI_E_DUP_NAME, known->name);
}

static HRESULT move(struct fsi_tree *tree, struct fsi_node *node,
		    const struct fsi_path_end *end)
{
	FSI_TRY(fsi_change_reserve(tree, 1));
	fsi_tree_remove(tree, node);
	FSI_TRY(fsi_change_rename(tree, node, end->name, end->name_length));
	return fsi_tree_insert(tree, end->parent, node);
}

HRESULT fsi_directory_move(fsi_directory *directory, const char *from_path,
			   const char *to_path)
{
	struct fsi_node *base = fsi_directory_node(directory);
	struct fsi_tree *tree = NULL;
	struct fsi_node *node = NULL;
	struct fsi_path_end end;

	fsi_error_clear();
	if (directory == NULL || from_path == NULL || to_path == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_node_check_changeable(base));
	tree = fsi_node_tree(base);
	FSI_TRY(find_source(tree, base, from_path, &node));
	FSI_TRY(find_target(tree, base, to_path, node, &end));
	return fsi_image_finish_changes(fsi_node_image(base), move(tree, node, &end));
}
