/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extension: reading discs and images that exist already, whoever wrote them.
 *
 *     fsi_stream_create_on_file("disc.iso", &stream);
 *     fsi_disc_open(stream, NULL, &disc);
 *     fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view);
 *     fsi_disc_view_get_root(view, &root);
 *     fsi_disc_entry_get_children(root, &children);
 *     while (fsi_disc_children_next(children, &child) == S_OK) {
 *             fsi_disc_entry_get_info(child, &info);
 *             …
 *             fsi_disc_entry_release(child);
 *     }
 *
 * A disc holds one or more file systems; a view shows what one of them has.
 * Views, entries, enumerations and the streams of files are counted and keep
 * alive what they need: the caller may release the disc first. Strings and
 * structs that are "borrowed" live as long as the object that they came from.
 *
 * Threads. A disc and its views may be used by several threads at once. An
 * entry and an enumeration are used by one thread at a time; different ones in
 * different threads do not disturb each other. The streams of files may be read
 * by several threads at once.
 *
 * ISO 9660, Rock Ridge and Joliet are read through libisofs, which keeps settings
 * of the process: opening the first such view turns its messages off and makes
 * UTF-8 the character set of its names, for all of the program.
 *
 * What is read from a disc is not trusted: however it is made, no call crashes,
 * runs on without end, or takes more memory than a small multiple of what the
 * structures themselves take on the disc. No block is read before it is needed.
 *
 * Errors that all functions share which read the disc, not repeated at each:
 *   E_POINTER       a required pointer is NULL
 *   E_OUTOFMEMORY   an allocation failed
 *   IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR  (file system) a structure is
 *                   damaged or wrong; the message names it and its block
 *   IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED   (file system, feature) a
 *                   structure is of a kind that this library does not know
 *   IMAPI_E_IMPORT_READ_FAILURE  (block) a block cannot be read; the message
 *                   tells what the stream said
 *   IMAPI_E_IMPORT_SEEK_FAILURE  (block) a block lies behind the end of the
 *                   disc or image
 */
#ifndef FSIMAGE_DISC_H
#define FSIMAGE_DISC_H

#include <fsimage/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Counted objects: _add_ref and _release accept NULL. */
typedef struct fsi_disc fsi_disc;
typedef struct fsi_disc_view fsi_disc_view;
typedef struct fsi_disc_entry fsi_disc_entry;
typedef struct fsi_disc_children fsi_disc_children;

/* ---- discs ------------------------------------------------------------- */

/** Where to look on a disc; zeroed but for size: everything at its usual place. */
struct fsi_disc_options {
	size_t size; /**< sizeof(struct fsi_disc_options) */
	/** First block of the session to read, where the disc has several. */
	uint32_t session_block;
	/** How many blocks are recorded; 0: as many as the stream has. */
	uint32_t block_count;
	/**
	 * The block of the UDF anchor to use, whatever else is on the disc, to
	 * read an earlier session or a damaged disc; 0: search for it.
	 */
	uint32_t anchor_block;
};

/**
 * Find out which file systems a disc or image has.
 *
 * @param stream    its blocks, from the first one of the first session on; one
 *                  reference is taken
 * @param options   borrowed; NULL: defaults
 * @param ret_disc  one reference
 * @return S_OK, also when no file system was found; E_INVALIDARG for a wrong
 *         size member
 */
FSI_API HRESULT fsi_disc_open(fsi_stream *stream, const struct fsi_disc_options *options,
			      fsi_disc **ret_disc);

/** @return disc, with one more reference */
FSI_API fsi_disc *fsi_disc_add_ref(fsi_disc *disc);

/** Give up one reference. @param disc  NULL is accepted */
FSI_API void fsi_disc_release(fsi_disc *disc);

/** @param ret_blocks  blocks of FSI_BLOCK_SIZE bytes that the disc has */
FSI_API HRESULT fsi_disc_get_total_blocks(fsi_disc *disc, uint32_t *ret_blocks);

/** @param ret_file_systems  set of those that were recognised; may be NONE */
FSI_API HRESULT fsi_disc_get_file_systems(fsi_disc *disc,
					  fsi_file_systems *ret_file_systems);

/* ---- sessions ---------------------------------------------------------- */

