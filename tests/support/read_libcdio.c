/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints all that libcdio sees in an image: read_libcdio iso|joliet|udf IMAGE */

#include "record.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cdio/iso9660.h>
#include <cdio/udf.h>

#define BLOCK_SIZE 2048

/* Deeper than any tree of the tests: deeper means that the image has a loop. */
#define MAX_DEPTH 100

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool hash_iso_file(iso9660_t *iso, const iso9660_stat_t *entry,
			  struct record *record)
{
	unsigned char block[BLOCK_SIZE];
	SHA256_CTX hash;
	uint64_t left = entry->size;

	SHA256_Init(&hash);
	for (lsn_t at = entry->lsn; left > 0; at++) {
		const size_t part = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;

		if (iso9660_iso_seek_read(iso, block, at, 1) != BLOCK_SIZE)
			return false;
		SHA256_Update(&hash, block, part);
		left -= part;
	}
	SHA256_Final(record->sha256, &hash);
	record->size = entry->size;
	return true;
}

static void walk_iso(iso9660_t *iso, struct record_path *path, int depth);

static void print_iso_entry(iso9660_t *iso, iso9660_stat_t *entry,
			    struct record_path *path, int depth)
{
	struct record record = {
		.kind = entry->type == _STAT_DIR ? 'd' : 'f',
		.path = path->text,
		.mtime = timegm(&entry->tm),
		.mode = RECORD_NO_MODE,
	};

	if (record.kind == 'd') {
		record_print(stdout, &record);
		walk_iso(iso, path, depth + 1);
	} else if (hash_iso_file(iso, entry, &record)) {
		record_print(stdout, &record);
	} else {
		record_print_error(stdout, path->text, "can't read the file");
	}
}

static void walk_iso(iso9660_t *iso, struct record_path *path, int depth)
{
	CdioList_t *const list =
		depth < MAX_DEPTH ? iso9660_ifs_readdir(iso, path->text) : NULL;
	CdioListNode_t *node;

	if (!list) {
		record_print_error(stdout, path->text, "can't read the folder");
		return;
	}
	_CDIO_LIST_FOREACH(node, list)
	{
		iso9660_stat_t *const entry = _cdio_list_node_data(node);
		size_t before;

		if (is_dots(entry->filename))
			continue;
		before = record_path_push(path, entry->filename);
		print_iso_entry(iso, entry, path, depth);
		record_path_pop(path, before);
	}
	_cdio_list_free(list, true, NULL);
}

static bool read_iso(const char *image, iso_extension_mask_t extensions)
{
	struct record_path path = {0};
	iso9660_t *const iso = iso9660_open_ext(image, extensions);
	const bool joliet = extensions != ISO_EXTENSION_NONE;

	if (!iso || (iso9660_ifs_get_joliet_level(iso) > 0) != joliet) {
		fputs("read_libcdio: the image has no such view\n", stderr);
		return false;
	}
	record_path_push(&path, "");
	walk_iso(iso, &path, 0);
	record_path_free(&path);
	iso9660_close(iso);
	return true;
}

/* A volume has one position for all its files; opening anything sets it to zero. */
static void rewind_udf(udf_dirent_t *root)
{
	udf_dirent_free(udf_fopen(root, "/"));
}

static bool hash_udf_file(udf_dirent_t *root, const udf_dirent_t *file,
			  struct record *record)
{
	unsigned char block[BLOCK_SIZE];
	SHA256_CTX hash;
	uint64_t left = udf_get_file_length(file);

	record->size = left;
	rewind_udf(root);
	SHA256_Init(&hash);
	while (left > 0) {
		const size_t part = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;

		if (udf_read_block(file, block, 1) <= 0)
			return false;
		SHA256_Update(&hash, block, part);
		left -= part;
	}
	SHA256_Final(record->sha256, &hash);
	return true;
}

/* Print everything in a folder; udf_readdir frees it at its end. */
static void walk_udf(udf_dirent_t *root, udf_dirent_t *folder, struct record_path *path,
		     int depth)
{
	if (!folder || depth > MAX_DEPTH) {
		record_print_error(stdout, path->text, "can't open the folder");
		return;
	}
	while ((folder = udf_readdir(folder))) {
		struct record record = {.kind = udf_is_dir(folder) ? 'd' : 'f'};
		size_t before;

		if (folder->b_parent)
			continue;
		before = record_path_push(path, udf_get_filename(folder));
		record.path = path->text;
		record.mtime = udf_get_modification_time(folder);
		record.mode = (uint32_t)(udf_get_posix_filemode(folder) & 07777);
		if (record.kind == 'd') {
			record_print(stdout, &record);
			walk_udf(root, udf_opendir(folder), path, depth + 1);
		} else if (hash_udf_file(root, folder, &record)) {
			record_print(stdout, &record);
		} else {
			record_print_error(stdout, path->text, "can't read the file");
		}
		record_path_pop(path, before);
	}
}

static bool read_udf(const char *image)
{
	struct record_path path = {0};
	udf_t *const volume = udf_open(image);
	udf_dirent_t *const root = volume ? udf_get_root(volume, true, 0) : NULL;

	if (!root) {
		fputs("read_libcdio: the image has no UDF root that it knows\n", stderr);
		return false;
	}
	record_path_push(&path, "");
	walk_udf(root, udf_get_root(volume, true, 0), &path, 0);
	record_path_free(&path);
	udf_dirent_free(root);
	udf_close(volume);
	return true;
}

int main(int argc, char **argv)
{
	bool ok = false;

	if (argc != 3)
		fputs("usage: read_libcdio iso|joliet|udf IMAGE\n", stderr);
	else if (strcmp(argv[1], "iso") == 0)
		ok = read_iso(argv[2], ISO_EXTENSION_NONE);
	else if (strcmp(argv[1], "joliet") == 0)
		ok = read_iso(argv[2], ISO_EXTENSION_JOLIET);
	else if (strcmp(argv[1], "udf") == 0)
		ok = read_udf(argv[2]);
	return ok && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
