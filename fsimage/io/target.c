/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that gets its name when it is complete. */
#include "io/target.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/system.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Temporary names tried before giving up. */
#define NAME_ATTEMPTS 1000

static void close_descriptor(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

static void close_target(struct fsi_target *target)
{
	close_descriptor(&target->descriptor);
	close_descriptor(&target->folder);
	fsi_free(target->name);
	fsi_free(target->temporary);
	target->name = target->temporary = NULL;
}

void fsi_target_abandon(struct fsi_target *target)
{
	if (target->temporary != NULL)
		unlinkat(target->folder, target->temporary, 0);
	close_target(target);
}

/* A device, a FIFO: what is there is written to, not replaced. */
static HRESULT open_in_place(const char *path, const struct stat *status, bool replace,
			     struct fsi_target *target)
{
	const bool is_device = S_ISBLK(status->st_mode);
	off_t end = 0;

	if (is_device && !replace)
		return fsi_error_detail(FSI_FAIL(FSI_E_FILE_EXISTS),
					"%s is a block device.", path);
	/* O_EXCL on a block device: fails while it is mounted. */
	target->descriptor =
		fsi_system_open(AT_FDCWD, path, O_WRONLY | (is_device ? O_EXCL : 0), 0);
	if (target->descriptor < 0)
		return fsi_error_from_errno(errno);
	if (!is_device)
		return S_OK;
	end = lseek(target->descriptor, 0, SEEK_END);
	if (end < 0 || lseek(target->descriptor, 0, SEEK_SET) < 0)
		return fsi_error_from_errno(errno);
	target->capacity = (uint64_t)end;
	return S_OK;
}

/* ".name.N.part": *ret_name is to be freed. */
static HRESULT make_temporary_name(const struct fsi_target *target, unsigned attempt,
				   char **ret_name)
{
	const size_t size = strlen(target->name) + 32;
	char *name = fsi_allocate(size);

	if (name == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	/* A name of 255 bytes has no room for more: keep its beginning. */
	snprintf(name, size, ".%.200s.%u.part", target->name, attempt);
	*ret_name = name;
	return S_OK;
}

static HRESULT create_named(struct fsi_target *target)
{
	int error = EEXIST;

	for (unsigned attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
		char *name = NULL;

		FSI_TRY(make_temporary_name(target, attempt, &name));
		target->descriptor = fsi_system_open(target->folder, name,
						     O_WRONLY | O_CREAT | O_EXCL, 0666);
		if (target->descriptor >= 0) {
			target->temporary = name;
			return S_OK;
		}
		error = errno;
		fsi_free(name);
		if (error != EEXIST)
			break;
	}
	return fsi_error_from_errno(error);
}

/* By which a nameless file can be given a name. */
struct descriptor_path {
	char text[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
};

static struct descriptor_path path_of_descriptor(int descriptor)
{
	struct descriptor_path path;

	snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", descriptor);
	return path;
}

static HRESULT create_nameless(struct fsi_target *target)
{
	target->descriptor =
		fsi_system_open(target->folder, ".", O_TMPFILE | O_WRONLY, 0666);
	if (target->descriptor >= 0) {
		if (access(path_of_descriptor(target->descriptor).text, F_OK) == 0)
			return S_OK;
		/* Without /proc it could never be named. */
		close_descriptor(&target->descriptor);
		return create_named(target);
	}
	/* What file systems and kernels without O_TMPFILE answer. */
	if (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL)
		return create_named(target);
	return fsi_error_from_errno(errno);
}

/* Open the folder of path and keep the last part as the name. */
static HRESULT open_folder(const char *path, struct fsi_target *target)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	char *folder = slash == NULL ? fsi_duplicate_string(".")
		       : slash == path
			       ? fsi_duplicate_string("/")
			       : fsi_duplicate_bytes(path, (size_t)(slash - path));
	int error = 0;

	target->name = fsi_duplicate_string(name);
	if (folder == NULL || target->name == NULL) {
		fsi_free(folder);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	target->folder = fsi_system_open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
	error = target->folder < 0 ? errno : 0;
	fsi_free(folder);
	if (error != 0)
		return fsi_error_from_errno(error);
	if (name[0] == '\0')
		return fsi_error_from_errno(slash != NULL ? EISDIR : ENOENT);
	return S_OK;
}

static HRESULT open_new_file(const char *path, const struct stat *old,
			     struct fsi_target *target)
{
	target->has_older = old != NULL;
	FSI_TRY(open_folder(path, target));
	FSI_TRY(create_nameless(target));
	if (old != NULL && fchmod(target->descriptor, old->st_mode & 0777) != 0)
		return fsi_error_from_errno(errno);
	target->may_have_holes = true;
	return S_OK;
}

static HRESULT open_target(const char *path, struct fsi_target *target)
{
	struct stat status;
	char *real_path = NULL;
	HRESULT hr = S_OK;

	if (stat(path, &status) != 0) {
		if (errno != ENOENT)
			return fsi_error_from_errno(errno);
		return open_new_file(path, NULL, target);
	}
	if (S_ISDIR(status.st_mode))
		return fsi_error_from_errno(EISDIR);
	if (!S_ISREG(status.st_mode))
		return open_in_place(path, &status, target->replace, target);
	if (!target->replace)
		return FSI_FAIL(FSI_E_FILE_EXISTS);
	/* Through a symbolic link the file is replaced, and not the link. */
	real_path = realpath(path, NULL);
	if (real_path == NULL)
		return fsi_error_from_errno(errno);
	hr = open_new_file(real_path, &status, target);
	free(real_path);
	return hr;
}

HRESULT fsi_target_open(const char *path, bool replace, struct fsi_target *ret_target)
{
	struct fsi_target target = {.descriptor = -1, .folder = -1, .replace = replace};
	const HRESULT hr = open_target(path, &target);

	if (FAILED(hr)) {
		fsi_target_abandon(&target);
		return fsi_error_detail(hr, "The path is \"%s\".", path);
	}
	*ret_target = target;
	return S_OK;
}

/* Give the nameless file a name. Returns 0 or errno. */
static int link_nameless(const struct fsi_target *target, const char *name)
{
	const struct descriptor_path path = path_of_descriptor(target->descriptor);

	if (linkat(AT_FDCWD, path.text, target->folder, name, AT_SYMLINK_FOLLOW) != 0)
		return errno;
	return 0;
}

/*
 * Turn the temporary name into one that must be free, as well as the file system
 * can: by renaming, else by a second link. Returns 0 or errno.
 */
static int rename_to_new(const struct fsi_target *target)
{
	const int folder = target->folder;
	struct stat status;

	if (renameat2(folder, target->temporary, folder, target->name,
		      RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (linkat(folder, target->temporary, folder, target->name, 0) == 0)
		return unlinkat(folder, target->temporary, 0) == 0 ? 0 : errno;
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
		return errno;
	/* Neither is there: look before, which may miss a file made this moment. */
	if (fstatat(folder, target->name, &status, AT_SYMLINK_NOFOLLOW) == 0)
		return EEXIST;
	return renameat(folder, target->temporary, folder, target->name) == 0 ? 0 : errno;
}

static int rename_temporary(const struct fsi_target *target)
{
	if (!target->replace)
		return rename_to_new(target);
	if (renameat(target->folder, target->temporary, target->folder, target->name) !=
	    0)
		return errno;
	return 0;
}

/* A nameless file can't take an existing name: it needs one to be renamed from. */
static HRESULT name_to_replace(struct fsi_target *target)
{
	int error = EEXIST;

	for (unsigned attempt = 0; error == EEXIST && attempt < NAME_ATTEMPTS;
	     attempt++) {
		char *name = NULL;

		FSI_TRY(make_temporary_name(target, attempt, &name));
		error = link_nameless(target, name);
		if (error == 0)
			target->temporary = name;
		else
			fsi_free(name);
	}
	return error != 0 ? fsi_error_from_errno(error) : S_OK;
}

static HRESULT give_name(struct fsi_target *target)
{
	int error = 0;

	if (target->temporary == NULL && !target->replace) {
		error = link_nameless(target, target->name);
		return error != 0 ? fsi_error_from_errno(error) : S_OK;
	}
	if (target->temporary == NULL)
		FSI_TRY(name_to_replace(target));
	error = rename_temporary(target);
	if (error != 0)
		return fsi_error_from_errno(error);
	fsi_free(target->temporary);
	target->temporary = NULL;
	return S_OK;
}

/* Pipes and some devices can't be synced; that is no error. */
static HRESULT sync_descriptor(int descriptor)
{
	if (fsi_system_sync(descriptor) != 0 && errno != EINVAL && errno != EROFS &&
	    errno != ENOTSUP)
		return fsi_error_from_errno(errno);
	return S_OK;
}

/* A new name that is not safe is taken back. What was replaced has gone. */
static HRESULT sync_name(const struct fsi_target *target)
{
	const HRESULT hr = sync_descriptor(target->folder);

	if (FAILED(hr) && target->has_older)
		return fsi_error_detail(hr, "The file has been replaced all the same.");
	if (FAILED(hr))
		unlinkat(target->folder, target->name, 0);
	return hr;
}

static HRESULT finish(struct fsi_target *target, bool no_sync)
{
	if (!no_sync)
		FSI_TRY(sync_descriptor(target->descriptor));
	if (target->folder < 0)
		return S_OK;
	FSI_TRY(give_name(target));
	return no_sync ? S_OK : sync_name(target);
}

HRESULT fsi_target_commit(struct fsi_target *target, bool no_sync)
{
	const HRESULT hr = finish(target, no_sync);

	if (FAILED(hr))
		fsi_target_abandon(target);
	else
		close_target(target);
	return hr;
}
