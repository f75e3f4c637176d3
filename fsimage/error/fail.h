/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raising errors: one typed function for each row of codes.def, so that the
 * compiler counts and checks the inserts.
 *
 *     return FSI_FAIL(IMAPI_E_DUP_NAME, name);
 */
#ifndef FSI_ERROR_FAIL_H
#define FSI_ERROR_FAIL_H

#include "error/error.h"

/* Text for a number, or a code without a row, is not a warning but an error. */
#if defined(__GNUC__)
#pragma GCC diagnostic error "-Wint-conversion"
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#pragma GCC diagnostic error "-Wimplicit-function-declaration"
#endif

#define FSI_RAISER_none(name) \
	static inline HRESULT fsi_fail_##name(void) \
	{ \
		return fsi_error_raise_none(name); \
	}
#define FSI_RAISER_s(name) \
	static inline HRESULT fsi_fail_##name(const char *text) \
	{ \
		return fsi_error_raise_s(name, text); \
	}
#define FSI_RAISER_ss(name) \
	static inline HRESULT fsi_fail_##name(const char *first, const char *second) \
	{ \
		return fsi_error_raise_ss(name, first, second); \
	}
#define FSI_RAISER_sdd(name) \
	static inline HRESULT fsi_fail_##name(const char *text, int64_t first, \
					      int64_t second) \
	{ \
		return fsi_error_raise_sdd(name, text, first, second); \
	}
#define FSI_RAISER_d(name) \
	static inline HRESULT fsi_fail_##name(int64_t number) \
	{ \
		return fsi_error_raise_d(name, number); \
	}
#define FSI_RAISER_u(name) \
	static inline HRESULT fsi_fail_##name(uint32_t number) \
	{ \
		return fsi_error_raise_u(name, number); \
	}

#define FSI_CODE(name, value, header, inserts, message, advice) FSI_RAISER_##inserts(name)
#include <fsimage/codes.def>
#undef FSI_CODE

#undef FSI_RAISER_none
#undef FSI_RAISER_s
#undef FSI_RAISER_ss
#undef FSI_RAISER_sdd
#undef FSI_RAISER_d
#undef FSI_RAISER_u

/**
 * FSI_FAIL(code, inserts…): make code the thread's error, with as many inserts
 * of such types as its row in codes.def says.
 *
 * @return code
 */
#define FSI_FAIL(...) \
	FSI_FAIL_PICK(__VA_ARGS__, FSI_FAIL_3, FSI_FAIL_2, FSI_FAIL_1, FSI_FAIL_0, 0) \
	(__VA_ARGS__)

/* By their number: a macro with "..." needs at least one argument for it. */
#define FSI_FAIL_PICK(code, a, b, c, chosen, ...) chosen
#define FSI_FAIL_0(code)			  fsi_fail_##code()
#define FSI_FAIL_1(code, a)			  fsi_fail_##code(a)
#define FSI_FAIL_2(code, a, b)			  fsi_fail_##code(a, b)
#define FSI_FAIL_3(code, a, b, c)		  fsi_fail_##code(a, b, c)

/** Return what call returned if that is a failure; there must be nothing to release. */
#define FSI_TRY(call) \
	do { \
		const HRESULT fsi_try_ = (call); \
\
		if (FAILED(fsi_try_)) \
			return fsi_try_; \
	} while (0)

#endif
