/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries of Rock Ridge (RRIP 4.1) and of zisofs. */
#include "check/iso_system_use.h"

#include <inttypes.h>
#include <sys/stat.h>

/* What Linux shows of a name. */
#define NAME_SHOWN     253u
#define NAME_MAX_BYTES 255u

/* Of time stamps in either form (ECMA-119 9.1.5, 8.4.26.1). */
#define SHORT_DATE sizeof(struct fsi_iso9660_date)
#define LONG_DATE  sizeof(struct fsi_iso9660_text_date)

/* zisofs: the compressed file begins with this (version 1). */
static const uint8_t zisofs_magic[8] = {0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6, 0x07};

static struct fsi_check *check_of(const struct fsi_check_entries *entries)
{
	return entries->tree->iso->check;
}

/* An entry that always has the same length. */
static bool has_length(struct fsi_check_entries *entries, enum fsi_statement statement,
		       const struct fsi_check_place *place, size_t expected,
		       const uint8_t *bytes)
{
	return fsi_check_number(check_of(entries), statement, place, "length", expected,
				bytes[2]);
}

/* Halves that differ break the entry's own statement. */
static uint32_t get_number(struct fsi_check_entries *entries,
			   enum fsi_statement statement,
			   const struct fsi_check_place *place, const char *field,
			   const uint8_t (*bytes)[8])
{
	uint32_t value = 0;

	if (!fsi_get_both32(bytes, &value))
		fsi_check_tell(check_of(entries), statement, place, NULL,
			       "The %s of the entry differs in both byte orders", field);
	return value;
}

/* ---- attributes and devices -------------------------------------------- */

static void check_px(struct fsi_check_entries *entries, const uint8_t *bytes,
		     const struct fsi_check_place *place)
{
	struct fsi_check_tree *tree = entries->tree;
	struct fsi_susp_px copy = {.head = {.length = {0}}};
	const struct fsi_susp_px *const entry = &copy;

	if (bytes[2] != sizeof(copy) && bytes[2] != FSI_SUSP_PX_SHORT_SIZE) {
		has_length(entries, FSI_I_075, place,
			   tree->px_length != 0 ? tree->px_length : sizeof(copy), bytes);
		return;
	}
	if (tree->px_length == 0)
		tree->px_length = bytes[2];
	has_length(entries, FSI_I_075, place, tree->px_length, bytes);
	memcpy(&copy, bytes, bytes[2]);
	entries->record->has_px = true;
	entries->record->mode =
		get_number(entries, FSI_I_075, place, "mode", &entry->mode);
	entries->record->links =
		get_number(entries, FSI_I_075, place, "link count", &entry->links);
	get_number(entries, FSI_I_075, place, "owner", &entry->uid);
	get_number(entries, FSI_I_075, place, "group", &entry->gid);
	if (bytes[2] == sizeof(copy))
		get_number(entries, FSI_I_075, place, "serial number",
			   &entry->serial_number);
}

static void check_pn(struct fsi_check_entries *entries, const uint8_t *bytes,
		     const struct fsi_check_place *place)
{
	struct fsi_susp_pn copy;
	const struct fsi_susp_pn *const entry = &copy;

	if (!has_length(entries, FSI_I_076, place, sizeof(copy), bytes))
		return;
	memcpy(&copy, bytes, sizeof(copy));
	get_number(entries, FSI_I_076, place, "high half", &entry->high);
	get_number(entries, FSI_I_076, place, "low half", &entry->low);
}

/* ---- links (RRIP 4.1.3) ------------------------------------------------ */

static bool is_component_sound(struct fsi_check_entries *entries, const uint8_t *bytes,
			       size_t left)
{
	const uint8_t special = FSI_SUSP_CURRENT | FSI_SUSP_PARENT | FSI_SUSP_ROOT;
	const uint8_t flags = left >= 2 ? bytes[0] : 0;
	const size_t length = left >= 2 ? bytes[1] : 0;
	const uint8_t kind = flags & special;

	if (left < 2 || length > left - 2 ||
	    (flags & ~(special | FSI_SUSP_CONTINUE)) != 0)
		return false;
	entries->is_component_open = (flags & FSI_SUSP_CONTINUE) != 0;
	if (kind != 0)
		return length == 0 && (kind & (kind - 1)) == 0;
	return memchr(bytes + 2, '\0', length) == NULL;
}

static void check_sl(struct fsi_check_entries *entries, const uint8_t *bytes,
		     const struct fsi_check_place *place)
{
	const size_t length = bytes[2];
	size_t at = sizeof(struct fsi_susp_flagged);

	if (length < at || (bytes[4] & ~FSI_SUSP_CONTINUE) != 0) {
		fsi_check_tell(check_of(entries), FSI_I_077, place, NULL,
			       "The SL entry has flags that are not defined, or none");
		return;
	}
	if (entries->counts[FSI_CHECK_SL] > 1 && !entries->is_link_open)
		fsi_check_tell(check_of(entries), FSI_I_077, place, NULL,
			       "There is an SL entry behind the last one");
	entries->is_link_open = (bytes[4] & FSI_SUSP_CONTINUE) != 0;
	while (at < length) {
		if (!is_component_sound(entries, bytes + at, length - at)) {
			fsi_check_tell(check_of(entries), FSI_I_077, place, NULL,
				       "A component of the symbolic link is not "
				       "well-formed");
			return;
		}
		at += sizeof(struct fsi_susp_component) + bytes[at + 1];
	}
}

