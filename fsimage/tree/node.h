/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user put in: directories and files, their attributes and where
 * their bytes come from. Knows no disc format. A node is small, since there may
 * be a million, and never moves, since the API hands it out.
 */
#ifndef FSI_TREE_NODE_H
#define FSI_TREE_NODE_H

#include "base/calendar.h"

#include <fsimage/stream.h>

struct fsi_node;
struct fsi_folder_cache;
struct fsi_stash_item;
struct fsi_imported_data;

/* A folder of this computer that files were found in. */
struct fsi_source_folder {
	const char *path; /* host path, as "folder" or "folder/sub"; "" for "/" */
	const struct fsi_source_folder *parent; /* it was found in; NULL: the first */
	uint64_t inode;
	uint64_t device;
	struct fsi_folder_cache *cache; /* of the tree */
};

/*
 * The bytes of one or more files: a host file or a caller's stream, what was copied
 * of either into the stash, or what is on the disc from an earlier session. Names of the
 * same host file, by path or by hard link, share one.
 */
struct fsi_data {
	uint64_t size; /* when it was added, in bytes */
	union {
		fsi_stream *stream;			/* from a caller: one reference */
		const struct fsi_source_folder *folder; /* of this computer */
		const struct fsi_stash_item *staged;	/* its owner is the folder */
		const struct fsi_imported_data *imported; /* see tree/imported.h */
	} source;
	const char *name;	     /* in folder; NULL: it is, or was, no host file */
	const struct fsi_node *item; /* the first file with this data, set by fsi_order */
	uint64_t inode;		     /* of a host file; 0: shared with nobody */
	int64_t modified_ns;	     /* of a host file, with inode: what tells it */
	uint32_t device;	     /* as the tree numbers st_dev */
	uint32_t number;	     /* place in struct fsi_order, set there */
	uint32_t uses;		     /* files and streams of the image with this data */
	bool is_linked;		     /* the host file has several names */
	bool is_staged;		     /* the source is the stash */
	bool is_lost;		     /* it was in the stash, from a stream; now nowhere */
	bool needs_blocks;	     /* of its own, in one run: firmware reads it */
	bool is_imported;	     /* it is on the disc, from an earlier session */
};

/* The content of a directory. */
struct fsi_children {
	struct fsi_node **items;
	uint32_t count;
	uint32_t capacity;
	uint32_t number;      /* place among the directories, set by fsi_order */
	uint32_t first_child; /* number of its first child, set by fsi_order */
	uint32_t plain_count; /* of all file systems, by fsi_order; see tree/order.h */
	uint32_t directory_count;	/* directories among them */
	bool is_sorted;			/* by name in byte order */
	struct fsi_children *next_made; /* all of a tree, to free them */
	void *tally; /* what whoever watches the tree knows of the directory */
};

/* The kinds from FSI_NODE_LINK on are POSIX's: UDF can hold them, ISO 9660 can't. */
enum fsi_node_kind {
	FSI_NODE_DIRECTORY,
	FSI_NODE_FILE,
	FSI_NODE_LINK,
	FSI_NODE_CHARACTER_DEVICE,
	FSI_NODE_BLOCK_DEVICE,
	FSI_NODE_FIFO,
	FSI_NODE_SOCKET
};

struct fsi_node {
	struct fsi_node *parent; /* never NULL but in the roots of a tree */
	const char *name;	 /* UTF-8, in the tree's arena */
	union {
		struct fsi_children *children; /* of a directory */
		struct fsi_data *data;	       /* of a file; NULL: empty */
		const char *target;	       /* of a link, UTF-8, in the arena */
		struct {
			uint32_t major;
			uint32_t minor;
		} device;
	} content;
	struct fsi_children *streams; /* named streams, each a file; NULL: none */
	fsi_ticks creation_time;
	fsi_ticks access_time;
	fsi_ticks modification_time;
	fsi_ticks attribute_time; /* last change of attributes (st_ctime) */
	uint32_t number;	  /* place in struct fsi_order, set there */
	uint32_t position;	  /* among the children of its parent */
	uint32_t name_hash;
	uint32_t uid; /* UINT32_MAX: not known */
	uint32_t gid;
	uint16_t mode; /* permission, set-id and sticky bits, 07777 */
	uint16_t name_length;
	uint8_t kind; /* enum fsi_node_kind */
	bool is_hidden;
	bool is_real_time;    /* its readers want steady speed (UDF 2.01) */
	bool is_stream;	      /* a named stream; its parent is what it belongs to */
	bool is_apart;	      /* made by the caller, and not yet added */
	bool wants_real_time; /* is_real_time, but of the next layout */
	bool is_imported;     /* a struct fsi_imported is behind it */
};

static inline bool fsi_node_is_directory(const struct fsi_node *node)
{
	return node->kind == FSI_NODE_DIRECTORY;
}

/* Bytes of a file's data; 0 for a directory. */
static inline uint64_t fsi_node_size(const struct fsi_node *node)
{
	return node->kind == FSI_NODE_FILE && node->content.data != NULL
		       ? node->content.data->size
		       : 0;
}

/* Whether only file systems of POSIX can hold it. */
static inline bool fsi_node_is_posix_only(const struct fsi_node *node)
{
	return node->kind >= FSI_NODE_LINK;
}

/* The item whose entry in the file system a file shares: itself, or the first of
 * its hard links. Known when the tree has been ordered. */
static inline const struct fsi_node *fsi_node_entry(const struct fsi_node *node)
{
	const struct fsi_data *data =
		node->kind == FSI_NODE_FILE ? node->content.data : NULL;

	return data != NULL && data->is_linked ? data->item : node;
}

static inline uint32_t fsi_node_stream_count(const struct fsi_node *node)
{
	return node->streams != NULL ? node->streams->count : 0;
}

static inline uint32_t fsi_node_child_count(const struct fsi_node *node)
{
	return node->kind == FSI_NODE_DIRECTORY ? node->content.children->count : 0;
}

#endif
