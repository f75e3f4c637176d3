/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking UDF: finding the volume, then one part of it after the other. */
#include "check/udf.h"

#include "error/fail.h"

#include <inttypes.h>

#define FIRST_SIZE 32768u /* ECMA-167 2/8.2: bytes that the system has for itself */

/* ---- whose blocks ------------------------------------------------------ */

static void claim(struct fsi_check_udf *udf, struct fsi_owners *owners,
		  const struct fsi_check_place *place, const struct fsi_owner *owner)
{
	const uint64_t blocks = FIRST_SIZE / udf->block_size;
	const uint64_t start = udf->session_block;
	/* What lies between the two is in earlier sessions. */
	const uint64_t first = owner->first_block < blocks ? blocks : start + blocks;

	if (owners != &udf->metadata_owners && owner->first_block < first &&
	    (first == blocks || owner->first_block >= start) && owner->block_count > 0)
		fsi_check_tell(
			udf->check, FSI_U_001, place,
			&(struct fsi_check_details){
				.expected = FSI_TEXT("block %" PRIu64 " or later", first),
				.found = FSI_TEXT("block %" PRIu32, owner->first_block)},
			"The %s is in the space of the system", place->structure);
	fsi_owners_add(udf->check, owners, owner);
}

void fsi_check_udf_claim(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 enum fsi_statement statement, uint32_t block, uint32_t count)
{
	const struct fsi_owner owner = {
		.first_block = block,
		.block_count = count,
		.kind = FSI_OWNER_STRUCTURE,
		.file_system = FSI_FILE_SYSTEM_UDF,
		.statement = statement,
		.structure = place->structure,
		.name = place->name,
	};

	claim(udf, udf->owners, place, &owner);
}

void fsi_check_udf_claim_space(struct fsi_check_udf *udf,
			       const struct fsi_check_place *place,
			       const struct fsi_check_claim *claimed)
{
	const struct fsi_udf_space *spaces = udf->udf->spaces.items;
	struct fsi_udf_address address = claimed->address;
	struct fsi_owner owner = {
		.first_block = address.block,
		.block_count = claimed->blocks,
		.kind = claimed->kind,
		.file_system = FSI_FILE_SYSTEM_UDF,
		.statement = claimed->statement,
		.structure = place->structure,
		.name = place->name,
	};

	if (address.partition >= udf->udf->spaces.count)
		return;
	if (spaces[address.partition].kind == FSI_DISC_PARTITION_METADATA) {
		claim(udf, &udf->metadata_owners, place, &owner);
		return;
	}
	/* What lies elsewhere in parts is claimed part by part. */
	while (owner.block_count > 0) {
		uint32_t count = 0;

		if (!fsi_check_udf_ok(udf, fsi_import_udf_locate(
						   udf->udf, address, owner.block_count,
						   0, &owner.first_block, &count)) ||
		    count == 0)
			return;
		owner.block_count = count;
		claim(udf, udf->owners, place, &owner);
		address.block += count;
		owner.block_count =
			claimed->blocks - (address.block - claimed->address.block);
		if (owner.block_count > 0 && udf->pieces_left-- == 0) {
			udf->pieces_left = 0;
			udf->is_owner_missing = true;
			return;
		}
	}
}

/* ---- finding the volume ------------------------------------------------ */

/* What is necessary to judge anything: the revision, the kinds of partitions. */
static void take_volume(struct fsi_check_udf *udf,
			const struct fsi_udf_logical_volume *volume)
{
	size_t offset = 0;

	udf->revision = volume->revision;
	while (offset < volume->maps_size) {
		struct fsi_udf_map map;
		size_t size = 0;

		if (fsi_udf_get_map(volume->maps + offset, volume->maps_size - offset,
				    &map, &size) != FSI_UDF_SOUND)
			return;
		udf->has_map[map.kind] = true;
		offset += size;
	}
}

/* Partitions may be sound where what they hold is not. */
static void take_spaces(struct fsi_check_udf *udf,
			const struct fsi_udf_sequence *sequence,
			const struct fsi_udf_logical_volume *volume)
{
	if (udf->mount != NULL) {
		udf->udf = &udf->mount->udf;
		udf->table = udf->mount->table;
	} else if (fsi_check_udf_ok(udf,
				    fsi_import_udf_load_spaces(&udf->blocks, sequence,
							       volume, &udf->table))) {
		udf->udf = &udf->blocks;
	}
}

static void look_ahead(struct fsi_check_udf *udf)
{
	struct fsi_udf_sequence sequence = {.logical_volume = NULL};
	struct fsi_udf_logical_volume volume;

	udf->blocks.media = udf->check->media;
	udf->blocks.block_size = udf->block_size;
	udf->blocks.block_count = udf->block_count;
	if (!fsi_check_udf_ok(udf, fsi_import_udf_read_sequence(&udf->blocks,
								&udf->anchor, &sequence)))
		return;
	if (fsi_udf_get_logical_volume(sequence.logical_volume, udf->block_size,
				       &volume) == FSI_UDF_SOUND) {
		take_volume(udf, &volume);
		take_spaces(udf, &sequence, &volume);
	}
	if (sequence.partitions.count > 0)
		udf->access = sequence.partitions.items[0].partition.access;
	fsi_import_udf_free_sequence(&sequence);
}

