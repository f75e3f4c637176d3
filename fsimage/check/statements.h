/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalogue of statements that a sound image fulfils, one table for each
 * standard. FSI_STATEMENT(letter, number, severity, text) in them becomes the
 * constant FSI_<letter>_<number>, which findings show as "<letter>-<number>".
 */
#ifndef FSI_CHECK_STATEMENTS_H
#define FSI_CHECK_STATEMENTS_H

#include <fsimage/check.h>

enum fsi_statement {
#define FSI_STATEMENT(letter, number, severity, text) FSI_##letter##_##number,
#include "check/udf_statements.def"

#include "check/iso_statements.def"

#include "check/common_statements.def"
#undef FSI_STATEMENT
	FSI_STATEMENT_COUNT
};

struct fsi_statement_facts {
	const char *number; /* such as "U-017" */
	enum fsi_severity severity;
	const char *text;
};

extern const struct fsi_statement_facts fsi_statements[FSI_STATEMENT_COUNT];

#endif
