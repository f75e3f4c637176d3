/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One name in one file system, before its siblings are looked at: which names
 * stay as they are, what becomes of the others, where a number goes in. Private
 * to this room; unique.c makes the names of a whole directory from it.
 */
#ifndef FSI_NAME_MAP_H
#define FSI_NAME_MAP_H

#include "name/view.h"

/* Room for any mapped name: 254 characters of up to 3 bytes, and a NUL. */
#define FSI_NAME_SIZE 768

/* A name mapped character by character, in the two parts a number goes between. */
struct fsi_name_parts {
	char base[FSI_NAME_SIZE];
	char extension[FSI_NAME_SIZE]; /* with its dot; empty: there is none */
	size_t base_length;
	size_t extension_length;
	bool is_directory;
};

enum fsi_name_case {
	FSI_NAME_CASE_MATTERS,
	FSI_NAME_CASE_IGNORED, /* kept, but no two names differ by it alone */
	FSI_NAME_CASE_UPPER    /* all letters are written in upper case */
};

/* What a file system makes of a name. */
struct fsi_name_map {
	struct fsi_name_rules rules; /* passed to the functions */
	const char *file_system;     /* as messages call it */
	const char *number_mark;     /* stands before a number */
	unsigned most_digits;	     /* of a number; 9 at most */
	enum fsi_name_case letter_case;
	/* Whether a name needs no change (FSI_NAME_CASE_UPPER: but of case). */
	bool (*is_natural)(const struct fsi_name_rules *rules,
			   const struct fsi_node *node);
	/* Parts are mapped, and no longer than any use that compose() has for them. */
	void (*split)(const struct fsi_name_rules *rules, const struct fsi_node *node,
		      struct fsi_name_parts *ret_parts);
	/*
	 * Cut the parts to what the file system holds and put a number ("", or
	 * with its mark) behind the base. Returns the length; a NUL follows.
	 */
	size_t (*compose)(const struct fsi_name_rules *rules,
			  const struct fsi_name_parts *parts, const char *number,
			  char (*ret_name)[FSI_NAME_SIZE]);
};

/* The maps of each file system, whose rules are still to be set. */
extern const struct fsi_name_map fsi_name_iso;
extern const struct fsi_name_map fsi_name_iso_1999;
extern const struct fsi_name_map fsi_name_joliet;
extern const struct fsi_name_map fsi_name_udf;

/* The map of some rules. */
struct fsi_name_map fsi_name_map_of(const struct fsi_name_rules *rules);

/* A d-character (ECMA-119 7.4.1): a letter in upper case, a digit, or "_". */
uint32_t fsi_name_map_to_iso(uint32_t character);

/* "_" for a character that UCS-2 does not have. */
uint32_t fsi_name_map_to_ucs2(uint32_t character);

/*
 * Write text through map, as far as it fills at most most_units UTF-16 units.
 * Returns the length in bytes; a NUL follows.
 */
size_t fsi_name_map_text(const char *text, size_t length, uint32_t (*map)(uint32_t),
			 size_t most_units, char *out);

/* Bytes of the longest beginning of text that has at most most_units UTF-16
 * units. It ends between two characters. */
size_t fsi_name_prefix(const char *text, size_t length, size_t most_units);

/*
 * The parts of a name in file systems whose names have no parts of their own.
 * An extension is what is worth keeping at the end of a file's name: it begins
 * at the last dot, which is not the first character, and has 1 to 16 units and
 * no space. A directory has none.
 */
void fsi_name_split(const struct fsi_node *node, uint32_t (*map)(uint32_t),
		    size_t most_units, struct fsi_name_parts *ret_parts);

/* The beginning of the base, a number, the beginning of the extension. */
size_t fsi_name_join(const struct fsi_name_parts *parts, size_t base_length,
		     const char *number, size_t extension_length,
		     char (*ret_name)[FSI_NAME_SIZE]);

#endif
