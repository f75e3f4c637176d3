/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identifiers: their form, and how the standards order them. */
#include "check/iso.h"

#include <inttypes.h>

/* ECMA-119 10.1 */
#define LEVEL_1_NAME_MAX      8u
#define LEVEL_1_EXTENSION_MAX 3u

/* ECMA-119 7.5.1, 7.6.3; what all current readers accept. */
#define FILE_NAME_MAX	   30u
#define DIRECTORY_NAME_MAX 31u
#define RELAXED_NAME_MAX   37u
#define VERSION_MAX	   32767u
#define PATH_MAX_BYTES	   255u

/* ISO 9660:1999 7.5 */
#define ENHANCED_MAX 207u

/* Joliet: in characters; and so many that fit a record. */
#define JOLIET_MAX	64u
#define JOLIET_RELAXED	103u
#define JOLIET_PATH_MAX 240u

/* A file identifier in its parts. */
struct parts {
	const uint8_t *name;
	size_t name_length;
	const uint8_t *extension;
	size_t extension_length;
	const uint8_t *version;
	size_t version_length;
	bool has_dot;
	bool has_version;
};

static struct parts split(const uint8_t *identifier, size_t length)
{
	struct parts parts = {.name = identifier};
	const uint8_t *const end = identifier + length;
	const uint8_t *semicolon = memchr(identifier, ';', length);
	const uint8_t *const middle = semicolon != NULL ? semicolon : end;
	const uint8_t *dot = memchr(identifier, '.', (size_t)(middle - identifier));

	parts.has_dot = dot != NULL;
	parts.has_version = semicolon != NULL;
	parts.name_length = (size_t)((dot != NULL ? dot : middle) - identifier);
	parts.extension = dot != NULL ? dot + 1 : middle;
	parts.extension_length = (size_t)(middle - parts.extension);
	parts.version = semicolon != NULL ? semicolon + 1 : end;
	parts.version_length = (size_t)(end - parts.version);
	return parts;
}

/* ---- order (ECMA-119 9.3) ---------------------------------------------- */

/* The shorter one is thought to be padded. */
static int compare_padded(const uint8_t *one, size_t one_length, const uint8_t *other,
			  size_t other_length, uint8_t padding)
{
	const size_t length = one_length > other_length ? one_length : other_length;

	for (size_t i = 0; i < length; i++) {
		const uint8_t a = i < one_length ? one[i] : padding;
		const uint8_t b = i < other_length ? other[i] : padding;

		if (a != b)
			return a < b ? -1 : 1;
	}
	return 0;
}

/* Padded on the left; a higher version comes first. */
static int compare_versions(const struct parts *one, const struct parts *other)
{
	const size_t length = one->version_length > other->version_length
				      ? one->version_length
				      : other->version_length;

	for (size_t i = length; i > 0; i--) {
		const uint8_t a = i <= one->version_length
					  ? one->version[one->version_length - i]
					  : '0';
		const uint8_t b = i <= other->version_length
					  ? other->version[other->version_length - i]
					  : '0';

		if (a != b)
			return a > b ? -1 : 1;
	}
	return 0;
}

static int compare_plain(const uint8_t *one, size_t one_length, const uint8_t *other,
			 size_t other_length)
{
	const size_t length = one_length < other_length ? one_length : other_length;
	const int order = memcmp(one, other, length);

	if (order != 0)
		return order;
	return one_length < other_length ? -1 : one_length > other_length;
}

int fsi_check_compare_identifiers(const struct fsi_check_tree *tree, const uint8_t *one,
				  size_t one_length, const uint8_t *other,
				  size_t other_length, bool with_version)
{
	struct parts a;
	struct parts b;
	int order = 0;

	if (tree->kind != FSI_CHECK_PRIMARY)
		return compare_plain(one, one_length, other, other_length);
	a = split(one, one_length);
	b = split(other, other_length);
	order = compare_padded(a.name, a.name_length, b.name, b.name_length, ' ');
	if (order == 0)
		order = compare_padded(a.extension, a.extension_length, b.extension,
				       b.extension_length, ' ');
	return order == 0 && with_version ? compare_versions(&a, &b) : order;
}

/* ---- the primary tree -------------------------------------------------- */

static bool is_d_character(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       byte == '_';
}

