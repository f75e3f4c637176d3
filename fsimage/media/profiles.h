/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles of MMC: what kind of disc each is, and how it is written. */
#ifndef FSI_MEDIA_PROFILES_H
#define FSI_MEDIA_PROFILES_H

#include <fsimage/multisession.h>

/* What libburn calls a file that stands for a drive. */
#define FSI_PROFILE_FILE 0xffff

struct fsi_profile {
	int number;
	enum imapi_media_physical_type type;
	int kind;	     /* enum fsi_multisession_kind */
	bool is_written;     /* libburn writes it */
	int32_t unit_blocks; /* that are written together */
	/* Write nothing but whole units, neither begun nor ended inside one. */
	bool is_unit_required;
};

/* NULL: of no kind that is known. */
const struct fsi_profile *fsi_profile_find(int number);

/* How many blocks a disc of a kind has at most; 0: not known, or not written. */
int32_t fsi_media_type_blocks(enum imapi_media_physical_type type);

#endif
