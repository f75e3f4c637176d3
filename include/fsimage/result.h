/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The laid-out image (IFileSystemImageResult) and its map (IProgressItems).
 * Nothing of it exists before it is read.
 */
#ifndef FSIMAGE_RESULT_H
#define FSIMAGE_RESULT_H

#include <fsimage/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @return result, with one more reference */
FSI_API fsi_result *fsi_result_add_ref(fsi_result *result);

/** Give up one reference. @param result  NULL is accepted */
FSI_API void fsi_result_release(fsi_result *result);

/**
 * The image as a stream of block size times total blocks bytes. It may be read
 * by several threads at once; it keeps the result alive.
 *
 * @param ret_stream  one reference
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_result_get_image_stream(fsi_result *result, fsi_stream **ret_stream);

/** @param ret_blocks  number of blocks of the image */
FSI_API HRESULT fsi_result_get_total_blocks(fsi_result *result, uint32_t *ret_blocks);

/** @param ret_size  bytes per block: 2048 */
FSI_API HRESULT fsi_result_get_block_size(fsi_result *result, uint32_t *ret_size);

/**
 * Extension: the name of the volume as it is written in one file system, also
 * where it was made because none was set.
 *
 * @param file_system  exactly one of those that the image has
 * @param ret_name     to be freed with fsi_free()
 * @return S_OK; E_POINTER; E_OUTOFMEMORY; IMAPI_E_INVALID_PARAM (file_system)
 */
FSI_API HRESULT fsi_result_get_volume_name(fsi_result *result,
					   enum fsi_file_system file_system,
					   char **ret_name);

/**
 * The identifier of the disc that a session was imported from.
 *
 * @param ret_id  "" when none was; to be freed with fsi_free()
 */
FSI_API HRESULT fsi_result_get_disc_id(fsi_result *result, char **ret_id);

/**
 * Extension: how many items have another name in one file system than their
 * own. fsi_item_get_file_system_name() tells which.
 *
 * @param file_system  exactly one of those that the image has
 * @param ret_count    number of items
 * @return S_OK; E_POINTER; IMAPI_E_INVALID_PARAM (file_system)
 */
FSI_API HRESULT fsi_result_get_mapped_name_count(fsi_result *result,
						 enum fsi_file_system file_system,
						 uint32_t *ret_count);

/**
 * Extension: how many files are not in one file system, as they are too large
 * for it; see fsi_image_put_omit_large_iso_files(). Each name of a file counts.
 *
 * @param file_system  exactly one of those that the image has
 * @param ret_count    number of files; 0 for UDF, which holds all
 * @return S_OK; E_POINTER; IMAPI_E_INVALID_PARAM (file_system)
 */
FSI_API HRESULT fsi_result_get_omitted_file_count(fsi_result *result,
						  enum fsi_file_system file_system,
						  uint32_t *ret_count);

/**
 * Extension: what fsi_image_put_deduplicate() has spared.
 *
 * @param ret_count   files and named streams that have another's extent; several
 *                    names of one file count once
 * @param ret_blocks  blocks that they would have
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_result_get_duplicates(fsi_result *result, uint32_t *ret_count,
					  uint32_t *ret_blocks);

/**
 * Which blocks belong to what.
 *
 * @param ret_items  one reference
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_result_get_progress_items(fsi_result *result,
					      fsi_progress_items **ret_items);

/**
 * The blocks that have to be recorded (IFileSystemImageResult2::get_ModifiedBlocks).
 * Of an image that begins a disc that is all of it, as one range: what lies between
 * structures and files is zeros that must be on the disc as well. IMAPI tells the same
 * by E_NOTIMPL. So it is of the image of a session alone.
 *
 * Of an image that covers a disc with earlier sessions the first range is the session.
 * When that is safely on the disc, the others are to be written one by one, each of one
 * block and in this order: then the disc can be read at any moment, as it was or as it is
 * to be.
 *
 * @param ret_ranges  one reference
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_result_get_modified_blocks(fsi_result *result,
					       fsi_block_ranges **ret_ranges);

/* ---- block ranges ------------------------------------------------------ */

