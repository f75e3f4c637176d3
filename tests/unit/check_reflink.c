/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images whose blocks are shared with the files that they are made of. */
#include "base/memory.h"
#include "tests/support/api.h"
#include "tests/support/faulty_share.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KIB 1024u
#define MIB (1024u * KIB)

static const unsigned thread_counts[] = {0, 1, 4};
static struct fsi_write_options options;

static void set_up(void)
{
	api_begin_folder();
	share_faults = (struct share_faults){0};
	options = (struct fsi_write_options){
		.size = sizeof(options),
		.replace = true,
		.reflink = FSI_REFLINK_AUTO,
	};
}

/* A file of this computer; no two bytes at the same place of two files are alike. */
static void make_file(const char *name, size_t size)
{
	uint8_t *bytes = malloc(size);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(1 + (i / 4093 + i + (uint8_t)name[0]) % 255);
	scratch_write(&api_folder, name, bytes, size);
	free(bytes);
}

static void add_file(fsi_image *image, const char *name, size_t size)
{
	make_file(name, size);
	ASSERT_OK(
		fsi_directory_add_file_from_path(api_root(image), name, api_host(name)));
}

static fsi_image *aligned_image(fsi_file_systems file_systems)
{
	fsi_image *image = api_image(file_systems);

	ASSERT_OK(fsi_image_put_align_large_files(image, true));
	return image;
}

static HRESULT write_image(fsi_image *image)
{
	fsi_result *result = api_result(image);
	const HRESULT hr = fsi_result_write_file(result, api_host("out"), &options);

	fsi_result_release(result);
	return hr;
}

/* That the file that was written has the bytes of the image. */
static void assert_written(fsi_image *image)
{
	fsi_stream *stream = api_image_stream(image);
	fsi_stream *written = NULL;

	ASSERT_OK(fsi_stream_create_on_file(api_host("out"), &written));
	api_assert_same_bytes(stream, written);
	fsi_stream_release(written);
	fsi_stream_release(stream);
}

static void assert_nothing_written(void)
{
	ck_assert_int_ne(access(api_host("out"), F_OK), 0);
}

static uint32_t block_of(fsi_image *image, const char *path)
{
	const struct fsi_progress_item *item = NULL;
	fsi_progress_items *items = NULL;
	fsi_result *result = api_result(image);
	uint32_t block = 0;

	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	ASSERT_OK(fsi_progress_items_from_description(items, path, &item));
	block = item->first_block;
	fsi_progress_items_release(items);
	fsi_result_release(result);
	return block;
}

/* ---- where files lie --------------------------------------------------- */

START_TEST(large_files_begin_at_even_blocks_when_that_is_asked_for)
{
	fsi_image *image = _i == 0 ? aligned_image(BRIDGE) : api_image(BRIDGE);
	const uint32_t odd = _i == 0 ? 0 : 1;

	api_add_sized(api_root(image), "a", 1);
	api_add_sized(api_root(image), "b", 62 * KIB + 1);
	api_add_sized(api_root(image), "c", 62 * KIB);
	api_add_sized(api_root(image), "d", 1);
	api_add_sized(api_root(image), "e", 62 * KIB);
	api_add_sized(api_root(image), "f", 64 * KIB);
	ck_assert_uint_eq(block_of(image, "\\a") % 2, 0);
	ck_assert_uint_eq(block_of(image, "\\b") % 2, odd);
	/* Those below the limit lie behind the one before. */
	ck_assert_uint_eq(block_of(image, "\\c"), block_of(image, "\\b") + 32);
	ck_assert_uint_eq(block_of(image, "\\e"), block_of(image, "\\d") + 1);
	ck_assert_uint_eq(block_of(image, "\\f") % 2, 0);
	fsi_image_release(image);
}
END_TEST

