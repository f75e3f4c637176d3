/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether what takes long is to go on: asked by whatever goes through everything, so
 * often that nobody has to wait for it.
 */
#ifndef FSI_BASE_PATIENCE_H
#define FSI_BASE_PATIENCE_H

#include <fsimage/codes.h>

struct fsi_patience {
	HRESULT (*ask)(void *context); /* NULL: it always goes on */
	void *context;
};

/* Small things after which a loop asks: they take a few milliseconds. */
#define FSI_PATIENCE_STEP 4096u

/* S_OK, or why it is to end. NULL is accepted. */
static inline HRESULT fsi_patience_ask(const struct fsi_patience *patience)
{
	return patience != NULL && patience->ask != NULL
		       ? patience->ask(patience->context)
		       : S_OK;
}

#endif
