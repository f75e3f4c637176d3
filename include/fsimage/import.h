/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going on from an earlier session of a disc (the import members of
 * IFileSystemImage, DFileSystemImageImportEvents):
 *
 *     fsi_image_put_multisession_interfaces(image, &multisession, 1);
 *     fsi_image_import_file_system(image, &file_system);
 *     …
 *     fsi_image_create_result_image(image, &result);
 *
 * The items of the session are items of the image then: they can be removed, replaced
 * and moved, and get other attributes. Only structures are read. The data of files
 * stays where it is on the disc and is not written again; what is removed is no longer
 * listed, but not erased.
 *
 * Every function returns E_POINTER when a required pointer is NULL.
 */
#ifndef FSIMAGE_IMPORT_H
#define FSIMAGE_IMPORT_H

#include <fsimage/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @param ret_val  the block of the disc that the session begins at; default 0 */
FSI_API HRESULT fsi_image_get_session_start_block(fsi_image *image, int32_t *ret_val);

/**
 * Tell where the session begins. All addresses in its file systems count from block 0
 * of the disc. The image of a session that is not the first one of its disc is that
 * session alone, to be written from this block on.
 *
 * On a CD any block may come from the drive. DVDs and BDs begin sessions at multiples
 * of 16 and 32. A session ends at a multiple of 32 in any case.
 *
 * Used blocks, and the limit set by fsi_image_put_free_media_blocks(), are those of the
 * session alone. A session that begins behind block 0 can't be made bootable.
 *
 * @param new_val  in blocks of 2048 bytes; that of a first session is 0
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_INVALID_PARAM (new_val) when it is
 *         negative; IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION when an import has set
 *         another; IMAPI_E_IMAGE_TOO_BIG when what is in the image would then end
 *         behind block 2,147,483,647. Then nothing has changed.
 */
FSI_API HRESULT fsi_image_put_session_start_block(fsi_image *image, int32_t new_val);

/**
 * Which of several file systems of a disc an import would take: UDF before Joliet
 * before ISO 9660. Looks at no disc.
 *
 * @param file_systems  set of bits; others than these three are ignored
 * @return S_OK; IMAPI_E_INVALID_PARAM (file_systems) when it has none of the three
 */
FSI_API HRESULT fsi_image_get_default_file_system_for_import(
	fsi_image *image, fsi_file_systems file_systems,
	enum fsi_file_system *ret_default);

/**
 * Take the items of the newest session of the disc into the image, from the best of its
 * file systems: UDF, else Joliet, else ISO 9660. UDF is passed over where ISO 9660
 * beside it is newer, as genisoimage and growisofs leave it.
 *
 * What is in the image stays: a file of the same path is dropped from what the disc
 * has, directories become one, and the root gets the attributes that it has there. It is
 * one change, which can't be undone. Then
 * - the session begins behind what the disc holds, see
 *   fsi_image_get_session_start_block(), and the limit of free media blocks is the room
 *   from there on;
 * - the file systems to create are those of the earlier session too, and the revision
 *   of UDF is that of the disc. Both, and the session's start, stay so;
 * - fsi_image_get_imported_volume_name() tells the name of the volume; that of the
 *   image is not changed.
 *
 * Names of ISO 9660 alone, without Rock Ridge, come in as they are recorded, mostly in
 * upper case. Where case makes a difference in the image
 * (fsi_image_put_case_sensitive_names()), a file of another spelling is another file.
 *
 * To import the same disc again does nothing. The other functions of an image work as
 * ever; links and devices are taken only where POSIX attributes are on
 * (fsi_image_put_posix_attributes()), as is what the disc tells of owners and modes
 * when the session is written.
 *
 * @param ret_imported  the file system that was imported
 * @return S_OK; IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success, when links, devices,
 *         named streams or real-time files have no place in the file systems;
 *         E_OUTOFMEMORY;
 *         IMAPI_E_READONLY; IMAPI_E_MULTISESSION_NOT_SET;
 *         IMAPI_E_BOOT_OBJECT_CONFLICT when boot options are set;
 *         IMAPI_E_EMPTY_DISC; IMAPI_E_NO_SUPPORTED_FILE_SYSTEM;
 *         IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR (file system) when it is damaged;
 *         IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED (file system, feature) when it has
 *         what no other session can go on with: interleaved or compressed files,
 *         extended attribute records, volume sets, virtual and sparable partitions,
 *         several partitions, ICB strategy 4096, blocks that are not 2048 bytes; links
 *         and devices without POSIX attributes;
 *         IMAPI_E_UDF_NOT_WRITE_COMPATIBLE for a revision of UDF that can't be written;
 *         IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION when a UDF partition is not a read-only
 *         one, see fsi_image_put_continue_writable_volumes(); when nothing is left of
 *         the disc; and when another disc, session or file system was imported
 *         before;
 *         IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY and
 *         IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE (path, file system);
 *         IMAPI_E_INVALID_PATH (path) for a name that can't be in the image;
 *         IMAPI_E_DUP_NAME (name) when the disc has two names that differ in case only,
 *         which is no difference in the image;
 *         IMAPI_E_IMPORT_SEEK_FAILURE (block) for what lies behind the end of the disc;
 *         IMAPI_E_IMPORT_READ_FAILURE (block);
 *         IMAPI_E_IMAGE_TOO_BIG when what is in the image, and all structures, do not
 *         fit behind the earlier session; IMAPI_E_ISO9660_LEVELS, _TOO_MANY_DIRS and
 *         _DATA_TOO_BIG (file systems) when the content is beyond the limits of the file
 *         systems to create; E_IMAPI_REQUEST_CANCELLED by the handler; the errors of
 *         fsi_image_put_multisession_interfaces() that are found only now. Then nothing
 *         has changed.
 */
