/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stash over system calls that fail, stop short, or tell nothing. */
#include "tests/support/api.h"
#include "tests/support/faulty_stash.h"
#include "tests/support/stash_fixture.h"

#include <errno.h>
#include <string.h>

static struct fsi_stash *stash;

static void set_up(void)
{
	stash_faults = (struct stash_faults){0};
	api_begin_folder();
	scratch_folder(&api_folder, "other");
	ck_assert_int_eq(fsi_stash_create(api_folder.path, &stash), S_OK);
}

static void tear_down(void)
{
	stash_faults = (struct stash_faults){0};
	fsi_stash_release(stash);
	ck_assert_uint_eq(stash_count_files(api_folder.path), 0);
	ck_assert_str_eq(scratch_list(&api_folder, ""), "other ");
	api_end_folder();
}

static HRESULT try_to_add(uint64_t size)
{
	const struct stash_part part = {.size = size};
	const struct fsi_stash_item *item = NULL;

	return stash_try(stash, &part, 1, 0, &item);
}

/* ---- making ------------------------------------------------------------ */

START_TEST(where_there_are_no_nameless_files_the_name_is_gone_at_once)
{
	static const int errors[] = {EOPNOTSUPP, EISDIR};

	stash_faults.nameless = errors[_i];
	stash_assert_data(stash_add(stash, CHUNK + 1, 0), CHUNK + 1, 0);
	ck_assert_str_eq(stash_faults.last_name, ".fsimage-stash.0");
	ck_assert_str_eq(scratch_list(&api_folder, ""), "other ");
}
END_TEST

START_TEST(names_that_are_taken_are_passed_over)
{
	stash_faults.nameless = EOPNOTSUPP;
	stash_faults.create = EEXIST;
	stash_faults.creations = 3;
	stash_assert_data(stash_add(stash, 5, 0), 5, 0);
	ck_assert_str_eq(stash_faults.last_name, ".fsimage-stash.3");
	fsi_stash_release(stash);
	ck_assert_int_eq(fsi_stash_create(api_folder.path, &stash), S_OK);
	stash_faults.create = EEXIST;
	stash_faults.creations = 0;
	ASSERT_FAILS(try_to_add(1), IMAPI_E_STASHFILE_OPEN_FAILURE, "data");
	ASSERT_SAYS("The system reports: File exists.");
}
END_TEST

START_TEST(a_name_that_does_not_go_away_is_an_error)
{
	stash_faults.nameless = EOPNOTSUPP;
	stash_faults.unlink = EROFS;
	ASSERT_FAILS(try_to_add(1), IMAPI_E_STASHFILE_OPEN_FAILURE, "data");
	ASSERT_SAYS("The system reports: Read-only file system.");
	ck_assert_uint_eq(stash_count_files(api_folder.path), 0);
}
END_TEST

START_TEST(a_file_that_can_not_be_made_is_told_with_its_folder)
{
	stash_faults.nameless = EMFILE;
	ASSERT_FAILS(try_to_add(1), IMAPI_E_STASHFILE_OPEN_FAILURE, "data");
	ASSERT_SAYS(api_text("No data stash file could be made in the working directory. "
			     "The system reports: Too many open files. It is \"%s\".",
			     api_folder.path));
	stash_faults.nameless = 0;
	stash_assert_data(stash_add(stash, 5, 0), 5, 0);
}
END_TEST

/* ---- writing ----------------------------------------------------------- */

START_TEST(writes_that_stop_short_go_on)
{
	stash_faults.piece = 1000;
	stash_faults.interrupts = true;
	stash_assert_data(stash_add(stash, 3 * CHUNK + 7, 5), 3 * CHUNK + 7, 5);
	ck_assert_uint_gt(stash_faults.writes, 3 * CHUNK / 1000 * 2);
}
END_TEST

static const struct {
	int error;
	HRESULT code;
	const char *name;
	const char *says;
} write_errors[] = {
#define ROW(error, code, says) \
	{ \
		error, code, #code, says \
	}
	ROW(ENOSPC, IMAPI_E_STASHFILE_WRITE_FAILURE,
	    "The data stash file could not be written. The system reports: No space left "
	    "on device."),
	ROW(EDQUOT, IMAPI_E_STASHFILE_WRITE_FAILURE, "Disk quota exceeded."),
	ROW(EIO, IMAPI_E_STASHFILE_WRITE_FAILURE, "Input/output error."),
	ROW(EFBIG, IMAPI_E_STASHFILE_WRITE_FAILURE, "File too large."),
	ROW(ESPIPE, IMAPI_E_STASHFILE_SEEK_FAILURE,
	    "The data stash file does not let its position be set."),
#undef ROW
};

