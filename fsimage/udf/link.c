/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding the targets of symbolic links. */
#include "udf/link.h"

#include "udf/file_entry.h"

/* ECMA-167 4/14.16.1.2: one byte for the length. */
#define IDENTIFIER_MAX_SIZE 255

static uint32_t put_head(enum fsi_udf_component_type type, uint8_t length, uint8_t *out)
{
	struct fsi_udf_path_component component = {0};

	fsi_put_u8(&component.type, (uint8_t)type);
	fsi_put_u8(&component.identifier_length, length);
	if (out != NULL)
		memcpy(out, &component, sizeof(component));
	return sizeof(component);
}

/* 0: it does not fit. */
static uint32_t put_name(const char *name, size_t length, uint8_t *out)
{
	const size_t size = fsi_udf_put_cs0(NULL, SIZE_MAX, name, length);
	uint32_t used = 0;

	if (size > IDENTIFIER_MAX_SIZE)
		return 0;
	used = put_head(FSI_UDF_COMPONENT_NAME, (uint8_t)size, out);
	if (out != NULL)
		fsi_udf_put_cs0(out + used, IDENTIFIER_MAX_SIZE, name, length);
	return used + (uint32_t)size;
}

static uint32_t put_component(const char *name, size_t length, uint8_t *out)
{
	if (length == 1 && name[0] == '.')
		return put_head(FSI_UDF_COMPONENT_CURRENT, 0, out);
	if (length == 2 && name[0] == '.' && name[1] == '.')
		return put_head(FSI_UDF_COMPONENT_PARENT, 0, out);
	return put_name(name, length, out);
}

uint32_t fsi_udf_put_link(const char *target, uint8_t *out)
{
	uint32_t used = 0;

	if (target[0] == '/')
		used = put_head(FSI_UDF_COMPONENT_ROOT, 0, out);
	target += strspn(target, "/");
	while (target[0] != '\0') {
		const size_t length = strcspn(target, "/");
		const size_t slashes = strspn(target + length, "/");
		uint32_t size = 0;

		size = put_component(target, length, out != NULL ? out + used : NULL);
		if (size == 0)
			return 0;
		used += size;
		target += length + slashes;
		/* It must be a directory: what is ended by "/" and nothing else. */
		if (target[0] == '\0' && slashes > 0)
			used += put_head(FSI_UDF_COMPONENT_CURRENT, 0,
					 out != NULL ? out + used : NULL);
	}
	return used;
}
