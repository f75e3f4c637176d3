/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sinks on file systems that cannot do what most can. */
#include "base/memory.h"
#include "error/fail.h"
#include "tests/support/sink_fixture.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- without nameless files -------------------------------------------- */

static const int nameless_errors[] = {EOPNOTSUPP, EISDIR, ENOENT, EINVAL};

static HRESULT look_at_the_folder(void *context, uint64_t written, uint64_t total)
{
	(void)total;
	if (written > 0)
		ck_assert_str_eq(scratch_list(&sink_scratch, ""), context);
	return S_OK;
}

START_TEST(a_file_has_a_temporary_name_where_nameless_ones_are_unknown)
{
	char meanwhile[] = ".new.0.part ";

	faults.nameless = nameless_errors[_i];
	sink_options.progress = look_at_the_folder;
	sink_options.progress_context = meanwhile;
	ck_assert_int_eq(sink_write("new"), S_OK);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "new ");
	sink_assert_whole("new");
	ck_assert_uint_eq(faults.syncs, 2);
	sink_options.progress = NULL;
	ck_assert_int_eq(sink_write("new"), FSI_E_FILE_EXISTS);
	sink_options.replace = true;
	ck_assert_int_eq(sink_write("new"), S_OK);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "new ");
}
END_TEST

START_TEST(without_proc_a_file_has_a_temporary_name)
{
	char meanwhile[] = ".new.0.part ";

	faults.proc = ENOENT;
	sink_options.progress = look_at_the_folder;
	sink_options.progress_context = meanwhile;
	ck_assert_int_eq(sink_write("new"), S_OK);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "new ");
	sink_assert_whole("new");
}
END_TEST

START_TEST(other_errors_of_a_nameless_file_are_told)
{
	faults.nameless = EACCES;
	ck_assert_int_eq(sink_write("new"), E_ACCESSDENIED);
	faults.nameless = EOPNOTSUPP;
	faults.create = EROFS;
	ck_assert_int_eq(sink_write("new"), FSI_E_WRITE_PROTECT);
	faults.create = EEXIST;
	ck_assert_int_eq(sink_write("new"), FSI_E_FILE_EXISTS);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "");
	ck_assert_uint_eq(sink_source.reads, 0);
}
END_TEST

START_TEST(a_temporary_name_that_is_taken_is_passed_over)
{
	faults.nameless = EOPNOTSUPP;
	scratch_text(&sink_scratch, ".new.0.part", "of somebody");
	ck_assert_int_eq(sink_write("new"), S_OK);
	sink_assert_text(".new.0.part", "of somebody");
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), ".new.0.part new ");
}
END_TEST

START_TEST(a_long_name_has_a_temporary_name_that_fits)
{
	char name[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	faults.nameless = EOPNOTSUPP;
	ck_assert_int_eq(sink_write(name), S_OK);
	sink_assert_whole(name);
	ck_assert_uint_eq(strlen(scratch_list(&sink_scratch, "")), 256);
}
END_TEST

START_TEST(a_failure_takes_the_temporary_name_away)
{
	faults.nameless = EOPNOTSUPP;
	scratch_text(&sink_scratch, "old", "old bytes");
	sink_options.replace = true;
	sink_source.fails = true;
	sink_source.fail_at = 100000;
	sink_source.failure = IMAPI_E_DATA_STREAM_READ_FAILURE;
	ck_assert_int_eq(sink_write("old"), IMAPI_E_DATA_STREAM_READ_FAILURE);
	ck_assert_int_eq(sink_write("new"), IMAPI_E_DATA_STREAM_READ_FAILURE);
	sink_source.fails = false;
	faults.write = ENOSPC;
	ck_assert_int_eq(sink_write("old"), FSI_E_DISK_FULL);
	ck_assert_int_eq(sink_write("new"), FSI_E_DISK_FULL);
	faults.write = 0;
	faults.chmod = EPERM;
	ck_assert_int_eq(sink_write("old"), E_ACCESSDENIED);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "old ");
	sink_assert_text("old", "old bytes");
}
END_TEST

