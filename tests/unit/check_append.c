/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adding a session to a disc: what is left of it when the power goes away. */
#include "base/memory.h"
#include "tests/support/appended.h"

#include <stdlib.h>
#include <string.h>

static struct appended appended;

static void tear_down(void)
{
	appended_end(&appended);
}

/* ---- the loss of power ------------------------------------------------- */

static const struct {
	fsi_file_systems file_systems;
	uint32_t revision;
} kinds[] = {
	{ISO, 0},	 {ISO_JOLIET, 0}, {BRIDGE, 0x102}, {BRIDGE, 0x201},
	{BRIDGE, 0x250}, {UDF, 0x102},	  {UDF, 0x250},
};
#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

static const enum fsi_file_system systems[] = {
	FSI_FILE_SYSTEM_ISO9660, FSI_FILE_SYSTEM_JOLIET, FSI_FILE_SYSTEM_UDF};
#define SYSTEMS (sizeof(systems) / sizeof(systems[0]))

/* What each file system shows; NULL: the disc does not have it. */
static void describe(const uint8_t *bytes, uint32_t blocks, char *texts[SYSTEMS])
{
	for (size_t i = 0; i < SYSTEMS; i++) {
		const bool has =
			(appended.file_systems & (fsi_file_systems)systems[i]) != 0;

		texts[i] =
			has ? appended_describe(bytes, blocks, NULL, systems[i]) : NULL;
	}
}

static void free_texts(char *texts[SYSTEMS])
{
	for (size_t i = 0; i < SYSTEMS; i++)
		free(texts[i]);
}

/* That each file system of a disc shows what it did before, or what it does now. */
static void assert_either(const uint8_t *bytes, uint32_t blocks, char *before[SYSTEMS],
			  char *after[SYSTEMS])
{
	char *found[SYSTEMS];

	describe(bytes, blocks, found);
	for (size_t i = 0; i < SYSTEMS; i++) {
		if (found[i] == NULL)
			continue;
		ck_assert_msg(strcmp(found[i], before[i]) == 0 ||
				      strcmp(found[i], after[i]) == 0,
			      "%s", found[i]);
	}
	free_texts(found);
}

START_TEST(power_may_be_lost_at_any_time)
{
	char *before[SYSTEMS];
	char *after[SYSTEMS];
	uint64_t lottery = (uint64_t)_i + 1;

	appended_begin(&appended, kinds[_i].file_systems, kinds[_i].revision);
	appended_add(&appended, "two");
	describe(appended.disc.bytes, appended.disc.blocks, before);
	appended_add(&appended, "three");
	describe(appended.disc.bytes, appended.disc.blocks, after);
	for (unsigned n = 0; n <= appended.disc.event_count; n++) {
		/* What was not synced is lost otherwise each time. */
		for (unsigned round = 0; round < 4; round++) {
			uint32_t blocks = 0;
			uint8_t *bytes = recording_disc_after(&appended.disc, n, &lottery,
							      &blocks);

			assert_either(bytes, blocks, before, after);
			free(bytes);
		}
	}
	free_texts(before);
	free_texts(after);
}
END_TEST

START_TEST(only_the_head_of_earlier_sessions_changes)
{
	appended_begin(&appended, kinds[_i].file_systems, kinds[_i].revision);
	for (unsigned n = 0; n < 3; n++) {
		appended_add(&appended, api_text("file%u", n));
		for (uint32_t block = 0; block < appended.disc.old_blocks; block++) {
			const size_t at = (size_t)block * FSI_BLOCK_SIZE;

			if ((block < 16 || block >= 32) && block != 256)
				ck_assert_mem_eq(appended.disc.bytes + at,
						 appended.disc.old_bytes + at,
						 FSI_BLOCK_SIZE);
		}
	}
}
END_TEST

