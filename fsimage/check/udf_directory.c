/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking directories: ECMA-167 4/8.6, 4/14.4, OSTA UDF 2.3.4; U-115 to U-133. */
#include "check/udf_tree.h"

#include "base/text.h"
#include "error/fail.h"
#include "udf/read_directory.h"

#include <inttypes.h>

#define IDENTIFIER "file identifier descriptor"

/* OSTA UDF 2.1.1, and what marks deleted names, 2.3.4.2 */
#define CS0_NARROW	   8
#define CS0_WIDE	   16
#define CS0_NARROW_DELETED 254
#define CS0_WIDE_DELETED   255

/* ECMA-167 4/8.7.1 */
#define PATH_MAX_LENGTH 1023

/* A directory that is read. */
struct walk {
	struct fsi_check_entry *entry;
	struct fsi_check_tree *tree;
	struct fsi_check_udf *udf;
	struct fsi_udf_body body;
	struct fsi_check_set names; /* by hash; where the text is */
	struct fsi_check_set folded;
	uint64_t position; /* in the body, of the descriptor */
	uint32_t count;
	bool is_stream_directory;
	/* The descriptor that is looked at. */
	struct fsi_check_place place;
	uint32_t location; /* block of the partition in which it begins */
	uint8_t *bytes;
	size_t size;
	struct fsi_udf_fid fid;
	uint32_t unique_id; /* as it tells */
};

static void tell(struct walk *walk, enum fsi_statement statement,
		 const struct fsi_check_details *details, const char *sentence)
{
	fsi_check_tell(walk->udf->check, statement, &walk->place, details, "%s",
		       sentence);
}

static struct fsi_check_node *directory_of(const struct walk *walk)
{
	return fsi_check_node_of(walk->entry);
}

/* ---- reading ----------------------------------------------------------- */

static bool read_part(struct walk *walk, uint64_t offset, uint8_t *buffer, size_t length)
{
	const struct fsi_udf_reading reading = {
		.offset = offset, .buffer = buffer, .length = length};

	return fsi_check_udf_ok(
		walk->udf,
		fsi_import_udf_read_body(walk->udf->udf, &walk->body, &reading));
}

/* U-115: what stands there is no descriptor, and so the end. */
static void tell_end(struct walk *walk)
{
	const bool is_blank = fsi_udf_tag_is_blank(walk->bytes);

	tell(walk, FSI_U_115,
	     &(struct fsi_check_details){
		     .expected = FSI_TEXT("%" PRIu64 " bytes", walk->body.size),
		     .found = FSI_TEXT("%" PRIu64 " bytes of names", walk->position)},
	     is_blank ? "The directory is longer than its names"
		      : "Something in the directory is no name");
}

/* The descriptor at the position. false: the directory cannot be gone on with. */
static bool read_descriptor(struct walk *walk)
{
	const uint64_t left = walk->body.size - walk->position;
	const size_t head_size =
		left < FSI_UDF_FID_HEAD_SIZE ? (size_t)left : FSI_UDF_FID_HEAD_SIZE;
	struct fsi_udf_span span;

	memset(walk->bytes, 0, FSI_UDF_FID_HEAD_SIZE);
	if (!fsi_check_udf_ok(walk->udf,
			      fsi_import_udf_find_span(walk->udf->udf, &walk->body,
						       walk->position, 0, &span)) ||
	    !read_part(walk, walk->position, walk->bytes, head_size))
		return false;
	walk->place.offset = span.disc_offset;
	walk->location = span.location;
	walk->size = fsi_udf_fid_size(walk->bytes);
	if (fsi_udf_tag_identifier(walk->bytes) != FSI_UDF_TAG_FILE_IDENTIFIER) {
		tell_end(walk);
		return false;
	}
	if (walk->size > left || walk->size > walk->udf->block_size) {
		tell(walk, FSI_U_117,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("at most %" PRIu32 " bytes, %" PRIu64
						  " left",
						  walk->udf->block_size, left),
			     .found = FSI_TEXT("%zu bytes", walk->size)},
		     "A " IDENTIFIER " does not fit into its directory");
		return false;
	}
	return read_part(walk, walk->position + head_size, walk->bytes + head_size,
			 walk->size - head_size);
}

