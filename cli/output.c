/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the image goes. */

#include "cli/output.h"

#include "cli/hints.h"

#include <fsimage/codes.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void note_file(const struct stat *status, struct output *output)
{
	output->is_file = S_ISREG(status->st_mode);
	output->device = status->st_dev;
	output->inode = status->st_ino;
}

static int check_stdout(struct output *output)
{
	struct stat status;

	output->is_stdout = true;
	if (isatty(STDOUT_FILENO))
		return message_usage("create",
				     "an image is not for a terminal: send standard "
				     "output to a file or a program");
	if (fstat(STDOUT_FILENO, &status) == 0)
		note_file(&status, output);
	return STATUS_DONE;
}

/* Whether a new file may be made in the folder of path. */
static int check_folder(const char *path, const struct voice *voice)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL   ? strdup(".")
		       : slash == path ? strdup("/")
				       : strndup(path, (size_t)(slash - path));
	struct stat status;
	int error = 0;

	if (folder == NULL)
		return message_no_memory(voice);
	if (stat(folder, &status) != 0)
		error = errno;
	else if (!S_ISDIR(status.st_mode))
		error = ENOTDIR;
	else if (slash != NULL && slash[1] == '\0')
		error = EISDIR;
	else if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0)
		error = errno;
	if (error != 0)
		message_errno_failure(voice, error, "writing %s into %s", path, folder);
	free(folder);
	return error != 0 ? STATUS_FAILED : STATUS_DONE;
}

static int refuse_existing(const struct create_options *options,
			   const struct voice *voice, const char *reason)
{
	return message_own_failure(voice, FSI_E_FILE_EXISTS, reason,
				   hint_for(FSI_E_FILE_EXISTS, options), "writing %s",
				   options->output);
}

static int check_existing(const struct create_options *options, const struct voice *voice,
			  const struct stat *status, struct output *output)
{
	if (S_ISDIR(status->st_mode))
		return message_errno_failure(voice, EISDIR, "writing %s", output->path);
	if (S_ISBLK(status->st_mode) && !options->force)
		return refuse_existing(
			options, voice,
			"It is a block device, whose content would be lost.");
	/* FIFOs and other devices are written to, not replaced. */
	if (!S_ISREG(status->st_mode))
		return STATUS_DONE;
	if (!options->force)
		return refuse_existing(options, voice, "It exists already.");
	note_file(status, output);
	/* Through a symbolic link the file is replaced, and not the link. */
	output->real_path = realpath(output->path, NULL);
	if (output->real_path == NULL)
		return message_errno_failure(voice, errno, "writing %s", output->path);
	return check_folder(output->real_path, voice);
}

static int check_path(const struct create_options *options, const struct voice *voice,
		      struct output *output)
{
	struct stat status;

	if (stat(output->path, &status) == 0)
		return check_existing(options, voice, &status, output);
	if (errno != ENOENT)
		return message_errno_failure(voice, errno, "writing %s", output->path);
	/* A link that leads nowhere is in the way all the same. */
	if (lstat(output->path, &status) == 0 && !options->force)
		return refuse_existing(options, voice, "It exists already.");
	return check_folder(output->path, voice);
}

int output_check(const struct create_options *options, const struct voice *voice,
		 struct output *ret_output)
{
	*ret_output = (struct output){.path = options->output};
	if (strcmp(options->output, "-") == 0)
		return check_stdout(ret_output);
	return check_path(options, voice, ret_output);
}

int output_check_disc(const struct create_options *options, const struct voice *voice,
		      struct output *ret_output)
{
	static const char of_file[] = "stdio:";
	const char *path = options->output;
	struct stat status;

	*ret_output = (struct output){.path = path};
	if (options->session.drive != NULL &&
	    strncmp(path, of_file, sizeof(of_file) - 1) == 0)
		path += sizeof(of_file) - 1;
	/* What is wrong with it else is told when it is opened. */
	if (stat(path, &status) != 0)
		return STATUS_DONE;
	if (S_ISDIR(status.st_mode))
		return message_errno_failure(voice, EISDIR, "writing to %s", path);
	note_file(&status, ret_output);
	ret_output->real_path = realpath(path, NULL);
	return STATUS_DONE;
}

bool output_may_be_in(const struct output *output, const char *folder, bool follow_links)
{
	char *real_folder = NULL;
	size_t length = 0;
	bool answer = true;

	if (!output->is_file)
		return false;
	if (output->real_path == NULL || follow_links)
		return true;
	real_folder = realpath(folder, NULL);
	if (real_folder == NULL)
		return true;
	length = strlen(real_folder);
	answer = strncmp(output->real_path, real_folder, length) == 0 &&
		 (output->real_path[length] == '/' || real_folder[length - 1] == '/');
	free(real_folder);
	return answer;
}

bool output_is(const struct output *output, const char *path)
{
	struct stat status;

	return output->is_file && stat(path, &status) == 0 &&
	       status.st_dev == output->device && status.st_ino == output->inode;
}

void output_clear(struct output *output)
{
	free(output->real_path);
	output->real_path = NULL;
}
