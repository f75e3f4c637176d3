/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A result on the disc that its image was made for. */
#include "media/write_session.h"

#include "image/disc_head.h"
#include "image/result.h"
#include "layout/image_stream.h"

static void hold_result(void *result)
{
	fsi_result_add_ref(result);
}

static void let_go_of_result(void *result)
{
	fsi_result_release(result);
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
	layout = &result->plan->layout;
	head = result->plan->formats[FSI_PLAN_DISC_HEAD];
	write.image_block = layout->image_block;
	write.first_block = layout->first_block;
	write.end_block = layout->end_block;
	if (head != NULL)
		write.replaced_count = fsi_disc_head_list_writes(head, &write.replaced);
	FSI_TRY(fsi_image_stream_create(layout, result, hold_result, let_go_of_result,
					&write.image));
	hr = fsi_media_write_session(multisession, &write, options);
	fsi_stream_release(write.image);
	if (SUCCEEDED(hr))
		fsi_error_clear();
	return hr;
}
