/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check comes to an end, with what memory it is given, whatever is in an image:
 * bytes changed at random with and without checksums made right, and no memory.
 */
#include "tests/support/checked.h"
#include "tests/support/udf_reader.h"
#include "tests/support/udf_volume.h"

#include "base/memory.h"
#include "check/check.h"

#include <stdlib.h>
#include <string.h>

static const uint16_t revisions[] = {0x0102, 0x0201, 0x0250};

#define REVISIONS (int)(sizeof(revisions) / sizeof(revisions[0]))
#define ROUNDS	  60

/* The tag of the structure that a byte belongs to, if one begins its block. */
static void reseal_block(struct checked *image, size_t offset)
{
	uint8_t *block = image->bytes + offset / FSI_BLOCK_SIZE * FSI_BLOCK_SIZE;

	if (udf_u16(block, 10) <= FSI_BLOCK_SIZE - 16)
		udf_reseal(block);
}

/* Somewhere in what is no empty block. */
static size_t pick(const struct checked *image, uint64_t *seed)
{
	for (;;) {
		const size_t block =
			api_random(seed, (uint32_t)(image->size / FSI_BLOCK_SIZE));
		const uint8_t *bytes = image->bytes + block * FSI_BLOCK_SIZE;

		if (udf_u16(bytes, 0) != 0 || memcmp(bytes + 1, "CD001", 5) == 0 ||
		    memcmp(bytes + 1, "BEA01", 5) == 0)
			return block * FSI_BLOCK_SIZE + api_random(seed, 512);
	}
}

static HRESULT check(const struct checked *image)
{
	fsi_image_manager *manager = NULL;
	fsi_findings *findings = NULL;
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_stream_create_on_memory(image->bytes, image->size, &stream));
	ASSERT_OK(fsi_image_manager_create(&manager));
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	hr = fsi_image_manager_check(manager, NULL, &findings);
	fsi_findings_release(findings);
	fsi_image_manager_release(manager);
	fsi_stream_release(stream);
	return hr;
}

/* _i: the revision, and whether it is a bridge. */
START_TEST(any_bytes_may_be_changed)
{
	static const uint8_t values[] = {0, 1, 0x7F, 0x80, 0xFF};
	uint64_t seed = 1 + (uint64_t)_i;
	struct checked image;
	uint8_t *sound = NULL;

	checked_make(&image, _i % 2 == 0 ? UDF : BRIDGE, revisions[_i / 2]);
	sound = malloc(image.size);
	ck_assert_ptr_nonnull(sound);
	memcpy(sound, image.bytes, image.size);
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned n = 0; n <= round % 8; n++) {
			const size_t offset = pick(&image, &seed);

			image.bytes[offset] = values[api_random(&seed, 5)];
			if (round % 3 != 0)
				reseal_block(&image, offset);
		}
		ck_assert_int_eq(check(&image), S_OK);
		memcpy(image.bytes, sound, image.size);
	}
	free(sound);
	checked_free(&image);
}
END_TEST

START_TEST(an_image_may_end_anywhere)
{
	struct checked image;
	size_t size = 0;

	checked_make(&image, BRIDGE, revisions[_i]);
	size = image.size;
	for (image.size = 0; image.size < size; image.size += 5 * FSI_BLOCK_SIZE + 300)
		ck_assert_int_eq(check(&image), S_OK);
	checked_free(&image);
}
END_TEST

/* ---- blocks that can't be read ----------------------------------------- */

static struct checked scratched;
static uint64_t bad_block;

static HRESULT read_scratched(void *self, uint64_t offset, void *buffer, size_t length,
			      size_t *ret_read)
{
	const uint64_t bad = bad_block * FSI_BLOCK_SIZE;

	(void)self;
	if (offset < bad + FSI_BLOCK_SIZE && offset + length > bad)
		return E_FAIL;
	*ret_read = 0;
	if (offset < scratched.size) {
		*ret_read = scratched.size - offset < length
				    ? (size_t)(scratched.size - offset)
				    : length;
		memcpy(buffer, scratched.bytes + offset, *ret_read);
	}
	return S_OK;
}

static HRESULT get_scratched_size(void *self, uint64_t *ret_size)
{
	(void)self;
	*ret_size = scratched.size;
	return S_OK;
}

START_TEST(a_block_that_can_not_be_read_is_told)
{
	static const struct fsi_stream_ops ops = {.size = sizeof(ops),
						  .read_at = read_scratched,
						  .get_size = get_scratched_size};
	/* Recognition, sequences, integrity, an anchor, the file set, entries. */
	static const uint32_t blocks[] = {16, 33, 66, 96, 256, 288, 290, 292};
	const struct fsi_check_options options = {.size = sizeof(options)};
	fsi_stream *stream = NULL;

	checked_make(&scratched, UDF, revisions[_i]);
	ASSERT_OK(fsi_stream_create(&ops, NULL, &stream));
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct fsi_media *media = NULL;
		fsi_findings *findings = NULL;

		bad_block = blocks[i];
		ck_assert_int_eq(fsi_media_open(stream, 0, 0, &media), S_OK);
		ck_assert_int_eq(fsi_check_run(media, &options, &findings), S_OK);
		/* In the metadata partition there is nothing in some of them. */
		ck_assert_msg(checked_total(findings, "C-001") > 0 ||
				      revisions[_i] >= 0x0250,
			      "block %u", blocks[i]);
		fsi_findings_release(findings);
		fsi_media_release(media);
	}
	fsi_stream_release(stream);
	checked_free(&scratched);
}
END_TEST

/* Each allocation fails once; then the next one. */
START_TEST(no_memory_is_an_error_and_no_leak)
{
	struct checked image;
	fsi_stream *stream = NULL;
	struct fsi_media *media = NULL;
	HRESULT hr = E_OUTOFMEMORY;
	long n = 0;

	checked_make(&image, UDF, revisions[_i]);
	ASSERT_OK(fsi_stream_create_on_memory(image.bytes, image.size, &stream));
	for (n = 0; hr == E_OUTOFMEMORY; n++) {
		const struct fsi_check_options options = {.size = sizeof(options)};
		fsi_findings *findings = NULL;

		ck_assert_int_eq(fsi_media_open(stream, 0, 0, &media), S_OK);
		fsi_memory_fail_after(n);
		hr = fsi_check_run(media, &options, &findings);
		fsi_memory_fail_after(-1);
		ck_assert(hr == S_OK || hr == E_OUTOFMEMORY);
		fsi_findings_release(findings);
		fsi_media_release(media);
	}
	ck_assert_int_gt(n, 50);
	fsi_stream_release(stream);
	checked_free(&image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check of hostile images");
	TCase *tcase = tcase_create("hostile images");

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, any_bytes_may_be_changed, 0, 2 * REVISIONS);
	tcase_add_loop_test(tcase, an_image_may_end_anywhere, 0, REVISIONS);
	tcase_add_loop_test(tcase, a_block_that_can_not_be_read_is_told, 0, REVISIONS);
	tcase_add_loop_test(tcase, no_memory_is_an_error_and_no_leak, 0, REVISIONS);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
