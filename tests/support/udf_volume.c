/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes made by hand: volume structures and partitions. */
#include "tests/support/udf_volume.h"

#include "tests/support/udf_reader.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Blocks of the physical partition where other partitions have theirs. */
enum {
	METADATA_MAIN_FILE = 0,
	METADATA_MIRROR_FILE = 191,
	METADATA_MAIN = 32,
	METADATA_MIRROR = 192,
	METADATA_BLOCKS = 64,
	VIRTUAL_FIRST = 200, /* of every third block */
	TABLE_BLOCK = 390    /* the last block that is recorded */
};

void udf_put16(uint8_t *bytes, size_t offset, unsigned value)
{
	bytes[offset] = (uint8_t)value;
	bytes[offset + 1] = (uint8_t)(value >> 8);
}

void udf_put32(uint8_t *bytes, size_t offset, uint32_t value)
{
	udf_put16(bytes, offset, value & 0xFFFF);
	udf_put16(bytes, offset + 2, value >> 16);
}

void udf_put64(uint8_t *bytes, size_t offset, uint64_t value)
{
	udf_put32(bytes, offset, (uint32_t)value);
	udf_put32(bytes, offset + 4, (uint32_t)(value >> 32));
}

static void put_text(uint8_t *bytes, size_t offset, const char *text)
{
	memcpy(bytes + offset, text, strlen(text));
}

static void put_dstring(uint8_t *bytes, size_t offset, size_t size, const char *text)
{
	bytes[offset] = 8;
	put_text(bytes, offset + 1, text);
	bytes[offset + size - 1] = (uint8_t)(strlen(text) + 1);
}

static void put_charspec(uint8_t *bytes, size_t offset)
{
	put_text(bytes, offset + 1, "OSTA Compressed Unicode");
}

/* 2009-02-13 23:31:30 UTC */
static void put_time(uint8_t *bytes, size_t offset)
{
	static const uint8_t time[] = {0x00, 0x10, 0xD9, 0x07, 2, 13,
				       23,   31,   30,	 0,    0, 0};

	memcpy(bytes + offset, time, sizeof(time));
}

static void put_checksum(uint8_t *descriptor)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < 16; i++)
		sum += i == 4 ? 0u : descriptor[i];
	descriptor[4] = (uint8_t)sum;
}

void udf_seal(const struct udf_volume *volume, uint8_t *descriptor, unsigned identifier,
	      size_t size, uint32_t location)
{
	udf_put16(descriptor, 0, identifier);
	udf_put16(descriptor, 2, volume->revision < 0x200 ? 2 : 3);
	udf_put16(descriptor, 6, 1);
	udf_put16(descriptor, 8, udf_crc(descriptor + 16, size - 16));
	udf_put16(descriptor, 10, (unsigned)(size - 16));
	udf_put32(descriptor, 12, location);
	put_checksum(descriptor);
}

void udf_reseal(uint8_t *descriptor)
{
	udf_put16(descriptor, 8, udf_crc(descriptor + 16, udf_u16(descriptor, 10)));
	put_checksum(descriptor);
}

/* ---- blocks ------------------------------------------------------------ */

size_t udf_volume_size(const struct udf_volume *volume)
{
	return (size_t)volume->blocks * UDF_BLOCK;
}

uint8_t *udf_volume_block(struct udf_volume *volume, uint32_t block)
{
	ck_assert_uint_lt(block, UDF_VOLUME_BLOCKS);
	return volume->bytes + (size_t)block * UDF_BLOCK;
}

/* A block of the physical partition, through the sparing table if there is one. */
static uint32_t physical_block(const struct udf_volume *volume, uint32_t block)
{
	if (volume->kind == UDF_SPARABLE && block / 32 * 32 == UDF_WORN)
		return UDF_SPARE + block % 32;
	return UDF_PARTITION + block;
}

uint8_t *udf_volume_data(struct udf_volume *volume, uint32_t block)
{
	return udf_volume_block(volume, physical_block(volume, block));
}

uint32_t udf_volume_entry_block(const struct udf_volume *volume, uint32_t block)
{
	if (volume->kind == UDF_METADATA)
		block += METADATA_MAIN;
	else if (volume->kind == UDF_VIRTUAL)
		block = VIRTUAL_FIRST + 3 * block;
	return physical_block(volume, block);
}

