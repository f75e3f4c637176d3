/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the bodies of entries lie, and the two kinds of blocks that bodies need
 * besides their own: allocation extents, and targets too long for an entry.
 */
#ifndef FSI_UDF_BODY_H
#define FSI_UDF_BODY_H

#include "udf/allocation.h"
#include "udf/plan.h"

/*
 * Find out which entries need either, once the entries are numbered and the
 * directories measured. E_OUTOFMEMORY; IMAPI_E_INVALID_PATH (target) of a
 * symbolic link that can't be told.
 */
HRESULT fsi_udf_bodies_measure(struct fsi_udf_plan *plan);

void fsi_udf_bodies_free(struct fsi_udf_plan *plan);

/* Bytes in an entry behind its fixed fields. */
uint32_t fsi_udf_room(const struct fsi_udf_plan *plan);

/* Whether the data of a file or the target of a link is in its entry. */
bool fsi_udf_is_embedded(const struct fsi_udf_plan *plan, const struct fsi_node *node);

/* The body of the n-th entry, which is not embedded. */
struct fsi_udf_body fsi_udf_get_body(const struct fsi_udf_plan *plan, uint32_t n,
				     struct fsi_udf_subject subject);

/* How the descriptors of that body are spread. */
struct fsi_udf_chain fsi_udf_get_chain(const struct fsi_udf_plan *plan, uint32_t n,
				       const struct fsi_udf_body *body);

/* One block of the allocation extents of all entries. */
void fsi_udf_render_chain(const struct fsi_udf_plan *plan, uint32_t block,
			  uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* One block of the long targets of all entries. */
void fsi_udf_render_target(const struct fsi_udf_plan *plan, uint32_t block,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

#endif
