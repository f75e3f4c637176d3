/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a disc, replaced and kept. */
#include "image/disc_head.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/stream.h"
#include "media/session_record.h"
#include "udf/read_types.h"
#include "udf/writer.h"

/* The descriptors of all file systems, ECMA-119 6.2.1, ECMA-167 2/8.3; ours end before
 * block 32. */
#define HEAD_BLOCK  16u
#define HEAD_BLOCKS 16u

/* ECMA-167 3/8.4.2.1 */
#define ANCHOR_BLOCK 256u
_Static_assert(ANCHOR_BLOCK < FSI_HEAD_BLOCKS, "it is known whose it is");

struct disc_head {
	struct fsi_format format; /* first: a struct fsi_format * points at it */
	struct fsi_disc_head_source source;
	bool has_anchor; /* block 256 is to be replaced */
	uint32_t record_block;
	struct fsi_session_record record;
	/* What was there, with the anchor as it is kept. */
	uint8_t old_head[HEAD_BLOCKS][FSI_BLOCK_SIZE];
	uint8_t old_anchor[FSI_BLOCK_SIZE];
	uint32_t replaced_count; /* of the head's blocks, from its first one on */
	uint32_t writes[FSI_DISC_HEAD_WRITES_MAX];
	uint32_t write_count;
};
_Static_assert(FSI_DISC_HEAD_WRITES_MAX == HEAD_BLOCKS + 1, "and the anchor");

static struct disc_head *get_head(const struct fsi_region *region)
{
	return (struct disc_head *)(uintptr_t)region->owner;
}

static HRESULT describe_as(const char *description, char **ret_description)
{
	char *copy = fsi_duplicate_string(description);

	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_description = copy;
	return S_OK;
}

/* ---- what is there already --------------------------------------------- */

static HRESULT describe_old(const struct fsi_region *region, char **ret_description)
{
	(void)region;
	return describe_as("earlier sessions", ret_description);
}

static HRESULT open_old(const struct fsi_region *region, fsi_stream **ret_stream)
{
	return fsi_stream_make_part(get_head(region)->source.disc,
				    (uint64_t)region->first_block * FSI_BLOCK_SIZE,
				    (uint64_t)region->blocks * FSI_BLOCK_SIZE,
				    ret_stream);
}

static const struct fsi_region_ops old_ops = {
	.describe = describe_old,
	.open = open_old,
};

static HRESULT read_block(const struct disc_head *head, uint32_t block,
			  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	size_t got = 0;

	FSI_TRY(fsi_stream_read(head->source.disc, (uint64_t)block * FSI_BLOCK_SIZE,
				*ret_block, FSI_BLOCK_SIZE, &got));
	memset(*ret_block + got, 0, FSI_BLOCK_SIZE - got);
	return S_OK;
}