/** A session of a disc, and what fsi_disc_open() needs to open it. */
struct fsi_disc_session {
	uint32_t start_block;
	uint32_t end_block; /**< the first block behind it */
	/** For session_block of struct fsi_disc_options. */
	uint32_t session_block;
	/** For anchor_block of struct fsi_disc_options. */
	uint32_t anchor_block;
	/** NONE: who continued the disc has kept nothing of what described it. */
	fsi_file_systems file_systems;
};

/**
 * The sessions of a disc or image, found by what they have recorded, as a copy of a
 * disc has no table of them. Sessions that were begun and never completed are none.
 * It does not matter which of them the disc was opened with.
 *
 * @param ret_sessions  the oldest first; to be freed with fsi_free(); NULL when there
 *                      is none
 * @param ret_count     number of elements; 0 on a disc without a known file system
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_disc_get_sessions(fsi_disc *disc,
				      struct fsi_disc_session **ret_sessions,
				      size_t *ret_count);

/**
 * By what a disc is known again, as fsi_image_calculate_disc_identifier() has it: the
 * same for all copies of it, another one when a session was added. It is that of the
 * session that the disc was opened with.
 *
 * @param ret_identifier  hexadecimal digits, to be freed with fsi_free()
 * @return S_OK; E_POINTER; E_OUTOFMEMORY; IMAPI_E_IMPORT_READ_FAILURE (block)
 */
FSI_API HRESULT fsi_disc_get_identifier(fsi_disc *disc, char **ret_identifier);

/* ---- booting ----------------------------------------------------------- */

/** A boot image, as the catalog of El Torito tells it. */
struct fsi_disc_boot_entry {
	uint8_t platform;      /**< enum fsi_platform_id, or any other value */
	uint8_t emulation;     /**< enum fsi_emulation, or any other value up to 15 */
	uint8_t system_type;   /**< hard disk: the type of its partition */
	bool is_bootable;      /**< whether firmware may start it */
	uint16_t load_segment; /**< 0: 0x7C0 */
	uint16_t sector_count; /**< of 512 bytes, that are loaded to begin with */
	uint32_t block;	       /**< of the disc: where it begins */
	uint64_t size; /**< bytes: of the disk that is emulated, or all that is loaded;
			    0: not told */
	char manufacturer[88]; /**< UTF-8; "": not told */
};

struct fsi_disc_boot_catalog {
	uint32_t block;	   /**< where it lies */
	bool is_damaged;   /**< it is no catalog, or goes wrong behind the last entry */
	bool has_checksum; /**< the checksum of its validation entry is right */
	const struct fsi_disc_boot_entry *entries; /**< the default entry first */
	size_t entry_count;
};

/**
 * What can be booted from a disc. The boot record is looked for where firmware
 * looks, in the second descriptor of the session.
 *
 * @param ret_catalog  to be freed with fsi_free(), with all that is in it;
 *                     untouched when there is none
 * @return S_OK; S_FALSE when there is no boot record; the errors of reading
 */
FSI_API HRESULT fsi_disc_read_boot_catalog(fsi_disc *disc,
					   struct fsi_disc_boot_catalog **ret_catalog);

/* ---- views ------------------------------------------------------------- */

/**
 * Open one of the file systems of a disc.
 *
 * @param file_system  exactly one
 * @param ret_view     one reference
 * @return S_OK; IMAPI_E_INVALID_PARAM (file_system);
 *         IMAPI_E_FILE_SYSTEM_NOT_FOUND (file system) when the disc does not
 *         have it
 */
FSI_API HRESULT fsi_disc_open_view(fsi_disc *disc, enum fsi_file_system file_system,
				   fsi_disc_view **ret_view);

/** @return view, with one more reference */
FSI_API fsi_disc_view *fsi_disc_view_add_ref(fsi_disc_view *view);

/** Give up one reference. @param view  NULL is accepted */
FSI_API void fsi_disc_view_release(fsi_disc_view *view);

/** A time that is recorded on a disc. */
struct fsi_disc_time {
	struct timespec time; /**< UTC, from year 1 to 9999, in microseconds at best */
	bool is_known;	      /**< false: not recorded, or no date; the rest is 0 */
	bool has_zone;	      /**< false: local time of an unknown zone, told as UTC */
	int16_t zone_minutes; /**< of the clock that was read: minutes east of UTC */
};

