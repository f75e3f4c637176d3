/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images of UDF as the API makes them, read back in every revision. */
#include "base/memory.h"
#include "tests/support/disc.h"
#include "tests/support/streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static fsi_image *image;
static fsi_directory *root;

static void begin(fsi_file_systems file_systems)
{
	image = api_image(file_systems);
	root = api_root(image);
}

static void end(void)
{
	fsi_image_release(image);
	image = NULL;
}

static const uint32_t revisions[] = {0x102, 0x150, 0x200, 0x201, 0x250, 0x260};

/* What is in the image now, as a view of UDF. */
static fsi_disc_view *read_back(void)
{
	fsi_stream *stream = api_image_stream(image);
	fsi_disc_view *view = disc_view_of_stream(stream);

	fsi_stream_release(stream);
	return view;
}

static void assert_text(char *text, const char *expected)
{
	ck_assert_str_eq(text, expected);
	free(text);
}

/* ---- properties -------------------------------------------------------- */

#define LEFT_OUT IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED

START_TEST(a_copy_of_metadata_is_on_by_default_and_needs_2_50)
{
	bool value = false;

	begin(ISO_JOLIET);
	ASSERT_OK(fsi_image_get_create_redundant_udf_metadata_files(image, &value));
	ck_assert(value);
	ck_assert_int_eq(fsi_image_put_create_redundant_udf_metadata_files(image, false),
			 LEFT_OUT);
	ASSERT_OK(fsi_image_get_create_redundant_udf_metadata_files(image, &value));
	ck_assert(!value);
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x250));
	ck_assert_int_eq(fsi_image_put_create_redundant_udf_metadata_files(image, true),
			 LEFT_OUT);
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ASSERT_OK(fsi_image_put_create_redundant_udf_metadata_files(image, true));
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x201));
	ck_assert_int_eq(fsi_image_put_create_redundant_udf_metadata_files(image, true),
			 LEFT_OUT);
	end();
}
END_TEST

START_TEST(a_copy_of_metadata_takes_its_blocks)
{
	uint32_t without = 0;
	uint32_t with = 0;

	begin(UDF);
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x260));
	ASSERT_OK(fsi_image_put_create_redundant_udf_metadata_files(image, false));
	ASSERT_OK(fsi_image_get_used_blocks(image, &without));
	ASSERT_OK(fsi_image_put_create_redundant_udf_metadata_files(image, true));
	ASSERT_OK(fsi_image_get_used_blocks(image, &with));
	ck_assert_uint_eq(with, without + 32);
	end();
}
END_TEST

START_TEST(holes_are_off_by_default_and_need_udf_alone)
{
	bool value = true;

	begin(BRIDGE);
	ASSERT_OK(fsi_image_get_udf_holes(image, &value));
	ck_assert(!value);
	ck_assert_int_eq(fsi_image_put_udf_holes(image, true), LEFT_OUT);
	ASSERT_OK(fsi_image_get_udf_holes(image, &value));
	ck_assert(value);
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ASSERT_OK(fsi_image_put_udf_holes(image, true));
	end();
}
END_TEST

START_TEST(properties_stay_while_a_result_is_alive)
{
	fsi_result *result = NULL;

	begin(UDF);
	result = api_result(image);
	ASSERT_FAILS(fsi_image_put_create_redundant_udf_metadata_files(image, false),
		     IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_image_put_udf_holes(image, true), IMAPI_E_READONLY, "");
	fsi_result_release(result);
	end();
}
END_TEST

/* ---- every revision ---------------------------------------------------- */

static struct test_stream large;
static struct test_stream note;

/* Something of everything that UDF holds. */
static void fill(void)
{
	fsi_stream *stream = NULL;

	large = (struct test_stream){.size = 100000};
	note = (struct test_stream){.size = 3000};
	api_add_directory(root, "folder");
	api_add_directory(root, "folder/inner");
	api_add_text(root, "folder/small", "text");
	api_add_text(root, "empty", "");
	stream = test_stream_open(&large);
	ASSERT_OK(fsi_directory_add_file(root, "folder/inner/large", stream));
	fsi_stream_release(stream);
	ASSERT_OK(fsi_directory_add_symbolic_link(root, "link", "../a/b"));
	ASSERT_OK(fsi_directory_add_special(root, "device", S_IFBLK | 0640, 8, 1000));
	ASSERT_OK(fsi_directory_add_special(root, "pipe", S_IFIFO | 0600, 0, 0));
	stream = test_stream_open(&note);
	(void)fsi_file_add_stream(api_file(root, "folder/small"), "note", stream);
	fsi_stream_release(stream);
}

