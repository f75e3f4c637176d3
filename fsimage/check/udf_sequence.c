/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking volume descriptor sequences: ECMA-167 3/8.4; U-029 to U-034, U-056, U-060. */
#include "check/udf.h"

#include "error/fail.h"

#include <inttypes.h>

/* Blocks of a sequence that are looked at, in all its extents together. */
#define BLOCKS_MAX 256

#define TERMINATOR "terminating descriptor"

struct walk {
	struct fsi_check_udf *udf;
	struct fsi_check_sequence *sequence;
	uint8_t *buffer;
	uint32_t next_block;
	uint32_t end_block;
	bool has_terminator;
};

static const char *name_of(unsigned identifier)
{
	static const char *const names[] = {
		[FSI_UDF_TAG_PRIMARY_VOLUME] = "primary volume descriptor",
		[FSI_UDF_TAG_VOLUME_POINTER] = "volume descriptor pointer",
		[FSI_UDF_TAG_IMPLEMENTATION_USE] = "implementation use volume descriptor",
		[FSI_UDF_TAG_PARTITION] = "partition descriptor",
		[FSI_UDF_TAG_LOGICAL_VOLUME] = "logical volume descriptor",
		[FSI_UDF_TAG_UNALLOCATED_SPACE] = "unallocated space descriptor",
		[FSI_UDF_TAG_TERMINATING] = TERMINATOR,
	};

	return identifier < sizeof(names) / sizeof(names[0]) && names[identifier] != NULL
		       ? names[identifier]
		       : "volume descriptor";
}

static bool is_of_sequence(unsigned identifier)
{
	return identifier >= FSI_UDF_TAG_PRIMARY_VOLUME &&
	       identifier <= FSI_UDF_TAG_TERMINATING && identifier != FSI_UDF_TAG_ANCHOR;
}

/* With all its parts; 0: they do not fit, which is told elsewhere. */
static size_t size_of(const struct fsi_check_udf *udf, unsigned identifier,
		      const uint8_t *bytes)
{
	FSI_UDF_RECORD(fsi_udf_unallocated_space_descriptor, space, bytes);
	FSI_UDF_RECORD(fsi_udf_logical_volume_descriptor, volume, bytes);
	uint64_t size = 512;

	if (identifier == FSI_UDF_TAG_LOGICAL_VOLUME)
		size = sizeof(*volume) +
		       (uint64_t)fsi_get_le32(&volume->map_table_length);
	else if (identifier == FSI_UDF_TAG_UNALLOCATED_SPACE)
		size = sizeof(*space) + (uint64_t)fsi_get_le32(&space->extent_count) *
						sizeof(struct fsi_udf_extent_ad);
	return size <= udf->block_size ? (size_t)size : 0;
}

static void keep(struct walk *walk, unsigned identifier, uint32_t block)
{
	fsi_check_descriptors *items = &walk->sequence->items;
	uint8_t *copy = fsi_check_udf_buffer(walk->udf);

	if (copy == NULL)
		return;
	if (!fsi_vector_reserve(items, 1)) {
		fsi_free(copy);
		fsi_check_fail(walk->udf->check, FSI_FAIL(E_OUTOFMEMORY));
		return;
	}
	memcpy(copy, walk->buffer, walk->udf->block_size);
	items->items[items->count++] = (struct fsi_check_descriptor){
		.identifier = identifier,
		.number = fsi_udf_get_sequence_number(copy),
		.block = block,
		.bytes = copy,
	};
}

/* U-034: what leads to another extent. */
static void follow(struct walk *walk, const struct fsi_check_place *place)
{
	struct fsi_udf_run next;

	fsi_udf_get_volume_pointer(walk->buffer, &next);
	fsi_check_tell(walk->udf->check, FSI_U_034, place,
		       &(struct fsi_check_details){
			       .expected = "no volume descriptor pointer",
			       .found = FSI_TEXT("one to block %" PRIu32, next.block)},
		       "The %s goes on elsewhere, where some readers do not follow",
		       walk->sequence->name);
	walk->next_block = next.block;
	walk->end_block = next.length / walk->udf->block_size < UINT32_MAX - next.block
				  ? next.block + next.length / walk->udf->block_size
				  : UINT32_MAX;
}

