/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One volume made by hand, and what the reader makes of it. */
#include "tests/support/hand.h"

#include <stdlib.h>
#include <string.h>

struct udf_volume hand_volume;
struct udf_directory hand_directory;

const struct hand_kind hand_kinds[HAND_KINDS] = {
	{UDF_PLAIN, 0x102, FSI_DISC_PARTITION_PHYSICAL},
	{UDF_PLAIN, 0x201, FSI_DISC_PARTITION_PHYSICAL},
	{UDF_VIRTUAL, 0x150, FSI_DISC_PARTITION_VIRTUAL},
	{UDF_VIRTUAL, 0x200, FSI_DISC_PARTITION_VIRTUAL},
	{UDF_SPARABLE, 0x150, FSI_DISC_PARTITION_SPARABLE},
	{UDF_METADATA, 0x250, FSI_DISC_PARTITION_METADATA},
	{UDF_METADATA, 0x260, FSI_DISC_PARTITION_METADATA},
};

void hand_begin(enum udf_volume_kind kind, uint16_t revision)
{
	udf_volume_init(&hand_volume, kind, revision);
	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	udf_directory_add(&hand_directory, "file", 0, 8);
	udf_directory_end(&hand_directory, 2, 4);
}

void hand_end(void)
{
	udf_volume_free(&hand_volume);
}

void hand_begin_file(enum udf_volume_kind kind, uint16_t revision)
{
	hand_begin(kind, revision);
	udf_put_simple_file(&hand_volume, 8, 150, 3);
}

void hand_begin_chain(uint32_t size)
{
	uint8_t *entry = NULL;

	hand_begin(UDF_PLAIN, 0x102);
	udf_put_simple_file(&hand_volume, 8, 40, size);
	entry = udf_volume_entry(&hand_volume, 8);
	udf_put16(entry, 20, 4096);
	udf_reseal(entry);
}

void hand_wipe(uint32_t block)
{
	memset(udf_volume_block(&hand_volume, block), 0, UDF_BLOCK);
}

void hand_put_data(uint32_t block, const char *text)
{
	memcpy(udf_volume_data(&hand_volume, block), text, strlen(text));
}

void hand_put_body(unsigned form, uint64_t size, const uint8_t *descriptors,
		   size_t descriptors_size)
{
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){.flags = (uint16_t)form,
					.size = size,
					.descriptors = descriptors,
					.descriptors_size = descriptors_size});
}

fsi_disc_view *hand_view(void)
{
	udf_volume_finish(&hand_volume);
	return disc_view(hand_volume.bytes, udf_volume_size(&hand_volume));
}

void hand_assert_data(const char *path, uint64_t offset, const char *expected)
{
	fsi_disc_view *view = hand_view();
	fsi_disc_entry *file = disc_entry(view, path);
	size_t size = 0;
	uint8_t *bytes = disc_read(file, &size);

	ck_assert_uint_le(offset + strlen(expected), size);
	ck_assert_mem_eq(bytes + offset, expected, strlen(expected));
	free(bytes);
	fsi_disc_entry_release(file);
	fsi_disc_view_release(view);
}

void hand_assert_extents(const char *expected)
{
	fsi_disc_view *view = hand_view();
	fsi_disc_entry *file = disc_entry(view, "/file");
	char *extents = disc_describe_extents(file);

	ck_assert_str_eq(extents, expected);
	free(extents);
	fsi_disc_entry_release(file);
	fsi_disc_view_release(view);
}

void hand_assert_root(const char *expected)
{
	fsi_disc_view *view = hand_view();
	fsi_disc_entry *root = NULL;
	char *text = NULL;

	ASSERT_OK(fsi_disc_view_get_root(view, &root));
	text = disc_list(root, false);
	ck_assert_str_eq(text, expected);
	free(text);
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
}

HRESULT hand_walk(void)
{
	udf_volume_finish(&hand_volume);
	return disc_walk_image(hand_volume.bytes, udf_volume_size(&hand_volume));
}

const struct fsi_disc_volume *hand_describe(fsi_disc_view **ret_view)
{
	const struct fsi_disc_volume *volume = NULL;

	*ret_view = hand_view();
	ASSERT_OK(fsi_disc_view_get_volume(*ret_view, &volume));
	return volume;
}

void hand_assert_damaged(const char *says)
{
	ASSERT_FAILS(hand_walk(), IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF");
	ASSERT_SAYS(says);
	hand_end();
}

void hand_assert_unsupported(const char *feature)
{
	ASSERT_FAILS(hand_walk(), IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
		     api_text("UDF|%s", feature));
	hand_end();
}

void hand_assert_sound(void)
{
	ck_assert_msg(hand_walk() == S_OK, "%s", fsi_error_get_message());
	hand_end();
}
