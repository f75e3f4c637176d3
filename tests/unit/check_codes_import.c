/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each code that an import raises, or what is fixed by one, by its real condition
 * and through the public API: value, inserts and the whole message. The image is as
 * before then. doc/codes.md is made from these rows by tools/make_codes.py.
 */
#include "tests/support/faulty_stream.h"
#include "tests/support/hand.h"
#include "tests/support/iso_volume.h"
#include "tests/support/paper_disc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fsi_stream *stream; /* of the disc */
static struct faulty_stream faulty;
static uint8_t *bytes; /* of the disc, where they are changed */
static size_t size;
static struct paper_disc paper;
static fsi_multisession *multisession;
static fsi_image *image;
static fsi_directory *root;
static fsi_boot_options *boot;
static char *before; /* the image, as it is to be after the failure; NULL: anyhow */

static void set_up(void)
{
	api_begin_folder();
	stream = NULL;
	bytes = NULL;
	multisession = NULL;
	image = api_image(BRIDGE);
	root = api_root(image);
	boot = NULL;
	before = NULL;
	faulty = (struct faulty_stream){.size = 0};
}

static void tear_down(void)
{
	fsi_boot_options_release(boot);
	fsi_image_release(image);
	fsi_multisession_release(multisession);
	fsi_stream_release(stream);
	free(bytes);
	api_end_folder();
}

/* ---- discs ------------------------------------------------------------- */

static void put_disc(void)
{
	uint64_t length = 0;

	ASSERT_OK(fsi_stream_get_size(stream, &length));
	paper_disc_random(&paper, stream, (int32_t)(length / FSI_BLOCK_SIZE));
	multisession = paper_disc_open(&paper);
	ASSERT_OK(fsi_image_put_multisession_interfaces(image, &multisession, 1));
}

/* The disc has these bytes, of which none can be read that are told to be bad. */
static void put_bytes(const uint8_t *of, size_t count)
{
	bytes = malloc(count);
	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, of, count);
	size = count;
	faulty.bytes = bytes;
	faulty.size = count;
	stream = faulty_stream_open(&faulty);
	put_disc();
}

/* An image becomes the disc. */
static void record(fsi_image *first)
{
	fsi_stream *made = api_image_stream(first);
	size_t count = 0;
	uint8_t *all = api_read_all(made, &count);

	put_bytes(all, count);
	free(all);
	fsi_stream_release(made);
	fsi_image_release(first);
}

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
	put_bytes(hand_volume.bytes, udf_volume_size(&hand_volume));
	hand_end();
}

static HRESULT import(void)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;

	before = api_describe(image);
	return fsi_image_import_file_system(image, &imported);
}

static HRESULT import_from(enum fsi_file_system file_system)
{
	before = api_describe(image);
	return fsi_image_import_specific_file_system(image, file_system);
}

/* A disc is imported; what comes next meets the code. */
static void begin_imported(fsi_file_systems file_systems)
{
	record(make_first(file_systems));
	ASSERT_OK(import());
	fsi_free(before);
	before = api_describe(image);
}

/* ---- before the disc is looked at -------------------------------------- */

static HRESULT import_without_a_disc(void)
{
	return import();
}

static HRESULT import_into_a_read_only_image(void)
{
	fsi_result *result = NULL;
	HRESULT hr = S_OK;

	record(make_first(BRIDGE));
	result = api_result(image);
	hr = import();
	fsi_free(before);
	before = NULL;
	fsi_result_release(result);
	return fsi_error_get_code() == hr ? hr : S_FALSE;
}

static HRESULT import_two_file_systems(void)
{
	record(make_first(BRIDGE));
	return import_from((enum fsi_file_system)ISO_JOLIET);
}

static HRESULT import_with_boot_options(void)
{
	fsi_stream *code = api_sized_stream(2048);

	record(make_first(BRIDGE));
	ASSERT_OK(fsi_boot_options_create(&boot));
	ASSERT_OK(fsi_boot_options_assign_boot_image(boot, code));
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	fsi_stream_release(code);
	return import();
}

/* ---- what is on it ----------------------------------------------------- */

static HRESULT import_from_zeros(void)
{
	static const uint8_t zeros[600 * FSI_BLOCK_SIZE];

	put_bytes(zeros, sizeof(zeros));
	return import();
}

