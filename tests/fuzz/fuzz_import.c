/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzing the import: recognise, find sessions, take items in, lay out and read. */

/*
 * An input is a disc in pieces, tests/fuzz/pieces.h says how; with PIECES_SESSION it is
 * one that is written in sequence, and its session begins at block 32. Whatever the disc
 * is, every call must come back; a failed import leaves the image as it was; and what
 * was imported can be laid out, read, and read back.
 */
#include "tests/fuzz/pieces.h"

#include <fsimage/fsimage.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a disc that can be overwritten has room for. */
#define TOTAL_BLOCKS 200000

/* So much of a session is read. */
#define MOST_BYTES (4u << 20)

/* How many sessions of a disc are looked at. */
#define MOST_SESSIONS 8

/* The disc, and which of it the target reads. */
struct target {
	struct pieces_disc made;
	fsi_stream *stream;
	fsi_multisession *multisession;
	int32_t blocks;
};

static void fail_if(bool is_wrong)
{
	if (is_wrong)
		abort();
}

/* Every failure is one that the headers tell, and has a message. */
static bool succeeded(HRESULT hr)
{
	static const HRESULT known[] = {
		IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
		IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
		IMAPI_E_FILE_SYSTEM_NOT_FOUND,
		IMAPI_E_IMPORT_SEEK_FAILURE,
		IMAPI_E_EMPTY_DISC,
		IMAPI_E_NO_SUPPORTED_FILE_SYSTEM,
		IMAPI_E_UDF_NOT_WRITE_COMPATIBLE,
		IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
		IMAPI_E_INVALID_PATH,
		IMAPI_E_DUP_NAME,
		IMAPI_E_NO_UNIQUE_NAME,
		IMAPI_E_IMAGE_TOO_BIG,
		IMAPI_E_ISO9660_LEVELS,
		IMAPI_E_TOO_MANY_DIRS,
		IMAPI_E_DATA_TOO_BIG,
		IMAPI_E_DATA_STREAM_READ_FAILURE,
	};
	bool is_known = false;

	if (SUCCEEDED(hr))
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		is_known = is_known || hr == known[i];
	fail_if(!is_known);
	fail_if(fsi_error_get_code() != hr || fsi_error_get_message()[0] == '\0');
	return false;
}

/* ---- the object --------------------------------------------------------- */

static HRESULT get_value(void *self, enum fsi_multisession_value which,
			 int32_t *ret_value)
{
	const struct target *target = self;
	const bool is_sequential = target->made.session_block != 0;

	switch ((int)which) {
	case FSI_MULTISESSION_IS_SUPPORTED:
	case FSI_MULTISESSION_WRITE_UNIT_SIZE:
		*ret_value = 1;
		return S_OK;
	case FSI_MULTISESSION_MEDIA_TYPE:
		*ret_value = is_sequential ? IMAPI_MEDIA_TYPE_CDR : IMAPI_MEDIA_TYPE_DISK;
		return S_OK;
	case FSI_MULTISESSION_IS_FIRST_DATA_SESSION:
		*ret_value = 0;
		return S_OK;
	case FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION:
		*ret_value = (int32_t)target->made.session_block;
		return S_OK;
	case FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION:
	case FSI_MULTISESSION_LAST_WRITTEN_ADDRESS:
		*ret_value = target->blocks - 1;
		return S_OK;
	case FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS:
		*ret_value = target->blocks + 11400;
		return S_OK;
	default:
		*ret_value = TOTAL_BLOCKS;
		return S_OK;
	}
}

static HRESULT open_import_stream(void *self, fsi_stream **ret_stream)
{
	const struct target *target = self;

	*ret_stream = fsi_stream_add_ref(target->stream);
	return S_OK;
}

