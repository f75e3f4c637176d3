/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding file entries and what they hold. */
#include "udf/read_entry.h"

/* ECMA-167 4/14.10.5.6: of the times that may be there, creation is the first. */
#define EXISTENCE_CREATION 1

/* The parts of either form that have the same place in both. */
static void get_common(const struct fsi_udf_file_entry *record,
		       struct fsi_udf_icb *ret_icb)
{
	ret_icb->file_type = record->icb_tag.file_type[0];
	ret_icb->strategy = fsi_get_le16(&record->icb_tag.strategy);
	ret_icb->flags = fsi_get_le16(&record->icb_tag.flags);
	ret_icb->uid = fsi_get_le32(&record->uid);
	ret_icb->gid = fsi_get_le32(&record->gid);
	ret_icb->permissions = fsi_get_le32(&record->permissions);
	ret_icb->link_count = fsi_get_le16(&record->link_count);
	ret_icb->size = fsi_get_le64(&record->information_length);
}

/* ECMA-167 4/14.9: the attributes, then the descriptors, behind the record. */
static enum fsi_udf_fault get_parts(const uint8_t *block, size_t size, size_t record_size,
				    struct fsi_udf_icb *ret_icb)
{
	if (ret_icb->attributes_size > size - record_size ||
	    ret_icb->descriptors_size > size - record_size - ret_icb->attributes_size)
		return FSI_UDF_FAULT_LENGTH;
	ret_icb->attributes = block + record_size;
	ret_icb->descriptors = ret_icb->attributes + ret_icb->attributes_size;
	return FSI_UDF_SOUND;
}

static enum fsi_udf_fault get_file_entry(const uint8_t *block, size_t size,
					 struct fsi_udf_icb *ret_icb)
{
	FSI_UDF_RECORD(fsi_udf_file_entry, record, block);

	get_common(record, ret_icb);
	fsi_udf_get_timestamp(&record->access_time, &ret_icb->access_time);
	fsi_udf_get_timestamp(&record->modification_time, &ret_icb->modification_time);
	fsi_udf_get_timestamp(&record->attribute_time, &ret_icb->attribute_time);
	fsi_udf_get_long_ad(&record->attributes_icb, &ret_icb->attributes_icb);
	ret_icb->unique_id = fsi_get_le64(&record->unique_id);
	ret_icb->attributes_size = fsi_get_le32(&record->attributes_length);
	ret_icb->descriptors_size = fsi_get_le32(&record->descriptors_length);
	return get_parts(block, size, sizeof(*record), ret_icb);
}

static enum fsi_udf_fault get_extended_file_entry(const uint8_t *block, size_t size,
						  struct fsi_udf_icb *ret_icb)
{
	FSI_UDF_RECORD(fsi_udf_file_entry, beginning, block);
	FSI_UDF_RECORD(fsi_udf_extended_file_entry, record, block);

	get_common(beginning, ret_icb);
	ret_icb->is_extended = true;
	fsi_udf_get_timestamp(&record->access_time, &ret_icb->access_time);
	fsi_udf_get_timestamp(&record->modification_time, &ret_icb->modification_time);
	fsi_udf_get_timestamp(&record->creation_time, &ret_icb->creation_time);
	fsi_udf_get_timestamp(&record->attribute_time, &ret_icb->attribute_time);
	fsi_udf_get_long_ad(&record->attributes_icb, &ret_icb->attributes_icb);
	fsi_udf_get_long_ad(&record->stream_directory, &ret_icb->stream_directory);
	ret_icb->unique_id = fsi_get_le64(&record->unique_id);
	ret_icb->attributes_size = fsi_get_le32(&record->attributes_length);
	ret_icb->descriptors_size = fsi_get_le32(&record->descriptors_length);
	return get_parts(block, size, sizeof(*record), ret_icb);
}

enum fsi_udf_fault fsi_udf_get_icb(const uint8_t *block, size_t size,
				   struct fsi_udf_icb *ret_icb)
{
	const unsigned identifier = fsi_udf_tag_identifier(block);
	struct fsi_udf_icb icb = {.is_extended = false};
	enum fsi_udf_fault fault = FSI_UDF_FAULT_IDENTIFIER;

