/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbering of entries. */
#include "udf/entries.h"

#include "error/fail.h"
#include "tree/imported.h"

static HRESULT refuse_links(const struct fsi_node *item)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, "UDF",
					 "more than 65535 hard links"),
				"'%s' is one of %u names of a file.", item->name,
				item->content.data->uses);
}

/*
 * The extents of a file are as the entry says, and so are its names. What other file
 * systems have, too, is recorded anew when it is not one run of blocks.
 */
static bool is_data_current(const struct fsi_udf_entries *entries,
			    const struct fsi_data *data, uint16_t link_count)
{
	if (data == NULL)
		return link_count == 1;
	return data->is_imported && data->uses == link_count &&
	       (entries->is_alone || fsi_data_is_one_run(data));
}

/*
 * Whether the entry of an earlier session is that of the item here, too. A directory's
 * is not: what it holds, and where its parent is, has changed.
 */
static bool is_reused(const struct fsi_udf_entries *entries, const struct fsi_node *item)
{
	const struct fsi_imported *imported = fsi_node_imported(item);

	if (!entries->reuses || imported == NULL || !imported->has_entry ||
	    !imported->is_entry_current || fsi_node_is_directory(item) ||
	    fsi_udf_has_streams(entries, item))
		return false;
	return item->kind == FSI_NODE_FILE ? is_data_current(entries, item->content.data,
							     imported->link_count)
					   : imported->link_count == 1;
}

HRESULT fsi_udf_entries_number(struct fsi_udf_entries *entries)
{
	const struct fsi_order *order = entries->order;

	for (uint32_t i = 0; i < order->item_count; i++) {
		const struct fsi_node *item = order->items[i];

		if (fsi_node_entry(item) == item && !is_reused(entries, item))
			continue;
		if (fsi_node_entry(item) != item && item->content.data->uses > UINT16_MAX)
			return refuse_links(item);
		if (!fsi_vector_reserve(&entries->absent, 1))
			return FSI_FAIL(E_OUTOFMEMORY);
		entries->absent.items[entries->absent.count++] = i;
	}
	return S_OK;
}

void fsi_udf_entries_free(struct fsi_udf_entries *entries)
{
	fsi_vector_free(&entries->absent);
}

static uint32_t count_item_entries(const struct fsi_udf_entries *entries)
{
	return entries->order->item_count - (uint32_t)entries->absent.count;
}

uint32_t fsi_udf_entries_count(const struct fsi_udf_entries *entries)
{
	const struct fsi_order *order = entries->order;

	return count_item_entries(entries) + order->owner_count + order->stream_count;
}

/* The item that the n-th entry describes: n, and one more for each absent one before. */
static uint32_t find_item(const struct fsi_udf_entries *entries, uint32_t n)
{
	size_t low = 0;
	size_t high = entries->absent.count;

	/* Of those, the first low have no more than n items with entries before. */
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (entries->absent.items[middle] - middle <= n)
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

/* How many items without entries are before an item. */
static uint32_t count_absent_before(const struct fsi_udf_entries *entries, uint32_t item)
{
	size_t low = 0;
	size_t high = entries->absent.count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (entries->absent.items[middle] < item)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

static uint32_t number_of_item(const struct fsi_udf_entries *entries,
			       const struct fsi_node *item)
{
	return item->number - count_absent_before(entries, item->number);
}

/* The first of an item's names; the subject itself where it is no item. */
static const struct fsi_node *node_of_entry(struct fsi_udf_subject subject)
{
	return subject.node->is_stream ? subject.node : fsi_node_entry(subject.node);
}

struct fsi_udf_address fsi_udf_entries_find(const struct fsi_udf_entries *entries,
					    struct fsi_udf_subject subject)
{
	const struct fsi_node *node = node_of_entry(subject);
	const uint32_t item_entries = count_item_entries(entries);
	uint32_t number = 0;

	if (subject.is_stream_directory)
		number = item_entries + node->streams->number;
	else if (node->is_stream)
		number = item_entries + entries->order->owner_count + node->number;
	else if (is_reused(entries, node))
		return (struct fsi_udf_address){
			.block = fsi_node_imported(node)->entry_block,
			.partition = fsi_node_imported(node)->entry_partition,
		};
	else
		number = number_of_item(entries, node);
	return (struct fsi_udf_address){
		.block = entries->first_block + number,
		.partition = entries->partition,
	};
}

bool fsi_udf_has_streams(const struct fsi_udf_entries *entries,
			 const struct fsi_node *item)
{
	return entries->order->owner_count > 0 && fsi_node_stream_count(item) > 0;
}

/*
 * The n-th value that was free before this session. OSTA UDF 3.2.1: the low 32 bits are
 * never among those that are reserved; there are fewer names than could pass them twice.
 */
static uint64_t free_unique_id(const struct fsi_udf_entries *entries, uint32_t n)
{
	const uint64_t id = entries->next_unique_id + n;

	return id >> 32 == entries->next_unique_id >> 32 ? id
							 : id + FSI_UDF_UNIQUE_ID_FIRST;
}

uint64_t fsi_udf_unique_id(const struct fsi_udf_entries *entries,
			   const struct fsi_node *node)
{
	const struct fsi_node *item = node->is_stream ? node->parent : node;
	const struct fsi_imported *imported = fsi_node_imported(item);

	if (item->number == 0)
		return 0;
	/* It is that of the entry, hence of its first name. */
	if (imported != NULL && imported->unique_id != 0 && fsi_node_entry(item) == item)
		return imported->unique_id;
	return free_unique_id(entries, item->number - 1);
}

uint64_t fsi_udf_next_unique_id(const struct fsi_udf_entries *entries)
{
	return free_unique_id(entries, entries->order->item_count - 1);
}
