/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file systems that a disc may have: how each is recognised and opened. */
#ifndef FSI_IMPORT_FILE_SYSTEMS_H
#define FSI_IMPORT_FILE_SYSTEMS_H

#include "import/view.h"

/* ECMA-167 2/8.1, ECMA-119 6.2.1: behind 32768 bytes that belong to the system. */
#define FSI_IMPORT_RECOGNITION_OFFSET 32768u

/* The first anchor is not part of the sequence. */
#define FSI_IMPORT_RECOGNITION_BLOCKS_MAX 240

/* Where to look beyond the usual places, see struct fsi_disc_options. */
struct fsi_import_hints {
	uint32_t anchor_block;
};

/* The file systems that a disc has. Blocks that can't be read hold none. */
HRESULT fsi_import_recognise(struct fsi_media *media,
			     const struct fsi_import_hints *hints,
			     fsi_file_systems *ret_file_systems);

/*
 * Add those of the volume recognition sequence of the session that begins in a block.
 * Its descriptors are as far apart as blocks are long, but at least FSI_BLOCK_SIZE.
 * What stands before a block that can't be read is added on failure too.
 */
HRESULT fsi_import_recognise_sequence(struct fsi_media *media, uint32_t session_block,
				      uint32_t distance, fsi_file_systems *file_systems);

/* What messages call a file system; NULL: it is not exactly one that is known. */
const char *fsi_import_name(enum fsi_file_system file_system);

/* As fsi_disc_open_view(); the file system has a name. */
HRESULT fsi_import_open(struct fsi_media *media, const struct fsi_import_hints *hints,
			enum fsi_file_system file_system, fsi_disc_view **ret_view);

#endif
