/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the file systems of a bridge have in common: U-162, U-163, U-165, C-006. */
#include "check/check.h"

#include "base/bytes.h"
#include "error/fail.h"
#include "import/file_systems.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A file with data, as one of the file systems has it. */
struct file {
	uint64_t disc_offset; /* of its first byte */
	uint64_t size;
	const struct fsi_check_name *name;
};

/* A directory that is still to be listed. */
struct directory {
	fsi_disc_entry *entry;
	const struct fsi_check_name *name;
};

struct side {
	struct fsi_check *check;
	enum fsi_file_system file_system;
	bool has_full_names; /* as they were given: UDF, Rock Ridge */
	bool is_whole;	     /* all of it could be listed */
	FSI_VECTOR(struct file) files;
	FSI_VECTOR(struct directory) directories;
};

/* ---- listing ----------------------------------------------------------- */

static bool is_ok(struct side *side, HRESULT hr)
{
	if (hr == E_OUTOFMEMORY)
		fsi_check_fail(side->check, hr);
	if (FAILED(hr))
		side->is_whole = false;
	return SUCCEEDED(hr);
}

static void add_directory(struct side *side, fsi_disc_entry *entry,
			  const struct fsi_check_name *name)
{
	if (!fsi_vector_reserve(&side->directories, 1)) {
		fsi_check_fail(side->check, FSI_FAIL(E_OUTOFMEMORY));
		fsi_disc_entry_release(entry);
		return;
	}
	side->directories.items[side->directories.count++] =
		(struct directory){.entry = entry, .name = name};
}

static void add_file(struct side *side, fsi_disc_entry *entry, uint64_t size,
		     const struct fsi_check_name *name)
{
	struct fsi_disc_extent extent;

	if (size == 0 || fsi_view_get_extent(entry, 0, &extent) != S_OK ||
	    extent.kind != FSI_DISC_EXTENT_RECORDED)
		return;
	if (!fsi_vector_reserve(&side->files, 1)) {
		fsi_check_fail(side->check, FSI_FAIL(E_OUTOFMEMORY));
		return;
	}
	side->files.items[side->files.count++] = (struct file){
		.disc_offset = extent.disc_offset, .size = size, .name = name};
}

/* Takes the reference on entry over. */
static void add_entry(struct side *side, fsi_disc_entry *entry,
		      const struct fsi_check_name *parent)
{
	const struct fsi_check_name *name =
		fsi_check_add_name(side->check, parent, entry->name);
	const struct fsi_disc_entry_info *info = NULL;

	if (name != NULL && is_ok(side, fsi_view_get_info(entry, &info))) {
		if (info->kind == FSI_DISC_DIRECTORY) {
			add_directory(side, entry, name);
			return;
		}
		if (info->kind == FSI_DISC_FILE)
			add_file(side, entry, info->size, name);
	}
	fsi_disc_entry_release(entry);
}

static void list_directory(struct side *side, const struct directory *directory)
{
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;
	HRESULT hr = fsi_view_get_children(directory->entry, &children);

	if (!is_ok(side, hr))
		return;
	while (SUCCEEDED(side->check->failure)) {
		hr = children->view->ops->next(children, &child);
		if (hr != S_OK)
			break;
		add_entry(side, child, directory->name);
	}
	(void)is_ok(side, hr);
	fsi_disc_children_release(children);
}

static int compare_files(const void *a, const void *b)
{
	const struct file *const one = a;
	const struct file *const other = b;

	if (one->disc_offset != other->disc_offset)
		return one->disc_offset < other->disc_offset ? -1 : 1;
	return (one->size > other->size) - (one->size < other->size);
}

/* false: a view cannot be opened, which the checks of its own have told. */
static bool list(struct side *side)
{
	const struct fsi_import_hints hints = {.anchor_block = side->check->anchor_block};
	fsi_disc_view *view = NULL;
	fsi_disc_entry *root = NULL;

	side->is_whole = true;
	if (!is_ok(side,
		   fsi_import_open(side->check->media, &hints, side->file_system, &view)))
		return false;
	side->has_full_names =
		side->file_system == FSI_FILE_SYSTEM_UDF || view->volume.has_rock_ridge;
	if (is_ok(side, view->ops->get_root(view, &root)))
		add_directory(side, root, NULL);
	while (side->directories.count > 0) {
		const struct directory directory =
			side->directories.items[--side->directories.count];

		list_directory(side, &directory);
		fsi_disc_entry_release(directory.entry);
	}
	if (side->files.count > 1)
		qsort(side->files.items, side->files.count, sizeof(side->files.items[0]),
		      compare_files);
	fsi_disc_view_release(view);
	return true;
}

static void free_side(struct side *side)
{
	for (size_t i = 0; i < side->directories.count; i++)
		fsi_disc_entry_release(side->directories.items[i].entry);
	fsi_vector_free(&side->directories);
	fsi_vector_free(&side->files);
}

/* ---- comparing --------------------------------------------------------- */

