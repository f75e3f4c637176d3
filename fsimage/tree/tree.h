/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of an image: its nodes, what it may hold, and how they are found.
 * One hash table over all directories finds a child by its name; a directory of
 * a million entries costs no more than a thousand of a thousand.
 */
#ifndef FSI_TREE_TREE_H
#define FSI_TREE_TREE_H

#include "base/arena.h"
#include "base/patience.h"
#include "base/vector.h"
#include "tree/node.h"
#include "tree/open_folder.h"

/* What a name may be, and which times new items get. */
struct fsi_tree_rules {
	bool case_sensitive;	 /* "a" and "A" are two names */
	bool any_character;	 /* all but "/" and NUL; else as IMAPI has it */
	bool restricted;	 /* new names: characters 32 to 127 only */
	bool reproducible_times; /* see fsi_image_put_reproducible_times() */
};

/* What may be added. 0 means no limit. */
struct fsi_tree_limits {
	uint32_t max_levels;	       /* directories below each other, root included */
	uint32_t max_directories;      /* root included */
	const char *directory_limiter; /* the file system that sets it */
	uint32_t max_subdirectories;   /* directories in one, a limit of UDF */
	uint64_t max_file_size;
	const char *size_limiter;
	/* Not refused: larger files go with what only some file systems hold. */
	uint64_t max_plain_size;
	uint64_t capacity_blocks;
	/* The exact size of the image as it is now. */
	HRESULT (*measure)(void *context, uint32_t *ret_blocks);
	void *context;
};

/*
 * Told of each node that comes into the image or leaves it, before those below it;
 * data is counted so that it has one use when it comes first or leaves last.
 */
struct fsi_tree_watcher {
	void (*came)(void *context, struct fsi_node *node);
	void (*leaves)(void *context, struct fsi_node *node); /* it is still there */
	/* The streams of an item of the image are about to change, or have. */
	void (*streams_change)(void *context, struct fsi_node *owner);
	void (*streams_changed)(void *context, struct fsi_node *owner);
	void *context;
};

struct fsi_change;
struct fsi_stash;

struct fsi_tree {
	struct fsi_node root;
	struct fsi_node detached; /* the parent of items that are in no image */
	struct fsi_tree_rules rules;
	struct fsi_tree_limits limits;
	const struct fsi_tree_watcher *watcher; /* NULL: nobody watches */
	struct fsi_patience patience;		/* of whoever goes through it */
	fsi_ticks recording_time;
	uint32_t file_count;
	uint32_t directory_count; /* the root not counted */
	uint32_t stream_count;	  /* named streams */
	uint32_t real_time_count; /* files that want to be real-time files */
	uint64_t generation;	  /* grows with every change of the content */
	struct fsi_stash *stash;  /* one reference; NULL: nothing is ever staged */
	bool stages_files;	  /* all that is added, not only what has to be */

	struct fsi_arena arena; /* nodes, names, data */
	struct fsi_children *children_made;
	struct {
		struct fsi_node **slots;
		uint32_t capacity; /* a power of two, or 0 */
		uint32_t count;
	} names; /* by parent and name */
	struct {
		struct fsi_data **slots;
		uint32_t capacity;
		uint32_t count;
	} host_files;			       /* by device and inode */
	struct fsi_folder_cache open_folder;   /* that files are opened in */
	FSI_VECTOR(uint64_t) devices;	       /* st_dev by our number */
	FSI_VECTOR(struct fsi_data *) streams; /* data that holds a stream */
	FSI_VECTOR(fsi_stream *) discs;	       /* that items were imported from */
	FSI_VECTOR(struct fsi_change) changes; /* the undo log, tree/change.h */
	int32_t locked_point;	     /* the change point that the log begins at */
	int32_t open_points;	     /* change points in the log */
	uint64_t free_budget_blocks; /* may be added before the next measurement */
};

/* The tree is to be destroyed also when this fails (E_OUTOFMEMORY). */
HRESULT fsi_tree_init(struct fsi_tree *tree, fsi_ticks recording_time);
void fsi_tree_destroy(struct fsi_tree *tree);