uint8_t *udf_volume_entry(struct udf_volume *volume, uint32_t block)
{
	if (volume->kind == UDF_METADATA)
		ck_assert_uint_lt(block, METADATA_BLOCKS);
	if (volume->kind == UDF_VIRTUAL) {
		ck_assert_uint_lt(block, 60);
		for (; volume->virtual_count <= block; volume->virtual_count++)
			volume->virtual_blocks[volume->virtual_count] =
				VIRTUAL_FIRST + 3 * volume->virtual_count;
	}
	return udf_volume_block(volume, udf_volume_entry_block(volume, block));
}

/* ---- volume structures ------------------------------------------------- */

static void put_recognition(struct udf_volume *volume)
{
	const char *const identifiers[] = {
		"BEA01", volume->revision < 0x200 ? "NSR02" : "NSR03", "TEA01"};

	for (unsigned i = 0; i < 3; i++) {
		uint8_t *block = udf_volume_block(volume, 16 + i);

		put_text(block, 1, identifiers[i]);
		block[6] = 1;
	}
}

static void put_anchor(struct udf_volume *volume, uint32_t location)
{
	uint8_t *block = udf_volume_block(volume, location);

	udf_put32(block, 16, 16 * UDF_BLOCK);
	udf_put32(block, 20, UDF_MAIN);
	udf_put32(block, 24, 16 * UDF_BLOCK);
	udf_put32(block, 28, UDF_RESERVE);
	udf_seal(volume, block, 2, 512, location);
}

static void put_regid(const struct udf_volume *volume, uint8_t *bytes, size_t offset,
		      const char *identifier)
{
	put_text(bytes, offset + 1, identifier);
	udf_put16(bytes, offset + 24, volume->revision);
}

/* The maps of a logical volume; returns their size. */
static size_t put_maps(const struct udf_volume *volume, uint8_t *block)
{
	uint8_t *map = block + 440;

	if (volume->kind != UDF_SPARABLE) {
		map[0] = 1;
		map[1] = 6;
		udf_put16(map, 2, 1);
		map += 6;
	}
	if (volume->kind == UDF_PLAIN)
		return 6;
	map[0] = 2;
	map[1] = 64;
	udf_put16(map, 36, 1);
	if (volume->kind == UDF_VIRTUAL) {
		put_regid(volume, map, 4, "*UDF Virtual Partition");
	} else if (volume->kind == UDF_SPARABLE) {
		put_regid(volume, map, 4, "*UDF Sparable Partition");
		udf_put16(map, 40, 32);
		map[42] = 2;
		udf_put32(map, 44, UDF_BLOCK);
		udf_put32(map, 48, UDF_SPARING);
		udf_put32(map, 52, UDF_SPARING + 1);
	} else {
		put_regid(volume, map, 4, "*UDF Metadata Partition");
		udf_put32(map, 40, METADATA_MAIN_FILE);
		udf_put32(map, 44, METADATA_MIRROR_FILE);
		udf_put32(map, 48, UINT32_MAX);
		udf_put32(map, 52, 32);
		udf_put16(map, 56, 32);
		map[58] = 1;
	}
	return (size_t)(map + 64 - (block + 440));
}

static void put_logical_volume(struct udf_volume *volume, uint8_t *block)
{
	const size_t maps_size = put_maps(volume, block);

	put_charspec(block, 20);
	put_dstring(block, 84, 128, "By hand");
	udf_put32(block, 212, UDF_BLOCK);
	put_regid(volume, block, 216, "*OSTA UDF Compliant");
	udf_put_long(block + 248, 0, 2 * UDF_BLOCK, 0, volume->reference);
	udf_put32(block, 264, (uint32_t)maps_size);
	udf_put32(block, 268,
		  volume->kind == UDF_PLAIN || volume->kind == UDF_SPARABLE ? 1 : 2);
	put_text(block, 273, "*tests");
	udf_put32(block, 432, 4 * UDF_BLOCK);
	udf_put32(block, 436, UDF_LVID);
}

