/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multisession objects: their members, files, and who may write. */
#include "media/multisession.h"
#include "tests/support/api.h"
#include "tests/support/paper_disc.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static fsi_stream *stream;
static fsi_multisession *object;
static struct paper_disc disc;

static void set_up(void)
{
	api_begin_folder();
	stream = api_sized_stream(100 * FSI_BLOCK_SIZE);
	object = NULL;
}

static void tear_down(void)
{
	fsi_multisession_release(object);
	fsi_stream_release(stream);
	api_end_folder();
}

typedef HRESULT number_getter(fsi_multisession *multisession, int32_t *ret_val);
typedef HRESULT truth_getter(fsi_multisession *multisession, bool *ret_val);

static const struct {
	number_getter *get;
	enum fsi_multisession_value value;
	int kind; /* 0: both */
} numbers[] = {
	{fsi_multisession_get_write_unit_size, FSI_MULTISESSION_WRITE_UNIT_SIZE, 0},
	{fsi_multisession_get_start_address_of_previous_session,
	 FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION, FSI_MULTISESSION_SEQUENTIAL},
	{fsi_multisession_get_last_written_address_of_previous_session,
	 FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION,
	 FSI_MULTISESSION_SEQUENTIAL},
	{fsi_multisession_get_next_writable_address,
	 FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS, FSI_MULTISESSION_SEQUENTIAL},
	{fsi_multisession_get_free_sectors_on_media,
	 FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA, FSI_MULTISESSION_SEQUENTIAL},
	{fsi_multisession_get_last_written_address, FSI_MULTISESSION_LAST_WRITTEN_ADDRESS,
	 FSI_MULTISESSION_RANDOM_WRITE},
	{fsi_multisession_get_total_sectors_on_media,
	 FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA, FSI_MULTISESSION_RANDOM_WRITE},
};

#define NUMBERS (int)(sizeof(numbers) / sizeof(numbers[0]))

/* ---- members ----------------------------------------------------------- */

START_TEST(a_number_is_what_the_object_tells)
{
	const int other = numbers[_i].kind == FSI_MULTISESSION_SEQUENTIAL
				  ? FSI_MULTISESSION_RANDOM_WRITE
				  : FSI_MULTISESSION_SEQUENTIAL;
	int32_t value = 7;

	paper_disc_sequential(&disc, stream, 100);
	disc.ops.kind =
		numbers[_i].kind != 0 ? numbers[_i].kind : FSI_MULTISESSION_SEQUENTIAL;
	object = paper_disc_open(&disc);
	disc.values[numbers[_i].value] = -12345;
	ASSERT_OK(numbers[_i].get(object, &value));
	ck_assert_int_eq(value, -12345);
	disc.failures[numbers[_i].value] = E_IMAPI_RECORDER_MEDIA_NO_MEDIA;
	ASSERT_FAILS(numbers[_i].get(object, &value), E_IMAPI_RECORDER_MEDIA_NO_MEDIA,
		     "");
	ASSERT_FAILS(numbers[_i].get(NULL, &value), E_POINTER, "");
	ASSERT_FAILS(numbers[_i].get(object, NULL), E_POINTER, "");
	disc.ops.kind = other;
	if (numbers[_i].kind != 0)
		ASSERT_FAILS(numbers[_i].get(object, &value), E_NOINTERFACE, "");
	ck_assert_int_eq(value, -12345);
}
END_TEST

START_TEST(what_is_true_or_false_is_neither_2_nor_minus_1)
{
	static const struct {
		truth_getter *get;
		enum fsi_multisession_value value;
	} truths[] = {
		{fsi_multisession_get_is_supported_on_current_media_state,
		 FSI_MULTISESSION_IS_SUPPORTED},
		{fsi_multisession_get_is_first_data_session,
		 FSI_MULTISESSION_IS_FIRST_DATA_SESSION},
	};
	bool value = false;

	paper_disc_sequential(&disc, stream, 100);
	object = paper_disc_open(&disc);
	disc.values[truths[_i].value] = 1;
	ASSERT_OK(truths[_i].get(object, &value));
	ck_assert(value);
	disc.values[truths[_i].value] = 2;
	ASSERT_FAILS(truths[_i].get(object, &value), IMAPI_E_BAD_MULTISESSION_PARAMETER,
		     "");
	disc.values[truths[_i].value] = -1;
	ASSERT_FAILS(truths[_i].get(object, &value), IMAPI_E_BAD_MULTISESSION_PARAMETER,
		     "");
	ck_assert(value);
	disc.values[truths[_i].value] = 0;
	ASSERT_OK(truths[_i].get(object, &value));
	ck_assert(!value);
	ASSERT_FAILS(truths[_i].get(object, NULL), E_POINTER, "");
	ASSERT_FAILS(truths[_i].get(NULL, &value), E_POINTER, "");
}
END_TEST

