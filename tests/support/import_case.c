/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc, and an image that it is imported into. */
#include "tests/support/import_case.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

fsi_image *import_image;
fsi_directory *import_root;
fsi_stream *import_stream;
uint8_t *import_bytes;
size_t import_size;
struct faulty_stream import_faults;
struct paper_disc import_paper;

static fsi_multisession *object;

void import_begin(void)
{
	api_begin_folder();
	import_image = api_image(BRIDGE);
	import_root = api_root(import_image);
}

static void take_out(void)
{
	fsi_multisession_release(object);
	fsi_stream_release(import_stream);
	free(import_bytes);
	object = NULL;
	import_stream = NULL;
	import_bytes = NULL;
}

void import_end(void)
{
	fsi_image_release(import_image);
	take_out();
	api_end_folder();
}

void import_put(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, size);
	take_out();
	import_bytes = copy;
	import_size = size;
	import_faults = (struct faulty_stream){.bytes = copy, .size = size};
	import_stream = faulty_stream_open(&import_faults);
	paper_disc_random(&import_paper, import_stream, (int32_t)(size / FSI_BLOCK_SIZE));
	object = paper_disc_open(&import_paper);
	ASSERT_OK(fsi_image_put_multisession_interfaces(import_image, &object, 1));
}

void import_record(fsi_image *first)
{
	fsi_stream *made = api_image_stream(first);
	size_t size = 0;
	uint8_t *bytes = api_read_all(made, &size);

	import_put(bytes, size);
	free(bytes);
	fsi_stream_release(made);
	fsi_image_release(first);
}

HRESULT import_disc(void)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;

	return fsi_image_import_file_system(import_image, &imported);
}

enum fsi_file_system import_well(void)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;

	ASSERT_OK(fsi_image_import_file_system(import_image, &imported));
	return imported;
}

/* ---- discs to begin with ----------------------------------------------- */

void import_choose(fsi_file_systems file_systems)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(import_image, file_systems));
}

void import_fill(fsi_directory *directory)
{
	api_add_text(directory, "small", "a few bytes");
	api_add_text(directory, "empty", "");
	api_add_directory(directory, "dir");
	api_add_directory(directory, "dir\\sub");
	api_add_directory(directory, "void");
	api_add_sized(directory, "dir\\large", 100000);
	api_add_sized(directory, "dir\\sub\\block", FSI_BLOCK_SIZE);
	ASSERT_OK(fsi_item_put_is_hidden(api_item(directory, "small"), true));
}

void import_make_disc(fsi_file_systems file_systems, uint32_t revision)
{
	fsi_image *first = api_image(file_systems);

	ASSERT_OK(fsi_image_put_udf_revision(first, revision));
	ASSERT_OK(fsi_image_put_volume_name(first, "FIRST"));
	import_fill(api_root(first));
	import_record(first);
}

void import_make_posix_disc(void)
{
	struct fsi_add_tree_options options = {.size = sizeof(options),
					       .links = FSI_LINKS_KEEP};
	fsi_image *first = api_image(UDF);

	scratch_write(&api_folder, "one", "linked", 6);
	ck_assert_int_eq(link(api_host("one"), api_host("two")), 0);
	ck_assert_int_eq(chmod(api_host("one"), 0640), 0);
	ck_assert_int_eq(symlink("one", api_host("link")), 0);
	ASSERT_OK(fsi_image_put_posix_attributes(first, true));
	ASSERT_OK(fsi_directory_add_tree_with_options(api_root(first), api_host(""),
						      &options, NULL));
	import_record(first);
}