START_TEST(without_memory_no_temporary_name_is_left)
{
	HRESULT hr = E_OUTOFMEMORY;
	long n = 0;

	faults.nameless = EOPNOTSUPP;
	for (; n < 50; n++) {
		fsi_memory_fail_after(n);
		hr = sink_write("new");
		fsi_memory_fail_after(-1);
		if (SUCCEEDED(hr))
			break;
		ck_assert_int_eq(hr, E_OUTOFMEMORY);
		ck_assert_str_eq(scratch_list(&sink_scratch, ""), "");
	}
	ck_assert_int_ge(n, 4);
	ck_assert_int_eq(hr, S_OK);
	sink_assert_whole("new");
}
END_TEST

/* ---- giving the name --------------------------------------------------- */

static const int rename_errors[] = {EINVAL, ENOSYS};

START_TEST(a_new_name_is_a_second_link_where_renaming_might_replace)
{
	faults.nameless = EOPNOTSUPP;
	faults.exclusive = rename_errors[_i];
	ck_assert_int_eq(sink_write("new"), S_OK);
	sink_assert_whole("new");
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "new ");
}
END_TEST

static const int link_errors[] = {EPERM, EOPNOTSUPP, ENOSYS};

START_TEST(without_links_a_new_name_is_looked_for_before)
{
	faults.nameless = EOPNOTSUPP;
	faults.exclusive = EINVAL;
	faults.link = link_errors[_i];
	ck_assert_int_eq(sink_write("new"), S_OK);
	sink_assert_whole("new");
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "new ");
}
END_TEST

static HRESULT make_file_in_the_way(void *context, uint64_t written, uint64_t total)
{
	(void)context;
	if (written == total)
		scratch_text(&sink_scratch, "new", "was faster");
	return S_OK;
}

START_TEST(a_file_that_appears_meanwhile_is_not_replaced)
{
	faults.nameless = EOPNOTSUPP;
	faults.exclusive = _i > 0 ? EINVAL : 0;
	faults.link = _i > 1 ? EPERM : 0;
	sink_options.progress = make_file_in_the_way;
	ck_assert_int_eq(sink_write("new"), FSI_E_FILE_EXISTS);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "new ");
	sink_assert_text("new", "was faster");
}
END_TEST

START_TEST(a_name_that_cannot_be_given_leaves_nothing_behind)
{
	/* A nameless file: linked to the name, or to one to be renamed. */
	faults.link = EIO;
	ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
	sink_options.replace = true;
	ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
	faults.link = EEXIST;
	ck_assert_int_eq(sink_write("new"), FSI_E_FILE_EXISTS);
	faults.link = 0;
	faults.rename = EIO;
	ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
	/* A temporary name. */
	faults.nameless = EOPNOTSUPP;
	ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
	sink_options.replace = false;
	faults.exclusive = EIO;
	ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
	faults.exclusive = EINVAL;
	faults.link = EIO;
	ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
	faults.link = EPERM;
	ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "");
}
END_TEST

START_TEST(a_temporary_name_that_stays_is_told)
{
	faults.nameless = EOPNOTSUPP;
	faults.exclusive = EINVAL;
	faults.unlink = EIO;
	ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
}
END_TEST

/* ---- the end of the file ----------------------------------------------- */

START_TEST(bytes_that_are_not_safe_do_not_get_the_name)
{
	scratch_text(&sink_scratch, "old", "old bytes");
	sink_options.replace = true;
	faults.fsync = EIO;
	ck_assert_int_eq(sink_write("old"), FSI_E_IO_DEVICE);
	ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
	sink_assert_text("old", "old bytes");
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "old ");
	sink_options.no_sync = true;
	ck_assert_int_eq(sink_write("new"), S_OK);
	/* The folder comes second; then the file stands there already. */
	sink_options.no_sync = false;
	faults.syncs = 0;
	faults.fsync_after = 1;
	ck_assert_int_eq(sink_write("old"), FSI_E_IO_DEVICE);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "replaced all the same."));
	sink_assert_whole("old");
}
END_TEST

START_TEST(a_new_name_that_is_not_safe_is_taken_back)
{
	for (int replace = 0; replace < 2; replace++) {
		sink_options.replace = replace == 1;
		faults.syncs = 0;
		faults.fsync_after = 1;
		faults.fsync = EIO;
		ck_assert_int_eq(sink_write("new"), FSI_E_IO_DEVICE);
		ck_assert_str_eq(scratch_list(&sink_scratch, ""), "");
	}
}
END_TEST