static void check_characters(struct fsi_check_tree *tree,
			     const struct fsi_check_record *record, bool is_file)
{
	const size_t length = record->fields.identifier_length[0];

	for (size_t i = 0; i < length; i++) {
		const uint8_t byte = record->identifier[i];

		if (is_d_character(byte) || (is_file && (byte == '.' || byte == ';')))
			continue;
		fsi_check_tell(
			tree->iso->check, FSI_I_053, &record->place,
			&(struct fsi_check_details){.expected = "d-characters",
						    .found = FSI_TEXT("0x%02X", byte)},
			"The identifier has a character that is no d-character");
		return;
	}
}

static void check_length(struct fsi_check_tree *tree,
			 const struct fsi_check_record *record, size_t length,
			 size_t most)
{
	if (length <= most)
		return;
	fsi_check_tell(
		tree->iso->check, FSI_I_052, &record->place,
		&(struct fsi_check_details){
			.severity = length <= RELAXED_NAME_MAX ? FSI_SEVERITY_WARNING : 0,
			.expected = FSI_TEXT("at most %zu", most),
			.found = FSI_TEXT("%zu", length)},
		"The identifier has %zu characters", length);
}

/* ECMA-119 10.1; directories have no extension. */
static void check_level_1(struct fsi_check_tree *tree,
			  const struct fsi_check_record *record, size_t name_length,
			  size_t extension_length)
{
	if (tree->iso->check->iso9660_level == 1 &&
	    (name_length > LEVEL_1_NAME_MAX || extension_length > LEVEL_1_EXTENSION_MAX))
		fsi_check_tell(tree->iso->check, FSI_I_051, &record->place, NULL,
			       "The identifier has a name of %zu characters and an "
			       "extension of %zu",
			       name_length, extension_length);
}

static void check_version(struct fsi_check_tree *tree,
			  const struct fsi_check_record *record,
			  const struct parts *parts)
{
	uint32_t version = 0;
	bool is_number = parts->version_length > 0 && parts->version_length <= 5;

	for (size_t i = 0; is_number && i < parts->version_length; i++) {
		is_number = parts->version[i] >= '0' && parts->version[i] <= '9';
		version = 10 * version + (uint32_t)(parts->version[i] - '0');
	}
	if (!is_number || version == 0 || version > VERSION_MAX)
		fsi_check_tell(tree->iso->check, FSI_I_054, &record->place, NULL,
			       "The version of the identifier is none from 1 to %u",
			       VERSION_MAX);
}

static void check_file(struct fsi_check_tree *tree, const struct fsi_check_record *record)
{
	const struct parts parts =
		split(record->identifier, record->fields.identifier_length[0]);
	struct fsi_check *check = tree->iso->check;

	check_length(tree, record, parts.name_length + parts.extension_length,
		     FILE_NAME_MAX);
	check_level_1(tree, record, parts.name_length, parts.extension_length);
	check_characters(tree, record, true);
	if (parts.name_length + parts.extension_length == 0)
		fsi_check_tell(check, FSI_I_055, &record->place, NULL,
			       "The identifier has neither a name nor an extension");
	if (parts.has_version)
		check_version(tree, record, &parts);
	if (!parts.has_dot || !parts.has_version ||
	    memchr(parts.extension, '.', parts.extension_length) != NULL)
		fsi_check_tell(check, FSI_I_053, &record->place, NULL,
			       "The identifier is not a name, a '.', an extension, a ';' "
			       "and a version");
}

static void check_primary(struct fsi_check_tree *tree,
			  const struct fsi_check_directory *directory,
			  const struct fsi_check_record *record)
{
	const uint8_t length = record->fields.identifier_length[0];

	if (fsi_check_has_flag(record, FSI_ISO9660_DIRECTORY) ||
	    record->relocated_block != 0) {
		/* One that stands for a relocated directory may be named as a file. */
		if (record->relocated_block == 0) {
			check_length(tree, record, length, DIRECTORY_NAME_MAX);
			check_level_1(tree, record, length, 0);
			check_characters(tree, record, false);
		}
		return;
	}
	check_file(tree, record);
	if (directory->path_length + length > PATH_MAX_BYTES)
		fsi_check_tell(tree->iso->check, FSI_I_048, &record->place, NULL,
			       "The path has %u bytes", directory->path_length + length);
}