/* Whether a block with these bytes is no one's: zeros may be those of a file. */
static bool is_free(const struct disc_head *head, uint32_t n, const uint8_t *bytes)
{
	for (size_t i = 0; i < FSI_BLOCK_SIZE; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return !fsi_head_data_has(&head->source.continued->head_data, n);
}

/* ---- the new head ------------------------------------------------------ */

/* What the session has at the same distance from its start. */
static HRESULT render_new(const struct disc_head *head, uint32_t n,
			  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_layout *layout = head->source.layout;
	const uint32_t block = layout->first_block + HEAD_BLOCK + n;
	const struct fsi_region *region = fsi_layout_find(layout, block);

	memset(*ret_block, 0, FSI_BLOCK_SIZE);
	return region != NULL ? region->ops->render(region, block - region->first_block,
						    ret_block)
			      : S_OK;
}

static HRESULT render_head(const struct fsi_region *region, uint32_t block,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct disc_head *head = get_head(region);

	if (block < head->replaced_count)
		return render_new(head, block, ret_block);
	memcpy(*ret_block, head->old_head[block], FSI_BLOCK_SIZE);
	return S_OK;
}

static HRESULT describe_head(const struct fsi_region *region, char **ret_description)
{
	(void)region;
	return describe_as("volume descriptors of the newest session", ret_description);
}

static const struct fsi_region_ops head_ops = {
	.describe = describe_head,
	.render = render_head,
};

/* Without UDF there is no anchor any more: an older one would show what was. */
static HRESULT render_anchor(const struct fsi_region *region, uint32_t block,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct disc_head *head = get_head(region);

	(void)block;
	if (head->source.udf != NULL)
		fsi_udf_render_anchor(head->source.udf, ANCHOR_BLOCK, ret_block);
	return S_OK;
}

static HRESULT describe_anchor(const struct fsi_region *region, char **ret_description)
{
	(void)region;
	return describe_as("UDF anchor volume descriptor pointer of the newest session",
			   ret_description);
}

static const struct fsi_region_ops anchor_ops = {
	.describe = describe_anchor,
	.render = render_anchor,
};

/* ---- the old head, kept ------------------------------------------------ */

static HRESULT render_record(const struct fsi_region *region, uint32_t block,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	fsi_session_record_put(&get_head(region)->record, region->first_block + block,
			       ret_block);
	return S_OK;
}

static HRESULT describe_record(const struct fsi_region *region, char **ret_description)
{
	(void)region;
	return describe_as("record of the session", ret_description);
}

static const struct fsi_region_ops record_ops = {
	.describe = describe_record,
	.render = render_record,
};

static HRESULT render_kept_head(const struct fsi_region *region, uint32_t block,
				uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct disc_head *head = get_head(region);

	if (block < head->replaced_count)
		memcpy(*ret_block, head->old_head[block], FSI_BLOCK_SIZE);
	return S_OK;
}

static HRESULT describe_kept_head(const struct fsi_region *region, char **ret_description)
{
	(void)region;
	return describe_as("volume descriptors of the session before", ret_description);
}

static const struct fsi_region_ops kept_head_ops = {
	.describe = describe_kept_head,
	.render = render_kept_head,
};

static HRESULT render_kept_anchor(const struct fsi_region *region, uint32_t block,
				  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	(void)block;
	memcpy(*ret_block, get_head(region)->old_anchor, FSI_BLOCK_SIZE);
	return S_OK;
}

static HRESULT describe_kept_anchor(const struct fsi_region *region,
				    char **ret_description)
{
	(void)region;
	return describe_as("UDF anchor volume descriptor pointer of the session before",
			   ret_description);
}

static const struct fsi_region_ops kept_anchor_ops = {
	.describe = describe_kept_anchor,
	.render = render_kept_anchor,
};

/* ---- placing ----------------------------------------------------------- */

static HRESULT place_old(struct disc_head *head, struct fsi_layout *layout,
			 uint32_t end_block)
{
	return fsi_layout_append_at(layout, &old_ops, head,
				    end_block - layout->next_block, layout->next_block);
}

/* The disc up to the session. */
static HRESULT place_disc(struct disc_head *head, struct fsi_layout *layout)
{
	const uint32_t end_block =
		head->has_anchor ? ANCHOR_BLOCK + 1 : HEAD_BLOCK + HEAD_BLOCKS;

	if (layout->first_block < end_block)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION),
					"It ends before block %u.", end_block);
	FSI_TRY(place_old(head, layout, HEAD_BLOCK));
	FSI_TRY(fsi_layout_append_at(layout, &head_ops, head, HEAD_BLOCKS, HEAD_BLOCK));
	if (head->has_anchor) {
		FSI_TRY(place_old(head, layout, ANCHOR_BLOCK));
		FSI_TRY(fsi_layout_append_at(layout, &anchor_ops, head, 1, ANCHOR_BLOCK));
	}
	return place_old(head, layout, layout->first_block);
}

static HRESULT place_kept(struct disc_head *head, struct fsi_layout *layout)
{
	const uint32_t record_block =
		fsi_session_record_block(layout->first_block, head->source.udf != NULL);

	head->record_block = record_block;
	FSI_TRY(fsi_layout_append_at(layout, &record_ops, head, 1, record_block));
	FSI_TRY(fsi_layout_append_at(layout, &kept_head_ops, head, HEAD_BLOCKS,
				     record_block + FSI_SESSION_KEPT_DESCRIPTORS));
	return head->has_anchor
		       ? fsi_layout_append_at(layout, &kept_anchor_ops, head, 1,
					      record_block + FSI_SESSION_KEPT_ANCHOR)
		       : S_OK;
}

/* ---- what changes ------------------------------------------------------ */

static bool is_descriptor(const uint8_t *block)
{
	/* ECMA-119 8.1.2; ECMA-167 2/9.1.2, 3/9.1.2; and that of other sets. */
	static const char known[][6] = {"CD001", "BEA01", "NSR02", "NSR03",
					"TEA01", "BOOT2", "CDW02"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (memcmp(block + 1, known[i], 5) == 0)
			return true;
	}
	return false;
}

static HRESULT refuse_block(uint32_t block)
{
	return fsi_error_detail(
		FSI_FAIL(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION),
		"The new session needs block %u of the disc, which is part of an earlier "
		"one. It has room for the file systems that the disc has already.",
		block);
}

/* How many descriptors there were and are to be; block by block from the first on. */
static HRESULT count_descriptors(struct disc_head *head, uint32_t *ret_old,
				 uint32_t *ret_new)
{
	uint8_t block[FSI_BLOCK_SIZE];
	bool is_old = true;
	bool is_new = true;

	*ret_old = *ret_new = 0;
	for (uint32_t n = 0; n < HEAD_BLOCKS; n++) {
		FSI_TRY(read_block(head, HEAD_BLOCK + n, &head->old_head[n]));
		FSI_TRY(render_new(head, n, &block));
		is_old = is_old && is_descriptor(head->old_head[n]);
		is_new = is_new && is_descriptor(block);
		*ret_old += is_old;
		*ret_new += is_new;
		if (is_new && !is_old &&
		    !is_free(head, HEAD_BLOCK + n, head->old_head[n]))
			return refuse_block(HEAD_BLOCK + n);
	}
	return S_OK;
}

