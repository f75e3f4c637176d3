/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a stream ahead, in order. */
#include "io/pieces.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/stream.h"
#include "io/thread.h"

#include <time.h>

/* More readers than these would wait for each other. */
#define THREADS_MAX 16

/* A piece that is being read, or has been and waits for its turn. */
struct slot {
	uint8_t *bytes;
	uint64_t offset;
	uint64_t length;
	bool is_zero;
	bool is_shared;
	bool is_ready;
	HRESULT hr;
};

struct fsi_pieces {
	fsi_stream *stream;
	uint64_t size;
	struct fsi_share_target target;
	uint64_t share_offset; /* where it may next be shared; UINT64_MAX: nowhere */
	pthread_mutex_t lock;  /* of what follows, but for what a slot's reader fills */
	pthread_cond_t room;   /* a slot was given back, or all is to end */
	pthread_cond_t ready;  /* a slot was filled */
	uint64_t next_offset;  /* where the next piece to be read begins */
	uint64_t claimed;      /* pieces that were begun */
	uint64_t
		given_back; /* pieces that are done with, and slots that are free again */
	bool is_lent;	    /* the one behind them is with the caller */
	bool is_ended;
	/* Of the first piece in the stream that could not be read, among those so far. */
	uint64_t failed_offset;
	struct fsi_error_state error;
	unsigned thread_count;
	pthread_t threads[THREADS_MAX];
	unsigned slot_count;
	struct slot slots[2 * THREADS_MAX];
};

/* ---- reading ----------------------------------------------------------- */

/*
 * Share the piece with the target, or end it where that may be possible. Locked, since
 * who shares decides where the next piece begins; it does not take long.
 */
static HRESULT share_slot(struct fsi_pieces *pieces, struct slot *slot)
{
	struct fsi_share_target target = pieces->target;
	uint64_t length = 0;
	HRESULT hr = S_FALSE;

	if (slot->offset >= pieces->share_offset) {
		target.offset = slot->offset;
		target.length = pieces->size - slot->offset;
		hr = fsi_stream_share(pieces->stream, slot->offset, &target, &length);
		if (FAILED(hr))
			return hr;
		pieces->share_offset = length < UINT64_MAX - slot->offset
					       ? slot->offset + length
					       : UINT64_MAX;
	}
	slot->is_shared = hr == S_OK;
	if (slot->is_shared || pieces->share_offset - slot->offset < slot->length)
		slot->length = pieces->share_offset - slot->offset;
	return S_OK;
}

/* The next piece to be read; NULL when there is none, or no room. Locked. */
static struct slot *claim(struct fsi_pieces *pieces)
{
	const uint64_t left = pieces->size - pieces->next_offset;
	struct slot *slot = &pieces->slots[pieces->claimed % pieces->slot_count];

	if (left == 0 || pieces->claimed - pieces->given_back == pieces->slot_count)
		return NULL;
	slot->offset = pieces->next_offset;
	slot->length = left < FSI_PIECE_SIZE ? left : FSI_PIECE_SIZE;
	slot->is_zero = false;
	slot->is_shared = false;
	slot->is_ready = false;
	slot->hr = share_slot(pieces, slot);
	pieces->next_offset += slot->length;
	pieces->claimed++;
	return slot;
}

/* A hole goes on as far as nobody has begun to read behind it. */
static void extend_hole(struct fsi_pieces *pieces, struct slot *slot, uint64_t zeros)
{
	pthread_mutex_lock(&pieces->lock);
	if (pieces->next_offset == slot->offset + slot->length) {
		slot->length = zeros - zeros % FSI_PIECE_SIZE;
		pieces->next_offset = slot->offset + slot->length;
	}
	pthread_mutex_unlock(&pieces->lock);
}

