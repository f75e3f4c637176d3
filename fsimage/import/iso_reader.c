/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading discs through libisofs, and watching what it reads. */
#include "import/iso_reader.h"

#include "error/fail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Room for a sentence about one structure. */
#define SENTENCE_SIZE 256

/* Descriptors, the first block of the root and its continuation areas. */
#define OPENING_READS_MAX 1024

/*
 * Blocks of continuation areas of the records of one directory (SUSP 5.1): so many,
 * and two for each record that a block has room for. Many records may lead to one
 * area, and libisofs keeps what it finds there for each of them.
 */
#define CONTINUATION_READS	     4096
#define CONTINUATION_READS_PER_BLOCK 128

/* Of images without one; libisofs uses no number of its own there. */
#define MESSAGE_ID 0x1fffff

#define NO_DIRECTORY UINT64_MAX

/* "." and ".." */
#define OWN_RECORDS 2

HRESULT fsi_iso_reader_inconsistent(const struct fsi_iso_reader *reader,
				    const char *format, ...)
{
	char sentence[SENTENCE_SIZE];
	va_list values;

	va_start(values, format);
	vsnprintf(sentence, sizeof(sentence), format, values);
	va_end(values);
	return fsi_error_detail(
		FSI_FAIL(IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, reader->name), "%s",
		sentence);
}

HRESULT fsi_iso_reader_failure(const struct fsi_iso_reader *reader, int code)
{
	if (FAILED(reader->failure))
		return reader->failure;
	if (code == (int)ISO_OUT_OF_MEM)
		return FSI_FAIL(E_OUTOFMEMORY);
	return fsi_iso_reader_inconsistent(reader, "libisofs: %s.",
					   iso_error_to_msg(code));
}

/* ---- what libisofs reads ----------------------------------------------- */