/* ---- names (RRIP 4.1.4) ------------------------------------------------ */

static void add_to_name(struct fsi_check_entries *entries, const uint8_t *bytes,
			size_t length)
{
	const size_t room = sizeof(entries->record->name) - 1;

	if (entries->name_length < room)
		memcpy(entries->record->name + entries->name_length, bytes,
		       length < room - entries->name_length
			       ? length
			       : room - entries->name_length);
	entries->name_length += length;
}

static void check_nm(struct fsi_check_entries *entries, const uint8_t *bytes,
		     const struct fsi_check_place *place)
{
	const size_t fixed = sizeof(struct fsi_susp_flagged);
	const size_t length = bytes[2];
	const char *fault = NULL;

	if (length < fixed)
		fault = "has no flags";
	else if ((bytes[4] & ~(FSI_SUSP_CONTINUE | FSI_SUSP_CURRENT | FSI_SUSP_PARENT)) !=
		 0)
		fault = "has flags that are not defined";
	else if ((bytes[4] & (FSI_SUSP_CURRENT | FSI_SUSP_PARENT)) != 0 &&
		 entries->record->place.is_file && entries->record->number >= 2)
		fault = "names a file \".\" or \"..\"";
	else if (entries->counts[FSI_CHECK_NM] > 1 && !entries->is_name_open)
		fault = "stands behind the last one";
	else if (memchr(bytes + fixed, '/', length - fixed) != NULL ||
		 memchr(bytes + fixed, '\0', length - fixed) != NULL)
		fault = "has a '/' or a zero in the name";
	if (fault != NULL) {
		fsi_check_tell(check_of(entries), FSI_I_078, place, NULL,
			       "The NM entry %s", fault);
		return;
	}
	entries->is_name_open = (bytes[4] & FSI_SUSP_CONTINUE) != 0;
	add_to_name(entries, bytes + fixed, length - fixed);
}

/* ---- relocated directories, times -------------------------------------- */

static uint32_t check_link(struct fsi_check_entries *entries, const uint8_t *bytes,
			   const struct fsi_check_place *place)
{
	struct fsi_susp_link copy;
	const struct fsi_susp_link *const entry = &copy;

	if (!has_length(entries, FSI_I_079, place, sizeof(copy), bytes))
		return 0;
	memcpy(&copy, bytes, sizeof(copy));
	return get_number(entries, FSI_I_079, place, "block", &entry->block);
}

static bool is_date(const uint8_t *bytes, bool is_long)
{
	static const uint8_t zeros[SHORT_DATE];
	struct fsi_iso9660_text_date text;
	struct fsi_iso9660_date date;
	struct fsi_disc_time time;

	if (is_long) {
		memcpy(&text, bytes, sizeof(text));
		fsi_iso9660_get_text_date(&text, &time);
		return time.is_known || memcmp(bytes, "0000000000000000", 16) == 0;
	}
	memcpy(&date, bytes, sizeof(date));
	fsi_iso9660_get_date(&date, &time);
	return (time.is_known && time.has_zone) || memcmp(bytes, zeros, SHORT_DATE) == 0;
}

static void check_tf(struct fsi_check_entries *entries, const uint8_t *bytes,
		     const struct fsi_check_place *place)
{
	const size_t fixed = sizeof(struct fsi_susp_flagged);
	const bool is_long = bytes[2] > 4 && (bytes[4] & FSI_SUSP_LONG_FORM) != 0;
	const size_t date = is_long ? LONG_DATE : SHORT_DATE;
	size_t count = 0;

	for (unsigned bit = 0; bytes[2] > 4 && bit < 7; bit++)
		count += bytes[4] >> bit & 1u;
	if (!has_length(entries, FSI_I_080, place, fixed + count * date, bytes))
		return;
	if (is_long)
		fsi_check_tell(check_of(entries), FSI_I_082, place, NULL,
			       "The time stamps have the long form, which Linux does not "
			       "read");
	for (size_t i = 0; i < count; i++) {
		if (is_date(bytes + fixed + i * date, is_long))
			continue;
		fsi_check_tell(check_of(entries), FSI_I_080, place, NULL,
			       "Time stamp %zu of the TF entry is no date", i + 1);
	}
}

/* ---- zisofs ------------------------------------------------------------ */

