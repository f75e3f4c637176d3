/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Importing volumes of UDF that others wrote: mkudffs, Linux, genisoimage, pycdlib. */
#include "tests/support/disc.h"
#include "tests/support/fixture.h"
#include "tests/support/import_case.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	const char *refused; /* the inserts; NULL: it is imported */
} volumes[] = {
	{"genisoimage", NULL},
	{"genisoimage-no-joliet", NULL},
	{"linux-cdrw-1.50", "UDF|a sparable partition"},
	{"linux-dvdrw-long-2.01", "UDF|a sparable partition"},
	{"linux-hd-1.02", "UDF|blocks of another size than 2048 bytes"},
	{"linux-hd-2048-2.01", NULL},
	{"linux-hd-short-2.00", "UDF|blocks of another size than 2048 bytes"},
	{"mkudffs-bdr-2.50", "UDF|a virtual partition"},
	{"mkudffs-bdr-2.60", "UDF|a virtual partition"},
	{"mkudffs-cdr-1.50", "UDF|a virtual partition"},
	{"mkudffs-cdr-2.01", "UDF|a virtual partition"},
	{"mkudffs-cdrw-2.01", "UDF|a sparable partition"},
	{"mkudffs-dvd-1.02", NULL},
	{"mkudffs-dvdr-2.00", "UDF|a virtual partition"},
	{"mkudffs-dvdram-2.00", NULL},
	{"mkudffs-dvdrw-1.50", "UDF|a sparable partition"},
	{"mkudffs-hd-1.02", "UDF|blocks of another size than 2048 bytes"},
	{"mkudffs-hd-1024-strategy-4096", "UDF|blocks of another size than 2048 bytes"},
	{"mkudffs-hd-4096-2.01", "UDF|blocks of another size than 2048 bytes"},
	{"pycdlib", NULL},
};

#define VOLUMES (int)(sizeof(volumes) / sizeof(volumes[0]))

static void compare_file(fsi_disc_entry *entry, fsi_directory *directory,
			 const char *name)
{
	fsi_stream *data = NULL;
	size_t size = 0;
	size_t found_size = 0;
	uint8_t *expected = disc_read(entry, &size);
	uint8_t *found = NULL;

	ASSERT_OK(fsi_file_get_data(api_file(directory, name), &data));
	found = api_read_all(data, &found_size);
	ck_assert_uint_eq(found_size, size);
	ck_assert(size == 0 || memcmp(found, expected, size) == 0);
	free(found);
	free(expected);
	fsi_stream_release(data);
}

/* All that is in a directory of the disc, and nothing else, is in that of the image. */
static void compare(fsi_disc_entry *entry, fsi_directory *directory)
{
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;
	uint32_t count = 0;
	uint32_t found = 0;

	ASSERT_OK(fsi_disc_entry_get_children(entry, &children));
	while (fsi_disc_children_next(children, &child) == S_OK) {
		const enum fsi_disc_kind kind = disc_info(child)->kind;
		const char *name = NULL;

		count++;
		ASSERT_OK(fsi_disc_entry_get_name(child, &name));
		if (kind == FSI_DISC_DIRECTORY)
			compare(child, api_directory(directory, name));
		else if (kind == FSI_DISC_FILE)
			compare_file(child, directory, name);
		else
			(void)api_item(directory, name);
		fsi_disc_entry_release(child);
	}
	ASSERT_OK(fsi_directory_get_count(directory, &found));
	ck_assert_uint_eq(found, count);
	fsi_disc_children_release(children);
}

START_TEST(all_of_a_volume_comes_in_or_nothing)
{
	struct fixture fixture;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;

	fixture_read(&fixture, volumes[_i].name);
	ASSERT_OK(fsi_image_put_any_character_names(import_image, true));
	ASSERT_OK(fsi_image_put_case_sensitive_names(import_image, true));
	ASSERT_OK(fsi_image_put_posix_attributes(import_image, true));
	ASSERT_OK(fsi_image_put_continue_writable_volumes(import_image, true));
	import_choose(UDF);
	import_put(fixture.bytes, fixture.size);
	if (volumes[_i].refused == NULL) {
		ASSERT_OK(fsi_image_import_specific_file_system(import_image,
								FSI_FILE_SYSTEM_UDF));
		view = disc_view(fixture.bytes, fixture.size);
		ASSERT_OK(fsi_disc_view_get_root(view, &entry));
		compare(entry, import_root);
		fsi_disc_entry_release(entry);
		fsi_disc_view_release(view);
	} else {
		char *before = api_describe(import_image);

		ASSERT_FAILS(fsi_image_import_specific_file_system(import_image,
								   FSI_FILE_SYSTEM_UDF),
			     IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
			     volumes[_i].refused);
		api_assert_unchanged(import_image, before);
	}
	fixture_free(&fixture);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("imports from other writers");
	TCase *tcase = tcase_create("fixtures");

	tcase_add_checked_fixture(tcase, import_begin, import_end);
	tcase_add_loop_test(tcase, all_of_a_volume_comes_in_or_nothing, 0, VOLUMES);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
