/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be booted from an image, and which of its files that is. */

#include "cli/info_boot.h"

#include "cli/text.h"
#include "cli/units.h"

#include <fsimage/boot.h>
#include <fsimage/codes.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* El Torito 2.2: where a BIOS loads to when nothing else is told. */
#define DEFAULT_SEGMENT 0x7C0

/* ---- which files ------------------------------------------------------- */

/* A directory that is still to be looked through. */
struct pending {
	fsi_disc_entry *directory;
	char *path;
};

struct search {
	struct info_boot *boot;
	struct pending *items;
	size_t count;
	size_t capacity;
	size_t missing; /* paths that are not known yet */
};

/* Takes over the reference and the path, also on failure. */
static HRESULT push(struct search *search, fsi_disc_entry *directory, char *path)
{
	if (search->count == search->capacity) {
		const size_t capacity = search->capacity == 0 ? 16 : search->capacity * 2;
		struct pending *items = realloc(search->items, capacity * sizeof(*items));

		if (items == NULL) {
			fsi_disc_entry_release(directory);
			free(path);
			return E_OUTOFMEMORY;
		}
		search->items = items;
		search->capacity = capacity;
	}
	search->items[search->count++] = (struct pending){directory, path};
	return S_OK;
}

/* Keep a path where it is wanted. */
static HRESULT keep(struct search *search, const char *path, char **place)
{
	if (*place != NULL)
		return S_OK;
	*place = strdup(path);
	search->missing--;
	return *place != NULL ? S_OK : E_OUTOFMEMORY;
}

static HRESULT compare_file(struct search *search, fsi_disc_entry *file, const char *path)
{
	struct info_boot *boot = search->boot;
	struct fsi_disc_extent extent;
	HRESULT hr = fsi_disc_entry_get_extent(file, 0, &extent);

	if (hr != S_OK || extent.kind != FSI_DISC_EXTENT_RECORDED ||
	    extent.disc_offset % FSI_BLOCK_SIZE != 0)
		return hr == E_OUTOFMEMORY ? hr : S_OK;
	if (extent.disc_offset / FSI_BLOCK_SIZE == boot->catalog->block)
		hr = keep(search, path, &boot->catalog_path);
	for (size_t i = 0; i < boot->catalog->entry_count && SUCCEEDED(hr); i++) {
		if (extent.disc_offset / FSI_BLOCK_SIZE ==
		    boot->catalog->entries[i].block)
			hr = keep(search, path, &boot->paths[i]);
	}
	return hr;
}

/* Takes over the reference. */
static HRESULT look_at(struct search *search, const char *directory_path,
		       fsi_disc_entry *entry)
{
	const struct fsi_disc_entry_info *info = NULL;
	const char *name = NULL;
	char *path = NULL;
	HRESULT hr = fsi_disc_entry_get_name(entry, &name);

	if (SUCCEEDED(hr))
		hr = fsi_disc_entry_get_info(entry, &info);
	if (SUCCEEDED(hr) && asprintf(&path, "%s/%s", directory_path, name) < 0) {
		path = NULL;
		hr = E_OUTOFMEMORY;
	}
	if (SUCCEEDED(hr) && info->kind == FSI_DISC_DIRECTORY)
		return push(search, entry, path);
	if (SUCCEEDED(hr) && info->kind == FSI_DISC_FILE)
		hr = compare_file(search, entry, path);
	free(path);
	fsi_disc_entry_release(entry);
	/* What is damaged is told elsewhere; it hides no other file. */
	return hr == E_OUTOFMEMORY ? hr : S_OK;
}

static HRESULT look_through(struct search *search, const struct pending *pending)
{
	fsi_disc_children *children = NULL;
	HRESULT hr = fsi_disc_entry_get_children(pending->directory, &children);

	while (SUCCEEDED(hr) && search->missing > 0) {
		fsi_disc_entry *child = NULL;

		hr = fsi_disc_children_next(children, &child);
		if (hr != S_OK)
			break;
		hr = look_at(search, pending->path, child);
	}
	fsi_disc_children_release(children);
	return hr == E_OUTOFMEMORY ? hr : S_OK;
}