/** The kinds of UDF partitions (OSTA UDF 2.2.8 to 2.2.10). */
enum fsi_disc_partition_kind {
	FSI_DISC_PARTITION_PHYSICAL = 1,
	FSI_DISC_PARTITION_VIRTUAL = 2,	 /**< through a virtual allocation table */
	FSI_DISC_PARTITION_SPARABLE = 3, /**< with spare packets for worn ones */
	FSI_DISC_PARTITION_METADATA = 4	 /**< inside a file of another partition */
};

/** How a UDF partition may be written (ECMA-167 3/10.5.7). */
enum fsi_disc_access {
	FSI_DISC_ACCESS_UNSPECIFIED = 0, /**< in revision 2.60: pseudo-overwritable */
	FSI_DISC_ACCESS_READ_ONLY = 1,
	FSI_DISC_ACCESS_WRITE_ONCE = 2,
	FSI_DISC_ACCESS_REWRITABLE = 3,
	FSI_DISC_ACCESS_OVERWRITABLE = 4
};

struct fsi_disc_partition {
	enum fsi_disc_partition_kind kind;
	enum fsi_disc_access access; /**< of the physical partition below it */
	uint16_t number;	     /**< by which the disc knows it */
	uint32_t first_block;	     /**< of the physical partition below it */
	uint32_t block_count;
};

/**
 * What a file system tells of itself. Texts are UTF-8, "" when there is none.
 * Blocks are of block_size bytes and counted from the start of the disc.
 */
struct fsi_disc_volume {
	enum fsi_file_system file_system;
	const char *name;      /**< the label that systems show */
	const char *volume_id; /**< of the primary volume descriptor */
	const char *volume_set_id;
	const char *file_set_id;
	const char *application_id;
	const char *implementation_id; /**< what wrote it */
	const char *owner;
	const char *organisation;
	const char *contact;
	uint32_t revision; /**< UDF: binary coded decimal, 0x250 is 2.50; else 0 */
	uint32_t minimum_read_revision;
	uint32_t minimum_write_revision;
	uint32_t maximum_write_revision;
	uint32_t block_size;  /**< FSI_BLOCK_SIZE on optical discs */
	uint32_t block_count; /**< of the disc, in blocks of block_size bytes */
	struct fsi_disc_time recording_time; /**< of the volume */
	struct fsi_disc_time change_time;    /**< when it was last made complete */
	bool has_integrity;	  /**< whether is_closed and change_time are recorded */
	bool is_closed;		  /**< false: a writer has not finished its work */
	bool has_counts;	  /**< whether the next two are recorded */
	uint32_t file_count;	  /**< names of what is no directory */
	uint32_t directory_count; /**< with the root */
	const struct fsi_disc_partition *partitions; /**< by reference number */
	size_t partition_count;
	uint32_t anchor_block; /**< UDF: where the volume was found */
	/** UDF: anchors of other volumes are there too: the newest one was taken. */
	bool has_other_anchors;
	/** UDF: the main descriptors are damaged, their reserve was read. */
	bool is_from_reserve;
	const char *system_id; /**< ISO 9660 and Joliet; so with the next two */
	const char *publisher_id;
	const char *preparer_id;
	uint32_t joliet_level; /**< Joliet: 1 to 3; else 0 */
	bool has_rock_ridge;   /**< ISO 9660: entries have names and modes of POSIX */
	bool is_bootable; /**< ISO 9660 and Joliet: El Torito's boot record is there */
};

/**
 * @param ret_volume  borrowed from view
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_disc_view_get_volume(fsi_disc_view *view,
					 const struct fsi_disc_volume **ret_volume);

/** @param ret_entry  the root directory, one reference */
FSI_API HRESULT fsi_disc_view_get_root(fsi_disc_view *view, fsi_disc_entry **ret_entry);

/**
 * What stands at a path. Links on the way are not followed.
 *
 * @param path       UTF-8, parts separated by "/"; empty parts are ignored, so
 *                   "" and "/" are the root; names must agree exactly
 * @param ret_entry  one reference
 * @return S_OK; IMAPI_E_ITEM_NOT_FOUND (path); IMAPI_E_NOT_DIR (path) when a
 *         part before the last one is no directory
 */
FSI_API HRESULT fsi_disc_view_get_entry(fsi_disc_view *view, const char *path,
					fsi_disc_entry **ret_entry);

/* ---- entries ----------------------------------------------------------- */

