/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sharing blocks of one file with another. */
#include "io/share.h"

#include "error/fail.h"
#include "io/system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Shared at once; nobody can stop it meanwhile. */
#define LENGTH_MAX (UINT64_C(1) << 30)

/* Returns 0 or errno. */
static int clone_range(int source, int target, const struct file_clone_range *range)
{
	struct file_clone_range request = *range;
	int result = 0;

	request.src_fd = source;
	do
		result = ioctl(target, FICLONERANGE, &request);
	while (result != 0 && errno == EINTR);
	return result != 0 ? errno : 0;
}

/* What systems answer that have done nothing, as they never can. */
static bool is_refusal(int error)
{
	return error == EOPNOTSUPP || error == ENOTTY || error == EXDEV ||
	       error == EINVAL || error == EPERM || error == ENOSYS || error == EBADF;
}

int fsi_share_probe(int descriptor)
{
	const struct file_clone_range nothing = {0};
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
	int source = -1;
	int error = 0;

	/* It is open for writing only, and a source has to be read. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	source = fsi_system_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
	if (source < 0)
		return errno;
	error = clone_range(source, descriptor, &nothing);
	close(source);
	return error;
}

HRESULT fsi_share_descriptor(int descriptor, uint64_t offset, uint64_t size,
			     const struct fsi_share_target *target, uint64_t *ret_length)
{
	const uint64_t left = offset < size ? size - offset : 0;
	struct file_clone_range range = {.src_offset = offset,
					 .dest_offset = target->offset};
	uint64_t length = left > 0 ? left - 1 : 0;
	int error = 0;

	if (length > target->length)
		length = target->length;
	if (length > LENGTH_MAX)
		length = LENGTH_MAX;
	length -= length % FSI_SHARE_ALIGNMENT;
	*ret_length = left;
	if (length == 0 || offset % FSI_SHARE_ALIGNMENT != 0 ||
	    target->offset % FSI_SHARE_ALIGNMENT != 0)
		return S_FALSE;
	range.src_length = length;
	error = clone_range(descriptor, target->descriptor, &range);
	if (error != 0)
		return is_refusal(error) && !target->is_required
			       ? S_FALSE
			       : fsi_error_from_errno(error);
	*ret_length = length;
	return S_OK;
}
