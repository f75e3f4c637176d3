/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File identifier descriptors and the directories made of them. */
#include "udf/directory.h"

#include "base/checked.h"
#include "error/fail.h"

#include <inttypes.h>

/* OSTA UDF 2.3.4.1 */
#define FILE_VERSION 1

/*
 * A directory's link count is 16 bits wide and counts its own name and the
 * parent descriptors of its subdirectories, ECMA-167 4/14.9.6.
 */
#define SUBDIRECTORIES_MAX (UINT16_MAX - 1)

/* ECMA-167 4/14.4.9: padded to a multiple of 4. */
static uint32_t pad_identifier(size_t identifier_length)
{
	return (uint32_t)(sizeof(struct fsi_udf_file_identifier_descriptor) +
			  identifier_length + 3) &
	       ~3u;
}

uint32_t fsi_udf_identifier_size(const char *name)
{
	return pad_identifier(
		fsi_udf_put_cs0(NULL, FSI_UDF_IDENTIFIER_MAX_SIZE, name, strlen(name)));
}

uint32_t fsi_udf_put_identifier(const struct fsi_udf_identifier *identifier,
				const struct fsi_udf_revision *revision,
				uint32_t location,
				uint8_t (*ret_descriptor)[FSI_UDF_FID_MAX_SIZE])
{
	struct fsi_udf_file_identifier_descriptor head = {0};
	uint8_t *const text = *ret_descriptor + sizeof(head);
	size_t length = 0;
	uint32_t size = 0;

	memset(*ret_descriptor, 0, sizeof(*ret_descriptor));
	length = fsi_udf_put_cs0(text, FSI_UDF_IDENTIFIER_MAX_SIZE, identifier->name,
				 strlen(identifier->name));
	size = pad_identifier(length);
	fsi_put_le16(&head.version, FILE_VERSION);
	fsi_put_u8(&head.characteristics, identifier->characteristics);
	fsi_put_u8(&head.identifier_length, (uint8_t)length);
	fsi_udf_put_long_ad(&head.icb, FSI_BLOCK_SIZE, identifier->icb,
			    identifier->unique_id);
	memcpy(*ret_descriptor, &head, sizeof(head));
	fsi_udf_tag_seal(*ret_descriptor, size, FSI_UDF_TAG_FILE_IDENTIFIER, revision,
			 location);
	return size;
}

/* A directory by its number. */
static struct fsi_udf_subject get_directory(const struct fsi_udf_directories *directories,
					    uint32_t number)
{
	const struct fsi_order *order = directories->entries->order;

	if (number < order->directory_count)
		return (struct fsi_udf_subject){order->directories[number], false};
	return (struct fsi_udf_subject){order->owners[number - order->directory_count],
					true};
}

uint32_t fsi_udf_directory_number(const struct fsi_udf_directories *directories,
				  struct fsi_udf_subject subject)
{
	return subject.is_stream_directory
		       ? directories->entries->order->directory_count +
				 subject.node->streams->number
		       : subject.node->content.children->number;
}

static uint32_t count_children(const struct fsi_udf_directories *directories,
			       struct fsi_udf_subject directory)
{
	return directory.is_stream_directory
		       ? directory.node->streams->count
		       : fsi_name_view_child_count(directories->names, directory.node);
}

/* The parent of a directory of streams is what they belong to, OSTA UDF 3.3.5.1. */
static struct fsi_udf_identifier get_parent(const struct fsi_udf_directories *directories,
					    struct fsi_udf_subject directory)
{
	const struct fsi_node *node = directory.node;
	const struct fsi_node *parent =
		directory.is_stream_directory || node->parent == NULL ? node
								      : node->parent;

	return (struct fsi_udf_identifier){
		.name = "",
		.characteristics = FSI_UDF_FID_DIRECTORY | FSI_UDF_FID_PARENT,
		.unique_id = (uint32_t)fsi_udf_unique_id(directories->entries, parent),
		.icb = fsi_udf_entries_find(directories->entries,
					    (struct fsi_udf_subject){parent, false}),
	};
}

