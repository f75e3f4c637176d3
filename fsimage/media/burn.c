/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libburn's state of the process. */
#include "media/burn.h"

#include "error/fail.h"

#include <libburn/libburn.h>
#include <pthread.h>

/* The state of the process, beside that of libisofs: tests/abi knows it by name. */
static pthread_once_t burn_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t burn_lock = PTHREAD_MUTEX_INITIALIZER;
static int burn_result;

static void init_libburn(void)
{
	char queued[] = "SORRY";
	char never[] = "NEVER";
	char prefix[] = "";

	burn_result = burn_initialize();
	if (burn_result > 0)
		burn_result = burn_msgs_set_severities(queued, never, prefix);
}

/* The oldest message of the queue; false when there is none. */
static bool take_message(char text[BURN_MSGS_MESSAGE_LEN])
{
	char all[] = "ALL";
	char severity[80] = "";
	int code = 0;
	int error_number = 0;

	return burn_msgs_obtain(all, &code, text, &error_number, severity) > 0;
}

HRESULT fsi_burn_begin(void)
{
	char text[BURN_MSGS_MESSAGE_LEN] = "";

	pthread_once(&burn_once, init_libburn);
	if (burn_result <= 0)
		return fsi_error_detail(FSI_FAIL(E_FAIL), "libburn does not start.");
	pthread_mutex_lock(&burn_lock);
	/* Of earlier calls. */
	while (take_message(text))
		continue;
	return S_OK;
}

void fsi_burn_resume(void)
{
	pthread_mutex_lock(&burn_lock);
}

void fsi_burn_end(void)
{
	pthread_mutex_unlock(&burn_lock);
}

HRESULT fsi_burn_explain(HRESULT hr)
{
	char text[BURN_MSGS_MESSAGE_LEN] = "";
	char next[BURN_MSGS_MESSAGE_LEN] = "";

	if (!take_message(text))
		return hr;
	while (take_message(next))
		continue;
	return fsi_error_detail(hr, "libburn: %s.", text);
}
