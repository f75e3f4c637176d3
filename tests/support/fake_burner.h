/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A burner that is not there: the functions of libburn that the library calls, over a
 * disc in memory. A program that is linked with them does not reach libburn.
 */
#ifndef TESTS_SUPPORT_FAKE_BURNER_H
#define TESTS_SUPPORT_FAKE_BURNER_H

#include <libburn/libburn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_BLOCKS	4096
#define FAKE_SESSIONS	4
#define FAKE_BLOCK_SIZE 2048

struct fake_session {
	int start;
	int end;
	bool is_audio;
	bool in_minutes; /* told by minutes, seconds and frames */
};

/* Zeroed, it is an empty drive. */
struct fake_burner {
	bool is_missing; /* no drive has that address */
	bool is_busy;	 /* it can't be grabbed */
	enum burn_disc_status status;
	int profile;
	int profiles[64]; /* that the drive knows; ended by 0 */
	bool is_unformatted;
	struct fake_session sessions[FAKE_SESSIONS];
	int session_count;
	int msc1; /* -1: that of the last session */
	int nwa;  /* -1: none */
	int capacity;
	int readable;
	int bad_block;	  /* can't be read or written; 0: none */
	int fails_after;  /* blocks of a run; 0: it does not fail */
	bool has_no_type; /* no write type suits it */
	uint8_t bytes[FAKE_BLOCKS * FAKE_BLOCK_SIZE];

	/* What has come of it. */
	bool is_grabbed;
	unsigned random_writes;
	int smallest_unit; /* of those, in blocks, by address and length */
	unsigned flushes;
	unsigned runs;
	unsigned assessments;
	bool was_multi;
	bool was_cancelled;
	int run_blocks;
};

extern struct fake_burner fake_burner;

/* A DVD+R with a session of some blocks, and room behind it. */
void fake_burner_dvd_r(int end);

#endif