/* The n-th descriptor of a sequence. */
static void put_descriptor(struct udf_volume *volume, uint32_t first_block, unsigned n)
{
	static const uint8_t identifiers[] = {1, 4, 5, 6, 7, 8};
	uint8_t *block = udf_volume_block(volume, first_block + n);
	size_t size = 512;

	if (n != UDF_TD)
		udf_put32(block, 16, n);
	switch (n) {
	case UDF_PVD:
		put_dstring(block, 24, 32, "By hand");
		udf_put16(block, 56, 1);
		udf_put16(block, 58, 1);
		put_dstring(block, 72, 128, "0123456789ABCDEFset");
		put_charspec(block, 200);
		put_time(block, 376);
		break;
	case UDF_IUVD:
		put_regid(volume, block, 20, "*UDF LV Info");
		put_dstring(block, 244, 36, "owner");
		break;
	case UDF_PD:
		udf_put16(block, 20, 1);
		put_text(block, 25, volume->revision < 0x200 ? "+NSR02" : "+NSR03");
		udf_put32(block, 184, volume->kind == UDF_VIRTUAL ? 2 : 1);
		udf_put32(block, 188, UDF_PARTITION);
		udf_put32(block, 192, UDF_PARTITION_BLOCKS);
		break;
	case UDF_LVD:
		put_logical_volume(volume, block);
		size = 440 + udf_u32(block, 264);
		break;
	case UDF_USD:
		size = 24;
		break;
	default:
		break;
	}
	udf_seal(volume, block, identifiers[n], size, first_block + n);
}

static void put_integrity(struct udf_volume *volume)
{
	uint8_t *block = udf_volume_block(volume, UDF_LVID);

	put_time(block, 16);
	udf_put32(block, 28, 1);
	udf_put64(block, 40, 16);
	udf_put32(block, 72, 1);
	udf_put32(block, 76, 46);
	udf_put32(block, 88 + 32, 3);
	udf_put32(block, 88 + 36, 2);
	udf_put16(block, 88 + 40, volume->revision);
	udf_put16(block, 88 + 42, volume->revision);
	udf_put16(block, 88 + 44, volume->revision);
	udf_seal(volume, block, 9, 134, UDF_LVID);
	udf_seal(volume, udf_volume_block(volume, UDF_LVID + 1), 8, 512, UDF_LVID + 1);
}

static void put_file_set(struct udf_volume *volume)
{
	uint8_t *block = udf_volume_entry(volume, 0);

	put_time(block, 16);
	put_dstring(block, 304, 32, "files");
	udf_put_long(block + 400, 0, UDF_BLOCK, 2, volume->reference);
	put_regid(volume, block, 416, "*OSTA UDF Compliant");
	udf_seal(volume, block, 256, 512, 0);
	udf_seal(volume, udf_volume_entry(volume, 1), 8, 512, 1);
}

static void put_sparing_table(struct udf_volume *volume, uint32_t location,
			      uint32_t sequence_number, uint32_t mapped)
{
	uint8_t *block = udf_volume_block(volume, location);

	put_regid(volume, block, 16, "*UDF Sparing Table");
	udf_put16(block, 48, 3);
	udf_put32(block, 52, sequence_number);
	udf_put32(block, 56, UDF_WORN);
	udf_put32(block, 60, mapped);
	udf_put32(block, 64, 0xFFFFFFF0);
	udf_put32(block, 68, mapped + 32);
	udf_put32(block, 72, UINT32_MAX);
	udf_put32(block, 76, mapped + 64);
	udf_seal(volume, block, 0, 80, location);
}

/* The file of metadata is in the physical partition, so is its entry. */
static void put_metadata_file(struct udf_volume *volume, uint32_t block, uint8_t type,
			      uint32_t first_block)
{
	struct udf_volume physical = *volume;
	uint8_t extent[8];
	const struct udf_file file = {
		.type = type,
		.is_extended = true,
		.size = (uint64_t)METADATA_BLOCKS * UDF_BLOCK,
		.descriptors = extent,
		.descriptors_size = udf_put_short(extent, 0, METADATA_BLOCKS * UDF_BLOCK,
						  first_block),
	};

	physical.kind = UDF_PLAIN;
	physical.reference = 0;
	udf_put_file(&physical, block, &file);
}

static void put_partition(struct udf_volume *volume)
{
	if (volume->kind == UDF_SPARABLE) {
		put_sparing_table(volume, UDF_SPARING, 1, 800);
		put_sparing_table(volume, UDF_SPARING + 1, 2, UDF_SPARE);
	} else if (volume->kind == UDF_METADATA) {
		put_metadata_file(volume, METADATA_MAIN_FILE, 250, METADATA_MAIN);
		put_metadata_file(volume, METADATA_MIRROR_FILE, 251, METADATA_MIRROR);
	}
}

