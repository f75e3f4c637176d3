/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The error of the calling thread, as COM's IErrorInfo keeps it: each public
 * function that can fail clears it on entry and fills it in when it fails, or
 * when it succeeds with a code other than S_OK that has something to say.
 */
#ifndef FSIMAGE_ERROR_H
#define FSIMAGE_ERROR_H

#include <fsimage/codes.h>

#ifdef __cplusplus
extern "C" {
#endif

enum fsi_insert_type {
	FSI_INSERT_STRING = 's',
	FSI_INSERT_INT64 = 'd',
	FSI_INSERT_UINT32 = 'u'
};

/** One value of a message. */
struct fsi_insert {
	enum fsi_insert_type type;
	const char *text; /**< FSI_INSERT_STRING: UTF-8; else NULL */
	int64_t number;	  /**< the other two types; else 0 */
};

/** @return the code of the thread's last failure, or S_OK */
FSI_API HRESULT fsi_error_get_code(void);

/** @return the symbol of that code; "" without an error. Never NULL. */
FSI_API const char *fsi_error_get_name(void);

/**
 * The finished message: the text of the code with its inserts filled in, then
 * what else is known (the limit and the item that met it, the reason the
 * system gave).
 *
 * @return UTF-8 text on one line; "" without an error. Never NULL. Valid until
 *         the thread calls another function of this library.
 */
FSI_API const char *fsi_error_get_message(void);

/** @return the number of inserts of the thread's error, 0 to 3 */
FSI_API unsigned fsi_error_get_insert_count(void);

/**
 * One insert of the thread's error.
 *
 * @param index       from 0
 * @param ret_insert  filled in; its text is valid as long as the message
 * @return S_OK; E_POINTER when ret_insert is NULL; E_INVALIDARG when the error
 *         has no such insert. The thread's error stays as it is.
 */
FSI_API HRESULT fsi_error_get_insert(unsigned index, struct fsi_insert *ret_insert);

/**
 * Extension: what a value of errno is called here, for a program that tells its own
 * failures as the library does. The thread's error stays as it is.
 *
 * @param error_number  as a system call left it
 * @return the code, always a failure; E_FAIL when there is none of its own
 */
FSI_API HRESULT fsi_error_code_from_errno(int error_number);

/** Forget the thread's error. */
FSI_API void fsi_error_clear(void);

#ifdef __cplusplus
}
#endif

#endif
