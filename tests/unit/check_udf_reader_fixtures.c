/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader on volumes that others wrote: mkudffs, Linux, genisoimage, pycdlib. */
#include "tests/support/disc.h"
#include "tests/support/fixture.h"

#include <stdlib.h>

static const char *const names[] = {
	"genisoimage",		"genisoimage-no-joliet",
	"linux-cdrw-1.50",	"linux-dvdrw-long-2.01",
	"linux-hd-1.02",	"linux-hd-2048-2.01",
	"linux-hd-short-2.00",	"mkudffs-bdr-2.50",
	"mkudffs-bdr-2.60",	"mkudffs-cdr-1.50",
	"mkudffs-cdr-2.01",	"mkudffs-cdrw-2.01",
	"mkudffs-dvd-1.02",	"mkudffs-dvdr-2.00",
	"mkudffs-dvdram-2.00",	"mkudffs-dvdrw-1.50",
	"mkudffs-hd-1.02",	"mkudffs-hd-1024-strategy-4096",
	"mkudffs-hd-4096-2.01", "pycdlib",
};

#define NAMES (int)(sizeof(names) / sizeof(names[0]))

/* Line by line, so that a difference can be read. */
static void assert_same_text(const char *found, const char *expected)
{
	while (*found != '\0' && *expected != '\0') {
		const size_t found_length = strcspn(found, "\n");
		const size_t expected_length = strcspn(expected, "\n");

		if (found_length != expected_length ||
		    strncmp(found, expected, found_length) != 0)
			ck_abort_msg("found    %.*s\nexpected %.*s", (int)found_length,
				     found, (int)expected_length, expected);
		found += found_length + 1;
		expected += expected_length + 1;
	}
	ck_assert_str_eq(found, expected);
}

START_TEST(the_volume_is_what_udfinfo_says)
{
	struct fixture fixture;
	fsi_disc_view *view = NULL;
	char *text = NULL;

	fixture_read(&fixture, names[_i]);
	view = disc_view(fixture.bytes, fixture.size);
	text = disc_describe_volume(view);
	assert_same_text(text, fixture.volume);
	free(text);
	fsi_disc_view_release(view);
	fixture_free(&fixture);
}
END_TEST

START_TEST(the_tree_is_what_was_put_in)
{
	struct fixture fixture;
	fsi_disc_view *view = NULL;
	char *text = NULL;

	fixture_read(&fixture, names[_i]);
	view = disc_view(fixture.bytes, fixture.size);
	text = disc_describe_entries(view);
	assert_same_text(text, fixture.entries);
	free(text);
	fsi_disc_view_release(view);
	fixture_free(&fixture);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF of other writers");
	TCase *tcase = tcase_create("fixtures");

	tcase_add_loop_test(tcase, the_volume_is_what_udfinfo_says, 0, NAMES);
	tcase_add_loop_test(tcase, the_tree_is_what_was_put_in, 0, NAMES);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
