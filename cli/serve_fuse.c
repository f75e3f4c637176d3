/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage serve --fuse": the image as the one file of a mount. */

#define FUSE_USE_VERSION 31

#include "cli/serve.h"

#include "cli/interrupt.h"
#include "cli/serving.h"

#include <fsimage/codes.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* What a folder shows. */
#define FILE_NAME "image.iso"

/* Threads that answer the kernel. */
#define WORKERS 4

/* Nothing ever changes: as many seconds as the kernel likes. */
#define FOR_EVER (365.0 * 24 * 60 * 60)

#define SECTOR_SIZE 512 /* that stat(2) counts */

struct mount {
	struct serving serving;
	struct stat folder; /* of a mount onto a folder */
	struct stat file;
	bool is_folder; /* what it is mounted onto */
	struct fuse_session *session;
	int signals; /* readable when it is time to end */
};

/* ---- what the kernel asks ---------------------------------------------- */

/* Of a number of the mount; NULL: there is none. */
static const struct stat *find_status(const struct mount *mount, fuse_ino_t number)
{
	if (number == mount->file.st_ino)
		return &mount->file;
	return mount->is_folder && number == mount->folder.st_ino ? &mount->folder : NULL;
}

static void answer_lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	const struct mount *mount = fuse_req_userdata(request);
	const struct fuse_entry_param entry = {
		.ino = mount->file.st_ino,
		.attr = mount->file,
		.attr_timeout = FOR_EVER,
		.entry_timeout = FOR_EVER,
	};

	if (parent != FUSE_ROOT_ID || !mount->is_folder || strcmp(name, FILE_NAME) != 0)
		fuse_reply_err(request, ENOENT);
	else
		fuse_reply_entry(request, &entry);
}

static void answer_getattr(fuse_req_t request, fuse_ino_t number,
			   struct fuse_file_info *info)
{
	const struct stat *status = find_status(fuse_req_userdata(request), number);

	(void)info;
	if (status == NULL)
		fuse_reply_err(request, ENOENT);
	else
		fuse_reply_attr(request, status, FOR_EVER);
}

static void answer_open(fuse_req_t request, fuse_ino_t number,
			struct fuse_file_info *info)
{
	(void)number;
	if ((info->flags & O_ACCMODE) != O_RDONLY) {
		fuse_reply_err(request, EROFS);
		return;
	}
	info->keep_cache = 1;
	fuse_reply_open(request, info);
}

static void answer_read(fuse_req_t request, fuse_ino_t number, size_t length,
			off_t offset, struct fuse_file_info *info)
{
	struct mount *mount = fuse_req_userdata(request);
	const uint64_t size = mount->serving.size;
	char *buffer = NULL;
	int error = 0;

	(void)number;
	(void)info;
	if (offset < 0 || (uint64_t)offset >= size)
		length = 0;
	else if (length > size - (uint64_t)offset)
		length = (size_t)(size - (uint64_t)offset);
	buffer = malloc(length > 0 ? length : 1);
	if (buffer == NULL)
		error = ENOMEM;
	else if (length > 0)
		error = serving_read(&mount->serving, buffer, length, (uint64_t)offset);
	if (error != 0)
		fuse_reply_err(request, error);
	else
		fuse_reply_buf(request, buffer, length);
	free(buffer);
}

static void answer_readdir(fuse_req_t request, fuse_ino_t number, size_t length,
			   off_t offset, struct fuse_file_info *info)
{
	const struct mount *mount = fuse_req_userdata(request);
	const struct {
		const char *name;
		const struct stat *status;
	} entries[] = {
		{".", &mount->folder}, {"..", &mount->folder}, {FILE_NAME, &mount->file}};
	const off_t count = (off_t)(sizeof(entries) / sizeof(entries[0]));
	char buffer[512];
	size_t used = 0;

	(void)number;
	(void)info;
	if (length > sizeof(buffer))
		length = sizeof(buffer);
	for (off_t i = offset; i >= 0 && i < count; i++) {
		const size_t size =
			fuse_add_direntry(request, buffer + used, length - used,
					  entries[i].name, entries[i].status, i + 1);

		if (size > length - used)
			break;
		used += size;
	}
	fuse_reply_buf(request, buffer, used);
}

static const struct fuse_lowlevel_ops operations = {
	.lookup = answer_lookup,
	.getattr = answer_getattr,
	.open = answer_open,
	.read = answer_read,
	.readdir = answer_readdir,
};

/* ---- answering --------------------------------------------------------- */

/*
 * Until a signal comes or somebody unmounts it. All threads wait for both, so that
 * none has to be woken: the signal is left where it is.
 */
static void *work(void *context)
{
	struct mount *mount = context;
	struct pollfd events[] = {
		{.fd = fuse_session_fd(mount->session), .events = POLLIN},
		{.fd = mount->signals, .events = POLLIN},
	};
	struct fuse_buf buffer = {0};

	while (!fuse_session_exited(mount->session)) {
		int length = -EINTR;

		if (poll(events, 2, -1) < 0 && errno != EINTR)
			break;
		if (events[1].revents != 0)
			break;
		if (events[0].revents != 0)
			length = fuse_session_receive_buf(mount->session, &buffer);
		/* Another thread was faster. */
		if (length == -EINTR || length == -EAGAIN)
			continue;
		if (length <= 0)
			break;
		fuse_session_process_buf(mount->session, &buffer);
	}
	free(buffer.mem);
	return NULL;
}

