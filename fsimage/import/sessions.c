/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the sessions of a disc by what they have recorded. */
#include "import/sessions.h"

#include "base/checked.h"
#include "error/fail.h"
#include "import/session_head.h"

/* Sessions on media that can be overwritten begin at multiples of an ECC block. */
#define STEP 16u
/* Where libisofs puts the first session, so that its descriptors are not replaced. */
#define FIRST_STEP 32u

/* A head leads to structures of its session that are no further away than this. */
#define REACH_BLOCKS 65536u
/* How far one may be behind the end of the one before: what writers fill up, and what
 * lies between the sessions of a CD (MMC-6 4.2.3.7.2: lead-out, lead-in, pregap). */
#define GAP_BLOCKS     256u
#define FIRST_CD_GAP   11400u
#define FURTHER_CD_GAP 6900u
#define SESSIONS_MAX   10000u
/* Blocks that are looked at for sessions of which nothing else tells. */
#define SCAN_MAX 65536u

struct finder {
	struct fsi_media *media;
	struct fsi_session_head head; /* of the disc */
	uint32_t end_block;	      /* of the disc */
	unsigned scanned;
	struct fsi_sessions *sessions;
};

static HRESULT add(struct finder *finder, const struct fsi_session *session)
{
	struct fsi_sessions *sessions = finder->sessions;

	if (!fsi_vector_reserve(&sessions->items, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	sessions->items.items[sessions->items.count++] = *session;
	return S_OK;
}

/* S_OK: there is a session; its head goes to *ret_head. */
static HRESULT probe(const struct finder *finder, uint64_t block,
		     struct fsi_session_head *ret_head)
{
	if (block >= finder->end_block)
		return S_FALSE;
	FSI_TRY(fsi_import_read_head(finder->media, (uint32_t)block, 0, ret_head));
	return fsi_import_is_session(ret_head, (uint32_t)block) ? S_OK : S_FALSE;
}

/* ---- the newest one, where the head of the disc is a copy of its own --- */

typedef bool same_function(const struct fsi_session_head *one,
			   const struct fsi_session_head *other);

/* Search back from a block that the head leads to. 0: the head is the only one. */
static HRESULT search_back(const struct finder *finder, uint32_t from,
			   same_function *is_same, uint32_t *newest)
{
	const uint32_t first = from - from % STEP;

	if (from >= finder->end_block)
		return S_OK;
	for (uint32_t block = first; block > *newest && first - block <= REACH_BLOCKS;
	     block -= STEP) {
		struct fsi_session_head head;

		FSI_TRY(fsi_import_read_head(finder->media, block, 0, &head));
		if (is_same(&finder->head, &head)) {
			*newest = block;
			break;
		}
	}
	return S_OK;
}

/* A disc may have been continued by who knows only one of the file systems. */
static HRESULT find_newest(const struct finder *finder, uint32_t *ret_newest)
{
	const struct fsi_session_head *head = &finder->head;

	*ret_newest = 0;
	if (head->has_iso9660)
		FSI_TRY(search_back(finder,
				    head->root_block < head->path_table_block
					    ? head->root_block
					    : head->path_table_block,
				    fsi_import_is_same_iso9660, ret_newest));
	if (head->has_udf)
		FSI_TRY(search_back(finder, head->anchor.main_sequence.block,
				    fsi_import_is_same_udf, ret_newest));
	return S_OK;
}

/* ---- one behind the other ---------------------------------------------- */

/*
 * Look for a session behind the end of another. Where a session has a record but the
 * head of the disc does not lead to it, it was never completed.
 */
static HRESULT probe_behind(const struct finder *finder, uint64_t end,
			    uint32_t *ret_start)
{
	const uint64_t aligned = fsi_align_u64(end, STEP);
	const uint64_t places[] = {end, end + FIRST_CD_GAP, end + FURTHER_CD_GAP};
	struct fsi_session_head head;
	HRESULT hr = S_FALSE;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		hr = probe(finder, places[i], &head);
		*ret_start = (uint32_t)places[i];
		if (hr != S_FALSE)
			return hr;
	}
	for (uint64_t block = aligned; block <= aligned + GAP_BLOCKS; block += STEP) {
		hr = probe(finder, block, &head);
		*ret_start = (uint32_t)block;
		if (hr != S_FALSE)
			return hr;
	}
	return S_FALSE;
}

/* The session behind one whose head is known. S_FALSE: there is none. */
static HRESULT find_next(const struct finder *finder, const struct fsi_session_head *head,
			 uint32_t start, uint32_t *ret_start)
{
	struct fsi_session_record record;
	uint32_t end = 0;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_import_find_session_end(finder->media, head, start, finder->end_block,
					    &end));
	hr = probe_behind(finder, end, ret_start);
	/* The other way of counting the volume space. */
	if (hr == S_FALSE && head->has_iso9660 && head->space_blocks > start)
		hr = probe_behind(finder, head->space_blocks, ret_start);
	if (hr != S_OK)
		return hr;
	hr = fsi_import_read_session_record(finder->media, *ret_start, &record);
	return hr == S_OK ? S_FALSE : FAILED(hr) ? hr : S_OK;
}

