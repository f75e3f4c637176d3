/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of statements as one array. */
#include "check/statements.h"

const struct fsi_statement_facts fsi_statements[FSI_STATEMENT_COUNT] = {
#define FSI_STATEMENT(letter, number, severity, text) \
	{#letter "-" #number, FSI_SEVERITY_##severity, text},
#include "check/udf_statements.def"

#include "check/iso_statements.def"

#include "check/common_statements.def"
#undef FSI_STATEMENT
};
