/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of images that are disks have in common: making and reading them. */
#ifndef TESTS_SUPPORT_HYBRID_H
#define TESTS_SUPPORT_HYBRID_H

#include "tests/support/boot.h"

#define MBR  ((uint32_t)FSI_PARTITION_TABLE_MBR)
#define GPT  ((uint32_t)FSI_PARTITION_TABLE_GPT)
#define BOTH (MBR | GPT)

#define SECTOR	  512u
#define EFI_SIZE  5000u
#define BIOS_SIZE 3000u

/* What a test works on: an image, which it makes, and the bytes of its result. */
struct hybrid {
	fsi_image *image;
	uint8_t *bytes;
	size_t size;
};
extern struct hybrid hybrid;

/* Code with what ISOLINUX and GRUB are known by. */
extern const uint8_t hybrid_isolinux[432];
extern const uint8_t hybrid_grub[512];

/* Add this to a test case that uses them, which tears down what tests left. */
void hybrid_tear_down(void);

/* fsi_image_put_hybrid_boot() with code of so many bytes; NULL: without. */
HRESULT hybrid_put(uint32_t tables, const void *code, size_t length, uint8_t type);

/* Boot entries for EFI and, behind it, for a BIOS, with images of these sizes; 0: none.
 */
void hybrid_put_boot(size_t bios, size_t efi);

/* Make the result and read it. */
void hybrid_make(void);

/* A little-endian number of the result. */
uint64_t hybrid_number(size_t offset, unsigned width);

/* The first block that begins with the bytes of api_sized_stream(). */
uint64_t hybrid_find(size_t length);

#endif
