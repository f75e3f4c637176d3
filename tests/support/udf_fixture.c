/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A volume made by hand. */
#include "tests/support/udf_fixture.h"

#include "base/checked.h"
#include "udf/types.h"

#include <check.h>

fsi_ticks udf_fixture_time(int64_t seconds, uint32_t microseconds)
{
	const struct timespec time = {.tv_sec = seconds, .tv_nsec = microseconds * 1000L};
	fsi_ticks ticks = 0;

	ck_assert(fsi_ticks_from_timespec(&time, &ticks));
	return ticks;
}

static struct fsi_node *make_node(struct udf_fixture *fixture, struct fsi_node *parent,
				  const char *name)
{
	struct fsi_node *node = fsi_allocate_zeroed(1, sizeof(*node));

	ck_assert_ptr_nonnull(node);
	node->parent = parent;
	node->name = fsi_duplicate_string(name);
	node->name_length = (uint16_t)strlen(name);
	ck_assert(fsi_vector_reserve(&fixture->nodes, 1));
	fixture->nodes.items[fixture->nodes.count++] = node;
	return node;
}

static void add_child(struct fsi_children *children, struct fsi_node *node)
{
	if (children->count == children->capacity) {
		children->capacity = 2 * children->capacity + 8;
		children->items = fsi_reallocate(children->items, children->capacity,
						 sizeof(*children->items));
		ck_assert_ptr_nonnull(children->items);
	}
	children->items[children->count++] = node;
}

static struct fsi_node *add_node(struct udf_fixture *fixture, struct fsi_node *parent,
				 const char *name)
{
	struct fsi_node *node = make_node(fixture, parent, name);

	if (parent != NULL) {
		ck_assert(fsi_node_is_directory(parent));
		add_child(parent->content.children, node);
	}
	return node;
}

struct fsi_node *udf_fixture_add_directory(struct udf_fixture *fixture,
					   struct fsi_node *parent, const char *name)
{
	struct fsi_node *node = add_node(fixture, parent, name);

	node->kind = FSI_NODE_DIRECTORY;
	node->content.children = fsi_allocate_zeroed(1, sizeof(*node->content.children));
	ck_assert_ptr_nonnull(node->content.children);
	return node;
}

static void make_file(struct fsi_node *node, uint64_t size)
{
	struct fsi_data *data = NULL;

	node->kind = FSI_NODE_FILE;
	if (size == 0)
		return;
	data = fsi_allocate_zeroed(1, sizeof(*data));
	ck_assert_ptr_nonnull(data);
	data->size = size;
	data->item = node;
	node->content.data = data;
}

struct fsi_node *udf_fixture_add_file(struct udf_fixture *fixture,
				      struct fsi_node *parent, const char *name,
				      uint64_t size)
{
	struct fsi_node *node = add_node(fixture, parent, name);

	make_file(node, size);
	return node;
}

struct fsi_node *udf_fixture_add_other(struct udf_fixture *fixture,
				       struct fsi_node *parent, const char *name,
				       enum fsi_node_kind kind)
{
	struct fsi_node *node = add_node(fixture, parent, name);

	node->kind = (uint8_t)kind;
	return node;
}

struct fsi_node *udf_fixture_add_link(struct udf_fixture *fixture,
				      struct fsi_node *parent, const char *name,
				      struct fsi_node *file)
{
	struct fsi_node *node = add_node(fixture, parent, name);

	node->kind = FSI_NODE_FILE;
	node->content.data = file->content.data;
	node->content.data->is_linked = true;
	return node;
}

struct fsi_node *udf_fixture_add_stream(struct udf_fixture *fixture,
					struct fsi_node *owner, const char *name,
					uint64_t size)
{
	struct fsi_node *node = make_node(fixture, owner, name);

	make_file(node, size);
	node->is_stream = true;
	if (owner->streams == NULL)
		owner->streams = fsi_allocate_zeroed(1, sizeof(*owner->streams));
	ck_assert_ptr_nonnull(owner->streams);
	add_child(owner->streams, node);
	return node;
}

struct fsi_node *udf_fixture_root(const struct udf_fixture *fixture)
{
	return fixture->nodes.items[0];
}

void udf_fixture_init(struct udf_fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	udf_fixture_add_directory(fixture, NULL, "");
	fixture->volume.udf_name = fsi_duplicate_string("Volume");
	fixture->volume.recording_time = udf_fixture_time(1234567890, 0);
	fixture->volume.serial = 0x00C0FFEE;
	fixture->revision = 0x0102;
}