START_TEST(other_members_tell_what_they_are)
{
	enum imapi_media_physical_type type = IMAPI_MEDIA_TYPE_UNKNOWN;
	fsi_stream *got = NULL;
	bool in_use = true;
	int kind = 0;

	paper_disc_random(&disc, stream, 100);
	object = paper_disc_open(&disc);
	ASSERT_OK(fsi_multisession_get_kind(object, &kind));
	ck_assert_int_eq(kind, FSI_MULTISESSION_RANDOM_WRITE);
	ASSERT_OK(fsi_multisession_get_media_type(object, &type));
	ck_assert_int_eq(type, IMAPI_MEDIA_TYPE_DVDPLUSRW);
	ASSERT_OK(fsi_multisession_get_in_use(object, &in_use));
	ck_assert(!in_use);
	ASSERT_OK(fsi_multisession_put_in_use(object, true));
	ASSERT_OK(fsi_multisession_get_in_use(object, &in_use));
	ck_assert(in_use);
	ASSERT_OK(fsi_multisession_get_import_stream(object, &got));
	ck_assert_ptr_eq(got, stream);
	fsi_stream_release(got);
	disc.stream_failure = E_IMAPI_RECORDER_MEDIA_BUSY;
	ASSERT_FAILS(fsi_multisession_get_import_stream(object, &got),
		     E_IMAPI_RECORDER_MEDIA_BUSY, "");
	ASSERT_FAILS(fsi_multisession_get_kind(NULL, &kind), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_get_kind(object, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_get_media_type(NULL, &type), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_get_media_type(object, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_get_in_use(NULL, &in_use), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_get_in_use(object, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_put_in_use(NULL, true), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_get_import_stream(NULL, &got), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_get_import_stream(object, NULL), E_POINTER, "");
}
END_TEST

START_TEST(sessions_are_told_as_far_as_there_is_room)
{
	struct fsi_multisession_range ranges[3] = {{0, 0}};
	size_t count = 9;

	paper_disc_sequential(&disc, stream, 100);
	disc.ranges[0] = (struct fsi_multisession_range){0, 50};
	disc.ranges[1] = (struct fsi_multisession_range){60, 100};
	disc.range_count = 2;
	object = paper_disc_open(&disc);
	ASSERT_OK(fsi_multisession_get_ranges(object, NULL, 0, &count));
	ck_assert_uint_eq(count, 2);
	ASSERT_OK(fsi_multisession_get_ranges(object, ranges, 1, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(ranges[0].end_block, 50);
	ck_assert_uint_eq(ranges[1].end_block, 0);
	ASSERT_OK(fsi_multisession_get_ranges(object, ranges, 3, &count));
	ck_assert_uint_eq(ranges[1].first_block, 60);
	disc.ops.get_ranges = NULL;
	ASSERT_OK(fsi_multisession_get_ranges(object, ranges, 3, &count));
	ck_assert_uint_eq(count, 0);
	ASSERT_FAILS(fsi_multisession_get_ranges(NULL, ranges, 3, &count), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_get_ranges(object, NULL, 1, &count), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_get_ranges(object, ranges, 3, NULL), E_POINTER, "");
}
END_TEST

START_TEST(an_object_lives_as_long_as_somebody_holds_it)
{
	paper_disc_random(&disc, stream, 100);
	object = paper_disc_open(&disc);
	ck_assert_ptr_eq(fsi_multisession_add_ref(object), object);
	fsi_multisession_release(object);
	ck_assert_uint_eq(disc.destroyed, 0);
	fsi_multisession_release(object);
	ck_assert_uint_eq(disc.destroyed, 1);
	object = NULL;
	fsi_multisession_release(NULL);
	ck_assert_ptr_null(fsi_multisession_add_ref(NULL));
}
END_TEST

START_TEST(functions_that_are_required_must_be_there)
{
	struct fsi_multisession_ops ops;

	paper_disc_random(&disc, stream, 100);
	ops = disc.ops;
	ASSERT_FAILS(fsi_multisession_create(NULL, &disc, &object), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_create(&ops, &disc, NULL), E_POINTER, "");
	ops.get_value = NULL;
	ASSERT_FAILS(fsi_multisession_create(&ops, &disc, &object), E_POINTER, "");
	ops = disc.ops;
	ops.open_import_stream = NULL;
	ASSERT_FAILS(fsi_multisession_create(&ops, &disc, &object), E_POINTER, "");
	ops = disc.ops;
	ops.sync = NULL;
	ASSERT_FAILS(fsi_multisession_create(&ops, &disc, &object), E_POINTER, "");
	ops = disc.ops;
	ops.size--;
	ASSERT_FAILS(fsi_multisession_create(&ops, &disc, &object), E_INVALIDARG, "");
	ck_assert_ptr_null(object);
	ck_assert_uint_eq(disc.destroyed, 0);
}
END_TEST

START_TEST(the_library_writes_by_the_functions_of_the_object)
{
	uint8_t bytes[2 * FSI_BLOCK_SIZE] = {0};

	paper_disc_random(&disc, stream, 100);
	object = paper_disc_open(&disc);
	ck_assert(fsi_multisession_can_write(object));
	ck_assert(fsi_multisession_can_cut(object));
	ck_assert_int_eq(fsi_multisession_write(object, 160, bytes, 2), S_OK);
	ck_assert_uint_eq(disc.written_block, 160);
	ck_assert_uint_eq(disc.written_count, 2);
	ck_assert_int_eq(fsi_multisession_sync(object), S_OK);
	ck_assert_uint_eq(disc.syncs, 1);
	ck_assert_int_eq(fsi_multisession_cut(object, 4096), S_OK);
	ck_assert_uint_eq(disc.cut_to, 4096);
	disc.write_failure = E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED;
	ASSERT_FAILS(fsi_multisession_write(object, 160, bytes, 2),
		     E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED, "");
	disc.ops.write = NULL;
	disc.ops.sync = NULL;
	disc.ops.cut = NULL;
	ck_assert(!fsi_multisession_can_write(object));
	ck_assert(!fsi_multisession_can_cut(object));
	ASSERT_FAILS(fsi_multisession_write(object, 160, bytes, 2), E_ACCESSDENIED, "");
	ASSERT_FAILS(fsi_multisession_sync(object), E_ACCESSDENIED, "");
	ck_assert_int_eq(fsi_multisession_cut(object, 4096), S_OK);
}
END_TEST

/* ---- files ------------------------------------------------------------- */

static int32_t number(enum fsi_multisession_value which)
{
	int32_t value = -99;

	ck_assert_int_eq(fsi_multisession_value(object, which, &value), S_OK);
	return value;
}

static HRESULT open_named(const char *name, bool for_writing)
{
	return fsi_multisession_create_on_file(api_host(name), for_writing, &object);
}

START_TEST(a_file_is_a_disc_that_grows)
{
	static const struct {
		size_t size;
		int32_t last;
	} sizes[] = {{0, -1}, {1, 0}, {2048, 0}, {2049, 1}, {20480, 9}};
	static uint8_t bytes[20480];

	scratch_write(&api_folder, "disc", bytes, sizes[_i].size);
	ASSERT_OK(open_named("disc", true));
	ck_assert_int_eq(number(FSI_MULTISESSION_IS_SUPPORTED), 1);
	ck_assert_int_eq(number(FSI_MULTISESSION_MEDIA_TYPE), IMAPI_MEDIA_TYPE_DISK);
	ck_assert_int_eq(number(FSI_MULTISESSION_WRITE_UNIT_SIZE), 1);
	ck_assert_int_eq(number(FSI_MULTISESSION_LAST_WRITTEN_ADDRESS), sizes[_i].last);
	ck_assert_int_gt(number(FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA), sizes[_i].last);
	ck_assert_int_le(number(FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA), 0x7ffffff0);
	ck_assert_int_gt(number(FSI_MULTISESSION_LARGEST_MEDIA), sizes[_i].last);
	ASSERT_FAILS(fsi_multisession_value(object,
					    FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS,
					    &(int32_t){0}),
		     E_NOTIMPL, "");
}
END_TEST

START_TEST(what_is_written_is_read_and_can_be_cut_again)
{
	static uint8_t bytes[3 * FSI_BLOCK_SIZE];
	uint8_t back[FSI_BLOCK_SIZE];
	fsi_stream *now = NULL;
	uint64_t size = 0;

	scratch_write(&api_folder, "disc", bytes, 2 * FSI_BLOCK_SIZE);
	memset(bytes, 0xA5, sizeof(bytes));
	ASSERT_OK(open_named("disc", true));
	ck_assert_int_eq(fsi_multisession_write(object, 4, bytes, 3), S_OK);
	ck_assert_int_eq(fsi_multisession_sync(object), S_OK);
	ck_assert_int_eq(number(FSI_MULTISESSION_LAST_WRITTEN_ADDRESS), 6);
	ASSERT_OK(fsi_multisession_get_import_stream(object, &now));
	ASSERT_OK(fsi_stream_get_size(now, &size));
	ck_assert_uint_eq(size, 7 * FSI_BLOCK_SIZE);
	api_read(now, 4 * FSI_BLOCK_SIZE, back, sizeof(back));
	ck_assert_mem_eq(back, bytes, sizeof(back));
	api_read(now, 3 * FSI_BLOCK_SIZE, back, sizeof(back));
	ck_assert_uint_eq(back[0], 0);
	fsi_stream_release(now);
	/* It gets no longer by being cut. */
	ck_assert_int_eq(fsi_multisession_cut(object, 100 * FSI_BLOCK_SIZE), S_OK);
	ck_assert_int_eq(number(FSI_MULTISESSION_LAST_WRITTEN_ADDRESS), 6);
	ck_assert_int_eq(fsi_multisession_cut(object, 2 * FSI_BLOCK_SIZE), S_OK);
	ck_assert_int_eq(number(FSI_MULTISESSION_LAST_WRITTEN_ADDRESS), 1);
}
END_TEST

START_TEST(a_file_that_is_only_read_is_not_written_to)
{
	static const uint8_t bytes[2 * FSI_BLOCK_SIZE];
	fsi_multisession *other = NULL;

	scratch_write(&api_folder, "disc", bytes, sizeof(bytes));
	ASSERT_OK(open_named("disc", false));
	ck_assert(!fsi_multisession_can_write(object));
	ck_assert_int_eq(number(FSI_MULTISESSION_IS_SUPPORTED), 1);
	ASSERT_FAILS(fsi_multisession_write(object, 0, bytes, 1), E_ACCESSDENIED, "");
	/* Nobody is kept from anything. */
	ASSERT_OK(fsi_multisession_create_on_file(api_host("disc"), true, &other));
	fsi_multisession_release(other);
}
END_TEST

START_TEST(a_second_object_for_writing_is_refused)
{
	fsi_multisession *other = NULL;

	scratch_text(&api_folder, "disc", "bytes");
	ASSERT_OK(open_named("disc", true));
	ASSERT_FAILS(fsi_multisession_create_on_file(api_host("disc"), true, &other),
		     FSI_E_SHARING_VIOLATION, "");
	ASSERT_SAYS("A session is being added to it.");
	ck_assert_ptr_null(other);
	ASSERT_OK(fsi_multisession_create_on_file(api_host("disc"), false, &other));
	fsi_multisession_release(other);
	fsi_multisession_release(object);
	object = NULL;
	ASSERT_OK(open_named("disc", true));
}
END_TEST

START_TEST(another_process_is_refused_until_this_one_has_ended)
{
	int ready[2];
	int done[2];
	char byte = 0;
	pid_t child = 0;

	scratch_text(&api_folder, "disc", "bytes");
	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_eq(pipe(done), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		const HRESULT hr = open_named("disc", true);

		close(done[1]);
		if (hr == S_OK && write(ready[1], "", 1) == 1)
			_exit(read(done[0], &byte, 1) == 0 ? 0 : 1);
		_exit(1);
	}
	close(done[0]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ASSERT_FAILS(open_named("disc", true), FSI_E_SHARING_VIOLATION, "");
	close(done[1]);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ASSERT_OK(open_named("disc", true));
	close(ready[0]);
	close(ready[1]);
}
END_TEST

START_TEST(what_is_no_file_is_no_disc)
{
	const unsigned descriptors = scratch_count_descriptors();

	ASSERT_FAILS(open_named("nothing", true), FSI_E_FILE_NOT_FOUND, "");
	scratch_folder(&api_folder, "folder");
	ASSERT_FAILS(open_named("folder", false), FSI_E_DIRECTORY_NOT_SUPPORTED, "");
	ck_assert_int_eq(mkfifo(api_host("fifo"), 0600), 0);
	ASSERT_FAILS(open_named("fifo", true), FSI_E_SEEK_ON_DEVICE, "");
	ASSERT_FAILS(fsi_multisession_create_on_file("/dev/null", true, &object),
		     FSI_E_SEEK_ON_DEVICE, "");
	ASSERT_FAILS(fsi_multisession_create_on_file(NULL, true, &object), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_create_on_file("a", true, NULL), E_POINTER, "");
	ck_assert_ptr_null(object);
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
}
END_TEST

/* ---- discs that are written elsewhere ---------------------------------- */

START_TEST(a_disc_is_as_it_was_told)
{
	struct fsi_sequential_disc told = {
		.size = sizeof(told),
		.media_type = IMAPI_MEDIA_TYPE_DVDPLUSR,
		.start_address_of_previous_session = 0,
		.last_written_address_of_previous_session = 98,
		.next_writable_address = 12345,
		.free_sectors_on_media = 1000,
	};
	fsi_stream *got = NULL;

	ASSERT_OK(fsi_multisession_create_sequential(stream, &told, &object));
	ck_assert_int_eq(number(FSI_MULTISESSION_IS_SUPPORTED), 1);
	ck_assert_int_eq(number(FSI_MULTISESSION_MEDIA_TYPE), IMAPI_MEDIA_TYPE_DVDPLUSR);
	ck_assert_int_eq(number(FSI_MULTISESSION_IS_FIRST_DATA_SESSION), 0);
	ck_assert_int_eq(number(FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION), 0);
	ck_assert_int_eq(
		number(FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION), 98);
	ck_assert_int_eq(number(FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS), 12345);
	ck_assert_int_eq(number(FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA), 1000);
	ck_assert(!fsi_multisession_can_write(object));
	ASSERT_OK(fsi_multisession_get_import_stream(object, &got));
	ck_assert_ptr_eq(got, stream);
	fsi_stream_release(got);
	fsi_multisession_release(object);
	/* The stream tells where it ends. */
	told.last_written_address_of_previous_session = -1;
	ASSERT_OK(fsi_multisession_create_sequential(stream, &told, &object));
	ck_assert_int_eq(
		number(FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION), 99);
	fsi_multisession_release(object);
	object = NULL;
	told.size--;
	ASSERT_FAILS(fsi_multisession_create_sequential(stream, &told, &object),
		     E_INVALIDARG, "");
	ASSERT_FAILS(fsi_multisession_create_sequential(NULL, &told, &object), E_POINTER,
		     "");
	ASSERT_FAILS(fsi_multisession_create_sequential(stream, NULL, &object), E_POINTER,
		     "");
	ASSERT_FAILS(fsi_multisession_create_sequential(stream, &told, NULL), E_POINTER,
		     "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("multisession objects");
	TCase *tcase = tcase_create("members");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_number_is_what_the_object_tells, 0, NUMBERS);
	tcase_add_loop_test(tcase, what_is_true_or_false_is_neither_2_nor_minus_1, 0, 2);
	tcase_add_test(tcase, other_members_tell_what_they_are);
	tcase_add_test(tcase, sessions_are_told_as_far_as_there_is_room);
	tcase_add_test(tcase, an_object_lives_as_long_as_somebody_holds_it);
	tcase_add_test(tcase, functions_that_are_required_must_be_there);
	tcase_add_test(tcase, the_library_writes_by_the_functions_of_the_object);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("files");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_file_is_a_disc_that_grows, 0, 5);
	tcase_add_test(tcase, what_is_written_is_read_and_can_be_cut_again);
	tcase_add_test(tcase, a_file_that_is_only_read_is_not_written_to);
	tcase_add_test(tcase, a_second_object_for_writing_is_refused);
	tcase_add_test(tcase, another_process_is_refused_until_this_one_has_ended);
	tcase_add_test(tcase, what_is_no_file_is_no_disc);
	tcase_add_test(tcase, a_disc_is_as_it_was_told);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
