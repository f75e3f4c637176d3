/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result codes: names and values, made from the one table in codes.def. */
#ifndef FSIMAGE_CODES_H
#define FSIMAGE_CODES_H

#include <fsimage/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Every code of codes.def as a constant, so that it can be a case label. */
enum fsi_result_code {
#define FSI_CODE(name, value, header, inserts, message, advice) name = (HRESULT)(value),
#include <fsimage/codes.def>
#undef FSI_CODE
};

/** What is known of one result code. All strings live as long as the process. */
struct fsi_code {
	HRESULT value;
	const char *name;    /**< symbol, for instance "IMAPI_E_DUP_NAME" */
	const char *header;  /**< where it is documented: "imapi2fserror.h", … */
	const char *inserts; /**< types in order: s string, d int64, u uint32; or "" */
	const char *message; /**< English text with %1, %2, … for the inserts */
	const char *advice;  /**< what the person who meets it can do */
};

/** @return the number of codes in the table */
FSI_API size_t fsi_code_get_count(void);

/**
 * @param index  from 0 to fsi_code_get_count() - 1
 * @return the row of that place in the table, in order of declaration; NULL
 *         when index is out of range
 */
FSI_API const struct fsi_code *fsi_code_get_item(size_t index);

/**
 * @param value  a result code
 * @return its row, or NULL when the table has none
 */
FSI_API const struct fsi_code *fsi_code_from_value(HRESULT value);

/**
 * @param name  a symbol such as "IMAPI_E_READONLY"; case does not matter
 * @return its row, or NULL when the table has none
 */
FSI_API const struct fsi_code *fsi_code_from_name(const char *name);

#ifdef __cplusplus
}
#endif

#endif
