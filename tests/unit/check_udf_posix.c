/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What UDF holds beyond files and directories: links, devices, streams. */
#include "tests/support/streams.h"
#include "tests/support/udf_fixture.h"
#include "udf/link.h"

#include <check.h>
#include <fsimage/error.h>
#include <stdio.h>
#include <stdlib.h>

static struct udf_fixture fixture;

static void set_up(void)
{
	udf_fixture_init(&fixture);
}

static void tear_down(void)
{
	udf_fixture_free(&fixture);
}

static struct fsi_node *root(void)
{
	return udf_fixture_root(&fixture);
}

static void build(uint32_t revision)
{
	fixture.revision = revision;
	udf_fixture_build(&fixture);
}

/* ---- targets of symbolic links ----------------------------------------- */

static const struct {
	const char *target;
	const char *hex;
} target_rows[] = {
	{"a", "05 02 00 00 08 61"},
	{"../a.txt", "03 00 00 00 05 06 00 00 08 61 2E 74 78 74"},
	{"/", "02 00 00 00"},
	{"//", "02 00 00 00"},
	{"/a", "02 00 00 00 05 02 00 00 08 61"},
	{".", "04 00 00 00"},
	{"./a", "04 00 00 00 05 02 00 00 08 61"},
	{"a//b", "05 02 00 00 08 61 05 02 00 00 08 62"},
	{"a/", "05 02 00 00 08 61 04 00 00 00"},
	{"...", "05 04 00 00 08 2E 2E 2E"},
	{"..a/.b", "05 04 00 00 08 2E 2E 61 05 03 00 00 08 2E 62"},
	/* Each name chooses its own width. */
	{"\xC3\xA9/\xC4\x80", "05 02 00 00 08 E9 05 03 00 00 10 01 00"},
	{"\xF0\x9F\x98\x80", "05 05 00 00 10 D8 3D DE 00"},
};

#define TARGET_ROWS (int)(sizeof(target_rows) / sizeof(target_rows[0]))

START_TEST(a_target_is_told_component_by_component)
{
	uint8_t out[64];
	const uint32_t size = fsi_udf_put_link(target_rows[_i].target, out);

	udf_assert_bytes(out, size, target_rows[_i].hex);
	ck_assert_uint_eq(fsi_udf_put_link(target_rows[_i].target, NULL), size);
}
END_TEST

static void repeat(char *text, const char *unit, size_t count)
{
	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		strcat(text, unit);
}

START_TEST(a_component_has_255_bytes_with_its_compression_identifier)
{
	static const struct {
		const char *unit;
		unsigned count;
		uint32_t size;
	} rows[] = {
		{"x", 253, 258},	{"x", 254, 259},	{"x", 255, 0},
		{"\xC4\x80", 126, 257}, {"\xC4\x80", 127, 259}, {"\xC4\x80", 128, 0},
	};
	char target[512];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		repeat(target, rows[i].unit, rows[i].count);
		ck_assert_uint_eq(fsi_udf_put_link(target, NULL), rows[i].size);
	}
}
END_TEST

START_TEST(the_longest_target_fits_what_is_said_of_it)
{
	char target[FSI_UDF_TARGET_MAX_LENGTH + 1];

	for (unsigned i = 0; i < FSI_UDF_TARGET_MAX_LENGTH; i++)
		target[i] = i % 2 == 0 ? '/' : 'a';
	target[FSI_UDF_TARGET_MAX_LENGTH] = '\0';
	ck_assert_uint_eq(fsi_udf_put_link(target, NULL), 4 + 2047 * 6 + 4);
	ck_assert_uint_le(fsi_udf_put_link(target, NULL), FSI_UDF_LINK_MAX_SIZE);
	target[0] = 'a';
	ck_assert_uint_le(fsi_udf_put_link(target, NULL), FSI_UDF_LINK_MAX_SIZE);
}
END_TEST

/* A link whose target takes so many bytes: names of 254, and one for the rest. */
static struct fsi_node *add_symbolic_link(const char *name, uint32_t size, char *target)
{
	struct fsi_node *link =
		udf_fixture_add_other(&fixture, root(), name, FSI_NODE_LINK);
	size_t length = 0;

