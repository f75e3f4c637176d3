/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image to be built (IFileSystemImage). Make one, fill its root, ask for the
 * result:
 *
 *     fsi_image_create(&now, &image);
 *     fsi_image_get_root(image, &root);
 *     fsi_directory_add_tree(root, "folder", false);
 *     fsi_image_create_result_image(image, &result);
 *     fsi_result_write_file(result, "folder.iso", NULL);
 *
 * The library asks no clock, reads no environment and prints nothing: what
 * comes out depends on what goes in. One image is used by one thread at a time;
 * images in different threads never meet. While a result, its stream or its
 * progress items are alive the image is read-only: what would change it returns
 * IMAPI_E_READONLY.
 *
 * Every function returns E_POINTER when a required pointer is NULL.
 */
#ifndef FSIMAGE_IMAGE_H
#define FSIMAGE_IMAGE_H

#include <fsimage/item.h>
#include <fsimage/media.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Make an empty image with IMAPI's defaults: ISO 9660 and Joliet, level 2, room
 * for 332,800 blocks.
 *
 * @param recording_time  UTC, borrowed: the time of the volume and of items
 *                        that bring none; 1900-01-01 to 2155-12-31
 * @param ret_image       one reference
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_INVALID_PARAM (recording_time)
 */
FSI_API HRESULT fsi_image_create(const struct timespec *recording_time,
				 fsi_image **ret_image);

/** @return image, with one more reference */
FSI_API fsi_image *fsi_image_add_ref(fsi_image *image);

/** Give up one reference. @param image  NULL is accepted */
FSI_API void fsi_image_release(fsi_image *image);

/** @param ret_root  the root directory, borrowed from the image */
FSI_API HRESULT fsi_image_get_root(fsi_image *image, fsi_directory **ret_root);

/**
 * What stands at a full path.
 *
 * @param full_path  begins with a separator
 * @param ret_type   FSI_ITEM_NOT_FOUND when only the last part is missing
 * @return S_OK; IMAPI_E_INVALID_PARAM (full_path); IMAPI_E_INVALID_PATH (path);
 *         IMAPI_E_DIR_NOT_FOUND (the missing directory); IMAPI_E_NOT_DIR (path
 *         of a parent that is a file)
 */
FSI_API HRESULT fsi_image_exists(fsi_image *image, const char *full_path,
				 enum fsi_item_type *ret_type);

/**
 * Make a detached item with a bare name.
 *
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_INVALID_PARAM (name) when it is empty,
 *         too long, not UTF-8, or has characters that are not allowed;
 *         IMAPI_E_RESTRICTED_NAME_VIOLATION (name)
 */
FSI_API HRESULT fsi_image_create_directory_item(fsi_image *image, const char *name,
						fsi_directory **ret_directory);
FSI_API HRESULT fsi_image_create_file_item(fsi_image *image, const char *name,
					   fsi_file **ret_file);

/* ---- what is to be made ------------------------------------------------ */

/** @param ret_val  set of file systems; default ISO9660 | JOLIET */
FSI_API HRESULT fsi_image_get_file_systems_to_create(fsi_image *image,
						     fsi_file_systems *ret_val);

/**
 * Choose the file systems. What the image holds already is checked against
 * them.
 *
 * @param new_val  bits of ISO9660, JOLIET, UDF; JOLIET only with ISO9660; NONE
 *                 is accepted and refused by fsi_image_create_result_image
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_INVALID_PARAM (new_val);
 *         IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED without the file system that was
 *         imported; IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION without another one of the
 *         earlier session, which would go on showing that; IMAPI_E_TOO_MANY_DIRS (file
 * system); IMAPI_E_ISO9660_LEVELS; IMAPI_E_DATA_TOO_BIG (file systems);
 * IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success, when named streams or real-time files
 * of the image have no place in them
 */
FSI_API HRESULT fsi_image_put_file_systems_to_create(fsi_image *image,
						     fsi_file_systems new_val);

/** @param ret_val  set of file systems that can be chosen: 7 */
FSI_API HRESULT fsi_image_get_file_systems_supported(fsi_image *image,
						     fsi_file_systems *ret_val);

/** @param ret_val  1 or 2; default 2 */
FSI_API HRESULT fsi_image_get_iso9660_interchange_level(fsi_image *image,
							uint32_t *ret_val);

