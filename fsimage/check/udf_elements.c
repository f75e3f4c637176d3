/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking what every descriptor of UDF is made of: tags, identifiers, times. */
#include "check/udf.h"

#include "base/crc.h"
#include "error/fail.h"

#include <inttypes.h>

uint8_t *fsi_check_udf_buffer(struct fsi_check_udf *udf)
{
	uint8_t *buffer = fsi_allocate(udf->block_size);

	if (buffer == NULL)
		fsi_check_fail(udf->check, FSI_FAIL(E_OUTOFMEMORY));
	return buffer;
}

bool fsi_check_udf_read(struct fsi_check_udf *udf, uint32_t block, uint8_t *buffer)
{
	return fsi_check_read(udf->check, (uint64_t)block * udf->block_size, buffer,
			      udf->block_size);
}

bool fsi_check_udf_ok(struct fsi_check_udf *udf, HRESULT hr)
{
	if (hr == E_OUTOFMEMORY)
		fsi_check_fail(udf->check, hr);
	return SUCCEEDED(hr);
}

/* ---- fields ------------------------------------------------------------ */

static uint64_t get_number(const uint8_t *bytes, size_t size)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++)
		number |= (uint64_t)bytes[i] << 8 * i;
	return number;
}

void fsi_check_udf_fields(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			  const uint8_t *bytes, const struct fsi_check_field *fields,
			  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct fsi_check_field *field = &fields[i];
		const struct fsi_check_place at = fsi_check_at(place, field->offset);

		if (field->size > 8)
			fsi_check_zero(udf->check, field->statement, &at, field->name,
				       bytes + field->offset, field->size);
		else
			fsi_check_number(udf->check, field->statement, &at, field->name,
					 field->expected,
					 get_number(bytes + field->offset, field->size));
	}
}

/* ---- tags -------------------------------------------------------------- */

/* ECMA-167 3/7.2.2, OSTA UDF 2.2.1.1 */
static void check_version(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			  uint16_t version)
{
	const struct fsi_check_place at =
		fsi_check_at(place, offsetof(struct fsi_udf_tag, version));

	if (udf->revision == 0 && (version == 2 || version == 3))
		return;
	fsi_check_number(udf->check, FSI_U_022, &at, "tag version",
			 fsi_check_udf_since(udf, 0x0200) ? 3 : 2, version);
}

/* OSTA UDF 2.2.1.2, 2.3.1.2; returns whether the bytes behind the tag are sound. */
static bool check_crc(struct fsi_check_udf *udf, const struct fsi_check_place *place,
		      const struct fsi_check_tagged *tagged,
		      const struct fsi_udf_tag *tag)
{
	const struct fsi_check_place at =
		fsi_check_at(place, offsetof(struct fsi_udf_tag, crc));
	const uint16_t length = fsi_get_le16(&tag->crc_length);
	const uint16_t crc = fsi_get_le16(&tag->crc);

	if (length > tagged->available - sizeof(*tag)) {
		fsi_check_tell(
			udf->check, FSI_U_024, &at,
			&(struct fsi_check_details){
				.expected = FSI_TEXT("at most %zu bytes",
						     tagged->available - sizeof(*tag)),
				.found = FSI_TEXT("%u bytes", length)},
			"The CRC of the %s is said to cover more than there is",
			place->structure);
		return true;
	}
	if (!fsi_check_hex(udf->check, FSI_U_024, &at, "CRC",
			   fsi_crc16(tagged->bytes + sizeof(*tag), length), crc))
		return false;
	if (tagged->size > 0)
		fsi_check_udf_crc_length(udf, place, tagged->bytes, tagged->size,
					 FSI_U_025);
	return true;
}

void fsi_check_udf_crc_length(struct fsi_check_udf *udf,
			      const struct fsi_check_place *place, const uint8_t *bytes,
			      size_t size, enum fsi_statement statement)
{
	const struct fsi_check_place at =
		fsi_check_at(place, offsetof(struct fsi_udf_tag, crc_length));
	FSI_UDF_RECORD(fsi_udf_tag, tag, bytes);

	fsi_check_number(udf->check, statement, &at, "CRC length", size - sizeof(*tag),
			 fsi_get_le16(&tag->crc_length));
}

