/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles of MMC (MMC-5 table 94), and the sizes of discs. */
#include "media/profiles.h"

#define SEQUENTIAL FSI_MULTISESSION_SEQUENTIAL
#define RANDOM	   FSI_MULTISESSION_RANDOM_WRITE

static const struct fsi_profile profiles[] = {
	{0x08, IMAPI_MEDIA_TYPE_CDROM, SEQUENTIAL, false, 1, false},
	{0x09, IMAPI_MEDIA_TYPE_CDR, SEQUENTIAL, true, 1, false},
	{0x0a, IMAPI_MEDIA_TYPE_CDRW, SEQUENTIAL, true, 1, false},
	{0x10, IMAPI_MEDIA_TYPE_DVDROM, SEQUENTIAL, false, 16, false},
	{0x11, IMAPI_MEDIA_TYPE_DVDDASHR, SEQUENTIAL, true, 16, false},
	{0x12, IMAPI_MEDIA_TYPE_DVDRAM, RANDOM, true, 16, false},
	/* Restricted overwrite; sequential. */
	{0x13, IMAPI_MEDIA_TYPE_DVDDASHRW, RANDOM, true, 16, true},
	{0x14, IMAPI_MEDIA_TYPE_DVDDASHRW, SEQUENTIAL, true, 16, false},
	{0x15, IMAPI_MEDIA_TYPE_DVDDASHR_DUALLAYER, SEQUENTIAL, true, 16, false},
	{0x16, IMAPI_MEDIA_TYPE_DVDDASHR_DUALLAYER, SEQUENTIAL, false, 16, false},
	{0x1a, IMAPI_MEDIA_TYPE_DVDPLUSRW, RANDOM, true, 16, false},
	{0x1b, IMAPI_MEDIA_TYPE_DVDPLUSR, SEQUENTIAL, true, 16, false},
	{0x2a, IMAPI_MEDIA_TYPE_DVDPLUSRW_DUALLAYER, RANDOM, false, 16, false},
	{0x2b, IMAPI_MEDIA_TYPE_DVDPLUSR_DUALLAYER, SEQUENTIAL, true, 16, false},
	{0x40, IMAPI_MEDIA_TYPE_BDROM, SEQUENTIAL, false, 32, false},
	{0x41, IMAPI_MEDIA_TYPE_BDR, SEQUENTIAL, true, 32, false},
	{0x42, IMAPI_MEDIA_TYPE_BDR, SEQUENTIAL, false, 32, false},
	{0x43, IMAPI_MEDIA_TYPE_BDRE, RANDOM, true, 32, false},
	{0x50, IMAPI_MEDIA_TYPE_HDDVDROM, SEQUENTIAL, false, 32, false},
	{0x51, IMAPI_MEDIA_TYPE_HDDVDR, SEQUENTIAL, false, 32, false},
	{0x52, IMAPI_MEDIA_TYPE_HDDVDRAM, RANDOM, false, 32, false},
	{FSI_PROFILE_FILE, IMAPI_MEDIA_TYPE_DISK, RANDOM, true, 1, false},
};

const struct fsi_profile *fsi_profile_find(int number)
{
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		if (profiles[i].number == number)
			return &profiles[i];
	}
	return NULL;
}

int32_t fsi_media_type_blocks(enum imapi_media_physical_type type)
{
	static const int32_t sizes[] = {
		[IMAPI_MEDIA_TYPE_CDROM] = 332800,
		[IMAPI_MEDIA_TYPE_CDR] = 332800,
		[IMAPI_MEDIA_TYPE_CDRW] = 332800,
		[IMAPI_MEDIA_TYPE_DVDRAM] = 2236704,
		[IMAPI_MEDIA_TYPE_DVDPLUSR] = 2295104,
		[IMAPI_MEDIA_TYPE_DVDPLUSRW] = 2295104,
		[IMAPI_MEDIA_TYPE_DVDPLUSR_DUALLAYER] = 4173824,
		[IMAPI_MEDIA_TYPE_DVDDASHR] = 2297888,
		[IMAPI_MEDIA_TYPE_DVDDASHRW] = 2297888,
		[IMAPI_MEDIA_TYPE_DVDDASHR_DUALLAYER] = 4171712,
		[IMAPI_MEDIA_TYPE_DISK] = INT32_MAX,
		[IMAPI_MEDIA_TYPE_DVDPLUSRW_DUALLAYER] = 4173824,
		[IMAPI_MEDIA_TYPE_HDDVDR] = 7324218,
		[IMAPI_MEDIA_TYPE_HDDVDRAM] = 7324218,
		[IMAPI_MEDIA_TYPE_BDR] = 12219392,
		[IMAPI_MEDIA_TYPE_BDRE] = 11826176,
	};
	const size_t index = (size_t)type;

	return index < sizeof(sizes) / sizeof(sizes[0]) ? sizes[index] : 0;
}
