/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image as a stream over the regions of a layout. */
#include "layout/image_stream.h"

#include "error/fail.h"
#include "io/share.h"
#include "io/stream.h"

#include <stdatomic.h>
#include <string.h>

/* So many contents stay open: what is read at random is read again. */
#define SPARE_COUNT 64

/* A region's content that was opened and may be asked for again soon. */
struct opened {
	const struct fsi_region *region;
	fsi_stream *stream;
};

struct image_stream {
	const struct fsi_layout *layout;
	void *keeper;
	void (*hold)(void *keeper);
	void (*let_go)(void *keeper);
	/*
	 * Contents that were read lately, each region in a place of its own. Who looks
	 * at one takes it out for that moment; another reader, finding the place
	 * empty, opens its own.
	 */
	_Atomic(struct opened *) spares[SPARE_COUNT];
};

static void close_opened(struct opened *opened)
{
	if (opened == NULL)
		return;
	fsi_stream_release(opened->stream);
	fsi_free(opened);
}

static _Atomic(struct opened *) *place_of(struct image_stream *image,
					  const struct fsi_region *region)
{
	const size_t number = (size_t)(region - image->layout->regions.items);

	return &image->spares[number % SPARE_COUNT];
}

static void keep_opened(_Atomic(struct opened *) *place, struct opened *opened)
{
	close_opened(atomic_exchange(place, opened));
}