static HRESULT add_write(struct disc_head *head, uint32_t n)
{
	uint8_t block[FSI_BLOCK_SIZE];

	FSI_TRY(render_new(head, n, &block));
	if (memcmp(block, head->old_head[n], sizeof(block)) != 0)
		head->writes[head->write_count++] = HEAD_BLOCK + n;
	return S_OK;
}

/*
 * A set that becomes longer is written from its end, so that it has one at any time; one
 * that becomes shorter from its beginning, as its new end hides the rest.
 */
static HRESULT replace_head(struct disc_head *head)
{
	uint32_t old_count = 0;
	uint32_t new_count = 0;
	uint32_t count = 0;

	FSI_TRY(count_descriptors(head, &old_count, &new_count));
	count = old_count > new_count ? old_count : new_count;
	for (uint32_t n = 0; n < count; n++)
		FSI_TRY(add_write(head, old_count > new_count ? n : count - 1 - n));
	head->replaced_count = count;
	return S_OK;
}

static void note_replaced(struct disc_head *head, uint32_t first_block,
			  uint32_t block_count, uint32_t distance)
{
	if (block_count > 0)
		head->record.replaced[head->record.replaced_count++] =
			(struct fsi_replaced_blocks){
				.first_block = first_block,
				.block_count = block_count,
				.copy_block = head->record_block + distance,
			};
}

static HRESULT replace_anchor(struct disc_head *head)
{
	const uint32_t kept_block = head->record_block + FSI_SESSION_KEPT_ANCHOR;
	uint8_t block[FSI_BLOCK_SIZE] = {0};

	FSI_TRY(read_block(head, ANCHOR_BLOCK, &head->old_anchor));
	if (head->source.udf != NULL)
		fsi_udf_render_anchor(head->source.udf, ANCHOR_BLOCK, &block);
	if (memcmp(block, head->old_anchor, sizeof(block)) != 0)
		head->writes[head->write_count++] = ANCHOR_BLOCK;
	if (fsi_udf_tag_check_identifier(head->old_anchor, FSI_BLOCK_SIZE,
					 FSI_UDF_TAG_ANCHOR,
					 ANCHOR_BLOCK) == FSI_UDF_SOUND) {
		fsi_udf_tag_move(head->old_anchor, kept_block);
		if (head->source.continued->previous_head_block == 0)
			head->record.anchor_block = kept_block;
	} else if (!is_free(head, ANCHOR_BLOCK, head->old_anchor)) {
		return refuse_block(ANCHOR_BLOCK);
	}
	note_replaced(head, ANCHOR_BLOCK, 1, FSI_SESSION_KEPT_ANCHOR);
	return S_OK;
}

static HRESULT compare(struct disc_head *head)
{
	const struct fsi_continued *continued = head->source.continued;

	if (!head->source.for_result)
		return S_OK;
	head->record.number = continued->session_count + 1;
	head->record.start_block = head->source.layout->first_block;
	head->record.previous_start_block = continued->previous_block;
	head->record.previous_end_block = continued->end_block;
	head->record.previous_head_block = continued->previous_head_block != 0
						   ? continued->previous_head_block
						   : head->record_block;
	FSI_TRY(replace_head(head));
	note_replaced(head, HEAD_BLOCK, head->replaced_count,
		      FSI_SESSION_KEPT_DESCRIPTORS);
	return head->has_anchor ? replace_anchor(head) : S_OK;
}

/* ---- the format -------------------------------------------------------- */

static HRESULT place(struct fsi_format *format, enum fsi_stage stage,
		     struct fsi_layout *layout)
{
	void *object = format;

	if (stage == FSI_STAGE_SYSTEM_AREA)
		return place_disc(object, layout);
	if (stage == FSI_STAGE_KEPT)
		return place_kept(object, layout);
	if (stage == FSI_STAGE_SEALED)
		return compare(object);
	return S_OK;
}

static void destroy(struct fsi_format *format)
{
	fsi_free(format);
}

uint32_t fsi_disc_head_list_writes(const struct fsi_format *format,
				   const uint32_t **ret_blocks)
{
	const void *object = format;
	const struct disc_head *head = object;

	*ret_blocks = head->writes;
	return head->write_count;
}

HRESULT fsi_disc_head_create(const struct fsi_disc_head_source *source,
			     struct fsi_format **ret_format)
{
	static const struct fsi_format_ops ops = {.place = place, .destroy = destroy};
	struct disc_head *head = fsi_allocate_zeroed(1, sizeof(*head));

	if (head == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	head->format.ops = &ops;
	head->source = *source;
	head->has_anchor = source->udf != NULL ||
			   (source->continued->file_systems & FSI_FILE_SYSTEM_UDF) != 0;
	*ret_format = &head->format;
	return S_OK;
}
