/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking where the bodies of files lie: ECMA-167 4/12, 4/14.5, 4/14.14; U-090, U-091,
 * U-103 to U-114, U-134, U-153. */
#include "check/udf_tree.h"

#include "error/fail.h"

#include <inttypes.h>

#define EXTENT_DESCRIPTOR "allocation extent descriptor"

/* A list of allocation descriptors that is walked through. */
struct walk {
	struct fsi_check_entry *entry;
	struct fsi_check_udf *udf;
	struct fsi_check_place place; /* of the list */
	const uint8_t *list;
	size_t size;
	size_t at;	/* of the descriptor that is looked at */
	uint8_t *block; /* with the list; NULL: it is in the entry */
	unsigned form;
	bool is_metadata; /* the volume has such a partition */
	/* Of the body so far. */
	uint64_t length;
	uint64_t recorded_blocks;
	unsigned extents;    /* with blocks */
	bool was_partial;    /* the last one was no whole blocks */
	uint64_t next_block; /* where the next one is to go on */
	uint32_t tail_block; /* of the volume, of the last recorded block; */
	uint32_t tail_used;  /* bytes in it; 0: there is no tail */
	bool is_fragmented;
	bool has_hole;
	bool has_list;
};

static void tell(struct walk *walk, enum fsi_statement statement,
		 const struct fsi_check_details *details, const char *sentence)
{
	const struct fsi_check_place at = fsi_check_at(&walk->place, walk->at);

	fsi_check_tell(walk->udf->check, statement, &at, details, "%s", sentence);
}

static enum fsi_check_node_kind kind_of(const struct walk *walk)
{
	return fsi_check_node_of(walk->entry)->kind;
}

static bool is_directory(const struct walk *walk)
{
	const uint8_t type = walk->entry->block.icb.file_type;

	return type == FSI_UDF_FILE_DIRECTORY || type == FSI_UDF_FILE_STREAM_DIRECTORY;
}

/* ---- one extent -------------------------------------------------------- */

static uint32_t blocks_of(const struct walk *walk, uint32_t length)
{
	const uint32_t size = walk->udf->block_size;

	return length / size + (length % size != 0);
}

/* U-106; false: its blocks cannot be spoken of. */
static bool check_bounds(struct walk *walk, const struct fsi_udf_allocation *allocation)
{
	const struct fsi_udf *udf = walk->udf->udf;
	const uint16_t partition = allocation->address.partition;
	const uint32_t blocks = blocks_of(walk, allocation->length);
	const uint32_t count = partition < udf->spaces.count
				       ? udf->spaces.items[partition].block_count
				       : 0;

	if (allocation->type == FSI_UDF_EXTENT_UNALLOCATED)
		return true;
	if (blocks <= count && allocation->address.block <= count - blocks)
		return true;
	tell(walk, FSI_U_106,
	     &(struct fsi_check_details){
		     .expected = FSI_TEXT("at most block %" PRIu32 " of partition %u",
					  count == 0 ? 0 : count - 1, partition),
		     .found = FSI_TEXT("%" PRIu32 " blocks from block %" PRIu32, blocks,
				       allocation->address.block)},
	     "An extent is not inside its partition");
	return false;
}

/* U-104, U-105: what another extent follows; ECMA-167 4/12.1 */
static void check_length(struct walk *walk, const struct fsi_udf_allocation *allocation)
{
	const uint32_t block_size = walk->udf->block_size;
	const uint64_t size = walk->entry->block.icb.size;
	const bool is_last = walk->length + allocation->length >= size;

	if (walk->was_partial && walk->length < size)
		tell(walk, FSI_U_104, &(struct fsi_check_details){.expected = "the end"},
		     "An extent follows one that ends within a block");
	walk->was_partial = allocation->length % block_size != 0;
	if (!is_last && allocation->length > (UINT32_C(1) << 30) - block_size)
		tell(walk, FSI_U_105,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("at most %" PRIu32 " bytes",
						  (UINT32_C(1) << 30) - block_size),
			     .found = FSI_TEXT("%" PRIu32, allocation->length)},
		     "An extent that is not the last one is too long");
	/* Space behind the end of the file is kept for it, but not recorded. */
	if (walk->length >= size && size > 0 &&
	    allocation->type != FSI_UDF_EXTENT_ALLOCATED)
		tell(walk, FSI_U_090,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("%" PRIu64 " bytes", size),
			     .found = FSI_TEXT("an extent from byte %" PRIu64 " on",
					       walk->length)},
		     "An extent is recorded behind the end of the file");
}