/* The anchor that a reader takes; of several that lead nowhere the first one. */
static void choose_anchor(struct fsi_check_udf *udf, const struct fsi_udf_places *places)
{
	const struct fsi_udf_place *chosen = &places->items[0];
	uint8_t tag[sizeof(struct fsi_udf_tag)];

	for (unsigned i = 0; udf->mount != NULL && i < places->count; i++) {
		if (places->items[i].block == udf->mount->anchor_block)
			chosen = &places->items[i];
	}
	udf->has_anchor = true;
	udf->anchor = chosen->anchor;
	udf->anchor_block = chosen->block;
	if (fsi_check_read(udf->check, (uint64_t)chosen->block * udf->block_size, tag,
			   sizeof(tag))) {
		FSI_UDF_RECORD(fsi_udf_tag, record, tag);

		udf->serial_number = fsi_get_le16(&record->serial_number);
	}
}

static void set_block_size(struct fsi_check_udf *udf, uint32_t block_size)
{
	const uint64_t blocks = fsi_media_size(udf->check->media) / block_size;

	udf->block_size = block_size;
	udf->block_count = blocks < UINT32_MAX ? (uint32_t)blocks : UINT32_MAX;
	udf->pieces_left = blocks;
	udf->session_block = (uint32_t)((uint64_t)udf->check->session_block *
					FSI_BLOCK_SIZE / block_size);
	udf->owners =
		block_size == FSI_BLOCK_SIZE ? &udf->check->owners : &udf->volume_owners;
}

/* As far as a reader gets. false: there is no UDF at all. */
static bool find_volume(struct fsi_check_udf *udf)
{
	struct fsi_udf_places places;
	HRESULT hr = fsi_import_udf_find_anchors(udf->check->media,
						 udf->check->anchor_block, &places);

	set_block_size(udf, FSI_BLOCK_SIZE);
	if (!fsi_check_udf_ok(udf, hr))
		return fsi_check_udf_is_recognised(udf->check);
	set_block_size(udf, places.block_size);
	hr = fsi_import_udf_mount(udf->check->media, udf->check->anchor_block,
				  &udf->mount);
	if (!fsi_check_udf_ok(udf, hr))
		fsi_check_format(&udf->reason, "%s", fsi_error_get_message());
	choose_anchor(udf, &places);
	look_ahead(udf);
	return true;
}

/* ---- the parts --------------------------------------------------------- */

static bool take_logical_volume(struct fsi_check_udf *udf)
{
	const struct fsi_check_descriptor *descriptor = udf->logical_volume;
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, descriptor != NULL ? descriptor->block : 0,
				    "logical volume descriptor");

	if (descriptor == NULL)
		return false;
	if (fsi_udf_get_logical_volume(descriptor->bytes, udf->block_size,
				       &udf->volume) == FSI_UDF_SOUND)
		return true;
	fsi_check_tell(udf->check, FSI_U_051, &place,
		       &(struct fsi_check_details){.expected = "what fits into a block"},
		       "The table of partition maps does not fit into its block");
	udf->logical_volume = NULL;
	return false;
}

static void check_volume(struct fsi_check_udf *udf)
{
	struct fsi_check_totals totals = {.file_count = 0};
	bool has_volume = false;

	fsi_check_udf_sequences(udf);
	has_volume = take_logical_volume(udf);
	fsi_check_udf_volume(udf);
	if (!has_volume)
		return;
	fsi_check_udf_maps(udf);
	fsi_check_udf_integrity(udf);
	if (udf->udf == NULL)
		return;
	fsi_check_udf_tables(udf);
	fsi_check_udf_file_set(udf);
	if (udf->mount == NULL)
		return;
	fsi_check_udf_tree(udf, &totals);
	fsi_check_udf_integrity_totals(udf, &totals);
	fsi_check_udf_space(udf);
	fsi_owners_check(udf->check, &udf->metadata_owners, FSI_FINDING_NO_OFFSET);
	if (udf->check->is_map)
		fsi_check_udf_show_metadata(udf);
	if (udf->owners == &udf->volume_owners)
		fsi_owners_check(udf->check, udf->owners, FSI_FINDING_NO_OFFSET);
}

static void tell_dead_end(struct fsi_check_udf *udf)
{
	const struct fsi_check_place place = {FSI_FINDING_NO_OFFSET, "volume", NULL,
					      false};

	fsi_check_tell(udf->check, FSI_C_005, &place, NULL,
		       "The files of UDF cannot be looked at: %s", udf->reason.bytes);
	if (udf->has_map[FSI_DISC_PARTITION_VIRTUAL])
		fsi_check_tell(udf->check, FSI_U_156, &place, NULL,
			       "The virtual allocation table cannot be used: %s",
			       udf->reason.bytes);
}

static void free_sequences(struct fsi_check_udf *udf)
{
	for (unsigned i = 0; i < 2; i++) {
		fsi_check_descriptors *items = &udf->sequences[i].items;

		for (size_t n = 0; n < items->count; n++)
			fsi_free(items->items[n].bytes);
		fsi_vector_free(items);
	}
}

static void check_all(struct fsi_check_udf *udf)
{
	fsi_findings_add_file_system(udf->check->findings, FSI_FILE_SYSTEM_UDF);
	fsi_check_udf_recognition(udf);
	fsi_check_udf_anchors(udf);
	if (udf->has_anchor)
		check_volume(udf);
	if (udf->mount == NULL)
		tell_dead_end(udf);
}

void fsi_check_udf(struct fsi_check *check)
{
	struct fsi_check_udf udf = {
		.check = check,
		.reason = {"there is no anchor volume descriptor pointer."},
	};

	check->file_system = FSI_FILE_SYSTEM_UDF;
	if (find_volume(&udf))
		check_all(&udf);
	check->file_system = FSI_FILE_SYSTEM_NONE;
	free_sequences(&udf);
	fsi_owners_free(&udf.volume_owners);
	fsi_owners_free(&udf.metadata_owners);
	fsi_free(udf.integrity);
	fsi_import_udf_free_spaces(&udf.blocks);
	fsi_import_udf_unmount(udf.mount);
}
