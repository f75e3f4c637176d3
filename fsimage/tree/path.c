/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and paths inside an image. */
#include "tree/path.h"

#include "base/text.h"
#include "error/fail.h"

#include <stdio.h>
#include <string.h>

static bool is_separator(const struct fsi_tree_rules *rules, char character)
{
	return character == '/' || (character == '\\' && !rules->any_character);
}

/* Characters that IMAPI has in no name; "/" and "\" are separators there. */
static bool is_forbidden(uint32_t character)
{
	return character < 0x20 || character == '\\' || character == '/' ||
	       character == ':' || character == '*' || character == '?' ||
	       character == '"' || character == '<' || character == '>' ||
	       character == '|';
}

static bool is_legal(const struct fsi_tree_rules *rules, const char *name, size_t length)
{
	const char *end = name + length;

	if (length == 0 || fsi_utf16_count(name, length) > FSI_NAME_MAX_UNITS)
		return false;
	if ((length == 1 && name[0] == '.') ||
	    (length == 2 && name[0] == '.' && name[1] == '.'))
		return false;
	for (const char *cursor = name; cursor < end;) {
		const uint32_t character = fsi_utf8_next(&cursor, end);

		if (character == UINT32_MAX || character == 0 || character == '/' ||
		    (!rules->any_character && is_forbidden(character)))
			return false;
	}
	return true;
}

HRESULT fsi_name_check_new(const struct fsi_tree_rules *rules, const char *name,
			   size_t length)
{
	if (!is_legal(rules, name, length))
		return S_FALSE;
	/* Windows drops a dot or space at the end of a name. */
	if (!rules->any_character && (name[length - 1] == ' ' || name[length - 1] == '.'))
		return S_FALSE;
	if (!rules->restricted)
		return S_OK;
	for (size_t i = 0; i < length; i++) {
		if ((uint8_t)name[i] < 32 || (uint8_t)name[i] > 127)
			return FSI_FAIL(IMAPI_E_RESTRICTED_NAME_VIOLATION, name);
	}
	return S_OK;
}

/* The length of the part at the start of path. */
static size_t part_length(const struct fsi_tree_rules *rules, const char *path)
{
	size_t length = 0;

	while (path[length] != '\0' && !is_separator(rules, path[length]))
		length++;
	return length;
}

/* The parts of a path without one separator in front and one behind. */
static bool is_well_formed(const struct fsi_tree_rules *rules, const char *path)
{
	while (*path != '\0') {
		const size_t length = part_length(rules, path);

		if (!is_legal(rules, path, length))
			return false;
		path += length;
		if (*path != '\0')
			path++;
	}
	return true;
}

/* Step from a directory to the one that a part of the path names. */
static HRESULT enter(const struct fsi_tree *tree, const char *name, size_t length,
		     struct fsi_node **directory)
{
	struct fsi_node *child = fsi_tree_find_child(tree, *directory, name, length);
	char *part = NULL;
	char *path = NULL;
	HRESULT hr = S_OK;

	if (child != NULL && fsi_node_is_directory(child)) {
		*directory = child;
		return S_OK;
	}
	/* What is there is called as it was given; the rest, as it is wanted. */
	part = child != NULL ? fsi_duplicate_string(child->name)
			     : fsi_duplicate_bytes(name, length);
	path = part != NULL ? fsi_path_format(tree, *directory, part) : NULL;
	if (path == NULL)
		hr = FSI_FAIL(E_OUTOFMEMORY);
	else if (child == NULL)
		hr = FSI_FAIL(IMAPI_E_DIR_NOT_FOUND, path);
	else
		hr = FSI_FAIL(IMAPI_E_NOT_DIR, path);
	fsi_free(path);
	fsi_free(part);
	return hr;
}

HRESULT fsi_path_resolve(const struct fsi_tree *tree, struct fsi_node *directory,
			 const char *path, const char *parameter,
			 struct fsi_path_end *ret_end)
{
	const struct fsi_tree_rules *rules = &tree->rules;
	const char *cursor = path;
	size_t length = 0;

	if (path[0] == '\0' || !fsi_utf8_is_valid(path, strlen(path)))
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, parameter);
	if (is_separator(rules, *cursor)) {
		if (directory != &tree->root)
			return FSI_FAIL(IMAPI_E_INVALID_PATH, path);
		cursor++;
	}
	if (!is_well_formed(rules, cursor))
		return FSI_FAIL(IMAPI_E_INVALID_PATH, path);
	for (;;) {
		length = part_length(rules, cursor);
		/* The last part may have a separator behind it. */
		if (cursor[length] == '\0' || cursor[length + 1] == '\0')
			break;
		FSI_TRY(enter(tree, cursor, length, &directory));
		cursor += length + 1;
	}
	*ret_end = (struct fsi_path_end){
		.parent = directory, .name = cursor, .name_length = length};
	return S_OK;
}

struct fsi_node *fsi_path_find(const struct fsi_tree *tree,
			       const struct fsi_path_end *end)
{
	if (end->name_length == 0)
		return end->parent;
	return fsi_tree_find_child(tree, end->parent, end->name, end->name_length);
}

char *fsi_path_format(const struct fsi_tree *tree, const struct fsi_node *directory,
		      const char *name)
{
	const char separator = tree->rules.any_character ? '/' : '\\';
	size_t length = name != NULL ? strlen(name) + 1 : 0;
	char *path = NULL;
	char *start = NULL;

	for (const struct fsi_node *node = directory; node->parent != NULL;
	     node = node->parent)
		length += (size_t)node->name_length + 1;
	if (length == 0)
		length = 1; /* the root itself */
	path = fsi_allocate(length + 1);
	if (path == NULL)
		return NULL;
	/* From the end to the front, as the parents come. */
	start = path + length;
	*start = '\0';
	if (name != NULL) {
		start -= strlen(name);
		memcpy(start, name, strlen(name));
		*--start = separator;
	}
	for (const struct fsi_node *node = directory; node->parent != NULL;
	     node = node->parent) {
		start -= node->name_length;
		memcpy(start, node->name, node->name_length);
		*--start = separator;
	}
	path[0] = separator;
	return path;
}

/* As Windows writes it: the path of its file, a colon, its name. */
static char *path_of_stream(const struct fsi_node *stream)
{
	char *owner = fsi_path_format(fsi_node_tree(stream), stream->parent, NULL);
	const size_t size =
		owner != NULL ? strlen(owner) + (size_t)stream->name_length + 2 : 0;
	char *path = owner != NULL ? fsi_allocate(size) : NULL;

	if (path != NULL)
		snprintf(path, size, "%s:%s", owner, stream->name);
	fsi_free(owner);
	return path;
}

char *fsi_path_of_node(const struct fsi_node *node)
{
	if (!fsi_node_is_in_image(node))
		return fsi_duplicate_string(node->name);
	if (node->is_stream)
		return path_of_stream(node);
	return fsi_path_format(fsi_node_tree(node), node, NULL);
}