/* U-110, U-153: OSTA UDF 2.2.13, 2.3.10.1 */
static void check_partition(struct walk *walk,
			    const struct fsi_udf_allocation *allocation)
{
	const enum fsi_check_node_kind kind = kind_of(walk);
	const bool is_ours = kind != FSI_CHECK_METADATA && kind != FSI_CHECK_BITMAP;
	const uint16_t expected = is_directory(walk) ? 1 : 0;

	if (walk->is_metadata && is_ours && allocation->address.partition != expected)
		tell(walk, FSI_U_153,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("partition %u", expected),
			     .found = FSI_TEXT("partition %u",
					       allocation->address.partition)},
		     is_directory(walk) ? "A directory lies outside of the metadata "
					  "partition"
					: "The data of a file lies among the metadata");
}

/* U-111 */
static void check_use(struct walk *walk, const struct fsi_udf_allocation *allocation)
{
	const struct fsi_check_place at = fsi_check_at(&walk->place, walk->at);
	uint16_t flags = 0;
	uint16_t allowed = allocation->type == FSI_UDF_EXTENT_ALLOCATED ? 1 : 0;

	if (walk->form != FSI_UDF_ICB_LONG_AD)
		return;
	FSI_UDF_RECORD(fsi_udf_long_ad, record, walk->list + walk->at);
	flags = fsi_get_le16(&record->flags);
	if ((flags & ~allowed) != 0)
		fsi_check_hex(walk->udf->check, FSI_U_111, &at,
			      "implementation use of an allocation descriptor", 0, flags);
}

static void claim(struct walk *walk, const struct fsi_udf_allocation *allocation)
{
	const enum fsi_check_node_kind kind = kind_of(walk);
	struct fsi_check_place place = walk->entry->place;
	const struct fsi_check_claim claim = {
		.kind = is_directory(walk) || kind == FSI_CHECK_TABLE ||
					kind == FSI_CHECK_BITMAP
				? FSI_OWNER_STRUCTURE
				: FSI_OWNER_DATA,
		.statement = FSI_U_108,
		.address = allocation->address,
		.blocks = blocks_of(walk, allocation->length),
	};

	/* Main file and mirror may share all; udf_metadata.c knows. */
	if (kind == FSI_CHECK_METADATA)
		return;
	place.structure = is_directory(walk) ? "directory" : "data";
	fsi_check_udf_claim_space(walk->udf, &place, &claim);
}

/* Where the last bytes are, for U-113. */
static void note_tail(struct walk *walk, const struct fsi_udf_allocation *allocation)
{
	const uint32_t used = allocation->length % walk->udf->block_size;
	struct fsi_udf_address address = allocation->address;
	uint32_t count = 0;

	walk->tail_used = 0;
	address.block += blocks_of(walk, allocation->length) - 1;
	if (used > 0 && fsi_check_udf_ok(walk->udf, fsi_import_udf_locate(
							    walk->udf->udf, address, 1, 0,
							    &walk->tail_block, &count)))
		walk->tail_used = used;
}

static void take_extent(struct walk *walk, const struct fsi_udf_allocation *allocation)
{
	const uint32_t blocks = blocks_of(walk, allocation->length);
	const bool is_inside = check_bounds(walk, allocation);

	check_length(walk, allocation);
	check_use(walk, allocation);
	if (allocation->type == FSI_UDF_EXTENT_UNALLOCATED &&
	    allocation->address.block != 0)
		tell(walk, FSI_U_107,
		     &(struct fsi_check_details){
			     .expected = "block 0",
			     .found = FSI_TEXT("block %" PRIu32,
					       allocation->address.block)},
		     "An extent without space has a place");
	if (allocation->type == FSI_UDF_EXTENT_RECORDED) {
		check_partition(walk, allocation);
		walk->is_fragmented = walk->is_fragmented ||
				      (walk->extents > 0 &&
				       walk->next_block != allocation->address.block);
		walk->next_block = (uint64_t)allocation->address.block + blocks;
		walk->extents++;
		walk->recorded_blocks += blocks;
	} else {
		walk->has_hole = true;
	}
	if (is_inside && allocation->type != FSI_UDF_EXTENT_UNALLOCATED)
		claim(walk, allocation);
	if (is_inside && allocation->type == FSI_UDF_EXTENT_RECORDED)
		note_tail(walk, allocation);
	walk->length += allocation->length;
}

