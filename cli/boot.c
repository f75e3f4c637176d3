/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes an image bootable. */

#include "cli/boot.h"

#include "cli/sources.h"

#include <fsimage/fsimage.h>

#include <stdlib.h>
#include <string.h>

#define WORDS(table) (sizeof(table) / sizeof((table)[0]))

struct word {
	const char *text;
	uint32_t value;
};

static const struct word platforms[] = {
	{"bios", FSI_PLATFORM_X86},
	{"efi", FSI_PLATFORM_EFI},
	{"mac", FSI_PLATFORM_MAC},
	{"powerpc", FSI_PLATFORM_POWERPC},
};

static const struct word emulations[] = {
	{"none", FSI_EMULATION_NONE},
	{"floppy12", FSI_EMULATION_12M_FLOPPY},
	{"floppy144", FSI_EMULATION_144M_FLOPPY},
	{"floppy288", FSI_EMULATION_288M_FLOPPY},
	{"hard-disk", FSI_EMULATION_HARD_DISK},
};

/* ---- reading the options ----------------------------------------------- */

static bool find_word(const struct word *words, size_t count, const char *text,
		      size_t length, uint32_t *ret_value)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i].text) == length &&
		    memcmp(words[i].text, text, length) == 0) {
			*ret_value = words[i].value;
			return true;
		}
	}
	return false;
}

/* A number of 16 bits: decimal, or hexadecimal behind 0x. */
static bool parse_number(const char *text, uint16_t *ret_number)
{
	const bool is_hex = strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0;
	const char *digits = is_hex ? text + 2 : text;
	const size_t length = strlen(digits);
	unsigned long number = 0;

	if (length == 0 || length > 6 ||
	    digits[strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789")] !=
		    '\0')
		return false;
	number = strtoul(digits, NULL, is_hex ? 16 : 10);
	if (number > UINT16_MAX)
		return false;
	*ret_number = (uint16_t)number;
	return true;
}

static const char *take_emulation(struct boot_entry *entry, const char *value)
{
	uint32_t number = 0;

	if (!find_word(emulations, WORDS(emulations), value, strlen(value), &number))
		return "has an emulation that is not none, floppy12, floppy144, "
		       "floppy288 "
		       "or hard-disk";
	entry->emulation = (enum fsi_emulation)number;
	entry->has_emulation = true;
	return NULL;
}

static const char *take_manufacturer(struct boot_entry *entry, const char *value)
{
	free(entry->manufacturer);
	entry->manufacturer = strdup(value);
	return entry->manufacturer != NULL ? NULL : "out of memory";
}

/* One of the options behind the path. */
static const char *take_option(struct boot_entry *entry, const char *option)
{
	if (strcmp(option, "info-table") == 0) {
		entry->info_table = true;
		return NULL;
	}
	if (strncmp(option, "emulation=", 10) == 0)
		return take_emulation(entry, option + 10);
	if (strncmp(option, "id=", 3) == 0)
		return take_manufacturer(entry, option + 3);
	if (strncmp(option, "load-size=", 10) == 0) {
		entry->has_load_size = parse_number(option + 10, &entry->load_size);
		return entry->has_load_size ? NULL
					    : "has a load-size that is not 0 to 65535";
	}
	if (strncmp(option, "segment=", 8) == 0)
		return parse_number(option + 8, &entry->segment)
			       ? NULL
			       : "has a segment that is not 0 to 0xffff";
	return "may have the options info-table, load-size=N, emulation=E, segment=N and "
	       "id=TEXT behind the path, with commas between (a comma of the path is "
	       "written '\\,')";
}

/* The text up to the next comma, with "\," and "\\" resolved; *cursor is behind it. */
static char *next_part(const char **cursor)
{
	const char *at = *cursor;
	char *part = malloc(strlen(at) + 1);
	size_t length = 0;

	if (part == NULL)
		return NULL;
	while (*at != '\0' && *at != ',') {
		if (*at == '\\' && (at[1] == ',' || at[1] == '\\'))
			at++;
		part[length++] = *at++;
	}
	part[length] = '\0';
	*cursor = *at == ',' ? at + 1 : NULL;
	return part;
}

static const char *parse_entry(const char *value, struct boot_entry *entry)
{
	const size_t length = strcspn(value, ":");
	const char *cursor = value + length + 1;
	const char *wrong = NULL;

	if (value[length] == '\0' ||
	    !find_word(platforms, WORDS(platforms), value, length, &entry->platform))
		return "must be PLATFORM:PATH, where the platform is bios, efi, mac or "
		       "powerpc";
	entry->operand = value;
	entry->path = next_part(&cursor);
	if (entry->path == NULL)
		return "out of memory";
	if (entry->path[0] == '\0')
		return "must name a boot image behind the platform";
	while (cursor != NULL && wrong == NULL) {
		char *option = next_part(&cursor);

		wrong = option != NULL ? take_option(entry, option) : "out of memory";
		free(option);
	}
	return wrong;
}

const char *boot_add(struct boot_list *list, const char *value)
{
	struct boot_entry *items = NULL;

	if (list->count == FSI_BOOT_ENTRIES_MAX)
		return "is given more often than the 32 times that a disc has room for";
	items = realloc(list->items, (list->count + 1) * sizeof(*items));
	if (items == NULL)
		return "out of memory";
	list->items = items;
	items[list->count] = (struct boot_entry){0};
	return parse_entry(value, &items[list->count++]);
}

const char *boot_take_load_size(struct boot_list *list, const char *value)
{
	list->has_load_size = parse_number(value, &list->load_size);
	return list->has_load_size ? NULL : "must be 0 to 65535 sectors of 512 bytes";
}

const char *boot_take_catalog(struct boot_list *list, const char *value)
{
	list->catalog = value;
	return value[0] != '\0' ? NULL : "must name a file of the image";
}

bool boot_has_platform(const struct boot_list *list, enum fsi_platform_id platform)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].platform == (uint32_t)platform)
			return true;
	}
	return false;
}

