/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a fuzzer starts from; each fuzzer has its own. */
#ifndef TESTS_FUZZ_SEEDS_H
#define TESTS_FUZZ_SEEDS_H

#include <stddef.h>
#include <stdint.h>

struct seeds_receiver {
	void (*take)(void *context, const char *name, const uint8_t *input, size_t size);
	void *context;
};

/* Hand over every seed, one after the other. */
void seeds_make(const struct seeds_receiver *receiver);

#endif
