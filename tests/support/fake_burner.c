/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A burner that is not there. */
#include "tests/support/fake_burner.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fake_burner fake_burner;

/* libburn's own types are incomplete; ours stand in for them. */
static char the_drive;
static char message[200];
static pthread_t thread;
static atomic_bool is_running;
static atomic_bool is_cancelled;
static atomic_bool is_well;
static int source_descriptor;
static struct burn_drive_info infos[2];
static struct burn_session *session_list[FAKE_SESSIONS];
static struct burn_track *track_list[1];

static void say(const char *text)
{
	snprintf(message, sizeof(message), "%s", text);
}

void fake_burner_dvd_r(int end)
{
	memset(&fake_burner, 0, sizeof(fake_burner));
	fake_burner.status = BURN_DISC_APPENDABLE;
	fake_burner.profile = 0x1b;
	fake_burner.profiles[0] = 0x08;
	fake_burner.profiles[1] = 0x1b;
	fake_burner.profiles[2] = 0x09;
	fake_burner.sessions[0] = (struct fake_session){.start = 0, .end = end};
	fake_burner.session_count = 1;
	fake_burner.msc1 = -1;
	fake_burner.nwa = end + 32;
	fake_burner.capacity = FAKE_BLOCKS;
	fake_burner.readable = end;
}

/* ---- the process ------------------------------------------------------- */

int burn_initialize(void)
{
	return 1;
}

int burn_msgs_set_severities(char *queue_severity, char *print_severity, char *print_id)
{
	return *queue_severity != '\0' && *print_severity != '\0' && print_id != NULL;
}

int burn_msgs_obtain(char *minimum_severity, int *error_code, char msg_text[],
		     int *os_errno, char severity[])
{
	if (message[0] == '\0' || minimum_severity == NULL)
		return 0;
	strcpy(msg_text, message);
	strcpy(severity, "FAILURE");
	*error_code = 1;
	*os_errno = 0;
	message[0] = '\0';
	return 1;
}

/* ---- drives ------------------------------------------------------------ */

int burn_drive_convert_fs_adr(char *path, char adr[])
{
	strcpy(adr, path);
	return !fake_burner.is_missing;
}

int burn_drive_scan_and_grab(struct burn_drive_info *drive_infos[], char *adr, int load)
{
	if (fake_burner.is_busy || fake_burner.is_grabbed || load != 1 || *adr == '\0') {
		say("Cannot open busy device");
		return 0;
	}
	fake_burner.is_grabbed = true;
	infos[0].drive = (struct burn_drive *)(void *)&the_drive;
	*drive_infos = infos;
	return 1;
}

void burn_drive_release(struct burn_drive *drive, int eject)
{
	fake_burner.is_grabbed = drive == NULL || eject != 0;
}

int burn_drive_info_forget(struct burn_drive_info *drive_info, int force)
{
	drive_info->drive = NULL;
	return force;
}

void burn_drive_info_free(struct burn_drive_info drive_infos[])
{
	drive_infos[0].drive = NULL;
}

int burn_drive_re_assess(struct burn_drive *d, int flag)
{
	fake_burner.assessments++;
	return d != NULL && flag == 0;
}

enum burn_disc_status burn_disc_get_status(struct burn_drive *drive)
{
	return drive != NULL ? fake_burner.status : BURN_DISC_UNREADY;
}

int burn_disc_get_profile(struct burn_drive *d, int *pno, char name[80])
{
	*pno = fake_burner.profile;
	strcpy(name, "fake");
	return d != NULL;
}

int burn_drive_get_all_profiles(struct burn_drive *d, int *num_profiles, int profiles[64],
				char is_current[64])
{
	int count = 0;

	while (fake_burner.profiles[count] != 0) {
		profiles[count] = fake_burner.profiles[count];
		is_current[count] = 0;
		count++;
	}
	*num_profiles = count;
	return d != NULL;
}

int burn_disc_get_formats(struct burn_drive *drive, int *status, off_t *size,
			  unsigned *bl_sas, int *num_formats)
{
	*status = fake_burner.is_unformatted ? BURN_FORMAT_IS_UNFORMATTED
					     : BURN_FORMAT_IS_FORMATTED;
	*size = 0;
	*bl_sas = 0;
	*num_formats = 0;
	return drive != NULL;
}

int burn_disc_get_msc1(struct burn_drive *d, int *start_lba)
{
	const int count = fake_burner.session_count;

	*start_lba = fake_burner.msc1 < 0 && count > 0
			     ? fake_burner.sessions[count - 1].start
			     : fake_burner.msc1;
	return d != NULL && *start_lba >= 0;
}

int burn_disc_track_lba_nwa(struct burn_drive *d, struct burn_write_opts *o, int trackno,
			    int *lba, int *nwa)
{
	*lba = *nwa = fake_burner.nwa;
	return d != NULL && o != NULL && trackno == 0 && fake_burner.nwa >= 0;
}

