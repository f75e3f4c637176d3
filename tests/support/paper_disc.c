/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs on paper. */
#include "tests/support/paper_disc.h"

#include <check.h>

static HRESULT get_value(void *self, enum fsi_multisession_value which,
			 int32_t *ret_value)
{
	const struct paper_disc *disc = self;

	ck_assert_uint_lt(which, PAPER_VALUES);
	*ret_value = disc->values[which];
	return disc->failures[which];
}

static HRESULT open_import_stream(void *self, fsi_stream **ret_stream)
{
	const struct paper_disc *disc = self;

	if (SUCCEEDED(disc->stream_failure))
		*ret_stream = fsi_stream_add_ref(disc->stream);
	return disc->stream_failure;
}

static HRESULT get_ranges(void *self, struct fsi_multisession_range *ret_ranges,
			  size_t room, size_t *ret_count)
{
	const struct paper_disc *disc = self;

	for (size_t i = 0; i < room && i < disc->range_count; i++)
		ret_ranges[i] = disc->ranges[i];
	*ret_count = disc->range_count;
	return S_OK;
}

static HRESULT write_blocks(void *self, uint32_t block, const void *bytes,
			    uint32_t block_count)
{
	struct paper_disc *disc = self;

	ck_assert_ptr_nonnull(bytes);
	disc->writes++;
	disc->written_block = block;
	disc->written_count = block_count;
	return disc->write_failure;
}

static HRESULT sync_disc(void *self)
{
	struct paper_disc *disc = self;

	disc->syncs++;
	return S_OK;
}

static HRESULT cut(void *self, uint64_t size)
{
	struct paper_disc *disc = self;

	disc->cut_to = size;
	return S_OK;
}

static void destroy(void *self)
{
	struct paper_disc *disc = self;

	disc->destroyed++;
}

static void begin(struct paper_disc *disc, int kind, fsi_stream *stream)
{
	*disc = (struct paper_disc){
		.ops = {.size = sizeof(disc->ops),
			.kind = kind,
			.get_value = get_value,
			.open_import_stream = open_import_stream,
			.get_ranges = get_ranges,
			.write = write_blocks,
			.sync = sync_disc,
			.cut = cut,
			.destroy = destroy},
		.stream = stream,
	};
	disc->values[FSI_MULTISESSION_IS_SUPPORTED] = 1;
	disc->failures[FSI_MULTISESSION_LARGEST_MEDIA] = E_NOTIMPL;
}

void paper_disc_sequential(struct paper_disc *disc, fsi_stream *stream, int32_t end)
{
	begin(disc, FSI_MULTISESSION_SEQUENTIAL, stream);
	disc->values[FSI_MULTISESSION_MEDIA_TYPE] = IMAPI_MEDIA_TYPE_CDR;
	disc->values[FSI_MULTISESSION_WRITE_UNIT_SIZE] = 1;
	disc->values[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION] = end - 1;
	disc->values[FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS] = end + 11400;
	disc->values[FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA] = 300000 - end - 11400;
}

void paper_disc_random(struct paper_disc *disc, fsi_stream *stream, int32_t end)
{
	begin(disc, FSI_MULTISESSION_RANDOM_WRITE, stream);
	disc->values[FSI_MULTISESSION_MEDIA_TYPE] = IMAPI_MEDIA_TYPE_DVDPLUSRW;
	disc->values[FSI_MULTISESSION_WRITE_UNIT_SIZE] = 16;
	disc->values[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS] = end - 1;
	disc->values[FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA] = 2295104;
}

fsi_multisession *paper_disc_open(struct paper_disc *disc)
{
	fsi_multisession *multisession = NULL;

	ck_assert_int_eq(fsi_multisession_create(&disc->ops, disc, &multisession), S_OK);
	return multisession;
}
