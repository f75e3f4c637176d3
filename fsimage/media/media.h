/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What discs and images have in common when they are read: so many bytes, in
 * blocks, of which some may be unreadable; a session that begins somewhere; and
 * a small cache, as the structures of a file system lie side by side. May be
 * used by several threads at once.
 */
#ifndef FSI_MEDIA_MEDIA_H
#define FSI_MEDIA_MEDIA_H

#include <fsimage/stream.h>

struct fsi_media;

/*
 * One reference on stream is taken. block_count: how many are recorded; 0: as
 * many as the stream has. E_OUTOFMEMORY; what the stream returns for its size.
 */
HRESULT fsi_media_open(fsi_stream *stream, uint32_t session_block, uint32_t block_count,
		       struct fsi_media **ret_media);

struct fsi_media *fsi_media_add_ref(struct fsi_media *media);
void fsi_media_release(struct fsi_media *media);

/* In bytes. */
uint64_t fsi_media_size(const struct fsi_media *media);

/* Whole blocks of FSI_BLOCK_SIZE bytes; UINT32_MAX when there are more. */
uint32_t fsi_media_block_count(const struct fsi_media *media);

uint32_t fsi_media_session_block(const struct fsi_media *media);

/*
 * Read length bytes at offset, all of them. IMAPI_E_IMPORT_SEEK_FAILURE (block)
 * behind the end; IMAPI_E_IMPORT_READ_FAILURE (block), with what the stream said;
 * E_OUTOFMEMORY. Blocks in messages are of FSI_BLOCK_SIZE bytes.
 */
HRESULT fsi_media_read(struct fsi_media *media, uint64_t offset, void *buffer,
		       size_t length);

/* The same past the cache, for the data of files. */
HRESULT fsi_media_read_data(struct fsi_media *media, uint64_t offset, void *buffer,
			    size_t length);

/* All bytes of it as a stream, which keeps it alive. One reference. */
HRESULT fsi_media_make_stream(struct fsi_media *media, fsi_stream **ret_stream);

/* How many bytes from offset on are known to be zeros without reading them. */
uint64_t fsi_media_count_zeros(struct fsi_media *media, uint64_t offset);

#endif