enum fsi_disc_kind {
	FSI_DISC_FILE = 1,
	FSI_DISC_DIRECTORY = 2,
	FSI_DISC_LINK = 3, /**< symbolic */
	FSI_DISC_BLOCK_DEVICE = 4,
	FSI_DISC_CHARACTER_DEVICE = 5,
	FSI_DISC_FIFO = 6,
	FSI_DISC_SOCKET = 7
};

/** What is recorded of an entry, but for its name. */
struct fsi_disc_entry_info {
	enum fsi_disc_kind kind;
	uint64_t size;	    /**< bytes of a file, or that a directory or link takes */
	uint64_t identity;  /**< the same for all names of one file, and no other's */
	uint64_t unique_id; /**< as it is recorded; 0 when it is not */
	uint32_t link_count;
	bool has_uid; /**< whether uid is recorded; so with the next two */
	bool has_gid;
	bool has_mode;
	uint32_t uid;
	uint32_t gid;
	uint32_t mode; /**< POSIX permissions with set-id and sticky bits: 0 to 07777 */
	uint32_t device_major; /**< of devices; else 0 */
	uint32_t device_minor;
	bool is_hidden;
	bool is_system;
	bool is_archive;
	bool is_real_time;
	bool has_streams; /**< fsi_disc_entry_get_streams() finds some */
	struct fsi_disc_time creation_time;
	struct fsi_disc_time modification_time;
	struct fsi_disc_time access_time;
	struct fsi_disc_time attribute_time;
	uint32_t entry_block; /**< of the disc: where all this is recorded */
};

/** @return entry, with one more reference */
FSI_API fsi_disc_entry *fsi_disc_entry_add_ref(fsi_disc_entry *entry);

/** Give up one reference. @param entry  NULL is accepted */
FSI_API void fsi_disc_entry_release(fsi_disc_entry *entry);

/**
 * The bare name; "" for the root. A name that was listed is one part of a path:
 * it is never empty, "." or "..", and holds neither "/" nor NUL. What cannot be
 * told in such a name, and halves of surrogate pairs, are U+FFFD. Two names of a
 * directory may be equal on a damaged or hostile disc.
 *
 * @param ret_name  UTF-8, borrowed from entry
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_disc_entry_get_name(fsi_disc_entry *entry, const char **ret_name);

/**
 * What is recorded of an entry. It is read when this is first asked for.
 *
 * @param ret_info  borrowed from entry
 * @return S_OK; the errors of reading
 */
FSI_API HRESULT fsi_disc_entry_get_info(fsi_disc_entry *entry,
					const struct fsi_disc_entry_info **ret_info);

/** What a run of a file's bytes is. */
enum fsi_disc_extent_kind {
	FSI_DISC_EXTENT_RECORDED = 1, /**< in blocks of their own */
	FSI_DISC_EXTENT_EMBEDDED = 2, /**< inside the block of the entry */
	FSI_DISC_EXTENT_HOLE = 3      /**< nowhere: all bytes are zero */
};

/** A run of a file's bytes that lie side by side on the disc. */
struct fsi_disc_extent {
	enum fsi_disc_extent_kind kind;
	uint64_t offset;      /**< in the file, of its first byte */
	uint64_t length;      /**< in bytes, at least 1 */
	uint64_t disc_offset; /**< its first byte counted from the start of the disc */
	uint32_t block; /**< that this is in, of the volume's block size; 0 for holes */
};

/**
 * The run that holds a byte of a file, from that byte on. To learn all runs,
 * begin at 0 and go on at offset + length until S_FALSE.
 *
 * @param entry       a file, a directory, a symbolic link or a named stream
 * @param offset      in the file, in bytes
 * @param ret_extent  filled in; untouched when there is none
 * @return S_OK; S_FALSE at and behind the end of the file; the errors of reading
 */
FSI_API HRESULT fsi_disc_entry_get_extent(fsi_disc_entry *entry, uint64_t offset,
					  struct fsi_disc_extent *ret_extent);

/**
 * The bytes of a file or named stream; holes read as zeros.
 *
 * @param ret_data  one reference
 * @return S_OK; IMAPI_E_NOT_FILE (name) when it is none; the errors of reading,
 *         which the stream returns too
 */
FSI_API HRESULT fsi_disc_entry_open_data(fsi_disc_entry *entry, fsi_stream **ret_data);

