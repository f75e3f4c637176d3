/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams of bytes that can be read at any offset (IStream's reading half).
 * The library hands them out (the result image), makes them (memory, files)
 * and takes them from the caller (struct fsi_stream_ops).
 */
#ifndef FSIMAGE_STREAM_H
#define FSIMAGE_STREAM_H

#include <fsimage/codes.h>

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Extension: what a stream is like; bits of struct fsi_stream_ops.flags. */
enum fsi_stream_flag {
	/**
	 * It is read once, from the start to the end, each read where the last
	 * one ended; how long it is shows at the end. What is added to an image
	 * is copied into its working directory at once.
	 */
	FSI_STREAM_SEQUENTIAL = 1,
	/** What it holds may change later: it is copied in the same way. */
	FSI_STREAM_VOLATILE = 2
};

/** Extension: a file that bytes are to be shared with instead of copied. */
struct fsi_share_target {
	int descriptor;	  /**< open for writing */
	uint64_t offset;  /**< in that file, where the first of them comes to be */
	uint64_t length;  /**< so many at most */
	bool is_required; /**< where they can't be shared, that is an error */
};

/**
 * What a caller implements to be a source of bytes. The table must live as
 * long as the stream. Functions may be called from any thread, and from
 * several at once.
 */
struct fsi_stream_ops {
	/** sizeof(struct fsi_stream_ops), so that the table can grow. */
	size_t size;
	/** A set of enum fsi_stream_flag. */
	unsigned flags;
	/**
	 * Read up to length bytes at offset into buffer.
	 * *ret_read receives how many; fewer than asked for only at the end.
	 * E_IMAPI_REQUEST_CANCELLED, returned while a stream is copied, cancels
	 * the call that does it.
	 */
	HRESULT(*read_at)
	(void *self, uint64_t offset, void *buffer, size_t length, size_t *ret_read);
	/**
	 * The number of bytes that the stream holds. NULL only in a sequential
	 * stream, which may also give a number that is no more than a guess.
	 */
	HRESULT (*get_size)(void *self, uint64_t *ret_size);
	/**
	 * An independent stream over the same bytes; NULL: the same object
	 * serves all clones.
	 */
	HRESULT (*clone)(void *self, fsi_stream **ret_stream);
	/**
	 * How many bytes from offset on are known to be zeros without reading
	 * them, such as those of a hole; 0 when the byte there has to be read.
	 * NULL: all have.
	 */
	HRESULT (*count_zeros)(void *self, uint64_t offset, uint64_t *ret_count);
	/**
	 * Make the bytes from offset on those of another file without copying
	 * them, as file systems can whose files share blocks (FICLONERANGE). The
	 * last byte of a stream is never shared, but left to be read.
	 * S_OK: *ret_length bytes are there now, at least 1. S_FALSE: none are,
	 * and asking is of no use for the next *ret_length bytes. NULL: never.
	 */
	HRESULT(*share)
	(void *self, uint64_t offset, const struct fsi_share_target *target,
	 uint64_t *ret_length);
	/** Called once, when the last reference has gone; NULL: nothing to do. */
	void (*destroy)(void *self);
};

/**
 * Make a stream of the caller's own functions.
 *
 * @param ops         borrowed for the life of the stream; read_at is required,
 *                    and get_size unless the stream is sequential
 * @param self        passed to each of them
 * @param ret_stream  one reference
 * @return S_OK; E_POINTER when ops, one of the required functions or
 *         ret_stream is NULL; E_INVALIDARG when ops->size is too small;
 *         E_OUTOFMEMORY. On failure destroy is not called.
 */
FSI_API HRESULT fsi_stream_create(const struct fsi_stream_ops *ops, void *self,
				  fsi_stream **ret_stream);

/**
 * Make a stream of bytes in memory, which are copied.
 *
 * @param bytes       borrowed for the call; may be NULL when size is 0
 * @param size        in bytes
 * @param ret_stream  one reference
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_stream_create_on_memory(const void *bytes, size_t size,
					    fsi_stream **ret_stream);

/**
 * Open a regular file or a block device of this computer as a stream. The size
 * is taken now.
 *
 * @param path        host path
 * @param ret_stream  one reference
 * @return S_OK; E_POINTER; E_OUTOFMEMORY; a system error as
 *         HRESULT_FROM_WIN32 when it can't be opened or is neither a regular
 *         file nor a block device
 */
FSI_API HRESULT fsi_stream_create_on_file(const char *path, fsi_stream **ret_stream);

/**
 * Extension: make a stream of an open file. A regular file or a block device is
 * read from its beginning, wherever the descriptor stands, and its size is taken
 * now. A pipe, a socket or a character device becomes a sequential stream from
 * where it stands.
 *
 * @param descriptor  open for reading; borrowed, as the stream has a copy
 * @param ret_stream  one reference
 * @return S_OK; E_POINTER; E_OUTOFMEMORY; FSI_E_INVALID_HANDLE when descriptor
 *         is not open, or not for reading; FSI_E_DIRECTORY_NOT_SUPPORTED for a
 *         directory; a system error as HRESULT_FROM_WIN32 when its size can't be
 *         told. Reading a sequential stream elsewhere than where the last
 *         read ended: FSI_E_SEEK_ON_DEVICE.
 */
FSI_API HRESULT fsi_stream_create_on_descriptor(int descriptor, fsi_stream **ret_stream);

/** @return stream, with one more reference; NULL stays NULL */
FSI_API fsi_stream *fsi_stream_add_ref(fsi_stream *stream);

/** Give up one reference. @param stream  NULL is accepted */
FSI_API void fsi_stream_release(fsi_stream *stream);

/**
 * Read at any offset.
 *
 * @param offset    bytes from the start; at or past the end nothing is read
 * @param buffer    receives up to length bytes
 * @param length    in bytes; 0 is accepted
 * @param ret_read  bytes read: less than length only at the end of the stream;
 *                  may be NULL, then a short read is an error (E_FAIL)
 * @return S_OK; E_POINTER; for an image IMAPI_E_DATA_STREAM_INCONSISTENCY
 *         (path, bytes expected, bytes found) when a source has changed its
 *         size, IMAPI_E_DATA_STREAM_READ_FAILURE (path) when it can't be read,
 *         IMAPI_E_DATA_STREAM_CREATE_FAILURE (path) when it can't be opened
 *         any more, IMAPI_E_STASHFILE_READ_FAILURE (data) and _SEEK_FAILURE (data)
 *         when the copy in the working directory can't be read or has been
 *         changed, E_OUTOFMEMORY; what read_at returned for the caller's own stream
 */
FSI_API HRESULT fsi_stream_read_at(fsi_stream *stream, uint64_t offset, void *buffer,
				   size_t length, size_t *ret_read);

/**
 * @param ret_size  the number of bytes of the stream
 * @return S_OK; E_POINTER; what get_size returned for the caller's own stream;
 *         E_NOTIMPL for a sequential stream that does not know
 */
FSI_API HRESULT fsi_stream_get_size(fsi_stream *stream, uint64_t *ret_size);

/**
 * Extension: look for a hole, so that zeros need not be read to be skipped.
 *
 * @param offset     bytes from the start
 * @param ret_count  so many bytes from offset on are zeros; 0 when that is not
 *                   known without reading, and at the end of the stream
 * @return S_OK; E_POINTER; as fsi_stream_read_at(), since a source may be opened
 */
FSI_API HRESULT fsi_stream_count_zeros_at(fsi_stream *stream, uint64_t offset,
					  uint64_t *ret_count);

/**
 * An independent stream over the same bytes.
 *
 * @param ret_stream  one reference
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_stream_clone(fsi_stream *stream, fsi_stream **ret_stream);

/**
 * Extension: hand a stream on as a FILE, for programs that read those. It is read at
 * any place (fseeko); a sequential stream only from its start to its end. Where
 * reading fails, ferror() is set and errno is EIO, or ENOMEM; the error of the thread
 * that reads has the code.
 *
 * @param ret_file  open for reading, to be closed with fclose(); it has a reference
 *                  of its own
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_stream_open_file(fsi_stream *stream, FILE **ret_file);

/**
 * Extension: hand a stream on as a descriptor, for programs that are given one. It is
 * a socket that a thread of the library writes the bytes to, so it is read once, from
 * the start to the end, and can't be opened again by a path of /proc or /dev. The
 * thread has a reference to the stream and ends when all is read or the descriptor
 * closed, which raises no SIGPIPE.
 *
 * Where the stream fails, or ends before its size, reading the descriptor fails with
 * ECONNRESET once all bytes before are read: what can be read to its end is whole.
 *
 * @param ret_descriptor  to be closed; closed on exec unless duplicated
 * @return S_OK; E_POINTER; E_OUTOFMEMORY; a system error as HRESULT_FROM_WIN32
 *         when there are no more descriptors or threads
 */
FSI_API HRESULT fsi_stream_open_descriptor(fsi_stream *stream, int *ret_descriptor);

#ifdef __cplusplus
}
#endif

#endif
