/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and directories of ISO 9660 and Joliet: what is recorded, and their data. */
#include "import/iso_view.h"

#include "base/text.h"
#include "error/fail.h"
#include "io/stream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* More than any system takes for a path; libisofs has no limit of its own. */
#define LINK_SIZE_MAX 65536

#define REPLACEMENT_CHARACTER	   0xFFFD
#define REPLACEMENT_CHARACTER_TEXT "\xEF\xBF\xBD"

struct fsi_iso_item *fsi_import_iso_item_of(fsi_disc_entry *entry)
{
	void *self = entry; /* its first member */

	return self;
}

static struct fsi_iso_reader *reader_of(fsi_disc_entry *entry)
{
	return &fsi_import_iso_view_of(entry->view)->reader;
}

/* ---- names ------------------------------------------------------------- */

/*
 * Make text of what is recorded: what is no UTF-8 becomes U+FFFD, in a name also
 * what would lead elsewhere. out has room for 3 bytes for one, and for a NUL.
 */
static void copy_text(const char *text, bool is_name, char *out)
{
	const char *const end = text + strlen(text);
	char *const start = out;

	while (text < end) {
		const uint32_t character = fsi_utf8_next(&text, end);
		const bool is_fit =
			character != UINT32_MAX && (!is_name || character != '/');

		out += fsi_utf8_put(out, is_fit ? character : REPLACEMENT_CHARACTER);
	}
	*out = '\0';
	if (is_name && (strcmp(start, "") == 0 || strcmp(start, ".") == 0 ||
			strcmp(start, "..") == 0))
		memcpy(start, REPLACEMENT_CHARACTER_TEXT,
		       sizeof(REPLACEMENT_CHARACTER_TEXT));
}

/* *ret_text is libisofs's, to be freed with free(); NULL: it has none. */
static char *get_name(struct fsi_iso_reader *reader, const struct fsi_iso_name *name)
{
	char *text = NULL;

	if (name->depth == 0)
		return NULL;
	pthread_mutex_lock(&reader->lock);
	text = iso_file_source_get_name(name->source);
	pthread_mutex_unlock(&reader->lock);
	return text;
}

static struct fsi_iso_item *allocate_item(fsi_disc_view *view,
					  const struct fsi_iso_name *name)
{
	struct fsi_iso_reader *reader = &fsi_import_iso_view_of(view)->reader;
	char *const recorded = get_name(reader, name);
	const char *const text = recorded != NULL ? recorded : "";
	const size_t size = 3 * strlen(text) + sizeof(REPLACEMENT_CHARACTER_TEXT);
	struct fsi_iso_item *item = fsi_allocate_zeroed(1, sizeof(*item) + size);

	if (item != NULL && name->depth > 0)
		copy_text(text, true, item->name);
	free(recorded);
	return item;
}

HRESULT fsi_import_iso_create_item(fsi_disc_view *view, const struct fsi_iso_name *name,
				   fsi_disc_entry **ret_entry)
{
	struct fsi_iso_reader *reader = &fsi_import_iso_view_of(view)->reader;
	const size_t count = name->record->section_count;
	struct fsi_iso_item *item = allocate_item(view, name);

	if (item != NULL)
		item->sections = fsi_allocate_zeroed(count, sizeof(*item->sections));
	if (item == NULL || item->sections == NULL) {
		fsi_free(item);
		fsi_iso_reader_release(reader, name->source);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	memcpy(item->sections, name->sections, count * sizeof(*item->sections));
	fsi_view_init_entry(&item->entry, view, item->name);
	item->source = name->source;
	item->parent = name->parent;
	item->depth = name->depth;
	item->record = *name->record;
	*ret_entry = &item->entry;
	return S_OK;
}

void fsi_import_iso_destroy_item(fsi_disc_entry *entry)
{
	struct fsi_iso_item *item = fsi_import_iso_item_of(entry);

	fsi_iso_reader_release(reader_of(entry), item->source);
	fsi_free(item->sections);
	fsi_view_free_entry(entry);
}

/* ---- what is recorded -------------------------------------------------- */

static enum fsi_disc_kind kind_of_mode(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return FSI_DISC_FILE;
	case S_IFDIR:
		return FSI_DISC_DIRECTORY;
	case S_IFLNK:
		return FSI_DISC_LINK;
	case S_IFBLK:
		return FSI_DISC_BLOCK_DEVICE;
	case S_IFCHR:
		return FSI_DISC_CHARACTER_DEVICE;
	case S_IFIFO:
		return FSI_DISC_FIFO;
	case S_IFSOCK:
		return FSI_DISC_SOCKET;
	default:
		return (enum fsi_disc_kind)0;
	}
}

