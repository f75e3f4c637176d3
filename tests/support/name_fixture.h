/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees built by hand, node for node, so that names can be tested alone. */
#ifndef TESTS_SUPPORT_NAME_FIXTURE_H
#define TESTS_SUPPORT_NAME_FIXTURE_H

#include "name/view.h"

struct name_fixture {
	struct fsi_node **nodes; /* in the order of adding; nodes[0] is the root */
	uint32_t count;
	uint32_t capacity;
	struct fsi_order order;
	struct fsi_name_view *view;
};

/* A tree with a root and nothing else. */
void name_fixture_begin(struct name_fixture *fixture);

/* Add a node; a name that ends in "/" is that of a directory. */
struct fsi_node *name_fixture_add(struct name_fixture *fixture, struct fsi_node *parent,
				  const char *name);

/* Number the nodes breadth first, siblings in byte order. The lists of children
 * stay in the order of adding. */
void name_fixture_order(struct name_fixture *fixture);

/* Order the nodes and make a view of them; what fsi_name_view_create() returns. */
HRESULT name_fixture_map(struct name_fixture *fixture, enum fsi_file_system file_system,
			 uint32_t iso_level);

/* The same by rules with extensions. */
HRESULT name_fixture_map_by(struct name_fixture *fixture,
			    const struct fsi_name_rules *rules);

/* The name that the view has for a node. */
const char *name_fixture_get(const struct name_fixture *fixture,
			     const struct fsi_node *node);

void name_fixture_end(struct name_fixture *fixture);

/* Append a text count times; returns the new end, where its NUL is. */
char *name_fixture_append(char *out, const char *text, size_t count);

#endif