/* ---- the fields of a descriptor ---------------------------------------- */

static void check_tag(struct walk *walk)
{
	FSI_UDF_RECORD(fsi_udf_file_identifier_descriptor, record, walk->bytes);
	const struct fsi_check_tagged tagged = {
		.bytes = walk->bytes,
		.available = walk->size,
		.identifiers = {FSI_UDF_TAG_FILE_IDENTIFIER, FSI_UDF_TAG_FILE_IDENTIFIER},
		.location = fsi_get_le32(&record->tag.location),
		.missing = FSI_U_115,
	};
	const uint64_t rest =
		walk->udf->block_size - walk->place.offset % walk->udf->block_size;
	const bool is_written = walk->udf->access == FSI_DISC_ACCESS_WRITE_ONCE ||
				walk->udf->access == FSI_DISC_ACCESS_REWRITABLE;

	(void)fsi_check_udf_tag(walk->udf, &walk->place, &tagged);
	fsi_check_udf_crc_length(walk->udf, &walk->place, walk->bytes, walk->size,
				 FSI_U_118);
	fsi_check_number(walk->udf->check, FSI_U_119, &walk->place, "tag location",
			 walk->location, tagged.location);
	if (rest < sizeof(record->tag) && is_written &&
	    fsi_check_udf_since(walk->udf, 0x0200))
		tell(walk, FSI_U_133, NULL,
		     "The tag of a " IDENTIFIER " crosses the end of a block");
}

/* U-122 */
static void check_use(struct walk *walk, uint16_t length)
{
	const struct fsi_check_place at =
		fsi_check_at(&walk->place, FSI_UDF_FID_HEAD_SIZE);

	if (length == 0)
		return;
	if (length % 4 != 0 || length < sizeof(struct fsi_udf_regid)) {
		tell(walk, FSI_U_122,
		     &(struct fsi_check_details){
			     .expected = "0, or a multiple of 4 from 32 on",
			     .found = FSI_TEXT("%u", length)},
		     "The implementation use of a " IDENTIFIER " has an odd length");
		return;
	}
	FSI_UDF_RECORD(fsi_udf_regid, regid, walk->bytes + FSI_UDF_FID_HEAD_SIZE);
	fsi_check_udf_regid(walk->udf, &at, regid, FSI_CHECK_SUFFIX_IMPLEMENTATION,
			    FSI_U_122);
}

/* U-117, U-120 */
static void check_constants(struct walk *walk, const struct fsi_udf_long_ad *icb)
{
	static const struct fsi_check_field fields[] = {
		FSI_CHECK_FIELD(FSI_U_120, fsi_udf_file_identifier_descriptor, version, 1,
				"version"),
	};
	const uint8_t *end = walk->fid.identifier + walk->fid.identifier_length;
	const struct fsi_check_place padding =
		fsi_check_at(&walk->place, (uint64_t)(end - walk->bytes));
	const struct fsi_check_place flags = fsi_check_at(
		&walk->place,
		offsetof(struct fsi_udf_file_identifier_descriptor, icb) + 10);

	fsi_check_udf_fields(walk->udf, &walk->place, walk->bytes, fields, 1);
	fsi_check_zero(walk->udf->check, FSI_U_117, &padding, "padding", end,
		       walk->size - (size_t)(end - walk->bytes));
	fsi_check_hex(walk->udf->check, FSI_U_111, &flags,
		      "implementation use of the reference in the", 0,
		      fsi_get_le16(&icb->flags));
}