static HRESULT read_slot(struct fsi_pieces *pieces, struct slot *slot)
{
	uint64_t zeros = 0;
	size_t got = 0;

	FSI_TRY(fsi_stream_count_zeros(pieces->stream, slot->offset, &zeros));
	slot->is_zero = zeros >= slot->length;
	if (slot->is_zero) {
		if (zeros >= 2 * (uint64_t)FSI_PIECE_SIZE)
			extend_hole(pieces, slot, zeros);
		return S_OK;
	}
	FSI_TRY(fsi_stream_read(pieces->stream, slot->offset, slot->bytes,
				(size_t)slot->length, &got));
	if (got < slot->length)
		return fsi_error_detail(FSI_FAIL(E_UNEXPECTED),
					"The image ended too early.");
	return S_OK;
}

static void fill(struct fsi_pieces *pieces, struct slot *slot)
{
	if (SUCCEEDED(slot->hr) && !slot->is_shared)
		slot->hr = read_slot(pieces, slot);
	pthread_mutex_lock(&pieces->lock);
	if (FAILED(slot->hr) && slot->offset < pieces->failed_offset) {
		fsi_error_save(&pieces->error);
		pieces->failed_offset = slot->offset;
	}
	slot->is_ready = true;
	pthread_cond_signal(&pieces->ready);
	pthread_mutex_unlock(&pieces->lock);
}

static void *run_reader(void *context)
{
	struct fsi_pieces *pieces = context;

	pthread_mutex_lock(&pieces->lock);
	while (!pieces->is_ended && pieces->next_offset < pieces->size) {
		struct slot *slot = claim(pieces);

		if (slot == NULL) {
			pthread_cond_wait(&pieces->room, &pieces->lock);
			continue;
		}
		pthread_mutex_unlock(&pieces->lock);
		fill(pieces, slot);
		pthread_mutex_lock(&pieces->lock);
	}
	pthread_mutex_unlock(&pieces->lock);
	return NULL;
}

/* ---- beginning and ending ---------------------------------------------- */

static void start_threads(struct fsi_pieces *pieces, unsigned wanted)
{
	while (pieces->thread_count < wanted &&
	       fsi_thread_start(run_reader, pieces,
				&pieces->threads[pieces->thread_count]) == 0)
		pieces->thread_count++;
}

/* Waiting goes by a clock that nobody sets. */
static bool init_locks(struct fsi_pieces *pieces)
{
	pthread_condattr_t steady;
	bool answer = false;

	if (pthread_condattr_init(&steady) != 0)
		return false;
	if (pthread_mutex_init(&pieces->lock, NULL) == 0) {
		answer = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) == 0 &&
			 pthread_cond_init(&pieces->room, NULL) == 0 &&
			 pthread_cond_init(&pieces->ready, &steady) == 0;
		if (!answer)
			pthread_mutex_destroy(&pieces->lock);
	}
	pthread_condattr_destroy(&steady);
	return answer;
}

static void free_pieces(struct fsi_pieces *pieces)
{
	for (unsigned i = 0; i < pieces->slot_count; i++)
		fsi_free(pieces->slots[i].bytes);
	fsi_free(pieces);
}

HRESULT fsi_pieces_create(fsi_stream *stream, uint64_t size, unsigned threads,
			  const struct fsi_share_target *target,
			  struct fsi_pieces **ret_pieces)
{
	struct fsi_pieces *pieces = fsi_allocate_zeroed(1, sizeof(*pieces));
	bool has_memory = pieces != NULL;