static void check_terminator(struct walk *walk, const struct fsi_check_place *place)
{
	static const struct fsi_check_field fields[] = {
		FSI_CHECK_FIELD(FSI_U_056, fsi_udf_terminating_descriptor, reserved, 0,
				"content"),
	};

	fsi_check_udf_fields(walk->udf, place, walk->buffer, fields, 1);
	walk->has_terminator = true;
}

static void tell_no_descriptor(struct walk *walk, const struct fsi_check_place *place)
{
	FSI_UDF_RECORD(fsi_udf_tag, tag, walk->buffer);
	const bool is_tag = tag->checksum[0] == fsi_udf_tag_sum(tag);

	fsi_check_tell(walk->udf->check, is_tag ? FSI_U_028 : FSI_U_021, place,
		       &(struct fsi_check_details){
			       .expected = "a volume descriptor",
			       .found = FSI_TEXT("tag %u",
						 fsi_udf_tag_identifier(walk->buffer))},
		       "What stands in the %s is no volume descriptor",
		       walk->sequence->name);
}

/* false: the sequence ends with this block. */
static bool take_block(struct walk *walk, uint32_t block)
{
	struct fsi_check_udf *udf = walk->udf;
	const unsigned identifier = fsi_udf_tag_identifier(walk->buffer);
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, block, name_of(identifier));
	const size_t size = size_of(udf, identifier, walk->buffer);
	const struct fsi_check_tagged tagged = {
		.bytes = walk->buffer,
		.available = udf->block_size,
		.identifiers = {identifier, identifier},
		.location = block,
		.size = size,
	};

	if (fsi_udf_tag_is_blank(walk->buffer))
		return false;
	if (!is_of_sequence(identifier)) {
		tell_no_descriptor(walk, &place);
		return true;
	}
	if (!fsi_check_udf_tag(udf, &place, &tagged))
		return true;
	if (size > 0) {
		const struct fsi_check_place rest = fsi_check_at(&place, size);

		fsi_check_zero(udf->check, FSI_U_060, &rest, "rest of the block",
			       walk->buffer + size, udf->block_size - size);
	}
	if (identifier == FSI_UDF_TAG_VOLUME_POINTER)
		follow(walk, &place);
	else if (identifier == FSI_UDF_TAG_TERMINATING)
		check_terminator(walk, &place);
	else
		keep(walk, identifier, block);
	return !walk->has_terminator;
}

/* U-031: nothing follows. */
static void check_rest(struct walk *walk)
{
	struct fsi_check_udf *udf = walk->udf;
	uint32_t left = BLOCKS_MAX;

	if (!walk->has_terminator) {
		const struct fsi_check_place place =
			fsi_check_udf_place(udf, walk->next_block, TERMINATOR);

		fsi_check_tell(udf->check, FSI_U_031, &place,
			       &(struct fsi_check_details){.expected = "a " TERMINATOR},
			       "No " TERMINATOR " ends the %s", walk->sequence->name);
	}
	for (; walk->next_block < walk->end_block && left > 0; walk->next_block++) {
		const struct fsi_check_place place = fsi_check_udf_place(
			udf, walk->next_block, "unused block of the sequence");

		left--;
		if (!fsi_check_udf_read(udf, walk->next_block, walk->buffer) ||
		    !fsi_check_zero(udf->check, FSI_U_031, &place, "content",
				    walk->buffer, udf->block_size))
			return;
	}
}

static void walk_sequence(struct fsi_check_udf *udf, struct fsi_check_sequence *sequence)
{
	struct walk walk = {
		.udf = udf,
		.sequence = sequence,
		.buffer = fsi_check_udf_buffer(udf),
		.next_block = sequence->run.block,
	};
	const uint32_t blocks = sequence->run.length / udf->block_size;
	bool goes_on = walk.buffer != NULL;

	walk.end_block = blocks < UINT32_MAX - walk.next_block ? walk.next_block + blocks
							       : UINT32_MAX;
	for (unsigned n = 0; goes_on && n < BLOCKS_MAX; n++) {
		const uint32_t block = walk.next_block;

		if (block >= walk.end_block ||
		    !fsi_check_udf_read(udf, block, walk.buffer))
			break;
		walk.next_block++;
		goes_on = take_block(&walk, block);
	}
	if (walk.buffer != NULL)
		check_rest(&walk);
	fsi_free(walk.buffer);
}

/* ---- both sequences ---------------------------------------------------- */

