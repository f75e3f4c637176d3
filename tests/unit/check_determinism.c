/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Same input, same bytes: whatever the order, the way, the place, the locale. */
#include "tests/support/api.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Names that several file systems can't hold as they are, or take for the same. */
static const char *const names[] = {
	"readme.txt",
	"README.TXT",
	"ReadMe.txt",
	"a long name that is cut at the same place 1.txt",
	"a long name that is cut at the same place 2.txt",
	"a long name that is cut at the same place 3.txt",
	"semi;colon",
	"semi:colon",
	"semi_colon",
	"\xC3\xA4rger.txt",
	"\xC3\x84rger.txt",
	"\xF0\x9F\x92\xBF one",
	"\xF0\x9F\x92\xBF two",
	"x",
	".hidden",
	"no extension",
	"archive.tar.gz",
	"archive.tar.gx",
};

#define NAMES	 (sizeof(names) / sizeof(names[0]))
#define FOLDERS	 3
#define ITEMS	 (NAMES * FOLDERS)
#define SHUFFLES 6

static const fsi_file_systems sets[] = {ISO, ISO_JOLIET, UDF, BRIDGE};

#define SETS (int)(sizeof(sets) / sizeof(sets[0]))

/* ---- making images ----------------------------------------------------- */

static fsi_image *new_image(fsi_file_systems file_systems)
{
	fsi_image *image = api_image(file_systems);

	ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	ASSERT_OK(fsi_image_put_reproducible_times(image, true));
	return image;
}

/* The numbers from 0 in an order that depends on the seed; 0: as they come. */
static void shuffle(size_t *numbers, size_t count, uint64_t seed)
{
	for (size_t i = 0; i < count; i++)
		numbers[i] = i;
	for (size_t i = count; seed != 0 && i > 1; i--) {
		const size_t other = api_random(&seed, (uint32_t)i);
		const size_t swapped = numbers[i - 1];

		numbers[i - 1] = numbers[other];
		numbers[other] = swapped;
	}
}

static const char *folder_of(size_t number)
{
	static const char *const folders[FOLDERS] = {"Folder", "FOLDER", "zzz"};

	return folders[number / NAMES];
}

static const char *path_of(size_t number)
{
	return api_text("%s/%s", folder_of(number), names[number % NAMES]);
}

static size_t size_of(size_t number)
{
	return number * 311;
}

static void add_folders(fsi_image *image, uint64_t seed)
{
	size_t order[FOLDERS];

	shuffle(order, FOLDERS, seed);
	for (size_t i = 0; i < FOLDERS; i++)
		api_add_directory(api_root(image), folder_of(order[i] * NAMES));
}

static void add_files(fsi_image *image, uint64_t seed)
{
	size_t order[ITEMS];

	shuffle(order, ITEMS, seed);
	for (size_t i = 0; i < ITEMS; i++)
		api_add_sized(api_root(image), path_of(order[i]), size_of(order[i]));
}

/* Let go of an image and compare its bytes with those of another. */
static void assert_same(fsi_image *image, fsi_stream *expected)
{
	fsi_stream *stream = api_image_stream(image);

	api_assert_same_bytes(stream, expected);
	fsi_stream_release(stream);
	fsi_image_release(image);
}

static fsi_stream *make_reference(fsi_file_systems file_systems)
{
	fsi_image *image = new_image(file_systems);
	fsi_stream *stream = NULL;

	add_folders(image, 0);
	add_files(image, 0);
	stream = api_image_stream(image);
	fsi_image_release(image);
	return stream;
}

/* ---- orders ------------------------------------------------------------ */

START_TEST(the_order_of_adding_does_not_matter)
{
	fsi_stream *expected = make_reference(sets[_i]);

	for (uint64_t seed = 1; seed <= SHUFFLES; seed++) {
		fsi_image *image = new_image(sets[_i]);

		add_folders(image, seed);
		add_files(image, seed);
		assert_same(image, expected);
	}
	fsi_stream_release(expected);
}
END_TEST

