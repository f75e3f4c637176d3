/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image manager: what is set, what it hands out, and its documented codes. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <string.h>
#include <sys/stat.h>

#define BLOCK ((uint64_t)FSI_BLOCK_SIZE)

/* ---- images of a few descriptors --------------------------------------- */

/* Volume structure descriptors from block 16 on: type, identifier and version. */
static const char *sequence[260];

static uint8_t sequence_byte(uint64_t offset)
{
	const uint64_t block = offset / BLOCK;
	const char *descriptor = NULL;

	if (offset % BLOCK >= 7 || block < 16 ||
	    block - 16 >= sizeof(sequence) / sizeof(sequence[0]))
		return 0;
	descriptor = sequence[block - 16];
	return descriptor == NULL ? 0 : (uint8_t)descriptor[offset % BLOCK];
}

static struct test_stream source;
static fsi_stream *stream;
static fsi_image_manager *manager;

static void set_up(void)
{
	api_begin_folder();
	memset(sequence, 0, sizeof(sequence));
	source = (struct test_stream){.size = 32 * BLOCK, .byte = sequence_byte};
	stream = test_stream_open(&source);
	ASSERT_OK(fsi_image_manager_create(&manager));
}

static void tear_down(void)
{
	fsi_image_manager_release(manager);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 1);
	api_end_folder();
}

static void set_sequence(const char *first, const char *second, const char *third)
{
	sequence[0] = first;
	sequence[1] = second;
	sequence[2] = third;
}

/* ---- what is set ------------------------------------------------------- */

START_TEST(a_new_manager_has_no_path_and_no_stream)
{
	fsi_stream *data = stream;

	ASSERT_TEXT(fsi_image_manager_get_path, manager, "");
	ASSERT_OK(fsi_image_manager_get_stream(manager, &data));
	ck_assert_ptr_null(data);
}
END_TEST

START_TEST(a_path_becomes_a_stream_and_a_stream_takes_the_path_away)
{
	fsi_stream *data = NULL;
	char text[8] = "";

	scratch_text(&api_folder, "one", "text");
	ASSERT_OK(fsi_image_manager_set_path(manager, api_host("one")));
	ASSERT_TEXT(fsi_image_manager_get_path, manager, api_host("one"));
	ASSERT_OK(fsi_image_manager_get_stream(manager, &data));
	api_read(data, 0, text, 4);
	ck_assert_str_eq(text, "text");
	fsi_stream_release(data);
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_TEXT(fsi_image_manager_get_path, manager, "");
	ASSERT_OK(fsi_image_manager_get_stream(manager, &data));
	ck_assert_ptr_eq(data, stream);
	fsi_stream_release(data);
	ASSERT_OK(fsi_image_manager_set_path(manager, api_host("one")));
	ASSERT_OK(fsi_image_manager_get_stream(manager, &data));
	ck_assert_ptr_ne(data, stream);
	fsi_stream_release(data);
}
END_TEST

START_TEST(the_stream_outlives_the_manager)
{
	fsi_image_manager *other = fsi_image_manager_add_ref(manager);
	fsi_stream *data = NULL;

	ck_assert_ptr_eq(other, manager);
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_OK(fsi_image_manager_get_stream(manager, &data));
	fsi_image_manager_release(manager);
	ck_assert_uint_eq(source.destroyed, 0);
	ASSERT_TEXT(fsi_image_manager_get_path, other, "");
	manager = NULL;
	fsi_image_manager_release(other);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 0);
	stream = data;
	ck_assert_ptr_null(fsi_image_manager_add_ref(NULL));
	fsi_image_manager_release(NULL);
}
END_TEST

/* A path that is refused leaves what was set before. */
static void assert_stays(const char *path, HRESULT hr)
{
	fsi_stream *data = NULL;
	char *old = NULL;

	ck_assert(FAILED(hr));
	ASSERT_OK(fsi_image_manager_get_path(manager, &old));
	ck_assert_str_eq(old, path);
	fsi_free(old);
	ASSERT_OK(fsi_image_manager_get_stream(manager, &data));
	ck_assert_ptr_nonnull(data);
	fsi_stream_release(data);
}

#define ASSERT_PATH_REFUSED(path, code, inserts) \
	do { \
		const HRESULT hr_ = fsi_image_manager_set_path(manager, (path)); \
\
		ASSERT_FAILS(hr_, code, inserts); \
		assert_stays(api_host("good"), hr_); \
	} while (0)

