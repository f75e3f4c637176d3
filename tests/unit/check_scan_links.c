/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mirroring folders of this computer: links, special files, and the filter. */
#include "tests/support/scan_fixture.h"
#include "tree/host.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct scan_fixture fixture;
static struct scratch *const scratch = &fixture.scratch;
static struct fsi_scan_request *const request = &fixture.request;

static void set_up(void)
{
	scan_fixture_begin(&fixture);
}

static void tear_down(void)
{
	scan_fixture_end(&fixture);
}

/* Something that comes before what is refused. */
static void fill(void)
{
	scratch_folder(scratch, "a");
	scratch_text(scratch, "a/one", "1");
	scratch_text(scratch, "four", "4444");
}

/* ---- links ------------------------------------------------------------- */

/* To a file, to a folder outside, to nowhere, through a file, and loops. */
static void make_links(void)
{
	fill();
	scratch_folder(scratch, "a/b");
	scratch_text(scratch, "a/b/file", "x");
	scratch_link(scratch, "a/one", "to file");
	scratch_link(scratch, "a/b", "to folder");
	scratch_link(scratch, "nowhere", "to nowhere");
	scratch_link(scratch, "four/x", "through a file");
	scratch_link(scratch, "to itself", "to itself");
	scratch_link(scratch, "..", "a/b/up");
	scratch_link(scratch, "../..", "a/b/up to the source");
}

START_TEST(links_are_followed_but_not_in_circles)
{
	make_links();
	request->options.links = FSI_LINKS_FOLLOW;
	/* "to folder" leads to a/b, its "up" to a, and there is a/b once more. */
	scan_fixture_assert_paths(&fixture,
				  "a/ a\\b/ a\\b\\file a\\one four to file to folder/ "
				  "to folder\\file to folder\\up/ to folder\\up\\b/ "
				  "to folder\\up\\b\\file to folder\\up\\one ");
	/* To nowhere, and through a file. */
	ck_assert_uint_eq(request->report.skipped_links, 2);
	/* To itself; then up, and up to the source, wherever they are no news. */
	ck_assert_uint_eq(request->report.skipped_loops, 6);
	ck_assert_uint_eq(request->report.files, 7);
	ck_assert_uint_eq(request->report.directories, 5);
}
END_TEST

START_TEST(links_are_left_out_and_counted)
{
	make_links();
	request->options.links = FSI_LINKS_SKIP;
	scan_fixture_assert_paths(&fixture, "a/ a\\b/ a\\b\\file a\\one four ");
	ck_assert_uint_eq(request->report.skipped_links, 7);
	ck_assert_uint_eq(request->report.skipped_loops, 0);
	ck_assert_uint_eq(request->report.files, 3);
}
END_TEST

START_TEST(links_are_refused)
{
	fill();
	scratch_link(scratch, "../four", "a/to four");
	request->options.links = FSI_LINKS_REFUSE;
	scan_fixture_assert_refused(&fixture, IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED);
	scan_fixture_assert_insert(1, "symbolic links");
	scan_fixture_assert_message("a/to four\"");
}
END_TEST

START_TEST(a_link_to_a_folder_that_is_read_beside_it_is_no_loop)
{
	scratch_folder(scratch, "a");
	scratch_folder(scratch, "b");
	scratch_link(scratch, "../b", "a/to b");
	scratch_link(scratch, "../a", "b/to a");
	request->options.links = FSI_LINKS_FOLLOW;
	scan_fixture_assert_paths(&fixture, "a/ a\\to b/ b/ b\\to a/ ");
	ck_assert_uint_eq(request->report.skipped_loops, 2);
	ck_assert_uint_eq(request->report.directories, 4);
}
END_TEST

START_TEST(a_link_that_cannot_be_followed_is_refused)
{
	char target[400];

	fill();
	/* A name that no file system can hold: neither a loop nor nowhere. */
	memset(target, 'n', sizeof(target) - 1);
	target[sizeof(target) - 1] = '\0';
	scratch_link(scratch, target, "link");
	request->options.links = FSI_LINKS_FOLLOW;
	scan_fixture_assert_refused(&fixture, IMAPI_E_DATA_STREAM_CREATE_FAILURE);
	scan_fixture_assert_insert(0, scratch_at(scratch, "link"));
	scan_fixture_assert_message("File name too long");
	request->options.links = FSI_LINKS_SKIP;
	ck_assert_int_eq(fsi_scan(request), S_OK);
}
END_TEST

/* ---- special files ----------------------------------------------------- */