/* The size of the sections is that of the file, or they are another file's. */
static HRESULT check_size(struct fsi_iso_item *item, const struct stat *status)
{
	uint64_t size = 0;

	for (size_t i = 0; i < item->record.section_count; i++)
		size += item->sections[i].size;
	if ((uint64_t)status->st_size == size)
		return S_OK;
	return fsi_iso_reader_inconsistent(
		reader_of(&item->entry),
		"The directory record at byte %" PRIu64 " of the disc belongs to a file "
		"of %" PRIu64 " bytes, but libisofs finds %" PRIu64 ".",
		item->record.disc_offset, size, (uint64_t)status->st_size);
}

/*
 * One number for all names of a file: RRIP 1.12 records a serial number (4.1.1),
 * before that hard links are those that share their data. Serial numbers are not
 * trusted with files whose data is elsewhere. Else it is where the record is.
 */
static uint64_t make_identity(const struct fsi_iso_item *item, const struct stat *status,
			      enum fsi_disc_kind kind)
{
	const uint64_t block = item->sections[0].first_block;
	const uint32_t number = (uint32_t)status->st_ino;

	if (kind == FSI_DISC_DIRECTORY)
		return UINT64_C(2) << 62 | block;
	if (kind == FSI_DISC_FILE && status->st_nlink > 1 && status->st_size > 0)
		return UINT64_C(1) << 62 | (block & 0x3FFFFFFF) << 32 | number;
	if (status->st_nlink > 1 && number != 0)
		return UINT64_C(3) << 62 | (uint64_t)kind << 32 | number;
	return item->record.disc_offset;
}

static struct fsi_disc_time make_time(time_t seconds)
{
	return (struct fsi_disc_time){
		.time = {.tv_sec = seconds},
		.is_known = true,
		.has_zone = true,
	};
}

static void take_rock_ridge(const struct stat *status, struct fsi_disc_entry_info *info)
{
	info->unique_id = status->st_ino;
	info->link_count = (uint32_t)status->st_nlink;
	info->has_uid = info->has_gid = info->has_mode = true;
	info->uid = status->st_uid;
	info->gid = status->st_gid;
	info->mode = status->st_mode & 07777;
	info->modification_time = make_time(status->st_mtime);
	info->access_time = make_time(status->st_atime);
	info->attribute_time = make_time(status->st_ctime);
	if (info->kind == FSI_DISC_BLOCK_DEVICE ||
	    info->kind == FSI_DISC_CHARACTER_DEVICE) {
		info->device_major = major(status->st_rdev);
		info->device_minor = minor(status->st_rdev);
	}
}

HRESULT fsi_import_iso_load_item(fsi_disc_entry *entry)
{
	struct fsi_iso_item *item = fsi_import_iso_item_of(entry);
	struct fsi_iso_reader *reader = reader_of(entry);
	struct stat status;
	struct fsi_disc_entry_info info = {.link_count = 1};
	HRESULT hr = S_OK;
	int result = 0;

	pthread_mutex_lock(&reader->lock);
	reader->failure = S_OK;
	result = iso_file_source_lstat(item->source, &status);
	if (result < 0)
		hr = fsi_iso_reader_failure(reader, result);
	pthread_mutex_unlock(&reader->lock);
	FSI_TRY(hr);
	info.kind = kind_of_mode(status.st_mode);
	if (info.kind == 0 || (item->depth == 0 && info.kind != FSI_DISC_DIRECTORY))
		return fsi_iso_reader_inconsistent(
			reader,
			"The directory record at byte %" PRIu64
			" of the disc has file mode %#" PRIo32 ".",
			item->record.disc_offset, (uint32_t)status.st_mode);
	if (info.kind == FSI_DISC_FILE)
		FSI_TRY(check_size(item, &status));
	info.size = (uint64_t)status.st_size;
	if (info.kind == FSI_DISC_DIRECTORY)
		item->sections[0].size = (uint32_t)info.size;
	else if (info.kind != FSI_DISC_FILE)
		info.size = 0; /* their data is in the directory record */
	info.identity = make_identity(item, &status, info.kind);
	info.is_hidden = (item->record.flags & FSI_ISO9660_HIDDEN) != 0;
	info.entry_block = (uint32_t)(item->record.disc_offset / FSI_BLOCK_SIZE);
	info.modification_time = item->record.recording_time;
	if (reader->has_rock_ridge)
		take_rock_ridge(&status, &info);
	entry->info = info;
	return S_OK;
}

/* ---- data -------------------------------------------------------------- */

/* offset is less than the size of the entry. */
static struct fsi_disc_extent find_extent(const struct fsi_iso_item *item,
					  uint64_t offset)
{
	uint64_t begin = 0;
	size_t i = 0;

	while (offset - begin >= item->sections[i].size)
		begin += item->sections[i++].size;
	begin = offset - begin; /* in that section */
	return (struct fsi_disc_extent){
		.kind = FSI_DISC_EXTENT_RECORDED,
		.offset = offset,
		.length = item->sections[i].size - begin,
		.disc_offset =
			(uint64_t)item->sections[i].first_block * FSI_BLOCK_SIZE + begin,
		.block = (uint32_t)(item->sections[i].first_block +
				    begin / FSI_BLOCK_SIZE),
	};
}

