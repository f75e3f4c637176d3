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

/* ---- sessions of their own --------------------------------------------- */

static void assert_clean_from(uint32_t session_block)
{
	const struct fsi_check_options options = {.size = sizeof(options),
						  .session_block = session_block};
	fsi_image_manager *manager = NULL;
	fsi_findings *findings = NULL;
	fsi_stream *stream = NULL;
	char *text = NULL;

	ASSERT_OK(fsi_stream_create_on_memory(disc.bytes, disc.size, &stream));
	ASSERT_OK(fsi_image_manager_create(&manager));
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_OK(fsi_image_manager_check(manager, &options, &findings));
	text = checked_describe(findings);
	ck_assert_str_eq(text, "");
	free(text);
	fsi_findings_release(findings);
	fsi_image_manager_release(manager);
	fsi_stream_release(stream);
}

static void assert_session_content(const struct kind *kind, uint32_t session_block,
				   unsigned session)
{
	const struct fsi_disc_options options = {.size = sizeof(options),
						 .session_block = session_block};

	for (fsi_file_systems one = 1; one <= UDF; one *= 2) {
		char *text = NULL;

		if ((kind->systems & one) == 0 || one == ISO)
			continue;
		text = next_disc_describe(&disc, &options, (enum fsi_file_system)one);
		assert_shows(text, api_text("/new%u ", session));
		assert_lacks(text, "/small ");
		assert_shows(text, "/big ");
		free(text);
	}
}

/* Where a drive says that the next session begins; a CD knows no multiples. */
static uint32_t next_address(bool is_cd)
{
	const uint32_t end = (uint32_t)(disc.size / FSI_BLOCK_SIZE);

	return is_cd ? end + 11400 - end % 2 + 1 : (end + 31) / 32 * 32 + 64;
}

static void add_sessions(const struct kind *kind, bool is_cd)
{
	begin(kind);
	for (unsigned session = 2; session <= 4; session++) {
		const uint32_t start = next_address(is_cd);
		const size_t old_size = disc.size;
		uint8_t *old = malloc(old_size);
		char *changes = NULL;
		fsi_image *image = NULL;

		memcpy(old, disc.bytes, old_size);
		image = go_on(kind, start);
		change(image, session);
		next_disc_add(&disc, image);
		save(api_text("%s-%s", kind->name, is_cd ? "cd" : "dvd"), session);
		changes = next_disc_changes(&disc, old, old_size);
		ck_assert_str_eq(changes, "");
		ck_assert_uint_eq(disc.session_block, start);
		ck_assert_uint_eq(disc.size / FSI_BLOCK_SIZE % 32, 0);
		assert_session_content(kind, start, session);
		assert_clean_from(start);
		free(changes);
		free(old);
	}
}

START_TEST(sessions_of_a_dvd_stand_on_their_own)
{
	add_sessions(&kinds[_i], false);
}
END_TEST

START_TEST(sessions_of_a_cd_begin_anywhere)
{
	add_sessions(&kinds[_i], true);
}
END_TEST

/* ---- what was ---------------------------------------------------------- */

/* What the disc showed is what the record of the newest session leads to. */
START_TEST(what_a_session_replaces_is_kept_in_it)
{
	const struct kind *kind = &kinds[_i];
	const bool has_udf = (kind->systems & UDF) != 0;
	struct fsi_disc_options options = {.size = sizeof(options)};
	char *before[3] = {NULL, NULL, NULL};
	fsi_image *image = NULL;

	begin(kind);
	disc.covers_disc = true;
	for (unsigned i = 0; i < 3; i++) {
		const fsi_file_systems one = (fsi_file_systems)1 << i;

		if ((kind->systems & one) != 0)
			before[i] = next_disc_describe(&disc, NULL,
						       (enum fsi_file_system)one);
	}
	image = go_on(kind, 0);
	change(image, 2);
	next_disc_add(&disc, image);
	options.session_block = disc.session_block + (has_udf ? 128 : 32);
	options.anchor_block = has_udf ? options.session_block + 64 : 0;
	for (unsigned i = 0; i < 3; i++) {
		const fsi_file_systems one = (fsi_file_systems)1 << i;
		char *after = NULL;

		if (before[i] == NULL)
			continue;
		after = next_disc_describe(&disc, &options, (enum fsi_file_system)one);
		ck_assert_str_eq(before[i], after);
		free(after);
		free(before[i]);
	}
}
END_TEST