START_TEST(what_was_there_and_went_leaves_no_trace)
{
	fsi_stream *expected = make_reference(sets[_i]);
	fsi_image *image = new_image(sets[_i]);
	fsi_directory *root = api_root(image);
	fsi_stream *stream = NULL;

	add_folders(image, 1);
	api_add_text(root, "Folder/in between", "x");
	api_add_directory(root, "gone");
	api_add_sized(root, "gone/large", 100000);
	add_files(image, 1);
	/* A result in between, and some of the properties. */
	fsi_stream_release(api_image_stream(image));
	ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, 1));
	fsi_stream_release(api_image_stream(image));
	ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, 2));
	ASSERT_OK(fsi_directory_remove(root, "Folder/in between"));
	ASSERT_OK(fsi_directory_remove_tree(root, "gone"));
	/* And what failed. */
	stream = api_text_stream("x");
	ck_assert(FAILED(fsi_directory_add_file(root, "Folder/x", stream)));
	ck_assert(FAILED(fsi_directory_add_tree(root, api_host("none"), true)));
	fsi_stream_release(stream);
	/* One goes and comes again. */
	ASSERT_OK(fsi_directory_remove(root, path_of(5)));
	api_add_sized(root, path_of(5), size_of(5));
	assert_same(image, expected);
	fsi_stream_release(expected);
}
END_TEST

START_TEST(the_way_of_adding_does_not_matter)
{
	fsi_stream *expected = make_reference(sets[_i]);
	fsi_image *image = new_image(sets[_i]);
	size_t order[ITEMS];

	add_folders(image, 2);
	shuffle(order, ITEMS, 3);
	for (size_t i = 0; i < ITEMS; i++) {
		const size_t number = order[i];
		fsi_stream *stream = api_sized_stream(size_of(number));
		fsi_file *file = NULL;

		ASSERT_OK(
			fsi_image_create_file_item(image, names[number % NAMES], &file));
		ASSERT_OK(fsi_file_put_data(file, stream));
		ASSERT_OK(fsi_directory_add(
			api_directory(api_root(image), folder_of(number)),
			fsi_file_as_item(file)));
		fsi_stream_release(stream);
	}
	assert_same(image, expected);
	fsi_stream_release(expected);
}
END_TEST

START_TEST(a_result_is_the_same_each_time)
{
	fsi_image *image = new_image(sets[_i]);
	fsi_stream *first = NULL;

	add_folders(image, 0);
	add_files(image, 0);
	first = api_image_stream(image);
	assert_same(image, first);
	fsi_stream_release(first);
}
END_TEST

/* ---- folders of this computer ------------------------------------------ */

/* Make a folder whose entries are created in some order, with one time for all. */
static void make_tree(const char *name, uint64_t seed)
{
	size_t order[ITEMS];
	char bytes[64];

	scratch_folder(&api_folder, name);
	shuffle(order, FOLDERS, seed);
	for (size_t i = 0; i < FOLDERS; i++)
		scratch_folder(&api_folder,
			       api_text("%s/%s", name, folder_of(order[i] * NAMES)));
	shuffle(order, ITEMS, seed);
	for (size_t i = 0; i < ITEMS; i++) {
		const char *path = api_text("%s/%s", name, path_of(order[i]));

		memset(bytes, (int)order[i], sizeof(bytes));
		scratch_write(&api_folder, path, bytes, order[i] % 64);
		scratch_date(&api_folder, path, 1000000000 + (int64_t)order[i]);
	}
	for (size_t i = 0; i < FOLDERS; i++)
		scratch_date(&api_folder, api_text("%s/%s", name, folder_of(i * NAMES)),
			     1100000000);
}

START_TEST(the_folder_that_a_tree_comes_from_does_not_matter)
{
	fsi_stream *expected = NULL;
	fsi_image *image = new_image(sets[_i]);

	make_tree("one", 0);
	ASSERT_OK(fsi_directory_add_tree(api_root(image), api_host("one"), false));
	expected = api_image_stream(image);
	fsi_image_release(image);
	for (uint64_t seed = 1; seed <= 3; seed++) {
		size_t size = 0;
		char name[32];

		snprintf(name, sizeof(name), "other %d", (int)seed);
		make_tree(name, seed);
		image = new_image(sets[_i]);
		ASSERT_OK(fsi_directory_add_tree(api_root(image), api_host(name), false));
		/* Reading the sources changes them in no way that would show. */
		free(scratch_read(&api_folder, api_text("%s/%s", name, path_of(7)),
				  &size));
		assert_same(image, expected);
	}
	fsi_stream_release(expected);
}
END_TEST