static HRESULT find_files(struct info_boot *boot, fsi_disc_view *view)
{
	struct search search = {.boot = boot, .missing = boot->catalog->entry_count + 1};
	fsi_disc_entry *root = NULL;
	char *path = strdup("");
	HRESULT hr = path != NULL ? fsi_disc_view_get_root(view, &root) : E_OUTOFMEMORY;

	if (SUCCEEDED(hr))
		hr = push(&search, root, path);
	else
		free(path);
	while (SUCCEEDED(hr) && search.count > 0 && search.missing > 0) {
		const struct pending pending = search.items[--search.count];

		hr = look_through(&search, &pending);
		fsi_disc_entry_release(pending.directory);
		free(pending.path);
	}
	while (search.count > 0) {
		search.count--;
		fsi_disc_entry_release(search.items[search.count].directory);
		free(search.items[search.count].path);
	}
	free(search.items);
	return hr == E_OUTOFMEMORY ? hr : S_OK;
}

HRESULT info_boot_read(fsi_disc *disc, fsi_disc_view *view, struct info_boot *ret_boot)
{
	HRESULT hr = S_OK;

	*ret_boot = (struct info_boot){0};
	hr = fsi_disc_read_boot_catalog(disc, &ret_boot->catalog);
	if (hr != S_OK)
		return FAILED(hr) ? hr : S_OK;
	ret_boot->paths = calloc(ret_boot->catalog->entry_count + 1, sizeof(char *));
	if (ret_boot->paths == NULL)
		return E_OUTOFMEMORY;
	return view != NULL ? find_files(ret_boot, view) : S_OK;
}

void info_boot_clear(struct info_boot *boot)
{
	for (size_t i = 0; boot->paths != NULL && i < boot->catalog->entry_count; i++)
		free(boot->paths[i]);
	free(boot->paths);
	free(boot->catalog_path);
	fsi_free(boot->catalog);
	*boot = (struct info_boot){0};
}

/* ---- words ------------------------------------------------------------- */

/* As --boot calls them. NULL: none of ours. */
static const char *word_of_platform(uint8_t platform)
{
	switch (platform) {
	case FSI_PLATFORM_X86:
		return "bios";
	case FSI_PLATFORM_POWERPC:
		return "powerpc";
	case FSI_PLATFORM_MAC:
		return "mac";
	case FSI_PLATFORM_EFI:
		return "efi";
	default:
		return NULL;
	}
}

static const char *word_of_emulation(uint8_t emulation)
{
	static const char *const words[] = {
		[FSI_EMULATION_NONE] = "none",
		[FSI_EMULATION_12M_FLOPPY] = "floppy12",
		[FSI_EMULATION_144M_FLOPPY] = "floppy144",
		[FSI_EMULATION_288M_FLOPPY] = "floppy288",
		[FSI_EMULATION_HARD_DISK] = "hard-disk",
	};

	return emulation < sizeof(words) / sizeof(words[0]) ? words[emulation] : NULL;
}

static const char *describe_emulation(uint8_t emulation)
{
	static const char *const words[] = {
		[FSI_EMULATION_NONE] = "no emulation",
		[FSI_EMULATION_12M_FLOPPY] = "floppy of 1.2 MB",
		[FSI_EMULATION_144M_FLOPPY] = "floppy of 1.44 MB",
		[FSI_EMULATION_288M_FLOPPY] = "floppy of 2.88 MB",
		[FSI_EMULATION_HARD_DISK] = "hard disk",
	};

	return emulation < sizeof(words) / sizeof(words[0]) ? words[emulation]
							    : "unknown emulation";
}

static unsigned segment_of(const struct fsi_disc_boot_entry *entry)
{
	return entry->load_segment != 0 ? entry->load_segment : DEFAULT_SEGMENT;
}

/* ---- for people -------------------------------------------------------- */