/* All file systems as text, whatever can be read. */
static char *describe_all(fsi_file_systems systems, fsi_file_systems one)
{
	return (systems & one) != 0
		       ? next_disc_describe(&disc, NULL, (enum fsi_file_system)one)
		       : NULL;
}

/* A session with other sets of descriptors than the one before. */
struct sets {
	bool had_enhanced;
	bool has_enhanced;
};

static void begin_set(bool has_enhanced)
{
	fsi_image *image = api_image(BRIDGE);

	ASSERT_OK(fsi_image_put_iso9660_1999(image, has_enhanced));
	fill(api_root(image));
	next_disc_begin(&disc, image);
	fsi_image_release(image);
}

static void go_on_with_set(bool has_enhanced)
{
	fsi_image *image = next_disc_continue(&disc, BRIDGE, FSI_FILE_SYSTEM_UDF, 0);

	ASSERT_OK(fsi_image_put_iso9660_1999(image, has_enhanced));
	change(image, 2);
	next_disc_add(&disc, image);
}

/* After each of the writes, each file system is as it was or as it is to be. */
static void assert_each_write(const uint8_t *old, size_t old_size)
{
	static const fsi_file_systems systems[] = {1, 2, 4};
	uint8_t *whole = disc.bytes;
	char *were[3];
	char *are[3];

	for (unsigned i = 0; i < 3; i++)
		are[i] = describe_all(BRIDGE, systems[i]);
	disc.bytes = malloc(disc.size);
	memcpy(disc.bytes, whole, disc.size);
	memcpy(disc.bytes, old, old_size);
	for (unsigned i = 0; i < 3; i++)
		were[i] = describe_all(BRIDGE, systems[i]);
	for (uint32_t n = 0; n < disc.write_count; n++) {
		const size_t at = (size_t)disc.writes[n] * FSI_BLOCK_SIZE;

		memcpy(disc.bytes + at, whole + at, FSI_BLOCK_SIZE);
		for (unsigned i = 0; i < 3; i++) {
			char *text = describe_all(BRIDGE, systems[i]);

			ck_assert_msg(strcmp(text, were[i]) == 0 ||
					      strcmp(text, are[i]) == 0,
				      "write %u: %s", n, text);
			free(text);
		}
	}
	ck_assert_mem_eq(disc.bytes, whole, disc.size);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_str_ne(were[i], are[i]);
		free(were[i]);
		free(are[i]);
	}
	free(whole);
}

START_TEST(each_write_leaves_a_disc_that_can_be_read)
{
	static const struct {
		struct sets sets;
		uint32_t first_write; /* of them */
		uint32_t write_count;
	} rows[] = {
		{{false, false}, 17, 3}, /* both descriptors, the anchor */
		{{true, true}, 18, 4},
		{{false, true}, 22, 8}, /* from the end: all moves by one */
		{{true, false}, 16, 8}, /* from the beginning */
	};
	uint8_t *old = NULL;
	size_t old_size = 0;

	disc.covers_disc = true;
	begin_set(rows[_i].sets.had_enhanced);
	old_size = disc.size;
	old = malloc(old_size);
	memcpy(old, disc.bytes, old_size);
	go_on_with_set(rows[_i].sets.has_enhanced);
	ck_assert_uint_eq(disc.writes[0], rows[_i].first_write);
	ck_assert_uint_eq(disc.write_count, rows[_i].write_count);
	ck_assert_uint_eq(disc.writes[disc.write_count - 1], 256);
	assert_each_write(old, old_size);
	checked_assert_clean(disc.bytes, disc.size);
	free(old);
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
	tcase_add_loop_test(tcase, sessions_of_a_dvd_stand_on_their_own, 0, (int)KINDS);
	tcase_add_loop_test(tcase, sessions_of_a_cd_begin_anywhere, 0, (int)KINDS);
	tcase_add_loop_test(tcase, what_a_session_replaces_is_kept_in_it, 0, (int)KINDS);
	tcase_add_loop_test(tcase, each_write_leaves_a_disc_that_can_be_read, 0, 4);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return api_run(make_suite());
}
