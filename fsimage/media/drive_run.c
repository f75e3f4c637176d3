/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a session to a disc that takes one block behind the other. */
#include "error/fail.h"
#include "media/burn.h"
#include "media/drive.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* How long to wait before looking whether the drive still writes. */
#define LOOK_MILLISECONDS 100

/* ---- what libburn is told of a session ---------------------------------- */

static void free_run(struct fsi_drive_run *run)
{
	if (run->options != NULL)
		burn_write_opts_free(run->options);
	if (run->disc != NULL)
		burn_disc_free(run->disc);
	if (run->session != NULL)
		burn_session_free(run->session);
	if (run->track != NULL)
		burn_track_free(run->track);
	if (run->feed >= 0)
		close(run->feed);
	*run = (struct fsi_drive_run){.feed = -1};
}

/* One track, which ends where what feeds it ends. */
static HRESULT compose(struct fsi_drive *drive, int source_descriptor)
{
	struct fsi_drive_run *run = &drive->run;
	struct burn_source *source = burn_fd_source_new(source_descriptor, -1, 0);
	bool is_complete = false;

	run->disc = burn_disc_create();
	run->session = burn_session_create();
	run->track = burn_track_create();
	run->options = burn_write_opts_new(drive->drive);
	if (source != NULL && run->disc != NULL && run->session != NULL &&
	    run->track != NULL && run->options != NULL) {
		burn_track_define_data(run->track, 0, 0, 0, BURN_MODE1);
		burn_write_opts_set_multi(run->options, 1);
		burn_write_opts_set_perform_opc(run->options, 0);
		burn_write_opts_set_underrun_proof(run->options, 1);
		is_complete =
			burn_track_set_source(run->track, source) == BURN_SOURCE_OK &&
			burn_session_add_track(run->session, run->track, BURN_POS_END) >
				0 &&
			burn_disc_add_session(run->disc, run->session, BURN_POS_END) > 0;
	}
	/* The descriptor belongs to the source, which the track holds as well. */
	if (source != NULL)
		burn_source_free(source);
	else
		close(source_descriptor);
	return is_complete ? S_OK : fsi_burn_explain(FSI_FAIL(E_OUTOFMEMORY));
}

static HRESULT start(struct fsi_drive *drive, int source_descriptor)
{
	char reasons[BURN_REASONS_LEN] = "";
	struct fsi_drive_run *run = &drive->run;

	FSI_TRY(compose(drive, source_descriptor));
	if (burn_write_opts_auto_write_type(run->options, run->disc, reasons, 1) ==
	    BURN_WRITE_NONE)
		return fsi_error_detail(FSI_FAIL(E_IMAPI_DF2DATA_INVALID_MEDIA_STATE),
					"libburn: %s.", reasons);
	burn_disc_write(run->options, run->disc);
	run->is_active = true;
	return S_OK;
}

/* libburn reads at one end of the pair, in a thread of its own. */
static HRESULT begin_run(struct fsi_drive *drive, uint32_t block)
{
	struct fsi_drive_run *run = &drive->run;
	int pair[2] = {-1, -1};
	HRESULT hr = S_OK;

	if ((int64_t)block != drive->facts.next)
		return fsi_error_detail(
			FSI_FAIL(E_INVALIDARG),
			"A session begins in block %d, and not in block %u.",
			(int)drive->facts.next, block);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return fsi_error_from_errno(errno);
	*run = (struct fsi_drive_run){.feed = pair[1], .next_block = block};
	hr = start(drive, pair[0]);
	if (FAILED(hr))
		free_run(run);
	return hr;
}

/* ---- while it is written ------------------------------------------------ */

static bool is_writing(struct fsi_drive *drive)
{
	return burn_drive_get_status(drive->drive, NULL) != BURN_DRIVE_IDLE;
}

/* Wait until the drive takes more, or writes no more. */
static HRESULT wait_for_room(struct fsi_drive *drive)
{
	struct pollfd room = {.fd = drive->run.feed, .events = POLLOUT};

	if (poll(&room, 1, LOOK_MILLISECONDS) == 0 && !is_writing(drive))
		return FSI_FAIL(FSI_E_IO_DEVICE);
	return S_OK;
}

static HRESULT feed(struct fsi_drive *drive, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		const ssize_t piece =
			send(drive->run.feed, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (piece > 0) {
			bytes += piece;
			length -= (size_t)piece;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			FSI_TRY(wait_for_room(drive));
		} else if (errno != EINTR) {
			return FSI_FAIL(FSI_E_IO_DEVICE);
		}
	}
	return S_OK;
}

/* What libburn says of a failure is told. */
static HRESULT explain(HRESULT hr)
{
	fsi_burn_resume();
	fsi_burn_explain(hr);
	fsi_burn_end();
	return hr;
}

HRESULT fsi_drive_append(struct fsi_drive *drive, uint32_t block, const void *bytes,
			 uint32_t block_count)
{
	struct fsi_drive_run *run = &drive->run;
	HRESULT hr = S_OK;

	if (!run->is_active) {
		FSI_TRY(fsi_burn_begin());
		hr = begin_run(drive, block);
		fsi_burn_end();
		if (FAILED(hr))
			return hr;
	}
	if (block != run->next_block)
		return fsi_error_detail(FSI_FAIL(E_INVALIDARG),
					"The session goes on in block %u, and not in "
					"block %u.",
					run->next_block, block);
	hr = feed(drive, bytes, (size_t)block_count * FSI_BLOCK_SIZE);
	if (FAILED(hr))
		return explain(hr);
	run->next_block += block_count;
	return S_OK;
}

static void wait_until_idle(struct fsi_drive *drive)
{
	while (is_writing(drive)) {
		const struct timespec pause = {.tv_nsec = LOOK_MILLISECONDS * 1000000L};

		nanosleep(&pause, NULL);
	}
}

/* After a run, whatever came of it. */
static HRESULT finish(struct fsi_drive *drive)
{
	const bool is_well = burn_drive_wrote_well(drive->drive) > 0;
	HRESULT hr = is_well ? S_OK : fsi_burn_explain(FSI_FAIL(FSI_E_IO_DEVICE));

	free_run(&drive->run);
	burn_drive_re_assess(drive->drive, 0);
	if (is_well)
		hr = fsi_drive_assess(drive);
	return hr;
}

HRESULT fsi_drive_end_run(struct fsi_drive *drive)
{
	HRESULT hr = S_OK;

	if (!drive->run.is_active)
		return S_OK;
	shutdown(drive->run.feed, SHUT_WR);
	wait_until_idle(drive);
	fsi_burn_resume();
	hr = finish(drive);
	fsi_burn_end();
	return hr;
}

void fsi_drive_give_up_run(struct fsi_drive *drive)
{
	if (!drive->run.is_active)
		return;
	burn_drive_cancel(drive->drive);
	shutdown(drive->run.feed, SHUT_WR);
	wait_until_idle(drive);
	fsi_burn_resume();
	free_run(&drive->run);
	fsi_burn_end();
}
