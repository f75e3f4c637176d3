/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking an image: one file system after the other. */
#include "check/check.h"

#include "error/fail.h"

/* How many findings of one statement are kept unless more are asked for. */
#define KEPT_OF_EACH 20

static void check_size(struct fsi_check *check)
{
	const uint64_t size = fsi_media_size(check->media);
	const struct fsi_check_place place = {size - size % FSI_BLOCK_SIZE, "image", NULL,
					      false};

	if (size % FSI_BLOCK_SIZE == 0)
		return;
	fsi_check_tell(check, FSI_C_002, &place,
		       &(struct fsi_check_details){
			       .expected = "a multiple of 2048 bytes",
			       .found = FSI_TEXT("%llu bytes", (unsigned long long)size)},
		       "The image ends with %u bytes that are no whole block",
		       (unsigned)(size % FSI_BLOCK_SIZE));
}

static void check_all(struct fsi_check *check)
{
	const struct fsi_check_place nowhere = {FSI_FINDING_NO_OFFSET, "image", NULL,
						false};
	fsi_file_systems file_systems = FSI_FILE_SYSTEM_NONE;

	check_size(check);
	fsi_check_udf(check);
	fsi_check_iso9660(check);
	check->file_system = FSI_FILE_SYSTEM_NONE;
	fsi_owners_check(check, &check->owners, 0);
	fsi_check_bridge(check);
	if (SUCCEEDED(fsi_findings_get_file_systems(check->findings, &file_systems)) &&
	    file_systems == FSI_FILE_SYSTEM_NONE)
		fsi_check_tell(check, FSI_C_003, &nowhere, NULL,
			       "There is neither ISO 9660 nor UDF in the image");
}

HRESULT fsi_check_run(struct fsi_media *media, const struct fsi_check_options *options,
		      fsi_findings **ret_findings)
{
	struct fsi_check check = {
		.media = media,
		.session_block = options->session_block,
		.anchor_block = options->anchor_block,
		.iso9660_level = options->iso9660_level,
		.block_count = fsi_media_block_count(media),
		.failure = S_OK,
	};

	FSI_TRY(fsi_findings_create(options->kept_of_each != 0 ? options->kept_of_each
							       : KEPT_OF_EACH,
				    &check.findings));
	check_all(&check);
	fsi_owners_free(&check.owners);
	fsi_arena_free(&check.names);
	if (FAILED(check.failure)) {
		fsi_findings_release(check.findings);
		/* The error of the thread may be that of a later reading. */
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	*ret_findings = check.findings;
	return S_OK;
}

HRESULT fsi_check_map(struct fsi_media *media, uint32_t anchor_block,
		      fsi_block_map **ret_map)
{
	struct fsi_check check = {
		.media = media,
		.is_map = true,
		.session_block = fsi_media_session_block(media),
		.anchor_block = anchor_block,
		.block_count = fsi_media_block_count(media),
		.failure = S_OK,
	};
	HRESULT hr = S_OK;

	/* What is wrong is not asked for. */
	FSI_TRY(fsi_findings_create(0, &check.findings));
	check_all(&check);
	hr = SUCCEEDED(check.failure) ? fsi_block_map_create(&check, ret_map)
				      : FSI_FAIL(E_OUTOFMEMORY);
	fsi_owners_free(&check.owners);
	fsi_arena_free(&check.names);
	fsi_findings_release(check.findings);
	return hr;
}