/**
 * @param new_val  1: names of 8.3 characters; 2: of up to 31; there is no level
 *                 3, as in IMAPI: see fsi_image_put_multi_extent_iso_files()
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_INVALID_PARAM (new_val)
 */
FSI_API HRESULT fsi_image_put_iso9660_interchange_level(fsi_image *image,
							uint32_t new_val);

/**
 * @param ret_levels  borrowed, lives as long as the process: 1 and 2
 * @param ret_count   number of elements
 */
FSI_API HRESULT fsi_image_get_iso9660_interchange_levels_supported(
	fsi_image *image, const uint32_t **ret_levels, size_t *ret_count);

/** @param ret_val  revision as in IMAPI: 0x102 is 1.02; default 0x102 */
FSI_API HRESULT fsi_image_get_udf_revision(fsi_image *image, uint32_t *ret_val);

/**
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_INVALID_PARAM (new_val) when it is
 *         not one of fsi_image_get_udf_revisions_supported();
 *         IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED when another was imported;
 *         IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success, when the image has named
 *         streams (2.00) or real-time files (2.01) that need a later one
 */
FSI_API HRESULT fsi_image_put_udf_revision(fsi_image *image, uint32_t new_val);

/**
 * @param ret_revisions  borrowed, lives as long as the process
 * @param ret_count      number of elements
 */
FSI_API HRESULT fsi_image_get_udf_revisions_supported(fsi_image *image,
						      const uint32_t **ret_revisions,
						      size_t *ret_count);

/**
 * Whether UDF from 2.50 on gets a second copy of its metadata at the other end
 * of the volume. Otherwise its two metadata files describe the same blocks.
 * Default true.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success,
 *         when UDF is not chosen or its revision is below 2.50: the value is
 *         kept for then
 */
FSI_API HRESULT fsi_image_put_create_redundant_udf_metadata_files(fsi_image *image,
								  bool new_val);
FSI_API HRESULT fsi_image_get_create_redundant_udf_metadata_files(fsi_image *image,
								  bool *ret_val);

/**
 * Extension: holes of the sparse files of this computer become extents of UDF
 * that are not recorded and take no room. Not every reader knows such extents.
 * Default false: holes are recorded as the zeros that they read as. Where they
 * are is found out when the image is laid out.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success,
 *         while UDF is not the only file system: the value is kept, and has no
 *         effect as long as another one shares the data
 */