static void assert_link(fsi_disc_view *view, const char *path, const char *expected)
{
	fsi_disc_entry *entry = disc_entry(view, path);
	char *target = NULL;

	ck_assert_int_eq(disc_info(entry)->kind, FSI_DISC_LINK);
	ASSERT_OK(fsi_disc_entry_get_link_target(entry, &target));
	ck_assert_str_eq(target, expected);
	fsi_free(target);
	fsi_disc_entry_release(entry);
}

static void assert_bytes(fsi_disc_entry *entry, const struct test_stream *source)
{
	size_t size = 0;
	uint8_t *bytes = disc_read(entry, &size);

	ck_assert_uint_eq(size, source->size);
	ck_assert(test_stream_matches(source, 0, bytes, size));
	free(bytes);
}

static void assert_note(fsi_disc_view *view, bool is_there)
{
	fsi_disc_entry *entry = disc_entry(view, "folder/small");
	fsi_disc_children *streams = NULL;
	fsi_disc_entry *stream = NULL;

	ck_assert_int_eq(disc_info(entry)->has_streams, is_there);
	if (is_there) {
		assert_text(disc_list(entry, true), "note ");
		ASSERT_OK(fsi_disc_entry_get_streams(entry, &streams));
		ASSERT_OK(fsi_disc_children_next(streams, &stream));
		assert_bytes(stream, &note);
		fsi_disc_entry_release(stream);
		fsi_disc_children_release(streams);
	}
	fsi_disc_entry_release(entry);
}

static void assert_filled(fsi_disc_view *view, uint32_t revision)
{
	fsi_disc_entry *entry = disc_entry(view, "folder/inner/large");

	assert_bytes(entry, &large);
	fsi_disc_entry_release(entry);
	entry = disc_entry(view, "folder/small");
	ck_assert_uint_eq(disc_info(entry)->size, 4);
	ck_assert(disc_info(entry)->creation_time.is_known == (revision >= 0x200));
	fsi_disc_entry_release(entry);
	entry = disc_entry(view, "device");
	ck_assert_int_eq(disc_info(entry)->kind, FSI_DISC_BLOCK_DEVICE);
	ck_assert_uint_eq(disc_info(entry)->device_major, 8);
	ck_assert_uint_eq(disc_info(entry)->device_minor, 1000);
	fsi_disc_entry_release(entry);
	entry = disc_entry(view, "pipe");
	ck_assert_int_eq(disc_info(entry)->kind, FSI_DISC_FIFO);
	fsi_disc_entry_release(entry);
	assert_link(view, "link", "../a/b");
	assert_note(view, revision >= 0x200);
	entry = disc_entry(view, "");
	/* What only POSIX has comes last. */
	assert_text(disc_list(entry, false), "empty folder device link pipe ");
	fsi_disc_entry_release(entry);
}

static void check_revision(uint32_t revision, fsi_file_systems file_systems, bool copy)
{
	const struct fsi_disc_volume *volume = NULL;
	fsi_disc_view *view = NULL;

	begin(file_systems);
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	ASSERT_OK(fsi_image_put_udf_revision(image, revision));
	(void)fsi_image_put_create_redundant_udf_metadata_files(image, copy);
	fill();
	view = read_back();
	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	ck_assert_uint_eq(volume->revision, revision);
	ck_assert_uint_eq(volume->file_count, 6);
	ck_assert_uint_eq(volume->directory_count, 3);
	ck_assert(volume->is_closed && !volume->has_other_anchors);
	ck_assert_uint_eq(volume->partition_count, revision >= 0x250 ? 2 : 1);
	assert_filled(view, revision);
	fsi_disc_view_release(view);
	end();
}

START_TEST(alone_it_holds_everything)
{
	check_revision(revisions[_i], UDF, false);
	check_revision(revisions[_i], UDF, true);
}
END_TEST

