/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the public API have in common. */
#include "tests/support/api.h"

#include "tests/support/privileges.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- assertions -------------------------------------------------------- */

void api_assert_ok(const struct api_place *place, HRESULT hr)
{
	if (hr != S_OK)
		ck_abort_msg("%s:%d: %s: 0x%08" PRIX32 " %s: %s", place->file,
			     place->line, place->call, (uint32_t)hr, fsi_error_get_name(),
			     fsi_error_get_message());
	if (fsi_error_get_code() != S_OK)
		ck_abort_msg("%s:%d: %s succeeded and left the error %s", place->file,
			     place->line, place->call, fsi_error_get_name());
	(void)fsi_image_get_root(NULL, NULL);
}

/* The inserts of the thread's error as text, and the letters of their types. */
static void print_inserts(char (*ret_text)[8192], char (*ret_types)[4])
{
	FILE *out = fmemopen(*ret_text, sizeof(*ret_text), "w");
	const unsigned count = fsi_error_get_insert_count();

	ck_assert_ptr_nonnull(out);
	ck_assert_uint_lt(count, sizeof(*ret_types));
	for (unsigned i = 0; i < count; i++) {
		struct fsi_insert insert;

		ck_assert_int_eq(fsi_error_get_insert(i, &insert), S_OK);
		(*ret_types)[i] = (char)insert.type;
		if (i > 0)
			fputc('|', out);
		if (insert.type == FSI_INSERT_STRING)
			fputs(insert.text, out);
		else
			fprintf(out, "%" PRId64, insert.number);
	}
	(*ret_types)[count] = '\0';
	fputc('\0', out);
	ck_assert_int_eq(fclose(out), 0);
}

static void assert_message_has_inserts(const struct api_place *place)
{
	const char *message = fsi_error_get_message();

	if (message[0] == '\0' || strchr(message, '%') != NULL)
		ck_abort_msg("%s:%d: %s: message \"%s\"", place->file, place->line,
			     place->call, message);
	for (unsigned i = 0; i < fsi_error_get_insert_count(); i++) {
		struct fsi_insert insert;
		char number[32];

		ck_assert_int_eq(fsi_error_get_insert(i, &insert), S_OK);
		snprintf(number, sizeof(number), "%" PRId64, insert.number);
		if (insert.type == FSI_INSERT_STRING)
			api_assert_says(place, insert.text);
		else
			api_assert_says(place, number);
	}
}

void api_assert_fails(const struct api_place *place, HRESULT hr, HRESULT code,
		      const char *name, const char *inserts)
{
	const struct fsi_code *row = fsi_code_from_value(code);
	char text[8192] = "";
	char types[4] = "";

	ck_assert_ptr_nonnull(row);
	print_inserts(&text, &types);
	if (hr != code || fsi_error_get_code() != code ||
	    strcmp(fsi_error_get_name(), name) != 0 || strcmp(types, row->inserts) != 0 ||
	    strcmp(text, inserts) != 0)
		ck_abort_msg("%s:%d: %s: expected %s (%s), got 0x%08" PRIX32
			     " %s (%s): %s",
			     place->file, place->line, place->call, name, inserts,
			     (uint32_t)hr, fsi_error_get_name(), text,
			     fsi_error_get_message());
	assert_message_has_inserts(place);
}

void api_assert_says(const struct api_place *place, const char *text)
{
	if (strstr(fsi_error_get_message(), text) == NULL)
		ck_abort_msg("%s:%d: %s: no \"%s\" in \"%s\"", place->file, place->line,
			     place->call, text, fsi_error_get_message());
}

/* ---- images ------------------------------------------------------------ */

fsi_image *api_image(fsi_file_systems file_systems)
{
	const struct timespec now = {.tv_sec = API_SECONDS};
	fsi_image *image = NULL;

	ASSERT_OK(fsi_image_create(&now, &image));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, file_systems));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 0));
	return image;
}

fsi_directory *api_root(fsi_image *image)
{
	fsi_directory *root = NULL;

	ASSERT_OK(fsi_image_get_root(image, &root));
	return root;
}