/* ---- the list ---------------------------------------------------------- */

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

/* U-103: a descriptor of no length ends the list. end: behind it. */
static void check_end(struct walk *walk, size_t end,
		      const struct fsi_udf_allocation *allocation)
{
	if (end == walk->at)
		return;
	if (allocation->address.block != 0 || allocation->address.partition != 0) {
		/* Short ones belong to the partition of their entry. */
		if (allocation->address.block != 0 || walk->form == FSI_UDF_ICB_LONG_AD)
			tell(walk, FSI_U_103,
			     &(struct fsi_check_details){
				     .expected = "no place",
				     .found = FSI_TEXT("block %" PRIu32,
						       allocation->address.block)},
			     "An allocation descriptor of no length has a place");
	}
	if (!is_zero(walk->list + end, walk->size - end))
		tell(walk, FSI_U_103, &(struct fsi_check_details){.expected = "the end"},
		     "An allocation descriptor of no length is in the middle of others");
}

/* U-109: ECMA-167 4/14.5 */
static bool check_list(struct walk *walk, uint32_t location)
{
	FSI_UDF_RECORD(fsi_udf_allocation_extent, record, walk->block);
	const struct fsi_check_tagged tagged = {
		.bytes = walk->block,
		.available = walk->udf->block_size,
		.identifiers = {FSI_UDF_TAG_ALLOCATION_EXTENT,
				FSI_UDF_TAG_ALLOCATION_EXTENT},
		.location = location,
		.missing = FSI_U_109,
	};
	uint32_t size = 0;
	uint16_t crc_length = 0;

	if (!fsi_check_udf_tag(walk->udf, &walk->place, &tagged))
		return false;
	if (fsi_udf_get_allocation_extent(walk->block, walk->udf->block_size, &walk->list,
					  &walk->size) != FSI_UDF_SOUND) {
		tell(walk, FSI_U_109,
		     &(struct fsi_check_details){.expected = "what fits into a block"},
		     "The list of an " EXTENT_DESCRIPTOR " does not fit into its block");
		return false;
	}
	size = (uint32_t)walk->size + 8;
	crc_length = fsi_get_le16(&record->tag.crc_length);
	if (crc_length != 8)
		fsi_check_udf_crc_length(walk->udf, &walk->place, walk->block,
					 size + sizeof(record->tag), FSI_U_025);
	if (fsi_check_udf_since(walk->udf, 0x0250))
		fsi_check_number(walk->udf->check, FSI_U_109, &walk->place,
				 "previous allocation extent", 0,
				 fsi_get_le32(&record->previous_block));
	return true;
}

/* Whether the list at an address was not met before. */
static bool is_new_list(struct walk *walk, struct fsi_udf_address address)
{
	struct fsi_check_tree *tree = walk->entry->tree;
	const uint64_t key = (uint64_t)address.partition << 32 | address.block;

	if (fsi_check_set_find(&tree->extents, key) != NULL) {
		tell(walk, FSI_U_109,
		     &(struct fsi_check_details){
			     .expected = "a list of its own",
			     .found = FSI_TEXT("block %" PRIu32, address.block)},
		     "Allocation descriptors go on where others have been already");
		return false;
	}
	if (!fsi_check_set_add(&tree->extents, key, 0))
		fsi_check_fail(walk->udf->check, FSI_FAIL(E_OUTOFMEMORY));
	return true;
}

