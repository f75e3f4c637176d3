/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls of booting with the first, the second, … allocation failing: each tells
 * E_OUTOFMEMORY and leaves everything as it was, or succeeds.
 */
#include "base/memory.h"
#include "tests/support/boot.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ALLOCATIONS 2000

static fsi_image *image;
static fsi_boot_options *kept;	/* is the one entry of image */
static fsi_boot_options *other; /* with a stream */
static fsi_stream *stream;
static fsi_stream *disc_stream; /* a bootable image */

static void set_up(void)
{
	api_begin_folder();
	scratch_text(&api_folder, "host", "boot code");
	image = api_image(BRIDGE);
	stream = api_sized_stream(3000);
	api_add_sized(api_root(image), "boot", 4000);
	api_add_text(api_root(image), "text", "text");
	kept = boot_file(FSI_PLATFORM_X86, "/boot");
	ASSERT_OK(fsi_boot_options_put_manufacturer(kept, "somebody"));
	ASSERT_OK(fsi_boot_options_put_boot_info_table(kept, true));
	ASSERT_OK(fsi_image_put_boot_catalog_path(image, "/boot.cat"));
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, &kept, 1));
	other = boot_sized(FSI_PLATFORM_EFI, 5000);
	ASSERT_OK(fsi_boot_options_put_manufacturer(other, "other"));
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_boot_options_release(kept);
	fsi_boot_options_release(other);
	fsi_stream_release(stream);
	fsi_stream_release(disc_stream);
	disc_stream = NULL;
	fsi_image_release(image);
	api_end_folder();
}

/* ---- the calls --------------------------------------------------------- */

static HRESULT create_options(void)
{
	fsi_boot_options *made = NULL;
	const HRESULT hr = fsi_boot_options_create(&made);

	fsi_boot_options_release(made);
	return hr;
}

static HRESULT assign_path(void)
{
	return fsi_boot_options_assign_boot_image_from_path(kept, api_host("host"));
}

static HRESULT assign_file(void)
{
	return fsi_boot_options_assign_boot_file(kept, "/text");
}

static HRESULT put_manufacturer(void)
{
	return fsi_boot_options_put_manufacturer(kept, "nobody");
}

static HRESULT get_texts(void)
{
	char *text = NULL;
	HRESULT hr = fsi_boot_options_get_manufacturer(kept, &text);

	fsi_free(text);
	text = NULL;
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_get_boot_file(kept, &text);
	fsi_free(text);
	text = NULL;
	if (SUCCEEDED(hr))
		hr = fsi_image_get_boot_catalog_path(image, &text);
	fsi_free(text);
	return hr;
}

static HRESULT put_one(void)
{
	return fsi_image_put_boot_image_options(image, other);
}

static HRESULT put_array(void)
{
	fsi_boot_options *both[2] = {other, kept};

	return fsi_image_put_boot_image_options_array(image, both, 2);
}

static HRESULT get_array(void)
{
	fsi_boot_options **got = NULL;
	size_t count = 0;
	const HRESULT hr = fsi_image_get_boot_image_options_array(image, &got, &count);

	for (size_t i = 0; i < count; i++)
		fsi_boot_options_release(got[i]);
	fsi_free(got);
	return hr;
}

static HRESULT put_catalog(void)
{
	return fsi_image_put_boot_catalog_path(image, "/other.cat");
}

static HRESULT hide_catalog(void)
{
	return fsi_image_put_boot_catalog_path(image, "");
}

static HRESULT measure(void)
{
	uint32_t blocks = 0;

	return fsi_image_get_used_blocks(image, &blocks);
}

static HRESULT build(fsi_image *made)
{
	fsi_result *result = NULL;
	fsi_stream *out = NULL;
	fsi_progress_items *items = NULL;
	static uint8_t bytes[1400 * FSI_BLOCK_SIZE];
	size_t got = 0;
	HRESULT hr = fsi_image_create_result_image(made, &result);

	if (SUCCEEDED(hr))
		hr = fsi_result_get_progress_items(result, &items);
	if (SUCCEEDED(hr))
		hr = fsi_result_get_image_stream(result, &out);
	if (SUCCEEDED(hr))
		hr = fsi_stream_read_at(out, 0, bytes, sizeof(bytes), &got);
	fsi_stream_release(out);
	fsi_progress_items_release(items);
	fsi_result_release(result);
	return hr;
}

