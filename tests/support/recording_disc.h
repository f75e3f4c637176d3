/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disc in memory that a session is added to, which keeps a list of all that was
 * written and synced, and fails where it is told to. From the list every state can be
 * made that the loss of power may leave behind.
 */
#ifndef TESTS_SUPPORT_RECORDING_DISC_H
#define TESTS_SUPPORT_RECORDING_DISC_H

#include <fsimage/fsimage.h>

enum disc_event_kind {
	DISC_WRITE,
	DISC_SYNC,
	DISC_CUT
};

struct disc_event {
	enum disc_event_kind kind;
	uint32_t block;
	uint32_t block_count;
	uint8_t *bytes;
	uint64_t size; /* of a cut */
};

#define DISC_EVENTS_MAX 512

struct recording_disc {
	uint8_t *bytes; /* as it is now; of room blocks */
	uint32_t blocks;
	uint32_t room;
	uint8_t *old_bytes; /* as it was when the recording began */
	uint32_t old_blocks;
	int32_t unit;
	bool is_sequential;
	uint32_t next_block; /* sequential: where a session begins */
	struct disc_event events[DISC_EVENTS_MAX];
	unsigned event_count;
	/* The n-th write or sync from now on fails, from 1; 0: none does. */
	unsigned fails_at;
	HRESULT failure;
	unsigned destroyed;
};

/* With a copy of those bytes on it, and room for more. */
void recording_disc_init(struct recording_disc *disc, const uint8_t *bytes,
			 uint32_t blocks, uint32_t room);
void recording_disc_free(struct recording_disc *disc);

/* Forget the events: the disc as it is now is the old one. */
void recording_disc_restart(struct recording_disc *disc);

/* A way to add a session to it; one reference. It must not outlive the disc. */
fsi_multisession *recording_disc_open(struct recording_disc *disc);

/* The blocks of a disc of so many; one reference. It must not outlive the bytes. */
fsi_stream *recording_disc_stream(const uint8_t *bytes, uint32_t blocks);

/*
 * The disc as it is after so many events, when power is lost then: what was written
 * since the last sync is there or not, block by block, as lottery says. To be freed with
 * free(). *ret_blocks: how many the disc has.
 */
uint8_t *recording_disc_after(const struct recording_disc *disc, unsigned events,
			      uint64_t *lottery, uint32_t *ret_blocks);

#endif