static HRESULT open_region(const struct fsi_region *region, struct opened **ret_opened)
{
	struct opened *opened = fsi_allocate(sizeof(*opened));
	HRESULT hr = S_OK;

	if (opened == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	opened->region = region;
	hr = region->ops->open(region, &opened->stream);
	if (FAILED(hr)) {
		fsi_free(opened);
		return hr;
	}
	*ret_opened = opened;
	return S_OK;
}

/*
 * The content of a region, with a reference: that which is spare, or else opened and
 * then spare. Several readers may have the same one.
 */
static HRESULT take_content(struct image_stream *image, const struct fsi_region *region,
			    fsi_stream **ret_content)
{
	_Atomic(struct opened *) *place = place_of(image, region);
	struct opened *opened = atomic_exchange(place, NULL);

	if (opened == NULL || opened->region != region) {
		close_opened(opened);
		FSI_TRY(open_region(region, &opened));
	}
	*ret_content = fsi_stream_add_ref(opened->stream);
	keep_opened(place, opened);
	return S_OK;
}

/* What has failed, or was read to its end, is not asked for again soon. */
static void forget_content(struct image_stream *image, const struct fsi_region *region)
{
	_Atomic(struct opened *) *place = place_of(image, region);
	struct opened *opened = atomic_exchange(place, NULL);

	if (opened != NULL && opened->region != region)
		keep_opened(place, opened);
	else
		close_opened(opened);
}

/* Read from a region's content; behind its end there are zeros. */
static HRESULT read_opened(struct image_stream *image, const struct fsi_region *region,
			   uint64_t offset, uint8_t *buffer, size_t length)
{
	fsi_stream *content = NULL;
	size_t got = 0;
	HRESULT hr = S_OK;

	FSI_TRY(take_content(image, region, &content));
	hr = fsi_stream_read(content, offset, buffer, length, &got);
	if (SUCCEEDED(hr))
		memset(buffer + got, 0, length - got);
	if (FAILED(hr) || offset + length == (uint64_t)region->blocks * FSI_BLOCK_SIZE)
		forget_content(image, region);
	fsi_stream_release(content);
	return hr;
}

static HRESULT count_opened_zeros(struct image_stream *image,
				  const struct fsi_region *region, uint64_t offset,
				  uint64_t *ret_count)
{
	fsi_stream *content = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(take_content(image, region, &content));
	hr = fsi_stream_count_zeros(content, offset, ret_count);
	if (FAILED(hr))
		forget_content(image, region);
	fsi_stream_release(content);
	return hr;
}

static HRESULT render_block(const struct fsi_region *region, uint32_t block,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	memset(*ret_block, 0, FSI_BLOCK_SIZE);
	return region->ops->render(region, block, ret_block);
}

/* Render the blocks that a range of bytes falls in, whole ones in place. */
static HRESULT read_rendered(const struct fsi_region *region, uint64_t offset,
			     uint8_t *buffer, size_t length)
{
	while (length > 0) {
		const uint32_t block = (uint32_t)(offset / FSI_BLOCK_SIZE);
		const size_t skip = (size_t)(offset % FSI_BLOCK_SIZE);
		size_t piece = FSI_BLOCK_SIZE - skip;

		if (piece > length)
			piece = length;
		if (piece == FSI_BLOCK_SIZE) {
			FSI_TRY(render_block(region, block,
					     (uint8_t(*)[FSI_BLOCK_SIZE])buffer));
		} else {
			uint8_t whole[FSI_BLOCK_SIZE];

			FSI_TRY(render_block(region, block, &whole));
			memcpy(buffer, whole + skip, piece);
		}
		offset += piece;
		buffer += piece;
		length -= piece;
	}
	return S_OK;
}

/* Of the image, where a block of the disc begins, which must not be before it. */
static uint64_t offset_of(const struct fsi_layout *layout, uint64_t block)
{
	return (block - layout->image_block) * FSI_BLOCK_SIZE;
}

/* The block of the disc that a byte of the image is in. */
static uint64_t block_at(const struct fsi_layout *layout, uint64_t offset)
{
	return layout->image_block + offset / FSI_BLOCK_SIZE;
}

static uint64_t size_of(const struct fsi_layout *layout)
{
	return (uint64_t)fsi_layout_image_blocks(layout) * FSI_BLOCK_SIZE;
}

/* The region that a byte of the image is in; NULL: it is zero filling. */
static const struct fsi_region *find_region(const struct fsi_layout *layout,
					    uint64_t offset)
{
	return fsi_layout_find(layout, (uint32_t)block_at(layout, offset));
}

/* The first region that begins behind the block of a byte; count of all: none. */
static size_t find_next(const struct fsi_layout *layout, uint64_t offset)
{
	const uint64_t block = block_at(layout, offset);

	return block < layout->end_block ? fsi_layout_count_until(layout, (uint32_t)block)
					 : layout->regions.count;
}

/* The first byte behind offset at which another region may begin. */
static uint64_t end_of_run(const struct fsi_layout *layout,
			   const struct fsi_region *region, uint64_t offset)
{
	size_t next = 0;

	if (region != NULL)
		return offset_of(layout, (uint64_t)region->first_block + region->blocks);
	next = find_next(layout, offset);
	if (next == layout->regions.count)
		return size_of(layout);
	return offset_of(layout, layout->regions.items[next].first_block);
}

static HRESULT read_run(struct image_stream *image, const struct fsi_region *region,
			uint64_t offset, uint8_t *buffer, size_t length)
{
	if (region == NULL) {
		memset(buffer, 0, length);
		return S_OK;
	}
	offset -= offset_of(image->layout, region->first_block);
	if (region->ops->open != NULL)
		return read_opened(image, region, offset, buffer, length);
	return read_rendered(region, offset, buffer, length);
}

static HRESULT read_image(void *self, uint64_t offset, void *buffer, size_t length,
			  size_t *ret_read)
{
	struct image_stream *image = self;
	const uint64_t size = size_of(image->layout);
	size_t done = 0;

	if (offset >= size)
		length = 0;
	else if (length > size - offset)
		length = (size_t)(size - offset);
	while (done < length) {
		const uint64_t at = offset + done;
		const struct fsi_region *region = find_region(image->layout, at);
		const uint64_t run = end_of_run(image->layout, region, at) - at;
		const size_t piece = run < length - done ? (size_t)run : length - done;

		FSI_TRY(read_run(image, region, at, (uint8_t *)buffer + done, piece));
		done += piece;
	}
	*ret_read = done;
	return S_OK;
}

/* Between regions there is nothing but zeros; in those of files there may be holes. */
static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	struct image_stream *image = self;
	const uint64_t size = size_of(image->layout);
	const struct fsi_region *region = NULL;
	uint64_t left = 0;
	uint64_t count = 0;

	if (offset < size) {
		region = find_region(image->layout, offset);
		left = end_of_run(image->layout, region, offset) - offset;
	}
	if (region == NULL)
		count = left;
	else if (region->ops->open != NULL)
		FSI_TRY(count_opened_zeros(
			image, region,
			offset - offset_of(image->layout, region->first_block), &count));
	*ret_count = count < left ? count : left;
	return S_OK;
}

/* ---- sharing ----------------------------------------------------------- */