static bool open_target(struct target *target)
{
	static struct fsi_multisession_ops ops = {
		.size = sizeof(ops),
		.get_value = get_value,
		.open_import_stream = open_import_stream,
	};

	ops.kind = target->made.session_block != 0 ? FSI_MULTISESSION_SEQUENTIAL
						   : FSI_MULTISESSION_RANDOM_WRITE;
	target->blocks = (int32_t)(target->made.size / FSI_BLOCK_SIZE);
	target->stream = pieces_open_disc(&target->made);
	fail_if(target->stream == NULL);
	fail_if(fsi_multisession_create(&ops, target, &target->multisession) != S_OK);
	return target->blocks > (int32_t)target->made.session_block;
}

static void close_target(struct target *target)
{
	fsi_multisession_release(target->multisession);
	fsi_stream_release(target->stream);
	pieces_free_disc(&target->made);
}

/* ---- images ------------------------------------------------------------- */

/* With all that lets more in. */
static fsi_image *make_image(struct target *target)
{
	static const struct timespec now = {.tv_sec = 1767323045};
	fsi_image *image = NULL;
	HRESULT hr = S_OK;

	fail_if(fsi_image_create(&now, &image) != S_OK);
	fail_if(fsi_image_put_any_character_names(image, true) != S_OK);
	fail_if(fsi_image_put_case_sensitive_names(image, true) != S_OK);
	fail_if(fsi_image_put_deep_directories(image, true) != S_OK);
	fail_if(fsi_image_put_multi_extent_iso_files(image, true) != S_OK);
	fail_if(fsi_image_put_posix_attributes(image, true) != S_OK);
	fail_if(fsi_image_put_continue_writable_volumes(image, true) != S_OK);
	hr = fsi_image_put_multisession_interfaces(image, &target->multisession, 1);
	fail_if(hr != S_OK);
	return image;
}

static void ask(fsi_image *image)
{
	static const enum fsi_file_system all[] = {
		FSI_FILE_SYSTEM_ISO9660, FSI_FILE_SYSTEM_JOLIET, FSI_FILE_SYSTEM_UDF};
	fsi_file_systems found = 0;
	char *identifier = NULL;

	(void)succeeded(fsi_image_identify_file_systems_on_disc(image, NULL, &found));
	(void)succeeded(fsi_image_calculate_disc_identifier(image, &identifier));
	fsi_free(identifier);
	for (unsigned i = 0; i < 3; i++) {
		bool is_appendable = false;

		fail_if(fsi_image_probe_specific_file_system(image, all[i],
							     &is_appendable) != S_OK);
		fail_if(is_appendable && (found & (fsi_file_systems)all[i]) == 0);
	}
}

/* What a failed import leaves: an image as it was made. */
static void check_untouched(fsi_image *image)
{
	uint32_t files = 0;
	uint32_t directories = 0;
	int32_t start = 0;
	int32_t point = 0;
	char *name = NULL;

	fail_if(fsi_image_get_file_count(image, &files) != S_OK || files != 0);
	fail_if(fsi_image_get_directory_count(image, &directories) != S_OK ||
		directories != 0);
	fail_if(fsi_image_get_session_start_block(image, &start) != S_OK || start != 0);
	fail_if(fsi_image_get_change_point(image, &point) != S_OK || point != 0);
	fail_if(fsi_image_get_imported_volume_name(image, &name) != S_OK || name != NULL);
}

/* Some of each end: all of a small one. */
static bool read_session(fsi_stream *stream, uint64_t from)
{
	static uint8_t bytes[65536];
	uint64_t size = 0;
	bool is_well = true;

	fail_if(fsi_stream_get_size(stream, &size) != S_OK);
	for (uint64_t at = from; is_well && at < size && at < from + MOST_BYTES;) {
		size_t got = 0;

		is_well = succeeded(
			fsi_stream_read_at(stream, at, bytes, sizeof(bytes), &got));
		fail_if(is_well && got == 0);
		at += got;
	}
	return is_well;
}

