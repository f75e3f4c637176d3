/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding system use areas: SUSP, Rock Ridge, zisofs. */
#include "iso9660/read_records.h"
#include "iso9660/susp.h"

/* Of two halves that differ the little-endian one counts, as for most readers. */
static uint32_t get_number(const uint8_t (*field)[8])
{
	return (uint32_t)(*field)[0] | (uint32_t)(*field)[1] << 8 |
	       (uint32_t)(*field)[2] << 16 | (uint32_t)(*field)[3] << 24;
}

static bool is_called(const uint8_t *entry, const char *signature)
{
	return memcmp(entry, signature, 2) == 0;
}

/* ---- what readers rely on ---------------------------------------------- */

/* The texts of an extension are in it (SUSP 5.5). */
static bool holds_texts(const uint8_t *entry, size_t size)
{
	struct fsi_susp_er er;

	if (size < sizeof(er))
		return false;
	memcpy(&er, entry, sizeof(er));
	return sizeof(er) + er.identifier_length[0] + er.descriptor_length[0] +
		       er.source_length[0] <=
	       size;
}

/* RRIP 4.1.3.1 */
static bool holds_components(const uint8_t *entry, size_t size)
{
	size_t at = sizeof(struct fsi_susp_flagged);

	while (at + sizeof(struct fsi_susp_component) <= size)
		at += sizeof(struct fsi_susp_component) + entry[at + 1];
	return at == size;
}

/* RRIP 4.1.6: a stamp for each of seven flags. */
static bool holds_stamps(const uint8_t *entry, size_t size)
{
	size_t needed = sizeof(struct fsi_susp_flagged);
	size_t stamp = sizeof(struct fsi_iso9660_date);

	if (size < needed)
		return false;
	if ((entry[4] & FSI_SUSP_LONG_FORM) != 0)
		stamp = sizeof(struct fsi_iso9660_text_date);
	for (unsigned bit = 0; bit < 7; bit++)
		needed += (entry[4] >> bit & 1) != 0 ? stamp : 0;
	return needed <= size;
}

/* Whether an entry has all that its kind has: who decodes it does not look. */
static bool is_whole(const uint8_t *entry, size_t size)
{
	if (is_called(entry, "CE"))
		return size >= sizeof(struct fsi_susp_ce);
	if (is_called(entry, "SP"))
		return size >= sizeof(struct fsi_susp_sp);
	if (is_called(entry, "ER"))
		return holds_texts(entry, size);
	if (is_called(entry, "PX"))
		return size >= FSI_SUSP_PX_SHORT_SIZE;
	if (is_called(entry, "PN"))
		return size >= sizeof(struct fsi_susp_pn);
	if (is_called(entry, "CL") || is_called(entry, "PL"))
		return size >= sizeof(struct fsi_susp_link);
	if (is_called(entry, "NM"))
		return size >= sizeof(struct fsi_susp_flagged);
	if (is_called(entry, "SL"))
		return size >= sizeof(struct fsi_susp_flagged) &&
		       holds_components(entry, size);
	if (is_called(entry, "TF"))
		return holds_stamps(entry, size);
	return !is_called(entry, "ZF") || size >= sizeof(struct fsi_susp_zf);
}

/* ---- what is of use ---------------------------------------------------- */

static void take_entry(const uint8_t *entry, struct fsi_iso9660_found *found)
{
	if (is_called(entry, "RE") && entry[3] == 1)
		found->is_relocated = true;
	if (is_called(entry, "ZF"))
		found->is_compressed = true;
	if (is_called(entry, "CL") && entry[3] == 1) {
		FSI_RECORD(fsi_susp_link, link, entry);

		found->relocated_block = get_number(&link->block);
	}
	if (is_called(entry, "CE")) {
		FSI_RECORD(fsi_susp_ce, ce, entry);

		found->continuation.block = get_number(&ce->block);
		found->continuation.offset = get_number(&ce->offset);
		found->continuation.length = get_number(&ce->length);
	}
}

bool fsi_iso9660_get_system_use(const uint8_t *area, size_t length,
				struct fsi_iso9660_found *found)
{
	size_t at = 0;

	while (at + sizeof(struct fsi_susp_head) <= length) {
		const uint8_t *entry = area + at;
		const size_t size = entry[2];

		if (is_called(entry, "ST"))
			break;
		if (size < sizeof(struct fsi_susp_head) || size > length - at ||
		    !is_whole(entry, size))
			return false;
		take_entry(entry, found);
		at += size;
	}
	return true;
}
