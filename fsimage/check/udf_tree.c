/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walking over all entries, and what can be told only when all are known: U-080,
 * U-089, U-092, U-128. */
#include "check/udf_tree.h"

#include "error/fail.h"

#include <inttypes.h>

#define ENTRY "file entry"

/* ECMA-167 4/14.6.2: entries that supersede one another. */
#define STRATEGY_CHAIN 4096

/* ---- nodes ------------------------------------------------------------- */

static uint64_t key_of(const struct fsi_udf_allocation *icb)
{
	return (uint64_t)icb->address.partition << 32 | icb->address.block;
}

bool fsi_check_tree_add(struct fsi_check_tree *tree, const struct fsi_check_node *node,
			size_t *ret_node, bool *ret_is_new)
{
	const uint64_t key = key_of(&node->icb);
	const uint64_t *known = fsi_check_set_find(&tree->by_icb, key);

	*ret_is_new = known == NULL;
	if (known != NULL) {
		*ret_node = (size_t)*known;
		return true;
	}
	if (!fsi_vector_reserve(&tree->nodes, 1) ||
	    !fsi_check_set_add(&tree->by_icb, key, tree->nodes.count)) {
		fsi_check_fail(tree->udf->check, FSI_FAIL(E_OUTOFMEMORY));
		return false;
	}
	*ret_node = tree->nodes.count;
	tree->nodes.items[tree->nodes.count++] = *node;
	return true;
}

/* ---- one entry --------------------------------------------------------- */

/* U-080: whether a reference can lead to an entry at all. */
static bool check_reference(struct fsi_check_udf *udf,
			    const struct fsi_check_place *place,
			    const struct fsi_udf_allocation *icb)
{
	const uint16_t partition = icb->address.partition;
	const char *fault = NULL;

	if (partition >= udf->udf->spaces.count)
		fault = "to a partition that is not there";
	else if (icb->address.block >= udf->udf->spaces.items[partition].block_count)
		fault = "to a block behind the end of its partition";
	else if (icb->type != FSI_UDF_EXTENT_RECORDED)
		fault = "to a block that is not recorded";
	else if (icb->length == 0)
		fault = "to something else than a block";
	if (fault != NULL)
		fsi_check_tell(
			udf->check, FSI_U_080, place,
			&(struct fsi_check_details){
				.expected = FSI_TEXT("%" PRIu32 " recorded bytes",
						     udf->block_size),
				.found = FSI_TEXT("%" PRIu32 " of type %d, block %" PRIu32
						  " of partition %u",
						  icb->length, (int)icb->type,
						  icb->address.block, partition)},
			"A reference to a " ENTRY " leads %s", fault);
	return fault == NULL || (icb->length > 0 && partition < udf->udf->spaces.count);
}

/* Read the block of an entry and look at its tag. bytes are to be freed on success. */
static bool read_entry(struct fsi_check_udf *udf, struct fsi_udf_address address,
		       struct fsi_check_place *place,
		       struct fsi_udf_entry_block *ret_block)
{
	struct fsi_udf_entry_block block = {.address = address};
	struct fsi_check_tagged tagged = {
		.available = udf->block_size,
		.identifiers = {FSI_UDF_TAG_FILE_ENTRY, FSI_UDF_TAG_EXTENDED_FILE_ENTRY},
		.location = address.block,
		.missing = FSI_U_080,
	};
	uint32_t count = 0;

	if (!fsi_check_udf_ok(udf, fsi_import_udf_locate(udf->udf, address, 1, 0,
							 &block.block, &count)))
		return false;
	place->offset = (uint64_t)block.block * udf->block_size;
	block.bytes = fsi_check_udf_buffer(udf);
	if (block.bytes == NULL || !fsi_check_udf_read(udf, block.block, block.bytes))
		goto out;
	tagged.bytes = block.bytes;
	if (!fsi_check_udf_tag(udf, place, &tagged))
		goto out;
	if (fsi_udf_get_icb(block.bytes, udf->block_size, &block.icb) != FSI_UDF_SOUND) {
		fsi_check_tell(
			udf->check, FSI_U_086, place,
			&(struct fsi_check_details){.expected = "what fits into a block"},
			"The parts of the " ENTRY " do not fit into its block");
		goto out;
	}
	*ret_block = block;
	return true;
out:
	fsi_free(block.bytes);
	return false;
}

/* The same, and on to the entry that counts where some supersede others. */
static bool read_current(struct fsi_check_udf *udf, const struct fsi_udf_allocation *icb,
			 struct fsi_check_place *place,
			 struct fsi_udf_entry_block *ret_block)
{
	struct fsi_udf_entry_block block;
	HRESULT hr = S_OK;

