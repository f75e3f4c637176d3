/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drives that are files, by libburn itself. */
#include "media/multisession.h"
#include "tests/support/api.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static fsi_multisession *object;
static uint8_t bytes[100 * FSI_BLOCK_SIZE];

static void set_up(void)
{
	api_begin_folder();
	object = NULL;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + i / 2048);
}

static void tear_down(void)
{
	fsi_multisession_release(object);
	api_end_folder();
}

static HRESULT open_named(const char *name)
{
	return fsi_multisession_create_on_drive(api_text("stdio:%s", api_host(name)),
						&object);
}

static int32_t number(enum fsi_multisession_value which)
{
	int32_t value = -99;

	ck_assert_int_eq(fsi_multisession_value(object, which, &value), S_OK);
	return value;
}

START_TEST(a_file_is_a_drive_with_a_disc_that_grows)
{
	static const uint32_t blocks[] = {0, 1, 100};
	fsi_stream *stream = NULL;
	uint64_t size = 0;
	size_t count = 9;

	scratch_write(&api_folder, "disc", bytes, blocks[_i] * FSI_BLOCK_SIZE);
	ASSERT_OK(open_named("disc"));
	ck_assert_int_eq(fsi_multisession_kind(object), FSI_MULTISESSION_RANDOM_WRITE);
	ck_assert_int_eq(number(FSI_MULTISESSION_IS_SUPPORTED), 1);
	ck_assert_int_eq(number(FSI_MULTISESSION_MEDIA_TYPE), IMAPI_MEDIA_TYPE_DISK);
	ck_assert_int_eq(number(FSI_MULTISESSION_WRITE_UNIT_SIZE), 1);
	ck_assert_int_eq(number(FSI_MULTISESSION_LAST_WRITTEN_ADDRESS),
			 (int32_t)blocks[_i] - 1);
	ck_assert_int_gt(number(FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA), 100);
	ck_assert_int_gt(number(FSI_MULTISESSION_LARGEST_MEDIA), 100);
	ASSERT_OK(fsi_multisession_get_ranges(object, NULL, 0, &count));
	ck_assert_uint_eq(count, 0);
	ASSERT_OK(fsi_multisession_get_import_stream(object, &stream));
	ASSERT_OK(fsi_stream_get_size(stream, &size));
	ck_assert_uint_eq(size, blocks[_i] * FSI_BLOCK_SIZE);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(any_bytes_are_read)
{
	static uint8_t buffer[sizeof(bytes)];
	fsi_stream *stream = NULL;
	uint64_t state = 3;
	size_t got = 0;

	scratch_write(&api_folder, "disc", bytes, sizeof(bytes));
	ASSERT_OK(open_named("disc"));
	ASSERT_OK(fsi_multisession_get_import_stream(object, &stream));
	/* The stream holds the drive. */
	fsi_multisession_release(object);
	object = NULL;
	for (int i = 0; i < 200; i++) {
		const uint32_t offset = api_random(&state, sizeof(bytes));
		const uint32_t length = api_random(&state, sizeof(bytes));
		const uint32_t left = (uint32_t)sizeof(bytes) - offset;

		ASSERT_OK(fsi_stream_read_at(stream, offset, buffer, length, &got));
		ck_assert_uint_eq(got, length < left ? length : left);
		ck_assert_mem_eq(buffer, bytes + offset, got);
	}
	ASSERT_OK(fsi_stream_read_at(stream, sizeof(bytes), buffer, 1, &got));
	ck_assert_uint_eq(got, 0);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(what_is_written_is_read_and_can_be_cut_again)
{
	uint8_t back[40 * FSI_BLOCK_SIZE];
	fsi_stream *stream = NULL;
	size_t size = 0;
	char *file = NULL;

	scratch_write(&api_folder, "disc", bytes, 20 * FSI_BLOCK_SIZE);
	ASSERT_OK(open_named("disc"));
	ASSERT_OK(fsi_multisession_get_import_stream(object, &stream));
	/* More than one call of libburn. */
	ck_assert_int_eq(fsi_multisession_write(object, 50, bytes, 40), S_OK);
	ck_assert_int_eq(fsi_multisession_write(object, 0, bytes + FSI_BLOCK_SIZE, 1),
			 S_OK);
	ck_assert_int_eq(fsi_multisession_sync(object), S_OK);
	ck_assert_int_eq(number(FSI_MULTISESSION_LAST_WRITTEN_ADDRESS), 89);
	api_read(stream, 50 * FSI_BLOCK_SIZE, back, sizeof(back));
	ck_assert_mem_eq(back, bytes, sizeof(back));
	file = scratch_read(&api_folder, "disc", &size);
	ck_assert_uint_eq(size, 90 * FSI_BLOCK_SIZE);
	ck_assert_mem_eq(file, bytes + FSI_BLOCK_SIZE, FSI_BLOCK_SIZE);
	ck_assert_mem_eq(file + FSI_BLOCK_SIZE, bytes + FSI_BLOCK_SIZE,
			 19 * FSI_BLOCK_SIZE);
	ck_assert_mem_eq(file + 50 * FSI_BLOCK_SIZE, bytes, 40 * FSI_BLOCK_SIZE);
	free(file);
	ck_assert(fsi_multisession_can_cut(object));
	ck_assert_int_eq(fsi_multisession_cut(object, 20 * FSI_BLOCK_SIZE), S_OK);
	file = scratch_read(&api_folder, "disc", &size);
	ck_assert_uint_eq(size, 20 * FSI_BLOCK_SIZE);
	free(file);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_file_is_one_drive_at_a_time)
{
	fsi_multisession *other = NULL;

	scratch_write(&api_folder, "disc", bytes, sizeof(bytes));
	ASSERT_OK(open_named("disc"));
	ASSERT_FAILS(fsi_multisession_create_on_drive(
			     api_text("stdio:%s", api_host("disc")), &other),
		     FSI_E_SHARING_VIOLATION, "");
	ASSERT_FAILS(fsi_multisession_create_on_file(api_host("disc"), true, &other),
		     FSI_E_SHARING_VIOLATION, "");
	ck_assert_ptr_null(other);
	/* Another file is another drive. */
	scratch_write(&api_folder, "other", bytes, FSI_BLOCK_SIZE);
	ASSERT_OK(fsi_multisession_create_on_drive(
		api_text("stdio:%s", api_host("other")), &other));
	fsi_multisession_release(other);
	fsi_multisession_release(object);
	object = NULL;
	ASSERT_OK(open_named("disc"));
}
END_TEST

START_TEST(what_is_no_drive_is_told)
{
	const unsigned descriptors = scratch_count_descriptors();
	char longest[2000];

	ASSERT_FAILS(open_named("nothing"), FSI_E_FILE_NOT_FOUND, "");
	/* Nothing was made in its place. */
	ck_assert_str_eq(scratch_list(&api_folder, ""), "");
	scratch_folder(&api_folder, "folder");
	ASSERT_FAILS(open_named("folder"), FSI_E_DIRECTORY_NOT_SUPPORTED, "");
	ck_assert_int_eq(mkfifo(api_host("fifo"), 0600), 0);
	ASSERT_FAILS(open_named("fifo"), FSI_E_SEEK_ON_DEVICE, "");
	ASSERT_FAILS(fsi_multisession_create_on_drive("stdio:/dev/null", &object),
		     FSI_E_SEEK_ON_DEVICE, "");
	ASSERT_FAILS(fsi_multisession_create_on_drive("stdio:", &object),
		     FSI_E_FILE_NOT_FOUND, "");
	ASSERT_FAILS(fsi_multisession_create_on_drive("/dev/not-there", &object),
		     FSI_E_FILE_NOT_FOUND, "");
	scratch_write(&api_folder, "disc", bytes, sizeof(bytes));
	ASSERT_FAILS(fsi_multisession_create_on_drive(api_host("disc"), &object),
		     FSI_E_DEV_NOT_EXIST, "");
	ASSERT_SAYS("is no drive.");
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ASSERT_FAILS(fsi_multisession_create_on_drive(longest, &object),
		     FSI_E_FILENAME_EXCED_RANGE, "");
	ASSERT_FAILS(fsi_multisession_create_on_drive(NULL, &object), E_POINTER, "");
	ASSERT_FAILS(fsi_multisession_create_on_drive("stdio:a", NULL), E_POINTER, "");
	ck_assert_ptr_null(object);
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("drives that are files");
	TCase *tcase = tcase_create("drives");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_file_is_a_drive_with_a_disc_that_grows, 0, 3);
	tcase_add_test(tcase, any_bytes_are_read);
	tcase_add_test(tcase, what_is_written_is_read_and_can_be_cut_again);
	tcase_add_test(tcase, a_file_is_one_drive_at_a_time);
	tcase_add_test(tcase, what_is_no_drive_is_told);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