/* U-121: the bits that mean nothing; whether it fits the file is known elsewhere. */
static void check_characteristics(struct walk *walk)
{
	const uint8_t is = walk->fid.characteristics;
	const uint8_t metadata =
		walk->is_stream_directory && fsi_check_udf_since(walk->udf, 0x0200)
			? FSI_UDF_FID_METADATA
			: 0;
	const uint8_t known = FSI_UDF_FID_HIDDEN | FSI_UDF_FID_DIRECTORY |
			      FSI_UDF_FID_DELETED | FSI_UDF_FID_PARENT;

	if ((is & ~(known | metadata)) != 0)
		tell(walk, FSI_U_121,
		     &(struct fsi_check_details){.expected = "known bits",
						 .found = FSI_TEXT("0x%02X", is)},
		     "A " IDENTIFIER " has characteristics that do not exist there");
}

/* U-130 */
static void check_deleted(struct walk *walk)
{
	const uint8_t id = walk->fid.identifier_length > 0 ? walk->fid.identifier[0] : 0;
	const bool is_marked = id == CS0_NARROW_DELETED || id == CS0_WIDE_DELETED;
	const bool must_be_marked = fsi_check_udf_since(walk->udf, 0x0200);

	if (is_marked != must_be_marked)
		tell(walk, FSI_U_130,
		     &(struct fsi_check_details){.expected = must_be_marked ? "254 or 255"
									    : "8 or 16",
						 .found = FSI_TEXT("%u", id)},
		     "A deleted name is not marked as the revision demands");
}

/* ---- names ------------------------------------------------------------- */

/* U-123, U-124 */
static bool check_text(struct walk *walk)
{
	const uint8_t *name = walk->fid.identifier;
	const size_t length = walk->fid.identifier_length;
	const char *fault = fsi_check_udf_text_fault(name, length);
	const bool is_bare = length == 1;

	if (length == 0)
		fault = "is empty";
	if (fault == NULL)
		return true;
	fsi_check_tell(walk->udf->check,
		       is_bare && fsi_check_udf_since(walk->udf, 0x0250) ? FSI_U_124
		       : length > 1 && (name[0] == CS0_NARROW || name[0] == CS0_WIDE) &&
				       (name[0] == CS0_NARROW || length % 2 != 0)
			       ? FSI_U_125
			       : FSI_U_123,
		       &walk->place,
		       &(struct fsi_check_details){
			       .expected = "text",
			       .found = FSI_TEXT("compression %u, %zu bytes",
						 length > 0 ? name[0] : 0, length)},
		       "The name of a file %s", fault);
	return false;
}

static bool has_wide_character(const uint8_t *name, size_t length)
{
	for (size_t i = 1; i + 1 < length; i += 2) {
		if (name[i] != 0)
			return true;
	}
	return false;
}

/* U-125 as warnings, U-127 */
static void check_characters(struct walk *walk, const char *text)
{
	const uint8_t *name = walk->fid.identifier;
	const size_t length = walk->fid.identifier_length;
	const char *fault = NULL;

	for (const char *at = text; *at != '\0' && fault == NULL; at++) {
		if (*at == '/')
			fault = "has a slash";
		else if ((unsigned char)*at < 0x20 || *at == 0x7F)
			fault = "has a control character";
	}
	if (fault == NULL && name[0] == CS0_WIDE && strstr(text, "\xEF\xBF\xBD") != NULL)
		fault = "has half of a character";
	if (fault == NULL && name[0] == CS0_WIDE && !has_wide_character(name, length))
		fault = "takes two bytes a character without need";
	if (fault != NULL)
		fsi_check_tell(walk->udf->check, FSI_U_125, &walk->place,
			       &(struct fsi_check_details){
				       .severity = FSI_SEVERITY_WARNING, .found = text},
			       "The name of a file %s", fault);
	if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		tell(walk, FSI_U_127,
		     &(struct fsi_check_details){.expected = "another name",
						 .found = text},
		     "A file has a name that systems have for themselves");
}

static uint64_t hash_of(const char *text, bool fold)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	const char *end = text + strlen(text);

	while (text < end) {
		uint32_t character = fsi_utf8_next(&text, end);

		if (fold)
			character = fsi_upper_case(character);
		hash = (hash ^ character) * UINT64_C(1099511628211);
	}
	return hash;
}

