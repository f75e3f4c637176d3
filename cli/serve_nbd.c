/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage serve --unix": nbdkit with our plugin in it takes over this process. */

#include "cli/serve.h"

#include <fsimage/codes.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLUGIN_NAME "nbdkit-fsimage-plugin.so"

/* Words in front of those of the command line. */
#define FIRST_WORDS 5

/* Where this program was built and not installed, the plugin is beside it. */
static char *find_plugin(void)
{
	char own[4096];
	const ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char *slash = NULL;
	char *path = NULL;

	if (length > 0) {
		own[length] = '\0';
		slash = strrchr(own, '/');
	}
	if (slash != NULL) {
		*slash = '\0';
		if (asprintf(&path, "%s/%s", own, PLUGIN_NAME) < 0)
			return NULL;
		if (access(path, R_OK) == 0)
			return path;
		free(path);
	}
	return strdup(PLUGIN_FOLDER "/" PLUGIN_NAME);
}

static char *make_word(const char *name, const char *value)
{
	char *word = NULL;

	return asprintf(&word, "%s%s", name, value) < 0 ? NULL : word;
}

/* The command line of nbdkit; NULL: out of memory, which ends the process anyway. */
static char **make_words(const struct build *build, int argc, char **argv)
{
	char **words = calloc((size_t)argc + FIRST_WORDS + 1, sizeof(*words));
	size_t count = 0;
	/* A "-" alone would be a socket of nbdkit's choice. */
	const bool is_dash = build->options.output[0] == '-';

	if (words == NULL)
		return NULL;
	words[count++] = make_word("nbdkit", "");
	words[count++] = make_word("--foreground", "");
	words[count++] = make_word("--readonly", "");
	words[count++] =
		make_word(is_dash ? "--unix=./" : "--unix=", build->options.output);
	words[count++] = find_plugin();
	for (int i = 1; i < argc; i++)
		words[count++] = make_word("argument=", argv[i]);
	for (size_t i = 0; i < count; i++) {
		if (words[i] == NULL)
			return NULL;
	}
	return words;
}

int serve_nbd(const struct build *build, int argc, char **argv)
{
	const char *socket_path = build->options.output;
	struct stat status;
	char **words = NULL;

	if (lstat(socket_path, &status) == 0)
		return message_own_failure(&build->voice, FSI_E_FILE_EXISTS,
					   "It exists already.", NULL, "making socket %s",
					   socket_path);
	words = make_words(build, argc, argv);
	if (words == NULL)
		return message_no_memory(&build->voice);
	execvp(words[0], words);
	return message_errno_failure(&build->voice, errno, "starting nbdkit");
}