static void check_rest_of_tag(struct fsi_check_udf *udf,
			      const struct fsi_check_place *place,
			      const struct fsi_udf_tag *tag, uint32_t location)
{
	struct fsi_check_place at =
		fsi_check_at(place, offsetof(struct fsi_udf_tag, location));

	fsi_check_number(udf->check, FSI_U_023, &at, "tag location", location,
			 fsi_get_le32(&tag->location));
	at = fsi_check_at(place, offsetof(struct fsi_udf_tag, reserved));
	fsi_check_number(udf->check, FSI_U_026, &at, "reserved byte of the tag", 0,
			 tag->reserved[0]);
	at = fsi_check_at(place, offsetof(struct fsi_udf_tag, serial_number));
	if (fsi_check_udf_since(udf, 0x0200))
		fsi_check_number(udf->check, FSI_U_027, &at, "tag serial number",
				 udf->serial_number, fsi_get_le16(&tag->serial_number));
}

static void tell_missing(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 const struct fsi_check_tagged *tagged, unsigned identifier)
{
	fsi_check_tell(udf->check, tagged->missing, place,
		       &(struct fsi_check_details){
			       .expected = FSI_TEXT("tag %u", tagged->identifiers[0]),
			       .found = fsi_udf_tag_is_blank(tagged->bytes)
						? "nothing"
						: FSI_TEXT("tag %u", identifier)},
		       "There is no %s where one must be", place->structure);
}

bool fsi_check_udf_tag(struct fsi_check_udf *udf, const struct fsi_check_place *place,
		       const struct fsi_check_tagged *tagged)
{
	FSI_UDF_RECORD(fsi_udf_tag, tag, tagged->bytes);
	const unsigned identifier = fsi_udf_tag_identifier(tagged->bytes);
	const struct fsi_check_place at =
		fsi_check_at(place, offsetof(struct fsi_udf_tag, checksum));
	bool is_sound = true;

	if (identifier != tagged->identifiers[0] &&
	    identifier != tagged->identifiers[1]) {
		tell_missing(udf, place, tagged, identifier);
		return false;
	}
	is_sound = fsi_check_hex(udf->check, FSI_U_021, &at, "tag checksum",
				 fsi_udf_tag_sum(tag), tag->checksum[0]);
	check_version(udf, place, fsi_get_le16(&tag->version));
	check_rest_of_tag(udf, place, tag, tagged->location);
	/* Where neither is right, what follows is no descriptor. */
	return check_crc(udf, place, tagged, tag) || is_sound;
}

/* ---- entity identifiers, OSTA UDF 2.1.5 -------------------------------- */

/* The identifiers that begin with "*UDF", OSTA UDF 6.1. */
static const char *const udf_identifiers[] = {
	"*UDF LV Info",
	"*UDF Virtual Partition",
	"*UDF Sparable Partition",
	"*UDF Metadata Partition",
	"*UDF Sparing Table",
	"*UDF Virtual Alloc Tbl",
	"*UDF FreeEASpace",
	"*UDF FreeAppEASpace",
	"*UDF DVD CGMS Info",
	"*UDF OS/2 EA",
	"*UDF OS/2 EALength",
	"*UDF Mac VolumeInfo",
	"*UDF Mac FinderInfo",
	"*UDF Mac UniqueIDTable",
	"*UDF Mac ResourceFork",
	"*UDF OS/400 DirInfo",
	"*UDF VAT LVExtension",
};

/* The highest operating system class, OSTA UDF 6.3 */
#define OS_CLASS_MAX 9

static bool is_known_identifier(const struct fsi_udf_regid *regid)
{
	if (memcmp(regid->identifier, "*UDF", 4) != 0)
		return true;
	for (size_t i = 0; i < sizeof(udf_identifiers) / sizeof(udf_identifiers[0]);
	     i++) {
		if (fsi_udf_regid_is(regid, udf_identifiers[i]))
			return true;
	}
	return false;
}

/* Printable ASCII, then zeros. */
static bool is_padded_text(const struct fsi_udf_regid *regid)
{
	const uint8_t *bytes = regid->identifier;
	size_t length = 0;

	while (length < sizeof(regid->identifier) && bytes[length] >= 0x20 &&
	       bytes[length] < 0x7F)
		length++;
	for (; length < sizeof(regid->identifier); length++) {
		if (bytes[length] != 0)
			return false;
	}
	return true;
}

