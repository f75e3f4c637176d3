/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checking a finished image before it is burned (IIsoImageManager).
 *
 *     fsi_image_manager_create(&manager);
 *     fsi_image_manager_set_path(manager, "disc.iso");
 *     hr = fsi_image_manager_validate(manager);
 *     fsi_image_manager_release(manager);
 *
 * A manager has a path or a stream: the one that was set last. It is used by one
 * thread at a time.
 */
#ifndef FSIMAGE_IMAGE_MANAGER_H
#define FSIMAGE_IMAGE_MANAGER_H

#include <fsimage/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Counted: _add_ref and _release accept NULL. */
typedef struct fsi_image_manager fsi_image_manager;

/**
 * Make a manager without an image (MsftIsoImageManager).
 *
 * @param ret_manager  one reference
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_image_manager_create(fsi_image_manager **ret_manager);

/** @return manager, with one more reference */
FSI_API fsi_image_manager *fsi_image_manager_add_ref(fsi_image_manager *manager);

/** Give up one reference. @param manager  NULL is accepted */
FSI_API void fsi_image_manager_release(fsi_image_manager *manager);

/**
 * Check the image in this file; it is opened now, and a stream is made of it
 * (IIsoImageManager::SetPath). A stream that was set before is let go of.
 *
 * @param path  host path of a regular file or a block device
 * @return S_OK; E_POINTER; E_OUTOFMEMORY; IMAPI_E_INVALID_PATH (path) when it is
 *         empty or too long, goes on behind something that is no folder, or names
 *         something that is no file; the system's error when the file can't be
 *         opened. What was set before stays then.
 */
FSI_API HRESULT fsi_image_manager_set_path(fsi_image_manager *manager, const char *path);

/**
 * Check this image (IIsoImageManager::SetStream). A path that was set before is
 * forgotten.
 *
 * @param data  one reference is taken
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_image_manager_set_stream(fsi_image_manager *manager,
					     fsi_stream *data);

/**
 * The path that was set last (IIsoImageManager::get_Path).
 *
 * @param ret_path  to be freed with fsi_free(); "" when none was set, or a stream
 *                  was set after it
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_image_manager_get_path(fsi_image_manager *manager, char **ret_path);

/**
 * The image as a stream, whichever way it was set (IIsoImageManager::get_Stream).
 *
 * @param ret_data  one reference; NULL when nothing was set
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_image_manager_get_stream(fsi_image_manager *manager,
					     fsi_stream **ret_data);

/**
 * Whether the image can be burned as it is (IIsoImageManager::Validate): it is
 * made of blocks of FSI_BLOCK_SIZE bytes without headers, and its volume
 * recognition sequence, from block 16 on, has a primary volume descriptor of
 * ISO 9660 or a descriptor of UDF (NSR02, NSR03). Whether what these lead to is
 * sound is not looked at.
 *
 * @return S_OK; E_POINTER; in this order:
 *         IMAPI_E_IMAGEMANAGER_NO_IMAGE: neither a path nor a stream was set;
 *         IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED: the size is no multiple of
 *         FSI_BLOCK_SIZE; IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG: there are more than
 *         2147483647 blocks; IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND: there is no
 *         such descriptor; IMAPI_E_IMPORT_READ_FAILURE (block): it can't be read;
 *         E_OUTOFMEMORY; what the stream returns for its size
 */
FSI_API HRESULT fsi_image_manager_validate(fsi_image_manager *manager);

#ifdef __cplusplus
}
#endif

#endif
