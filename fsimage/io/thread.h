/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads of the library, which no signal of the process ever reaches. */
#ifndef FSI_IO_THREAD_H
#define FSI_IO_THREAD_H

#include <pthread.h>

/* Returns 0 or errno. ret_thread: to be joined; NULL: nobody waits for its end. */
int fsi_thread_start(void *(*run)(void *context), void *context, pthread_t *ret_thread);

#endif