/*
 * Whether all of a session is there, and not only what was written of it first. On a
 * device that is as long as ever, descriptors come before the record and the root.
 */
static HRESULT is_complete(const struct finder *finder,
			   const struct fsi_session_head *head, uint32_t start)
{
	uint32_t end = 0;

	const HRESULT hr =
		head->has_iso9660 ? fsi_import_find_root(finder->media, head) : S_OK;

	if (hr != S_OK)
		return hr;
	FSI_TRY(fsi_import_find_session_end(finder->media, head, start, UINT32_MAX,
					    &end));
	return (head->has_iso9660 ? head->space_blocks : end) <= finder->end_block
		       ? S_OK
		       : S_FALSE;
}

static HRESULT follow(struct finder *finder)
{
	struct fsi_session_head head = finder->head;
	uint32_t start = 0;

	while (finder->sessions->items.count < SESSIONS_MAX) {
		uint32_t next = 0;
		HRESULT hr = find_next(finder, &head, start, &next);

		if (hr == S_OK)
			hr = fsi_import_read_head(finder->media, next, 0, &head);
		if (hr == S_OK)
			hr = is_complete(finder, &head, next);
		if (hr != S_OK)
			return FAILED(hr) ? hr : S_OK;
		start = next;
		FSI_TRY(add(finder, &(struct fsi_session){.start_block = start,
							  .head_block = start}));
	}
	return S_OK;
}

/* ---- from the newest one back ------------------------------------------ */

/* The last one before a block, of those that follow each other from block 32 on. */
static HRESULT find_in_chain(const struct finder *finder, uint32_t before,
			     uint32_t *ret_start)
{
	struct fsi_session_head head;
	uint32_t start = FIRST_STEP;
	HRESULT hr = S_FALSE;

	if (start < before)
		hr = probe(finder, start, &head);
	if (hr != S_OK)
		return hr;
	for (uint32_t next = start; next < before;) {
		start = next;
		FSI_TRY(fsi_import_read_head(finder->media, start, 0, &head));
		hr = find_next(finder, &head, start, &next);
		if (hr != S_OK)
			break;
	}
	*ret_start = start;
	return FAILED(hr) ? hr : S_OK;
}

/* Nothing tells where the one before is: look at all places, as far as is bearable. */
static HRESULT scan_back(struct finder *finder, uint32_t before, uint32_t *ret_start)
{
	uint32_t block = before - before % STEP;

	while (block > FIRST_STEP && finder->scanned++ < SCAN_MAX) {
		struct fsi_session_head head;
		HRESULT hr = S_OK;

		block -= STEP;
		hr = probe(finder, block, &head);
		if (hr == S_OK && head.has_iso9660 && head.space_blocks > before)
			hr = S_FALSE;
		if (hr == S_OK)
			*ret_start = block;
		if (hr != S_FALSE)
			return hr;
	}
	return S_FALSE;
}

static HRESULT find_foreign(struct finder *finder, uint32_t before,
			    struct fsi_session *session)
{
	HRESULT hr = find_in_chain(finder, before, &session->start_block);

	if (hr == S_FALSE)
		hr = scan_back(finder, before, &session->start_block);
	/* There was one at the start of the disc, whose head was replaced. */
	if (hr == S_FALSE)
		session->start_block = 0;
	session->head_block = session->start_block;
	return FAILED(hr) ? hr : S_OK;
}

/* What a record tells of the session before. One that is not at the start of the disc
 * still has its own head. */
static HRESULT take_recorded(const struct finder *finder,
			     const struct fsi_session_record *record,
			     struct fsi_session *ret_session)
{
	struct fsi_session_head head;
	HRESULT hr = S_FALSE;

	*ret_session = (struct fsi_session){
		.start_block = record->previous_start_block,
		.end_block = record->previous_end_block,
		.head_block = record->previous_head_block,
		.anchor_block = record->anchor_block,
	};
	if (record->previous_start_block > 0)
		hr = probe(finder, record->previous_start_block, &head);
	if (hr == S_OK) {
		ret_session->head_block = record->previous_start_block;
		ret_session->anchor_block = 0;
	}
	return FAILED(hr) ? hr : S_OK;
}

