/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By what a disc is known again: a number over the descriptors of its newest session.
 * Whoever adds a session records descriptors of its own, so it changes then; the data
 * of files does not count.
 */
#ifndef FSI_IMPORT_IDENTIFIER_H
#define FSI_IMPORT_IDENTIFIER_H

#include "media/media.h"

/* Hexadecimal digits and a NUL. */
#define FSI_IMPORT_IDENTIFIER_SIZE 17

/* IMAPI_E_IMPORT_READ_FAILURE (block) for a block without which nothing is
 * recognised; E_OUTOFMEMORY. */
HRESULT fsi_import_identify(struct fsi_media *media,
			    char ret_identifier[FSI_IMPORT_IDENTIFIER_SIZE]);

#endif
