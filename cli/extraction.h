/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of "fsimage extract": what it knows, and how it fails. */
#ifndef CLI_EXTRACTION_H
#define CLI_EXTRACTION_H

#include "cli/children.h"
#include "cli/folders.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/seen.h"
#include "cli/view.h"

#include <sys/types.h>

/** Bytes that are read at a time. */
#define EXTRACTION_BUFFER_SIZE ((size_t)1048576)

struct extract_options {
	const char *directory;	   /**< the target */
	enum fsi_file_system view; /**< NONE: none given */
	uint32_t session;	   /**< 0: none given */
	bool force;
	bool quiet;
	bool verbose;
	bool json;
};

struct extract_counts {
	uint64_t files;
	uint64_t directories;
	uint64_t symbolic_links;
	uint64_t hard_links;
	uint64_t special;
	uint64_t bytes;	  /* of the files */
	uint64_t damaged; /* could not be read */
	/* Left out. */
	uint64_t left_special; /* also symbolic links */
	uint64_t attributes;   /* extended ones */
	uint64_t owners;
	uint64_t modes;
	uint64_t set_ids;
	uint64_t copies; /* hard links that are files of their own */
};

/* A folder whose permissions wait for the end, as they lock its owner out. */
struct locked_folder {
	char *path;
	mode_t mode;
};

/* A folder of the image that is being extracted, beside struct folder. */
struct level {
	fsi_disc_entry *directory;
	struct child_list children;
	size_t next;  /* of children */
	bool is_made; /* and gets the attributes of the directory */
};

struct extraction {
	struct extract_options options;
	struct operands operands; /* the image, then paths in it */
	struct voice voice;
	struct progress progress;
	struct timespec began;
	struct image_view view;
	uint64_t bytes_read;	/* of the image, for the progress */
	uint64_t bytes_to_read; /* about: its size */
	struct folders folders;
	struct level *levels; /* as many as folders */
	size_t level_count;
	size_t level_capacity;
	struct seen files;	 /* with several names: where the first one is */
	struct seen directories; /* that this run made */
	struct locked_folder *locked;
	size_t locked_count;
	size_t locked_capacity;
	char **parts; /* the path to be extracted; NULL: all */
	size_t part_count;
	struct extract_counts counts;
	uint8_t *buffer;
	bool is_privileged; /* owners can be given back */
	mode_t mask;	    /* of permissions, where none are recorded */
	char temporary[64]; /* name of what is not complete */
	int status;
	bool is_stopped; /* nothing more is to be extracted */
};

/* ---- failures: each is told and returned as STATUS_FAILED --------------- */

/** What can't be read is left out; the extraction goes on, but out of memory. */
int extraction_refuse(struct extraction *extraction, HRESULT hr);

/** What the system refuses ends the extraction, but a name that is too long. */
int extraction_stop(struct extraction *extraction, int error);

/** What stands in the way ends it too. */
int extraction_stop_for(struct extraction *extraction, HRESULT code, const char *reason,
			const char *hint);

/** When a signal asks for it, stop and tell. @return whether it goes on */
bool extraction_goes_on(struct extraction *extraction);

/* ---- extract_report.c --------------------------------------------------- */

/** Tell what was left out, and then the line or the object. */
int extraction_report(struct extraction *extraction);

/* ---- contents.c --------------------------------------------------------- */

/** Write the bytes of a file that is new and empty; runs of zeros become holes. */
int contents_write(struct extraction *extraction, const struct child *child,
		   int descriptor);

/* ---- restore.c ---------------------------------------------------------- */

/** Something that was made: by its descriptor, or by its name in a folder. */
struct made {
	int descriptor; /* -1: by its name */
	int folder;
	const char *name;
};

/**
 * Give what was made its owner, extended attributes, permissions and times, in
 * this order, since each may change those before it. What can't be given is
 * counted.
 */
int restore_attributes(struct extraction *extraction, fsi_disc_entry *entry,
		       const struct fsi_disc_entry_info *info, const struct made *made);

/** The permissions that waited for the end. */
void restore_locked_folders(struct extraction *extraction);

/* ---- make_entry.c ------------------------------------------------------- */

/** Make what is no directory in the last folder, under the name that is set. */
int make_entry(struct extraction *extraction, const struct child *child);

#endif