/* How far it is from offset to the next region behind it that may be shared. */
static uint64_t distance_to_share(const struct fsi_layout *layout, uint64_t offset)
{
	size_t next = find_next(layout, offset);

	while (next < layout->regions.count &&
	       !fsi_region_may_share(&layout->regions.items[next]))
		next++;
	return next < layout->regions.count
		       ? offset_of(layout, layout->regions.items[next].first_block) -
				 offset
		       : UINT64_MAX;
}

/* The bytes of a region from its own offset on. */
static HRESULT share_opened(struct image_stream *image, const struct fsi_region *region,
			    uint64_t offset, const struct fsi_share_target *target,
			    uint64_t *ret_length)
{
	const uint64_t left = (uint64_t)region->blocks * FSI_BLOCK_SIZE - offset;
	struct fsi_share_target part = *target;
	fsi_stream *content = NULL;
	HRESULT hr = S_OK;

	if (part.length > left)
		part.length = left;
	FSI_TRY(take_content(image, region, &content));
	hr = fsi_stream_share(content, offset, &part, ret_length);
	if (FAILED(hr))
		forget_content(image, region);
	fsi_stream_release(content);
	return hr;
}

static HRESULT refuse_odd_block(const struct fsi_region *region)
{
	return fsi_error_detail(
		FSI_FAIL(E_INVALIDARG),
		"Block %u, where a large file begins, is not a multiple of %u.",
		region->first_block, FSI_SHARE_ALIGNMENT / FSI_BLOCK_SIZE);
}

/* What is left behind the last bytes that can be shared is no piece of its own. */
static HRESULT share(void *self, uint64_t offset, const struct fsi_share_target *target,
		     uint64_t *ret_length)
{
	struct image_stream *image = self;
	const struct fsi_region *region = offset < size_of(image->layout)
						  ? find_region(image->layout, offset)
						  : NULL;
	uint64_t length = UINT64_MAX;
	uint64_t begin = 0;
	uint64_t end = 0;

	if (region != NULL && fsi_region_may_share(region)) {
		begin = offset_of(image->layout, region->first_block);
		end = begin + (uint64_t)region->blocks * FSI_BLOCK_SIZE;
		if (begin % FSI_SHARE_ALIGNMENT == 0) {
			const HRESULT hr = share_opened(image, region, offset - begin,
							target, &length);

			if (hr != S_FALSE) {
				*ret_length = length;
				return hr;
			}
		} else if (target->is_required) {
			return refuse_odd_block(region);
		}
	}
	*ret_length = length < end - offset && end - offset - length >= FSI_BLOCK_SIZE
			      ? length
			      : distance_to_share(image->layout, offset);
	return S_FALSE;
}

static HRESULT measure_image(void *self, uint64_t *ret_size)
{
	const struct image_stream *image = self;

	*ret_size = size_of(image->layout);
	return S_OK;
}

static HRESULT clone_image(void *self, fsi_stream **ret_stream)
{
	const struct image_stream *image = self;

	return fsi_image_stream_create(image->layout, image->keeper, image->hold,
				       image->let_go, ret_stream);
}

static void destroy_image(void *self)
{
	struct image_stream *image = self;

	for (size_t i = 0; i < SPARE_COUNT; i++)
		close_opened(atomic_load(&image->spares[i]));
	image->let_go(image->keeper);
	fsi_free(image);
}

static const struct fsi_stream_ops image_ops = {
	.size = sizeof(image_ops),
	.read_at = read_image,
	.get_size = measure_image,
	.count_zeros = count_zeros,
	.share = share,
	.clone = clone_image,
	.destroy = destroy_image,
};

HRESULT fsi_image_stream_create(const struct fsi_layout *layout, void *keeper,
				void (*hold)(void *keeper), void (*let_go)(void *keeper),
				fsi_stream **ret_stream)
{
	struct image_stream *image = fsi_allocate(sizeof(*image));
	HRESULT hr = S_OK;

	if (image == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	image->layout = layout;
	image->keeper = keeper;
	image->hold = hold;
	image->let_go = let_go;
	for (size_t i = 0; i < SPARE_COUNT; i++)
		atomic_init(&image->spares[i], NULL);
	hr = fsi_stream_make(&image_ops, image, ret_stream);
	if (FAILED(hr)) {
		fsi_free(image);
		return hr;
	}
	hold(keeper);
	return S_OK;
}