fsi_item *api_item(fsi_directory *directory, const char *path)
{
	fsi_item *item = NULL;

	ASSERT_OK(fsi_directory_get_item(directory, path, &item));
	return item;
}

fsi_directory *api_directory(fsi_directory *directory, const char *path)
{
	fsi_directory *found = fsi_item_as_directory(api_item(directory, path));

	ck_assert_ptr_nonnull(found);
	return found;
}

fsi_file *api_file(fsi_directory *directory, const char *path)
{
	fsi_file *found = fsi_item_as_file(api_item(directory, path));

	ck_assert_ptr_nonnull(found);
	return found;
}

void api_add_directory(fsi_directory *directory, const char *path)
{
	ASSERT_OK(fsi_directory_add_directory(directory, path));
}

void api_add_text(fsi_directory *directory, const char *path, const char *text)
{
	fsi_stream *stream = api_text_stream(text);

	ASSERT_OK(fsi_directory_add_file(directory, path, stream));
	fsi_stream_release(stream);
}

void api_add_sized(fsi_directory *directory, const char *path, size_t size)
{
	fsi_stream *stream = api_sized_stream(size);

	ASSERT_OK(fsi_directory_add_file(directory, path, stream));
	fsi_stream_release(stream);
}

void api_fill(fsi_directory *directory)
{
	static const size_t sizes[] = {0, 1, 2047, 2048, 2049, 10000, 300000};

	api_add_directory(directory, "sub");
	api_add_directory(directory, "sub\\deeper");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		api_add_sized(directory, api_text("sub\\file %zu", i), sizes[i]);
	for (int i = 0; i < 100; i++)
		api_add_text(directory, api_text("sub\\deeper\\small file number %d", i),
			     "x");
	scratch_text(&api_folder, "host", "some bytes");
	ASSERT_OK(fsi_directory_add_file_from_path(directory, "host.txt",
						   api_host("host")));
}

/* ---- descriptions ------------------------------------------------------ */

typedef HRESULT (*get_time_function)(fsi_item *item, struct timespec *ret_val);
typedef HRESULT (*get_flag_function)(fsi_image *image, bool *ret_val);
typedef HRESULT (*get_text_function)(fsi_image *image, char **ret_text);

static void describe_file(FILE *out, fsi_file *file)
{
	fsi_named_streams *streams = NULL;
	uint32_t count = 0;
	uint64_t size = 0;
	bool is_real_time = false;

	ASSERT_OK(fsi_file_get_data_size(file, &size));
	ASSERT_OK(fsi_file_get_is_real_time(file, &is_real_time));
	ASSERT_OK(fsi_file_get_named_streams(file, &streams));
	ASSERT_OK(fsi_named_streams_get_count(streams, &count));
	fprintf(out, " size %" PRIu64 " real-time %d", size, is_real_time);
	for (uint32_t i = 0; i < count; i++) {
		fsi_file *stream = NULL;
		char *name = NULL;

		ASSERT_OK(fsi_named_streams_get_item(streams, i, &stream));
		ASSERT_OK(fsi_item_get_name(fsi_file_as_item(stream), &name));
		ASSERT_OK(fsi_file_get_data_size(stream, &size));
		fprintf(out, " stream %s %" PRIu64, name, size);
		fsi_free(name);
	}
	fsi_named_streams_release(streams);
}

static void describe_item(FILE *out, fsi_item *item)
{
	static const get_time_function times[] = {
		fsi_item_get_creation_time,
		fsi_item_get_last_accessed_time,
		fsi_item_get_last_modified_time,
	};
	char *path = NULL;
	bool hidden = false;

	ASSERT_OK(fsi_item_get_full_path(item, &path));
	ASSERT_OK(fsi_item_get_is_hidden(item, &hidden));
	fprintf(out, "%d %s hidden %d", (int)fsi_item_get_type(item), path, hidden);
	if (fsi_item_get_type(item) == FSI_ITEM_FILE)
		describe_file(out, fsi_item_as_file(item));
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct timespec time;

		ASSERT_OK(times[i](item, &time));
		fprintf(out, " %lld.%09ld", (long long)time.tv_sec, time.tv_nsec);
	}
	fputc('\n', out);
	fsi_free(path);
}

