/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of a disc as "fsimage ls" shows them. */

#include "cli/listing.h"

#include "cli/moment.h"
#include "cli/text.h"

#include <fsimage/codes.h>

#include <inttypes.h>
#include <sys/stat.h>

/* Room for a number, or for two with ", " between them. */
#define NUMBER_SIZE 32

/* Room for "drwxr-xr-x". */
#define MODE_SIZE 11

/* ---- words ------------------------------------------------------------- */

static const struct kind {
	enum fsi_disc_kind kind;
	char letter;
	const char *word;
} kinds[] = {
	{FSI_DISC_FILE, '-', "file"},
	{FSI_DISC_DIRECTORY, 'd', "directory"},
	{FSI_DISC_LINK, 'l', "link"},
	{FSI_DISC_BLOCK_DEVICE, 'b', "block device"},
	{FSI_DISC_CHARACTER_DEVICE, 'c', "character device"},
	{FSI_DISC_FIFO, 'p', "fifo"},
	{FSI_DISC_SOCKET, 's', "socket"},
};

static const struct kind *find_kind(enum fsi_disc_kind kind)
{
	static const struct kind unknown = {FSI_DISC_FILE, '?', "unknown"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].kind == kind)
			return &kinds[i];
	}
	return &unknown;
}

static bool is_device(const struct fsi_disc_entry_info *info)
{
	return info->kind == FSI_DISC_BLOCK_DEVICE ||
	       info->kind == FSI_DISC_CHARACTER_DEVICE;
}

/* The letters of three permissions, the last one with its special bit. */
static void format_class(uint32_t bits, bool special, char letter, char *text)
{
	const bool runs = (bits & 1) != 0;

	text[0] = (bits & 4) != 0 ? 'r' : '-';
	text[1] = (bits & 2) != 0 ? 'w' : '-';
	if (special) /* a capital letter: without the permission to run */
		text[2] = runs ? letter : (char)(letter - 'a' + 'A');
	else
		text[2] = runs ? 'x' : '-';
}

static const char *format_mode(const struct fsi_disc_entry_info *info,
			       char (*text)[MODE_SIZE])
{
	const uint32_t mode = info->mode;

	snprintf(*text, sizeof(*text), "%c?????????", find_kind(info->kind)->letter);
	if (!info->has_mode)
		return *text;
	format_class(mode >> 6, (mode & S_ISUID) != 0, 's', *text + 1);
	format_class(mode >> 3, (mode & S_ISGID) != 0, 's', *text + 4);
	format_class(mode, (mode & S_ISVTX) != 0, 't', *text + 7);
	return *text;
}

static const char *format_id(bool is_known, uint32_t id, char (*text)[NUMBER_SIZE])
{
	if (is_known)
		snprintf(*text, sizeof(*text), "%" PRIu32, id);
	else
		snprintf(*text, sizeof(*text), "?");
	return *text;
}

static const char *format_size(const struct fsi_disc_entry_info *info,
			       char (*text)[NUMBER_SIZE])
{
	if (is_device(info))
		snprintf(*text, sizeof(*text), "%" PRIu32 ", %" PRIu32,
			 info->device_major, info->device_minor);
	else
		snprintf(*text, sizeof(*text), "%" PRIu64, info->size);
	return *text;
}

/* ---- lines ------------------------------------------------------------- */

static void widen(int *width, const char *text)
{
	const int length = snprintf(NULL, 0, "%s", text);

	if (*width < length)
		*width = length;
}

void listing_widen(struct listing_columns *columns, const struct child *child)
{
	const struct fsi_disc_entry_info *info = child->info;
	char text[NUMBER_SIZE];

	if (info == NULL)
		return;
	widen(&columns->links, format_id(true, info->link_count, &text));
	widen(&columns->uid, format_id(info->has_uid, info->uid, &text));
	widen(&columns->gid, format_id(info->has_gid, info->gid, &text));
	widen(&columns->size, format_size(info, &text));
}

void listing_print_text(const struct listing_style *style, const char *text)
{
	if (style->is_terminal)
		text_print(stdout, text);
	else
		fputs(text, stdout);
}

