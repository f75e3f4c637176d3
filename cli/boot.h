/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --boot PLATFORM:PATH[,OPTION]... and what belongs to it. */
#ifndef CLI_BOOT_H
#define CLI_BOOT_H

#include "cli/message.h"

#include <fsimage/boot.h>

/** One --boot, as it was given. */
struct boot_entry {
	const char *operand; /**< the whole value, borrowed */
	char *path;	     /**< in the image, or of this computer */
	char *manufacturer;  /**< NULL: none given */
	uint32_t platform;
	enum fsi_emulation emulation;
	bool has_emulation;
	bool has_load_size;
	bool info_table;
	uint16_t load_size;
	uint16_t segment;
};

struct boot_list {
	struct boot_entry *items;
	size_t count;
	const char *catalog; /**< NULL: hidden */
	bool has_load_size;  /**< --boot-load-size was given: for the BIOS */
	uint16_t load_size;
	bool info_table; /**< --boot-info-table, for the BIOS too */
};

/** Read a value of an option. @return what is wrong with it; NULL when nothing is */
const char *boot_add(struct boot_list *list, const char *value);
const char *boot_take_load_size(struct boot_list *list, const char *value);
const char *boot_take_catalog(struct boot_list *list, const char *value);

/** Whether there is a --boot for a platform. */
bool boot_has_platform(const struct boot_list *list, enum fsi_platform_id platform);

/** Options that make no sense without others. @return an exit status */
int boot_check(const struct boot_list *list, const char *command);

/**
 * Make an image that has its sources bootable.
 *
 * @param separators  of paths in the image
 * @param ret_doing   on failure: what was being done, borrowed from list
 * @return of the library
 */
HRESULT boot_put(const struct boot_list *list, fsi_image *image, const char *separators,
		 const struct voice *voice, const char **ret_doing);

/** Which option helps; NULL: none. */
const char *boot_hint(HRESULT code);

void boot_clear(struct boot_list *list);

#endif