	if (!read_entry(udf, icb->address, place, &block))
		return false;
	if (block.icb.strategy == STRATEGY_CHAIN) {
		fsi_free(block.bytes);
		hr = fsi_import_udf_read_entry(udf->udf, icb, &block);
		if (FAILED(hr)) {
			fsi_check_tell(udf->check, FSI_U_081, place, NULL, "%s",
				       fsi_error_get_message());
			return fsi_check_udf_ok(udf, hr);
		}
		place->offset = (uint64_t)block.block * udf->block_size;
	}
	*ret_block = block;
	return true;
}

static void claim_entry(struct fsi_check_entry *entry)
{
	struct fsi_check_udf *udf = entry->tree->udf;
	const struct fsi_udf_allocation *icb = &fsi_check_node_of(entry)->icb;
	struct fsi_check_claim claim = {
		.kind = FSI_OWNER_STRUCTURE,
		.statement = FSI_U_108,
		.address = icb->address,
		.blocks = 1,
	};

	/* Behind an entry that others may supersede is where they are told of. */
	if (entry->block.icb.strategy == STRATEGY_CHAIN &&
	    icb->length == 2 * udf->block_size)
		claim.blocks = 2;
	fsi_check_udf_claim_space(udf, &entry->place, &claim);
	claim.blocks = 1;
	if (entry->block.address.block != icb->address.block) {
		claim.address = entry->block.address;
		fsi_check_udf_claim_space(udf, &entry->place, &claim);
	}
}

static void check_body(struct fsi_check_entry *entry)
{
	const uint8_t type = entry->block.icb.file_type;

	fsi_check_udf_attributes(entry);
	fsi_check_udf_allocation(entry);
	if (type == FSI_UDF_FILE_DIRECTORY)
		fsi_check_udf_own_directory(entry);
	if (type == FSI_UDF_FILE_DIRECTORY || type == FSI_UDF_FILE_STREAM_DIRECTORY)
		fsi_check_udf_directory(entry);
	else if (type == FSI_UDF_FILE_LINK)
		fsi_check_udf_link(entry);
}

static void check_node(struct fsi_check_tree *tree, size_t number)
{
	struct fsi_check_udf *udf = tree->udf;
	const struct fsi_udf_allocation icb = tree->nodes.items[number].icb;
	struct fsi_check_entry entry = {
		.tree = tree,
		.node = number,
		.place = {FSI_FINDING_NO_OFFSET, ENTRY, tree->nodes.items[number].name,
			  true},
	};

	if (!check_reference(udf, &entry.place, &icb) ||
	    !read_current(udf, &icb, &entry.place, &entry.block))
		return;
	if (entry.block.icb.is_extended)
		entry.place.structure = "extended file entry";
	tree->nodes.items[number].disc_offset = entry.place.offset;
	claim_entry(&entry);
	if (entry.block.icb.strategy != STRATEGY_CHAIN)
		fsi_check_number(udf->check, FSI_U_080, &entry.place,
				 "length in the reference to the", udf->block_size,
				 icb.length);
	if (fsi_check_udf_entry(&entry)) {
		tree->nodes.items[number].is_read = true;
		check_body(&entry);
	}
	fsi_free(entry.block.bytes);
}

/* ---- all entries ------------------------------------------------------- */

/* U-089 */
static void check_links(struct fsi_check_tree *tree, const struct fsi_check_node *node)
{
	const struct fsi_check_place at = {node->disc_offset, ENTRY, node->name, true};
	uint32_t expected = node->names;

	if (node->kind == FSI_CHECK_DIRECTORY)
		expected = 1 + node->subdirectories;
	else if (node->kind != FSI_CHECK_FILE)
		return;
	if (node->link_count != expected)
		fsi_check_number(tree->udf->check, FSI_U_089, &at, "link count", expected,
				 node->link_count);
}

/* U-092 */
static void check_object_size(struct fsi_check_tree *tree,
			      const struct fsi_check_node *node)
{
	const struct fsi_check_place at = {node->disc_offset, "extended file entry",
					   node->name, true};

	if (node->is_extended &&
	    (node->kind == FSI_CHECK_FILE || node->kind == FSI_CHECK_DIRECTORY))
		fsi_check_number(tree->udf->check, FSI_U_092, &at, "object size",
				 node->size + node->streams_size, node->object_size);
}

/* U-128: one of the names tells it, the others have numbers of their own. */
static void check_own_id(struct fsi_check_tree *tree, const struct fsi_check_node *node)
{
	const struct fsi_check_place at = {node->disc_offset, ENTRY, node->name, true};

	if (!fsi_check_udf_since(tree->udf, 0x0200) || node->has_own_id ||
	    node->names == 0 ||
	    (node->kind != FSI_CHECK_FILE && node->kind != FSI_CHECK_DIRECTORY))
		return;
	if (node->first_fid_id == (uint32_t)node->unique_id)
		return;
	fsi_check_number(tree->udf->check, FSI_U_128, &at,
			 "unique identifier that the name tells",
			 (uint32_t)node->unique_id, node->first_fid_id);
}

