/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a computer is to boot from a disc (IBootOptions): an image of boot code,
 * for whom it is and as what it is started (El Torito). Make one, give it an
 * image, and pass it to an image that is built:
 *
 *     fsi_boot_options_create(&boot);
 *     fsi_boot_options_assign_boot_image(boot, stream);
 *     fsi_boot_options_put_emulation(boot, FSI_EMULATION_NONE);
 *     fsi_image_put_boot_image_options(image, boot);
 *
 * An object of boot options exists on its own, before or after it meets an image.
 * One object is used by one thread at a time.
 *
 * Every function returns E_POINTER when a required pointer is NULL.
 */
#ifndef FSIMAGE_BOOT_H
#define FSIMAGE_BOOT_H

#include <fsimage/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Who starts a boot image (PlatformId; the numbers of El Torito). */
enum fsi_platform_id {
	FSI_PLATFORM_X86 = 0, /**< the BIOS of a PC */
	FSI_PLATFORM_POWERPC = 1,
	FSI_PLATFORM_MAC = 2,
	FSI_PLATFORM_EFI = 0xEF
};

/** As what it is started (EmulationType; the numbers of El Torito). */
enum fsi_emulation {
	FSI_EMULATION_NONE = 0,
	FSI_EMULATION_12M_FLOPPY = 1,  /**< an image of exactly 1,228,800 bytes */
	FSI_EMULATION_144M_FLOPPY = 2, /**< of 1,474,560 bytes */
	FSI_EMULATION_288M_FLOPPY = 3, /**< of 2,949,120 bytes */
	FSI_EMULATION_HARD_DISK = 4    /**< begins with a partition table */
};

/** Boot entries that an image may have. */
#define FSI_BOOT_ENTRIES_MAX 32

/** As a sector count: as many as the image has; see the function that takes it. */
#define FSI_BOOT_SECTOR_COUNT_AUTO UINT32_MAX

/**
 * Make boot options with IMAPI's defaults: no image, x86, no emulation, no
 * manufacturer.
 *
 * @param ret_options  one reference
 * @return S_OK; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_boot_options_create(fsi_boot_options **ret_options);

/** @return options, with one more reference */
FSI_API fsi_boot_options *fsi_boot_options_add_ref(fsi_boot_options *options);

/** Give up one reference. @param options  NULL is accepted */
FSI_API void fsi_boot_options_release(fsi_boot_options *options);

/* ---- the image --------------------------------------------------------- */

/**
 * @param ret_image  the stream that was assigned, one reference; NULL: none was,
 *                   or the image is a file of the tree
 */
FSI_API HRESULT fsi_boot_options_get_boot_image(fsi_boot_options *options,
						fsi_stream **ret_image);

/**
 * Assign the image, and choose the emulation by its size: that of a floppy disk
 * of exactly so many bytes, else none. fsi_boot_options_put_emulation() behind it
 * overrides that, as an EFI image of 1,474,560 bytes needs.
 *
 * @param new_val  one reference is taken
 * @return S_OK; IMAPI_E_BOOT_IMAGE_DATA when it is empty, of more than
 *         4,294,967,296 bytes, or can't be measured or read
 */
FSI_API HRESULT fsi_boot_options_assign_boot_image(fsi_boot_options *options,
						   fsi_stream *new_val);

/**
 * Extension: the same with a file of this computer.
 *
 * @param path  host path
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_BOOT_IMAGE_DATA, also when it can't be
 *         opened: the message tells why
 */
FSI_API HRESULT fsi_boot_options_assign_boot_image_from_path(fsi_boot_options *options,
							     const char *path);

/**
 * Extension: the image is a file of the tree, whose data is not recorded a second
 * time. It is looked for when the result is made, which then fails as
 * fsi_image_create_result_image() tells; until then its size is not known. The
 * emulation becomes none; what is put behind it stays.
 *
 * @param full_path  in the image, begins with a separator; copied
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_INVALID_PATH (path) when it is empty, not
 *         UTF-8 or does not begin with a separator
 */
