/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the public API have in common. Nothing here knows more of
 * the library than its public headers; each of them fails the running test when
 * something does not go as its comment says.
 */
#ifndef TESTS_SUPPORT_API_H
#define TESTS_SUPPORT_API_H

#include "tests/support/scratch.h"

#include <fsimage/fsimage.h>

#include <check.h>

/* Short names of sets of file systems. */
#define ISO	   ((fsi_file_systems)FSI_FILE_SYSTEM_ISO9660)
#define ISO_JOLIET (ISO | FSI_FILE_SYSTEM_JOLIET)
#define UDF	   ((fsi_file_systems)FSI_FILE_SYSTEM_UDF)
#define BRIDGE	   (ISO_JOLIET | UDF)

/* 2026-01-02 03:04:05 UTC: the recording time of the images here. */
#define API_SECONDS 1767323045

/* ---- assertions -------------------------------------------------------- */

/* Where an assertion of this file stands, and what it is about. */
struct api_place {
	const char *file;
	int line;
	const char *call;
};

#define API_PLACE(call) (&(const struct api_place){__FILE__, __LINE__, #call})

/*
 * That a call succeeds with S_OK and leaves no error behind. An error of before
 * is in force afterwards, which the next call has to clear.
 */
#define ASSERT_OK(call) api_assert_ok(API_PLACE(call), (call))

/*
 * That a call fails with a code; that the thread's error has its name, its
 * inserts of the types that its row tells, and a message with all of them.
 * inserts: as text, a "|" between two; "" for none.
 */
#define ASSERT_FAILS(call, code, inserts) \
	api_assert_fails(API_PLACE(call), (call), (code), #code, (inserts))

/* That the message of the thread's error has a text in it. */
#define ASSERT_SAYS(text) api_assert_says(API_PLACE(message), (text))

void api_assert_ok(const struct api_place *place, HRESULT hr);
void api_assert_fails(const struct api_place *place, HRESULT hr, HRESULT code,
		      const char *name, const char *inserts);
void api_assert_says(const struct api_place *place, const char *text);

/* ---- images ------------------------------------------------------------ */

/* An image of these file systems without a limit of blocks. */
fsi_image *api_image(fsi_file_systems file_systems);

fsi_directory *api_root(fsi_image *image);

/* What stands at a path below a directory. */
fsi_item *api_item(fsi_directory *directory, const char *path);
fsi_directory *api_directory(fsi_directory *directory, const char *path);
fsi_file *api_file(fsi_directory *directory, const char *path);

/* Add a directory; a file of that text; a file of that many bytes, which differ
 * from place to place. */
void api_add_directory(fsi_directory *directory, const char *path);
void api_add_text(fsi_directory *directory, const char *path, const char *text);
void api_add_sized(fsi_directory *directory, const char *path, size_t size);

/* Some of everything: directories, files of memory, and one of this computer. */
void api_fill(fsi_directory *directory);

/*
 * All that can be asked about an image, as text to compare: properties, counts,
 * used blocks, and each item with its attributes. To be freed.
 */
char *api_describe(fsi_image *image);

/* Only its items. To be freed. */
char *api_describe_content(fsi_image *image);

/* That an image is described so; the text is freed. */
void api_assert_unchanged(fsi_image *image, char *description);

/* ---- strings that the library hands out -------------------------------- */

/* That a getter of a string tells this; what it told is freed. */
#define ASSERT_TEXT(getter, object, expected) \
	do { \
		char *text_ = NULL; \
\
		ASSERT_OK(getter((object), &text_)); \
		ck_assert_str_eq(text_, (expected)); \
		fsi_free(text_); \
	} while (0)

/* That an item is called so in a file system, or has that path there. */
void api_assert_name_in(fsi_item *item, enum fsi_file_system file_system,
			const char *expected);
void api_assert_path_in(fsi_item *item, enum fsi_file_system file_system,
			const char *expected);

/* ---- streams and results ----------------------------------------------- */

fsi_stream *api_text_stream(const char *text);
fsi_stream *api_sized_stream(size_t size);

/* All bytes of a stream. To be freed with free(). */
uint8_t *api_read_all(fsi_stream *stream, size_t *ret_size);

/* That two streams hold the same bytes. */
void api_assert_same_bytes(fsi_stream *one, fsi_stream *other);

fsi_result *api_result(fsi_image *image);
fsi_stream *api_result_stream(fsi_result *result);
uint32_t api_total_blocks(fsi_result *result);

/* The stream of a result that is made now; nothing else holds the result. */
fsi_stream *api_image_stream(fsi_image *image);

/* Read bytes of a stream, which must have them. */
void api_read(fsi_stream *stream, uint64_t offset, void *buffer, size_t length);

/* ---- numbers and texts ------------------------------------------------- */

/* The next number of a sequence, from 0 to limit - 1. */
uint32_t api_random(uint64_t *state, uint32_t limit);

/* printf() into one of a few places that are used in turn. */
const char *api_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- a folder of this computer ----------------------------------------- */

/* Empty when a test begins, gone when it has ended: add this pair to the test case. */
extern struct scratch api_folder;
void api_begin_folder(void);
void api_end_folder(void);

/* The path of a name in that folder, good for the next seven calls. */
const char *api_host(const char *name);

/* ---- running ----------------------------------------------------------- */

/* Run a suite as main() does; returns the exit status. */
int api_run(Suite *suite);

#endif
