/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that are checked. */
#include "tests/support/checked.h"

#include "tests/support/udf_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void checked_fill(fsi_image *image, fsi_directory *root)
{
	fsi_file_systems file_systems = FSI_FILE_SYSTEM_NONE;
	uint32_t revision = 0;
	fsi_stream *stream = api_text_stream("in a stream");

	ASSERT_OK(fsi_image_get_file_systems_to_create(image, &file_systems));
	ASSERT_OK(fsi_image_get_udf_revision(image, &revision));
	api_add_text(root, "small", "a small file");
	api_add_sized(root, "big", 5000);
	api_add_sized(root, "empty", 0);
	api_add_directory(root, "dir");
	api_add_directory(root, "dir\\sub");
	api_add_sized(root, "dir\\inner", 4096);
	api_add_text(root, "dir\\sub\\deepest", "deep");
	if ((file_systems & UDF) != 0) {
		ASSERT_OK(fsi_directory_add_symbolic_link(root, "link", "dir/../big"));
		ASSERT_OK(
			fsi_directory_add_special(root, "device", S_IFCHR | 0600, 5, 1));
		if (revision >= 0x0200)
			ASSERT_OK(fsi_file_add_stream(api_file(root, "big"), "stream",
						      stream));
	}
	fsi_stream_release(stream);
}

void checked_take(struct checked *image, fsi_image *made, uint16_t revision)
{
	fsi_stream *stream = api_image_stream(made);

	image->revision = revision;
	image->bytes = api_read_all(stream, &image->size);
	fsi_stream_release(stream);
}

void checked_make(struct checked *image, fsi_file_systems file_systems, uint16_t revision)
{
	fsi_image *made = api_image(file_systems);

	if ((file_systems & UDF) != 0)
		ASSERT_OK(fsi_image_put_udf_revision(made, revision));
	checked_fill(made, api_root(made));
	checked_take(image, made, revision);
	fsi_image_release(made);
}

void checked_free(struct checked *image)
{
	free(image->bytes);
}

/* ---- checking ---------------------------------------------------------- */

fsi_findings *checked_findings(const uint8_t *bytes, size_t size)
{
	fsi_image_manager *manager = NULL;
	fsi_findings *findings = NULL;
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_stream_create_on_memory(bytes, size, &stream));
	ASSERT_OK(fsi_image_manager_create(&manager));
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_OK(fsi_image_manager_check(manager, NULL, &findings));
	fsi_image_manager_release(manager);
	fsi_stream_release(stream);
	return findings;
}

uint64_t checked_total(fsi_findings *findings, const char *statement)
{
	uint64_t total = 0;

	ASSERT_OK(fsi_findings_get_statement_total(findings, statement, &total));
	return total;
}

char *checked_describe(fsi_findings *findings)
{
	char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);
	size_t count = 0;

	ck_assert_ptr_nonnull(file);
	ASSERT_OK(fsi_findings_get_count(findings, &count));
	for (size_t i = 0; i < count; i++) {
		const struct fsi_finding *finding = NULL;

		ASSERT_OK(fsi_findings_get_item(findings, i, &finding));
		fprintf(file, "%s %d block %lld %s: %s Expected %s, found %s.\n",
			finding->statement, (int)finding->severity,
			(long long)(finding->offset / FSI_BLOCK_SIZE), finding->path,
			finding->message, finding->expected, finding->found);
	}
	fclose(file);
	return text;
}

void checked_assert_clean(const uint8_t *bytes, size_t size)
{
	fsi_findings *findings = checked_findings(bytes, size);
	char *text = checked_describe(findings);

	ck_assert_str_eq(text, "");
	free(text);
	fsi_findings_release(findings);
}

void checked_assert_found(const struct checked *image, const char *statement)
{
	fsi_findings *findings = checked_findings(image->bytes, image->size);
	char *text = checked_describe(findings);

	ck_assert_msg(checked_total(findings, statement) > 0, "no %s in:\n%s", statement,
		      text);
	free(text);
	fsi_findings_release(findings);
}

/* ---- places ------------------------------------------------------------ */

uint8_t *checked_block(struct checked *image, uint32_t block)
{
	ck_assert_uint_lt(block, image->size / FSI_BLOCK_SIZE);
	return image->bytes + (size_t)block * FSI_BLOCK_SIZE;
}

uint8_t *checked_partition(struct checked *image, uint32_t block)
{
	const uint32_t start = udf_u32(checked_block(image, 34), 188);

	/* The metadata begins behind the entry of its file. */
	return checked_block(image, start + block + (image->revision >= 0x0250 ? 32 : 0));
}

uint8_t *checked_entry(struct checked *image, const char *path)
{
	fsi_disc_view *view = disc_view(image->bytes, image->size);
	fsi_disc_entry *entry = disc_entry(view, path);
	const uint32_t block = disc_info(entry)->entry_block;

	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	return checked_block(image, block);
}

uint8_t *checked_stream(struct checked *image, const char *path)
{
	fsi_disc_view *view = disc_view(image->bytes, image->size);
	fsi_disc_entry *entry = disc_entry(view, path);
	fsi_disc_children *streams = NULL;
	fsi_disc_entry *stream = NULL;
	uint32_t block = 0;

	ASSERT_OK(fsi_disc_entry_get_streams(entry, &streams));
	ASSERT_OK(fsi_disc_children_next(streams, &stream));
	block = disc_info(stream)->entry_block;
	fsi_disc_entry_release(stream);
	fsi_disc_children_release(streams);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	return checked_block(image, block);
}

uint8_t *checked_name(struct checked *image, const char *directory, const char *name)
{
	fsi_disc_view *view = disc_view(image->bytes, image->size);
	fsi_disc_entry *entry = disc_entry(view, directory);
	const size_t wanted = name != NULL ? strlen(name) + 1 : 0;
	struct fsi_disc_extent extent;
	uint8_t *found = NULL;
	uint8_t *end = NULL;

	ASSERT_OK(fsi_disc_entry_get_extent(entry, 0, &extent));
	found = image->bytes + extent.disc_offset;
	end = found + extent.length;
	while (found < end) {
		const size_t use = udf_u16(found, 36);

		if (found[19] == wanted &&
		    (wanted == 0 || memcmp(found + 38 + use + 1, name, wanted - 1) == 0))
			break;
		found += (38 + use + found[19] + 3) / 4 * 4;
	}
	ck_assert(found < end);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	return found;
}