START_TEST(beside_other_file_systems_it_holds_everything)
{
	check_revision(revisions[_i], BRIDGE, true);
	check_revision(revisions[_i], FSI_FILE_SYSTEM_ISO9660 | UDF, false);
}
END_TEST

/* ---- holes ------------------------------------------------------------- */

/* A host file of that size; each mark is a byte that is not zero. */
static void make_sparse(const char *name, off_t size, const off_t *marks, unsigned count)
{
	const int file = open(api_host(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(ftruncate(file, size), 0);
	for (unsigned i = 0; i < count; i++)
		ck_assert_int_eq(pwrite(file, "#", 1, marks[i]), 1);
	ck_assert_int_eq(close(file), 0);
}

/* Where a file system keeps holes of at least 64 KiB, as all of Linux' do. */
#define UNIT ((off_t)1 << 20)

static const struct {
	off_t size;
	off_t marks[3];
	unsigned count;
	unsigned holes; /* how many runs of them there are */
} sparse_rows[] = {
	{3 * UNIT, {0}, 0, 1},
	{3 * UNIT, {0}, 1, 1},
	{3 * UNIT, {3 * UNIT - 1}, 1, 1},
	{3 * UNIT + 1, {UNIT}, 1, 2},
	{9 * UNIT + 5, {UNIT, 4 * UNIT + 7, 7 * UNIT}, 3, 4},
	{9 * UNIT, {0, 5 * UNIT, 9 * UNIT - 1}, 3, 2},
};

#define SPARSE_ROWS (int)(sizeof(sparse_rows) / sizeof(sparse_rows[0]))

/* The holes among an entry's extents; all bytes of them and of the rest. */
static unsigned count_holes(fsi_disc_entry *entry, uint64_t *ret_size)
{
	struct fsi_disc_extent extent = {0};
	unsigned holes = 0;
	uint64_t offset = 0;

	while (fsi_disc_entry_get_extent(entry, offset, &extent) == S_OK) {
		ck_assert_uint_eq(extent.offset, offset);
		holes += extent.kind == FSI_DISC_EXTENT_HOLE;
		offset += extent.length;
	}
	*ret_size = offset;
	return holes;
}

/* Every byte is zero, but for the marks. */
static void assert_marks(fsi_disc_entry *entry, int row)
{
	size_t size = 0;
	uint8_t *bytes = disc_read(entry, &size);
	size_t found = 0;

	ck_assert_uint_eq(size, (size_t)sparse_rows[row].size);
	for (unsigned i = 0; i < sparse_rows[row].count; i++)
		ck_assert_uint_eq(bytes[sparse_rows[row].marks[i]], '#');
	for (size_t i = 0; i < size; i++)
		found += bytes[i] != 0;
	ck_assert_uint_eq(found, sparse_rows[row].count);
	free(bytes);
}

static void check_sparse(int row, uint32_t revision)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;
	uint64_t size = 0;
	uint32_t blocks = 0;

	begin(UDF);
	ASSERT_OK(fsi_image_put_udf_revision(image, revision));
	ASSERT_OK(fsi_image_put_udf_holes(image, true));
	ASSERT_OK(fsi_directory_add_file_from_path(root, "sparse", api_host("sparse")));
	api_add_text(root, "behind", "it");
	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks));
	view = read_back();
	entry = disc_entry(view, "sparse");
	ck_assert_uint_eq(count_holes(entry, &size), sparse_rows[row].holes);
	ck_assert_uint_eq(size, (uint64_t)sparse_rows[row].size);
	ck_assert_uint_lt(blocks, 1500);
	assert_marks(entry, row);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	end();
}

START_TEST(holes_of_host_files_stay_holes)
{
	api_begin_folder();
	make_sparse("sparse", sparse_rows[_i].size, sparse_rows[_i].marks,
		    sparse_rows[_i].count);
	check_sparse(_i, 0x102);
	check_sparse(_i, 0x260);
	api_end_folder();
}
END_TEST