int boot_check(const struct boot_list *list, const char *command)
{
	const bool has_bios = boot_has_platform(list, FSI_PLATFORM_X86);

	if (list->catalog != NULL && list->count == 0)
		return message_usage(command, "option '--boot-catalog' needs '--boot'");
	if (list->has_load_size && !has_bios)
		return message_usage(
			command, "option '--boot-load-size' needs '--boot bios:PATH'");
	if (list->info_table && !has_bios)
		return message_usage(
			command, "option '--boot-info-table' needs '--boot bios:PATH'");
	return STATUS_DONE;
}

/* ---- finding the images ------------------------------------------------ */

/* The file of the image that a path names; *ret_full_path is to be freed. NULL: it
 * names none. */
static fsi_file *find_file(fsi_image *image, const char *path, const char *separators,
			   char **ret_full_path)
{
	fsi_directory *root = NULL;
	fsi_item *item = NULL;
	char *full_path = NULL;

	path += strspn(path, separators);
	if (asprintf(&full_path, "/%s", path) < 0)
		return NULL;
	if (FAILED(fsi_image_get_root(image, &root)) ||
	    FAILED(fsi_directory_get_item(root, full_path, &item)) ||
	    fsi_item_as_file(item) == NULL) {
		free(full_path);
		return NULL;
	}
	*ret_full_path = full_path;
	return fsi_item_as_file(item);
}

/* The stream that the options are assigned first, so that it is looked at early. */
static HRESULT open_image(const struct boot_entry *entry, fsi_file *file,
			  fsi_boot_options *options)
{
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	if (file == NULL)
		return fsi_boot_options_assign_boot_image_from_path(options, entry->path);
	hr = fsi_file_get_data(file, &stream);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_assign_boot_image(options, stream);
	fsi_stream_release(stream);
	return hr;
}

/* Partitions that the first sector of a disk tells of; 0 without a table. */
static unsigned count_partitions(const uint8_t (*sector)[512])
{
	unsigned count = 0;

	if ((*sector)[510] != 0x55 || (*sector)[511] != 0xAA)
		return 0;
	for (size_t at = 446; at < 510; at += 16)
		count += (*sector)[at + 4] != 0;
	return count;
}

/* A BIOS starts a hard disk from its one partition (El Torito 2.2). */
static HRESULT check_hard_disk(const struct boot_entry *entry, fsi_boot_options *options,
			       const struct voice *voice)
{
	fsi_stream *stream = NULL;
	uint8_t sector[512] = {0};
	size_t got = 0;
	HRESULT hr = fsi_boot_options_get_boot_image(options, &stream);

	if (SUCCEEDED(hr))
		hr = fsi_stream_read_at(stream, 0, sector, sizeof(sector), &got);
	fsi_stream_release(stream);
	if (SUCCEEDED(hr) && count_partitions((const uint8_t(*)[512]) & sector) != 1)
		message_note(voice,
			     "%s has no partition table with exactly one partition, as a "
			     "hard disk needs it to be started",
			     entry->path);
	return hr;
}

/* By its size, as IMAPI does it, for a BIOS; other firmware knows no floppies. */
static HRESULT choose_emulation(const struct boot_entry *entry, fsi_boot_options *options,
				const struct voice *voice,
				enum fsi_emulation *ret_emulation)
{
	HRESULT hr = S_OK;

	*ret_emulation = entry->emulation;
	if (!entry->has_emulation && entry->platform == FSI_PLATFORM_X86) {
		hr = fsi_boot_options_get_emulation(options, ret_emulation);
		if (SUCCEEDED(hr) && *ret_emulation != FSI_EMULATION_NONE)
			message_note(voice,
				     "%s has the size of a floppy disk and is started as "
				     "one; emulation=none behind it starts it as it is",
				     entry->path);
	}
	return SUCCEEDED(hr) ? fsi_boot_options_put_emulation(options, *ret_emulation)
			     : hr;
}

