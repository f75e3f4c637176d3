/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting a thread with all signals blocked. */
#include "io/thread.h"

#include <signal.h>

int fsi_thread_start(void *(*run)(void *context), void *context, pthread_t *ret_thread)
{
	pthread_t thread;
	sigset_t all;
	sigset_t before;
	int error = 0;

	/* Signals are for the threads of the caller. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, run, context);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		return error;
	if (ret_thread != NULL)
		*ret_thread = thread;
	else
		pthread_detach(thread);
	return 0;
}
