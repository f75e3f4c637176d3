/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an import refuses, since no other session can go on from it: see
 * check_codes_import.c.
 */
#include "tests/support/hand.h"
#include "tests/support/import_case.h"
#include "tests/support/iso_volume.h"
#include "tests/support/raised.h"

#include <string.h>
#include <unistd.h>

static char *before; /* the image, as it is to be after the failure */

static void set_up(void)
{
	import_begin();
	before = NULL;
}

/* ---- discs ------------------------------------------------------------- */

/* A disc with "dir" and "file". */
static fsi_image *make_first(fsi_file_systems file_systems)
{
	fsi_image *first = api_image(file_systems);

	api_add_directory(api_root(first), "dir");
	api_add_sized(api_root(first), "file", 5000);
	return first;
}

/* The disc is the volume that was made by hand. */
static void put_hand(void)
{
	udf_volume_finish(&hand_volume);
	import_put(hand_volume.bytes, udf_volume_size(&hand_volume));
	hand_end();
}

static HRESULT import(void)
{
	before = api_describe(import_image);
	return import_disc();
}

static HRESULT import_from(enum fsi_file_system file_system)
{
	before = api_describe(import_image);
	return fsi_image_import_specific_file_system(import_image, file_system);
}

/* ---- features ---------------------------------------------------------- */

static HRESULT import_a_virtual_partition(void)
{
	hand_begin_file(UDF_VIRTUAL, 0x150);
	put_hand();
	return import();
}

static HRESULT import_a_sparable_partition(void)
{
	hand_begin_file(UDF_SPARABLE, 0x150);
	put_hand();
	return import();
}

static HRESULT import_several_partitions(void)
{
	uint8_t *block = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	for (unsigned i = 0; i < 2; i++) {
		const uint32_t sequence = i == 0 ? UDF_MAIN : UDF_RESERVE;

		/* A second descriptor takes the place of that of unallocated space. */
		block = udf_volume_block(&hand_volume, sequence + UDF_USD);
		memcpy(block, udf_volume_block(&hand_volume, sequence + UDF_PD),
		       UDF_BLOCK);
		udf_put16(block, 22, 1);
		udf_seal(&hand_volume, block, 5, 512, sequence + UDF_USD);
		block = udf_volume_block(&hand_volume, sequence + UDF_LVD);
		udf_put32(block, 264, 12);
		udf_put32(block, 268, 2);
		memcpy(block + 446, block + 440, 6);
		udf_put16(block, 450, 1);
		udf_seal(&hand_volume, block, 6, 452, sequence + UDF_LVD);
	}
	put_hand();
	return import();
}

static HRESULT import_strategy_4096(void)
{
	uint8_t *entry = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	entry = udf_volume_entry(&hand_volume, 8);
	udf_put16(entry, 20, 4096);
	udf_reseal(entry);
	put_hand();
	return import();
}

/* The records of the ISO 9660 volume made by hand are changed by one byte. */
static HRESULT import_changed_record(const uint32_t *place, uint32_t at, uint8_t value)
{
	iso_volume_build();
	iso_volume[*place + at] = value;
	import_put(iso_volume, sizeof(iso_volume));
	ASSERT_OK(fsi_image_put_posix_attributes(import_image, true));
	return import_from(FSI_FILE_SYSTEM_ISO9660);
}

static HRESULT import_interleaved_files(void)
{
	return import_changed_record(&iso_places.file, 26, 1);
}

static HRESULT import_extended_attribute_records(void)
{
	return import_changed_record(&iso_places.file, 1, 1);
}

static HRESULT import_compressed_files(void)
{
	return import_changed_record(&iso_places.image, 0, 0);
}

static HRESULT import_a_volume_set(void)
{
	return import_changed_record(&iso_places.image,
				     BLOCK_PRIMARY * FSI_BLOCK_SIZE + 120, 2);
}

static fsi_image *make_link(void)
{
	struct fsi_add_tree_options options = {.size = sizeof(options),
					       .links = FSI_LINKS_KEEP};
	fsi_image *first = make_first(UDF);

	ASSERT_OK(fsi_image_put_posix_attributes(first, true));
	ck_assert_int_eq(symlink("target", api_host("link")), 0);
	ASSERT_OK(fsi_directory_add_tree_with_options(api_root(first), api_host(""),
						      &options, NULL));
	return first;
}

static HRESULT import_links_without_posix(void)
{
	import_record(make_link());
	return import();
}

static HRESULT import_udf_that_is_older(void)
{
	uint8_t *primary = NULL;

	import_record(make_first(BRIDGE));
	/* As if its root were behind the UDF partition. */
	primary = import_bytes + (size_t)16 * FSI_BLOCK_SIZE;
	primary[158] = primary[159] = 0xFF;
	return import_from(FSI_FILE_SYSTEM_UDF);
}

static HRESULT import_a_revision_that_is_too_new(void)
{
	uint8_t *integrity = NULL;

	hand_begin_file(UDF_PLAIN, 0x201);
	integrity = udf_volume_block(&hand_volume, UDF_LVID);
	/* OSTA UDF 2.2.6.4, behind the numbers of one partition. */
	udf_put16(integrity, 80 + 8 + 42, 0x270);
	udf_reseal(integrity);
	put_hand();
	return import();
}

/* ---- what can't be continued ------------------------------------------- */

