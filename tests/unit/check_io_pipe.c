/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sinks that are no files, and builds that are stopped from outside. */
#include "io/sink.h"

#include "error/fail.h"
#include "tests/support/scratch.h"
#include "tests/support/streams.h"

#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024u * 1024)

static struct scratch scratch;
static struct test_stream source;
static fsi_stream *stream;
static struct fsi_write_options options;
static void (*old_pipe_handler)(int);

static void set_up(void)
{
	scratch_begin(&scratch);
	source = (struct test_stream){.size = 2 * MIB + 12345};
	stream = test_stream_open(&source);
	options = (struct fsi_write_options){.size = sizeof(options)};
	old_pipe_handler = signal(SIGPIPE, SIG_IGN);
}

static void tear_down(void)
{
	signal(SIGPIPE, old_pipe_handler);
	fsi_stream_release(stream);
	scratch_end(&scratch);
}

/* ---- the other end of a pipe ------------------------------------------- */

struct reader {
	int descriptor;
	const char *path; /* opened first, if not NULL */
	useconds_t pause; /* before each read */
	pthread_t thread;
	uint8_t *bytes;
	size_t size;
};

static void *read_all(void *context)
{
	struct reader *reader = context;
	ssize_t piece = 0;

	if (reader->path != NULL)
		reader->descriptor = open(reader->path, O_RDONLY | O_CLOEXEC);
	do {
		usleep(reader->pause);
		piece = read(reader->descriptor, reader->bytes + reader->size, 70001);
		if (piece > 0)
			reader->size += (size_t)piece;
	} while (piece > 0);
	close(reader->descriptor);
	return NULL;
}

static void start_reader(struct reader *reader)
{
	reader->bytes = malloc(source.size + 70001);
	ck_assert_ptr_nonnull(reader->bytes);
	ck_assert_int_eq(pthread_create(&reader->thread, NULL, read_all, reader), 0);
}

static void assert_reader_got_all(struct reader *reader)
{
	ck_assert_int_eq(pthread_join(reader->thread, NULL), 0);
	ck_assert_uint_eq(reader->size, source.size);
	ck_assert(test_stream_matches(&source, 0, reader->bytes, reader->size));
	free(reader->bytes);
}

static uint8_t zero_and_one(uint64_t offset)
{
	return offset > MIB && offset % MIB < 9;
}

START_TEST(a_pipe_gets_all_bytes)
{
	struct reader reader = {.size = 0};
	int ends[2];

	/* Long runs of zeros, which would be holes in a file. */
	if (_i == 1)
		source.byte = zero_and_one;
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	reader.descriptor = ends[0];
	start_reader(&reader);
	ck_assert_int_eq(fsi_sink_write_descriptor(stream, ends[1], &options), S_OK);
	close(ends[1]);
	assert_reader_got_all(&reader);
}
END_TEST

START_TEST(a_fifo_is_written_to_and_not_replaced)
{
	struct reader reader = {.path = scratch_at(&scratch, "fifo")};
	struct stat status;

	ck_assert_int_eq(mkfifo(reader.path, 0600), 0);
	start_reader(&reader);
	options.replace = _i == 1;
	ck_assert_int_eq(fsi_sink_write_file(stream, reader.path, &options), S_OK);
	ck_assert_int_eq(stat(reader.path, &status), 0);
	ck_assert(S_ISFIFO(status.st_mode));
	assert_reader_got_all(&reader);
	ck_assert_str_eq(scratch_list(&scratch, ""), "fifo ");
}
END_TEST

START_TEST(a_descriptor_is_written_from_its_present_position_on)
{
	const int file =
		open(scratch_at(&scratch, "file"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	size_t size = 0;
	char *bytes = NULL;

	ck_assert_int_eq(write(file, "head", 4), 4);
	ck_assert_int_eq(fsi_sink_write_descriptor(stream, file, NULL), S_OK);
	ck_assert_int_eq(write(file, "tail", 4), 4);
	close(file);
	bytes = scratch_read(&scratch, "file", &size);
	ck_assert_uint_eq(size, source.size + 8);
	ck_assert_mem_eq(bytes, "head", 4);
	ck_assert(test_stream_matches(&source, 0, bytes + 4, source.size));
	ck_assert_mem_eq(bytes + 4 + source.size, "tail", 4);
	free(bytes);
}
END_TEST

START_TEST(a_pipe_or_socket_that_never_waits_gets_all_bytes)
{
	struct reader reader = {.pause = 300};
	int ends[2];

	if (_i == 0)
		ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	else
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends),
				 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	reader.descriptor = ends[0];
	start_reader(&reader);
	ck_assert_int_eq(fsi_sink_write_descriptor(stream, ends[1], &options), S_OK);
	close(ends[1]);
	assert_reader_got_all(&reader);
}
END_TEST

START_TEST(a_pipe_that_nobody_reads_is_an_error)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC | (_i == 1 ? O_NONBLOCK : 0)), 0);
	close(ends[0]);
	ck_assert_int_eq(fsi_sink_write_descriptor(stream, ends[1], &options),
			 FSI_E_BROKEN_PIPE);
	ck_assert_int_eq(fsi_error_get_code(), FSI_E_BROKEN_PIPE);
	close(ends[1]);
}
END_TEST