/* What tells two descriptors of a kind apart that may stand beside each other. */
static bool is_same_kind(const struct fsi_check_descriptor *a,
			 const struct fsi_check_descriptor *b)
{
	FSI_UDF_RECORD(fsi_udf_partition_descriptor, partition_a, a->bytes);
	FSI_UDF_RECORD(fsi_udf_partition_descriptor, partition_b, b->bytes);
	FSI_UDF_RECORD(fsi_udf_implementation_use_descriptor, use_a, a->bytes);
	FSI_UDF_RECORD(fsi_udf_implementation_use_descriptor, use_b, b->bytes);

	if (a->identifier != b->identifier)
		return false;
	if (a->identifier == FSI_UDF_TAG_PARTITION)
		return memcmp(partition_a->number, partition_b->number,
			      sizeof(partition_a->number)) == 0;
	if (a->identifier == FSI_UDF_TAG_IMPLEMENTATION_USE)
		return memcmp(&use_a->identifier, &use_b->identifier,
			      sizeof(use_a->identifier)) == 0;
	return true;
}

/* Where two differ behind their tags; 0: nowhere. */
static size_t find_difference(const struct fsi_check_udf *udf,
			      const struct fsi_check_descriptor *a,
			      const struct fsi_check_descriptor *b)
{
	for (size_t i = sizeof(struct fsi_udf_tag); i < udf->block_size; i++) {
		if (a->bytes[i] != b->bytes[i])
			return i;
	}
	return 0;
}

static void tell_difference(struct fsi_check_udf *udf, enum fsi_statement statement,
			    const struct fsi_check_descriptor *expected,
			    const struct fsi_check_descriptor *found, size_t byte)
{
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, found->block, name_of(found->identifier));
	const struct fsi_check_place at = fsi_check_at(&place, byte);

	fsi_check_tell(
		udf->check, statement, &at,
		&(struct fsi_check_details){
			.expected = FSI_TEXT("0x%02X as in block %" PRIu32,
					     expected->bytes[byte], expected->block),
			.found = FSI_TEXT("0x%02X", found->bytes[byte])},
		"The %s differs from that in block %" PRIu32 " at byte %zu",
		place.structure, expected->block, byte);
}

/* U-033 */
static void compare_within(struct fsi_check_udf *udf, const fsi_check_descriptors *items)
{
	for (size_t i = 1; i < items->count; i++) {
		for (size_t n = 0; n < i; n++) {
			const struct fsi_check_descriptor *one = &items->items[n];
			const struct fsi_check_descriptor *other = &items->items[i];
			const size_t byte =
				one->number == other->number && is_same_kind(one, other)
					? find_difference(udf, one, other)
					: 0;

			if (byte > 0)
				tell_difference(udf, FSI_U_033, one, other, byte);
		}
	}
}

static const struct fsi_check_descriptor *find_same(
	const fsi_check_descriptors *items, const struct fsi_check_descriptor *wanted)
{
	for (size_t i = 0; i < items->count; i++) {
		if (items->items[i].number == wanted->number &&
		    is_same_kind(&items->items[i], wanted))
			return &items->items[i];
	}
	return NULL;
}

/* U-032: that each in one sequence is in the other. */
static void compare_with(struct fsi_check_udf *udf, const fsi_check_descriptors *items,
			 const struct fsi_check_sequence *other, bool compare_content)
{
	for (size_t i = 0; i < items->count; i++) {
		const struct fsi_check_descriptor *one = &items->items[i];
		const struct fsi_check_descriptor *same = find_same(&other->items, one);
		const struct fsi_check_place place =
			fsi_check_udf_place(udf, one->block, name_of(one->identifier));
		const size_t byte = same != NULL && compare_content
					    ? find_difference(udf, one, same)
					    : 0;

		if (same == NULL)
			fsi_check_tell(udf->check, FSI_U_032, &place,
				       &(struct fsi_check_details){
					       .expected = "two of them", .found = "one"},
				       "The %s number %" PRIu32 " is not in the %s",
				       place.structure, one->number, other->name);
		else if (byte > 0)
			tell_difference(udf, FSI_U_032, one, same, byte);
	}
}

/* ---- what prevails ----------------------------------------------------- */

static const struct fsi_check_descriptor *find_prevailing(
	const fsi_check_descriptors *items, unsigned identifier)
{
	const struct fsi_check_descriptor *found = NULL;

	for (size_t i = 0; i < items->count; i++) {
		const struct fsi_check_descriptor *item = &items->items[i];

		if (item->identifier == identifier &&
		    (found == NULL || item->number >= found->number))
			found = item;
	}
	return found;
}

