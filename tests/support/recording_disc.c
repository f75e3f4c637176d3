/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc in memory that keeps a list of all that was written and synced. */
#include "tests/support/recording_disc.h"
#include "tests/support/api.h"

#include <stdlib.h>
#include <string.h>

/* ---- the disc ---------------------------------------------------------- */

static HRESULT get_value(void *self, enum fsi_multisession_value which,
			 int32_t *ret_value)
{
	const struct recording_disc *disc = self;

	switch ((int)which) {
	case FSI_MULTISESSION_IS_SUPPORTED:
		*ret_value = 1;
		return S_OK;
	case FSI_MULTISESSION_MEDIA_TYPE:
		*ret_value = IMAPI_MEDIA_TYPE_DISK;
		return S_OK;
	case FSI_MULTISESSION_WRITE_UNIT_SIZE:
		*ret_value = disc->unit;
		return S_OK;
	case FSI_MULTISESSION_LAST_WRITTEN_ADDRESS:
	case FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION:
		*ret_value = (int32_t)disc->blocks - 1;
		return S_OK;
	case FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA:
	case FSI_MULTISESSION_LARGEST_MEDIA:
		*ret_value = (int32_t)disc->room;
		return S_OK;
	case FSI_MULTISESSION_IS_FIRST_DATA_SESSION:
	case FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION:
		*ret_value = 0;
		return S_OK;
	case FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS:
		*ret_value = (int32_t)disc->next_block;
		return S_OK;
	case FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA:
		*ret_value = (int32_t)(disc->room - disc->next_block);
		return S_OK;
	default:
		return E_NOTIMPL;
	}
}

struct disc_stream {
	const uint8_t *const *bytes;
	const uint8_t *own;
	const uint32_t *blocks;
	uint32_t own_blocks;
};

static HRESULT get_size(void *self, uint64_t *ret_size)
{
	const struct disc_stream *stream = self;

	*ret_size = (uint64_t)*stream->blocks * FSI_BLOCK_SIZE;
	return S_OK;
}

static HRESULT read_at(void *self, uint64_t offset, void *buffer, size_t length,
		       size_t *ret_read)
{
	const struct disc_stream *stream = self;
	const uint64_t size = (uint64_t)*stream->blocks * FSI_BLOCK_SIZE;

	*ret_read = 0;
	if (offset >= size)
		return S_OK;
	*ret_read = length < size - offset ? length : (size_t)(size - offset);
	memcpy(buffer, *stream->bytes + offset, *ret_read);
	return S_OK;
}

static const struct fsi_stream_ops stream_ops = {
	.size = sizeof(stream_ops),
	.get_size = get_size,
	.read_at = read_at,
	.destroy = free,
};

/* Takes self. */
static HRESULT make_stream(struct disc_stream *self, fsi_stream **ret_stream)
{
	const HRESULT hr = fsi_stream_create(&stream_ops, self, ret_stream);

	if (FAILED(hr))
		free(self);
	return hr;
}

fsi_stream *recording_disc_stream(const uint8_t *bytes, uint32_t blocks)
{
	struct disc_stream *self = calloc(1, sizeof(*self));
	fsi_stream *stream = NULL;

	ck_assert_ptr_nonnull(self);
	self->own = bytes;
	self->bytes = &self->own;
	self->own_blocks = blocks;
	self->blocks = &self->own_blocks;
	ck_assert_int_eq(make_stream(self, &stream), S_OK);
	return stream;
}

static HRESULT open_import_stream(void *self, fsi_stream **ret_stream)
{
	struct recording_disc *disc = self;
	struct disc_stream *stream = calloc(1, sizeof(*stream));

	ck_assert_ptr_nonnull(stream);
	stream->bytes = (const uint8_t *const *)&disc->bytes;
	stream->blocks = &disc->blocks;
	return make_stream(stream, ret_stream);
}

/* ---- events ------------------------------------------------------------ */

static bool is_to_fail(struct recording_disc *disc)
{
	return disc->fails_at > 0 && --disc->fails_at == 0;
}

static struct disc_event *add_event(struct recording_disc *disc,
				    enum disc_event_kind kind)
{
	struct disc_event *event = NULL;

	ck_assert_uint_lt(disc->event_count, DISC_EVENTS_MAX);
	event = &disc->events[disc->event_count++];
	*event = (struct disc_event){.kind = kind};
	return event;
}

/* A write that fails may have done half of it. */
static HRESULT write_blocks(void *self, uint32_t block, const void *bytes,
			    uint32_t block_count)
{
	struct recording_disc *disc = self;
	struct disc_event *event = NULL;
	HRESULT hr = S_OK;

	if (is_to_fail(disc)) {
		hr = disc->failure;
		block_count /= 2;
	}
	ck_assert_uint_le(block + block_count, disc->room);
	event = add_event(disc, DISC_WRITE);
	event->block = block;
	event->block_count = block_count;
	event->bytes = malloc((size_t)block_count * FSI_BLOCK_SIZE + 1);
	ck_assert_ptr_nonnull(event->bytes);
	memcpy(event->bytes, bytes, (size_t)block_count * FSI_BLOCK_SIZE);
	memcpy(disc->bytes + (size_t)block * FSI_BLOCK_SIZE, bytes,
	       (size_t)block_count * FSI_BLOCK_SIZE);
	if (block + block_count > disc->blocks)
		disc->blocks = block + block_count;
	return hr;
}