/**
 * Where a symbolic link leads, as text: absolute when it begins with "/".
 *
 * @param ret_target  UTF-8, to be freed with fsi_free(); never empty
 * @return S_OK; IMAPI_E_INVALID_PARAM (entry) when it is no link; the errors of
 *         reading
 */
FSI_API HRESULT fsi_disc_entry_get_link_target(fsi_disc_entry *entry, char **ret_target);

/* ---- enumerations ------------------------------------------------------ */

/**
 * List a directory, in the order of the disc.
 *
 * @param ret_children  one reference
 * @return S_OK; IMAPI_E_NOT_DIR (name); the errors of reading. A directory that
 *         can be reached by two ways is refused the second time
 *         (IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR), so that whoever descends
 *         into every directory comes to an end.
 */
FSI_API HRESULT fsi_disc_entry_get_children(fsi_disc_entry *entry,
					    fsi_disc_children **ret_children);

/**
 * List the named streams of a file or directory; there may be none. What it
 * lists are files.
 *
 * @param ret_streams  one reference
 * @return S_OK; the errors of reading
 */
FSI_API HRESULT fsi_disc_entry_get_streams(fsi_disc_entry *entry,
					   fsi_disc_children **ret_streams);

/**
 * Hand out the next one.
 *
 * @param ret_entry  one reference; untouched when there is none
 * @return S_OK; S_FALSE at the end; the errors of reading, for a name that is
 *         damaged. The next call goes on behind it, or returns S_FALSE when what
 *         is behind it cannot be found.
 */
FSI_API HRESULT fsi_disc_children_next(fsi_disc_children *children,
				       fsi_disc_entry **ret_entry);

/** @return children, with one more reference */
FSI_API fsi_disc_children *fsi_disc_children_add_ref(fsi_disc_children *children);

/** Give up one reference. @param children  NULL is accepted */
FSI_API void fsi_disc_children_release(fsi_disc_children *children);

/* ---- block maps --------------------------------------------------------- */

/* Counted. */
typedef struct fsi_block_map fsi_block_map;

/** What an extent of a disc is used for. */
struct fsi_block_use {
	uint32_t first_block;
	uint32_t block_count;	       /**< at least 1 */
	fsi_file_systems file_systems; /**< that use it; NONE: none of them does */
	bool is_file;		       /**< the data of a file, else a structure */
	const char *structure;	       /**< in English, such as "path table" */
	/** The last name of the file or directory; "": of none, or of the root. */
	const char *name;
	uint32_t name_count; /**< of files: that have this extent; else 0 or 1 */
};

/**
 * Find out what the blocks of a disc are used for, by reading all structures of
 * all file systems. Of what is damaged, the map has what could be read.
 *
 * @param ret_map  one reference
 * @return S_OK; E_POINTER; E_OUTOFMEMORY
 */
FSI_API HRESULT fsi_disc_get_block_map(fsi_disc *disc, fsi_block_map **ret_map);

/** @return map, with one more reference */
FSI_API fsi_block_map *fsi_block_map_add_ref(fsi_block_map *map);

/** Give up one reference. @param map  NULL is accepted */
FSI_API void fsi_block_map_release(fsi_block_map *map);

/**
 * @param ret_count  extents that are used
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_block_map_get_count(fsi_block_map *map, size_t *ret_count);

/**
 * One of the extents, in the order of their first blocks; of two that begin in the
 * same block, the longer one first. On a damaged disc they may overlap; a boot image
 * and the file that it is always do, so do the metadata of UDF and what is in them.
 *
 * @param index    from 0
 * @param ret_use  borrowed from map
 * @return S_OK; E_POINTER; E_INVALIDARG when there are not as many
 */
FSI_API HRESULT fsi_block_map_get_item(fsi_block_map *map, size_t index,
				       const struct fsi_block_use **ret_use);

/**
 * Where the file or directory of an extent is, in the file system that keeps most
 * of its name. What is longer than 4095 bytes is cut at its beginning.
 *
 * @param ret_path  to be freed with fsi_free(); "" when it is of no file
 * @return S_OK; E_POINTER; E_OUTOFMEMORY; E_INVALIDARG when there are not as many
 */
FSI_API HRESULT fsi_block_map_get_path(fsi_block_map *map, size_t index, char **ret_path);

#ifdef __cplusplus
}
#endif

#endif