/* What stands before the name; "?" where nothing could be read. */
static void print_columns(const struct listing_columns *columns,
			  const struct fsi_disc_entry_info *info)
{
	char mode[MODE_SIZE];
	char links[NUMBER_SIZE];
	char uid[NUMBER_SIZE];
	char gid[NUMBER_SIZE];
	char size[NUMBER_SIZE];
	char time[MOMENT_TEXT_SIZE];

	if (info == NULL) {
		printf("?????????? %*s %*s %*s %*s %-19s ", columns->links, "?",
		       columns->uid, "?", columns->gid, "?", columns->size, "?", "?");
		return;
	}
	printf("%s %*s %*s %*s %*s %-19s ", format_mode(info, &mode), columns->links,
	       format_id(true, info->link_count, &links), columns->uid,
	       format_id(info->has_uid, info->uid, &uid), columns->gid,
	       format_id(info->has_gid, info->gid, &gid), columns->size,
	       format_size(info, &size), moment_format(&info->modification_time, &time));
}

HRESULT listing_print(const struct listing_style *style,
		      const struct listing_columns *columns, const struct child *child,
		      const char *name)
{
	char *target = NULL;
	HRESULT hr = S_OK;

	if (style->is_long)
		print_columns(columns, child->info);
	listing_print_text(style, name);
	if (style->is_long && child->info != NULL && child->info->kind == FSI_DISC_LINK) {
		hr = fsi_disc_entry_get_link_target(child->entry, &target);
		fputs(" -> ", stdout);
		listing_print_text(style, SUCCEEDED(hr) ? target : "?");
		fsi_free(target);
	}
	putchar('\n');
	return hr;
}

/* ---- objects ----------------------------------------------------------- */

static void print_time(FILE *file, const char *name, const struct fsi_disc_time *time)
{
	fprintf(file, ", \"%s\": ", name);
	moment_print_json(file, time);
}

static void print_id(FILE *file, const char *name, bool is_known, uint32_t id)
{
	if (is_known)
		fprintf(file, ", \"%s\": %" PRIu32, name, id);
	else
		fprintf(file, ", \"%s\": null", name);
}

static void print_flags(FILE *file, const struct fsi_disc_entry_info *info)
{
	const struct {
		const char *name;
		bool value;
	} flags[] = {
		{"hidden", info->is_hidden},	      {"system", info->is_system},
		{"archive", info->is_archive},	      {"real_time", info->is_real_time},
		{"named_streams", info->has_streams},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		fprintf(file, ", \"%s\": %s", flags[i].name,
			flags[i].value ? "true" : "false");
}

static void print_info(FILE *file, const struct fsi_disc_entry_info *info)
{
	fprintf(file,
		", \"type\": \"%s\", \"size\": %" PRIu64 ", \"links\": %" PRIu32
		", \"identity\": %" PRIu64 ", \"unique_id\": %" PRIu64
		", \"block\": %" PRIu32,
		find_kind(info->kind)->word, info->size, info->link_count, info->identity,
		info->unique_id, info->entry_block);
	if (info->has_mode)
		fprintf(file, ", \"mode\": \"%04" PRIo32 "\"", info->mode);
	else
		fputs(", \"mode\": null", file);
	print_id(file, "uid", info->has_uid, info->uid);
	print_id(file, "gid", info->has_gid, info->gid);
	print_id(file, "major", is_device(info), info->device_major);
	print_id(file, "minor", is_device(info), info->device_minor);
	print_flags(file, info);
	print_time(file, "created", &info->creation_time);
	print_time(file, "modified", &info->modification_time);
	print_time(file, "accessed", &info->access_time);
	print_time(file, "changed", &info->attribute_time);
}

HRESULT listing_print_json(FILE *file, const struct child *child, const char *path)
{
	const struct fsi_disc_entry_info *info = NULL;
	char *target = NULL;
	HRESULT hr = fsi_disc_entry_get_info(child->entry, &info);

	if (SUCCEEDED(hr) && info->kind == FSI_DISC_LINK)
		hr = fsi_disc_entry_get_link_target(child->entry, &target);
	if (FAILED(hr))
		return hr;
	fputs("{\"path\": ", file);
	text_print_json(file, path);
	fputs(", \"name\": ", file);
	text_print_json(file, child->name);
	print_info(file, info);
	fputs(", \"target\": ", file);
	text_print_json(file, target);
	fputs("}", file);
	fsi_free(target);
	return S_OK;
}
