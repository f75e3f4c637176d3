/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discs that a session is to be added to (IMultisession, IMultisessionSequential2,
 * IMultisessionRandomWrite). A multisession object is one way to add it: to the end
 * of what is recorded (sequential), or anywhere (random write). Give it to an image,
 * import, change, and write the result:
 *
 *     fsi_multisession_create_on_file("disc.iso", true, &multisession);
 *     fsi_image_put_multisession_interfaces(image, &multisession, 1);
 *
 * An object is used by one thread at a time; so is what two objects have the same
 * drive of. Every function returns E_POINTER when a required pointer is NULL. Blocks
 * have FSI_BLOCK_SIZE bytes and are counted from the start of the disc.
 */
#ifndef FSIMAGE_MULTISESSION_H
#define FSIMAGE_MULTISESSION_H

#include <fsimage/media.h>
#include <fsimage/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

enum fsi_multisession_kind {
	FSI_MULTISESSION_SEQUENTIAL = 1,
	FSI_MULTISESSION_RANDOM_WRITE = 2
};

/** The numbers that a multisession object knows: see the getters of their names. */
enum fsi_multisession_value {
	FSI_MULTISESSION_IS_SUPPORTED = 1, /**< on the current media state; 0 or 1 */
	FSI_MULTISESSION_MEDIA_TYPE = 2,   /**< enum imapi_media_physical_type */
	FSI_MULTISESSION_WRITE_UNIT_SIZE = 3,
	/** Blocks of the largest disc that can be put in; 0: not known. */
	FSI_MULTISESSION_LARGEST_MEDIA = 4,
	/* sequential */
	FSI_MULTISESSION_IS_FIRST_DATA_SESSION = 16, /**< 0 or 1 */
	FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION = 17,
	FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION = 18,
	FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS = 19,
	FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA = 20,
	/* random write */
	FSI_MULTISESSION_LAST_WRITTEN_ADDRESS = 32,
	FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA = 33
};

/** A session as the disc itself keeps account of it. */
struct fsi_multisession_range {
	uint32_t first_block;
	uint32_t end_block; /**< behind the last one that is recorded */
};

/**
 * What a caller implements to be a way to add a session. The table must live as long
 * as the object. All functions get self; what they return that is a failure is told
 * by the function of the library that called them.
 */
struct fsi_multisession_ops {
	/** sizeof(struct fsi_multisession_ops), so that the table can grow. */
	size_t size;
	/** One of enum fsi_multisession_kind; an image takes no other. */
	int kind;
	/** E_NOTIMPL: it has no such number. */
	HRESULT(*get_value)
	(void *self, enum fsi_multisession_value which, int32_t *ret_value);
	/** The blocks of the disc from block 0 on, as they are now; one reference. */
	HRESULT (*open_import_stream)(void *self, fsi_stream **ret_stream);
	/**
	 * The sessions in the order of their blocks. With ret_ranges NULL only their
	 * number is wanted; else there is room for room of them. NULL: the disc
	 * keeps no account.
	 */
	HRESULT(*get_ranges)
	(void *self, struct fsi_multisession_range *ret_ranges, size_t room,
	 size_t *ret_count);
	/**
	 * Write whole blocks. Sequential: the first call begins the session at the next
	 * writable address, and each goes on where the last one ended. NULL: what is
	 * made for the disc is written by other means.
	 */
	HRESULT(*write)
	(void *self, uint32_t block, const void *bytes, uint32_t block_count);
	/**
	 * Return when all that was written is safely on the disc; sequential: end the
	 * session. NULL only when write is.
	 */
	HRESULT (*sync)(void *self);
	/**
	 * Give back what is recorded behind a size in bytes, which ended the disc before.
	 * NULL: the medium has no end that moves.
	 */
	HRESULT (*cut)(void *self, uint64_t size);
	/** Called once, when the last reference has gone; NULL: nothing to do. */
	void (*destroy)(void *self);
};

/* ---- making ------------------------------------------------------------ */

