/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sinks on devices, which are written in place. */
#include "error/fail.h"
#include "tests/support/sink_fixture.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file of so many bytes that says of itself that it is a block device. */
static void make_device(uint64_t size)
{
	scratch_text(&sink_scratch, "device", "old bytes");
	ck_assert_int_eq(truncate(scratch_at(&sink_scratch, "device"), (off_t)size), 0);
	faults.is_device = true;
	sink_options.replace = true;
}

START_TEST(a_device_is_written_only_when_that_is_wanted)
{
	make_device(300000);
	sink_options.replace = false;
	ck_assert_int_eq(sink_write("device"), FSI_E_FILE_EXISTS);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "block device"));
	ck_assert_uint_eq(sink_source.reads, 0);
	sink_assert_text("device", "old bytes");
}
END_TEST

START_TEST(a_device_is_written_in_place)
{
	size_t size = 0;
	char *bytes = NULL;

	make_device(sink_source.size + (unsigned)_i);
	ck_assert_int_eq(sink_write("device"), S_OK);
	bytes = scratch_read(&sink_scratch, "device", &size);
	ck_assert_uint_eq(size, sink_source.size + (unsigned)_i);
	ck_assert(test_stream_matches(&sink_source, 0, bytes, sink_source.size));
	free(bytes);
	ck_assert_uint_eq(faults.syncs, 1);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "device ");
}
END_TEST

START_TEST(a_device_that_is_too_small_is_not_touched)
{
	make_device(sink_source.size - 1);
	ck_assert_int_eq(sink_write("device"), IMAPI_E_IMAGE_TOO_BIG);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "200000 bytes"));
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "200001"));
	ck_assert_uint_eq(sink_source.reads, 0);
	sink_assert_text("device", "old bytes");
}
END_TEST

START_TEST(a_device_that_cannot_be_opened_or_measured_is_an_error)
{
	make_device(300000);
	faults.seek = ESPIPE;
	ck_assert_int_eq(sink_write("device"), FSI_E_SEEK_ON_DEVICE);
	faults.seek = 0;
	faults.write = EIO;
	ck_assert_int_eq(sink_write("device"), FSI_E_IO_DEVICE);
	sink_assert_text("device", "old bytes");
	/* A folder can't be opened for writing, whatever it says it is. */
	scratch_folder(&sink_scratch, "folder");
	ck_assert_int_eq(sink_write("folder"), FSI_E_DIRECTORY_NOT_SUPPORTED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("io: devices");
	TCase *tcase = tcase_create("devices");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	tcase_add_checked_fixture(tcase, sink_set_up, sink_tear_down);
	tcase_add_test(tcase, a_device_is_written_only_when_that_is_wanted);
	tcase_add_loop_test(tcase, a_device_is_written_in_place, 0, 2);
	tcase_add_test(tcase, a_device_that_is_too_small_is_not_touched);
	tcase_add_test(tcase, a_device_that_cannot_be_opened_or_measured_is_an_error);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