/* OSTA UDF 3.3.5.2: of the streams that UDF defines these are metadata. */
static bool is_metadata_name(const char *name)
{
	static const char *const names[] = {"*UDF OS/2 EA", "*UDF NT ACL",
					    "*UDF UNIX ACL"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* The descriptors of a directory: its parent's, then one for each child. */
static struct fsi_udf_identifier get_identifier(
	const struct fsi_udf_directories *directories, struct fsi_udf_subject directory,
	uint32_t n)
{
	const struct fsi_order *order = directories->entries->order;
	const struct fsi_node *child = NULL;
	struct fsi_udf_identifier identifier = {0};

	if (n == 0)
		return get_parent(directories, directory);
	if (directory.is_stream_directory) {
		child = order->streams[directory.node->streams->first_child + n - 1];
		identifier.name = child->name;
		identifier.characteristics =
			is_metadata_name(child->name) ? FSI_UDF_FID_METADATA : 0;
	} else {
		const uint32_t number =
			fsi_name_view_child(directories->names, directory.node, n - 1);

		child = order->items[number];
		identifier.name = fsi_name_view_get(directories->names, number);
		identifier.characteristics =
			(child->is_hidden ? FSI_UDF_FID_HIDDEN : 0) |
			(fsi_node_is_directory(child) ? FSI_UDF_FID_DIRECTORY : 0);
	}
	identifier.unique_id = (uint32_t)fsi_udf_unique_id(directories->entries, child);
	identifier.icb = fsi_udf_entries_find(directories->entries,
					      (struct fsi_udf_subject){child, false});
	return identifier;
}

bool fsi_udf_holds_stream_name(const char *name)
{
	/* OSTA UDF 2.1.1: U+FEFF and U+FFFE are in no name. */
	return fsi_udf_put_cs0(NULL, SIZE_MAX, name, strlen(name)) <=
		       FSI_UDF_IDENTIFIER_MAX_SIZE &&
	       strstr(name, "\xEF\xBB\xBF") == NULL &&
	       strstr(name, "\xEF\xBF\xBE") == NULL;
}

HRESULT fsi_udf_check_stream_name(const char *name)
{
	if (!fsi_udf_holds_stream_name(name))
		return fsi_error_detail(FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, name, "UDF"),
					"UDF can't hold this name of a stream.");
	return S_OK;
}

/* The next block begins with, or in the middle of, the n-th descriptor. */
static HRESULT begin_block(struct fsi_udf_directories *directories, uint32_t n,
			   uint32_t bytes_before)
{
	if (!fsi_vector_reserve(&directories->first_identifiers, 1) ||
	    !fsi_vector_reserve(&directories->bytes_before, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	directories->first_identifiers.items[directories->first_identifiers.count++] = n;
	directories->bytes_before.items[directories->bytes_before.count++] =
		(uint16_t)bytes_before;
	return S_OK;
}

static HRESULT too_many_subdirectories(const struct fsi_node *directory)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_TOO_MANY_DIRS, "UDF"),
				"'%s' holds more than %d directories.",
				directory->parent != NULL ? directory->name : "/",
				SUBDIRECTORIES_MAX);
}

static HRESULT measure_directory(struct fsi_udf_directories *directories,
				 struct fsi_udf_subject directory,
				 struct fsi_udf_directory_place *ret_place)
{
	const uint32_t count = count_children(directories, directory);
	uint32_t position = 0; /* in the block */
	uint32_t subdirectories = 0;

