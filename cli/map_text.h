/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of a drawing: names that nobody vouches for, numbers, blocks. */
#ifndef CLI_MAP_TEXT_H
#define CLI_MAP_TEXT_H

#include <fsimage/types.h>

#include <stdio.h>

/** Room for a number. */
#define MAP_NUMBER_SIZE 32

/** Text in UTF-8, on one line. To be freed; NULL: no memory. */
char *map_text_make_safe(const char *text);

/** Columns that safe text takes. */
unsigned map_text_measure(const char *safe);

/** Print safe text for XML, cut behind so many columns. */
void map_text_put(FILE *file, const char *safe, unsigned most);

/** "1,234,567" */
const char *map_text_number(uint64_t number, char (*text)[MAP_NUMBER_SIZE]);

/** "1,234 blocks" */
void map_text_put_blocks(FILE *file, uint64_t blocks);

/** "16" or "16 to 18", with a dash. */
void map_text_put_range(FILE *file, uint32_t first, uint32_t last);

/** "UDF, ISO 9660", as many as there are. */
void map_text_put_file_systems(FILE *file, fsi_file_systems file_systems);

#endif