START_TEST(a_full_disk_is_told_as_such)
{
	ck_assert_int_eq(fsi_sink_write_file(stream, "/dev/full", &options),
			 FSI_E_DISK_FULL);
	ck_assert_int_eq(fsi_error_get_code(), FSI_E_DISK_FULL);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "No space left on device"));
	ck_assert_int_eq(fsi_sink_write_file(stream, "/dev/null", &options), S_OK);
}
END_TEST

START_TEST(what_cannot_be_written_to_is_refused)
{
	const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(fsi_sink_write_descriptor(stream, descriptor, &options),
			 FSI_E_INVALID_HANDLE);
	close(descriptor);
	ck_assert_int_eq(fsi_sink_write_descriptor(stream, -1, &options),
			 FSI_E_INVALID_HANDLE);
}
END_TEST

/* ---- signals ----------------------------------------------------------- */

static volatile sig_atomic_t alarms;

static void count_alarm(int signal_number)
{
	(void)signal_number;
	alarms++;
}

static void start_alarms(long microseconds)
{
	/* Without SA_RESTART: what waits is interrupted. */
	const struct sigaction action = {.sa_handler = count_alarm};
	const struct itimerval interval = {.it_interval.tv_usec = microseconds,
					   .it_value.tv_usec = microseconds};

	alarms = 0;
	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &interval, NULL), 0);
}

static void stop_alarms(void)
{
	const struct itimerval none = {.it_interval.tv_usec = 0};

	setitimer(ITIMER_REAL, &none, NULL);
	signal(SIGALRM, SIG_DFL);
}

static HRESULT stop_after_two_alarms(void *context, uint64_t written, uint64_t total)
{
	(void)context;
	(void)written;
	(void)total;
	return alarms >= 2 ? E_FAIL : S_OK;
}

START_TEST(a_signal_can_end_a_write_that_waits_for_ever)
{
	HRESULT hr = S_OK;
	int ends[2];

	/* Nobody reads the other end, and it stays open. */
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC | (_i == 1 ? O_NONBLOCK : 0)), 0);
	options.progress = stop_after_two_alarms;
	start_alarms(20000);
	hr = fsi_sink_write_descriptor(stream, ends[1], &options);
	stop_alarms();
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(hr, E_IMAPI_REQUEST_CANCELLED);
	ck_assert_int_ge(alarms, 2);
}
END_TEST

START_TEST(signals_that_mean_nothing_do_no_harm)
{
	struct reader reader = {.pause = 1000};
	HRESULT hr = S_OK;
	sigset_t set;
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	reader.descriptor = ends[0];
	/* They are to meet the writer. */
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	start_reader(&reader);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	start_alarms(500);
	hr = fsi_sink_write_descriptor(stream, ends[1], NULL);
	stop_alarms();
	close(ends[1]);
	ck_assert_int_eq(hr, S_OK);
	assert_reader_got_all(&reader);
}
END_TEST

static HRESULT wait_for_the_end(void *context, uint64_t written, uint64_t total)
{
	(void)total;
	if (written < MIB)
		return S_OK;
	if (write(*(const int *)context, "!", 1) == 1)
		pause();
	return E_FAIL;
}

START_TEST(a_process_that_is_killed_leaves_nothing_behind)
{
	char byte = 0;
	int status = 0;
	int ends[2];
	pid_t child = -1;

	scratch_text(&scratch, "old", "old bytes");
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		options.progress = wait_for_the_end;
		options.progress_context = &ends[1];
		options.replace = true;
		fsi_sink_write_file(stream, scratch_at(&scratch, _i == 0 ? "new" : "old"),
				    &options);
		_exit(1);
	}
	ck_assert_int_gt(child, 0);
	close(ends[1]);
	/* It has written a part. */
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_str_eq(scratch_list(&scratch, ""), "old ");
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_pipe_case(void)
{
	TCase *tcase = tcase_create("pipes and devices");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_pipe_gets_all_bytes, 0, 2);
	tcase_add_loop_test(tcase, a_fifo_is_written_to_and_not_replaced, 0, 2);
	tcase_add_test(tcase, a_descriptor_is_written_from_its_present_position_on);
	tcase_add_loop_test(tcase, a_pipe_or_socket_that_never_waits_gets_all_bytes, 0,
			    2);
	tcase_add_loop_test(tcase, a_pipe_that_nobody_reads_is_an_error, 0, 2);
	tcase_add_test(tcase, a_full_disk_is_told_as_such);
	tcase_add_test(tcase, what_cannot_be_written_to_is_refused);
	return tcase;
}

static TCase *make_signal_case(void)
{
	TCase *tcase = tcase_create("signals");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_signal_can_end_a_write_that_waits_for_ever, 0, 2);
	tcase_add_test(tcase, signals_that_mean_nothing_do_no_harm);
	tcase_add_loop_test(tcase, a_process_that_is_killed_leaves_nothing_behind, 0, 2);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("io: pipes");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_pipe_case());
	suite_add_tcase(suite, make_signal_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