static void describe_children(FILE *out, fsi_directory *directory)
{
	fsi_enum_items *items = NULL;
	fsi_item *item = NULL;

	ASSERT_OK(fsi_directory_get_enum_items(directory, &items));
	while (fsi_enum_items_next(items, 1, &item, NULL) == S_OK) {
		describe_item(out, item);
		if (fsi_item_get_type(item) == FSI_ITEM_DIRECTORY)
			describe_children(out, fsi_item_as_directory(item));
	}
	fsi_enum_items_release(items);
}

static void describe_flags(FILE *out, fsi_image *image)
{
	static const get_flag_function flags[] = {
		fsi_image_get_use_restricted_character_set,
		fsi_image_get_case_sensitive_names,
		fsi_image_get_any_character_names,
		fsi_image_get_deep_directories,
		fsi_image_get_large_iso_files,
		fsi_image_get_posix_attributes,
		fsi_image_get_reproducible_times,
		fsi_image_get_stage_files,
		fsi_image_get_strict_file_system_compliance,
	};
	static const get_text_function texts[] = {
		fsi_image_get_volume_name,	  fsi_image_get_volume_name_iso9660,
		fsi_image_get_volume_name_joliet, fsi_image_get_volume_name_udf,
		fsi_image_get_working_directory,
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		bool flag = false;

		ASSERT_OK(flags[i](image, &flag));
		fprintf(out, "%d ", flag);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *text = NULL;

		ASSERT_OK(texts[i](image, &text));
		fprintf(out, "\"%s\" ", text);
		fsi_free(text);
	}
}

static void describe_numbers(FILE *out, fsi_image *image)
{
	uint32_t numbers[7] = {0};
	uint64_t largest = 0;
	int64_t free_blocks = 0;
	int32_t point = 0;

	ASSERT_OK(fsi_image_get_file_systems_to_create(image, &numbers[0]));
	ASSERT_OK(fsi_image_get_iso9660_interchange_level(image, &numbers[1]));
	ASSERT_OK(fsi_image_get_udf_revision(image, &numbers[2]));
	ASSERT_OK(fsi_image_get_file_count(image, &numbers[3]));
	ASSERT_OK(fsi_image_get_directory_count(image, &numbers[4]));
	ASSERT_OK(fsi_image_get_directory_levels(image, &numbers[5]));
	ASSERT_OK(fsi_image_get_used_blocks(image, &numbers[6]));
	ASSERT_OK(fsi_image_get_largest_file_size(image, &largest));
	ASSERT_OK(fsi_image_get_free_media_blocks(image, &free_blocks));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		fprintf(out, "%" PRIu32 " ", numbers[i]);
	ASSERT_OK(fsi_image_get_change_point(image, &point));
	fprintf(out, "%" PRIu64 " %" PRId64 " %" PRId32 "\n", largest, free_blocks,
		point);
}

char *api_describe(fsi_image *image)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	describe_flags(out, image);
	describe_numbers(out, image);
	describe_item(out, fsi_directory_as_item(api_root(image)));
	describe_children(out, api_root(image));
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

char *api_describe_content(fsi_image *image)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	describe_item(out, fsi_directory_as_item(api_root(image)));
	describe_children(out, api_root(image));
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

void api_assert_unchanged(fsi_image *image, char *description)
{
	char *now = api_describe(image);
	const char *is = now;
	const char *was = description;

	/* Only the first line that differs is told: the whole may be long. */
	while (*is != '\0' || *was != '\0') {
		const size_t is_length = strcspn(is, "\n");
		const size_t was_length = strcspn(was, "\n");

		if (is_length != was_length || strncmp(is, was, is_length) != 0)
			ck_abort_msg("is \"%.*s\", was \"%.*s\"", (int)is_length, is,
				     (int)was_length, was);
		is += is_length + (is[is_length] != '\0');
		was += was_length + (was[was_length] != '\0');
	}
	free(now);
	free(description);
}

/* ---- strings ----------------------------------------------------------- */

void api_assert_name_in(fsi_item *item, enum fsi_file_system file_system,
			const char *expected)
{
	char *name = NULL;

	ASSERT_OK(fsi_item_get_file_system_name(item, file_system, &name));
	ck_assert_str_eq(name, expected);
	fsi_free(name);
}

