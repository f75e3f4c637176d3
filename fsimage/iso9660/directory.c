/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories (ECMA-119 6.8, 9.1): their order, their blocks, their records. */
#include "iso9660/tree.h"

#include "error/fail.h"

/* The blocks of the directory at a place of the path table. */
static uint32_t count_blocks(const struct fsi_iso9660_tree *tree, uint32_t place)
{
	const uint32_t next = place + 1;

	return (next < tree->view->order->directory_count ? tree->offsets[next]
							  : tree->directory_blocks) -
	       tree->offsets[place];
}

static const struct fsi_node *get_child(const struct fsi_iso9660_tree *tree,
					const struct fsi_node *directory, uint32_t n)
{
	return tree->view->order->items[fsi_name_view_child(tree->view, directory, n)];
}

/*
 * Level by level, parents in order, the children of each in the order of their
 * identifiers (ECMA-119 6.9.1): breadth first, with the array as its own queue.
 */
static void order_directories(struct fsi_iso9660_tree *tree)
{
	const struct fsi_order *order = tree->view->order;
	uint32_t found = 1;

	tree->directories[0] = 0;
	tree->places[0] = 0;
	for (uint32_t place = 0; place < found; place++) {
		const struct fsi_node *directory =
			order->directories[tree->directories[place]];

		for (uint32_t n = 0; n < fsi_name_view_child_count(tree->view, directory);
		     n++) {
			const struct fsi_node *child = get_child(tree, directory, n);

			if (!fsi_node_is_directory(child))
				continue;
			tree->directories[found] = child->content.children->number;
			tree->places[tree->directories[found]] = found;
			found++;
		}
	}
}