static void note_name(struct walk *walk, struct fsi_check_set *set, uint64_t hash,
		      const char *text)
{
	if (!fsi_check_set_add(set, hash, (uint64_t)(uintptr_t)text))
		fsi_check_fail(walk->udf->check, FSI_FAIL(E_OUTOFMEMORY));
}

static const char *known_name(struct fsi_check_set *set, uint64_t hash)
{
	const uint64_t *known = fsi_check_set_find(set, hash);

	return known != NULL ? (const char *)(uintptr_t)*known : NULL;
}

/* U-126, C-010; text lives on. */
static void check_unique(struct walk *walk, const char *text)
{
	const uint64_t hash = hash_of(text, false);
	const uint64_t folded = hash_of(text, true);
	const char *same = known_name(&walk->names, hash);
	const char *similar = known_name(&walk->folded, folded);

	if (same != NULL && strcmp(same, text) == 0)
		tell(walk, FSI_U_126,
		     &(struct fsi_check_details){.expected = "another name",
						 .found = text},
		     "Two files of a directory have the same name");
	else if (similar != NULL &&
		 fsi_text_compare_ignoring_case(similar, strlen(similar), text,
						strlen(text)) == 0)
		tell(walk, FSI_C_010,
		     &(struct fsi_check_details){
			     .found = FSI_TEXT("%.60s, %.60s", similar, text)},
		     "Two names of a directory differ in upper and lower case only");
	if (same == NULL)
		note_name(walk, &walk->names, hash, text);
	if (similar == NULL)
		note_name(walk, &walk->folded, folded, text);
}

/* U-132 */
static void check_path(struct walk *walk, uint32_t length)
{
	if (length > PATH_MAX_LENGTH)
		tell(walk, FSI_U_132,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("at most %d bytes", PATH_MAX_LENGTH),
			     .found = FSI_TEXT("%" PRIu32, length)},
		     "The path of a file is too long");
}

/* ---- what a name leads to ---------------------------------------------- */

/* U-129 */
static void check_fid_id(struct walk *walk)
{
	const uint64_t *known = NULL;

	if (!fsi_check_udf_since(walk->udf, 0x0200) || walk->is_stream_directory)
		return;
	known = fsi_check_set_find(&walk->tree->fid_ids, walk->unique_id);
	if (known != NULL)
		tell(walk, FSI_U_129,
		     &(struct fsi_check_details){
			     .expected = "one of its own",
			     .found = FSI_TEXT("%" PRIu32, walk->unique_id)},
		     "Another name has the same unique identifier");
	else if (!fsi_check_set_add(&walk->tree->fid_ids, walk->unique_id, 0))
		fsi_check_fail(walk->udf->check, FSI_FAIL(E_OUTOFMEMORY));
	if (walk->unique_id > walk->tree->totals.highest_unique_id)
		walk->tree->totals.highest_unique_id = walk->unique_id;
}

/* U-153: entries are metadata. */
static void check_place_of_icb(struct walk *walk)
{
	const bool is_metadata = walk->udf->has_map[FSI_DISC_PARTITION_METADATA];

	if (is_metadata && walk->fid.icb.address.partition != 1)
		tell(walk, FSI_U_153,
		     &(struct fsi_check_details){
			     .expected = "partition 1",
			     .found = FSI_TEXT("partition %u",
					       walk->fid.icb.address.partition)},
		     "A file entry lies outside of the metadata partition");
}

/* U-101, U-121, U-131: the file was met before. */
static void check_known(struct walk *walk, struct fsi_check_node *known,
			bool is_directory)
{
	if (known->kind == FSI_CHECK_DIRECTORY && is_directory)
		tell(walk, FSI_U_131,
		     &(struct fsi_check_details){.expected = "one name", .found = "two"},
		     "A directory is in two places, or within itself");
	else if (known->kind !=
		 (walk->is_stream_directory ? FSI_CHECK_STREAM : FSI_CHECK_FILE))
		tell(walk, FSI_U_101,
		     &(struct fsi_check_details){.expected = "an entry of its own"},
		     "The entry of a file belongs to something else, too");
	else if (walk->is_stream_directory)
		tell(walk, FSI_U_142, &(struct fsi_check_details){.expected = "one name"},
		     "A named stream has a second name");
	known->names++;
	if (known->is_read && (uint32_t)known->unique_id == walk->unique_id)
		known->has_own_id = true;
}

