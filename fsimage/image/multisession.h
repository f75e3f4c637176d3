/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disc that an image adds a session to. */
#ifndef FSI_IMAGE_MULTISESSION_H
#define FSI_IMAGE_MULTISESSION_H

#include "media/multisession.h"

/* What an image keeps of it. */
struct fsi_image_multisession {
	fsi_multisession **items; /* one reference each */
	size_t count;
	fsi_multisession *chosen; /* one of them; NULL: there are none */
	char *disc_identifier;	  /* of the disc that was imported from; NULL: none was */
};

void fsi_image_clear_multisession(struct fsi_image_multisession *multisession);

/* The chosen object, borrowed. IMAPI_E_MULTISESSION_NOT_SET. */
HRESULT fsi_image_get_multisession(const fsi_image *image,
				   fsi_multisession **ret_multisession);

/* A disc as it is found now. */
struct fsi_image_disc {
	struct fsi_multisession_state state;
	bool is_blank; /* nothing is recorded, or nothing but zeros at its beginning */
	struct fsi_media
		*media; /* of its newest session; one reference; NULL: is_blank */
	fsi_file_systems file_systems; /* of that session; NONE: no known one */
};

/*
 * Look at the disc of an object. IMAPI_E_IMPORT_READ_FAILURE (block) when it has no file
 * system that is known and can't be read; the errors of fsi_multisession_open_media().
 */
HRESULT fsi_image_open_disc(fsi_multisession *multisession,
			    struct fsi_image_disc *ret_disc);

void fsi_image_close_disc(struct fsi_image_disc *disc);

/*
 * What IMAPI calls the identifier of a disc, to be freed. IMAPI_E_EMPTY_DISC; the errors
 * of fsi_image_open_disc(); E_OUTOFMEMORY.
 */
HRESULT fsi_image_identify_disc(const struct fsi_image_disc *disc, char **ret_identifier);

/*
 * Before a result is made: IMAPI_E_DISC_MISMATCH unless the disc is the one that was
 * imported from, as it was then. Without an import there is nothing to compare.
 */
HRESULT fsi_image_check_disc(const fsi_image *image);

#endif
