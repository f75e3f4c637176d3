/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions on a disc that can be overwritten: each has its own volume descriptors, and
 * those at the usual place are a copy of the newest ones, with another volume space
 * size. Who makes no records of them begins the first one in block 32, and each at a
 * multiple of 32.
 */
#include "check/iso.h"

#include "base/checked.h"
#include "import/sessions.h"

#include <inttypes.h>

#define SESSION_ALIGNMENT 32u

/* More than a disc has room for. */
#define SESSIONS_MAX	1000u
#define DESCRIPTORS_MAX 32u

#define SPACE_SIZE_OFFSET 80u
#define SPACE_SIZE_LENGTH 8u

static bool read_descriptor(const struct fsi_check_iso *iso, uint64_t block,
			    uint8_t *bytes)
{
	return fsi_check_read(iso->check, block * FSI_BLOCK_SIZE, bytes,
			      FSI_BLOCK_SIZE) &&
	       fsi_iso9660_is_descriptor(bytes);
}

/*
 * Whether a session begins here. One inside an image that is a file has addresses
 * that count from the start of that file. *ret_blocks: how long it is.
 */
static bool is_session(const struct fsi_check_iso *iso, uint64_t block,
		       uint32_t *ret_blocks)
{
	struct fsi_iso9660_volume volume;
	uint8_t bytes[FSI_BLOCK_SIZE];

	if (!read_descriptor(iso, block + FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK, bytes) ||
	    bytes[0] != FSI_ISO9660_PRIMARY)
		return false;
	fsi_iso9660_get_volume(bytes, &volume);
	*ret_blocks = volume.block_count;
	return volume.root_block > block + FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK &&
	       volume.block_count > 0;
}

/* Claims the descriptors of a session, and returns how many there are. */
static uint32_t claim_descriptors(const struct fsi_check_iso *iso, uint64_t first)
{
	uint8_t bytes[FSI_BLOCK_SIZE];
	uint32_t count = 0;

	while (count < DESCRIPTORS_MAX && read_descriptor(iso, first + count, bytes)) {
		count++;
		if (bytes[0] == FSI_ISO9660_TERMINATOR)
			break;
	}
	fsi_check_claim(iso, (uint32_t)first, count, "volume descriptors of a session",
			NULL);
	return count;
}

static void compare(const struct fsi_check_iso *iso, uint64_t newest, uint32_t count)
{
	uint8_t copy[FSI_BLOCK_SIZE];
	uint8_t original[FSI_BLOCK_SIZE];

	for (uint32_t n = 0; n < count; n++) {
		const uint64_t block = (uint64_t)iso->first_block + n;
		const struct fsi_check_place place = {block * FSI_BLOCK_SIZE,
						      "volume descriptor", NULL, false};

		if (!read_descriptor(iso, newest + n, original))
			return;
		memset(original + SPACE_SIZE_OFFSET, 0, SPACE_SIZE_LENGTH);
		if (read_descriptor(iso, block, copy)) {
			memset(copy + SPACE_SIZE_OFFSET, 0, SPACE_SIZE_LENGTH);
			if (memcmp(copy, original, sizeof(copy)) == 0)
				continue;
		}
		fsi_check_tell(iso->check, FSI_I_096, &place, NULL,
			       "The descriptor in block %" PRIu64
			       " is not that of the newest session, which is in block "
			       "%" PRIu64,
			       block, newest + n);
		return;
	}
}

/*
 * Whether the first descriptor of the disc leads behind the sessions that were found:
 * behind padding of one of them another writer has begun a newer one.
 */
static bool has_newer(const struct fsi_check_iso *iso, uint64_t end)
{
	struct fsi_iso9660_volume volume;
	uint8_t bytes[FSI_BLOCK_SIZE];

	if (!read_descriptor(iso, iso->first_block, bytes) ||
	    bytes[0] != FSI_ISO9660_PRIMARY)
		return false;
	fsi_iso9660_get_volume(bytes, &volume);
	return volume.root_block >= end;
}

/* Sessions that the descriptors of the disc do not lead to: where each is said to end,
 * the next one begins. *ret_newest: where its descriptors are; 0: there is none. */
static uint32_t follow(const struct fsi_check_iso *iso, uint64_t *ret_newest)
{
	uint64_t block = SESSION_ALIGNMENT;
	uint32_t count = 0;
	uint32_t blocks = 0;

	for (unsigned n = 0; n < SESSIONS_MAX && is_session(iso, block, &blocks); n++) {
		*ret_newest = block + FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK;
		count = claim_descriptors(iso, *ret_newest);
		block = fsi_align_u64(block + blocks, SESSION_ALIGNMENT);
	}
	if (has_newer(iso, block))
		*ret_newest = 0;
	return count;
}

/* Those that they lead to. */
static uint32_t claim_sessions(const struct fsi_check_iso *iso,
			       const struct fsi_sessions *sessions, uint64_t *ret_newest)
{
	uint32_t count = 0;

	for (size_t n = 0; n < sessions->items.count; n++) {
		const uint64_t start = sessions->items.items[n].start_block;

		if (start == 0)
			continue;
		*ret_newest = start + FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK;
		count = claim_descriptors(iso, *ret_newest);
	}
	return count;
}

void fsi_check_iso_sessions(struct fsi_check_iso *iso)
{
	struct fsi_sessions sessions;
	uint64_t newest = 0;
	uint32_t count = 0;
	HRESULT hr = S_OK;

	if (iso->check->session_block != 0)
		return;
	hr = fsi_import_find_sessions(iso->check->media, &sessions);
	if (FAILED(hr)) {
		fsi_check_fail(iso->check, hr);
		return;
	}
	count = sessions.is_repointed ? claim_sessions(iso, &sessions, &newest)
				      : follow(iso, &newest);
	fsi_import_free_sessions(&sessions);
	if (newest != 0)
		compare(iso, newest, count);
}
