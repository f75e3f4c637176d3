/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbering of entries. */
#include "udf/entries.h"

/* OSTA UDF 3.2.1: the first value that is free for new files; the root has 0. */
#define UNIQUE_ID_FIRST 16

uint32_t fsi_udf_entries_count(const struct fsi_udf_entries *entries)
{
	return entries->order->item_count;
}

const struct fsi_node *fsi_udf_entries_get(const struct fsi_udf_entries *entries,
					   uint32_t n)
{
	return entries->order->items[n];
}

struct fsi_udf_address fsi_udf_entries_find(const struct fsi_udf_entries *entries,
					    const struct fsi_node *item)
{
	return (struct fsi_udf_address){
		.block = FSI_UDF_FILE_SET_BLOCKS + item->number,
		.partition = entries->partition,
	};
}

uint32_t fsi_udf_unique_id(const struct fsi_node *item)
{
	return item->number == 0 ? 0 : UNIQUE_ID_FIRST - 1 + item->number;
}

uint32_t fsi_udf_next_unique_id(const struct fsi_order *order)
{
	return UNIQUE_ID_FIRST - 1 + order->item_count;
}
