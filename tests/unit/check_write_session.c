/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a session: what is written when, and what is left when it fails. */
#include "media/write_session.h"
#include "tests/support/api.h"
#include "tests/support/recording_disc.h"
#include "tests/support/streams.h"

#include <stdlib.h>
#include <string.h>

#define OLD_BLOCKS 1000u
#define FIRST	   1024u
#define END	   2592u
#define ROOM	   3000u

/* The image is all of the disc, but where a test says that it is the session alone. */
static struct test_stream source;
static struct recording_disc disc;
static const uint32_t replaced[] = {17, 16, 256};
static struct fsi_session_write session_write;

static void set_up(void)
{
	uint8_t *bytes = calloc(OLD_BLOCKS, FSI_BLOCK_SIZE);

	memset(bytes, 0xEE, (size_t)OLD_BLOCKS * FSI_BLOCK_SIZE);
	recording_disc_init(&disc, bytes, OLD_BLOCKS, ROOM);
	free(bytes);
	source = (struct test_stream){.size = (uint64_t)END * FSI_BLOCK_SIZE};
	session_write = (struct fsi_session_write){
		.first_block = FIRST,
		.end_block = END,
		.replaced = replaced,
		.replaced_count = 3,
	};
}

static void tear_down(void)
{
	recording_disc_free(&disc);
}

static HRESULT run_with(const struct fsi_write_options *options)
{
	fsi_multisession *multisession = recording_disc_open(&disc);
	HRESULT hr = S_OK;

	session_write.image = test_stream_open(&source);
	hr = fsi_media_write_session(multisession, &session_write, options);
	fsi_stream_release(session_write.image);
	fsi_multisession_release(multisession);
	return hr;
}

static HRESULT run(void)
{
	return run_with(NULL);
}

static bool is_new(const uint8_t *bytes, uint32_t block)
{
	return test_stream_matches(
		&source, (uint64_t)(block - session_write.image_block) * FSI_BLOCK_SIZE,
		bytes + (size_t)block * FSI_BLOCK_SIZE, FSI_BLOCK_SIZE);
}

static bool is_old(const uint8_t *bytes, uint32_t block)
{
	return memcmp(bytes + (size_t)block * FSI_BLOCK_SIZE,
		      disc.old_bytes + (size_t)block * FSI_BLOCK_SIZE,
		      FSI_BLOCK_SIZE) == 0;
}

/* Whether the disc is as it was, in blocks and in length. */
static bool is_untouched(void)
{
	return disc.blocks == disc.old_blocks &&
	       memcmp(disc.bytes, disc.old_bytes, (size_t)disc.blocks * FSI_BLOCK_SIZE) ==
		       0;
}

static bool is_replaced(uint32_t block)
{
	return block == 16 || block == 17 || block == 256;
}

START_TEST(a_session_and_the_blocks_before_it_are_written)
{
	ASSERT_OK(run());
	ck_assert_uint_eq(disc.blocks, END);
	for (uint32_t block = 0; block < OLD_BLOCKS; block++) {
		ck_assert(is_replaced(block) ? is_new(disc.bytes, block)
					     : is_old(disc.bytes, block));
	}
	for (uint32_t block = FIRST; block < END; block++)
		ck_assert(is_new(disc.bytes, block));
}
END_TEST

START_TEST(each_replaced_block_is_safe_before_the_next)
{
	unsigned count = 0;

	ASSERT_OK(run());
	for (unsigned i = 0; i < disc.event_count; i++) {
		const struct disc_event *event = &disc.events[i];

		if (event->kind != DISC_WRITE || event->block >= FIRST)
			continue;
		ck_assert_uint_eq(event->block, replaced[count++]);
		ck_assert_uint_eq(event->block_count, 1);
		ck_assert_int_eq(disc.events[i - 1].kind, DISC_SYNC);
		ck_assert_int_eq(disc.events[i + 1].kind, DISC_SYNC);
	}
	ck_assert_uint_eq(count, 3);
}
END_TEST