START_TEST(a_tree_may_also_be_added_piece_by_piece)
{
	fsi_stream *expected = NULL;
	fsi_image *image = new_image(sets[_i]);
	const struct fsi_add_tree_options options = {.size = sizeof(options),
						     .include_base_directory = true};

	make_tree("one", 0);
	ASSERT_OK(fsi_directory_add_tree(api_root(image), api_host("one"), false));
	expected = api_image_stream(image);
	fsi_image_release(image);
	image = new_image(sets[_i]);
	for (size_t i = FOLDERS; i-- > 0;)
		ASSERT_OK(fsi_directory_add_tree_with_options(
			api_root(image),
			api_host(api_text("one/%s", folder_of(i * NAMES))), &options,
			NULL));
	assert_same(image, expected);
	fsi_stream_release(expected);
}
END_TEST

/* ---- surroundings ------------------------------------------------------ */

START_TEST(neither_locale_nor_time_zone_nor_umask_shows)
{
	fsi_stream *expected = make_reference(BRIDGE);
	fsi_stream *stream = NULL;
	const mode_t mask = umask(0077);

	ck_assert_int_eq(setenv("TZ", "Pacific/Kiritimati", 1), 0);
	tzset();
	/* Whichever of these there are. */
	setlocale(LC_ALL, "tr_TR.UTF-8");
	setlocale(LC_ALL, "C.UTF-8");
	stream = make_reference(BRIDGE);
	api_assert_same_bytes(stream, expected);
	fsi_stream_release(stream);
	fsi_stream_release(expected);
	umask(mask);
	setlocale(LC_ALL, "C");
	unsetenv("TZ");
	tzset();
}
END_TEST

START_TEST(another_recording_time_does_show)
{
	const struct timespec later = {.tv_sec = API_SECONDS + 60};
	fsi_image *image = api_image(BRIDGE);
	fsi_stream *expected = api_image_stream(image);
	fsi_stream *stream = NULL;
	size_t size = 0;
	uint8_t *one = api_read_all(expected, &size);
	uint8_t *other = NULL;

	fsi_image_release(image);
	ASSERT_OK(fsi_image_create(&later, &image));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	stream = api_image_stream(image);
	other = api_read_all(stream, &size);
	ck_assert_int_ne(memcmp(one, other, size), 0);
	free(one);
	free(other);
	fsi_stream_release(stream);
	fsi_stream_release(expected);
	fsi_image_release(image);
}
END_TEST

/* The volume set identifier of UDF: byte 72 of block 32 (ECMA-167 3/10.1.11). */
static void read_volume_set(const char *file, size_t size, char (*ret_identifier)[128])
{
	fsi_image *image = api_image(UDF);
	fsi_stream *stream = NULL;

	api_add_sized(api_root(image), file, size);
	stream = api_image_stream(image);
	api_read(stream, 32 * FSI_BLOCK_SIZE + 72, *ret_identifier, 128);
	fsi_stream_release(stream);
	fsi_image_release(image);
}

START_TEST(volumes_of_the_same_second_are_told_apart_by_their_content)
{
	char one[128];
	char other[128];

	read_volume_set("a", 10, &one);
	read_volume_set("a", 10, &other);
	ck_assert_int_eq(memcmp(one, other, sizeof(one)), 0);
	read_volume_set("b", 10, &other);
	ck_assert_int_ne(memcmp(one, other, sizeof(one)), 0);
	read_volume_set("A", 10, &other);
	ck_assert_int_ne(memcmp(one, other, sizeof(one)), 0);
	read_volume_set("a", 11, &other);
	ck_assert_int_ne(memcmp(one, other, sizeof(one)), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("determinism");
	TCase *tcase = tcase_create("orders");

	tcase_add_checked_fixture(tcase, api_begin_folder, api_end_folder);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, the_order_of_adding_does_not_matter, 0, SETS);
	tcase_add_loop_test(tcase, what_was_there_and_went_leaves_no_trace, 0, SETS);
	tcase_add_loop_test(tcase, the_way_of_adding_does_not_matter, 0, SETS);
	tcase_add_loop_test(tcase, a_result_is_the_same_each_time, 0, SETS);
	tcase_add_loop_test(tcase, the_folder_that_a_tree_comes_from_does_not_matter, 0,
			    SETS);
	tcase_add_loop_test(tcase, a_tree_may_also_be_added_piece_by_piece, 0, SETS);
	tcase_add_test(tcase, neither_locale_nor_time_zone_nor_umask_shows);
	tcase_add_test(tcase, another_recording_time_does_show);
	tcase_add_test(tcase, volumes_of_the_same_second_are_told_apart_by_their_content);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
