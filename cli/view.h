/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image that info, ls and extract read, and which of its file systems. */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "cli/message.h"

#include <fsimage/disc.h>

struct image_view {
	const char *image;		  /**< its path, borrowed */
	enum fsi_file_system file_system; /**< that is shown */
	fsi_file_systems others;	  /**< that the image has besides */
	fsi_disc *disc;
	fsi_disc_view *view;
};

/** The value of --view: "udf", "joliet", "iso9660". NONE when it is none of them. */
enum fsi_file_system view_parse(const char *word);

/** How --view calls it: "udf". */
const char *view_word(enum fsi_file_system file_system);

/** How people call it: "UDF". */
const char *view_name(enum fsi_file_system file_system);

/**
 * Read the value of --session: a number from 1 on.
 *
 * @return what a right value is; NULL: it is one
 */
const char *view_parse_session(const char *value, uint32_t *ret_session);

/**
 * Find a session of a disc.
 *
 * @param image       its path
 * @param session     its number, from 1
 * @param ret_found   untouched when there is none
 * @return an exit status
 */
int view_find_session(fsi_disc *disc, const char *image, uint32_t session,
		      const struct voice *voice, struct fsi_disc_session *ret_found);

/**
 * Open the file at path as a disc, without a view.
 *
 * @param session   0: the newest
 * @param ret_view  to be cleared, also on failure
 * @return an exit status
 */
int view_open_disc(const char *path, uint32_t session, const struct voice *voice,
		   struct image_view *ret_view);

/**
 * Open an image and one of its file systems.
 *
 * @param wanted    NONE: UDF, else ISO 9660 with Rock Ridge, else Joliet, else
 *                  ISO 9660
 * @param session   0: the newest
 * @param ret_view  to be cleared, also on failure
 * @return an exit status
 */
int view_open(const char *path, enum fsi_file_system wanted, uint32_t session,
	      const struct voice *voice, struct image_view *ret_view);

void view_clear(struct image_view *view);

/** Which option helps when what was read is wrong or missing; NULL: none. */
const char *view_hint(const struct image_view *view, HRESULT code);

/** Tell what reading the image returned. @return STATUS_FAILED */
int view_failure(const struct image_view *view, HRESULT hr, const struct voice *voice,
		 const char *doing, const char *path);

#endif
