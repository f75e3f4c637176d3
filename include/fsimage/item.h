/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image holds: directories and files (IFsiItem, IFsiDirectoryItem,
 * IFsiFileItem).
 *
 * An item is a handle on a place of its image and is never counted: it stays
 * valid, removed or not, until the image is released. An item made by
 * fsi_image_create_file_item() or _directory_item() is detached until
 * fsi_directory_add() puts it somewhere.
 *
 * Paths. Under IMAPI's rules both "\" and "/" separate and reported paths
 * begin with "\". With any-character names (see image.h) only "/" separates,
 * and reported paths use it. All paths given to a directory are relative to it
 * and end with the name of the item itself.
 *
 * Errors that several functions share, not repeated at each:
 *   E_POINTER       a required pointer is NULL
 *   E_OUTOFMEMORY   an allocation failed
 *   IMAPI_E_READONLY            a result of the image is alive (all that change)
 *   IMAPI_E_NOT_IN_FILE_SYSTEM  (name) the item is detached
 *   IMAPI_E_INVALID_PARAM       (parameter) an empty path or name, or text that
 *                               is not UTF-8
 *   IMAPI_E_INVALID_PATH        (path) malformed: empty, "." or ".." parts, a
 *                               character that the rules in force forbid, a
 *                               name over 255 UTF-16 units
 * A call that fails leaves the image as it was.
 */
#ifndef FSIMAGE_ITEM_H
#define FSIMAGE_ITEM_H

#include <fsimage/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- any item ---------------------------------------------------------- */

/** @return what item is; FSI_ITEM_NOT_FOUND for NULL */
FSI_API enum fsi_item_type fsi_item_get_type(const fsi_item *item);

/** @return item as a directory; NULL when it is none */
FSI_API fsi_directory *fsi_item_as_directory(fsi_item *item);

/** @return item as a file; NULL when it is none */
FSI_API fsi_file *fsi_item_as_file(fsi_item *item);

/** @return the item that directory is; NULL for NULL */
FSI_API fsi_item *fsi_directory_as_item(fsi_directory *directory);

/** @return the item that file is; NULL for NULL */
FSI_API fsi_item *fsi_file_as_item(fsi_file *file);

/**
 * The bare name as it was given; empty for the root.
 *
 * @param ret_name  UTF-8, to be freed with fsi_free()
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_item_get_name(fsi_item *item, char **ret_name);

/**
 * The full path in the image ("\" or "/" for the root); the bare name of a
 * detached item.
 *
 * @param ret_path  UTF-8, to be freed with fsi_free()
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_item_get_full_path(fsi_item *item, char **ret_path);

/**
 * The three times, in UTC. Default: the image's recording time; for what
 * fsi_directory_add_tree() brought, the times of the source.
 *
 * @param ret_val  resolution 100 ns
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_item_get_creation_time(fsi_item *item, struct timespec *ret_val);
FSI_API HRESULT fsi_item_get_last_accessed_time(fsi_item *item, struct timespec *ret_val);
FSI_API HRESULT fsi_item_get_last_modified_time(fsi_item *item, struct timespec *ret_val);

/**
 * Set one of the three times.
 *
 * @param new_val  UTC, borrowed; 1601-01-01 to 9999-12-31
 * @return S_OK; E_POINTER; IMAPI_E_READONLY; IMAPI_E_INVALID_PARAM (new_val)
 *         when it is outside that range; IMAPI_E_NOT_IN_FILE_SYSTEM (name) when
 *         the item has left the image; in strict mode IMAPI_E_INVALID_DATE (which
 *         time is too early, which one it must not be before) when the item would
 *         be modified or read before its creation
 */
FSI_API HRESULT fsi_item_put_creation_time(fsi_item *item,
					   const struct timespec *new_val);
FSI_API HRESULT fsi_item_put_last_accessed_time(fsi_item *item,
						const struct timespec *new_val);
FSI_API HRESULT fsi_item_put_last_modified_time(fsi_item *item,
						const struct timespec *new_val);

/** @param ret_val  whether the item is hidden; default false */
FSI_API HRESULT fsi_item_get_is_hidden(fsi_item *item, bool *ret_val);

/**
 * Hide an item: the existence bit in ISO 9660 and Joliet, the hidden bit in
 * UDF.
 *
 * @return S_OK; E_POINTER; IMAPI_E_READONLY; IMAPI_E_NOT_IN_FILE_SYSTEM (name)
 *         when the item has left the image
 */
FSI_API HRESULT fsi_item_put_is_hidden(fsi_item *item, bool new_val);