static HRESULT import_from_no_file_system(void)
{
	stream = api_sized_stream((size_t)600 * FSI_BLOCK_SIZE);
	put_disc();
	return import();
}

static HRESULT import_udf_from_iso9660(void)
{
	record(make_first(ISO));
	return import_from(FSI_FILE_SYSTEM_UDF);
}

static HRESULT import_joliet_from_iso9660(void)
{
	record(make_first(ISO));
	return import_from(FSI_FILE_SYSTEM_JOLIET);
}

static HRESULT import_a_damaged_entry(void)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	udf_volume_entry(&hand_volume, 8)[20] ^= 1;
	put_hand();
	return import();
}

static HRESULT import_two_names_that_are_equal(void)
{
	udf_volume_init(&hand_volume, UDF_PLAIN, 0x102);
	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	udf_directory_add(&hand_directory, "file", 0, 8);
	udf_directory_add(&hand_directory, "file", 0, 9);
	udf_directory_end(&hand_directory, 2, 4);
	udf_put_simple_file(&hand_volume, 8, 150, 3);
	udf_put_simple_file(&hand_volume, 9, 151, 3);
	put_hand();
	return import();
}

static HRESULT import_what_cannot_be_read(void)
{
	record(make_first(ISO));
	/* The root of ISO 9660 is in the bytes 158 to 161 of its descriptor. */
	faulty.bad_blocks[0] = bytes[16 * FSI_BLOCK_SIZE + 158];
	return import();
}

static HRESULT import_what_is_cut(void)
{
	record(make_first(UDF));
	/* Behind the file are zeros and the anchors; the file is cut in two. */
	for (size_t block = size / FSI_BLOCK_SIZE; --block > 288;) {
		const uint8_t *at = bytes + block * FSI_BLOCK_SIZE;

		if (at[0] != 0 && at[0] != 2)
			break;
		paper.values[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS] = (int32_t)block - 2;
	}
	return import();
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
	put_bytes(iso_volume, sizeof(iso_volume));
	ASSERT_OK(fsi_image_put_posix_attributes(image, true));
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
	record(make_link());
	return import();
}

