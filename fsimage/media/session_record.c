/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a session: both directions, from one declaration. */
#include "media/session_record.h"

#include "base/bytes.h"
#include "base/crc.h"

#define MAGIC	"fsimage session"
#define VERSION 1u

/* Numbers are little-endian. */
struct replaced_on_disc {
	uint8_t first_block RBP(0, 4);
	uint8_t block_count RBP(4, 4);
	uint8_t copy_block RBP(8, 4);
};

struct record_on_disc {
	uint8_t magic RBP(0, 16); /* with a NUL */
	uint8_t version RBP(16, 4);
	uint8_t block RBP(20, 4); /* that the record is in */
	uint8_t number RBP(24, 4);
	uint8_t start_block RBP(28, 4);
	uint8_t previous_start_block RBP(32, 4);
	uint8_t previous_end_block RBP(36, 4);
	uint8_t previous_head_block RBP(40, 4);
	uint8_t anchor_block RBP(44, 4);
	uint8_t replaced_count RBP(48, 4);
	struct replaced_on_disc replaced[FSI_REPLACED_MAX];
	uint8_t reserved[FSI_BLOCK_SIZE - 52 - FSI_REPLACED_MAX * 12 - 2];
	uint8_t crc RBP(2046, 2); /* of all before it */
};
_Static_assert(sizeof(struct record_on_disc) == FSI_BLOCK_SIZE, "one block");

#define CRC_OFFSET (FSI_BLOCK_SIZE - 2u)

uint32_t fsi_session_record_block(uint32_t start_block, bool has_udf)
{
	return start_block +
	       (has_udf ? FSI_SESSION_RECORD_WITH_UDF : FSI_SESSION_RECORD_WITHOUT_UDF);
}

void fsi_session_record_put(const struct fsi_session_record *record, uint32_t block,
			    uint8_t (*ret_bytes)[FSI_BLOCK_SIZE])
{
	struct record_on_disc out;

	memset(&out, 0, sizeof(out));
	memcpy(out.magic, MAGIC, sizeof(out.magic));
	fsi_put_le32(&out.version, VERSION);
	fsi_put_le32(&out.block, block);
	fsi_put_le32(&out.number, record->number);
	fsi_put_le32(&out.start_block, record->start_block);
	fsi_put_le32(&out.previous_start_block, record->previous_start_block);
	fsi_put_le32(&out.previous_end_block, record->previous_end_block);
	fsi_put_le32(&out.previous_head_block, record->previous_head_block);
	fsi_put_le32(&out.anchor_block, record->anchor_block);
	fsi_put_le32(&out.replaced_count, record->replaced_count);
	for (uint32_t i = 0; i < record->replaced_count; i++) {
		fsi_put_le32(&out.replaced[i].first_block,
			     record->replaced[i].first_block);
		fsi_put_le32(&out.replaced[i].block_count,
			     record->replaced[i].block_count);
		fsi_put_le32(&out.replaced[i].copy_block, record->replaced[i].copy_block);
	}
	memcpy(*ret_bytes, &out, sizeof(out));
	fsi_put_le16((uint8_t(*)[2])(*ret_bytes + CRC_OFFSET),
		     fsi_crc16(*ret_bytes, CRC_OFFSET));
}

static void get_fields(const struct record_on_disc *in, struct fsi_session_record *record)
{
	record->number = fsi_get_le32(&in->number);
	record->start_block = fsi_get_le32(&in->start_block);
	record->previous_start_block = fsi_get_le32(&in->previous_start_block);
	record->previous_end_block = fsi_get_le32(&in->previous_end_block);
	record->previous_head_block = fsi_get_le32(&in->previous_head_block);
	record->anchor_block = fsi_get_le32(&in->anchor_block);
	record->replaced_count = fsi_get_le32(&in->replaced_count);
	for (uint32_t i = 0; i < record->replaced_count && i < FSI_REPLACED_MAX; i++) {
		const struct replaced_on_disc *from = &in->replaced[i];

		record->replaced[i].first_block = fsi_get_le32(&from->first_block);
		record->replaced[i].block_count = fsi_get_le32(&from->block_count);
		record->replaced[i].copy_block = fsi_get_le32(&from->copy_block);
	}
}

/* What is replaced is before the session; where it is kept, in it. */
static bool is_replaced_sound(const struct fsi_session_record *record)
{
	for (uint32_t i = 0; i < record->replaced_count; i++) {
		const struct fsi_replaced_blocks *run = &record->replaced[i];

		if (run->block_count == 0 || run->first_block >= record->start_block ||
		    run->block_count > record->start_block - run->first_block ||
		    run->copy_block < record->start_block ||
		    run->block_count > UINT32_MAX - run->copy_block)
			return false;
	}
	return true;
}

static bool is_sound(const struct fsi_session_record *record, uint32_t block)
{
	return record->number >= 2 && record->start_block < block &&
	       record->previous_start_block < record->previous_end_block &&
	       record->previous_end_block <= record->start_block &&
	       record->replaced_count <= FSI_REPLACED_MAX && is_replaced_sound(record);
}

bool fsi_session_record_get(const uint8_t (*bytes)[FSI_BLOCK_SIZE], uint32_t block,
			    struct fsi_session_record *ret_record)
{
	struct fsi_session_record record = {0};

	FSI_RECORD(record_on_disc, in, *bytes);
	if (memcmp(in->magic, MAGIC, sizeof(in->magic)) != 0 ||
	    fsi_get_le32(&in->version) != VERSION || fsi_get_le32(&in->block) != block ||
	    fsi_get_le16(&in->crc) != fsi_crc16(*bytes, CRC_OFFSET))
		return false;
	get_fields(in, &record);
	if (!is_sound(&record, block))
		return false;
	*ret_record = record;
	return true;
}
