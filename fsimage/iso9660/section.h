/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sections of a file (ECMA-119 6.5): a directory record has 32 bits for a
 * length, so that a larger file has several records, one behind the other. Its
 * data is one run of blocks all the same: each section goes on where the one
 * before it ended, as all but the last fill their blocks.
 */
#ifndef FSI_ISO9660_SECTION_H
#define FSI_ISO9660_SECTION_H

#include <stdint.h>

/* ECMA-119 9.1.4: the most that one record tells of. */
#define FSI_ISO9660_SINGLE_SECTION_MAX UINT32_MAX

/* Of several sections all but the last have so many blocks and bytes. */
#define FSI_ISO9660_SECTION_BLOCKS (UINT32_MAX / 2048u)
#define FSI_ISO9660_SECTION_SIZE   (FSI_ISO9660_SECTION_BLOCKS * 2048u)

/* The standard knows no limit; Linux gives up a file with more. */
#define FSI_ISO9660_SECTIONS_MAX 100u

/* The largest file that those hold. */
#define FSI_ISO9660_SECTIONS_SIZE_MAX \
	((uint64_t)FSI_ISO9660_SECTIONS_MAX * FSI_ISO9660_SECTION_SIZE)

/* Sections of a file of that size; an empty file has one. */
static inline uint32_t fsi_iso9660_section_count(uint64_t size)
{
	if (size <= FSI_ISO9660_SINGLE_SECTION_MAX)
		return 1;
	return (uint32_t)((size - 1) / FSI_ISO9660_SECTION_SIZE + 1);
}

/* Bytes of one of them, from 0. */
static inline uint32_t fsi_iso9660_section_size(uint64_t size, uint32_t section)
{
	const uint64_t rest = size - (uint64_t)section * FSI_ISO9660_SECTION_SIZE;

	if (size <= FSI_ISO9660_SINGLE_SECTION_MAX)
		return (uint32_t)size;
	return rest < FSI_ISO9660_SECTION_SIZE ? (uint32_t)rest
					       : FSI_ISO9660_SECTION_SIZE;
}

#endif
