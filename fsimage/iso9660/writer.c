/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ISO 9660 as a format: its trees, and what it puts where. */
#include "iso9660/writer.h"

#include "base/checked.h"
#include "error/fail.h"
#include "iso9660/tree.h"

/* One for each tree, the boot record, the terminator. */
#define DESCRIPTORS_MAX (FSI_ISO9660_TREES_MAX + 2)

/* One block of the volume descriptors. */
struct descriptor {
	fsi_iso9660_descriptor_render *render;
	const void *subject;
};

struct iso9660 {
	struct fsi_format format; /* first: a struct fsi_format * points at it */
	/*
	 * In the order of their descriptors: Windows looks for Joliet's no further
	 * than to one that is not of version 1.
	 */
	struct fsi_iso9660_tree trees[FSI_ISO9660_TREES_MAX];
	uint32_t tree_count;
	bool is_measured; /* the trees have their sizes from the source */
	struct descriptor descriptors[DESCRIPTORS_MAX];
	uint32_t descriptor_count;
};

HRESULT fsi_iso9660_describe(const char *description, char **ret_description)
{
	char *copy = fsi_duplicate_string(description);

	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_description = copy;
	return S_OK;
}

static HRESULT describe_descriptors(const struct fsi_region *region,
				    char **ret_description)
{
	(void)region;
	return fsi_iso9660_describe("ISO 9660 volume descriptors", ret_description);
}

static HRESULT render_descriptor(const struct fsi_region *region, uint32_t block,
				 uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct iso9660 *iso = region->owner;

	iso->descriptors[block].render(iso->descriptors[block].subject, ret_block);
	return S_OK;
}

static const struct fsi_region_ops descriptors_ops = {
	.describe = describe_descriptors,
	.render = render_descriptor,
};

static void clear_tree(struct fsi_iso9660_tree *tree)
{
	fsi_vector_free(&tree->path_blocks);
	fsi_vector_free(&tree->first_records);
	fsi_free(tree->offsets);
	fsi_free(tree->places);
	fsi_free(tree->directories);
	tree->offsets = tree->places = tree->directories = NULL;
}

static HRESULT measure_tree(struct fsi_iso9660_tree *tree)
{
	HRESULT hr = fsi_iso9660_measure_directories(tree);

	if (SUCCEEDED(hr))
		hr = fsi_iso9660_measure_path_table(tree);
	if (FAILED(hr))
		clear_tree(tree);
	return hr;
}

/* All tables before all directories: a reader fetches the tables at once. */
static HRESULT place_trees(struct iso9660 *iso, struct fsi_layout *layout)
{
	for (uint32_t i = 0; i < iso->tree_count; i++) {
		struct fsi_iso9660_tree *tree = &iso->trees[i];
		uint64_t blocks = 0;

		if (!iso->is_measured)
			FSI_TRY(measure_tree(tree));
		blocks = fsi_blocks_of(tree->path_table_size);
		FSI_TRY(fsi_layout_append(layout, &fsi_iso9660_l_path_table_ops, tree,
					  blocks, 1, &tree->l_path_table_block));
		FSI_TRY(fsi_layout_append(layout, &fsi_iso9660_m_path_table_ops, tree,
					  blocks, 1, &tree->m_path_table_block));
	}
	for (uint32_t i = 0; i < iso->tree_count; i++) {
		struct fsi_iso9660_tree *tree = &iso->trees[i];

		FSI_TRY(fsi_layout_append(layout, &fsi_iso9660_directories_ops, tree,
					  tree->directory_blocks, 1,
					  &tree->directories_block));
	}
	return S_OK;
}

static HRESULT place(struct fsi_format *format, enum fsi_stage stage,
		     struct fsi_layout *layout)
{
	struct iso9660 *iso = (struct iso9660 *)format;

	if (stage == FSI_STAGE_DESCRIPTORS)
		return fsi_layout_append_at(
			layout, &descriptors_ops, iso, iso->descriptor_count,
			layout->first_block + FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK);
	if (stage == FSI_STAGE_DIRECTORIES)
		return place_trees(iso, layout);
	return S_OK;
}

static void destroy(struct fsi_format *format)
{
	struct iso9660 *iso = (struct iso9660 *)format;

	if (iso == NULL)
		return;
	for (uint32_t i = 0; i < iso->tree_count; i++)
		clear_tree(&iso->trees[i]);
	fsi_free(iso);
}

static const struct fsi_format_ops format_ops = {
	.place = place,
	.destroy = destroy,
};

static void add_tree(struct iso9660 *iso, const struct fsi_iso9660_source *source,
		     const struct fsi_iso9660_dialect *dialect,
		     const struct fsi_name_view *view)
{
	struct fsi_iso9660_tree *tree = &iso->trees[iso->tree_count++];

	tree->dialect = dialect;
	tree->view = view;
	tree->volume = source->volume;
	tree->layout = source->layout;
}

static void add_descriptor(struct iso9660 *iso, fsi_iso9660_descriptor_render *render,
			   const void *subject)
{
	iso->descriptors[iso->descriptor_count++] = (struct descriptor){render, subject};
}

static HRESULT add_trees(struct iso9660 *iso, const struct fsi_iso9660_source *source)
{
	iso->is_measured = source->sizes != NULL;
	if (!iso->is_measured) {
		add_tree(iso, source, &fsi_iso9660_primary, source->iso);
		if (source->joliet != NULL)
			add_tree(iso, source, &fsi_iso9660_joliet, source->joliet);
		if (source->enhanced != NULL)
			add_tree(iso, source, &fsi_iso9660_enhanced, source->enhanced);
		return S_OK;
	}
	for (uint32_t i = 0; i < source->tree_count; i++) {
		const struct fsi_iso9660_sizes *sizes = &source->sizes[i];

		if (sizes->directory_blocks > UINT32_MAX ||
		    sizes->path_table_size > UINT32_MAX)
			return FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG);
		add_tree(iso, source, NULL, NULL);
		iso->trees[i].directory_blocks = (uint32_t)sizes->directory_blocks;
		iso->trees[i].path_table_size = (uint32_t)sizes->path_table_size;
	}
	return S_OK;
}

HRESULT fsi_iso9660_create(const struct fsi_iso9660_source *source,
			   struct fsi_format **ret_format)
{
	struct iso9660 *iso = fsi_allocate_zeroed(1, sizeof(*iso));
	HRESULT hr = S_OK;

	if (iso == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	iso->format.ops = &format_ops;
	hr = add_trees(iso, source);
	if (FAILED(hr)) {
		destroy(&iso->format);
		return hr;
	}
	add_descriptor(iso, fsi_iso9660_render_volume_descriptor, &iso->trees[0]);
	if (source->render_boot_record != NULL)
		add_descriptor(iso, source->render_boot_record, source->boot);
	for (uint32_t i = 1; i < iso->tree_count; i++)
		add_descriptor(iso, fsi_iso9660_render_volume_descriptor, &iso->trees[i]);
	add_descriptor(iso, fsi_iso9660_render_terminator, NULL);
	*ret_format = &iso->format;
	return S_OK;
}
