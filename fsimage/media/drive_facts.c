/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a drive tells of the disc in it. */
#include "media/drive.h"

#include "error/fail.h"

/* MMC-5 6.25.3.2.3: of the control field, the bit that tells data from audio. */
#define CONTROL_DATA 4

static int32_t limit_blocks(off_t bytes)
{
	const off_t blocks = bytes / FSI_BLOCK_SIZE;

	return blocks < FSI_DRIVE_SECTORS_MAX ? (int32_t)blocks : FSI_DRIVE_SECTORS_MAX;
}

static int32_t get_address(const struct burn_toc_entry *entry)
{
	return (entry->extensions_valid & 1) != 0
		       ? entry->start_lba
		       : burn_msf_to_lba(entry->pmin, entry->psec, entry->pframe);
}

/* The first track begins the session, the lead-out ends it. */
static HRESULT add_session(struct fsi_drive *drive, struct burn_session *session)
{
	struct burn_toc_entry entry = {.session = 0};
	struct fsi_multisession_range *range = NULL;
	struct burn_track **tracks = NULL;
	int32_t first = 0;
	int32_t end = 0;
	int count = 0;

	tracks = burn_session_get_tracks(session, &count);
	for (int i = 0; i < count; i++) {
		burn_track_get_entry(tracks[i], &entry);
		if (i == 0)
			first = get_address(&entry);
		if ((entry.control & CONTROL_DATA) != 0)
			drive->facts.is_first_data = false;
	}
	burn_session_get_leadout_entry(session, &entry);
	end = get_address(&entry);
	if (count == 0 || first < 0 || end <= first)
		return S_OK;
	if (!fsi_vector_reserve(&drive->ranges, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	range = &drive->ranges.items[drive->ranges.count++];
	range->first_block = (uint32_t)first;
	range->end_block = (uint32_t)end;
	return S_OK;
}

static HRESULT read_table(struct fsi_drive *drive)
{
	struct burn_disc *disc = burn_drive_get_disc(drive->drive);
	struct burn_session **sessions = NULL;
	HRESULT hr = S_OK;
	int count = 0;

	if (disc == NULL)
		return S_OK;
	sessions = burn_disc_get_sessions(disc, &count);
	for (int i = 0; i < count && SUCCEEDED(hr); i++)
		hr = add_session(drive, sessions[i]);
	burn_disc_free(disc);
	return hr;
}

static HRESULT assess_sequential(struct fsi_drive *drive)
{
	struct fsi_drive_facts *facts = &drive->facts;
	struct burn_write_opts *options = NULL;
	int start = 0;
	int next = 0;

	FSI_TRY(read_table(drive));
	if (drive->ranges.count > 0) {
		const struct fsi_multisession_range *last =
			&drive->ranges.items[drive->ranges.count - 1];

		facts->previous_start = (int32_t)last->first_block;
		facts->previous_last = (int32_t)last->end_block - 1;
	}
	/* libburn knows of the session that mounting would take. */
	if (burn_disc_get_msc1(drive->drive, &start) > 0 && start >= 0 &&
	    start <= facts->previous_last)
		facts->previous_start = start;
	if (facts->status != BURN_DISC_BLANK && facts->status != BURN_DISC_APPENDABLE)
		return S_OK;
	options = burn_write_opts_new(drive->drive);
	if (options == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	burn_write_opts_set_multi(options, 1);
	if (burn_disc_track_lba_nwa(drive->drive, options, 0, &start, &next) > 0)
		facts->next = next;
	facts->free = limit_blocks(burn_disc_available_space(drive->drive, options));
	burn_write_opts_free(options);
	return S_OK;
}

static void assess_random(struct fsi_drive *drive)
{
	struct fsi_drive_facts *facts = &drive->facts;
	off_t size = 0;
	int format = BURN_FORMAT_IS_FORMATTED;
	int formats = 0;
	unsigned spare = 0;

	facts->total = limit_blocks(burn_disc_available_space(drive->drive, NULL));
	if (facts->total < facts->readable)
		facts->total = facts->readable;
	if (facts->profile->number != FSI_PROFILE_FILE &&
	    burn_disc_get_formats(drive->drive, &format, &size, &spare, &formats) > 0)
		facts->is_unformatted = format == BURN_FORMAT_IS_UNFORMATTED;
}

/* By the profiles that the drive has, whatever is in it. */
static int32_t find_largest(struct burn_drive *drive)
{
	int profiles[64] = {0};
	char is_current[64] = {0};
	int32_t largest = 0;
	int count = 0;

	if (burn_drive_get_all_profiles(drive, &count, profiles, is_current) <= 0)
		return 0;
	for (int i = 0; i < count && i < 64; i++) {
		const struct fsi_profile *profile = fsi_profile_find(profiles[i]);
		int32_t blocks = 0;

		if (profile == NULL || !profile->is_written)
			continue;
		blocks = fsi_media_type_blocks(profile->type);
		if (blocks > largest)
			largest = blocks;
	}
	return largest;
}

HRESULT fsi_drive_assess(struct fsi_drive *drive)
{
	struct fsi_drive_facts *facts = &drive->facts;
	char name[80] = "";
	int number = 0;
	int readable = 0;

	*facts = (struct fsi_drive_facts){
		.status = burn_disc_get_status(drive->drive),
		.is_first_data = true,
		.previous_start = -1,
		.previous_last = -1,
	};
	drive->ranges.count = 0;
	if (burn_disc_get_profile(drive->drive, &number, name) > 0)
		facts->profile = fsi_profile_find(number);
	facts->largest = find_largest(drive->drive);
	if (facts->status == BURN_DISC_EMPTY || facts->profile == NULL)
		return S_OK;
	if (burn_get_read_capacity(drive->drive, &readable, 0) > 0 && readable > 0)
		facts->readable = readable;
	if (facts->profile->kind == FSI_MULTISESSION_SEQUENTIAL)
		return assess_sequential(drive);
	assess_random(drive);
	if (facts->profile->number == FSI_PROFILE_FILE)
		facts->largest = facts->total;
	return S_OK;
}
