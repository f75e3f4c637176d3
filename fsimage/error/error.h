/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The error of the calling thread, from the library's side. Raising never
 * allocates, so that running out of memory can be told; nothing here changes
 * errno. The public half (code, name, message, inserts) is <fsimage/error.h>.
 */
#ifndef FSI_ERROR_ERROR_H
#define FSI_ERROR_ERROR_H

#include <fsimage/error.h>

#if defined(__GNUC__)
#define FSI_ERROR_PRINTF(format_at, values_at) \
	__attribute__((format(printf, format_at, values_at)))
#else
#define FSI_ERROR_PRINTF(format_at, values_at)
#endif

/** No message of the table has more inserts than this. */
#define FSI_ERROR_INSERTS 3

/** Room for one text insert: a whole host path. */
#define FSI_ERROR_PATH_SIZE (4096 + 1)

/** Room for the text inserts of one error: a path and a word. */
#define FSI_ERROR_TEXT_SIZE (FSI_ERROR_PATH_SIZE + 511)

/** Room for what is added to one error: a sentence with a whole host path. */
#define FSI_ERROR_DETAIL_SIZE (4096 + 512)

/** One error. Its inserts point into text, so only the functions below copy one. */
struct fsi_error_state {
	HRESULT code; /**< S_OK: no error, and nothing else here counts */
	unsigned insert_count;
	struct fsi_insert inserts[FSI_ERROR_INSERTS];
	size_t text_size;
	char text[FSI_ERROR_TEXT_SIZE];
	char detail[FSI_ERROR_DETAIL_SIZE];
};

/*
 * What FSI_FAIL() of error/fail.h calls, by the inserts of the code. Text that
 * is NULL counts as empty; bytes that are not UTF-8 are kept as "\xHH"; what
 * has no room is cut between two characters. Each returns hr.
 */
HRESULT fsi_error_raise_none(HRESULT hr);
HRESULT fsi_error_raise_s(HRESULT hr, const char *text);
HRESULT fsi_error_raise_ss(HRESULT hr, const char *first, const char *second);
HRESULT fsi_error_raise_sdd(HRESULT hr, const char *text, int64_t first, int64_t second);
HRESULT fsi_error_raise_d(HRESULT hr, int64_t number);
HRESULT fsi_error_raise_u(HRESULT hr, uint32_t number);

/**
 * Make a code that came from the caller's own function the thread's error,
 * without inserts, unless it is so already; S_OK: there is none then.
 *
 * @return hr
 */
HRESULT fsi_error_adopt(HRESULT hr);

/**
 * Add a sentence to the thread's error: the limit, the item, the place. Several
 * are kept in the order of the calls. When hr is not the thread's error, it is
 * adopted first; for S_OK nothing is done.
 *
 * @param format  of printf, with %s %c and integers only: what depends on no
 *                locale
 * @return hr
 */
HRESULT fsi_error_detail(HRESULT hr, const char *format, ...) FSI_ERROR_PRINTF(2, 3);

/**
 * Raise the code that stands for an errno value, with the system's reason.
 *
 * @return the code, always a failure
 */
HRESULT fsi_error_from_errno(int error_number);

/** @return what an errno value means: English, no full stop, whatever the locale */
const char *fsi_error_reason(int error_number);

/**
 * Add the system's reason to the thread's error: behind the colon of a message
 * that ends in one, as a sentence otherwise.
 *
 * @return hr
 */
HRESULT fsi_error_with_reason(HRESULT hr, int error_number);

/** Keep the thread's error aside while cleaning up; it stays in force. */
void fsi_error_save(struct fsi_error_state *ret_state);

/** Make what fsi_error_save() kept this thread's error; it may be another's. */
void fsi_error_restore(const struct fsi_error_state *state);

#endif