	ret_place->first_block = (uint32_t)directories->bytes_before.count;
	for (uint32_t n = 0; n <= count; n++) {
		const struct fsi_udf_identifier identifier =
			get_identifier(directories, directory, n);
		const uint32_t size = fsi_udf_identifier_size(identifier.name);

		if (directory.is_stream_directory)
			FSI_TRY(fsi_udf_check_stream_name(identifier.name));
		if (position == 0)
			FSI_TRY(begin_block(directories, n, 0));
		if (position + size > FSI_BLOCK_SIZE)
			FSI_TRY(begin_block(directories, n, FSI_BLOCK_SIZE - position));
		position = (position + size) % FSI_BLOCK_SIZE;
		subdirectories +=
			n > 0 && (identifier.characteristics & FSI_UDF_FID_DIRECTORY);
	}
	if (subdirectories > SUBDIRECTORIES_MAX)
		return too_many_subdirectories(directory.node);
	ret_place->subdirectory_count = (uint16_t)subdirectories;
	ret_place->last_block_size =
		(uint16_t)(position != 0 ? position : FSI_BLOCK_SIZE);
	return S_OK;
}

HRESULT fsi_udf_directories_measure(struct fsi_udf_directories *directories)
{
	const struct fsi_order *order = directories->entries->order;

	directories->count = order->directory_count + order->owner_count;
	directories->places = fsi_allocate_zeroed((size_t)directories->count + 1,
						  sizeof(*directories->places));
	if (directories->places == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t d = 0; d < directories->count; d++)
		FSI_TRY(measure_directory(directories, get_directory(directories, d),
					  &directories->places[d]));
	directories->places[directories->count].first_block =
		(uint32_t)directories->bytes_before.count;
	return S_OK;
}

void fsi_udf_directories_free(struct fsi_udf_directories *directories)
{
	fsi_free(directories->places);
	directories->places = NULL;
	fsi_vector_free(&directories->first_identifiers);
	fsi_vector_free(&directories->bytes_before);
}

uint64_t fsi_udf_directories_blocks(const struct fsi_udf_directories *directories)
{
	return directories->bytes_before.count;
}

uint64_t fsi_udf_directory_size(const struct fsi_udf_directories *directories,
				uint32_t number)
{
	const struct fsi_udf_directory_place *place = &directories->places[number];
	const uint64_t blocks = place[1].first_block - place[0].first_block;

	return (blocks - 1) * FSI_BLOCK_SIZE + place->last_block_size;
}

/* The directory that a block belongs to. */
static struct fsi_udf_subject find_directory(
	const struct fsi_udf_directories *directories, uint32_t block)
{
	uint32_t low = 0;
	uint32_t high = directories->count;

	/* places[low] begins at or before block, places[high] behind it. */
	while (high - low > 1) {
		const uint32_t middle = low + (high - low) / 2;

		if (directories->places[middle].first_block <= block)
			low = middle;
		else
			high = middle;
	}
	return get_directory(directories, low);
}

void fsi_udf_directories_render(const struct fsi_udf_directories *directories,
				const struct fsi_udf_revision *revision, uint32_t block,
				uint32_t location, uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_udf_subject directory = find_directory(directories, block);
	const uint32_t count = count_children(directories, directory);
	uint32_t n = directories->first_identifiers.items[block];
	uint32_t before = directories->bytes_before.items[block];
	uint32_t filled = 0;

	while (n <= count && filled < FSI_BLOCK_SIZE) {
		const struct fsi_udf_identifier identifier =
			get_identifier(directories, directory, n);
		/* OSTA UDF 2.3.4: the tag tells the block of the first byte. */
		const uint32_t first_location = before > 0 ? location - 1 : location;
		uint8_t descriptor[FSI_UDF_FID_MAX_SIZE];
		uint32_t size = fsi_udf_put_identifier(&identifier, revision,
						       first_location, &descriptor);

		size -= before;
		if (size > FSI_BLOCK_SIZE - filled)
			size = FSI_BLOCK_SIZE - filled;
		memcpy(*ret_block + filled, descriptor + before, size);
		filled += size;
		before = 0;
		n++;
	}
}
