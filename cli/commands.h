/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands. Each takes its own command line and returns an exit status. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

int create_command(int argc, char **argv);
int append_command(int argc, char **argv);
int revert_command(int argc, char **argv);
int serve_command(int argc, char **argv);
int info_command(int argc, char **argv);
int ls_command(int argc, char **argv);
int extract_command(int argc, char **argv);
int check_command(int argc, char **argv);
int map_command(int argc, char **argv);
int errors_command(int argc, char **argv);

/** The texts of "fsimage create --help" and so on. */
extern const char create_help[];
extern const char append_help[];
extern const char revert_help[];
extern const char serve_help[];
extern const char info_help[];
extern const char ls_help[];
extern const char extract_help[];
extern const char check_help[];
extern const char map_help[];
extern const char errors_help[];

#endif