START_TEST(anchors_at_the_end_come_when_all_else_is_safe)
{
	bool is_safe = false;

	ASSERT_OK(run());
	for (unsigned i = 0; i < disc.event_count; i++) {
		const struct disc_event *event = &disc.events[i];
		const uint32_t end = event->block + event->block_count;

		is_safe = is_safe || event->kind == DISC_SYNC;
		if (event->kind == DISC_WRITE && event->block >= FIRST)
			ck_assert(is_safe ? event->block >=
						    END - 257 - (uint32_t)disc.unit
					  : end <= END - 257);
	}
	ck_assert(is_safe);
}
END_TEST

START_TEST(power_may_be_lost_after_every_event)
{
	uint64_t lottery = 1;

	ASSERT_OK(run());
	for (unsigned n = 0; n <= disc.event_count; n++) {
		uint32_t blocks = 0;
		uint8_t *bytes = recording_disc_after(&disc, n, &lottery, &blocks);
		bool leads = false;

		for (uint32_t block = 0; block < OLD_BLOCKS; block++) {
			const bool is_changed = !is_old(bytes, block);

			ck_assert(!is_changed || is_replaced(block));
			leads = leads || is_changed;
		}
		/* Where something leads to the session, all of it is there. */
		for (uint32_t block = FIRST; leads && block < END; block++)
			ck_assert(is_new(bytes, block));
		/* They are replaced in their order. */
		ck_assert(is_old(bytes, 16) || is_new(bytes, 17));
		ck_assert(is_old(bytes, 256) || is_new(bytes, 16));
		free(bytes);
	}
}
END_TEST

START_TEST(a_failure_before_blocks_are_replaced_leaves_the_disc_as_it_was)
{
	/* Three pieces, a sync, the end and a sync. */
	for (unsigned n = 1; n <= 6; n++) {
		disc.fails_at = n;
		disc.failure = FSI_E_DISK_FULL;
		ck_assert_int_eq(run(), FSI_E_DISK_FULL);
		ck_assert_uint_eq(disc.fails_at, 0);
		ck_assert(is_untouched());
		recording_disc_restart(&disc);
	}
}
END_TEST

START_TEST(a_failure_while_blocks_are_replaced_keeps_the_session)
{
	for (unsigned n = 7; n <= 12; n++) {
		disc.fails_at = n;
		ck_assert_int_eq(run(), E_FAIL);
		ck_assert_uint_eq(disc.fails_at, 0);
		for (uint32_t block = FIRST; block < END; block++)
			ck_assert(is_new(disc.bytes, block));
		tear_down();
		set_up();
	}
}
END_TEST

START_TEST(what_the_image_says_is_told_and_nothing_stays)
{
	source.fails = true;
	source.fail_at = (uint64_t)(END - 1) * FSI_BLOCK_SIZE;
	source.failure = STG_E_ACCESSDENIED;
	ck_assert_int_eq(run(), STG_E_ACCESSDENIED);
	ck_assert(is_untouched());
}
END_TEST

/* ---- progress ---------------------------------------------------------- */

static unsigned calls;
static unsigned stop_at;
static uint64_t last_written;

static HRESULT on_written(void *context, uint64_t written, uint64_t total)
{
	(void)context;
	ck_assert_uint_eq(total, (uint64_t)(END - FIRST) * FSI_BLOCK_SIZE);
	ck_assert(written >= last_written);
	last_written = written;
	return ++calls == stop_at ? E_FAIL : S_OK;
}

static HRESULT run_watched(unsigned stop)
{
	const struct fsi_write_options options = {.size = sizeof(options),
						  .progress = on_written};

	calls = 0;
	last_written = 0;
	stop_at = stop;
	return run_with(&options);
}

START_TEST(progress_is_told_of_all_and_can_stop_it)
{
	ASSERT_OK(run_watched(0));
	ck_assert_uint_eq(calls, 5);
	ck_assert_uint_eq(last_written, (uint64_t)(END - FIRST) * FSI_BLOCK_SIZE);
	tear_down();
	set_up();
	for (unsigned stop = 1; stop <= 5; stop++) {
		ASSERT_FAILS(run_watched(stop), E_IMAPI_REQUEST_CANCELLED, "");
		ck_assert(is_untouched());
	}
}
END_TEST

/* ---- discs that do not fit --------------------------------------------- */

START_TEST(a_disc_must_have_room_for_the_session)
{
	disc.room = END - 1;
	ASSERT_FAILS(run(), IMAPI_E_IMAGE_TOO_BIG, "");
	ck_assert_uint_eq(disc.event_count, 0);
	disc.room = END;
	ASSERT_OK(run());
}
END_TEST

