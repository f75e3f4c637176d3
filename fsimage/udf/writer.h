/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDF (ECMA-167 and OSTA UDF): alone, or as a bridge over ISO 9660's data. */
#ifndef FSI_UDF_WRITER_H
#define FSI_UDF_WRITER_H

#include "layout/format.h"
#include "name/view.h"

/* What the tree comes to, in blocks. */
struct fsi_udf_sizes {
	uint64_t entries;
	uint64_t directories;
	uint64_t chains;  /* allocation extents */
	uint64_t targets; /* of symbolic links, too long for an entry */
};

struct fsi_udf_source {
	const struct fsi_order *order;
	const struct fsi_name_view *names;
	const struct fsi_volume *volume;
	const struct fsi_layout *layout; /* read when blocks are rendered */
	uint32_t revision;		 /* as in suffixes: 0x0102 */
	bool redundant_metadata;	 /* a copy of all metadata, from 2.50 on */
	bool is_alone;			 /* no other file system has the same files */
	/* What the session goes on from; NULL: it is the first one. */
	const struct fsi_continued *continued;
	/* Then nothing of the source but the revision and the copy is looked at, and
	 * the format is only placed, to learn its size. NULL: they are measured. */
	const struct fsi_udf_sizes *sizes;
};

/*
 * Whether data is in the entries of its files, so that the caller does not place
 * it: small data that no other file system needs as blocks.
 */
bool fsi_udf_embeds_data(uint32_t revision, bool is_alone, const struct fsi_data *data);

/* Whether an entry has room for data of that size. */
bool fsi_udf_embeds_size(uint32_t revision, uint64_t size);

/* source is copied; what it points to must outlive the format. */
HRESULT fsi_udf_create(const struct fsi_udf_source *source,
		       struct fsi_format **ret_format);

/* Render an anchor of the volume, as it is in a block that the format has not placed one
 * in; format: made by fsi_udf_create(), and placed. */
void fsi_udf_render_anchor(const void *format, uint32_t block,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

#endif
