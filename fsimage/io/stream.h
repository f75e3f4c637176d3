/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams from the library's side: what <fsimage/stream.h> offers, without
 * clearing the thread's error, so that the rooms below the API can use it.
 */
#ifndef FSI_IO_STREAM_H
#define FSI_IO_STREAM_H

#include <fsimage/stream.h>

/* As fsi_stream_create(); ops are known to be complete. */
HRESULT fsi_stream_make(const struct fsi_stream_ops *ops, void *self,
			fsi_stream **ret_stream);

/* Its flags: a set of enum fsi_stream_flag. */
unsigned fsi_stream_flags(const fsi_stream *stream);

/* Whether it may know of zeros without reading them. */
bool fsi_stream_may_have_holes(const fsi_stream *stream);

/* As fsi_stream_read_at(); ret_read is required. */
HRESULT fsi_stream_read(fsi_stream *stream, uint64_t offset, void *buffer, size_t length,
			size_t *ret_read);

/* As fsi_stream_get_size(). */
HRESULT fsi_stream_measure(fsi_stream *stream, uint64_t *ret_size);

/* As fsi_stream_count_zeros_at(). */
HRESULT fsi_stream_count_zeros(fsi_stream *stream, uint64_t offset, uint64_t *ret_count);

/*
 * Share bytes with a file, as share of struct fsi_stream_ops. A stream that never does:
 * S_FALSE and UINT64_MAX.
 */
HRESULT fsi_stream_share(fsi_stream *stream, uint64_t offset,
			 const struct fsi_share_target *target, uint64_t *ret_length);

/* As fsi_stream_create_on_memory(). */
HRESULT fsi_stream_make_on_memory(const void *bytes, size_t size,
				  fsi_stream **ret_stream);

/* As fsi_stream_create_on_descriptor() for a file or a block device. */
HRESULT fsi_stream_make_on_descriptor(int descriptor, fsi_stream **ret_stream);

/*
 * Bytes of another stream from offset on, at most size of them: it may end before. One
 * reference on whole is taken.
 */
HRESULT fsi_stream_make_part(fsi_stream *whole, uint64_t offset, uint64_t size,
			     fsi_stream **ret_stream);

/*
 * How far a hole of an open file of that size reaches from offset on; 0 where there is
 * none, or the file system does not tell.
 */
uint64_t fsi_descriptor_hole(int descriptor, uint64_t offset, uint64_t size);

#endif
