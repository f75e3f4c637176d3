/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fuzzing the UDF reader starts from: volumes of our writer, by hand, of others. */
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/seeds.h"
#include "tests/support/fixture.h"
#include "tests/support/hand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void hand_over(const struct seeds_receiver *receiver, const char *name,
		      const uint8_t *bytes, size_t size)
{
	size_t input_size = 0;
	uint8_t *input = pieces_cut(bytes, size, PIECES_RESEAL, &input_size);

	ck_assert_ptr_nonnull(input);
	receiver->take(receiver->context, name, input, input_size);
	free(input);
}

/* What only UDF holds, as far as the revision has it. */
static void add_posix(fsi_directory *root)
{
	fsi_stream *data = api_text_stream("stream");
	fsi_file *file = api_file(root, "dir\\sized");

	ASSERT_OK(fsi_directory_add_symbolic_link(root, "link", "/dir/../\303\251"));
	ASSERT_OK(fsi_directory_add_special(root, "block", S_IFBLK | 0640, 8, 17));
	ASSERT_OK(fsi_directory_add_special(root, "fifo", S_IFIFO | 0600, 0, 0));
	/* Kept, and not written, by revisions that have no streams. */
	ck_assert(SUCCEEDED(fsi_file_add_stream(file, "first", data)));
	ck_assert(SUCCEEDED(fsi_file_add_stream(file, "second", data)));
	ck_assert(SUCCEEDED(fsi_file_put_is_real_time(file, true)));
	fsi_stream_release(data);
}

/* In every revision that we write, alone and as a bridge. */
static void make_written(const struct seeds_receiver *receiver, uint32_t revision,
			 fsi_file_systems file_systems)
{
	fsi_image *image = api_image(file_systems);
	fsi_directory *root = api_root(image);
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	ASSERT_OK(fsi_image_put_udf_revision(image, revision));
	api_add_directory(root, "dir");
	api_add_text(root, "dir\\gr\303\274n", "text");
	api_add_text(root, "\346\227\245\346\234\254", "text");
	api_add_text(root, "empty", "");
	api_add_sized(root, "dir\\sized", 5000);
	add_posix(root);
	stream = api_image_stream(image);
	bytes = api_read_all(stream, &size);
	hand_over(receiver, api_text("written-%x-%x", revision, file_systems), bytes,
		  size);
	free(bytes);
	fsi_stream_release(stream);
	fsi_image_release(image);
}

static void make_all_written(const struct seeds_receiver *receiver)
{
	const uint32_t *revisions = NULL;
	size_t count = 0;
	fsi_image *image = api_image(UDF);

	ASSERT_OK(fsi_image_get_udf_revisions_supported(image, &revisions, &count));
	fsi_image_release(image);
	for (size_t i = 0; i < count; i++) {
		make_written(receiver, revisions[i], UDF);
		make_written(receiver, revisions[i], BRIDGE);
	}
}

/* A device, a link, a file in pieces with two lists, one in its entry, streams. */
static void put_files(void)
{
	static const uint8_t path[] = "\x02\0\0\0\x05\x02\0\0\x08x\x03\0\0\0";
	uint8_t attributes[48] = {0};
	uint8_t list[64];
	size_t size = 0;

	udf_seal(&hand_volume, attributes, 262, 24, 8);
	udf_put32(attributes, 24, 12);
	udf_put32(attributes, 32, 24);
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){
			     .type = 6, .attributes = attributes, .attributes_size = 48});
	udf_put_file(&hand_volume, 9,
		     &(struct udf_file){.type = 12,
					.flags = 3,
					.size = 14,
					.descriptors = path,
					.descriptors_size = 14});
	udf_put_file(&hand_volume, 10,
		     &(struct udf_file){.flags = 3,
					.size = 5,
					.descriptors = (const uint8_t *)"hello",
					.descriptors_size = 5});
	size = udf_put_long(list, 0, UDF_BLOCK, 150, 0);
	size += udf_put_long(list + size, 2, UDF_BLOCK, 0, 0);
	size += udf_put_long(list + size, 3, UDF_BLOCK, 12, hand_volume.reference);
	udf_put_file(&hand_volume, 11,
		     &(struct udf_file){.flags = 1,
					.size = 3 * UDF_BLOCK,
					.stream_directory =
						hand_volume.revision >= 0x200 ? 16 : 0,
					.descriptors = list,
					.descriptors_size = size});
	udf_put_allocation_extent(&hand_volume, 12, list,
				  udf_put_long(list, 0, UDF_BLOCK, 155, 0));
}

/* An entry that another has superseded. */
static void put_chain(void)
{
	uint8_t *block = NULL;

	udf_put_simple_file(&hand_volume, 18, 150, 3);
	block = udf_volume_entry(&hand_volume, 18);
	udf_put16(block, 20, 4096);
	udf_reseal(block);
	block = udf_volume_entry(&hand_volume, 19);
	udf_put_long(block + 36, 0, UDF_BLOCK, 10, hand_volume.reference);
	udf_seal(&hand_volume, block, 259, 52, 19);
}

static void make_by_hand(const struct seeds_receiver *receiver,
			 const struct hand_kind *kind)
{
	struct udf_directory *directory = &hand_directory;

	udf_volume_init(&hand_volume, kind->kind, kind->revision);
	udf_directory_begin(directory, &hand_volume, 4, 2);
	for (uint32_t entry = 8; entry <= 11; entry++)
		udf_directory_add(directory, api_text("entry %u", entry), 0, entry);
	udf_directory_add(directory, "gone", 4, 0);
	udf_directory_add(directory, "chain", 1, 18);
	udf_directory_add(directory, "dir", 2, 14);
	udf_directory_end(directory, 2, 4);
	put_files();
	put_chain();
	udf_directory_begin(directory, &hand_volume, 14, 2);
	directory->is_embedded = true;
	udf_directory_add(directory, "inner", 0, 10);
	udf_directory_end(directory, 14, 4);
	directory->is_embedded = false;
	udf_directory_begin(directory, &hand_volume, 17, 11);
	udf_directory_add(directory, "stream", 0, 10);
	udf_directory_end(directory, 16, 13);
	udf_volume_finish(&hand_volume);
	hand_over(receiver, api_text("hand-%d-%x", kind->kind, kind->revision),
		  hand_volume.bytes, udf_volume_size(&hand_volume));
	hand_end();
}

void seeds_make(const struct seeds_receiver *receiver)
{
	static const char *const fixtures[] = {
		"linux-cdrw-1.50",	"linux-hd-1.02",
		"linux-hd-2048-2.01",	"mkudffs-cdr-1.50",
		"mkudffs-cdr-2.01",	"mkudffs-hd-1024-strategy-4096",
		"mkudffs-hd-4096-2.01", "pycdlib"};

	make_all_written(receiver);
	for (size_t i = 0; i < HAND_KINDS; i++)
		make_by_hand(receiver, &hand_kinds[i]);
	for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
		struct fixture fixture;

		fixture_read(&fixture, fixtures[i]);
		hand_over(receiver, fixtures[i], fixture.bytes, fixture.size);
		fixture_free(&fixture);
	}
}