	while (size > 2 * 259) {
		memset(target + length, 'x', 254);
		target[length + 254] = '/';
		length += 255;
		size -= 259;
	}
	if (size > 259) {
		memset(target + length, 'y', 100);
		target[length + 100] = '/';
		length += 101;
		size -= 105;
	}
	for (; size > 259; size -= 6, length += 2)
		memcpy(target + length, "z/", 2);
	memset(target + length, 'w', size - 5);
	target[length + size - 5] = '\0';
	link->content.target = target;
	return link;
}

static const struct {
	uint32_t revision;
	uint32_t size;
	bool is_embedded;
} link_rows[] = {
	{0x0102, 6, true},     {0x0102, 1872, true},  {0x0102, 1873, false},
	{0x0201, 1832, true},  {0x0201, 1833, false}, {0x0250, 1832, true},
	{0x0250, 1833, false}, {0x0250, 2048, false}, {0x0250, 2049, false},
	{0x0260, 5000, false},
};

#define LINK_ROWS (int)(sizeof(link_rows) / sizeof(link_rows[0]))

START_TEST(a_target_that_does_not_fit_its_entry_has_blocks)
{
	static char targets[3][8192];
	static uint8_t expected[FSI_UDF_LINK_MAX_SIZE];
	const uint32_t size = link_rows[_i].size;
	const bool has_metadata = link_rows[_i].revision >= 0x0250;
	struct fsi_node *link = NULL;
	struct udf_entry entry;

	/* Another one with blocks before it, and one without between. */
	add_symbolic_link("before", 3000, targets[0]);
	add_symbolic_link("between", 6, targets[1]);
	link = add_symbolic_link("link", size, targets[2]);
	ck_assert_uint_eq(fsi_udf_put_link(targets[2], expected), size);
	build(link_rows[_i].revision);
	udf_fixture_decode_entry(&fixture, link, &entry);
	ck_assert_uint_eq(entry.file_type, 12);
	ck_assert_uint_eq(entry.link_count, 1);
	ck_assert_uint_eq(entry.size, size);
	if (link_rows[_i].is_embedded) {
		ck_assert_uint_eq(entry.flags & 7, 3);
		ck_assert_uint_eq(entry.recorded_blocks, 0);
		ck_assert_uint_eq(entry.descriptors_length, size);
		ck_assert_mem_eq(entry.descriptors, expected, size);
		return;
	}
	ck_assert_uint_eq(entry.flags & 7, has_metadata ? 1 : 0);
	ck_assert_uint_eq(entry.recorded_blocks, (size + 2047) / 2048);
	ck_assert_uint_eq(entry.descriptors_length, has_metadata ? 16 : 8);
	ck_assert_uint_eq(udf_u32(entry.descriptors, 0), size);
	for (uint32_t done = 0; done < size; done += 2048) {
		const uint32_t left = size - done;
		uint8_t block[FSI_BLOCK_SIZE];

		udf_fixture_read(&fixture,
				 UDF_FIXTURE_PARTITION + udf_u32(entry.descriptors, 4) +
					 done / 2048,
				 &block);
		ck_assert_mem_eq(block, expected + done, left < 2048 ? left : 2048);
		if (left < 2048)
			udf_assert_zero(block, left, sizeof(block));
	}
}
END_TEST

START_TEST(a_target_that_can_not_be_told_is_refused_by_name)
{
	struct fsi_node *link =
		udf_fixture_add_other(&fixture, root(), "link", FSI_NODE_LINK);
	char target[512];

	repeat(target, "x", 255);
	link->content.target = target;
	udf_fixture_order(&fixture);
	ck_assert_int_eq(udf_fixture_create(&fixture), S_OK);
	ck_assert_int_eq(udf_fixture_place(&fixture), IMAPI_E_INVALID_PATH);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "'link'"));
}
END_TEST

/* ---- special files ----------------------------------------------------- */

static const struct {
	enum fsi_node_kind kind;
	uint8_t file_type;
	bool is_device;
} special_rows[] = {
	{FSI_NODE_BLOCK_DEVICE, 6, true},
	{FSI_NODE_CHARACTER_DEVICE, 7, true},
	{FSI_NODE_FIFO, 9, false},
	{FSI_NODE_SOCKET, 10, false},
};

