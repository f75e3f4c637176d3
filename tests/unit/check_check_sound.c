/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The check finds nothing in images that our own writer makes. */
#include "tests/support/checked.h"

#include <stdlib.h>
#include <unistd.h>

static const uint16_t revisions[] = {0x0102, 0x0150, 0x0200, 0x0201, 0x0250, 0x0260};
#define REVISIONS (int)(sizeof(revisions) / sizeof(revisions[0]))

static void assert_clean(fsi_image *made, uint16_t revision)
{
	struct checked image;

	checked_take(&image, made, revision);
	checked_assert_clean(image.bytes, image.size);
	checked_free(&image);
	fsi_image_release(made);
}

START_TEST(nothing_is_wrong_with_udf_alone)
{
	struct checked image;

	checked_make(&image, UDF, revisions[_i]);
	checked_assert_clean(image.bytes, image.size);
	checked_free(&image);
}
END_TEST

START_TEST(nothing_is_wrong_with_a_bridge)
{
	struct checked image;

	checked_make(&image, BRIDGE, revisions[_i]);
	checked_assert_clean(image.bytes, image.size);
	checked_free(&image);
}
END_TEST

START_TEST(nothing_is_wrong_with_an_empty_volume)
{
	fsi_image *image = api_image(UDF);

	ASSERT_OK(fsi_image_put_udf_revision(image, revisions[_i]));
	assert_clean(image, revisions[_i]);
}
END_TEST

START_TEST(nothing_is_wrong_with_a_copy_of_the_metadata)
{
	fsi_image *image = api_image(UDF);

	ASSERT_OK(fsi_image_put_udf_revision(image, 0x0250));
	ASSERT_OK(fsi_image_put_create_redundant_udf_metadata_files(image, true));
	checked_fill(image, api_root(image));
	assert_clean(image, 0x0250);
}
END_TEST

START_TEST(nothing_is_wrong_with_big_directories)
{
	fsi_image *image = api_image(UDF);

	ASSERT_OK(fsi_image_put_udf_revision(image, revisions[_i]));
	for (unsigned i = 0; i < 500; i++)
		api_add_text(api_root(image), api_text("a name of some length %u", i),
			     "x");
	for (unsigned i = 0; i < 100; i++)
		api_add_directory(api_root(image), api_text("folder %u", i));
	assert_clean(image, revisions[_i]);
}
END_TEST

START_TEST(nothing_is_wrong_with_hard_links_and_holes)
{
	fsi_image *image = api_image(UDF);

	ASSERT_OK(fsi_image_put_udf_revision(image, revisions[_i]));
	ASSERT_OK(fsi_image_put_posix_attributes(image, true));
	ASSERT_OK(fsi_image_put_udf_holes(image, true));
	scratch_folder(&api_folder, "tree");
	scratch_text(&api_folder, "tree/one", "the same file");
	ck_assert_int_eq(link(api_host("tree/one"), api_host("tree/two")), 0);
	ck_assert_int_eq(link(api_host("tree/one"), api_host("tree/three")), 0);
	scratch_text(&api_folder, "tree/holes", "begins");
	ck_assert_int_eq(truncate(api_host("tree/holes"), 10 << 20), 0);
	ASSERT_OK(fsi_directory_add_tree(api_root(image), api_host("tree"), false));
	assert_clean(image, revisions[_i]);
}
END_TEST

START_TEST(nothing_is_wrong_with_names_of_all_kinds)
{
	fsi_image *image = api_image(UDF);

	ASSERT_OK(fsi_image_put_udf_revision(image, revisions[_i]));
	api_add_text(api_root(image), "\xC3\xA6\xC3\xB8\xC3\xA5", "narrow");
	api_add_text(api_root(image), "\xE4\xB8\xAD\xE6\x96\x87", "wide");
	api_add_text(api_root(image), "\xF0\x9F\x98\x80.txt", "pairs");
	assert_clean(image, revisions[_i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check of sound images");
	TCase *tcase = tcase_create("our own images");

	tcase_add_checked_fixture(tcase, api_begin_folder, api_end_folder);
	tcase_add_loop_test(tcase, nothing_is_wrong_with_udf_alone, 0, REVISIONS);
	tcase_add_loop_test(tcase, nothing_is_wrong_with_a_bridge, 0, REVISIONS);
	tcase_add_loop_test(tcase, nothing_is_wrong_with_an_empty_volume, 0, REVISIONS);
	tcase_add_test(tcase, nothing_is_wrong_with_a_copy_of_the_metadata);
	tcase_add_loop_test(tcase, nothing_is_wrong_with_big_directories, 0, REVISIONS);
	tcase_add_loop_test(tcase, nothing_is_wrong_with_hard_links_and_holes, 0,
			    REVISIONS);
	tcase_add_loop_test(tcase, nothing_is_wrong_with_names_of_all_kinds, 0,
			    REVISIONS);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