static HRESULT import_udf_that_is_older(void)
{
	uint8_t *primary = NULL;

	record(make_first(BRIDGE));
	/* As if its root were behind the UDF partition. */
	primary = bytes + (size_t)16 * FSI_BLOCK_SIZE;
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

static HRESULT import_a_full_disc(void)
{
	record(make_first(BRIDGE));
	paper.values[FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA] =
		(int32_t)(size / FSI_BLOCK_SIZE);
	return import();
}

static HRESULT import_onto_a_disc_with_little_room(void)
{
	record(make_first(BRIDGE));
	paper.values[FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA] =
		(int32_t)(size / FSI_BLOCK_SIZE) + 100;
	return import();
}

static HRESULT import_another_disc(void)
{
	begin_imported(BRIDGE);
	fsi_multisession_release(multisession);
	fsi_stream_release(stream);
	free(bytes);
	record(make_first(UDF));
	return import();
}

/* ---- names ------------------------------------------------------------- */

static HRESULT import_a_file_over_a_directory(void)
{
	record(make_first(BRIDGE));
	api_add_directory(root, "file");
	return import();
}

static HRESULT import_a_directory_over_a_file(void)
{
	record(make_first(ISO_JOLIET));
	api_add_text(root, "dir", "text");
	return import();
}

static HRESULT import_a_name_that_is_not_allowed(void)
{
	fsi_image *first = api_image(UDF);

	ASSERT_OK(fsi_image_put_any_character_names(first, true));
	api_add_directory(api_root(first), "dir");
	api_add_text(api_root(first), "dir/a:b", "text");
	record(first);
	return import();
}

static HRESULT import_names_that_differ_in_case(void)
{
	fsi_image *first = api_image(UDF);

	ASSERT_OK(fsi_image_put_case_sensitive_names(first, true));
	api_add_text(api_root(first), "NAME", "one");
	api_add_text(api_root(first), "name", "two");
	record(first);
	return import();
}

static HRESULT import_too_many_levels(void)
{
	fsi_image *first = api_image(UDF);
	char path[32] = "1";

	for (unsigned level = 2; level <= 9; level++) {
		api_add_directory(api_root(first), path);
		strcat(path, api_text("\\%u", level));
	}
	record(first);
	return import();
}

/* ---- what is fixed then ------------------------------------------------ */

static HRESULT leave_out_what_was_imported(void)
{
	begin_imported(BRIDGE);
	return fsi_image_put_file_systems_to_create(image, ISO_JOLIET);
}

static HRESULT leave_out_what_the_disc_has_too(void)
{
	begin_imported(BRIDGE);
	return fsi_image_put_file_systems_to_create(image, UDF);
}

static HRESULT choose_the_defaults_of_a_cd(void)
{
	begin_imported(UDF);
	return fsi_image_choose_image_defaults_for_media_type(image,
							      IMAPI_MEDIA_TYPE_CDR);
}

static HRESULT choose_another_revision(void)
{
	begin_imported(UDF);
	return fsi_image_put_udf_revision(image, 0x201);
}

static HRESULT begin_the_session_elsewhere(void)
{
	begin_imported(UDF);
	return fsi_image_put_session_start_block(image, 0);
}

/* ---- all of them ------------------------------------------------------- */

/* RAISED(code, condition, inserts, message, call that meets it) */
#define RAISED(code, condition, inserts, message, call) \
	{ \
		(code), #code, (inserts), (message), (call) \
	}

static const struct {
	HRESULT code;
	const char *name;
	const char *inserts; /* a "|" between two */
	const char *message;
	HRESULT (*call)(void);
} rows[] = {
	RAISED(IMAPI_E_MULTISESSION_NOT_SET,
	       "a session is to be imported, and no multisession object was set", "",
	       "The image has no multisession object that says which disc it continues.",
	       import_without_a_disc),
	RAISED(IMAPI_E_READONLY, "a session is imported while a result is alive", "",
	       "The image or item that is to be changed is read-only at present.",
	       import_into_a_read_only_image),
	RAISED(IMAPI_E_INVALID_PARAM, "two file systems are to be imported at once",
	       "file_system",
	       "The argument \"file_system\" has a value that is not accepted here.",
	       import_two_file_systems),
	RAISED(IMAPI_E_BOOT_OBJECT_CONFLICT,
	       "a session is imported into an image with boot options", "",
	       "Only the first session of a disc can have a boot image, and this is a "
	       "later one.",
	       import_with_boot_options),
	RAISED(IMAPI_E_EMPTY_DISC, "a disc of zeros is imported", "",
	       "Nothing has been recorded on the disc.", import_from_zeros),
	RAISED(IMAPI_E_NO_SUPPORTED_FILE_SYSTEM,
	       "a disc is imported that has no known file system", "",
	       "Neither ISO 9660 nor Joliet nor UDF was found on the disc.",
	       import_from_no_file_system),
	RAISED(IMAPI_E_FILE_SYSTEM_NOT_FOUND, "UDF is imported from a disc without it",
	       "UDF", "There is no UDF file system on the disc.",
	       import_udf_from_iso9660),
	RAISED(IMAPI_E_FILE_SYSTEM_NOT_FOUND, "Joliet is imported from a disc without it",
	       "Joliet", "There is no Joliet file system on the disc.",
	       import_joliet_from_iso9660),
	RAISED(IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
	       "a file entry is damaged on the disc that is imported", "UDF",
	       "The structures of the UDF file system on the disc do not agree with one "
	       "another. The file entry in block 296: its CRC is wrong.",
	       import_a_damaged_entry),
	RAISED(IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
	       "a directory that is imported has two names that are equal", "UDF",
	       "The structures of the UDF file system on the disc do not agree with one "
	       "another. A directory has two items named \"file\".",
	       import_two_names_that_are_equal),
	RAISED(IMAPI_E_IMPORT_READ_FAILURE,
	       "a block of a directory that is imported can't be read", "20",
	       "The earlier session cannot be read, probably because of block 20. The "
	       "system does not permit this access.",
	       import_what_cannot_be_read),
	RAISED(IMAPI_E_IMPORT_SEEK_FAILURE,
	       "a file on the disc that is imported reaches behind its end", "306",
	       "Block 306 of the disc is out of reach.", import_what_is_cut),
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
	RAISED(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
	       "a disc is imported that has no blocks left", "",
	       "The layout of the imported session does not go with this. It leaves no "
	       "blocks of the disc.",
	       import_a_full_disc),
	RAISED(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
	       "another disc is imported into the same image", "",
	       "The layout of the imported session does not go with this. Another "
	       "session was imported before.",
	       import_another_disc),
	RAISED(IMAPI_E_IMAGE_TOO_BIG,
	       "a disc is imported that has no room for the structures of a session", "",
	       "The image is larger than the room that there is for it. The session has "
	       "576 blocks, and there is room for 100.",
	       import_onto_a_disc_with_little_room),
	RAISED(IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY,
	       "the image has a directory where the disc has a file", "\\file|UDF",
	       "\"\\file\" is a file in the UDF file system of the disc, but a directory "
	       "in the image.",
	       import_a_file_over_a_directory),
	RAISED(IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE,
	       "the image has a file where the disc has a directory", "\\dir|Joliet",
	       "\"\\dir\" is a directory in the Joliet file system of the disc, but a "
	       "file in the image.",
	       import_a_directory_over_a_file),
	RAISED(IMAPI_E_INVALID_PATH,
	       "a name on the disc has a character that no name has", "\\dir\\a:b",
	       "\"\\dir\\a:b\" is not a path that the rules in force allow in the image.",
	       import_a_name_that_is_not_allowed),
	RAISED(IMAPI_E_DUP_NAME, "two names on the disc differ in case only", "name",
	       "The name \"name\" is taken already in its directory. The disc has "
	       "\"NAME\" beside it; case is no difference here.",
	       import_names_that_differ_in_case),
	RAISED(IMAPI_E_ISO9660_LEVELS,
	       "UDF of nine levels is imported into an image with ISO 9660", "",
	       "A directory would lie below the eighth level, the last that ISO 9660 "
	       "has. \"\\1\\2\\3\\4\\5\\6\\7\\8\" is on level 9.",
	       import_too_many_levels),
	RAISED(IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED,
	       "after an import, file systems without the imported one are chosen", "",
	       "The file systems chosen leave out one that the imported session has.",
	       leave_out_what_was_imported),
	RAISED(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
	       "after an import, another file system of the disc is left out", "",
	       "The layout of the imported session does not go with this. It has another "
	       "file system, which would go on showing it.",
	       leave_out_what_the_disc_has_too),
	RAISED(IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED,
	       "after an import of UDF, what suits a CD is chosen", "",
	       "The file systems chosen leave out one that the imported session has.",
	       choose_the_defaults_of_a_cd),
	RAISED(IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED,
	       "after an import of UDF 1.02, revision 2.01 is chosen", "",
	       "Another UDF revision is not possible: the imported session has set it. "
	       "It is 1.02.",
	       choose_another_revision),
	RAISED(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
	       "after an import, the session is to begin somewhere else", "",
	       "The layout of the imported session does not go with this.",
	       begin_the_session_elsewhere),
};

START_TEST(a_code_is_raised_by_its_condition)
{
	const struct api_place place = {__FILE__, __LINE__, rows[_i].name};
	const HRESULT hr = rows[_i].call();
	char *message = strdup(fsi_error_get_message());

	api_assert_fails(&place, hr, rows[_i].code, rows[_i].name, rows[_i].inserts);
	ck_assert_str_eq(message, rows[_i].message);
	free(message);
	if (before != NULL)
		api_assert_unchanged(image, before);
}
END_TEST

START_TEST(a_rewritable_volume_is_continued_where_that_is_wanted)
{
	bool flag = true;

	put_access(3);
	ASSERT_OK(fsi_image_get_continue_writable_volumes(image, &flag));
	ck_assert(!flag);
	ASSERT_OK(fsi_image_put_continue_writable_volumes(image, true));
	ASSERT_OK(import());
	fsi_free(before);
	ASSERT_OK(fsi_image_get_continue_writable_volumes(image, &flag));
	ck_assert(flag);
	(void)api_file(root, "file");
}
END_TEST

START_TEST(links_are_imported_with_posix_attributes)
{
	record(make_link());
	ASSERT_OK(fsi_image_put_posix_attributes(image, true));
	ASSERT_OK(import());
	fsi_free(before);
	ck_assert_int_eq(fsi_item_get_type(api_item(root, "link")),
			 FSI_ITEM_SYMBOLIC_LINK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("codes that an import raises");
	TCase *tcase = tcase_create("codes");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_code_is_raised_by_its_condition, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tcase, a_rewritable_volume_is_continued_where_that_is_wanted);
	tcase_add_test(tcase, links_are_imported_with_posix_attributes);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