static void check_identifier(struct fsi_check_udf *udf,
			     const struct fsi_check_place *place,
			     const struct fsi_udf_regid *regid)
{
	const struct fsi_check_place at =
		fsi_check_at(place, offsetof(struct fsi_udf_regid, identifier));
	char text[24];

	fsi_udf_get_regid(regid, &text);
	if (regid->flags[0] != 0)
		fsi_check_tell(udf->check, FSI_U_057, place,
			       &(struct fsi_check_details){
				       .severity = FSI_SEVERITY_WARNING,
				       .expected = "0",
				       .found = FSI_TEXT("0x%02X", regid->flags[0])},
			       "The flags of the identifier '%s' in the %s are not zero",
			       text, place->structure);
	if (!is_padded_text(regid))
		fsi_check_tell(udf->check, FSI_U_057, &at,
			       &(struct fsi_check_details){
				       .expected = "ASCII, then zeros", .found = text},
			       "An identifier in the %s is no text filled with zeros",
			       place->structure);
	else if (!is_known_identifier(regid))
		fsi_check_tell(udf->check, FSI_U_057, &at,
			       &(struct fsi_check_details){
				       .expected = "one that UDF defines", .found = text},
			       "UDF does not define the identifier '%s' in the %s", text,
			       place->structure);
}

static void check_suffix(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 const struct fsi_udf_regid *regid, enum fsi_check_suffix kind)
{
	const struct fsi_check_place at =
		fsi_check_at(place, offsetof(struct fsi_udf_regid, suffix));
	const uint8_t os_class =
		regid->suffix[kind == FSI_CHECK_SUFFIX_IMPLEMENTATION ? 0 : 2];

	if ((kind == FSI_CHECK_SUFFIX_UDF || kind == FSI_CHECK_SUFFIX_DOMAIN) &&
	    udf->revision != 0)
		fsi_check_hex(udf->check, FSI_U_058, &at, "revision behind an identifier",
			      udf->revision, fsi_udf_get_revision(regid));
	if ((kind == FSI_CHECK_SUFFIX_UDF || kind == FSI_CHECK_SUFFIX_IMPLEMENTATION) &&
	    os_class > OS_CLASS_MAX)
		fsi_check_tell(udf->check, FSI_U_059, &at,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("0 to %u", OS_CLASS_MAX),
				       .found = FSI_TEXT("%u", os_class)},
			       "The operating system class in the %s does not exist",
			       place->structure);
}

void fsi_check_udf_regid(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 const struct fsi_udf_regid *regid, enum fsi_check_suffix suffix,
			 enum fsi_statement empty)
{
	check_identifier(udf, place, regid);
	check_suffix(udf, place, regid, suffix);
	if (empty != FSI_STATEMENT_COUNT && regid->identifier[0] == 0)
		fsi_check_tell(udf->check, empty, place,
			       &(struct fsi_check_details){.expected = "an identifier",
							   .found = "zeros"},
			       "The %s has an empty identifier", place->structure);
}

/* ---- times, ECMA-167 1/7.3, OSTA UDF 2.1.4 ----------------------------- */

/* ECMA-167 1/7.3.1: no time zone is told. */
#define ZONE_UNKNOWN (-2047)
#define ZONE_MAX     1440
#define TYPE_LOCAL   1

/* What is wrong, as the end of a sentence; NULL: nothing. */
static const char *find_time_fault(const struct fsi_udf_timestamp *field)
{
	const uint16_t type_and_zone = fsi_get_le16(&field->type_and_timezone);
	const int raw_zone = type_and_zone & 0x0FFF;
	const int zone = raw_zone >= 0x0800 ? raw_zone - 0x1000 : raw_zone;
	struct fsi_disc_time time;

	fsi_udf_get_timestamp(field, &time);
	if (!time.is_known)
		return "is no date";
	if (type_and_zone >> 12 != TYPE_LOCAL)
		return "is not said to be local time";
	if (zone != ZONE_UNKNOWN && (zone < -ZONE_MAX || zone > ZONE_MAX))
		return "has a time zone that does not exist";
	if (field->centiseconds[0] > 99 || field->hundreds_of_microseconds[0] > 99 ||
	    field->microseconds[0] > 99)
		return "has a fraction of a second of a whole one or more";
	return NULL;
}

bool fsi_check_udf_time(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			const struct fsi_udf_timestamp *field,
			enum fsi_statement statement, const char *name)
{
	const char *fault = find_time_fault(field);

	if (fault == NULL)
		return true;
	fsi_check_tell(
		udf->check, statement, place,
		&(struct fsi_check_details){
			.expected = "a time",
			.found = FSI_TEXT(
				"%04u-%02u-%02u %02u:%02u:%02u, type and zone 0x%04X",
				fsi_get_le16(&field->year), field->month[0],
				field->day[0], field->hour[0], field->minute[0],
				field->second[0],
				fsi_get_le16(&field->type_and_timezone))},
		"The %s of the %s %s", name, place->structure, fault);
	return false;
}
