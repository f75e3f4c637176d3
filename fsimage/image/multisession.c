/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disc that an image adds a session to: which way of several, what is on it. */
#include "image/multisession.h"

#include "base/memory.h"
#include "image/image.h"
#include "import/earlier.h"
#include "import/file_systems.h"
#include "import/identifier.h"
#include "io/stream.h"

#include <string.h>

/* A disc that begins with so many blocks of zeros is blank. */
#define BLANK_BLOCKS 1024u

/* ---- choosing ---------------------------------------------------------- */

/* What the object's function said goes into the message of another code. */
static HRESULT because(HRESULT (*raise)(void), const char *what)
{
	char reason[512] = "";

	strncat(reason, fsi_error_get_message(), sizeof(reason) - 1);
	return fsi_error_detail(raise(), "%s %s", what, reason);
}

/*
 * The kinds of discs that take several sessions, each by one way. What is not listed is
 * left to the object: it may be of a kind that nobody knew.
 */
static bool takes_sessions(int kind, int32_t type)
{
	const bool is_sequential = kind == FSI_MULTISESSION_SEQUENTIAL;

	switch (type) {
	case IMAPI_MEDIA_TYPE_CDR:
	case IMAPI_MEDIA_TYPE_CDRW:
	case IMAPI_MEDIA_TYPE_DVDPLUSR:
	case IMAPI_MEDIA_TYPE_DVDPLUSR_DUALLAYER:
	case IMAPI_MEDIA_TYPE_DVDDASHR:
	case IMAPI_MEDIA_TYPE_HDDVDR:
	case IMAPI_MEDIA_TYPE_BDR:
		return is_sequential;
	case IMAPI_MEDIA_TYPE_DVDRAM:
	case IMAPI_MEDIA_TYPE_DVDPLUSRW:
	case IMAPI_MEDIA_TYPE_DVDPLUSRW_DUALLAYER:
	case IMAPI_MEDIA_TYPE_DVDDASHRW: /* in its sequential mode it does not */
	case IMAPI_MEDIA_TYPE_HDDVDRAM:
	case IMAPI_MEDIA_TYPE_BDRE:
	case IMAPI_MEDIA_TYPE_DISK:
		return !is_sequential;
	case IMAPI_MEDIA_TYPE_CDROM:
	case IMAPI_MEDIA_TYPE_DVDROM:
	case IMAPI_MEDIA_TYPE_DVDDASHR_DUALLAYER: /* one session is all it takes */
	case IMAPI_MEDIA_TYPE_HDDVDROM:
	case IMAPI_MEDIA_TYPE_BDROM:
		return false;
	default:
		return true;
	}
}

/* S_OK: it can be taken. Otherwise why not. */
static HRESULT judge(fsi_multisession *multisession)
{
	const int kind = fsi_multisession_kind(multisession);
	int32_t type = IMAPI_MEDIA_TYPE_UNKNOWN;
	int32_t is_supported = 0;
	HRESULT hr = S_OK;

	if (kind != FSI_MULTISESSION_SEQUENTIAL && kind != FSI_MULTISESSION_RANDOM_WRITE)
		return FSI_FAIL(IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE);
	hr = fsi_multisession_value(multisession, FSI_MULTISESSION_MEDIA_TYPE, &type);
	if (hr == E_OUTOFMEMORY)
		return hr;
	if (SUCCEEDED(hr) && !takes_sessions(kind, type))
		return FSI_FAIL(IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED);
	hr = fsi_multisession_value(multisession, FSI_MULTISESSION_IS_SUPPORTED,
				    &is_supported);
	if (hr == E_OUTOFMEMORY)
		return hr;
	if (FAILED(hr))
		return because(fsi_fail_IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
			       "It was told:");
	if (is_supported != 0 && is_supported != 1)
		return FSI_FAIL(IMAPI_E_BAD_MULTISESSION_PARAMETER);
	return is_supported == 1 ? S_OK
				 : FSI_FAIL(IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE);
}

