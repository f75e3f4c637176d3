/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc, and an image that it is imported into. */
#ifndef TESTS_SUPPORT_IMPORT_CASE_H
#define TESTS_SUPPORT_IMPORT_CASE_H

#include "tests/support/api.h"
#include "tests/support/faulty_stream.h"
#include "tests/support/paper_disc.h"

extern fsi_image *import_image; /* with all file systems, empty */
extern fsi_directory *import_root;

/* The disc, once it is put in; its bytes may be changed. */
extern fsi_stream *import_stream;
extern uint8_t *import_bytes;
extern size_t import_size;
extern struct faulty_stream import_faults;
extern struct paper_disc import_paper; /* a random write one */

/* Before and after each test; with the folder of this computer. */
void import_begin(void);
void import_end(void);

/* Put a disc in that has these bytes, which are copied; one that was in goes. */
void import_put(const uint8_t *bytes, size_t size);

/* Put an image in as a disc; it is released. */
void import_record(fsi_image *first);

/* The image gets other file systems. */
void import_choose(fsi_file_systems file_systems);

/* Small files, which UDF embeds where it is alone; larger ones; none; directories. */
void import_fill(fsi_directory *directory);

/* Put a disc in that is filled so, whose volume is "FIRST". */
void import_make_disc(fsi_file_systems file_systems, uint32_t revision);

/* One of UDF: "one" and "two", which are one file, and a link. */
void import_make_posix_disc(void);

/* Import what is best. */
HRESULT import_disc(void);
enum fsi_file_system import_well(void);

#endif