/**
 * Make one of the caller's own functions.
 *
 * @param ops               borrowed for the life of the object; get_value and
 *                          open_import_stream are required
 * @param self              passed to each of them
 * @param ret_multisession  one reference
 * @return S_OK; E_POINTER also when a required function is NULL; E_INVALIDARG when
 *         ops->size is too small; E_OUTOFMEMORY. On failure destroy is not called.
 */
FSI_API HRESULT fsi_multisession_create(const struct fsi_multisession_ops *ops,
					void *self, fsi_multisession **ret_multisession);

/**
 * Make one of an image file or a block device, which is written at random.
 *
 * @param path         host path of a regular file or a block device that exists
 * @param for_writing  false: it is only read, and what is made for it is written
 *                     elsewhere. true: as long as the object lives no other process
 *                     that asks for the same gets it.
 * @return S_OK; E_OUTOFMEMORY; FSI_E_SHARING_VIOLATION when it is being written to by
 *         another object or process; a system error as HRESULT_FROM_WIN32 when it
 *         can't be opened, locked or measured, or is no such file
 */
FSI_API HRESULT fsi_multisession_create_on_file(const char *path, bool for_writing,
						fsi_multisession **ret_multisession);

/**
 * Make one of the disc in a drive of libburn, which is this program's as long as the
 * object or its import stream lives. It is sequential or random write, as the disc is; a
 * disc that is changed for another one needs another object. Ending a session of a
 * sequential disc can take minutes.
 *
 * libburn keeps settings of the process: the first object turns its messages off.
 * A sequential disc can't be read while a session is written to it.
 *
 * @param address  a device such as "/dev/sr0", or "stdio:" and the path of a file or a
 *                 block device that exists and stands for a drive with a disc that is
 *                 written at random
 * @return S_OK; E_OUTOFMEMORY; E_IMAPI_RECORDER_LOCKED when another program has the
 *         drive, or it is mounted; FSI_E_SHARING_VIOLATION when the file is being written
 *         to by another object or process; FSI_E_DEV_NOT_EXIST when it is no drive; a
 *         system error as HRESULT_FROM_WIN32 when it can't be opened; E_FAIL when libburn
 *         does not start. Without a disc there is an object all the same, which no image
 *         takes.
 */
FSI_API HRESULT fsi_multisession_create_on_drive(const char *address,
						 fsi_multisession **ret_multisession);

/** What is known of a disc that is written elsewhere, block after block. */
struct fsi_sequential_disc {
	size_t size; /**< sizeof(struct fsi_sequential_disc) */
	enum imapi_media_physical_type media_type;
	int32_t start_address_of_previous_session;
	/** -1: the last block of the stream. */
	int32_t last_written_address_of_previous_session;
	int32_t next_writable_address;
	int32_t free_sectors_on_media; /**< from the next writable address on */
};

/**
 * Make one of what a drive told somebody: the session is made for that place, and
 * written by other means.
 *
 * @param stream  the blocks of the disc, from the first one of the first session on;
 *                one reference is taken
 * @param disc    borrowed; whether its numbers go together is seen when an image gets
 *                the object
 * @return S_OK; E_OUTOFMEMORY; E_INVALIDARG for a wrong size member; what the stream
 *         returns for its size
 */
FSI_API HRESULT fsi_multisession_create_sequential(fsi_stream *stream,
						   const struct fsi_sequential_disc *disc,
						   fsi_multisession **ret_multisession);

/** @return multisession, with one more reference; NULL stays NULL */
FSI_API fsi_multisession *fsi_multisession_add_ref(fsi_multisession *multisession);

/** Give up one reference. @param multisession  NULL is accepted */
FSI_API void fsi_multisession_release(fsi_multisession *multisession);

/* ---- members of all kinds ---------------------------------------------- */

/*
 * Getters return S_OK; what the object's own function returned; E_NOINTERFACE when
 * objects of this kind have no such member; IMAPI_E_BAD_MULTISESSION_PARAMETER when
 * a number that is true or false is neither 0 nor 1.
 */

/** @param ret_kind  one of enum fsi_multisession_kind; callers may have others */
FSI_API HRESULT fsi_multisession_get_kind(fsi_multisession *multisession, int *ret_kind);