static void put_access(uint32_t access)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *partition = udf_volume_block(
			&hand_volume, (i == 0 ? UDF_MAIN : UDF_RESERVE) + UDF_PD);

		udf_put32(partition, 184, access);
		udf_reseal(partition);
	}
	put_hand();
}

static HRESULT import_a_rewritable_partition(void)
{
	put_access(3);
	return import();
}

/* ---- all of them ------------------------------------------------------- */

static const struct raised rows[] = {
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "UDF is imported whose blocks have virtual addresses",
	       "UDF|a virtual partition",
	       "Not supported in the UDF file system: a virtual partition.",
	       import_a_virtual_partition),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "UDF is imported that has spare packets", "UDF|a sparable partition",
	       "Not supported in the UDF file system: a sparable partition.",
	       import_a_sparable_partition),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "UDF is imported that has two partitions", "UDF|several partitions",
	       "Not supported in the UDF file system: several partitions.",
	       import_several_partitions),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "UDF is imported that has file entries in chains", "UDF|ICB strategy 4096",
	       "Not supported in the UDF file system: ICB strategy 4096.",
	       import_strategy_4096),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "ISO 9660 is imported that has interleaved files",
	       "ISO9660|interleaved files",
	       "Not supported in the ISO9660 file system: interleaved files.",
	       import_interleaved_files),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "ISO 9660 is imported that has extended attribute records",
	       "ISO9660|extended attribute records",
	       "Not supported in the ISO9660 file system: extended attribute records. "
	       "The directory record at byte 58224 of the disc has it.",
	       import_extended_attribute_records),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "ISO 9660 is imported that has files of zisofs",
	       "ISO9660|compressed files",
	       "Not supported in the ISO9660 file system: compressed files. The "
	       "directory record at byte 58734 of the disc has it.",
	       import_compressed_files),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "ISO 9660 is imported that is one of two volumes",
	       "ISO9660|a volume set of several volumes",
	       "Not supported in the ISO9660 file system: a volume set of several "
	       "volumes.",
	       import_a_volume_set),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "symbolic links are imported without POSIX attributes",
	       "UDF|symbolic links",
	       "Not supported in the UDF file system: symbolic links. 'link' is one; "
	       "attributes of POSIX are not taken.",
	       import_links_without_posix),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "UDF is imported beside which ISO 9660 is newer",
	       "UDF|being older than the ISO 9660 beside it",
	       "Not supported in the UDF file system: being older than the ISO 9660 "
	       "beside it.",
	       import_udf_that_is_older),
	RAISED(IMAPI_E_UDF_NOT_WRITE_COMPATIBLE,
	       "UDF is imported that takes revision 2.70 to write to", "",
	       "The disc has a UDF revision in which no further session can be written. "
	       "The volume has revision 2.01, and 2.70 is needed to write to it.",
	       import_a_revision_that_is_too_new),
	RAISED(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
	       "UDF is imported whose partition is rewritable", "",
	       "The layout of the imported session does not go with this. The UDF "
	       "partition has access type 3, not that of read-only ones.",
	       import_a_rewritable_partition),
};

START_TEST(a_code_is_raised_by_its_condition)
{
	raised_assert(&rows[_i]);
	api_assert_unchanged(import_image, before);
}
END_TEST

START_TEST(a_rewritable_volume_is_continued_where_that_is_wanted)
{
	bool flag = true;

	put_access(3);
	ASSERT_OK(fsi_image_get_continue_writable_volumes(import_image, &flag));
	ck_assert(!flag);
	ASSERT_OK(fsi_image_put_continue_writable_volumes(import_image, true));
	ASSERT_OK(import());
	fsi_free(before);
	ASSERT_OK(fsi_image_get_continue_writable_volumes(import_image, &flag));
	ck_assert(flag);
	(void)api_file(import_root, "file");
}
END_TEST

START_TEST(links_are_imported_with_posix_attributes)
{
	import_record(make_link());
	ASSERT_OK(fsi_image_put_posix_attributes(import_image, true));
	ASSERT_OK(import());
	fsi_free(before);
	ck_assert_int_eq(fsi_item_get_type(api_item(import_root, "link")),
			 FSI_ITEM_SYMBOLIC_LINK);
}
END_TEST

START_TEST(links_that_no_file_system_can_hold_are_told)
{
	iso_volume_build();
	memcpy(iso_volume + iso_places.zf, "XX", 2);
	import_put(iso_volume, sizeof(iso_volume));
	ASSERT_OK(fsi_image_put_posix_attributes(import_image, true));
	ASSERT_OK(fsi_image_put_file_systems_to_create(import_image,
						       _i == 0 ? ISO : BRIDGE));
	ck_assert_int_eq(fsi_image_import_specific_file_system(import_image,
							       FSI_FILE_SYSTEM_ISO9660),
			 _i == 0 ? IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED : S_OK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("what an import refuses");
	TCase *tcase = tcase_create("features");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, import_end);
	tcase_add_loop_test(tcase, a_code_is_raised_by_its_condition, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tcase, a_rewritable_volume_is_continued_where_that_is_wanted);
	tcase_add_test(tcase, links_are_imported_with_posix_attributes);
	tcase_add_loop_test(tcase, links_that_no_file_system_can_hold_are_told, 0, 2);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
