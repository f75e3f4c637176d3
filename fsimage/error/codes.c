/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of result codes as data, and how to look something up in it. */
#include <fsimage/codes.h>

/* The letters of the inserts, from the word that a row has for them. */
#define FSI_LETTERS_none ""
#define FSI_LETTERS_s	 "s"
#define FSI_LETTERS_ss	 "ss"
#define FSI_LETTERS_sdd	 "sdd"
#define FSI_LETTERS_d	 "d"
#define FSI_LETTERS_u	 "u"

static const struct fsi_code table[] = {
#define FSI_CODE(name, value, header, inserts, message, advice) \
	{name, #name, header, FSI_LETTERS_##inserts, message, advice},
#include <fsimage/codes.def>
#undef FSI_CODE
};

static const size_t table_count = sizeof(table) / sizeof(table[0]);

size_t fsi_code_get_count(void)
{
	return table_count;
}

const struct fsi_code *fsi_code_get_item(size_t index)
{
	return index < table_count ? &table[index] : NULL;
}

const struct fsi_code *fsi_code_from_value(HRESULT value)
{
	for (size_t i = 0; i < table_count; i++) {
		if (table[i].value == value)
			return &table[i];
	}
	return NULL;
}

static char to_upper(char letter)
{
	return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
}

/* Symbols are plain ASCII, so no locale has a say in what their case is. */
static bool is_same_symbol(const char *a, const char *b)
{
	while (*a != '\0' && to_upper(*a) == to_upper(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

const struct fsi_code *fsi_code_from_name(const char *name)
{
	if (name == NULL)
		return NULL;
	for (size_t i = 0; i < table_count; i++) {
		if (is_same_symbol(table[i].name, name))
			return &table[i];
	}
	return NULL;
}