static HRESULT assign_image(const struct boot_entry *entry, fsi_image *image,
			    const char *separators, const struct voice *voice,
			    fsi_boot_options *options)
{
	enum fsi_emulation emulation = FSI_EMULATION_NONE;
	char *full_path = NULL;
	fsi_file *file = find_file(image, entry->path, separators, &full_path);
	HRESULT hr = open_image(entry, file, options);

	if (SUCCEEDED(hr))
		hr = choose_emulation(entry, options, voice, &emulation);
	if (SUCCEEDED(hr) && emulation == FSI_EMULATION_HARD_DISK)
		hr = check_hard_disk(entry, options, voice);
	if (SUCCEEDED(hr) && file != NULL) {
		hr = fsi_boot_options_assign_boot_file(options, full_path);
		if (SUCCEEDED(hr))
			hr = fsi_boot_options_put_emulation(options, emulation);
	}
	free(full_path);
	return hr;
}

/* ---- making the image bootable ----------------------------------------- */

static HRESULT put_entry(const struct boot_list *list, const struct boot_entry *entry,
			 fsi_boot_options *options)
{
	const bool is_bios = entry->platform == FSI_PLATFORM_X86;
	HRESULT hr = fsi_boot_options_put_platform_id(options, entry->platform);

	if (SUCCEEDED(hr) && entry->manufacturer != NULL)
		hr = fsi_boot_options_put_manufacturer(options, entry->manufacturer);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_put_load_segment(options, entry->segment);
	if (SUCCEEDED(hr) && entry->has_load_size)
		hr = fsi_boot_options_put_sector_count(options, entry->load_size);
	else if (SUCCEEDED(hr) && is_bios && list->has_load_size)
		hr = fsi_boot_options_put_sector_count(options, list->load_size);
	if (SUCCEEDED(hr))
		hr = fsi_boot_options_put_boot_info_table(
			options, entry->info_table || (is_bios && list->info_table));
	return hr;
}

static HRESULT put_catalog(const struct boot_list *list, fsi_image *image,
			   const char *separators)
{
	const char *path = list->catalog + strspn(list->catalog, separators);
	fsi_directory *directory = NULL;
	char *full_path = NULL;
	size_t name_at = strlen(path);
	HRESULT hr = fsi_image_get_root(image, &directory);

	while (name_at > 0 && strchr(separators, path[name_at - 1]) == NULL)
		name_at--;
	if (SUCCEEDED(hr))
		hr = source_enter_folders(path, name_at, separators, &directory);
	if (FAILED(hr))
		return hr;
	if (asprintf(&full_path, "/%s", path) < 0)
		return E_OUTOFMEMORY;
	hr = fsi_image_put_boot_catalog_path(image, full_path);
	free(full_path);
	return hr;
}

HRESULT boot_put(const struct boot_list *list, fsi_image *image, const char *separators,
		 const struct voice *voice, const char **ret_doing)
{
	fsi_boot_options *options[FSI_BOOT_ENTRIES_MAX] = {NULL};
	HRESULT hr = S_OK;

	if (list->count == 0)
		return S_OK;
	for (size_t i = 0; i < list->count && SUCCEEDED(hr); i++) {
		const struct boot_entry *entry = &list->items[i];

		*ret_doing = entry->operand;
		hr = fsi_boot_options_create(&options[i]);
		if (SUCCEEDED(hr))
			hr = assign_image(entry, image, separators, voice, options[i]);
		if (SUCCEEDED(hr))
			hr = put_entry(list, entry, options[i]);
	}
	if (SUCCEEDED(hr))
		hr = fsi_image_put_boot_image_options_array(image, options, list->count);
	if (SUCCEEDED(hr) && list->catalog != NULL) {
		*ret_doing = list->catalog;
		hr = put_catalog(list, image, separators);
	}
	for (size_t i = 0; i < list->count; i++)
		fsi_boot_options_release(options[i]);
	return hr;
}

const char *boot_hint(HRESULT code)
{
	switch (code) {
	case IMAPI_E_BOOT_IMAGE_DATA:
		return "--boot takes a file of the image, by its path there, or else one "
		       "of this computer";
	case IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH:
		return "emulation=none behind the path starts it without emulation";
	case IMAPI_E_INVALID_PARAM:
		return "id=TEXT takes up to 24 characters of Western European languages";
	case IMAPI_E_DUP_NAME:
	case IMAPI_E_INVALID_PATH:
	case IMAPI_E_NOT_DIR:
		return "--boot-catalog takes the path that a new file of the image is to "
		       "have";
	default:
		return NULL;
	}
}

void boot_clear(struct boot_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].path);
		free(list->items[i].manufacturer);
	}
	free(list->items);
	*list = (struct boot_list){0};
}