START_TEST(a_special_file_has_the_type_and_the_device_that_it_is)
{
	static const uint32_t numbers[] = {0x0102, 0x0150, 0x0200,
					   0x0201, 0x0250, 0x0260};
	const uint32_t revision = numbers[_i / 4];
	struct fsi_node *node = udf_fixture_add_other(&fixture, root(), "special",
						      special_rows[_i % 4].kind);
	struct udf_entry entry;

	node->content.device.major = 0x11223344;
	node->content.device.minor = 0x55667788;
	build(revision);
	udf_fixture_decode_entry(&fixture, node, &entry);
	ck_assert_uint_eq(entry.file_type, special_rows[_i % 4].file_type);
	ck_assert_uint_eq(entry.link_count, 1);
	ck_assert_uint_eq(entry.size, 0);
	ck_assert_uint_eq(entry.descriptors_length, 0);
	ck_assert_uint_eq(entry.attributes_length,
			  special_rows[_i % 4].is_device ? 80 : 0);
	if (!special_rows[_i % 4].is_device)
		return;
	udf_assert_tag_of(revision, entry.attributes, 262, 24, 2 + node->number);
	udf_assert_bytes(entry.attributes + 16, 8,
			 revision >= 0x0200 ? "FF FF FF FF FF FF FF FF"
					    : "50 00 00 00 50 00 00 00");
	udf_assert_bytes(entry.attributes + 24, 24,
			 "0C 00 00 00 01 00 00 00 38 00 00 00 20 00 00 00 "
			 "44 33 22 11 88 77 66 55");
	udf_assert_regid(entry.attributes + 48, "*LIBFSIMAGE", "04 05 00 00 00 00 00 00");
}
END_TEST

START_TEST(a_real_time_file_is_one_from_2_01_on)
{
	static const struct {
		uint32_t revision;
		uint8_t file_type;
	} rows[] = {{0x0102, 5}, {0x0200, 5}, {0x0201, 249}, {0x0250, 249}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "f", 1);
		struct fsi_node *other = udf_fixture_add_file(&fixture, root(), "g", 1);
		struct udf_entry entry;

		file->is_real_time = true;
		build(rows[i].revision);
		udf_fixture_decode_entry(&fixture, file, &entry);
		ck_assert_uint_eq(entry.file_type, rows[i].file_type);
		udf_fixture_decode_entry(&fixture, other, &entry);
		ck_assert_uint_eq(entry.file_type, 5);
		tear_down();
		set_up();
	}
}
END_TEST

/* ---- hard links -------------------------------------------------------- */

START_TEST(names_of_one_file_have_one_entry)
{
	struct fsi_node *outer = udf_fixture_add_directory(&fixture, root(), "outer");
	struct fsi_node *alone = udf_fixture_add_file(&fixture, root(), "alone", 1);
	struct fsi_node *first = udf_fixture_add_file(&fixture, root(), "first", 5000);
	struct fsi_node *second = udf_fixture_add_link(&fixture, root(), "second", first);
	struct fsi_node *behind = udf_fixture_add_file(&fixture, root(), "behind", 1);
	struct udf_entry entry;
	uint8_t block[FSI_BLOCK_SIZE];

	udf_fixture_add_link(&fixture, outer, "third", first);
	udf_fixture_add_file(&fixture, outer, "last", 1);
	build(0x0201);
	/* Six entries for eight items: the root, outer, alone, first, behind, last. */
	ck_assert_uint_eq(udf_fixture_region(&fixture, "UDF file entries", 0)->blocks, 6);
	udf_fixture_decode_entry(&fixture, first, &entry);
	ck_assert_uint_eq(entry.link_count, 3);
	ck_assert_uint_eq(entry.size, 5000);
	ck_assert_uint_eq(entry.unique_id, 15 + first->number);
	udf_fixture_decode_entry(&fixture, behind, &entry);
	ck_assert_uint_eq(entry.link_count, 1);
	ck_assert_uint_eq(entry.unique_id, 15 + behind->number);
	udf_fixture_decode_entry(&fixture, alone, &entry);
	ck_assert_uint_eq(entry.unique_id, 15 + alone->number);
	/* Each name has an identifier of its own: this asserts 15 + its number. */
	ck_assert_uint_ne(second->number, first->number);
	udf_fixture_assert_directory(&fixture, root());
	udf_fixture_assert_directory(&fixture, outer);
	/* Each name is a file to the counts; identifiers go on behind all names. */
	udf_fixture_read(&fixture, 96, &block);
	ck_assert_uint_eq(udf_u32(block, 120), 6);
	ck_assert_uint_eq(udf_u32(block, 124), 2);
	ck_assert_uint_eq(udf_u64(block, 40), 15 + 8);
}
END_TEST

