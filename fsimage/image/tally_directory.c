/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the items of one directory come to. */
#include "image/tally_directory.h"

#include "tree/children.h"
#include "udf/directory.h"

/* Directories with fewer children are counted anew sooner than kept in an index. */
#define INDEXED_CHILDREN 32

/* ECMA-119 9.1.4: the length of a directory in bytes has 32 bits. */
#define DIRECTORY_MAX_BLOCKS (UINT32_MAX / FSI_BLOCK_SIZE)

static void add_tree(struct fsi_tally_rules *rules, const fsi_image *image,
		     enum fsi_file_system file_system, uint32_t iso_level,
		     const struct fsi_iso9660_dialect *dialect)
{
	if ((image->file_systems & (fsi_file_systems)file_system) == 0)
		return;
	rules->iso[rules->iso_count].names =
		fsi_image_name_rules(image, file_system, iso_level);
	rules->iso[rules->iso_count].dialect = dialect;
	rules->iso_count++;
}

struct fsi_tally_rules fsi_tally_rules_of(const fsi_image *image)
{
	struct fsi_tally_rules rules = {
		.tree = &image->tree,
		.has_udf = (image->file_systems & FSI_FILE_SYSTEM_UDF) != 0,
		.udf = fsi_image_name_rules(image, FSI_FILE_SYSTEM_UDF, 0),
	};

	add_tree(&rules, image, FSI_FILE_SYSTEM_ISO9660, image->iso_level,
		 &fsi_iso9660_primary);
	add_tree(&rules, image, FSI_FILE_SYSTEM_JOLIET, 0, &fsi_iso9660_joliet);
	if (image->iso9660_1999)
		add_tree(&rules, image, FSI_FILE_SYSTEM_ISO9660, FSI_NAME_ISO9660_1999,
			 &fsi_iso9660_enhanced);
	return rules;
}

static void clear_index(struct fsi_tally_index *index)
{
	fsi_iso9660_packing_destroy(index->packing);
	fsi_name_roster_destroy(index->roster);
	*index = (struct fsi_tally_index){0};
}

void fsi_tally_directory_forget(struct fsi_tally_directory *tally)
{
	for (uint32_t i = 0; i < FSI_ISO9660_TREES_MAX; i++)
		clear_index(&tally->index[i]);
	tally->is_stale = true;
}

/* ---- ISO 9660 and Joliet ----------------------------------------------- */

/* Count a child that the roster of a tree has as its n-th. */
static bool add_records(const struct fsi_tally_rules *rules,
			struct fsi_tally_directory *tally, uint32_t tree,
			const struct fsi_node *child, uint32_t n)
{
	struct fsi_tally_index *index = &tally->index[tree];
	const struct fsi_iso9660_item_size size = fsi_iso9660_measure_item(
		rules->iso[tree].dialect, &rules->iso[tree].names, child,
		fsi_name_roster_get(index->roster, n));

	tally->odd_count += size.record_size == 0;
	tally->iso[tree].path_table_size += size.path_size;
	return fsi_iso9660_packing_add(index->packing, n, &size);
}

static void remove_records(const struct fsi_tally_rules *rules,
			   struct fsi_tally_directory *tally, uint32_t tree,
			   const struct fsi_node *child, uint32_t n)
{
	struct fsi_tally_index *index = &tally->index[tree];
	const struct fsi_iso9660_item_size size = fsi_iso9660_measure_item(
		rules->iso[tree].dialect, &rules->iso[tree].names, child,
		fsi_name_roster_get(index->roster, n));

	tally->odd_count -= size.record_size == 0;
	tally->iso[tree].path_table_size -= size.path_size;
	fsi_iso9660_packing_remove(index->packing, n);
	fsi_name_roster_remove(index->roster, n);
}

static void take_blocks(struct fsi_tally_directory *tally, uint32_t tree)
{
	tally->iso[tree].directory_blocks =
		fsi_iso9660_packing_blocks(tally->index[tree].packing);
}

static HRESULT count_tree(const struct fsi_tally_rules *rules, uint32_t tree,
			  const struct fsi_node *const *nodes, uint32_t count,
			  struct fsi_tally_directory *tally)
{
	struct fsi_tally_index *index = &tally->index[tree];

	tally->iso[tree] = (struct fsi_iso9660_sizes){0};
	FSI_TRY(fsi_name_roster_create(&rules->iso[tree].names, nodes, count,
				       &index->roster));
	index->packing = fsi_iso9660_packing_create(index->roster);
	if (index->packing == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t n = 0; n < count; n++) {
		if (!add_records(rules, tally, tree, nodes[n], n))
			return FSI_FAIL(E_OUTOFMEMORY);
	}
	take_blocks(tally, tree);
	tally->odd_count += tally->iso[tree].directory_blocks > DIRECTORY_MAX_BLOCKS;
	return S_OK;
}

static HRESULT count_trees(const struct fsi_tally_rules *rules,
			   const struct fsi_children *children,
			   struct fsi_tally_directory *tally)
{
	const struct fsi_node **plain = NULL;
	uint32_t count = 0;
	HRESULT hr = S_OK;