FSI_API HRESULT fsi_boot_options_assign_boot_file(fsi_boot_options *options,
						  const char *full_path);

/** Extension: @param ret_path  as assigned; "": none was; fsi_free() */
FSI_API HRESULT fsi_boot_options_get_boot_file(fsi_boot_options *options,
					       char **ret_path);

/** @param ret_size  bytes of the stream; 0 without one */
FSI_API HRESULT fsi_boot_options_get_image_size(fsi_boot_options *options,
						uint64_t *ret_size);

/* ---- how it is started ------------------------------------------------- */

/** @param ret_val  as put, "" by default; fsi_free() */
FSI_API HRESULT fsi_boot_options_get_manufacturer(fsi_boot_options *options,
						  char **ret_val);

/**
 * Name who made the boot code, in the catalog.
 *
 * @param new_val  UTF-8; up to 24 characters, all of them of Windows code page
 *                 1252 (Western European "ANSI")
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_INVALID_PARAM (new_val)
 */
FSI_API HRESULT fsi_boot_options_put_manufacturer(fsi_boot_options *options,
						  const char *new_val);

/** @param ret_val  enum fsi_platform_id, or what was put; default x86 */
FSI_API HRESULT fsi_boot_options_get_platform_id(fsi_boot_options *options,
						 uint32_t *ret_val);

/**
 * @param new_val  enum fsi_platform_id; other values up to 255 are written as
 *                 they are
 * @return S_OK; IMAPI_E_INVALID_PARAM (new_val)
 */
FSI_API HRESULT fsi_boot_options_put_platform_id(fsi_boot_options *options,
						 uint32_t new_val);

/** @param ret_val  default none */
FSI_API HRESULT fsi_boot_options_get_emulation(fsi_boot_options *options,
					       enum fsi_emulation *ret_val);

/**
 * Override what assigning the image chose. Before there is a stream nothing is
 * checked but the value, and assigning one chooses anew.
 *
 * @return S_OK; IMAPI_E_INVALID_PARAM (new_val);
 *         IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH for a floppy disk of
 *         another size than the image
 */
FSI_API HRESULT fsi_boot_options_put_emulation(fsi_boot_options *options,
					       enum fsi_emulation new_val);

/**
 * Extension: where the BIOS loads the image to without emulation.
 *
 * @param new_val  a segment of real mode; 0, the default, means 0x7C0
 * @return S_OK
 */
FSI_API HRESULT fsi_boot_options_put_load_segment(fsi_boot_options *options,
						  uint16_t new_val);
FSI_API HRESULT fsi_boot_options_get_load_segment(fsi_boot_options *options,
						  uint16_t *ret_val);

/**
 * Extension: how many sectors of 512 bytes firmware loads to begin with.
 *
 * @param new_val  0 to 65,535, or FSI_BOOT_SECTOR_COUNT_AUTO, the default: 1 with
 *                 emulation; without, all of the image, rounded up, at most
 *                 65,535; for EFI 0 where the image is larger than that, which
 *                 UEFI takes for the rest of the volume
 * @return S_OK; IMAPI_E_INVALID_PARAM (new_val)
 */
FSI_API HRESULT fsi_boot_options_put_sector_count(fsi_boot_options *options,
						  uint32_t new_val);
FSI_API HRESULT fsi_boot_options_get_sector_count(fsi_boot_options *options,
						  uint32_t *ret_val);

/**
 * Extension: put a boot information table into the image, which ISOLINUX and
 * GRUB want: its bytes 8 to 63 tell where the volume and the image lie, and its
 * length and checksum. They are replaced as the image is read, also where the
 * image is a file of the tree: that file then differs from its source. Needs an
 * image of at least 64 bytes; a smaller one is refused when the result is made.
 *
 * @param new_val  default false
 * @return S_OK
 */
FSI_API HRESULT fsi_boot_options_put_boot_info_table(fsi_boot_options *options,
						     bool new_val);
