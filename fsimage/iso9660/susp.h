/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of system use areas as they lie on a disc: those of the System Use
 * Sharing Protocol (SUSP 1.12) and of Rock Ridge (RRIP 1.12), and that of zisofs.
 */
#ifndef FSI_ISO9660_SUSP_H
#define FSI_ISO9660_SUSP_H

#include "base/bytes.h"

/* What every entry begins with (SUSP 4). */
struct fsi_susp_head {
	uint8_t signature BP(1, 2);
	uint8_t length BP(3, 3); /* of the whole entry */
	uint8_t version BP(4, 4);
};
_Static_assert(sizeof(struct fsi_susp_head) == 4, "SUSP 4");

/* Where the area goes on (SUSP 5.1). */
struct fsi_susp_ce {
	struct fsi_susp_head head;
	uint8_t block BP(5, 12);
	uint8_t offset BP(13, 20);
	uint8_t length BP(21, 28);
};
_Static_assert(sizeof(struct fsi_susp_ce) == 28, "SUSP 5.1");

/* That there are entries at all, and where (SUSP 5.3). */
struct fsi_susp_sp {
	struct fsi_susp_head head;
	uint8_t check BP(5, 6); /* BE EF */
	uint8_t skipped BP(7, 7);
};
_Static_assert(sizeof(struct fsi_susp_sp) == 7, "SUSP 5.3");

/* Which extension is in use (SUSP 5.5); three texts follow. */
struct fsi_susp_er {
	struct fsi_susp_head head;
	uint8_t identifier_length BP(5, 5);
	uint8_t descriptor_length BP(6, 6);
	uint8_t source_length BP(7, 7);
	uint8_t extension_version BP(8, 8);
};
_Static_assert(sizeof(struct fsi_susp_er) == 8, "SUSP 5.5");

/* POSIX attributes (RRIP 4.1.1). Version 1.10 has no serial number. */
struct fsi_susp_px {
	struct fsi_susp_head head;
	uint8_t mode BP(5, 12);
	uint8_t links BP(13, 20);
	uint8_t uid BP(21, 28);
	uint8_t gid BP(29, 36);
	uint8_t serial_number BP(37, 44);
};
_Static_assert(sizeof(struct fsi_susp_px) == 44, "RRIP 4.1.1");
#define FSI_SUSP_PX_SHORT_SIZE 36u

/* The number of a device (RRIP 4.1.2). */
struct fsi_susp_pn {
	struct fsi_susp_head head;
	uint8_t high BP(5, 12);
	uint8_t low BP(13, 20);
};
_Static_assert(sizeof(struct fsi_susp_pn) == 20, "RRIP 4.1.2");

/* Symbolic link, name and time stamps: flags, then what they tell of (4.1.3 to 6). */
struct fsi_susp_flagged {
	struct fsi_susp_head head;
	uint8_t flags BP(5, 5);
};
_Static_assert(sizeof(struct fsi_susp_flagged) == 5, "RRIP 4.1.3, 4.1.4, 4.1.6");

/* A part of a symbolic link; its text follows (RRIP 4.1.3.1). */
struct fsi_susp_component {
	uint8_t flags BP(1, 1);
	uint8_t length BP(2, 2);
};
_Static_assert(sizeof(struct fsi_susp_component) == 2, "RRIP 4.1.3.1");

/* Flags of entries and of components. */
enum {
	FSI_SUSP_CONTINUE = 0x01,
	FSI_SUSP_CURRENT = 0x02,
	FSI_SUSP_PARENT = 0x04,
	FSI_SUSP_ROOT = 0x08,
	FSI_SUSP_LONG_FORM = 0x80 /* of time stamps */
};

/* Child and parent link (RRIP 4.1.5.1, 4.1.5.2). */
struct fsi_susp_link {
	struct fsi_susp_head head;
	uint8_t block BP(5, 12);
};
_Static_assert(sizeof(struct fsi_susp_link) == 12, "RRIP 4.1.5");

/* A file compressed by zisofs, version 1. */
struct fsi_susp_zf {
	struct fsi_susp_head head;
	uint8_t algorithm BP(5, 6);
	uint8_t header_words BP(7, 7);
	uint8_t block_shift BP(8, 8);
	uint8_t size BP(9, 16);
};
_Static_assert(sizeof(struct fsi_susp_zf) == 16, "zisofs");

#endif
