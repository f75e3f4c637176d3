/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making files, links, devices, FIFOs and sockets: under a name for the time being,
 * which becomes the right one when all is there. So nothing that was there before
 * is touched, or followed, until then.
 */

#include "cli/extraction.h"

#include <fsimage/fsimage.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What is made: in which folder, of what. */
struct making {
	struct extraction *extraction;
	const struct child *child;
	int folder;
	const char *target; /* of a symbolic link */
	int descriptor;	    /* of a file; else -1 */
};

/* ---- what stands in the way -------------------------------------------- */

static int refuse_existing(struct extraction *extraction)
{
	return extraction_stop_for(extraction, FSI_E_FILE_EXISTS, "It exists already.",
				   extraction->options.force ? NULL
							     : "--force replaces it");
}

static int refuse_folder(struct extraction *extraction)
{
	return extraction_stop_for(extraction, FSI_E_DIRECTORY_NOT_SUPPORTED,
				   "A folder is in the way.", NULL);
}

/* Of a long file it is better to know before. */
static int check_free(const struct making *making)
{
	struct stat status;

	if (fstatat(making->folder, folders_name(&making->extraction->folders), &status,
		    AT_SYMLINK_NOFOLLOW) != 0)
		return STATUS_DONE;
	if (!making->extraction->options.force)
		return refuse_existing(making->extraction);
	return S_ISDIR(status.st_mode) ? refuse_folder(making->extraction) : STATUS_DONE;
}

/* ---- the name for the time being --------------------------------------- */

static int link_first(const struct making *making, const char *first, const char *name)
{
	const struct folders *folders = &making->extraction->folders;
	const char *slash = strrchr(first, '/');
	char *path = strndup(first, slash != NULL ? (size_t)(slash - first) : 0);
	int folder = -1;
	int error = path != NULL ? folders_open(folders, path, &folder) : ENOMEM;

	if (error == 0 && linkat(folder, slash != NULL ? slash + 1 : first,
				 making->folder, name, 0) != 0)
		error = errno;
	if (folder >= 0)
		close(folder);
	free(path);
	return error;
}

static int make_node(const struct making *making, const char *name, mode_t type)
{
	const struct fsi_disc_entry_info *info = making->child->info;
	const dev_t device = makedev(info->device_major, info->device_minor);

	return mknodat(making->folder, name, type | S_IRUSR | S_IWUSR, device) != 0
		       ? errno
		       : 0;
}

/* Returns an errno, or 0. */
static int make_named(struct making *making, const char *name)
{
	switch (making->child->info->kind) {
	case FSI_DISC_LINK:
		return symlinkat(making->target, making->folder, name) != 0 ? errno : 0;
	case FSI_DISC_BLOCK_DEVICE:
		return make_node(making, name, S_IFBLK);
	case FSI_DISC_CHARACTER_DEVICE:
		return make_node(making, name, S_IFCHR);
	case FSI_DISC_FIFO:
		return make_node(making, name, S_IFIFO);
	case FSI_DISC_SOCKET:
		return make_node(making, name, S_IFSOCK);
	case FSI_DISC_DIRECTORY:
		return EISDIR;
	case FSI_DISC_FILE:
	default:
		do
			making->descriptor = openat(making->folder, name,
						    O_WRONLY | O_CREAT | O_EXCL |
							    O_NOFOLLOW | O_CLOEXEC,
						    0600);
		while (making->descriptor < 0 && errno == EINTR);
		return making->descriptor < 0 ? errno : 0;
	}
}

/* first is another name of the same; NULL: none. Returns an errno, or 0. */
static int make_temporary(struct making *making, const char *first)
{
	struct extraction *extraction = making->extraction;
	char *name = extraction->temporary;

	for (unsigned number = 0;; number++) {
		int error = 0;

		/* Nearly always free, and else an older one of a process killed. */
		snprintf(name, sizeof(extraction->temporary), ".fsimage-extract-%ld-%u",
			 (long)getpid(), number);
		error = first != NULL ? link_first(making, first, name)
				      : make_named(making, name);
		if (error != EEXIST)
			return error;
	}
}

static void remove_temporary(const struct making *making)
{
	unlinkat(making->folder, making->extraction->temporary, 0);
}

/* ---- the right name ---------------------------------------------------- */

