/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Path tables (ECMA-119 6.9, 9.4): every directory, for a reader in a hurry. */
#include "iso9660/tree.h"

#include "error/fail.h"

/* The directory at a place of the path table. */
static const struct fsi_node *get_directory(const struct fsi_iso9660_tree *tree,
					    uint32_t place)
{
	return tree->view->order->directories[tree->directories[place]];
}

/* The root has a name of one byte (ECMA-119 9.4.5). */
static uint8_t identify(const struct fsi_iso9660_tree *tree, uint32_t place,
			uint8_t (*ret_identifier)[FSI_ISO9660_IDENTIFIER_MAX])
{
	if (place != 0)
		return fsi_iso9660_identify(tree, get_directory(tree, place),
					    ret_identifier);
	(*ret_identifier)[0] = FSI_ISO9660_SELF;
	return 1;
}

/* Note where the next block begins in the record that goes on into it. */
static HRESULT add_block(struct fsi_iso9660_tree *tree, uint32_t record,
			 uint32_t bytes_before)
{
	if (!fsi_vector_reserve(&tree->path_blocks, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	tree->path_blocks.items[tree->path_blocks.count++] =
		(struct fsi_iso9660_path_block){record, bytes_before};
	return S_OK;
}

HRESULT fsi_iso9660_measure_path_table(struct fsi_iso9660_tree *tree)
{
	const uint32_t count = tree->view->order->directory_count;
	uint8_t identifier[FSI_ISO9660_IDENTIFIER_MAX];
	uint32_t size = 0;

	for (uint32_t place = 0; place < count; place++) {
		const uint32_t length = identify(tree, place, &identifier);
		const uint32_t end = size + fsi_iso9660_path_record_size(length);
		/* The start of the first block that is not known yet. */
		const uint32_t border =
			(uint32_t)tree->path_blocks.count * FSI_BLOCK_SIZE;

		if (border < end)
			FSI_TRY(add_block(tree, place, border - size));
		size = end;
	}
	tree->path_table_size = size;
	return S_OK;
}

/* Write a record to out, which holds zeros; returns its size. */
static uint32_t put_record(const struct fsi_iso9660_tree *tree, uint32_t place,
			   bool is_big_endian, uint8_t (*out)[FSI_ISO9660_RECORD_MAX])
{
	const struct fsi_node *directory = get_directory(tree, place);
	const struct fsi_node *parent = place != 0 ? directory->parent : directory;
	uint8_t identifier[FSI_ISO9660_IDENTIFIER_MAX];
	const struct fsi_iso9660_path_entry entry = {
		.first_block = tree->directories_block + tree->offsets[place],
		/* More than 65535 directories are refused before they get here. */
		.parent = (uint16_t)(fsi_iso9660_place_of(tree, parent) + 1),
		.identifier_length = identify(tree, place, &identifier),
		.identifier = identifier,
	};

	fsi_iso9660_put_path_record(*out, &entry, is_big_endian);
	return fsi_iso9660_path_record_size(entry.identifier_length);
}

/* Records lie side by side, whatever the borders of blocks (ECMA-119 6.9.1). */
static HRESULT render(const struct fsi_iso9660_tree *tree, uint32_t block,
		      bool is_big_endian, uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_iso9660_path_block *start = &tree->path_blocks.items[block];
	const uint32_t count = tree->view->order->directory_count;
	uint32_t skip = start->bytes_before;
	uint32_t fill = 0;

	for (uint32_t place = start->record; place < count && fill < FSI_BLOCK_SIZE;
	     place++) {
		uint8_t record[FSI_ISO9660_RECORD_MAX] = {0};
		uint32_t length = put_record(tree, place, is_big_endian, &record) - skip;

		if (length > FSI_BLOCK_SIZE - fill)
			length = FSI_BLOCK_SIZE - fill;
		memcpy(*ret_block + fill, record + skip, length);
		fill += length;
		skip = 0;
	}
	return S_OK;
}

static HRESULT render_l(const struct fsi_region *region, uint32_t block,
			uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	return render(region->owner, block, false, ret_block);
}

static HRESULT render_m(const struct fsi_region *region, uint32_t block,
			uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	return render(region->owner, block, true, ret_block);
}

static HRESULT describe_l(const struct fsi_region *region, char **ret_description)
{
	const struct fsi_iso9660_tree *tree = region->owner;

	return fsi_iso9660_describe(tree->dialect->l_path_table, ret_description);
}

static HRESULT describe_m(const struct fsi_region *region, char **ret_description)
{
	const struct fsi_iso9660_tree *tree = region->owner;

	return fsi_iso9660_describe(tree->dialect->m_path_table, ret_description);
}

const struct fsi_region_ops fsi_iso9660_l_path_table_ops = {
	.describe = describe_l,
	.render = render_l,
};

const struct fsi_region_ops fsi_iso9660_m_path_table_ops = {
	.describe = describe_m,
	.render = render_m,
};
