/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream handed on as a descriptor, which a thread fills. */
#include "io/stream.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/thread.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Read and sent at once; about what a socket holds. */
#define PIECE_SIZE (256u * 1024)

/*
 * Both ends are sockets and not a pipe: a pipe has one way to end, so that whoever reads
 * it takes bytes that are missing for the end. A socket that is closed with something
 * unread resets the connection, and its peer reads ECONNRESET behind the last byte. So
 * there is a byte that is only taken when all were sent.
 */
struct feed {
	fsi_stream *stream;
	int descriptor; /* what is written here is read at the other end */
	uint8_t piece[PIECE_SIZE];
};

static void free_feed(struct feed *feed)
{
	fsi_stream_release(feed->stream);
	fsi_free(feed);
}

/* Whether there is still somebody who reads. */
static bool send_bytes(int descriptor, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		const ssize_t sent = send(descriptor, bytes, length, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

/* Whether a stream that ended there has ended where it said. */
static bool is_whole(fsi_stream *stream, uint64_t end)
{
	uint64_t size = 0;

	/* The size of a sequential stream may be a guess. */
	if ((fsi_stream_flags(stream) & FSI_STREAM_SEQUENTIAL) != 0)
		return true;
	return SUCCEEDED(fsi_stream_measure(stream, &size)) && size == end;
}

/* Whether all bytes were sent. */
static bool send_stream(struct feed *feed)
{
	uint64_t offset = 0;
	size_t got = PIECE_SIZE;

	while (got == PIECE_SIZE) {
		if (FAILED(fsi_stream_read(feed->stream, offset, feed->piece, PIECE_SIZE,
					   &got)) ||
		    !send_bytes(feed->descriptor, feed->piece, got))
			return false;
		offset += got;
	}
	return is_whole(feed->stream, offset);
}

static void *run_feed(void *context)
{
	struct feed *feed = context;
	const int descriptor = feed->descriptor;
	const bool is_sent = send_stream(feed);
	char mark = 0;

	/* Who reads the end may rely on the stream not being read any more. */
	free_feed(feed);
	if (is_sent)
		(void)recv(descriptor, &mark, sizeof(mark), MSG_DONTWAIT);
	close(descriptor);
	return NULL;
}

/* ends[0] is read from, and has said the one byte that it can. Returns 0 or errno. */
static int connect_ends(int (*ends)[2])
{
	static const char mark = 0;
	int error = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, *ends) != 0)
		return errno;
	if (send((*ends)[0], &mark, sizeof(mark), MSG_NOSIGNAL) == sizeof(mark) &&
	    shutdown((*ends)[0], SHUT_WR) == 0)
		return 0;
	error = errno;
	close((*ends)[0]);
	close((*ends)[1]);
	return error;
}

HRESULT fsi_stream_open_descriptor(fsi_stream *stream, int *ret_descriptor)
{
	struct feed *feed = NULL;
	int ends[2] = {-1, -1};
	int error = 0;

	fsi_error_clear();
	if (stream == NULL || ret_descriptor == NULL)
		return FSI_FAIL(E_POINTER);
	feed = fsi_allocate(sizeof(*feed));
	if (feed == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	feed->stream = fsi_stream_add_ref(stream);
	error = connect_ends(&ends);
	feed->descriptor = ends[1];
	if (error == 0) {
		error = fsi_thread_start(run_feed, feed, NULL);
		if (error == 0) {
			*ret_descriptor = ends[0];
			return S_OK;
		}
		close(ends[0]);
		close(ends[1]);
	}
	free_feed(feed);
	return fsi_error_from_errno(error);
}