/* Begin a block of the directories with a record. */
static HRESULT add_block(struct fsi_iso9660_tree *tree, uint32_t child, uint32_t section)
{
	if (!fsi_vector_reserve(&tree->first_records, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	tree->first_records.items[tree->first_records.count++] =
		(struct fsi_iso9660_record_place){child, section};
	return S_OK;
}

/* Records of a child: one, or one for each section of a large file. */
static uint32_t count_records(const struct fsi_node *child)
{
	return fsi_iso9660_section_count(fsi_node_size(child));
}

/* No record crosses the border of a block (ECMA-119 6.8.1.1). */
static HRESULT measure_child(struct fsi_iso9660_tree *tree, const struct fsi_node *child,
			     uint32_t n, uint32_t *fill)
{
	uint8_t identifier[FSI_ISO9660_IDENTIFIER_MAX];
	const uint32_t length = fsi_iso9660_identify(tree, child, &identifier);
	const uint32_t size = fsi_iso9660_directory_record_size(length);
	const uint32_t count = count_records(child);

	if (length == 0)
		return FSI_FAIL(IMAPI_E_FSI_INTERNAL_ERROR,
				"a name has no room in a directory record");
	for (uint32_t section = 0; section < count; section++) {
		if (*fill + size > FSI_BLOCK_SIZE) {
			FSI_TRY(add_block(tree, n, section));
			*fill = 0;
		}
		*fill += size;
	}
	return S_OK;
}

static HRESULT measure_directory(struct fsi_iso9660_tree *tree,
				 const struct fsi_node *directory)
{
	const size_t first_block = tree->first_records.count;
	uint32_t fill = FSI_ISO9660_SHORT_RECORDS_SIZE;

	FSI_TRY(add_block(tree, 0, 0));
	for (uint32_t n = 0; n < fsi_name_view_child_count(tree->view, directory); n++)
		FSI_TRY(measure_child(tree, get_child(tree, directory, n), n, &fill));
	/* The length in bytes is a number of 32 bits (ECMA-119 9.1.4). */
	if (tree->first_records.count - first_block > UINT32_MAX / FSI_BLOCK_SIZE)
		return FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG);
	return S_OK;
}

HRESULT fsi_iso9660_measure_directories(struct fsi_iso9660_tree *tree)
{
	const struct fsi_order *order = tree->view->order;

	tree->directories = fsi_allocate_zeroed(order->directory_count, sizeof(uint32_t));
	tree->places = fsi_allocate_zeroed(order->directory_count, sizeof(uint32_t));
	tree->offsets = fsi_allocate_zeroed(order->directory_count, sizeof(uint32_t));
	if (tree->directories == NULL || tree->places == NULL || tree->offsets == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	order_directories(tree);
	for (uint32_t place = 0; place < order->directory_count; place++) {
		tree->offsets[place] = (uint32_t)tree->first_records.count;
		FSI_TRY(fsi_patience_ask(order->patience));
		FSI_TRY(measure_directory(tree,
					  order->directories[tree->directories[place]]));
	}
	tree->directory_blocks = (uint32_t)tree->first_records.count;
	return S_OK;
}

/* Where a directory lies. */
static void locate_directory(const struct fsi_iso9660_tree *tree,
			     const struct fsi_node *directory,
			     struct fsi_iso9660_entry *entry)
{
	const uint32_t place = fsi_iso9660_place_of(tree, directory);

	entry->first_block = tree->directories_block + tree->offsets[place];
	entry->size = count_blocks(tree, place) * FSI_BLOCK_SIZE;
	entry->flags = FSI_ISO9660_DIRECTORY;
}

/*
 * Where a section of a file lies. An empty file has no blocks of its own: it is
 * given the place of the first one that has, which is inside the volume.
 */
static void locate_file(const struct fsi_iso9660_tree *tree, const struct fsi_node *file,
			uint32_t section, struct fsi_iso9660_entry *entry)
{
	const struct fsi_layout *layout = tree->layout;
	const uint64_t size = fsi_node_size(file);

	entry->first_block = size != 0 ? layout->data_blocks[file->content.data->number]
				       : layout->first_data_block;
	entry->first_block += section * FSI_ISO9660_SECTION_BLOCKS;
	/* Files with more sections than there may be are not in this tree. */
	entry->size = fsi_iso9660_section_size(size, section);
	entry->flags = section + 1 < count_records(file) ? FSI_ISO9660_MULTI_EXTENT : 0;
}

void fsi_iso9660_put_short_record(const struct fsi_iso9660_tree *tree,
				  const struct fsi_node *directory, uint8_t identifier,
				  struct fsi_iso9660_short_record *ret_record)
{
	uint8_t bytes[sizeof(*ret_record)] = {0};
	struct fsi_iso9660_entry entry = {
		.recording_time = directory->modification_time,
		.identifier = &identifier,
		.identifier_length = 1,
	};

	locate_directory(tree, directory, &entry);
	fsi_iso9660_put_directory_record(bytes, &entry);
	memcpy(ret_record, bytes, sizeof(bytes));
}

/* Write a record of a child; returns its size. */
static uint32_t put_child(const struct fsi_iso9660_tree *tree,
			  const struct fsi_node *child, uint32_t section, uint8_t *out)
{
	uint8_t identifier[FSI_ISO9660_IDENTIFIER_MAX];
	struct fsi_iso9660_entry entry = {
		.recording_time = child->modification_time,
		.identifier = identifier,
		.identifier_length = fsi_iso9660_identify(tree, child, &identifier),
	};

	if (fsi_node_is_directory(child))
		locate_directory(tree, child, &entry);
	else
		locate_file(tree, child, section, &entry);
	if (child->is_hidden)
		entry.flags |= FSI_ISO9660_HIDDEN;
	fsi_iso9660_put_directory_record(out, &entry);
	return fsi_iso9660_directory_record_size(entry.identifier_length);
}

/* Write "." and ".."; the root is its own parent. Returns their size. */
static uint32_t put_short_records(const struct fsi_iso9660_tree *tree,
				  const struct fsi_node *directory, uint8_t *out)
{
	const bool is_root = directory == tree->view->order->items[0];
	struct fsi_iso9660_short_record records[2];

	fsi_iso9660_put_short_record(tree, directory, FSI_ISO9660_SELF, &records[0]);
	fsi_iso9660_put_short_record(tree, is_root ? directory : directory->parent,
				     FSI_ISO9660_PARENT, &records[1]);
	memcpy(out, records, sizeof(records));
	return FSI_ISO9660_SHORT_RECORDS_SIZE;
}

/* The place of the directory that a block belongs to. */
static uint32_t find_place(const struct fsi_iso9660_tree *tree, uint32_t block)
{
	uint32_t low = 0;
	uint32_t high = tree->view->order->directory_count;

	while (high - low > 1) {
		const uint32_t middle = low + (high - low) / 2;

		if (tree->offsets[middle] <= block)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Write records from one on, up to another; they fit. */
static void put_children(const struct fsi_iso9660_tree *tree,
			 const struct fsi_node *directory,
			 struct fsi_iso9660_record_place at,
			 struct fsi_iso9660_record_place end, uint8_t *out)
{
	while (at.child != end.child || at.section != end.section) {
		const struct fsi_node *child = get_child(tree, directory, at.child);

		out += put_child(tree, child, at.section++, out);
		if (at.section < count_records(child))
			continue;
		at.child++;
		at.section = 0;
	}
}

static HRESULT render(const struct fsi_region *region, uint32_t block,
		      uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_iso9660_tree *tree = region->owner;
	const uint32_t place = find_place(tree, block);
	const struct fsi_node *directory =
		tree->view->order->directories[tree->directories[place]];
	const uint32_t end_block = tree->offsets[place] + count_blocks(tree, place);
	struct fsi_iso9660_record_place end = {
		.child = fsi_name_view_child_count(tree->view, directory)};
	uint32_t fill = 0;

	if (block + 1 < end_block)
		end = tree->first_records.items[block + 1];
	if (block == tree->offsets[place])
		fill = put_short_records(tree, directory, *ret_block);
	put_children(tree, directory, tree->first_records.items[block], end,
		     *ret_block + fill);
	return S_OK;
}

static HRESULT describe(const struct fsi_region *region, char **ret_description)
{
	const struct fsi_iso9660_tree *tree = region->owner;

	return fsi_iso9660_describe(tree->dialect->directories, ret_description);
}

const struct fsi_region_ops fsi_iso9660_directories_ops = {
	.describe = describe,
	.render = render,
};
