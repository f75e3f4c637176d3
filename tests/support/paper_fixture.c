/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An image and discs on paper that it may go on from. */
#include "tests/support/paper_fixture.h"

fsi_image *paper_image;
fsi_stream *paper_stream;
struct paper_disc paper_discs[PAPER_OBJECTS];
fsi_multisession *paper_objects[PAPER_OBJECTS];

fsi_stream *paper_make_disc(fsi_file_systems file_systems, const char *text)
{
	fsi_image *made = api_image(file_systems);
	fsi_stream *bytes = NULL;

	api_add_text(api_root(made), "file", text);
	bytes = api_image_stream(made);
	fsi_image_release(made);
	return bytes;
}

int32_t paper_count_blocks(fsi_stream *bytes)
{
	uint64_t size = 0;

	ASSERT_OK(fsi_stream_get_size(bytes, &size));
	return (int32_t)(size / FSI_BLOCK_SIZE);
}

void paper_set_up(void)
{
	paper_image = api_image(ISO_JOLIET);
	paper_stream = paper_make_disc(BRIDGE, "text");
	for (unsigned i = 0; i < PAPER_OBJECTS; i++) {
		paper_disc_sequential(&paper_discs[i], paper_stream,
				      paper_count_blocks(paper_stream));
		paper_objects[i] = paper_disc_open(&paper_discs[i]);
	}
}

void paper_tear_down(void)
{
	for (unsigned i = 0; i < PAPER_OBJECTS; i++)
		fsi_multisession_release(paper_objects[i]);
	fsi_image_release(paper_image);
	fsi_stream_release(paper_stream);
}

void paper_make_random(unsigned i, fsi_stream *bytes, int32_t end)
{
	fsi_multisession_release(paper_objects[i]);
	paper_disc_random(&paper_discs[i], bytes, end);
	paper_objects[i] = paper_disc_open(&paper_discs[i]);
}

HRESULT paper_put(size_t count)
{
	return fsi_image_put_multisession_interfaces(paper_image, paper_objects, count);
}