FSI_API HRESULT fsi_boot_options_get_boot_info_table(fsi_boot_options *options,
						     bool *ret_val);

/* ---- what an image is to boot ------------------------------------------ */

/**
 * Set the one boot entry (put_BootImageOptions). Options and image are copied, so
 * that changes of new_val have no effect here. A copy of more than 4 MiB is in the
 * working directory until the image is released; the array below copies nothing. Both
 * replace each other: the last call counts, and both getters show it.
 *
 * Firmware looks for what it boots in the first session of a disc, so only that one
 * can be made bootable. Those behind it repeat its boot record.
 *
 * On a disc that has UDF alone, the boot record gets what El Torito needs in front
 * of it: the descriptors of an ISO 9660 volume without files.
 *
 * @param new_val  borrowed; NULL: the image is not to be bootable
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_READONLY; IMAPI_E_BOOT_IMAGE_DATA without a
 *         boot image, or when its stream can't be read; for a copy in the working
 *         directory IMAPI_E_STASHFILE_OPEN_FAILURE, _WRITE_FAILURE, _SEEK_FAILURE,
 *         IMAPI_E_WORKING_DIRECTORY_SPACE, and E_IMAPI_REQUEST_CANCELLED when the
 *         events callback asked for it; IMAPI_E_BOOT_OBJECT_CONFLICT when
 *         the session begins behind block 0 or an earlier one was imported, and new_val
 *         is not NULL
 */
FSI_API HRESULT fsi_image_put_boot_image_options(fsi_image *image,
						 fsi_boot_options *new_val);

/**
 * @param ret_val  the first boot entry as it is kept, one reference; NULL: none
 */
FSI_API HRESULT fsi_image_get_boot_image_options(fsi_image *image,
						 fsi_boot_options **ret_val);

/**
 * Set all boot entries (put_BootImageOptionsArray). They are referred to, not
 * copied: what is changed in them later counts, up to the moment when a result is
 * made. The first one is the default entry; each other one has a section of its
 * own in the catalog, in this order. The bytes of one stream are recorded once.
 *
 * @param new_val  borrowed array, one reference is taken of each element
 * @param count    up to FSI_BOOT_ENTRIES_MAX; 0: the image is not to be bootable
 * @return S_OK; E_POINTER, also for an element; E_OUTOFMEMORY; IMAPI_E_READONLY;
 *         IMAPI_E_INVALID_PARAM (new_val) for too many;
 *         IMAPI_E_BOOT_IMAGE_DATA for an element without a boot image;
 *         IMAPI_E_BOOT_OBJECT_CONFLICT as fsi_image_put_boot_image_options(), with at
 *         least one element
 */
FSI_API HRESULT fsi_image_put_boot_image_options_array(fsi_image *image,
						       fsi_boot_options *const *new_val,
						       size_t count);

/**
 * @param ret_val    an array with one reference of each element, to be freed with
 *                   fsi_free(); never NULL
 * @param ret_count  its elements; 0: there is no boot entry
 * @return S_OK; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_image_get_boot_image_options_array(fsi_image *image,
						       fsi_boot_options ***ret_val,
						       size_t *ret_count);

/**
 * Extension: show the boot catalog as a file, in all file systems. The file is put
 * into the tree now and is an item like others; what it holds is made when the
 * image is laid out (zeros while there is no boot entry). Who removes it hides the
 * catalog again.
 *
 * @param new_val  full path; its directory must be there. "": hide the catalog,
 *                 which is how it is by default; the file is removed
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_READONLY; IMAPI_E_INVALID_PATH (path); what
 *         fsi_directory_add_file() returns; then the old file stays
 */
FSI_API HRESULT fsi_image_put_boot_catalog_path(fsi_image *image, const char *new_val);

/** @param ret_path  full path of that file, "" when hidden; fsi_free() */
FSI_API HRESULT fsi_image_get_boot_catalog_path(fsi_image *image, char **ret_path);

#ifdef __cplusplus
}
#endif

#endif