START_TEST(many_links_leave_every_entry_in_its_place)
{
	struct fsi_node *files[10];
	char name[32];

	for (unsigned i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "file %u", i);
		files[i] = udf_fixture_add_file(&fixture, root(), name, i + 1);
	}
	for (unsigned d = 0; d < 12; d++) {
		struct fsi_node *directory = NULL;

		snprintf(name, sizeof(name), "directory %u", d);
		directory = udf_fixture_add_directory(&fixture, root(), name);
		for (unsigned i = 0; i < 40; i++) {
			snprintf(name, sizeof(name), "%u", i);
			if (i % 10 == d % 10 || i % 7 == 0)
				udf_fixture_add_file(&fixture, directory, name, i);
			else
				udf_fixture_add_link(&fixture, directory, name,
						     files[i % 10]);
		}
	}
	build(0x0250);
	for (uint32_t n = 0; n < fixture.order.directory_count; n++)
		udf_fixture_assert_directory(&fixture, fixture.order.directories[n]);
	for (uint32_t n = 0; n < fixture.order.item_count; n++) {
		const struct fsi_node *item = fixture.order.items[n];
		struct udf_entry entry;

		udf_fixture_decode_entry(&fixture, item, &entry);
		ck_assert_uint_eq(entry.unique_id,
				  n == 0 ? 0 : 15 + fsi_node_entry(item)->number);
		if (item->kind == FSI_NODE_FILE)
			ck_assert_uint_eq(entry.size, fsi_node_size(item));
	}
}
END_TEST

START_TEST(a_file_has_65535_names_and_no_more)
{
	struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "file", 1);
	struct udf_entry entry;

	udf_fixture_add_link(&fixture, root(), "link", file);
	udf_fixture_order(&fixture);
	/* As if the other names were there too. */
	file->content.data->uses = 65535;
	ck_assert_int_eq(udf_fixture_create(&fixture), S_OK);
	ck_assert_int_eq(udf_fixture_place(&fixture), S_OK);
	udf_fixture_decode_entry(&fixture, file, &entry);
	ck_assert_uint_eq(entry.link_count, 65535);
	fixture.format->ops->destroy(fixture.format);
	fixture.format = NULL;
	file->content.data->uses = 65536;
	ck_assert_int_eq(udf_fixture_create(&fixture),
			 IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED);
	ck_assert_ptr_null(fixture.format);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "65536"));
}
END_TEST

/* ---- named streams ----------------------------------------------------- */

/* The identifier descriptors in a directory of streams; all in one block. */
static void read_streams(const struct udf_entry *entry,
			 uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	ck_assert_uint_eq(entry->descriptors_length, 8);
	ck_assert_uint_eq(udf_u32(entry->descriptors, 0), entry->size);
	udf_fixture_read(&fixture,
			 udf_fixture_metadata(&fixture) + udf_u32(entry->descriptors, 4),
			 ret_block);
}

static void assert_stream(const struct fsi_node *stream, const struct fsi_node *owner,
			  uint64_t size)
{
	struct udf_entry entry;

	udf_fixture_decode_entry(&fixture, stream, &entry);
	ck_assert_uint_eq(entry.file_type, 5);
	ck_assert_uint_eq(entry.flags & ~7u, 1u << 13);
	ck_assert_uint_eq(entry.link_count, 1);
	ck_assert_uint_eq(entry.size, size);
	ck_assert_uint_eq(entry.object_size, size);
	ck_assert_uint_eq(entry.unique_id, 15 + owner->number);
	udf_assert_zero(entry.stream_directory, 0, 16);
}

