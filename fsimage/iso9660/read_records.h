/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding the records of iso9660/records.h. What is decoded comes from a disc
 * that nobody vouches for: every function copes with every content.
 */
#ifndef FSI_ISO9660_READ_RECORDS_H
#define FSI_ISO9660_READ_RECORDS_H

#include "iso9660/records.h"

#include <fsimage/disc.h>

/* Bytes of UTF-8 that a text of a descriptor may become: U+FFFD takes three. */
#define FSI_ISO9660_UTF8_SIZE(length) (3 * (length) + 1)

/* What a primary or supplementary volume descriptor says (ECMA-119 8.4, 8.5). */
struct fsi_iso9660_volume {
	unsigned joliet_level; /* 1 to 3; 0: not Joliet */
	char system_id[FSI_ISO9660_UTF8_SIZE(32)];
	char volume_id[FSI_ISO9660_UTF8_SIZE(32)];
	char volume_set_id[FSI_ISO9660_UTF8_SIZE(128)];
	char publisher_id[FSI_ISO9660_UTF8_SIZE(128)];
	char preparer_id[FSI_ISO9660_UTF8_SIZE(128)];
	char application_id[FSI_ISO9660_UTF8_SIZE(128)];
	uint32_t block_count;
	uint32_t block_size;
	uint32_t root_block;
	uint16_t set_size; /* volumes of the set that it belongs to */
	struct fsi_disc_time creation_time;
	struct fsi_disc_time modification_time;
};

/* Whether a block is a volume descriptor at all: "CD001" (ECMA-119 8.1.2). */
bool fsi_iso9660_is_descriptor(const uint8_t *block);

/* The level of a supplementary descriptor that is Joliet's; else 0. */
unsigned fsi_iso9660_joliet_level(const uint8_t *block);

/* Decode a descriptor of type PRIMARY or SUPPLEMENTARY. */
void fsi_iso9660_get_volume(const uint8_t *block, struct fsi_iso9660_volume *ret_volume);

/* Bytes that a text or an identifier may have. */
#define FSI_ISO9660_TEXT_MAX 255

/*
 * A text of a descriptor or an identifier, without the filler behind it, in UTF-8.
 * out: room for FSI_ISO9660_UTF8_SIZE(length) bytes.
 */
void fsi_iso9660_get_text(const uint8_t *field, size_t length, bool is_ucs2, char *out);

/* ECMA-119 8.4.26.1 */
void fsi_iso9660_get_text_date(const struct fsi_iso9660_text_date *date,
			       struct fsi_disc_time *ret_time);

/* ECMA-119 9.1.5 */
void fsi_iso9660_get_date(const struct fsi_iso9660_date *date,
			  struct fsi_disc_time *ret_time);

/* Where a system use area goes on (SUSP 5.1). */
struct fsi_iso9660_continuation {
	uint32_t block;
	uint32_t offset; /* in it */
	uint32_t length; /* 0: nowhere */
};

/* What a directory record says of a file section (ECMA-119 9.1), and what the
 * system use area says of relocated directories (RRIP 4.1.5.1, 4.1.5.3) and of zisofs. */
struct fsi_iso9660_found {
	uint32_t size_of_record;
	uint32_t first_block; /* of the data, behind extended attributes */
	uint32_t size;
	uint8_t flags;
	struct fsi_disc_time recording_time;
	uint8_t attribute_blocks; /* of the extended attribute record; 0: none */
	bool is_interleaved;	  /* its blocks do not lie side by side */
	bool is_compressed;	  /* in a way that Linux undoes (zisofs) */
	bool is_relocated;	  /* listed where it belongs by another record */
	struct fsi_iso9660_continuation continuation;
	uint32_t relocated_block; /* where the directory is that this stands for; or 0 */
};

/* In the place of skipped: what is in system use areas is not looked at. */
#define FSI_ISO9660_NO_SYSTEM_USE UINT32_MAX

/*
 * Decode the directory record at bytes, of which there are length. skipped: bytes
 * at the start of system use areas that are none of SUSP's. false: the record, or
 * an entry of its system use area, does not fit where it is.
 */
bool fsi_iso9660_get_record(const uint8_t *bytes, size_t length, unsigned skipped,
			    struct fsi_iso9660_found *ret_found);

/*
 * Add what a system use area, or one that it goes on in, says. false: an entry does not
 * fit, or lacks what each of its kind has.
 */
bool fsi_iso9660_get_system_use(const uint8_t *area, size_t length,
				struct fsi_iso9660_found *found);

/* Whether the first record of the root directory says that there are entries of SUSP. */
bool fsi_iso9660_has_system_use(const uint8_t *block);

/* Those bytes, from the first record of the root directory (SUSP 5.3). */
unsigned fsi_iso9660_get_skipped(const uint8_t *block);

#endif