static void free_node(struct fsi_node *node)
{
	if (fsi_node_is_directory(node)) {
		fsi_free(node->content.children->items);
		fsi_free(node->content.children);
	} else if (node->kind == FSI_NODE_FILE && node->content.data != NULL &&
		   node->content.data->item == node) {
		fsi_free(node->content.data);
	}
	if (node->streams != NULL) {
		fsi_free(node->streams->items);
		fsi_free(node->streams);
	}
}

void udf_fixture_free(struct udf_fixture *fixture)
{
	if (fixture->format != NULL)
		fixture->format->ops->destroy(fixture->format);
	fsi_layout_free(&fixture->layout);
	/* Data that several files share belongs to the first. */
	for (size_t i = fixture->nodes.count; i > 0; i--)
		free_node(fixture->nodes.items[i - 1]);
	for (size_t i = 0; i < fixture->nodes.count; i++) {
		const void *name = fixture->nodes.items[i]->name;
		char *owned = NULL;

		memcpy(&owned, &name, sizeof(owned));
		fsi_free(owned);
		fsi_free(fixture->nodes.items[i]);
	}
	fsi_vector_free(&fixture->nodes);
	fsi_free(fixture->order.items);
	fsi_free(fixture->order.directories);
	fsi_free(fixture->order.owners);
	fsi_free(fixture->order.streams);
	fsi_free(fixture->order.data);
	fsi_free(fixture->names.names);
	fsi_free(fixture->names.text);
	fsi_free(fixture->volume.udf_name);
	memset(fixture, 0, sizeof(*fixture));
}

/* Breadth first; queue ends up with the items in their order. */
static void number_items(struct fsi_order *order, struct fsi_node **queue)
{
	order->items[order->item_count++] = queue[0];
	for (uint32_t n = 0; n < order->item_count; n++) {
		struct fsi_children *children = NULL;

		queue[n]->number = n;
		if (!fsi_node_is_directory(queue[n]))
			continue;
		children = queue[n]->content.children;
		children->number = order->directory_count;
		children->first_child = order->item_count;
		children->plain_count = children->count;
		order->directories[order->directory_count++] = queue[n];
		for (uint32_t i = 0; i < children->count; i++) {
			queue[order->item_count] = children->items[i];
			order->items[order->item_count++] = children->items[i];
		}
	}
}

static void number_data(struct fsi_order *order, const struct fsi_node *node)
{
	struct fsi_data *data = node->kind == FSI_NODE_FILE ? node->content.data : NULL;

	if (data == NULL)
		return;
	data->uses++;
	if (data->item == node) {
		data->number = order->data_count;
		order->data[order->data_count++] = data;
	}
}

static void number_streams(struct fsi_order *order, const struct fsi_node *node)
{
	if (fsi_node_stream_count(node) == 0)
		return;
	node->streams->number = order->owner_count;
	node->streams->first_child = order->stream_count;
	order->owners[order->owner_count++] = node;
	for (uint32_t s = 0; s < node->streams->count; s++) {
		node->streams->items[s]->number = order->stream_count;
		order->streams[order->stream_count++] = node->streams->items[s];
	}
}

void udf_fixture_order(struct udf_fixture *fixture)
{
	struct fsi_order *order = &fixture->order;
	const size_t count = fixture->nodes.count;
	struct fsi_node **queue = fsi_allocate_zeroed(count, sizeof(*queue));

	order->items = fsi_allocate_zeroed(count, sizeof(*order->items));
	order->directories = fsi_allocate_zeroed(count, sizeof(*order->directories));
	order->owners = fsi_allocate_zeroed(count, sizeof(*order->owners));
	order->streams = fsi_allocate_zeroed(count, sizeof(*order->streams));
	order->data = fsi_allocate_zeroed(count, sizeof(*order->data));
	fixture->names.names = fsi_allocate_zeroed(count, sizeof(*fixture->names.names));
	ck_assert(queue != NULL && order->items != NULL && order->directories != NULL &&
		  order->owners != NULL && order->streams != NULL &&
		  order->data != NULL && fixture->names.names != NULL);
	queue[0] = udf_fixture_root(fixture);
	number_items(order, queue);
	for (uint32_t n = 0; n < order->item_count; n++)
		number_data(order, queue[n]);
	for (uint32_t n = 0; n < order->item_count; n++)
		if (fixture->revision >= 0x0200)
			number_streams(order, queue[n]);
	for (uint32_t n = 0; n < order->stream_count; n++)
		number_data(order, order->streams[n]);
	fsi_free(queue);
	fixture->names.rules.file_system = FSI_FILE_SYSTEM_UDF;
	fixture->names.order = order;
}

HRESULT udf_fixture_create(struct udf_fixture *fixture)
{
	const struct fsi_udf_source source = {
		.order = &fixture->order,
		.names = &fixture->names,
		.volume = &fixture->volume,
		.layout = &fixture->layout,
		.revision = fixture->revision,
		.redundant_metadata = fixture->redundant_metadata,
		.is_alone = fixture->is_alone,
	};

	return fsi_udf_create(&source, &fixture->format);
}