static void make_socket(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = scratch_at(scratch, name);
	const int socket_descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_uint_lt(strlen(path), sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	ck_assert_int_eq(bind(socket_descriptor, (const struct sockaddr *)&address,
			      sizeof(address)),
			 0);
	close(socket_descriptor);
}

START_TEST(special_files_are_left_out_and_counted)
{
	fill();
	ck_assert_int_eq(mkfifo(scratch_at(scratch, "a/fifo"), 0600), 0);
	make_socket("socket");
	/* Reached through a link, it is still what it is. */
	scratch_link(scratch, "/dev/null", "null");
	request->options.links = FSI_LINKS_FOLLOW;
	scan_fixture_assert_paths(&fixture, "a/ a\\one four ");
	ck_assert_uint_eq(request->report.skipped_special, 3);
	ck_assert_uint_eq(request->report.skipped_links, 0);
}
END_TEST

START_TEST(special_files_are_refused)
{
	static const char *const kinds[] = {"FIFOs", "sockets", "character devices"};

	fill();
	if (_i == 0)
		ck_assert_int_eq(mkfifo(scratch_at(scratch, "special"), 0600), 0);
	else if (_i == 1)
		make_socket("special");
	else
		scratch_link(scratch, "/dev/null", "special");
	request->options.special = FSI_SPECIAL_REFUSE;
	request->options.links = FSI_LINKS_FOLLOW;
	scan_fixture_assert_refused(&fixture, IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED);
	scan_fixture_assert_insert(1, kinds[_i]);
	scan_fixture_assert_message("/special\"");
}
END_TEST

START_TEST(each_kind_of_file_has_a_word)
{
	static const struct {
		uint16_t mode;
		const char *word;
	} kinds[] = {
		{S_IFSOCK, "sockets"},
		{S_IFIFO, "FIFOs"},
		{S_IFBLK | 0600, "block devices"},
		{S_IFCHR, "character devices"},
		{0, "special files"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct statx status = {.stx_mode = kinds[i].mode};

		ck_assert_str_eq(fsi_host_kind(&status), kinds[i].word);
	}
}
END_TEST

/* ---- the filter -------------------------------------------------------- */

struct filter {
	const char *refused;
	char asked[200];
	const char *remove; /* this one goes while it is asked for */
};

static bool filter(void *context, const char *path, bool is_directory)
{
	struct filter *self = context;

	strcat(strcat(strcat(self->asked, path), is_directory ? "/" : ""), " ");
	if (self->remove != NULL && strcmp(path, self->remove) == 0)
		ck_assert_int_eq(remove(scratch_at(scratch, path)), 0);
	return self->refused == NULL || strcmp(path, self->refused) != 0;
}

START_TEST(a_filter_sees_each_path_and_can_leave_it_out)
{
	struct filter self = {.refused = _i == 0 ? "a" : "a/one"};

	fill();
	scratch_link(scratch, "nowhere", "link");
	scratch_folder(scratch, "a/b");
	request->options.links = FSI_LINKS_SKIP;
	request->options.filter = filter;
	request->options.filter_context = &self;
	scan_fixture_assert_paths(&fixture, _i == 0 ? "four " : "a/ a\\b/ four ");
	ck_assert_uint_eq(request->report.filtered, 1);
	ck_assert_str_eq(self.asked,
			 _i == 0 ? "a/ four link " : "a/ four link a/b/ a/one ");
}
END_TEST

START_TEST(without_memory_to_ask_a_filter_nothing_is_taken)
{
	struct filter self = {.refused = "fifo"};
	HRESULT hr = E_OUTOFMEMORY;

	/* Nothing comes after it that needs memory too. */
	ck_assert_int_eq(mkfifo(scratch_at(scratch, "fifo"), 0600), 0);
	request->options.filter = filter;
	request->options.filter_context = &self;
	for (long n = 0; hr == E_OUTOFMEMORY; n++) {
		fsi_memory_fail_after(n);
		hr = fsi_scan(request);
	}
	fsi_memory_fail_after(-1);
	ck_assert_int_eq(hr, S_OK);
	ck_assert_uint_eq(request->report.filtered, 1);
	ck_assert_uint_eq(request->report.skipped_special, 0);
}
END_TEST

START_TEST(what_is_left_out_need_not_be_in_order)
{
	struct filter self = {.refused = "caf\xE9"};

	fill();
	scratch_text(scratch, "caf\xE9", "");
	request->options.filter = filter;
	request->options.filter_context = &self;
	scan_fixture_assert_paths(&fixture, "a/ a\\one four ");
	ck_assert_uint_eq(request->report.filtered, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scan: links and special files");
	SRunner *runner = srunner_create(suite);
	TCase *tcase = tcase_create("links and special files");
	int failed = 0;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, links_are_followed_but_not_in_circles);
	tcase_add_test(tcase, links_are_left_out_and_counted);
	tcase_add_test(tcase, links_are_refused);
	tcase_add_test(tcase, a_link_to_a_folder_that_is_read_beside_it_is_no_loop);
	tcase_add_test(tcase, a_link_that_cannot_be_followed_is_refused);
	tcase_add_test(tcase, special_files_are_left_out_and_counted);
	tcase_add_loop_test(tcase, special_files_are_refused, 0, 3);
	tcase_add_test(tcase, each_kind_of_file_has_a_word);
	tcase_add_loop_test(tcase, a_filter_sees_each_path_and_can_leave_it_out, 0, 2);
	tcase_add_test(tcase, without_memory_to_ask_a_filter_nothing_is_taken);
	tcase_add_test(tcase, what_is_left_out_need_not_be_in_order);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
