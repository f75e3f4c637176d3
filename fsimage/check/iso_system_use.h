/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system use entries of one record, while they are looked at. */
#ifndef FSI_CHECK_ISO_SYSTEM_USE_H
#define FSI_CHECK_ISO_SYSTEM_USE_H

#include "check/iso.h"
#include "iso9660/susp.h"

enum fsi_check_entry_kind {
	FSI_CHECK_SP,
	FSI_CHECK_CE,
	FSI_CHECK_ER,
	FSI_CHECK_ES,
	FSI_CHECK_PD,
	FSI_CHECK_PX,
	FSI_CHECK_PN,
	FSI_CHECK_SL,
	FSI_CHECK_NM,
	FSI_CHECK_CL,
	FSI_CHECK_PL,
	FSI_CHECK_RE,
	FSI_CHECK_TF,
	FSI_CHECK_ZF,
	FSI_CHECK_ENTRY_KINDS
};

struct fsi_check_entries {
	struct fsi_check_tree *tree;
	struct fsi_check_record *record;
	bool is_root; /* the first record of the root */
	unsigned counts[FSI_CHECK_ENTRY_KINDS];
	struct fsi_check_area next; /* of a CE entry; length 0: none */
	/* Names and links may be told by several entries. */
	size_t name_length;
	bool is_name_open;
	bool is_link_open;
	bool is_component_open;
};

/* An entry of Rock Ridge; its length fits its area. */
void fsi_check_rock_ridge_entry(struct fsi_check_entries *entries,
				enum fsi_check_entry_kind kind, const uint8_t *bytes,
				const struct fsi_check_place *place);

/* What the entries of a record have to be together. */
void fsi_check_rock_ridge_record(struct fsi_check_entries *entries);

#endif
