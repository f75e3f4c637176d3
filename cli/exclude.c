/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --exclude leaves out. */

#include "cli/exclude.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

const char *exclude_add(struct exclude_list *list, const char *pattern)
{
	const bool is_anchored = pattern[0] == '/';
	const char *glob = is_anchored ? pattern + 1 : pattern;
	struct exclude_pattern added = {0};
	struct exclude_pattern *patterns = NULL;
	size_t length = strlen(glob);

	if (length > 0 && glob[length - 1] == '/') {
		added.folders_only = true;
		length--;
	}
	if (length == 0)
		return "a pattern has to name something";
	added.glob = strndup(glob, length);
	patterns = realloc(list->patterns, (list->count + 1) * sizeof(*patterns));
	if (patterns != NULL)
		list->patterns = patterns;
	if (added.glob == NULL || patterns == NULL) {
		free(added.glob);
		return "out of memory";
	}
	/* Without it bytes are compared: only "?" and "[...]" would tell. */
	if (list->utf8 == (locale_t)0)
		list->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	added.is_path = is_anchored || strchr(added.glob, '/') != NULL;
	list->patterns[list->count++] = added;
	return NULL;
}

static bool matches(const struct exclude_pattern *pattern, const char *path,
		    bool is_folder)
{
	const char *slash = strrchr(path, '/');

	if (pattern->folders_only && !is_folder)
		return false;
	if (pattern->is_path)
		return fnmatch(pattern->glob, path, FNM_PATHNAME) == 0;
	return fnmatch(pattern->glob, slash != NULL ? slash + 1 : path, 0) == 0;
}

bool exclude_matches(const struct exclude_list *list, const char *path, bool is_folder)
{
	locale_t old = (locale_t)0;
	bool answer = false;

	if (list->utf8 != (locale_t)0)
		old = uselocale(list->utf8);
	for (size_t i = 0; i < list->count && !answer; i++)
		answer = matches(&list->patterns[i], path, is_folder);
	if (old != (locale_t)0)
		uselocale(old);
	return answer;
}

void exclude_clear(struct exclude_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->patterns[i].glob);
	free(list->patterns);
	if (list->utf8 != (locale_t)0)
		freelocale(list->utf8);
	*list = (struct exclude_list){0};
}
