/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ISO 9660 and Joliet through libisofs: what it reads of a disc goes through our
 * hands, so that it sees no record that leads it outside of a block, reads no more
 * than there is to read, and we know where each record and the data of each file
 * is. libisofs decodes Rock Ridge and names.
 *
 * libisofs keeps settings for the whole process, made once when the first view is
 * opened and never undone: it prints and queues no messages, and names are UTF-8.
 * A program that uses libisofs itself finds them so.
 */
#ifndef FSI_IMPORT_ISO_READER_H
#define FSI_IMPORT_ISO_READER_H

#include "base/vector.h"
#include "iso9660/read_records.h"
#include "media/media.h"

#include <libisofs/libisofs.h>

#include <pthread.h>

/* Where the blocks are that hold a part of a file. */
struct fsi_iso_section {
	uint32_t first_block;
	uint32_t size;		  /* in bytes */
	uint8_t attribute_blocks; /* these two: see struct fsi_iso9660_found */
	bool is_compressed;
};

/* A directory record, or all those of one file that has several sections. */
struct fsi_iso_record {
	uint64_t disc_offset; /* of the last one, that tells of the file */
	size_t first_section; /* in the listing */
	size_t section_count;
	uint8_t flags;
	struct fsi_disc_time recording_time;
	bool is_placeholder; /* the section is that of a relocated directory */
};

/* What one directory holds; sources and records are in the order of the disc. */
struct fsi_iso_listing {
	FSI_VECTOR(IsoFileSource *) sources; /* NULL: handed out */
	FSI_VECTOR(struct fsi_iso_record) records;
	FSI_VECTOR(struct fsi_iso_section) sections;
	uint64_t size; /* of the directory, in bytes */
};

struct fsi_iso_reader {
	struct fsi_media *media; /* one reference */
	const char *name;	 /* of the file system, for messages */
	bool has_rock_ridge;
	unsigned skipped;	/* of system use areas; see fsi_iso9660_get_record() */
	pthread_mutex_t lock;	/* libisofs may be called by one thread at a time */
	IsoDataSource source;	/* libisofs never holds the last reference */
	IsoImageFilesystem *fs; /* NULL: not open */
	/* Of the call into libisofs that goes on. */
	HRESULT failure;      /* of reading */
	uint32_t reads_left;  /* of what is no block of the directory */
	bool is_opening;      /* else a directory may be read */
	uint32_t first_block; /* of that directory */
	uint64_t position;    /* in it, of the next record; UINT64_MAX: no directory */
	size_t group_section; /* the first one of a file whose last one is to come */
	struct fsi_iso_listing *listing;
};

/* All of it is zeroed. On failure it is to be closed all the same. */
HRESULT fsi_iso_reader_open(struct fsi_iso_reader *reader, struct fsi_media *media,
			    uint32_t root_block, bool is_joliet);
void fsi_iso_reader_close(struct fsi_iso_reader *reader);

/* One reference on the root directory. */
HRESULT fsi_iso_reader_get_root(struct fsi_iso_reader *reader, IsoFileSource **ret_root);

/*
 * Read a directory that begins in first_block. A source that could not be read is
 * not to be read again: libisofs leaves it in disorder. On failure there is nothing
 * to free.
 */
HRESULT fsi_iso_reader_list(struct fsi_iso_reader *reader, IsoFileSource *directory,
			    uint32_t first_block, struct fsi_iso_listing *ret_listing);
void fsi_iso_reader_free_listing(struct fsi_iso_reader *reader,
				 struct fsi_iso_listing *listing);

/*
 * Go through the areas that the system use area of a record goes on in, and add what
 * they say. IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR; the errors of reading.
 */
HRESULT fsi_iso_reader_follow(struct fsi_iso_reader *reader,
			      struct fsi_iso9660_found *found);

/*
 * Whether a directory begins in a block with a record of its own that is sound, which
 * libisofs reads out of turn. skipped: see fsi_iso9660_get_record().
 */
HRESULT fsi_iso_reader_check_first(struct fsi_iso_reader *reader, uint32_t block,
				   unsigned skipped);

/* The rest of what is used of libisofs, one thread at a time. */
void fsi_iso_reader_release(struct fsi_iso_reader *reader, IsoFileSource *source);

/* IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR with a sentence. */
HRESULT fsi_iso_reader_inconsistent(const struct fsi_iso_reader *reader,
				    const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The failure that a code of libisofs, less than 0, stands for. */
HRESULT fsi_iso_reader_failure(const struct fsi_iso_reader *reader, int code);

#endif