START_TEST(streams_are_named_in_a_directory_of_their_file)
{
	struct fsi_node *before = udf_fixture_add_file(&fixture, root(), "before", 1);
	struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "file", 5000);
	struct fsi_node *small =
		udf_fixture_add_stream(&fixture, file, "*UDF UNIX ACL", 0);
	struct fsi_node *large = udf_fixture_add_stream(&fixture, file, "large", 3000);
	struct test_stream source = {.size = 100};
	struct fsi_node *embedded =
		udf_fixture_add_stream(&fixture, file, "embedded", 100);
	struct udf_entry entry;
	uint8_t block[FSI_BLOCK_SIZE];
	struct udf_fid fid = {.revision = 0x0201};
	size_t offset = 0;

	embedded->content.data->source.stream = test_stream_open(&source);
	build(0x0201);
	udf_fixture_decode_entry(&fixture, before, &entry);
	udf_assert_zero(entry.stream_directory, 0, 16);
	udf_fixture_decode_entry(&fixture, file, &entry);
	ck_assert_uint_eq(entry.object_size, 5000 + 3000 + 100);
	/* Behind the entries of the root and both files. */
	udf_assert_bytes(entry.stream_directory, 16,
			 "00 08 00 00 05 00 00 00 00 00 00 00 00 00 00 00");
	udf_fixture_decode_streams(&fixture, file, &entry);
	ck_assert_uint_eq(entry.file_type, 13);
	ck_assert_uint_eq(entry.flags, 0);
	ck_assert_uint_eq(entry.link_count, 1);
	ck_assert_uint_eq(entry.unique_id, 15 + file->number);
	udf_assert_zero(entry.stream_directory, 0, 16);
	read_streams(&entry, &block);
	ck_assert(udf_next_fid(block, (size_t)entry.size, &offset, &fid));
	ck_assert_uint_eq(fid.characteristics, 0x0A);
	ck_assert_uint_eq(fid.icb_block, 2 + file->number);
	ck_assert_uint_eq(fid.unique_id, 15 + file->number);
	ck_assert_uint_eq(fid.location, udf_u32(entry.descriptors, 4));
	ck_assert(udf_next_fid(block, (size_t)entry.size, &offset, &fid));
	ck_assert_uint_eq(fid.characteristics, 0x10);
	ck_assert_uint_eq(fid.icb_block, 6);
	ck_assert_mem_eq(fid.name, "\x08*UDF UNIX ACL", 14);
	ck_assert(udf_next_fid(block, (size_t)entry.size, &offset, &fid));
	ck_assert_uint_eq(fid.characteristics, 0);
	ck_assert_uint_eq(fid.icb_block, 7);
	ck_assert_uint_eq(fid.unique_id, 15 + file->number);
	ck_assert(udf_next_fid(block, (size_t)entry.size, &offset, &fid));
	ck_assert(!udf_next_fid(block, (size_t)entry.size, &offset, &fid));
	assert_stream(small, file, 0);
	assert_stream(large, file, 3000);
	assert_stream(embedded, file, 100);
	/* Streams are nobody else's: small ones are in their entries on a bridge too. */
	udf_fixture_decode_entry(&fixture, embedded, &entry);
	ck_assert_uint_eq(entry.flags & 7, 3);
	ck_assert(test_stream_matches(&source, 0, entry.descriptors, 100));
	fsi_stream_release(embedded->content.data->source.stream);
}
END_TEST

START_TEST(streams_do_not_count_as_files)
{
	struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "file", 1);
	uint8_t block[FSI_BLOCK_SIZE];

	udf_fixture_add_stream(&fixture, file, "stream", 3000);
	build(0x0250);
	udf_fixture_read(&fixture, 96, &block);
	ck_assert_uint_eq(udf_u32(block, 128), 1);
	ck_assert_uint_eq(udf_u32(block, 132), 1);
	ck_assert_uint_eq(udf_u64(block, 40), 17);
}
END_TEST