START_TEST(holes_are_recorded_where_others_share_the_data)
{
	const off_t marks[] = {UNIT};
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;
	uint64_t size = 0;

	api_begin_folder();
	make_sparse("sparse", 3 * UNIT, marks, 1);
	begin(BRIDGE);
	(void)fsi_image_put_udf_holes(image, true);
	ASSERT_OK(fsi_directory_add_file_from_path(root, "sparse", api_host("sparse")));
	view = read_back();
	entry = disc_entry(view, "sparse");
	ck_assert_uint_eq(count_holes(entry, &size), 0);
	ck_assert_uint_eq(size, 3 * UNIT);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	end();
	api_end_folder();
}
END_TEST

START_TEST(a_sparse_file_that_has_gone_is_told_when_it_is_laid_out)
{
	fsi_result *result = NULL;

	api_begin_folder();
	make_sparse("sparse", 3 * UNIT, NULL, 0);
	begin(UDF);
	ASSERT_OK(fsi_image_put_udf_holes(image, true));
	ASSERT_OK(fsi_directory_add_file_from_path(root, "sparse", api_host("sparse")));
	ck_assert_int_eq(unlink(api_host("sparse")), 0);
	ck_assert_int_eq(fsi_image_create_result_image(image, &result),
			 IMAPI_E_DATA_STREAM_CREATE_FAILURE);
	make_sparse("sparse", 4 * UNIT, NULL, 0);
	ck_assert_int_eq(fsi_image_create_result_image(image, &result),
			 IMAPI_E_DATA_STREAM_INCONSISTENCY);
	ck_assert_ptr_null(result);
	end();
	api_end_folder();
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

/* An image that needs all that a layout of UDF can need. */
static void fill_for_memory(void)
{
	const off_t marks[] = {UNIT, 5 * UNIT};
	char target[2200];

	make_sparse("sparse", 9 * UNIT, marks, 2);
	make_sparse("huge", (off_t)300 << 30, NULL, 0);
	fill();
	for (unsigned i = 0; i < sizeof(target); i++)
		target[i] = i % 100 == 99 ? '/' : 't';
	target[sizeof(target) - 1] = '\0';
	ASSERT_OK(fsi_directory_add_symbolic_link(root, "long link", target));
	ASSERT_OK(fsi_directory_add_file_from_path(root, "sparse", api_host("sparse")));
	ASSERT_OK(fsi_directory_add_file_from_path(root, "huge", api_host("huge")));
}

START_TEST(a_layout_without_memory_is_told_wherever_it_fails)
{
	HRESULT hr = E_OUTOFMEMORY;
	long allocations = 0;
	fsi_result *result = NULL;

	api_begin_folder();
	begin(UDF);
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x250));
	ASSERT_OK(fsi_image_put_udf_holes(image, _i == 0));
	fill_for_memory();
	for (; hr == E_OUTOFMEMORY && allocations < 1000; allocations++) {
		fsi_memory_fail_after(allocations);
		hr = fsi_image_create_result_image(image, &result);
		fsi_memory_fail_after(-1);
	}
	ck_assert_int_eq(hr, S_OK);
	ck_assert_int_gt(allocations, 10);
	fsi_result_release(result);
	end();
	api_end_folder();
}
END_TEST

int main(void)
{
	const int count = (int)(sizeof(revisions) / sizeof(revisions[0]));
	Suite *suite = suite_create("udf images");
	TCase *tcase = tcase_create("properties");

	tcase_add_test(tcase, a_copy_of_metadata_is_on_by_default_and_needs_2_50);
	tcase_add_test(tcase, a_copy_of_metadata_takes_its_blocks);
	tcase_add_test(tcase, holes_are_off_by_default_and_need_udf_alone);
	tcase_add_test(tcase, properties_stay_while_a_result_is_alive);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("every revision");
	tcase_add_loop_test(tcase, alone_it_holds_everything, 0, count);
	tcase_add_loop_test(tcase, beside_other_file_systems_it_holds_everything, 0,
			    count);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("holes");
	tcase_add_loop_test(tcase, holes_of_host_files_stay_holes, 0, SPARSE_ROWS);
	tcase_add_test(tcase, holes_are_recorded_where_others_share_the_data);
	tcase_add_test(tcase, a_sparse_file_that_has_gone_is_told_when_it_is_laid_out);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("memory");
	tcase_add_loop_test(tcase, a_layout_without_memory_is_told_wherever_it_fails, 0,
			    2);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
