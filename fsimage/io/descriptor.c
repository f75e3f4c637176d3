/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All bytes that are asked for, in as many calls as it takes. */
#include "io/descriptor.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

int fsi_read_descriptor(int descriptor, uint64_t offset, void *buffer, size_t length,
			bool to_end, size_t *ret_read)
{
	char behind = 0;
	size_t done = 0;

	if (offset >= (uint64_t)INT64_MAX - length)
		return EINVAL;
	while (done < length) {
		struct iovec parts[2] = {{(char *)buffer + done, length - done},
					 {&behind, 1}};
		const ssize_t piece =
			preadv(descriptor, parts, to_end ? 2 : 1, (off_t)(offset + done));

		if (piece < 0 && errno == EINTR)
			continue;
		if (piece < 0)
			return errno;
		if (piece == 0)
			break;
		done += (size_t)piece;
	}
	*ret_read = done;
	return 0;
}

int fsi_write_descriptor(int descriptor, uint64_t offset, const void *bytes,
			 size_t length)
{
	const uint8_t *next = bytes;

	if (offset > INT64_MAX - length)
		return EFBIG;
	while (length > 0) {
		const ssize_t piece = pwrite(descriptor, next, length, (off_t)offset);

		if (piece < 0 && errno == EINTR)
			continue;
		if (piece <= 0)
			return piece < 0 ? errno : EIO;
		next += piece;
		offset += (uint64_t)piece;
		length -= (size_t)piece;
	}
	return 0;
}