/* The disc after a sync, but for one block that was written since the one before. */
static void lose_each_block(const struct recording_disc *disc, unsigned from, unsigned to,
			    char *before[SYSTEMS], char *after[SYSTEMS])
{
	for (unsigned n = from; n < to; n++) {
		const struct disc_event *lost = &disc->events[n];

		for (uint32_t i = 0; i < lost->block_count; i++) {
			uint64_t lottery = 0;
			uint32_t blocks = 0;
			uint8_t *bytes =
				recording_disc_after(disc, to + 1, &lottery, &blocks);
			const size_t at = (size_t)(lost->block + i) * FSI_BLOCK_SIZE;

			if (lost->block + i < disc->old_blocks)
				memcpy(bytes + at, disc->old_bytes + at, FSI_BLOCK_SIZE);
			else
				memset(bytes + at, 0, FSI_BLOCK_SIZE);
			assert_either(bytes, blocks, before, after);
			free(bytes);
		}
	}
}

START_TEST(power_may_take_any_block_that_was_not_synced)
{
	const struct recording_disc *disc = &appended.disc;
	char *before[SYSTEMS];
	char *after[SYSTEMS];
	unsigned from = 0;

	appended_begin(&appended, kinds[_i].file_systems, kinds[_i].revision);
	describe(disc->bytes, disc->blocks, before);
	appended_add(&appended, "two");
	describe(disc->bytes, disc->blocks, after);
	for (unsigned n = 0; n < disc->event_count; n++) {
		if (disc->events[n].kind != DISC_SYNC)
			continue;
		lose_each_block(disc, from, n, before, after);
		from = n + 1;
	}
	free_texts(before);
	free_texts(after);
}
END_TEST

/* A device is as long before as after; what was not written may be anything. */
START_TEST(what_was_begun_on_a_device_is_no_session)
{
	const struct recording_disc *disc = &appended.disc;
	uint32_t first = 0;

	appended_begin(&appended, kinds[_i].file_systems, kinds[_i].revision);
	appended_add(&appended, "two");
	first = disc->old_blocks;
	for (uint32_t end = first; end <= disc->blocks; end++) {
		const size_t size = (size_t)disc->blocks * FSI_BLOCK_SIZE;
		const size_t written = (size_t)end * FSI_BLOCK_SIZE;
		uint8_t *bytes = malloc(size);
		struct fsi_disc_session *sessions = NULL;
		size_t count = 0;

		ck_assert_ptr_nonnull(bytes);
		memcpy(bytes, disc->bytes, size);
		memcpy(bytes, disc->old_bytes, (size_t)first * FSI_BLOCK_SIZE);
		memset(bytes + written, end % 2 == 0 ? 0 : 0xE5, size - written);
		sessions = appended_sessions(bytes, disc->blocks, &count);
		ck_assert_msg(count == 1, "%zu sessions after %u blocks", count,
			      (unsigned)(end - first));
		fsi_free(sessions);
		free(bytes);
	}
}
END_TEST

START_TEST(an_append_that_fails_can_be_tried_again)
{
	for (unsigned n = 1; n < 40; n++) {
		fsi_image *image = NULL;
		fsi_result *result = NULL;
		bool has_failed = false;

		appended_begin(&appended, kinds[_i].file_systems, kinds[_i].revision);
		image = appended_image(&appended, 0);
		api_add_text(api_root(image), "two", "text of two");
		result = api_result(image);
		appended.disc.fails_at = n;
		appended.disc.failure = FSI_E_DISK_FULL;
		has_failed = FAILED(fsi_result_write_session(result, NULL));
		ck_assert(has_failed == (appended.disc.fails_at == 0));
		appended.disc.fails_at = 0;
		fsi_result_release(result);
		fsi_image_release(image);
		appended_add(&appended, "three");
		appended_end(&appended);
		if (!has_failed)
			break;
	}
	appended_begin(&appended, ISO, 0);
}
END_TEST

/* ---- what is refused --------------------------------------------------- */

static fsi_result *make_result(const char *name, fsi_image **ret_image)
{
	*ret_image = appended_image(&appended, 0);
	api_add_text(api_root(*ret_image), name, "text");
	return api_result(*ret_image);
}