START_TEST(a_unit_that_is_written_keeps_its_other_blocks)
{
	disc.unit = 16;
	ASSERT_OK(run());
	for (uint32_t block = 0; block < OLD_BLOCKS; block++)
		ck_assert(is_replaced(block) ? is_new(disc.bytes, block)
					     : is_old(disc.bytes, block));
	for (unsigned i = 0; i < disc.event_count; i++)
		ck_assert(disc.events[i].block % 16 == 0 &&
			  disc.events[i].block_count % 16 == 0);
}
END_TEST

START_TEST(a_session_is_of_whole_units)
{
	static const int32_t wrong[] = {64, 96, 1024};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		disc.unit = wrong[i];
		ASSERT_FAILS(run(), IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
	}
	ck_assert_uint_eq(disc.event_count, 0);
	disc.unit = 32;
	ASSERT_OK(run());
}
END_TEST

START_TEST(blocks_that_are_there_already_are_not_written)
{
	ASSERT_OK(run());
	recording_disc_restart(&disc);
	ASSERT_OK(run());
	for (unsigned i = 0; i < disc.event_count; i++)
		ck_assert(disc.events[i].kind == DISC_SYNC ||
			  disc.events[i].block >= FIRST);
}
END_TEST

START_TEST(a_sequential_session_is_written_where_the_disc_goes_on)
{
	disc.is_sequential = true;
	session_write.replaced_count = 0;
	session_write.image_block = FIRST;
	source.size = (uint64_t)(END - FIRST) * FSI_BLOCK_SIZE;
	disc.next_block = FIRST + 1;
	ASSERT_FAILS(run(), IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
	disc.next_block = FIRST - 1;
	ASSERT_FAILS(run(), IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
	ck_assert_uint_eq(disc.event_count, 0);
	disc.next_block = FIRST;
	ASSERT_OK(run());
	for (uint32_t block = FIRST; block < END; block++)
		ck_assert(is_new(disc.bytes, block));
	ck_assert_int_eq(disc.events[disc.event_count - 1].kind, DISC_SYNC);
}
END_TEST

START_TEST(a_disc_that_was_opened_to_be_read_is_not_written)
{
	fsi_multisession *multisession = NULL;
	fsi_stream *stream = NULL;

	scratch_write(&api_folder, "disc.iso", "disc", 4);
	ASSERT_OK(fsi_multisession_create_on_file(api_host("disc.iso"), false,
						  &multisession));
	stream = test_stream_open(&source);
	session_write.image = stream;
	ASSERT_FAILS(fsi_media_write_session(multisession, &session_write, NULL),
		     E_ACCESSDENIED, "");
	fsi_stream_release(stream);
	fsi_multisession_release(multisession);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("write_session");
	TCase *tcase = tcase_create("order");
	TCase *fits = tcase_create("discs");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_session_and_the_blocks_before_it_are_written);
	tcase_add_test(tcase, each_replaced_block_is_safe_before_the_next);
	tcase_add_test(tcase, anchors_at_the_end_come_when_all_else_is_safe);
	tcase_add_test(tcase, power_may_be_lost_after_every_event);
	tcase_add_test(tcase,
		       a_failure_before_blocks_are_replaced_leaves_the_disc_as_it_was);
	tcase_add_test(tcase, a_failure_while_blocks_are_replaced_keeps_the_session);
	tcase_add_test(tcase, what_the_image_says_is_told_and_nothing_stays);
	tcase_add_test(tcase, progress_is_told_of_all_and_can_stop_it);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(fits, set_up, tear_down);
	tcase_add_checked_fixture(fits, api_begin_folder, api_end_folder);
	tcase_add_test(fits, a_disc_must_have_room_for_the_session);
	tcase_add_test(fits, a_unit_that_is_written_keeps_its_other_blocks);
	tcase_add_test(fits, a_session_is_of_whole_units);
	tcase_add_test(fits, blocks_that_are_there_already_are_not_written);
	tcase_add_test(fits, a_sequential_session_is_written_where_the_disc_goes_on);
	tcase_add_test(fits, a_disc_that_was_opened_to_be_read_is_not_written);
	suite_add_tcase(suite, fits);
	return api_run(suite);
}