static const int harmless_sync_errors[] = {EINVAL, EROFS, ENOTSUP};

START_TEST(what_knows_no_syncing_need_not_be_synced)
{
	faults.fsync = harmless_sync_errors[_i];
	ck_assert_int_eq(sink_write("new"), S_OK);
	sink_assert_whole("new");
}
END_TEST

static uint8_t zero(uint64_t offset)
{
	(void)offset;
	return 0;
}

/* Asking it to begin made everything slower. */
START_TEST(when_a_smaller_image_is_written_is_left_to_the_system)
{
	sink_source.byte = zero;
	sink_source.size = 35 * UINT64_C(1048576) + 1;
	ck_assert_int_eq(sink_write("new"), S_OK);
	ck_assert_uint_eq(faults.flushed, 0);
}
END_TEST

/* ---- large images ------------------------------------------------------ */

#define GIB UINT64_C(0x40000000)
#define MIB UINT64_C(0x100000)

static HRESULT read_nothing(void *self, uint64_t offset, void *buffer, size_t length,
			    size_t *ret_read)
{
	(void)self;
	(void)offset;
	memset(buffer, 0, length);
	*ret_read = length;
	return S_OK;
}

static HRESULT get_hole_size(void *self, uint64_t *ret_size)
{
	*ret_size = *(const uint64_t *)self;
	return S_OK;
}

/* In steps, so that it is written in several. */
static HRESULT count_hole(void *self, uint64_t offset, uint64_t *ret_count)
{
	const uint64_t left = *(const uint64_t *)self - offset;

	*ret_count = left < 100 * MIB ? left : 100 * MIB;
	return S_OK;
}

static const struct fsi_stream_ops hole_ops = {
	.size = sizeof(hole_ops),
	.read_at = read_nothing,
	.get_size = get_hole_size,
	.count_zeros = count_hole,
};

static void write_hole(uint64_t size)
{
	fsi_stream *hole = NULL;

	ck_assert_int_eq(fsi_stream_create(&hole_ops, &size, &hole), S_OK);
	ck_assert_int_eq(fsi_sink_write_file(hole, scratch_at(&sink_scratch, "hole"),
					     &sink_options),
			 S_OK);
	fsi_stream_release(hole);
}

static const struct {
	uint64_t size;
	bool drops;
} large_sizes[] = {{4 * GIB - 1, false}, {4 * GIB, true}, {4 * GIB + 1, true}};

START_TEST(what_is_written_of_a_large_image_leaves_the_cache)
{
	write_hole(large_sizes[_i].size);
	if (!large_sizes[_i].drops) {
		ck_assert_uint_eq(faults.awaited + faults.dropped, 0);
		return;
	}
	/* What was just written is still on its way. */
	ck_assert_uint_eq(faults.dropped, faults.flushed - 64 * MIB);
	ck_assert_uint_ge(faults.dropped, 4 * GIB - 200 * MIB);
}
END_TEST

START_TEST(what_is_not_known_to_be_on_the_disk_stays_in_the_cache)
{
	faults.wait = ENOSYS;
	write_hole(4 * GIB);
	ck_assert_uint_eq(faults.dropped, 0);
}
END_TEST

START_TEST(an_error_of_the_disk_is_not_lost_while_waiting)
{
	fsi_stream *hole = NULL;
	uint64_t size = 4 * GIB;

	faults.wait = EIO;
	ck_assert_int_eq(fsi_stream_create(&hole_ops, &size, &hole), S_OK);
	ck_assert_int_eq(fsi_sink_write_file(hole, scratch_at(&sink_scratch, "hole"),
					     &sink_options),
			 FSI_E_IO_DEVICE);
	fsi_stream_release(hole);
	ck_assert_uint_eq(faults.syncs, 0);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "");
}
END_TEST

static HRESULT stop_when_written(void *context, uint64_t written, uint64_t total)
{
	unsigned *calls = context;

	return written == total && (*calls)++ == 3 ? E_FAIL : S_OK;
}

