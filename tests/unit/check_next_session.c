/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout of sessions that go on from others. */
#include "tests/support/next_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct next_disc disc;

static void set_up(void)
{
	api_begin_folder();
	disc = (struct next_disc){.size = 0};
}

static void tear_down(void)
{
	next_disc_free(&disc);
	api_end_folder();
}

/* ---- kinds of discs ---------------------------------------------------- */

static const struct kind {
	const char *name;
	fsi_file_systems systems;
	uint32_t revision;
	bool has_mirror;
} kinds[] = {
	{"iso", ISO, 0, false},
	{"joliet", ISO_JOLIET, 0, false},
	{"bridge102", BRIDGE, 0x0102, false},
	{"bridge150", BRIDGE, 0x0150, false},
	{"bridge201", BRIDGE, 0x0201, false},
	{"bridge250", BRIDGE, 0x0250, true},
	{"udf102", UDF, 0x0102, false},
	{"udf201", UDF, 0x0201, false},
	{"udf250", UDF, 0x0250, false},
	{"udf260", UDF, 0x0260, true},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static enum fsi_file_system best_of(fsi_file_systems systems)
{
	if ((systems & UDF) != 0)
		return FSI_FILE_SYSTEM_UDF;
	return systems == ISO ? FSI_FILE_SYSTEM_ISO9660 : FSI_FILE_SYSTEM_JOLIET;
}

static void fill(fsi_directory *root)
{
	api_add_text(root, "small", "a small file");
	api_add_sized(root, "big", 5000);
	api_add_sized(root, "empty", 0);
	api_add_directory(root, "dir");
	api_add_directory(root, "dir\\sub");
	api_add_sized(root, "dir\\inner", 4096);
	api_add_text(root, "dir\\sub\\deepest", "deep");
}

static void begin(const struct kind *kind)
{
	fsi_image *image = api_image(kind->systems);

	if (kind->revision != 0) {
		ASSERT_OK(fsi_image_put_udf_revision(image, kind->revision));
		(void)fsi_image_put_create_redundant_udf_metadata_files(image,
									kind->has_mirror);
	}
	fill(api_root(image));
	next_disc_begin(&disc, image);
	fsi_image_release(image);
}

static fsi_image *go_on(const struct kind *kind, uint32_t start_block)
{
	fsi_image *image = next_disc_continue(&disc, kind->systems,
					      best_of(kind->systems), start_block);

	if (kind->revision != 0)
		(void)fsi_image_put_create_redundant_udf_metadata_files(image,
									kind->has_mirror);
	return image;
}

/* What the session is to show, as the image has it. */
static void assert_shows(const char *text, const char *path)
{
	ck_assert_msg(strstr(text, path) != NULL, "%s is not in\n%s", path, text);
}

static void assert_lacks(const char *text, const char *path)
{
	ck_assert_msg(strstr(text, path) == NULL, "%s is in\n%s", path, text);
}

/* A disc can be looked at with other readers: FSI_TEST_DISCS is a folder. */
static void save(const char *name, unsigned session)
{
	const char *folder = getenv("FSI_TEST_DISCS");
	FILE *file = NULL;

	if (folder == NULL)
		return;
	file = fopen(api_text("%s/%s-%u.iso", folder, name, session), "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(disc.bytes, 1, disc.size, file), disc.size);
	fclose(file);
}

/* One of several sessions: a file comes, one goes, one is replaced. */
static void change(fsi_image *image, unsigned session)
{
	fsi_directory *root = api_root(image);

	api_add_sized(root, api_text("new%u", session), 3000 * session);
	ASSERT_OK(fsi_directory_remove(
		root, session == 2 ? "small" : api_text("new%u", session - 1)));
	ASSERT_OK(fsi_directory_remove(root, "dir\\sub\\deepest"));
	api_add_text(root, "dir\\sub\\deepest", api_text("in session %u", session));
}

/* Compare what all file systems of the disc show with what one of them should. */
static void assert_content(const struct kind *kind, unsigned session)
{
	for (fsi_file_systems one = 1; one <= UDF; one *= 2) {
		char *text = NULL;

		if ((kind->systems & one) == 0 || one == ISO)
			continue;
		text = next_disc_describe(&disc, NULL, (enum fsi_file_system)one);
		assert_shows(text, api_text("/new%u ", session));
		assert_lacks(text, api_text("/new%u ", session - 1));
		assert_lacks(text, "/small ");
		assert_shows(text, "/big ");
		assert_shows(text, "/dir/inner ");
		free(text);
	}
}

START_TEST(sessions_follow_each_other_on_a_disc_that_is_overwritten)
{
	const struct kind *kind = &kinds[_i];

	begin(kind);
	disc.covers_disc = true;
	save(kind->name, 1);
	for (unsigned session = 2; session <= 4; session++) {
		const size_t old_size = disc.size;
		uint8_t *old = malloc(old_size);
		fsi_image *image = NULL;
		char *changes = NULL;

		memcpy(old, disc.bytes, old_size);
		image = go_on(kind, 0);
		change(image, session);
		next_disc_add(&disc, image);
		save(kind->name, session);
		changes = next_disc_changes(&disc, old, old_size);
		ck_assert_str_eq(changes, kind->systems == ISO		? "16 "
					  : kind->systems == ISO_JOLIET ? "16 17 "
					  : kind->systems == BRIDGE	? "16 17 256 "
									: "256 ");
		assert_content(kind, session);
		checked_assert_clean(disc.bytes, disc.size);
		free(changes);
		free(old);
	}
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("next_session");
	TCase *tcase = tcase_create("layout");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase,
			    sessions_follow_each_other_on_a_disc_that_is_overwritten, 0,
			    (int)KINDS);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return api_run(make_suite());
}
