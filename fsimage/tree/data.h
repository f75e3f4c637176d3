/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the bytes of files come from. */
#ifndef FSI_TREE_DATA_H
#define FSI_TREE_DATA_H

#include "tree/tree.h"

#include <sys/stat.h>

/* What is known of a host file, as it was found. */
struct fsi_host_file {
	const struct fsi_source_folder *folder;
	const char *name; /* in folder; copied when the data is new, unless it is kept */
	uint64_t size;
	uint64_t inode;
	uint64_t device;
	int64_t modified_ns; /* any clock's nanoseconds: only compared */
	bool is_linked;	     /* it has other names on the host */
	bool is_kept;	     /* name lives as long as the tree */
};

/*
 * Data of a caller's stream, which gets one more reference. path names it in
 * errors. IMAPI_E_DATA_STREAM_READ_FAILURE (path) when it tells no size; one
 * that is sequential need not, and has none before it is staged.
 */
HRESULT fsi_data_from_stream(struct fsi_tree *tree, fsi_stream *stream, const char *path,
			     struct fsi_data **ret_data);

/* Let go of the stream of data that no file of the image has got: it is lost. */
void fsi_data_discard(struct fsi_tree *tree, struct fsi_data *data);

/* Data of a host file: what is there already when the file is known. */
HRESULT fsi_data_from_host(struct fsi_tree *tree, const struct fsi_host_file *host,
			   struct fsi_data **ret_data);

/*
 * The data is in the stash now, with the size that it has there; or it is not, and
 * is read from its source again. A stream has gone by then: its data is lost.
 */
void fsi_data_stage(struct fsi_tree *tree, struct fsi_data *data,
		    const struct fsi_stash_item *item);
void fsi_data_unstage(struct fsi_data *data);

/* Open the source of host data, of whatever size it is now, which errors call path:
 * IMAPI_E_DATA_STREAM_CREATE_FAILURE (path), E_OUTOFMEMORY. */
HRESULT fsi_data_open_host(const struct fsi_data *data, const char *path,
			   int *ret_descriptor);

/* IMAPI_E_STASHFILE_READ_FAILURE ("data"): what to say of lost data. */
HRESULT fsi_data_refuse_lost(const char *path);

/* The path of the source: on this computer, or in the image for a stream. To be
 * freed. NULL: no memory; nothing is raised. */
char *fsi_data_path(const struct fsi_data *data);

/*
 * The bytes as a stream that fails with the documented codes when the source
 * has changed since it was added: IMAPI_E_DATA_STREAM_CREATE_FAILURE (path),
 * _INCONSISTENCY (path, bytes expected, bytes found), _READ_FAILURE (path); when
 * the stash has, IMAPI_E_STASHFILE_READ_FAILURE ("data"), _SEEK_FAILURE. One
 * reference.
 */
HRESULT fsi_data_open(const struct fsi_data *data, fsi_stream **ret_stream);

/*
 * The same for data that stands for other data too: a host file that was written to
 * since it was added fails with _READ_FAILURE (path), whatever its size.
 */
HRESULT fsi_data_open_fixed(const struct fsi_data *data, fsi_stream **ret_stream);

/* All bytes of small data, into a buffer of its size. Fails as fsi_data_open() does. */
HRESULT fsi_data_read(const struct fsi_data *data, void *buffer);

/* A part of data that reads as zeros and takes no room where it comes from. */
struct fsi_hole {
	uint64_t offset;
	uint64_t size;
};

struct fsi_holes {
	FSI_VECTOR(struct fsi_hole) list;
};

/*
 * The holes of a host file that are whole blocks, the last one to its end,
 * ascending; also of its copy in the stash. A caller's stream has none. holes is empty;
 * what is in it is to be freed. Fails as fsi_data_open() does, with E_OUTOFMEMORY
 * besides.
 */
HRESULT fsi_data_find_holes(const struct fsi_data *data, struct fsi_holes *holes);

#endif