#define WRITE_ERRORS (int)(sizeof(write_errors) / sizeof(write_errors[0]))

START_TEST(what_can_not_be_written_is_undone)
{
	const struct fsi_stash_item *item = stash_add(stash, 100, 1);

	stash_faults.write = write_errors[_i].error;
	stash_faults.write_after = 3;
	api_assert_fails(API_PLACE(try_to_add), try_to_add(9 * CHUNK),
			 write_errors[_i].code, write_errors[_i].name, "data");
	ASSERT_SAYS(write_errors[_i].says);
	ck_assert_uint_eq(stash_file_size(api_folder.path), 100);
	stash_faults.write = 0;
	stash_assert_data(item, 100, 1);
	stash_assert_data(stash_add(stash, CHUNK, 2), CHUNK, 2);
	ck_assert_uint_eq(stash_file_size(api_folder.path), 100 + CHUNK);
}
END_TEST

START_TEST(the_last_write_of_an_item_may_fail_too)
{
	stash_faults.write = ENOSPC;
	ASSERT_FAILS(try_to_add(10), IMAPI_E_STASHFILE_WRITE_FAILURE, "data");
	ck_assert_uint_eq(stash_file_size(api_folder.path), 0);
}
END_TEST

START_TEST(a_write_that_does_nothing_is_no_endless_loop)
{
	stash_faults.writes_none = true;
	ASSERT_FAILS(try_to_add(10), IMAPI_E_STASHFILE_WRITE_FAILURE, "data");
}
END_TEST

START_TEST(what_is_written_wrong_is_noticed_when_it_is_read)
{
	const struct fsi_stash_item *item = NULL;
	fsi_stream *stream = NULL;
	uint8_t byte = 0;

	stash_faults.spoils = true;
	item = stash_add(stash, 1, 0);
	ck_assert_int_eq(fsi_stash_open(item, "name", &stream), S_OK);
	ASSERT_FAILS(fsi_stream_read_at(stream, 0, &byte, 1, NULL),
		     IMAPI_E_STASHFILE_READ_FAILURE, "data");
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_disk_that_can_not_be_read_is_told)
{
	const struct fsi_stash_item *item = stash_add(stash, 10, 0);
	fsi_stream *stream = NULL;
	uint8_t byte = 0;

	ck_assert_int_eq(fsi_stash_open(item, "name", &stream), S_OK);
	stash_faults.read = EIO;
	ASSERT_FAILS(fsi_stream_read_at(stream, 0, &byte, 1, NULL),
		     IMAPI_E_STASHFILE_READ_FAILURE, "data");
	ASSERT_SAYS("The data stash file could not be read back. The system reports: "
		    "Input/output error. It holds the data of \"name\".");
	stash_faults.read = 0;
	ASSERT_OK(fsi_stream_read_at(stream, 0, &byte, 1, NULL));
	fsi_stream_release(stream);
}
END_TEST

/* ---- room -------------------------------------------------------------- */

static HRESULT begin(uint64_t needed)
{
	struct fsi_stash_writer *writer = NULL;
	const HRESULT hr = fsi_stash_begin(stash, needed, &writer);

	fsi_stash_abandon(writer);
	return hr;
}

START_TEST(room_is_asked_for_before_it_is_needed)
{
	stash_faults.free_bytes = 1000;
	ck_assert_int_eq(begin(999), S_OK);
	ck_assert_int_eq(begin(1000), S_OK);
	ASSERT_FAILS(begin(1001), IMAPI_E_WORKING_DIRECTORY_SPACE,
		     api_text("%s|1000|1001", api_folder.path));
	ASSERT_SAYS(api_text("The working directory \"%s\" is too full: 1000 bytes are "
			     "free, about 1001 are needed.",
			     api_folder.path));
	ASSERT_FAILS(begin(UINT64_MAX), IMAPI_E_WORKING_DIRECTORY_SPACE,
		     api_text("%s|1000|9223372036854775807", api_folder.path));
}
END_TEST

