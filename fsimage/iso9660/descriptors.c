/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume descriptors: primary, supplementary, enhanced, terminator (ECMA-119 8). */
#include "iso9660/tree.h"

/* The identifiers, all of them text (ECMA-119 8.4.5, 8.4.6, 8.4.19 to 8.4.25). */
static void put_identifiers(const struct fsi_iso9660_tree *tree,
			    struct fsi_iso9660_volume_descriptor *descriptor)
{
	const char *name = tree->dialect->volume_name(tree->volume);
	const struct {
		uint8_t *field;
		size_t size;
		const char *text;
	} texts[] = {
		{descriptor->system_id, sizeof(descriptor->system_id), "LINUX"},
		{descriptor->volume_id, sizeof(descriptor->volume_id), name},
		{descriptor->volume_set_id, sizeof(descriptor->volume_set_id), name},
		{descriptor->publisher_id, sizeof(descriptor->publisher_id), ""},
		{descriptor->preparer_id, sizeof(descriptor->preparer_id), ""},
		{descriptor->application_id, sizeof(descriptor->application_id),
		 "LIBFSIMAGE"},
		{descriptor->copyright_file_id, sizeof(descriptor->copyright_file_id),
		 ""},
		{descriptor->abstract_file_id, sizeof(descriptor->abstract_file_id), ""},
		{descriptor->bibliographic_file_id,
		 sizeof(descriptor->bibliographic_file_id), ""},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		tree->dialect->put_text(texts[i].field, texts[i].size, texts[i].text);
}

/* Where the path tables and the root are (ECMA-119 8.4.13 to 8.4.18). */
static void put_places(const struct fsi_iso9660_tree *tree,
		       struct fsi_iso9660_volume_descriptor *descriptor)
{
	fsi_put_both32(&descriptor->path_table_size, tree->path_table_size);
	fsi_put_le32(&descriptor->l_path_table, tree->l_path_table_block);
	fsi_put_be32(&descriptor->m_path_table, tree->m_path_table_block);
	fsi_iso9660_put_short_record(tree, tree->view->order->items[0], FSI_ISO9660_SELF,
				     &descriptor->root);
}

void fsi_iso9660_render_volume_descriptor(const void *subject,
					  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_iso9660_tree *tree = subject;
	const char *escape_sequences = tree->dialect->escape_sequences;
	struct fsi_iso9660_volume_descriptor descriptor = {0};

	fsi_put_u8(&descriptor.type, tree->dialect->descriptor_type);
	fsi_iso9660_put_standard_id(&descriptor.standard_id);
	fsi_put_u8(&descriptor.version, tree->dialect->version);
	/* It covers all addresses that the session refers to, earlier ones, too. */
	fsi_put_both32(&descriptor.volume_space_size, tree->layout->end_block);
	memcpy(descriptor.escape_sequences, escape_sequences, strlen(escape_sequences));
	fsi_put_both16(&descriptor.volume_set_size, 1);
	fsi_put_both16(&descriptor.volume_sequence_number, 1);
	fsi_put_both16(&descriptor.logical_block_size, FSI_BLOCK_SIZE);
	put_identifiers(tree, &descriptor);
	put_places(tree, &descriptor);
	fsi_iso9660_put_text_date(&descriptor.creation_date,
				  tree->volume->recording_time);
	fsi_iso9660_put_text_date(&descriptor.modification_date,
				  tree->volume->recording_time);
	fsi_iso9660_put_no_text_date(&descriptor.expiration_date);
	fsi_iso9660_put_no_text_date(&descriptor.effective_date);
	fsi_put_u8(&descriptor.file_structure_version, tree->dialect->version);
	memcpy(*ret_block, &descriptor, sizeof(descriptor));
}

void fsi_iso9660_render_terminator(const void *subject,
				   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_iso9660_terminator terminator = {0};

	(void)subject;
	fsi_put_u8(&terminator.type, FSI_ISO9660_TERMINATOR);
	fsi_iso9660_put_standard_id(&terminator.standard_id);
	fsi_put_u8(&terminator.version, 1);
	memcpy(*ret_block, &terminator, sizeof(terminator));
}