static HRESULT sync_disc(void *self)
{
	struct recording_disc *disc = self;

	if (is_to_fail(disc))
		return disc->failure;
	add_event(disc, DISC_SYNC);
	return S_OK;
}

static HRESULT cut_disc(void *self, uint64_t size)
{
	struct recording_disc *disc = self;
	const uint32_t blocks = (uint32_t)(size / FSI_BLOCK_SIZE);

	add_event(disc, DISC_CUT)->size = size;
	if (disc->blocks > blocks) {
		memset(disc->bytes + size, 0,
		       (size_t)(disc->blocks - blocks) * FSI_BLOCK_SIZE);
		disc->blocks = blocks;
	}
	return S_OK;
}

static void count_destroyed(void *self)
{
	struct recording_disc *disc = self;

	disc->destroyed++;
}

fsi_multisession *recording_disc_open(struct recording_disc *disc)
{
	static const struct fsi_multisession_ops random_ops = {
		.size = sizeof(random_ops),
		.kind = FSI_MULTISESSION_RANDOM_WRITE,
		.get_value = get_value,
		.open_import_stream = open_import_stream,
		.write = write_blocks,
		.sync = sync_disc,
		.cut = cut_disc,
		.destroy = count_destroyed,
	};
	static const struct fsi_multisession_ops sequential_ops = {
		.size = sizeof(sequential_ops),
		.kind = FSI_MULTISESSION_SEQUENTIAL,
		.get_value = get_value,
		.open_import_stream = open_import_stream,
		.write = write_blocks,
		.sync = sync_disc,
		.destroy = count_destroyed,
	};
	fsi_multisession *multisession = NULL;

	ck_assert_int_eq(fsi_multisession_create(disc->is_sequential ? &sequential_ops
								     : &random_ops,
						 disc, &multisession),
			 S_OK);
	return multisession;
}

/* ---- life -------------------------------------------------------------- */

static void forget_events(struct recording_disc *disc)
{
	for (unsigned i = 0; i < disc->event_count; i++)
		free(disc->events[i].bytes);
	disc->event_count = 0;
	free(disc->old_bytes);
	disc->old_bytes = NULL;
}

void recording_disc_restart(struct recording_disc *disc)
{
	forget_events(disc);
	disc->old_blocks = disc->blocks;
	disc->old_bytes = calloc(disc->room, FSI_BLOCK_SIZE);
	ck_assert_ptr_nonnull(disc->old_bytes);
	memcpy(disc->old_bytes, disc->bytes, (size_t)disc->blocks * FSI_BLOCK_SIZE);
}

void recording_disc_init(struct recording_disc *disc, const uint8_t *bytes,
			 uint32_t blocks, uint32_t room)
{
	*disc = (struct recording_disc){.blocks = blocks, .room = room, .unit = 1};
	disc->failure = E_FAIL;
	disc->bytes = calloc(room, FSI_BLOCK_SIZE);
	ck_assert_ptr_nonnull(disc->bytes);
	memcpy(disc->bytes, bytes, (size_t)blocks * FSI_BLOCK_SIZE);
	recording_disc_restart(disc);
}

void recording_disc_free(struct recording_disc *disc)
{
	forget_events(disc);
	free(disc->bytes);
	disc->bytes = NULL;
}

/* ---- the loss of power ------------------------------------------------- */

static void apply(const struct disc_event *event, bool is_safe, uint64_t *lottery,
		  uint8_t *bytes, uint32_t *blocks)
{
	for (uint32_t i = 0; i < event->block_count; i++) {
		const uint32_t block = event->block + i;

		if (!is_safe && api_random(lottery, 2) == 0)
			continue;
		memcpy(bytes + (size_t)block * FSI_BLOCK_SIZE,
		       event->bytes + (size_t)i * FSI_BLOCK_SIZE, FSI_BLOCK_SIZE);
		if (block >= *blocks)
			*blocks = block + 1;
	}
}

uint8_t *recording_disc_after(const struct recording_disc *disc, unsigned events,
			      uint64_t *lottery, uint32_t *ret_blocks)
{
	uint8_t *bytes = calloc(disc->room, FSI_BLOCK_SIZE);
	unsigned safe = 0;

	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, disc->old_bytes, (size_t)disc->old_blocks * FSI_BLOCK_SIZE);
	*ret_blocks = disc->old_blocks;
	for (unsigned i = 0; i < events; i++) {
		if (disc->events[i].kind == DISC_SYNC)
			safe = i;
	}
	for (unsigned i = 0; i < events; i++) {
		const struct disc_event *event = &disc->events[i];

		if (event->kind == DISC_WRITE)
			apply(event, i < safe, lottery, bytes, ret_blocks);
	}
	return bytes;
}