START_TEST(a_file_system_that_tells_no_room_is_taken_to_have_it)
{
	stash_faults.tells_nothing = true;
	ck_assert_int_eq(begin(INT64_MAX), S_OK);
	stash_faults.tells_nothing = false;
	stash_faults.statvfs = ENOSYS;
	ck_assert_int_eq(begin(INT64_MAX), S_OK);
}
END_TEST

/* ---- moving ------------------------------------------------------------ */

static void assert_not_moved(const struct fsi_stash_item *item, uint64_t size)
{
	stash_faults = (struct stash_faults){0};
	ck_assert_str_eq(fsi_stash_directory(stash), api_folder.path);
	ck_assert_uint_eq(stash_count_files(api_host("other")), 0);
	stash_assert_data(item, size, 4);
	ck_assert_int_eq(fsi_stash_move(stash, api_host("other")), S_OK);
	stash_assert_data(item, size, 4);
}

static void assert_move_fails(const char *reason)
{
	ASSERT_FAILS(fsi_stash_move(stash, api_host("other")), IMAPI_E_STASHFILE_MOVE,
		     api_host("other"));
	ASSERT_SAYS(api_text("The stash file that holds the data could not be moved into "
			     "\"%s\". The system reports: %s.",
			     api_host("other"), reason));
}

START_TEST(a_move_that_fails_leaves_all_as_it_was)
{
	const uint64_t size = 20 * CHUNK; /* two pieces of a move */
	const struct fsi_stash_item *item = stash_add(stash, size, 4);
	const unsigned before = stash_faults.writes;

	switch (_i) {
	case 0:
		stash_faults.nameless = EACCES;
		assert_move_fails("Permission denied");
		break;
	case 1:
		stash_faults.write = ENOSPC;
		stash_faults.write_after = (int)before + 1;
		assert_move_fails("No space left on device");
		break;
	case 2:
		stash_faults.read = EIO;
		assert_move_fails("Input/output error");
		break;
	case 3: /* what was written is read again */
		stash_faults.read = EIO;
		stash_faults.read_after = (int)stash_faults.reads + 3;
		assert_move_fails("Input/output error");
		break;
	case 4:
		stash_faults.spoils = true;
		assert_move_fails("Input/output error");
		break;
	default:
		stash_faults.free_bytes = size - 1;
		ASSERT_FAILS(fsi_stash_move(stash, api_host("other")),
			     IMAPI_E_WORKING_DIRECTORY_SPACE,
			     api_text("%s|%llu|%llu", api_host("other"),
				      (unsigned long long)size - 1,
				      (unsigned long long)size));
	}
	assert_not_moved(item, size);
}
END_TEST

START_TEST(a_move_needs_just_the_room_that_is_taken)
{
	stash_add(stash, 5000, 4);
	stash_faults.free_bytes = 5000;
	ck_assert_int_eq(fsi_stash_move(stash, api_host("other")), S_OK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stash: faults");
	TCase *tcase = tcase_create("faults");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
		tcase, where_there_are_no_nameless_files_the_name_is_gone_at_once, 0, 2);
	tcase_add_test(tcase, names_that_are_taken_are_passed_over);
	tcase_add_test(tcase, a_name_that_does_not_go_away_is_an_error);
	tcase_add_test(tcase, a_file_that_can_not_be_made_is_told_with_its_folder);
	tcase_add_test(tcase, writes_that_stop_short_go_on);
	tcase_add_loop_test(tcase, what_can_not_be_written_is_undone, 0, WRITE_ERRORS);
	tcase_add_test(tcase, the_last_write_of_an_item_may_fail_too);
	tcase_add_test(tcase, a_write_that_does_nothing_is_no_endless_loop);
	tcase_add_test(tcase, what_is_written_wrong_is_noticed_when_it_is_read);
	tcase_add_test(tcase, a_disk_that_can_not_be_read_is_told);
	tcase_add_test(tcase, room_is_asked_for_before_it_is_needed);
	tcase_add_test(tcase, a_file_system_that_tells_no_room_is_taken_to_have_it);
	tcase_add_loop_test(tcase, a_move_that_fails_leaves_all_as_it_was, 0, 6);
	tcase_add_test(tcase, a_move_needs_just_the_room_that_is_taken);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
