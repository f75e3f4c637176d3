/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc as a stream of all its bytes, whose errors tell the block. */
#include "error/fail.h"
#include "io/stream.h"
#include "media/media.h"

static HRESULT read_bytes(void *self, uint64_t offset, void *buffer, size_t length,
			  size_t *ret_read)
{
	const uint64_t size = fsi_media_size(self);
	const uint64_t left = offset < size ? size - offset : 0;
	const size_t wanted = left < length ? (size_t)left : length;

	if (wanted > 0)
		FSI_TRY(fsi_media_read_data(self, offset, buffer, wanted));
	*ret_read = wanted;
	return S_OK;
}

static HRESULT measure(void *self, uint64_t *ret_size)
{
	*ret_size = fsi_media_size(self);
	return S_OK;
}

static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	*ret_count = fsi_media_count_zeros(self, offset);
	return S_OK;
}

static void close_media(void *self)
{
	fsi_media_release(self);
}

static const struct fsi_stream_ops media_ops = {
	.size = sizeof(media_ops),
	.read_at = read_bytes,
	.get_size = measure,
	.count_zeros = count_zeros,
	.destroy = close_media,
};

HRESULT fsi_media_make_stream(struct fsi_media *media, fsi_stream **ret_stream)
{
	FSI_TRY(fsi_stream_make(&media_ops, media, ret_stream));
	(void)fsi_media_add_ref(media);
	return S_OK;
}
