/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a UDF volume keeps from session to session, also that of another writer. */
#include "tests/support/next_session.h"

#include "image/image.h"
#include "udf/types.h"

#include <stdlib.h>
#include <string.h>

static struct next_disc disc;
static fsi_disc_view *view;

static void set_up(void)
{
	disc = (struct next_disc){.covers_disc = true};
	view = NULL;
}

static void tear_down(void)
{
	fsi_disc_view_release(view);
	next_disc_free(&disc);
}

static void begin(uint32_t revision)
{
	fsi_image *image = api_image(BRIDGE);

	ASSERT_OK(fsi_image_put_udf_revision(image, revision));
	api_add_sized(api_root(image), "old", 5000);
	next_disc_begin(&disc, image);
	fsi_image_release(image);
}

static fsi_image *go_on(void)
{
	fsi_image *image = next_disc_continue(&disc, BRIDGE, FSI_FILE_SYSTEM_UDF, 0);

	for (unsigned i = 0; i < 5; i++)
		api_add_sized(api_root(image), api_text("new%u", i), 3000);
	return image;
}

static const struct fsi_disc_volume *read_volume(void)
{
	const struct fsi_disc_volume *volume = NULL;

	fsi_disc_view_release(view);
	view = disc_view(disc.bytes, disc.size);
	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	return volume;
}

/* Write it, and read the volume. */
static const struct fsi_disc_volume *finish(fsi_image *image)
{
	next_disc_add(&disc, image);
	checked_assert_clean(disc.bytes, disc.size);
	return read_volume();
}

static uint64_t get_le64(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (unsigned i = 8; i-- > 0;)
		value = value << 8 | bytes[i];
	return value;
}

/* ECMA-167 4/14.9, 4/14.17: as the entry has it. */
static uint64_t unique_id_of(const char *path, uint32_t revision)
{
	struct checked image = {(uint16_t)revision, disc.bytes, disc.size};

	return get_le64(checked_entry(&image, path) + (revision >= 0x200 ? 200 : 160));
}

START_TEST(the_volume_set_stays_when_the_name_changes)
{
	const struct fsi_disc_volume *volume = NULL;
	fsi_image *image = NULL;
	char *before = NULL;

	begin(0x102);
	view = disc_view(disc.bytes, disc.size);
	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	before = strdup(volume->volume_set_id);
	image = go_on();
	ASSERT_OK(fsi_image_put_volume_name(image, "another"));
	volume = finish(image);
	ck_assert_str_eq(volume->volume_set_id, before);
	ck_assert_str_eq(volume->name, "another");
	free(before);
}
END_TEST

START_TEST(the_partition_keeps_its_start_and_reaches_to_the_end)
{
	const struct fsi_disc_volume *volume = NULL;

	begin((uint32_t)_i);
	for (unsigned session = 2; session <= 3; session++) {
		fsi_image *image =
			next_disc_continue(&disc, BRIDGE, FSI_FILE_SYSTEM_UDF, 0);

		api_add_sized(api_root(image), api_text("new%u", session), 3000);
		volume = finish(image);
		ck_assert_uint_eq(volume->partitions[0].first_block, 288);
		ck_assert_uint_eq(volume->partitions[0].block_count,
				  disc.size / FSI_BLOCK_SIZE - 257 - 288);
	}
}
END_TEST

/* Writers may call their partition as they like, and begin it anywhere. */
START_TEST(a_partition_of_another_writer_keeps_number_and_start)
{
	const struct fsi_disc_volume *volume = NULL;
	fsi_findings *findings = NULL;
	fsi_image *image = NULL;
	char *text = NULL;

	begin((uint32_t)_i);
	image = go_on();
	image->continued->partition_number = 1234;
	if (_i >= 0x250)
		image->continued->partition_block = 272;
	next_disc_add(&disc, image);
	volume = read_volume();
	ck_assert_uint_eq(volume->partitions[0].number, 1234);
	ck_assert_uint_eq(volume->partitions[0].first_block, _i >= 0x250 ? 272 : 288);
	/* The first session, which is ours, has another one; nothing else is wrong. */
	findings = checked_findings(disc.bytes, disc.size);
	text = checked_describe(findings);
	if (_i < 0x250)
		ck_assert_str_eq(text, "");
	else
		ck_assert_ptr_eq(strstr(text, "U-168"), text);
	ck_assert_ptr_eq(strchr(text, '\n'), strrchr(text, '\n'));
	free(text);
	fsi_findings_release(findings);
}
END_TEST

START_TEST(a_partition_behind_the_session_is_refused)
{
	fsi_result *result = NULL;
	fsi_image *image = NULL;

	begin(0x102);
	image = go_on();
	image->continued->partition_block = 2000;
	ASSERT_FAILS(fsi_image_create_result_image(image, &result),
		     IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION, "");
	fsi_image_release(image);
}
END_TEST

/* ---- entries that can't stay -------------------------------------------- */