	if (identifier == FSI_UDF_TAG_FILE_ENTRY)
		fault = get_file_entry(block, size, &icb);
	else if (identifier == FSI_UDF_TAG_EXTENDED_FILE_ENTRY)
		fault = get_extended_file_entry(block, size, &icb);
	if (fault == FSI_UDF_SOUND)
		*ret_icb = icb;
	return fault;
}

uint16_t fsi_udf_mode_of(uint32_t permissions, uint16_t flags)
{
	unsigned mode = (permissions & 0007u) | (permissions >> 2 & 0070u) |
			(permissions >> 4 & 0700u);

	if ((flags & FSI_UDF_ICB_SET_UID) != 0)
		mode |= 04000;
	if ((flags & FSI_UDF_ICB_SET_GID) != 0)
		mode |= 02000;
	if ((flags & FSI_UDF_ICB_STICKY) != 0)
		mode |= 01000;
	return (uint16_t)mode;
}

void fsi_udf_get_indirect(const uint8_t *block, struct fsi_udf_allocation *ret_next)
{
	FSI_UDF_RECORD(fsi_udf_indirect_entry, record, block);

	fsi_udf_get_long_ad(&record->next, ret_next);
}

enum fsi_udf_fault fsi_udf_get_allocation_extent(const uint8_t *block, size_t size,
						 const uint8_t **ret_descriptors,
						 size_t *ret_descriptors_size)
{
	FSI_UDF_RECORD(fsi_udf_allocation_extent, record, block);
	uint32_t length = 0;

	length = fsi_get_le32(&record->descriptors_length);
	if (length > size - sizeof(*record))
		return FSI_UDF_FAULT_LENGTH;
	*ret_descriptors = block + sizeof(*record);
	*ret_descriptors_size = length;
	return FSI_UDF_SOUND;
}

bool fsi_udf_next_allocation(const uint8_t *descriptors, size_t size, unsigned form,
			     uint16_t partition, size_t *offset,
			     struct fsi_udf_allocation *ret_allocation)
{
	const uint8_t *descriptor = descriptors + *offset;
	const size_t left = size - *offset;

	if (form == FSI_UDF_ICB_SHORT_AD && left >= sizeof(struct fsi_udf_short_ad)) {
		FSI_UDF_RECORD(fsi_udf_short_ad, record, descriptor);

		fsi_udf_get_short_ad(record, partition, ret_allocation);
		*offset += sizeof(*record);
	} else if (form == FSI_UDF_ICB_LONG_AD &&
		   left >= sizeof(struct fsi_udf_long_ad)) {
		FSI_UDF_RECORD(fsi_udf_long_ad, record, descriptor);

		fsi_udf_get_long_ad(record, ret_allocation);
		*offset += sizeof(*record);
	} else {
		return false;
	}
	return ret_allocation->length > 0;
}

static void get_file_times(const uint8_t *bytes, struct fsi_udf_attributes *attributes)
{
	FSI_UDF_RECORD(fsi_udf_file_times_attribute, record, bytes);

	if ((fsi_get_le32(&record->existence) & EXISTENCE_CREATION) != 0 &&
	    fsi_get_le32(&record->data_length) >= sizeof(record->first_time))
		fsi_udf_get_timestamp(&record->first_time, &attributes->creation_time);
}

static void get_device(const uint8_t *bytes, struct fsi_udf_attributes *attributes)
{
	FSI_UDF_RECORD(fsi_udf_device_attribute, record, bytes);

	attributes->has_device = true;
	attributes->device_major = fsi_get_le32(&record->major);
	attributes->device_minor = fsi_get_le32(&record->minor);
}

/* The attribute at the beginning of size bytes, at least its head; returns the
 * bytes that it takes, 0 when it does not fit. */
