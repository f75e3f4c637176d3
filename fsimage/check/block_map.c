/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the blocks of a disc are used for, as the API hands it out. */
#include "check/check.h"

#include "error/fail.h"

#include <stdatomic.h>
#include <string.h>

struct use {
	struct fsi_block_use use;
	const struct fsi_check_name *name;
	enum fsi_file_system file_system; /* that the name is from */
};

struct fsi_block_map {
	atomic_uint references;
	struct fsi_arena names;
	FSI_VECTOR(struct use) uses;
};

/* Which of two names is kept: UDF's, else Joliet's. */
static bool is_better(enum fsi_file_system one, enum fsi_file_system other)
{
	return one > other;
}

static void describe(struct use *use, const struct fsi_owner *owner)
{
	use->name = owner->name;
	use->file_system = owner->file_system;
	use->use.structure = owner->kind == FSI_OWNER_DATA ? "file" : owner->structure;
	use->use.name = owner->name != NULL ? owner->name->text : "";
}

/* The same extent under another name, or in another file system. */
static bool add_name(struct use *last, const struct fsi_owner *owner)
{
	if (!last->use.is_file || owner->kind != FSI_OWNER_DATA ||
	    last->use.first_block != owner->first_block ||
	    last->use.block_count != owner->block_count)
		return false;
	if (owner->file_system == last->file_system)
		last->use.name_count++;
	else if (is_better(owner->file_system, last->file_system)) {
		last->use.name_count = 1;
		describe(last, owner);
	}
	last->use.file_systems |= (fsi_file_systems)owner->file_system;
	return true;
}

static HRESULT add(fsi_block_map *map, const struct fsi_owner *owner)
{
	struct use use = {
		.use = {.first_block = owner->first_block,
			.block_count = owner->block_count,
			.file_systems = (fsi_file_systems)owner->file_system,
			.is_file = owner->kind == FSI_OWNER_DATA,
			.name_count = owner->name != NULL ? 1 : 0},
	};

	if (map->uses.count > 0 && add_name(&map->uses.items[map->uses.count - 1], owner))
		return S_OK;
	if (!fsi_vector_reserve(&map->uses, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	describe(&use, owner);
	map->uses.items[map->uses.count++] = use;
	return S_OK;
}

HRESULT fsi_block_map_create(struct fsi_check *check, fsi_block_map **ret_map)
{
	fsi_block_map *map = fsi_allocate_zeroed(1, sizeof(*map));
	HRESULT hr = S_OK;

	if (map == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&map->references, 1);
	for (size_t i = 0; SUCCEEDED(hr) && i < check->owners.items.count; i++)
		hr = add(map, &check->owners.items.items[i]);
	if (FAILED(hr)) {
		fsi_block_map_release(map);
		return hr;
	}
	map->names = check->names;
	check->names = (struct fsi_arena){NULL, NULL, 0};
	*ret_map = map;
	return S_OK;
}

fsi_block_map *fsi_block_map_add_ref(fsi_block_map *map)
{
	if (map != NULL)
		atomic_fetch_add_explicit(&map->references, 1, memory_order_relaxed);
	return map;
}

void fsi_block_map_release(fsi_block_map *map)
{
	if (map == NULL ||
	    atomic_fetch_sub_explicit(&map->references, 1, memory_order_acq_rel) != 1)
		return;
	fsi_vector_free(&map->uses);
	fsi_arena_free(&map->names);
	fsi_free(map);
}

HRESULT fsi_block_map_get_count(fsi_block_map *map, size_t *ret_count)
{
	fsi_error_clear();
	if (map == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_count = map->uses.count;
	return S_OK;
}

HRESULT fsi_block_map_get_item(fsi_block_map *map, size_t index,
			       const struct fsi_block_use **ret_use)
{
	fsi_error_clear();
	if (map == NULL || ret_use == NULL)
		return FSI_FAIL(E_POINTER);
	if (index >= map->uses.count)
		return FSI_FAIL(E_INVALIDARG);
	*ret_use = &map->uses.items[index].use;
	return S_OK;
}

HRESULT fsi_block_map_get_path(fsi_block_map *map, size_t index, char **ret_path)
{
	char buffer[FSI_CHECK_PATH_SIZE];
	const struct use *use = NULL;
	char *path = NULL;

	fsi_error_clear();
	if (map == NULL || ret_path == NULL)
		return FSI_FAIL(E_POINTER);
	if (index >= map->uses.count)
		return FSI_FAIL(E_INVALIDARG);
	use = &map->uses.items[index];
	path = fsi_duplicate_string(fsi_check_path(use->name, use->use.is_file, &buffer));
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_path = path;
	return S_OK;
}