/**
 * The item's name as it will be in one file system, without a version suffix.
 *
 * @param file_system  exactly one of those that the image is to have
 * @param ret_name     UTF-8, to be freed with fsi_free()
 * @return S_OK; E_POINTER; IMAPI_E_INVALID_PARAM (file_system);
 *         IMAPI_E_NOT_IN_FILE_SYSTEM; IMAPI_E_NO_UNIQUE_NAME (name, file system)
 */
FSI_API HRESULT fsi_item_get_file_system_name(fsi_item *item,
					      enum fsi_file_system file_system,
					      char **ret_name);

/** The same for the full path. */
FSI_API HRESULT fsi_item_get_file_system_path(fsi_item *item,
					      enum fsi_file_system file_system,
					      char **ret_path);

/* ---- directories ------------------------------------------------------- */

/**
 * Find an item at any depth.
 *
 * @param path      relative to directory
 * @param ret_item  borrowed from the image
 * @return S_OK; IMAPI_E_INVALID_PARAM (path); IMAPI_E_INVALID_PATH (path);
 *         IMAPI_E_ITEM_NOT_FOUND (path)
 */
FSI_API HRESULT fsi_directory_get_item(fsi_directory *directory, const char *path,
				       fsi_item **ret_item);

/** @param ret_count  immediate children */
FSI_API HRESULT fsi_directory_get_count(fsi_directory *directory, uint32_t *ret_count);

/**
 * The immediate children as they are now, in byte order of their names: a
 * snapshot that later changes do not touch.
 *
 * @param ret_items  one reference
 */
FSI_API HRESULT fsi_directory_get_enum_items(fsi_directory *directory,
					     fsi_enum_items **ret_items);

/**
 * Make an empty directory. Its parents must exist.
 *
 * @return S_OK; IMAPI_E_DIR_NOT_FOUND (the missing parent); IMAPI_E_NOT_DIR
 *         (path of a parent that is a file); IMAPI_E_RESTRICTED_NAME_VIOLATION
 *         (name); IMAPI_E_DUP_NAME (name); IMAPI_E_ISO9660_LEVELS;
 *         IMAPI_E_TOO_MANY_DIRS (file system); IMAPI_E_IMAGE_SIZE_LIMIT (path)
 */
FSI_API HRESULT fsi_directory_add_directory(fsi_directory *directory, const char *path);

/**
 * Make a file with the bytes of a stream. The stream is kept, not copied; its
 * size is taken now and must not change. One that can't be read twice, or all with
 * fsi_image_put_stage_files(), is copied into the working directory at once, and let
 * go of; its size is what was read.
 *
 * @param path  its parents must exist
 * @param data  one reference is taken
 * @return as fsi_directory_add_directory, and IMAPI_E_DATA_TOO_BIG (file
 *         systems) over the file size limit of a chosen file system;
 *         IMAPI_E_DATA_STREAM_READ_FAILURE (path) when the stream does not
 *         tell its size, or can't be read while it is copied; when it is copied,
 *         IMAPI_E_STASHFILE_OPEN_FAILURE (data), _WRITE_FAILURE (data) and
 *         _SEEK_FAILURE (data), IMAPI_E_WORKING_DIRECTORY_SPACE (directory, bytes
 *         free, bytes needed), E_IMAPI_REQUEST_CANCELLED
 */
FSI_API HRESULT fsi_directory_add_file(fsi_directory *directory, const char *path,
				       fsi_stream *data);

/**
 * Extension: make a file with the bytes and the times of a file of this
 * computer. Equal sources (the same file, hard links of it) share their blocks.
 *
 * @param path         its parents must exist
 * @param source_path  host path of a regular file; read when the image is, or
 *                     copied now with fsi_image_put_stage_files()
 * @return as fsi_directory_add_file; IMAPI_E_DATA_STREAM_CREATE_FAILURE
 *         (source path) when it can't be opened; IMAPI_E_NOT_FILE (source
 *         path) when it is something else; IMAPI_E_DATA_STREAM_INCONSISTENCY
 *         (source path, bytes expected, bytes found) when it becomes shorter
 *         while it is copied
 */
FSI_API HRESULT fsi_directory_add_file_from_path(fsi_directory *directory,
						 const char *path,
						 const char *source_path);