static HRESULT describe_data(const struct fsi_region *region, char **ret_description)
{
	(void)region;
	*ret_description = fsi_duplicate_string("data");
	return S_OK;
}

static HRESULT render_data(const struct fsi_region *region, uint32_t block,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	(void)region;
	(void)block;
	memset(*ret_block, 0xDA, sizeof(*ret_block));
	return S_OK;
}

static const struct fsi_region_ops data_ops = {.describe = describe_data,
					       .render = render_data};

static HRESULT place_one(struct udf_fixture *fixture, const struct fsi_data *data)
{
	struct fsi_layout *layout = &fixture->layout;
	const struct fsi_data_runs *runs = fsi_layout_find_runs(layout, data->number);
	HRESULT hr = S_OK;

	if (runs == NULL)
		return fsi_layout_append(layout, &data_ops, fixture,
					 fsi_blocks_of(data->size), 1,
					 &layout->data_blocks[data->number]);
	for (uint32_t n = 0; n < runs->count && SUCCEEDED(hr); n++) {
		struct fsi_data_run *run = &layout->runs.items[runs->first_run + n];

		if (run->first_block != 0)
			hr = fsi_layout_append(layout, &data_ops, fixture,
					       fsi_blocks_of(run->size), 1,
					       &run->first_block);
	}
	return hr;
}

static HRESULT place_data(struct udf_fixture *fixture)
{
	struct fsi_layout *layout = &fixture->layout;
	HRESULT hr = fsi_layout_append(layout, &data_ops, fixture, 0, 16,
				       &layout->first_data_block);

	layout->data_blocks = fsi_allocate_zeroed((size_t)fixture->order.data_count + 1,
						  sizeof(*layout->data_blocks));
	ck_assert_ptr_nonnull(layout->data_blocks);
	for (uint32_t d = 0; d < fixture->order.data_count && SUCCEEDED(hr); d++) {
		const struct fsi_data *data = fixture->order.data[d];

		if (!fsi_udf_embeds_data(fixture->revision, fixture->is_alone, data))
			hr = place_one(fixture, data);
	}
	layout->data_end_block = layout->next_block;
	return hr;
}

HRESULT udf_fixture_place(struct udf_fixture *fixture)
{
	for (int stage = 0; stage < FSI_STAGE_COUNT; stage++) {
		HRESULT hr = S_OK;

		if (stage == FSI_STAGE_END)
			hr = place_data(fixture);
		if (SUCCEEDED(hr))
			hr = fixture->format->ops->place(
				fixture->format, (enum fsi_stage)stage, &fixture->layout);
		if (FAILED(hr))
			return hr;
	}
	return S_OK;
}

void udf_fixture_build(struct udf_fixture *fixture)
{
	udf_fixture_order(fixture);
	ck_assert_int_eq(udf_fixture_create(fixture), S_OK);
	ck_assert_int_eq(udf_fixture_place(fixture), S_OK);
}

void udf_fixture_read(const struct udf_fixture *fixture, uint32_t block,
		      uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_region *region = fsi_layout_find(&fixture->layout, block);

	memset(*ret_block, 0, sizeof(*ret_block));
	if (region != NULL)
		ck_assert_int_eq(region->ops->render(region, block - region->first_block,
						     ret_block),
				 S_OK);
}

const struct fsi_region *udf_fixture_region(const struct udf_fixture *fixture,
					    const char *description, unsigned n)
{
	for (size_t i = 0; i < fixture->layout.regions.count; i++) {
		const struct fsi_region *region = &fixture->layout.regions.items[i];
		char *text = NULL;
		bool is_same = false;

		ck_assert_int_eq(region->ops->describe(region, &text), S_OK);
		is_same = strcmp(text, description) == 0;
		fsi_free(text);
		if (is_same && n-- == 0)
			return region;
	}
	ck_abort_msg("no region is called '%s'", description);
	return NULL;
}

uint32_t udf_fixture_metadata(const struct udf_fixture *fixture)
{
	/* Behind the metadata file's entry, in the next ECC block. */
	return UDF_FIXTURE_PARTITION + (fixture->revision >= 0x0250 ? 32 : 0);
}

/* Items that are only a further name of a file before them have no entry. */
static uint32_t count_item_entries(const struct udf_fixture *fixture, uint32_t end)
{
	uint32_t count = 0;

	for (uint32_t n = 0; n < end; n++)
		count += fsi_node_entry(fixture->order.items[n]) ==
			 fixture->order.items[n];
	return count;
}

