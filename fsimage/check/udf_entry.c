/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking file entries: ECMA-167 4/14.6, 4/14.9, 4/14.17; U-081 to U-088, U-093 to
 * U-100. */
#include "check/udf_tree.h"

#include "error/fail.h"

#include <inttypes.h>

/* ECMA-167 4/14.6.8 */
#define FLAG_SORTED	   (1u << 3)
#define FLAG_FIXED	   (1u << 4)
#define FLAG_CONTIGUOUS	   (1u << 9)
#define FLAG_STREAM	   (1u << 13)
#define FLAGS_FORBIDDEN	   (1u << 11 | 1u << 12 | 1u << 14 | 1u << 15)
#define PERMISSIONS_UNUSED 0xFFFF8000u

#define UNIQUE_ID_MIN 16

#define ICB_AT(place, member) \
	fsi_check_at(place, offsetof(struct fsi_udf_file_entry, icb_tag) + \
				    offsetof(struct fsi_udf_icb_tag, member))

/* Fields that are in both forms, though not at the same place. */
struct fields {
	uint64_t offset_times[4]; /* access, modification, attribute, creation or 0 */
	uint64_t offset_checkpoint;
	uint64_t offset_attributes_icb;
	uint64_t offset_implementation;
	uint64_t offset_unique_id;
	uint64_t offset_recorded_blocks;
	size_t size;
};

static const struct fields file_entry_fields = {
	.offset_times = {72, 84, 96, 0},
	.offset_checkpoint = 108,
	.offset_attributes_icb = 112,
	.offset_implementation = 128,
	.offset_unique_id = 160,
	.offset_recorded_blocks = 64,
	.size = sizeof(struct fsi_udf_file_entry),
};

static const struct fields extended_entry_fields = {
	.offset_times = {80, 92, 116, 104},
	.offset_checkpoint = 128,
	.offset_attributes_icb = 136,
	.offset_implementation = 168,
	.offset_unique_id = 200,
	.offset_recorded_blocks = 72,
	.size = sizeof(struct fsi_udf_extended_file_entry),
};

static const struct fields *fields_of(const struct fsi_check_entry *entry)
{
	return entry->block.icb.is_extended ? &extended_entry_fields : &file_entry_fields;
}

static void tell(struct fsi_check_entry *entry, enum fsi_statement statement,
		 uint64_t offset, const struct fsi_check_details *details,
		 const char *sentence)
{
	const struct fsi_check_place at = fsi_check_at(&entry->place, offset);

	fsi_check_tell(entry->tree->udf->check, statement, &at, details, "%s", sentence);
}

/* ---- the ICB tag, OSTA UDF 2.3.5 --------------------------------------- */

/* U-081 */
static void check_strategy(struct fsi_check_entry *entry)
{
	struct fsi_check_udf *udf = entry->tree->udf;
	FSI_UDF_RECORD(fsi_udf_file_entry, record, entry->block.bytes);
	const struct fsi_udf_icb_tag *tag = &record->icb_tag;
	const uint16_t strategy = fsi_get_le16(&tag->strategy);
	const bool is_chain = strategy == FSI_UDF_STRATEGY_CHAIN &&
			      (!fsi_check_udf_since(udf, 0x0201) ||
			       udf->access == FSI_DISC_ACCESS_WRITE_ONCE);
	struct fsi_check_place at = ICB_AT(&entry->place, strategy);

	if (!is_chain)
		fsi_check_number(udf->check, FSI_U_081, &at, "strategy",
				 FSI_UDF_STRATEGY_ONE_ENTRY, strategy);
	at = ICB_AT(&entry->place, entry_count_max);
	if (strategy == FSI_UDF_STRATEGY_ONE_ENTRY)
		fsi_check_number(udf->check, FSI_U_081, &at, "maximum number of entries",
				 1, fsi_get_le16(&tag->entry_count_max));
	at = ICB_AT(&entry->place, strategy_parameter);
	if (strategy == FSI_UDF_STRATEGY_ONE_ENTRY)
		fsi_check_number(udf->check, FSI_U_081, &at, "strategy parameter", 0,
				 fsi_get_le16(&tag->strategy_parameter));
	at = ICB_AT(&entry->place, prior_entries);
	if (strategy == FSI_UDF_STRATEGY_ONE_ENTRY)
		fsi_check_number(udf->check, FSI_U_081, &at, "number of prior entries", 0,
				 fsi_get_le32(&tag->prior_entries));
	at = ICB_AT(&entry->place, reserved);
	fsi_check_number(udf->check, FSI_U_081, &at, "reserved byte of the ICB tag", 0,
			 tag->reserved[0]);
}

