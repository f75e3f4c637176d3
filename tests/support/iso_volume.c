/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A volume of ISO 9660 made by hand: see the header. */
#include "tests/support/iso_volume.h"

#include <string.h>

#define BLOCK	  2048u
#define FILE_SIZE 1000u
#define BIG_SIZE  2048u

uint8_t iso_volume[ISO_VOLUME_BLOCKS * BLOCK];
struct iso_places iso_places;

/* ---- numbers and texts ------------------------------------------------- */

static uint8_t *block_at(uint32_t block)
{
	return iso_volume + (size_t)block * BLOCK;
}

void iso_volume_put_le(uint8_t *out, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

static void put_be(uint8_t *out, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		out[bytes - 1 - i] = (uint8_t)(value >> 8 * i);
}

static void put_both(uint8_t *out, uint32_t value, unsigned bytes)
{
	iso_volume_put_le(out, value, bytes);
	put_be(out + bytes, value, bytes);
}

/* Text as a tree has it: in two bytes a character for Joliet. */
static uint8_t put_text(uint8_t *out, const char *text, int is_joliet)
{
	const size_t length = strlen(text);

	for (size_t i = 0; i < length; i++) {
		if (is_joliet)
			out[2 * i + 1] = (uint8_t)text[i];
		else
			out[i] = (uint8_t)text[i];
	}
	return (uint8_t)(is_joliet ? 2 * length : length);
}

static void fill(uint8_t *out, size_t length, const char *text, int is_joliet)
{
	for (size_t i = 0; i < length; i++)
		out[i] = is_joliet && (i % 2 == 0) ? 0 : ' ';
	if (is_joliet && length % 2 != 0)
		out[length - 1] = 0;
	put_text(out, text, is_joliet);
}

/* ---- records ----------------------------------------------------------- */

/* The record that is made; what is put behind it becomes its system use. */
static uint8_t *record;
static uint8_t *next;

static uint32_t offset_of(const uint8_t *bytes)
{
	return (uint32_t)(bytes - iso_volume);
}

static uint32_t begin_record(uint32_t block, uint32_t size, uint8_t flags)
{
	static const uint8_t date[7] = {126, 1, 2, 3, 4, 5, 0};

	record = next;
	put_both(record + 2, block, 4);
	put_both(record + 10, size, 4);
	memcpy(record + 18, date, sizeof(date));
	record[25] = flags;
	put_both(record + 28, 1, 2);
	return offset_of(record);
}

static void end_identifier(uint8_t length)
{
	record[32] = length;
	next = record + 33 + length + (length % 2 == 0 ? 1 : 0);
}

static void end_record(void)
{
	if ((next - record) % 2 != 0)
		next++;
	record[0] = (uint8_t)(next - record);
}

/* A whole record without system use. */
static uint32_t put_record(uint32_t block, uint32_t size, uint8_t flags, const char *name,
			   int is_joliet)
{
	const uint32_t offset = begin_record(block, size, flags);

	end_identifier(put_text(record + 33, name, is_joliet));
	end_record();
	return offset;
}

static uint32_t put_own(uint32_t block, uint8_t identifier)
{
	const uint32_t offset = begin_record(block, BLOCK, 2);

	record[33] = identifier;
	end_identifier(1);
	end_record();
	return offset;
}

/* ---- system use -------------------------------------------------------- */

static uint32_t put_entry(const char *signature, uint8_t length)
{
	const uint32_t offset = offset_of(next);

	memcpy(next, signature, 2);
	next[2] = length;
	next[3] = 1;
	next += length;
	return offset;
}

static uint32_t put_px(uint32_t mode, uint32_t links)
{
	const uint32_t offset = put_entry("PX", 36);

	put_both(iso_volume + offset + 4, mode, 4);
	put_both(iso_volume + offset + 12, links, 4);
	put_both(iso_volume + offset + 20, 0, 4);
	put_both(iso_volume + offset + 28, 0, 4);
	return offset;
}

static uint32_t put_tf(void)
{
	const uint32_t offset = put_entry("TF", 26);

	iso_volume[offset + 4] = 0x0E;
	for (unsigned i = 0; i < 3; i++)
		memcpy(iso_volume + offset + 5 + 7 * i, record + 18, 7);
	return offset;
}

static uint32_t put_nm(const char *name, uint8_t flags)
{
	const uint32_t offset = put_entry("NM", (uint8_t)(5 + strlen(name)));

	iso_volume[offset + 4] = flags;
	memcpy(iso_volume + offset + 5, name, strlen(name));
	return offset;
}

static uint32_t put_link(const char *signature, uint32_t block)
{
	const uint32_t offset = put_entry(signature, 12);

	put_both(iso_volume + offset + 4, block, 4);
	return offset;
}

static uint32_t put_ce(uint32_t at, uint32_t length)
{
	const uint32_t offset = put_entry("CE", 28);

	put_both(iso_volume + offset + 4, BLOCK_CONTINUATION, 4);
	put_both(iso_volume + offset + 12, at, 4);
	put_both(iso_volume + offset + 20, length, 4);
	return offset;
}

/* A file of the primary tree, with its common entries; to be ended. */
static uint32_t begin_file(uint32_t block, uint32_t size, uint8_t flags,
			   const char *identifier, uint32_t mode)
{
	const uint32_t offset = begin_record(block, size, flags);

	end_identifier(put_text(record + 33, identifier, 0));
	put_px(mode, 1);
	put_tf();
	return offset;
}

static uint32_t put_file(uint32_t block, uint32_t size, uint8_t flags,
			 const char *identifier, const char *name)
{
	const uint32_t offset = begin_file(block, size, flags, identifier,
					   (flags & 2) != 0 ? 040755 : 0100644);

	put_nm(name, 0);
	end_record();
	return offset;
}

/* "." or ".." with its PX. */
static uint32_t put_own_directory(uint32_t block, uint8_t identifier)
{
	const uint32_t offset = begin_record(block, BLOCK, 2);

	record[33] = identifier;
	end_identifier(1);
	put_px(040755, 2);
	end_record();
	return offset;
}

/* ---- the primary tree -------------------------------------------------- */

static void put_root_self(void)
{
	iso_places.self = begin_record(BLOCK_ROOT, BLOCK, 2);
	end_identifier(1);
	iso_places.sp = put_entry("SP", 7);
	iso_volume[iso_places.sp + 4] = 0xBE;
	iso_volume[iso_places.sp + 5] = 0xEF;
	iso_places.self_px = put_px(040755, 4);
	iso_places.self_ce = put_ce(0, 237);
	end_record();
}

static void put_er(void)
{
	static const char text[] =
		"RRIP_1991A"
		"THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE "
		"SYSTEM SEMANTICS"
		"PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER "
		"IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION.";

	next = block_at(BLOCK_CONTINUATION);
	iso_places.er = put_entry("ER", 237);
	memcpy(iso_volume + iso_places.er + 8, text, sizeof(text) - 1);
	iso_volume[iso_places.er + 4] = 10;
	iso_volume[iso_places.er + 5] = 84;
	iso_volume[iso_places.er + 6] = 135;
	iso_volume[iso_places.er + 7] = 1;
	/* The name of the file goes on here. */
	next = block_at(BLOCK_CONTINUATION) + 240;
	iso_places.file_nm_end = put_nm("name.txt", 0);
}

static void put_link_record(void)
{
	iso_places.link = begin_file(0, 0, 0, "LINK.;1", 0120777);
	iso_places.link_nm = put_nm("link", 0);
	iso_places.link_sl = put_entry("SL", 5 + 2 + 6 + 2 + 8);
	memcpy(iso_volume + iso_places.link_sl + 5, "\0\6target\0\4file", 14);
	iso_volume[iso_places.link_sl + 2] = 5 + 14;
	next = iso_volume + iso_places.link_sl + 5 + 14;
	end_record();
}

static void put_device(void)
{
	iso_places.device = begin_file(0, 0, 0, "DEV.;1", 020600);
	put_nm("dev", 0);
	iso_places.device_pn = put_entry("PN", 20);
	put_both(iso_volume + iso_places.device_pn + 4, 0, 4);
	put_both(iso_volume + iso_places.device_pn + 12, 0x103, 4);
	end_record();
}

static void put_zisofs(void)
{
	static const uint8_t header[] = {0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6,
					 0x07, 0,    0x80, 0,	 0,    4,    15};

	iso_places.zisofs = begin_file(BLOCK_ZISOFS, 24, 0, "Z.;1", 0100644);
	put_nm("z", 0);
	iso_places.zf = put_entry("ZF", 16);
	memcpy(iso_volume + iso_places.zf + 4, "pz\4\17", 4);
	put_both(iso_volume + iso_places.zf + 8, 32768, 4);
	end_record();
	memcpy(block_at(BLOCK_ZISOFS), header, sizeof(header));
}

static void put_root(void)
{
	next = block_at(BLOCK_ROOT);
	put_root_self();
	iso_places.parent = put_own_directory(BLOCK_ROOT, 1);
	iso_places.big = put_file(BLOCK_BIG, BIG_SIZE, 0x80, "BIG.DAT;1", "big.dat");
	iso_places.big_px = iso_places.big + 42;
	iso_places.big_end = put_file(BLOCK_BIG + 1, 100, 0, "BIG.DAT;1", "big.dat");
	put_file(BLOCK_BOOT_IMAGE, BLOCK, 0, "BOOT.IMG;1", "boot.img");
	put_device();
	iso_places.directory = put_file(BLOCK_DIRECTORY, BLOCK, 2, "DIR", "dir");
	put_file(BLOCK_EFI_IMAGE, 2 * BLOCK, 0, "EFI.IMG;1", "efi.img");
	iso_places.file = begin_record(BLOCK_FILE, FILE_SIZE, 0);
	end_identifier(put_text(record + 33, "FILE.TXT;1", 0));
	iso_places.file_px = put_px(0100644, 2);
	iso_places.file_tf = put_tf();
	iso_places.file_nm = put_nm("a long ", 1);
	iso_places.file_ce = put_ce(240, 13);
	end_record();
	put_file(BLOCK_HARD_DISK, BLOCK, 0, "HD.IMG;1", "hd.img");
	put_link_record();
	iso_places.moved = put_file(BLOCK_MOVED, BLOCK, 2, "RR_MOVED", "rr_moved");
	put_zisofs();
	put_er();
}

static void put_directories(void)
{
	next = block_at(BLOCK_DIRECTORY);
	put_own_directory(BLOCK_DIRECTORY, 0);
	put_own_directory(BLOCK_ROOT, 1);
	iso_places.placeholder = begin_file(BLOCK_DEEP, 0, 0, "DEEP", 040755);
	put_nm("deep", 0);
	iso_places.cl = put_link("CL", BLOCK_DEEP);
	end_record();
	iso_places.hard = begin_record(BLOCK_FILE, FILE_SIZE, 0);
	end_identifier(put_text(record + 33, "HARD.TXT;1", 0));
	put_px(0100644, 2);
	put_nm("hard.txt", 0);
	end_record();
	next = block_at(BLOCK_MOVED);
	put_own_directory(BLOCK_MOVED, 0);
	put_own_directory(BLOCK_ROOT, 1);
	iso_places.deep = begin_file(BLOCK_DEEP, BLOCK, 2, "DEEP", 040755);
	put_nm("deep", 0);
	iso_places.re = put_entry("RE", 4);
	end_record();
	next = block_at(BLOCK_DEEP);
	put_own_directory(BLOCK_DEEP, 0);
	begin_record(BLOCK_MOVED, BLOCK, 2);
	record[33] = 1;
	end_identifier(1);
	put_px(040755, 2);
	iso_places.pl = put_link("PL", BLOCK_DIRECTORY);
	end_record();
}

/* ---- the other trees --------------------------------------------------- */

static void put_joliet(void)
{
	next = block_at(BLOCK_JOLIET_ROOT);
	iso_places.joliet_self = put_own(BLOCK_JOLIET_ROOT, 0);
	put_own(BLOCK_JOLIET_ROOT, 1);
	iso_places.joliet_big = put_record(BLOCK_BIG, BIG_SIZE, 0x80, "big.dat", 1);
	put_record(BLOCK_BIG + 1, 100, 0, "big.dat", 1);
	put_record(BLOCK_BOOT_IMAGE, BLOCK, 0, "boot.img", 1);
	iso_places.joliet_directory =
		put_record(BLOCK_JOLIET_DIRECTORY, BLOCK, 2, "dir", 1);
	put_record(BLOCK_EFI_IMAGE, 2 * BLOCK, 0, "efi.img", 1);
	iso_places.joliet_file = put_record(BLOCK_FILE, FILE_SIZE, 0, "file.txt;1", 1);
	put_record(BLOCK_HARD_DISK, BLOCK, 0, "hd.img", 1);
	put_record(BLOCK_ZISOFS, 24, 0, "z", 1);
	next = block_at(BLOCK_JOLIET_DIRECTORY);
	put_own(BLOCK_JOLIET_DIRECTORY, 0);
	iso_places.joliet_parent = put_own(BLOCK_JOLIET_ROOT, 1);
}

static void put_enhanced(void)
{
	next = block_at(BLOCK_ENHANCED_ROOT);
	put_own(BLOCK_ENHANCED_ROOT, 0);
	put_own(BLOCK_ENHANCED_ROOT, 1);
	iso_places.enhanced_file =
		put_record(BLOCK_FILE, FILE_SIZE, 0, "a name without version", 0);
	put_record(BLOCK_ENHANCED_DIRECTORY, BLOCK, 2, "dir", 0);
	next = block_at(BLOCK_ENHANCED_DIRECTORY);
	put_own(BLOCK_ENHANCED_DIRECTORY, 0);
	put_own(BLOCK_ENHANCED_ROOT, 1);
}

/* ---- path tables ------------------------------------------------------- */

struct path {
	uint32_t block;
	uint16_t parent;
	const char *name; /* "": the root */
};

/* Returns the size of a table. */
static uint32_t put_table(uint32_t table, const struct path *paths, size_t count,
			  int is_joliet, int is_big)
{
	uint8_t *out = block_at(table);

	for (size_t i = 0; i < count; i++) {
		const uint8_t length =
			i == 0 ? 1 : put_text(out + 8, paths[i].name, is_joliet);

		out[0] = length;
		(is_big ? put_be : iso_volume_put_le)(out + 2, paths[i].block, 4);
		(is_big ? put_be : iso_volume_put_le)(out + 6, paths[i].parent, 2);
		out += 8 + length + length % 2;
	}
	return (uint32_t)(out - block_at(table));
}

/* ---- volume descriptors ------------------------------------------------ */

static void put_head(uint32_t block, uint8_t type, uint8_t version)
{
	uint8_t *out = block_at(block);

	out[0] = type;
	memcpy(out + 1, "CD001", 5);
	out[6] = version;
}

static void put_texts(uint8_t *out, int is_joliet)
{
	static const struct {
		size_t offset;
		size_t length;
	} fields[] = {{8, 32},	  {40, 32},  {190, 128}, {318, 128}, {446, 128},
		      {574, 128}, {702, 37}, {739, 37},	 {776, 37}};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		fill(out + fields[i].offset, fields[i].length, i == 1 ? "VOLUME" : "",
		     is_joliet);
	if (!is_joliet)
		fill(out + 318, 128, "_PUBL.TXT", 0);
	memcpy(out + 813, "2026010203040500", 17);
	memcpy(out + 830, "2026010203040500", 17);
	memcpy(out + 847, "2030010203040500", 17);
	memcpy(out + 864, "2026010203040500", 17);
}

struct tree {
	uint32_t root;
	uint32_t l_table;
	uint32_t m_table;
	uint32_t table_size;
	int is_joliet;
};

static void put_volume(uint32_t block, const struct tree *tree)
{
	uint8_t *out = block_at(block);

	put_both(out + 80, ISO_VOLUME_BLOCKS, 4);
	put_both(out + 120, 1, 2);
	put_both(out + 124, 1, 2);
	put_both(out + 128, BLOCK, 2);
	put_both(out + 132, tree->table_size, 4);
	iso_volume_put_le(out + 140, tree->l_table, 4);
	put_be(out + 148, tree->m_table, 4);
	next = out + 156;
	put_own(tree->root, 0);
	put_texts(out, tree->is_joliet);
	out[881] = out[6];
}

static void put_descriptors(void)
{
	static const struct path primary[] = {{BLOCK_ROOT, 1, ""},
					      {BLOCK_DIRECTORY, 1, "DIR"},
					      {BLOCK_MOVED, 1, "RR_MOVED"},
					      {BLOCK_DEEP, 3, "DEEP"}};
	static const struct path joliet[] = {{BLOCK_JOLIET_ROOT, 1, ""},
					     {BLOCK_JOLIET_DIRECTORY, 1, "dir"}};
	static const struct path enhanced[] = {{BLOCK_ENHANCED_ROOT, 1, ""},
					       {BLOCK_ENHANCED_DIRECTORY, 1, "dir"}};
	struct tree tree = {BLOCK_ROOT, BLOCK_L_TABLE, BLOCK_M_TABLE, 0, 0};

	put_table(BLOCK_M_TABLE, primary, 4, 0, 1);
	put_table(BLOCK_OPTIONAL_TABLE, primary, 4, 0, 0);
	tree.table_size = put_table(BLOCK_L_TABLE, primary, 4, 0, 0);
	put_head(BLOCK_PRIMARY, 1, 1);
	put_volume(BLOCK_PRIMARY, &tree);
	iso_volume_put_le(block_at(BLOCK_PRIMARY) + 144, BLOCK_OPTIONAL_TABLE, 4);

	tree = (struct tree){BLOCK_JOLIET_ROOT, BLOCK_JOLIET_L_TABLE,
			     BLOCK_JOLIET_M_TABLE, 0, 1};
	put_table(BLOCK_JOLIET_M_TABLE, joliet, 2, 1, 1);
	tree.table_size = put_table(BLOCK_JOLIET_L_TABLE, joliet, 2, 1, 0);
	put_head(BLOCK_JOLIET, 2, 1);
	memcpy(block_at(BLOCK_JOLIET) + 88, "%/E", 3);
	put_volume(BLOCK_JOLIET, &tree);

	tree = (struct tree){BLOCK_ENHANCED_ROOT, BLOCK_ENHANCED_L_TABLE,
			     BLOCK_ENHANCED_M_TABLE, 0, 0};
	put_table(BLOCK_ENHANCED_M_TABLE, enhanced, 2, 0, 1);
	tree.table_size = put_table(BLOCK_ENHANCED_L_TABLE, enhanced, 2, 0, 0);
	put_head(BLOCK_ENHANCED, 2, 2);
	put_volume(BLOCK_ENHANCED, &tree);

	put_head(BLOCK_BOOT_RECORD, 0, 1);
	memcpy(block_at(BLOCK_BOOT_RECORD) + 7, "EL TORITO SPECIFICATION", 23);
	iso_volume_put_le(block_at(BLOCK_BOOT_RECORD) + 71, BLOCK_CATALOG, 4);
	put_head(BLOCK_TERMINATOR, 255, 1);
}

/* ---- boot -------------------------------------------------------------- */

static void put_boot_entry(unsigned entry, uint8_t media, uint16_t sectors,
			   uint32_t block)
{
	uint8_t *out = block_at(BLOCK_CATALOG) + 32 * entry;

	out[0] = 0x88;
	out[1] = media;
	iso_volume_put_le(out + 6, sectors, 2);
	iso_volume_put_le(out + 8, block, 4);
}

static void put_boot_image(void)
{
	uint8_t *image = block_at(BLOCK_BOOT_IMAGE);
	uint32_t sum = 0;

	for (size_t i = 64; i < BLOCK; i++)
		image[i] = (uint8_t)(3 * i);
	for (size_t i = 64; i < BLOCK; i += 4)
		sum += (uint32_t)image[i] | (uint32_t)image[i + 1] << 8 |
		       (uint32_t)image[i + 2] << 16 | (uint32_t)image[i + 3] << 24;
	iso_volume_put_le(image + 8, 16, 4);
	iso_volume_put_le(image + 12, BLOCK_BOOT_IMAGE, 4);
	iso_volume_put_le(image + 16, BLOCK, 4);
	iso_volume_put_le(image + 20, sum, 4);
}

static void put_catalog(void)
{
	uint8_t *out = block_at(BLOCK_CATALOG);

	memcpy(out, "\1\0\0\0", 4);
	memcpy(out + 28, "\xAA\x55\x55\xAA", 4);
	put_boot_entry(1, 0, 4, BLOCK_BOOT_IMAGE);
	memcpy(out + 64, "\x90\xEF\1\0", 4);
	put_boot_entry(3, 0, 8, BLOCK_EFI_IMAGE);
	memcpy(out + 128, "\x91\0\1\0", 4);
	put_boot_entry(5, 0x24, 1, BLOCK_HARD_DISK);
	out[32 * 5 + 4] = 0x06;
	out[32 * 6] = 0x44;
	put_boot_image();
	block_at(BLOCK_HARD_DISK)[446 + 4] = 0x06;
	iso_volume_put_le(block_at(BLOCK_HARD_DISK) + 446 + 12, 3, 4);
	memcpy(block_at(BLOCK_HARD_DISK) + 510, "\x55\xAA", 2);
}

void iso_volume_build(void)
{
	memset(iso_volume, 0, sizeof(iso_volume));
	memset(&iso_places, 0, sizeof(iso_places));
	put_descriptors();
	put_root();
	put_directories();
	put_joliet();
	put_enhanced();
	put_catalog();
	iso_volume_put_partitions();
}
