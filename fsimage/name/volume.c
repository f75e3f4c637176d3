/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a volume name is written in each file system. */
#include "name/view.h"

#include "base/memory.h"
#include "error/fail.h"
#include "name/map.h"

#include <string.h>

/* Fields of 32 bytes: ECMA-119 8.4.7, in UCS-2 for Joliet. */
#define ISO_CHARACTERS 32
#define JOLIET_UNITS   16

HRESULT fsi_name_of_volume(const char *volume_name, enum fsi_file_system file_system,
			   char **ret_name)
{
	const size_t length = strlen(volume_name);
	char *name = fsi_duplicate_bytes(volume_name, length);

	if (name == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	/* No mapping makes a character longer. */
	if (file_system == FSI_FILE_SYSTEM_ISO9660)
		fsi_name_map_text(volume_name, length, fsi_name_map_to_iso,
				  ISO_CHARACTERS, name);
	if (file_system == FSI_FILE_SYSTEM_JOLIET)
		fsi_name_map_text(volume_name, length, fsi_name_map_to_ucs2, JOLIET_UNITS,
				  name);
	*ret_name = name;
	return S_OK;
}