static void check_whole(struct fsi_check_tree *tree)
{
	for (size_t i = 0; i < tree->nodes.count; i++) {
		const struct fsi_check_node *node = &tree->nodes.items[i];

		if (!node->is_read)
			continue;
		check_links(tree, node);
		check_object_size(tree, node);
		check_own_id(tree, node);
	}
}

static void add_root(struct fsi_check_tree *tree, const struct fsi_udf_allocation *icb,
		     enum fsi_check_node_kind kind)
{
	const struct fsi_check_node node = {.icb = *icb, .kind = kind};
	size_t number = 0;
	bool is_new = false;

	/* Who belongs to nobody belongs to itself. */
	if (fsi_check_tree_add(tree, &node, &number, &is_new))
		tree->nodes.items[number].parent = number;
}

/* U-077: that of the system, from 2.00 on. */
static void add_system_streams(struct fsi_check_tree *tree)
{
	struct fsi_check_udf *udf = tree->udf;
	struct fsi_udf_allocation icb = {.length = 0};
	uint8_t *buffer = fsi_check_udf_buffer(udf);
	uint32_t block = 0;
	uint32_t count = 0;

	if (buffer != NULL && fsi_check_udf_since(udf, 0x0200) &&
	    SUCCEEDED(fsi_import_udf_locate(udf->udf, udf->volume.file_set.address, 1, 0,
					    &block, &count)) &&
	    fsi_check_udf_read(udf, block, buffer)) {
		FSI_UDF_RECORD(fsi_udf_file_set_descriptor, record, buffer);

		fsi_udf_get_long_ad(&record->stream_directory, &icb);
	}
	if (icb.length > 0)
		add_root(tree, &icb, FSI_CHECK_STREAM_DIRECTORY);
	fsi_free(buffer);
}

static void free_tree(struct fsi_check_tree *tree)
{
	fsi_vector_free(&tree->nodes);
	fsi_check_set_free(&tree->by_icb);
	fsi_check_set_free(&tree->unique_ids);
	fsi_check_set_free(&tree->fid_ids);
	fsi_check_set_free(&tree->extents);
}

/* Whether there is ISO 9660, too. */
static bool is_bridge(struct fsi_check_udf *udf)
{
	const uint64_t offset =
		((uint64_t)udf->check->session_block + 16) * FSI_BLOCK_SIZE;
	uint8_t head[6];

	return fsi_check_read(udf->check, offset, head, sizeof(head)) &&
	       memcmp(head + 1, "CD001", 5) == 0;
}

void fsi_check_udf_tree(struct fsi_check_udf *udf, struct fsi_check_totals *ret_totals)
{
	struct fsi_check_tree tree = {
		.udf = udf,
		.directory_bytes_left = (uint64_t)udf->block_count * udf->block_size,
		.is_bridge = is_bridge(udf),
		.totals.directory_count = 1, /* the root */
	};

	fsi_check_udf_sessions(udf);
	add_root(&tree, &udf->mount->file_set.root, FSI_CHECK_DIRECTORY);
	add_system_streams(&tree);
	/* The list grows while it is walked over. */
	for (size_t i = 0; i < tree.nodes.count && SUCCEEDED(udf->check->failure); i++)
		check_node(&tree, i);
	check_whole(&tree);
	*ret_totals = tree.totals;
	free_tree(&tree);
}

bool fsi_check_udf_lone_entry(struct fsi_check_udf *udf, struct fsi_udf_address address,
			      enum fsi_check_node_kind kind, const char *structure,
			      struct fsi_udf_entry_block *ret_block)
{
	struct fsi_check_tree tree = {.udf = udf};
	struct fsi_check_entry entry = {
		.tree = &tree,
		.place = {FSI_FINDING_NO_OFFSET, structure, NULL, false},
	};
	const struct fsi_udf_allocation icb = {.length = udf->block_size,
					       .address = address};
	bool is_sound = false;

	add_root(&tree, &icb, kind);
	if (tree.nodes.count > 0 &&
	    read_entry(udf, address, &entry.place, &entry.block)) {
		claim_entry(&entry);
		is_sound = fsi_check_udf_entry(&entry);
		if (is_sound) {
			fsi_check_udf_allocation(&entry);
			*ret_block = entry.block;
		} else {
			fsi_free(entry.block.bytes);
		}
	}
	free_tree(&tree);
	return is_sound;
}
