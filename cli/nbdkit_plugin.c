/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin of nbdkit behind "fsimage serve --unix". Each word of the command line
 * comes as a parameter "argument"; the image is built when the last has come.
 */

#define NBDKIT_API_VERSION 2

#include "cli/interrupt.h"
#include "cli/serving.h"

#include <nbdkit-plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

/* What nbdkit is to be told of the image's blocks. */
#define SMALLEST_READ  1
#define PREFERRED_READ 65536
#define LARGEST_READ   UINT32_C(33554432)

/* A plugin has one configuration for each process; nbdkit passes none to it. */
static struct {
	char **words; /* with a NULL behind the last */
	size_t count;
	struct build build;
	struct serving serving;
	FILE *report;
	bool has_socket; /* there is one, which is ours to remove */
} plugin_state;

static int take_parameter(const char *key, const char *value)
{
	char **words = NULL;

	if (strcmp(key, "argument") != 0) {
		nbdkit_error("there is no parameter '%s'", key);
		return -1;
	}
	words = realloc(plugin_state.words, (plugin_state.count + 2) * sizeof(*words));
	if (words != NULL) {
		plugin_state.words = words;
		words[plugin_state.count] = strdup(value);
		words[plugin_state.count + 1] = NULL;
	}
	if (words == NULL || words[plugin_state.count] == NULL) {
		nbdkit_error("out of memory");
		return -1;
	}
	plugin_state.count++;
	return 0;
}

/* argv[0] is the name of the subcommand. */
static void load(void)
{
	if (take_parameter("argument", "serve") != 0)
		exit(EXIT_FAILURE);
}

/* Standard output as it is now: nbdkit takes it away before it serves. */
static FILE *keep_stdout(void)
{
	const int descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;

	if (file == NULL && descriptor >= 0)
		close(descriptor);
	return file;
}

static int build_and_open(struct build *build)
{
	int status = build_begin(build, "serve", "serving");

	if (status == STATUS_DONE) {
		build->output.path = build->options.output;
		status = serving_begin(build, &plugin_state.serving);
	}
	if (status != STATUS_DONE)
		return status;
	plugin_state.report = keep_stdout();
	if (plugin_state.report == NULL)
		return message_errno_failure(&build->voice, errno,
					     "keeping standard output");
	build->voice.report = plugin_state.report;
	return STATUS_DONE;
}

/* Standard input can only be read until this is done. */
static int read_command_line(void)
{
	struct build *build = &plugin_state.build;
	int status = STATUS_DONE;

	if (!serve_options_parse((int)plugin_state.count, plugin_state.words,
				 &build->options, &status))
		return -1;
	interrupt_begin();
	if (build_and_open(build) == STATUS_DONE)
		return 0;
	fflush(stdout);
	if (interrupt_came())
		interrupt_raise_again();
	return -1;
}

/* nbdkit leaves it where it is. In the foreground it stays in its folder, too. */
static void remove_socket(void)
{
	if (plugin_state.has_socket)
		unlink(plugin_state.build.options.output);
	plugin_state.has_socket = false;
}

/* nbdkit has made the socket. */
static int begin_serving(void)
{
	struct build *build = &plugin_state.build;

	plugin_state.has_socket = true;
	/* One that came before nbdkit was waiting for it. */
	if (interrupt_came()) {
		remove_socket();
		interrupt_raise_again();
	}
	if (build_report(build) != STATUS_DONE)
		return -1;
	fflush(plugin_state.report);
	return 0;
}

static void unload(void)
{
	remove_socket();
	serving_clear(&plugin_state.serving);
	build_clear(&plugin_state.build);
	if (plugin_state.report != NULL)
		fclose(plugin_state.report);
	for (size_t i = 0; i < plugin_state.count; i++)
		free(plugin_state.words[i]);
	free(plugin_state.words);
}

/* ---- each connection --------------------------------------------------- */

static void *open_image(int readonly)
{
	(void)readonly;
	return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t get_size(void *handle)
{
	(void)handle;
	return (int64_t)plugin_state.serving.size;
}

/* All connections read the same bytes. */
static int can_multi_conn(void *handle)
{
	(void)handle;
	return 1;
}

static int get_block_size(void *handle, uint32_t *ret_minimum, uint32_t *ret_preferred,
			  uint32_t *ret_maximum)
{
	(void)handle;
	*ret_minimum = SMALLEST_READ;
	*ret_preferred = PREFERRED_READ;
	*ret_maximum = LARGEST_READ;
	return 0;
}

static int read_image(void *handle, void *buffer, uint32_t length, uint64_t offset,
		      uint32_t flags)
{
	const int error = serving_read(&plugin_state.serving, buffer, length, offset);

	(void)handle;
	(void)flags;
	if (error == 0)
		return 0;
	nbdkit_set_error(error);
	return -1;
}

static struct nbdkit_plugin plugin = {
	.name = "fsimage",
	.longname = "image of an optical disc that is made when it is read",
	.load = load,
	.unload = unload,
	.config = take_parameter,
	.config_complete = read_command_line,
	.after_fork = begin_serving,
	.open = open_image,
	.get_size = get_size,
	.can_multi_conn = can_multi_conn,
	.block_size = get_block_size,
	.pread = read_image,
};

/* The macro that follows defines it, without a prototype. */
struct nbdkit_plugin *plugin_init(void);

NBDKIT_REGISTER_PLUGIN(plugin)
