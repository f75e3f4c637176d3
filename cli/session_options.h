/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line says of the disc that a session is made for. */
#ifndef CLI_SESSION_OPTIONS_H
#define CLI_SESSION_OPTIONS_H

#include <fsimage/image.h>

/** Something that is done to what the disc holds, before sources are added. */
struct session_change {
	char *from;
	char *to; /**< NULL: from is removed */
};

struct session_choice {
	bool is_appended;     /**< it is written to its disc: "append" and "revert" */
	bool is_reverted;     /**< "revert" */
	const char *drive;    /**< the disc is in it; NULL: it is the output */
	const char *previous; /**< an image of the disc; NULL: none given */
	bool has_start;
	int32_t start_block;		/**< where the session begins, if has_start */
	enum fsi_file_system import;	/**< NONE: the best */
	uint32_t number;		/**< of the session to import; 0: the newest */
	struct session_change *changes; /**< in the order of the command line */
	size_t change_count;
};

/* Each reads a value and returns what a right one is, or NULL. */
const char *session_take_import(struct session_choice *choice, const char *value);
const char *session_take_start(struct session_choice *choice, const char *value);
const char *session_take_removal(struct session_choice *choice, const char *value);
const char *session_take_move(struct session_choice *choice, const char *value);

/** @return whether the image is to go on from an earlier session */
bool session_is_wanted(const struct session_choice *choice);

/** Options that make no sense without one another. @return an exit status */
int session_check(const struct session_choice *choice, const char *command);

void session_choice_clear(struct session_choice *choice);

#endif
