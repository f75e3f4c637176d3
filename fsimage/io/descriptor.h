/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading and writing open files to the last byte, whatever one call does. */
#ifndef FSI_IO_DESCRIPTOR_H
#define FSI_IO_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Read length bytes of an open file, going on after short reads and signals.
 * *ret_read is less than length only at the end of the file. With to_end it is length
 * + 1 when the file does not end behind them. Returns 0 or errno.
 */
int fsi_read_descriptor(int descriptor, uint64_t offset, void *buffer, size_t length,
			bool to_end, size_t *ret_read);

/* Write all of length bytes, in the same way. Returns 0 or errno. */
int fsi_write_descriptor(int descriptor, uint64_t offset, const void *bytes,
			 size_t length);

#endif
