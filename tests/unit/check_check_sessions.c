/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The check of a disc with several sessions: what goes on from the first one. */
#include "tests/support/appended.h"
#include "tests/support/udf_volume.h"

#include <stdlib.h>
#include <string.h>

/* Tags of ECMA-167 3/7.2.1 and 4/7.2.1, and places in their descriptors. */
#define TAG_PARTITION	   5u
#define TAG_LOGICAL_VOLUME 6u
#define TAG_FILE_SET	   256u
#define PARTITION_START	   188
#define DOMAIN_REVISION	   240
#define FILE_SET_ROOT	   400
#define ROOT_SIZE	   16

static struct appended appended;

static void set_up(void)
{
	appended_begin(&appended, UDF, 0x102);
	appended_add(&appended, "two");
}

static void tear_down(void)
{
	appended_end(&appended);
}

/* The first block from one on that has a descriptor with a tag. */
static uint8_t *find_tag(uint32_t from, unsigned tag)
{
	for (uint32_t block = from; block < appended.disc.blocks; block++) {
		uint8_t *bytes = appended.disc.bytes + (size_t)block * FSI_BLOCK_SIZE;

		if ((unsigned)(bytes[0] | bytes[1] << 8) == tag && bytes[2] == 2)
			return bytes;
	}
	ck_abort_msg("there is no descriptor %u", tag);
	return NULL;
}

static uint32_t second_start(void)
{
	struct fsi_disc_session *sessions = NULL;
	size_t count = 0;
	uint32_t start = 0;

	sessions = appended_sessions(appended.disc.bytes, appended.disc.blocks, &count);
	ck_assert_uint_eq(count, 2);
	start = sessions[1].start_block;
	fsi_free(sessions);
	return start;
}

/* How many findings there are of a statement; NULL: of all. */
static unsigned count_findings(const char *statement)
{
	fsi_stream *stream =
		recording_disc_stream(appended.disc.bytes, appended.disc.blocks);
	fsi_image_manager *manager = NULL;
	fsi_findings *findings = NULL;
	unsigned found = 0;
	size_t count = 0;

	ASSERT_OK(fsi_image_manager_create(&manager));
	ASSERT_OK(fsi_image_manager_set_stream(manager, stream));
	ASSERT_OK(fsi_image_manager_check(manager, NULL, &findings));
	ASSERT_OK(fsi_findings_get_count(findings, &count));
	for (size_t i = 0; i < count; i++) {
		const struct fsi_finding *finding = NULL;

		ASSERT_OK(fsi_findings_get_item(findings, i, &finding));
		found += statement == NULL || strcmp(finding->statement, statement) == 0;
	}
	fsi_findings_release(findings);
	fsi_image_manager_release(manager);
	fsi_stream_release(stream);
	return found;
}

START_TEST(sessions_that_go_on_from_each_other_are_sound)
{
	ck_assert_uint_eq(count_findings(NULL), 0);
	appended_add(&appended, "three");
	ck_assert_uint_eq(count_findings(NULL), 0);
}
END_TEST

/* In both sequences of the second session. */
static void change_second(unsigned tag, size_t offset, uint8_t difference)
{
	const uint32_t start = second_start();

	for (unsigned sequence = 32; sequence <= 64; sequence += 32) {
		uint8_t *descriptor = find_tag(start + sequence, tag);

		descriptor[offset] = (uint8_t)(descriptor[offset] + difference);
		udf_reseal(descriptor);
	}
}

START_TEST(another_revision_is_told)
{
	change_second(TAG_LOGICAL_VOLUME, DOMAIN_REVISION, 0x150 - 0x102);
	ck_assert_uint_eq(count_findings("U-168"), 1);
}
END_TEST

START_TEST(a_directory_of_the_first_session_is_told)
{
	const uint8_t *first = find_tag(0, TAG_FILE_SET);
	uint8_t *second = find_tag(second_start() + 257, TAG_FILE_SET);

	memcpy(second + FILE_SET_ROOT, first + FILE_SET_ROOT, ROOT_SIZE);
	udf_reseal(second);
	ck_assert_uint_eq(count_findings("U-169"), 1);
	ck_assert_uint_eq(count_findings("U-168"), 0);
}
END_TEST

START_TEST(another_beginning_of_the_partition_is_told)
{
	/* Its file set is found all the same: it is where it would be then. */
	const uint32_t start = second_start();
	uint8_t *from = find_tag(start + 257, TAG_FILE_SET);
	const size_t blocks = appended.disc.blocks -
			      (size_t)(from - appended.disc.bytes) / FSI_BLOCK_SIZE;

	memmove(from + FSI_BLOCK_SIZE, from, (blocks - 258) * FSI_BLOCK_SIZE);
	change_second(TAG_PARTITION, PARTITION_START, 1);
	ck_assert_uint_eq(count_findings("U-168"), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check_sessions");
	TCase *tcase = tcase_create("sessions");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, sessions_that_go_on_from_each_other_are_sound);
	tcase_add_test(tcase, another_revision_is_told);
	tcase_add_test(tcase, a_directory_of_the_first_session_is_told);
	tcase_add_test(tcase, another_beginning_of_the_partition_is_told);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
