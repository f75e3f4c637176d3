/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command "fsimage": finds the subcommand and runs it. */

#include "cli/commands.h"
#include "cli/message.h"

#include <fsimage/fsimage.h>

#include <errno.h>
#include <string.h>

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
	const char *summary;
} commands[] = {
	{"create", create_command, create_help, "make an image of folders and files"},
	{"append", append_command, append_help, "add a session to an image or disc"},
	{"revert", revert_command, revert_help, "show an earlier session of it again"},
	{"serve", serve_command, serve_help, "let others read such an image unwritten"},
	{"info", info_command, info_help, "tell what an image holds"},
	{"ls", ls_command, ls_help, "list the names in an image"},
	{"extract", extract_command, extract_help, "take files out of an image"},
	{"check", check_command, check_help, "tell what is wrong with an image"},
	{"map", map_command, map_help, "draw what is where in an image"},
	{"errors", errors_command, errors_help, "tell what result codes mean"},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static int print_help(void)
{
	fputs("Usage: fsimage COMMAND [ARGUMENT]...\n"
	      "Make and read images of optical discs: ISO 9660, Joliet and UDF.\n\n",
	      stdout);
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-12s%s\n", commands[i].name, commands[i].summary);
	fputs("  help        tell more of a command: fsimage help create\n"
	      "\n"
	      "  --help      show this and end\n"
	      "  --version   show the version and end\n"
	      "\n"
	      "Exit status: 0 done, 1 failed, 2 wrong command line. fsimage(1) tells "
	      "more.\n",
	      stdout);
	return STATUS_DONE;
}

static int print_help_of(int argc, char **argv)
{
	const struct command *command = NULL;

	if (argc < 3)
		return print_help();
	command = find_command(argv[2]);
	if (command == NULL)
		return message_usage(NULL, "there is no command '%s'", argv[2]);
	fputs(command->help, stdout);
	return STATUS_DONE;
}

static int run_command(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct command *command = name != NULL ? find_command(name) : NULL;

	if (command != NULL)
		return command->run(argc - 1, argv + 1);
	if (name == NULL)
		return message_usage(
			NULL, "name a command: create, append, revert, serve, info, ls, "
			      "extract, check, map, errors or help");
	if (strcmp(name, "help") == 0)
		return print_help_of(argc, argv);
	if (strcmp(name, "--help") == 0)
		return print_help();
	if (strcmp(name, "--version") == 0) {
		printf("fsimage %s\n", fsi_get_version());
		return STATUS_DONE;
	}
	return message_usage(NULL, "there is no command '%s'", name);
}

int main(int argc, char **argv)
{
	int status = run_command(argc, argv);

	/* What was told must have arrived. */
	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout))
		status = message_error("standard output: %s",
				       strerror(errno != 0 ? errno : EIO));
	return status;
}