/* Take a record into the listing, and its section. */
static HRESULT add_record(struct fsi_iso_reader *reader, uint64_t disc_offset,
			  const struct fsi_iso9660_found *found)
{
	struct fsi_iso_listing *listing = reader->listing;
	const bool is_placeholder = reader->has_rock_ridge && found->relocated_block != 0;
	const struct fsi_iso_section section = {
		.first_block =
			is_placeholder ? found->relocated_block : found->first_block,
		.size = found->size,
		.attribute_blocks = found->attribute_blocks,
		.is_compressed = reader->has_rock_ridge && found->is_compressed,
	};
	const struct fsi_iso_record record = {
		.disc_offset = disc_offset,
		.first_section = reader->group_section,
		.section_count = listing->sections.count + 1 - reader->group_section,
		.flags = found->flags,
		.recording_time = found->recording_time,
		.is_placeholder = is_placeholder,
	};

	/* libisofs would call it an error. */
	if (found->is_interleaved)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, reader->name,
				"interleaved files");
	if (reader->has_rock_ridge && found->is_relocated)
		return S_OK;
	if (is_placeholder)
		FSI_TRY(fsi_iso_reader_check_first(reader, found->relocated_block,
						   reader->skipped));
	if (!fsi_vector_reserve(&listing->sections, 1) ||
	    !fsi_vector_reserve(&listing->records, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	listing->sections.items[listing->sections.count++] = section;
	if ((found->flags & FSI_ISO9660_MULTI_EXTENT) != 0)
		return S_OK;
	listing->records.items[listing->records.count++] = record;
	reader->group_section = listing->sections.count;
	return S_OK;
}

/* The records of a block of the directory, as libisofs is going to find them. */
static HRESULT take_directory_block(struct fsi_iso_reader *reader, uint32_t block,
				    const uint8_t *bytes)
{
	struct fsi_iso_listing *listing = reader->listing;
	const bool is_first = block == reader->first_block;
	size_t at = 0;

	for (unsigned n = 0; at < FSI_BLOCK_SIZE; n++) {
		const bool is_own = is_first && n < OWN_RECORDS;
		struct fsi_iso9660_found found;
		HRESULT hr = S_OK;

		if (!is_own && (bytes[at] == 0 || reader->position + at >= listing->size))
			break;
		if (!fsi_iso9660_get_record(bytes + at, FSI_BLOCK_SIZE - at,
					    reader->has_rock_ridge
						    ? reader->skipped
						    : FSI_ISO9660_NO_SYSTEM_USE,
					    &found))
			return fsi_iso_reader_inconsistent(
				reader,
				"The directory record at byte %zu of block %" PRIu32
				" does not fit where it is.",
				at, block);
		if (reader->has_rock_ridge)
			FSI_TRY(fsi_iso_reader_follow(reader, &found));
		if (is_first && n == 0)
			listing->size = found.size;
		if (!is_own) {
			hr = add_record(reader, (uint64_t)block * FSI_BLOCK_SIZE + at,
					&found);
			FSI_TRY(hr);
		}
		at += found.size_of_record;
	}
	reader->position += FSI_BLOCK_SIZE;
	return S_OK;
}

/* Blocks of the directory come one after the other, the first one first. */
static bool is_of_directory(const struct fsi_iso_reader *reader, uint32_t block)
{
	return reader->position != NO_DIRECTORY &&
	       block == reader->first_block + reader->position / FSI_BLOCK_SIZE &&
	       (reader->position == 0 || reader->position < reader->listing->size);
}

/* Only who leads libisofs astray has it read one out of turn. */
static bool is_out_of_turn(const struct fsi_iso_reader *reader, uint32_t block)
{
	const struct fsi_iso_listing *listing = reader->listing;

	if (reader->position == NO_DIRECTORY)
		return false;
	return reader->position == 0 ||
	       (block >= reader->first_block &&
		block - reader->first_block <= (listing->size - 1) / FSI_BLOCK_SIZE);
}

static HRESULT take_block(struct fsi_iso_reader *reader, uint32_t block, uint8_t *bytes)
{
	FSI_TRY(fsi_media_read(reader->media, (uint64_t)block * FSI_BLOCK_SIZE, bytes,
			       FSI_BLOCK_SIZE));
	if (is_of_directory(reader, block)) {
		reader->reads_left += CONTINUATION_READS_PER_BLOCK;
		return take_directory_block(reader, block, bytes);
	}
	if (is_out_of_turn(reader, block))
		return fsi_iso_reader_inconsistent(
			reader,
			"Something else than the directory that begins in block %" PRIu32
			" leads to block %" PRIu32 ".",
			reader->first_block, block);
	if (reader->reads_left == 0)
		return fsi_iso_reader_inconsistent(
			reader,
			"The structures that lead to block %" PRIu32 " go on and on.",
			block);
	reader->reads_left--;
	/* What is bootable is not asked of libisofs: it need not look into that. */
	if (reader->is_opening && fsi_iso9660_is_descriptor(bytes) && bytes[0] == 0)
		bytes[0] = FSI_ISO9660_PARTITION;
	return S_OK;
}

static int read_block(IsoDataSource *source, uint32_t block, uint8_t *bytes)
{
	struct fsi_iso_reader *reader = source->data;

	reader->failure = take_block(reader, block, bytes);
	return FAILED(reader->failure) ? (int)ISO_DATA_SOURCE_FAILURE : 1;
}

static int do_nothing(IsoDataSource *source)
{
	(void)source;
	return 1;
}

static void free_nothing(IsoDataSource *source)
{
	(void)source;
}

/* ---- opening ----------------------------------------------------------- */

/* The only state of the process that the library has: see the header. */
static pthread_once_t init_once = PTHREAD_ONCE_INIT;
static int init_result;

/* Bit 0: leave the locale of the program alone. */
static void init_libisofs(void)
{
	char never[] = "NEVER";
	char prefix[] = "";
	char charset[] = "UTF-8";

	init_result = iso_init_with_flag(1);
	if (init_result >= 0)
		init_result = iso_set_msgs_severities(never, never, prefix);
	if (init_result >= 0)
		init_result = iso_set_local_charset(charset, 0);
}

static void begin_call(struct fsi_iso_reader *reader, uint32_t reads)
{
	pthread_mutex_lock(&reader->lock);
	reader->failure = S_OK;
	reader->reads_left = reads;
	reader->position = NO_DIRECTORY;
}

static void end_call(struct fsi_iso_reader *reader)
{
	pthread_mutex_unlock(&reader->lock);
}

/* Owner and group that stand for "none": Rock Ridge doesn't record them. */
static int set_options(IsoReadOpts *options, uint32_t session_block, bool is_joliet)
{
	int result = iso_read_opts_set_start_block(options, session_block);

	if (result >= 0)
		result = iso_read_opts_set_no_joliet(options, !is_joliet);
	if (result >= 0)
		result = iso_read_opts_set_preferjoliet(options, is_joliet);
	if (result >= 0)
		result = iso_read_opts_set_no_rockridge(options, is_joliet);
	if (result >= 0)
		result = iso_read_opts_set_no_iso1999(options, 1);
	if (result >= 0)
		result = iso_read_opts_set_input_charset(options, "UTF-8");
	if (result >= 0)
		result = iso_read_opts_set_default_uid(options, (uid_t)-1);
	if (result >= 0)
		result = iso_read_opts_set_default_gid(options, (gid_t)-1);
	return result;
}

static HRESULT open_filesystem(struct fsi_iso_reader *reader, bool is_joliet)
{
	IsoReadOpts *options = NULL;
	HRESULT hr = S_OK;
	int result = init_result;

	begin_call(reader, OPENING_READS_MAX);
	reader->is_opening = true;
	if (result >= 0)
		result = iso_read_opts_new(&options, 0);
	if (result >= 0)
		result = set_options(options, fsi_media_session_block(reader->media),
				     is_joliet);
	if (result >= 0)
		result = iso_image_filesystem_new(&reader->source, options, MESSAGE_ID,
						  &reader->fs);
	if (result < 0) {
		reader->fs = NULL;
		hr = fsi_iso_reader_failure(reader, result);
	}
	reader->is_opening = false;
	iso_read_opts_free(options);
	end_call(reader);
	return hr;
}

/* What libisofs made of the root tells whether it found Rock Ridge. */
static HRESULT examine_root(struct fsi_iso_reader *reader)
{
	IsoFileSource *root = NULL;
	struct stat status;
	int result = 0;

	FSI_TRY(fsi_iso_reader_get_root(reader, &root));
	begin_call(reader, 0);
	result = iso_file_source_lstat(root, &status);
	end_call(reader);
	fsi_iso_reader_release(reader, root);
	if (result < 0)
		return fsi_iso_reader_inconsistent(reader, "libisofs: %s.",
						   iso_error_to_msg(result));
	reader->has_rock_ridge = status.st_uid != (uid_t)-1 || status.st_gid != (gid_t)-1;
	return S_OK;
}

/* libisofs looks for Rock Ridge in the first record of the root. */
static HRESULT check_root(struct fsi_iso_reader *reader, uint32_t root_block)
{
	uint8_t root[FSI_BLOCK_SIZE];

	FSI_TRY(fsi_media_read(reader->media, (uint64_t)root_block * FSI_BLOCK_SIZE, root,
			       sizeof(root)));
	if (!fsi_iso9660_has_system_use(root))
		return S_OK;
	reader->skipped = fsi_iso9660_get_skipped(root);
	/* The first entry, SP, is in front of what others skip. */
	return fsi_iso_reader_check_first(reader, root_block, 0);
}

HRESULT fsi_iso_reader_open(struct fsi_iso_reader *reader, struct fsi_media *media,
			    uint32_t root_block, bool is_joliet)
{
	pthread_once(&init_once, init_libisofs);
	if (pthread_mutex_init(&reader->lock, NULL) != 0)
		return FSI_FAIL(E_OUTOFMEMORY);
	reader->media = fsi_media_add_ref(media);
	reader->name = is_joliet ? "Joliet" : "ISO9660";
	reader->source = (IsoDataSource){
		.refcount = 1,
		.open = do_nothing,
		.close = do_nothing,
		.read_block = read_block,
		.free_data = free_nothing,
		.data = reader,
	};
	if (!is_joliet)
		FSI_TRY(check_root(reader, root_block));
	FSI_TRY(open_filesystem(reader, is_joliet));
	return examine_root(reader);
}

void fsi_iso_reader_close(struct fsi_iso_reader *reader)
{
	if (reader->fs != NULL)
		iso_filesystem_unref(reader->fs);
	if (reader->media != NULL)
		pthread_mutex_destroy(&reader->lock);
	fsi_media_release(reader->media);
}

HRESULT fsi_iso_reader_get_root(struct fsi_iso_reader *reader, IsoFileSource **ret_root)
{
	HRESULT hr = S_OK;
	int result = 0;

	begin_call(reader, OPENING_READS_MAX);
	result = reader->fs->get_root(reader->fs, ret_root);
	/* 0: what is there is no directory. */
	if (result < 0 || FAILED(reader->failure))
		hr = fsi_iso_reader_failure(reader, result);
	else if (result == 0)
		hr = fsi_iso_reader_inconsistent(reader, "There is no root directory.");
	end_call(reader);
	return hr;
}

void fsi_iso_reader_release(struct fsi_iso_reader *reader, IsoFileSource *source)
{
	if (source == NULL)
		return;
	pthread_mutex_lock(&reader->lock);
	iso_file_source_unref(source);
	pthread_mutex_unlock(&reader->lock);
}

/* ---- directories ------------------------------------------------------- */

/* libisofs hands out the last one first. */
static HRESULT take_sources(struct fsi_iso_reader *reader, IsoFileSource *directory)
{
	struct fsi_iso_listing *listing = reader->listing;
	const size_t count = listing->records.count;
	IsoFileSource *source = NULL;
	size_t left = count;
	int result = 0;

	if (!fsi_vector_reserve(&listing->sources, count))
		return FSI_FAIL(E_OUTOFMEMORY);
	for (size_t i = 0; i < count; i++)
		listing->sources.items[i] = NULL;
	listing->sources.count = count;
	while ((result = iso_file_source_readdir(directory, &source)) == 1) {
		if (left == 0) {
			iso_file_source_unref(source);
			break;
		}
		listing->sources.items[--left] = source;
	}
	if (result < 0)
		return fsi_iso_reader_failure(reader, result);
	if (result != 0 || left != 0)
		return fsi_iso_reader_inconsistent(
			reader,
			"The directory that begins in block %" PRIu32
			" has relocated directories that can't be told from others.",
			reader->first_block);
	return S_OK;
}

static void free_sources(struct fsi_iso_listing *listing)
{
	for (size_t i = 0; i < listing->sources.count; i++) {
		if (listing->sources.items[i] != NULL)
			iso_file_source_unref(listing->sources.items[i]);
	}
	fsi_vector_free(&listing->sources);
	fsi_vector_free(&listing->records);
	fsi_vector_free(&listing->sections);
}

HRESULT fsi_iso_reader_list(struct fsi_iso_reader *reader, IsoFileSource *directory,
			    uint32_t first_block, struct fsi_iso_listing *ret_listing)
{
	struct fsi_iso_listing listing = {.size = 0};
	HRESULT hr = S_OK;
	int result = 0;

	begin_call(reader, CONTINUATION_READS);
	reader->first_block = first_block;
	reader->position = 0;
	reader->group_section = 0;
	reader->listing = &listing;
	result = iso_file_source_open(directory);
	reader->position = NO_DIRECTORY;
	if (result < 0 || FAILED(reader->failure))
		hr = fsi_iso_reader_failure(reader, result);
	else
		hr = take_sources(reader, directory);
	if (result >= 0)
		iso_file_source_close(directory);
	reader->listing = NULL;
	if (FAILED(hr))
		free_sources(&listing);
	else
		*ret_listing = listing;
	end_call(reader);
	return hr;
}

void fsi_iso_reader_free_listing(struct fsi_iso_reader *reader,
				 struct fsi_iso_listing *listing)
{
	pthread_mutex_lock(&reader->lock);
	free_sources(listing);
	pthread_mutex_unlock(&reader->lock);
}