FSI_API HRESULT fsi_image_put_udf_holes(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_udf_holes(fsi_image *image, bool *ret_val);

/**
 * Choose what suits a kind of disc: file systems (ISO 9660 and Joliet for a CD,
 * UDF for others), its size as the limit of free media blocks, and with UDF its
 * revision (1.02; 2.50 for HD DVD and BD). The volume name stays.
 *
 * @param value  a kind that can be written, or a CD-ROM
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_INVALID_PARAM (value);
 *         IMAPI_E_IMAGE_TOO_BIG when the image is larger already; what
 *         fsi_image_put_file_systems_to_create returns. Then nothing has changed.
 */
FSI_API HRESULT fsi_image_choose_image_defaults_for_media_type(
	fsi_image *image, enum imapi_media_physical_type value);

/** @param ret_val  whether the strict mode is on; default false */
FSI_API HRESULT fsi_image_get_strict_file_system_compliance(fsi_image *image,
							    bool *ret_val);

/**
 * Turn the strict mode on or off. It holds what is set later to the standards:
 * a volume name to 15 characters, A-Z 0-9 _ where ISO 9660 is chosen and a-z and
 * "." too where it is not; the times of an item to their order; directories to
 * eight levels whatever fsi_image_put_deep_directories() says.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_FILE_SYSTEM_NOT_EMPTY when it is turned
 *         on while the image has items
 */
FSI_API HRESULT fsi_image_put_strict_file_system_compliance(fsi_image *image,
							    bool new_val);

/** @param ret_name  as set, "" by default; to be freed with fsi_free() */
FSI_API HRESULT fsi_image_get_volume_name(fsi_image *image, char **ret_name);

/**
 * Name the volume in all file systems at once; each gets the variant that it
 * can hold.
 *
 * @param new_val  up to 32 UTF-16 units without control characters; "": a name
 *                 YYMMDD_HHMM of the recording time is made for the result
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_INVALID_VOLUME_NAME, which the strict
 *         mode has more reasons for
 */
FSI_API HRESULT fsi_image_put_volume_name(fsi_image *image, const char *new_val);

/**
 * The volume name as it will be written: ISO 9660 up to 32 of A-Z 0-9 _;
 * Joliet up to 16 characters; UDF as given (its primary descriptor holds the
 * first 30 one-byte or 15 two-byte characters).
 *
 * @param ret_name  to be freed with fsi_free()
 */
FSI_API HRESULT fsi_image_get_volume_name_iso9660(fsi_image *image, char **ret_name);
FSI_API HRESULT fsi_image_get_volume_name_joliet(fsi_image *image, char **ret_name);
FSI_API HRESULT fsi_image_get_volume_name_udf(fsi_image *image, char **ret_name);

/** @param ret_val  directory for stash files; default "/tmp"; fsi_free() */
FSI_API HRESULT fsi_image_get_working_directory(fsi_image *image, char **ret_val);

/**
 * Choose where data goes that is copied when it is added; what is there already
 * is moved. The copies are in a file without a name, so nothing is left in the
 * directory whatever happens.
 *
 * @param new_val  absolute path of a directory that can be written to
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_INVALID_PARAM (new_val) when empty;
 *         IMAPI_E_INVALID_WORKING_DIRECTORY (the directory) when it is not absolute,
 *         no directory, or can't be written to; IMAPI_E_WORKING_DIRECTORY_SPACE
 *         (the directory, bytes free, bytes needed) when what is there does not
 *         fit; IMAPI_E_STASHFILE_MOVE (the directory) when moving it failed;
 *         E_OUTOFMEMORY. Then the old directory stays in force.
 */
FSI_API HRESULT fsi_image_put_working_directory(fsi_image *image, const char *new_val);

/** @param ret_val  whether all files are copied when they are added; default false */
FSI_API HRESULT fsi_image_get_stage_files(fsi_image *image, bool *ret_val);

/**
 * From now on, copy the data of all files, of this computer and of streams, into the
 * working directory when they are added: the image gets what was there then, however
 * the source changes afterwards, and may go. Also while a result is alive.
 *
 * Without it only what can't be read twice is copied: see enum fsi_stream_flag. Which
 * source is slow, or may be taken out, is not guessed.
 *
 * @return S_OK
 */
FSI_API HRESULT fsi_image_put_stage_files(fsi_image *image, bool new_val);

/** @param ret_val  whether new names are held to characters 32 to 127 */
FSI_API HRESULT fsi_image_get_use_restricted_character_set(fsi_image *image,
							   bool *ret_val);

/** From now on. @return S_OK; IMAPI_E_READONLY */
FSI_API HRESULT fsi_image_put_use_restricted_character_set(fsi_image *image,
							   bool new_val);

/* ---- size -------------------------------------------------------------- */

/** @param ret_blocks  as set; default 332,800; 0 or less: no limit */
FSI_API HRESULT fsi_image_get_free_media_blocks(fsi_image *image, int64_t *ret_blocks);

/**
 * Set the size that the image must not pass.
 *
 * @param new_val  blocks; 0 or less: no limit
 * @return S_OK; IMAPI_E_IMAGE_TOO_BIG when the image is larger already; the old
 *         limit stays
 */
FSI_API HRESULT fsi_image_put_free_media_blocks(fsi_image *image, int64_t new_val);

/**
 * The number of blocks that a result made now would have, exactly; 0 without a
 * file system.
 *
 * @return S_OK; E_OUTOFMEMORY; as fsi_image_create_result_image for what can't
 *         be laid out
 */
FSI_API HRESULT fsi_image_get_used_blocks(fsi_image *image, uint32_t *ret_blocks);

/** @param ret_count  files in the image */
FSI_API HRESULT fsi_image_get_file_count(fsi_image *image, uint32_t *ret_count);

/** @param ret_count  directories in the image, the root not counted */
FSI_API HRESULT fsi_image_get_directory_count(fsi_image *image, uint32_t *ret_count);

/**
 * Extension: how deep the directories nest, the root being level 1. ISO 9660
 * knows eight.
 *
 * @param ret_levels  at least 1
 */
FSI_API HRESULT fsi_image_get_directory_levels(fsi_image *image, uint32_t *ret_levels);

/** Extension: @param ret_size  bytes of the largest file; 0 without files */
FSI_API HRESULT fsi_image_get_largest_file_size(fsi_image *image, uint64_t *ret_size);

/* ---- change points ----------------------------------------------------- */

/**
 * How many changes have been made: each call that added or removed something, or
 * set a property of an item of the image, is one, however many items it brought.
 * Properties of the image, items that are not in it, and calls that failed do not
 * count.
 *
 * @param ret_val  0 for a new image
 */
FSI_API HRESULT fsi_image_get_change_point(fsi_image *image, int32_t *ret_val);

/**
 * Put what the image holds back to what it was: items, their data, names and
 * properties; the properties of the image itself stay. What was undone is gone.
 * The cost is that of the changes undone. Items that it takes out of the image
 * stay valid as removed ones do; those made by fsi_image_create_file_item() and
 * _directory_item() can be filled and added again. The room that copies of data took
 * in the working directory since is given back: a file of this computer is then what
 * it is there, and the data of a stream that was copied is gone.
 *
 * The size of the image is not held against the limit of free media blocks;
 * fsi_image_create_result_image() does that.
 *
 * @param change_point  as fsi_image_get_change_point() told it
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_INVALID_PARAM (change_point) when it is
 *         later than the present one, or earlier than where it was locked in;
 *         IMAPI_E_TOO_MANY_DIRS (file system), IMAPI_E_ISO9660_LEVELS and
 *         IMAPI_E_DATA_TOO_BIG (file systems) when the file systems chosen since
 *         can't hold what was there; IMAPI_E_FILE_SYSTEM_NOT_EMPTY when items were
 *         there and the rules of names or the strict mode have been changed since.
 *         Then nothing has changed.
 */
FSI_API HRESULT fsi_image_rollback_to_change_point(fsi_image *image,
						   int32_t change_point);

/**
 * Make the present state the earliest that can be returned to, and give back the
 * memory of the way there. The change point keeps its number.
 *
 * @return S_OK; IMAPI_E_READONLY from the events callback
 */
FSI_API HRESULT fsi_image_lock_in_change_point(fsi_image *image);

/* ---- extensions: beyond IMAPI's rules, each off by default ------------- */

/**
 * Extension: names that differ in case only are different names. Finding items
 * then respects case. May be changed only while the image is empty.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_FILE_SYSTEM_NOT_EMPTY
 */
FSI_API HRESULT fsi_image_put_case_sensitive_names(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_case_sensitive_names(fsi_image *image, bool *ret_val);

/**
 * Extension: every character but "/" and NUL may stand in a name; a file system
 * that can't hold one gets a mapped name. "/" is then the only separator. May
 * be changed only while the image is empty.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_FILE_SYSTEM_NOT_EMPTY
 */
FSI_API HRESULT fsi_image_put_any_character_names(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_any_character_names(fsi_image *image, bool *ret_val);

/**
 * Extension: directories may nest deeper than the eight levels of ISO 9660,
 * which every current reader copes with.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_ISO9660_LEVELS when it is taken back
 *         from an image that is too deep
 */
FSI_API HRESULT fsi_image_put_deep_directories(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_deep_directories(fsi_image *image, bool *ret_val);

/**
 * Extension: files in ISO 9660 and Joliet may have up to 4,294,967,295 bytes,
 * the limit of the standard, and not only IMAPI's 2,147,483,648.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_DATA_TOO_BIG (file systems) when it
 *         is taken back from an image that has such a file
 */
FSI_API HRESULT fsi_image_put_large_iso_files(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_large_iso_files(fsi_image *image, bool *ret_val);

/**
 * Extension: a file of 4 GiB and more goes into ISO 9660 and Joliet in several
 * sections, each with a directory record of its own, which is interchange level
 * 3 (ECMA-119 10.3). A file has up to 100 sections of 4,294,965,248 bytes, as
 * Linux reads no more: 429,496,524,800 bytes. Implies large ISO files.
 *
 * The interchange level stays what it is, since in IMAPI there are 1 and 2 only:
 * it tells of names.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_E_DATA_TOO_BIG (file systems) when it
 *         is taken back from an image that has such a file
 */
FSI_API HRESULT fsi_image_put_multi_extent_iso_files(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_multi_extent_iso_files(fsi_image *image, bool *ret_val);

/**
 * Extension: a file that is too large for ISO 9660 and Joliet, by the limit in
 * force, is left out of them and is in UDF alone, instead of being refused.
 * fsi_result_get_omitted_file_count() tells how many there are, and
 * fsi_item_get_file_system_name() returns IMAPI_E_NOT_IN_FILE_SYSTEM for them.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success,
 *         while UDF is not chosen beside ISO 9660: the value is kept for then;
 *         IMAPI_E_DATA_TOO_BIG (file systems) when it is taken back from an image
 *         that has such a file
 */
FSI_API HRESULT fsi_image_put_omit_large_iso_files(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_omit_large_iso_files(fsi_image *image, bool *ret_val);

/**
 * Extension: besides its other trees ISO 9660 gets one of ISO 9660:1999 ("level
 * 4") behind an enhanced volume descriptor: names of up to 207 bytes of UTF-8
 * with every character, and directories of any depth, which is standard there.
 * It shares the data of the files. Few readers look for it; none minds it.
 *
 * @return S_OK; IMAPI_E_READONLY; IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success,
 *         while ISO 9660 is not chosen: the value is kept for then
 */
FSI_API HRESULT fsi_image_put_iso9660_1999(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_iso9660_1999(fsi_image *image, bool *ret_val);

/**
 * Extension: owner, group, permissions and the time of the last attribute
 * change go into UDF as they are in the source. Off: read and execute for all.
 *
 * @return S_OK; IMAPI_E_READONLY
 */
FSI_API HRESULT fsi_image_put_posix_attributes(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_posix_attributes(fsi_image *image, bool *ret_val);

/**
 * Extension: no time later than the recording time goes into the image, and
 * the times of access, creation and attribute change give way to that of
 * modification, which reading a source does not change. Two builds of the same
 * tree are then the same, byte for byte.
 *
 * @return S_OK; IMAPI_E_READONLY
 */
FSI_API HRESULT fsi_image_put_reproducible_times(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_reproducible_times(fsi_image *image, bool *ret_val);

/**
 * Extension: the data of files of 32 blocks and more begins at even blocks, which are
 * multiples of 4096 bytes, so that file systems can share it with the sources
 * instead of copying it: see reflink of struct fsi_write_options. The image does
 * not depend on where it is written to, and may be larger by a block for each.
 *
 * @return S_OK; IMAPI_E_READONLY
 */
FSI_API HRESULT fsi_image_put_align_large_files(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_align_large_files(fsi_image *image, bool *ret_val);

/**
 * Extension: files and named streams of the same contents have one extent, which is
 * found out when a result is made: those of a size are read then. They stay files of
 * their own, with their own attributes. What is booted, is kept in an entry of UDF or
 * has holes that stay holes is there as often as it is in the tree.
 * fsi_image_get_used_blocks() and the limit of free media blocks count each file while
 * items are added; the result has fewer blocks.
 *
 * A file of this computer that stands for others must not be written to between its
 * addition and the end of reading, whatever its size: IMAPI_E_DATA_STREAM_READ_FAILURE.
 * A caller's stream must not change in that time.
 *
 * @return S_OK; IMAPI_E_READONLY
 */
FSI_API HRESULT fsi_image_put_deduplicate(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_deduplicate(fsi_image *image, bool *ret_val);

/* ---- extensions: names of ISO 9660 and Joliet, each off by default ----- */

/*
 * Each relaxes one rule for the names in the primary tree of ISO 9660, at both
 * levels where not told otherwise, and they may be combined. Names stay unlike
 * each other in each directory, and records in the order of ECMA-119 9.3. All of
 * these return S_OK or IMAPI_E_READONLY.
 */

/**
 * Extension: at level 2 a name with a dot and its version has up to 37 characters,
 * not 33, and a directory 37, not 31: 37 is what the standard allows for a name
 * with the longest version (ECMA-119 7.5.1). Without a dot it is one less.
 */
FSI_API HRESULT fsi_image_put_long_iso_names(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_long_iso_names(fsi_image *image, bool *ret_val);

/**
 * Extension: letters keep their case. No two names of a directory differ by it
 * alone, since most systems show all of them in one case.
 */
FSI_API HRESULT fsi_image_put_lowercase_iso_names(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_lowercase_iso_names(fsi_image *image, bool *ret_val);

/**
 * Extension: space and ! # $ % & ' ( ) + , - = @ [ ] ^ ` { } ~ stay as they are
 * too. Not so / and ;, which have a meaning, and " * : < > ? \ |, by which
 * Windows opens no file.
 */
FSI_API HRESULT fsi_image_put_relaxed_iso_names(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_relaxed_iso_names(fsi_image *image, bool *ret_val);

/** Extension: names may have several dots, one at the beginning too, and those
 * of directories as well. One at the end becomes "_", which Windows would drop. */
FSI_API HRESULT fsi_image_put_multidot_iso_names(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_multidot_iso_names(fsi_image *image, bool *ret_val);

/** Extension: files have no version ";1", and no dot without an extension. */
FSI_API HRESULT fsi_image_put_omit_iso_versions(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_omit_iso_versions(fsi_image *image, bool *ret_val);

/** Extension: names in Joliet have up to 103 characters, as many as a directory
 * record has room for in other writers too, and not 64. */
FSI_API HRESULT fsi_image_put_long_joliet_names(fsi_image *image, bool new_val);
FSI_API HRESULT fsi_image_get_long_joliet_names(fsi_image *image, bool *ret_val);

/* ---- events ------------------------------------------------------------ */

/**
 * Told while files are taken in (DFileSystemImageEvents::Update): once with
 * copied_sectors 0 and once at the end of each file; an empty file once; while a
 * file is copied into the working directory also at each MiB, or behind several
 * that are a hole. Counts are in blocks of 2048 bytes and concern the current
 * file; the total grows with what has come while it is not known.
 *
 * Extension: while a result is made it is told which file is read to find duplicates,
 * at most 20 times a second and once at the end. When that or adding a tree takes long
 * without an event, current_file is "", both counts are 0: only the answer matters.
 *
 * @param current_file  full path in the image, borrowed for the call
 * @return S_OK to go on; a failure cancels the call that is under way, which
 *         then undoes itself and returns E_IMAPI_REQUEST_CANCELLED. The handler
 *         must not change the image: such calls return IMAPI_E_READONLY.
 */
typedef HRESULT (*fsi_image_update_handler)(void *context, fsi_image *image,
					    const char *current_file,
					    uint32_t copied_sectors,
					    uint32_t total_sectors);

/** @param handler  NULL: no more events. @param context  passed to it */
FSI_API HRESULT fsi_image_put_update_handler(fsi_image *image,
					     fsi_image_update_handler handler,
					     void *context);

/* ---- the result -------------------------------------------------------- */

/**
 * Lay out the image. No file data is read, unless duplicates are looked for; the result
 * reads it when it is asked for it. The image is read-only as long as the result is
 * alive.
 *
 * @param ret_result  one reference
 * @return S_OK; E_OUTOFMEMORY; IMAPI_E_NO_OUTPUT without a file system;
 *         IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED, a success, when named streams or
 *         the marks of real-time files are left out;
 *         IMAPI_E_INVALID_VOLUME_NAME in strict mode;
 *         IMAPI_E_READONLY from the events callback; E_IMAPI_REQUEST_CANCELLED when it
 *         asked for it; IMAPI_E_IMAGE_TOO_BIG over the limit of free media blocks, or of
 *         2,147,483,647 blocks; IMAPI_E_NO_UNIQUE_NAME (name, file system);
 *         IMAPI_E_TOO_MANY_DIRS (file system) when a directory has over 65,534
 *         directories and UDF is to hold it. For boot entries:
 *         IMAPI_E_BOOT_OBJECT_CONFLICT when the session is not the first one of its
 *         disc, also for a table of partitions;
 *         IMAPI_E_BOOT_IMAGE_DATA when an image can't be measured, has changed its
 *         size, is an empty file, or has no room for its boot information table;
 *         IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH; for a file of the tree
 *         IMAPI_E_ITEM_NOT_FOUND (path), IMAPI_E_NOT_FILE (path),
 *         IMAPI_E_DIR_NOT_FOUND (directory), IMAPI_E_NOT_DIR (path),
 *         IMAPI_E_INVALID_PATH (path). With fsi_image_put_deduplicate() what
 *         fsi_stream_read_at() returns for the sources
 */
FSI_API HRESULT fsi_image_create_result_image(fsi_image *image, fsi_result **ret_result);

#ifdef __cplusplus
}
#endif

#endif