static HRESULT go_back(struct finder *finder, uint32_t newest)
{
	struct fsi_session session = {.start_block = newest, .head_block = newest};
	uint32_t before = newest;

	FSI_TRY(add(finder, &session));
	while (before > 0 && before != FIRST_STEP &&
	       finder->sessions->items.count < SESSIONS_MAX) {
		struct fsi_session_record record;
		const HRESULT hr =
			fsi_import_read_session_record(finder->media, before, &record);

		if (FAILED(hr))
			return hr;
		session = (struct fsi_session){.start_block = 0};
		FSI_TRY(hr == S_OK ? take_recorded(finder, &record, &session)
				   : find_foreign(finder, before, &session));
		FSI_TRY(add(finder, &session));
		before = session.start_block;
	}
	return S_OK;
}

static void reverse(struct fsi_sessions *sessions)
{
	struct fsi_session *items = sessions->items.items;
	const size_t count = sessions->items.count;

	for (size_t i = 0; i < count / 2; i++) {
		const struct fsi_session swapped = items[i];

		items[i] = items[count - 1 - i];
		items[count - 1 - i] = swapped;
	}
}

/* ---- what they have ---------------------------------------------------- */

/* Of the first session, when its head was replaced by who keeps nothing. */
static bool is_lost(const struct fsi_sessions *sessions,
		    const struct fsi_session *session)
{
	return sessions->is_repointed && session->head_block == 0;
}

static HRESULT describe(const struct finder *finder, struct fsi_session *session,
			uint32_t limit_block)
{
	struct fsi_session_head head;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_import_read_head(finder->media, session->head_block,
				     session->anchor_block, &head));
	if (is_lost(finder->sessions, session)) {
		head.has_iso9660 = false;
		head.has_udf =
			head.has_udf && head.anchor.main_sequence.block < limit_block;
	} else {
		hr = fsi_import_recognise_sequence(finder->media, session->head_block,
						   FSI_BLOCK_SIZE,
						   &session->file_systems);
	}
	if (hr == E_OUTOFMEMORY)
		return hr;
	session->file_systems &= ~(fsi_file_systems)FSI_FILE_SYSTEM_UDF;
	if (head.has_udf)
		session->file_systems |= FSI_FILE_SYSTEM_UDF;
	/* The anchors at the end of the disc are those of another session. */
	if (head.has_udf && session->anchor_block == 0)
		session->anchor_block = session->head_block + 256;
	if (session->end_block != 0)
		return S_OK;
	return fsi_import_find_session_end(finder->media, &head, session->start_block,
					   limit_block, &session->end_block);
}

static HRESULT describe_all(const struct finder *finder)
{
	struct fsi_session *items = finder->sessions->items.items;
	uint32_t limit = finder->end_block;

	for (size_t i = finder->sessions->items.count; i > 0; i--) {
		FSI_TRY(describe(finder, &items[i - 1], limit));
		limit = items[i - 1].start_block;
	}
	return S_OK;
}

/* A disc that is not divided is opened as it always was. */
static HRESULT describe_only(const struct finder *finder)
{
	const struct fsi_import_hints hints = {.anchor_block = 0};
	struct fsi_session *only = &finder->sessions->items.items[0];

	FSI_TRY(fsi_import_recognise(finder->media, &hints, &only->file_systems));
	return fsi_import_find_session_end(finder->media, &finder->head, 0,
					   finder->end_block, &only->end_block);
}

static HRESULT find_all(struct finder *finder)
{
	struct fsi_sessions *sessions = finder->sessions;
	uint32_t newest = 0;

	FSI_TRY(fsi_import_read_head(finder->media, 0, 0, &finder->head));
	FSI_TRY(find_newest(finder, &newest));
	sessions->is_repointed = newest > 0;
	if (newest > 0) {
		FSI_TRY(go_back(finder, newest));
		reverse(sessions);
	} else {
		FSI_TRY(add(finder, &(struct fsi_session){.start_block = 0}));
		FSI_TRY(follow(finder));
	}
	if (sessions->items.count > 1)
		return describe_all(finder);
	FSI_TRY(describe_only(finder));
	if (sessions->items.items[0].file_systems == FSI_FILE_SYSTEM_NONE)
		sessions->items.count = 0;
	return S_OK;
}

HRESULT fsi_import_find_sessions(struct fsi_media *media,
				 struct fsi_sessions *ret_sessions)
{
	struct fsi_sessions sessions = {.is_repointed = false};
	struct finder finder = {
		.media = media,
		.end_block = fsi_media_block_count(media),
		.sessions = &sessions,
	};
	const HRESULT hr = find_all(&finder);

	if (FAILED(hr))
		fsi_import_free_sessions(&sessions);
	else
		*ret_sessions = sessions;
	return hr;
}

void fsi_import_free_sessions(struct fsi_sessions *sessions)
{
	fsi_vector_free(&sessions->items);
}