/* With none in use, the first that will do. */
static HRESULT choose_first(fsi_multisession *const *items, size_t count,
			    fsi_multisession **ret_chosen)
{
	bool is_media_refused = false;

	for (size_t i = 0; i < count; i++) {
		const HRESULT hr = judge(items[i]);

		if (hr == E_OUTOFMEMORY || hr == IMAPI_E_BAD_MULTISESSION_PARAMETER)
			return hr;
		if (SUCCEEDED(hr)) {
			*ret_chosen = items[i];
			return S_OK;
		}
		if (hr == IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED)
			is_media_refused = true;
	}
	return is_media_refused ? FSI_FAIL(IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED)
				: FSI_FAIL(IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE);
}

static HRESULT choose(fsi_multisession *const *items, size_t count,
		      fsi_multisession **ret_chosen)
{
	fsi_multisession *chosen = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!fsi_multisession_is_in_use(items[i]))
			continue;
		if (chosen != NULL)
			return fsi_error_detail(
				FSI_FAIL(IMAPI_E_BAD_MULTISESSION_PARAMETER),
				"More than one object is in use.");
		chosen = items[i];
	}
	if (chosen == NULL)
		return choose_first(items, count, ret_chosen);
	FSI_TRY(judge(chosen));
	*ret_chosen = chosen;
	return S_OK;
}

/* The earlier session of a sequential disc must be within reach. */
static HRESULT check_reach(fsi_multisession *multisession)
{
	struct fsi_multisession_state state;
	fsi_stream *stream = NULL;
	uint64_t size = 0;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_multisession_get_state(multisession, &state));
	if (state.kind != FSI_MULTISESSION_SEQUENTIAL)
		return S_OK;
	if (state.is_blank)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_IMPORT_SEEK_FAILURE, 0),
					"There is no earlier session.");
	hr = fsi_multisession_open_stream(multisession, &stream);
	if (SUCCEEDED(hr))
		hr = fsi_stream_measure(stream, &size);
	fsi_stream_release(stream);
	if (hr == E_OUTOFMEMORY)
		return hr;
	if (FAILED(hr))
		return because(fsi_fail_IMAPI_E_BAD_MULTISESSION_PARAMETER,
			       "The disc can't be opened:");
	if (state.session_block >= size / FSI_BLOCK_SIZE)
		return FSI_FAIL(IMAPI_E_IMPORT_SEEK_FAILURE,
				(int64_t)state.session_block);
	return S_OK;
}

/* ---- the property ------------------------------------------------------ */

static void release_items(struct fsi_image_multisession *multisession)
{
	for (size_t i = 0; i < multisession->count; i++)
		fsi_multisession_release(multisession->items[i]);
	fsi_free(multisession->items);
}

void fsi_image_clear_multisession(struct fsi_image_multisession *multisession)
{
	release_items(multisession);
	fsi_free(multisession->disc_identifier);
}

/* A copy of an array with one more reference of each element. */
static HRESULT copy_items(fsi_multisession *const *items, size_t count,
			  fsi_multisession ***ret_copy)
{
	fsi_multisession **copy = fsi_allocate_zeroed(count, sizeof(copy[0]));

	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (size_t i = 0; i < count; i++)
		copy[i] = fsi_multisession_add_ref(items[i]);
	*ret_copy = copy;
	return S_OK;
}

HRESULT fsi_image_put_multisession_interfaces(fsi_image *image,
					      fsi_multisession *const *new_val,
					      size_t count)
{
	fsi_multisession *chosen = NULL;
	fsi_multisession **items = NULL;

	fsi_error_clear();
	if (image == NULL || new_val == NULL)
		return FSI_FAIL(E_POINTER);
	for (size_t i = 0; i < count; i++) {
		if (new_val[i] == NULL)
			return FSI_FAIL(E_POINTER);
	}
	FSI_TRY(fsi_image_check_writable(image));
	FSI_TRY(choose(new_val, count, &chosen));
	FSI_TRY(check_reach(chosen));
	FSI_TRY(copy_items(new_val, count, &items));
	/* What was met on the way to an object that will do is no error. */
	fsi_error_clear();
	release_items(&image->multisession);
	image->multisession.items = items;
	image->multisession.count = count;
	image->multisession.chosen = chosen;
	fsi_multisession_set_in_use(chosen, true);
	return S_OK;
}

