/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that ask a build to stop. */

#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* A handler has no other way to tell. */
static volatile sig_atomic_t signal_that_came;

static void note_signal(int number)
{
	signal_that_came = number;
}

void interrupt_begin(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	/* No SA_RESTART: a write to a full pipe has to notice. */
	struct sigaction noting = {.sa_handler = note_signal,
				   .sa_flags = (int)SA_RESETHAND};
	struct sigaction ignoring = {.sa_handler = SIG_IGN};

	sigemptyset(&noting.sa_mask);
	sigemptyset(&ignoring.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction old;

		/* nohup and background shells have it ignored on purpose. */
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &noting, NULL);
	}
	sigaction(SIGPIPE, &ignoring, NULL);
	/* Over a limit of the file size, write() then says EFBIG. */
	sigaction(SIGXFSZ, &ignoring, NULL);
}

bool interrupt_came(void)
{
	return signal_that_came != 0;
}

void interrupt_raise_again(void)
{
	const int number = signal_that_came;
	struct sigaction ordinary = {.sa_handler = SIG_DFL};

	sigemptyset(&ordinary.sa_mask);
	sigaction(number, &ordinary, NULL);
	raise(number);
}