/* What was written can be opened by each file system that it has. */
static void read_back(fsi_image *image, fsi_stream *stream)
{
	static const enum fsi_file_system all[] = {
		FSI_FILE_SYSTEM_ISO9660, FSI_FILE_SYSTEM_JOLIET, FSI_FILE_SYSTEM_UDF};
	fsi_file_systems systems = 0;
	fsi_disc *disc = NULL;

	fail_if(fsi_image_get_file_systems_to_create(image, &systems) != S_OK);
	fail_if(fsi_disc_open(stream, NULL, &disc) != S_OK);
	for (unsigned i = 0; i < 3; i++) {
		fsi_disc_view *view = NULL;
		fsi_disc_entry *entry = NULL;

		if ((systems & (fsi_file_systems)all[i]) == 0)
			continue;
		fail_if(fsi_disc_open_view(disc, all[i], &view) != S_OK);
		fail_if(fsi_disc_view_get_root(view, &entry) != S_OK);
		fsi_disc_entry_release(entry);
		fsi_disc_view_release(view);
	}
	fsi_disc_release(disc);
}

static void lay_out(struct target *target, fsi_image *image)
{
	const bool is_sequential = target->made.session_block != 0;
	fsi_stream *stream = NULL;
	fsi_result *result = NULL;
	int32_t start = 0;

	if (!succeeded(fsi_image_create_result_image(image, &result)))
		return;
	fail_if(fsi_image_get_session_start_block(image, &start) != S_OK);
	fail_if(start < target->blocks && is_sequential);
	fail_if(fsi_result_get_image_stream(result, &stream) != S_OK);
	if (read_session(stream, is_sequential ? 0 : (uint64_t)start * FSI_BLOCK_SIZE) &&
	    !is_sequential)
		read_back(image, stream);
	fsi_stream_release(stream);
	fsi_result_release(result);
}

static void import(struct target *target, enum fsi_file_system file_system)
{
	fsi_image *image = make_image(target);
	fsi_directory *root = NULL;
	fsi_stream *text = NULL;
	HRESULT hr = S_OK;

	if (file_system == FSI_FILE_SYSTEM_NONE) {
		ask(image);
		hr = fsi_image_import_file_system(image, &file_system);
	} else {
		hr = fsi_image_import_specific_file_system(image, file_system);
	}
	if (succeeded(hr)) {
		fail_if(fsi_image_get_root(image, &root) != S_OK);
		fail_if(fsi_stream_create_on_memory("text", 4, &text) != S_OK);
		hr = fsi_directory_add_file(root, "a new name", text);
		fail_if(FAILED(hr) && hr != IMAPI_E_DUP_NAME &&
			hr != IMAPI_E_IMAGE_SIZE_LIMIT);
		fsi_stream_release(text);
		lay_out(target, image);
	} else {
		check_untouched(image);
	}
	fsi_image_release(image);
}

static void find_sessions(struct target *target)
{
	struct fsi_disc_session *sessions = NULL;
	fsi_disc *disc = NULL;
	size_t count = 0;

	if (!succeeded(fsi_disc_open(target->stream, NULL, &disc)))
		return;
	if (succeeded(fsi_disc_get_sessions(disc, &sessions, &count))) {
		for (size_t i = 0; i < count && i < MOST_SESSIONS; i++)
			fail_if(sessions[i].end_block <= sessions[i].start_block);
	}
	fsi_free(sessions);
	fsi_disc_release(disc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum fsi_file_system wanted[] = {
		FSI_FILE_SYSTEM_NONE, FSI_FILE_SYSTEM_ISO9660, FSI_FILE_SYSTEM_JOLIET,
		FSI_FILE_SYSTEM_UDF};
	struct target target;

	if (!pieces_make_disc(data, size, &target.made))
		return 0;
	if (open_target(&target)) {
		find_sessions(&target);
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			import(&target, wanted[i]);
	}
	close_target(&target);
	return 0;
}