/* The information of OSTA, not what another implementation tells. */
static const struct fsi_check_descriptor *find_information(
	const fsi_check_descriptors *items)
{
	const struct fsi_check_descriptor *found = NULL;

	for (size_t i = 0; i < items->count; i++) {
		FSI_UDF_RECORD(fsi_udf_implementation_use_descriptor, record,
			       items->items[i].bytes);

		if (items->items[i].identifier == FSI_UDF_TAG_IMPLEMENTATION_USE &&
		    fsi_udf_regid_is(&record->identifier, "*UDF LV Info"))
			found = &items->items[i];
	}
	return found;
}

static void require(struct fsi_check_udf *udf, const struct fsi_check_descriptor *found,
		    const char *name)
{
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, udf->sequences[0].run.block, name);

	if (found == NULL)
		fsi_check_tell(
			udf->check, FSI_U_029, &place,
			&(struct fsi_check_details){.expected = "one", .found = "none"},
			"There is no %s", name);
}

/* U-030: those of one kind that differ in what they describe all prevail. */
static void check_unique(struct fsi_check_udf *udf, const fsi_check_descriptors *items,
			 const struct fsi_check_descriptor *prevailing, size_t offset,
			 size_t size)
{
	for (size_t i = 0; prevailing != NULL && i < items->count; i++) {
		const struct fsi_check_descriptor *item = &items->items[i];
		const struct fsi_check_place place =
			fsi_check_udf_place(udf, item->block, name_of(item->identifier));

		if (item->identifier == prevailing->identifier &&
		    memcmp(item->bytes + offset, prevailing->bytes + offset, size) != 0)
			fsi_check_tell(udf->check, FSI_U_030, &place,
				       &(struct fsi_check_details){.expected = "one",
								   .found = "two"},
				       "There is another %s, in block %" PRIu32,
				       place.structure, prevailing->block);
	}
}

static void find_all_prevailing(struct fsi_check_udf *udf)
{
	const bool is_main = find_prevailing(&udf->sequences[0].items,
					     FSI_UDF_TAG_LOGICAL_VOLUME) != NULL;
	const fsi_check_descriptors *items = &udf->sequences[is_main ? 0 : 1].items;

	udf->descriptors = items;
	udf->primary = find_prevailing(items, FSI_UDF_TAG_PRIMARY_VOLUME);
	udf->information = find_information(items);
	udf->logical_volume = find_prevailing(items, FSI_UDF_TAG_LOGICAL_VOLUME);
	udf->unallocated = find_prevailing(items, FSI_UDF_TAG_UNALLOCATED_SPACE);
	check_unique(
		udf, items, udf->primary,
		offsetof(struct fsi_udf_primary_volume_descriptor, volume_identifier),
		32);
	check_unique(udf, items, udf->logical_volume,
		     offsetof(struct fsi_udf_logical_volume_descriptor,
			      logical_volume_identifier),
		     128);
}

static void require_all(struct fsi_check_udf *udf)
{
	const fsi_check_descriptors *items = &udf->sequences[0].items;

	require(udf, find_prevailing(items, FSI_UDF_TAG_PRIMARY_VOLUME),
		"primary volume descriptor");
	require(udf, find_information(items), "logical volume information");
	require(udf, find_prevailing(items, FSI_UDF_TAG_PARTITION),
		"partition descriptor");
	require(udf, find_prevailing(items, FSI_UDF_TAG_LOGICAL_VOLUME),
		"logical volume descriptor");
	require(udf, find_prevailing(items, FSI_UDF_TAG_UNALLOCATED_SPACE),
		"unallocated space descriptor");
}

void fsi_check_udf_sequences(struct fsi_check_udf *udf)
{
	struct fsi_check_sequence *main = &udf->sequences[0];
	struct fsi_check_sequence *reserve = &udf->sequences[1];

	main->name = "main volume descriptor sequence";
	main->run = udf->anchor.main_sequence;
	reserve->name = "reserve volume descriptor sequence";
	reserve->run = udf->anchor.reserve_sequence;
	walk_sequence(udf, main);
	walk_sequence(udf, reserve);
	require_all(udf);
	compare_within(udf, &main->items);
	compare_with(udf, &main->items, reserve, true);
	compare_with(udf, &reserve->items, main, false);
	find_all_prevailing(udf);
}