void udf_volume_init(struct udf_volume *volume, enum udf_volume_kind kind,
		     uint16_t revision)
{
	struct udf_directory root;

	*volume = (struct udf_volume){.kind = kind, .revision = revision};
	volume->blocks =
		kind == UDF_VIRTUAL ? UDF_PARTITION + TABLE_BLOCK + 1 : UDF_VOLUME_BLOCKS;
	volume->reference = kind == UDF_VIRTUAL || kind == UDF_METADATA;
	volume->bytes = calloc(UDF_VOLUME_BLOCKS, UDF_BLOCK);
	ck_assert_ptr_nonnull(volume->bytes);
	put_recognition(volume);
	for (unsigned n = UDF_PVD; n <= UDF_TD; n++) {
		put_descriptor(volume, UDF_MAIN, n);
		put_descriptor(volume, UDF_RESERVE, n);
	}
	put_integrity(volume);
	put_anchor(volume, 256);
	if (kind != UDF_VIRTUAL) {
		put_anchor(volume, UDF_VOLUME_BLOCKS - 257);
		put_anchor(volume, UDF_VOLUME_BLOCKS - 1);
	}
	put_partition(volume);
	put_file_set(volume);
	udf_directory_begin(&root, volume, 3, 2);
	udf_directory_end(&root, 2, 4);
}

void udf_volume_free(struct udf_volume *volume)
{
	free(volume->bytes);
}

/* Embedded in its entry, which is the last block that is recorded. */
static void put_table(struct udf_volume *volume)
{
	const bool is_old = volume->revision < 0x200;
	struct udf_volume physical = *volume;
	uint8_t table[152 + 4 * 64 + 36] = {0};
	const size_t header_size = is_old ? 0 : 152;
	size_t size = header_size;

	for (uint32_t i = 0; i < volume->virtual_count; i++, size += 4)
		udf_put32(table, size, volume->virtual_blocks[i]);
	if (is_old) {
		put_regid(volume, table, size, "*UDF Virtual Alloc Tbl");
		udf_put32(table, size + 32, UINT32_MAX);
		size += 36;
	} else {
		udf_put16(table, 0, 152);
		put_dstring(table, 4, 128, "By hand");
		udf_put32(table, 132, UINT32_MAX);
		udf_put32(table, 136, 7);
		udf_put32(table, 140, 5);
		udf_put16(table, 144, volume->revision);
		udf_put16(table, 146, volume->revision);
		udf_put16(table, 148, volume->revision);
	}
	physical.kind = UDF_PLAIN;
	physical.reference = 0;
	udf_put_file(&physical, TABLE_BLOCK,
		     &(struct udf_file){.type = is_old ? 0 : 248,
					.flags = 3,
					.size = size,
					.descriptors = table,
					.descriptors_size = size});
	/* The type 0 of the old form stands for a regular file otherwise. */
	udf_volume_data(&physical, TABLE_BLOCK)[27] = is_old ? 0 : 248;
	udf_reseal(udf_volume_data(&physical, TABLE_BLOCK));
}

void udf_volume_finish(struct udf_volume *volume)
{
	if (volume->kind == UDF_METADATA)
		memcpy(udf_volume_data(volume, METADATA_MIRROR),
		       udf_volume_data(volume, METADATA_MAIN),
		       (size_t)METADATA_BLOCKS * UDF_BLOCK);
	else if (volume->kind == UDF_VIRTUAL)
		put_table(volume);
}

/* ---- files ------------------------------------------------------------- */

void udf_put_file(struct udf_volume *volume, uint32_t block, const struct udf_file *file)
{
	/* Behind the information length an extended entry has 8 bytes more; behind
	 * the modification time 12, behind the checkpoint 4, behind the ICB of the
	 * attributes 16. */
	const bool is_extended = file->is_extended || file->stream_directory != 0;
	const size_t head = is_extended ? 216 : 176;
	const size_t times = is_extended ? 80 : 72;
	uint8_t *out = udf_volume_entry(volume, block);

	memset(out, 0, UDF_BLOCK);
	udf_put16(out, 20, 4);
	udf_put16(out, 24, 1);
	out[27] = file->type != 0 ? file->type : 5;
	udf_put16(out, 34, file->flags);
	udf_put32(out, 36, UINT32_MAX);
	udf_put32(out, 40, UINT32_MAX);
	udf_put32(out, 44, file->permissions != 0 ? file->permissions : 0x14A5);
	udf_put16(out, 48, file->links != 0 ? file->links : 1);
	udf_put64(out, 56, file->size);
	put_time(out, times);
	put_time(out, times + 12);
	put_time(out, is_extended ? 116 : 96);
	if (is_extended) {
		put_time(out, 104);
		if (file->stream_directory != 0)
			udf_put_long(out + 152, 0, UDF_BLOCK, file->stream_directory,
				     volume->reference);
	}
	udf_put32(out, is_extended ? 128 : 108, 1);
	udf_put64(out, head - 16, file->unique_id);
	udf_put32(out, head - 8, (uint32_t)file->attributes_size);
	udf_put32(out, head - 4, (uint32_t)file->descriptors_size);
	if (file->attributes_size > 0)
		memcpy(out + head, file->attributes, file->attributes_size);
	if (file->descriptors_size > 0)
		memcpy(out + head + file->attributes_size, file->descriptors,
		       file->descriptors_size);
	udf_seal(volume, out, is_extended ? 266 : 261,
		 head + file->attributes_size + file->descriptors_size, block);
}

