/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command and says what it took, in one line: seconds until it ended, until
 * its output was on the disk, of user and of system time, and KiB at its peak.
 *
 *     measure OUTPUT COMMAND [ARGUMENT...]
 *
 * It is a program of its own because the peak that the kernel tells of a child
 * is never less than that of the process that it was forked from.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* The command's own output is not of interest. */
static void become(char **command)
{
	const int nowhere = open("/dev/null", O_RDWR);

	dup2(nowhere, STDIN_FILENO);
	dup2(nowhere, STDOUT_FILENO);
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static int sync_file(const char *path)
{
	const int file = open(path, O_RDONLY);
	const int failed = file < 0 || fsync(file) != 0;

	if (failed)
		perror(path);
	if (file >= 0)
		close(file);
	return failed;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status = 0;
	double begin = now();
	double end = 0;
	pid_t child = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: measure OUTPUT COMMAND [ARGUMENT...]\n");
		return EXIT_FAILURE;
	}
	child = fork();
	if (child == 0)
		become(argv + 2);
	if (child < 0 || wait4(child, &status, 0, &usage) != child) {
		perror("measure");
		return EXIT_FAILURE;
	}
	end = now();
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "measure: %s has failed\n", argv[2]);
		return EXIT_FAILURE;
	}
	if (sync_file(argv[1]) != 0)
		return EXIT_FAILURE;
	printf("%.3f %.3f %.3f %.3f %ld\n", end - begin, now() - begin,
	       seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss);
	return EXIT_SUCCESS;
}