START_TEST(the_used_blocks_count_the_gaps_between_large_files)
{
	fsi_image *image = api_image(_i == 0 ? ISO : UDF);
	fsi_result *result = NULL;
	uint32_t used = 0;
	uint32_t before = 0;

	for (int i = 0; i < 200; i++)
		api_add_sized(api_root(image), api_text("file%d", i), 64 * KIB + 1);
	ASSERT_OK(fsi_image_get_used_blocks(image, &before));
	ASSERT_OK(fsi_image_put_align_large_files(image, true));
	ASSERT_OK(fsi_image_get_used_blocks(image, &used));
	ck_assert_uint_ge(used, before + 150);
	result = api_result(image);
	ck_assert_uint_eq(api_total_blocks(result), used);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

/* ---- what is shared ---------------------------------------------------- */

START_TEST(large_files_are_shared_and_the_bytes_are_the_same)
{
	fsi_image *image = aligned_image(BRIDGE);

	add_file(image, "a", 1);
	add_file(image, "b", 62 * KIB);
	add_file(image, "c", 64 * KIB);
	add_file(image, "d", 64 * KIB + 1);
	add_file(image, "e", 5 * MIB);
	add_file(image, "f", 3 * MIB + 4097);
	add_file(image, "g", 2);
	options.threads = thread_counts[_i];
	options.reflink = FSI_REFLINK_ALWAYS;
	ASSERT_OK(write_image(image));
	assert_written(image);
	ck_assert_uint_eq(share_faults.probes, 1);
	ck_assert_uint_eq(share_faults.shares, 4);
	/* What ends each file is read, with which its size is compared. */
	ck_assert_uint_eq(share_faults.bytes,
			  60 * KIB + 64 * KIB + 5 * MIB - 4 * KIB + 3 * MIB + 4 * KIB);
	fsi_image_release(image);
}
END_TEST

START_TEST(without_alignment_what_happens_to_lie_so_is_shared)
{
	fsi_image *image = api_image(BRIDGE);

	add_file(image, "a", 1);
	add_file(image, "b", MIB);
	add_file(image, "c", 1);
	add_file(image, "d", MIB);
	options.threads = thread_counts[_i];
	ASSERT_OK(write_image(image));
	assert_written(image);
	ck_assert_uint_eq(share_faults.shares, 1);
	fsi_image_release(image);
}
END_TEST

START_TEST(never_means_that_nobody_is_asked)
{
	fsi_image *image = aligned_image(ISO);

	add_file(image, "a", MIB);
	options.reflink = FSI_REFLINK_NEVER;
	ASSERT_OK(write_image(image));
	assert_written(image);
	ck_assert_uint_eq(share_faults.probes + share_faults.shares, 0);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_mode_that_is_none_is_refused)
{
	fsi_image *image = api_image(ISO);
	const int none = FSI_REFLINK_ALWAYS + 1;

	options.reflink = (enum fsi_reflink)none;
	ASSERT_FAILS(write_image(image), E_INVALIDARG, "");
	assert_nothing_written();
	fsi_image_release(image);
}
END_TEST

START_TEST(a_callers_stream_of_a_file_is_shared)
{
	fsi_image *image = aligned_image(ISO);
	fsi_stream *stream = NULL;

	make_file("a", MIB);
	ASSERT_OK(fsi_stream_create_on_file(api_host("a"), &stream));
	ASSERT_OK(fsi_directory_add_file(api_root(image), "a", stream));
	fsi_stream_release(stream);
	ASSERT_OK(write_image(image));
	assert_written(image);
	ck_assert_uint_eq(share_faults.bytes, MIB - 4 * KIB);
	fsi_image_release(image);
}
END_TEST

START_TEST(what_is_staged_or_in_memory_is_copied)
{
	fsi_image *image = aligned_image(ISO);

	ASSERT_OK(fsi_image_put_stage_files(image, true));
	add_file(image, "a", MIB);
	api_add_sized(api_root(image), "b", MIB);
	options.reflink = FSI_REFLINK_ALWAYS;
	ASSERT_OK(write_image(image));
	assert_written(image);
	ck_assert_uint_eq(share_faults.shares, 0);
	fsi_image_release(image);
}
END_TEST

/* ---- what can't be ----------------------------------------------------- */

static const int refusals[] = {EOPNOTSUPP, ENOTTY, EXDEV, EINVAL, EPERM, ENOSYS, EBADF};
#define REFUSALS ((int)(sizeof(refusals) / sizeof(refusals[0])))

START_TEST(auto_copies_where_blocks_cannot_be_shared)
{
	fsi_image *image = aligned_image(ISO);

	add_file(image, "a", MIB);
	add_file(image, "b", 3 * MIB);
	share_faults.error = refusals[_i];
	share_faults.after = 1;
	ASSERT_OK(write_image(image));
	assert_written(image);
	ck_assert_uint_eq(share_faults.shares, 1);
	fsi_image_release(image);
}
END_TEST

START_TEST(auto_asks_no_file_where_the_output_cannot_share)
{
	fsi_image *image = aligned_image(ISO);

	add_file(image, "a", MIB);
	share_faults.probe = refusals[_i];
	ASSERT_OK(write_image(image));
	assert_written(image);
	ck_assert_uint_eq(share_faults.shares, 0);
	fsi_image_release(image);
}
END_TEST

START_TEST(always_fails_where_the_output_cannot_share)
{
	fsi_image *image = aligned_image(ISO);

	add_file(image, "a", 1);
	share_faults.probe = EOPNOTSUPP;
	options.reflink = FSI_REFLINK_ALWAYS;
	ASSERT_FAILS(write_image(image), FSI_E_NOT_SUPPORTED, "");
	ASSERT_SAYS("The output can't share blocks with files.");
	assert_nothing_written();
	fsi_image_release(image);
}
END_TEST

START_TEST(always_fails_with_the_name_of_a_source_that_cannot_be_shared)
{
	fsi_image *image = aligned_image(ISO);

	add_file(image, "a", MIB);
	add_file(image, "b", MIB);
	share_faults.error = EOPNOTSUPP;
	share_faults.after = 1;
	options.reflink = FSI_REFLINK_ALWAYS;
	options.threads = thread_counts[_i];
	ASSERT_FAILS(write_image(image), FSI_E_NOT_SUPPORTED, "");
	ASSERT_SAYS(api_text("The blocks of \"%s\" can't be shared with the output.",
			     api_host("b")));
	assert_nothing_written();
	fsi_image_release(image);
}
END_TEST

START_TEST(always_fails_where_a_large_file_lies_at_an_odd_block)
{
	fsi_image *image = api_image(BRIDGE);

	add_file(image, "a", 1);
	add_file(image, "b", MIB);
	options.reflink = FSI_REFLINK_ALWAYS;
	ASSERT_FAILS(write_image(image), E_INVALIDARG, "");
	ASSERT_SAYS("is not a multiple of 2");
	assert_nothing_written();
	fsi_image_release(image);
}
END_TEST

START_TEST(always_fails_for_a_pipe)
{
	fsi_image *image = aligned_image(ISO);
	fsi_result *result = api_result(image);
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	options.reflink = FSI_REFLINK_ALWAYS;
	ASSERT_FAILS(fsi_result_write_descriptor(result, ends[1], &options),
		     FSI_E_NOT_SUPPORTED, "");
	close(ends[0]);
	close(ends[1]);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

START_TEST(what_goes_wrong_while_sharing_is_an_error)
{
	fsi_image *image = aligned_image(ISO);

	add_file(image, "a", MIB);
	share_faults.error = ENOSPC;
	ASSERT_FAILS(write_image(image), FSI_E_DISK_FULL, "");
	assert_nothing_written();
	fsi_image_release(image);
}
END_TEST

START_TEST(a_signal_does_not_end_the_sharing)
{
	fsi_image *image = aligned_image(ISO);

	add_file(image, "a", MIB);
	share_faults.interrupts = 3;
	ASSERT_OK(write_image(image));
	assert_written(image);
	ck_assert_uint_eq(share_faults.shares, 1);
	fsi_image_release(image);
}
END_TEST

/* ---- sources that change ----------------------------------------------- */

START_TEST(a_source_that_was_cut_or_has_grown_is_not_shared)
{
	fsi_image *image = aligned_image(ISO);
	const unsigned size = _i == 0 ? 70000 - 1 : 70000 + 1;

	add_file(image, "a", 70000);
	ck_assert_int_eq(truncate(api_host("a"), size), 0);
	ASSERT_FAILS(write_image(image), IMAPI_E_DATA_STREAM_INCONSISTENCY,
		     api_text("%s|70000|%u", api_host("a"), size));
	ck_assert_uint_eq(share_faults.shares, 0);
	assert_nothing_written();
	fsi_image_release(image);
}
END_TEST

START_TEST(a_source_that_is_cut_while_it_is_shared_is_an_error)
{
	fsi_image *image = aligned_image(ISO);
	const char *path = api_host("a");

	add_file(image, "a", 70000);
	share_faults.cut = path;
	ASSERT_FAILS(write_image(image), IMAPI_E_DATA_STREAM_INCONSISTENCY,
		     api_text("%s|70000|69999", path));
	ck_assert_uint_eq(share_faults.shares, 1);
	assert_nothing_written();
	fsi_image_release(image);
}
END_TEST

START_TEST(a_source_that_is_written_to_while_it_is_shared_is_an_error)
{
	fsi_image *image = aligned_image(ISO);
	const char *path = api_host("a");

	add_file(image, "a", 70000);
	share_faults.touch = path;
	ASSERT_FAILS(write_image(image), IMAPI_E_DATA_STREAM_READ_FAILURE, path);
	ASSERT_SAYS("It was written to while it was shared.");
	assert_nothing_written();
	fsi_image_release(image);
}
END_TEST

START_TEST(without_memory_nothing_is_shared_and_nothing_lost)
{
	fsi_image *image = aligned_image(ISO);
	HRESULT hr = E_OUTOFMEMORY;
	fsi_result *result = NULL;

	add_file(image, "a", MIB);
	add_file(image, "b", MIB);
	result = api_result(image);
	for (int i = 0; hr == E_OUTOFMEMORY; i++) {
		fsi_memory_fail_after(i);
		hr = fsi_result_write_file(result, api_host("out"), &options);
		fsi_memory_fail_after(-1);
		ck_assert_int_lt(i, 1000);
		if (hr == E_OUTOFMEMORY)
			assert_nothing_written();
	}
	ck_assert_int_eq(hr, S_OK);
	fsi_result_release(result);
	assert_written(image);
	fsi_image_release(image);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_shared_case(void)
{
	TCase *tcase = tcase_create("what is shared");

	tcase_add_checked_fixture(tcase, set_up, api_end_folder);
	tcase_add_loop_test(
		tcase, large_files_begin_at_even_blocks_when_that_is_asked_for, 0, 2);
	tcase_add_loop_test(tcase, the_used_blocks_count_the_gaps_between_large_files, 0,
			    2);
	tcase_add_loop_test(tcase, large_files_are_shared_and_the_bytes_are_the_same, 0,
			    3);
	tcase_add_loop_test(tcase, without_alignment_what_happens_to_lie_so_is_shared, 0,
			    3);
	tcase_add_test(tcase, never_means_that_nobody_is_asked);
	tcase_add_test(tcase, a_mode_that_is_none_is_refused);
	tcase_add_test(tcase, a_callers_stream_of_a_file_is_shared);
	tcase_add_test(tcase, what_is_staged_or_in_memory_is_copied);
	return tcase;
}

static TCase *make_refused_case(void)
{
	TCase *tcase = tcase_create("what can't be");

	tcase_add_checked_fixture(tcase, set_up, api_end_folder);
	tcase_add_loop_test(tcase, auto_copies_where_blocks_cannot_be_shared, 0,
			    REFUSALS);
	tcase_add_loop_test(tcase, auto_asks_no_file_where_the_output_cannot_share, 0,
			    REFUSALS);
	tcase_add_test(tcase, always_fails_where_the_output_cannot_share);
	tcase_add_loop_test(tcase,
			    always_fails_with_the_name_of_a_source_that_cannot_be_shared,
			    0, 3);
	tcase_add_test(tcase, always_fails_where_a_large_file_lies_at_an_odd_block);
	tcase_add_test(tcase, always_fails_for_a_pipe);
	tcase_add_test(tcase, what_goes_wrong_while_sharing_is_an_error);
	tcase_add_test(tcase, a_signal_does_not_end_the_sharing);
	tcase_add_loop_test(tcase, a_source_that_was_cut_or_has_grown_is_not_shared, 0,
			    2);
	tcase_add_test(tcase, a_source_that_is_cut_while_it_is_shared_is_an_error);
	tcase_add_test(tcase, a_source_that_is_written_to_while_it_is_shared_is_an_error);
	tcase_add_test(tcase, without_memory_nothing_is_shared_and_nothing_lost);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("images that share blocks");

	suite_add_tcase(suite, make_shared_case());
	suite_add_tcase(suite, make_refused_case());
	return api_run(suite);
}
