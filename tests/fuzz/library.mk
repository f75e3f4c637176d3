# SPDX-License-Identifier: GPL-2.0-or-later
# The library as fuzzers want it, once for all of them. tests/fuzz/run tells TOP and FLAGS.

SOURCES := $(shell cd $(TOP) && find fsimage stash -name '*.c')
OBJECTS := $(SOURCES:%.c=objects/%.o)

library.a: $(OBJECTS)
	rm -f $@ && ar cr $@ $^

objects/%.o: $(TOP)/%.c
	@mkdir -p $(@D)
	clang $(FLAGS) -MMD -fsanitize=fuzzer-no-link -c -o $@ $<

-include $(OBJECTS:.o=.d)