static bool is_type_of_file(const struct fsi_check_udf *udf, uint8_t type)
{
	switch (type) {
	case FSI_UDF_FILE_REGULAR:
	case FSI_UDF_FILE_BLOCK_DEVICE:
	case FSI_UDF_FILE_CHARACTER_DEVICE:
	case FSI_UDF_FILE_FIFO:
	case FSI_UDF_FILE_SOCKET:
	case FSI_UDF_FILE_LINK:
		return true;
	case FSI_UDF_FILE_REAL_TIME:
		return fsi_check_udf_since(udf, 0x0201);
	default:
		return false;
	}
}

/* U-082: OSTA UDF 2.3.5.2 */
static void check_type(struct fsi_check_entry *entry)
{
	const struct fsi_check_udf *udf = entry->tree->udf;
	const uint8_t type = entry->block.icb.file_type;
	const char *expected = "5";
	bool is_allowed = false;

	switch (fsi_check_node_of(entry)->kind) {
	case FSI_CHECK_FILE:
		expected = "a kind of file";
		is_allowed = is_type_of_file(udf, type);
		break;
	case FSI_CHECK_DIRECTORY:
		expected = "4";
		is_allowed = type == FSI_UDF_FILE_DIRECTORY;
		break;
	case FSI_CHECK_STREAM_DIRECTORY:
		expected = "13";
		is_allowed = type == FSI_UDF_FILE_STREAM_DIRECTORY;
		break;
	case FSI_CHECK_STREAM: /* U-143 */
	case FSI_CHECK_TABLE:  /* these three have statements of their own */
	case FSI_CHECK_METADATA:
	case FSI_CHECK_BITMAP:
		return;
	}
	/* U-121: that the name leads to a directory, or not, is wrong in itself. */
	if (!is_allowed)
		tell(entry,
		     (type == FSI_UDF_FILE_DIRECTORY) !=
					     (fsi_check_node_of(entry)->kind ==
					      FSI_CHECK_DIRECTORY) &&
				     fsi_check_node_of(entry)->kind !=
					     FSI_CHECK_STREAM_DIRECTORY &&
				     (type == FSI_UDF_FILE_DIRECTORY ||
				      is_type_of_file(udf, type))
			     ? FSI_U_121
			     : FSI_U_082,
		     offsetof(struct fsi_udf_file_entry, icb_tag) +
			     offsetof(struct fsi_udf_icb_tag, file_type),
		     &(struct fsi_check_details){.expected = expected,
						 .found = FSI_TEXT("%u", type)},
		     "The file entry is of a kind that does not belong there");
}

/* U-083 */
static void check_parent_icb(struct fsi_check_entry *entry)
{
	struct fsi_check_udf *udf = entry->tree->udf;
	FSI_UDF_RECORD(fsi_udf_file_entry, record, entry->block.bytes);
	const struct fsi_udf_lb_addr *parent = &record->icb_tag.parent;
	const uint32_t block = fsi_get_le32(&parent->block);
	const uint16_t partition = fsi_get_le16(&parent->partition_reference);

	if (block != 0 || partition != 0)
		tell(entry, FSI_U_083,
		     offsetof(struct fsi_udf_file_entry, icb_tag) +
			     offsetof(struct fsi_udf_icb_tag, parent),
		     &(struct fsi_check_details){
			     .severity = fsi_check_udf_weight(udf, 0x0250),
			     .expected = "0",
			     .found = FSI_TEXT("block %" PRIu32 " of partition %u", block,
					       partition)},
		     "The file entry tells where its parent is");
}

