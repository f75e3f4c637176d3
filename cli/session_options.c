/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line says of the disc that a session is made for. */

#include "cli/session_options.h"

#include "cli/message.h"
#include "cli/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *session_take_import(struct session_choice *choice, const char *value)
{
	choice->import = view_parse(value);
	return choice->import != FSI_FILE_SYSTEM_NONE ? NULL
						      : "must be udf, joliet or iso9660";
}

const char *session_take_start(struct session_choice *choice, const char *value)
{
	char *end = NULL;
	unsigned long block = 0;

	errno = 0;
	if (value[0] >= '0' && value[0] <= '9')
		block = strtoul(value, &end, 10);
	if (end == NULL || *end != '\0' || errno != 0 || block > INT32_MAX)
		return "must be the number of a block, up to 2147483647";
	choice->has_start = true;
	choice->start_block = (int32_t)block;
	return NULL;
}

/* Takes both texts. */
static const char *add_change(struct session_choice *choice, char *from, char *to)
{
	struct session_change *grown = reallocarray(
		choice->changes, choice->change_count + 1, sizeof(choice->changes[0]));

	if (grown == NULL || from == NULL) {
		free(from);
		free(to);
		return "is too much for the memory";
	}
	choice->changes = grown;
	grown[choice->change_count++] = (struct session_change){from, to};
	return NULL;
}

const char *session_take_removal(struct session_choice *choice, const char *value)
{
	if (value[0] == '\0')
		return "must be a path in the image";
	return add_change(choice, strdup(value), NULL);
}

const char *session_take_move(struct session_choice *choice, const char *value)
{
	const char *sign = strchr(value, '=');
	char *to = NULL;

	if (sign == NULL || sign == value || sign[1] == '\0')
		return "must be FROM=TO, two paths in the image";
	to = strdup(sign + 1);
	if (to == NULL)
		return "is too much for the memory";
	return add_change(choice, strndup(value, (size_t)(sign - value)), to);
}

bool session_is_wanted(const struct session_choice *choice)
{
	return choice->is_appended || choice->previous != NULL;
}

int session_check(const struct session_choice *choice, const char *command)
{
	if (choice->previous != NULL && !choice->has_start)
		return message_usage(command, "option '--previous' needs "
					      "'--session-start': the drive tells where "
					      "the disc goes on");
	if (!session_is_wanted(choice) && choice->import != FSI_FILE_SYSTEM_NONE)
		return message_usage(command, "option '--import' needs '--previous'");
	if (choice->is_reverted && choice->number == 0)
		return message_usage(command, "option '--session' is missing");
	return STATUS_DONE;
}

void session_choice_clear(struct session_choice *choice)
{
	for (size_t i = 0; i < choice->change_count; i++) {
		free(choice->changes[i].from);
		free(choice->changes[i].to);
	}
	free(choice->changes);
	choice->changes = NULL;
	choice->change_count = 0;
}
