/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking symbolic links: ECMA-167 4/14.16, OSTA UDF 2.3.12; U-145, U-146. */
#include "check/udf_tree.h"

#include "error/fail.h"

#include <inttypes.h>

/* ECMA-167 4/8.7.1; what is longer is read as far as this. */
#define TARGET_MAX 1023
#define READ_MAX   65536

/* NULL: the component at the beginning of size bytes is sound. */
static const char *find_fault(const uint8_t *bytes, size_t size, size_t *ret_taken)
{
	const char *fault = NULL;
	unsigned type = 0;
	unsigned length = 0;

	if (size < sizeof(struct fsi_udf_path_component))
		return "ends within a component";
	FSI_UDF_RECORD(fsi_udf_path_component, record, bytes);
	type = record->type[0];
	length = record->identifier_length[0];
	*ret_taken = sizeof(*record) + length;
	if (*ret_taken > size)
		return "ends within a name";
	if (type < FSI_UDF_COMPONENT_ROOT_AGREED || type > FSI_UDF_COMPONENT_NAME)
		return "has a component of an unknown kind";
	if (fsi_get_le16(&record->version) != 0)
		return "has a component with a version";
	if (type == FSI_UDF_COMPONENT_NAME && length < 2)
		return "has a component without a name";
	if (type != FSI_UDF_COMPONENT_NAME && type != FSI_UDF_COMPONENT_ROOT_AGREED &&
	    length > 0)
		return "has a name where none belongs";
	if (type == FSI_UDF_COMPONENT_NAME)
		fault = fsi_check_udf_text_fault(bytes + sizeof(*record), length);
	return fault != NULL ? "has a name that is no valid text" : NULL;
}

static void check_target(struct fsi_check_entry *entry, const uint8_t *bytes, size_t size)
{
	struct fsi_check *check = entry->tree->udf->check;
	size_t at = 0;

	while (at < size) {
		size_t taken = 0;
		const char *fault = find_fault(bytes + at, size - at, &taken);

		if (fault != NULL)
			fsi_check_tell(check, FSI_U_145, &entry->place,
				       &(struct fsi_check_details){
					       .expected = "components of a path",
					       .found = FSI_TEXT("type %u at byte %zu",
								 bytes[at], at)},
				       "The target of a symbolic link %s", fault);
		if (fault != NULL)
			return;
		at += taken;
	}
}

void fsi_check_udf_link(struct fsi_check_entry *entry)
{
	struct fsi_check_udf *udf = entry->tree->udf;
	const uint64_t size = entry->block.icb.size;
	struct fsi_udf_body body = {.size = 0};
	struct fsi_udf_reading reading = {.length = size < READ_MAX ? (size_t)size
								    : READ_MAX};
	uint8_t *bytes = NULL;

	if (size == 0 || size > TARGET_MAX)
		fsi_check_tell(udf->check, FSI_U_146, &entry->place,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("1 to %d bytes", TARGET_MAX),
				       .found = FSI_TEXT("%" PRIu64, size)},
			       "The target of a symbolic link is %s",
			       size == 0 ? "empty" : "longer than systems follow");
	if (!fsi_check_udf_ok(udf,
			      fsi_import_udf_load_body(udf->udf, &entry->block, &body)))
		return;
	bytes = fsi_allocate(reading.length);
	reading.buffer = bytes;
	if (bytes == NULL && reading.length > 0)
		fsi_check_fail(udf->check, FSI_FAIL(E_OUTOFMEMORY));
	else if (reading.length == size &&
		 fsi_check_udf_ok(udf,
				  fsi_import_udf_read_body(udf->udf, &body, &reading)))
		check_target(entry, bytes, reading.length);
	fsi_free(bytes);
	fsi_import_udf_free_body(&body);
}