/* U-084, U-085, U-102 */
static void check_flags(struct fsi_check_entry *entry)
{
	struct fsi_check_udf *udf = entry->tree->udf;
	const uint64_t offset = offsetof(struct fsi_udf_file_entry, icb_tag) +
				offsetof(struct fsi_udf_icb_tag, flags);
	const uint16_t flags = entry->block.icb.flags;
	const unsigned form = flags & FSI_UDF_ICB_AD_MASK;
	const bool may_be_stream = fsi_check_udf_since(udf, 0x0200) &&
				   fsi_check_node_of(entry)->kind == FSI_CHECK_STREAM;
	const struct fsi_check_details details = {.expected = "flags of UDF",
						  .found = FSI_TEXT("0x%04X", flags)};

	if (form == 2)
		tell(entry, FSI_U_102, offset, &details,
		     "The file entry has extended allocation descriptors");
	else if (form > FSI_UDF_ICB_EMBEDDED)
		tell(entry, FSI_U_084, offset, &details,
		     "The allocation descriptors of the file entry have no known form");
	if ((flags & FLAGS_FORBIDDEN) != 0)
		tell(entry, FSI_U_084, offset, &details,
		     "The file entry has flags that UDF does not allow");
	if ((flags & FLAG_STREAM) != 0 && !may_be_stream)
		tell(entry, FSI_U_084, offset, &details,
		     "The file entry says that it is a stream, but it is none");
	if ((flags & (FLAG_SORTED | FLAG_FIXED | FLAG_CONTIGUOUS)) != 0)
		tell(entry, FSI_U_085, offset, &details,
		     "The file entry claims to be sorted, fixed or contiguous");
}

/* ---- the rest ---------------------------------------------------------- */

/* U-025, U-086, U-100 */
static void check_size(struct fsi_check_entry *entry)
{
	struct fsi_check_udf *udf = entry->tree->udf;
	const struct fsi_udf_icb *icb = &entry->block.icb;
	const size_t size =
		fields_of(entry)->size + icb->attributes_size + icb->descriptors_size;
	const struct fsi_check_place rest = fsi_check_at(&entry->place, size);
	const unsigned form = icb->flags & FSI_UDF_ICB_AD_MASK;
	const size_t unit = form == FSI_UDF_ICB_LONG_AD ? 16 : 8;

	fsi_check_udf_crc_length(udf, &entry->place, entry->block.bytes, size, FSI_U_025);
	if (icb->attributes_size % 4 != 0 ||
	    (form <= FSI_UDF_ICB_LONG_AD && icb->descriptors_size % unit != 0))
		tell(entry, FSI_U_086, 0,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("multiples of 4 and %zu", unit),
			     .found = FSI_TEXT("%zu and %zu bytes", icb->attributes_size,
					       icb->descriptors_size)},
		     "The file entry ends within an attribute or a descriptor");
	fsi_check_zero(udf->check, FSI_U_100, &rest, "rest of the block",
		       entry->block.bytes + size, udf->block_size - size);
}

/* U-087, U-088, U-095, U-096 */
static void check_constants(struct fsi_check_entry *entry)
{
	static const struct fsi_check_field format[] = {
		FSI_CHECK_FIELD(FSI_U_088, fsi_udf_file_entry, record_format, 0,
				"record format"),
		FSI_CHECK_FIELD(FSI_U_088, fsi_udf_file_entry, record_display_attributes,
				0, "record display attributes"),
		FSI_CHECK_FIELD(FSI_U_088, fsi_udf_file_entry, record_length, 0,
				"record length"),
	};
	static const struct fsi_check_field checkpoint[] = {
		FSI_CHECK_FIELD(FSI_U_095, fsi_udf_file_entry, checkpoint, 1,
				"checkpoint"),
	};
	static const struct fsi_check_field extended[] = {
		FSI_CHECK_FIELD(FSI_U_095, fsi_udf_extended_file_entry, checkpoint, 1,
				"checkpoint"),
		FSI_CHECK_FIELD(FSI_U_096, fsi_udf_extended_file_entry, reserved, 0,
				"reserved space"),
	};
	struct fsi_check_udf *udf = entry->tree->udf;
	const bool is_extended = entry->block.icb.is_extended;
	const uint32_t permissions = entry->block.icb.permissions;

	fsi_check_udf_fields(udf, &entry->place, entry->block.bytes, format, 3);
	fsi_check_udf_fields(udf, &entry->place, entry->block.bytes,
			     is_extended ? extended : checkpoint, is_extended ? 2 : 1);
	if ((permissions & PERMISSIONS_UNUSED) != 0)
		tell(entry, FSI_U_087, offsetof(struct fsi_udf_file_entry, permissions),
		     &(struct fsi_check_details){
			     .expected = "15 bits",
			     .found = FSI_TEXT("0x%08" PRIX32, permissions)},
		     "The file entry has permissions that do not exist");
}