/*
 * A node that is in no directory yet; its name is copied, its times are the
 * recording time, its attributes those of something made, not found.
 * E_OUTOFMEMORY.
 */
HRESULT fsi_tree_make_node(struct fsi_tree *tree, enum fsi_node_kind kind,
			   const char *name, size_t name_length,
			   struct fsi_node **ret_node);

/* An empty list of children or streams, freed with the tree. NULL: no memory. */
struct fsi_children *fsi_tree_make_children(struct fsi_tree *tree);

/* The child of a directory with that name, or NULL. */
struct fsi_node *fsi_tree_find_child(const struct fsi_tree *tree,
				     const struct fsi_node *directory, const char *name,
				     size_t name_length);

/*
 * Put a detached node with all below it into a directory: all limits are checked
 * here, and only here. IMAPI_E_DUP_NAME, _ISO9660_LEVELS, _TOO_MANY_DIRS, _DATA_TOO_BIG,
 * _IMAGE_SIZE_LIMIT, E_OUTOFMEMORY; then nothing has changed.
 */
HRESULT fsi_tree_insert(struct fsi_tree *tree, struct fsi_node *directory,
			struct fsi_node *node);

/* More bytes than this no file of the image has; UINT64_MAX: no limit. */
uint64_t fsi_tree_max_file_size(const struct fsi_tree *tree);

/*
 * Check a file of the image again whose data has another size than when it was
 * put there. is_cut: it has more bytes than fsi_tree_max_file_size(), which nobody
 * has counted. IMAPI_E_DATA_TOO_BIG, _IMAGE_SIZE_LIMIT.
 */
HRESULT fsi_tree_check_resized(struct fsi_tree *tree, const struct fsi_node *file,
			       bool is_cut);

/* Take a node with all below it out of its directory. Never fails. */
void fsi_tree_remove(struct fsi_tree *tree, struct fsi_node *node);

/*
 * Say whether a file is to be a real-time file; is_laid_out: in the layout that
 * is alive too, not only in the next.
 */
void fsi_tree_put_real_time(struct fsi_node *file, bool value, bool is_laid_out);

/* Let the next layout have what files want to be. */
void fsi_tree_settle_real_time(struct fsi_tree *tree);

/* Named streams of an item come into the image with it, or leave. */
void fsi_tree_count_stream(struct fsi_tree *tree, const struct fsi_node *stream,
			   uint32_t by);

/* Link and unlink without a check: for the undo log. */
HRESULT fsi_tree_link(struct fsi_tree *tree, struct fsi_node *directory,
		      struct fsi_node *node);
void fsi_tree_unlink(struct fsi_tree *tree, struct fsi_node *node);

/* The tree of a node, and whether it is in the image, not detached or removed. */
struct fsi_tree *fsi_node_tree(const struct fsi_node *node);
bool fsi_node_is_in_image(const struct fsi_node *node);

/* The level of a directory: 1 for the root. */
uint32_t fsi_node_level(const struct fsi_node *directory);

/* Whether all file systems hold an item, not only those of POSIX or large files. */
bool fsi_tree_is_plain(const struct fsi_tree *tree, const struct fsi_node *node);

/* The deepest level of directories; the size of the largest file. Whole walks. */
uint32_t fsi_tree_count_levels(struct fsi_tree *tree);
uint64_t fsi_tree_largest_size(struct fsi_tree *tree);

/*
 * Check the whole tree against limits that were set after it was filled:
 * IMAPI_E_ISO9660_LEVELS, _TOO_MANY_DIRS, _DATA_TOO_BIG.
 */
HRESULT fsi_tree_check_limits(struct fsi_tree *tree,
			      const struct fsi_tree_limits *limits);

/* After a property changed the size of the image: measure before the next add. */
static inline void fsi_tree_forget_budget(struct fsi_tree *tree)
{
	tree->free_budget_blocks = 0;
	tree->generation++;
}

#endif
