/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting calls, telling of them, and choosing the one that fails. */
#include "tests/faults/fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Out of the way of what the program opens. */
#define LOG_DESCRIPTOR 900
/* Of those below it, which were open before the program began. */
#define KNOWN_COUNT 64

static bool is_active;
static bool is_cloning;
static const char *chosen_name = "";
static unsigned long chosen;
static bool is_lasting; /* it fails from then on */
static const char *kind = "0";
static atomic_ulong calls;	/* all */
static atomic_ulong same_calls; /* of the function that fails */
static bool was_open[KNOWN_COUNT];

/* ---- telling ----------------------------------------------------------- */

/* The functions of the C library are those that fail: the system is asked itself. */
static void tell(unsigned long number, const char *name, const char *path,
		 const char *outcome)
{
	char line[2 * PATH_MAX];
	const int length = snprintf(line, sizeof(line), "%lu\t%s\t%s\t%s\n", number, name,
				    path, outcome);

	if (length > 0 && (size_t)length < sizeof(line))
		syscall(SYS_write, LOG_DESCRIPTOR, line, (size_t)length);
}

static const char *path_of(int descriptor, char (*buffer)[PATH_MAX])
{
	char link[40];
	long length = 0;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	length = syscall(SYS_readlinkat, AT_FDCWD, link, *buffer, sizeof(*buffer) - 1);
	(*buffer)[length > 0 ? length : 0] = '\0';
	return *buffer;
}

static void tell_call(unsigned long number, const char *name, int descriptor,
		      const char *path, bool is_chosen)
{
	char folder[PATH_MAX] = "";
	char whole[2 * PATH_MAX];

	if (descriptor >= 0)
		path_of(descriptor, &folder);
	snprintf(whole, sizeof(whole), "%s%s%s",
		 path == NULL || path[0] != '/' ? folder : "",
		 path != NULL && path[0] != '/' && folder[0] != '\0' ? "/" : "",
		 path != NULL ? path : "");
	tell(number, name, whole, is_chosen ? kind : "");
}

/* ---- beginning and ending ---------------------------------------------- */

static bool is_open(int descriptor)
{
	return syscall(SYS_fcntl, descriptor, F_GETFD, 0) >= 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *log = getenv("FAULT_LOG");
	const char *function = getenv("FAULT_CALL");
	const char *number = getenv("FAULT_AT");
	const char *how = getenv("FAULT_KIND");
	const char *name = program_invocation_short_name;
	long descriptor = -1;

	if (log == NULL ||
	    strcmp(strncmp(name, "lt-", 3) == 0 ? name + 3 : name, "fsimage") != 0)
		return;
	descriptor =
		syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (descriptor < 0 ||
	    syscall(SYS_dup3, descriptor, LOG_DESCRIPTOR, O_CLOEXEC) != LOG_DESCRIPTOR)
		abort();
	syscall(SYS_close, descriptor);
	for (int i = 0; i < KNOWN_COUNT; i++)
		was_open[i] = is_open(i);
	chosen_name = function != NULL ? function : "";
	chosen = number != NULL ? strtoul(number, NULL, 10) : 0;
	kind = how != NULL ? how : kind;
	is_lasting = strchr(kind, '+') != NULL;
	is_cloning = getenv("FAULT_CLONE") != NULL;
	is_active = true;
}

__attribute__((destructor)) static void end(void)
{
	char path[PATH_MAX];

	if (!is_active)
		return;
	for (int i = 0; i < KNOWN_COUNT; i++) {
		if (is_open(i) && !was_open[i])
			tell(0, "left", path_of(i, &path), "");
	}
}

/* ---- choosing ---------------------------------------------------------- */

static enum fault happen(void)
{
	if (strcmp(kind, "short") == 0)
		return FAULT_SHORT;
	if (strcmp(kind, "end") == 0)
		return FAULT_END;
	if (strcmp(kind, "stop") == 0 || strcmp(kind, "kill") == 0) {
		syscall(SYS_kill, getpid(), kind[0] == 's' ? SIGSTOP : SIGKILL);
		return FAULT_NONE;
	}
	errno = (int)strtol(kind, NULL, 10);
	return FAULT_FAIL;
}

enum fault fault_begin(const char *name, int descriptor, const char *path)
{
	const int before = errno;
	bool is_chosen = false;

	if (!is_active)
		return FAULT_NONE;
	if (strcmp(name, chosen_name) == 0) {
		const unsigned long number = atomic_fetch_add(&same_calls, 1) + 1;

		is_chosen = number == chosen || (is_lasting && number > chosen);
	}
	tell_call(atomic_fetch_add(&calls, 1) + 1, name, descriptor, path, is_chosen);
	errno = before;
	return is_chosen ? happen() : FAULT_NONE;
}

bool fault_emulates_cloning(void)
{
	return is_active && is_cloning;
}

void *fault_next(const char *name)
{
	void *next = dlsym(RTLD_NEXT, name);

	if (next == NULL)
		abort();
	return next;
}
