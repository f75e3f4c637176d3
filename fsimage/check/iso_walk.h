/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directory that is walked through, and its records beside one another. */
#ifndef FSI_CHECK_ISO_WALK_H
#define FSI_CHECK_ISO_WALK_H

#include "check/iso.h"

/* A record that was seen in the directory, to find those that are equal. */
struct fsi_check_seen {
	const uint8_t *identifier; /* in the arena of identifiers */
	uint8_t length;
	bool is_associated;
	const struct fsi_check_name *name;
	uint64_t offset;
};

/* The directory that is walked through. */
struct fsi_check_walk {
	struct fsi_check_tree *tree;
	uint32_t index; /* of the directory */
	struct fsi_check_directory directory;
	uint32_t number; /* of the next record */
	FSI_VECTOR(struct fsi_check_seen) seen;
	/* Of the record before, when there was one that counts. */
	bool has_last;
	bool is_open; /* it is a section, and not the last one of its file */
	struct fsi_check_seen last;
	uint64_t next_block; /* where the next section would lie side by side */
	unsigned sections;
};

/* Whether a record is a further section of the file of the one before it. */
bool fsi_check_goes_on(const struct fsi_check_walk *walk,
		       const struct fsi_check_record *record);

/* The record before it, compared with this one. */
void fsi_check_order(struct fsi_check_walk *walk, const struct fsi_check_record *record);
void fsi_check_sections(struct fsi_check_walk *walk,
			const struct fsi_check_record *record);

/* The record has been looked at; its identifier was kept. */
void fsi_check_remember(struct fsi_check_walk *walk,
			const struct fsi_check_record *record, const uint8_t *identifier);

/* All records have been looked at. */
void fsi_check_end(struct fsi_check_walk *walk);

#endif