/** @param ret_type  of the disc that is in now */
FSI_API HRESULT fsi_multisession_get_media_type(fsi_multisession *multisession,
						enum imapi_media_physical_type *ret_type);

/** @param ret_val  whether a session can be added by this way to the disc as it is */
FSI_API HRESULT fsi_multisession_get_is_supported_on_current_media_state(
	fsi_multisession *multisession, bool *ret_val);

/** @param ret_val  whether this one is to be taken of several; default false */
FSI_API HRESULT fsi_multisession_get_in_use(fsi_multisession *multisession,
					    bool *ret_val);
FSI_API HRESULT fsi_multisession_put_in_use(fsi_multisession *multisession, bool new_val);

/**
 * The disc, to read earlier sessions from (in place of IMAPI's ImportRecorder).
 *
 * @param ret_stream  one reference; all blocks from block 0 on, as they are now
 */
FSI_API HRESULT fsi_multisession_get_import_stream(fsi_multisession *multisession,
						   fsi_stream **ret_stream);

/** @param ret_val  blocks: what is written begins and ends at multiples of this */
FSI_API HRESULT fsi_multisession_get_write_unit_size(fsi_multisession *multisession,
						     int32_t *ret_val);

/**
 * Extension: the sessions that the medium keeps account of.
 *
 * @param ret_ranges  room for room of them; may be NULL when room is 0
 * @param ret_count   how many there are, also when that is more than room; 0 when the
 *                    medium keeps no account
 */
FSI_API HRESULT fsi_multisession_get_ranges(fsi_multisession *multisession,
					    struct fsi_multisession_range *ret_ranges,
					    size_t room, size_t *ret_count);

/* ---- members of sequential ones ---------------------------------------- */

/** @param ret_val  whether no session of the disc holds data: it is blank, or audio */
FSI_API HRESULT fsi_multisession_get_is_first_data_session(fsi_multisession *multisession,
							   bool *ret_val);

/** @param ret_val  a block; -1: there is none */
FSI_API HRESULT fsi_multisession_get_start_address_of_previous_session(
	fsi_multisession *multisession, int32_t *ret_val);

/** @param ret_val  a block; -1: there is none */
FSI_API HRESULT fsi_multisession_get_last_written_address_of_previous_session(
	fsi_multisession *multisession, int32_t *ret_val);

/** @param ret_val  the block that the next session begins with */
FSI_API HRESULT fsi_multisession_get_next_writable_address(fsi_multisession *multisession,
							   int32_t *ret_val);

/** @param ret_val  blocks from the next writable address on */
FSI_API HRESULT fsi_multisession_get_free_sectors_on_media(fsi_multisession *multisession,
							   int32_t *ret_val);

/* ---- members of random write ones -------------------------------------- */

/**
 * @param ret_val  a block; -1: nothing is written
 * @return also E_NOTIMPL when the medium does not tell
 */
FSI_API HRESULT fsi_multisession_get_last_written_address(fsi_multisession *multisession,
							  int32_t *ret_val);

/** @param ret_val  blocks: what the medium holds when it is full */
FSI_API HRESULT fsi_multisession_get_total_sectors_on_media(
	fsi_multisession *multisession, int32_t *ret_val);

/* ---- the disc that an image goes on from ------------------------------- */

/**
 * Tell an image which disc it adds a session to (put_MultisessionInterfaces). Of several
 * objects the one that is in use is taken; if none is, the first that suits the disc,
 * which is in use from then on.
 *
 * @param new_val  borrowed array; one reference is taken of each element
 * @param count    its elements
 * @return S_OK; E_POINTER, also for an element; E_OUTOFMEMORY; IMAPI_E_READONLY;
 *         IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE when the one in use is neither
 *         sequential nor random write;
 *         IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED when the disc is of a kind that takes no
 *         further session by this way: one that is only read, a DVD-R of two layers, a
 *         DVD-RW in its sequential mode;
 *         IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE when none, or not the one in use, can
 *         be used on the disc as it is, also when there is none, or no element;
 *         IMAPI_E_BAD_MULTISESSION_PARAMETER when more than one is in use, or a number of
 *         the chosen one can't be had, is wrong, or does not go with the others;
 *         IMAPI_E_IMPORT_SEEK_FAILURE (block) when the earlier session begins behind the
 *         end of the disc, or, with block 0, a disc written in sequence is blank. Then
 *         nothing has changed.
 */