off_t burn_disc_available_space(struct burn_drive *d, struct burn_write_opts *o)
{
	const int begin = o != NULL && fake_burner.nwa > 0 ? fake_burner.nwa : 0;

	return d != NULL ? (off_t)(fake_burner.capacity - begin) * FAKE_BLOCK_SIZE : 0;
}

int burn_get_read_capacity(struct burn_drive *d, int *capacity, int flag)
{
	*capacity = fake_burner.readable;
	return d != NULL && flag == 0 && fake_burner.readable > 0;
}

/* ---- the table of sessions --------------------------------------------- */

/* The number of a session, in a pointer. */
static struct fake_session *find_session(const void *object)
{
	return &fake_burner.sessions[(const char *)object - (const char *)1];
}

struct burn_disc *burn_drive_get_disc(struct burn_drive *d)
{
	return d != NULL && fake_burner.session_count > 0
		       ? (struct burn_disc *)calloc(1, 1)
		       : NULL;
}

struct burn_session **burn_disc_get_sessions(struct burn_disc *d, int *num)
{
	for (int i = 0; i < fake_burner.session_count; i++)
		session_list[i] = (struct burn_session *)(uintptr_t)(i + 1);
	*num = d != NULL ? fake_burner.session_count : 0;
	return session_list;
}

struct burn_track **burn_session_get_tracks(struct burn_session *s, int *num)
{
	track_list[0] = (struct burn_track *)(void *)s;
	*num = 1;
	return track_list;
}

static void fill_in(struct burn_toc_entry *entry, const struct fake_session *session,
		    int lba)
{
	memset(entry, 0, sizeof(*entry));
	entry->control = session->is_audio ? 0 : 4;
	if (session->in_minutes) {
		entry->pmin = (unsigned char)((lba + 150) / 75 / 60);
		entry->psec = (unsigned char)((lba + 150) / 75 % 60);
		entry->pframe = (unsigned char)((lba + 150) % 75);
	} else {
		entry->extensions_valid = 1;
		entry->start_lba = lba;
	}
}

void burn_track_get_entry(struct burn_track *t, struct burn_toc_entry *entry)
{
	fill_in(entry, find_session(t), find_session(t)->start);
}

void burn_session_get_leadout_entry(struct burn_session *s, struct burn_toc_entry *entry)
{
	fill_in(entry, find_session(s), find_session(s)->end);
}

int burn_msf_to_lba(int m, int s, int f)
{
	return (m * 60 + s) * 75 + f - 150;
}

/* ---- blocks ------------------------------------------------------------ */

int burn_read_data(struct burn_drive *d, off_t byte_address, char data[], off_t data_size,
		   off_t *data_count, int flag)
{
	const int first = (int)(byte_address / FAKE_BLOCK_SIZE);
	const int count = (int)(data_size / FAKE_BLOCK_SIZE);
	const int bad = fake_burner.bad_block;

	*data_count = 0;
	if (d == NULL || is_running || flag != 4 || first + count > FAKE_BLOCKS ||
	    (bad != 0 && first <= bad && bad < first + count)) {
		say("Read error on read address");
		return 0;
	}
	memcpy(data, fake_burner.bytes + byte_address, (size_t)data_size);
	*data_count = data_size;
	return 1;
}

int burn_random_access_write(struct burn_drive *d, off_t byte_address, char *data,
			     off_t data_count, int flag)
{
	const int first = (int)(byte_address / FAKE_BLOCK_SIZE);
	const int count = (int)(data_count / FAKE_BLOCK_SIZE);
	const int bad = fake_burner.bad_block;

	if (d == NULL || is_running || first + count > FAKE_BLOCKS ||
	    (bad != 0 && first <= bad && bad < first + count)) {
		say("SCSI error on write");
		return 0;
	}
	if (count > 0)
		fake_burner.random_writes++;
	if ((flag & 1) != 0)
		fake_burner.flushes++;
	while (fake_burner.smallest_unit > 1 && (first % fake_burner.smallest_unit != 0 ||
						 count % fake_burner.smallest_unit != 0))
		fake_burner.smallest_unit /= 2;
	memcpy(fake_burner.bytes + byte_address, data, (size_t)data_count);
	return 1;
}

/* ---- runs -------------------------------------------------------------- */

struct burn_disc *burn_disc_create(void)
{
	return (struct burn_disc *)calloc(1, 1);
}

void burn_disc_free(struct burn_disc *d)
{
	free(d);
}

struct burn_session *burn_session_create(void)
{
	return (struct burn_session *)calloc(1, 1);
}

void burn_session_free(struct burn_session *s)
{
	free(s);
}

