/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading Rock Ridge whose entries and areas are not what they have to be. */
#include "tests/support/disc.h"
#include "tests/support/iso_volume.h"

#include <string.h>

/* Of a CE entry: its block, offset and length. */
#define CE_BLOCK  4
#define CE_OFFSET 12
#define CE_LENGTH 20

/* Entries that no walk through the volume comes to. */
#define ENTRIES_MAX 100u

/* libisofs forgets some of its memory where it refuses a record: that is not ours. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libisofs.so";
}

static HRESULT walk(fsi_disc_entry *entry, unsigned *count)
{
	const struct fsi_disc_entry_info *info = NULL;
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;
	char *target = NULL;
	HRESULT hr = fsi_disc_entry_get_info(entry, &info);

	ck_assert_uint_lt(++*count, ENTRIES_MAX);
	if (FAILED(hr))
		return hr;
	if (info->kind == FSI_DISC_LINK) {
		hr = fsi_disc_entry_get_link_target(entry, &target);
		fsi_free(target);
	}
	if (info->kind != FSI_DISC_DIRECTORY)
		return hr;
	hr = fsi_disc_entry_get_children(entry, &children);
	while (SUCCEEDED(hr) && (hr = fsi_disc_children_next(children, &child)) == S_OK) {
		hr = walk(child, count);
		fsi_disc_entry_release(child);
	}
	fsi_disc_children_release(children);
	return FAILED(hr) ? hr : S_OK;
}

/* What opening ISO 9660, and looking at all of it, comes to. */
static HRESULT walk_volume(void)
{
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *root = NULL;
	unsigned count = 0;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_stream_create_on_memory(iso_volume, sizeof(iso_volume), &stream));
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	hr = fsi_disc_open_view(disc, FSI_FILE_SYSTEM_ISO9660, &view);
	if (SUCCEEDED(hr))
		hr = fsi_disc_view_get_root(view, &root);
	if (SUCCEEDED(hr))
		hr = walk(root, &count);
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	return hr;
}

START_TEST(a_sound_volume_is_read)
{
	iso_volume_build();
	ASSERT_OK(walk_volume());
}
END_TEST

/* ---- entries and areas ------------------------------------------------- */

static const struct {
	const uint32_t *place; /* of an entry */
	uint32_t offset;
	uint32_t value;
	unsigned bytes;
} faults[] = {
	{&iso_places.file_ce, CE_OFFSET, 2048, 4},
	{&iso_places.file_ce, CE_OFFSET, 0xFFFFF000, 4},
	{&iso_places.file_ce, CE_LENGTH, 65537, 4},
	{&iso_places.file_ce, CE_LENGTH, 0xFFFFFFFF, 4},
	{&iso_places.self_ce, CE_OFFSET, 0xFFFFF000, 4},
	{&iso_places.file_ce, 2, 27, 1},      /* the length of the entry */
	{&iso_places.file_nm_end, 2, 255, 1}, /* in the continuation area */
	{&iso_places.file_nm_end, 2, 0, 1},
	{&iso_places.er, 4, 255, 1}, /* the length of a text */
	{&iso_places.file_tf, 4, 0xFF, 1},
	{&iso_places.link_sl, 6, 200, 1}, /* the length of a component */
	{&iso_places.file_px, 2, 35, 1},
	{&iso_places.device_pn, 2, 19, 1},
};

START_TEST(an_entry_that_is_not_whole_is_damage)
{
	iso_volume_build();
	iso_volume_put_le(iso_volume + *faults[_i].place + faults[_i].offset,
			  faults[_i].value, faults[_i].bytes);
	ASSERT_FAILS(walk_volume(), IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
		     "ISO9660");
}
END_TEST

START_TEST(a_relocated_directory_has_a_record_of_its_own)
{
	static const uint8_t flags[] = {0x00, 0x82};

	for (unsigned i = 0; i < sizeof(flags); i++) {
		iso_volume_build();
		iso_volume[BLOCK_DEEP * FSI_BLOCK_SIZE + 25] = flags[i];
		ASSERT_FAILS(walk_volume(), IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
			     "ISO9660");
		ASSERT_SAYS(api_text("record of block %u", (unsigned)BLOCK_DEEP));
	}
}
END_TEST

START_TEST(an_area_behind_the_end_cannot_be_read)
{
	iso_volume_build();
	iso_volume_put_le(iso_volume + iso_places.file_ce + CE_BLOCK, 1000000, 4);
	ASSERT_FAILS(walk_volume(), IMAPI_E_IMPORT_SEEK_FAILURE, "1000000");
}
END_TEST

START_TEST(areas_that_lead_to_each_other_come_to_an_end)
{
	uint8_t *area = NULL;

	iso_volume_build();
	/* The area of the file is one entry, which leads to itself. */
	memcpy(iso_volume + iso_places.file_nm_end, iso_volume + iso_places.file_ce, 28);
	area = iso_volume + iso_places.file_ce;
	iso_volume_put_le(area + CE_LENGTH, 28, 4);
	memcpy(iso_volume + iso_places.file_nm_end, area, 28);
	ASSERT_FAILS(walk_volume(), IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
		     "ISO9660");
	ASSERT_SAYS("is not one of whole entries");
}
END_TEST

/* ---- whatever is there ------------------------------------------------- */

START_TEST(no_damage_of_rock_ridge_brings_a_reader_down)
{
	static const uint32_t blocks[] = {BLOCK_ROOT, BLOCK_DIRECTORY, BLOCK_MOVED,
					  BLOCK_DEEP, BLOCK_CONTINUATION};
	uint64_t state = 20261122;

	for (unsigned round = 0; round < 4000; round++) {
		iso_volume_build();
		for (unsigned n = api_random(&state, 4) + 1; n > 0; n--) {
			const uint32_t block = blocks[api_random(&state, 5)];

			iso_volume[block * FSI_BLOCK_SIZE +
				   api_random(&state, block == BLOCK_ROOT ? 2048 : 600)] =
				(uint8_t)api_random(&state, 256);
		}
		(void)walk_volume();
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("Rock Ridge that is damaged");
	TCase *tests = tcase_create("areas");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, a_sound_volume_is_read);
	tcase_add_loop_test(tests, an_entry_that_is_not_whole_is_damage, 0,
			    (int)(sizeof(faults) / sizeof(faults[0])));
	tcase_add_test(tests, a_relocated_directory_has_a_record_of_its_own);
	tcase_add_test(tests, an_area_behind_the_end_cannot_be_read);
	tcase_add_test(tests, areas_that_lead_to_each_other_come_to_an_end);
	tcase_add_test(tests, no_damage_of_rock_ridge_brings_a_reader_down);
	suite_add_tcase(suite, tests);
	return api_run(suite);
}