HRESULT fsi_image_get_multisession_interfaces(fsi_image *image,
					      fsi_multisession ***ret_val,
					      size_t *ret_count)
{
	fsi_error_clear();
	if (image == NULL || ret_val == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(copy_items(image->multisession.items, image->multisession.count,
			   ret_val));
	*ret_count = image->multisession.count;
	return S_OK;
}

HRESULT fsi_image_get_multisession(const fsi_image *image,
				   fsi_multisession **ret_multisession)
{
	if (image->multisession.chosen == NULL)
		return FSI_FAIL(IMAPI_E_MULTISESSION_NOT_SET);
	*ret_multisession = image->multisession.chosen;
	return S_OK;
}

/* ---- what is on a disc ------------------------------------------------- */

/* Whether a session begins with zeros alone, or there is nothing of it. */
static HRESULT look_for_zeros(struct fsi_media *media, bool *ret_is_zero)
{
	const uint32_t first = fsi_media_session_block(media);
	const uint32_t end = fsi_media_block_count(media);

	for (uint32_t n = first; n < end && n - first < BLANK_BLOCKS; n++) {
		uint8_t block[FSI_BLOCK_SIZE];

		FSI_TRY(fsi_media_read(media, (uint64_t)n * FSI_BLOCK_SIZE, block,
				       sizeof(block)));
		if (block[0] != 0 || memcmp(block, block + 1, sizeof(block) - 1) != 0) {
			*ret_is_zero = false;
			return S_OK;
		}
	}
	*ret_is_zero = true;
	return S_OK;
}

static HRESULT examine(struct fsi_image_disc *disc)
{
	const struct fsi_import_hints hints = {.anchor_block = 0};
	bool is_zero = false;

	FSI_TRY(fsi_import_recognise(disc->media, &hints, &disc->file_systems));
	if (disc->file_systems != FSI_FILE_SYSTEM_NONE)
		return S_OK;
	/* A session that a drive tells of is there, whatever is in it. */
	FSI_TRY(look_for_zeros(disc->media, &is_zero));
	disc->is_blank = is_zero && disc->state.kind == FSI_MULTISESSION_RANDOM_WRITE;
	return S_OK;
}

HRESULT fsi_image_open_disc(fsi_multisession *multisession,
			    struct fsi_image_disc *ret_disc)
{
	struct fsi_image_disc disc = {.media = NULL};
	HRESULT hr = S_OK;

	FSI_TRY(fsi_multisession_get_state(multisession, &disc.state));
	disc.is_blank = disc.state.is_blank;
	if (!disc.is_blank) {
		FSI_TRY(fsi_multisession_open_media(multisession, &disc.media));
		hr = examine(&disc);
	}
	if (SUCCEEDED(hr) && !disc.is_blank) {
		/* What was met and overcome is no error. */
		fsi_error_clear();
		*ret_disc = disc;
		return S_OK;
	}
	fsi_media_release(disc.media);
	disc.media = NULL;
	if (SUCCEEDED(hr))
		*ret_disc = disc;
	return hr;
}

void fsi_image_close_disc(struct fsi_image_disc *disc)
{
	fsi_media_release(disc->media);
	disc->media = NULL;
}

HRESULT fsi_image_identify_file_systems_on_disc(fsi_image *image,
						fsi_multisession *multisession,
						fsi_file_systems *ret_file_systems)
{
	struct fsi_image_disc disc;

	fsi_error_clear();
	if (image == NULL || ret_file_systems == NULL)
		return FSI_FAIL(E_POINTER);
	if (multisession == NULL)
		FSI_TRY(fsi_image_get_multisession(image, &multisession));
	FSI_TRY(fsi_image_open_disc(multisession, &disc));
	if (disc.is_blank)
		*ret_file_systems = FSI_FILE_SYSTEM_NONE;
	else if (disc.file_systems == FSI_FILE_SYSTEM_NONE)
		*ret_file_systems = FSI_FILE_SYSTEM_UNKNOWN;
	else
		*ret_file_systems = disc.file_systems;
	fsi_image_close_disc(&disc);
	return S_OK;
}

/* ---- by what it is known again ----------------------------------------- */

HRESULT fsi_image_identify_disc(const struct fsi_image_disc *disc, char **ret_identifier)
{
	char identifier[FSI_IMPORT_IDENTIFIER_SIZE];

	if (disc->is_blank)
		return FSI_FAIL(IMAPI_E_EMPTY_DISC);
	FSI_TRY(fsi_import_identify(disc->media, identifier));
	return fsi_hand_out_text(identifier, ret_identifier);
}

static HRESULT identify(fsi_multisession *multisession, char **ret_identifier)
{
	struct fsi_image_disc disc;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_image_open_disc(multisession, &disc));
	hr = fsi_image_identify_disc(&disc, ret_identifier);
	fsi_image_close_disc(&disc);
	return hr;
}

