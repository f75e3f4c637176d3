/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzing the UDF reader through the public API: open, list, read a bit, check. */

/*
 * An input is a disc in pieces, tests/fuzz/pieces.h says how, so that it is small
 * and what a fuzzer changes is seldom a byte that nobody reads. Whatever the disc
 * is, every call must come back, and names must be parts of paths.
 */
#include "tests/fuzz/pieces.h"

#include <fsimage/check.h>
#include <fsimage/disc.h>
#include <fsimage/error.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* More entries than an input can hold that is worth while. */
#define MOST_ENTRIES 20000

/* So many extents and bytes of each file are looked at. */
#define MOST_EXTENTS 64
#define MOST_BYTES   16384

/* Deeper is reached by no budget of the reader, but by the stack of this walk. */
#define MOST_LEVELS 200

struct walk {
	unsigned entries;
	unsigned level;
};

static void fail_if(bool is_wrong)
{
	if (is_wrong)
		abort();
}

/* Every failure is one that the header tells, and has a message. */
static bool succeeded(HRESULT hr)
{
	if (SUCCEEDED(hr))
		return true;
	fail_if(hr != IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR &&
		hr != IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED &&
		hr != IMAPI_E_FILE_SYSTEM_NOT_FOUND && hr != IMAPI_E_IMPORT_SEEK_FAILURE);
	fail_if(fsi_error_get_code() != hr || fsi_error_get_message()[0] == '\0');
	return false;
}

static void walk_extents(fsi_disc_entry *entry, uint64_t size)
{
	uint64_t offset = 0;

	for (unsigned n = 0; n < MOST_EXTENTS; n++) {
		struct fsi_disc_extent extent;
		const HRESULT hr = fsi_disc_entry_get_extent(entry, offset, &extent);

		if (!succeeded(hr))
			return;
		fail_if((hr == S_FALSE) != (offset >= size));
		if (hr == S_FALSE)
			return;
		fail_if(extent.offset != offset || extent.length == 0 ||
			extent.length > size - offset);
		offset += extent.length;
	}
}

static void read_data(fsi_disc_entry *entry, uint64_t size)
{
	static uint8_t bytes[MOST_BYTES];
	fsi_stream *stream = NULL;
	uint64_t stream_size = 0;
	size_t got = 0;

	if (!succeeded(fsi_disc_entry_open_data(entry, &stream)))
		return;
	fail_if(fsi_stream_get_size(stream, &stream_size) != S_OK || stream_size != size);
	if (succeeded(fsi_stream_read_at(stream, 0, bytes, sizeof(bytes), &got)))
		fail_if(got != (size < sizeof(bytes) ? size : sizeof(bytes)));
	/* The end, too. */
	if (size > sizeof(bytes))
		(void)succeeded(fsi_stream_read_at(stream, size - 100, bytes, 200, &got));
	fsi_stream_release(stream);
}

static void read_target(fsi_disc_entry *entry)
{
	char *target = NULL;

	if (succeeded(fsi_disc_entry_get_link_target(entry, &target)))
		fail_if(target[0] == '\0');
	fsi_free(target);
}

static void check_name(fsi_disc_entry *entry)
{
	const char *name = NULL;

	fail_if(fsi_disc_entry_get_name(entry, &name) != S_OK);
	fail_if(name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
		strcmp(name, "..") == 0);
}

static void walk_entry(struct walk *walk, fsi_disc_entry *entry);

static void walk_children(struct walk *walk, fsi_disc_children *children)
{
	unsigned failures = 0;

	while (walk->entries < MOST_ENTRIES) {
		fsi_disc_entry *child = NULL;
		const HRESULT hr = fsi_disc_children_next(children, &child);

		if (hr == S_FALSE)
			break;
		/* An enumeration goes on, but not for ever. */
		if (!succeeded(hr)) {
			fail_if(++failures > MOST_ENTRIES);
			continue;
		}
		walk->entries++;
		check_name(child);
		walk_entry(walk, child);
		fsi_disc_entry_release(child);
	}
	fsi_disc_children_release(children);
}

static void walk_entry(struct walk *walk, fsi_disc_entry *entry)
{
	const struct fsi_disc_entry_info *info = NULL;
	fsi_disc_children *children = NULL;

	if (!succeeded(fsi_disc_entry_get_info(entry, &info)))
		return;
	walk_extents(entry, info->size);
	if (info->kind == FSI_DISC_FILE)
		read_data(entry, info->size);
	if (info->kind == FSI_DISC_LINK)
		read_target(entry);
	if (walk->level == MOST_LEVELS)
		return;
	walk->level++;
	if (info->kind == FSI_DISC_DIRECTORY &&
	    succeeded(fsi_disc_entry_get_children(entry, &children)))
		walk_children(walk, children);
	if (info->has_streams && succeeded(fsi_disc_entry_get_streams(entry, &children)))
		walk_children(walk, children);
	walk->level--;
}

static void walk_disc(fsi_disc *disc)
{
	struct walk walk = {.entries = 0};
	const struct fsi_disc_volume *volume = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *root = NULL;

	if (!succeeded(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view)))
		return;
	fail_if(fsi_disc_view_get_volume(view, &volume) != S_OK);
	fail_if(volume->partition_count == 0 || volume->name == NULL);
	if (succeeded(fsi_disc_view_get_root(view, &root)))
		walk_entry(&walk, root);
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
}

/* The check comes back with findings, whatever the disc is. */
static void check_disc(fsi_stream *stream, uint32_t session_block)
{
	struct fsi_check_options options = {.size = sizeof(options)};
	fsi_image_manager *manager = NULL;
	fsi_findings *findings = NULL;

	options.session_block = session_block;
	fail_if(fsi_image_manager_create(&manager) != S_OK);
	fail_if(fsi_image_manager_set_stream(manager, stream) != S_OK);
	fail_if(fsi_image_manager_check(manager, &options, &findings) != S_OK);
	fsi_findings_release(findings);
	fsi_image_manager_release(manager);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fsi_disc_options options = {.size = sizeof(options)};
	struct pieces_disc made;
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;

	if (!pieces_make_disc(data, size, &made))
		return 0;
	options.anchor_block = made.anchor_block;
	options.session_block = made.session_block;
	stream = pieces_open_disc(&made);
	fail_if(stream == NULL);
	if (succeeded(fsi_disc_open(stream, &options, &disc)))
		walk_disc(disc);
	fsi_disc_release(disc);
	check_disc(stream, made.session_block);
	fsi_stream_release(stream);
	pieces_free_disc(&made);
	return 0;
}