static void add_child(struct walk *walk, const char *text)
{
	const bool is_directory =
		(walk->fid.characteristics & FSI_UDF_FID_DIRECTORY) != 0;
	struct fsi_check_node node = {
		.icb = walk->fid.icb,
		.name = walk->place.name,
		.parent = walk->entry->node,
		.names = 1,
		.first_fid_id = walk->unique_id,
		.path_length = directory_of(walk)->path_length +
			       (uint32_t)walk->fid.identifier_length,
	};
	size_t number = 0;
	bool is_new = false;

	(void)text;
	node.kind = walk->is_stream_directory ? FSI_CHECK_STREAM
		    : is_directory	      ? FSI_CHECK_DIRECTORY
					      : FSI_CHECK_FILE;
	check_path(walk, node.path_length);
	if (!fsi_check_tree_add(walk->tree, &node, &number, &is_new))
		return;
	if (!is_new)
		check_known(walk, &walk->tree->nodes.items[number], is_directory);
	if (walk->is_stream_directory)
		return;
	if (is_directory) {
		walk->tree->totals.directory_count++;
		directory_of(walk)->subdirectories++;
	} else {
		walk->tree->totals.file_count++;
		walk->tree->totals.entry_count += is_new;
	}
}

/* U-144: OSTA UDF 3.3.5.2 */
static void check_stream_name(struct walk *walk, const char *text)
{
	const bool is_marked = (walk->fid.characteristics & FSI_UDF_FID_METADATA) != 0;
	const bool must_be_marked = strncmp(text, "*UDF ", 5) == 0 &&
				    strcmp(text, "*UDF Macintosh Resource Fork") != 0;

	if (is_marked != must_be_marked)
		tell(walk, FSI_U_144,
		     &(struct fsi_check_details){
			     .expected = must_be_marked ? "metadata" : "no metadata",
			     .found = text},
		     "A named stream is marked as what it is not");
	if ((walk->fid.characteristics & FSI_UDF_FID_DIRECTORY) != 0)
		tell(walk, FSI_U_142, &(struct fsi_check_details){.expected = "streams"},
		     "A stream directory has a directory in it");
}

static void take_name(struct walk *walk)
{
	char text[FSI_UDF_UTF8_SIZE(FSI_UDF_IDENTIFIER_MAX_SIZE + 1)];
	const struct fsi_check_name *parent = directory_of(walk)->name;

	if (!fsi_udf_get_cs0(walk->fid.identifier, walk->fid.identifier_length, text))
		text[0] = '\0';
	walk->place.name = fsi_check_add_name(walk->udf->check, parent, text);
	if (walk->place.name == NULL)
		return;
	if (check_text(walk)) {
		check_characters(walk, text);
		/* Systems show no streams, or not as files. */
		if (!walk->is_stream_directory)
			fsi_check_systems(walk->udf->check, &walk->place, text);
		check_unique(walk, walk->place.name->text);
	}
	check_fid_id(walk);
	check_place_of_icb(walk);
	if (walk->is_stream_directory)
		check_stream_name(walk, text);
	add_child(walk, text);
}