static bool is_before(const struct fsi_disc_time *a, const struct fsi_disc_time *b)
{
	return a->is_known && b->is_known &&
	       (a->time.tv_sec < b->time.tv_sec ||
		(a->time.tv_sec == b->time.tv_sec && a->time.tv_nsec < b->time.tv_nsec));
}

/* U-093, U-094 */
static void check_times(struct fsi_check_entry *entry)
{
	static const char *const names[] = {"access time", "modification time",
					    "attribute time", "creation time"};
	const struct fsi_udf_icb *icb = &entry->block.icb;
	const struct fields *fields = fields_of(entry);

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const uint64_t offset = fields->offset_times[i];
		const struct fsi_check_place at = fsi_check_at(&entry->place, offset);

		if (offset == 0)
			continue;
		FSI_UDF_RECORD(fsi_udf_timestamp, time, entry->block.bytes + offset);
		fsi_check_udf_time(entry->tree->udf, &at, time, FSI_U_093, names[i]);
	}
	if (icb->is_extended && is_before(&icb->modification_time, &icb->creation_time))
		tell(entry, FSI_U_094, fields->offset_times[3],
		     &(struct fsi_check_details){
			     .expected = "not after the last modification"},
		     "The file was created after it was modified");
}

/* U-097 */
static void check_attributes_icb(struct fsi_check_entry *entry)
{
	const struct fsi_udf_allocation *icb = &entry->block.icb.attributes_icb;

	if (icb->length != 0 || icb->address.block != 0 || icb->address.partition != 0)
		tell(entry, FSI_U_097, fields_of(entry)->offset_attributes_icb,
		     &(struct fsi_check_details){
			     .expected = "none",
			     .found = FSI_TEXT("block %" PRIu32 " of partition %u",
					       icb->address.block,
					       icb->address.partition)},
		     "The file entry has extended attributes elsewhere, which few "
		     "systems look at");
}

/* U-099; what belongs to the system or to a partition has 0, streams what their file
 * has. */
static void check_unique_id(struct fsi_check_entry *entry)
{
	struct fsi_check_tree *tree = entry->tree;
	const struct fsi_check_node *node = fsi_check_node_of(entry);
	const uint64_t offset = fields_of(entry)->offset_unique_id;
	const uint64_t id = entry->block.icb.unique_id;
	const uint64_t *known = NULL;
	const bool is_root = entry->node == 0;
	struct fsi_check_details details = {
		.expected = is_root ? "0" : FSI_TEXT("%d or more", UNIQUE_ID_MIN),
		.found = FSI_TEXT("%" PRIu64, id)};

	if (node->kind != FSI_CHECK_FILE && node->kind != FSI_CHECK_DIRECTORY)
		return;
	if (id > tree->totals.highest_unique_id)
		tree->totals.highest_unique_id = id;
	if (is_root ? id != 0 : id < UNIQUE_ID_MIN) {
		tell(entry, FSI_U_099, offset, &details,
		     is_root ? "The unique identifier of the root is not 0"
			     : "The unique identifier of the file entry is reserved");
		return;
	}
	known = fsi_check_set_find(&tree->unique_ids, id);
	details.expected = "one of its own";
	if (known != NULL)
		tell(entry, FSI_U_099, offset, &details,
		     "Another file entry has the same unique identifier");
	else if (!fsi_check_set_add(&tree->unique_ids, id, entry->node))
		fsi_check_fail(tree->udf->check, FSI_FAIL(E_OUTOFMEMORY));
}