static size_t get_attribute(const uint8_t *bytes, size_t size,
			    struct fsi_udf_attributes *attributes)
{
	FSI_UDF_RECORD(fsi_udf_attribute_head, head, bytes);
	const uint32_t type = fsi_get_le32(&head->type);
	const uint32_t length = fsi_get_le32(&head->length);

	if (length < sizeof(*head) || length > size)
		return 0;
	if (type == FSI_UDF_ATTRIBUTE_FILE_TIMES &&
	    length >= sizeof(struct fsi_udf_file_times_attribute))
		get_file_times(bytes, attributes);
	else if (type == FSI_UDF_ATTRIBUTE_DEVICE &&
		 length >= sizeof(struct fsi_udf_device_attribute))
		get_device(bytes, attributes);
	return length;
}

void fsi_udf_get_attributes(const uint8_t *bytes, size_t size,
			    struct fsi_udf_attributes *attributes)
{
	size_t offset = sizeof(struct fsi_udf_attributes_header);

	/* Common writers get the CRC of the header wrong: it is not looked at. */
	if (size < offset || fsi_udf_tag_identifier(bytes) != FSI_UDF_TAG_ATTRIBUTES)
		return;
	while (size - offset >= sizeof(struct fsi_udf_attribute_head)) {
		const size_t taken =
			get_attribute(bytes + offset, size - offset, attributes);

		if (taken == 0)
			return;
		offset += taken;
	}
}

/* A path that is written part by part. */
struct path_text {
	char *begin;
	char *end; /* where its NUL is to stand */
};

static void begin_part(struct path_text *text)
{
	if (text->end > text->begin && text->end[-1] != '/')
		*text->end++ = '/';
}

static void put_part(struct path_text *text, const char *part)
{
	begin_part(text);
	memcpy(text->end, part, strlen(part));
	text->end += strlen(part);
}

static enum fsi_udf_fault put_component(struct path_text *text,
					const struct fsi_udf_path_component *component,
					const uint8_t *identifier)
{
	const uint8_t length = component->identifier_length[0];

	switch (component->type[0]) {
	case FSI_UDF_COMPONENT_ROOT_AGREED:
	case FSI_UDF_COMPONENT_ROOT:
		text->end = text->begin;
		*text->end++ = '/';
		return FSI_UDF_SOUND;
	case FSI_UDF_COMPONENT_PARENT:
		put_part(text, "..");
		return FSI_UDF_SOUND;
	case FSI_UDF_COMPONENT_CURRENT:
		put_part(text, ".");
		return FSI_UDF_SOUND;
	case FSI_UDF_COMPONENT_NAME:
		begin_part(text);
		if (length < 2 || !fsi_udf_get_name(identifier, length, text->end))
			return FSI_UDF_FAULT_CONTENT;
		text->end += strlen(text->end);
		return FSI_UDF_SOUND;
	default:
		return FSI_UDF_FAULT_CONTENT;
	}
}

/* The component at the beginning of size bytes; *ret_taken: how many it takes. */
static enum fsi_udf_fault get_component(const uint8_t *bytes, size_t size,
					struct path_text *text, size_t *ret_taken)
{
	FSI_UDF_RECORD(fsi_udf_path_component, component, bytes);

	*ret_taken = sizeof(*component) + component->identifier_length[0];
	if (*ret_taken > size)
		return FSI_UDF_FAULT_LENGTH;
	return put_component(text, component, bytes + sizeof(*component));
}

enum fsi_udf_fault fsi_udf_get_path(const uint8_t *bytes, size_t size, char *out)
{
	struct path_text text = {out, out};
	size_t offset = 0;

	if (size == 0)
		return FSI_UDF_FAULT_LENGTH;
	while (offset < size) {
		enum fsi_udf_fault fault = FSI_UDF_FAULT_LENGTH;
		size_t taken = 0;

		if (size - offset >= sizeof(struct fsi_udf_path_component))
			fault = get_component(bytes + offset, size - offset, &text,
					      &taken);
		if (fault != FSI_UDF_SOUND)
			return fault;
		offset += taken;
	}
	*text.end = '\0';
	return FSI_UDF_SOUND;
}