/* "block 20, /boot/boot.cat" */
static void print_place(const char *title, uint32_t block, const char *path)
{
	printf("  %-15s block %" PRIu32, title, block);
	if (path != NULL) {
		fputs(", ", stdout);
		text_print(stdout, path);
	}
}

static void print_entry(const struct fsi_disc_boot_entry *entry, const char *path)
{
	const char *word = word_of_platform(entry->platform);
	char size[UNITS_TEXT_SIZE];
	char title[32];

	if (word != NULL)
		snprintf(title, sizeof(title), "boot %s", word);
	else
		snprintf(title, sizeof(title), "boot 0x%02x", (unsigned)entry->platform);
	print_place(title, entry->block, path);
	printf(", %s, loads %u sector%s", describe_emulation(entry->emulation),
	       (unsigned)entry->sector_count, entry->sector_count == 1 ? "" : "s");
	/* The size of an emulated disk is in its name. */
	if (entry->emulation == FSI_EMULATION_NONE && entry->size != 0)
		printf(" (%s)", units_format_size(entry->size, &size));
	if (entry->platform != FSI_PLATFORM_EFI)
		printf(" at segment 0x%x", segment_of(entry));
	if (!entry->is_bootable)
		fputs(", not bootable", stdout);
	if (entry->manufacturer[0] != '\0') {
		fputs(", by ", stdout);
		text_print(stdout, entry->manufacturer);
	}
	putchar('\n');
}

void info_boot_print(const struct info_boot *boot)
{
	const struct fsi_disc_boot_catalog *catalog = boot->catalog;

	if (catalog == NULL)
		return;
	puts("El Torito");
	print_place("catalog", catalog->block, boot->catalog_path);
	putchar('\n');
	for (size_t i = 0; i < catalog->entry_count; i++)
		print_entry(&catalog->entries[i], boot->paths[i]);
	if (catalog->is_damaged)
		printf("  %-15s the catalog is damaged\n", "note");
	else if (!catalog->has_checksum)
		printf("  %-15s the checksum of the catalog is wrong\n", "note");
}

/* ---- for programs ------------------------------------------------------ */

static void print_entry_object(const struct fsi_disc_boot_entry *entry, const char *path,
			       FILE *file)
{
	fputs("{\"platform\": ", file);
	text_print_json(file, word_of_platform(entry->platform));
	fprintf(file, ", \"platform_id\": %u, \"bootable\": %s, \"emulation\": ",
		(unsigned)entry->platform, entry->is_bootable ? "true" : "false");
	text_print_json(file, word_of_emulation(entry->emulation));
	fprintf(file,
		", \"block\": %" PRIu32 ", \"sectors\": %u, \"bytes\": %" PRIu64
		", \"load_segment\": %u, \"system_type\": %u, \"manufacturer\": ",
		entry->block, (unsigned)entry->sector_count, entry->size,
		segment_of(entry), (unsigned)entry->system_type);
	text_print_json(file,
			entry->manufacturer[0] != '\0' ? entry->manufacturer : NULL);
	fputs(", \"path\": ", file);
	text_print_json(file, path);
	fputc('}', file);
}

void info_boot_print_json(const struct info_boot *boot, FILE *file)
{
	const struct fsi_disc_boot_catalog *catalog = boot->catalog;

	if (catalog == NULL) {
		fputs("null", file);
		return;
	}
	fprintf(file,
		"{\"catalog_block\": %" PRIu32 ", \"catalog_path\": ", catalog->block);
	text_print_json(file, boot->catalog_path);
	fprintf(file, ", \"damaged\": %s, \"checksum\": %s, \"entries\": [",
		catalog->is_damaged ? "true" : "false",
		catalog->has_checksum ? "true" : "false");
	for (size_t i = 0; i < catalog->entry_count; i++) {
		if (i > 0)
			fputs(", ", file);
		print_entry_object(&catalog->entries[i], boot->paths[i], file);
	}
	fputs("]}", file);
}