/* Without renameat2() a link is what does not replace. Returns an errno, or 0. */
static int rename_without_replacing(int folder, const char *from, const char *to)
{
	if (renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (linkat(folder, from, folder, to, 0) != 0)
		return errno;
	unlinkat(folder, from, 0);
	return 0;
}

static int publish(const struct making *making)
{
	struct extraction *extraction = making->extraction;
	const char *name = folders_name(&extraction->folders);
	int error = 0;

	if (!extraction->options.force)
		error = rename_without_replacing(making->folder, extraction->temporary,
						 name);
	else if (renameat(making->folder, extraction->temporary, making->folder, name) !=
		 0)
		error = errno;
	if (error == 0)
		return STATUS_DONE;
	remove_temporary(making);
	if (error == EEXIST && !extraction->options.force)
		return refuse_existing(extraction);
	if (error == EISDIR || error == EEXIST || error == ENOTEMPTY)
		return refuse_folder(extraction);
	return extraction_stop(extraction, error);
}

/* ---- entries ----------------------------------------------------------- */

static bool has_more_names(const struct child *child)
{
	return child->info->link_count > 1;
}

/*
 * Another name for what is there already. *ret_is_linked stays false where the
 * file system allows no more of them; then it becomes a file of its own.
 */
static int make_hard_link(struct making *making, bool *ret_is_linked)
{
	struct extraction *extraction = making->extraction;
	const char *first =
		has_more_names(making->child)
			? seen_find(&extraction->files, making->child->info->identity)
			: NULL;
	int status = STATUS_DONE;
	int error = 0;

	if (first == NULL)
		return STATUS_DONE;
	error = make_temporary(making, first);
	if (error == ENOMEM || error == ENOSPC || error == EDQUOT || error == EIO)
		return extraction_stop(extraction, error);
	if (error != 0) {
		extraction->counts.copies++;
		return STATUS_DONE;
	}
	status = publish(making);
	/* Renaming a name over another of the same file leaves both. */
	if (status == STATUS_DONE && extraction->options.force)
		remove_temporary(making);
	if (status == STATUS_DONE)
		extraction->counts.hard_links++;
	*ret_is_linked = true;
	return status;
}

/* Devices are for the superuser, and some file systems know files alone. */
static bool may_be_left_out(const struct child *child, int error)
{
	return child->info->kind != FSI_DISC_FILE &&
	       (error == EPERM || error == EOPNOTSUPP || error == EINVAL);
}

static void count(struct extraction *extraction, const struct child *child)
{
	if (child->info->kind == FSI_DISC_FILE)
		extraction->counts.files++;
	else if (child->info->kind == FSI_DISC_LINK)
		extraction->counts.symbolic_links++;
	else
		extraction->counts.special++;
}

/* Fill what was made, and give it its name. */
static int complete(struct making *making)
{
	struct extraction *extraction = making->extraction;
	const struct child *child = making->child;
	const struct made made = {making->descriptor, making->folder,
				  extraction->temporary};
	int status = STATUS_DONE;

	if (making->descriptor >= 0)
		status = contents_write(extraction, child, making->descriptor);
	if (status == STATUS_DONE) {
		status = restore_attributes(extraction, child->entry, child->info, &made);
		/* What is damaged beside the bytes has been told: they are good. */
		if (!extraction->is_stopped)
			status = STATUS_DONE;
	}
	if (making->descriptor >= 0 && close(making->descriptor) != 0 &&
	    status == STATUS_DONE)
		status = extraction_stop(extraction, errno);
	if (status != STATUS_DONE) {
		remove_temporary(making);
		return status;
	}
	return publish(making);
}

static int make_new(struct making *making)
{
	struct extraction *extraction = making->extraction;
	const struct child *child = making->child;
	const int error = make_temporary(making, NULL);
	int status = STATUS_DONE;

	if (may_be_left_out(child, error)) {
		extraction->counts.left_special++;
		return STATUS_DONE;
	}
	if (error != 0)
		return extraction_stop(extraction, error);
	status = complete(making);
	if (status != STATUS_DONE)
		return status;
	count(extraction, child);
	if (has_more_names(child) && !seen_add(&extraction->files, child->info->identity,
					       extraction->folders.path))
		return extraction_stop(extraction, ENOMEM);
	return STATUS_DONE;
}

/* Everything about an entry that is read before something is made. */
static int prepare(struct making *making, char **ret_target)
{
	struct extraction *extraction = making->extraction;
	const struct child *child = making->child;
	const int error = folders_last(&extraction->folders, &making->folder);
	HRESULT hr = S_OK;

	if (error != 0)
		return extraction_stop(extraction, error);
	if (child->info->kind == FSI_DISC_LINK)
		hr = fsi_disc_entry_get_link_target(child->entry, ret_target);
	if (FAILED(hr))
		return extraction_refuse(extraction, hr);
	making->target = *ret_target;
	return child->info->size > EXTRACTION_BUFFER_SIZE ? check_free(making)
							  : STATUS_DONE;
}

int make_entry(struct extraction *extraction, const struct child *child)
{
	struct making making = {
		.extraction = extraction, .child = child, .descriptor = -1};
	char *target = NULL;
	bool is_linked = false;
	int status = prepare(&making, &target);

	if (status == STATUS_DONE)
		status = make_hard_link(&making, &is_linked);
	if (status == STATUS_DONE && !is_linked)
		status = make_new(&making);
	fsi_free(target);
	return status;
}