static void check_zf(struct fsi_check_entries *entries, const uint8_t *bytes,
		     const struct fsi_check_place *place)
{
	const struct fsi_check_record *record = entries->record;
	struct fsi_susp_zf copy;
	const struct fsi_susp_zf *const entry = &copy;
	uint8_t header[16];
	uint32_t size = 0;

	if (bytes[3] != 1 || !has_length(entries, FSI_I_094, place, sizeof(copy), bytes))
		return;
	memcpy(&copy, bytes, sizeof(copy));
	size = get_number(entries, FSI_I_094, place, "size", &entry->size);
	if (memcmp(entry->algorithm, "pz", 2) != 0)
		return;
	if (record->size < sizeof(header) ||
	    !fsi_check_read(check_of(entries),
			    (uint64_t)record->first_block * FSI_BLOCK_SIZE, header,
			    sizeof(header)) ||
	    memcmp(header, zisofs_magic, sizeof(zisofs_magic)) != 0 ||
	    fsi_get_le32((const uint8_t(*)[4])(header + 8)) != size ||
	    header[12] != entry->header_words[0] || header[13] != entry->block_shift[0])
		fsi_check_tell(check_of(entries), FSI_I_094, place, NULL,
			       "The file does not begin as its ZF entry says");
}

/* ---- entries and records ----------------------------------------------- */

void fsi_check_rock_ridge_entry(struct fsi_check_entries *entries,
				enum fsi_check_entry_kind kind, const uint8_t *bytes,
				const struct fsi_check_place *place)
{
	struct fsi_check_record *record = entries->record;

	if (kind == FSI_CHECK_PX)
		check_px(entries, bytes, place);
	else if (kind == FSI_CHECK_PN)
		check_pn(entries, bytes, place);
	else if (kind == FSI_CHECK_SL)
		check_sl(entries, bytes, place);
	else if (kind == FSI_CHECK_NM)
		check_nm(entries, bytes, place);
	else if (kind == FSI_CHECK_TF)
		check_tf(entries, bytes, place);
	else if (kind == FSI_CHECK_ZF)
		check_zf(entries, bytes, place);
	else if (kind == FSI_CHECK_CL)
		record->relocated_block = check_link(entries, bytes, place);
	else if (kind == FSI_CHECK_PL)
		record->original = check_link(entries, bytes, place);
	else if (kind == FSI_CHECK_RE)
		record->is_relocated = true;
}

static void check_kind(const struct fsi_check_entries *entries)
{
	const struct fsi_check_record *record = entries->record;
	const struct fsi_check_place *place = &record->place;
	struct fsi_check *check = check_of(entries);
	const bool is_directory = fsi_check_has_flag(record, FSI_ISO9660_DIRECTORY) ||
				  record->relocated_block != 0;

	if (S_ISDIR(record->mode) != is_directory)
		fsi_check_tell(check, FSI_I_075, place,
			       &(struct fsi_check_details){
				       .found = FSI_TEXT("mode 0%o", record->mode)},
			       "The PX entry says that it is %s directory",
			       is_directory ? "no" : "a");
	if ((S_ISBLK(record->mode) || S_ISCHR(record->mode)) !=
	    (entries->counts[FSI_CHECK_PN] > 0))
		fsi_check_tell(check, FSI_I_076, place, NULL, "There is %s",
			       entries->counts[FSI_CHECK_PN] > 0
				       ? "a PN entry, but no device"
				       : "a device without a PN entry");
	if (S_ISLNK(record->mode) != (entries->counts[FSI_CHECK_SL] > 0))
		fsi_check_tell(check, FSI_I_077, place, NULL, "There is %s",
			       entries->counts[FSI_CHECK_SL] > 0
				       ? "an SL entry, but no symbolic link"
				       : "a symbolic link without an SL entry");
}

static void check_ends(const struct fsi_check_entries *entries)
{
	const struct fsi_check_place *place = &entries->record->place;
	struct fsi_check *check = check_of(entries);

	if (entries->is_name_open)
		fsi_check_tell(check, FSI_I_078, place, NULL,
			       "The NM entry that the name goes on in is missing");
	if (entries->is_link_open || entries->is_component_open)
		fsi_check_tell(check, FSI_I_077, place, NULL,
			       "The SL entry that the link goes on in is missing");
	if (entries->name_length > NAME_SHOWN)
		fsi_check_tell(check, FSI_I_078, place,
			       &(struct fsi_check_details){
				       .severity = entries->name_length <= NAME_MAX_BYTES
							   ? FSI_SEVERITY_WARNING
							   : 0,
				       .expected = FSI_TEXT("at most %u", NAME_SHOWN),
				       .found = FSI_TEXT("%zu", entries->name_length)},
			       "The name has %zu bytes", entries->name_length);
}

void fsi_check_rock_ridge_record(struct fsi_check_entries *entries)
{
	if (!entries->tree->has_rock_ridge)
		return;
	if (entries->counts[FSI_CHECK_PX] == 0)
		fsi_check_tell(check_of(entries), FSI_I_075, &entries->record->place,
			       NULL, "The record has no PX entry");
	else if (entries->record->has_px)
		check_kind(entries);
	check_ends(entries);
}
