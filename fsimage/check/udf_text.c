/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking text in UDF: OSTA compressed Unicode, alone and in fields. */
#include "check/udf.h"

#include <inttypes.h>

/* OSTA UDF 2.1.1 */
#define CS0_NARROW 8
#define CS0_WIDE   16

/* OSTA UDF 2.1.2 */
static const char character_set[] = "OSTA Compressed Unicode";

const char *fsi_check_udf_text_fault(const uint8_t *bytes, size_t length)
{
	if (length == 0)
		return NULL;
	if (bytes[0] != CS0_NARROW && bytes[0] != CS0_WIDE)
		return "is compressed in an unknown way";
	if (length == 1)
		return "is a compression identifier only";
	if (bytes[0] == CS0_WIDE && length % 2 == 0)
		return "ends with half of a character";
	for (size_t i = 1; bytes[0] == CS0_WIDE && i < length; i += 2) {
		const unsigned unit = (unsigned)bytes[i] << 8 | bytes[i + 1];

		if (unit == 0xFEFF || unit == 0xFFFE)
			return "has a byte order mark";
		if (unit == 0)
			return "has a character of zeros";
	}
	if (bytes[0] == CS0_NARROW && memchr(bytes + 1, 0, length - 1) != NULL)
		return "has a character of zeros";
	return NULL;
}

/* ECMA-167 1/7.2.12; NULL: nothing is wrong. */
static const char *find_fault(const uint8_t *field, size_t size)
{
	const size_t length = field[size - 1];
	const char *fault = NULL;

	if (length > size - 1)
		return "is longer than its field";
	fault = fsi_check_udf_text_fault(field, length);
	for (size_t i = length; fault == NULL && i < size - 1; i++) {
		if (field[i] != 0)
			fault = length == 0 ? "has a length of zero, but text"
					    : "is not filled with zeros";
	}
	return fault;
}

bool fsi_check_udf_dstring(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			   const uint8_t *field, size_t size,
			   enum fsi_statement statement, bool may_be_empty)
{
	const char *fault = find_fault(field, size);

	if (fault == NULL && !may_be_empty && field[size - 1] == 0)
		fault = "is empty";
	if (fault == NULL)
		return true;
	fsi_check_tell(
		udf->check, statement, place,
		&(struct fsi_check_details){
			.expected = FSI_TEXT("text of at most %zu bytes", size - 1),
			.found = FSI_TEXT("compression %u, length %u", field[0],
					  field[size - 1])},
		"The %s %s", place->structure, fault);
	return false;
}

bool fsi_check_udf_charspec(struct fsi_check_udf *udf,
			    const struct fsi_check_place *place,
			    const struct fsi_udf_charspec *field,
			    enum fsi_statement statement)
{
	struct fsi_udf_charspec expected;

	memset(&expected, 0, sizeof(expected));
	memcpy(expected.information, character_set, sizeof(character_set) - 1);
	if (memcmp(&expected, field, sizeof(expected)) == 0)
		return true;
	fsi_check_tell(udf->check, statement, place,
		       &(struct fsi_check_details){
			       .expected = FSI_TEXT("0, '%s'", character_set),
			       .found = FSI_TEXT("%u and other bytes", field->type[0])},
		       "The character set of the %s is not OSTA's", place->structure);
	return false;
}