FSI_API HRESULT fsi_image_import_file_system(fsi_image *image,
					     enum fsi_file_system *ret_imported);

/**
 * The same from one file system.
 *
 * @param file_system  exactly one
 * @return as above; IMAPI_E_INVALID_PARAM (file_system);
 *         IMAPI_E_FILE_SYSTEM_NOT_FOUND (file system) when the session does not have it;
 *         IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED (file system, feature) also for UDF
 *         that shows less than the newer ISO 9660 beside it
 */
FSI_API HRESULT fsi_image_import_specific_file_system(fsi_image *image,
						      enum fsi_file_system file_system);

/**
 * @param ret_name  the name of the imported volume, to be freed with fsi_free(); NULL:
 *                  none was imported
 * @return S_OK; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_image_get_imported_volume_name(fsi_image *image, char **ret_name);

/**
 * Extension: import an earlier session, so that what comes after it is no longer listed.
 * The new session is behind all others all the same.
 *
 * @param new_val  its number, from 1 on, as fsi_disc_get_sessions() finds it on a disc
 *                 that can be overwritten; 0: the newest one. An import returns
 *                 IMAPI_E_INVALID_PARAM (import_session) when there is none.
 * @return S_OK; IMAPI_E_READONLY
 */
FSI_API HRESULT fsi_image_put_import_session(fsi_image *image, uint32_t new_val);

/** @param ret_val  default 0 */
FSI_API HRESULT fsi_image_get_import_session(fsi_image *image, uint32_t *ret_val);

/**
 * Extension: go on from UDF whose partition is rewritable or of another access type than
 * read-only, as mkudffs and Linux make it. To systems it is a read-only one from then
 * on. Default false, since Windows does not.
 *
 * @return S_OK; IMAPI_E_READONLY
 */
FSI_API HRESULT fsi_image_put_continue_writable_volumes(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_continue_writable_volumes(fsi_image *image, bool *ret_val);

/** How far an import has come. */
struct fsi_import_progress {
	enum fsi_file_system file_system; /**< that is imported */
	/** Full path in the image; that of a directory ends with a separator. */
	const char *current_item;
	int32_t imported_directories; /**< so far, with the current one */
	int32_t total_directories;    /**< with the root; -1: the disc does not tell */
	int32_t imported_files;	      /**< so far: all that is no directory */
	int32_t total_files;	      /**< -1: the disc does not tell */
};

/**
 * Told while a disc is imported (DFileSystemImageImportEvents::UpdateImport): before each
 * directory, the root being the first one, and after each file; not for named streams.
 *
 * @param progress  borrowed for the call
 * @return S_OK to go on; a failure cancels the import, which returns
 *         E_IMAPI_REQUEST_CANCELLED. The handler must not change the image: such calls
 *         return IMAPI_E_READONLY.
 */
typedef HRESULT (*fsi_image_import_handler)(void *context, fsi_image *image,
					    const struct fsi_import_progress *progress);

/** @param handler  NULL: no more events. @param context  passed to it */
FSI_API HRESULT fsi_image_put_import_handler(fsi_image *image,
					     fsi_image_import_handler handler,
					     void *context);

#ifdef __cplusplus
}
#endif

#endif