/* The list goes on elsewhere; false: it does not, after all. */
static bool follow(struct walk *walk, const struct fsi_udf_allocation *next)
{
	struct fsi_check_udf *udf = walk->udf;
	const struct fsi_check_claim claim = {FSI_OWNER_STRUCTURE, FSI_U_108,
					      next->address, 1};
	uint32_t block = 0;
	uint32_t count = 0;

	walk->has_list = true;
	if (next->length > udf->block_size)
		tell(walk, FSI_U_109,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("at most %" PRIu32, udf->block_size),
			     .found = FSI_TEXT("%" PRIu32, next->length)},
		     "Allocation descriptors go on over more than a block");
	if (!is_new_list(walk, next->address))
		return false;
	if (!fsi_check_udf_ok(udf, fsi_import_udf_locate(udf->udf, next->address, 1, 0,
							 &block, &count))) {
		tell(walk, FSI_U_109,
		     &(struct fsi_check_details){.expected = "a block of the partition"},
		     "Allocation descriptors go on outside of the partition");
		return false;
	}
	if (walk->block == NULL)
		walk->block = fsi_check_udf_buffer(udf);
	if (walk->block == NULL || !fsi_check_udf_read(udf, block, walk->block))
		return false;
	walk->place = fsi_check_udf_place(udf, block, EXTENT_DESCRIPTOR);
	walk->place.name = walk->entry->place.name;
	walk->place.is_file = walk->entry->place.is_file;
	walk->at = 0;
	if (!check_list(walk, next->address.block))
		return false;
	fsi_check_udf_claim_space(udf, &walk->place, &claim);
	walk->place =
		fsi_check_at(&walk->place, sizeof(struct fsi_udf_allocation_extent));
	return true;
}

static void walk_list(struct walk *walk)
{
	bool goes_on = true;

	while (goes_on) {
		struct fsi_udf_allocation allocation = {.length = 0};
		size_t end = walk->at;

		goes_on = fsi_udf_next_allocation(walk->list, walk->size, walk->form,
						  walk->entry->block.address.partition,
						  &end, &allocation);
		if (!goes_on) {
			check_end(walk, end, &allocation);
		} else if (allocation.type == FSI_UDF_EXTENT_NEXT) {
			if (!is_zero(walk->list + end, walk->size - end))
				tell(walk, FSI_U_109,
				     &(struct fsi_check_details){.expected = "the end"},
				     "Something stands behind the descriptor that leads "
				     "to others");
			goes_on = follow(walk, &allocation);
		} else {
			take_extent(walk, &allocation);
			walk->at = end;
		}
	}
}

/* ---- the whole body ---------------------------------------------------- */

/* U-110 */
static void check_form(struct walk *walk)
{
	const enum fsi_check_node_kind kind = kind_of(walk);
	const bool is_table = kind == FSI_CHECK_METADATA || kind == FSI_CHECK_BITMAP;
	const bool must_be_short = is_table || is_directory(walk);
	const unsigned expected =
		must_be_short ? FSI_UDF_ICB_SHORT_AD : FSI_UDF_ICB_LONG_AD;

	if (!walk->is_metadata || walk->form == expected ||
	    (walk->form == FSI_UDF_ICB_EMBEDDED && !is_table) ||
	    walk->entry->block.icb.size == 0)
		return;
	tell(walk, FSI_U_110,
	     &(struct fsi_check_details){.expected = must_be_short ? "short" : "long",
					 .found = FSI_TEXT("form %u", walk->form)},
	     "The allocation descriptors have a form that does not go with metadata");
}

/* U-113 */
static void check_tail(struct walk *walk)
{
	struct fsi_check_udf *udf = walk->udf;
	const struct fsi_check_place at = {
		(uint64_t)walk->tail_block * udf->block_size + walk->tail_used,
		"last block of the file", walk->entry->place.name, true};
	uint8_t *buffer = NULL;

	if (walk->tail_used == 0)
		return;
	buffer = fsi_check_udf_buffer(udf);
	if (buffer != NULL && fsi_check_read_data(udf->check, at.offset, buffer,
						  udf->block_size - walk->tail_used))
		fsi_check_zero(udf->check, FSI_U_113, &at, "rest", buffer,
			       udf->block_size - walk->tail_used);
	fsi_free(buffer);
}

/* Whether a file is in one of the folders of DVD-Video, OSTA UDF 6.9. */
static bool is_video(const struct walk *walk)
{
	const struct fsi_check_name *name = walk->entry->place.name;
	const struct fsi_check_name *folder = name != NULL ? name->parent : NULL;

	return folder != NULL && folder->parent == NULL &&
	       (strcmp(folder->text, "VIDEO_TS") == 0 ||
		strcmp(folder->text, "AUDIO_TS") == 0);
}