struct burn_track *burn_track_create(void)
{
	return (struct burn_track *)calloc(1, 1);
}

void burn_track_free(struct burn_track *t)
{
	free(t);
	if (source_descriptor >= 0)
		close(source_descriptor);
	source_descriptor = -1;
}

void burn_track_define_data(struct burn_track *t, int offset, int tail, int pad, int mode)
{
	if (t == NULL || offset != 0 || tail != 0 || pad != 0 || mode != BURN_MODE1)
		abort();
}

struct burn_source *burn_fd_source_new(int datafd, int subfd, off_t size)
{
	struct burn_source *source = calloc(1, sizeof(*source));

	if (subfd != -1 || size != 0)
		abort();
	source_descriptor = datafd;
	return source;
}

void burn_source_free(struct burn_source *s)
{
	free(s);
}

enum burn_source_status burn_track_set_source(struct burn_track *t, struct burn_source *s)
{
	return t != NULL && s != NULL ? BURN_SOURCE_OK : BURN_SOURCE_FAILED;
}

int burn_session_add_track(struct burn_session *s, struct burn_track *t, unsigned int pos)
{
	return s != NULL && t != NULL && pos == BURN_POS_END;
}

int burn_disc_add_session(struct burn_disc *d, struct burn_session *s, unsigned int pos)
{
	return d != NULL && s != NULL && pos == BURN_POS_END;
}

struct burn_write_opts *burn_write_opts_new(struct burn_drive *drive)
{
	return drive != NULL ? (struct burn_write_opts *)calloc(1, 1) : NULL;
}

void burn_write_opts_free(struct burn_write_opts *opts)
{
	free(opts);
}

void burn_write_opts_set_multi(struct burn_write_opts *opts, int multi)
{
	fake_burner.was_multi = opts != NULL && multi == 1;
}

void burn_write_opts_set_perform_opc(struct burn_write_opts *opts, int opc)
{
	if (opts == NULL || opc != 0)
		abort();
}

int burn_write_opts_set_underrun_proof(struct burn_write_opts *opts, int underrun_proof)
{
	return opts != NULL && underrun_proof;
}

enum burn_write_types burn_write_opts_auto_write_type(struct burn_write_opts *opts,
						      struct burn_disc *disc,
						      char reasons[BURN_REASONS_LEN],
						      int flag)
{
	if (opts == NULL || disc == NULL || flag != 1 || fake_burner.has_no_type) {
		strcpy(reasons, "no suitable write type");
		return BURN_WRITE_NONE;
	}
	return BURN_WRITE_TAO;
}

/* Take block after block, until there are no more or something goes wrong. */
static void *run(void *context)
{
	uint8_t block[FAKE_BLOCK_SIZE];
	size_t filled = 0;

	while (!is_cancelled) {
		const ssize_t got =
			read(source_descriptor, block + filled, sizeof(block) - filled);

		if (got <= 0)
			break;
		filled += (size_t)got;
		if (filled < sizeof(block))
			continue;
		filled = 0;
		if (fake_burner.fails_after != 0 &&
		    fake_burner.run_blocks >= fake_burner.fails_after) {
			say("SCSI error on write");
			is_well = false;
			break;
		}
		memcpy(fake_burner.bytes +
			       (size_t)(fake_burner.nwa + fake_burner.run_blocks) *
				       sizeof(block),
		       block, sizeof(block));
		fake_burner.run_blocks++;
	}
	is_running = false;
	return context;
}

static void close_session(void)
{
	struct fake_session *session = &fake_burner.sessions[fake_burner.session_count++];

	session->start = fake_burner.nwa;
	session->end = fake_burner.nwa + fake_burner.run_blocks;
	fake_burner.readable = session->end;
	fake_burner.nwa = session->end + 32;
}

void burn_disc_write(struct burn_write_opts *o, struct burn_disc *disc)
{
	if (o == NULL || disc == NULL)
		abort();
	fake_burner.runs++;
	fake_burner.run_blocks = 0;
	is_cancelled = false;
	is_well = true;
	is_running = true;
	if (pthread_create(&thread, NULL, run, NULL) != 0)
		abort();
}

enum burn_drive_status burn_drive_get_status(struct burn_drive *drive,
					     struct burn_progress *p)
{
	return drive != NULL && p == NULL && is_running ? BURN_DRIVE_WRITING
							: BURN_DRIVE_IDLE;
}

void burn_drive_cancel(struct burn_drive *drive)
{
	is_cancelled = drive != NULL;
	fake_burner.was_cancelled = true;
	/* Nobody asks how it wrote. */
	pthread_detach(thread);
}

int burn_drive_wrote_well(struct burn_drive *d)
{
	pthread_join(thread, NULL);
	if (d == NULL || is_cancelled || !is_well)
		return 0;
	close_session();
	return 1;
}
