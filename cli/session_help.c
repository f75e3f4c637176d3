/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "fsimage append --help" and "fsimage revert --help" tell; see their options. */

#include "cli/commands.h"

const char append_help[] =
	"Usage: fsimage append [OPTION]... IMAGE [PATH|TARGET=SOURCE]...\n"
	"       fsimage append [OPTION]... --drive ADDRESS [PATH|TARGET=SOURCE]...\n"
	"Add a session to an image or a disc: what it holds stays where it is, and only\n"
	"what is new is written, behind it. Sources are those of 'fsimage create'; a\n"
	"file takes the place of one of the same path.\n"
	"      --drive ADDRESS  of the disc: /dev/sr0, or stdio:FILE\n"
	"      --remove PATH    no longer list a file or folder of the image; nothing "
	"is\n"
	"                       erased\n"
	"      --move FROM=TO   give one another name or place\n"
	"      --import VIEW    what is there by its udf, joliet or iso9660; by default\n"
	"                       the one that keeps most\n"
	"\n"
	"All options of 'fsimage create' that describe files, names and file systems "
	"are\n"
	"taken. At every moment the disc reads as before or as after.\n"
	"  -q, --quiet; -v, --verbose; --json   tell nothing, more, or one JSON object\n"
	"      --help, --version   show this, or the version, and end\n";

const char revert_help[] =
	"Usage: fsimage revert --session N IMAGE\n"
	"       fsimage revert --session N --drive ADDRESS\n"
	"Make an earlier session of an image or a disc the one that is shown: as a new\n"
	"session, so that all that came later is still there, and can be gone back to.\n"
	"      --session N      the one to be shown; 'fsimage info' lists them\n"
	"      --drive ADDRESS  of the disc: /dev/sr0, or stdio:FILE\n"
	"      --import VIEW    by its udf, joliet or iso9660; by default the one that\n"
	"                       keeps most\n"
	"  -V, --volume NAME    name the volume anew\n"
	"      --rules RULES    linux (default) or imapi\n"
	"      --redundant-metadata   a copy of UDF's metadata\n"
	"  -q, --quiet; -v, --verbose; --json   tell nothing, more, or one JSON object\n"
	"      --help, --version      show this, or the version, and end\n";
