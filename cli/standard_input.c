/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard input as a file of the image. */

#include "cli/standard_input.h"

#include "cli/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long to wait for input before asking whether to go on. */
#define PATIENCE_MS 50

int standard_input_check(const struct output *output, const struct voice *voice)
{
	struct stat status;

	if (fstat(STDIN_FILENO, &status) != 0)
		return message_errno_failure(voice, errno, "reading standard input");
	if (isatty(STDIN_FILENO))
		return message_usage(voice->command,
				     "a file is not typed at a terminal: send standard "
				     "input from a file or a program");
	if (S_ISDIR(status.st_mode))
		return message_errno_failure(voice, EISDIR, "reading standard input");
	if (output->is_file && status.st_dev == output->device &&
	    status.st_ino == output->inode)
		return message_own_failure(voice, FSI_E_SHARING_VIOLATION,
					   "It is the output itself.", NULL,
					   "reading standard input");
	return STATUS_DONE;
}

/* A signal that comes just before would not end an endless wait, so it is asked now
 * and then whether to go on. */
static HRESULT wait_for_input(void)
{
	struct pollfd bytes = {.fd = STDIN_FILENO, .events = POLLIN};
	int count = 0;

	while (count == 0 || (count < 0 && errno == EINTR)) {
		if (interrupt_came())
			return E_IMAPI_REQUEST_CANCELLED;
		count = poll(&bytes, 1, PATIENCE_MS);
	}
	return count < 0 ? E_FAIL : S_OK;
}

/* The library reads from the beginning to the end. */
static HRESULT read_input(void *self, uint64_t offset, void *buffer, size_t length,
			  size_t *ret_read)
{
	ssize_t piece = -1;

	(void)self;
	(void)offset;
	while (piece < 0) {
		const HRESULT hr = wait_for_input();

		if (FAILED(hr))
			return hr;
		piece = read(STDIN_FILENO, buffer, length);
		if (piece < 0 && errno != EINTR && errno != EAGAIN)
			return E_FAIL;
	}
	*ret_read = (size_t)piece;
	return S_OK;
}

HRESULT standard_input_open(fsi_stream **ret_stream)
{
	static const struct fsi_stream_ops ops = {
		.size = sizeof(ops),
		.flags = FSI_STREAM_SEQUENTIAL,
		.read_at = read_input,
	};
	struct stat status;

	/* A file may be read again, and later. */
	if (fstat(STDIN_FILENO, &status) == 0 &&
	    (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode)))
		return fsi_stream_create_on_descriptor(STDIN_FILENO, ret_stream);
	return fsi_stream_create(&ops, NULL, ret_stream);
}