/* ---- Joliet ------------------------------------------------------------ */

static uint32_t unit_at(const uint8_t *identifier, size_t offset)
{
	return (uint32_t)identifier[offset] << 8 | identifier[offset + 1];
}

/* Units before the version that the standard has, and many do not write. */
static size_t without_version(const uint8_t *identifier, size_t length)
{
	size_t at = length;

	while (at >= 2 && unit_at(identifier, at - 2) >= '0' &&
	       unit_at(identifier, at - 2) <= '9')
		at -= 2;
	if (at < length && at > 2 && unit_at(identifier, at - 2) == ';')
		return at - 2;
	return length;
}

static bool is_one_of(uint32_t unit, const char *characters)
{
	return unit != 0 && unit < 0x80 && strchr(characters, (int)unit) != NULL;
}

/* What Joliet forbids (I-063), and what programs on Windows can't open (I-067). */
static void check_joliet_characters(struct fsi_check_tree *tree,
				    const struct fsi_check_record *record, size_t length)
{
	struct fsi_check *check = tree->iso->check;
	uint32_t last = 0;

	for (size_t i = 0; i < length; i += 2) {
		const uint32_t unit = unit_at(record->identifier, i);

		last = unit;
		if (unit >= ' ' && !is_one_of(unit, "*/:;?\\\"<>|"))
			continue;
		fsi_check_tell(check, is_one_of(unit, "\"<>|") ? FSI_I_067 : FSI_I_063,
			       &record->place,
			       &(struct fsi_check_details){
				       .found = FSI_TEXT("U+%04" PRIX32, unit)},
			       "The identifier has the character U+%04" PRIX32, unit);
		return;
	}
	if (last == '.' || last == ' ')
		fsi_check_tell(check, FSI_I_067, &record->place, NULL,
			       "The identifier ends with a %s, which Windows ignores",
			       last == '.' ? "dot" : "space");
}

static void check_joliet(struct fsi_check_tree *tree,
			 const struct fsi_check_directory *directory,
			 const struct fsi_check_record *record)
{
	struct fsi_check *check = tree->iso->check;
	const uint8_t length = record->fields.identifier_length[0];
	size_t name_length = length;

	if (length % 2 != 0) {
		fsi_check_number(check, FSI_I_062, &record->place,
				 "length of the identifier", length + 1u, length);
		return;
	}
	if (!fsi_check_has_flag(record, FSI_ISO9660_DIRECTORY))
		name_length = without_version(record->identifier, length);
	check_joliet_characters(tree, record, name_length);
	if (name_length / 2 > JOLIET_MAX)
		fsi_check_tell(check, FSI_I_064, &record->place,
			       &(struct fsi_check_details){
				       .severity = name_length / 2 <= JOLIET_RELAXED
							   ? FSI_SEVERITY_WARNING
							   : 0,
				       .expected = FSI_TEXT("at most %u", JOLIET_MAX),
				       .found = FSI_TEXT("%zu", name_length / 2)},
			       "The identifier has %zu characters", name_length / 2);
	if (directory->path_length + length > JOLIET_PATH_MAX)
		fsi_check_tell(check, FSI_I_065, &record->place, NULL,
			       "The path has %u bytes", directory->path_length + length);
}

static void check_enhanced(struct fsi_check_tree *tree,
			   const struct fsi_check_record *record)
{
	const uint8_t length = record->fields.identifier_length[0];

	if (length > ENHANCED_MAX || memchr(record->identifier, '/', length) != NULL ||
	    memchr(record->identifier, '\0', length) != NULL)
		fsi_check_tell(tree->iso->check, FSI_I_056, &record->place, NULL,
			       "The identifier has %u bytes, or a '/' or zero in it",
			       length);
}

void fsi_check_iso_identifier(struct fsi_check_tree *tree,
			      const struct fsi_check_directory *directory,
			      const struct fsi_check_record *record)
{
	switch (tree->kind) {
	case FSI_CHECK_JOLIET:
		check_joliet(tree, directory, record);
		break;
	case FSI_CHECK_ENHANCED:
		check_enhanced(tree, record);
		break;
	case FSI_CHECK_PRIMARY:
	case FSI_CHECK_TREES:
	default:
		check_primary(tree, directory, record);
		break;
	}
}