/* U-143 */
static void check_stream(struct fsi_check_entry *entry)
{
	const struct fsi_udf_icb *icb = &entry->block.icb;

	if (fsi_check_node_of(entry)->kind != FSI_CHECK_STREAM)
		return;
	if (icb->file_type != FSI_UDF_FILE_REGULAR || (icb->flags & FLAG_STREAM) == 0 ||
	    icb->link_count != 1)
		tell(entry, FSI_U_143, 0,
		     &(struct fsi_check_details){
			     .expected = "kind 5, the flag of streams, one link",
			     .found = FSI_TEXT("kind %u, flags 0x%04X, %u links",
					       icb->file_type, icb->flags,
					       icb->link_count)},
		     "The entry of a named stream does not say that it is one");
	if (icb->stream_directory.length > 0)
		tell(entry, FSI_U_142, 0, &(struct fsi_check_details){.expected = "none"},
		     "A named stream has streams itself");
}

/* U-028, U-142: a stream directory, which only an extended entry can have. */
static void check_stream_directory(struct fsi_check_entry *entry)
{
	struct fsi_check_tree *tree = entry->tree;
	const struct fsi_check_node *owner = fsi_check_node_of(entry);
	const struct fsi_udf_allocation *icb = &entry->block.icb.stream_directory;
	struct fsi_check_node node = {
		.icb = *icb,
		.kind = FSI_CHECK_STREAM_DIRECTORY,
		.name = owner->name,
		.parent = entry->node,
	};
	const enum fsi_check_node_kind kind = owner->kind;
	size_t number = 0;
	bool is_new = false;

	if (!entry->block.icb.is_extended)
		return;
	if (!fsi_check_udf_since(tree->udf, 0x0200))
		tell(entry, FSI_U_028, 0,
		     &(struct fsi_check_details){.expected = "tag 261",
						 .found = "tag 266"},
		     "Extended file entries exist from revision 2.00 on");
	if (icb->length == 0 || kind == FSI_CHECK_STREAM)
		return;
	if (kind == FSI_CHECK_STREAM_DIRECTORY) {
		tell(entry, FSI_U_142, 0, &(struct fsi_check_details){.expected = "none"},
		     "A stream directory has streams itself");
		return;
	}
	if (kind != FSI_CHECK_FILE && kind != FSI_CHECK_DIRECTORY)
		return;
	if (fsi_check_tree_add(tree, &node, &number, &is_new) && !is_new)
		tell(entry, FSI_U_101, 152,
		     &(struct fsi_check_details){.expected = "one of its own"},
		     "The stream directory belongs to something else, too");
}

static void take_facts(struct fsi_check_entry *entry)
{
	struct fsi_check_node *node = fsi_check_node_of(entry);
	const struct fsi_udf_icb *icb = &entry->block.icb;
	FSI_UDF_RECORD(fsi_udf_file_entry, record, entry->block.bytes);

	node->unique_id = icb->unique_id;
	node->size = icb->size;
	node->link_count = icb->link_count;
	node->is_extended = icb->is_extended;
	entry->recorded_blocks = fsi_get_le64(&record->recorded_blocks);
	if (icb->is_extended) {
		FSI_UDF_RECORD(fsi_udf_extended_file_entry, extended, entry->block.bytes);

		node->object_size = fsi_get_le64(&extended->object_size);
		entry->recorded_blocks = fsi_get_le64(&extended->recorded_blocks);
	}
	/* U-092: a stream adds to the file that its directory belongs to. */
	if (node->kind == FSI_CHECK_STREAM) {
		const size_t directory = node->parent;
		const size_t owner = entry->tree->nodes.items[directory].parent;

		entry->tree->nodes.items[owner].streams_size += icb->size;
	}
}

bool fsi_check_udf_entry(struct fsi_check_entry *entry)
{
	struct fsi_check_udf *udf = entry->tree->udf;
	const uint64_t offset = fields_of(entry)->offset_implementation;
	const struct fsi_check_place at = fsi_check_at(&entry->place, offset);
	FSI_UDF_RECORD(fsi_udf_regid, implementation, entry->block.bytes + offset);

	take_facts(entry);
	check_strategy(entry);
	check_type(entry);
	check_parent_icb(entry);
	check_flags(entry);
	check_size(entry);
	check_constants(entry);
	check_times(entry);
	check_attributes_icb(entry);
	fsi_check_udf_regid(udf, &at, implementation, FSI_CHECK_SUFFIX_IMPLEMENTATION,
			    FSI_U_098);
	check_unique_id(entry);
	check_stream(entry);
	check_stream_directory(entry);
	return SUCCEEDED(udf->check->failure);
}
