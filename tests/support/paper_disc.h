/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs on paper: multisession objects whose numbers a test sets as it likes. */
#ifndef TESTS_SUPPORT_PAPER_DISC_H
#define TESTS_SUPPORT_PAPER_DISC_H

#include <fsimage/multisession.h>

#define PAPER_VALUES 40

/* It must outlive the objects that are made of it. */
struct paper_disc {
	struct fsi_multisession_ops ops;
	int32_t values[PAPER_VALUES];	/* by enum fsi_multisession_value */
	HRESULT failures[PAPER_VALUES]; /* what is returned instead, if a failure */
	fsi_stream *stream;		/* borrowed: what is on it */
	HRESULT stream_failure;
	struct fsi_multisession_range ranges[4];
	size_t range_count;
	HRESULT write_failure;
	uint32_t written_block; /* the last call of write, in detail */
	uint32_t written_count;
	unsigned writes;
	unsigned syncs;
	uint64_t cut_to;
	unsigned destroyed;
};

/* A CD-R whose session of end blocks begins in block 0; the next one in end + 11400. */
void paper_disc_sequential(struct paper_disc *disc, fsi_stream *stream, int32_t end);

/* A DVD+RW of 2295104 blocks, of which end are written. */
void paper_disc_random(struct paper_disc *disc, fsi_stream *stream, int32_t end);

fsi_multisession *paper_disc_open(struct paper_disc *disc);

#endif
