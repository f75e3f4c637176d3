/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session that goes on from others: it has the partition and the revision of the first
 * one, as old entries count blocks from its beginning, and directories of its own, as
 * those of older ones lead to what was; U-168, U-169.
 */
#include "check/udf_tree.h"

#include "import/sessions.h"

#include <inttypes.h>

/* The session that the volume is described in; NULL: of none. */
static const struct fsi_session *find_own(const struct fsi_check_udf *udf,
					  const struct fsi_sessions *sessions)
{
	const struct fsi_session *own = NULL;

	for (size_t i = 0; i < sessions->items.count; i++) {
		if (sessions->items.items[i].start_block <=
		    udf->anchor.main_sequence.block)
			own = &sessions->items.items[i];
	}
	return own;
}

static void compare(struct fsi_check_udf *udf, const struct fsi_udf_mount *first)
{
	const struct fsi_udf_space *own = &udf->udf->spaces.items[0];
	const struct fsi_udf_space *other = &first->udf.spaces.items[0];
	const struct fsi_check_place place = fsi_check_udf_place(
		udf, udf->anchor.main_sequence.block, "volume descriptor sequence");

	if (own->first_block != other->first_block)
		fsi_check_tell(
			udf->check, FSI_U_168, &place,
			&(struct fsi_check_details){
				.expected =
					FSI_TEXT("block %" PRIu32, other->first_block),
				.found = FSI_TEXT("block %" PRIu32, own->first_block)},
			"The partition begins elsewhere than in the first session");
	if (udf->revision != first->revision)
		fsi_check_tell(
			udf->check, FSI_U_168, &place,
			&(struct fsi_check_details){
				.expected =
					FSI_TEXT("revision %x.%02x", first->revision >> 8,
						 first->revision & 0xffu),
				.found = FSI_TEXT("revision %x.%02x", udf->revision >> 8,
						  udf->revision & 0xffu)},
			"The revision is not that of the first session");
}

/* What can't be mounted any more can't be compared. */
static void compare_first(struct fsi_check_udf *udf, const struct fsi_session *first)
{
	struct fsi_udf_mount *mount = NULL;

	if ((first->file_systems & FSI_FILE_SYSTEM_UDF) == 0 || udf->udf == NULL ||
	    udf->udf->spaces.count == 0 ||
	    !fsi_check_udf_ok(udf, fsi_import_udf_mount(udf->check->media,
							first->anchor_block, &mount)))
		return;
	if (mount->udf.spaces.count > 0)
		compare(udf, mount);
	fsi_import_udf_unmount(mount);
}

void fsi_check_udf_sessions(struct fsi_check_udf *udf)
{
	struct fsi_sessions sessions;
	const struct fsi_session *own = NULL;

	/* Blocks of other sizes are of no disc that has several. */
	if (udf->check->is_map || !udf->has_anchor || udf->block_size != FSI_BLOCK_SIZE ||
	    !fsi_check_udf_ok(udf,
			      fsi_import_find_sessions(udf->check->media, &sessions)))
		return;
	own = find_own(udf, &sessions);
	if (own != NULL && own != &sessions.items.items[0]) {
		udf->own_block = own->start_block;
		compare_first(udf, &sessions.items.items[0]);
	}
	fsi_import_free_sessions(&sessions);
}

void fsi_check_udf_own_directory(struct fsi_check_entry *entry)
{
	const struct fsi_check_udf *udf = entry->tree->udf;

	if (entry->place.offset / udf->block_size >= udf->own_block)
		return;
	fsi_check_tell(udf->check, FSI_U_169, &entry->place,
		       &(struct fsi_check_details){.expected = FSI_TEXT("block %" PRIu32
									" or later",
									udf->own_block)},
		       "The directory is that of an earlier session");
}