START_TEST(directories_and_the_root_may_have_streams)
{
	struct fsi_node *directory = udf_fixture_add_directory(&fixture, root(), "d");
	struct udf_entry entry;

	udf_fixture_add_stream(&fixture, root(), "of the root", 3000);
	udf_fixture_add_stream(&fixture, directory, "of the directory", 4000);
	build(0x0250);
	udf_fixture_assert_directory(&fixture, root());
	udf_fixture_assert_directory(&fixture, directory);
	udf_fixture_decode_entry(&fixture, root(), &entry);
	ck_assert_uint_eq(entry.object_size, entry.size + 3000);
	udf_assert_bytes(entry.stream_directory, 16,
			 "00 08 00 00 04 00 00 00 01 00 00 00 00 00 00 00");
	udf_fixture_decode_entry(&fixture, directory, &entry);
	udf_assert_bytes(entry.stream_directory, 16,
			 "00 08 00 00 05 00 00 00 01 00 00 00 00 00 00 00");
	udf_fixture_decode_streams(&fixture, root(), &entry);
	ck_assert_uint_eq(entry.unique_id, 0);
}
END_TEST

START_TEST(before_2_00_there_are_no_streams)
{
	struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "file", 1);

	udf_fixture_add_stream(&fixture, file, "stream", 3000);
	build(0x0150);
	ck_assert_uint_eq(udf_fixture_region(&fixture, "UDF file entries", 0)->blocks, 2);
	ck_assert_uint_eq(udf_fixture_region(&fixture, "UDF directories", 0)->blocks, 1);
}
END_TEST

START_TEST(a_stream_name_that_udf_can_not_hold_is_refused)
{
	static const struct {
		const char *unit;
		unsigned count;
		HRESULT hr;
	} rows[] = {
		{"x", 254, S_OK},
		{"x", 255, IMAPI_E_NO_UNIQUE_NAME},
		{"\xC4\x80", 127, S_OK},
		{"\xC4\x80", 128, IMAPI_E_NO_UNIQUE_NAME},
		{"\xEF\xBB\xBF", 1, IMAPI_E_NO_UNIQUE_NAME},
		{"\xEF\xBF\xBE", 1, IMAPI_E_NO_UNIQUE_NAME},
		{"\xEF\xBF\xBD", 1, S_OK},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[512];

		repeat(name, rows[i].unit, rows[i].count);
		udf_fixture_add_stream(&fixture, root(), name, 0);
		fixture.revision = 0x0200;
		udf_fixture_order(&fixture);
		ck_assert_int_eq(udf_fixture_create(&fixture), S_OK);
		ck_assert_int_eq(udf_fixture_place(&fixture), rows[i].hr);
		tear_down();
		set_up();
	}
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	suite_add_tcase(suite, tcase);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("udf and posix");
	TCase *tcase = add_case(suite, "symbolic links");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, a_target_is_told_component_by_component, 0,
			    TARGET_ROWS);
	tcase_add_test(tcase, a_component_has_255_bytes_with_its_compression_identifier);
	tcase_add_test(tcase, the_longest_target_fits_what_is_said_of_it);
	tcase_add_loop_test(tcase, a_target_that_does_not_fit_its_entry_has_blocks, 0,
			    LINK_ROWS);
	tcase_add_test(tcase, a_target_that_can_not_be_told_is_refused_by_name);
	tcase = add_case(suite, "special files");
	tcase_add_loop_test(tcase, a_special_file_has_the_type_and_the_device_that_it_is,
			    0, 24);
	tcase_add_test(tcase, a_real_time_file_is_one_from_2_01_on);
	tcase = add_case(suite, "hard links");
	tcase_add_test(tcase, names_of_one_file_have_one_entry);
	tcase_add_test(tcase, many_links_leave_every_entry_in_its_place);
	tcase_add_test(tcase, a_file_has_65535_names_and_no_more);
	tcase = add_case(suite, "named streams");
	tcase_add_test(tcase, streams_are_named_in_a_directory_of_their_file);
	tcase_add_test(tcase, streams_do_not_count_as_files);
	tcase_add_test(tcase, directories_and_the_root_may_have_streams);
	tcase_add_test(tcase, before_2_00_there_are_no_streams);
	tcase_add_test(tcase, a_stream_name_that_udf_can_not_hold_is_refused);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