HRESULT fsi_import_iso_get_extent(fsi_disc_entry *entry, uint64_t offset,
				  struct fsi_disc_extent *ret_extent)
{
	*ret_extent = find_extent(fsi_import_iso_item_of(entry), offset);
	return S_OK;
}

static HRESULT read_data(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	fsi_disc_entry *entry = self;
	const uint64_t size = entry->info.size;
	const uint64_t left = offset < size ? size - offset : 0;
	const size_t wanted = left < length ? (size_t)left : length;
	uint8_t *out = buffer;
	size_t done = 0;

	while (done < wanted) {
		const struct fsi_disc_extent extent =
			find_extent(fsi_import_iso_item_of(entry), offset + done);
		const size_t rest = wanted - done;
		const size_t piece = extent.length < rest ? (size_t)extent.length : rest;

		FSI_TRY(fsi_media_read_data(reader_of(entry)->media, extent.disc_offset,
					    out + done, piece));
		done += piece;
	}
	*ret_read = done;
	return S_OK;
}

static HRESULT measure_data(void *self, uint64_t *ret_size)
{
	fsi_disc_entry *entry = self;

	*ret_size = entry->info.size;
	return S_OK;
}

static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	fsi_disc_entry *entry = self;
	struct fsi_disc_extent extent = {.length = 0};
	uint64_t count = 0;

	if (offset < entry->info.size) {
		extent = find_extent(fsi_import_iso_item_of(entry), offset);
		count = fsi_media_count_zeros(reader_of(entry)->media,
					      extent.disc_offset);
	}
	*ret_count = count < extent.length ? count : extent.length;
	return S_OK;
}

static void close_data(void *self)
{
	fsi_disc_entry_release(self);
}

static const struct fsi_stream_ops data_ops = {
	.size = sizeof(data_ops),
	.read_at = read_data,
	.get_size = measure_data,
	.count_zeros = count_zeros,
	.destroy = close_data,
};

HRESULT fsi_import_iso_open_data(fsi_disc_entry *entry, fsi_stream **ret_data)
{
	FSI_TRY(fsi_stream_make(&data_ops, entry, ret_data));
	(void)fsi_disc_entry_add_ref(entry);
	return S_OK;
}

static HRESULT unsupported(fsi_disc_entry *entry, const char *feature)
{
	return fsi_error_detail(FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
					 reader_of(entry)->name, feature),
				"The directory record at byte %" PRIu64
				" of the disc has it.",
				fsi_import_iso_item_of(entry)->record.disc_offset);
}

HRESULT fsi_import_iso_find_place(fsi_disc_entry *entry, struct fsi_view_place *ret_place)
{
	const struct fsi_iso_item *item = fsi_import_iso_item_of(entry);

	for (size_t i = 0; item->depth > 0 && i < item->record.section_count; i++) {
		const struct fsi_iso_section *section = &item->sections[i];

		if (section->is_compressed)
			return unsupported(entry, "compressed files");
		if (section->attribute_blocks > 0)
			return unsupported(entry, "extended attribute records");
	}
	*ret_place = (struct fsi_view_place){.has_entry = false};
	return S_OK;
}

HRESULT fsi_import_iso_get_link_target(fsi_disc_entry *entry, char **ret_target)
{
	struct fsi_iso_item *item = fsi_import_iso_item_of(entry);
	struct fsi_iso_reader *reader = reader_of(entry);
	char *recorded = fsi_allocate(LINK_SIZE_MAX);
	char *target = NULL;
	HRESULT hr = S_OK;
	int result = 0;

	if (recorded == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	pthread_mutex_lock(&reader->lock);
	reader->failure = S_OK;
	result = iso_file_source_readlink(item->source, recorded, LINK_SIZE_MAX);
	if (result < 0)
		hr = fsi_iso_reader_failure(reader, result);
	pthread_mutex_unlock(&reader->lock);
	if (SUCCEEDED(hr) && recorded[0] == '\0')
		hr = fsi_iso_reader_inconsistent(
			reader,
			"The directory record at byte %" PRIu64
			" of the disc is of a symbolic link that leads nowhere.",
			item->record.disc_offset);
	if (SUCCEEDED(hr)) {
		target = fsi_allocate(3 * strlen(recorded) + 1);
		if (target == NULL)
			hr = FSI_FAIL(E_OUTOFMEMORY);
	}
	if (SUCCEEDED(hr)) {
		copy_text(recorded, false, target);
		*ret_target = target;
	}
	fsi_free(recorded);
	return hr;
}