/**
 * Mirror a folder of this computer, with everything below it, into directory.
 * Existing files of the same path are replaced, directories are merged. The
 * path of a file adds that file. Links to files and directories are followed,
 * except into a folder that is being read already. Sockets, devices and FIFOs
 * are left out.
 *
 * @param source_directory      host path
 * @param include_base_directory  true: all goes into a directory that is named
 *                              like the last part of source_directory
 * @return as fsi_directory_add_file_from_path; IMAPI_E_DIRECTORY_READ_FAILURE
 *         (folder) when one can't be listed; IMAPI_E_INVALID_PATH (path) for a
 *         source name that the rules forbid or that is not UTF-8, shown with
 *         its bytes escaped; IMAPI_E_DUP_NAME (name) when a file meets a
 *         directory, or two names of the source differ in case only;
 *         E_IMAPI_REQUEST_CANCELLED when the events callback asked for it; a
 *         system error as HRESULT_FROM_WIN32 when source_directory is not there
 */
FSI_API HRESULT fsi_directory_add_tree(fsi_directory *directory,
				       const char *source_directory,
				       bool include_base_directory);

/** What to do with a symbolic link of a source folder. */
enum fsi_link_policy {
	FSI_LINKS_FOLLOW, /**< take what it leads to; a loop is left out */
	FSI_LINKS_SKIP,	  /**< leave it out and count it */
	FSI_LINKS_REFUSE, /**< fail with IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED */
	FSI_LINKS_KEEP	  /**< as a symbolic link; only UDF will have it */
};

/** What to do with a socket, device or FIFO of a source folder. */
enum fsi_special_policy {
	FSI_SPECIAL_SKIP,   /**< leave it out and count it */
	FSI_SPECIAL_REFUSE, /**< fail with IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED */
	FSI_SPECIAL_KEEP    /**< as what it is; only UDF will have it */
};

/** Extension: how fsi_directory_add_tree_with_options() goes about it. */
struct fsi_add_tree_options {
	size_t size; /**< sizeof(struct fsi_add_tree_options) */
	bool include_base_directory;
	/** directory itself gets the times, owner and permissions of the folder */
	bool base_attributes;
	enum fsi_link_policy links;
	enum fsi_special_policy special;
	bool named_streams; /**< extended attributes and ACLs, as named streams */
	/**
	 * Asked for each entry before it is looked at; NULL: take everything.
	 * @param path  of the entry, relative to the source folder, with "/"
	 * @return false to leave it out, with all below it
	 */
	bool (*filter)(void *context, const char *path, bool is_directory);
	void *filter_context;
};

/** Extension: what fsi_directory_add_tree_with_options() met. */
struct fsi_add_tree_report {
	size_t size; /**< sizeof(struct fsi_add_tree_report) */
	uint64_t files;
	uint64_t directories;
	uint64_t bytes;		  /**< of the files */
	uint64_t skipped_links;	  /**< symbolic links left out */
	uint64_t skipped_special; /**< sockets, devices, FIFOs left out */
	uint64_t skipped_loops;	  /**< links that led back into their own path */
	uint64_t filtered;	  /**< entries that the filter left out */
	uint64_t links;		  /**< symbolic links taken as such */
	uint64_t special;	  /**< sockets, devices, FIFOs taken as such */
	uint64_t named_streams;	  /**< extended attributes taken */
};

/**
 * Extension: fsi_directory_add_tree() with choices.
 *
 * @param options     borrowed; NULL: as fsi_directory_add_tree() without base
 * @param ret_report  counts are added to it; may be NULL
 * @return as fsi_directory_add_tree; E_INVALIDARG for a wrong size member;
 *         IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED (file systems, what it is)
 *         for an entry that the options refuse
 */
FSI_API HRESULT fsi_directory_add_tree_with_options(
	fsi_directory *directory, const char *source_directory,
	const struct fsi_add_tree_options *options,
	struct fsi_add_tree_report *ret_report);

/**
 * fsi_directory_add_tree() that takes the extended attributes of the source too,
 * ACLs among them, as named streams: "user.x" under the name "x", others under
 * their whole name.
 *
 * @return as fsi_directory_add_tree; IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a
 *         success, when UDF is not chosen or its revision is below 2.00: the
 *         streams are kept in the image object and not written
 */
FSI_API HRESULT fsi_directory_add_tree_with_named_streams(fsi_directory *directory,
							  const char *source_directory,
							  bool include_base_directory);

/**
 * Extension: make a symbolic link. Only UDF will have it.
 *
 * @param path    its parents must exist
 * @param target  where it leads: UTF-8, 1 to 4095 bytes, "/" separates
 * @return as fsi_directory_add_directory; IMAPI_E_INVALID_PARAM (target)
 */
FSI_API HRESULT fsi_directory_add_symbolic_link(fsi_directory *directory,
						const char *path, const char *target);

