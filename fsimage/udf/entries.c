/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbering of entries. */
#include "udf/entries.h"

#include "error/fail.h"

/* OSTA UDF 3.2.1: the first value that is free for new files; the root has 0. */
#define UNIQUE_ID_FIRST 16

static HRESULT refuse_links(const struct fsi_node *item)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, "UDF",
					 "more than 65535 hard links"),
				"'%s' is one of %u names of a file.", item->name,
				item->content.data->uses);
}

HRESULT fsi_udf_entries_number(struct fsi_udf_entries *entries)
{
	const struct fsi_order *order = entries->order;

	for (uint32_t i = 0; i < order->item_count; i++) {
		const struct fsi_node *item = order->items[i];

		if (fsi_node_entry(item) == item)
			continue;
		if (item->content.data->uses > UINT16_MAX)
			return refuse_links(item);
		if (!fsi_vector_reserve(&entries->further_links, 1))
			return FSI_FAIL(E_OUTOFMEMORY);
		entries->further_links.items[entries->further_links.count++] = i;
	}
	return S_OK;
}

void fsi_udf_entries_free(struct fsi_udf_entries *entries)
{
	fsi_vector_free(&entries->further_links);
}

static uint32_t count_item_entries(const struct fsi_udf_entries *entries)
{
	return entries->order->item_count - (uint32_t)entries->further_links.count;
}

uint32_t fsi_udf_entries_count(const struct fsi_udf_entries *entries)
{
	const struct fsi_order *order = entries->order;

	return count_item_entries(entries) + order->owner_count + order->stream_count;
}

/* The item that the n-th entry describes: n, and one more for each link before. */
static uint32_t find_item(const struct fsi_udf_entries *entries, uint32_t n)
{
	size_t low = 0;
	size_t high = entries->further_links.count;

	/* Of the links, the first low have no more than n items with entries before. */
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (entries->further_links.items[middle] - middle <= n)
			low = middle + 1;
		else
			high = middle;
	}
	return n + (uint32_t)low;
}

struct fsi_udf_subject fsi_udf_entries_get(const struct fsi_udf_entries *entries,
					   uint32_t n)
{
	const struct fsi_order *order = entries->order;
	const uint32_t item_entries = count_item_entries(entries);
	const bool is_item = n < item_entries;
	const bool is_stream = n - item_entries >= order->owner_count;

	if (is_item)
		return (struct fsi_udf_subject){order->items[find_item(entries, n)],
						false};
	n -= item_entries;
	if (is_stream)
		return (struct fsi_udf_subject){order->streams[n - order->owner_count],
						false};
	return (struct fsi_udf_subject){order->owners[n], true};
}

/* How many of the links are before an item. */
static uint32_t count_links_before(const struct fsi_udf_entries *entries, uint32_t item)
{
	size_t low = 0;
	size_t high = entries->further_links.count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (entries->further_links.items[middle] < item)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

static uint32_t number_of_item(const struct fsi_udf_entries *entries,
			       const struct fsi_node *item)
{
	const uint32_t number = fsi_node_entry(item)->number;

	return number - count_links_before(entries, number);
}

struct fsi_udf_address fsi_udf_entries_find(const struct fsi_udf_entries *entries,
					    struct fsi_udf_subject subject)
{
	const struct fsi_node *node = subject.node;
	const uint32_t item_entries = count_item_entries(entries);
	uint32_t number = 0;

	if (subject.is_stream_directory)
		number = item_entries + fsi_node_entry(node)->streams->number;
	else if (node->is_stream)
		number = item_entries + entries->order->owner_count + node->number;
	else
		number = number_of_item(entries, node);
	return (struct fsi_udf_address){
		.block = FSI_UDF_FILE_SET_BLOCKS + number,
		.partition = entries->partition,
	};
}

bool fsi_udf_has_streams(const struct fsi_udf_entries *entries,
			 const struct fsi_node *item)
{
	return entries->order->owner_count > 0 && fsi_node_stream_count(item) > 0;
}

uint32_t fsi_udf_unique_id(const struct fsi_node *node)
{
	const struct fsi_node *item = node->is_stream ? node->parent : node;

	return item->number == 0 ? 0 : UNIQUE_ID_FIRST - 1 + item->number;
}

uint32_t fsi_udf_next_unique_id(const struct fsi_order *order)
{
	return UNIQUE_ID_FIRST - 1 + order->item_count;
}