void api_assert_path_in(fsi_item *item, enum fsi_file_system file_system,
			const char *expected)
{
	char *path = NULL;

	ASSERT_OK(fsi_item_get_file_system_path(item, file_system, &path));
	ck_assert_str_eq(path, expected);
	fsi_free(path);
}

/* ---- streams and results ----------------------------------------------- */

fsi_stream *api_text_stream(const char *text)
{
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_stream_create_on_memory(text, strlen(text), &stream));
	return stream;
}

fsi_stream *api_sized_stream(size_t size)
{
	fsi_stream *stream = NULL;
	uint8_t *bytes = malloc(size + 1);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(1 + (i * 7 + i / 251 + size) % 255);
	ASSERT_OK(fsi_stream_create_on_memory(bytes, size, &stream));
	free(bytes);
	return stream;
}

uint8_t *api_read_all(fsi_stream *stream, size_t *ret_size)
{
	uint64_t size = 0;
	uint8_t *bytes = NULL;

	ASSERT_OK(fsi_stream_get_size(stream, &size));
	bytes = malloc((size_t)size + 1);
	ck_assert_ptr_nonnull(bytes);
	ASSERT_OK(fsi_stream_read_at(stream, 0, bytes, (size_t)size, NULL));
	*ret_size = (size_t)size;
	return bytes;
}

void api_assert_same_bytes(fsi_stream *one, fsi_stream *other)
{
	size_t one_size = 0;
	size_t other_size = 0;
	uint8_t *one_bytes = api_read_all(one, &one_size);
	uint8_t *other_bytes = api_read_all(other, &other_size);

	ck_assert_uint_eq(one_size, other_size);
	for (size_t i = 0; i < one_size; i++) {
		if (one_bytes[i] != other_bytes[i])
			ck_abort_msg("byte %zu of block %zu: %02X and %02X", i % 2048,
				     i / 2048, one_bytes[i], other_bytes[i]);
	}
	free(one_bytes);
	free(other_bytes);
}

fsi_result *api_result(fsi_image *image)
{
	fsi_result *result = NULL;

	/* A success may tell that something was left out. */
	ck_assert(SUCCEEDED(fsi_image_create_result_image(image, &result)));
	return result;
}

fsi_stream *api_result_stream(fsi_result *result)
{
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_result_get_image_stream(result, &stream));
	return stream;
}

uint32_t api_total_blocks(fsi_result *result)
{
	uint32_t blocks = 0;

	ASSERT_OK(fsi_result_get_total_blocks(result, &blocks));
	return blocks;
}

fsi_stream *api_image_stream(fsi_image *image)
{
	fsi_result *result = api_result(image);
	fsi_stream *stream = api_result_stream(result);

	fsi_result_release(result);
	return stream;
}

void api_read(fsi_stream *stream, uint64_t offset, void *buffer, size_t length)
{
	ASSERT_OK(fsi_stream_read_at(stream, offset, buffer, length, NULL));
}

/* ---- numbers and texts ------------------------------------------------- */

uint32_t api_random(uint64_t *state, uint32_t limit)
{
	/* Knuth's linear congruential generator; its upper half is good enough. */
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((*state >> 32) % limit);
}

const char *api_text(const char *format, ...)
{
	static char texts[8][8192];
	static unsigned next;
	char *text = texts[next++ % 8];
	va_list values;

	va_start(values, format);
	ck_assert_int_lt(vsnprintf(text, sizeof(texts[0]), format, values),
			 (int)sizeof(texts[0]));
	va_end(values);
	return text;
}

/* ---- a folder of this computer ----------------------------------------- */

struct scratch api_folder;

void api_begin_folder(void)
{
	scratch_begin(&api_folder);
	/* Tests that give up their rights still look into it. */
	ck_assert_int_eq(chmod(api_folder.path, 0755), 0);
}

void api_end_folder(void)
{
	privileges_restore();
	scratch_end(&api_folder);
}

const char *api_host(const char *name)
{
	return scratch_at(&api_folder, name);
}

/* ---- running ----------------------------------------------------------- */

int api_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