size_t udf_put_short(uint8_t *out, unsigned type, uint32_t length, uint32_t block)
{
	udf_put32(out, 0, (uint32_t)type << 30 | length);
	udf_put32(out, 4, block);
	return 8;
}

size_t udf_put_long(uint8_t *out, unsigned type, uint32_t length, uint32_t block,
		    uint16_t reference)
{
	memset(out, 0, 16);
	udf_put_short(out, type, length, block);
	udf_put16(out, 8, reference);
	return 16;
}

void udf_put_simple_file(struct udf_volume *volume, uint32_t block, uint32_t data_block,
			 uint32_t size)
{
	uint8_t extent[16];
	const struct udf_file file = {
		.flags = 1,
		.size = size,
		.unique_id = 16 + block,
		.descriptors = extent,
		.descriptors_size = udf_put_long(extent, 0, size, data_block, 0),
	};

	udf_put_file(volume, block, &file);
}

void udf_put_allocation_extent(struct udf_volume *volume, uint32_t block,
			       const uint8_t *descriptors, size_t size)
{
	uint8_t *out = udf_volume_entry(volume, block);

	memset(out, 0, UDF_BLOCK);
	udf_put32(out, 20, (uint32_t)size);
	memcpy(out + 24, descriptors, size);
	udf_seal(volume, out, 258, 24 + size, block);
}

/* ---- directories ------------------------------------------------------- */

void udf_directory_begin(struct udf_directory *directory, struct udf_volume *volume,
			 uint32_t first_block, uint32_t parent)
{
	memset(directory, 0, sizeof(*directory));
	directory->volume = volume;
	directory->first_block = first_block;
	udf_directory_add_bytes(directory, NULL, 0, 0x0A, parent);
}

void udf_directory_add_bytes(struct udf_directory *directory, const uint8_t *name,
			     size_t length, unsigned characteristics, uint32_t entry)
{
	uint8_t *out = directory->bytes + directory->size;
	const size_t size = (38 + length + 3) / 4 * 4;
	const uint32_t location =
		directory->first_block +
		(directory->is_embedded ? 0 : (uint32_t)(directory->size / UDF_BLOCK));

	ck_assert_uint_le(directory->size + size, sizeof(directory->bytes));
	udf_put16(out, 16, 1);
	out[18] = (uint8_t)characteristics;
	out[19] = (uint8_t)length;
	udf_put_long(out + 20, 0, UDF_BLOCK, entry, directory->volume->reference);
	if (length > 0)
		memcpy(out + 38, name, length);
	udf_seal(directory->volume, out, 257, size, location);
	directory->size += size;
}

void udf_directory_add(struct udf_directory *directory, const char *name,
		       unsigned characteristics, uint32_t entry)
{
	uint8_t bytes[256] = {8};

	memcpy(bytes + 1, name, strlen(name));
	udf_directory_add_bytes(directory, bytes, 1 + strlen(name), characteristics,
				entry);
}

/* Metadata has its directories, too; else they are in the physical partition. */
void udf_directory_end(struct udf_directory *directory, uint32_t block, uint8_t type)
{
	struct udf_volume *volume = directory->volume;
	const bool is_metadata = volume->kind == UDF_METADATA;
	uint8_t extent[16];
	struct udf_file file = {.type = type, .size = directory->size};

	if (directory->is_embedded) {
		file.flags = 3;
		file.descriptors = directory->bytes;
		file.descriptors_size = directory->size;
	} else {
		file.flags = 1;
		file.descriptors = extent;
		file.descriptors_size = udf_put_long(extent, 0, (uint32_t)directory->size,
						     directory->first_block,
						     is_metadata ? volume->reference : 0);
		for (size_t at = 0; at < directory->size; at += UDF_BLOCK) {
			const uint32_t n =
				directory->first_block + (uint32_t)(at / UDF_BLOCK);

			memcpy(is_metadata ? udf_volume_entry(volume, n)
					   : udf_volume_data(volume, n),
			       directory->bytes + at, UDF_BLOCK);
		}
	}
	udf_put_file(volume, block, &file);
}