static void tell(struct side *side, enum fsi_statement statement, const struct file *file,
		 const struct fsi_check_details *details, const char *sentence)
{
	const struct fsi_check_place place = {file->disc_offset, "file", file->name,
					      true};

	side->check->file_system = side->file_system;
	fsi_check_tell(side->check, statement, &place, details, "A file of %s %s",
		       fsi_import_name(side->file_system), sentence);
}

/* The first file at that place of that size or more, or what is behind it. */
static size_t find_file(const struct side *side, uint64_t disc_offset, uint64_t size)
{
	const struct file wanted = {.disc_offset = disc_offset, .size = size};
	size_t low = 0;
	size_t high = side->files.count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (compare_files(&side->files.items[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct side *side, size_t i, uint64_t disc_offset)
{
	return i < side->files.count && side->files.items[i].disc_offset == disc_offset;
}

/* Whether two names of a file that has no others are the same. */
static void compare_names(struct side *side, const struct file *file, struct side *other,
			  size_t i)
{
	const struct file *same = &other->files.items[i];

	if (!side->has_full_names || !other->has_full_names ||
	    is_at(other, i + 1, file->disc_offset) ||
	    strcmp(file->name->text, same->name->text) == 0)
		return;
	tell(side, FSI_C_006, file,
	     &(struct fsi_check_details){.expected = same->name->text,
					 .found = file->name->text},
	     "has another name in the other file system");
}

/* U-162, U-163: each file of one side in the other. */
static void compare(struct side *side, struct side *other, bool tell_sizes)
{
	for (size_t i = 0; i < side->files.count; i++) {
		const struct file *file = &side->files.items[i];
		const size_t n = find_file(other, file->disc_offset, 0);
		const size_t same = find_file(other, file->disc_offset, file->size);
		const bool is_same = is_at(other, same, file->disc_offset) &&
				     other->files.items[same].size == file->size;

		if (!is_at(other, n, file->disc_offset)) {
			/* It may have been left out or hidden on purpose. */
			tell(side, FSI_U_163, file,
			     &(struct fsi_check_details){
				     .severity = FSI_SEVERITY_WARNING,
				     .expected = FSI_TEXT(
					     "the same data in %s",
					     fsi_import_name(other->file_system))},
			     FSI_TEXT("is not in %s",
				      fsi_import_name(other->file_system)));
			continue;
		}

		if (!is_same && tell_sizes)
			tell(side, FSI_U_162, file,
			     &(struct fsi_check_details){
				     .expected = FSI_TEXT("%" PRIu64 " bytes",
							  other->files.items[n].size),
				     .found = FSI_TEXT("%" PRIu64 " bytes", file->size)},
			     "has another length in the other file system");
		else if (tell_sizes && !is_at(side, i + 1, file->disc_offset) &&
			 (i == 0 || !is_at(side, i - 1, file->disc_offset)))
			compare_names(side, file, other, n);
	}
}

/* U-165: ECMA-119 8.4.8 */
static void check_space_size(struct fsi_check *check)
{
	const uint64_t offset = (uint64_t)(check->session_block + 16) * FSI_BLOCK_SIZE;
	const struct fsi_check_place place = {offset + 80, "primary volume descriptor",
					      NULL, false};
	uint8_t bytes[4];
	const uint8_t(*const field)[4] = (const uint8_t(*)[4]) & bytes;
	uint32_t size = 0;

	/* Where there are several sessions, it counts from the last one. */
	if (check->session_block > 0 ||
	    !fsi_check_read(check, place.offset, bytes, sizeof(bytes)))
		return;
	size = fsi_get_le32(field);
	check->file_system = FSI_FILE_SYSTEM_ISO9660;
	if (size < check->block_count)
		fsi_check_number(check, FSI_U_165, &place, "volume space size",
				 check->block_count, size);
}

static void check_pair(struct fsi_check *check, struct side *udf,
		       enum fsi_file_system file_system)
{
	struct side other = {.check = check, .file_system = file_system};

	if (list(&other) && other.is_whole && udf->is_whole) {
		compare(udf, &other, false);
		compare(&other, udf, true);
	}
	free_side(&other);
}

void fsi_check_bridge(struct fsi_check *check)
{
	const struct fsi_import_hints hints = {.anchor_block = check->anchor_block};
	struct side udf = {.check = check, .file_system = FSI_FILE_SYSTEM_UDF};
	fsi_file_systems found = FSI_FILE_SYSTEM_NONE;
	const HRESULT hr = fsi_import_recognise(check->media, &hints, &found);

	if (!is_ok(&udf, hr) || (found & FSI_FILE_SYSTEM_UDF) == 0 ||
	    (found & FSI_FILE_SYSTEM_ISO9660) == 0)
		return;
	check_space_size(check);
	if (list(&udf)) {
		check_pair(check, &udf, FSI_FILE_SYSTEM_ISO9660);
		if ((found & FSI_FILE_SYSTEM_JOLIET) != 0)
			check_pair(check, &udf, FSI_FILE_SYSTEM_JOLIET);
	}
	free_side(&udf);
	check->file_system = FSI_FILE_SYSTEM_NONE;
}
