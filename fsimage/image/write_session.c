/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A result on the disc that its image was made for. */
#include "media/write_session.h"

#include "image/disc_head.h"
#include "image/multisession.h"
#include "image/place_data.h"
#include "image/result.h"
#include "io/stream.h"
#include "layout/image_stream.h"

static void hold_result(void *result)
{
	fsi_result_add_ref(result);
}

static void let_go_of_result(void *result)
{
	fsi_result_release(result);
}

/* ---- copying ----------------------------------------------------------- */

static HRESULT copy_all(fsi_stream *image, uint64_t size, struct fsi_stash_writer *writer)
{
	uint64_t done = 0;

	while (done < size) {
		size_t room = 0;
		size_t got = 0;
		uint8_t *buffer = fsi_stash_buffer(writer, &room);

		if (room > size - done)
			room = (size_t)(size - done);
		FSI_TRY(fsi_stream_read(image, done, buffer, room, &got));
		if (got < room)
			return FSI_FAIL(E_UNEXPECTED);
		FSI_TRY(fsi_stash_advance(writer, got));
		done += got;
	}
	return S_OK;
}

/* On failure there is no item. */
static HRESULT copy_image(struct fsi_stash *stash, fsi_stream *image,
			  const struct fsi_stash_item **ret_item)
{
	struct fsi_stash_writer *writer = NULL;
	uint64_t size = 0;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_stream_measure(image, &size));
	FSI_TRY(fsi_stash_begin(stash, size, &writer));
	hr = copy_all(image, size, writer);
	if (SUCCEEDED(hr))
		return fsi_stash_finish(writer, NULL, ret_item);
	fsi_stash_abandon(writer);
	return hr;
}

static void forget_copy(struct fsi_stash *stash, const struct fsi_stash_item *item)
{
	if (item == NULL)
		return;
	fsi_stash_give_back(item);
	fsi_stash_trim(stash);
}

/* A drive that writes in sequence can't be read meanwhile. */
static HRESULT must_copy(const fsi_result *result, const fsi_multisession *multisession,
			 bool *ret_must)
{
	const struct fsi_naming *naming = NULL;

	*ret_must = false;
	if (fsi_multisession_kind(multisession) != FSI_MULTISESSION_SEQUENTIAL ||
	    !fsi_multisession_can_write(multisession))
		return S_OK;
	FSI_TRY(fsi_image_get_naming(result->image, &naming));
	*ret_must = fsi_plan_reads_disc(result->image, naming->order);
	return S_OK;
}

/* What the session needs of the disc is read before it is written. */
static HRESULT write_all(fsi_result *result, fsi_multisession *multisession,
			 struct fsi_session_write *write,
			 const struct fsi_write_options *options)
{
	struct fsi_stash *stash = result->image->tree.stash;
	const struct fsi_stash_item *item = NULL;
	fsi_stream *copy = NULL;
	bool must = false;
	HRESULT hr = must_copy(result, multisession, &must);

	if (SUCCEEDED(hr) && must)
		hr = copy_image(stash, write->image, &item);
	if (SUCCEEDED(hr) && must)
		hr = fsi_stash_open(item, "data", &copy);
	if (SUCCEEDED(hr) && must) {
		fsi_stream_release(write->image);
		write->image = fsi_stream_add_ref(copy);
	}
	if (SUCCEEDED(hr))
		hr = fsi_media_write_session(multisession, write, options);
	fsi_stream_release(copy);
	fsi_stream_release(write->image);
	forget_copy(stash, item);
	return hr;
}

/* ---- writing ----------------------------------------------------------- */

/* Where any block can be written, an image that knows nothing of what is on the disc
 * must find nothing there. */
static HRESULT check_content(const fsi_result *result, fsi_multisession *multisession)
{
	const struct fsi_continued *continued = result->image->continued;
	const bool is_random =
		fsi_multisession_kind(multisession) == FSI_MULTISESSION_RANDOM_WRITE;
	struct fsi_image_disc disc;
	bool is_blank = false;

	if (continued != NULL && continued->covers_disc != is_random)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_BAD_MULTISESSION_PARAMETER),
					"The disc is written in another way than the one "
					"that was imported.");
	if (continued != NULL || !is_random)
		return S_OK;
	FSI_TRY(fsi_image_open_disc(multisession, &disc));
	is_blank = disc.is_blank;
	fsi_image_close_disc(&disc);
	if (is_blank)
		return S_OK;
	return fsi_error_detail(FSI_FAIL(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION),
				"The disc has content that was not imported.");
}

HRESULT fsi_result_write_session(fsi_result *result,
				 const struct fsi_write_options *options)
{
	struct fsi_session_write write = {.replaced = NULL};
	const struct fsi_format *head = NULL;
	const struct fsi_layout *layout = NULL;
	fsi_multisession *multisession = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (result == NULL)
		return FSI_FAIL(E_POINTER);
	if (options != NULL && options->size < sizeof(*options))
		return FSI_FAIL(E_INVALIDARG);
	FSI_TRY(fsi_image_get_multisession(result->image, &multisession));
	/* Somebody may have written to it since the result was made. */
	FSI_TRY(fsi_image_check_disc(result->image));
	FSI_TRY(check_content(result, multisession));
	layout = &result->plan->layout;
	head = result->plan->formats[FSI_PLAN_DISC_HEAD];
	write.image_block = layout->image_block;
	write.first_block = layout->first_block;
	write.end_block = layout->end_block;
	if (head != NULL)
		write.replaced_count = fsi_disc_head_list_writes(head, &write.replaced);
	FSI_TRY(fsi_image_stream_create(layout, result, hold_result, let_go_of_result,
					&write.image));
	hr = write_all(result, multisession, &write, options);
	if (SUCCEEDED(hr))
		fsi_error_clear();
	return hr;
}