/* A session whose volume goes on from none, as the newest one of the disc. */
static void add_volume_of_its_own(const char *path, const char *text)
{
	const size_t start = disc.size > 0 ? disc.size : 32 * (size_t)FSI_BLOCK_SIZE;
	fsi_image *image = api_image(UDF);
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	ASSERT_OK(fsi_image_put_udf_revision(image, 0x102));
	api_add_text(api_root(image), path, text);
	disc.session_block = (uint32_t)(start / FSI_BLOCK_SIZE);
	ASSERT_OK(fsi_image_put_session_start_block(image, (int32_t)disc.session_block));
	stream = api_image_stream(image);
	bytes = api_read_all(stream, &size);
	fsi_stream_release(stream);
	fsi_image_release(image);
	disc.bytes = realloc(disc.bytes, start + size);
	ck_assert_ptr_nonnull(disc.bytes);
	if (disc.size == 0)
		memset(disc.bytes, 0, start);
	disc.size = start + size;
	memcpy(disc.bytes + start, bytes, size);
	memcpy(disc.bytes + 16 * FSI_BLOCK_SIZE, bytes + 16 * FSI_BLOCK_SIZE,
	       4 * FSI_BLOCK_SIZE);
	memcpy(disc.bytes + 256 * FSI_BLOCK_SIZE, bytes + 256 * FSI_BLOCK_SIZE,
	       FSI_BLOCK_SIZE);
	fsi_udf_tag_move(disc.bytes + 256 * FSI_BLOCK_SIZE, 256);
	free(bytes);
}

static void assert_shows(const char *what)
{
	char *text = next_disc_describe(&disc, NULL, FSI_FILE_SYSTEM_UDF);

	ck_assert_msg(strstr(text, what) != NULL, "%s", text);
	free(text);
}

/* Entries are found by where they are in the partition. */
START_TEST(entries_of_another_partition_are_written_anew)
{
	add_volume_of_its_own("one", "1");
	add_volume_of_its_own("two", "22");
	assert_shows("/two kind=1 links=1 size=2 ");
	disc.import_session = 1;
	next_disc_add(&disc, next_disc_continue(&disc, UDF, FSI_FILE_SYSTEM_UDF, 0));
	assert_shows("/one kind=1 links=1 size=1 ");
}
END_TEST

/* A revision that has no such partition is no promise that there is none. */
START_TEST(entries_of_a_metadata_partition_are_written_anew)
{
	fsi_image *image = NULL;

	begin(0x250);
	image = go_on();
	image->udf_revision = image->continued->udf_revision = 0x201;
	next_disc_add(&disc, image);
	assert_shows("/old kind=1 links=1 size=5000 ");
}
END_TEST

START_TEST(old_items_keep_their_identifiers_and_new_ones_get_others)
{
	const uint32_t revision = (uint32_t)_i;
	uint64_t old = 0;

	begin(revision);
	old = unique_id_of("/old", revision);
	ck_assert_uint_ge(old, 16);
	(void)finish(go_on());
	ck_assert_uint_eq(unique_id_of("/old", revision), old);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_gt(unique_id_of(api_text("/new%u", i), revision), old);
}
END_TEST

/* OSTA UDF 3.2.1: the low 32 bits begin with 16 again. (In names, which tell no more,
 * that may be the value of another one then.) */
START_TEST(unique_identifiers_go_on_behind_32_bits)
{
	static const uint64_t nexts[] = {0xFFFFFFF0u, 0xFFFFFFFBu, 0xFFFFFFFFu,
					 0x1FFFFFFFEu};
	fsi_image *image = NULL;
	const uint8_t *integrity = NULL;

	begin(0x201);
	image = go_on();
	image->continued->next_unique_id = nexts[_i];
	next_disc_add(&disc, image);
	/* Six items come after the root. */
	integrity = disc.bytes + ((size_t)disc.session_block + 96) * FSI_BLOCK_SIZE;
	ck_assert_uint_eq(get_le64(integrity + 40),
			  (nexts[_i] & 0xFFFFFFFFu) + 6 > UINT32_MAX ? nexts[_i] + 6 + 16
								     : nexts[_i] + 6);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("next_session_volume");
	TCase *tcase = tcase_create("volume");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_volume_set_stays_when_the_name_changes);
	for (int i = 0; i < 2; i++) {
		static const int revisions[] = {0x102, 0x260};
		const int revision = revisions[i];

		tcase_add_loop_test(tcase,
				    the_partition_keeps_its_start_and_reaches_to_the_end,
				    revision, revision + 1);
		tcase_add_loop_test(tcase,
				    a_partition_of_another_writer_keeps_number_and_start,
				    revision, revision + 1);
		tcase_add_loop_test(
			tcase, old_items_keep_their_identifiers_and_new_ones_get_others,
			revision, revision + 1);
	}
	tcase_add_test(tcase, a_partition_behind_the_session_is_refused);
	tcase_add_test(tcase, entries_of_another_partition_are_written_anew);
	tcase_add_test(tcase, entries_of_a_metadata_partition_are_written_anew);
	tcase_add_loop_test(tcase, unique_identifiers_go_on_behind_32_bits, 0, 4);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return api_run(make_suite());
}