static HRESULT build_image(void)
{
	return build(image);
}

/* UDF alone, a copy, a hard disk: all else that takes memory. */
static HRESULT build_other(void)
{
	const struct timespec now = {.tv_sec = API_SECONDS};
	fsi_image *made = NULL;
	fsi_boot_options *options = NULL;
	HRESULT hr = fsi_image_create(&now, &made);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_file_systems_to_create(made, UDF);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_create(&options);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_assign_boot_image(options, stream);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_put_emulation(options, FSI_EMULATION_HARD_DISK);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_put_boot_info_table(options, true);
	if (SUCCEEDED(hr))
		hr = fsi_image_put_boot_image_options(made, options);
	if (SUCCEEDED(hr))
		hr = build(made);
	fsi_boot_options_release(options);
	fsi_image_release(made);
	return hr;
}

static HRESULT read_catalog(void)
{
	struct fsi_disc_boot_catalog *catalog = NULL;
	fsi_disc *disc = NULL;
	HRESULT hr = fsi_disc_open(disc_stream, NULL, &disc);

	if (SUCCEEDED(hr))
		hr = fsi_disc_read_boot_catalog(disc, &catalog);
	fsi_free(catalog);
	fsi_disc_release(disc);
	return hr;
}

static HRESULT (*const calls[])(void) = {
	create_options, assign_path, assign_file, put_manufacturer, get_texts,
	put_one,	put_array,   get_array,	  put_catalog,	    hide_catalog,
	measure,	build_image, build_other, read_catalog,
};
#define CALLS (int)(sizeof(calls) / sizeof(calls[0]))

/* ---- the torture ------------------------------------------------------- */

/* What a call that failed may not have changed. */
static void assert_untouched(char *description)
{
	fsi_boot_options *entry = NULL;
	uint64_t size = 1;

	api_assert_unchanged(image, description);
	ASSERT_OK(fsi_image_get_boot_image_options(image, &entry));
	ck_assert_ptr_eq(entry, kept);
	fsi_boot_options_release(entry);
	ASSERT_TEXT(fsi_boot_options_get_manufacturer, kept, "somebody");
	ASSERT_TEXT(fsi_boot_options_get_boot_file, kept, "/boot");
	ASSERT_OK(fsi_boot_options_get_image_size(kept, &size));
	ck_assert_uint_eq(size, 0);
	ASSERT_TEXT(fsi_image_get_boot_catalog_path, image, "\\boot.cat");
}

START_TEST(a_call_tells_that_it_ran_out_of_memory_and_changes_nothing)
{
	char *description = NULL;
	long allocations = 0;
	HRESULT hr = E_OUTOFMEMORY;

	set_up();
	description = api_describe(image);
	tear_down();
	for (; hr != S_OK; allocations++) {
		ck_assert_int_lt(allocations, MOST_ALLOCATIONS);
		set_up();
		disc_stream = api_image_stream(image);
		if (calls[_i] != read_catalog) {
			fsi_stream_release(disc_stream);
			disc_stream = NULL;
		}
		/* What was known of names and blocks is so no longer. */
		if (disc_stream == NULL)
			ASSERT_OK(fsi_image_put_free_media_blocks(image, 0));
		fsi_memory_fail_after(allocations);
		hr = calls[_i]();
		fsi_memory_fail_after(-1);
		if (hr != S_OK) {
			ASSERT_FAILS(hr, E_OUTOFMEMORY, "");
			assert_untouched(strdup(description));
		}
		tear_down();
	}
	/* With none at all it can't have done anything. */
	ck_assert_int_gt(allocations, calls[_i] == hide_catalog ? 0 : 1);
	free(description);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory of booting");
	TCase *tcase = tcase_create("torture");

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase,
			    a_call_tells_that_it_ran_out_of_memory_and_changes_nothing, 0,
			    CALLS);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
