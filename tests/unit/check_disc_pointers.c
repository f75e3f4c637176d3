/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every pointer that the functions of <fsimage/disc.h> need, given as NULL. */
#include "tests/support/hand.h"

#define NEEDS(call) ASSERT_FAILS(call, E_POINTER, "")

static fsi_stream *stream;
static fsi_disc *disc;
static fsi_disc_view *view;
static fsi_disc_entry *entry;
static fsi_disc_children *children;

static void set_up(void)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	ASSERT_OK(fsi_stream_create_on_memory(hand_volume.bytes,
					      udf_volume_size(&hand_volume), &stream));
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view));
	ASSERT_OK(fsi_disc_view_get_root(view, &entry));
	ASSERT_OK(fsi_disc_entry_get_children(entry, &children));
}

static void tear_down(void)
{
	fsi_disc_children_release(children);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	hand_end();
}

START_TEST(a_disc_needs_its_pointers)
{
	fsi_disc *found = NULL;
	fsi_disc_view *found_view = NULL;
	fsi_file_systems systems = 0;
	uint32_t blocks = 0;

	NEEDS(fsi_disc_open(NULL, NULL, &found));
	NEEDS(fsi_disc_open(stream, NULL, NULL));
	NEEDS(fsi_disc_get_total_blocks(NULL, &blocks));
	NEEDS(fsi_disc_get_total_blocks(disc, NULL));
	NEEDS(fsi_disc_get_file_systems(NULL, &systems));
	NEEDS(fsi_disc_get_file_systems(disc, NULL));
	NEEDS(fsi_disc_open_view(NULL, FSI_FILE_SYSTEM_UDF, &found_view));
	NEEDS(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, NULL));
	ck_assert(found == NULL && found_view == NULL);
}
END_TEST

START_TEST(a_view_needs_its_pointers)
{
	const struct fsi_disc_volume *volume = NULL;
	fsi_disc_entry *found = NULL;

	NEEDS(fsi_disc_view_get_volume(NULL, &volume));
	NEEDS(fsi_disc_view_get_volume(view, NULL));
	NEEDS(fsi_disc_view_get_root(NULL, &found));
	NEEDS(fsi_disc_view_get_root(view, NULL));
	NEEDS(fsi_disc_view_get_entry(NULL, "", &found));
	NEEDS(fsi_disc_view_get_entry(view, NULL, &found));
	NEEDS(fsi_disc_view_get_entry(view, "", NULL));
	ck_assert(volume == NULL && found == NULL);
}
END_TEST

START_TEST(an_entry_needs_its_pointers)
{
	const struct fsi_disc_entry_info *info = NULL;
	struct fsi_disc_extent extent;
	fsi_disc_children *found = NULL;
	fsi_disc_entry *child = NULL;
	fsi_stream *data = NULL;
	const char *name = NULL;
	char *target = NULL;

	NEEDS(fsi_disc_entry_get_name(NULL, &name));
	NEEDS(fsi_disc_entry_get_name(entry, NULL));
	NEEDS(fsi_disc_entry_get_info(NULL, &info));
	NEEDS(fsi_disc_entry_get_info(entry, NULL));
	NEEDS(fsi_disc_entry_get_extent(NULL, 0, &extent));
	NEEDS(fsi_disc_entry_get_extent(entry, 0, NULL));
	NEEDS(fsi_disc_entry_open_data(NULL, &data));
	NEEDS(fsi_disc_entry_open_data(entry, NULL));
	NEEDS(fsi_disc_entry_get_link_target(NULL, &target));
	NEEDS(fsi_disc_entry_get_link_target(entry, NULL));
	NEEDS(fsi_disc_entry_get_children(NULL, &found));
	NEEDS(fsi_disc_entry_get_children(entry, NULL));
	NEEDS(fsi_disc_entry_get_streams(NULL, &found));
	NEEDS(fsi_disc_entry_get_streams(entry, NULL));
	NEEDS(fsi_disc_children_next(NULL, &child));
	NEEDS(fsi_disc_children_next(children, NULL));
	ck_assert(info == NULL && found == NULL && child == NULL && data == NULL);
	ck_assert(name == NULL && target == NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("disc pointers");
	TCase *tcase = tcase_create("pointers");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_disc_needs_its_pointers);
	tcase_add_test(tcase, a_view_needs_its_pointers);
	tcase_add_test(tcase, an_entry_needs_its_pointers);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
