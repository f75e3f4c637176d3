/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "fsimage info" tells of booting. */
#ifndef CLI_INFO_BOOT_H
#define CLI_INFO_BOOT_H

#include <fsimage/disc.h>

#include <stdio.h>

struct info_boot {
	struct fsi_disc_boot_catalog *catalog; /**< NULL: there is none */
	char *catalog_path;		       /**< of the file it is; NULL: hidden */
	char **paths; /**< by entry: of the file that it is; NULL: hidden */
};

/**
 * Read the catalog, and look for its images among the files of a view.
 *
 * @param view      NULL: there is none that can be read
 * @param ret_boot  to be cleared, also on failure
 * @return of the library
 */
HRESULT info_boot_read(fsi_disc *disc, fsi_disc_view *view, struct info_boot *ret_boot);

/** For people; nothing when there is no catalog. */
void info_boot_print(const struct info_boot *boot);

/** For programs: a value, "null" when there is no catalog. */
void info_boot_print_json(const struct info_boot *boot, FILE *file);

void info_boot_clear(struct info_boot *boot);

#endif
