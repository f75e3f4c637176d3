/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways in which "fsimage serve" lets others read an image. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "cli/build.h"

/**
 * Serve it as a block device over NBD: this process becomes nbdkit, whose plugin
 * builds the image from the same command line.
 *
 * @param argv  as serve_options_parse() got it
 * @return an exit status; after success there is nobody to return to
 */
int serve_nbd(const struct build *build, int argc, char **argv);

/**
 * Serve it as a file of a FUSE mount, until a signal comes or it is unmounted.
 *
 * @return an exit status
 */
int serve_fuse(struct build *build);

#endif