	/* What has no second piece is not worth a thread. */
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (size / FSI_PIECE_SIZE < threads)
		threads = (unsigned)(size / FSI_PIECE_SIZE);
	if (has_memory) {
		pieces->stream = stream;
		pieces->size = size;
		pieces->failed_offset = UINT64_MAX;
		pieces->share_offset = target != NULL ? 0 : UINT64_MAX;
		if (target != NULL)
			pieces->target = *target;
		pieces->slot_count = threads > 0 ? 2 * threads : 1;
	}
	for (unsigned i = 0; has_memory && i < pieces->slot_count; i++) {
		pieces->slots[i].bytes = fsi_allocate(FSI_PIECE_SIZE);
		has_memory = pieces->slots[i].bytes != NULL;
	}
	if (!has_memory || !init_locks(pieces)) {
		if (pieces != NULL)
			free_pieces(pieces);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	start_threads(pieces, threads);
	*ret_pieces = pieces;
	return S_OK;
}

void fsi_pieces_destroy(struct fsi_pieces *pieces)
{
	if (pieces == NULL)
		return;
	pthread_mutex_lock(&pieces->lock);
	pieces->is_ended = true;
	pthread_cond_broadcast(&pieces->room);
	pthread_mutex_unlock(&pieces->lock);
	for (unsigned i = 0; i < pieces->thread_count; i++)
		pthread_join(pieces->threads[i], NULL);
	pthread_cond_destroy(&pieces->ready);
	pthread_cond_destroy(&pieces->room);
	pthread_mutex_destroy(&pieces->lock);
	free_pieces(pieces);
}

/* ---- taking ------------------------------------------------------------ */

static struct slot *oldest(struct fsi_pieces *pieces)
{
	return &pieces->slots[pieces->given_back % pieces->slot_count];
}

/* Locked. */
static void give_back(struct fsi_pieces *pieces)
{
	if (!pieces->is_lent)
		return;
	pieces->is_lent = false;
	pieces->given_back++;
	pthread_cond_signal(&pieces->room);
}

static bool is_at_end(const struct fsi_pieces *pieces)
{
	return pieces->next_offset == pieces->size &&
	       pieces->claimed == pieces->given_back;
}

/* Locked: whether what comes next need not be waited for. */
static bool has_next(struct fsi_pieces *pieces)
{
	return pieces->thread_count == 0 || is_at_end(pieces) ||
	       (pieces->claimed > pieces->given_back && oldest(pieces)->is_ready);
}

bool fsi_pieces_wait(struct fsi_pieces *pieces, unsigned milliseconds)
{
	struct timespec end;
	bool answer = false;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)(milliseconds / 1000);
	end.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	pthread_mutex_lock(&pieces->lock);
	give_back(pieces);
	while (!has_next(pieces) &&
	       pthread_cond_timedwait(&pieces->ready, &pieces->lock, &end) == 0)
		;
	answer = has_next(pieces);
	pthread_mutex_unlock(&pieces->lock);
	return answer;
}

/* What nobody reads ahead is read now. */
static struct slot *await(struct fsi_pieces *pieces)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&pieces->lock);
	give_back(pieces);
	if (pieces->thread_count == 0 && pieces->next_offset < pieces->size) {
		slot = claim(pieces);
		pthread_mutex_unlock(&pieces->lock);
		fill(pieces, slot);
		pthread_mutex_lock(&pieces->lock);
	}
	while (!is_at_end(pieces) &&
	       !(pieces->claimed > pieces->given_back && oldest(pieces)->is_ready))
		pthread_cond_wait(&pieces->ready, &pieces->lock);
	slot = is_at_end(pieces) ? NULL : oldest(pieces);
	pieces->is_lent = slot != NULL;
	pthread_mutex_unlock(&pieces->lock);
	return slot;
}

HRESULT fsi_pieces_next(struct fsi_pieces *pieces, struct fsi_piece *ret_piece)
{
	const struct slot *slot = await(pieces);

	if (slot == NULL)
		return S_FALSE;
	/* All before it were read, so it is the one whose error is kept. */
	if (FAILED(slot->hr)) {
		fsi_error_restore(&pieces->error);
		return slot->hr;
	}
	*ret_piece = (struct fsi_piece){
		.bytes = slot->is_zero || slot->is_shared ? NULL : slot->bytes,
		.is_shared = slot->is_shared,
		.length = slot->length,
	};
	return S_OK;
}
