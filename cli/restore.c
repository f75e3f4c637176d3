/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Owner, extended attributes, permissions and times of what was extracted. */

#include "cli/extraction.h"

#include <fsimage/codes.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* No system call takes more (XATTR_SIZE_MAX). */
#define LARGEST_ATTRIBUTE 65536

#define SET_IDS ((mode_t)(S_ISUID | S_ISGID))

/* ---- owner ------------------------------------------------------------- */

static bool change_owner(const struct made *made, uid_t uid, gid_t gid)
{
	if (made->descriptor >= 0)
		return fchown(made->descriptor, uid, gid) == 0;
	return fchownat(made->folder, made->name, uid, gid, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Returns whether owner and group are those that are recorded. */
static bool restore_owner(struct extraction *extraction,
			  const struct fsi_disc_entry_info *info, const struct made *made)
{
	const uid_t uid = info->has_uid ? (uid_t)info->uid : (uid_t)-1;
	const gid_t gid = info->has_gid ? (gid_t)info->gid : (gid_t)-1;
	const bool is_own_uid = !info->has_uid || uid == geteuid();

	if (!info->has_uid && !info->has_gid)
		return false;
	if (extraction->is_privileged && change_owner(made, uid, gid))
		return info->has_uid && info->has_gid;
	/* Others can give a file to a group that they are in. */
	if (!is_own_uid || (info->has_gid && !change_owner(made, (uid_t)-1, gid))) {
		extraction->counts.owners++;
		return false;
	}
	return info->has_uid && info->has_gid;
}

/* ---- permissions ------------------------------------------------------- */

/*
 * A set-id bit lends the rights of the owner: without the owner that it was meant
 * for, it must not lend another's.
 */
static mode_t choose_mode(struct extraction *extraction,
			  const struct fsi_disc_entry_info *info, bool is_owned)
{
	mode_t mode = (mode_t)(info->mode & 07777);

	if (!info->has_mode)
		return (info->kind == FSI_DISC_DIRECTORY ? 0777 : 0666) &
		       ~extraction->mask;
	if (!is_owned && (mode & SET_IDS) != 0) {
		extraction->counts.set_ids++;
		mode &= ~SET_IDS;
	}
	return mode;
}

/* Whether files could not be made, or found, in a folder of such permissions. */
static bool is_locked(const struct fsi_disc_entry_info *info, mode_t mode)
{
	return info->kind == FSI_DISC_DIRECTORY && (mode & S_IRWXU) != S_IRWXU;
}

static int lock_later(struct extraction *extraction, mode_t mode)
{
	struct locked_folder *locked = extraction->locked;
	char *path = NULL;

	if (extraction->locked_count == extraction->locked_capacity) {
		const size_t capacity = extraction->locked_capacity == 0
						? 16
						: extraction->locked_capacity * 2;

		locked = reallocarray(locked, capacity, sizeof(*locked));
		if (locked == NULL)
			return extraction_stop(extraction, ENOMEM);
		extraction->locked = locked;
		extraction->locked_capacity = capacity;
	}
	path = strdup(extraction->folders.path);
	if (path == NULL)
		return extraction_stop(extraction, ENOMEM);
	locked[extraction->locked_count++] = (struct locked_folder){path, mode};
	return STATUS_DONE;
}

static int restore_mode(struct extraction *extraction,
			const struct fsi_disc_entry_info *info, const struct made *made,
			bool is_owned)
{
	const mode_t mode = choose_mode(extraction, info, is_owned);
	int result = 0;

	if (info->kind == FSI_DISC_LINK)
		return STATUS_DONE; /* Linux has none for them */
	if (is_locked(info, mode))
		return lock_later(extraction, mode);
	if (made->descriptor >= 0)
		result = fchmod(made->descriptor, mode);
	else
		result = fchmodat(made->folder, made->name, mode, AT_SYMLINK_NOFOLLOW);
	/* Some file systems have no permissions. */
	if (result != 0 && (errno == EPERM || errno == EOPNOTSUPP)) {
		extraction->counts.modes++;
		return STATUS_DONE;
	}
	return result != 0 ? extraction_stop(extraction, errno) : STATUS_DONE;
}

void restore_locked_folders(struct extraction *extraction)
{
	/* The deeper ones come first, as they were left first. */
	for (size_t i = 0; i < extraction->locked_count; i++) {
		const struct locked_folder *locked = &extraction->locked[i];
		int descriptor = -1;
		int error = folders_open(&extraction->folders, locked->path, &descriptor);

		if (error == 0 && fchmod(descriptor, locked->mode) != 0)
			error = errno;
		if (error != 0)
			extraction->status = message_errno_failure(
				&extraction->voice, error, "extracting %s", locked->path);
		if (descriptor >= 0)
			close(descriptor);
	}
}

/* ---- extended attributes ----------------------------------------------- */

static bool has_name_space(const char *name)
{
	static const char *const spaces[] = {"user.", "system.", "security.", "trusted."};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		if (strncmp(name, spaces[i], strlen(spaces[i])) == 0)
			return true;
	}
	return false;
}

static bool set_attribute(const struct made *made, const char *name, const void *value,
			  size_t size)
{
	char *path = NULL;
	bool answer = false;

	if (made->descriptor >= 0)
		return fsetxattr(made->descriptor, name, value, size, 0) == 0;
	/* There is no call for a name in a folder. */
	if (asprintf(&path, "/proc/self/fd/%d/%s", made->folder, made->name) < 0)
		return false;
	answer = lsetxattr(path, name, value, size, 0) == 0;
	free(path);
	return answer;
}

/* A stream "x" is the attribute "user.x"; "*UDF..." is none (OSTA UDF 3.3.5). */
static HRESULT restore_attribute(struct extraction *extraction, fsi_disc_entry *stream,
				 const struct made *made)
{
	const struct fsi_disc_entry_info *info = NULL;
	fsi_stream *data = NULL;
	const char *name = NULL;
	char *full_name = NULL;
	bool is_set = false;
	HRESULT hr = fsi_disc_entry_get_name(stream, &name);

	if (SUCCEEDED(hr))
		hr = fsi_disc_entry_get_info(stream, &info);
	if (SUCCEEDED(hr) && info->size <= LARGEST_ATTRIBUTE &&
	    strncmp(name, "*UDF", 4) != 0) {
		hr = fsi_disc_entry_open_data(stream, &data);
		if (SUCCEEDED(hr))
			hr = fsi_stream_read_at(data, 0, extraction->buffer,
						(size_t)info->size, NULL);
		if (SUCCEEDED(hr) &&
		    asprintf(&full_name, "%s%s", has_name_space(name) ? "" : "user.",
			     name) < 0)
			hr = E_OUTOFMEMORY;
		if (SUCCEEDED(hr))
			is_set = set_attribute(made, full_name, extraction->buffer,
					       (size_t)info->size);
	}
	if (SUCCEEDED(hr) && !is_set)
		extraction->counts.attributes++;
	free(full_name);
	fsi_stream_release(data);
	return hr;
}

static int restore_streams(struct extraction *extraction, fsi_disc_entry *entry,
			   const struct made *made)
{
	fsi_disc_children *streams = NULL;
	HRESULT hr = fsi_disc_entry_get_streams(entry, &streams);

	while (SUCCEEDED(hr)) {
		fsi_disc_entry *stream = NULL;

		hr = fsi_disc_children_next(streams, &stream);
		if (hr != S_OK)
			break;
		hr = restore_attribute(extraction, stream, made);
		fsi_disc_entry_release(stream);
	}
	fsi_disc_children_release(streams);
	return FAILED(hr) ? extraction_refuse(extraction, hr) : STATUS_DONE;
}

/* ---- times ------------------------------------------------------------- */

static struct timespec choose_time(const struct fsi_disc_time *time)
{
	if (time->is_known)
		return time->time;
	return (struct timespec){.tv_nsec = UTIME_OMIT};
}

static int restore_times(struct extraction *extraction,
			 const struct fsi_disc_entry_info *info, const struct made *made)
{
	const struct timespec times[2] = {choose_time(&info->access_time),
					  choose_time(&info->modification_time)};
	int result = 0;

	if (made->descriptor >= 0)
		result = futimens(made->descriptor, times);
	else
		result = utimensat(made->folder, made->name, times, AT_SYMLINK_NOFOLLOW);
	return result != 0 ? extraction_stop(extraction, errno) : STATUS_DONE;
}

int restore_attributes(struct extraction *extraction, fsi_disc_entry *entry,
		       const struct fsi_disc_entry_info *info, const struct made *made)
{
	const bool is_owned = restore_owner(extraction, info, made);
	int status = STATUS_DONE;

	if (info->has_streams)
		status = restore_streams(extraction, entry, made);
	if (!extraction->is_stopped &&
	    restore_mode(extraction, info, made, is_owned) != 0)
		status = STATUS_FAILED;
	if (!extraction->is_stopped && restore_times(extraction, info, made) != 0)
		status = STATUS_FAILED;
	return status;
}