START_TEST(a_path_that_can_lead_to_no_file_is_invalid)
{
	char long_path[5000];
	const char *path = NULL;

	scratch_text(&api_folder, "good", "text");
	scratch_folder(&api_folder, "folder");
	ck_assert_int_eq(mkfifo(api_host("pipe"), 0644), 0);
	ASSERT_OK(fsi_image_manager_set_path(manager, api_host("good")));
	ASSERT_PATH_REFUSED("", IMAPI_E_INVALID_PATH, "");
	path = api_host("folder");
	ASSERT_PATH_REFUSED(path, IMAPI_E_INVALID_PATH, path);
	path = api_host("pipe");
	ASSERT_PATH_REFUSED(path, IMAPI_E_INVALID_PATH, path);
	path = api_host("good/below");
	ASSERT_FAILS(fsi_image_manager_set_path(manager, path), IMAPI_E_INVALID_PATH,
		     path);
	ck_assert_str_eq(fsi_error_get_message(),
			 api_text("\"%s\" is not a path that the rules in force allow in "
				  "the image. It leads to no file that may be an image.",
				  path));
	memset(long_path, 'a', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	ck_assert_int_eq(fsi_image_manager_set_path(manager, long_path),
			 IMAPI_E_INVALID_PATH);
	assert_stays(api_host("good"), IMAPI_E_INVALID_PATH);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_the_systems_error)
{
	scratch_text(&api_folder, "good", "text");
	ASSERT_OK(fsi_image_manager_set_path(manager, api_host("good")));
	ASSERT_PATH_REFUSED(api_host("none"), FSI_E_FILE_NOT_FOUND, "");
}
END_TEST

/* ---- validation -------------------------------------------------------- */

static void assert_message(HRESULT code, const char *message)
{
	ck_assert_int_eq(fsi_error_get_code(), code);
	ck_assert_str_eq(fsi_error_get_message(), message);
}

START_TEST(nothing_that_was_set_is_no_image)
{
	ASSERT_FAILS(fsi_image_manager_validate(manager), IMAPI_E_IMAGEMANAGER_NO_IMAGE,
		     "");
	assert_message(IMAPI_E_IMAGEMANAGER_NO_IMAGE,
		       "No disc image was given that could be checked.");
}
END_TEST

START_TEST(an_image_is_made_of_whole_blocks)
{
	set_sequence("\1CD001\1",
		     "\xFF"
		     "CD001\1",
		     NULL);
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	for (int difference = -1; difference <= 1; difference++) {
		source.size = 20 * BLOCK + (uint64_t)(int64_t)difference;
		if (difference == 0) {
			ASSERT_OK(fsi_image_manager_validate(manager));
			continue;
		}
		ASSERT_FAILS(fsi_image_manager_validate(manager),
			     IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED, "");
		assert_message(IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED,
			       "The size of the disc image is not a whole number of "
			       "blocks of 2048 bytes.");
	}
	source.size = 20 * BLOCK + 512;
	ASSERT_FAILS(fsi_image_manager_validate(manager),
		     IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED, "");
}
END_TEST

START_TEST(an_image_has_at_most_as_many_blocks_as_can_be_counted)
{
	set_sequence("\1CD001\1", NULL, NULL);
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	source.size = 2147483646 * BLOCK;
	ASSERT_OK(fsi_image_manager_validate(manager));
	source.size = 2147483647 * BLOCK;
	ASSERT_OK(fsi_image_manager_validate(manager));
	source.size = 2147483648 * BLOCK;
	ASSERT_FAILS(fsi_image_manager_validate(manager),
		     IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG, "");
	assert_message(IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG,
		       "The disc image has over 2,147,483,647 blocks, more than can be "
		       "checked.");
	source.size++;
	ASSERT_FAILS(fsi_image_manager_validate(manager),
		     IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED, "");
}
END_TEST

static const struct {
	const char *descriptors[3];
	bool is_valid;
} sequences[] = {
	{{"\1CD001\1", NULL, NULL}, true},
	{{"\0CD001\1", "\1CD001\1", NULL}, true},
	{{"\2CD001\1", "\3CD001\1", "\1CD001\1"}, true},
	{{"\0BEA01\1", "\0NSR02\1", "\0TEA01\1"}, true},
	{{"\0BEA01\1", "\0NSR03\1", "\0TEA01\1"}, true},
	{{"\0BOOT2\1", "\0CDW02\1", "\0NSR03\1"}, true},
	{{NULL, NULL, NULL}, false},
	{{"\2CD001\1",
	  "\xFF"
	  "CD001\1",
	  NULL},
	 false},
	{{"\0BEA01\1", "\0TEA01\1", NULL}, false},
	{{"\0BEA01\1", "\0NSR04\1", "\0TEA01\1"}, false},
	{{"\0CDW02\1", "\0BOOT2\1", NULL}, false},
	{{NULL, "\1CD001\1", NULL}, false}, /* behind the end of the sequence */
	{{"\1CD002\1", NULL, NULL}, false},
};

START_TEST(an_image_has_a_descriptor_that_tells_its_file_system)
{
	set_sequence(sequences[_i].descriptors[0], sequences[_i].descriptors[1],
		     sequences[_i].descriptors[2]);
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	if (sequences[_i].is_valid) {
		ASSERT_OK(fsi_image_manager_validate(manager));
		return;
	}
	ASSERT_FAILS(fsi_image_manager_validate(manager),
		     IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND, "");
	assert_message(IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND,
		       "The disc image has no valid volume descriptor.");
}
END_TEST

START_TEST(an_image_that_ends_before_its_descriptors_has_none)
{
	set_sequence("\1CD001\1", NULL, NULL);
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	for (unsigned blocks = 0; blocks <= 16; blocks += 8) {
		source.size = blocks * BLOCK;
		ASSERT_FAILS(fsi_image_manager_validate(manager),
			     IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND, "");
	}
	source.size = 17 * BLOCK;
	ASSERT_OK(fsi_image_manager_validate(manager));
}
END_TEST

START_TEST(descriptors_without_an_end_are_read_so_far_and_no_further)
{
	for (size_t i = 0; i < sizeof(sequence) / sizeof(sequence[0]); i++)
		sequence[i] = "\2CD001\1";
	source.size = 2147483647 * BLOCK;
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_FAILS(fsi_image_manager_validate(manager),
		     IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND, "");
	ck_assert_uint_le(source.reads, 300);
}
END_TEST

START_TEST(raw_sectors_with_their_headers_are_no_image_of_user_data)
{
	/* The descriptor of a raw image stands elsewhere: 16 * 2352 + 16. */
	source.byte = test_stream_byte;
	source.size = 2352 * 128;
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_FAILS(fsi_image_manager_validate(manager),
		     IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND, "");
}
END_TEST

START_TEST(an_image_that_cannot_be_read_is_told_so)
{
	set_sequence("\1CD001\1", NULL, NULL);
	source.fails = true;
	source.failure = E_ACCESSDENIED;
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_FAILS(fsi_image_manager_validate(manager), IMAPI_E_IMPORT_READ_FAILURE,
		     "16");
	source.size_failure = E_NOTIMPL;
	ASSERT_FAILS(fsi_image_manager_validate(manager), E_NOTIMPL, "");
}
END_TEST

START_TEST(an_image_of_ours_is_valid)
{
	fsi_image *image = api_image(_i == 0 ? ISO : _i == 1 ? UDF : BRIDGE);
	fsi_stream *made = api_image_stream(image);

	ASSERT_OK(fsi_image_manager_set_stream(manager, made));
	ASSERT_OK(fsi_image_manager_validate(manager));
	fsi_stream_release(made);
	fsi_image_release(image);
}
END_TEST

START_TEST(pointers_are_required)
{
	fsi_image_manager *made = NULL;
	fsi_stream *data = NULL;
	char *path = NULL;

	ASSERT_FAILS(fsi_image_manager_create(NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_set_path(NULL, "path"), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_set_path(manager, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_set_stream(NULL, stream), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_set_stream(manager, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_get_path(NULL, &path), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_get_path(manager, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_get_stream(NULL, &data), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_get_stream(manager, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_manager_validate(NULL), E_POINTER, "");
	ck_assert(made == NULL && data == NULL && path == NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image manager");
	TCase *tcase = tcase_create("manager");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_new_manager_has_no_path_and_no_stream);
	tcase_add_test(tcase, a_path_becomes_a_stream_and_a_stream_takes_the_path_away);
	tcase_add_test(tcase, the_stream_outlives_the_manager);
	tcase_add_test(tcase, a_path_that_can_lead_to_no_file_is_invalid);
	tcase_add_test(tcase, a_file_that_is_not_there_is_the_systems_error);
	tcase_add_test(tcase, nothing_that_was_set_is_no_image);
	tcase_add_test(tcase, an_image_is_made_of_whole_blocks);
	tcase_add_test(tcase, an_image_has_at_most_as_many_blocks_as_can_be_counted);
	tcase_add_loop_test(tcase, an_image_has_a_descriptor_that_tells_its_file_system,
			    0, sizeof(sequences) / sizeof(sequences[0]));
	tcase_add_test(tcase, an_image_that_ends_before_its_descriptors_has_none);
	tcase_add_test(tcase, descriptors_without_an_end_are_read_so_far_and_no_further);
	tcase_add_test(tcase, raw_sectors_with_their_headers_are_no_image_of_user_data);
	tcase_add_test(tcase, an_image_that_cannot_be_read_is_told_so);
	tcase_add_loop_test(tcase, an_image_of_ours_is_valid, 0, 3);
	tcase_add_test(tcase, pointers_are_required);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