/** Blocks that lie side by side (IBlockRange). */
struct fsi_block_range {
	uint32_t start_lba; /**< the first block */
	uint32_t end_lba;   /**< the last one, included */
};

/** @return ranges, with one more reference */
FSI_API fsi_block_ranges *fsi_block_ranges_add_ref(fsi_block_ranges *ranges);

/** Give up one reference. @param ranges  NULL is accepted */
FSI_API void fsi_block_ranges_release(fsi_block_ranges *ranges);

/**
 * All ranges, to be recorded in this order (IBlockRangeList::get_BlockRanges).
 *
 * @param ret_block_ranges  the first of an array, borrowed from ranges
 * @param ret_count         how many there are
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_block_ranges_get_block_ranges(
	fsi_block_ranges *ranges, const struct fsi_block_range **ret_block_ranges,
	uint32_t *ret_count);

/* ---- progress items ---------------------------------------------------- */

/** A run of blocks of the image. */
struct fsi_progress_item {
	const char *description; /**< full path of a file, or what the blocks are */
	uint32_t first_block;	 /**< from 0, the first block of the image */
	uint32_t last_block;	 /**< included */
	uint32_t block_count;
};

/** @return items, with one more reference */
FSI_API fsi_progress_items *fsi_progress_items_add_ref(fsi_progress_items *items);

/** Give up one reference. @param items  NULL is accepted */
FSI_API void fsi_progress_items_release(fsi_progress_items *items);

/** @param ret_count  number of items */
FSI_API HRESULT fsi_progress_items_get_count(fsi_progress_items *items,
					     uint32_t *ret_count);

/**
 * @param index     from 0, in order of blocks
 * @param ret_item  borrowed from items
 * @return S_OK; E_POINTER; E_INVALIDARG when there is none
 */
FSI_API HRESULT fsi_progress_items_get_item(fsi_progress_items *items, uint32_t index,
					    const struct fsi_progress_item **ret_item);

/**
 * The item that holds a block.
 *
 * @return S_OK; E_POINTER; E_INVALIDARG when no item has that block
 */
FSI_API HRESULT fsi_progress_items_from_block(fsi_progress_items *items, uint32_t block,
					      const struct fsi_progress_item **ret_item);

/**
 * The first item with a description; case does not matter. Extension: for the path of
 * a file that has its blocks together with another one (a hard link, a duplicate) it
 * is the item of those blocks, whatever that is called.
 *
 * @return S_OK; E_POINTER; E_FAIL when description is NULL; E_INVALIDARG when
 *         there is none
 */
FSI_API HRESULT
fsi_progress_items_from_description(fsi_progress_items *items, const char *description,
				    const struct fsi_progress_item **ret_item);

/* ---- extension: moving the image to where it is wanted ----------------- */

/** Whether what is written shares blocks with its sources, as btrfs and XFS can. */
enum fsi_reflink {
	FSI_REFLINK_NEVER, /**< it is copied */
	/** Where the file systems can, and what happens to lie so; else copied. */
	FSI_REFLINK_AUTO,
	/** So is each large file of this computer, or the writing fails. */
	FSI_REFLINK_ALWAYS
};

/** How fsi_result_write_file() and fsi_result_write_descriptor() go about it. */
struct fsi_write_options {
	size_t size;  /**< sizeof(struct fsi_write_options) */
	bool replace; /**< write over an existing file or onto a block device */
	bool no_sync; /**< do not wait until the bytes are on stable storage */
	/**
	 * Told how far the writing is, after each piece and when a system call
	 * was interrupted; NULL: nobody is.
	 * @return S_OK to go on; a failure stops the writing
	 */
	HRESULT (*progress)(void *context, uint64_t written, uint64_t total);
	void *progress_context;
	/**
	 * Extension of DFileSystemImageEvents::Update: told which file is being
	 * written, at most 20 times a second, and once when all is written; NULL:
	 * nobody is. What is to be asked more often, progress is.
	 * @param current_file    full path in the image, or what else the blocks are;
	 *                        borrowed for the call
	 * @param copied_sectors  blocks of the image that are written
	 * @param total_sectors   blocks of the image
	 * @return S_OK to go on; a failure stops the writing
	 */
	HRESULT(*update)
	(void *context, const char *current_file, uint32_t copied_sectors,
	 uint32_t total_sectors);
	void *update_context;
	/**
	 * How many threads read ahead while this one writes, up to 16; 0: none is
	 * started. The bytes are the same.
	 */
	unsigned threads;
	/**
	 * The bytes are the same. Files of 32 blocks and more are shared, but for
	 * their ends, which lie at even blocks in the image: see
	 * fsi_image_put_align_large_files(). Data in the working directory, that
	 * of the caller's streams and what is not as it is in its source is copied.
	 */
	enum fsi_reflink reflink;
};