START_TEST(a_disc_that_has_changed_since_is_not_written)
{
	fsi_image *image = NULL;
	fsi_result *result = NULL;

	appended_begin(&appended, BRIDGE, 0);
	result = make_result("two", &image);
	appended_add(&appended, "three");
	recording_disc_restart(&appended.disc);
	ASSERT_FAILS(fsi_result_write_session(result, NULL), IMAPI_E_DISC_MISMATCH, "");
	ck_assert_uint_eq(appended.disc.event_count, 0);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

START_TEST(an_image_without_a_disc_is_not_written_to_one)
{
	fsi_image *image = api_image(ISO);
	fsi_result *result = api_result(image);

	appended_begin(&appended, ISO, 0);
	ASSERT_FAILS(fsi_result_write_session(result, NULL), IMAPI_E_MULTISESSION_NOT_SET,
		     "");
	ASSERT_FAILS(fsi_result_write_session(NULL, NULL), E_POINTER, "");
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

/* An image that knows nothing of what is there. */
static HRESULT write_from_nothing(int32_t start_block)
{
	fsi_multisession *multisession = recording_disc_open(&appended.disc);
	fsi_image *image = api_image(BRIDGE);
	fsi_result *result = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_image_put_multisession_interfaces(image, &multisession, 1));
	ASSERT_OK(fsi_image_put_session_start_block(image, start_block));
	api_add_text(api_root(image), "one", "text of one");
	result = api_result(image);
	recording_disc_restart(&appended.disc);
	hr = fsi_result_write_session(result, NULL);
	fsi_result_release(result);
	fsi_image_release(image);
	fsi_multisession_release(multisession);
	return hr;
}

START_TEST(what_was_not_imported_is_not_overwritten)
{
	appended_begin(&appended, BRIDGE, 0);
	ASSERT_FAILS(write_from_nothing(_i), IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION, "");
	ck_assert_uint_eq(appended.disc.event_count, 0);
}
END_TEST

/* A session alone, which nothing would lead to, perhaps in the middle of others. */
START_TEST(a_session_for_another_kind_of_disc_is_not_written)
{
	const struct fsi_sequential_disc facts = {
		.size = sizeof(facts),
		.media_type = IMAPI_MEDIA_TYPE_CDR,
		.last_written_address_of_previous_session = 300,
		.next_writable_address = 320,
		.free_sectors_on_media = 10000,
	};
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	fsi_multisession *told = NULL;
	fsi_multisession *multisession = NULL;
	fsi_stream *stream = NULL;
	fsi_result *result = NULL;
	fsi_image *image = api_image(ISO);

	appended_begin(&appended, ISO, 0);
	stream = recording_disc_stream(appended.disc.bytes, appended.disc.blocks);
	ASSERT_OK(fsi_multisession_create_sequential(stream, &facts, &told));
	fsi_stream_release(stream);
	ASSERT_OK(fsi_image_put_multisession_interfaces(image, &told, 1));
	ASSERT_OK(fsi_image_import_file_system(image, &imported));
	multisession = recording_disc_open(&appended.disc);
	ASSERT_OK(fsi_image_put_multisession_interfaces(image, &multisession, 1));
	recording_disc_restart(&appended.disc);
	result = api_result(image);
	ASSERT_FAILS(fsi_result_write_session(result, NULL),
		     IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
	ck_assert_uint_eq(appended.disc.event_count, 0);
	fsi_result_release(result);
	fsi_image_release(image);
	fsi_multisession_release(told);
	fsi_multisession_release(multisession);
}
END_TEST

START_TEST(a_disc_without_content_gets_its_first_session)
{
	char *text = NULL;

	appended_begin(&appended, BRIDGE, 0);
	memset(appended.disc.bytes, 0, (size_t)appended.disc.blocks * FSI_BLOCK_SIZE);
	appended.disc.blocks = _i == 0 ? appended.disc.blocks : 0;
	ASSERT_OK(write_from_nothing(0));
	text = appended_describe(appended.disc.bytes, appended.disc.blocks, NULL,
				 FSI_FILE_SYSTEM_UDF);
	ck_assert_str_eq(text, "one: text of one; ");
	free(text);
}
END_TEST

START_TEST(options_have_their_size)
{
	struct fsi_write_options options = {.size = sizeof(options) - 1};
	fsi_image *image = NULL;
	fsi_result *result = NULL;

	appended_begin(&appended, ISO, 0);
	result = make_result("two", &image);
	ASSERT_FAILS(fsi_result_write_session(result, &options), E_INVALIDARG, "");
	options.size++;
	ASSERT_OK(fsi_result_write_session(result, &options));
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

START_TEST(memory_may_run_out_at_any_time)
{
	HRESULT hr = E_OUTOFMEMORY;

	appended_begin(&appended, BRIDGE, 0);
	appended_add(&appended, "two");
	for (long n = 0; hr == E_OUTOFMEMORY && n < 10000; n++) {
		fsi_image *image = NULL;
		/* Some blocks may be replaced, and the session be there. */
		fsi_result *result = make_result(api_text("file%ld", n), &image);

		recording_disc_restart(&appended.disc);
		fsi_memory_fail_after(n);
		hr = fsi_result_write_session(result, NULL);
		fsi_memory_fail_after(-1);
		ck_assert(hr == E_OUTOFMEMORY || hr == S_OK);
		fsi_result_release(result);
		fsi_image_release(image);
	}
	ASSERT_OK(hr);
}
END_TEST

START_TEST(sessions_are_found_with_little_memory)
{
	struct fsi_disc_session *sessions = NULL;
	size_t count = 0;
	fsi_stream *stream = NULL;
	HRESULT hr = E_OUTOFMEMORY;

	appended_begin(&appended, BRIDGE, 0);
	appended_add(&appended, "two");
	stream = recording_disc_stream(appended.disc.bytes, appended.disc.blocks);
	for (long n = 0; hr == E_OUTOFMEMORY && n < 10000; n++) {
		fsi_disc *disc = NULL;

		ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
		fsi_memory_fail_after(n);
		hr = fsi_disc_get_sessions(disc, &sessions, &count);
		fsi_memory_fail_after(-1);
		fsi_disc_release(disc);
	}
	ASSERT_OK(hr);
	ck_assert_uint_eq(count, 2);
	fsi_free(sessions);
	fsi_stream_release(stream);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("append");
	TCase *power = tcase_create("power");
	TCase *refused = tcase_create("refused");

	tcase_add_checked_fixture(power, NULL, tear_down);
	tcase_set_timeout(power, 60);
	tcase_add_loop_test(power, power_may_be_lost_at_any_time, 0, KINDS);
	tcase_add_loop_test(power, only_the_head_of_earlier_sessions_changes, 0, KINDS);
	tcase_add_loop_test(power, power_may_take_any_block_that_was_not_synced, 0,
			    KINDS);
	tcase_add_loop_test(power, what_was_begun_on_a_device_is_no_session, 0, KINDS);
	tcase_add_loop_test(power, an_append_that_fails_can_be_tried_again, 0, KINDS);
	suite_add_tcase(suite, power);
	tcase_add_checked_fixture(refused, NULL, tear_down);
	tcase_set_timeout(refused, 60);
	tcase_add_test(refused, a_disc_that_has_changed_since_is_not_written);
	tcase_add_test(refused, an_image_without_a_disc_is_not_written_to_one);
	tcase_add_loop_test(refused, what_was_not_imported_is_not_overwritten, 0, 2);
	tcase_add_test(refused, a_session_for_another_kind_of_disc_is_not_written);
	tcase_add_loop_test(refused, a_disc_without_content_gets_its_first_session, 0, 2);
	tcase_add_test(refused, options_have_their_size);
	tcase_add_test(refused, memory_may_run_out_at_any_time);
	tcase_add_test(refused, sessions_are_found_with_little_memory);
	suite_add_tcase(suite, refused);
	return api_run(suite);
}