/* U-116, U-131, U-142: where the parent's name leads. */
static void check_parent(struct walk *walk)
{
	const struct fsi_check_node *directory = directory_of(walk);
	const struct fsi_check_node *parent = &walk->tree->nodes.items[directory->parent];
	const struct fsi_udf_address *expected = &parent->icb.address;
	const struct fsi_udf_address *found = &walk->fid.icb.address;

	if (walk->fid.identifier_length != 0 ||
	    (walk->fid.characteristics & FSI_UDF_FID_DIRECTORY) == 0)
		tell(walk, FSI_U_116,
		     &(struct fsi_check_details){
			     .expected = "a directory without a name",
			     .found = FSI_TEXT("0x%02X, %zu bytes",
					       walk->fid.characteristics,
					       walk->fid.identifier_length)},
		     "The parent is named as it must not be");
	if (found->block != expected->block || found->partition != expected->partition)
		tell(walk,
		     walk->is_stream_directory ? FSI_U_142
		     : walk->entry->node == 0  ? FSI_U_116
					       : FSI_U_131,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("block %" PRIu32, expected->block),
			     .found = FSI_TEXT("block %" PRIu32, found->block)},
		     "A directory does not know its parent");
	if (fsi_check_udf_since(walk->udf, 0x0200) && !walk->is_stream_directory)
		fsi_check_number(walk->udf->check, FSI_U_128, &walk->place,
				 "unique identifier of the parent",
				 (uint32_t)parent->unique_id, walk->unique_id);
}

static void take_descriptor(struct walk *walk)
{
	FSI_UDF_RECORD(fsi_udf_file_identifier_descriptor, record, walk->bytes);
	const bool is_parent = (record->characteristics[0] & FSI_UDF_FID_PARENT) != 0;

	fsi_udf_get_fid(walk->bytes, &walk->fid);
	walk->unique_id = fsi_get_le32(&record->icb.unique_id);
	walk->place.name = directory_of(walk)->name;
	check_tag(walk);
	check_constants(walk, &record->icb);
	check_use(walk, fsi_get_le16(&record->implementation_use_length));
	check_characteristics(walk);
	if (is_parent != (walk->count == 0))
		tell(walk, FSI_U_116,
		     &(struct fsi_check_details){
			     .expected = is_parent ? "one name of the parent"
						   : "the parent first"},
		     is_parent ? "A directory names its parent twice"
			       : "A directory does not begin with its parent");
	if ((walk->fid.characteristics & FSI_UDF_FID_DELETED) != 0)
		check_deleted(walk);
	else if (is_parent)
		check_parent(walk);
	else
		take_name(walk);
	walk->count++;
}

static void walk_names(struct walk *walk)
{
	while (walk->position < walk->body.size && SUCCEEDED(walk->udf->check->failure)) {
		walk->place.name = directory_of(walk)->name;
		if (!read_descriptor(walk))
			return;
		/* All directories together are not larger than the disc. */
		if (walk->tree->directory_bytes_left < walk->size) {
			tell(walk, FSI_U_108, NULL,
			     "There are more directories than the disc has room for");
			return;
		}
		walk->tree->directory_bytes_left -= walk->size;
		take_descriptor(walk);
		walk->position += walk->size;
	}
}

void fsi_check_udf_directory(struct fsi_check_entry *entry)
{
	struct fsi_check_udf *udf = entry->tree->udf;
	const enum fsi_check_node_kind kind = fsi_check_node_of(entry)->kind;
	struct walk walk = {
		.entry = entry,
		.tree = entry->tree,
		.udf = udf,
		.is_stream_directory = kind == FSI_CHECK_STREAM_DIRECTORY,
		.place = entry->place,
	};

	/* U-121: a name that does not say so leads here. */
	if (kind != FSI_CHECK_DIRECTORY && kind != FSI_CHECK_STREAM_DIRECTORY)
		return;
	if (!fsi_check_udf_ok(
		    udf, fsi_import_udf_load_body(udf->udf, &entry->block, &walk.body)))
		return;
	walk.place.structure = IDENTIFIER;
	walk.bytes = fsi_check_udf_buffer(udf);
	if (walk.bytes != NULL)
		walk_names(&walk);
	if (walk.bytes != NULL && walk.count == 0)
		tell(&walk, FSI_U_116, NULL, "A directory does not name its parent");
	fsi_free(walk.bytes);
	fsi_check_set_free(&walk.names);
	fsi_check_set_free(&walk.folded);
	fsi_import_udf_free_body(&walk.body);
}