static void decode_entry(const struct udf_fixture *fixture, uint32_t number,
			 struct udf_entry *ret_entry)
{
	udf_fixture_read(fixture, udf_fixture_metadata(fixture) + 2 + number,
			 &ret_entry->block);
	udf_decode_entry(fixture->revision, 2 + number, ret_entry);
}

void udf_fixture_decode_entry(const struct udf_fixture *fixture,
			      const struct fsi_node *node, struct udf_entry *ret_entry)
{
	const uint32_t items = count_item_entries(fixture, fixture->order.item_count);

	decode_entry(fixture,
		     node->is_stream
			     ? items + fixture->order.owner_count + node->number
			     : count_item_entries(fixture, fsi_node_entry(node)->number),
		     ret_entry);
}

void udf_fixture_decode_streams(const struct udf_fixture *fixture,
				const struct fsi_node *owner, struct udf_entry *ret_entry)
{
	decode_entry(fixture,
		     count_item_entries(fixture, fixture->order.item_count) +
			     owner->streams->number,
		     ret_entry);
}

void udf_fixture_read_entry(const struct udf_fixture *fixture,
			    const struct fsi_node *node,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct udf_entry entry;

	udf_fixture_decode_entry(fixture, node, &entry);
	memcpy(*ret_block, entry.block, sizeof(entry.block));
}

uint8_t *udf_fixture_read_directory(const struct udf_fixture *fixture,
				    const struct fsi_node *directory, size_t *ret_size)
{
	struct udf_entry entry;
	uint8_t block[FSI_BLOCK_SIZE];
	uint8_t *body = NULL;
	size_t size = 0;
	uint32_t blocks = 0;
	uint32_t first_block = 0;

	udf_fixture_decode_entry(fixture, directory, &entry);
	ck_assert_uint_eq(entry.file_type, 4);
	ck_assert_uint_eq(entry.flags & 7, 0);
	size = (size_t)entry.size;
	blocks = (uint32_t)fsi_blocks_of(size);
	ck_assert_uint_eq(entry.recorded_blocks, blocks);
	ck_assert_uint_eq(entry.descriptors_length, 8);
	ck_assert_uint_eq(udf_u32(entry.descriptors, 0), size);
	first_block = udf_u32(entry.descriptors, 4);
	body = fsi_allocate((size_t)blocks * FSI_BLOCK_SIZE);
	ck_assert_ptr_nonnull(body);
	/* From the end, so that no block can lean on the one before it. */
	for (uint32_t b = blocks; b > 0; b--) {
		udf_fixture_read(fixture,
				 udf_fixture_metadata(fixture) + first_block + b - 1,
				 &block);
		memcpy(body + (size_t)(b - 1) * FSI_BLOCK_SIZE, block, sizeof(block));
	}
	udf_assert_zero(body, size, (size_t)blocks * FSI_BLOCK_SIZE);
	*ret_size = size;
	return body;
}

void udf_fixture_assert_directory(const struct udf_fixture *fixture,
				  const struct fsi_node *directory)
{
	const struct fsi_node *parent =
		directory->parent != NULL ? directory->parent : directory;
	struct udf_entry entry;
	size_t size = 0;
	size_t offset = 0;
	uint8_t *body = udf_fixture_read_directory(fixture, directory, &size);
	struct udf_fid fid = {.revision = fixture->revision};

	udf_fixture_decode_entry(fixture, directory, &entry);
	for (uint32_t n = 0; udf_next_fid(body, size, &offset, &fid); n++) {
		const struct fsi_node *item = parent;
		uint8_t name[255];

		ck_assert_uint_eq(fid.location,
				  udf_u32(entry.descriptors, 4) + fid.offset / 2048);
		if (n == 0) {
			ck_assert_uint_eq(fid.characteristics, 0x0A);
			ck_assert_uint_eq(fid.name_length, 0);
		} else {
			ck_assert_uint_le(n, directory->content.children->count);
			item = directory->content.children->items[n - 1];
			ck_assert_uint_eq(fid.characteristics,
					  (item->is_hidden ? 1 : 0) |
						  (fsi_node_is_directory(item) ? 2 : 0));
			ck_assert_uint_eq(fid.name_length,
					  fsi_udf_put_cs0(name, sizeof(name), item->name,
							  strlen(item->name)));
			ck_assert_mem_eq(fid.name, name, fid.name_length);
		}
		ck_assert_uint_eq(
			fid.icb_block,
			2 + count_item_entries(fixture, fsi_node_entry(item)->number));
		ck_assert_uint_eq(fid.icb_partition, fixture->revision >= 0x0250);
		ck_assert_uint_eq(fid.unique_id,
				  item->number == 0 ? 0 : 15 + item->number);
		if (offset == size)
			ck_assert_uint_eq(n, directory->content.children->count);
	}
	fsi_free(body);
}
