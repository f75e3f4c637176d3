/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fuzzing the import starts from: images, sessions on discs, a volume by hand. */
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/seeds.h"
#include "tests/support/hand.h"
#include "tests/support/iso_volume.h"

#include <stdlib.h>
#include <string.h>

/* Where the session of a disc that is written in sequence begins, see pieces.h. */
#define SESSION_BLOCK 32

static void hand_over(const struct seeds_receiver *receiver, const char *name,
		      uint8_t flags, const uint8_t *bytes, size_t size)
{
	size_t input_size = 0;
	uint8_t *input = pieces_cut(bytes, size, flags, &input_size);

	ck_assert_ptr_nonnull(input);
	receiver->take(receiver->context, name, input, input_size);
	free(input);
}

static fsi_image *make_image(fsi_file_systems file_systems, uint32_t revision)
{
	fsi_image *image = api_image(file_systems);
	fsi_directory *root = api_root(image);

	ASSERT_OK(fsi_image_put_udf_revision(image, revision));
	api_add_directory(root, "dir");
	api_add_directory(root, "dir\\deeper");
	api_add_text(root, "dir\\gr\303\274n", "text");
	api_add_text(root, "dir\\deeper\\file", "text");
	api_add_text(root, "empty", "");
	api_add_sized(root, "sized", 5000);
	return image;
}

static void make_one(const struct seeds_receiver *receiver, fsi_file_systems file_systems,
		     uint32_t revision)
{
	fsi_image *image = make_image(file_systems, revision);
	fsi_stream *stream = api_image_stream(image);
	size_t size = 0;
	uint8_t *bytes = api_read_all(stream, &size);

	hand_over(receiver, api_text("one-%x-%x", file_systems, revision), PIECES_RESEAL,
		  bytes, size);
	free(bytes);
	fsi_stream_release(stream);
	fsi_image_release(image);
}

/* Behind something else, as on a disc that is written in sequence. */
static void make_later(const struct seeds_receiver *receiver,
		       fsi_file_systems file_systems)
{
	const size_t before = SESSION_BLOCK * FSI_BLOCK_SIZE;
	fsi_image *image = make_image(file_systems, 0x102);
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;
	uint8_t *disc = NULL;
	size_t size = 0;

	ASSERT_OK(fsi_image_put_session_start_block(image, SESSION_BLOCK));
	stream = api_image_stream(image);
	bytes = api_read_all(stream, &size);
	disc = calloc(1, before + size);
	ck_assert_ptr_nonnull(disc);
	memcpy(disc + before, bytes, size);
	hand_over(receiver, api_text("later-%x", file_systems),
		  PIECES_RESEAL | PIECES_SESSION, disc, before + size);
	free(disc);
	free(bytes);
	fsi_stream_release(stream);
	fsi_image_release(image);
}

/* Another session on the disc of an image file. */
static void make_two(const struct seeds_receiver *receiver, fsi_file_systems file_systems,
		     uint32_t revision)
{
	fsi_image *first = make_image(file_systems, revision);
	fsi_image *second = api_image(file_systems);
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	fsi_multisession *disc = NULL;
	fsi_result *result = api_result(first);
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;
	const char *name = api_host(api_text("%x-%x", file_systems, revision));

	ASSERT_OK(fsi_result_write_file(result, name, NULL));
	ASSERT_OK(fsi_multisession_create_on_file(name, false, &disc));
	ASSERT_OK(fsi_image_put_multisession_interfaces(second, &disc, 1));
	ASSERT_OK(fsi_image_import_file_system(second, &imported));
	api_add_text(api_root(second), "new", "new");
	stream = api_image_stream(second);
	bytes = api_read_all(stream, &size);
	hand_over(receiver, api_text("two-%x-%x", file_systems, revision), PIECES_RESEAL,
		  bytes, size);
	free(bytes);
	fsi_stream_release(stream);
	fsi_multisession_release(disc);
	fsi_result_release(result);
	fsi_image_release(first);
	fsi_image_release(second);
}

void seeds_make(const struct seeds_receiver *receiver)
{
	static const uint32_t revisions[] = {0x102, 0x201, 0x250, 0x260};

	api_begin_folder();
	make_one(receiver, ISO, 0x102);
	make_one(receiver, ISO_JOLIET, 0x102);
	make_two(receiver, ISO_JOLIET, 0x102);
	for (size_t i = 0; i < sizeof(revisions) / sizeof(revisions[0]); i++) {
		make_one(receiver, UDF, revisions[i]);
		make_one(receiver, BRIDGE, revisions[i]);
		make_two(receiver, UDF, revisions[i]);
		make_two(receiver, BRIDGE, revisions[i]);
	}
	make_later(receiver, ISO_JOLIET);
	make_later(receiver, BRIDGE);
	iso_volume_build();
	hand_over(receiver, "hand-iso", 0, iso_volume, sizeof(iso_volume));
	for (size_t i = 0; i < HAND_KINDS; i++) {
		hand_begin_file(hand_kinds[i].kind, hand_kinds[i].revision);
		udf_volume_finish(&hand_volume);
		hand_over(receiver, api_text("hand-udf-%zu", i), PIECES_RESEAL,
			  hand_volume.bytes, udf_volume_size(&hand_volume));
		hand_end();
	}
	api_end_folder();
}