/* What can't be started is not there: one thread is enough. */
static void work_together(struct mount *mount)
{
	pthread_t threads[WORKERS - 1];
	size_t count = 0;

	while (count < WORKERS - 1 &&
	       pthread_create(&threads[count], NULL, work, mount) == 0)
		count++;
	work(mount);
	while (count > 0)
		pthread_join(threads[--count], NULL);
}

/* ---- mounting ---------------------------------------------------------- */

/* From now on a signal waits until somebody looks at the descriptor. */
static int open_signals(struct mount *mount)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0)
		return errno;
	mount->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return mount->signals >= 0 ? 0 : errno;
}

/* What is in a folder would be hidden, and be asked for through the mount. */
static int check_empty(const struct build *build, const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry = NULL;

	if (folder == NULL)
		return message_errno_failure(&build->voice, errno, "mounting onto %s",
					     path);
	do
		entry = readdir(folder);
	while (entry != NULL &&
	       (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
	closedir(folder);
	if (entry == NULL)
		return STATUS_DONE;
	return message_own_failure(&build->voice, FSI_E_FILE_EXISTS,
				   "The folder is not empty.", NULL, "mounting onto %s",
				   path);
}

/* The file that it is mounted onto is not taken into the image. */
static int check_mount_point(struct build *build, struct mount *mount)
{
	struct output *output = &build->output;
	struct stat status;

	output->path = build->options.output;
	output->real_path = realpath(output->path, NULL);
	if (output->real_path == NULL || stat(output->real_path, &status) != 0)
		return message_errno_failure(&build->voice, errno, "mounting onto %s",
					     output->path);
	mount->is_folder = S_ISDIR(status.st_mode);
	if (mount->is_folder)
		return check_empty(build, output->path);
	if (!S_ISREG(status.st_mode))
		return message_own_failure(&build->voice, IMAPI_E_NOT_FILE,
					   "It is neither a file nor a folder.", NULL,
					   "mounting onto %s", output->path);
	output->is_file = true;
	output->device = status.st_dev;
	output->inode = status.st_ino;
	return STATUS_DONE;
}

static void describe(const struct build *build, struct mount *mount)
{
	const struct stat common = {
		.st_uid = geteuid(),
		.st_gid = getegid(),
		.st_atim = build->options.recording_time,
		.st_mtim = build->options.recording_time,
		.st_ctim = build->options.recording_time,
	};

	mount->folder = common;
	mount->folder.st_ino = FUSE_ROOT_ID;
	mount->folder.st_mode = S_IFDIR | 0555;
	mount->folder.st_nlink = 2;
	mount->file = common;
	mount->file.st_ino = mount->is_folder ? FUSE_ROOT_ID + 1 : FUSE_ROOT_ID;
	mount->file.st_mode = S_IFREG | 0444;
	mount->file.st_nlink = 1;
	mount->file.st_size = (off_t)mount->serving.size;
	mount->file.st_blocks = (blkcnt_t)(mount->serving.size / SECTOR_SIZE);
}

/* libfuse itself tells on standard error what is wrong, as fusermount3 does. */
static int open_session(const struct build *build, struct mount *mount)
{
	struct fuse_args words = FUSE_ARGS_INIT(0, NULL);
	int descriptor = -1;

	if (fuse_opt_add_arg(&words, "fsimage") == 0 &&
	    fuse_opt_add_arg(&words, "-oro,fsname=fsimage,subtype=fsimage") == 0)
		mount->session =
			fuse_session_new(&words, &operations, sizeof(operations), mount);
	fuse_opt_free_args(&words);
	if (mount->session == NULL ||
	    fuse_session_mount(mount->session, build->output.real_path) != 0)
		return message_own_failure(&build->voice, E_FAIL,
					   "FUSE does not mount there.", NULL,
					   "mounting onto %s", build->options.output);
	/* All threads are told of a request; all but one find nothing. */
	descriptor = fuse_session_fd(mount->session);
	if (fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0)
		return STATUS_DONE;
	fuse_session_unmount(mount->session);
	return message_errno_failure(&build->voice, errno, "mounting onto %s",
				     build->options.output);
}

static int run(struct build *build, struct mount *mount)
{
	int status = check_mount_point(build, mount);
	int error = 0;

	if (status == STATUS_DONE)
		status = serving_begin(build, &mount->serving);
	if (status != STATUS_DONE)
		return status;
	describe(build, mount);
	error = open_signals(mount);
	if (error != 0)
		return message_errno_failure(&build->voice, error, "awaiting signals");
	if (interrupt_came())
		return STATUS_FAILED;
	status = open_session(build, mount);
	if (status != STATUS_DONE)
		return status;
	status = build_report(build);
	fflush(stdout);
	if (status == STATUS_DONE)
		work_together(mount);
	fuse_session_unmount(mount->session);
	return status;
}

int serve_fuse(struct build *build)
{
	struct mount mount = {.signals = -1};
	const int status = run(build, &mount);

	if (mount.session != NULL)
		fuse_session_destroy(mount.session);
	if (mount.signals >= 0)
		close(mount.signals);
	serving_clear(&mount.serving);
	return status;
}