	if (rules->iso_count == 0)
		return S_OK;
	plain = fsi_allocate_zeroed(children->count, sizeof(struct fsi_node *));
	if (plain == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t i = 0; i < children->count; i++) {
		if (fsi_tree_is_plain(rules->tree, children->items[i]))
			plain[count++] = children->items[i];
	}
	for (uint32_t tree = 0; SUCCEEDED(hr) && tree < rules->iso_count; tree++) {
		hr = count_tree(rules, tree, plain, count, tally);
		if (SUCCEEDED(hr) &&
		    (tally->count_count == 0 || count < INDEXED_CHILDREN))
			clear_index(&tally->index[tree]);
	}
	fsi_free(plain);
	return hr;
}

/* ---- UDF --------------------------------------------------------------- */

/* Names that UDF does not hold as they are depend on their siblings. */
static HRESULT count_mapped(const struct fsi_tally_rules *rules,
			    const struct fsi_children *children,
			    struct fsi_tally_directory *tally)
{
	struct fsi_name_roster *roster = NULL;

	FSI_TRY(fsi_name_roster_create(&rules->udf,
				       (const struct fsi_node *const *)children->items,
				       children->count, &roster));
	for (uint32_t n = 0; n < children->count; n++)
		tally->udf_size +=
			fsi_udf_identifier_size(fsi_name_roster_get(roster, n));
	fsi_name_roster_destroy(roster);
	return S_OK;
}

static HRESULT count_udf(const struct fsi_tally_rules *rules,
			 const struct fsi_children *children,
			 struct fsi_tally_directory *tally)
{
	tally->udf_size = fsi_udf_identifier_size(""); /* of the parent */
	tally->udf_mapped_count = 0;
	if (!rules->has_udf)
		return S_OK;
	for (uint32_t i = 0; i < children->count; i++)
		tally->udf_mapped_count +=
			!fsi_name_is_kept(&rules->udf, children->items[i]);
	if (tally->udf_mapped_count > 0)
		return count_mapped(rules, children, tally);
	for (uint32_t i = 0; i < children->count; i++)
		tally->udf_size += fsi_udf_identifier_size(children->items[i]->name);
	return S_OK;
}

/* ---- all of them ------------------------------------------------------- */

HRESULT fsi_tally_directory_count(const struct fsi_tally_rules *rules,
				  struct fsi_node *directory,
				  struct fsi_tally_directory *tally)
{
	struct fsi_children *children = directory->content.children;
	HRESULT hr = S_OK;

	fsi_tally_directory_forget(tally);
	tally->odd_count = 0;
	fsi_children_sort(children);
	hr = count_trees(rules, children, tally);
	if (SUCCEEDED(hr))
		hr = count_udf(rules, children, tally);
	if (FAILED(hr)) {
		fsi_tally_directory_forget(tally);
		return hr;
	}
	tally->count_count++;
	tally->is_stale = false;
	return S_OK;
}

/* Whether a child can be dealt with alone. */
static bool is_indexed(const struct fsi_tally_rules *rules,
		       const struct fsi_tally_directory *tally,
		       const struct fsi_node *child)
{
	if (rules->has_udf &&
	    (tally->udf_mapped_count > 0 || !fsi_name_is_kept(&rules->udf, child)))
		return false;
	return rules->iso_count == 0 || tally->index[0].roster != NULL;
}

static bool add_to_trees(const struct fsi_tally_rules *rules,
			 struct fsi_tally_directory *tally, const struct fsi_node *child)
{
	uint32_t n = 0;

	for (uint32_t tree = 0; tree < rules->iso_count; tree++) {
		if (fsi_name_roster_add(tally->index[tree].roster, child, &n) != S_OK ||
		    !add_records(rules, tally, tree, child, n))
			return false;
		take_blocks(tally, tree);
		if (tally->iso[tree].directory_blocks > DIRECTORY_MAX_BLOCKS)
			return false;
	}
	return true;
}

bool fsi_tally_directory_add(const struct fsi_tally_rules *rules,
			     struct fsi_tally_directory *tally,
			     const struct fsi_node *child)
{
	if (!is_indexed(rules, tally, child) || (fsi_tree_is_plain(rules->tree, child) &&
						 !add_to_trees(rules, tally, child))) {
		fsi_tally_directory_forget(tally);
		return false;
	}
	tally->udf_size += fsi_udf_identifier_size(child->name);
	return true;
}

static bool remove_from_trees(const struct fsi_tally_rules *rules,
			      struct fsi_tally_directory *tally,
			      const struct fsi_node *child)
{
	uint32_t n = 0;

	for (uint32_t tree = 0; tree < rules->iso_count; tree++) {
		if (fsi_name_roster_find(tally->index[tree].roster, child, &n) != S_OK)
			return false;
		remove_records(rules, tally, tree, child, n);
		take_blocks(tally, tree);
	}
	return true;
}

bool fsi_tally_directory_remove(const struct fsi_tally_rules *rules,
				struct fsi_tally_directory *tally,
				const struct fsi_node *child)
{
	if (!is_indexed(rules, tally, child) ||
	    (fsi_tree_is_plain(rules->tree, child) &&
	     !remove_from_trees(rules, tally, child))) {
		fsi_tally_directory_forget(tally);
		return false;
	}
	tally->udf_size -= fsi_udf_identifier_size(child->name);
	return true;
}