HRESULT fsi_image_calculate_disc_identifier(fsi_image *image, char **ret_identifier)
{
	fsi_multisession *multisession = NULL;

	fsi_error_clear();
	if (image == NULL || ret_identifier == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_image_get_multisession(image, &multisession));
	return identify(multisession, ret_identifier);
}

HRESULT fsi_image_check_disc(const fsi_image *image)
{
	const struct fsi_image_multisession *multisession = &image->multisession;
	char *identifier = NULL;
	HRESULT hr = S_OK;

	if (multisession->disc_identifier == NULL)
		return S_OK;
	hr = identify(multisession->chosen, &identifier);
	/* What is blank now was not when it was imported. */
	if (hr == IMAPI_E_EMPTY_DISC ||
	    (SUCCEEDED(hr) && strcmp(identifier, multisession->disc_identifier) != 0))
		hr = FSI_FAIL(IMAPI_E_DISC_MISMATCH);
	fsi_free(identifier);
	return hr;
}

/* ---- whether it can be continued --------------------------------------- */

static HRESULT probe(const fsi_image *image, const struct fsi_image_disc *disc,
		     enum fsi_file_system file_system)
{
	const struct fsi_earlier_request request = {
		.media = disc->media,
		.file_systems = disc->file_systems,
		.file_system = file_system,
		.accepts_writable = image->continue_writable_volumes,
	};
	struct fsi_earlier earlier;

	if (disc->is_blank)
		return FSI_FAIL(IMAPI_E_EMPTY_DISC);
	FSI_TRY(fsi_import_open_earlier(&request, &earlier));
	fsi_disc_view_release(earlier.view);
	return S_OK;
}

HRESULT fsi_image_probe_specific_file_system(fsi_image *image,
					     enum fsi_file_system file_system,
					     bool *ret_is_appendable)
{
	fsi_multisession *multisession = NULL;
	struct fsi_image_disc disc;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (image == NULL || ret_is_appendable == NULL)
		return FSI_FAIL(E_POINTER);
	if (fsi_import_name(file_system) == NULL)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "file_system");
	FSI_TRY(fsi_image_get_multisession(image, &multisession));
	hr = fsi_image_open_disc(multisession, &disc);
	if (SUCCEEDED(hr)) {
		hr = probe(image, &disc, file_system);
		fsi_image_close_disc(&disc);
	}
	if (hr == E_OUTOFMEMORY)
		return hr;
	/* What stands in the way is an answer, and no error. */
	fsi_error_clear();
	*ret_is_appendable = SUCCEEDED(hr);
	return S_OK;
}