/**
 * Write the image to a file. It appears under its name when it is complete and
 * synced, and not before; on failure nothing is left behind and an existing
 * file is as it was, unless only the folder's entry for it could not be synced. A block
 * device is written in place, and only with replace.
 *
 * @param path     host path
 * @param options  borrowed; NULL: no replace, no progress
 * @return S_OK; E_POINTER; E_INVALIDARG for a wrong size member; a system error
 *         as HRESULT_FROM_WIN32, 0x80070050 when path exists and replace is
 *         false; IMAPI_E_IMAGE_TOO_BIG when a device is too small;
 *         FSI_E_NOT_SUPPORTED, or what else the system reports, when reflink is
 *         FSI_REFLINK_ALWAYS and the target can't share blocks, or not with a
 *         source; E_INVALIDARG when a large file is at an odd block then, or when
 *         reflink is none of its values; E_IMAPI_REQUEST_CANCELLED when progress or
 *         update stopped it; what fsi_stream_read_at() returns for the sources
 */
FSI_API HRESULT fsi_result_write_file(fsi_result *result, const char *path,
				      const struct fsi_write_options *options);

/**
 * Write the image to an open file descriptor, from its present position on: a
 * pipe gets the same bytes as a file.
 *
 * @param descriptor  stays open; may be a pipe or a socket
 * @return as fsi_result_write_file
 */
FSI_API HRESULT fsi_result_write_descriptor(fsi_result *result, int descriptor,
					    const struct fsi_write_options *options);

/**
 * Write the session to the disc that the image was given by
 * fsi_image_put_multisession_interfaces(). Only blocks behind the earlier sessions are
 * written until all of it is safely there. Then, on a disc that can be overwritten, the
 * blocks that lead to the newest session are replaced one by one, each of which leaves
 * every file system as it was or as it is to be; the session keeps what they were. So
 * the disc can be read at every moment, also when the process or the power goes away.
 *
 * A disc that is written in sequence can't be read meanwhile. Where data of an earlier
 * session has to be recorded anew, the whole session is copied into the working directory
 * of the image first.
 *
 * @param options  borrowed; NULL: no progress. Only progress is used; it can't stop the
 *                 writing any more once blocks are replaced.
 * @return S_OK; E_POINTER; E_INVALIDARG for a wrong size member; E_OUTOFMEMORY;
 *         IMAPI_E_MULTISESSION_NOT_SET; IMAPI_E_DISC_MISMATCH when the disc is another
 *         one, or has changed, since it was imported;
 *         IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION when it can be overwritten, and has
 *         content of which nothing was imported; E_ACCESSDENIED when the object of
 *         the disc does not write; IMAPI_E_IMAGE_TOO_BIG when the disc has no room;
 *         IMAPI_E_BAD_MULTISESSION_PARAMETER when the session does not begin where a
 *         disc that is written in sequence goes on, or the disc is not of the kind
 *         that was imported; the codes of stash files, and
 *         IMAPI_E_WORKING_DIRECTORY_SPACE, when it is copied; E_IMAPI_REQUEST_CANCELLED
 *         when progress stopped it; what the disc or fsi_stream_read_at() of the sources
 *         returns. On failure before blocks are replaced the disc is as it was, and a
 *         file has its size.
 */
FSI_API HRESULT fsi_result_write_session(fsi_result *result,
					 const struct fsi_write_options *options);

#ifdef __cplusplus
}
#endif

#endif