/**
 * Extension: make a device, a FIFO or a socket. Only UDF will have it.
 *
 * @param mode   one of S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK, and permissions
 * @param major  of a device; else not used
 * @param minor  of a device; else not used
 * @return as fsi_directory_add_directory; IMAPI_E_INVALID_PARAM (mode)
 */
FSI_API HRESULT fsi_directory_add_special(fsi_directory *directory, const char *path,
					  uint32_t mode, uint32_t major, uint32_t minor);

/**
 * Put a detached item into directory, with all below it if it is a directory
 * that was removed. From then on a file's data is fixed.
 *
 * @return as fsi_directory_add_file; IMAPI_E_DUP_NAME (name) also when the item
 *         is in the image already; E_INVALIDARG when it is another image's;
 *         IMAPI_E_STASHFILE_READ_FAILURE (data) when its data has gone with an
 *         addition that was undone
 */
FSI_API HRESULT fsi_directory_add(fsi_directory *directory, fsi_item *item);

/**
 * Take a file or an empty directory out of the image.
 *
 * @return S_OK; IMAPI_E_ITEM_NOT_FOUND (path); IMAPI_E_DIR_NOT_FOUND (the
 *         missing parent); IMAPI_E_NOT_DIR (path of a parent that is a file);
 *         IMAPI_E_DIR_NOT_EMPTY (path); IMAPI_E_INVALID_PATH (path) also for
 *         directory itself
 */
FSI_API HRESULT fsi_directory_remove(fsi_directory *directory, const char *path);

/**
 * Take a directory with all that it holds out of the image. On the root, "\"
 * or "/" empties the image.
 *
 * @return S_OK; IMAPI_E_DIR_NOT_FOUND (path, or the missing parent);
 *         IMAPI_E_NOT_DIR (path of the file that it is or that is a parent)
 */
FSI_API HRESULT fsi_directory_remove_tree(fsi_directory *directory, const char *path);

/**
 * Extension: give an item of the image another name, or another place with all that it
 * holds. It stays what it is, imported from a disc or not.
 *
 * @param from_path  the item, from directory on
 * @param to_path    its new place and name, from directory on; nothing is there
 * @return S_OK; IMAPI_E_INVALID_PARAM (from_path, to_path); IMAPI_E_ITEM_NOT_FOUND
 *         (path); IMAPI_E_INVALID_PATH (path) also for the root itself and for a place
 *         within the item; IMAPI_E_DIR_NOT_FOUND (the missing parent);
 *         IMAPI_E_NOT_DIR (path of a parent that is a file); IMAPI_E_DUP_NAME (name)
 *         of what is there; IMAPI_E_RESTRICTED_NAME_VIOLATION (name); what adding it
 * there would return. Then nothing has changed.
 */
FSI_API HRESULT fsi_directory_move(fsi_directory *directory, const char *from_path,
				   const char *to_path);

/* ---- enumeration (IEnumFsiItems) --------------------------------------- */

/**
 * Hand out the next items.
 *
 * @param count        how many at most; at least 1
 * @param items        receives them, borrowed from the image
 * @param ret_fetched  how many came; may be NULL only when count is 1
 * @return S_OK when count came; S_FALSE when fewer; E_POINTER; E_INVALIDARG when
 *         count is 0
 */
FSI_API HRESULT fsi_enum_items_next(fsi_enum_items *self, uint32_t count,
				    fsi_item **items, uint32_t *ret_fetched);

/** @return S_OK; S_FALSE when the end was passed */
FSI_API HRESULT fsi_enum_items_skip(fsi_enum_items *self, uint32_t count);

/** Back to the first item. */
FSI_API HRESULT fsi_enum_items_reset(fsi_enum_items *self);

/** A copy with the same position. @param ret_items  one reference */
FSI_API HRESULT fsi_enum_items_clone(fsi_enum_items *self, fsi_enum_items **ret_items);

/** @return self, with one more reference */
FSI_API fsi_enum_items *fsi_enum_items_add_ref(fsi_enum_items *self);

/** Give up one reference. @param self  NULL is accepted */
FSI_API void fsi_enum_items_release(fsi_enum_items *self);

/* ---- files ------------------------------------------------------------- */

/** @param ret_size  bytes of data; 0 when none was set */
FSI_API HRESULT fsi_file_get_data_size(fsi_file *file, uint64_t *ret_size);

/**
 * The halves of that size as IMAPI's scripts have them, each a signed number of
 * the same bits.
 */