START_TEST(waiting_for_the_disk_can_be_stopped)
{
	unsigned calls = 0;

	sink_source.size = 20 * MIB;
	sink_options.progress = stop_when_written;
	sink_options.progress_context = &calls;
	ck_assert_int_eq(sink_write("new"), E_IMAPI_REQUEST_CANCELLED);
	/* Once when all is written, then for each 4 MiB. */
	ck_assert_uint_eq(faults.awaited, 12 * MIB);
	ck_assert_uint_eq(faults.flushed, 20 * MIB);
	ck_assert_uint_eq(faults.syncs, 0);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "");
}
END_TEST

START_TEST(where_the_disk_cannot_be_awaited_it_is_synced)
{
	unsigned calls = 10;

	sink_source.size = 20 * MIB;
	faults.wait = ENOSYS;
	sink_options.progress = stop_when_written;
	sink_options.progress_context = &calls;
	ck_assert_int_eq(sink_write("new"), S_OK);
	ck_assert_uint_eq(faults.awaited, 4 * MIB);
	ck_assert_uint_eq(faults.syncs, 2);
}
END_TEST

START_TEST(what_is_not_synced_is_not_waited_for)
{
	sink_options.no_sync = true;
	write_hole(4 * GIB);
	ck_assert_uint_eq(faults.awaited + faults.dropped, 0);
}
END_TEST

START_TEST(a_hole_that_cannot_be_made_is_an_error)
{
	faults.truncate = EFBIG;
	ck_assert_int_eq(sink_write("new"), FSI_E_FILE_TOO_LARGE);
	sink_source.byte = zero;
	faults.truncate = 0;
	faults.seek = EOVERFLOW;
	ck_assert_int_eq(sink_write("new"), FSI_E_FILE_TOO_LARGE);
	ck_assert_str_eq(scratch_list(&sink_scratch, ""), "");
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_name_case(void)
{
	TCase *tcase = tcase_create("temporary names");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, sink_set_up, sink_tear_down);
	tcase_add_loop_test(
		tcase, a_file_has_a_temporary_name_where_nameless_ones_are_unknown, 0, 4);
	tcase_add_test(tcase, without_proc_a_file_has_a_temporary_name);
	tcase_add_test(tcase, other_errors_of_a_nameless_file_are_told);
	tcase_add_test(tcase, a_temporary_name_that_is_taken_is_passed_over);
	tcase_add_test(tcase, a_long_name_has_a_temporary_name_that_fits);
	tcase_add_test(tcase, a_failure_takes_the_temporary_name_away);
	tcase_add_test(tcase, without_memory_no_temporary_name_is_left);
	tcase_add_loop_test(
		tcase, a_new_name_is_a_second_link_where_renaming_might_replace, 0, 2);
	tcase_add_loop_test(tcase, without_links_a_new_name_is_looked_for_before, 0, 3);
	tcase_add_loop_test(tcase, a_file_that_appears_meanwhile_is_not_replaced, 0, 3);
	tcase_add_test(tcase, a_name_that_cannot_be_given_leaves_nothing_behind);
	tcase_add_test(tcase, a_temporary_name_that_stays_is_told);
	return tcase;
}

static TCase *make_end_case(void)
{
	TCase *tcase = tcase_create("the end of a file");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, sink_set_up, sink_tear_down);
	tcase_add_test(tcase, bytes_that_are_not_safe_do_not_get_the_name);
	tcase_add_test(tcase, a_new_name_that_is_not_safe_is_taken_back);
	tcase_add_loop_test(tcase, what_knows_no_syncing_need_not_be_synced, 0, 3);
	tcase_add_test(tcase, when_a_smaller_image_is_written_is_left_to_the_system);
	tcase_add_loop_test(tcase, what_is_written_of_a_large_image_leaves_the_cache, 0,
			    3);
	tcase_add_test(tcase, what_is_not_known_to_be_on_the_disk_stays_in_the_cache);
	tcase_add_test(tcase, an_error_of_the_disk_is_not_lost_while_waiting);
	tcase_add_test(tcase, waiting_for_the_disk_can_be_stopped);
	tcase_add_test(tcase, where_the_disk_cannot_be_awaited_it_is_synced);
	tcase_add_test(tcase, what_is_not_synced_is_not_waited_for);
	tcase_add_test(tcase, a_hole_that_cannot_be_made_is_an_error);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("io: targets");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_name_case());
	suite_add_tcase(suite, make_end_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
