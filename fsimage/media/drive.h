/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A drive of libburn, also one that is a file ("stdio:…"): what it tells of the disc in
 * it, its blocks, and runs of writing. Private to this room.
 */
#ifndef FSI_MEDIA_DRIVE_H
#define FSI_MEDIA_DRIVE_H

#include "base/vector.h"
#include "media/profiles.h"

#include <libburn/libburn.h>
#include <stdatomic.h>

/* Sectors are counted with 31 bits; libburn ends there, too. */
#define FSI_DRIVE_SECTORS_MAX INT32_C(0x7ffffff0)

/* The disc that is in, as the drive told it when it was asked last. */
struct fsi_drive_facts {
	enum burn_disc_status status;
	const struct fsi_profile *profile; /* NULL: none that is known */
	bool is_unformatted;
	int32_t largest; /* blocks of the largest disc that the drive writes; 0: unknown
			  */
	/* sequential */
	bool is_first_data;
	int32_t previous_start; /* -1: there is none; so with the next */
	int32_t previous_last;
	int32_t next;
	int32_t free;
	/* random write */
	int32_t readable; /* blocks; also of sequential ones */
	int32_t total;
};

/* A session that is being written to a sequential disc. */
struct fsi_drive_run {
	bool is_active;
	int feed; /* what is written into it goes onto the disc */
	uint32_t next_block;
	struct burn_disc *disc;
	struct burn_session *session;
	struct burn_track *track;
	struct burn_write_opts *options;
};

struct fsi_drive {
	atomic_uint references;
	int lock_descriptor; /* of a file; -1: the drive itself is locked */
	struct burn_drive_info *infos;
	struct burn_drive *drive;
	struct fsi_drive_facts facts;
	FSI_VECTOR(struct fsi_multisession_range) ranges;
	struct fsi_drive_run run;
};

/* As fsi_multisession_create_on_drive(). One reference. */
HRESULT fsi_drive_open(const char *address, struct fsi_drive **ret_drive);

struct fsi_drive *fsi_drive_add_ref(struct fsi_drive *drive);
void fsi_drive_release(struct fsi_drive *drive);

/* Ask the drive again (drive_facts.c); within fsi_burn_begin() and _end(). */
HRESULT fsi_drive_assess(struct fsi_drive *drive);

/* All blocks that can be read; one reference of the drive is taken (drive_stream.c). */
HRESULT fsi_drive_open_stream(struct fsi_drive *drive, fsi_stream **ret_stream);

/* Whole blocks that are there; within fsi_burn_begin() and _end(). */
HRESULT fsi_drive_read(struct fsi_drive *drive, uint32_t block, void *bytes,
		       uint32_t block_count);

/* Random write (drive_random.c). */
HRESULT fsi_drive_overwrite(struct fsi_drive *drive, uint32_t block, const void *bytes,
			    uint32_t block_count);
HRESULT fsi_drive_flush(struct fsi_drive *drive);

/*
 * Sequential (drive_run.c): the first piece begins a session at the next writable
 * address; ending it waits until it is closed. Giving up leaves it as it is.
 */
HRESULT fsi_drive_append(struct fsi_drive *drive, uint32_t block, const void *bytes,
			 uint32_t block_count);
HRESULT fsi_drive_end_run(struct fsi_drive *drive);
void fsi_drive_give_up_run(struct fsi_drive *drive);

#endif