FSI_API HRESULT fsi_file_get_data_size_32bit_low(fsi_file *file, int32_t *ret_half);
FSI_API HRESULT fsi_file_get_data_size_32bit_high(fsi_file *file, int32_t *ret_half);

/**
 * The bytes of a file.
 *
 * @param ret_data  one reference; an empty stream when no data was set
 * @return S_OK; IMAPI_E_DATA_STREAM_CREATE_FAILURE (source path);
 *         IMAPI_E_STASHFILE_READ_FAILURE (data) as fsi_directory_add()
 */
FSI_API HRESULT fsi_file_get_data(fsi_file *file, fsi_stream **ret_data);

/**
 * Set the bytes of a detached file.
 *
 * @param new_val  one reference is taken
 * @return S_OK; IMAPI_E_READONLY when the file is in the image already;
 *         IMAPI_E_NOT_IN_FILE_SYSTEM (name) when it was, and has been removed;
 *         IMAPI_E_DATA_STREAM_READ_FAILURE (name) when it tells no size; when it
 *         has to be copied, what fsi_directory_add_file() returns for that, with
 *         the name. Then the file has the data that it had.
 */
FSI_API HRESULT fsi_file_put_data(fsi_file *file, fsi_stream *new_val);

/** @param ret_val  whether its readers want steady speed; default false */
FSI_API HRESULT fsi_file_get_is_real_time(fsi_file *file, bool *ret_val);

/**
 * Also while a result is alive, which it does not change: what is set then goes
 * into the next one that is made when there is none.
 *
 * @return S_OK; IMAPI_E_PROPERTY_NOT_ACCESSIBLE (IsRealTime) for a named stream;
 *         IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success, when UDF is not chosen
 *         or its revision is below 2.01: it is kept and not written
 */
FSI_API HRESULT fsi_file_put_is_real_time(fsi_file *file, bool new_val);

/* ---- named streams (IFsiFileItem2, IFsiNamedStreams) ------------------- */

/** @param ret_val  whether file is a named stream, and no file itself */
FSI_API HRESULT fsi_file_get_is_named_stream(fsi_file *file, bool *ret_val);

/**
 * Give a file a named stream.
 *
 * @param name  as an item may have it
 * @param data  one reference is taken
 * @return S_OK; IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success, when UDF is not
 *         chosen or its revision is below 2.00: it is kept and not written;
 *         IMAPI_E_INVALID_PARAM (name); IMAPI_E_NOT_IN_FILE_SYSTEM (file name);
 *         IMAPI_E_READONLY; IMAPI_E_DUP_NAME (name); IMAPI_E_DATA_STREAM_READ_FAILURE
 *         (name) when data does not tell its size; IMAPI_E_IMAGE_SIZE_LIMIT (name);
 *         what fsi_directory_add_file() returns for what has to be copied;
 *         IMAPI_E_PROPERTY_NOT_ACCESSIBLE (FsiNamedStreams) for a named stream
 */
FSI_API HRESULT fsi_file_add_stream(fsi_file *file, const char *name, fsi_stream *data);

/** @return as fsi_file_add_stream; IMAPI_E_ITEM_NOT_FOUND (name) */
FSI_API HRESULT fsi_file_remove_stream(fsi_file *file, const char *name);

/**
 * The named streams of a file as they are now.
 *
 * @param ret_streams  one reference
 * @return S_OK; IMAPI_E_PROPERTY_NOT_ACCESSIBLE (FsiNamedStreams) when file is a
 *         named stream itself
 */
FSI_API HRESULT fsi_file_get_named_streams(fsi_file *file,
					   fsi_named_streams **ret_streams);

/** @param ret_count  number of streams */
FSI_API HRESULT fsi_named_streams_get_count(fsi_named_streams *self, uint32_t *ret_count);

/**
 * @param index     from 0
 * @param ret_file  borrowed from the image; NULL on failure
 * @return S_OK; IMAPI_E_INVALID_PARAM (index)
 */
FSI_API HRESULT fsi_named_streams_get_item(fsi_named_streams *self, uint32_t index,
					   fsi_file **ret_file);

/** The same streams as an enumerator. @param ret_items  one reference */
FSI_API HRESULT fsi_named_streams_get_enum_named_streams(fsi_named_streams *self,
							 fsi_enum_items **ret_items);

/** @return self, with one more reference */
FSI_API fsi_named_streams *fsi_named_streams_add_ref(fsi_named_streams *self);

/** Give up one reference. @param self  NULL is accepted */
FSI_API void fsi_named_streams_release(fsi_named_streams *self);

#ifdef __cplusplus
}
#endif

#endif