FSI_API HRESULT fsi_image_put_multisession_interfaces(fsi_image *image,
						      fsi_multisession *const *new_val,
						      size_t count);

/**
 * @param ret_val    an array with one reference of each element, to be freed with
 *                   fsi_free(); never NULL
 * @param ret_count  its elements; 0: they were never set
 * @return S_OK; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_image_get_multisession_interfaces(fsi_image *image,
						      fsi_multisession ***ret_val,
						      size_t *ret_count);

/**
 * Which file systems the newest session of a disc has.
 *
 * @param multisession      borrowed; NULL: the one that the image has chosen
 * @param ret_file_systems  NONE: the disc is blank; UNKNOWN: it holds none that is known
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_MULTISESSION_NOT_SET;
 *         IMAPI_E_IMPORT_READ_FAILURE (block) when a block can't be read without which
 *         that can't be told; IMAPI_E_BAD_MULTISESSION_PARAMETER and
 *         IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE as above; what the object returns for
 *         its import stream
 */
FSI_API HRESULT
fsi_image_identify_file_systems_on_disc(fsi_image *image, fsi_multisession *multisession,
					fsi_file_systems *ret_file_systems);

/**
 * By what the disc is known again: the same for the same disc as long as nothing was
 * added. Two discs may have the same by chance.
 *
 * @param ret_identifier  to be freed with fsi_free(); nothing follows from its form
 * @return S_OK; IMAPI_E_EMPTY_DISC when it is blank; the errors of
 *         fsi_image_identify_file_systems_on_disc()
 */
FSI_API HRESULT fsi_image_calculate_disc_identifier(fsi_image *image,
						    char **ret_identifier);

/**
 * Whether a session can be added to one of the file systems of the disc.
 *
 * @param file_system        exactly one
 * @param ret_is_appendable  false also when the disc does not have it or is blank, or it
 *                           can't be read
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_INVALID_PARAM (file_system);
 *         IMAPI_E_MULTISESSION_NOT_SET
 */
FSI_API HRESULT fsi_image_probe_specific_file_system(fsi_image *image,
						     enum fsi_file_system file_system,
						     bool *ret_is_appendable);

/**
 * Set the limit of free media blocks to the size of the largest disc that a drive can
 * write, whatever is in it now; 0, which is no limit, when that is not known.
 *
 * @param multisession  borrowed; of the drive
 * @return S_OK; IMAPI_E_FSI_INTERNAL_ERROR (reason) when the object can't tell;
 *         IMAPI_E_IMAGE_TOO_BIG when the image is larger already
 */
FSI_API HRESULT fsi_image_set_max_media_blocks_from_device(
	fsi_image *image, fsi_multisession *multisession);

/**
 * Choose what suits the disc that is in a drive, as
 * fsi_image_choose_image_defaults_for_media_type() does for a kind of disc. The limit of
 * free media blocks is what is free on it. If it holds a session, the file systems are
 * those of that session, and so is the revision of UDF.
 *
 * @param multisession  borrowed; of the drive
 * @return S_OK; IMAPI_E_READONLY; E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE when the disc is of
 *         an unknown kind, or can't be written by this object; IMAPI_E_IMAGE_TOO_BIG when
 *         what is in the image, or anything at all, does not fit;
 *         IMAPI_E_NO_SUPPORTED_FILE_SYSTEM when something is on the disc that is none;
 *         IMAPI_E_UDF_NOT_WRITE_COMPATIBLE when its revision can't be written;
 *         the errors of fsi_image_identify_file_systems_on_disc(), of opening the file
 *         system, and of fsi_image_put_file_systems_to_create(); what the object returns
 *         for its kind of disc. Then nothing has changed.
 */
FSI_API HRESULT fsi_image_choose_image_defaults(fsi_image *image,
						fsi_multisession *multisession);

#ifdef __cplusplus
}
#endif

#endif