/* U-171: players read the one extent that they know. */
static void check_video(struct walk *walk)
{
	if (walk->udf->revision != 0x0102 || !is_video(walk) ||
	    (walk->form == FSI_UDF_ICB_SHORT_AD && walk->extents <= 1 &&
	     !walk->has_hole && !walk->has_list &&
	     walk->length <= (UINT32_C(1) << 30) - walk->udf->block_size))
		return;
	tell(walk, FSI_U_171,
	     &(struct fsi_check_details){
		     .expected = "one extent of less than 1 GiB in a short descriptor",
		     .found = FSI_TEXT("form %u, %u extents", walk->form, walk->extents)},
	     "Players of DVD-Video cannot read the file");
}

/* U-112, U-114, U-134: what only some readers cope with. */
static void check_portability(struct walk *walk)
{
	const uint8_t type = walk->entry->block.icb.file_type;
	const bool is_file =
		kind_of(walk) == FSI_CHECK_FILE &&
		(type == FSI_UDF_FILE_REGULAR || type == FSI_UDF_FILE_REAL_TIME);
	const bool is_embedded = walk->form == FSI_UDF_ICB_EMBEDDED;

	walk->at = 0;
	if (is_file && walk->entry->tree->is_bridge && walk->entry->block.icb.size > 0 &&
	    (walk->has_hole || walk->has_list || is_embedded))
		tell(walk, FSI_U_112,
		     &(struct fsi_check_details){
			     .expected = "recorded extents",
			     .found = is_embedded      ? "data in the entry"
				      : walk->has_hole ? "holes"
						       : "a list in several blocks"},
		     "ISO 9660 cannot have a file as it lies here");
	if (is_file && walk->entry->block.icb.size > 0)
		check_video(walk);
	if (walk->is_fragmented && is_file)
		tell(walk, FSI_U_114,
		     &(struct fsi_check_details){
			     .expected = "one piece",
			     .found = FSI_TEXT("%u extents", walk->extents)},
		     "The file lies in several pieces");
	if (is_directory(walk) && walk->extents > 1)
		tell(walk, FSI_U_134,
		     &(struct fsi_check_details){
			     .expected = "one piece",
			     .found = FSI_TEXT("%u extents", walk->extents)},
		     "The directory lies in several pieces");
}

/* U-090, U-091 */
static void check_sums(struct walk *walk)
{
	const struct fsi_check_entry *entry = walk->entry;
	const uint64_t size = entry->block.icb.size;

	/* Space that is kept for the file may be behind its end. */
	if (walk->length < size || (walk->length > size && !walk->has_hole))
		fsi_check_number(walk->udf->check, FSI_U_090, &entry->place,
				 "information length", walk->length, size);
	fsi_check_number(walk->udf->check, FSI_U_091, &entry->place,
			 "number of recorded blocks", walk->recorded_blocks,
			 entry->recorded_blocks);
}

void fsi_check_udf_allocation(struct fsi_check_entry *entry)
{
	const struct fsi_udf_icb *icb = &entry->block.icb;
	struct walk walk = {
		.entry = entry,
		.udf = entry->tree->udf,
		.list = icb->descriptors,
		.size = icb->descriptors_size,
		.form = icb->flags & FSI_UDF_ICB_AD_MASK,
		.is_metadata = entry->tree->udf->has_map[FSI_DISC_PARTITION_METADATA],
		.place = fsi_check_at(&entry->place,
				      (uint64_t)(icb->descriptors - entry->block.bytes)),
	};

	check_form(&walk);
	if (walk.form == FSI_UDF_ICB_EMBEDDED)
		walk.length = icb->descriptors_size;
	else if (walk.form == FSI_UDF_ICB_SHORT_AD || walk.form == FSI_UDF_ICB_LONG_AD)
		walk_list(&walk);
	else
		return;
	check_sums(&walk);
	if (kind_of(&walk) == FSI_CHECK_FILE || kind_of(&walk) == FSI_CHECK_STREAM)
		check_tail(&walk);
	check_portability(&walk);
	fsi_free(walk.block);
}
